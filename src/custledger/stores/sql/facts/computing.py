"""Computing facts: for some subjects one by one, for all of them in one reading of the related records."""

import json
from collections.abc import Collection, Iterable, Sequence
from itertools import groupby

from custledger.schema import Schema
from custledger.stores.sql.database import Connection, Dialect
from custledger.stores.sql.facts.registry import Fact, facts_table
from custledger.stores.sql.layout import RECORD, quoted

AT_ONCE = 10_000
"""For how many subjects facts are computed in one statement."""


def table_of(schema: Schema) -> str:
    """Return the table of facts about a type, in quotation marks."""
    return quoted(facts_table(schema.name))


def add_all(connection: Connection, schema: Schema) -> None:
    """Give every record of a type a row of facts, those of nothing, in an empty table."""
    connection.execute(f'INSERT INTO {table_of(schema)} ({RECORD}) SELECT "id" FROM {quoted(schema.name)}')


def add(connection: Connection, schema: Schema, first: int, last: int) -> None:
    """Give the records of a type whose ids lie in a range a row of facts, those of nothing, where they have none."""
    connection.execute(
        f'INSERT INTO {table_of(schema)} ({RECORD}) SELECT "id" FROM {quoted(schema.name)} '
        f'WHERE "id" BETWEEN ? AND ? ON CONFLICT ({RECORD}) DO NOTHING',
        (first, last),
    )


def remove(connection: Connection, schema: Schema, numbers: Collection[int]) -> None:
    """Take away the facts of records that are not there any more."""
    connection.executemany(
        f"DELETE FROM {table_of(schema)} WHERE {RECORD} = ? "
        f'AND NOT EXISTS (SELECT 1 FROM {quoted(schema.name)} WHERE "id" = {RECORD})',
        [(number,) for number in numbers],
    )


def compute(connection: Connection, dialect: Dialect, facts: Sequence[Fact], numbers: Iterable[int]) -> None:
    """Compute facts, all about one type, for those of these records that are there."""
    if not facts:
        return
    schema, ordered = facts[0].subject, sorted(numbers)
    columns = ", ".join(fact.column for fact in facts)
    values = ", ".join(fact.one.text for fact in facts)
    parameters = tuple(parameter for fact in facts for parameter in fact.one.parameters)
    own = quoted(schema.name)
    statement = (
        f'INSERT INTO {table_of(schema)} ({RECORD}, {columns}) SELECT {own}."id", {values} FROM {own} '
        f'WHERE {own}."id" IN ({dialect.each_integer}) {_overwriting(facts)}'
    )
    for start in range(0, len(ordered), AT_ONCE):
        connection.execute(statement, (*parameters, json.dumps(ordered[start : start + AT_ONCE])))


def compute_all(connection: Connection, facts: Sequence[Fact]) -> None:
    """Compute facts, all about one type, for every record that is referred to; the others have those of nothing."""

    def read_together(fact: Fact) -> tuple[str, str]:
        return fact.aggregate.schema.name, fact.aggregate.reference

    grouped = [fact for fact in facts if fact.sql.grouped is not None]
    for _, some in groupby(sorted(grouped, key=read_together), read_together):
        _compute_grouped(connection, list(some))
    for fact in facts:
        if fact.sql.grouped is None:
            _compute_singly(connection, fact)


def _compute_grouped(connection: Connection, facts: Sequence[Fact]) -> None:
    schema, related = facts[0].subject, facts[0].aggregate
    reference = f"r1.{quoted(related.reference)}"
    parts, made = [], []
    for fact in facts:
        grouped = fact.sql.grouped
        assert grouped is not None  # noqa: S101 - the caller chose them
        parts.append((f"v{fact.place}", grouped.value))
        if grouped.foreign is not None:
            parts.append((f"c{fact.place}", grouped.foreign))
        made.append(grouped.made)
    listed = ", ".join(f"{part.text} AS {name}" for name, part in parts)
    parameters = tuple(parameter for _, part in parts for parameter in part.parameters)
    # With the plus sign no index on the reference serves: of all records a sorted copy is read sooner than the table
    # in the order of the index.
    read = f"SELECT +{reference} AS r, {listed} FROM {quoted(related.schema.name)} AS r1 WHERE {reference} IS NOT NULL"
    connection.execute(
        f"INSERT INTO {table_of(schema)} ({RECORD}, {', '.join(fact.column for fact in facts)}) "
        f"SELECT r, {', '.join(made)} FROM ({read}) AS a WHERE 1 = 1 GROUP BY r {_overwriting(facts)}",
        parameters,
    )


def _compute_singly(connection: Connection, fact: Fact) -> None:
    own, reference = quoted(fact.subject.name), quoted(fact.aggregate.reference)
    related = quoted(fact.aggregate.schema.name)
    connection.execute(
        f'INSERT INTO {table_of(fact.subject)} ({RECORD}, {fact.column}) SELECT {own}."id", {fact.one.text} FROM {own} '
        f'WHERE {own}."id" IN (SELECT r1.{reference} FROM {related} AS r1) {_overwriting([fact])}',
        fact.one.parameters,
    )


def _overwriting(facts: Sequence[Fact]) -> str:
    written = ", ".join(f"{fact.column} = excluded.{fact.column}" for fact in facts)
    return f"ON CONFLICT ({RECORD}) DO UPDATE SET {written}"
