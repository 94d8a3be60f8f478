"""What of a sheet is to be written so that it shows what the ledger says, and nothing more."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import attrs

from custledger.errors import CustledgerError
from custledger.fields import Kind
from custledger.schema import Field
from custledger.stores.rows import Rows
from custledger.stores.tables.agreed import Agreed
from custledger.stores.tables.book import Cell, Sheet, SheetEdit
from custledger.stores.tables.cells import Cells, number_of
from custledger.stores.tables.columns import columns_of


@attrs.define(eq=False)
class Plan:
    """What is to be written into one sheet, and what is agreed when it is, but for the digests of ``touched`` rows.

    ``edit`` may be empty, where the sheet shows all there is to show.
    """

    edit: SheetEdit
    agreed: Agreed
    touched: tuple[int, ...]

    @property
    def was_shown(self) -> dict[int, bytes | None]:
        """The digests of the rows that are brought up to date, as they stand in the file that is replaced."""
        return {number: self.agreed.digests.get(number) for number in self.touched}


class Planner:
    """Plans what to write into the sheet of one type.

    ``places`` are where rows of records stand; ``settled`` are the cells, by record and key, that are to be written
    though they were held; ``removed`` are the places of rows to take out; ``named`` are the ids that rows are to
    get, by their places, ``None`` where the id is to go; ``relabelled`` are the fields whose choices have other names
    now, which are written whatever name they go by; ``wanted`` are the fields in the order of a new sheet.
    """

    def __init__(
        self,
        cells: Cells,
        agreed: Agreed,
        sheet: Sheet | None,
        places: Mapping[int, int],
        *,
        settled: Collection[tuple[int, str]] = (),
        removed: Iterable[int] = (),
        named: Mapping[int, int | None] | None = None,
        relabelled: Collection[str] = (),
        wanted: Sequence[Field] = (),
    ) -> None:
        self._cells = cells
        self._schema = cells.schema
        self._agreed = agreed
        self._sheet = sheet
        self._places = places
        self._rows: Rows = cells.state.rows(cells.schema.name)
        self._held = {cell: one.text for cell, one in agreed.held_cells().items() if cell not in settled}
        self._removed = set(removed)
        self._named = named or {}
        self._relabelled = relabelled
        self._wanted = wanted or [self._schema.by_key["id"], *self._schema.editable]

    def plan(self, touched: Iterable[int]) -> Plan:
        """Return what is to be written so that the rows of the records that were touched show what they say."""
        self._edit = SheetEdit(self._agreed.title, self._schema, self._cells.conventions, removed=self._removed)
        fields = self._set_up_columns(touched := sorted(touched))
        for number in touched:
            place = self._places.get(number)
            if number not in self._rows:
                if place is not None:
                    self._edit.removed.add(place)
            elif place is None:
                self._add(number, fields)
            else:
                self._update(number, place, fields)
        for at, field in enumerate(fields):
            if field is not None and field.key == "id":
                for place, named in self._named.items():
                    self._edit.cells[place, at] = Cell(field, named, self._cells.shown(field, named))
        agreed = attrs.evolve(
            self._agreed, behind=frozenset(), offered=self._agreed.offered.union(self._columns), columns=self._columns
        )
        return Plan(self._edit, agreed, tuple(touched))

    def _set_up_columns(self, touched: Sequence[int]) -> list[Field | None]:
        """Return the fields of the columns, with those that have to be added."""
        if self._sheet is None:
            fields: list[Field | None] = list(self._wanted)
            added, beyond = [one for one in fields if one], list[None]()
        else:
            fields = list(columns_of(self._schema, self._sheet.heading, self._agreed.renamed).fields)
            there = {field.key for field in fields if field}
            added = [one for one in self._wanted if one.key not in there and self._needs_column(one, touched)]
            beyond = self._beyond(added)
            fields += [*beyond, *added]
        # What the other columns are is agreed when they are read, and not before.
        width = len(self._sheet.heading) if self._sheet else 0
        columns = [*self._agreed.columns, *[""] * (width + len(beyond) - len(self._agreed.columns))]
        self._columns = (*columns, *(one.key for one in added)) if added else self._agreed.columns
        self._edit.columns = fields
        self._edit.added = ["" for _ in beyond] + [field.label(self._cells.conventions.language) for field in added]
        return fields

    def _beyond(self, added: Sequence[Field]) -> list[None]:
        """Return columns for what people wrote at the right of the heading, so that none that is added gets into it."""
        if not added or self._sheet is None:
            return []
        widths = (len(row) for row in self._sheet.rows if any(row[len(self._sheet.heading) :]))
        return [None] * (max(widths, default=0) - len(self._sheet.heading))

    def _needs_column(self, field: Field, touched: Sequence[int]) -> bool:
        """Whether a field is to have a column: the ids, one that never had one, and what else there is to show."""
        if field.key == "id" or field.key not in self._agreed.offered:
            return True
        return any(number in self._rows and self._rows.value(number, field.key) is not None for number in touched)

    def _cell(self, number: int, field: Field) -> Cell:
        value = self._rows.value(number, field.key)
        return Cell(field, value, self._cells.shown(field, value))

    def _add(self, number: int, fields: Sequence[Field | None]) -> None:
        """Add a row; what is held of it stands in it as people wrote it."""
        row = [None if field is None else self._cell(number, field) for field in fields]
        for at, cell in enumerate(row):
            if cell is not None and (held := self._held.get((number, cell.field.key))) is not None:
                row[at] = Cell(cell.field, None, held)
        self._edit.rows.append(row)

    def _update(self, number: int, place: int, fields: Sequence[Field | None]) -> None:
        assert self._sheet is not None  # noqa: S101 - who has a place has a sheet
        texts = list(self._sheet.rows[place])
        texts += [""] * (len(fields) - len(texts))
        for at, field in enumerate(fields):
            if field is None or (number, field.key) in self._held or (place, at) in self._sheet.unknown:
                continue
            cell = self._cell(number, field)
            if texts[at] == cell.text or (at < len(self._sheet.heading) and self._says(field, texts[at], cell.value)):
                continue
            self._edit.cells[place, at] = cell

    def _says(self, field: Field, text: str, value: Any) -> bool:
        """Whether a text that people wrote stands for a value, so that it can stay."""
        if field.key in self._relabelled:
            return False
        if field.spec.kind is Kind.ID:
            return bool(number_of(text, self._schema) == value)
        try:
            # Without what the record says now, so that a name is another's as well is not passed over.
            read = self._cells.read(field, text)
        except CustledgerError:
            return False
        return bool(read == value)
