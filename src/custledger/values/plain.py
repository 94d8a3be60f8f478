"""What every kind of value shares: the plain form, text that a store can hold, and tidied input."""

import os
import unicodedata
from collections.abc import Iterable
from decimal import Decimal
from operator import index
from typing import Any

from custledger.errors import InvalidValueError

Plain = Any
"""A plain value: ``str``, ``int``, ``tuple[str, ...]`` or ``None``."""

INTEGER_LIMIT = 1 << 63

MOST = 1 << 62
"""More than there ever are of anything."""


def plain_text(value: Any) -> str:
    """Return ``value`` as plain text: a ``str``, of whatever class, a whole number or a ``Decimal``.

    Raises ``InvalidValueError`` for anything else, whose ``str`` nobody wrote, and for what no store can hold.
    """
    text = value if type(value) is str else _as_text(value)
    if "\0" in text:
        raise InvalidValueError(text, "holds a NUL character, which is not text")
    if not text.isascii() and not _is_whole(text):
        raise InvalidValueError(text, "holds half of a character, which is not text")
    return text


def plain_code(value: Any) -> str:
    """Return ``value`` as the plain text of a code, which has no blanks around it. Raises as ``plain_text`` does."""
    return plain_text(value).strip()


def _as_text(value: Any) -> str:
    if isinstance(value, str):
        return str.__str__(value)  # of a member of an enumeration its value, and not its name
    if isinstance(value, Decimal) and value.is_finite():
        return format(value, "f")
    try:
        number = None if isinstance(value, bool) else index(value)
    except TypeError:
        number = None
    if number is None:
        raise InvalidValueError(value, "is not a text", hint="Give a str, an int or a Decimal.")
    return str(number)


def _is_whole(text: str) -> bool:
    """Whether a text has no half of a character in it, which is what UTF-8 has no bytes for."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def given_text(value: Any, what: str) -> str:
    """Return ``value`` if it is a text. Raises ``InvalidValueError`` that names it as ``what``."""
    if not isinstance(value, str):
        raise InvalidValueError(value, "is not a text", field=what)
    return value


def given_texts(value: Any, what: str) -> list[str]:
    """Return the texts of a list. Raises ``InvalidValueError`` that names it as ``what``."""
    if isinstance(value, str) or not isinstance(value, Iterable):
        raise InvalidValueError(value, "is not a list of texts", field=what)
    return [given_text(item, what) for item in value]


def given_count(value: Any, what: str, *, least: int = 0) -> int:
    """Return ``value`` if it is a whole number, not less than ``least``, or raise ``InvalidValueError``."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise InvalidValueError(value, "is not a whole number", field=what)
    if value < least:
        raise InvalidValueError(value, f"is less than {least}", field=what, hint=f"Give a number from {least} on.")
    return value


def given_limit(value: Any) -> int:
    """Return how many of something are wanted at most, as a number that every store can take.

    Raises ``InvalidValueError`` for what is no number from 0 on.
    """
    return min(given_count(value, "Limit"), MOST)


def given_path(value: Any, what: str = "File") -> str:
    """Return the path that is given as a text. Raises ``InvalidValueError`` for what cannot be one."""
    path = os.fspath(value) if isinstance(value, str | os.PathLike) else value
    if "\0" in given_text(path, what):
        raise InvalidValueError(path, "holds a NUL character, which no path can", field=what)
    plain_text(path)
    try:
        os.path.lexists(path) or os.stat(path)  # noqa: PTH116 - a path may be any string
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return str(path)
    except OSError as error:
        raise InvalidValueError(path, f"cannot be a path: {error.strerror}", field=what) from error
    return str(path)


def is_empty(value: Any) -> bool:
    """Return whether what is given for a field is empty: nothing, a text of blanks only, or what tables have for it.

    That is NaN, of floats and ``Decimal``, and the NaT and NA of pandas and NumPy.
    """
    if value is None:
        return True
    if isinstance(value, str):
        return not value or value.isspace()
    return _is_missing(value)


def _is_missing(value: Any) -> bool:
    """Whether a value is one that differs from itself, or the NA of pandas, which will not say whether it does."""
    if type(value).__name__ == "NAType":
        return True
    try:
        return bool(value != value)  # noqa: PLR0124 - this is what tells them
    except ArithmeticError:  # a NaN that signals
        return True
    except (TypeError, ValueError):  # an array, which has no one answer
        return False


def tidy(value: Any) -> str | None:
    """Return text with full-width characters narrowed and outer spaces dropped, or None where nothing is left."""
    text = value if isinstance(value, str) else str(value)
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    return text.strip() or None


def within_limit(number: int, shown: object) -> int:
    """Return ``number`` if 64 bits hold it, or raise ``InvalidValueError``."""
    if not -INTEGER_LIMIT <= number < INTEGER_LIMIT:
        raise InvalidValueError(shown, "is too large")
    return number
