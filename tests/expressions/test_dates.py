from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import hypothesis.strategies as st
import pytest
from hypothesis import example, given

from custledger.expressions.dates import AFTER_ALL, BEFORE_ALL, bounds, day_of, local_day, parse_day, shift

TODAY = date(2026, 11, 22)  # a Sunday


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("today", "2026-11-22"),
        ("Yesterday", "2026-11-21"),
        ("tomorrow", "2026-11-23"),
        ("今天", "2026-11-22"),
        ("昨天", "2026-11-21"),
        ("90 days ago", "2026-08-24"),
        ("1 day ago", "2026-11-21"),
        ("a week ago", "2026-11-15"),
        ("2 weeks ago", "2026-11-08"),
        ("1 month ago", "2026-10-22"),
        ("1 quarter ago", "2026-08-22"),
        ("10 years ago", "2016-11-22"),
        ("0 days ago", "2026-11-22"),
        ("in 7 days", "2026-11-29"),
        ("in 1 month", "2026-12-22"),
        ("in a year", "2027-11-22"),
        ("in  2   weeks", "2026-12-06"),
        ("start of week", "2026-11-16"),
        ("start of month", "2026-11-01"),
        ("start of quarter", "2026-10-01"),
        ("start of year", "2026-01-01"),
        ("90天前", "2026-08-24"),
        ("３０ 天前", "2026-10-23"),
        ("两周前", "2026-11-08"),
        ("2个星期以前", "2026-11-08"),
        ("三个月前", "2026-08-22"),
        ("1年之前", "2025-11-22"),
        ("7天内", "2026-11-29"),
        ("7天后", "2026-11-29"),
        ("十天以内", "2026-12-02"),
        ("1个季度后", "2027-02-22"),
        ("本周初", "2026-11-16"),
        ("本月初", "2026-11-01"),
        ("本季度初", "2026-10-01"),
        ("今年初", "2026-01-01"),
        ("007 days ago", "2026-11-15"),
        ("99999 years ago", "0001-01-01"),
        ("in 99999 weeks", "3943-05-30"),
        ("in 99999 months", "9999-12-31"),
    ],
)
def test_days_counted_from_today(text: str, expected: str) -> None:
    day = parse_day(text)
    assert day is not None
    assert day_of(day, TODAY).isoformat() == expected


@pytest.mark.parametrize(
    "text",
    ["", "2026-11-22", "days ago", "7 days", "in days", "-1 days ago", "1.5 days ago", "上海", "in 7 hours", "天前"],
)
def test_other_texts_are_no_such_day(text: str) -> None:
    assert parse_day(text) is None


def test_a_day_too_far_away_is_an_error() -> None:
    with pytest.raises(ValueError, match="too far"):
        parse_day("100000 days ago")
    with pytest.raises(ValueError, match="too far"):
        parse_day("in " + "9" * 5000 + " days")


@pytest.mark.parametrize(
    ("start", "amount", "expected"),
    [
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
        (date(2024, 3, 31), -1, date(2024, 2, 29)),
        (date(2026, 10, 31), 1, date(2026, 11, 30)),
        (date(2026, 1, 31), 13, date(2027, 2, 28)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
        (date(2026, 1, 15), -1, date(2025, 12, 15)),
        (date(9999, 12, 31), 1, date.max),
        (date(9999, 11, 22), 1, date(9999, 12, 22)),
        (date(9999, 11, 30), 1, date(9999, 12, 30)),
        (date(1, 1, 1), -1, date.min),
    ],
)
def test_months_stay_within_the_month_they_come_to(start: date, amount: int, expected: date) -> None:
    assert shift(start, amount, "month") == expected


def test_a_leap_day_a_year_ago_is_the_28th() -> None:
    assert shift(date(2024, 2, 29), -1, "year") == date(2023, 2, 28)


@pytest.mark.parametrize(
    ("day", "zone", "begins", "ends"),
    [
        (TODAY, "UTC", "2026-11-22T00:00:00.000Z", "2026-11-23T00:00:00.000Z"),
        (TODAY, "Asia/Shanghai", "2026-11-21T16:00:00.000Z", "2026-11-22T16:00:00.000Z"),
        (date(2026, 3, 29), "Europe/Berlin", "2026-03-28T23:00:00.000Z", "2026-03-29T22:00:00.000Z"),
        (date(2026, 10, 25), "Europe/Berlin", "2026-10-24T22:00:00.000Z", "2026-10-25T23:00:00.000Z"),
        (date(2018, 11, 4), "America/Sao_Paulo", "2018-11-04T03:00:00.000Z", "2018-11-05T02:00:00.000Z"),
        (date(1, 1, 1), "Asia/Shanghai", BEFORE_ALL, "0001-01-01T15:54:17.000Z"),
        (date(9999, 12, 31), "America/New_York", "9999-12-31T05:00:00.000Z", AFTER_ALL),
    ],
)
def test_a_day_begins_when_its_zone_says(day: date, zone: str, begins: str, ends: str) -> None:
    assert bounds(day, UTC if zone == "UTC" else ZoneInfo(zone)) == (begins, ends)


ZONES = (
    "UTC", "Asia/Shanghai", "Asia/Kolkata", "Asia/Kathmandu", "America/New_York", "Europe/Berlin", "Pacific/Apia",
    "Australia/Lord_Howe", "Africa/Casablanca", "America/Sao_Paulo", "Pacific/Kiritimati",
)  # fmt: skip


@given(st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1)), st.integers(-2000, 2000), st.sampled_from(ZONES))
@example(datetime(2011, 12, 30), 0, "Pacific/Apia")  # a day that was left out
@example(datetime(2018, 11, 4), 3 * 3_600_000, "America/Sao_Paulo")  # no midnight
@example(datetime(2018, 2, 18), 2 * 3_600_000, "America/Sao_Paulo")  # an hour before midnight twice
def test_the_day_of_a_time_is_the_one_of_its_zone(about: datetime, milliseconds: int, zone: str) -> None:
    midnight = about.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    for moment in (about.replace(tzinfo=UTC), midnight + timedelta(milliseconds=milliseconds)):
        plain = moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        assert local_day(plain, zone) == datetime.fromisoformat(plain).astimezone(ZoneInfo(zone)).date().isoformat()


@pytest.mark.parametrize(
    ("time", "zone", "day"),
    [
        ("0001-01-01T00:30:00.000Z", "America/New_York", "0001-01-01"),
        ("9999-12-31T23:30:00.000Z", "Asia/Shanghai", "9999-12-31"),
        ("9999-12-31T15:59:59.999Z", "Asia/Shanghai", "9999-12-31"),
    ],
)
def test_at_the_ends_of_the_calendar_a_time_has_its_day_in_utc(time: str, zone: str, day: str) -> None:
    assert local_day(time, zone) == day
