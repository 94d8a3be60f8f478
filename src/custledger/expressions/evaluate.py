"""What an expression means: it is compiled to a function of a row. SQL must give the same answers.

Conditions are compiled here, what has a value in ``compute``.
"""

import operator
from collections.abc import Callable
from typing import Any

from custledger.expressions.comparing import comparable_form
from custledger.expressions.compute import Alone, Frame, Related, plain_value, value_of
from custledger.expressions.nodes import Expression, Moment
from custledger.expressions.numbers import comparer
from custledger.expressions.settle import settle, settle_term
from custledger.expressions.tree import (
    SCALES,
    Always,
    And,
    Compare,
    Condition,
    Day,
    Empty,
    Has,
    Match,
    Node,
    Not,
    OneOf,
    Or,
    Place,
    Term,
    Value,
    choices_of,
)
from custledger.expressions.types import FOLDED_KINDS
from custledger.fields import Kind
from custledger.schema import Row, Schema
from custledger.values import Plain, folder

Predicate = Callable[[Row], bool]

_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_PLACES: dict[Place, Callable[[str, str], bool]] = {
    "contains": operator.contains,
    "starts": str.startswith,
    "ends": str.endswith,
}


def evaluator(
    expression: Expression, schema: Schema, moment: Moment, related: Related | None = None
) -> Callable[[Row], Plain]:
    """Return a function of a row of ``schema``: true or false for a condition, the plain value for a term.

    ``related`` has the records beside it; without it there are none.
    """
    node: Node = expression.root
    frame = Frame(schema, related or Alone(), moment.currency, predicate)
    if isinstance(node, Term):
        return plain_value(settle_term(node, schema, moment), frame)
    return predicate(settle(node, schema, moment), frame)


def predicate(node: Condition, frame: Frame) -> Predicate:
    """Return a settled condition as a function of a row."""
    match node:
        case Always(holds):
            return lambda _row: holds
        case And(parts):
            return _all([predicate(part, frame) for part in parts])
        case Or(parts):
            return _any([predicate(part, frame) for part in parts])
        case Not(part):
            positive = predicate(part, frame)
            return lambda row: not positive(row)
        case _:
            return _leaf(node, frame)


def _all(parts: list[Predicate]) -> Predicate:
    if len(parts) == 2:
        first, second = parts
        return lambda row: first(row) and second(row)
    return lambda row: all(part(row) for part in parts)


def _any(parts: list[Predicate]) -> Predicate:
    if len(parts) == 2:
        first, second = parts
        return lambda row: first(row) or second(row)
    return lambda row: any(part(row) for part in parts)


def _leaf(node: Compare | OneOf | Match | Has | Empty, frame: Frame) -> Predicate:
    left = value_of(node.left, frame)
    kind = node.left.kind
    match node:
        case Empty():
            return lambda row: left(row) is None
        case Compare(word, _, right) if not isinstance(right, Day):
            return _compared(word, node.left, right, frame)
        case OneOf(_, values):
            return _one_of(left, kind, [value.plain for value in values if isinstance(value, Value)])
        case Match(place, _, text):
            return _match(left, kind, _PLACES[place], text)
        case Has(_, values):
            return _has(left, kind, values)
    raise TypeError(f"{node!r} is not settled")


def _compared(word: str, left_term: Term, right_term: Term, frame: Frame) -> Predicate:
    compare, left, right = _COMPARISONS[word], value_of(left_term, frame), value_of(right_term, frame)
    if left_term.kind in SCALES and left_term.scale != right_term.scale:
        compare = comparer(compare, left_term.scale, right_term.scale)
    own = _comparable_with(left_term, word, right_term, frame.schema)
    other = _comparable_with(right_term, word, left_term, frame.schema)
    if isinstance(right_term, Value):
        wanted = other(right_term.plain)
        return lambda row: (value := left(row)) is not None and compare(own(value), wanted)

    def holds(row: Row) -> bool:
        value, other_value = left(row), right(row)
        return value is not None and other_value is not None and compare(own(value), other(other_value))

    return holds


def _comparable_with(term: Term, word: str, other: Term, schema: Schema) -> Callable[[Plain], Any]:
    """Return how a value of one term is made comparable with that of another."""
    if term.kind is Kind.CHOICE and (word == "=" or isinstance(other, Value)):
        return lambda value: value
    kind = other.kind if isinstance(term, Value) and other.kind in FOLDED_KINDS else term.kind
    return comparable_form(kind, choices_of(term, schema))


def _one_of(left: Callable[[Row], Any], kind: Kind, plain: list[Plain]) -> Predicate:
    if kind not in FOLDED_KINDS:
        listed = frozenset(plain)
        return lambda row: left(row) in listed
    fold = folder(kind)
    folded = frozenset(map(fold, plain))
    return lambda row: (value := left(row)) is not None and fold(value) in folded


def _match(left: Callable[[Row], Any], kind: Kind, test: Callable[[str, str], bool], text: str) -> Predicate:
    fold = folder(kind)
    folded = fold(text)
    return lambda row: (value := left(row)) is not None and test(fold(value), folded)


def _has(left: Callable[[Row], Any], kind: Kind, wanted: tuple[str, ...]) -> Predicate:
    if kind is Kind.TAGS:
        fold = folder(kind)
        folded = frozenset(map(fold, wanted))
        return lambda row: any(fold(value) in folded for value in left(row) or ())
    listed = frozenset(wanted)
    return lambda row: not listed.isdisjoint(left(row) or ())
