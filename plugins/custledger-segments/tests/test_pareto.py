"""ABC by share of revenue."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from custledger_segments.pareto import classes
from hypothesis import given
from hypothesis import strategies as st

from custledger.errors import InvalidValueError

REVENUE = st.lists(st.none() | st.integers(-50, 300), max_size=40)
SHARES = st.tuples(st.integers(1, 100), st.integers(1, 100)).map(sorted)


def columns(revenue: Any, a_share: Any = 80, b_share: Any = 95) -> dict[str, list[Any]]:
    return {"revenue": list(revenue), "a_share": [a_share] * len(revenue), "b_share": [b_share] * len(revenue)}


def test_those_who_bring_the_first_80_percent_are_in_a_and_the_next_15_in_b() -> None:
    assert classes(columns([60, 25, 10, 4, 1])) == ["A", "A", "B", "C", "C"]
    assert classes(columns([80, 15, 5])) == ["A", "B", "C"]
    assert classes(columns([1, 99, None, 0, -7])) == ["C", "A", None, None, None]
    assert classes(columns([Decimal("0.10")] * 3)) == ["A"] * 3


def test_without_any_revenue_nobody_is_in_a_class() -> None:
    assert classes(columns([None, 0, -1])) == [None] * 3
    assert classes(columns([])) == []


@given(REVENUE, SHARES)
def test_a_class_is_what_share_greater_revenues_make_up(revenue: Any, shares: Any) -> None:
    total = sum(amount for amount in revenue if amount and amount > 0)
    for amount, found in zip(revenue, classes(columns(revenue, *shares)), strict=True):
        if amount is None or amount <= 0:
            assert found is None
            continue
        before = Fraction(100 * sum(other for other in revenue if other and other > amount), total)
        assert found == ("A" if before < shares[0] else "B" if before < shares[1] else "C")


@given(st.data(), REVENUE, st.integers(1, 1000))
def test_neither_order_nor_unit_matters_and_equal_revenue_is_one_class(
    data: st.DataObject, revenue: Any, scale: int
) -> None:
    order = data.draw(st.permutations(range(len(revenue))))
    found = classes(columns(revenue))
    other = [None if revenue[place] is None else revenue[place] * scale for place in order]
    assert classes(columns(other)) == [found[place] for place in order]
    assert len(set(zip(revenue, found, strict=True))) == len(set(revenue))


@pytest.mark.parametrize("shares", [(0, 95), (95, 80), (80, 101)])
def test_shares_that_are_no_percentages_in_order_are_refused(shares: Any) -> None:
    with pytest.raises(InvalidValueError, match="limits of A and B"):
        classes(columns([1], *shares))
