"""Reads what stands on the right of an operator as a value of the field on its left."""

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from custledger import ids, values
from custledger.conventions import Conventions
from custledger.errors import InvalidValueError
from custledger.expressions.dates import parse_day
from custledger.expressions.tree import Day, Literally, Value
from custledger.fields import Kind, Spec
from custledger.schema import Field, nearest
from custledger.values import Plain, fold

FREE_KINDS = frozenset({Kind.TEXT, Kind.PHONE, Kind.EMAIL, Kind.TAGS})
"""The kinds with which any text can be compared."""

EMPTY_HINT = "To ask for what has no value, write: is empty"
_THOUSAND = re.compile(r"0[0-9]{2}")
_LONGEST = 100
"""No number, date or id is longer; texts may be."""


def read_value(text: str, field: Field, conventions: Conventions) -> Literally:
    """Return ``text`` as a value that ``field`` can be compared with.

    Raises ``InvalidValueError`` where it is none, and for an empty text.
    """
    spec = field.spec
    if spec.kind is Kind.TEXT and spec.choices:
        return Value(_code(text, spec, conventions), spec.kind)
    if spec.kind in FREE_KINDS:
        return Value(_free_text(text, spec.kind), spec.kind)
    if len(text) > _LONGEST:
        raise InvalidValueError(text, "is too long for this field")
    if spec.kind in {Kind.DATE, Kind.TIME}:
        return _day_or_time(text, spec, conventions)
    if spec.kind is Kind.INTEGER:
        return Value(_parsed(text, Spec(kind=Kind.NUMBER, labels=spec.labels), conventions), Kind.NUMBER)
    if spec.kind is Kind.REFERENCE and spec.target is None:
        return Value(_public_id(text), spec.kind)
    if spec.kind in {Kind.CHOICE, Kind.CHOICES}:
        return Value(_code(text, spec, conventions), Kind.CHOICE)
    return Value(_parsed(text, spec, conventions), spec.kind)


def _free_text(text: str, kind: Kind) -> str:
    plain = values.plain_text(text)
    if not values.folder(kind)(plain):
        raise InvalidValueError(text, "has nothing in it to compare with", hint=EMPTY_HINT)
    return plain


def _parsed(text: str, spec: Spec, conventions: Conventions) -> Plain:
    plain = values.parser(spec, conventions)(text)
    if plain is None:
        raise InvalidValueError(text, "is empty", hint=EMPTY_HINT)
    return plain


def _day_or_time(text: str, spec: Spec, conventions: Conventions) -> Literally:
    try:
        day: Day | None = parse_day(text)
    except ValueError as error:
        raise InvalidValueError(text, str(error)) from None
    if day is not None:
        return day
    kind = Kind.TIME if spec.kind is Kind.TIME and _names_a_clock(text) else Kind.DATE
    return Value(_parsed(text, Spec(kind=kind, labels=spec.labels), conventions), kind)


def _names_a_clock(text: str) -> bool:
    return ":" in text or "：" in text


def _code(text: str, spec: Spec, conventions: Conventions) -> Plain:
    one = Spec(kind=Kind.CHOICE, labels=spec.labels, choices=spec.choices)
    try:
        return _parsed(text, one, conventions)
    except InvalidValueError as error:
        near = nearest(text, values.choice_names(spec.choices))
        if not near:
            raise
        raise InvalidValueError(text, error.why, hint="Did you mean " + " or ".join(near) + "?") from None


def _public_id(text: str) -> str:
    """Return a public id in the form in which it is kept."""
    prefix, letters = ids.split_public(fold(text))
    if not prefix or len(letters) != ids.LENGTH:
        raise InvalidValueError(text, "is not a whole id", hint="Ids read like C-01J9ZK4QW7RXM.")
    return ids.public(prefix, ids.decode(letters))


def written(plain: Any, kind: Kind) -> str:
    """Return a plain value as it may stand in an expression."""
    if kind in {Kind.NUMBER, Kind.MONEY}:
        return values.show_scaled(plain)
    text = str(plain)
    return text if text.isalnum() and kind not in FREE_KINDS else '"' + text.replace('"', '""') + '"'


def cut_number(listed: Sequence[str]) -> tuple[str, str] | None:
    """Return two neighbours in a list that were meant as one number with a comma in it, such as 1,000; or ``None``."""
    pairs = (pair for pair in pairwise(listed) if pair[0].isdigit() and _THOUSAND.fullmatch(pair[1]))
    return next(pairs, None)
