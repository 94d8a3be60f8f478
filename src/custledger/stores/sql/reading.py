"""Reading from a SQL database: what of a query the database does, and what is done here to what it returns."""

import itertools
import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from custledger import expressions
from custledger.expressions.fragments import Sql, all_of
from custledger.expressions.split import split
from custledger.expressions.sql import compile_after_segments, compile_column, compile_order
from custledger.schema import ID, Row, Schema
from custledger.stores.contract import Query
from custledger.stores.grouping import tallied
from custledger.stores.sql.database import Connection
from custledger.stores.sql.layout import LIST_KINDS, RECORD, quoted
from custledger.stores.sql.related import ReadRelated, TableOf
from custledger.stores.sql.tables import Table

if TYPE_CHECKING:
    from custledger.expressions.kept import Kept


class Plan:
    """How a query is answered.

    Where the database can do all of it, ``statements`` do, run one after the other until the limit is reached.
    Where something is left over, one statement reads the whole rows that may matter, and ``rows`` does the rest.
    ``kept`` are the facts that can be read in the snapshot in which it will be answered.
    """

    def __init__(self, table: Table, query: Query, table_of: TableOf, kept: "Kept | None" = None) -> None:
        self._kept = kept
        self._table = table
        self._table_of = table_of
        self._query = query
        self._dialect = table.dialect.expressions
        self._order = [(key.expression, key.descending) for key in query.order]
        # With a limit, or an id, few of the records may have to be looked at.
        every = query.limit is None and not (query.where and table.schema.keys[ID] in query.where.keys)
        share = split(query.where, table.schema, self._dialect, query.moment, kept=kept, every=every)
        self._pushed = share.pushed
        self._left_over = share.left_over
        whole = self._whole()
        self.is_whole = whole is not None
        self.statements = whole or (self._statement(Sql(table.columns), self._pushed, self._by_id()),)

    def _whole(self) -> tuple[Sql, ...] | None:
        """Return the statements that answer the query exactly, or ``None``."""
        query, schema = self._query, self._table.schema
        order = compile_order(self._order, schema, self._dialect, query.moment, kept=self._kept)
        columns = self._columns()
        order = self._by_id() if not self._order else order
        if self._left_over is not None or order is None or columns is None:
            return None
        if query.after is None:
            return (self._statement(columns, self._pushed, order, query.limit),)
        segments = compile_after_segments(
            self._order, query.after, schema, self._dialect, query.moment, kept=self._kept
        )
        if segments is None:
            return None
        pushed = [self._pushed] if self._pushed else []
        return tuple(
            self._statement(columns, all_of([part.where, *pushed]), part.order, query.limit) for part in segments
        )

    @property
    def _asks_facts_only(self) -> bool:
        """Whether it is only facts that say which records are chosen: then their narrow table is read through."""
        where = self._query.where
        return self._kept is not None and self._kept.used and where is not None and not where.keys

    def _by_id(self) -> Sql:
        """Return the order of the ids, as the table that is read through has it."""
        if self._kept is not None and self._asks_facts_only:
            return Sql(f"{quoted(self._kept.table)}.{RECORD}")
        return Sql(f'{self._table.name}."id"')

    def _columns(self) -> Sql | None:
        if self._query.columns is None:
            return Sql(self._table.columns)
        made = [
            compile_column(column, self._table.schema, self._dialect, self._query.moment, kept=self._kept)
            for column in self._query.columns
        ]
        found = [column for column in made if column is not None]
        if len(found) < len(made):
            return None
        parameters = tuple(parameter for column in found for parameter in column.parameters)
        return Sql(", ".join(column.text for column in found), parameters)

    def _statement(self, columns: Sql, where: Sql | None, order: Sql, limit: int | None = None) -> Sql:
        tables = source(self._table, self._kept, through_facts=self._asks_facts_only)
        text, parameters = f"SELECT {columns.text} FROM {tables}", columns.parameters
        if where is not None:
            text, parameters = f"{text} WHERE {where.text}", parameters + where.parameters
        text, parameters = f"{text} ORDER BY {order.text}", parameters + order.parameters
        return Sql(f"{text} LIMIT ?", (*parameters, limit)) if limit is not None else Sql(text, parameters)

    def read(self, connection: Connection) -> Iterator[Row]:
        """Return the answer; the caller holds a transaction that sees one snapshot."""
        read = (connection.execute(each.text, each.parameters) for each in self.statements)
        return self.rows(itertools.chain.from_iterable(read), connection)

    def rows(self, read: Iterator[Row], connection: Connection) -> Iterator[Row]:
        """Return the answer, from what the statements yield; related records are read from the same snapshot."""
        if not self.is_whole:
            return self._finished(self._table.rows(read), ReadRelated(connection, self._table_of))
        rows = self._table.rows(read) if self._query.columns is None else self._with_lists(read)
        # A second statement may yield what is beyond the limit; one alone cannot.
        return itertools.islice(rows, self._query.limit) if len(self.statements) > 1 else rows

    def _with_lists(self, read: Iterator[Row]) -> Iterator[Row]:
        """Return selected columns in their plain form."""
        places = frozenset(place for place, column in enumerate(self._query.columns or ()) if column.kind in LIST_KINDS)
        return (
            (tuple(_listed(value) if place in places else value for place, value in enumerate(row)) for row in read)
            if places
            else read
        )

    def _finished(self, rows: Iterator[Row], related: ReadRelated) -> Iterator[Row]:
        """Do to whole rows, in the order of their ids, what the database could not."""
        query, schema = self._query, self._table.schema
        if self._left_over is not None:
            rows = filter(expressions.evaluator(self._left_over, schema, query.moment, related), rows)
        if self._order:
            rows = iter(sorted(rows, key=expressions.sort_key(self._order, schema, query.moment, related)))
        if query.after is not None:
            rows = filter(expressions.after_filter(self._order, query.after, schema, query.moment, related), rows)
        rows = itertools.islice(rows, query.limit)
        if query.columns is None:
            return rows
        columns = [expressions.evaluator(column, schema, query.moment, related) for column in query.columns]
        return (tuple(column(row) for column in columns) for row in rows)


def source(table: Table, kept: "Kept | None", *, through_facts: bool = False) -> str:
    """Return what stands behind FROM: the table, and that of its facts where some are looked at.

    ``through_facts`` reads through the latter and looks up the records, which the plus sign tells the database.
    """
    if kept is None or not kept.used:
        return table.name
    record = f"{quoted(kept.table)}.{RECORD}"
    return f'{table.name} JOIN {quoted(kept.table)} ON {"+" if through_facts else ""}{record} = {table.name}."id"'


def _listed(text: str | None) -> tuple[str, ...] | None:
    return None if text is None else tuple(json.loads(text))


def counted(
    connection: Connection, schema: Schema, query: Query, table_of: TableOf, kept: "Kept | None" = None
) -> list[tuple[Any, ...]]:
    """Return ``[(value of each column …, count)]`` of what a query chooses; see ``Store.count``."""
    table, where, by, moment = table_of(schema), query.where, query.columns or (), query.moment
    share = split(where, table.schema, table.dialect.expressions, moment, kept=kept, every=True)
    columns = [compile_column(column, table.schema, table.dialect.expressions, moment, kept=kept) for column in by]
    grouped = [column for column in columns if column is not None]
    if share.left_over is not None or len(grouped) < len(columns):
        rows = Plan(table, query, table_of, kept).read(connection)
        return tallied(((row, 1) for row in rows), by) or ([] if by else [(0,)])
    text, parameters = _count_statement(table, kept, grouped, share.pushed)
    places = frozenset(place for place, column in enumerate(by) if column.kind in LIST_KINDS)
    read = connection.execute(text, parameters)
    groups = (
        (tuple(_listed(value) if place in places else value for place, value in enumerate(row[:-1])), row[-1])
        for row in read
    )
    return tallied(groups, by)


def _count_statement(
    table: Table, kept: "Kept | None", grouped: Sequence[Sql], where: Sql | None
) -> tuple[str, tuple[Any, ...]]:
    """Return the statement that counts by the exact values; which of them compare equal is decided here, not there."""
    parameters = tuple(parameter for column in grouped for parameter in column.parameters)
    listed = "".join(f"{column.text}, " for column in grouped)
    text = f"SELECT {listed}count(*) FROM {source(table, kept)}"
    if where is not None:
        text, parameters = f"{text} WHERE {where.text}", parameters + where.parameters
    if grouped:
        text += f" GROUP BY {', '.join(str(place) for place in range(1, len(grouped) + 1))}"
    return text, parameters
