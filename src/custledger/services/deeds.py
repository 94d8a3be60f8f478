"""What operations did, in a few words: which records, or how many, and which settings."""

from collections.abc import Iterable, Sequence
from typing import Any

from custledger import ids
from custledger.changes import DOCUMENT_TYPE, Action, LogEntry, Operation
from custledger.codec import row_from
from custledger.schema import ID, Row, Schema
from custledger.services.history import plain_before
from custledger.services.session import Session
from custledger.structs import Struct, frozen

FEW = 3
"""How many records of a sort are named."""


@frozen(kw_only=True)
class Deed(Struct):
    """What an operation did to records of one type, or to settings, whose ``type`` is ``#document``.

    ``count`` is to how many; ``records`` are the public ids of the first few and ``names`` what they are called, in
    the same order; of settings, both are the names of the documents.
    """

    type: str
    action: Action
    count: int
    records: tuple[str, ...]
    names: tuple[str, ...]


def deeds_of(session: Session, operations: Sequence[Operation]) -> list[tuple[Deed, ...]]:
    """Return what each operation did: records by type in the order of the schemas, what was added first, settings last.

    What is there now is called as it is called now, and what is gone as it was when it was removed.
    """
    sorts = [_sorted(session.view.log(operation=operation.id)) for operation in operations]
    named = _Names(session, sorts)
    order = {name: place for place, name in enumerate((*session.schemas, DOCUMENT_TYPE))}
    actions = list(Action)
    return [
        tuple(
            named.deed(record_type, action, runs)
            for (record_type, action), runs in sorted(
                sort.items(), key=lambda item: (order.get(item[0][0], -1), actions.index(item[0][1]))
            )
        )
        for sort in sorts
    ]


_Runs = list[LogEntry]
_Sorted = dict[tuple[str, Action], _Runs]


def _sorted(entries: Iterable[LogEntry]) -> _Sorted:
    """Return an operation's entries by type and action; of several of one record the first counts."""
    found: _Sorted = {}
    seen: set[tuple[str, Any]] = set()
    for entry in entries:
        document = plain_before(entry) if entry.type == DOCUMENT_TYPE else None
        key = (entry.type, document["name"] if document else entry.record)
        if key in seen or entry.is_unseen:
            continue
        seen.add(key)
        action = entry.action
        if document:
            action = Action.CREATE if document["value"] is None else Action.UPDATE
        found.setdefault((entry.type, action), []).append(entry)
    return found


class _Names:
    """What the first few records of each sort are called; those that are there are read together."""

    def __init__(self, session: Session, sorts: Sequence[_Sorted]) -> None:
        self._session = session
        wanted: dict[str, set[int]] = {}
        for sort in sorts:
            for (record_type, _), runs in sort.items():
                wanted.setdefault(record_type, set()).update(_few(runs))
        self._rows: dict[tuple[str, int], Row] = {}
        for record_type, numbers in wanted.items():
            schema = session.schemas.get(record_type)
            for row in session.view.get(schema, sorted(numbers)) if schema else ():
                if row is not None:
                    self._rows[record_type, row[ID]] = row

    def deed(self, record_type: str, action: Action, runs: _Runs) -> Deed:
        """Return what was done to the records of some entries of one type and action."""
        count = sum(entry.count for entry in runs)
        schema = self._session.schemas.get(record_type)
        if record_type == DOCUMENT_TYPE:
            documents = tuple(str(plain_before(entry)["name"]) for entry in runs)
            return Deed(type=record_type, action=action, count=count, records=documents, names=documents)
        removed = {entry.record: entry for entry in runs if entry.action is Action.REMOVE}
        numbers = _few(runs)
        return Deed(
            type=record_type,
            action=action,
            count=count,
            records=tuple(schema.public_id(number) if schema else ids.encode(number) for number in numbers),
            names=tuple(self._name(schema, number, removed.get(number)) for number in numbers),
        )

    def _removal(self, schema: Schema, number: int) -> LogEntry | None:
        """Return the entry of the removal of a record that is gone."""
        latest = self._session.view.log(record=(schema.name, number), newest_first=True, limit=1)
        return next((entry for entry in latest if entry.action is Action.REMOVE), None)

    def _name(self, schema: Schema | None, number: int, removed: LogEntry | None) -> str:
        if schema is None:
            return ids.encode(number)
        row = self._rows.get((schema.name, number))
        if row is None and (gone := removed or self._removal(schema, number)):
            row = row_from(schema, {**plain_before(gone), "id": number})
        return schema.display(row) if row is not None else schema.public_id(number)


def _few(runs: _Runs) -> list[int]:
    numbers: list[int] = []
    for entry in runs:
        numbers += range(entry.record, entry.record + min(entry.count, FEW))
        if len(numbers) >= FEW:
            break
    return numbers[:FEW]
