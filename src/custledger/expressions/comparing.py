"""The forms in which values sort, group and are compared: those of SQL and of the evaluator are the same."""

from collections.abc import Callable, Sequence
from typing import Any

from custledger.expressions.nodes import Expression
from custledger.expressions.types import FOLDED_KINDS
from custledger.fields import Choice, Kind
from custledger.values import Plain, folder

Ordering = Sequence[tuple[Expression, bool]]
"""Sort keys, the first first, each with whether it runs downwards."""

UNSORTED_KINDS = frozenset({Kind.TAGS, Kind.CHOICES})
"""The kinds that hold several values, and have no order."""


def comparable_of(expression: Expression) -> Callable[[Plain], Any]:
    """Return a function that turns a value of ``expression`` into the form in which it sorts and groups.

    Two values whose forms are equal compare equal. Empty stays ``None``.
    """
    if expression.spec is None:
        return lambda value: value
    convert = comparable_form(expression.kind, expression.spec.choices)
    return lambda value: None if value is None else convert(value)


def comparable_form(kind: Kind, choices: tuple[Choice, ...]) -> Callable[[Plain], Any]:
    """Return a function that turns a plain value (not ``None``) into the form in which it sorts and groups."""
    if kind in FOLDED_KINDS:
        return folder(kind)
    if kind is Kind.CHOICE:
        return places(choices)
    return lambda value: value


def places(choices: tuple[Choice, ...]) -> Callable[[Plain], int]:
    """Return a function that gives a code its place among the choices; codes that are not there come after all."""
    order = {choice.code: place for place, choice in reversed(list(enumerate(choices)))}
    last = len(choices)
    return lambda code: order.get(code, last)
