"""What spreadsheets make of long numbers: phones and numbers of identity cards, of which they keep fifteen digits."""

import re
from collections.abc import Callable
from typing import Any

from custledger.errors import InvalidValueError
from custledger.values.plain import Plain, tidy

_DAMAGED = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]+)?E[+-]?[0-9]+|[+-]?[0-9]+\.0", re.IGNORECASE)
"""Matches a number in scientific notation, and one that was taken for a number with decimals."""


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
