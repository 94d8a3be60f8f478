"""What a row of a file was read from: the record that it brings the id of, at the revision that it brings.

An export writes both. Such a row is merged, field by field, with what was changed since: only what it changed against
its own revision is written, and it is refused where it stands against a later change.
"""

from collections.abc import Mapping, Sequence

import attrs

from custledger import ids
from custledger.changes import OPERATION_PREFIX, Change, by_key, merge
from custledger.errors import DataError, FieldConflict, shorten
from custledger.schema import ID, REVISION, Row, Schema
from custledger.services.editing import read_at_revision
from custledger.services.importing.chunk import Chunk
from custledger.services.importing.columns import ColumnParser
from custledger.services.importing.mapping import Plan
from custledger.services.importing.references import public_number
from custledger.services.session import Session


class Revisions:
    """Finds the states of records that the rows of one file were read from."""

    def __init__(self, session: Session, schema: Schema, plan: Plan) -> None:
        self.session = session
        self.schema = schema
        self.plan = plan
        self.codec = session.codec(schema.name)
        self.parse = ColumnParser(plan.reading.revision.field, self.codec) if plan.reading else None

    def stale(self, chunk: Chunk, rows: Mapping[int, Row]) -> dict[int, int]:
        """Return by index the revisions that rows were read at, where their records are at others by now.

        ``rows`` are the records that the rows change. A revision is that of the record whose id stands beside it, and
        says nothing of another one that a key has found.
        """
        if self.parse is None or self.plan.reading is None:
            return {}
        told = self.parse(chunk.cells[self.plan.reading.revision.index])
        cells = chunk.cells[self.plan.reading.id.index]
        own = {
            index
            for index, row in rows.items()
            if told.values[index] != row[REVISION] and public_number(self.schema, cells[index].strip()) == row[ID]
        }
        chunk.refuse({index: why for index, why in told.reasons.items() if index in own})
        return {index: int(revision) for index in own if isinstance(revision := told.values[index], int)}

    def read(self, chunk: Chunk, index: int, row: Row, revision: int) -> Row:
        """Return a record as it was at the revision; the present row, and the row is refused, where it never was so."""
        try:
            return read_at_revision(self.session, self.schema, row, revision)
        except DataError as error:
            chunk.refuse({index: error.message})
            return row

    def refuse_conflicts(self, chunk: Chunk, index: int, change: Change, row: Row) -> None:
        """Refuse a row that sets fields otherwise than somebody else did since; each is told with both values."""
        _, conflicts = merge(self.schema, change, by_key(self.schema, row))
        for conflict in conflicts:
            chunk.refuse({index: self._told(chunk, index, conflict, change.revision)})

    def _told(self, chunk: Chunk, index: int, conflict: FieldConflict, revision: int) -> str:
        field = self.schema.by_key[conflict.field]
        label = field.label(self.codec.conventions.language)
        if conflict.sensitive:
            return f"{label}: it was set differently since revision {revision}"
        base, theirs = (
            shorten(None if value is None else self.codec.text(field, value))
            for value in (conflict.base, conflict.theirs)
        )
        column = self.plan.column_of(field.key)
        mine = chunk.cells[column.index][index] if column else ""
        return f"{label}: {base} became {theirs} since revision {revision}, and the row says {shorten(mine or None)}"

    def refuse_removed(self, chunk: Chunk, new: Sequence[int]) -> None:
        """Refuse those of the rows without a record whose id is that of a removed one, unless an undo removed it.

        What an import brought and an undo took back may be imported again.
        """
        column = self.plan.reading.id if self.plan.reading else self.plan.id_column
        if column is None or not new:
            return
        cells = chunk.cells[column.index]
        numbers = {index: public_number(self.schema, cells[index].strip()) for index in new}
        removals = self.session.view.removals(self.schema, [one for one in numbers.values() if one is not None])
        if not removals:
            return
        undone = {one.id for one in self.session.view.operations(ids=sorted({*removals.values()})) if one.undoes}
        for index, number in numbers.items():
            if number in removals and removals[number] not in undone:
                ref, operation = self.schema.public_id(number), ids.public(OPERATION_PREFIX, removals[number])
                chunk.refuse({index: f"{ref} was removed by {operation}: undo that, or empty the id to add it anew"})


def merged(schema: Schema, change: Change, row: Row) -> tuple[Change, Change] | None:
    """Return a change of what was read earlier, as it is to be written and as it comes out; ``None`` where it is there.

    What is written says what was read, so that the store merges it, also with what happens meanwhile; fields that are
    so already are left out.
    """
    present = by_key(schema, row)
    after, _ = merge(schema, change, present)
    wanted = {key: value for key, value in after.items() if value != present.get(key)}
    if not wanted:
        return None
    before = change.before or {}
    written = attrs.evolve(
        change,
        before={key: before.get(key) for key in wanted},
        after={key: (change.after or {})[key] for key in wanted},
    )
    return written, attrs.evolve(change, before={key: present.get(key) for key in wanted}, after=wanted)
