"""Sorting and paging of rows.

Empties come last in either direction, and ties go by id. Texts sort by their folded form, choices by their place.
"""

from collections.abc import Callable, Sequence
from typing import Any

from custledger.expressions.comparing import Ordering, comparable_of
from custledger.expressions.compute import Related
from custledger.expressions.evaluate import evaluator
from custledger.expressions.nodes import Expression, Moment
from custledger.schema import ID, Row, Schema
from custledger.values import Plain


def comparable(
    expression: Expression, schema: Schema, moment: Moment, related: Related | None = None
) -> Callable[[Row], Any]:
    """Return a function of a row: what ``comparable_of`` makes of its value of ``expression``."""
    value, convert = evaluator(expression, schema, moment, related), comparable_of(expression)
    return lambda row: convert(value(row))


def sort_key(order: Ordering, schema: Schema, moment: Moment, related: Related | None = None) -> Callable[[Row], Any]:
    """Return a key function for ``list.sort`` over whole rows of ``schema``."""
    forms = [
        (comparable(expression, schema, moment, related), _place(descending=descending))
        for expression, descending in order
    ]
    return lambda row: (*(place(form(row)) for form, place in forms), row[ID])


def after_filter(
    order: Ordering, after: Sequence[Plain], schema: Schema, moment: Moment, related: Related | None = None
) -> Callable[[Row], bool]:
    """Return whether a row comes after the one whose plain sort values, then id, are ``after``."""
    key = sort_key(order, schema, moment, related)
    last = (
        *(
            _place(descending=descending)(comparable_of(expression)(value))
            for (expression, descending), value in zip(order, after[:-1], strict=True)
        ),
        after[-1],
    )
    return lambda row: bool(key(row) > last)


class _Downwards:
    """A value that sorts the other way round."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Downwards) and bool(self.value == other.value)

    def __lt__(self, other: "_Downwards") -> bool:
        return bool(other.value < self.value)

    def __gt__(self, other: "_Downwards") -> bool:
        return bool(other.value > self.value)

    def __hash__(self) -> int:
        return hash(self.value)


def _place(*, descending: bool) -> Callable[[Any], tuple[bool, Any]]:
    """Return a function that puts a value in its place among others, empties last."""
    if descending:
        return lambda value: (True, 0) if value is None else (False, _Downwards(value))
    return lambda value: (True, 0) if value is None else (False, value)
