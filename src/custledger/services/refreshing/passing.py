"""For which records the mere passing of days may have changed an expression's answer.

Each clause is settled at both days. Where that makes a difference only in what a date is compared with, the records
whose date lies between the two are asked for; where it is in the condition of an aggregate, the related records for
which that condition may have changed. A clause that counts from today in any other way is computed at both days.
"""

from collections.abc import Iterator
from typing import Any

import attrs

from custledger.expressions import tree
from custledger.expressions.nodes import Expression, Moment
from custledger.expressions.settle import settle
from custledger.fields import Kind
from custledger.schema import ID, Schema
from custledger.services.refreshing.touched import MOST, TooMany, chosen
from custledger.services.session import Session
from custledger.structs import Struct, frozen

_TIMELESS = frozenset({"year", "quarter", "month", "day", "weekday"})
"""The functions of a date that do not look at today."""
_PICKING = frozenset({"min", "max", "first", "last"})
"""The aggregates whose value is one of those that they look at."""


class _Unclear(Exception):  # noqa: N818 - it is no error: it says that the clause has to be computed
    """Two forms of a clause differ in what cannot be told from them alone."""


@frozen
class _Source(Struct):
    """The records of ``schema`` for which ``where`` is true; the subjects are what their field ``key`` holds."""

    where: tree.Condition
    schema: Schema = attrs.field(eq=False)
    key: str


def passed_by(session: Session, root: tree.Condition, schema: Schema, since: Moment) -> set[int]:
    """Return the ids of the records whose answer may be another now than it was at ``since``. Raises ``TooMany``."""
    found: set[int] = set()
    for clause in _clauses(root):
        before, after = (settle(clause, schema, moment) for moment in (since, session.moment))
        try:
            sources = list(_between(before, after, schema, schema.keys[ID]))
        except _Unclear:
            found |= _where(session, clause, schema, since) ^ _where(session, clause, schema, session.moment)
        else:
            for one in sources:
                found.update(_few(chosen(session, one.schema, _expression(one.where), one.key)))
        if len(found) > MOST:
            raise TooMany
    return found - {None}


def _clauses(node: tree.Condition) -> Iterator[tree.Condition]:
    match node:
        case tree.And(parts) | tree.Or(parts):
            for part in parts:
                yield from _clauses(part)
        case tree.Not(part):
            yield from _clauses(part)
        case _:
            yield node


def _expression(where: tree.Condition) -> Expression:
    return Expression("", Kind.YES_NO, where, frozenset())


def _where(session: Session, clause: tree.Condition, schema: Schema, moment: Moment) -> set[int]:
    return set(chosen(session, schema, _expression(clause), schema.keys[ID], moment))


def _few(found: Iterator[Any]) -> Iterator[Any]:
    """Yield what was found, unless it is more than what is looked at record by record."""
    for place, value in enumerate(found):
        if place > MOST:
            raise TooMany
        yield value


def _between(before: tree.Condition, after: tree.Condition, schema: Schema, key: str) -> Iterator[_Source]:
    """Yield where to look for the records for which one settled condition may hold and the other not."""
    match before, after:
        case (tree.And(ours), tree.And(others)) | (tree.Or(ours), tree.Or(others)) if len(ours) == len(others):
            for one, other in zip(ours, others, strict=True):
                yield from _between(one, other, schema, key)
        case tree.Not(ours), tree.Not(others):
            yield from _between(ours, others, schema, key)
        case tree.Compare(), tree.Compare() if before.operator == after.operator:
            yield from _compared(before, after, schema, key)
        case tree.OneOf(), tree.OneOf():
            if before.values == after.values:
                yield from _terms(before.left, after.left, schema, key)
            elif _same(before.left, after.left):
                yield _Source(tree.OneOf(after.left, tuple({*before.values} ^ {*after.values})), schema, key)
            else:
                raise _Unclear
        case (
            (tree.Match(left=one), tree.Match(left=other))
            | (tree.Has(left=one), tree.Has(left=other))
            | (tree.Empty(left=one), tree.Empty(left=other))
        ):
            yield from _terms(one, other, schema, key)
        case tree.Always(), tree.Always() if before == after:
            pass
        case _:
            raise _Unclear


def _compared(before: tree.Compare, after: tree.Compare, schema: Schema, key: str) -> Iterator[_Source]:
    one, other = before.right, after.right
    if isinstance(one, tree.Value) and isinstance(other, tree.Value) and one != other:
        if not _same(before.left, after.left) or one.kind is not other.kind:
            raise _Unclear
        low, high = sorted((one, other), key=lambda value: value.plain)
        yield _range(after.left, low, high, schema, key)
        return
    if isinstance(one, tree.Day) or isinstance(other, tree.Day):
        raise _Unclear  # no settled comparison has one
    yield from _terms(before.left, after.left, schema, key)
    yield from _terms(one, other, schema, key)


def _range(left: tree.Term, low: tree.Value, high: tree.Value, schema: Schema, key: str) -> _Source:
    """Return where a term is from one value to another; an aggregate that picks a value, among those it picks from."""
    of_subject = key == schema.keys[ID]
    match left:
        case tree.NamedNode(root=root):
            return _range(root, low, high, schema, key)
        case tree.Aggregate(function=function, of=of) if of is not None and of_subject and function in _PICKING:
            inside = _within(of, low, high)
            where = inside if left.where is None else tree.conjunction(inside, left.where)
            return _Source(where, left.schema, left.reference)
        case _:
            return _Source(_within(left, low, high), schema, key)


def _within(term: tree.Term, low: tree.Value, high: tree.Value) -> tree.Condition:
    return tree.And((tree.Compare(">=", term, low), tree.Compare("<=", term, high)))


def _terms(before: tree.Term, after: tree.Term, schema: Schema, key: str) -> Iterator[_Source]:
    """Yield where to look for the records for which two settled terms may have different values."""
    if _same(before, after):
        return
    match before, after:
        case tree.NamedNode(root=one), tree.NamedNode(root=other):
            yield from _terms(one, other, schema, key)
        case tree.Operation(), tree.Operation():
            yield from _terms(before.left, after.left, schema, key)
            yield from _terms(before.right, after.right, schema, key)
        case tree.Aggregate(where=one), tree.Aggregate(where=other) if one and other and key == schema.keys[ID]:
            if not _same(attrs.evolve(before, where=None), attrs.evolve(after, where=None)):
                raise _Unclear
            yield from _between(one, other, before.schema, before.reference)
        case _:
            raise _Unclear


def _same(before: tree.Term, after: tree.Term) -> bool:
    return before == after or _undated(before) == _undated(after)


def _undated(term: tree.Term) -> tree.Term:
    """Return a settled term without the day in those functions that do not look at it."""
    match term:
        case tree.DateFunction() if term.function in _TIMELESS:
            return attrs.evolve(term, argument=_undated(term.argument), today="")
        case tree.DateFunction():
            return attrs.evolve(term, argument=_undated(term.argument))
        case tree.Operation():
            return attrs.evolve(term, left=_undated(term.left), right=_undated(term.right))
        case tree.NamedNode(subject, key, root):
            return tree.NamedNode(subject, key, _undated(root))
        case tree.Aggregate(of=of) if of is not None:
            return attrs.evolve(term, of=_undated(of))
        case _:
            return term
