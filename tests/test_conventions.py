"""Conventions: zones, the ledger's day, and clocks."""

import time
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custledger.conventions import Conventions, FixedClock, SystemClock, utc_text
from custledger.errors import InvalidValueError

NEW_YEAR = 1_767_225_600_000


def test_the_zone_is_utc_unless_it_is_named() -> None:
    assert Conventions().zone is UTC
    assert Conventions(zone_name="Asia/Shanghai").zone.utcoffset(datetime(2026, 1, 1)) is not None


@pytest.mark.parametrize("name", ["Asia/Nowhere", "", "Asia", "../etc/passwd", "上海", "/usr", "a\0b"])
def test_a_zone_that_nobody_knows_is_named_in_an_error(name: str) -> None:
    with pytest.raises(InvalidValueError) as caught:
        _ = Conventions(zone_name=name).zone
    assert "Asia/Shanghai" in caught.value.hint


def test_today_is_the_day_in_the_ledgers_zone() -> None:
    at = NEW_YEAR - 3_600_000
    assert Conventions().today(lambda: at) == date(2025, 12, 31)
    assert Conventions(zone_name="Asia/Shanghai").today(lambda: at) == date(2026, 1, 1)
    assert Conventions(zone_name="America/New_York").today(lambda: at + 4_000_000) == date(2025, 12, 31)


def test_a_day_that_was_set_is_today_whatever_the_clock_says() -> None:
    assert Conventions(as_of=date(1999, 5, 6)).today(lambda: NEW_YEAR) == date(1999, 5, 6)


@given(st.integers(0, 4_102_444_800_000))
def test_a_moment_as_text_is_the_moment(milliseconds: int) -> None:
    text = utc_text(milliseconds)
    assert len(text) == 24
    assert round(datetime.fromisoformat(text).timestamp() * 1000) == milliseconds


def test_a_fixed_clock_moves_by_its_step() -> None:
    clock = FixedClock(NEW_YEAR, step=10)
    assert [clock.milliseconds(), clock.milliseconds()] == [NEW_YEAR + 10, NEW_YEAR + 20]


def test_the_system_clock_counts_milliseconds() -> None:
    before = time.time_ns() // 1_000_000
    assert before <= SystemClock().milliseconds() <= time.time_ns() // 1_000_000
