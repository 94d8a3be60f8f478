"""What spreadsheets make of long numbers: phones and numbers of identity cards, of which they keep fifteen digits."""

import re
from collections.abc import Callable
from typing import Any

from custledger.errors import InvalidValueError
from custledger.values.plain import Plain, tidy

_DAMAGED = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]+)?E[+-]?[0-9]+|[+-]?[0-9]+\.0", re.IGNORECASE)
"""Matches a number in scientific notation, and one that was taken for a number with decimals."""


_SCIENTIFIC = re.compile(r"[+-]?[0-9](?:[.,][0-9]+)?E\+?[0-9]+", re.IGNORECASE)
_DIGITS = re.compile(r"[0-9]+")
_LIKE_A_DATE = re.compile(r"[0-9]{1,2}[-/.][0-9]{1,2}(?:[-/.][0-9]{1,4})?")
_A_DATE = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{1,4}[/.-][0-9]{1,2}[/.-][0-9]{1,4}|[0-9]{1,2}-[A-Z]{3}", re.IGNORECASE
)
KEPT_DIGITS = 15
"""How many digits of a number a spreadsheet keeps (IEEE 754 doubles hold 15 of any decimal number)."""


def harm(text: str, before: str | None, *, is_long: bool) -> str:
    """Return what a spreadsheet did to a text that it took for a number or a date, or ``""`` where it did nothing.

    ``before`` is what the text was when it was last known, if it was; ``is_long`` says that numbers of many digits are
    what such texts are: phones, codes, numbers of identity cards. The answer completes the sentence "it …".

    >>> harm("1.10101E+17", None, is_long=True)
    'is how a spreadsheet writes a long number, of which it has lost digits'
    >>> harm("7", "007", is_long=False)
    'is 007 without the zeros in front, which a spreadsheet takes off a number'
    >>> harm("007", "7", is_long=True)
    ''
    """
    seen = tidy(text) or ""
    was = (tidy(before) or "") if before is not None else ""
    if seen == was:
        return ""
    was_digits = _DIGITS.fullmatch(was) is not None
    if (is_long or was_digits) and (_SCIENTIFIC.fullmatch(seen) or (is_long and _DAMAGED.fullmatch(seen))):
        return "is how a spreadsheet writes a long number, of which it has lost digits"
    if was_digits and seen == f"{was.lstrip('0') or '0'}.0":
        return "is how a spreadsheet writes a number, and not what was entered"
    if _DIGITS.fullmatch(seen):
        return _shortened(seen, was if was_digits else "", is_long=is_long)
    if _LIKE_A_DATE.fullmatch(was) and not _A_DATE.fullmatch(was) and _A_DATE.fullmatch(seen):
        return f"is a date, which a spreadsheet has made of {was}"
    return ""


def _shortened(seen: str, was: str, *, is_long: bool) -> str:
    """Return what was taken from digits, at their end or in front of them."""
    bare = was.lstrip("0") or "0"
    if was and was != bare and seen == bare:
        return f"is {was} without the zeros in front, which a spreadsheet takes off a number"
    if len(seen) <= KEPT_DIGITS:
        return ""
    if was and len(bare) > KEPT_DIGITS and seen == str(int(float(bare))):
        return f"is what a spreadsheet makes of {was}, of which it keeps {KEPT_DIGITS} digits"
    if seen[KEPT_DIGITS:].strip("0"):
        return ""
    if is_long or (was and len(bare) == len(seen) and bare[: KEPT_DIGITS - 1] == seen[: KEPT_DIGITS - 1]):
        return f"has zeros after {KEPT_DIGITS} digits, which is all that a spreadsheet keeps of a number"
    return ""


def undamaged(read: Callable[[Any], Plain]) -> Callable[[Any], Plain]:
    """Return the parser ``read`` for texts that are long numbers: it raises ``InvalidValueError`` for damaged ones."""

    def parse(value: Any) -> Plain:
        if is_damaged(value):
            raise InvalidValueError(
                value,
                "is how a spreadsheet writes a long number, of which it may have lost digits",
                hint="Format the column as text in the spreadsheet, and enter the whole number again.",
            )
        return read(value)

    return parse


def is_damaged(value: Any) -> bool:
    """Whether a value is what a spreadsheet makes of a long number.

    >>> [is_damaged(text) for text in ("1.38E+10", "13800000001.0", "13800000001", "555.0100")]
    [True, True, False, False]
    """
    return isinstance(value, str) and _DAMAGED.fullmatch(tidy(value) or "") is not None
