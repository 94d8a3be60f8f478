"""The search index: one contentless FTS5 table a record type, fed with terms that are made beforehand.

SQLite's own tokenisers do not find Chinese words of two characters, so ``custledger.search`` makes the terms. The
``ascii`` tokeniser takes them apart at the spaces between them, and leaves everything beyond ASCII as it is. Neither
positions nor texts are kept: whether a candidate matches is decided by the records themselves.
"""

from collections.abc import Iterable, Sequence

from custledger.schema import Schema
from custledger.search import terms_of_many
from custledger.stores.sql.database import Connection
from custledger.stores.sql.layout import quoted

_BATCH = 2000


class Fts5Index:
    """The search index of the SQLite store."""

    def create(self, connection: Connection, schema: Schema) -> None:
        """Make the index, if it is not there."""
        connection.execute(
            f"CREATE VIRTUAL TABLE IF NOT EXISTS {_table(schema.name)} "
            "USING fts5(terms, content='', contentless_delete=1, detail=none, tokenize='ascii')"
        )

    def put(self, connection: Connection, name: str, rows: Iterable[tuple[int, str]]) -> None:
        """Add the terms of new records: ``(id, terms)``."""
        connection.executemany(f"INSERT INTO {_table(name)} (rowid, terms) VALUES (?, ?)", rows)

    def remove(self, connection: Connection, name: str, number: int) -> None:
        """Forget one record; nothing happens where it is not known."""
        connection.execute(f"DELETE FROM {_table(name)} WHERE rowid = ?", (number,))

    def rebuild(self, connection: Connection, schema: Schema) -> None:
        """Forget everything and read every record of the type anew, in steps of a few thousand."""
        table = _table(schema.name)
        connection.execute(f"INSERT INTO {table} ({table}) VALUES ('delete-all')")
        texts = ", ".join(quoted(field.key) for field in schema.searchable)
        statement = f'SELECT "id", {texts} FROM {quoted(schema.name)} WHERE "id" > ? ORDER BY "id" LIMIT {_BATCH}'
        last = -1
        while rows := list(connection.execute(statement, (last,))):
            made = terms_of_many(["\0".join(filter(None, row[1:])) for row in rows])
            self.put(connection, schema.name, zip((row[0] for row in rows), made, strict=True))
            last = rows[-1][0]

    def find(self, connection: Connection, name: str, terms: Sequence[str]) -> Iterable[tuple[int]]:
        """Yield ``(id,)`` of the records that have every term, the largest first; ``*`` ends a beginning."""
        query = " AND ".join(f'"{term[:-1]}"*' if term.endswith("*") else f'"{term}"' for term in terms)
        table = _table(name)
        return connection.execute(f"SELECT rowid FROM {table} WHERE {table} MATCH ? ORDER BY rowid DESC", (query,))


def _table(name: str) -> str:
    return quoted(f"{name}__search")
