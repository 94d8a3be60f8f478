"""Text search in a SQL database: the index finds candidates, ``custledger.search`` says which of them match."""

import heapq
import itertools
from collections.abc import Collection, Iterable, Iterator, Sequence

from custledger.schema import Schema
from custledger.search import Wanted
from custledger.stores.contract import Hit
from custledger.stores.sql.database import Connection, SearchIndex
from custledger.stores.sql.layout import quoted

_TOGETHER = 500


def searched(
    connection: Connection,
    index: SearchIndex,
    text: str,
    schemas: Sequence[Schema],
    limit: int,
    *,
    unindexed: Collection[str],
) -> list[Hit]:
    """Return the newest records that match, type after type. Types in ``unindexed`` are read through.

    The connection must hold one snapshot for all of it.
    """
    wanted = Wanted.of(text)
    hits: list[Hit] = []
    for schema in schemas if wanted.terms else ():
        if schema.searchable and len(hits) < limit:
            every = schema.name in unindexed
            found = _read_through(connection, wanted, schema) if every else _found(connection, index, wanted, schema)
            hits += [Hit(schema.name, number) for number in itertools.islice(found, limit - len(hits))]
    return hits


def _read_through(connection: Connection, wanted: Wanted, schema: Schema) -> Iterator[int]:
    """Yield the ids of the matching records of one type, the largest first, without the index."""
    texts = ", ".join(quoted(field.key) for field in schema.searchable)
    for number, *values in connection.execute(f'SELECT "id", {texts} FROM {quoted(schema.name)} ORDER BY "id" DESC'):
        if wanted.occurs_in(values):
            yield number


def _found(connection: Connection, index: SearchIndex, wanted: Wanted, schema: Schema) -> Iterator[int]:
    """Yield the ids of the matching records of one type, the largest first."""
    stale = index.stale(connection, schema.name)
    unknown = frozenset(stale)
    candidates = (number for (number,) in index.find(connection, schema.name, wanted.terms) if number not in unknown)
    known = candidates if wanted.exact else _matching(connection, candidates, wanted, schema)
    return heapq.merge(known, _matching_at_once(connection, stale, wanted, schema), reverse=True) if stale else known


def _matching(connection: Connection, numbers: Iterable[int], wanted: Wanted, schema: Schema) -> Iterator[int]:
    """Yield those of ``numbers`` whose records are there and match."""
    texts = ", ".join(quoted(field.key) for field in schema.searchable)
    statement = f'SELECT {texts} FROM {quoted(schema.name)} WHERE "id" = ?'
    for number in numbers:
        for values in list(connection.execute(statement, (number,))):
            if wanted.occurs_in(values):
                yield number


def _matching_at_once(connection: Connection, numbers: Sequence[int], wanted: Wanted, schema: Schema) -> list[int]:
    """Return those of ``numbers``, mostly some dozens, whose records are there and match, in the order given."""
    texts = ", ".join(quoted(field.key) for field in schema.searchable)
    found: list[int] = []
    for start in range(0, len(numbers), _TOGETHER):
        some = numbers[start : start + _TOGETHER]
        marks = ", ".join("?" * len(some))
        statement = f'SELECT "id", {texts} FROM {quoted(schema.name)} WHERE "id" IN ({marks}) ORDER BY "id" DESC'
        found += [number for number, *values in connection.execute(statement, some) if wanted.occurs_in(values)]
    return found
