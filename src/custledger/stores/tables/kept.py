"""All that is kept of a ledger in files, as one value, and how it follows from the records of the journal."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

import attrs

from custledger.changes import LogEntry, Operation
from custledger.errors import ForeignStoreError
from custledger.schema import Row, Schema
from custledger.spec_json import schema_from_json, schema_to_json
from custledger.stores.contract import Document
from custledger.stores.history import History
from custledger.stores.rows import Rows
from custledger.stores.state import State
from custledger.stores.tables.agreed import Agreed, agreed_from_json, agreed_to_json
from custledger.stores.tables.forms import (
    entries_from_json,
    entry_to_json,
    marks_from_json,
    marks_to_json,
    operation_from_json,
    operation_to_json,
    rows_from_json,
)

FORMAT = 1
"""The layout of the journal that this program writes, and the latest that it reads."""


@attrs.frozen
class Waiting:
    """A file that is to be renamed into its place.

    ``file`` is the name under which it waits, and ``replaced`` the SHA-256 of the file that it replaces, ``""`` for
    none. ``shown`` are the records, by type, whose rows it brings up to date, each with the digest of what that file
    has for it, or ``None``.
    """

    file: str
    replaced: str
    shown: Mapping[str, Mapping[int, bytes | None]]

    def to_json(self) -> list[Any]:
        """Return it as a JSON array."""
        shown = {
            name: [[number, one.hex() if one is not None else None] for number, one in digests.items()]
            for name, digests in self.shown.items()
        }
        return [self.file, self.replaced, shown]

    @classmethod
    def from_json(cls, value: Sequence[Any]) -> "Waiting":
        """Return what ``to_json`` wrote."""
        file, replaced, shown = value
        read = {
            name: {number: bytes.fromhex(one) if one is not None else None for number, one in digests}
            for name, digests in shown.items()
        }
        return cls(file, replaced, read)


@attrs.frozen(kw_only=True)
class Kept:
    """What is kept, at one moment.

    - ``state``: what the ledger holds;
    - ``agreed``: what is known of the sheet of each type, by its name;
    - ``files``: the SHA-256 of each file as it was last agreed, by its name;
    - ``pending``: files that are to be renamed into their places, by the names of those;
    - ``numbered``: how many things have ever been held, which is the number of the last.
    """

    identity: UUID
    state: State = attrs.field(factory=State)
    agreed: Mapping[str, Agreed] = attrs.field(factory=dict)
    files: Mapping[str, str] = attrs.field(factory=dict)
    pending: Mapping[str, Waiting] = attrs.field(factory=dict)
    numbered: int = 0


def first_record(identity: UUID) -> dict[str, Any]:
    """Return the record with which a journal begins."""
    return {"custledger": FORMAT, "identity": str(identity)}


def begun(record: Mapping[str, Any], path: object) -> Kept:
    """Return what is kept where nothing was written yet. Raises ``ForeignStoreError``."""
    if not isinstance(record.get("custledger"), int):
        raise ForeignStoreError(f"{path} is not the journal of a ledger.", hint="Move it away.")
    if record["custledger"] > FORMAT:
        raise ForeignStoreError(f"{path} was written by a newer custledger.", hint="Install the newer one.")
    return Kept(identity=UUID(record["identity"]))


def record_of(
    before: Kept,
    after: Kept,
    touched: Mapping[str, Iterable[int]],
    landed: tuple[Operation, Iterable[LogEntry]] | None = None,
) -> dict[str, Any]:
    """Return the journal's record of what changed; ``touched`` are the records that did, by type."""
    old, new = before.state, after.state
    record: dict[str, Any] = {"generation": new.generation, "numbered": after.numbered}
    if landed:
        operation, entries = landed
        record |= {"operation": operation_to_json(operation), "entries": list(map(entry_to_json, entries))}
    if new.schemas != old.schemas:
        record["schemas"] = [schema_to_json(one) for one in new.schemas.values()]
    changed = [one for name, one in new.documents.items() if old.documents.get(name) != one]
    record["documents"] = [[one.name, one.value, one.revision] for one in changed]
    record["rows"] = {name: _rows_of(new, name, numbers) for name, numbers in touched.items()}
    record["sheets"] = {
        name: agreed_to_json(one, before.agreed.get(name))
        for name, one in after.agreed.items()
        if one is not before.agreed.get(name)
    }
    record["files"] = dict(after.files) if after.files != before.files else None
    record["pending"] = {name: one.to_json() for name, one in after.pending.items()}
    return record


def _rows_of(state: State, name: str, numbers: Iterable[int]) -> list[Any]:
    """Return the rows of some records, the ids of those that are gone, and the marks of those that are there."""
    rows, schema, held = state.rows(name), state.schemas[name], state.marks.get(name, {})
    there = [number for number in numbers if number in rows]
    gone = [number for number in numbers if number not in rows]
    marks = [[number, marks_to_json(held.get(number, ()))] for number in there]
    return [[rows.row(schema, number) for number in there], gone, [one for one in marks if one[1] or schema.tagged]]


def whole(kept: Kept) -> dict[str, Any]:
    """Return all that is kept as one record, but for the history."""
    everything = {name: kept.state.rows(name).ids for name in kept.state.schemas}
    return record_of(Kept(identity=kept.identity), kept, everything)


class Replay:
    """Follows records of the journal from one moment to a later one."""

    def __init__(self, kept: Kept) -> None:
        self._kept = kept
        state = kept.state
        self._schemas = dict(state.schemas)
        self._rows: dict[str, dict[int, Row]] = {}
        self._marks: dict[str, dict[int, Any]] = {}
        self._documents = dict(state.documents)
        self._history = state.history
        self._agreed = dict(kept.agreed)
        self._latest: Mapping[str, Any] = {}
        self._files: Mapping[str, str] = kept.files

    def follow(self, record: Mapping[str, Any]) -> None:
        """Take in the next record."""
        self._latest = record
        for value in record.get("schemas", ()):
            schema = schema_from_json(value)
            self._schemas[schema.name] = schema
        for name, value, revision in record["documents"]:
            self._documents[name] = Document(name, value, revision)
        for name, (rows, gone, marks) in record["rows"].items():
            self._follow_rows(name, rows, gone, marks)
        for name, value in record["sheets"].items():
            self._agreed[name] = agreed_from_json(value, self._agreed.get(name))
        if record["files"] is not None:
            self._files = record["files"]
        if "operation" in record:
            operation = operation_from_json(record["operation"])
            self._history = self._history.followed_by(list(self._entries(record, operation, self._history)), operation)

    def finished(self, history: History | None = None) -> Kept:
        """Return what is kept after the last record; ``history`` is that of before, where the records tell none."""
        state = self._kept.state
        tables = {}
        for name, schema in self._schemas.items():
            rows = self._rows.get(name)
            before = state.tables.get(name) or Rows(schema.keys)
            tables[name] = before.with_keys(schema.keys) if rows is None else Rows(schema.keys, _padded(rows, schema))
        latest, pending = self._latest, self._kept.pending
        if "pending" in latest:
            pending = {name: Waiting.from_json(one) for name, one in latest["pending"].items()}
        return attrs.evolve(
            self._kept,
            state=State(
                generation=latest.get("generation", state.generation),
                schemas=self._schemas,
                tables=tables,
                marks={**state.marks, **self._marks},
                documents=self._documents,
                history=history or self._history,
            ),
            agreed=self._agreed,
            files=self._files,
            pending=pending,
            numbered=latest.get("numbered", self._kept.numbered),
        )

    def _follow_rows(self, name: str, rows: list[list[Any]], gone: Iterable[int], marks: Iterable[Any]) -> None:
        state = self._kept.state
        if name not in self._rows:
            self._rows[name] = dict(state.rows(name).by_id)
            self._marks[name] = dict(state.marks.get(name, {}))
        there, held = self._rows[name], self._marks[name]
        read = rows_from_json(self._schemas[name], rows)
        there.update(zip([row[0] for row in read], read, strict=True))
        for number in gone:
            there.pop(number, None)
            held.pop(number, None)
        for number, values in marks:
            if values:
                held[number] = marks_from_json(values)
            else:
                held.pop(number, None)

    @staticmethod
    def _entries(record: Mapping[str, Any], operation: Operation, history: History) -> Iterable[LogEntry]:
        changeset = history.changesets + 1
        return entries_from_json(record["entries"], operation, changeset=changeset, cursor=history.logged)


def _padded(rows: Mapping[int, Row], schema: Schema) -> Mapping[int, Row]:
    """Return rows that are all as long as the schema, which may have grown since some were written."""
    width = len(schema.fields)
    return {number: row if len(row) == width else row + (None,) * (width - len(row)) for number, row in rows.items()}


def history_in(records: Iterable[Mapping[str, Any]]) -> tuple[list[LogEntry], list[Operation]]:
    """Return the log entries that records tell of, from the first changeset on, and the operation of each changeset."""
    entries: list[LogEntry] = []
    operations: list[Operation] = []
    for record in records:
        if "operation" in record:
            operation = operation_from_json(record["operation"])
            operations.append(operation)
            entries += entries_from_json(record["entries"], operation, changeset=len(operations), cursor=len(entries))
    return entries, operations
