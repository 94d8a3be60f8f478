"""What happened to a record: its changes, newest first, with what each field was before and became.

The log keeps only what would be lost otherwise, so what a field became is found by walking back from the present.
"""

from collections.abc import Mapping
from typing import Any

import attrs

from custledger.changes import DOCUMENT_TYPE, Action, LogEntry, Operation, by_key
from custledger.schema import Schema
from custledger.services.session import Session

UNTOLD = frozenset({"revision", "updated_at", "id"})
"""Fields that change with every write, which a history does not tell."""


@attrs.frozen(kw_only=True)
class Event:
    """One change of one record: who did what when, and ``(before, after)`` by field key, as plain values."""

    type: str
    id: int
    action: Action
    operation: Operation
    cursor: int
    fields: Mapping[str, tuple[Any, Any]]


def history(session: Session, record_type: str, number: int) -> list[Event]:
    """Return every change of a record, newest first; of a removed record too."""
    session.refresh()
    schema = session.schema(record_type)
    row = session.view.get(schema, [number])[0]
    state: dict[str, Any] = by_key(schema, row) if row is not None else {}
    entries = session.view.log(record=(schema.name, number), newest_first=True)
    operations = {one.id: one for one in session.view.operations(ids=sorted({entry.operation for entry in entries}))}
    events = []
    for entry in entries:
        before, fields = step_back(schema, entry, state)
        events.append(
            Event(
                type=schema.name,
                id=number,
                action=entry.action,
                operation=operations[entry.operation],
                cursor=entry.cursor,
                fields=fields,
            )
        )
        state = before
    return events


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
