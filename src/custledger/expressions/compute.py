"""What terms mean: each is compiled to a function of a row. SQL must give the same answers.

The numbers that these functions give are of the term's scale; ``plain_value`` turns them into plain values.
"""

import operator
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, Protocol

from custledger.expressions.comparing import comparable_form
from custledger.expressions.dates import computed, local_day
from custledger.expressions.numbers import calculator, doubled, held, plain_number
from custledger.expressions.tree import (
    SCALES,
    Aggregate,
    Condition,
    DateFunction,
    DayFunction,
    FieldNode,
    NamedNode,
    Operation,
    StepNode,
    Term,
    Value,
    choices_of,
)
from custledger.fields import Kind
from custledger.schema import ID, Row, Schema
from custledger.structs import Struct, frozen
from custledger.values import Plain

ValueOf = Callable[[Row], Any]
Gather = Callable[[list[Row]], Any]


class Related(Protocol):
    """The records beside the one that an expression is about, in one snapshot."""

    def referring(self, schema: Schema, reference: str, number: int) -> Sequence[Row]:
        """Return the rows of ``schema`` whose field ``reference`` holds ``number``."""

    def row(self, schema: Schema, number: int) -> Row | None:
        """Return the row of one id, or ``None``."""


class Alone:
    """No other records at all: for expressions that look at none."""

    def referring(self, _schema: Schema, _reference: str, _number: int) -> Sequence[Row]:
        """Return no rows."""
        return ()

    def row(self, _schema: Schema, _number: int) -> Row | None:
        """Return no row."""
        return None


@frozen
class Frame(Struct):
    """What terms are compiled for: rows of a schema, the records beside them, and what money without a currency is in.

    ``holds`` makes a function of a row of a settled condition.
    """

    schema: Schema
    related: Related
    currency: str
    holds: "Callable[[Condition, Frame], Callable[[Row], bool]]"

    def beyond(self, schema: Schema) -> "Frame":
        """Return the frame of related records."""
        return Frame(schema, self.related, self.currency, self.holds)


def value_of(term: Term, frame: Frame) -> ValueOf:
    """Return a settled term as a function of a row; a number is of the term's scale."""
    match term:
        case FieldNode(key):
            return operator.itemgetter(frame.schema.positions[key])
        case Value(plain):
            return lambda _row: plain
        case StepNode():
            return _step(term, frame)
        case NamedNode(_, _, root):
            return value_of(root, frame)
        case DateFunction():
            return _date_function(term, frame)
        case Operation():
            return _operation(term, frame)
        case Aggregate():
            return _aggregate(term, frame)
        case DayFunction():
            raise TypeError(f"{term!r} is not settled")


def plain_value(term: Term, frame: Frame) -> ValueOf:
    """Return a settled term as a function of a row that gives plain values."""
    value = value_of(term, frame)
    if term.kind not in SCALES or term.scale == SCALES[term.kind]:
        return value
    convert = plain_number(term.scale, term.kind)
    return lambda row: None if (number := value(row)) is None else convert(number)


def _step(term: StepNode, frame: Frame) -> ValueOf:
    at, related, schema = frame.schema.positions[term.reference], frame.related, term.schema
    beyond = schema.positions[term.node.key]

    def value(row: Row) -> Plain:
        number = row[at]
        found = None if number is None else related.row(schema, number)
        return None if found is None else found[beyond]

    return value


def _date_function(term: DateFunction, frame: Frame) -> ValueOf:
    argument, today = value_of(term.argument, frame), date.fromisoformat(term.today)
    function, zone, is_time = term.function, term.zone, term.argument.kind is Kind.TIME

    @lru_cache(4096)
    def of(value: str) -> Any:
        return computed(function, date.fromisoformat(local_day(value, zone) if is_time else value), today)

    return lambda row: None if (value := argument(row)) is None else of(value)


def _operation(term: Operation, frame: Frame) -> ValueOf:
    left, right = value_of(term.left, frame), value_of(term.right, frame)
    compute = calculator(term.sign, term.left.scale, term.right.scale, term.scale)

    def value(row: Row) -> Any:
        one, other = left(row), right(row)
        return None if one is None or other is None else compute(one, other)

    return value


def _aggregate(term: Aggregate, frame: Frame) -> ValueOf:
    inner, related = frame.beyond(term.schema), frame.related
    schema, reference = term.schema, term.reference
    holds = frame.holds(term.where, inner) if term.where is not None else None
    gather = _gather(term, inner)

    def value(row: Row) -> Any:
        rows = related.referring(schema, reference, row[ID])
        return gather([one for one in rows if holds is None or holds(one)])

    return value


def _gather(term: Aggregate, inner: Frame) -> Gather:
    """Return what an aggregate makes of the rows that count."""
    if term.function == "exists":
        return lambda rows: int(bool(rows))
    if term.of is None:
        return len
    of = value_of(term.of, inner)
    match term.function:
        case "count":
            return _count(term, of, inner)
        case "sum" | "avg" | "min" | "max":
            return _of_numbers(term, of, inner)
        case "first" | "last":
            return _first(of, inner.schema, backwards=term.function == "last")
        case _:
            return _most_frequent(term.of, of, inner.schema)


def _count(term: Aggregate, of: ValueOf, inner: Frame) -> Gather:
    if not term.is_distinct or term.of is None:
        return lambda rows: sum(of(row) is not None for row in rows)
    form = _identity(term.of, inner.schema)
    return lambda rows: len({form(value) for row in rows if (value := of(row)) is not None})


def _of_numbers(term: Aggregate, of: ValueOf, inner: Frame) -> Gather:
    """Return the sum, average, least or greatest of what is not empty, if all of it is in the ledger's currency."""
    at = inner.schema.positions[term.currency] if term.currency else None
    combine = _combined(term)

    def gather(rows: list[Row]) -> Any:
        filled = [(value, row) for row in rows if (value := of(row)) is not None]
        if at is not None and any(row[at] not in {None, inner.currency} for _, row in filled):
            return None
        return combine([value for value, _ in filled])

    return gather


def _combined(term: Aggregate) -> Callable[[list[Any]], Any]:
    match term.function:
        case "sum":
            return lambda values: held(sum(values))
        case "avg":
            scale = term.of.scale if term.of is not None else 0
            return lambda values: _average(values, scale or 0)
        case "min":
            return lambda values: min(values, default=None)
        case _:
            return lambda values: max(values, default=None)


def _average(values: list[int], scale: int) -> float | None:
    total = held(sum(values))
    return None if total is None or not values else doubled(total, 0) / doubled(len(values) * 10**scale, 0)


def _first(of: ValueOf, schema: Schema, *, backwards: bool) -> Gather:
    """Return the value of the earliest, or latest, record that says when it happened and has one; ties go by id."""
    when = schema.positions[schema.info.when]

    def gather(rows: list[Row]) -> Any:
        dated = [row for row in rows if row[when] is not None and of(row) is not None]
        pick: Callable[..., Row] = max if backwards else min
        return of(pick(dated, key=lambda row: (row[when], row[ID]))) if dated else None

    return gather


def _most_frequent(term: Term, of: ValueOf, schema: Schema) -> Gather:
    """Return the value that is there most often; of several, the one that sorts first."""
    identity, form = _identity(term, schema), comparable_form(term.kind, choices_of(term, schema))

    def gather(rows: Iterable[Row]) -> Any:
        values = [value for row in rows if (value := of(row)) is not None]
        counts = Counter(map(identity, values))
        return min(values, key=lambda value: (-counts[identity(value)], form(value), value), default=None)

    return gather


def _identity(term: Term, schema: Schema) -> Callable[[Plain], Any]:
    """Return what is the same for values of a term that compare equal."""
    if term.kind is Kind.CHOICE:
        return lambda value: value
    return comparable_form(term.kind, choices_of(term, schema))
