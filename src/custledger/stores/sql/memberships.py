"""Whom each of several conditions chooses, in one reading of the records."""

import json
from collections.abc import Iterator, Sequence

from custledger.expressions import field_expression
from custledger.expressions.fragments import Sql
from custledger.expressions.kept import Kept
from custledger.expressions.nodes import Expression, Moment
from custledger.expressions.split import split
from custledger.schema import ID, Schema
from custledger.stores.contract import Query
from custledger.stores.sql.database import Connection
from custledger.stores.sql.reading import Plan, source
from custledger.stores.sql.related import TableOf

AT_ONCE = 200
"""How many conditions one statement answers at most: databases limit how many columns it may give."""


def memberships(
    connection: Connection,
    schema: Schema,
    conditions: Sequence[Expression],
    moment: Moment,
    *,
    table_of: TableOf,
    kept: Kept | None,
) -> list[set[int]]:
    """Return the ids of those that each condition chooses, in a transaction that sees one snapshot."""
    table = table_of(schema)
    dialect = table.dialect.expressions
    shares = [split(condition, schema, dialect, moment, kept=kept, every=True) for condition in conditions]
    found: dict[int, set[int]] = {}
    pushed = [(place, one.pushed) for place, one in enumerate(shares) if one.pushed and one.left_over is None]
    for some in _together(pushed, dialect.most_values):
        listed = dialect.listed.format(value=f'{table.name}."id"')
        columns = ", ".join(f"{listed} FILTER (WHERE {where.text})" for _, where in some)
        parameters = tuple(parameter for _, where in some for parameter in where.parameters)
        (row,) = connection.execute(f"SELECT {columns} FROM {source(table, kept)}", parameters)
        for (place, _), text in zip(some, row, strict=True):
            found[place] = set(json.loads(text or "[]"))
    for place, condition in enumerate(conditions):
        if place not in found:
            query = Query(moment=moment, where=condition, columns=(field_expression(schema, schema.keys[ID]),))
            found[place] = {number for (number,) in Plan(table, query, table_of, kept).read(connection)}
    return [found[place] for place in range(len(conditions))]


def _together(pushed: Sequence[tuple[int, Sql]], most_values: int) -> Iterator[list[tuple[int, Sql]]]:
    """Yield conditions in such numbers that their values can be bound in one statement."""
    some: list[tuple[int, Sql]] = []
    bound = 0
    for one in pushed:
        count = len(one[1].parameters)
        if some and (len(some) == AT_ONCE or bound + count > most_values):
            yield some
            some, bound = [], 0
        some.append(one)
        bound += count
    if some:
        yield some
