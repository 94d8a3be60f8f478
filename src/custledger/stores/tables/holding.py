"""What of one sheet is held while it is judged; what was held before keeps its number."""

from collections.abc import Sequence
from typing import Any

import attrs

from custledger.schema import Field, Schema
from custledger.stores.held import Held, HeldKind
from custledger.stores.tables.agreed import Agreed
from custledger.stores.tables.book import Sheet
from custledger.stores.tables.columns import Columns


class Holding:
    """Collects what is held of a sheet, in ``held``."""

    def __init__(self, sheet: Sheet, schema: Schema, columns: Columns, agreed: Agreed) -> None:
        self.held: list[Held] = []
        self._sheet = sheet
        self._schema = schema
        self._columns = columns
        self._before: dict[tuple[object, ...], list[Held]] = {}
        for one in reversed(agreed.held):
            self._before.setdefault(one.same_as, []).append(one)

    def add(self, kind: HeldKind, **more: Any) -> None:
        """Hold something, under the number that it had, if it was held before. No two get the same."""
        held = Held(kind=kind, type=self._schema.name, sheet=self._sheet.title, **more)
        before = self._before.get(held.same_as)
        self.held.append(attrs.evolve(held, number=before.pop().number) if before else held)

    def row(self, kind: HeldKind, place: int, why: str, hint: str, *, record: int = 0) -> None:
        """Hold a whole row."""
        cells = tuple((field.key, text) for field, text in self.texts(place) if text)
        self.add(kind, row=self._sheet.number(place), record=record, cells=cells, why=why, hint=hint)

    def cell(self, kind: HeldKind, field: Field, cell: tuple[int, int], *, why: str, hint: str) -> None:
        """Hold a cell, which is named by its record and the place of its row."""
        number, place = cell
        at, row = self._columns.place(field.key), self._sheet.rows[place]
        heading = self._sheet.heading[at] if at is not None else ""
        text = row[at] if at is not None and at < len(row) else ""
        self.add(
            kind,
            row=self._sheet.number(place),
            record=number,
            key=field.key,
            heading=heading,
            text=text,
            why=why,
            hint=hint,
        )

    def still(self, one: Held, place: int | None = None) -> None:
        """Go on holding something, whose row is at a place now."""
        self.held.append(one if place is None else attrs.evolve(one, row=self._sheet.number(place)))

    def texts(self, place: int) -> Sequence[tuple[Field, str]]:
        """Return the text of each field's cell in a row; the id is left out, and cells of which nobody knows it."""
        row, unknown = self._sheet.rows[place], self._sheet.unknown
        return [
            (field, row[at] if at < len(row) else "")
            for at, field in enumerate(self._columns.fields)
            if field is not None and field.key != "id" and (place, at) not in unknown
        ]
