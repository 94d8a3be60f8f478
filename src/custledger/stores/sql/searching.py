"""Text search in a SQL database: the index finds candidates, ``custledger.search`` says which of them match."""

from collections.abc import Collection, Iterable, Iterator, Sequence

from custledger.schema import Schema
from custledger.search import Wanted
from custledger.stores.contract import Hit
from custledger.stores.sql.database import Connection, SearchIndex
from custledger.stores.sql.layout import quoted


def searched(
    connection: Connection, index: SearchIndex, text: str, schemas: Sequence[Schema], limit: int,
    unindexed: Collection[str],
) -> list[Hit]:
    """Return the newest records that match, type after type. Types in ``unindexed`` are read through."""
    wanted = Wanted.of(text)
    hits: list[Hit] = []
    for schema in schemas if wanted.terms else ():
        if schema.searchable and len(hits) < limit:
            found = _found(connection, index, wanted, schema, indexed=schema.name not in unindexed)
            hits += [Hit(schema.name, number) for number, _ in zip(found, range(limit - len(hits)), strict=False)]
    return hits


def _found(
    connection: Connection, index: SearchIndex, wanted: Wanted, schema: Schema, *, indexed: bool
) -> Iterator[int]:
    """Yield the ids of the matching records of one type, the largest first."""
    if not indexed:
        texts = ", ".join(quoted(field.key) for field in schema.searchable)
        everything = connection.execute(f'SELECT "id", {texts} FROM {quoted(schema.name)} ORDER BY "id" DESC')
        for number, *values in everything:
            if wanted.occurs_in(values):
                yield number
        return
    candidates = index.find(connection, schema.name, wanted.terms)
    if wanted.exact:
        for (number,) in candidates:
            yield number
        return
    yield from _filtered(connection, candidates, wanted, schema)


def _filtered(
    connection: Connection, candidates: Iterable[tuple[int]], wanted: Wanted, schema: Schema
) -> Iterator[int]:
    texts = ", ".join(quoted(field.key) for field in schema.searchable)
    statement = f'SELECT {texts} FROM {quoted(schema.name)} WHERE "id" = ?'
    for (number,) in candidates:
        for values in list(connection.execute(statement, (number,))):
            if wanted.occurs_in(values):
                yield number
