"""Days that are counted from today: how they are written, which day they are, and when a day begins in a time zone.

``UNITS`` and ``STARTS`` are the tables to extend.
"""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import NamedTuple

from custledger.expressions.functions import Dating
from custledger.expressions.tree import Day, Unit
from custledger.values import fold

FURTHEST = 99_999
"""How many days, months … a day may be away from today; the calendar's own ends come first."""

BEFORE_ALL = ""
AFTER_ALL = "~"
"""Stand for moments beyond the calendar; every time sorts between the two."""

UNITS: dict[str, Unit] = {
    "day": "day",
    "week": "week",
    "month": "month",
    "quarter": "quarter",
    "year": "year",
    "天": "day",
    "日": "day",
    "周": "week",
    "星期": "week",
    "礼拜": "week",
    "月": "month",
    "季度": "quarter",
    "季": "quarter",
    "年": "year",
}

STARTS: dict[str, Day] = {
    "today": Day(),
    "yesterday": Day(-1),
    "tomorrow": Day(1),
    "今天": Day(),
    "今日": Day(),
    "昨天": Day(-1),
    "明天": Day(1),
    "start of week": Day(start_of="week"),
    "start of month": Day(start_of="month"),
    "start of quarter": Day(start_of="quarter"),
    "start of year": Day(start_of="year"),
    "本周初": Day(start_of="week"),
    "本月初": Day(start_of="month"),
    "月初": Day(start_of="month"),
    "本季度初": Day(start_of="quarter"),
    "本季初": Day(start_of="quarter"),
    "本年初": Day(start_of="year"),
    "今年初": Day(start_of="year"),
    "年初": Day(start_of="year"),
}

_DIGITS = {character: number for number, character in enumerate("零一二三四五六七八九十")}
_DIGITS |= {"两": 2, "a": 1, "an": 1, "one": 1}
_EN = "(?P<number>[0-9]+|an?|one) (?P<unit>day|week|month|quarter|year)s?"
_ZH = "(?P<number>[0-9]+|[一二两三四五六七八九十]) ?个? ?(?P<unit>天|日|周|星期|礼拜|月|季度|季|年) ?(?:以|之)?"
_FORMS = ((f"{_EN} ago", -1), (f"in {_EN}", 1), (f"{_ZH}前", -1), (f"{_ZH}[后内]", 1))
"""Patterns and directions. They are compiled when a text is read: that takes longer than all else here at import."""
_MONTHS: dict[Unit, int] = {"month": 1, "quarter": 3, "year": 12}


def parse_day(text: str) -> Day | None:
    """Return the day that ``text`` counts from today, such as ``3 months ago``, or None for any other text.

    Raises ``ValueError`` for a day that is too far away.
    """
    plain = " ".join(fold(text).split())
    if plain in STARTS:
        return STARTS[plain]
    for form, sign in _FORMS:
        if found := re.fullmatch(form, plain):
            number = found["number"].lstrip("0") or "0"
            if len(number) > len(str(FURTHEST)):
                raise ValueError("is too far away")
            return Day(sign * (_DIGITS.get(number) or int(number)), UNITS[found["unit"]])
    return None


def day_of(day: Day, today: date) -> date:
    """Return the day of the calendar; the last, or the first, one there is for a day beyond it."""
    return shift(_start(today, day.start_of), day.amount, day.unit)


def shift(start: date, amount: int, unit: Unit) -> date:
    """Return the day ``amount`` units after ``start``. The end of a month stays within the month it comes to."""
    try:
        if unit in _MONTHS:
            month = start.year * 12 + start.month - 1 + amount * _MONTHS[unit]
            return _within_month(month // 12, month % 12 + 1, start.day)
        return start + timedelta(days=amount * (7 if unit == "week" else 1))
    except (ValueError, OverflowError):
        return date.max if amount > 0 else date.min


def shift_within(start: date, days: int) -> date | None:
    """Return the day so many days after ``start``, or before it; ``None`` where the calendar has no such day."""
    try:
        return start + timedelta(days=days)
    except OverflowError:
        return None


def _within_month(year: int, month: int, day: int) -> date:
    """Return a day of a month, or the month's last where it has fewer."""
    if day <= 28 or month == 12:
        return date(year, month, day)
    return date(year, month, min(day, (date(year, month + 1, 1) - timedelta(days=1)).day))


def _start(today: date, unit: Unit) -> date:
    match unit:
        case "day":
            return today
        case "week":
            return shift(today, -today.weekday(), "day")
        case "month":
            return today.replace(day=1)
        case "quarter":
            return today.replace(month=(today.month - 1) // 3 * 3 + 1, day=1)
        case "year":
            return today.replace(month=1, day=1)


def bounds(day: date, zone: tzinfo) -> tuple[str, str]:
    """Return when ``day`` begins and when the day after it begins in ``zone``, as plain times.

    Where the clocks leave out midnight, the day begins when they jump; where they repeat it, the first time.
    """
    following = AFTER_ALL if day == date.max else _beginning(day + timedelta(days=1), zone)
    return _beginning(day, zone), following


def _beginning(day: date, zone: tzinfo) -> str:
    try:
        moment = datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
    except OverflowError:
        return BEFORE_ALL if day.year == 1 else AFTER_ALL
    return _plain(moment)


def _plain(moment: datetime) -> str:
    """Return a time in UTC as a plain one."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


@lru_cache(64)
def zone_called(name: str) -> tzinfo:
    """Return a time zone by its name."""
    from zoneinfo import ZoneInfo  # most starts need no zone

    return UTC if name == "UTC" else ZoneInfo(name)


def local_day(time: str, zone: str) -> str:
    """Return the day, ``2026-11-22``, of a plain time in a zone; at the calendar's ends that of the time in UTC."""
    turn = _turn(time[:10], zone)
    if turn is not None:
        return turn.day if time < turn.at else turn.following
    try:
        return datetime.fromisoformat(time).astimezone(zone_called(zone)).date().isoformat()
    except OverflowError:
        return time[:10]


class _Turn(NamedTuple):
    """When, as a plain time, another day begins in a zone within a day in UTC, and which days these are."""

    at: str
    day: str
    following: str


@lru_cache(8192)
def _turn(day: str, zone: str) -> _Turn | None:
    """Return how a day in UTC, of which times are many, falls on the days of a zone; ``None`` where clocks change."""
    try:
        start = datetime.fromisoformat(f"{day}T00:00+00:00").astimezone(zone_called(zone))
        end = (start.astimezone(UTC) + timedelta(days=1, milliseconds=-1)).astimezone(zone_called(zone))
    except OverflowError:
        return None
    if start.utcoffset() != end.utcoffset():
        return None
    midnight = datetime(end.year, end.month, end.day, tzinfo=end.tzinfo).astimezone(UTC)
    return _Turn(_plain(midnight), start.date().isoformat(), end.date().isoformat())


def computed(function: Dating, day: date, today: date) -> int | str | None:
    """Return what a function of the language makes of a day.

    Someone born on 29 February is a year older on 1 March, and has the anniversary on 28 February, in other years.
    """
    return _COMPUTED[function](day, today)


def _next_anniversary(day: date, today: date) -> str | None:
    year = today.year + ((day.month, day.day) < (today.month, today.day))
    if (day.month, day.day) == (2, 29) and (today.month, today.day) == (2, 28):
        year = today.year
    return _within_month(year, day.month, day.day).isoformat() if year <= date.max.year else None


_COMPUTED: dict[Dating, Callable[[date, date], int | str | None]] = {
    "date": lambda day, _today: day.isoformat(),
    "days_since": lambda day, today: (today - day).days,
    "days_until": lambda day, today: (day - today).days,
    "age": lambda day, today: today.year - day.year - ((today.month, today.day) < (day.month, day.day)),
    "next_anniversary": _next_anniversary,
    "year": lambda day, _today: day.year,
    "quarter": lambda day, _today: (day.month + 2) // 3,
    "month": lambda day, _today: day.month,
    "day": lambda day, _today: day.day,
    "weekday": lambda day, _today: day.isoweekday(),
}
