"""The form in which texts are compared."""

import re
import unicodedata
from collections.abc import Callable

from custledger.fields import Kind

_PHONE_PUNCTUATION = str.maketrans("", "", " -.()·/\t\N{NO-BREAK SPACE}")
_WIDE_PUNCTUATION = (*((chr(ord(narrow) + 0xFEE0), narrow) for narrow in ",:;!?()%+-./"), ("\u3000", " "))


_FOLDED = re.compile("[^A-Z\x80-\u4dff\ua000-\U0010ffff]*").fullmatch
"""Matches what folding leaves as it is, most of what is written in Chinese: ASCII without capitals, and characters."""


def fold(text: str) -> str:
    """Return ``text`` in the form in which texts are compared: Unicode casefold after NFKC."""
    if text.isascii():
        return text.lower()
    if _FOLDED(text):
        return text
    if not unicodedata.is_normalized("NFKC", text):
        # Chinese prose is full of these few, and normalising it with them inside takes ten times as long.
        for wide, narrow in _WIDE_PUNCTUATION:
            text = text.replace(wide, narrow)
        text = unicodedata.normalize("NFKC", text)
    return text.casefold()


def fold_phone(text: str) -> str:
    """Return a phone number in the form in which phones are compared: folded, without spaces and punctuation."""
    return fold(text).translate(_PHONE_PUNCTUATION)


def folder(kind: Kind) -> Callable[[str], str]:
    """Return the function that folds values of ``kind`` for comparison."""
    return fold_phone if kind is Kind.PHONE else fold
