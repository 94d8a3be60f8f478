"""Keyset paging in SQL: the condition that a row comes after another, in the order that ``order`` defines."""

from collections.abc import Sequence

import attrs

from custledger.expressions.dialects import Dialect
from custledger.expressions.fragments import FALSE, Sql, all_of, any_of
from custledger.structs import Struct, frozen
from custledger.values import Plain


@frozen
class PageKey(Struct):
    """One sort key: its form in SQL, its direction, whether it can be empty, and that form of the last row's value."""

    form: Sql
    descending: bool
    can_be_empty: bool
    last: Plain


def after_condition(keys: Sequence[PageKey], dialect: Dialect) -> Sql:
    """Return the condition that a row comes after the one that ``keys`` describe; the last of them is the id."""
    key, *others = keys
    if key.last is None:
        return all_of([_is_empty(key), after_condition(others, dialect)])
    beyond = _compared(key, ">", dialect)
    if not others:
        return beyond
    inside = any_of([beyond, after_condition(others, dialect)])
    if key.can_be_empty:
        tied = all_of([_compared(key, "=", dialect), after_condition(others, dialect)])
        return any_of([beyond, tied, _is_empty(key)])
    return all_of([_compared(key, ">=", dialect), inside])


def after_segments(keys: Sequence[PageKey], dialect: Dialect) -> tuple[tuple[Sql, int], ...]:
    """Return conditions that together mean ``after_condition``; the rows of each come before those of the next.

    Beside each stands how many of the first keys are the same in all its rows, and need no sorting.
    """
    key, *others = keys
    if key.last is None:
        return ((after_condition(keys, dialect), 1),)
    if not key.can_be_empty or not others:
        return ((after_condition(keys, dialect), 0),)
    filled = attrs.evolve(key, can_be_empty=False)
    return (after_condition([filled, *others], dialect), 0), (_is_empty(key), 1)


def _is_empty(key: PageKey) -> Sql:
    return Sql(f"{key.form.text} IS NULL", key.form.parameters) if key.can_be_empty else FALSE


def _compared(key: PageKey, operator: str, dialect: Dialect) -> Sql:
    turned = operator.replace(">", "<") if key.descending else operator
    return Sql(f"{key.form.text} {turned} {dialect.placeholder}", (*key.form.parameters, key.last))
