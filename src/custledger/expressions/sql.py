"""Expressions in SQL, with the same answers as ``evaluate`` gives, or not compiled at all.

``None`` stands for what a database cannot compute exactly.

The layout of the tables. A record type is a table of its name; a field is a column of its key, in plain form. A field
of a folded kind (text, phone, e-mail) has a second column, ``KEY__folded``, which is NULL where the folded form equals
the value or there is none; ``folded`` gives the expression of both that is compared, and that an index must be on.
Several choices, and tags, are a JSON list in one column, or NULL. Tags are found in a table of their own, ``TYPE__KEY``
(record, tag, folded, source, actor, at, refused).

SQLite knows a function more: ``custledger_day(time, zone)``, which is ``dates.local_day``.

Negations are pushed down to the single comparisons, each of which says itself what it makes of empties, so that
indexes serve.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from custledger.expressions.columns import FOLDED_SUFFIX, column, comparable_column, folded, side_table
from custledger.expressions.comparing import UNSORTED_KINDS, Ordering, comparable_of
from custledger.expressions.conditions import Conditions, NotPushedError
from custledger.expressions.dialects import POSTGRES, SQLITE, Dialect
from custledger.expressions.fragments import Sql
from custledger.expressions.nodes import Expression, Moment
from custledger.expressions.paging import PageKey, after_condition, after_segments
from custledger.expressions.settle import settle, settle_term
from custledger.expressions.tree import Term
from custledger.schema import ID, Schema
from custledger.structs import Struct, frozen
from custledger.values import Plain

if TYPE_CHECKING:
    from custledger.expressions.kept import Kept

__all__ = [
    "FOLDED_SUFFIX",
    "POSTGRES",
    "SQLITE",
    "Dialect",
    "Segment",
    "Sql",
    "column",
    "comparable_column",
    "compile_after",
    "compile_after_segments",
    "compile_column",
    "compile_comparable",
    "compile_order",
    "compile_where",
    "folded",
    "side_table",
]


def compile_where(
    expression: Expression,
    schema: Schema,
    dialect: Dialect,
    moment: Moment,
    *,
    kept: "Kept | None" = None,
    every: bool = False,
) -> Sql | None:
    """Return a condition for WHERE, or None where the database cannot compute it exactly.

    It names columns with the table's name before them. Where the expression is false it may be NULL, so it must not
    stand under a NOT. Where ``kept`` was used, the table of facts must be joined in. ``every`` says that the condition
    is asked of all records there are, and not of a few.
    """
    root = expression.root
    if isinstance(root, Term):
        return None
    try:
        compiler = _compiler(schema, dialect, moment, kept=kept, every=every)
        made = compiler.condition(settle(root, schema, moment), holds=True)
    except NotPushedError:
        return None
    return made if len(made.parameters) <= dialect.most_values else None


def compile_column(
    expression: Expression, schema: Schema, dialect: Dialect, moment: Moment, *, kept: "Kept | None" = None
) -> Sql | None:
    """Return what SELECT must name to get the plain value of an expression, or None.

    A condition gives 1 or 0. Tags and several choices come as the text of a JSON list, or NULL.
    """
    node = expression.root
    if not isinstance(node, Term):
        where = compile_where(expression, schema, dialect, moment, kept=kept)
        return where and Sql(f"CASE WHEN {where.text} THEN 1 ELSE 0 END", where.parameters)
    try:
        return _compiler(schema, dialect, moment, kept=kept).as_plain(settle_term(node, schema, moment))
    except NotPushedError:
        return None


def compile_comparable(
    expression: Expression, schema: Schema, dialect: Dialect, moment: Moment, *, kept: "Kept | None" = None
) -> Sql | None:
    """Return the form in which values of an expression sort and group, or None: the twin of ``order.comparable``."""
    node = expression.root
    if not isinstance(node, Term):
        return compile_column(expression, schema, dialect, moment, kept=kept)
    if node.kind in UNSORTED_KINDS:
        return None
    try:
        return _compiler(schema, dialect, moment, kept=kept).sortable(settle_term(node, schema, moment))
    except NotPushedError:
        return None


def _compiler(
    schema: Schema, dialect: Dialect, moment: Moment, *, kept: "Kept | None", every: bool = False
) -> Conditions:
    return Conditions(schema, dialect, currency=moment.currency, kept=kept, every=every)


def compile_order(
    order: Ordering, schema: Schema, dialect: Dialect, moment: Moment, *, kept: "Kept | None" = None
) -> Sql | None:
    """Return what follows ORDER BY, the id that breaks ties included, or None."""
    parts: list[str] = []
    parameters: tuple[Plain, ...] = ()
    for expression, descending in order:
        form = compile_comparable(expression, schema, dialect, moment, kept=kept)
        if form is None:
            return None
        parts.append(f"{form.text} {'DESC' if descending else 'ASC'} NULLS LAST")
        parameters += form.parameters
    return Sql(", ".join([*parts, column(schema.keys[ID], dialect, schema.name)]), parameters)


def compile_after(
    order: Ordering,
    after: Sequence[Plain],
    schema: Schema,
    dialect: Dialect,
    moment: Moment,
    *,
    kept: "Kept | None" = None,
) -> Sql | None:
    """Return the condition that a row comes after the one whose plain sort values, then id, are ``after``, or None."""
    keys = _page_keys(order, after, schema, dialect, moment, kept=kept)
    return after_condition(keys, dialect) if keys else None


@frozen
class Segment(Struct):
    """A part of the rows that come after another: a condition, and what follows ORDER BY within the part."""

    where: Sql
    order: Sql


def compile_after_segments(
    order: Ordering,
    after: Sequence[Plain],
    schema: Schema,
    dialect: Dialect,
    moment: Moment,
    *,
    kept: "Kept | None" = None,
) -> tuple[Segment, ...] | None:
    """Return parts that, read one after the other, are the rows that ``compile_after`` chooses, in order; or None.

    Each of them is served by an index on the first sort key, which the single condition is not where that key can be
    empty.
    """
    keys = _page_keys(order, after, schema, dialect, moment, kept=kept)
    if keys is None:
        return None
    segments = []
    for where, settled in after_segments(keys, dialect):
        by = compile_order(order[settled:], schema, dialect, moment, kept=kept)
        if by is None:
            return None
        segments.append(Segment(where, by))
    return tuple(segments)


def _page_keys(
    order: Ordering, after: Sequence[Plain], schema: Schema, dialect: Dialect, moment: Moment, *, kept: "Kept | None"
) -> list[PageKey] | None:
    compiler = _compiler(schema, dialect, moment, kept=kept)
    keys: list[PageKey] = []
    for (expression, descending), value in zip(order, after[:-1], strict=True):
        form = compile_comparable(expression, schema, dialect, moment, kept=kept)
        if form is None:
            return None
        node = expression.root
        can_be_empty = isinstance(node, Term) and compiler.can_be_empty(node)
        keys.append(PageKey(form, descending, can_be_empty, comparable_of(expression)(value)))
    own = Sql(column(schema.keys[ID], dialect, schema.name))
    return [*keys, PageKey(own, descending=False, can_be_empty=False, last=after[-1])]
