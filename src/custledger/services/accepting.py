"""What accepting held things comes to: changes of records and settings that have the ledger say what files say."""

from typing import Any

import attrs

from custledger.changes import Action, Change, DocumentChange
from custledger.errors import CustledgerError, DataError, NotFoundError, UsageError
from custledger.fields import Kind
from custledger.marks import MarkChange, in_effect
from custledger.schema import Field
from custledger.services.documents import document_change
from custledger.services.editing import make_edit, make_removal, plain_values
from custledger.services.fields import field_called, kind_of
from custledger.services.history import UNTOLD, plain_before
from custledger.services.kind_guess import choices_in, guessed_kind
from custledger.services.session import Session
from custledger.settings import field_document
from custledger.stores.held import Held, HeldKind

WITH_VALUE = "Give what it should be as the option value, or restore it."
MARKS = "*＊ \N{IDEOGRAPHIC SPACE}"
"""What may stand around a heading, and is no part of a label."""


class Acceptance:
    """Collects what several accepted things come to; ``fields`` are those that are added, each with its record type."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._cells: dict[tuple[str, int], dict[str, Any]] = {}
        self._changes: list[Change] = []
        self.documents: list[DocumentChange] = []
        self.fields: list[tuple[str, Field]] = []

    def add(self, held: Held, *, value: Any = None, kind: Kind | str | None = None) -> None:
        """Take in one thing. Raises ``CustledgerError`` where it cannot be accepted, or not as it stands."""
        match held.kind:
            case HeldKind.UNFIT | HeldKind.DAMAGED | HeldKind.FELL_BACK:
                self._add_cell(held, value)
            case HeldKind.VANISHED:
                self._changes.append(make_removal(self._session, held.type, held.record))
            case HeldKind.RETURNED:
                self._changes.append(self._brought_back(held))
            case HeldKind.COLUMN:
                self._add_column(held, kind)
            case HeldKind.NEW_ROW:
                raise UsageError(
                    f"Row {held.row} of {held.sheet} cannot be accepted: {held.why}",
                    hint="Correct it in the file, and it is read again; or restore it, which takes the row out.",
                )
            case HeldKind.UNREADABLE:
                raise UsageError(
                    f"{held.sheet} cannot be accepted: {held.why}",
                    hint="Put the file right, or restore it from the ledger.",
                )
            case _:
                pass  # the store reads these anew: rows without their ids, and sheets that are right after all

    def changes(self) -> list[Change]:
        """Return the changes of records: of the cells of one record, one."""
        edits = [make_edit(self._session, name, number, cells) for (name, number), cells in self._cells.items()]
        return [*(one for one in edits if one.after or one.marks), *self._changes]

    def _add_cell(self, held: Held, value: Any) -> None:
        if value is None and held.kind is HeldKind.DAMAGED:
            raise DataError(f"{held.why}", hint=WITH_VALUE)
        given = held.text if value is None else value
        try:
            make_edit(self._session, held.type, held.record, {held.key: given})
        except CustledgerError as error:
            if value is None:
                error.hint = f"{error.hint} {WITH_VALUE}".strip()
            raise
        self._cells.setdefault((held.type, held.record), {})[held.key] = given

    def _brought_back(self, held: Held) -> Change:
        """Return what brings a removed record back, as its row says, and for the rest as it was."""
        session, schema = self._session, self._session.writable_schema(held.type)
        log = session.view.log(record=(schema.name, held.record), newest_first=True, limit=1)
        if not log or log[0].action is not Action.REMOVE:
            raise NotFoundError("record", schema.public_id(held.record))
        old = plain_before(log[0])
        marks = tuple(
            MarkChange(None, one.before) for one in log[0].marks if one.before and one.before.field in schema.by_key
        )
        was = {key: value for key, value in old.items() if key in schema.by_key and key not in UNTOLD}
        after = {**was, **plain_values(session, schema, dict(held.cells))}
        held_marks = tuple(one.after for one in marks if one.after)
        if any(after.get(key) != in_effect(held_marks, key) for key in schema.tagged):
            marks = ()  # the row has other tags: they are whose who accepts it
        kept = {key: value for key, value in after.items() if value is not None}
        change = Change(type=schema.name, id=held.record, before=None, after=kept, revision=old.get("revision", 0))
        return attrs.evolve(change, marks=marks)

    def _add_column(self, held: Held, kind: Kind | str | None) -> None:
        session, schema = self._session, self._session.writable_schema(held.type)
        chosen = kind_of(kind) if kind else guessed_kind(session.view.under(held), session.conventions)
        field = field_called(session, schema, held.heading.strip(MARKS), chosen)
        if chosen in {Kind.CHOICE, Kind.CHOICES}:
            spec = attrs.evolve(field.spec, choices=choices_in(session.view.under(held), chosen, held.heading))
            field = Field(field.key, spec)
        if any(name == schema.name and field.key == one.key for name, one in self.fields):
            raise DataError(
                f"Another column would be called {held.heading} too.", hint="Accept one, and rename the other."
            )
        self.fields.append((schema.name, field))
        self.documents.append(document_change(session, *field_document(schema.name, field.key, field.spec)))
