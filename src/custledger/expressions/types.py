"""What can be done with fields of each kind: the tables of the checker."""

import attrs

from custledger.fields import Kind
from custledger.schema import Field

FOLDED_KINDS = frozenset({Kind.TEXT, Kind.PHONE, Kind.EMAIL})
"""The kinds that are compared by their folded form."""

NUMBER_KINDS = frozenset({Kind.INTEGER, Kind.NUMBER, Kind.MONEY})
"""The kinds that can be computed with."""

ORDERED_KINDS = frozenset(
    {
        Kind.ID,
        Kind.TEXT,
        Kind.PHONE,
        Kind.EMAIL,
        Kind.INTEGER,
        Kind.NUMBER,
        Kind.MONEY,
        Kind.DATE,
        Kind.TIME,
        Kind.CHOICE,
    }
)
"""The kinds with a greater and a smaller."""

MATCH_KINDS = frozenset({Kind.TEXT, Kind.PHONE, Kind.EMAIL})
"""The kinds that ``contains``, ``starts with`` and ``ends with`` look into."""

SEVERAL_KINDS = frozenset({Kind.TAGS, Kind.CHOICES})
"""The kinds that hold several values; ``=`` and ``contains`` ask whether a value is one of them."""

BARE_FIELD_KINDS = frozenset({Kind.INTEGER, Kind.NUMBER, Kind.MONEY, Kind.DATE, Kind.TIME})
"""With these on the left, a bare word on the right that is no value may be a field."""

_COMPARED: tuple[frozenset[Kind], ...] = (
    frozenset({Kind.TEXT, Kind.EMAIL}),
    frozenset({Kind.PHONE}),
    frozenset({Kind.INTEGER, Kind.NUMBER, Kind.MONEY}),
    frozenset({Kind.DATE}),
    frozenset({Kind.TIME}),
    frozenset({Kind.YES_NO}),
    frozenset({Kind.CHOICE}),
    frozenset({Kind.ID, Kind.REFERENCE}),
)
"""Of two fields in one of these families one can be compared with the other; those in none with nothing."""

_REPLACED = (FOLDED_KINDS, NUMBER_KINDS, frozenset({Kind.DATE, Kind.TIME}), frozenset({Kind.ID, Kind.REFERENCE}))
"""A metric may take another's place in rules that compare it with values: a time for a date, a phone for a text."""

_DESCRIBED = {
    Kind.ID: "an id",
    Kind.TEXT: "a text",
    Kind.INTEGER: "a whole number",
    Kind.NUMBER: "a number",
    Kind.MONEY: "an amount",
    Kind.DATE: "a date",
    Kind.TIME: "a time",
    Kind.YES_NO: "a yes or no",
    Kind.CHOICE: "a choice",
    Kind.CHOICES: "a list of choices",
    Kind.PHONE: "a phone number",
    Kind.EMAIL: "an e-mail address",
    Kind.TAGS: "a set of tags",
    Kind.REFERENCE: "a reference",
}


def described(kind: Kind) -> str:
    """Return what a kind is called in a sentence."""
    return _DESCRIBED[kind]


def can_stand_for(kind: Kind, other: Kind) -> bool:
    """Return whether values of one kind can stand where those of another did: numbers for numbers, days for days."""
    return kind is other or any(kind in likes and other in likes for likes in _REPLACED)


def fit_together(field: Field, other: Field, type_name: str) -> bool:
    """Return whether two fields of the record type ``type_name`` can be compared with each other."""
    own, others = field.spec, other.spec
    if not any(own.kind in family and others.kind in family for family in _COMPARED):
        return False
    if own.kind is Kind.CHOICE:
        return own.choices == others.choices
    if own.kind in {Kind.ID, Kind.REFERENCE}:
        return _refers_to(field, type_name) == _refers_to(other, type_name)
    return True


def _refers_to(field: Field, type_name: str) -> str | None:
    return field.spec.target or (type_name if field.spec.kind is Kind.ID else None)


def of_another(field: Field, type_name: str) -> Field:
    """Return a field of a record that another one leads to: where that is its id, the field says whose."""
    if field.spec.kind is not Kind.ID:
        return field
    return attrs.evolve(field, spec=attrs.evolve(field.spec, target=type_name))
