"""What an expression means: it is compiled to a function of a row. SQL must give the same answers."""

import operator
from collections.abc import Callable
from typing import Any

from custledger.expressions.nodes import Expression, Moment
from custledger.expressions.settle import settle
from custledger.expressions.tree import (
    Always,
    And,
    Compare,
    Condition,
    Empty,
    FieldNode,
    Has,
    Match,
    Node,
    Not,
    OneOf,
    Or,
    Place,
    Value,
)
from custledger.fields import Choice, Kind
from custledger.schema import Row, Schema
from custledger.values import SCALE, Plain, folder

FOLDED_KINDS = frozenset({Kind.TEXT, Kind.PHONE, Kind.EMAIL})
"""The kinds that are compared by their folded form."""

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


def evaluator(expression: Expression, schema: Schema, moment: Moment) -> Callable[[Row], Plain]:
    """Return a function of a row of ``schema``: true or false for a condition, the plain value for a field."""
    node: Node = expression.root
    if isinstance(node, FieldNode):
        return operator.itemgetter(schema.positions[node.key])
    return predicate(settle(node, schema, moment), schema)


def predicate(node: Condition, schema: Schema) -> Predicate:
    """Return a settled condition as a function of a row."""
    match node:
        case Always(holds):
            return lambda _row: holds
        case And(parts):
            return _all([predicate(part, schema) for part in parts])
        case Or(parts):
            return _any([predicate(part, schema) for part in parts])
        case Not(part):
            positive = predicate(part, schema)
            return lambda row: not positive(row)
        case _:
            return _leaf(node, schema)


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


def _leaf(node: Compare | OneOf | Match | Has | Empty, schema: Schema) -> Predicate:
    at = schema.positions[node.left.key]
    match node:
        case Empty():
            return lambda row: row[at] is None
        case Compare(_, _, Value(plain)):
            return _against_value(at, node, plain)
        case Compare(_, _, FieldNode() as right):
            return _against_field(at, node, right, schema)
        case OneOf(left, values):
            return _one_of(at, left.kind, [value.plain for value in values if isinstance(value, Value)])
        case Match(place, left, text):
            return _match(at, left.kind, _PLACES[place], text)
        case Has(left, values):
            return _has(at, left.kind, values)
    raise TypeError(f"{node!r} is not settled")


def _against_value(at: int, node: Compare, plain: Plain) -> Predicate:
    compare = _COMPARISONS[node.operator]
    if node.left.kind in FOLDED_KINDS:
        fold = folder(node.left.kind)
        folded = fold(plain)
        return lambda row: (value := row[at]) is not None and compare(fold(value), folded)
    return lambda row: (value := row[at]) is not None and compare(value, plain)


def _against_field(at: int, node: Compare, right: FieldNode, schema: Schema) -> Predicate:
    compare = _COMPARISONS[node.operator]
    other_at = schema.positions[right.key]
    own, other = _comparable_with(node.left, node.operator, schema), _comparable_with(right, node.operator, schema)

    def holds(row: Row) -> bool:
        value, other_value = row[at], row[other_at]
        return value is not None and other_value is not None and compare(own(value), other(other_value))

    return holds


def _comparable_with(node: FieldNode, operator: str, schema: Schema) -> Callable[[Plain], Any]:
    """Return how a value of one field is made comparable with that of another."""
    if node.kind is Kind.INTEGER:
        return lambda value: value * SCALE
    if node.kind is Kind.CHOICE and operator == "=":
        return lambda value: value
    return comparable_value(node, schema)


def comparable_value(node: FieldNode, schema: Schema) -> Callable[[Plain], Any]:
    """Return a function that turns a value (not ``None``) of a field into the form in which it sorts and groups."""
    if node.kind in FOLDED_KINDS:
        return folder(node.kind)
    if node.kind is Kind.CHOICE:
        return places(schema.by_key[node.key].spec.choices)
    return lambda value: value


def places(choices: tuple[Choice, ...]) -> Callable[[Plain], int]:
    """Return a function that gives a code its place among the choices; codes that are not there come after all."""
    order = {choice.code: place for place, choice in reversed(list(enumerate(choices)))}
    last = len(choices)
    return lambda code: order.get(code, last)


def _one_of(at: int, kind: Kind, plain: list[Plain]) -> Predicate:
    if kind not in FOLDED_KINDS:
        listed = frozenset(plain)
        return lambda row: row[at] in listed
    fold = folder(kind)
    folded = frozenset(map(fold, plain))
    return lambda row: (value := row[at]) is not None and fold(value) in folded


def _match(at: int, kind: Kind, test: Callable[[str, str], bool], text: str) -> Predicate:
    fold = folder(kind)
    folded = fold(text)
    return lambda row: (value := row[at]) is not None and test(fold(value), folded)


def _has(at: int, kind: Kind, wanted: tuple[str, ...]) -> Predicate:
    if kind is Kind.TAGS:
        fold = folder(kind)
        folded = frozenset(map(fold, wanted))
        return lambda row: any(fold(value) in folded for value in row[at] or ())
    listed = frozenset(wanted)
    return lambda row: not listed.isdisjoint(row[at] or ())
