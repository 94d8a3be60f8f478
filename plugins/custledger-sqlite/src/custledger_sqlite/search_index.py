"""The search index: one contentless FTS5 table a record type, fed with terms that are made beforehand.

SQLite's own tokenisers do not find Chinese words of two characters, so ``custledger.search`` makes the terms. The
``ascii`` tokeniser takes them apart at the spaces between them, and leaves everything beyond ASCII as it is. Neither
positions nor texts are kept: whether a candidate matches is decided by the records themselves.

FTS5 is made for many rows at once: to write a single one costs it a millisecond. So the records that were written
one by one are only noted as *stale*, and read through by whoever searches; when there are some dozens of them, they are
indexed together.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any

from custledger.schema import Row, Schema
from custledger.stores.sql.database import Connection
from custledger.stores.sql.layout import quoted

if TYPE_CHECKING:
    from custledger_sqlite.search_builder import SearchBuilder

MOST_STALE = 50
"""How many records are noted as stale before they are indexed."""

COLUMNS: Mapping[str, Sequence[str]] = {
    "data": ("id", "block"),
    "idx": ("segid", "term", "pgno"),
    "docsize": ("id", "sz", "origin"),
}
"""The tables in which FTS5 keeps an index, by the ends of their names; its settings lie in another one."""

BYTES = frozenset({"block", "term", "sz"})
"""Those of the columns that hold bytes."""

_BATCH = 1000
_TOGETHER = 250
_BULK = {"hashsize": 8 << 20, "automerge": 0}
_USUAL = {"hashsize": 1 << 20, "automerge": 4}
"""Settings of FTS5. While much is written, segments are merged once there are sixteen, and not a few at a time."""


class Fts5Index:
    """The search index of the SQLite store."""

    def create(self, connection: Connection, schema: Schema) -> None:
        """Make the index, if it is not there."""
        make_table(connection, schema.name)
        connection.execute(f"CREATE TABLE IF NOT EXISTS {_stale(schema.name)} (id INTEGER PRIMARY KEY) STRICT")

    def put(self, connection: Connection, name: str, rows: Iterable[tuple[int, str]]) -> None:
        """Add the terms of many new records: ``(id, terms)``."""
        insert(connection, name, list(rows))

    def builder(self) -> "SearchBuilder":
        """Return what makes an index while the records land."""
        from custledger_sqlite.search_builder import SearchBuilder  # of use to bulk loads only

        return SearchBuilder()

    def touch(self, connection: Connection, name: str, numbers: Collection[int]) -> bool:
        """Note that records are stale; return whether so many are that it is time for ``refresh``."""
        stale = _stale(name)
        connection.executemany(f"INSERT OR IGNORE INTO {stale} (id) VALUES (?)", ((number,) for number in numbers))
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
            insert(connection, schema.name, _terms(list(connection.execute(texts))))
            connection.execute(f"DELETE FROM {stale} WHERE id IN ({some})")

    def rebuild(self, connection: Connection, schema: Schema) -> None:
        """Forget everything and read every record of the type anew, in steps of some hundred."""
        table = _table(schema.name)
        connection.execute(f"DELETE FROM {_stale(schema.name)}")
        connection.execute(f"INSERT INTO {table} ({table}) VALUES ('delete-all')")
        quicken(connection, schema.name)
        _index_all(connection, schema)
        _set(connection, schema.name, _USUAL)

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
    from concurrent.futures import ThreadPoolExecutor  # of use to bulk loads only

    batches = _batches(connection, schema)
    with ThreadPoolExecutor(max_workers=1) as beside:
        made = _terms(next(batches, []))
        while made:
            rows = next(batches, [])
            inserting = beside.submit(insert, connection, schema.name, made)
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
    from custledger.search import terms_of_many  # 20 ms of patterns, of no use to reading

    made = terms_of_many(["\0".join(filter(None, row[1:])) for row in rows])
    return list(zip((row[0] for row in rows), made, strict=True))


def make_table(connection: Connection, name: str) -> None:
    """Make the index of a type, if it is not there."""
    connection.execute(
        f"CREATE VIRTUAL TABLE IF NOT EXISTS {_table(name)} "
        "USING fts5(terms, content='', contentless_delete=1, detail=none, tokenize='ascii')"
    )


def remake(connection: Connection, name: str) -> None:
    """Make the index of a type anew and empty, and nothing stale."""
    connection.execute(f"DELETE FROM {_stale(name)}")
    connection.execute(f"DROP TABLE {_table(name)}")
    make_table(connection, name)


def fill(connection: Connection, name: str, shadow: str, rows: Iterable[Sequence[Any]]) -> None:
    """Insert rows of a table behind the index, with bytes as hexadecimal digits, as another index has made them.

    That one must be of the same SQLite.
    """
    columns = COLUMNS[shadow]
    marks = ", ".join("unhex(?)" if column in BYTES else "?" for column in columns)
    table = quoted(f"{name}__search_{shadow}")
    connection.executemany(f"INSERT OR REPLACE INTO {table} ({', '.join(columns)}) VALUES ({marks})", rows)


def quicken(connection: Connection, name: str) -> None:
    """Set the index to taking much at once."""
    _set(connection, name, _BULK)


def _set(connection: Connection, name: str, settings: Mapping[str, int]) -> None:
    table = _table(name)
    for setting, value in settings.items():
        connection.execute(f"INSERT INTO {table} ({table}, rank) VALUES (?, ?)", (setting, value))


def insert(connection: Connection, name: str, rows: Sequence[tuple[int, str]]) -> None:
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
