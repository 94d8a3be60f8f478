"""Settings documents in a SQL database. A removed one keeps its row, without a value, so that its revision goes on."""

import json

import attrs

from custledger.changes import DOCUMENT_TYPE, Action, DocumentChange
from custledger.errors import ConflictError, FieldConflict
from custledger.stores.contract import Document
from custledger.stores.sql.database import Connection
from custledger.stores.sql.log import Journal
from custledger.stores.sql.tables import to_json


def document(connection: Connection, name: str) -> Document | None:
    """Return one settings document, or ``None``."""
    found = _find(connection, name)
    return found if found is not None and found.value is not None else None


def documents(connection: Connection, prefix: str) -> list[Document]:
    """Return the settings documents whose names begin with ``prefix``, in the order of their names."""
    # There are few of them, and Python's order of texts is the promised one in any database.
    rows = connection.execute("SELECT name, value, revision FROM custledger_documents WHERE value IS NOT NULL")
    found = [Document(name, json.loads(value), revision) for name, value, revision in rows if name.startswith(prefix)]
    return sorted(found, key=lambda each: each.name)


def _find(connection: Connection, name: str) -> Document | None:
    rows = connection.execute("SELECT value, revision FROM custledger_documents WHERE name = ?", (name,))
    for value, revision in list(rows):
        return Document(name, None if value is None else json.loads(value), revision)
    return None


def write_document(connection: Connection, journal: Journal, change: DocumentChange) -> DocumentChange:
    """Write one document, note it, and return the change as it landed. Raises ``ConflictError``."""
    old = _find(connection, change.name)
    value = old.value if old else None
    revision = old.revision if old and value is not None else 0
    if change.revision != revision:
        conflict = FieldConflict("value", change.before, change.after, value)
        raise ConflictError(f"The setting {change.name}", (conflict,))
    connection.execute(
        "INSERT INTO custledger_documents (name, value, revision) VALUES (?, ?, ?) "
        "ON CONFLICT (name) DO UPDATE SET value = excluded.value, revision = excluded.revision",
        (change.name, None if change.after is None else to_json(change.after), (old.revision if old else 0) + 1),
    )
    actions = {(True, False): Action.REMOVE, (False, True): Action.CREATE}
    action = actions.get((change.after is None, value is None), Action.UPDATE)
    journal.note(DOCUMENT_TYPE, action, 0, before={"name": change.name, "value": value, "revision": revision})
    return attrs.evolve(change, before=value)
