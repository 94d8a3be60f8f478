"""Between the cells of a workbook and text, so that nothing is lost on the way.

A workbook knows numbers, days, times, yes and no, and texts; custledger reads texts. ``text_of`` says what each is as
text, ``marked`` how a text may stand in a cell, and ``unmarked`` what text that cell was.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from custledger.spreadsheets import MARK, escape, unescape

LONGEST = 32_767
"""How many characters Excel keeps in one cell, in units of UTF-16."""
SURE_DIGITS = 15
"""How many digits of a number a workbook keeps for sure."""
PLAIN_BELOW = 1e21
"""Whole numbers below it are written out in digits; nobody counts larger ones."""

_PHONE = re.compile(r"\+[0-9][0-9 ()/.-]*")
"""Matches what a spreadsheet may take for a formula, and people for a phone: a number with spaces and the like."""
_CALLS = re.compile(r"[=(|!\[{＝（｜！]")
"""Finds what a text has in it that may call a function or a program, or look into another workbook, once it runs."""
_LOST = re.compile("[\ud800-\udfff\ufffe\uffff]")
"""Finds what no XML can hold. Controls are written as ``_x0001_``, and come back."""


def text_of(value: object) -> str:
    """Return a cell, as python-calamine or openpyxl give its value, as text; an empty one is ``""``.

    Whole numbers have no ``.0`` and all their digits; others the fifteen that Excel shows, so that a sum of 19.9 and
    39.8 is 59.7 and not 59.699999999999996. Days are ``2026-11-22``, moments ISO 8601, durations ``27:30:00``, yes and
    no ``TRUE`` and ``FALSE``.
    """
    return _SHOWN.get(type(value), str)(value)


def may_have_lost_digits(value: object) -> bool:
    """Whether a cell is a number of more digits than a workbook keeps: what was entered may have been another one.

    >>> may_have_lost_digits(110101199001011000.0), may_have_lost_digits(13800000000.0), may_have_lost_digits("1" * 18)
    (True, False, False)
    """
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) >= 10**SURE_DIGITS


def marked(text: str) -> str:
    """Return a text as it may stand in a cell: marked where it could do harm if something ran it.

    A cell of text is never run by itself, and here it is formatted as text, so that it stays one when somebody edits
    it. The mark is for what becomes of it next: another program may save the workbook as CSV, or write each cell anew.
    A phone such as ``+86 139 0000 0000``, a name such as ``@shop``, or ``- likes yoga`` does no harm there.
    """
    if text[:1] != MARK and (_CALLS.search(text) is None or (text[:1] == "+" and _PHONE.fullmatch(text))):
        return text
    return escape(text)


def unmarked(cell: str) -> str:
    """Return the text that ``marked`` made ``cell`` of."""
    return unescape(cell) if cell[:1] == MARK else cell


def fault(text: str) -> str:
    """Return why a text cannot stand in a cell, completing "it …"; nothing where it can."""
    if (lost := _LOST.search(text)) is not None:
        return f"holds the character U+{ord(lost[0]):04X}, which no workbook can hold"
    if len(text) > LONGEST // 2 and (length := len(text.encode("utf-16-le")) // 2) > LONGEST:
        return f"has {length:,} characters, and a cell of a workbook holds {LONGEST:,}"
    return ""


def _number(value: float) -> str:
    if value != value or value in {float("inf"), float("-inf")}:  # noqa: PLR0124 - not a number is no number's equal
        return str(value)
    if value.is_integer():
        return format(Decimal(repr(value)), ".0f") if 0 < abs(value) < PLAIN_BELOW else _short(value)
    return _short(value)


def _short(value: float) -> str:
    """Return a number with the digits that Excel shows, without an exponent where that is not long."""
    text = format(value, f".{SURE_DIGITS}g")
    if "e" not in text:
        return "0" if text == "-0" else text
    return format(Decimal(text), "f") if 1e-9 < abs(value) < PLAIN_BELOW else text.upper()


def _moment(value: datetime) -> str:
    """Return a moment; one at midnight is a day."""
    if value.time() == time.min:
        return value.date().isoformat()
    return value.isoformat(timespec=_precision(value))


def _precision(value: datetime | time) -> str:
    return "microseconds" if value.microsecond % 1000 else "milliseconds" if value.microsecond else "seconds"


def _duration(value: timedelta) -> str:
    seconds, rest = divmod(abs(value), timedelta(seconds=1))
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    fraction = f".{rest.microseconds // 1000:03d}" if rest else ""
    return f"{'-' if value < timedelta() else ''}{hour:02d}:{minute:02d}:{second:02d}{fraction}"


_SHOWN: Mapping[type, Callable[[Any], str]] = MappingProxyType({
    str: str,
    type(None): lambda _: "",
    bool: lambda value: "TRUE" if value else "FALSE",
    float: _number,
    datetime: _moment,
    date: date.isoformat,
    time: lambda value: value.isoformat(timespec=_precision(value)),
    timedelta: _duration,
})  # fmt: skip
