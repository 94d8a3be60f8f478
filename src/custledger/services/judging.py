"""What a segment's callable or scorer gives: who is a member, and with which label or number.

Neither says what its answer depends on, so each is asked about every record whenever it is asked who the members are.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import attrs

from custledger.errors import QueryError
from custledger.expressions import Expression, equals, field_expression
from custledger.expressions.types import NUMBER_KINDS
from custledger.fields import Kind, Labels, Spec
from custledger.schema import ID, Row
from custledger.segments import Mark, Segment
from custledger.services.selecting import Selection
from custledger.services.session import Session
from custledger.stores.contract import Query
from custledger.values import to_python


@attrs.frozen
class Judged:
    """What a rule says of one record, and the plain values that it went by, with the expressions that gave them.

    ``places`` says of values that a scorer compares, by name, how they stand among those of all members.
    """

    needed: Mapping[str, Expression]
    values: Mapping[str, Any]
    is_member: bool
    mark: Mark = None
    places: Mapping[str, "Place"] = attrs.field(factory=dict)


@attrs.frozen
class Place:
    """How many of ``count`` members have ``less`` than one of them, and how many ``more``."""

    less: int
    more: int
    count: int


def understood_needs(session: Session, segment: Segment) -> dict[str, Expression]:
    """Return what a callable or a scorer needs, understood. Raises ``QueryError`` that names the need."""
    schema = session.schema(segment.subject)
    understood = {}
    for name, text in segment.needs.items():
        try:
            understood[name] = session.understand(text, schema, want=None)
        except QueryError as error:
            why = f"{segment.name} needs {name}, which cannot be computed: {error.why}"
            raise QueryError(why, error.text, error.position, hint=error.hint) from None
    return understood


def expressions_of(session: Session, segment: Segment) -> list[Expression]:
    """Return what a rule asks of a record, understood: its expression, or what its callable or scorer needs."""
    if segment.rule == "expression":
        return [session.understand_named(segment.named(), want=Kind.YES_NO)]
    return list(understood_needs(session, segment).values())


def judged(session: Session, segment: Segment) -> dict[int, Mark]:
    """Return the members by id, in the order of their ids, with what a scorer says of them.

    Raises ``PluginError`` where the rule fails, and ``QueryError`` where something that it needs cannot be computed.
    """
    needed = understood_needs(session, segment)
    if segment.decide is not None:
        decided = _decider(segment, needed)
        return {number: None for number, *values in _rows(session, segment, needed) if decided(values)}
    ids, columns = _columns(session, segment, needed)
    return _scored(segment, needed, ids, columns)


def _rows(session: Session, segment: Segment, needed: Mapping[str, Expression]) -> Iterator[Row]:
    """Yield of every record its id, and what the rule needs to know of it."""
    schema = session.schema(segment.subject)
    asked = (field_expression(schema, schema.keys[ID]), *needed.values())
    return Selection[Any](session, schema.name).evaluated(asked)


def _columns(
    session: Session, segment: Segment, needed: Mapping[str, Expression]
) -> tuple[Sequence[int], Sequence[Sequence[Any]]]:
    """Return the ids of all records, and in their order what the rule needs to know of them; no columns of nobody."""
    ids, *columns = list(zip(*_rows(session, segment, needed), strict=True)) or [()]
    return ids, columns


def _scored(
    segment: Segment, needed: Mapping[str, Expression], ids: Sequence[int], columns: Sequence[Sequence[Any]]
) -> dict[int, Mark]:
    """Return what a scorer says of those of whom it says anything."""
    if segment.score is None or not ids:
        return {}  # a scorer need not know what to make of nobody
    converted = {
        name: list(map(_converter(expression), column))
        for (name, expression), column in zip(needed.items(), columns, strict=True)
    }
    return {number: mark for number, mark in zip(ids, segment.score(converted), strict=True) if mark is not None}


def judged_one(session: Session, segment: Segment, row: Row) -> Judged:
    """Return what a rule says of one record, which a scorer says of all at once."""
    needed = understood_needs(session, segment)
    schema = session.schema(segment.subject)
    where = equals(schema, schema.keys[ID], row[ID])
    query = Query(moment=session.moment, where=where, columns=tuple(needed.values()))
    found = next(session.view.select(schema, query))
    values = dict(zip(needed, found, strict=True))
    if segment.decide is not None:
        return Judged(needed, values, _decider(segment, needed)(found))
    ids, columns = _columns(session, segment, needed)
    marks = _scored(segment, needed, ids, columns)
    of_members = {
        name: [value for number, value in zip(ids, column, strict=True) if number in marks and value is not None]
        for name, column in zip(needed, columns, strict=True)
        if needed[name].kind in _RANKED
    }
    places = {name: place for name, column in of_members.items() if (place := _place(values[name], column))}
    return Judged(needed, values, row[ID] in marks, marks.get(row[ID]), places)


_RANKED = NUMBER_KINDS | {Kind.DATE, Kind.TIME}


def _place(value: Any, column: Sequence[Any]) -> Place | None:
    """Return how a value stands among others; ``None`` where all are the same, as those of a threshold are."""
    if value is None or len(set(column)) <= 1:
        return None
    less, more = sum(other < value for other in column), sum(other > value for other in column)
    return Place(less, more, len(column))


def _decider(segment: Segment, needed: Mapping[str, Expression]) -> Callable[[Sequence[Any]], bool]:
    """Return a callable as a function of the plain values that it needs."""
    convert = [(name, _converter(expression)) for name, expression in needed.items()]
    decide = segment.decide
    assert decide is not None  # noqa: S101 - for the type checker: the caller asked
    return lambda values: decide(**{name: to(value) for (name, to), value in zip(convert, values, strict=True)})


def _converter(expression: Expression) -> Callable[[Any], Any]:
    """Return what turns a plain value into what a rule receives; tags stay the sorted tuple that they are."""
    if expression.kind in {Kind.TAGS, Kind.CHOICES}:
        return lambda value: value or ()
    convert = to_python(Spec(kind=expression.kind, labels=Labels("")))
    return lambda value: None if value is None else convert(value)
