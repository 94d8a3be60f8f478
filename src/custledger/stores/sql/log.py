"""The log in a SQL database: operations, their changesets, and an entry for each change or run of creates."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from custledger.changes import DOCUMENT_TYPE, Action, Changeset, LogEntry, Operation
from custledger.ids import RANDOM_BITS
from custledger.marks import MarkChange, TagMark
from custledger.stores.sql.database import Connection
from custledger.stores.sql.tables import to_json

AT_ONCE = 500
"""How many ids are asked for in one statement."""

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode

FEW = 8
"""Up to how many old values are written without an encoder, which takes longer to set up than they to write."""

LONGEST_RUN = 1 << (RANDOM_BITS - 1)
"""How many records one run of creates has at most."""

MARKS = "#marks"
"""Under which key the old values of an entry hold its marks, as ``[field, source, before, after]`` each."""

_ENTRY = "l.cursor, l.changeset, c.operation, c.at, l.type, l.action, l.record, l.count, l.digests, l.before"
_OPERATION = "o.id, o.verb, o.actor, o.at, o.reason, o.undoes, o.about"


class Journal:
    """Collects the log entries of one changeset, and writes them when it lands."""

    def __init__(self) -> None:
        self._entries: list[tuple[Any, ...]] = []

    def note(
        self,
        type_name: str,
        action: Action,
        record: int,
        *,
        count: int = 1,
        digests: bytes = b"",
        before: Mapping[str, Any] | None = None,
        marks: Sequence[MarkChange] = (),
    ) -> None:
        """Note one change, or one run of creates."""
        written: str | None
        if marks:
            written = _encode({**(before or {}), MARKS: [_written(one) for one in marks]})
        elif before is not None and len(before) > FEW:
            written = _encode(before)
        else:
            written = None if before is None else to_json(dict(before))
        self._entries.append((type_name, action.value, record, count, digests, written))

    def write(self, connection: Connection, changeset: Changeset, number: int, cursor: int) -> None:
        """Write the operation, the changeset as number ``number``, and its entries after ``cursor``."""
        operation = changeset.operation
        first = _write_operation(connection, operation, number)
        connection.execute(
            "INSERT INTO custledger_changesets (number, operation, later, at, place, first_cursor, last_cursor) "
            "VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                number,
                operation.id,
                int(first != number),
                operation.at,
                changeset.place,
                cursor + 1,
                cursor + len(self._entries),
            ),
        )
        entries = ((cursor + place, number, *entry) for place, entry in enumerate(self._entries, 1))
        connection.executemany(
            "INSERT INTO custledger_log (cursor, changeset, type, action, record, count, digests, before) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            entries,
        )


def _write_operation(connection: Connection, operation: Operation, number: int) -> int:
    """Write an operation, and return its first changeset; a later one may bring more to tell."""
    written = connection.execute(
        "INSERT INTO custledger_operations (id, first_changeset, verb, actor, at, reason, undoes, about) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (id) DO UPDATE SET reason = excluded.reason, about = excluded.about RETURNING first_changeset",
        (
            operation.id,
            number,
            operation.verb,
            operation.actor,
            operation.at,
            operation.reason,
            operation.undoes,
            to_json(dict(operation.about)),
        ),
    )
    ((first,),) = written
    return int(first)


def entries(
    connection: Connection,
    *,
    since: int,
    record: tuple[str, int] | None,
    operation: int | None,
    newest_first: bool,
    limit: int | None,
) -> list[LogEntry]:
    """Return log entries; see ``Store.log``."""
    if operation is not None and record is None:
        return _of_operation(connection, operation, since=since, newest_first=newest_first, limit=limit)
    conditions, parameters = ["l.cursor > ?"], [since]
    if record is not None:
        conditions.append(
            "l.cursor IN (SELECT cursor FROM custledger_log WHERE type = ? AND record = ? UNION ALL "
            "SELECT cursor FROM custledger_log WHERE type = ? AND count > 1 AND record BETWEEN ? AND ? "
            "AND record + count > ?)"
        )
        name, number = record
        parameters += [name, number, name, number - LONGEST_RUN, number, number]  # type: ignore[list-item]
    if operation is not None:
        conditions.append(
            "c.number IN (SELECT first_changeset FROM custledger_operations WHERE id = ? UNION ALL "
            "SELECT number FROM custledger_changesets WHERE operation = ? AND later = 1)"
        )
        parameters += [operation, operation]
    direction = "DESC" if newest_first else "ASC"
    source = "custledger_log AS l JOIN custledger_changesets AS c ON c.number = l.changeset"
    statement = f"SELECT {_ENTRY} FROM {source} WHERE {' AND '.join(conditions)} ORDER BY l.cursor {direction}"
    if limit is not None:
        statement += " LIMIT ?"
        parameters.append(limit)
    return [_entry(row) for row in connection.execute(statement, parameters)]


def _of_operation(
    connection: Connection, operation: int, *, since: int, newest_first: bool, limit: int | None
) -> list[LogEntry]:
    """Return entries of one operation, changeset after changeset, so that a page costs no more than what is in it."""
    direction = "DESC" if newest_first else "ASC"
    changesets = connection.execute(
        "SELECT number, first_cursor, last_cursor FROM custledger_changesets WHERE last_cursor > ? AND number IN "
        "(SELECT first_changeset FROM custledger_operations WHERE id = ? UNION ALL "
        f"SELECT number FROM custledger_changesets WHERE operation = ? AND later = 1) ORDER BY number {direction}",
        (since, operation, operation),
    )
    statement = (
        f"SELECT {_ENTRY} FROM custledger_log AS l JOIN custledger_changesets AS c ON c.number = ? "
        f"WHERE l.cursor BETWEEN ? AND ? ORDER BY l.cursor {direction} LIMIT ?"
    )
    found: list[LogEntry] = []
    for number, first, last in list(changesets):
        left = last - first + 1 if limit is None else limit - len(found)
        if left <= 0 and limit is not None:
            break
        found += map(_entry, connection.execute(statement, (number, max(first, since + 1), last, left)))
    return found


def _entry(row: Sequence[Any]) -> LogEntry:
    cursor, changeset, operation, at, name, action, record, count, digests, before = row
    values = None if before is None else json.loads(before)
    marks = values.pop(MARKS, ()) if values and name != DOCUMENT_TYPE else ()
    return LogEntry(
        cursor=cursor,
        changeset=changeset,
        operation=operation,
        at=at,
        type=name,
        action=Action(action),
        record=record,
        count=count,
        digests=digests,
        before=None if values is None else _before(name, values),
        marks=tuple(_mark_change(*one) for one in marks),
    )


def _written(change: MarkChange) -> list[Any]:
    """Return a change of a mark as JSON holds it; of what it became only what it says."""
    before, after = change.before, change.after
    mark = before or after
    return [
        mark and mark.field,
        mark and mark.source,
        before and [before.tag, int(before.refused), before.actor, before.at],
        after and [after.tag, int(after.refused)],
    ]


def _mark_change(field: str, source: str, before: Any, after: Any) -> MarkChange:
    old, new = (mark and TagMark(field, mark[0], source, bool(mark[1]), *mark[2:]) for mark in (before, after))
    return MarkChange(old, new)


def _before(name: str, values: dict[str, Any]) -> dict[str, Any]:
    """Return old values in their plain form, which has tuples where JSON has lists."""
    if name == DOCUMENT_TYPE:
        return values
    return {key: tuple(value) if isinstance(value, list) else value for key, value in values.items()}


def operations(connection: Connection, ids: Iterable[int], limit: int | None) -> list[Operation]:
    """Return operations, newest first; those of ``ids`` only, if any are named."""
    wanted = list(ids)
    if wanted:
        marks = ", ".join("?" * len(wanted))
        statement = (
            f"SELECT {_OPERATION} FROM custledger_operations AS o WHERE id IN ({marks}) ORDER BY first_changeset DESC"
        )
    else:
        statement = (
            f"SELECT {_OPERATION} FROM custledger_changesets AS c JOIN custledger_operations AS o "
            "ON o.id = c.operation WHERE c.later = 0 ORDER BY c.number DESC"
        )
    if limit is not None:
        statement += " LIMIT ?"
        wanted.append(limit)
    return [_operation(row) for row in connection.execute(statement, wanted)]


def _operation(row: Sequence[Any]) -> Operation:
    number, verb, actor, at, reason, undoes, about = row
    return Operation(id=number, verb=verb, actor=actor, at=at, reason=reason, undoes=undoes, about=json.loads(about))


def removals(connection: Connection, name: str, table: str, ids: Sequence[int]) -> dict[int, int]:
    """Return, of those of these ids that are not in the table, the id of the operation that removed each."""
    found: dict[int, int] = {}
    for start in range(0, len(ids), AT_ONCE):
        some = ids[start : start + AT_ONCE]
        statement = (
            "SELECT l.record, c.operation FROM custledger_log AS l "
            "JOIN custledger_changesets AS c ON c.number = l.changeset "
            f"WHERE l.type = ? AND l.action = ? AND l.record IN ({', '.join('?' * len(some))}) "
            f'AND NOT EXISTS (SELECT 1 FROM {table} AS t WHERE t."id" = l.record) ORDER BY l.cursor'
        )
        found.update(connection.execute(statement, (name, Action.REMOVE.value, *some)))
    return found


def was_removed(connection: Connection, name: str, number: int) -> bool:
    """Return whether the log knows a removal of this record."""
    found = connection.execute(
        "SELECT 1 FROM custledger_log WHERE type = ? AND record = ? AND action = ? LIMIT 1",
        (name, number, Action.REMOVE.value),
    )
    return bool(list(found))
