"""The tree of a checked expression: conditions over fields, which are named by key, and plain values.

A condition is true or false, never unknown: a comparison with an empty value is false, and ``Not`` is exactly the
opposite of what it holds. Negated operators (``!=``, ``not in`` …) are a ``Not`` around the plain one.
"""

from typing import Literal

from custledger.fields import Kind
from custledger.structs import Struct, frozen
from custledger.values import Plain

Operator = Literal["=", "<", "<=", ">", ">="]
Unit = Literal["day", "week", "month", "quarter", "year"]
Place = Literal["contains", "starts", "ends"]


@frozen
class FieldNode(Struct):
    """The value of a field."""

    key: str
    kind: Kind


@frozen
class Value(Struct):
    """A plain value, never empty. ``kind`` may differ from the field's: a time can be compared with a date."""

    plain: Plain
    kind: Kind


@frozen
class Day(Struct):
    """A day counted from today: from the start of today's ``start_of``, if named, ``amount`` ``unit`` s later."""

    amount: int = 0
    unit: Unit = "day"
    start_of: Unit = "day"


Literally = Value | Day
Operand = FieldNode | Value | Day


@frozen
class Compare(Struct):
    """A comparison. Texts compare by their folded form, choices by their place among the field's choices."""

    operator: Operator
    left: FieldNode
    right: Operand


@frozen
class OneOf(Struct):
    """The field equals one of the values."""

    left: FieldNode
    values: tuple[Literally, ...]


@frozen
class Match(Struct):
    """The folded text of the field contains, starts with or ends with the folded ``text``."""

    place: Place
    left: FieldNode
    text: str


@frozen
class Has(Struct):
    """The field, which holds several values, holds at least one of these."""

    left: FieldNode
    values: tuple[str, ...]


@frozen
class Empty(Struct):
    """The field has no value."""

    left: FieldNode


@frozen
class Always(Struct):
    """True, or false, whatever the record."""

    holds: bool


@frozen
class And(Struct):
    """All parts are true."""

    parts: tuple["Condition", ...]


@frozen
class Or(Struct):
    """At least one part is true."""

    parts: tuple["Condition", ...]


@frozen
class Not(Struct):
    """The part is false."""

    part: "Condition"


Condition = Compare | OneOf | Match | Has | Empty | Always | And | Or | Not
Node = Condition | FieldNode


def conjunction(*parts: Condition) -> Condition:
    """Return a condition that holds where all of ``parts`` do, without nesting one "and" in another."""
    flat: list[Condition] = []
    for part in parts:
        flat.extend(part.parts if isinstance(part, And) else (part,))
    return flat[0] if len(flat) == 1 else And(tuple(flat))
