"""Recurrence: what ``every`` means, and that a series never drifts."""

import calendar
import itertools
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custledger.errors import InvalidValueError
from custledger.recurrence import Days, Months, Rule, canonical, in_words, next_due, parse_every, planned

DAYS = st.dates(date(1900, 1, 1), date(2200, 12, 31))


def first(every: str, anchor: date, count: int) -> list[str]:
    return [day.isoformat() for day in itertools.islice(planned(every, anchor), count)]


@pytest.mark.parametrize(
    ("every", "meaning"),
    [
        ("day", Days(1)),
        ("week", Days(7)),
        ("Weekly", Days(7)),
        ("month", Months(1)),
        ("quarter", Months(3)),
        ("year", Months(12)),
        ("10 days", Days(10)),
        ("1 day", Days(1)),
        ("2 weeks", Days(14)),
        ("every 2 months", Months(2)),
        ("18 MONTHS", Months(18)),
        ("2 years", Months(24)),
        ("每天", Days(1)),
        ("每周", Days(7)),
        ("每星期", Days(7)),
        ("每月", Months(1)),
        ("每个月", Months(1)),
        ("每季度", Months(3)),
        ("每年", Months(12)),
        ("每10天", Days(10)),
        ("每１０天", Days(10)),
        ("每 2 周", Days(14)),
        ("每两周", Days(14)),
        ("每十天", Days(10)),
        ("每3个月", Months(3)),
        ("每半年", Months(6)),
        ("half year", Months(6)),
        ("FREQ=DAILY", Rule("FREQ=DAILY")),
        ("RRULE:freq=weekly;byday=mo,we;", Rule("FREQ=WEEKLY;BYDAY=MO,WE")),
        ("FREQ=DAILY;UNTIL=20261231T235959Z", Rule("FREQ=DAILY;UNTIL=20261231")),
    ],
)
def test_every_is_read_in_words_in_chinese_and_as_a_rule(every: str, meaning: object) -> None:
    assert parse_every(every) == meaning


@pytest.mark.parametrize(
    ("every", "kept"),
    [
        ("month ", "month"),
        ("Monthly", "month"),
        ("每月", "month"),
        ("每周", "week"),
        ("每季", "quarter"),
        ("每年", "year"),
        ("daily", "day"),
        ("1 days", "day"),
        ("每10天", "10 days"),
        ("every  2 week", "2 weeks"),
        ("14 days", "14 days"),
        ("每半年", "6 months"),
        ("RRULE:freq=weekly;byday=mo,we;", "FREQ=WEEKLY;BYDAY=MO,WE"),
        ("FREQ=DAILY;UNTIL=20261231T235959Z", "FREQ=DAILY;UNTIL=20261231"),
    ],
)
def test_every_has_one_form_in_which_it_is_kept(every: str, kept: str) -> None:
    assert canonical(every) == canonical(kept) == kept
    assert parse_every(kept) == parse_every(every)


@pytest.mark.parametrize(
    ("every", "why"),
    [
        ("", "is not how often"),
        ("fortnight", "is not how often"),
        ("0 days", "is not how often"),
        ("-3 days", "is not how often"),
        ("3", "is not how often"),
        ("每", "is not how often"),
        ("1.5 weeks", "is not how often"),
        ("2 hours", "is not how often"),
        ("FREQ=DAILY\nDTSTART:20200101", "is not how often"),
        ("FREQ=HOURLY", "needs FREQ="),
        ("BYDAY=MO", "needs FREQ="),
        ("FREQ=DAILY;BYHOUR=3", "holds BYHOUR"),
        ("FREQ=DAILY;FREQ=DAILY", "twice"),
        ("FREQ=DAILY;INTERVAL=0", "INTERVAL that is not a number"),
        ("FREQ=DAILY;COUNT=99999", "COUNT that is not a number"),
        ("FREQ=MONTHLY;BYMONTHDAY=0", "counts something from 0"),
        ("FREQ=DAILY;COUNT=3;UNTIL=20261231", "both COUNT and UNTIL"),
        ("FREQ=DAILY;UNTIL=2026", "UNTIL that is not a day"),
        ("FREQ=DAILY;UNTIL=20261399", "can be followed"),
        ("FREQ=DAILY;BYDAY=XX", "can be followed"),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "never comes"),
        ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "never comes"),
    ],
)
def test_what_cannot_be_understood_names_the_field_every(every: str, why: str) -> None:
    with pytest.raises(InvalidValueError, match=why) as caught:
        parse_every(every)
    assert caught.value.field == "Every"
    assert "week, month, quarter" in caught.value.hint


def test_month_ends_are_kept() -> None:
    assert first("month", date(2026, 1, 31), 6) == [
        "2026-01-31",
        "2026-02-28",
        "2026-03-31",
        "2026-04-30",
        "2026-05-31",
        "2026-06-30",
    ]
    assert first("quarter", date(2026, 11, 30), 4) == ["2026-11-30", "2027-02-28", "2027-05-30", "2027-08-30"]
    assert first("year", date(2024, 2, 29), 5) == ["2024-02-29", "2025-02-28", "2026-02-28", "2027-02-28", "2028-02-29"]


def test_a_rule_can_ask_for_the_last_day_of_each_month() -> None:
    assert first("FREQ=MONTHLY;BYMONTHDAY=-1", date(2026, 1, 31), 4) == [
        "2026-01-31",
        "2026-02-28",
        "2026-03-31",
        "2026-04-30",
    ]


def test_count_and_until_end_a_series() -> None:
    assert first("FREQ=WEEKLY;COUNT=3", date(2026, 1, 5), 9) == ["2026-01-05", "2026-01-12", "2026-01-19"]
    assert first("FREQ=WEEKLY;UNTIL=20260112T000000Z", date(2026, 1, 5), 9) == ["2026-01-05", "2026-01-12"]


def test_a_series_ends_where_the_calendar_does() -> None:
    last = date(9999, 12, 31)
    assert next_due("week", last, last) is None
    assert next_due("month", last, last) is None
    assert next_due("FREQ=DAILY", last, last) is None


def test_what_was_missed_is_not_skipped() -> None:
    assert next_due("week", date(2020, 1, 1), date(2020, 1, 8)) == date(2020, 1, 15)


@given(anchor=DAYS, count=st.integers(1, 30), steps=st.integers(1, 60))
def test_months_are_anchored_and_never_drift(anchor: date, count: int, steps: int) -> None:
    day: date | None = anchor
    for _ in range(steps):
        assert day is not None
        day = next_due(f"{count} months", anchor, day)
    assert day is not None
    months = anchor.year * 12 + anchor.month - 1 + count * steps
    assert (day.year, day.month) == (months // 12, months % 12 + 1)
    assert day.day == min(anchor.day, calendar.monthrange(day.year, day.month)[1])


@given(anchor=DAYS, count=st.integers(1, 400), due=DAYS)
def test_days_are_anchored_whatever_day_is_asked_about(anchor: date, count: int, due: date) -> None:
    following = next_due(f"{count} days", anchor, due)
    assert following is not None
    assert following > due
    assert (following - anchor).days % count == 0
    assert following - due <= timedelta(days=count) or following == anchor


@given(
    anchor=DAYS,
    due=DAYS,
    every=st.sampled_from(
        ["week", "month", "quarter", "year", "每10天", "FREQ=WEEKLY;BYDAY=MO,TH", "FREQ=YEARLY;INTERVAL=2"]
    ),
)
def test_the_next_day_is_the_first_of_the_plan_after_the_due_one(anchor: date, due: date, every: str) -> None:
    due = anchor + abs(due - anchor) % timedelta(days=2000)
    following = next_due(every, anchor, due)
    expected = next((day for day in planned(every, anchor) if day > due), None)
    assert following == expected


@given(
    st.one_of(
        st.text(), st.from_regex(r"(RRULE:)?FREQ=(DAILY|WEEKLY)(;[A-Z]{2,10}=[A-Z0-9,+-]{1,6}){0,2}", fullmatch=True)
    )
)
def test_any_text_is_understood_or_refused_with_a_reason(text: str) -> None:
    try:
        understood = isinstance(parse_every(text), Days | Months | Rule)
    except InvalidValueError as error:
        understood = error.field == "Every" and bool(error.hint)
    assert understood


@pytest.mark.parametrize(
    ("every", "english", "chinese"),
    [
        ("month", "month", "每月"),
        ("每10天", "10 days", "每10天"),
        ("2 quarters", "2 quarters", "每2个季度"),
        ("每两年", "2 years", "每2年"),
        ("FREQ=MONTHLY;BYMONTHDAY=-1", "FREQ=MONTHLY;BYMONTHDAY=-1", "FREQ=MONTHLY;BYMONTHDAY=-1"),
        ("now and then", "now and then", "now and then"),
    ],
)
def test_every_is_shown_in_the_words_of_the_reader(every: str, english: str, chinese: str) -> None:
    assert in_words(every, "en") == english
    assert in_words(every, "zh") == chinese
