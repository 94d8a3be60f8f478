"""Shares a condition between a database and the evaluator: what the one can compute exactly, and what is left over."""

from typing import TYPE_CHECKING

from custledger.expressions.fragments import Sql, all_of
from custledger.expressions.nodes import Expression, Moment
from custledger.expressions.sql import Dialect, compile_where
from custledger.expressions.tree import And, conjunction
from custledger.fields import Kind
from custledger.schema import Schema
from custledger.structs import Struct, frozen

if TYPE_CHECKING:
    from custledger.expressions.kept import Kept


@frozen
class Share(Struct):
    """A condition in two parts, both of which must hold.

    ``pushed`` is for the database, ``left_over`` for the evaluator; either is None where there is nothing of it. A
    limit can be pushed only where nothing is left over.
    """

    pushed: Sql | None
    left_over: Expression | None


def split(
    where: Expression | None,
    schema: Schema,
    dialect: Dialect,
    moment: Moment,
    *,
    kept: "Kept | None" = None,
    every: bool = False,
) -> Share:
    """Return ``where`` as what ``dialect`` can compute exactly and what is left over. No condition is no work.

    ``kept`` and ``every`` are as in ``compile_where``.
    """
    if where is None:
        return Share(None, None)
    pushed: list[Sql] = []
    left_over: list[Expression] = []
    bound = 0
    for part in _parts(where):
        compiled = compile_where(part, schema, dialect, moment, kept=kept, every=every)
        if compiled is None or bound + len(compiled.parameters) > dialect.most_values:
            left_over.append(part)
        else:
            pushed.append(compiled)
            bound += len(compiled.parameters)
    return Share(all_of(pushed) if pushed else None, _together(where, left_over))


def _parts(where: Expression) -> list[Expression]:
    if not isinstance(where.root, And):
        return [where]
    return [Expression(where.text, Kind.YES_NO, part, where.keys) for part in where.root.parts]


def _together(where: Expression, parts: list[Expression]) -> Expression | None:
    if not parts:
        return None
    return Expression(where.text, Kind.YES_NO, conjunction(*(part.root for part in parts)), where.keys)
