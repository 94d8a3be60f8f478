"""Landing one changeset inside a write transaction: checks, rows, tags, search terms and the log."""

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from itertools import groupby, islice
from typing import Any

import attrs

from custledger.changes import Action, Change, Changeset, Creates, DocumentChange, Receipt, digest, merge
from custledger.errors import ConflictError, NotFoundError
from custledger.marks import MarkChange, TagMark, as_persons_left, in_effect, in_order
from custledger.schema import Field, Row, Schema
from custledger.stores.integrity import brought_along
from custledger.stores.sql.checks import References, Unique
from custledger.stores.sql.creating import Run
from custledger.stores.sql.database import Connection, SearchIndex
from custledger.stores.sql.documents import write_document
from custledger.stores.sql.log import Journal, was_removed
from custledger.stores.sql.tables import Table, Values
from custledger.stores.sql.tagging import Derived, MarkRows, marked, marks_of, touched

KEPT_BY_THE_STORE = frozenset({"id", "created_at", "updated_at", "revision"})
REMOVED_AT_ONCE = 500
"""How many records are removed by one statement."""


@attrs.frozen(kw_only=True)
class Place:
    """Where a changeset lands: an open transaction, the tables of the types, and what is being loaded in bulk."""

    connection: Connection
    schemas: Mapping[str, Schema]
    table: Callable[[str], Table]
    index: SearchIndex
    faults: type[Exception]
    last_changeset: int
    last_cursor: int
    unindexed: Collection[str] = frozenset()
    """The types whose search terms are built once their bulk load ends."""


class Landing:
    """One changeset on its way into the database."""

    def __init__(self, place: Place, changeset: Changeset) -> None:
        self._place = place
        self._changeset = changeset
        self._journal = Journal()
        self._landed: list[Change] = []
        self._touched: dict[str, dict[int, None]] = {}
        self.crowded: set[str] = set()
        """The types of which so many records are unknown to the search index that it is time to tell it."""
        self._references = References(place.connection, place.schemas, place.table)
        self._unique = Unique(place.connection, place.table)
        self.number = place.last_changeset + 1
        """The number with which the changeset lands."""

    def land(self) -> Receipt:
        """Make every change, check what must hold, write the log, and return the receipt."""
        self._unique.park(self._changeset)
        for creates in self._changeset.creates:
            self._create_run(creates)
        self._make_all(self._changeset.changes)
        removed = [(change.type, change.id) for change in self._landed if change.action is Action.REMOVE]
        if removed:
            self._make_all(brought_along(removed, self._place.schemas, self._referrers))
        self._references.check()
        self._tell_index()
        documents = [self._write_document(change) for change in self._changeset.documents]
        if documents:
            self._place.connection.execute("UPDATE custledger_ledger SET generation = generation + 1")
        self._journal.write(self._place.connection, self._changeset, self.number, self._place.last_cursor)
        return self._receipt(documents)

    def _receipt(self, documents: Sequence[DocumentChange]) -> Receipt:
        given, actions = self._changeset, [change.action for change in self._landed]
        applied = Changeset(
            operation=given.operation,
            changes=tuple(self._landed),
            creates=given.creates,
            documents=tuple(documents),
            place=given.place,
        )
        return Receipt(
            operation=given.operation.id,
            applied=(applied,),
            created=actions.count(Action.CREATE) + sum(map(len, given.creates)),
            updated=actions.count(Action.UPDATE),
            removed=actions.count(Action.REMOVE),
        )

    def _create_run(self, creates: Creates) -> None:
        if not creates:
            return
        table, connection = self._place.table(creates.type), self._place.connection
        run = Run(table, creates)
        try:
            run.insert(connection)
        except self._place.faults:
            self._unique.explain(table, run.by_id())
            raise
        run.insert_tags(connection, self._changeset.operation.actor)
        for field in table.schema.references:
            self._references.expect_many(table.schema, field, run.column(field.key))
        if self._is_searched(table):
            self._place.index.put(connection, creates.type, run.search_terms())
        self._journal.note(creates.type, Action.CREATE, run.first, count=len(creates), digests=run.digests())

    def _make_all(self, changes: Iterable[Change]) -> None:
        """Make changes in their order; those that only rules find, and removals, so many at a time as follow."""
        for (name, action), some in groupby(changes, _kind):
            table = self._place.table(name)
            if action is None:
                self._derive(table, some)
            elif action is Action.REMOVE:
                while together := list(islice(some, REMOVED_AT_ONCE)):
                    self._remove_all(together, table)
            else:
                for change in some:
                    self._make(change)

    def _make(self, change: Change) -> None:
        table = self._place.table(change.type)
        table.check_keys(change.before or ())
        table.check_keys(change.after or ())
        match change.action:
            case Action.CREATE:
                self._create(change, table)
            case Action.UPDATE:
                self._update(change, table, self._current(change, table))
            case Action.REMOVE:
                self._remove_all([change], table)

    def _create(self, change: Change, table: Table) -> None:
        at = self._changeset.operation.at
        given = {key: value for key, value in (change.after or {}).items() if value is not None}
        born = given.get("created_at", at) if change.revision else at
        _, marks, changed = marked(self._place.connection, table, change, {}, self._changeset.operation)
        given |= {field: in_effect(marks, field) for field in touched(table, change)}
        values = {**given, "id": change.id, "created_at": born, "updated_at": at, "revision": change.revision + 1}
        try:
            table.insert(self._place.connection, values)
        except self._place.faults:
            self._unique.explain(table, [(change.id, values)])
            raise
        self._write_marks(table, change.id, (), marks)
        self._references.expect(table.schema, values, (change.type, change.id))
        self._touch(table, change.id)
        self._landed.append(attrs.evolve(change, marks=changed) if changed else change)
        digests = digest(as_persons_left(values, marks, table.tags))
        self._journal.note(change.type, Action.CREATE, change.id, digests=digests)

    def _current(self, change: Change, table: Table) -> Values:
        return self._found(change, table, table.read(self._place.connection, change.id))

    def _found(self, change: Change, table: Table, row: Row | None) -> Values:
        """Return the values of the row that was found of a record, as if nothing were parked; raise for none."""
        if row is not None:
            return self._unique.unparked(change, dict(zip(table.schema.keys, row, strict=True)))
        public = table.schema.public_id(change.id)
        removed_here = any(landed.id == change.id and landed.type == change.type for landed in self._landed)
        if removed_here or was_removed(self._place.connection, change.type, change.id):
            raise ConflictError(public, why="somebody else removed it")
        raise NotFoundError("record", public)

    def _update(self, change: Change, table: Table, current: Values) -> None:
        wanted = {key: value for key, value in (change.after or {}).items() if key not in KEPT_BY_THE_STORE}
        after = self.reconciled(change, wanted, table, current)
        old, marks, changed = marked(self._place.connection, table, change, current, self._changeset.operation)
        tags = {field: in_effect(marks, field) for field in touched(table, change)}
        after = {**after, **{key: new for key, new in tags.items() if key in after or new != current.get(key)}}
        before = {key: current.get(key) for key in after}
        system = {"updated_at": self._changeset.operation.at, "revision": current["revision"] + 1}
        values = {**current, **after, **system}
        try:
            table.update(self._place.connection, change.id, {**after, **system})
        except self._place.faults:
            self._unique.explain(table, [(change.id, after)])
            raise
        self._unique.written(change)
        self._write_marks(table, change.id, old, marks)
        self._references.expect(table.schema, after, (change.type, change.id))
        if any(field.key in after for field in table.schema.searchable):
            self._touch(table, change.id)
        self._landed.append(
            Change(
                type=change.type, id=change.id, before=before, after=after, revision=current["revision"], marks=changed
            )
        )
        digests = digest(as_persons_left(values, marks, table.tags))
        self._journal.note(change.type, Action.UPDATE, change.id, digests=digests, before=before, marks=changed)

    def _derive(self, table: Table, changes: Iterable[Change]) -> None:
        derived = Derived(self._place.connection, table, self._changeset.operation)
        derived.land(changes)
        self._landed += derived.landed
        for change in derived.landed:
            self._journal.note(change.type, Action.UPDATE, change.id, before=change.before, marks=change.marks)

    def reconciled(self, change: Change, wanted: dict[str, Any], table: Table, current: Values) -> dict[str, Any]:
        """Return what an update writes: ``wanted``, merged where the record changed since it was read. Or raise."""
        if change.revision == current["revision"]:
            return wanted
        after, conflicts = merge(table.schema, attrs.evolve(change, after=wanted), current)
        if conflicts:
            raise ConflictError(table.schema.public_id(change.id), conflicts)
        return after

    def _remove_all(self, changes: Sequence[Change], table: Table) -> None:
        """Remove records of one type together: each by itself is read and deleted by four statements."""
        connection, numbers = self._place.connection, [change.id for change in changes]
        if len(set(numbers)) < len(numbers):  # whoever removes a record twice is told of it
            for change in changes:
                self._remove_all([change], table)
            return
        held = marks_of(connection, table, numbers)
        for change, row in zip(changes, table.read_many(connection, numbers), strict=True):
            table.check_keys(change.before or ())
            self._note_removal(change, table, self._found(change, table, row), in_order(held.get(change.id, ())))
        which = f"IN ({table.dialect.each_integer})"
        for name in table.tags.values() if held else ():
            connection.execute(f"DELETE FROM {name} WHERE record {which}", (json.dumps(numbers),))
        connection.execute(f'DELETE FROM {table.name} WHERE "id" {which}', (json.dumps(numbers),))

    def _note_removal(self, change: Change, table: Table, current: Values, held: Sequence[TagMark]) -> None:
        if change.revision != current["revision"]:
            public = table.schema.public_id(change.id)
            raise ConflictError(public, why="somebody else edited what this would remove")
        marks = tuple(MarkChange(mark, None) for mark in held)
        self._touch(table, change.id)
        self._references.forget((change.type, change.id))
        before = {key: value for key, value in current.items() if value is not None}
        self._landed.append(
            Change(type=change.type, id=change.id, before=before, after=None, revision=change.revision, marks=marks)
        )
        self._journal.note(change.type, Action.REMOVE, change.id, before=before, marks=marks)

    def _referrers(self, schema: Schema, field: Field, wanted: Sequence[Any]) -> list[Row]:
        return self._place.table(schema.name).referring(self._place.connection, field, wanted)

    def _write_marks(self, table: Table, number: int, before: Sequence[TagMark], after: Sequence[TagMark]) -> None:
        if before != after:
            rows = MarkRows(table)
            rows.change(number, before, after)
            rows.write(self._place.connection)

    def _is_searched(self, table: Table) -> bool:
        return bool(table.schema.searchable) and table.schema.name not in self._place.unindexed

    def _touch(self, table: Table, number: int) -> None:
        if self._is_searched(table):
            self._touched.setdefault(table.schema.name, {})[number] = None

    def _tell_index(self) -> None:
        """Tell the search index of what was written or removed."""
        for name, numbers in self._touched.items():
            if self._place.index.touch(self._place.connection, name, numbers):
                self.crowded.add(name)

    def _write_document(self, change: DocumentChange) -> DocumentChange:
        return write_document(self._place.connection, self._journal, change)


def _kind(change: Change) -> tuple[str, Action | None]:
    """Return the type and the action of a change; no action where it says only what rules find."""
    return change.type, None if change.is_derived else change.action
