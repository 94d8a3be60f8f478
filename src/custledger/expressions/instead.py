"""What to write in the place of words and numbers that people compare with, and that the language does not have."""

import re
from decimal import Decimal

from custledger.expressions import keywords
from custledger.expressions.cursor import Cursor
from custledger.expressions.when import when, within
from custledger.values import fold

LONGEST_SHOWN = 200
"""How many characters of what somebody wrote are repeated in what is to be written."""
_ENDING = keywords.AND | keywords.OR | keywords.LIKE_JOINING
_WITHIN = frozenset({"word", "quoted", "arithmetic", "open"})
_ZEROS = {"十": 1, "百": 2, "千": 3, "k": 3, "万": 4, "w": 4, "m": 6, "亿": 8}
_WITH_UNIT = re.compile(r"(?P<number>[0-9][0-9,]*(?:\.[0-9]+)?) ?(?P<unit>[十百千]?[万亿]|[十百千kwm])?(?:元|块)?")
_HEAD = re.compile(r"(?<![0-9.])[0-9]{1,3}$")
_GROUPS = re.compile(r"(?:[,，][0-9]{3})+(?![0-9])(?:\.[0-9]+)?")


def instead(cursor: Cursor, left: str, at: int) -> str:
    """Return the hint for words at ``at`` that look like an operator behind ``left``, or nothing where none do.

    Some name a span or a period of days, with an operator before it or without one.
    """
    length = cursor.like_operator_length(at)
    operator = keywords.LIKE_OPERATORS[tuple(cursor.folded[at : at + length])] if length else ""
    if operator in {"", keywords.WITHIN} and (hint := when(left, right_of(cursor, at))):
        return hint
    if not length or "empty" in operator:
        return f"Write: {left} {operator}" if length else ""
    if operator == keywords.WITHIN:
        return within(left, right_of(cursor, at + length)) or within(left, "30 days")
    right = right_of(cursor, at + length)
    return f"Write: {left} {operator} {right if 0 < len(right) <= LONGEST_SHOWN else '…'}"


def grouped(text: str, comma: int) -> str:
    """Return how to write a number in which a comma groups digits, or nothing where the comma is no such one."""
    before, behind = _HEAD.search(text[:comma]), _GROUPS.match(text, comma)
    return f"Write it as {as_plain(before[0] + behind[0])}." if before and behind else ""


def plain_number(written: str) -> str:
    """Return how to write a number that has a unit, as ``1万`` or ``5k``, or nothing where it is none."""
    found = _WITH_UNIT.fullmatch(fold(written))
    plain = as_plain(found["number"], found["unit"] or "") if found else written
    return f"Write it as {plain}." if plain != written else ""


def as_plain(number: str, unit: str = "") -> str:
    """Return a number in digits alone.

    >>> as_plain("1.5", "万"), as_plain("5,000")
    ('15000', '5000')
    """
    digits = Decimal(re.sub("[,，]", "", number)).scaleb(sum(_ZEROS[one] for one in unit))
    return f"{digits.normalize():f}"


def right_of(cursor: Cursor, at: int) -> str:
    """Return what stands from a token on, up to the end of the condition."""
    end = at
    while cursor.tokens[end].sort in _WITHIN and cursor.folded[end] not in _ENDING:
        end += (cursor.tokens[end].sort == "open" and cursor.bracket_length(end)) or 1
    return cursor.text[cursor.tokens[at].start : cursor.tokens[end - 1].end] if end > at else ""
