"""Churn risk by the customer's own rhythm."""

from decimal import Decimal
from typing import Any

import pytest
from custledger_segments.rhythm import risks
from hypothesis import given
from hypothesis import strategies as st

from custledger.errors import InvalidValueError


def columns(customers: Any, rising: Any = 2, high: Any = 3, least: Any = 3) -> dict[str, list[Any]]:
    settings = {"rising": rising, "high": high, "least": least}
    return {
        "ratio": [ratio for ratio, _ in customers],
        "days": [days for _, days in customers],
        **{name: [value] * len(customers) for name, value in settings.items()},
    }


def test_a_silence_of_more_than_two_usual_gaps_is_a_rising_risk_and_of_three_a_high_one() -> None:
    found = risks(columns([(Decimal("0.5"), 3), (2, 3), (Decimal("2.01"), 3), (3, 9), (Decimal("3.01"), 9)]))
    assert found == ["low", "low", "rising", "rising", "high"]


def test_of_who_has_no_rhythm_nothing_is_said() -> None:
    assert risks(columns([(None, 9), (9, 2), (9, None)])) == [None, None, None]
    assert risks(columns([])) == []


@given(st.lists(st.tuples(st.none() | st.integers(0, 9), st.none() | st.integers(0, 6)), max_size=30))
def test_a_longer_silence_is_never_a_lower_risk(customers: Any) -> None:
    order = ["low", "rising", "high"]
    found = [
        (ratio, order.index(risk))
        for (ratio, _), risk in zip(customers, risks(columns(customers)), strict=True)
        if risk
    ]
    assert [risk for _, risk in sorted(found)] == sorted(risk for _, risk in found)


def test_limits_that_are_out_of_order_are_refused() -> None:
    with pytest.raises(InvalidValueError, match="“4, 3” are no limits of rising and high"):
        risks(columns([(1, 3)], rising=4))
