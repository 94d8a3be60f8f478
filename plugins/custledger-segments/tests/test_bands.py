"""Bands of age and size, and groups by city and industry."""

from typing import Any

import pytest
from custledger_segments.bands import banded, by_age, by_size, by_text, employees
from hypothesis import given
from hypothesis import strategies as st


def test_ages_and_sizes_are_called_by_the_limits_of_their_bands() -> None:
    ages = {"age": [3, 17, 18, 24, 65, 99, None, -2]}
    assert by_age(ages) == ["0-17", "0-17", "18-24", "18-24", "65+", "65+", None, None]
    sizes = {"size": ["8", "10-49", "约 300 人", "51-200人", "很大", None]}
    assert by_size(sizes) == ["1-9", "10-49", "250+", "50-249", None, None]


def test_the_limits_can_be_set_and_one_that_is_set_to_another_is_gone() -> None:
    settings: dict[str, list[Any]] = {f"from_{number}": [60] for number in range(2, 7)}
    assert by_age({"age": [17, 18, 59, 60], "from_1": [18], **settings}) == ["0-17", "18-59", "18-59", "60+"]
    chinese = {"from_1": [20], "from_2": [300], "from_3": [1000]}
    assert by_size({"size": ["19", "299", "300", "1,000+", "2万"], **chinese}) == [
        "1-19", "20-299", "300-999", "1000+", "1000+",
    ]  # fmt: skip


@given(st.lists(st.none() | st.integers(0, 120), max_size=30), st.lists(st.integers(1, 110), max_size=6))
def test_every_value_is_in_the_one_band_whose_limits_it_is_between(values: list[int | None], limits: list[int]) -> None:
    for value, band in zip(values, banded(values, sorted(set(limits)), least=0), strict=True):
        if value is None:
            assert band is None
        else:
            assert band is not None
            least, _, most = band.rstrip("+").partition("-")
            assert int(least) <= value <= int(most or 999)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("51-200", 51),
        ("1,000+", 1000),
        ("< 50", 49),
        ("50人以下", 49),
        ("少于1人", 1),
        ("3千", 3000),
        ("", None),
        (None, None),
    ],
)
def test_a_size_is_the_number_of_employees_that_a_text_says_at_least(text: str | None, number: int | None) -> None:
    assert employees(text) == number


def test_texts_that_compare_equal_are_one_group_in_their_commonest_spelling() -> None:
    texts = ["Lyon", "LYON", "ｌｙｏｎ", "LYON", None, "上海"]
    assert by_text({"text": texts}) == ["LYON"] * 4 + [None, "上海"]


@given(st.data(), st.lists(st.none() | st.sampled_from(["a", "A", "ａ", "b", "B"]), max_size=20))
def test_groups_by_text_do_not_depend_on_the_order(data: st.DataObject, texts: list[str | None]) -> None:
    order = data.draw(st.permutations(range(len(texts))))
    found = by_text({"text": texts})
    assert by_text({"text": [texts[place] for place in order]}) == [found[place] for place in order]
    assert {text and text.casefold() for text in found} <= {None, "a", "b", "ａ"}
