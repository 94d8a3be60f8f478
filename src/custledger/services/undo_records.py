"""The inverse of some changes of an operation: what sets its records and settings back, and what stands in the way."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import attrs

from custledger.changes import DIGEST_BYTES, DOCUMENT_TYPE, Action, Change, DocumentChange, LogEntry, by_key, digest
from custledger.errors import NotFoundError
from custledger.marks import MarkChange, TagMark, as_changed, as_persons_left
from custledger.schema import ID, REVISION, Row, Schema
from custledger.services.history import UNTOLD, plain_before
from custledger.services.session import Session
from custledger.services.undo_marks import marks_back, touched
from custledger.services.undo_settings import Later, Standing, invert_documents
from custledger.services.undo_whole import Key, in_batches, keep_whole

EDITED = "it was edited later"
_NOTHING: Mapping[str, Any] = {}

Progress = Callable[[float], None]


class Inverse:
    """The inverse of those changes of one operation that ``entries`` of the log tell of.

    ``changes`` and ``documents`` take them back, ``standing`` is what stays as it is, and ``gone`` are the records that
    were made and are not there any more. ``progress`` is told which
    share of the records was looked at, 0 to 1.
    """

    def __init__(self, session: Session, entries: Sequence[LogEntry], progress: Progress | None = None) -> None:
        self.session = session
        self.changes: dict[Key, Change] = {}
        self.standing: dict[Key, Standing] = {}
        self.gone: set[Key] = set()
        self._invert_documents(entries)
        self._invert_records(entries, progress or (lambda _share: None))
        keep_whole(session, self.changes, self._drop)

    def _invert_documents(self, entries: Sequence[LogEntry]) -> None:
        self.documents: list[DocumentChange]
        self.documents, standing = invert_documents(self.session, entries)
        for one in standing:
            self.standing[f"{DOCUMENT_TYPE}/{one.setting}", 0] = one

    def _invert_records(self, entries: Sequence[LogEntry], progress: Progress) -> None:
        """Invert the changes record by record, so many at a time as are read at once."""
        found = _by_record(entries)
        done = 0
        for some in in_batches(found.items()):
            together = dict(some)
            self._present = self._fetch(together)
            self._marks = self._fetch_marks(together)
            for key, mine in some:
                self._invert_record(key, mine)
            done += len(some)
            progress(done / len(found))

    def _fetch_marks(self, found: Mapping[Key, Sequence[LogEntry]]) -> dict[Key, tuple[TagMark, ...]]:
        """Return the marks of the records that have tags, or had some when the operation changed them."""
        wanted: dict[str, list[int]] = {}
        for key, entries in found.items():
            places = [self.session.schemas[key[0]].positions[field] for field in self.session.schemas[key[0]].tagged]
            row = self._present.get(key)
            if row is not None and (any(row[place] for place in places) or any(entry.marks for entry in entries)):
                wanted.setdefault(key[0], []).append(key[1])
        marks = {}
        for record_type, numbers in wanted.items():
            held = self.session.view.marks(self.session.schemas[record_type], numbers)
            marks.update({(record_type, number): one for number, one in zip(numbers, held, strict=True)})
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
            rows = self.session.view.get(schema, numbers)
            present.update({(record_type, row[ID]): row for row in rows if row is not None})
        return present

    def _invert_record(self, key: Key, entries: Sequence[LogEntry]) -> None:
        schema = self.session.schemas[key[0]]
        row, last, left = self._present.get(key), entries[-1], _left(key, entries)
        original = None if entries[0].action is Action.CREATE else _before_all(entries)
        if last.action is Action.REMOVE:
            if original is not None:
                self._bring_back(schema, key, original, entries, row)
        elif row is None:
            if original is None:
                self.gone.add(key)
            else:
                self._stand(key, "it was removed later")
        elif original is None:
            if self._digest(key, row) == left:
                self.changes[key] = Change(type=key[0], id=key[1], before=_NOTHING, after=None, revision=row[REVISION])
            else:
                self._stand(key, EDITED, self._edited_later(key, row, entries))
        else:
            self._set_back(schema, key, entries, row, untouched=not left or self._digest(key, row) == left)
            self._set_marks_back(schema, key, row, entries)

    def _bring_back(
        self, schema: Schema, key: Key, original: Mapping[str, Any], entries: Sequence[LogEntry], row: Row | None
    ) -> None:
        found = {name: value for name, value in original.items() if name in schema.by_key}
        said = {one.key: one.before for entry in reversed(entries) for one in entry.marks}
        marks = tuple(MarkChange(None, one) for about, one in said.items() if one and about[0] in schema.by_key)
        if row is not None:
            held = [one.after for one in marks if one.after]
            if self._digest(key, row) != digest(as_persons_left(found, held, schema.tagged)):
                self._stand(key, "it is there again already")
            return
        after = {name: value for name, value in found.items() if name not in UNTOLD}
        revision = plain_before(entries[-1]).get("revision", 0)
        self.changes[key] = Change(type=key[0], id=key[1], before=None, after=after, revision=revision, marks=marks)

    def _set_back(self, schema: Schema, key: Key, entries: Sequence[LogEntry], row: Row, *, untouched: bool) -> None:
        original, current = _before_all(entries), by_key(schema, row)
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
        original = _before_all(entries)
        now = {name: row[schema.positions[name]] for name in left if name in schema.by_key and name not in UNTOLD}
        return {
            name: Later(original.get(name), left[name], value) for name, value in now.items() if value != left[name]
        }

    def _stand(self, key: Key, why: str, fields: Mapping[str, Later] | None = None, *, whole: bool = True) -> None:
        record = self.session.schemas[key[0]].public_id(key[1])
        self.standing[key] = Standing(record=record, why=why, type=key[0], whole=whole, fields=fields or {})

    def _drop(self, key: Key, why: str) -> None:
        del self.changes[key]
        self._stand(key, why)


def _by_record(entries: Iterable[LogEntry]) -> dict[Key, tuple[LogEntry, ...]]:
    """Return the entries record by record; those of settings are left out."""
    found: dict[Key, tuple[LogEntry, ...]] = {}
    for entry in entries:
        if entry.type != DOCUMENT_TYPE:
            for number in range(entry.record, entry.record + entry.count):
                key = (entry.type, number)
                found[key] = (*found.get(key, ()), entry)
    return found


def _left(key: Key, entries: Sequence[LogEntry]) -> bytes:
    """Return the digest of the row that entries left; nothing where they say only what rules find."""
    last = next((entry for entry in reversed(entries) if entry.digests), None)
    if last is None:
        return b""
    start = (key[1] - last.record) * DIGEST_BYTES
    return last.digests[start : start + DIGEST_BYTES]


def _before_all(entries: Iterable[LogEntry]) -> dict[str, Any]:
    """Return the old values that entries of one record add up to."""
    original: dict[str, Any] = {}
    for entry in entries:
        for name, value in plain_before(entry).items():
            original.setdefault(name, value)
    return original
