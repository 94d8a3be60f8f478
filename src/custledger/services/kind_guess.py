"""Guessing what a column holds from the texts in it."""

import re
from collections.abc import Iterable
from contextlib import suppress

from custledger.conventions import Conventions
from custledger.errors import CustledgerError, DataError
from custledger.fields import Choice, Kind, Labels, Spec
from custledger.values import fold, is_empty, parser, split_list

TRIED = (Kind.INTEGER, Kind.NUMBER, Kind.YES_NO, Kind.DATE, Kind.TIME, Kind.EMAIL)
"""The kinds that are tried, the narrowest first."""
MOST_CHOICES = 50
"""How many different things in a column can be choices."""
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


def choices_in(texts: Iterable[str], kind: Kind, heading: str) -> tuple[Choice, ...]:
    """Return the choices that stand in a column: each text, or each of several in a cell, is one.

    Raises ``DataError`` where there are none, or so many that nobody chose from a list.
    """
    items = (item for text in texts for item in (split_list(text) if kind is Kind.CHOICES else [text.strip()]) if item)
    found = {fold(item): item for item in items}
    if not 0 < len(found) <= MOST_CHOICES:
        raise DataError(
            f"{len(found)} different things stand under {heading}, which are no choices.",
            hint=f"Accept it as text; of choices there are 1 to {MOST_CHOICES}.",
        )
    return tuple(Choice(item, Labels(item)) for item in found.values())


def _all_are(kind: Kind, texts: Iterable[str], conventions: Conventions) -> bool:
    parse = parser(Spec(kind=kind, labels=Labels("")), conventions)
    with suppress(CustledgerError):
        return all(parse(text) is not None for text in texts)
    return False
