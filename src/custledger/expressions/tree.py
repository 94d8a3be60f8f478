"""The tree of a checked expression: conditions over terms, which have values, and plain values.

A term is a field, named by its key, of the record itself or of one that it refers to; an aggregate over the records of
another type that refer to it; a function of a date; arithmetic; or a named expression, such as a metric. Numbers are
whole numbers of a unit: a term whose ``scale`` is 4 has a value in ten-thousandths, as fields of numbers and money do.
A scale of ``None`` is a double, which divisions and averages give.

A condition is true or false, never unknown: a comparison with an empty value is false, and ``Not`` is exactly the
opposite of what it holds. Negated operators (``!=``, ``not in`` …) are a ``Not`` around the plain one.
"""

from typing import Literal

import attrs

from custledger.expressions.functions import Aggregating, Dating, Sign
from custledger.fields import Choice, Kind
from custledger.schema import Schema
from custledger.structs import Struct, frozen
from custledger.values import Plain

Operator = Literal["=", "<", "<=", ">", ">="]
Unit = Literal["day", "week", "month", "quarter", "year"]
Place = Literal["contains", "starts", "ends"]


Scale = int | None

SCALES: dict[Kind, int] = {Kind.INTEGER: 0, Kind.NUMBER: 4, Kind.MONEY: 4}
"""The scales of fields that hold numbers."""


@frozen
class FieldNode(Struct):
    """The value of a field."""

    key: str
    kind: Kind

    @property
    def scale(self) -> Scale:
        """The scale of a number."""
        return SCALES.get(self.kind, 0)


@frozen
class StepNode(Struct):
    """The value of a field of the record of ``schema`` that the field ``reference`` leads to."""

    reference: str
    schema: Schema = attrs.field(eq=False, repr=False)
    node: FieldNode

    @property
    def kind(self) -> Kind:
        """The kind of the value."""
        return self.node.kind

    @property
    def scale(self) -> Scale:
        """The scale of a number."""
        return self.node.scale


@frozen
class Value(Struct):
    """A plain value, never empty. ``kind`` may differ from the field's: a time can be compared with a date."""

    plain: Plain
    kind: Kind

    @property
    def scale(self) -> Scale:
        """The scale of a number."""
        return SCALES.get(self.kind, 0)


@frozen
class Day(Struct):
    """A day counted from today: from the start of today's ``start_of``, if named, ``amount`` ``unit`` s later."""

    amount: int = 0
    unit: Unit = "day"
    start_of: Unit = "day"


@frozen(kw_only=True)
class Aggregate(Struct):
    """What ``function`` makes of the records of ``schema`` whose field ``reference`` refers to the record.

    ``of`` is what it looks at in each of them, ``where`` what must hold of one to count. ``currency`` is the field
    that says what the money of ``of`` is in; where any of it is not in the ledger's own, what is made of it is empty.
    """

    function: Aggregating
    schema: Schema = attrs.field(eq=False, repr=False)
    reference: str
    of: "Term | None"
    is_distinct: bool
    where: "Condition | None"
    currency: str | None
    kind: Kind
    scale: Scale


@frozen(kw_only=True)
class DateFunction(Struct):
    """What ``function`` makes of a date, or of a time's day; settled, it has ``today`` and ``zone``."""

    function: Dating
    argument: "Term"
    kind: Kind
    today: str = ""
    zone: str = ""

    @property
    def scale(self) -> Scale:
        """The scale of a number: these are whole."""
        return 0


@frozen
class DayFunction(Struct):
    """What ``function`` makes of a day that is counted from today; settled, it is a ``Value``."""

    function: Dating
    day: Day
    kind: Kind

    @property
    def scale(self) -> Scale:
        """The scale of a number: these are whole."""
        return 0


@frozen(kw_only=True)
class Operation(Struct):
    """Two numbers and the sign between them; empty where one of them is, or the result cannot be held."""

    sign: Sign
    left: "Term"
    right: "Term"
    kind: Kind
    scale: Scale


@frozen
class NamedNode(Struct):
    """The value of the named expression ``key`` about records of the type ``subject``, which is that of ``root``."""

    subject: str
    key: str
    root: "Term"

    @property
    def kind(self) -> Kind:
        """The kind of the value."""
        return self.root.kind

    @property
    def scale(self) -> Scale:
        """The scale of a number."""
        return self.root.scale


Term = FieldNode | StepNode | Value | Aggregate | DateFunction | DayFunction | Operation | NamedNode
Literally = Value | Day
Operand = Term | Day


@frozen
class Compare(Struct):
    """A comparison. Texts compare by their folded form, choices by their place among the field's choices."""

    operator: Operator
    left: Term
    right: Operand


@frozen
class OneOf(Struct):
    """The term equals one of the values."""

    left: Term
    values: tuple[Literally, ...]


@frozen
class Match(Struct):
    """The folded text of the term contains, starts with or ends with the folded ``text``."""

    place: Place
    left: Term
    text: str


@frozen
class Has(Struct):
    """The term, which has several values, has at least one of these."""

    left: Term
    values: tuple[str, ...]


@frozen
class Empty(Struct):
    """The term has no value."""

    left: Term


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
Node = Condition | Term


def is_zero_of_nothing(term: Operand) -> bool:
    """Whether a term is 0, and not empty, where there are no records: a number of them, or a sum."""
    while isinstance(term, NamedNode):
        term = term.root
    return isinstance(term, Aggregate) and term.function in {"count", "sum"}


def asks_existence(term: Operand) -> bool:
    """Whether a term is no more than whether there are such records: ``exists(…)``, or a metric that is one."""
    while isinstance(term, NamedNode):
        term = term.root
    return isinstance(term, Aggregate) and term.function == "exists"


def conjunction(*parts: Condition) -> Condition:
    """Return a condition that holds where all of ``parts`` do, without nesting one "and" in another."""
    flat: list[Condition] = []
    for part in parts:
        flat.extend(part.parts if isinstance(part, And) else (part,))
    return flat[0] if len(flat) == 1 else And(tuple(flat))


def choices_of(term: Term, schema: Schema) -> tuple[Choice, ...]:
    """Return the choices that the values of a term about records of ``schema`` are among."""
    match term:
        case FieldNode(key):
            return schema.by_key[key].spec.choices
        case StepNode(_, beyond, node):
            return choices_of(node, beyond)
        case Aggregate(of=of, schema=related) if of is not None:
            return choices_of(of, related)
        case NamedNode(_, _, root):
            return choices_of(root, schema)
        case _:
            return ()
