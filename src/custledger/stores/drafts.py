"""Writing where a state never changes: the draft of the one that follows it.

A draft begins as the present state and makes a changeset's changes one by one, looking up only itself. Whatever
raises on the way leaves the present state as it was, since nobody has seen the draft.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import attrs

from custledger.changes import (
    DOCUMENT_TYPE,
    Action,
    Change,
    Changeset,
    Creates,
    DocumentChange,
    LogEntry,
    Receipt,
    digest,
    merge,
    wanted_marks,
)
from custledger.codec import row_from
from custledger.errors import ConflictError, DuplicateError, FieldConflict, NotFoundError
from custledger.marks import MarkChange, TagMark, as_logged, as_persons_left, in_effect, settled
from custledger.schema import Field, Row, Schema
from custledger.stores.contract import Document
from custledger.stores.integrity import brought_along, targets
from custledger.stores.rows import Rows, Values, comparable_form
from custledger.stores.state import State

_KEPT_BY_THE_STORE = frozenset({"id", "created_at", "updated_at", "revision"})


class Table:
    """The records of one type while a draft is made: ``changes`` lies over the rows that were there before."""

    def __init__(self, before: Rows) -> None:
        self._before = before
        self.changes: dict[int, Values | None] = {}

    def __contains__(self, number: int) -> bool:
        return self.changes[number] is not None if number in self.changes else number in self._before

    def get(self, number: int) -> Values | None:
        """Return the values of one record by key, or ``None`` where there is none."""
        return self.changes[number] if number in self.changes else self._before.values(number)

    def put(self, number: int, values: Values) -> None:
        """Let a record be as ``values`` says."""
        self.changes[number] = values

    def remove(self, number: int) -> None:
        """Let a record be gone."""
        self.changes[number] = None

    def holding(self, key: str, wanted: set[Any]) -> Iterator[Values]:
        """Yield the records whose field holds one of the values, by their values."""
        found = [number for number, value in self._before.column(key) if value in wanted]
        for number in (*(one for one in found if one not in self.changes), *self.changes):
            values = self.get(number)
            if values is not None and values.get(key) in wanted:
                yield values

    def holder(self, field: Field, form: Any) -> int | None:
        """Return which record from before has a value in a unique field, and has it still."""
        number = self._before.holders(field).get(form)
        if number is None or number not in self.changes:
            return number
        value = (self.changes[number] or {}).get(field.key)
        return number if value is not None and comparable_form(field)(value) == form else None

    def finished(self, keys: tuple[str, ...]) -> Rows:
        """Return the rows as they are now."""
        return self._before.changed(keys, self.changes)


class Draft:
    """The state that follows ``state`` when ``changeset`` lands."""

    def __init__(self, state: State, changeset: Changeset) -> None:
        self._state = state
        self._changeset = changeset
        self._tables: dict[str, Table] = {}
        self._marks: dict[str, dict[int, tuple[TagMark, ...]]] = {}
        self._documents = dict(state.documents)
        self._log: list[LogEntry] = []
        self._landed: list[Change] = []
        self._written: list[tuple[str, int, Values]] = []

    def land(self) -> tuple[State, Receipt]:
        """Make every change, check what must hold, and return the new state and the receipt."""
        for creates in self._changeset.creates:
            self._create_run(creates)
        for change in self._changeset.changes:
            self._make(change)
        removed = [(change.type, change.id) for change in self._landed if change.action is Action.REMOVE]
        for change in brought_along(removed, self._state.schemas, self._referrers):
            self._make(change)
        self._check_references()
        self._check_unique()
        documents = [self._write_document(change) for change in self._changeset.documents]
        return self._finished(), self._receipt(documents)

    @property
    def touched(self) -> dict[str, tuple[int, ...]]:
        """The records of each type that are made, changed, tagged or removed, by id."""
        return {name: tuple(table.changes) for name, table in self._tables.items()}

    @property
    def entries(self) -> Sequence[LogEntry]:
        """The log entries of the changeset."""
        return self._log

    def _finished(self) -> State:
        state = self._state
        tables = {name: table.finished(state.schemas[name].keys) for name, table in self._tables.items()}
        return attrs.evolve(
            state,
            generation=state.generation + bool(self._changeset.documents),
            tables={**state.tables, **tables},
            marks={**state.marks, **self._marks},
            documents=self._documents,
            history=state.history.followed_by(self._log, self._changeset.operation),
        )

    def _receipt(self, documents: Sequence[DocumentChange]) -> Receipt:
        counts = {action: sum(change.action is action for change in self._landed) for action in Action}
        applied = attrs.evolve(self._changeset, changes=tuple(self._landed), documents=tuple(documents))
        return Receipt(
            operation=self._changeset.operation.id,
            applied=(applied,),
            created=counts[Action.CREATE] + sum(map(len, self._changeset.creates)),
            updated=counts[Action.UPDATE],
            removed=counts[Action.REMOVE],
        )

    def _table(self, name: str) -> Table:
        if name not in self._tables:
            self._state.schema(name)
            self._tables[name] = Table(self._state.rows(name))
            self._marks[name] = dict(self._state.marks.get(name, {}))
        return self._tables[name]

    def _note(
        self, type_name: str, action: Action, record: int, *, marks: Sequence[MarkChange] = (), **more: Any
    ) -> None:
        operation = self._changeset.operation
        self._log.append(
            LogEntry(
                cursor=self._state.history.logged + len(self._log) + 1,
                changeset=self._state.history.changesets + 1,
                operation=operation.id,
                at=operation.at,
                type=type_name,
                action=action,
                record=record,
                marks=as_logged(marks),
                **more,
            )
        )

    def _create_run(self, creates: Creates) -> None:
        table = self._table(creates.type)
        self._check_keys(creates.type, creates.keys)
        digests = []
        for row in creates.rows:
            values = {key: value for key, value in zip(creates.keys, row, strict=True) if value is not None}
            self._insert(creates.type, table, values)
            self._mark(Change(type=creates.type, id=values["id"], before=None, after=values), {})
            digests.append(digest(values))
        if digests:
            self._note(creates.type, Action.CREATE, creates.ids[0], count=len(digests), digests=b"".join(digests))

    def _make(self, change: Change) -> None:
        self._check_keys(change.type, [*(change.before or ()), *(change.after or ())])
        table = self._table(change.type)
        if change.is_derived:
            self._derive(change, table)
            return
        match change.action:
            case Action.CREATE:
                self._create(change, table)
            case Action.UPDATE:
                self._update(change, table, self._current(change, table))
            case Action.REMOVE:
                self._remove(change, table, self._current(change, table))

    def _check_keys(self, type_name: str, keys: Iterable[str]) -> None:
        schema = self._state.schema(type_name)
        for key in keys:
            if key not in schema.by_key:
                raise NotFoundError(f"{type_name} field", key)

    def _create(self, change: Change, table: Table) -> None:
        at = self._changeset.operation.at
        given = {key: value for key, value in (change.after or {}).items() if value is not None}
        born = given.get("created_at", at) if change.revision else at
        values = {**given, "id": change.id, "created_at": born, "updated_at": at, "revision": change.revision + 1}
        self._insert(change.type, table, values)
        marks = self._mark(change, {})
        self._retag(change, table)
        self._landed.append(attrs.evolve(change, marks=marks))
        self._note(change.type, Action.CREATE, change.id, digests=self._digest(change))

    def _insert(self, type_name: str, table: Table, values: Values) -> None:
        if values["id"] in table:
            raise DuplicateError(type_name, "ID", self._state.public(type_name, values["id"]))
        table.put(values["id"], values)
        self._written.append((type_name, values["id"], values))

    def _current(self, change: Change, table: Table) -> Values:
        if (current := table.get(change.id)) is not None:
            return current
        public = self._state.public(change.type, change.id)
        here = any((one.action, one.type, one.record) == (Action.REMOVE, change.type, change.id) for one in self._log)
        if here or self._state.history.was_removed(change.type, change.id):
            raise ConflictError(public, why="somebody else removed it")
        raise NotFoundError("record", public)

    def _update(self, change: Change, table: Table, current: Values) -> None:
        schema = self._state.schema(change.type)
        after = {key: value for key, value in (change.after or {}).items() if key not in _KEPT_BY_THE_STORE}
        if change.revision != current["revision"]:
            after, conflicts = merge(schema, attrs.evolve(change, after=after), current)
            if conflicts:
                raise ConflictError(self._state.public(change.type, change.id), conflicts)
        marks = self._mark(change, current)
        after = {key: value for key, value in after.items() if key not in schema.tagged}
        kept = {key: value for key, value in {**current, **after}.items() if value is not None}
        now = {"updated_at": self._changeset.operation.at, "revision": current["revision"] + 1}
        table.put(change.id, {**kept, **now})
        named = {*(change.after or ()), *(one.key[0] for one in marks)}
        tags = self._retag(change, table, [key for key in schema.tagged if key in named])
        after |= {key: value for key, value in tags.items() if key in (change.after or ()) or value != current.get(key)}
        before = {key: current.get(key) for key in after}
        self._written.append((change.type, change.id, after))
        self._landed.append(attrs.evolve(change, before=before, after=after, revision=current["revision"], marks=marks))
        self._note(change.type, Action.UPDATE, change.id, digests=self._digest(change), before=before, marks=marks)

    def _derive(self, change: Change, table: Table) -> None:
        """Let rules say what they found, of a record that may have changed since, or be gone."""
        current = table.get(change.id)
        marks = self._mark(change, current) if current is not None else ()
        if current is None or not marks:
            return
        now = self._retag(change, table)
        after = {key: value for key, value in now.items() if current.get(key) != value}
        before = {key: current.get(key) for key in after}
        self._landed.append(attrs.evolve(change, before=before, after=after, revision=current["revision"], marks=marks))
        self._note(change.type, Action.UPDATE, change.id, before=before, marks=marks)

    def _mark(self, change: Change, current: Values) -> tuple[MarkChange, ...]:
        """Let marks say what a change wants them to say, and return what that changed."""
        schema, held = self._state.schema(change.type), self._marks[change.type]
        wanted = wanted_marks(schema, change, current, self._changeset.operation)
        marks, changed = settled(held.get(change.id, ()), wanted)
        if changed:
            held[change.id] = marks
        return changed

    def _retag(self, change: Change, table: Table, told: Iterable[str] | None = None) -> dict[str, Any]:
        """Write the tags that a record's marks come to, and return those of the fields ``told``, or of all."""
        marks = self._marks[change.type].get(change.id, ())
        fields = self._state.schema(change.type).tagged if told is None else told
        tags = {key: in_effect(marks, key) for key in fields}
        kept = {**(table.get(change.id) or {}), **tags}
        table.put(change.id, {key: value for key, value in kept.items() if value is not None})
        return tags

    def _digest(self, change: Change) -> bytes:
        values, marks = self._tables[change.type].get(change.id) or {}, self._marks[change.type].get(change.id, ())
        return digest(as_persons_left(values, marks, self._state.schema(change.type).tagged))

    def _remove(self, change: Change, table: Table, current: Values) -> None:
        if change.revision != current["revision"]:
            raise ConflictError(
                self._state.public(change.type, change.id), why="somebody else edited what this would remove"
            )
        table.remove(change.id)
        marks = tuple(MarkChange(mark, None) for mark in self._marks[change.type].pop(change.id, ()))
        self._landed.append(attrs.evolve(change, before=dict(current), marks=marks))
        self._note(change.type, Action.REMOVE, change.id, before=dict(current), marks=marks)

    def _referrers(self, schema: Schema, field: Field, wanted: Sequence[Any]) -> list[Row]:
        table = self._tables.get(schema.name) or Table(self._state.rows(schema.name))
        return [row_from(schema, values) for values in table.holding(field.key, set(wanted))]

    def _check_references(self) -> None:
        for type_name, number, values in self._written:
            if number in self._tables[type_name]:
                for _, target, target_id in targets(self._state.schema(type_name), values, self._state.schemas):
                    if target_id not in (self._tables.get(target) or self._state.rows(target)):
                        raise NotFoundError(target, self._state.public(target, target_id))

    def _check_unique(self) -> None:
        for name, table in self._tables.items():
            schema = self._state.schema(name)
            for field in schema.unique:
                written = dict.fromkeys(
                    number for type_name, number, new in self._written if type_name == name and field.key in new
                )
                self._check_unique_field(schema, field, table, written)

    def _check_unique_field(self, schema: Schema, field: Field, table: Table, written: Iterable[int]) -> None:
        comparable = comparable_form(field)
        newcomers: dict[Any, int] = {}
        for number in written:
            value = (table.get(number) or {}).get(field.key)
            if value is None:
                continue
            form = comparable(value)
            # Those that were there before come first, so that the error names the newcomer's value and the old holder.
            holder = table.holder(field, form)
            if holder is None or holder == number:
                holder = newcomers.setdefault(form, number)
            if holder != number:
                raise DuplicateError(schema.name, field.key, value, schema.public_id(holder))

    def _write_document(self, change: DocumentChange) -> DocumentChange:
        old = self._documents.get(change.name)
        present = old if old is not None and old.value is not None else None
        revision = present.revision if present else 0
        value = present.value if present else None
        if change.revision != revision:
            conflict = FieldConflict("value", change.before, change.after, value)
            raise ConflictError(f"The setting {change.name}", (conflict,))
        self._documents[change.name] = Document(change.name, change.after, (old.revision if old else 0) + 1)
        actions = {(True, False): Action.REMOVE, (False, True): Action.CREATE}
        action = actions.get((change.after is None, present is None), Action.UPDATE)
        before = {"name": change.name, "value": value, "revision": revision}
        self._note(DOCUMENT_TYPE, action, 0, before=before)
        return attrs.evolve(change, before=value)
