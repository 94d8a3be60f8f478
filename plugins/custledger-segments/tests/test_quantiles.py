"""Groups of equal size: as even as can be, equal values together, and whatever the order and the unit."""

from collections import Counter

import pytest
from custledger_segments.quantiles import boundaries, grouped
from hypothesis import given
from hypothesis import strategies as st

VALUES = st.lists(st.integers(-20, 60), max_size=60)
GROUPS = st.integers(2, 9)


@given(VALUES, GROUPS)
def test_every_value_is_in_one_group_and_greater_ones_in_no_lower_one(values: list[int], groups: int) -> None:
    found = grouped(values, groups)
    assert len(found) == len(values)
    assert set(found) <= set(range(1, groups + 1))
    placed = sorted(zip(values, found, strict=True))
    assert [group for _, group in placed] == sorted(group for _, group in placed)


@given(VALUES, GROUPS)
def test_equal_values_are_in_one_group(values: list[int], groups: int) -> None:
    assert len(set(zip(values, grouped(values, groups), strict=True))) == len(set(values))


@given(st.lists(st.integers(), unique=True, min_size=1, max_size=60), GROUPS)
def test_where_all_values_differ_groups_differ_by_one_at_most(values: list[int], groups: int) -> None:
    sizes = Counter(grouped(values, groups))
    assert (
        max(sizes[group] for group in range(1, groups + 1)) - min(sizes[group] for group in range(1, groups + 1)) <= 1
    )


@given(st.data(), VALUES, GROUPS)
def test_the_order_of_the_values_does_not_matter(data: st.DataObject, values: list[int], groups: int) -> None:
    shuffled = data.draw(st.permutations(range(len(values))))
    found = grouped(values, groups)
    assert grouped([values[place] for place in shuffled], groups) == [found[place] for place in shuffled]


@given(VALUES, GROUPS, st.integers(1, 1000), st.integers(-1000, 1000))
def test_neither_does_the_unit_nor_where_it_begins(values: list[int], groups: int, scale: int, shift: int) -> None:
    assert grouped([value * scale + shift for value in values], groups) == grouped(values, groups)


@given(VALUES.filter(bool), GROUPS)
def test_a_value_is_as_low_as_its_place_or_that_of_an_equal_one_allows(values: list[int], groups: int) -> None:
    last = len(values) - 1
    for value, group in zip(values, grouped(values, groups), strict=True):
        smaller = sum(other < value for other in values)
        assert group == 1 + sum(last * number // groups < smaller for number in range(1, groups))


@pytest.mark.parametrize(
    ("values", "groups"),
    [
        ([], []),
        ([7], [1]),
        ([7, 8], [1, 5]),
        ([7, 7, 7], [1, 1, 1]),
        ([1, 1, 1, 1, 2], [1, 1, 1, 1, 5]),
        ([3, 1, 2], [5, 1, 3]),
    ],
)
def test_few_and_equal_values(values: list[int], groups: list[int]) -> None:
    assert grouped(values, 5) == groups
    assert not values or len(boundaries(values, 5)) == 4
