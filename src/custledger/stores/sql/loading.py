"""Bulk loads: into a table without records, indexes and search terms are built once the rows are there.

A load that does so leaves a mark, written with its first rows and taken away with its last work. A mark that was
left behind, because the process that loaded is gone, is found by ``prepare``, which finishes the work. While there is a
mark, whoever writes leaves the search terms of the type alone, and whoever searches reads the records themselves.
"""

import os
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from custledger.changes import Changeset
from custledger.schema import Schema
from custledger.stores.sql import layout
from custledger.stores.sql.database import Connection, Dialect
from custledger.stores.sql.layout import quoted

if TYPE_CHECKING:
    from custledger.stores.sql.beside import Beside

MANY = 1000
"""How many records the first changeset of a load has, at least, for indexes to be put off."""


def marked(connection: Connection) -> frozenset[str]:
    """Return the types that are being loaded in bulk."""
    return frozenset(name for (name,) in connection.execute("SELECT type FROM custledger_loading"))


def abandoned(connection: Connection) -> list[str]:
    """Return the marked types whose loading process is gone."""
    rows = list(connection.execute("SELECT type, host, process FROM custledger_loading"))
    return [name for name, host, process in rows if host != _host() or not _is_alive(process)]


def _host() -> str:
    import socket  # every start would pay for what only a bulk load asks

    return socket.gethostname()


def _is_alive(process: int) -> bool:
    if process == os.getpid():
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def begin(connection: Connection, dialect: Dialect, changeset: Changeset, schemas: Sequence[Schema]) -> list[str]:
    """Put off the indexes of the types of a load that begins, where that pays, and return the types' names."""
    counts = {creates.type: len(creates) for creates in changeset.creates}
    chosen = []
    for schema in schemas:
        table = quoted(schema.name)
        if counts.get(schema.name, 0) < MANY or list(connection.execute(f"SELECT 1 FROM {table} LIMIT 1")):
            continue
        for name in layout.plain_indexes(schema, dialect):
            connection.execute(f"DROP INDEX IF EXISTS {quoted(name)}")
        connection.execute(
            "INSERT INTO custledger_loading (type, host, process) VALUES (?, ?, ?)", (schema.name, _host(), os.getpid())
        )
        chosen.append(schema.name)
    return chosen


def finish(
    connection: Connection, dialect: Dialect, schemas: Collection[Schema], beside: "Beside | None" = None
) -> None:
    """Build what was put off, except for search indexes that were made ``beside`` the load; take the marks away."""
    for schema in schemas:
        for statement in layout.plain_indexes(schema, dialect).values():
            connection.execute(statement)
        if schema.searchable and not (beside and beside.install(connection, schema)):
            dialect.search.rebuild(connection, schema)
        connection.execute("DELETE FROM custledger_loading WHERE type = ?", (schema.name,))
