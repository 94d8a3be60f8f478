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
    though they were held; ``removed`` are the places of rows to take out, and ``unnamed`` of those whose id is to go.
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
        unnamed: Iterable[int] = (),
    ) -> None:
        self._cells = cells
        self._schema = cells.schema
        self._agreed = agreed
        self._sheet = sheet
        self._places = places
        self._rows: Rows = cells.state.rows(cells.schema.name)
        self._held = {cell for cell in agreed.held_cells() if cell not in settled}
        self._removed = set(removed)
        self._unnamed = unnamed

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
                self._edit.cells.update({(place, at): Cell(field, None, "") for place in self._unnamed})
        offered = self._agreed.offered | {field.key for field in fields if field}
        agreed = attrs.evolve(self._agreed, behind=frozenset(), offered=offered)
        return Plan(self._edit, agreed, tuple(touched))

    def _set_up_columns(self, touched: Sequence[int]) -> list[Field | None]:
        """Return the fields of the columns, with those that have to be added."""
        if self._sheet is None:
            fields: list[Field | None] = [self._schema.by_key["id"], *self._schema.editable]
            added = [one for one in fields if one]
        else:
            fields = list(columns_of(self._schema, self._sheet.heading, self._agreed.renamed).fields)
            there = {field.key for field in fields if field}
            wanted = [self._schema.by_key["id"], *self._schema.editable]
            added = [one for one in wanted if one.key not in there and self._needs_column(one, touched)]
            fields += added
        self._edit.columns = fields
        self._edit.added = [field.label(self._cells.conventions.language) for field in added]
        return fields

    def _needs_column(self, field: Field, touched: Sequence[int]) -> bool:
        """Whether a field is to have a column: the ids, one that never had one, and what else there is to show."""
        if field.key == "id" or field.key not in self._agreed.offered:
            return True
        return any(number in self._rows and self._rows.value(number, field.key) is not None for number in touched)

    def _cell(self, number: int, field: Field) -> Cell:
        value = self._rows.value(number, field.key)
        return Cell(field, value, self._cells.shown(field, value))

    def _add(self, number: int, fields: Sequence[Field | None]) -> None:
        row = [None if field is None else self._cell(number, field) for field in fields]
        self._edit.rows.append(row)

    def _update(self, number: int, place: int, fields: Sequence[Field | None]) -> None:
        assert self._sheet is not None  # noqa: S101 - who has a place has a sheet
        texts = list(self._sheet.rows[place])
        texts += [""] * (len(fields) - len(texts))
        for at, field in enumerate(fields):
            if field is None or (number, field.key) in self._held:
                continue
            cell = self._cell(number, field)
            if texts[at] == cell.text or (at < len(self._sheet.heading) and self._says(field, texts[at], cell.value)):
                continue
            self._edit.cells[place, at] = cell

    def _says(self, field: Field, text: str, value: Any) -> bool:
        """Whether a text that people wrote stands for a value, so that it can stay."""
        if field.spec.kind is Kind.ID:
            return bool(number_of(text, self._schema) == value)
        try:
            read = self._cells.read(field, text, value)
        except CustledgerError:
            return False
        return bool(read == value)
