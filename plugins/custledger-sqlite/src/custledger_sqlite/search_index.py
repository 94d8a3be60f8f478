"""The search index: one contentless FTS5 table a record type, fed with terms that are made beforehand.

SQLite's own tokenisers do not find Chinese words of two characters, so ``custledger.search`` makes the terms. The
``ascii`` tokeniser takes them apart at the spaces between them, and leaves everything beyond ASCII as it is. Neither
positions nor texts are kept: whether a candidate matches is decided by the records themselves.

FTS5 is made for many rows at once: to write a single one costs it a millisecond. So the records that were written
one by one are only noted as *stale*, and read through by whoever searches; when there are some dozens of them, they are
indexed together.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from custledger.schema import Row, Schema
from custledger.stores.sql.database import Connection
from custledger.stores.sql.layout import quoted

MOST_STALE = 50
"""How many records are noted as stale before they are indexed."""

_BATCH = 1000
_TOGETHER = 250
_BULK_MEMORY = 8 << 20
_USUAL_MEMORY = 1 << 20


class Fts5Index:
    """The search index of the SQLite store."""

    def create(self, connection: Connection, schema: Schema) -> None:
        """Make the index, if it is not there."""
        connection.execute(
            f"CREATE VIRTUAL TABLE IF NOT EXISTS {_table(schema.name)} "
            "USING fts5(terms, content='', contentless_delete=1, detail=none, tokenize='ascii')"
        )
        connection.execute(f"CREATE TABLE IF NOT EXISTS {_stale(schema.name)} (id INTEGER PRIMARY KEY) STRICT")

    def put(self, connection: Connection, name: str, rows: Iterable[tuple[int, str]]) -> None:
        """Add the terms of many new records: ``(id, terms)``."""
        _insert(connection, name, list(rows))

    def touch(self, connection: Connection, name: str, number: int) -> bool:
        """Note that one record is stale; return whether so many are that it is time for ``refresh``."""
        stale = _stale(name)
        connection.execute(f"INSERT OR IGNORE INTO {stale} (id) VALUES (?)", (number,))
        ((count,),) = connection.execute(f"SELECT count(*) FROM {stale}")
        return bool(count > MOST_STALE)

    def stale(self, connection: Connection, name: str) -> Sequence[int]:
        """Return the ids of the records of which the index knows nothing true, the largest first."""
        return [number for (number,) in connection.execute(f"SELECT id FROM {_stale(name)} ORDER BY id DESC")]

    def warm_up(self) -> None:
        """Import what makes terms, before others have to wait for it."""
        _terms(())

    def refresh(self, connection: Connection, schema: Schema) -> None:
        """Index the stale records, some hundred at a time."""
        stale, table = _stale(schema.name), _table(schema.name)
        some = f"SELECT id FROM {stale} ORDER BY id LIMIT {_BATCH}"
        while list(connection.execute(f"SELECT 1 FROM {stale} LIMIT 1")):
            connection.execute(f"DELETE FROM {table} WHERE rowid IN ({some})")
            texts = f'SELECT {_texts(schema)} FROM {quoted(schema.name)} WHERE "id" IN ({some}) ORDER BY "id"'
            _insert(connection, schema.name, _terms(list(connection.execute(texts))))
            connection.execute(f"DELETE FROM {stale} WHERE id IN ({some})")

    def rebuild(self, connection: Connection, schema: Schema) -> None:
        """Forget everything and read every record of the type anew, in steps of some hundred."""
        table = _table(schema.name)
        connection.execute(f"DELETE FROM {_stale(schema.name)}")
        connection.execute(f"INSERT INTO {table} ({table}) VALUES ('delete-all')")
        connection.execute(f"INSERT INTO {table} ({table}, rank) VALUES ('hashsize', ?)", (_BULK_MEMORY,))
        _index_all(connection, schema)
        connection.execute(f"INSERT INTO {table} ({table}, rank) VALUES ('hashsize', ?)", (_USUAL_MEMORY,))

    def find(self, connection: Connection, name: str, terms: Sequence[str]) -> Iterable[tuple[int]]:
        """Yield ``(id,)`` of the records that have every term, the largest first; ``*`` ends a beginning."""
        query = " AND ".join(f'"{term[:-1]}"*' if term.endswith("*") else f'"{term}"' for term in terms)
        table = _table(name)
        found: Iterator[tuple[int]] = iter(
            connection.execute(f"SELECT rowid FROM {table} WHERE {table} MATCH ? ORDER BY rowid DESC", (query,))
        )
        return found


def _index_all(connection: Connection, schema: Schema) -> None:
    """Index every record of a type: SQLite takes in one batch while the terms of the next are made.

    SQLite works outside Python's lock, so the two use two processors where there are two.
    """
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 - of use to bulk loads only

    batches = _batches(connection, schema)
    with ThreadPoolExecutor(max_workers=1) as beside:
        made = _terms(next(batches, []))
        while made:
            rows = next(batches, [])
            inserting = beside.submit(_insert, connection, schema.name, made)
            made = _terms(rows)
            inserting.result()


def _batches(connection: Connection, schema: Schema) -> Iterator[list[Row]]:
    statement = f'SELECT {_texts(schema)} FROM {quoted(schema.name)} WHERE "id" > ? ORDER BY "id" LIMIT {_BATCH}'
    last = -1
    while rows := list(connection.execute(statement, (last,))):
        yield rows
        last = rows[-1][0]


def _terms(rows: Sequence[Row]) -> list[tuple[int, str]]:
    """Return ``(id, terms)`` of rows that were read with ``_texts``."""
    from custledger.search import terms_of_many  # noqa: PLC0415 - 20 ms of patterns, of no use to reading

    made = terms_of_many(["\0".join(filter(None, row[1:])) for row in rows])
    return list(zip((row[0] for row in rows), made, strict=True))


def _insert(connection: Connection, name: str, rows: Sequence[tuple[int, str]]) -> None:
    """Insert terms, some hundred rows a statement."""
    for start in range(0, len(rows), _TOGETHER):
        some = rows[start : start + _TOGETHER]
        marks = ", ".join(["(?, ?)"] * len(some))
        connection.execute(
            f"INSERT INTO {_table(name)} (rowid, terms) VALUES {marks}", tuple(chain.from_iterable(some))
        )


def _table(name: str) -> str:
    return quoted(f"{name}__search")


def _stale(name: str) -> str:
    return quoted(f"{name}__search_stale")


def _texts(schema: Schema) -> str:
    """Return the id and the searched columns, as SELECT names them."""
    return ", ".join(['"id"', *(quoted(field.key) for field in schema.searchable)])
