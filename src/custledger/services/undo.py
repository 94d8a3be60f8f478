"""Taking an operation back.

What the operation made is removed, what it changed is set back, what it removed is brought back under its old id. Later
edits are never overwritten: where one stands in the way, that record or field stays as it is and is named in the
answer. An undo is an operation too, so it can itself be undone.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import attrs

from custledger import ids
from custledger.changes import (
    DIGEST_BYTES,
    DOCUMENT_TYPE,
    OPERATION_PREFIX,
    Action,
    Change,
    Changeset,
    DocumentChange,
    LogEntry,
    Operation,
    Receipt,
    by_key,
    digest,
)
from custledger.errors import NotAllowedError, NotFoundError, shorten
from custledger.expressions import equals, is_in
from custledger.marks import MarkChange, TagMark, as_changed, as_persons_left
from custledger.schema import ID, REVISION, Field, Row, Schema
from custledger.services.history import UNTOLD, PastOperation, past, plain_before
from custledger.services.naming import find_operation
from custledger.services.session import Session
from custledger.services.undo_marks import marks_back, touched
from custledger.services.undo_settings import Later, Standing, invert_documents
from custledger.services.writing import rehearse, write
from custledger.stores.contract import Query

BATCH = 500
EDITED = "it was edited later"
Key = tuple[str, int]


@attrs.frozen(kw_only=True)
class Undone:
    """What an undo did, or would do: the operation that it takes back, its changes, and what stands in the way.

    There is no ``receipt`` where nothing was left to do, or nothing was to be written.
    """

    operation: PastOperation
    changes: tuple[Change, ...]
    documents: tuple[DocumentChange, ...]
    receipt: Receipt | None
    standing: tuple[Standing, ...]


def undo(session: Session, ref: int | str, *, dry_run: bool = False, reason: str = "") -> Undone:
    """Take an operation back as far as no later edit stands in the way.

    With ``dry_run`` nothing is written. Raises ``NotFoundError``, and ``NotAllowedError`` for the operation that made
    the ledger: amounts without a currency would mean another one.
    """
    operation = find_operation(session, ref)
    if operation.verb == "init":
        hint = "custledger ledger set changes what the ledger says of itself."
        raise NotAllowedError("What made the ledger cannot be taken back.", hint=hint)
    reason = reason or f"undo {ids.public(OPERATION_PREFIX, operation.id)}"
    return _Undo(session, operation).run(reason, dry_run=dry_run)


class _Undo:
    """The inverse of one operation's changes, as it is being put together."""

    def __init__(self, session: Session, operation: Operation) -> None:
        self.session = session
        self.operation = operation
        self.entries = session.view.log(operation=operation.id)
        self.changes: dict[Key, Change] = {}
        self.documents: list[DocumentChange] = []
        self.standing: dict[Key, Standing] = {}

    def run(self, reason: str, *, dry_run: bool) -> Undone:
        """Write the inverse, unless it is only to be known, and say what it does."""
        self._invert_documents()
        for key, entries in self._by_record().items():
            self._invert_record(key, entries)
        self._keep_whole()
        changeset = Changeset(
            operation=self.session.operation("undo", reason=reason, undoes=self.operation.id),
            changes=list(self.changes.values()),
            documents=self.documents,
        )
        receipt = None
        if changeset and dry_run:
            rehearse(self.session, changeset, amend=False)
        elif changeset:
            receipt = write(self.session, changeset, amend=False)
        return Undone(
            operation=past(PastOperation, self.operation),
            changes=tuple(changeset.changes),
            documents=tuple(changeset.documents),
            receipt=receipt,
            standing=tuple(self.standing.values()),
        )

    def _by_record(self) -> dict[Key, list[tuple[LogEntry, bytes]]]:
        """Return the operation's entries record by record, each with the digest of the row it left."""
        found: dict[Key, list[tuple[LogEntry, bytes]]] = {}
        for entry in self.entries:
            if entry.type == DOCUMENT_TYPE:
                continue
            for index in range(entry.count):
                left = entry.digests[index * DIGEST_BYTES : (index + 1) * DIGEST_BYTES]
                found.setdefault((entry.type, entry.record + index), []).append((entry, left))
        self._present = self._fetch(found)
        self._marks = self._fetch_marks(found)
        return found

    def _fetch_marks(self, found: Mapping[Key, Sequence[tuple[LogEntry, bytes]]]) -> dict[Key, tuple[TagMark, ...]]:
        """Return the marks of the records that have tags, or had some when the operation changed them."""
        wanted: dict[str, list[int]] = {}
        for key, entries in found.items():
            places = [self.session.schemas[key[0]].positions[field] for field in self.session.schemas[key[0]].tagged]
            row = self._present.get(key)
            if row is not None and (any(row[place] for place in places) or any(entry.marks for entry, _ in entries)):
                wanted.setdefault(key[0], []).append(key[1])
        marks = {}
        for record_type, numbers in wanted.items():
            for start in range(0, len(numbers), BATCH):
                some = numbers[start : start + BATCH]
                held = self.session.view.marks(self.session.schemas[record_type], some)
                marks.update({(record_type, number): one for number, one in zip(some, held, strict=True)})
        return marks

    def _digest(self, key: Key, row: Row) -> bytes:
        """Return the digest of a record as persons left it."""
        schema = self.session.schemas[key[0]]
        return digest(as_persons_left(by_key(schema, row), self._marks.get(key, ()), schema.tagged))

    def _fetch(self, keys: Iterable[Key]) -> dict[Key, Row]:
        wanted: dict[str, list[int]] = {}
        for record_type, number in keys:
            wanted.setdefault(record_type, []).append(number)
        present = {}
        for record_type, numbers in wanted.items():
            schema = self.session.schemas.get(record_type)
            if schema is None:
                raise NotFoundError("record type", record_type)
            for start in range(0, len(numbers), BATCH):
                rows = self.session.view.get(schema, numbers[start : start + BATCH])
                present.update({(record_type, row[ID]): row for row in rows if row is not None})
        return present

    def _invert_record(self, key: Key, entries: Sequence[tuple[LogEntry, bytes]]) -> None:
        schema = self.session.schemas[key[0]]
        row = self._present.get(key)
        last = entries[-1][0]
        left = next((found for _, found in reversed(entries) if found), b"")
        original = _before_all(entries)
        if last.action is Action.REMOVE:
            if original is not None:
                self._bring_back(schema, key, original, last, row)
        elif row is None:
            if original is not None:
                self._stand(key, "it was removed later")
        elif original is None:
            if self._digest(key, row) == left:
                self.changes[key] = Change(type=key[0], id=key[1], before={}, after=None, revision=row[REVISION])
            else:
                self._stand(key, EDITED, self._edited_later(key, row, [entry for entry, _ in entries]))
        else:
            mine = [entry for entry, _ in entries]
            self._set_back(schema, key, mine, row, untouched=not left or self._digest(key, row) == left)
            self._set_marks_back(schema, key, row, mine)

    def _bring_back(
        self, schema: Schema, key: Key, original: Mapping[str, Any], removal: LogEntry, row: Row | None
    ) -> None:
        found = {name: value for name, value in original.items() if name in schema.by_key}
        marks = tuple(MarkChange(None, one.before) for one in removal.marks if one.key[0] in schema.by_key)
        if row is not None:
            held = [one.after for one in marks if one.after]
            if self._digest(key, row) != digest(as_persons_left(found, held, schema.tagged)):
                self._stand(key, "it is there again already")
            return
        after = {name: value for name, value in found.items() if name not in UNTOLD}
        revision = plain_before(removal).get("revision", 0)
        self.changes[key] = Change(type=key[0], id=key[1], before=None, after=after, revision=revision, marks=marks)

    def _set_back(self, schema: Schema, key: Key, entries: Sequence[LogEntry], row: Row, *, untouched: bool) -> None:
        original, current = _before_all_of(entries), by_key(schema, row)
        wanted = {
            name: value
            for name, value in original.items()
            if name not in UNTOLD and name in schema.by_key and name not in schema.tagged and current.get(name) != value
        }
        later = {} if untouched or not wanted else self._edited_later(key, row, entries)
        kept = {name: later[name] for name in sorted(later.keys() & wanted.keys())}
        if kept:
            self._stand(key, EDITED, kept, whole=False)
        after = {name: value for name, value in wanted.items() if name not in later}
        if after:
            before = {name: current.get(name) for name in after}
            self.changes[key] = Change(type=key[0], id=key[1], before=before, after=after, revision=row[REVISION])

    def _set_marks_back(self, schema: Schema, key: Key, row: Row, entries: Sequence[LogEntry]) -> None:
        """Let everybody say of the tags what they said before, unless something else was said since."""
        held = self._marks.get(key, ())
        changed, standing = marks_back(held, touched(entries))
        changed = [one for one in changed if one.key[0] in schema.by_key]
        later = self._edited_later(key, row, entries) if standing else {}
        standing -= {name for name, values in later.items() if values.now == values.before}
        if standing:
            known = self.standing.get(key)
            fields = {**(known.fields if known else {}), **{name: later[name] for name in later if name in standing}}
            self._stand(key, EDITED, fields, whole=False)
        if changed:
            change = self.changes.get(key) or Change(
                type=key[0], id=key[1], before={}, after={}, revision=row[REVISION]
            )
            before, after = as_changed(held, changed)
            self.changes[key] = attrs.evolve(
                change,
                before={**(change.before or {}), **before},
                after={**(change.after or {}), **after},
                marks=tuple(changed),
            )

    def _edited_later(self, key: Key, row: Row, entries: Sequence[LogEntry]) -> dict[str, Later]:
        """Return the fields of a record that a later operation changed, and that are not as ours left them again."""
        schema, mine, left = self.session.schemas[key[0]], {entry.cursor for entry in entries}, dict[str, Any]()
        for entry in self.session.view.log(record=key, since=entries[0].cursor):
            if entry.is_derived:
                continue
            for name, value in plain_before(entry).items():
                if entry.cursor in mine:
                    left.pop(name, None)  # ours changed it once more
                else:
                    left.setdefault(name, value)
        original = _before_all_of(entries)
        now = {name: row[schema.positions[name]] for name in left if name in schema.by_key and name not in UNTOLD}
        return {
            name: Later(original.get(name), left[name], value) for name, value in now.items() if value != left[name]
        }

    def _stand(self, key: Key, why: str, fields: Mapping[str, Later] | None = None, *, whole: bool = True) -> None:
        record = self.session.schemas[key[0]].public_id(key[1])
        self.standing[key] = Standing(record=record, why=why, type=key[0], whole=whole, fields=fields or {})

    def _invert_documents(self) -> None:
        self.documents, standing = invert_documents(self.session, self.entries)
        for one in standing:
            self.standing[DOCUMENT_TYPE, len(self.standing)] = one

    def _keep_whole(self) -> None:
        """Leave out what would break a reference or take a unique value twice, until nothing more has to stay."""
        while self._drop_referred() | self._drop_dangling() | self._drop_taken():
            pass

    def _drop(self, key: Key, why: str) -> None:
        del self.changes[key]
        self._stand(key, why)

    def _removals(self) -> dict[str, set[int]]:
        removals: dict[str, set[int]] = {}
        for (record_type, number), change in self.changes.items():
            if change.action is Action.REMOVE:
                removals.setdefault(record_type, set()).add(number)
        return removals

    def _drop_referred(self) -> bool:
        """Keep records that others, which stay, refer to."""
        dropped = False
        for record_type, numbers in self._removals().items():
            target = self.session.schemas[record_type]
            for schema in self.session.schemas.values():
                for field in schema.references:
                    if field.spec.target in {None, record_type}:
                        dropped |= self._drop_referred_by(schema, field, target, numbers)
        return dropped

    def _drop_referred_by(self, schema: Schema, field: Field, target: Schema, numbers: set[int]) -> bool:
        dropped = False
        named = {target.public_id(number) if field.spec.target is None else number: number for number in numbers}
        position = schema.positions[field.key]
        for start in range(0, len(named), BATCH):
            values = list(named)[start : start + BATCH]
            where = is_in(schema, field.key, values)
            for row in self.session.view.select(schema, Query(moment=self.session.moment, where=where)):
                change = self.changes.get((schema.name, row[ID]))
                goes = change is not None and (
                    change.after is None or change.after.get(field.key, row[position]) != row[position]
                )
                key = (target.name, named[row[position]])
                if not goes and key in self.changes:
                    self._drop(key, f"{schema.public_id(row)} refers to it")
                    dropped = True
        return dropped

    def _drop_dangling(self) -> bool:
        """Keep away values that refer to records which are not, and will not be, there."""
        dropped = False
        for key, change in list(self.changes.items()):
            schema = self.session.schemas[key[0]]
            for field in schema.references:
                value = (change.after or {}).get(field.key)
                if value is not None and not self._will_exist(field, value):
                    self._drop(key, f"what it refers to ({field.key}) is gone")
                    dropped = True
                    break
        return dropped

    def _will_exist(self, field: Field, value: Any) -> bool:
        if field.spec.target is None:
            prefix, letters = ids.split_public(value)
            found = next((one for one in self.session.schemas.values() if one.info.prefix == prefix), None)
            if found is None:
                return True
            schema, number = found, ids.decode(letters)
        else:
            schema, number = self.session.schemas[field.spec.target], value
        change = self.changes.get((schema.name, number))
        if change is not None:
            return change.action is not Action.REMOVE
        return self.session.view.get(schema, [number])[0] is not None

    def _drop_taken(self) -> bool:
        """Keep away unique values that another record has taken meanwhile."""
        dropped = False
        for key, change in list(self.changes.items()):
            schema = self.session.schemas[key[0]]
            unique = [field for field in schema.fields if field.spec.unique and (change.after or {}).get(field.key)]
            taken = next(filter(None, (self._taken(schema, field, change) for field in unique)), "")
            if taken:
                self._drop(key, taken)
                dropped = True
        return dropped

    def _taken(self, schema: Schema, field: Field, change: Change) -> str:
        """Return who has taken which unique value that a change would bring back; nothing where nobody has."""
        value = (change.after or {})[field.key]
        query = Query(moment=self.session.moment, where=equals(schema, field.key, value))
        for row in self.session.view.select(schema, query):
            if row[ID] != change.id and self._keeps(schema, field, row):
                shown = shorten(self.session.codec(schema.name).text(field, value))
                what = field.label("en") if field.spec.sensitive else f"{field.label('en')} {shown}"
                return f"{schema.public_id(row)} has taken its {what}"
        return ""

    def _keeps(self, schema: Schema, field: Field, row: Row) -> bool:
        """Whether another record still has its unique value after this undo."""
        other = self.changes.get((schema.name, row[ID]))
        return other is None or (other.after is not None and field.key not in other.after)


def _before_all(entries: Sequence[tuple[LogEntry, bytes]]) -> dict[str, Any] | None:
    """Return the old values that the operation's entries for one record add up to; ``None`` if it made the record."""
    if entries[0][0].action is Action.CREATE:
        return None
    return _before_all_of([entry for entry, _ in entries])


def _before_all_of(entries: Iterable[LogEntry]) -> dict[str, Any]:
    original: dict[str, Any] = {}
    for entry in entries:
        for name, value in plain_before(entry).items():
            original.setdefault(name, value)
    return original
