"""Guessing what a column holds from the texts in it."""

import re
from collections.abc import Iterable
from contextlib import suppress

from custledger.conventions import Conventions
from custledger.errors import CustledgerError
from custledger.fields import Kind, Labels, Spec
from custledger.values import is_empty, parser

TRIED = (Kind.INTEGER, Kind.NUMBER, Kind.YES_NO, Kind.DATE, Kind.TIME, Kind.EMAIL)
"""The kinds that are tried, the narrowest first."""
_NAMES = re.compile(r"0\d.*|\+?\d{10,}")
"""What looks like a number, and is one by which something is called."""
_MOBILE = re.compile(r"(?:\+86[- ]?)?1[3-9]\d{9}")


def guessed_kind(texts: Iterable[str], conventions: Conventions) -> Kind:
    """Return the narrowest kind that every text is of which is not empty; text where there is none.

    Numbers that begin with a zero or are very long are kept as texts, since their digits are names. Mobile numbers are
    phones.
    """
    filled = [text.strip() for text in texts if not is_empty(text)]
    if not filled:
        return Kind.TEXT
    if all(_MOBILE.fullmatch(text) for text in filled):
        return Kind.PHONE
    if any(_NAMES.fullmatch(text) for text in filled):
        return Kind.TEXT
    return next((kind for kind in TRIED if _all_are(kind, filled, conventions)), Kind.TEXT)


def _all_are(kind: Kind, texts: Iterable[str], conventions: Conventions) -> bool:
    parse = parser(Spec(kind=kind, labels=Labels("")), conventions)
    with suppress(CustledgerError):
        return all(parse(text) is not None for text in texts)
    return False
