"""How to compare with spans of days and with calendar months, which people write where the language has single days."""

import re

from custledger.expressions.dates import UNITS, parse_day
from custledger.expressions.syntax import Word
from custledger.values import fold

_PERIODS = (
    r"(?P<which>this|current|last|previous|next) (?P<unit>week|month|quarter|year)",
    r"(?P<which>[本这上下今去明当])个?(?P<unit>周|星期|礼拜|月|季度|季|年)(?:[内里中]|以内|之内)?",
)
_WHICH = {
    "this": 0, "current": 0, "last": -1, "previous": -1, "next": 1,
    "本": 0, "这": 0, "今": 0, "当": 0, "上": -1, "去": -1, "下": 1, "明": 1,
}  # fmt: skip
"""How many periods after the one of today."""
_PART = re.compile(r"(?P<number>1[0-2]|[1-9]|[12]\d{3})(?P<unit>月|年)(?:份|[内里中])?")
"""A month or a year of the calendar: ``5月``, ``2026年``; ``5年`` is none, but a span."""
_PART_UNITS = {"月": "month", "年": "year"}
_BEFORE = re.compile(r"(?:(?:in|within|during|over|the|last|past) |最近|过去|近) ?")
_BEHIND = re.compile(r" ?(?:以内|之内|内|之间)$")
_ZH_UNITS = {"week": "周", "month": "个月", "quarter": "个季度", "year": "年"}
_ZH_FUNCTIONS = {"month": "月份", "quarter": "季度", "year": "年份"}
_ZH_STARTS = {"week": "本周初", "month": "本月初", "quarter": "本季度初", "year": "今年初"}


def when(left: str, written: str, word: Word = "in") -> str:
    """Return how to compare ``left`` with a span or a period, such as ``90天内`` or ``last month``; else nothing.

    ``word`` is the operator that stands between them. The hint is in the language of what is ``written``.
    """
    plain = " ".join(fold(written).split())
    is_chinese = not plain.isascii()
    for text in (plain, _BEFORE.sub("", plain, count=1)):
        if found := next(filter(None, (re.fullmatch(form, text) for form in _PERIODS)), None):
            unit, which = UNITS[found["unit"]], _WHICH[found["which"]]
            return _in_period(left, unit, which, word, is_chinese=is_chinese)
    if (found := _PART.fullmatch(plain)) and (found["unit"] == "月" or len(found["number"]) == len("2026")):
        function = _ZH_FUNCTIONS[_PART_UNITS[found["unit"]]]
        return f"Write: {function}({left}) = {found['number']}"
    return within(left, plain) if word in {"in", "="} else ""


def within(left: str, written: str) -> str:
    """Return how to compare with a span of days, ``90天内`` or ``the last 30 days``; nothing for what is none."""
    bare = written
    while (shorter := _BEHIND.sub("", _BEFORE.sub("", bare, count=1)).strip()) != bare:
        bare = shorter
    span = next((bare for form in ("{} ago", "{}前") if _is_day(form.format(bare))), "")
    if not span:
        return ""
    past, ahead = (f"{span} ago", f"in {span}") if span.isascii() else (f"{span}前", f"{span}内")
    return f"Write: {left} > {past}; or for days to come: {left} <= {ahead}"


def _is_day(text: str) -> bool:
    try:
        return parse_day(text) is not None
    except ValueError:
        return False


def _in_period(left: str, unit: str, which: int, word: Word, *, is_chinese: bool) -> str:
    """Return how to ask whether a date is in a period, or to compare it with one."""
    if word in {"<", "<=", ">", ">="}:
        return f"Write: {left} {word} {_day(unit, which, is_chinese=is_chinese)}"
    if unit == "week":
        told, compared = ("For instance", "<=" if which > 0 else ">") if which else ("Write", ">=")
        return f"{told}: {left} {compared} {_day(unit, which, is_chinese=is_chinese)}"
    year = _same(left, "year", unit, which, is_chinese=is_chinese)
    if unit == "year":
        return f"Write: {year}"
    same = _same(left, unit, unit, which, is_chinese=is_chinese)
    and_year = f"{'且' if is_chinese else 'and'} {year}"
    return f"Write: {same} {and_year}" if which else f"Write: {same}; for this year's alone, add: {and_year}"


def _same(left: str, part: str, unit: str, which: int, *, is_chinese: bool) -> str:
    """Return the condition that a part of a date is that of a day of the period: ``month(at) = month(1 month ago)``."""
    day = _day(unit, which, is_chinese=is_chinese) if which else "今天" if is_chinese else "today"
    function = _ZH_FUNCTIONS[part] if is_chinese else part
    return f"{function}({left}) = {function}({day})"


def _day(unit: str, which: int, *, is_chinese: bool) -> str:
    """Return the first day of the present period, or the day that lies one period away from today."""
    if is_chinese:
        return f"1{_ZH_UNITS[unit]}{'前' if which < 0 else '后'}" if which else _ZH_STARTS[unit]
    return f"1 {unit} ago" if which < 0 else f"in 1 {unit}" if which else f"start of {unit}"
