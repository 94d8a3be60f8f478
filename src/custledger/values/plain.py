"""What every kind of value shares: the plain form, text that a store can hold, and tidied input."""

import unicodedata
from typing import Any

from custledger.errors import InvalidValueError

Plain = Any
"""A plain value: ``str``, ``int``, ``tuple[str, ...]`` or ``None``."""

INTEGER_LIMIT = 1 << 63


def plain_text(value: Any) -> str:
    """Return ``value`` as plain text. Raises ``InvalidValueError`` for what no store can hold."""
    text = value if isinstance(value, str) else str(value)
    if "\0" in text:
        raise InvalidValueError(text, "holds a NUL character, which is not text")
    if not text.isascii() and not _is_whole(text):
        raise InvalidValueError(text, "holds half of a character, which is not text")
    return text


def _is_whole(text: str) -> bool:
    """Whether a text has no half of a character in it, which is what UTF-8 has no bytes for."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def is_empty(value: Any) -> bool:
    """Return whether what is given for a field is empty: nothing, or a text of blanks only."""
    return value is None or (isinstance(value, str) and (not value or value.isspace()))


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
