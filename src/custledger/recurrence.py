"""How often something repeats, and on which day it is due next.

``every`` is a text: ``week``, ``month``, ``quarter``, ``year``, ``10 days``, ``2 weeks``, their Chinese forms
(``每周``, ``每月``, ``每季度``, ``每年``, ``每10天``), or a recurrence rule of RFC 5545
(``FREQ=MONTHLY;BYMONTHDAY=-1``).

Days are counted from an *anchor*, the day that was first planned, and never from the day something was done, so a
series cannot drift. Months keep the anchor's day where they have it and end on their last day where they do not:
31 January, 28 February, 31 March. A rule's ``COUNT`` and ``UNTIL`` end the series.
"""

import calendar
import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Protocol

import attrs

from custledger.errors import InvalidValueError
from custledger.values import fold

HINT = "Write week, month, quarter, year, a number such as 10 days, or an RRULE such as FREQ=WEEKLY;BYDAY=MO."

_MONTHS = {"month": 1, "quarter": 3, "year": 12}
_DAYS = {"day": 1, "week": 7}
_WORDS = {
    **dict.fromkeys(("yearly", "annually", "年"), "year"),
    **dict.fromkeys(("quarterly", "季", "季度", "个季度"), "quarter"),
    **dict.fromkeys(("monthly", "月", "个月"), "month"),
    **dict.fromkeys(("weekly", "周", "星期", "礼拜"), "week"),
    **dict.fromkeys(("daily", "天", "日"), "day"),
}
_CHINESE_DIGITS = {"两": 2, **{digit: number for number, digit in enumerate("一二三四五六七八九十", 1)}}
_CHINESE_UNITS = {
    "day": ("天", "天"),
    "week": ("周", "周"),
    "month": ("月", "个月"),
    "quarter": ("季度", "个季度"),
    "year": ("年", "年"),
}
"""The units in Chinese: every one of them, and every so many."""
_ENGLISH = re.compile(r"(?:every\s+)?(?:(?P<count>\d{1,4})\s*)?(?P<unit>[a-z]+)")
_CHINESE = re.compile(
    r"每?\s*(?P<count>\d{1,4}|[一二两三四五六七八九十])?\s*"
    r"(?P<unit>个月|个季度|季度|星期|礼拜|[天日周月季年])"
)
_HALF_YEAR = frozenset({"每半年", "半年", "half year", "every half year"})
_RULE = re.compile(r"(?:RRULE:)?(?P<parts>[A-Z]+=[A-Z0-9,+-]+(?:;[A-Z]+=[A-Z0-9,+-]+)*);?")
_FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
_ENDS = ("COUNT", "UNTIL")
_PARTS = frozenset({"FREQ", "INTERVAL", "BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS", "BYWEEKNO", "BYYEARDAY", "WKST"})
_UNTIL = re.compile(r"(\d{8})(?:T\d{6}Z?)?")
_NUMBER = re.compile(r"[1-9]\d{0,3}")


class Recurrence(Protocol):
    """Something that names days."""

    def after(self, anchor: date, day: date) -> date | None:
        """Return the first day of the series from ``anchor`` that is later than ``day``, or ``None`` at its end."""


@attrs.frozen
class Days:
    """Every so many days."""

    count: int

    def after(self, anchor: date, day: date) -> date | None:
        """Return the first planned day later than ``day``."""
        steps = max(0, (day - anchor).days // self.count + 1)
        try:
            return anchor + timedelta(days=steps * self.count)
        except OverflowError:
            return None


@attrs.frozen
class Months:
    """Every so many months, on the anchor's day of the month or on the last one of a shorter month."""

    count: int

    def after(self, anchor: date, day: date) -> date | None:
        """Return the first planned day later than ``day``."""
        between = (day.year - anchor.year) * 12 + day.month - anchor.month
        steps = max(0, between // self.count)
        while (planned := months_later(anchor, steps * self.count)) is not None and planned <= day:
            steps += 1
        return planned


@attrs.frozen
class Rule:
    """A recurrence rule of RFC 5545, in days: its parts, checked."""

    text: str

    def after(self, anchor: date, day: date) -> date | None:
        """Return the first planned day later than ``day``; ``COUNT`` counts from the anchor."""
        from dateutil.rrule import rrulestr  # costs 45 ms, and few follow-ups have a rule

        start = datetime(anchor.year, anchor.month, anchor.day)  # noqa: DTZ001 - days have no zone
        found = rrulestr(self.text, dtstart=start).after(datetime(day.year, day.month, day.day))  # noqa: DTZ001 - as above
        return None if found is None else found.date()


def parse_every(every: str) -> Recurrence:
    """Return what ``every`` means. Raises ``InvalidValueError`` that names the field Every."""
    simple = _simple(every)
    if simple is None:
        return _parse_rule(every)
    count, unit = simple
    return Days(count * _DAYS[unit]) if unit in _DAYS else Months(count * _MONTHS[unit])


def canonical(every: str) -> str:
    """Return ``every`` in the form in which it is kept, however it was written. Raises as ``parse_every`` does.

    >>> canonical(" 每月 "), canonical("every 2 Weeks"), canonical("rrule:freq=weekly")
    ('month', '2 weeks', 'FREQ=WEEKLY')
    """
    simple = _simple(every)
    if simple is None:
        return _parse_rule(every).text
    count, unit = simple
    return unit if count == 1 else f"{count} {unit}s"


def _simple(every: str) -> tuple[int, str] | None:
    """Return how many of which unit ``every`` names, or ``None`` where it is no such text."""
    text = fold(every.strip())
    if text in _HALF_YEAR:
        return 6, "month"
    found = _ENGLISH.fullmatch(text) or _CHINESE.fullmatch(text)
    if found is None:
        return None
    word = found["unit"]
    unit = _WORDS.get(word) or word.removesuffix("s")
    count = _CHINESE_DIGITS.get(found["count"] or "一") or int(found["count"])
    return (count, unit) if count and (unit in _DAYS or unit in _MONTHS) else None


def next_due(every: str, anchor: date, due: date) -> date | None:
    """Return the day after ``due`` on which something is due that repeats ``every`` so often from ``anchor``.

    It is the next day of the plan, even where that has passed already: what was missed is seen, not skipped. ``None``
    is the end of the series. Raises ``InvalidValueError`` where ``every`` is not understood.

    >>> next_due("month", date(2026, 1, 31), date(2026, 2, 28))
    datetime.date(2026, 3, 31)
    """
    return parse_every(every).after(anchor, due)


def planned(every: str, anchor: date) -> Iterator[date]:
    """Yield the days of a series, the anchor first."""
    recurrence = parse_every(every)
    day: date | None = anchor
    while day is not None:
        yield day
        day = recurrence.after(anchor, day)


def months_later(day: date, months: int) -> date | None:
    """Return the same day of the month so many months later, or that month's last; ``None`` beyond the year 9999."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not date.min.year <= year <= date.max.year:
        return None
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _parse_rule(every: str) -> Rule:
    found = _RULE.fullmatch(every.strip().upper())
    if not found:
        raise _wrong(every, "is not how often something repeats")
    pairs = [part.partition("=") for part in found["parts"].split(";")]
    parts = {name: value for name, _, value in pairs}
    if len(parts) < len(pairs):
        raise _wrong(every, "names a part of the rule twice")
    if unknown := parts.keys() - _PARTS - set(_ENDS):
        raise _wrong(every, f"holds {min(unknown)}, which a rule for days cannot have")
    if parts.get("FREQ") not in _FREQUENCIES:
        raise _wrong(every, "needs FREQ=DAILY, WEEKLY, MONTHLY or YEARLY")
    _require_numbers(every, parts)
    if "UNTIL" in parts:
        parts["UNTIL"] = _last_day(every, parts)
    _require_days(every, parts)
    return Rule(_rule_text(parts))


def _require_numbers(every: str, parts: Mapping[str, str]) -> None:
    for name in ("INTERVAL", "COUNT"):
        if name in parts and not _NUMBER.fullmatch(parts[name]):
            raise _wrong(every, f"has an {name} that is not a number from 1 to 9999")
    if any(number.lstrip("+-") == "0" for value in parts.values() for number in value.split(",")):
        raise _wrong(every, "counts something from 0, and a rule counts from 1 or from -1")


def _last_day(every: str, parts: Mapping[str, str]) -> str:
    """Return the day of ``UNTIL``, which may be given as a time."""
    if "COUNT" in parts:
        raise _wrong(every, "has both COUNT and UNTIL, and only one can end it")
    until = _UNTIL.fullmatch(parts["UNTIL"])
    if not until:
        raise _wrong(every, "has an UNTIL that is not a day such as 20261231")
    return until[1]


def _require_days(every: str, parts: dict[str, str]) -> None:
    """Raise where dateutil cannot read the rule, or where it names no day at all.

    dateutil looks for a day until the year 9999. What a daily or weekly rule keeps of the days, a yearly one names, so
    that is asked instead: it looks at 8,000 years and not at three million days.
    """
    from dateutil.rrule import rrulestr

    start = datetime(2000, 1, 1)  # noqa: DTZ001 - days have no zone
    endless = {name: value for name, value in parts.items() if name not in {*_ENDS, "INTERVAL"}}
    if parts["FREQ"] in {"DAILY", "WEEKLY"}:
        endless = {**endless, "FREQ": "YEARLY"}
        endless.pop("BYSETPOS", None)
    try:
        rrulestr(_rule_text(parts), dtstart=start)
        first = next(iter(rrulestr(_rule_text(endless), dtstart=start)), None)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError) as error:
        raise _wrong(every, "is not a rule that can be followed") from error
    if first is None:
        raise _wrong(every, "names a day that never comes")


def _rule_text(parts: Mapping[str, str]) -> str:
    return ";".join(f"{name}={value}" for name, value in parts.items())


def _wrong(every: str, why: str) -> InvalidValueError:
    return InvalidValueError(every, why, field="Every", hint=HINT)


def in_words(every: str, language: str) -> str:
    """Return how often something repeats as people read it in ``language``; a rule stays as it is.

    >>> in_words("month", "zh"), in_words("每10天", "en"), in_words("2 weeks", "zh")
    ('每月', '10 days', '每2周')
    """
    text = fold(every.strip())
    found = _ENGLISH.fullmatch(text) or _CHINESE.fullmatch(text)
    unit = (_WORDS.get(found["unit"]) or found["unit"].removesuffix("s")) if found else ""
    if found is None or unit not in _CHINESE_UNITS:
        return every
    count = _CHINESE_DIGITS.get(found["count"] or "一") or int(found["count"])
    if language == "zh":
        one, several = _CHINESE_UNITS[unit]
        return f"每{one}" if count == 1 else f"每{count}{several}"
    return unit if count == 1 else f"{count} {unit}s"
