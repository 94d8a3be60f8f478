"""Batches: many writes that land as one operation, whole or not at all."""

import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from types import TracebackType
from typing import Any, Self

import attrs

from custledger.changes import Action, Change, Changeset, Receipt
from custledger.errors import NotFoundError, ReferencedError, UsageError
from custledger.marks import MarkChange
from custledger.records import Record
from custledger.repeating import DONE, FOLLOWUP
from custledger.schema import ID, Field, Schema
from custledger.services import editing, followups
from custledger.services.naming import Reference, found
from custledger.services.pending import Pending, PendingView
from custledger.services.session import Session
from custledger.services.writing import write
from custledger.values import fold


class Batch:
    """Writes that are collected, and land together when the ``with`` block ends without an error.

    Within the batch a record that it adds or edits is found, read and referred to as it will be. Selections, counts and
    searches do not show that yet. An error inside the block, or in any of the writes, leaves the ledger as it was. A
    batch belongs to the thread that opened it: in another one its methods raise ``UsageError``.
    """

    def __init__(self, session: Session, verb: str = "batch", reason: str = "") -> None:
        self._session = session
        self._operation = session.operation(verb, reason=reason)
        self._pending = Pending(self._operation.at)
        self._within = session.seen_through(PendingView(session.view.store, session.view.actor, self._pending))
        self._done = False
        self._thread = threading.get_ident()
        self.receipt: Receipt | None = None

    @property
    def operation(self) -> int:
        """The id of the operation, by which it can be undone."""
        return self._operation.id

    def add(self, record_type: str, values: Mapping[str, Any]) -> Any:
        """Add a record and return it, as it will be."""
        self._must_be_open()
        change = editing.make_addition(self._within, record_type, values)
        self._pending.put(self._within.schema(change.type), change)
        return self.get(change.type, change.id)

    def get(self, record_type: str, ref: Reference) -> Any:
        """Return the record that ``ref`` names, as it will be."""
        self._must_be_open()
        self._must_stay(record_type, ref)
        schema, row = found(self._within, record_type, ref)
        return self._within.codec_of(schema).record(row)

    def edit(self, record_type: str, ref: Reference, values: Mapping[str, Any]) -> None:
        """Set fields of a record, be it one that this batch added or edited before.

        Given a record, what was read then counts, as it does in a single edit.
        """
        self._must_be_open()
        self._must_stay(record_type, ref)
        schema, row, read = editing.read_for_edit(self._within, record_type, ref)
        held = self._pending.laid_over(schema, row[ID], read) or read
        change = editing.make_update(self._within, schema, held, values)
        if (pending := self._pending.get(schema.name, row[ID])) is not None:
            before = {key: read[schema.positions[key]] for key in change.after or ()}
            change = _joined(pending, attrs.evolve(change, before=before))
        if change.after or change.marks or change.action is Action.CREATE:
            self._pending.put(schema, change)
        else:
            self._pending.drop(schema, change.id)

    def done(self, ref: Reference, result: str = "", *, status: str = DONE) -> None:
        """Finish a follow-up; where it repeats, the next one is made when the batch lands."""
        self._must_be_open()
        self._must_stay(FOLLOWUP, ref)
        row, values = followups.finishing(self._within, ref, result, status)
        self.edit(FOLLOWUP, row[ID], values)

    def remove(self, record_type: str, ref: Reference) -> None:
        """Remove a record; one that this batch added is simply not added.

        What the batch lets refer to that one goes the way its field says: along, or without the reference. Raises
        ``ReferencedError`` where the field forbids the removal.
        """
        self._must_be_open()
        self._must_stay(record_type, ref)
        schema, row = found(self._within, record_type, ref)
        self._within.writable_schema(schema.name)
        pending = self._pending.get(schema.name, row[ID])
        if pending is not None and pending.action is Action.CREATE:
            self._let_go(schema, pending.id)
            self._pending.drop(schema, pending.id)
            return
        named = ref if isinstance(ref, Record) else row[ID]
        change = editing.make_removal(self._session, schema.name, named)
        self._let_go(schema, change.id)
        self._pending.put(schema, change)

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Land everything, or nothing if the block raised."""
        self._must_be_mine()
        self._done = True
        try:
            if kind is None and len(self._pending):
                self.receipt = write(self._session, Changeset(operation=self._operation, changes=list(self._pending)))
        finally:
            if self.receipt is None:
                self._session.unwritten.add(self.operation)

    def _must_be_mine(self) -> None:
        if threading.get_ident() != self._thread:
            raise UsageError(
                "A batch belongs to the thread that opened it, and this is another one.",
                hint="Open a batch in each thread, or hand what is to be written to the thread that has it.",
            )

    def _must_be_open(self) -> None:
        self._must_be_mine()
        if self._done:
            raise UsageError("This batch has landed already.", hint="Open another with ledger.operation().")

    def _must_stay(self, record_type: str, ref: Reference) -> None:
        """Raise ``NotFoundError`` where this batch removes the record that ``ref`` is, or is the id of."""
        number = ref.id if isinstance(ref, Record) else ref
        schema = self._within.schema(record_type)
        pending = self._pending.get(schema.name, number) if isinstance(number, int) else None
        if pending is not None and pending.after is None:
            raise NotFoundError(schema.name, schema.public_id(pending.id), hint="This batch removes it.")

    def _let_go(self, schema: Schema, number: int) -> None:
        """Do with what this batch lets refer to a record as the store does with what refers to one that is removed."""
        referring = list(self._referring(schema, number))
        held = Counter(owner.info.plural for owner, _, field in referring if field.spec.on_remove == "restrict")
        if held:
            raise ReferencedError(schema.public_id(number), held)
        for owner, change, field in referring:
            pending = self._pending.get(owner.name, change.id)
            if pending is None or pending.after is None:  # another reference took it along
                continue
            if field.spec.on_remove == "empty":
                self.edit(owner.name, change.id, {field.key: None})
            else:
                self.remove(owner.name, change.id)

    def _referring(self, schema: Schema, number: int) -> Iterator[tuple[Schema, Change, Field]]:
        """Yield what this batch lets refer to a record, with the field that does."""
        for change in self._pending:
            owner = self._within.schema(change.type)
            for field in owner.references:
                named: Any = number if field.spec.target == schema.name else schema.public_id(number)
                if (change.after or {}).get(field.key) == named and (owner.name, change.id) != (schema.name, number):
                    yield owner, change, field


def _joined(pending: Change, change: Change) -> Change:
    """Return what two updates of a record come to, or an addition and an update of it.

    Of a field that both set, what the older revision had of it is what is compared when the batch lands. A field that
    is as it was is not set.
    """
    after = {**(pending.after or {}), **(change.after or {})}
    if pending.before is None:
        return attrs.evolve(pending, after={key: value for key, value in after.items() if value is not None})
    older, newer = (change, pending) if change.revision < pending.revision else (pending, change)
    before = {**(newer.before or {}), **(older.before or {})}
    after = {key: value for key, value in after.items() if value != before[key]}
    marks = {one.key: one for one in (*pending.marks, *change.marks) if not _takes_out(after, one)}
    before = {key: before[key] for key in after}
    return attrs.evolve(pending, before=before, after=after, revision=older.revision, marks=tuple(marks.values()))


def _takes_out(after: Mapping[str, Any], made_own: MarkChange) -> bool:
    """Whether a tag that a person made their own is taken out again."""
    field, tag, _ = made_own.key
    return field in after and tag not in map(fold, after[field] or ())
