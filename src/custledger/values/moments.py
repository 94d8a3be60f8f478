"""Dates and times."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, tzinfo
from typing import Any

from custledger.conventions import Conventions
from custledger.errors import InvalidValueError
from custledger.fields import Spec
from custledger.values.plain import Plain, tidy

_DATE = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})")
_DATE_ZH = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})[日号]?")
_DATE_PACKED = re.compile(r"(\d{4})(\d{2})(\d{2})")
_TIME_PARTS = re.compile(
    r"(?P<date>.*\d[日号]?)(?:[T ]+)(?P<clock>\d{1,2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?)\s*(?P<offset>Z|[+-]\d{2}:?\d{2})?"
)

_OFFSET = len("+08:00")
"""How long an offset is that is read back; those of the time before there were zones have seconds."""


def date_parser(_spec: Spec, conventions: Conventions) -> Callable[[Any], Plain]:
    """Return the parser of dates; a moment with a zone is on the day that it is in the ledger's."""

    def parse(value: Any) -> Plain:
        if isinstance(value, datetime):
            return _day_of(value, conventions.zone).isoformat()
        if isinstance(value, date):
            return value.isoformat()
        text = tidy(value)
        return None if text is None else _iso_date(text)

    return parse


def time_parser(_spec: Spec, conventions: Conventions) -> Callable[[Any], Plain]:
    """Return the parser of times; one without a zone is of the ledger's."""
    zone = conventions.zone

    def parse(value: Any) -> Plain:
        if isinstance(value, datetime):
            moment = value
        elif isinstance(value, date):
            moment = datetime(value.year, value.month, value.day)  # noqa: DTZ001 - the zone follows below
        else:
            text = tidy(value)
            if text is None:
                return None
            moment = _moment(text)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=zone)
        try:
            return _utc_text(moment)
        except OverflowError as error:
            raise InvalidValueError(value, "is beyond the years that can be kept") from error

    return parse


def time_shower(conventions: Conventions) -> Callable[[str], str]:
    """Return what shows a plain time in the ledger's zone."""
    zone = conventions.zone

    def show(plain: str) -> str:
        return _without_zeros(f"{plain[:10]} {plain[11:-1]}")

    def show_in_zone(plain: str) -> str:
        try:
            local = datetime.fromisoformat(plain).astimezone(zone)
        except OverflowError:  # at the edge of the years that can be kept, the zone's day lies beyond it
            return show(plain) + "Z"
        if local.fold:  # when clocks are put back, an hour comes twice: the second is told from the first by its zone
            return show(plain) + "Z"
        return _without_zeros(f"{local.year:04d}-{local:%m-%d %H:%M:%S}.{plain[20:23]}")

    return show if zone is UTC else show_in_zone


def time_exporter(conventions: Conventions) -> Callable[[str], str]:
    """Return what writes a plain time as ISO 8601 in the ledger's zone with its offset: the same anywhere."""
    zone = conventions.zone

    def write(plain: str) -> str:
        return plain.replace(".000Z", "Z")

    def write_in_zone(plain: str) -> str:
        try:
            local = datetime.fromisoformat(plain).astimezone(zone)
        except OverflowError:  # as above
            return write(plain)
        text = local.isoformat(timespec="milliseconds" if local.microsecond else "seconds")
        return text if len(text.partition("T")[2].lstrip("0123456789:.")) <= _OFFSET else write(plain)

    return write if zone is UTC else write_in_zone


def _day_of(moment: datetime, zone: tzinfo) -> date:
    try:
        return (moment if moment.tzinfo is None else moment.astimezone(zone)).date()
    except OverflowError as error:
        raise InvalidValueError(moment, "is beyond the years that can be kept") from error


def _iso_date(text: str) -> str:
    found = _DATE.fullmatch(text)
    parts = found.group(1, 3, 4) if found else None
    if parts is None:
        other = _DATE_ZH.fullmatch(text) or _DATE_PACKED.fullmatch(text)
        parts = other.groups() if other else None
    if parts is None:
        if midnight := re.fullmatch(r"(.+?)[T ]+00:00(:00(\.0+)?)?", text):
            return _iso_date(midnight.group(1))
        raise InvalidValueError(text, "is not a date", hint="Write dates as 2026-11-22.")
    try:
        return date(*map(int, parts)).isoformat()
    except ValueError as error:
        raise InvalidValueError(text, "is not a day of the calendar") from error


def _moment(text: str) -> datetime:
    found = _TIME_PARTS.fullmatch(text)
    if not found:
        day = date.fromisoformat(_iso_date(text))
        return datetime(day.year, day.month, day.day)  # noqa: DTZ001 - the caller adds the zone
    clock = found["clock"].zfill(5) if len(found["clock"]) < 5 else found["clock"]
    clock = clock if clock[2] == ":" else "0" + clock
    try:
        return datetime.fromisoformat(f"{_iso_date(found['date'].strip())}T{clock}{found['offset'] or ''}")
    except ValueError as error:
        raise InvalidValueError(text, "is not a time", hint="Write times as 2026-11-22 14:30.") from error


def _utc_text(moment: datetime) -> str:
    utc = moment.astimezone(UTC)
    return f"{utc.year:04d}-{utc:%m-%dT%H:%M:%S}.{utc.microsecond // 1000:03d}Z"


def _without_zeros(text: str) -> str:
    """Return a time without the milliseconds, and then the seconds, that are zero."""
    return text.removesuffix(".000").removesuffix(":00") if text.endswith(".000") else text
