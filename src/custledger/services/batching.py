"""Batches: many writes that land as one operation, whole or not at all."""

import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from types import TracebackType
from typing import Any, Self

import attrs

from custledger.changes import Action, Change, Changeset, Receipt
from custledger.codec import row_from
from custledger.errors import NotFoundError, ReferencedError, UsageError
from custledger.records import Record
from custledger.schema import CREATED_AT, ID, UPDATED_AT, Field, Schema
from custledger.services import editing
from custledger.services.naming import Reference, find_row
from custledger.services.session import Session
from custledger.services.writing import write
from custledger.values import adjusted


class Batch:
    """Writes that are collected, and land together when the ``with`` block ends without an error.

    What is read meanwhile does not show them yet, but an added record is returned at once with its id, so that others
    can refer to it (by the record, not by a code or a name, which nobody can look up yet). An error inside the block,
    or in any of the writes, leaves the ledger as it was. A batch belongs to the thread that opened it: in another one
    its methods raise ``UsageError``.
    """

    def __init__(self, session: Session, verb: str = "batch", reason: str = "") -> None:
        self._session = session
        self._operation = session.operation(verb, reason=reason)
        self._changes: dict[tuple[str, int], Change] = {}
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
        change = editing.make_addition(self._session, record_type, values)
        self._changes[change.type, change.id] = change
        return self._record(change)

    def edit(self, record_type: str, ref: Reference, values: Mapping[str, Any]) -> None:
        """Set fields of a record, be it one that this batch added or edited before."""
        self._must_be_open()
        schema = self._session.writable_schema(record_type)
        pending = self._pending(schema, ref)
        if pending is None:
            change = editing.make_edit(self._session, record_type, ref, values)
            pending = self._changes.get((change.type, change.id))
            if pending is None:
                if change.after:
                    self._changes[change.type, change.id] = change
                return
        if pending.after is None:
            raise NotFoundError(schema.name, schema.public_id(pending.id), hint="This batch removes it.")
        plain = editing.plain_values(self._session, schema, values)
        held = dict(pending.after)
        if pending.action is not Action.CREATE:
            held = dict(zip(schema.keys, find_row(self._session, schema.name, pending.id), strict=True)) | held
        after = {**pending.after, **{key: adjusted(value, held.get(key)) for key, value in plain.items()}}
        if pending.action is Action.CREATE:
            after = {key: value for key, value in after.items() if value is not None}
            editing.require(schema, after, self._session.conventions.language)
            self._changes[schema.name, pending.id] = attrs.evolve(pending, after=after)
        else:
            self._edit_again(pending, record_type, after)

    def remove(self, record_type: str, ref: Reference) -> None:
        """Remove a record; one that this batch added is simply not added.

        What the batch lets refer to that one goes the way its field says: along, or without the reference. Raises
        ``ReferencedError`` where the field forbids the removal.
        """
        self._must_be_open()
        schema = self._session.writable_schema(record_type)
        pending = self._pending(schema, ref)
        if pending is not None and pending.action is Action.CREATE:
            self._let_go(schema, pending.id)
            del self._changes[schema.name, pending.id]
            return
        change = editing.make_removal(self._session, record_type, ref)
        self._let_go(schema, change.id)
        self._changes[change.type, change.id] = change

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Land everything, or nothing if the block raised."""
        self._must_be_mine()
        self._done = True
        if kind is None and self._changes:
            self.receipt = write(
                self._session, Changeset(operation=self._operation, changes=list(self._changes.values()))
            )

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

    def _pending(self, schema: Schema, ref: Reference) -> Change | None:
        """Return the change that this batch has of a record, given as one or by the number of its id."""
        number = ref.id if isinstance(ref, Record) else ref
        return self._changes.get((schema.name, number)) if isinstance(number, int) else None

    def _let_go(self, schema: Schema, number: int) -> None:
        """Do with what this batch lets refer to a record as the store does with what refers to one that is removed."""
        referring = list(self._referring(schema, number))
        held = Counter(owner.info.plural for owner, _, field in referring if field.spec.on_remove == "restrict")
        if held:
            raise ReferencedError(schema.public_id(number), held)
        for owner, change, field in referring:
            pending = self._changes.get((owner.name, change.id))
            if pending is None or pending.after is None:  # another reference took it along
                continue
            if field.spec.on_remove == "empty":
                self.edit(owner.name, change.id, {field.key: None})
            else:
                self.remove(owner.name, change.id)

    def _referring(self, schema: Schema, number: int) -> Iterator[tuple[Schema, Change, Field]]:
        """Yield what this batch lets refer to a record, with the field that does."""
        for change in list(self._changes.values()):
            owner = self._session.schema(change.type)
            for field in owner.references:
                named: Any = number if field.spec.target == schema.name else schema.public_id(number)
                if (change.after or {}).get(field.key) == named and (owner.name, change.id) != (schema.name, number):
                    yield owner, change, field

    def _edit_again(self, pending: Change, record_type: str, after: Mapping[str, Any]) -> None:
        schema = self._session.schema(record_type)
        row = find_row(self._session, record_type, pending.id)
        now = {key: row[schema.positions[key]] for key in after}
        self._changes[schema.name, pending.id] = attrs.evolve(
            pending, before={**now, **(pending.before or {})}, after=dict(after)
        )

    def _record(self, change: Change) -> Any:
        schema = self._session.schema(change.type)
        row = list(row_from(schema, change.after or {}))
        row[ID], row[CREATED_AT], row[UPDATED_AT] = change.id, self._operation.at, self._operation.at
        return self._session.codec(change.type).record(tuple(row))
