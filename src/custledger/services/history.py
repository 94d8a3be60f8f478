"""What happened: what people did, what the log keeps, and what the changes of one record were.

The log keeps only what would be lost otherwise, so what a field became is found by walking back from the present.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar

import attrs

from custledger import ids
from custledger.changes import DOCUMENT_TYPE, OPERATION_PREFIX, Action, LogEntry, Operation, by_key
from custledger.codec import row_from
from custledger.marks import MarkChange
from custledger.schema import REVISION, Row, Schema
from custledger.services.session import Session
from custledger.structs import Struct

UNTOLD = frozenset({"revision", "updated_at", "id"})
"""Fields that change with every write, which a history does not tell."""


@attrs.frozen(kw_only=True, eq=False, repr=False)
class PastOperation(Struct):
    """What a person did, as programs are told of it: an ``Operation`` whose ``at`` is a ``datetime`` in UTC."""

    id: int
    verb: str
    actor: str
    at: datetime
    reason: str
    undoes: int | None
    about: Mapping[str, Any]

    @property
    def ref(self) -> str:
        """The public id: ``O-01J9ZK4QW7RXM``."""
        return ids.public(OPERATION_PREFIX, self.id)


@attrs.frozen(kw_only=True, eq=False, repr=False)
class PastChange(Struct):
    """What the log keeps, as programs are told of it: a ``LogEntry`` whose ``at`` is a ``datetime`` in UTC."""

    cursor: int
    changeset: int
    operation: int
    at: datetime
    type: str
    action: Action
    record: int
    count: int
    digests: bytes
    before: Mapping[str, Any] | None
    marks: tuple[MarkChange, ...]


_Past = TypeVar("_Past", PastOperation, PastChange)


def past(told: type[_Past], kept: Operation | LogEntry) -> _Past:
    """Return an operation or an entry of the log, as the store keeps it, as programs are told of it."""
    values = attrs.asdict(kept, recurse=False)
    return told(**{**values, "at": datetime.fromisoformat(kept.at)})


@attrs.frozen(kw_only=True)
class Event:
    """One change of one record: who did what when, and ``(before, after)`` by field key, as plain values.

    ``marks`` are what was said otherwise of its tags than before, by persons and rules, be it that no tag changed.
    """

    type: str
    id: int
    action: Action
    operation: PastOperation
    cursor: int
    fields: Mapping[str, tuple[Any, Any]]
    marks: tuple[MarkChange, ...] = ()


def history(session: Session, record_type: str, number: int) -> list[Event]:
    """Return every change of a record, newest first; of a removed record too."""
    session.refresh()
    schema = session.schema(record_type)
    row = session.view.get(schema, [number])[0]
    state: dict[str, Any] = by_key(schema, row) if row is not None else {}
    entries = session.view.log(record=(schema.name, number), newest_first=True)
    named = session.view.operations(ids=sorted({entry.operation for entry in entries}))
    operations = {operation.id: past(PastOperation, operation) for operation in named}
    events = []
    for entry in entries:
        if entry.is_unseen:
            continue
        before, fields = step_back(schema, entry, state)
        events.append(
            Event(
                type=schema.name,
                id=number,
                action=entry.action,
                operation=operations[entry.operation],
                cursor=entry.cursor,
                fields=fields,
                marks=entry.marks,
            )
        )
        state = before
    return events


def at_revision(session: Session, schema: Schema, number: int, revision: int) -> Row | None:
    """Return a record, which must be there, as it was at an earlier revision; ``None`` where it never had that one."""
    while True:
        row = session.view.get(schema, [number])[0]
        entries = session.view.log(record=(schema.name, number), newest_first=True)
        if session.view.get(schema, [number])[0] == row:
            break
    state, at = (by_key(schema, row), row[REVISION]) if row is not None else ({}, 0)
    for entry in entries:
        if state and at == revision and not entry.is_derived:
            break
        state, _ = step_back(schema, entry, state)
        at = state["revision"] if entry.action is Action.REMOVE else at - (not entry.is_derived)
    return row_from(schema, {**state, "id": number, "revision": at}) if state and at == revision else None


def step_back(
    schema: Schema, entry: LogEntry, state: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, tuple[Any, Any]]]:
    """Return the record's values before ``entry``, and what the entry changed, given its values after it."""
    if entry.action is Action.CREATE:
        return {}, {key: (None, value) for key, value in state.items() if key not in UNTOLD}
    old = plain_before(entry)
    if entry.action is Action.REMOVE:
        return old, {key: (value, None) for key, value in old.items() if key not in UNTOLD}
    before = {key: value for key, value in {**state, **old}.items() if value is not None}
    changed = {key: (value, state.get(key)) for key, value in old.items() if key not in UNTOLD and key in schema.by_key}
    return before, changed


def plain_before(entry: LogEntry) -> dict[str, Any]:
    """Return the old values of an entry in their plain form: JSON knows no tuples."""
    if entry.type == DOCUMENT_TYPE:
        return dict(entry.before or {})
    return {key: tuple(value) if isinstance(value, list) else value for key, value in (entry.before or {}).items()}
