"""The memory store's writing half: a state that never changes, and the draft of the one that follows it.

A draft begins as the present state and makes a changeset's changes one by one, looking up only itself. Whatever
raises on the way leaves the present state as it was, since nobody has seen the draft.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
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
    Operation,
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
from custledger.values import folder

_KEPT_BY_THE_STORE = frozenset({"id", "created_at", "updated_at", "revision"})

Values = Mapping[str, Any]
"""The fields of one record that are not empty, by key."""


@attrs.frozen(kw_only=True)
class State:
    """All that a ledger holds at one moment. ``documents`` keeps removed ones too, with the value ``None``."""

    generation: int = 1
    schemas: Mapping[str, Schema] = attrs.field(factory=dict)
    rows: Mapping[str, Mapping[int, Values]] = attrs.field(factory=dict)
    marks: Mapping[str, Mapping[int, tuple[TagMark, ...]]] = attrs.field(factory=dict)
    documents: Mapping[str, Document] = attrs.field(factory=dict)
    operations: Mapping[int, Operation] = attrs.field(factory=dict)
    log: tuple[LogEntry, ...] = ()
    changesets: int = 0

    def schema(self, name: str) -> Schema:
        """Return a schema the ledger has seen, or raise ``NotFoundError``."""
        if name not in self.schemas:
            raise NotFoundError("type of record", name)
        return self.schemas[name]


class Draft:
    """The state that follows ``state`` when ``changeset`` lands."""

    def __init__(self, state: State, changeset: Changeset) -> None:
        self._state = state
        self._changeset = changeset
        self._rows: dict[str, dict[int, Values]] = {}
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

    def _finished(self) -> State:
        operation = self._changeset.operation
        return attrs.evolve(
            self._state,
            generation=self._state.generation + bool(self._changeset.documents),
            rows={**self._state.rows, **self._rows},
            marks={**self._state.marks, **self._marks},
            documents=self._documents,
            operations={**self._state.operations, operation.id: operation},
            log=self._state.log + tuple(self._log),
            changesets=self._state.changesets + 1,
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

    def _table(self, name: str) -> dict[int, Values]:
        if name not in self._rows:
            self._state.schema(name)
            self._rows[name] = dict(self._state.rows.get(name, {}))
            self._marks[name] = dict(self._state.marks.get(name, {}))
        return self._rows[name]

    def _present(self, name: str) -> Mapping[int, Values]:
        return self._rows.get(name, self._state.rows.get(name, {}))

    def _note(
        self, type_name: str, action: Action, record: int, *, marks: Sequence[MarkChange] = (), **more: Any
    ) -> None:
        operation = self._changeset.operation
        self._log.append(
            LogEntry(
                cursor=len(self._state.log) + len(self._log) + 1,
                changeset=self._state.changesets + 1,
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

    def _create(self, change: Change, table: dict[int, Values]) -> None:
        at = self._changeset.operation.at
        given = {key: value for key, value in (change.after or {}).items() if value is not None}
        born = given.get("created_at", at) if change.revision else at
        values = {**given, "id": change.id, "created_at": born, "updated_at": at, "revision": change.revision + 1}
        self._insert(change.type, table, values)
        marks = self._mark(change, {})
        self._retag(change, table)
        self._landed.append(attrs.evolve(change, marks=marks))
        self._note(change.type, Action.CREATE, change.id, digests=self._digest(change))

    def _insert(self, type_name: str, table: dict[int, Values], values: Values) -> None:
        if values["id"] in table:
            raise DuplicateError(type_name, "ID", self._public(type_name, values["id"]))
        table[values["id"]] = values
        self._written.append((type_name, values["id"], values))

    def _current(self, change: Change, table: Mapping[int, Values]) -> Values:
        if change.id in table:
            return table[change.id]
        public = self._public(change.type, change.id)
        if any(
            entry.record == change.id and entry.type == change.type and entry.action is Action.REMOVE
            for entry in (*self._state.log, *self._log)
        ):
            raise ConflictError(public, why="somebody else removed it")
        raise NotFoundError("record", public)

    def _update(self, change: Change, table: dict[int, Values], current: Values) -> None:
        schema = self._state.schema(change.type)
        after = {key: value for key, value in (change.after or {}).items() if key not in _KEPT_BY_THE_STORE}
        if change.revision != current["revision"]:
            after, conflicts = merge(schema, attrs.evolve(change, after=after), current)
            if conflicts:
                raise ConflictError(self._public(change.type, change.id), conflicts)
        marks = self._mark(change, current)
        after = {key: value for key, value in after.items() if key not in schema.tagged}
        kept = {key: value for key, value in {**current, **after}.items() if value is not None}
        table[change.id] = {**kept, "updated_at": self._changeset.operation.at, "revision": current["revision"] + 1}
        named = {*(change.after or ()), *(one.key[0] for one in marks)}
        tags = self._retag(change, table, [key for key in schema.tagged if key in named])
        after |= {key: value for key, value in tags.items() if key in (change.after or ()) or value != current.get(key)}
        before = {key: current.get(key) for key in after}
        self._written.append((change.type, change.id, after))
        self._landed.append(attrs.evolve(change, before=before, after=after, revision=current["revision"], marks=marks))
        self._note(change.type, Action.UPDATE, change.id, digests=self._digest(change), before=before, marks=marks)

    def _derive(self, change: Change, table: dict[int, Values]) -> None:
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

    def _retag(self, change: Change, table: dict[int, Values], told: Iterable[str] | None = None) -> dict[str, Any]:
        """Write the tags that a record's marks come to, and return those of the fields ``told``, or of all."""
        marks = self._marks[change.type].get(change.id, ())
        fields = self._state.schema(change.type).tagged if told is None else told
        tags = {key: in_effect(marks, key) for key in fields}
        kept = {**table[change.id], **tags}
        table[change.id] = {key: value for key, value in kept.items() if value is not None}
        return tags

    def _digest(self, change: Change) -> bytes:
        values, marks = self._rows[change.type][change.id], self._marks[change.type].get(change.id, ())
        return digest(as_persons_left(values, marks, self._state.schema(change.type).tagged))

    def _remove(self, change: Change, table: dict[int, Values], current: Values) -> None:
        if change.revision != current["revision"]:
            raise ConflictError(self._public(change.type, change.id), why="somebody else edited what this would remove")
        del table[change.id]
        marks = tuple(MarkChange(mark, None) for mark in self._marks[change.type].pop(change.id, ()))
        self._landed.append(attrs.evolve(change, before=dict(current), marks=marks))
        self._note(change.type, Action.REMOVE, change.id, before=dict(current), marks=marks)

    def _referrers(self, schema: Schema, field: Field, wanted: Sequence[Any]) -> list[Row]:
        looked_for = set(wanted)
        rows = self._present(schema.name).values()
        return [row_from(schema, values) for values in rows if values.get(field.key) in looked_for]

    def _check_references(self) -> None:
        for type_name, number, values in self._written:
            if number in self._present(type_name):
                for _, target, target_id in targets(self._state.schema(type_name), values, self._state.schemas):
                    if target_id not in self._present(target):
                        raise NotFoundError(target, self._public(target, target_id))

    def _check_unique(self) -> None:
        for schema in map(self._state.schema, self._rows):
            for field in schema.fields:
                written = (new for name, _, new in self._written if name == schema.name)
                if field.spec.unique and any(field.key in new for new in written):
                    self._check_unique_field(schema, field)

    def _check_unique_field(self, schema: Schema, field: Field) -> None:
        comparable = comparable_form(field)
        written = {number for name, number, _ in self._written if name == schema.name}
        holders: dict[Any, int] = {}
        # Those that were there before come first, so that the error names the newcomer's value and the old holder.
        for number, values in sorted(self._rows[schema.name].items(), key=lambda item: item[0] in written):
            value = values.get(field.key)
            if value is None:
                continue
            holder = holders.setdefault(comparable(value), number)
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

    def _public(self, type_name: str, number: int) -> str:
        schema = self._state.schemas.get(type_name)
        return schema.public_id(number) if schema else f"{type_name} {number}"


def comparable_form(field: Field) -> Callable[[Any], Any]:
    """Return the function that brings a value of ``field`` into the form in which two of them are compared."""
    fold_text = folder(field.spec.kind)
    return lambda value: fold_text(value) if isinstance(value, str) else value


def described(state: State, schemas: Iterable[Schema]) -> State:
    """Return the state in which these schemas are known; the generation moves where one of them is new or grew."""
    known = dict(state.schemas)
    grew = False
    for schema in schemas:
        before = known.get(schema.name)
        older = before.fields if before else ()
        fields = tuple(schema.by_key.get(field.key, field) for field in older)
        merged = Schema(schema.info, fields).extended(schema.fields)
        grew = grew or len(merged.fields) > len(older)
        known[schema.name] = merged
    return attrs.evolve(state, schemas=known, generation=state.generation + grew)
