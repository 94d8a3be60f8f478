"""RFM: who is scored, how, and with which name."""

import re
from collections.abc import Mapping
from typing import Any

import pytest
from custledger_segments import rfm, scorers
from hypothesis import given
from hypothesis import strategies as st

from custledger.errors import InvalidValueError

CUSTOMERS = st.lists(
    st.tuples(st.none() | st.integers(0, 900), st.none() | st.integers(0, 9), st.none() | st.integers(0, 20_000)),
    max_size=40,
)
GROUPS = st.integers(2, 9)


def columns(customers: Any, groups: int = 5) -> Mapping[str, list[Any]]:
    recency, frequency, monetary = (
        (list(column) for column in zip(*customers, strict=True)) if customers else ([], [], [])
    )
    return {"recency": recency, "frequency": frequency, "monetary": monetary, "groups": [groups] * len(recency)}


def test_the_best_of_five_is_a_champion_and_the_worst_is_lost() -> None:
    five = [(10, 5, 500), (20, 4, 400), (30, 3, 300), (40, 2, 200), (50, 1, 100)]
    assert rfm.scores(columns(five)) == [555, 444, 333, 222, 111]
    assert rfm.names(columns(five)) == ["champion", "loyal", "need_attention", "hibernating", "lost"]


def test_of_a_tie_equal_days_share_the_best_score_and_equal_orders_and_amounts_the_lowest() -> None:
    assert rfm.scores(columns([(3, 1, 10), (3, 1, 10), (3, 1, 10), (3, 2, 90), (99, 1, 10)])) == [
        511,
        511,
        511,
        555,
        111,
    ]


def test_a_shop_on_its_first_day_has_new_customers_and_none_that_is_lost() -> None:
    assert rfm.names(columns([(0, 1, 20)])) == ["new"]
    assert rfm.names(columns([(0, 1, 20)] * 7)) == ["new"] * 7


def test_who_never_bought_is_not_scored_and_changes_nobodys_score() -> None:
    bought = [(10, 5, 500), (20, 4, 400), (30, 3, 300)]
    assert rfm.scores(columns([(None, 0, 0), *bought, (None, None, None), (5, 1, None)])) == [
        None, *rfm.scores(columns(bought)), None, None,
    ]  # fmt: skip


def test_in_a_period_in_which_nobody_bought_nobody_is_scored() -> None:
    nobody = columns([(None, 0, 0)] * 3)
    assert rfm.scores(nobody) == [None] * 3
    assert rfm.names(nobody) == [None] * 3
    assert rfm.scores(columns([])) == []
    assert rfm.names(columns([])) == []


def test_orders_without_numbers_count_as_none() -> None:
    assert rfm.scores(columns([(10, None, 5), (20, 0, 6)])) == rfm.scores(columns([(10, 0, 5), (20, 0, 6)]))


@given(CUSTOMERS, GROUPS)
def test_every_customer_who_bought_has_one_score_and_one_of_the_eleven_names(customers: Any, groups: int) -> None:
    given_columns = columns(customers, groups)
    known = {choice.code for choice in scorers.SEGMENTS[0].choices}
    assert len(known) == 11
    found = list(zip(customers, rfm.scores(given_columns), rfm.names(given_columns), strict=True))
    for (days, _, paid), score, name in found:
        assert (score is None) == (name is None) == (days is None or paid is None)
        assert score is None or set(str(score)) <= set("123456789"[:groups])
        assert name is None or name in known


@given(CUSTOMERS, GROUPS)
def test_who_is_better_in_everything_never_scores_less_in_anything(customers: Any, groups: int) -> None:
    scored = [
        (days, orders or 0, paid, str(score))
        for (days, orders, paid), score in zip(customers, rfm.scores(columns(customers, groups)), strict=True)
        if score is not None
    ]
    for days, orders, paid, score in scored:
        for more_days, fewer, less, lower in scored:
            if days <= more_days:
                assert score[0] >= lower[0]
            if orders >= fewer:
                assert score[1] >= lower[1]
            if paid >= less:
                assert score[2] >= lower[2]


@given(st.data(), CUSTOMERS)
def test_scores_do_not_depend_on_the_order_of_customers(data: st.DataObject, customers: Any) -> None:
    order = data.draw(st.permutations(range(len(customers))))
    found = rfm.scores(columns(customers))
    assert rfm.scores(columns([customers[place] for place in order])) == [found[place] for place in order]


@given(CUSTOMERS, st.integers(1, 100))
def test_scores_do_not_depend_on_the_currencys_unit(customers: Any, scale: int) -> None:
    other = [(days, orders, None if paid is None else paid * scale) for days, orders, paid in customers]
    assert rfm.scores(columns(other)) == rfm.scores(columns(customers))


def test_each_name_has_its_place_in_the_table_of_the_docstring() -> None:
    assert rfm.__doc__ is not None
    rows = [line.split() for line in rfm.__doc__.splitlines() if re.match("[1-5] ", line)]
    assert {int(row): tuple(cells) for row, *cells in rows} == {
        place + 1: names for place, names in enumerate(rfm.NAMES)
    }
    assert {name for names in rfm.NAMES for name in names} == {choice.code for choice in scorers.SEGMENTS[0].choices}


PUTLER = {
    "champion": ((4, 5), (4, 5)), "loyal": ((2, 5), (3, 5)), "potential_loyalist": ((3, 5), (1, 3)), "new": ((4, 5), (0, 1)),
    "promising": ((3, 4), (0, 1)), "need_attention": ((2, 3), (2, 3)), "about_to_sleep": ((2, 3), (0, 2)),
    "at_risk": ((0, 2), (2, 5)), "cannot_lose": ((0, 1), (4, 5)), "hibernating": ((1, 2), (1, 2)), "lost": ((0, 2), (0, 2)),
}  # fmt: skip
"""The published ranges of recency, and of the mean of frequency and monetary value."""


def test_no_name_stands_outside_the_ranges_that_were_published_for_it() -> None:
    for recency, names in enumerate(rfm.NAMES, 1):
        for mean, name in enumerate(names, 1):
            (least, most), (low, high) = PUTLER[name]
            assert least <= recency <= most
            assert low <= mean <= high


def test_with_another_number_of_groups_a_score_is_named_by_its_place_among_them() -> None:
    ten = [(10 * place, 10 - place, 1000 - place) for place in range(9)]
    assert rfm.scores(columns(ten, 9)) == [999, 888, 777, 666, 555, 444, 333, 222, 111]
    assert rfm.names(columns(ten, 9)) == [
        "champion", "champion", "loyal", "loyal", "need_attention", "need_attention", "hibernating", "hibernating", "lost",
    ]  # fmt: skip
    assert rfm.names(columns(ten[:2], 2)) == ["champion", "lost"]


@pytest.mark.parametrize("groups", [1, 10, 2.5, -3, 0])
def test_a_number_of_groups_that_makes_no_digits_is_refused(groups: Any) -> None:
    with pytest.raises(InvalidValueError, match="RFM groups"):
        rfm.scores(columns([(1, 2, 3)], groups))
