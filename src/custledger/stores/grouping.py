"""Counting rows by the values of expressions, as ``Store.count`` promises it."""

import itertools
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from custledger.expressions import Expression, Moment
from custledger.expressions.comparing import comparable_of, places
from custledger.fields import Kind
from custledger.schema import Row, Schema
from custledger.values import fold

if TYPE_CHECKING:
    from custledger.expressions.compute import Related


def grouped(
    rows: Iterable[Row], schema: Schema, by: Sequence[Expression], moment: Moment, related: "Related | None" = None
) -> list[tuple[Any, ...]]:
    """Return ``[(value of each by …, count)]``, the greatest count first, then by value, empties last."""
    if not by:
        return [(sum(1 for _ in rows),)]
    from custledger.expressions import evaluator  # of no use where the store counts

    read = [evaluator(expression, schema, moment, related) for expression in by]
    return tallied(((tuple(value(row) for value in read), 1) for row in rows), by)


def tallied(groups: Iterable[tuple[tuple[Any, ...], int]], by: Sequence[Expression]) -> list[tuple[Any, ...]]:
    """Return the same from what has been counted by exact values: ``((value of each by …), count)``."""
    alike = [_comparable(expression) for expression in by]
    counts: dict[tuple[Any, ...], int] = {}
    shown: dict[tuple[Any, ...], tuple[Any, ...]] = {}
    for counted, count in groups:
        ours = set()
        for values in itertools.product(*map(_each, counted)):
            group = tuple(compare(value) for compare, value in zip(alike, values, strict=True))
            shown[group] = _first(shown.get(group, values), values)
            ours.add(group)
        for group in ours:
            counts[group] = counts.get(group, 0) + count
    ordered = sorted(counts, key=lambda group: (-counts[group], [(form is None, form or 0) for form in group]))
    return [(*shown[group], counts[group]) for group in ordered]


def _each(value: Any) -> Sequence[Any]:
    """Return what a row counts under: each of several values, or the one there is."""
    return value if isinstance(value, tuple) else (value,)


def _comparable(expression: Expression) -> Callable[[Any], Any]:
    """Return the function that brings a value, or one of several, into the form in which it is grouped and sorted."""
    if expression.kind is Kind.TAGS:
        return lambda tag: None if tag is None else fold(tag)
    if expression.kind in {Kind.CHOICE, Kind.CHOICES} and expression.spec is not None:
        place = places(expression.spec.choices)
        return lambda code: None if code is None else (place(code), code)
    return comparable_of(expression)


def _first(ours: tuple[Any, ...], others: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return, place by place, the value that sorts first of two that are counted together."""
    return tuple(one if one is None or one <= other else other for one, other in zip(ours, others, strict=True))
