"""What a ledger in files keeps beside them, as JSON values: operations, log entries, marks and rows."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from custledger.changes import DOCUMENT_TYPE, Action, LogEntry, Operation
from custledger.fields import Kind
from custledger.marks import MarkChange, TagMark
from custledger.schema import Row, Schema

LIST_KINDS = frozenset({Kind.TAGS, Kind.CHOICES})
"""The kinds whose plain values are tuples, for which JSON has lists."""


def operation_to_json(operation: Operation) -> list[Any]:
    """Return an operation as a JSON array."""
    one = operation
    return [one.id, one.verb, one.actor, one.at, one.reason, one.undoes, dict(one.about)]


def operation_from_json(value: Sequence[Any]) -> Operation:
    """Return the operation that ``operation_to_json`` wrote."""
    number, verb, actor, at, reason, undoes, about = value
    return Operation(id=number, verb=verb, actor=actor, at=at, reason=reason, undoes=undoes, about=about)


def entry_to_json(entry: LogEntry) -> list[Any]:
    """Return a log entry as a JSON array, without what it shares with the others of its changeset."""
    marks = [[_mark_to_json(one.before), _mark_to_json(one.after)] for one in entry.marks]
    before = None if entry.before is None else dict(entry.before)
    return [entry.type, entry.action.value, entry.record, entry.count, entry.digests.hex(), before, marks]


def entries_from_json(
    values: Iterable[Sequence[Any]], operation: Operation, *, changeset: int, cursor: int
) -> Iterable[LogEntry]:
    """Yield the log entries of one changeset, which come after ``cursor``."""
    for place, (name, action, record, count, digests, before, marks) in enumerate(values, 1):
        yield LogEntry(
            cursor=cursor + place,
            changeset=changeset,
            operation=operation.id,
            at=operation.at,
            type=name,
            action=Action(action),
            record=record,
            count=count,
            digests=bytes.fromhex(digests),
            before=before if before is None or name == DOCUMENT_TYPE else _plain(before),
            marks=tuple(MarkChange(*map(_mark_from_json, pair)) for pair in marks),
        )


def marks_to_json(marks: Iterable[TagMark]) -> list[Any]:
    """Return the marks of a record as a JSON array."""
    return [_mark_to_json(mark) for mark in marks]


def marks_from_json(values: Iterable[Sequence[Any]]) -> tuple[TagMark, ...]:
    """Return the marks that ``marks_to_json`` wrote."""
    return tuple(TagMark(*value) for value in values)


def rows_from_json(schema: Schema, rows: list[list[Any]]) -> list[Row]:
    """Return rows in the order of a schema, which is as long as they were when they were written, or longer."""
    lists = [place for place, field in enumerate(schema.fields) if field.spec.kind in LIST_KINDS]
    missing = [None] * (len(schema.fields) - len(rows[0])) if rows else []
    for row in rows:
        row.extend(missing)
        for place in lists:
            if row[place] is not None:
                row[place] = tuple(row[place])
    return list(map(tuple, rows))


def _mark_to_json(mark: TagMark | None) -> list[Any] | None:
    return None if mark is None else [mark.field, mark.tag, mark.source, mark.refused, mark.actor, mark.at]


def _mark_from_json(value: Sequence[Any] | None) -> TagMark | None:
    return TagMark(*value) if value is not None else None


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in values.items()}
