"""Editing a workbook in place: what is not named in an edit stays, be it formulas, colours, comments or columns."""

import io
import re
from collections.abc import Mapping, Sequence
from copy import copy
from datetime import date, datetime
from typing import Any

from custledger.errors import FileFormatError
from custledger.fields import Kind
from custledger.stores.tables.book import Cell, Sheet, SheetEdit
from custledger_excel.cells import fault, marked
from custledger_excel.columns import Column
from custledger_excel.mending import mended

_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
_LIKE_A_CONTROL = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
GENERAL, TEXT = "General", "@"


def edited(name: str, content: bytes, sheets: Mapping[str, Sheet], edits: Sequence[SheetEdit]) -> bytes:
    """Return what a workbook holds when some of its sheets were edited. Raises ``FileFormatError``."""
    from openpyxl import load_workbook  # takes its time to import

    macros = name.lower().endswith(".xlsm")
    book = load_workbook(io.BytesIO(content), keep_vba=macros, rich_text=True)
    new = [edit.title for edit in edits if edit.title not in book.sheetnames]
    for title in new:
        _put_before_hidden(book, title)
    for edit in edits:
        if edit:
            page = book[edit.title]
            _Page(name, page, sheets.get(edit.title), edit).edit()
    if any(edit.restyled or edit.added for edit in edits):
        from custledger_excel.restyling import restyle  # few edits need it

        restyle(book, edits, new)
    book.calculation.fullCalcOnLoad = True
    written = io.BytesIO()
    book.save(written)
    return mended(written.getvalue(), content, [edit.title for edit in edits])


def _put_before_hidden(book: Any, title: str) -> None:
    """Add a sheet behind the others that people see."""
    shown = [place for place, page in enumerate(book.worksheets) if page.sheet_state == "visible"]
    book.create_sheet(title, index=shown[-1] + 1 if shown else 0)


class _Page:
    """One sheet that is edited."""

    def __init__(self, name: str, page: Any, sheet: Sheet | None, edit: SheetEdit) -> None:
        self._name = name
        self._page = page
        self._sheet = sheet or Sheet(edit.title, [], [])
        self._edit = edit
        self._width = len(self._sheet.heading)
        self._columns = [Column("", field) for field in edit.columns]

    def edit(self) -> None:
        """Do all that the edit names."""
        self._put_right()
        for at, heading in enumerate(self._edit.added, self._width):
            self._add_column(at, heading)
        for (place, at), cell in self._edit.cells.items():
            self._write(self._row(place), at, cell)
        self._append()
        self._take_out()

    def _put_right(self) -> None:
        """Put right the texts of which openpyxl has taken the marks that say that they are no controls."""
        for place, row in enumerate(self._sheet.rows):
            for at, text in enumerate(row):
                if "_x" in text and _LIKE_A_CONTROL.search(text):
                    cell = self._page.cell(self._row(place), at + 1)
                    if cell.data_type == "s":
                        cell.value = _escaped(marked(text))
                        cell.data_type = "s"

    def _row(self, place: int) -> int:
        """Return the number of a row, as openpyxl and people count."""
        return self._sheet.number(place)

    @property
    def _heading_row(self) -> int:
        return max(1, self._sheet.first - 1)

    def _add_column(self, at: int, heading: str) -> None:
        cell = self._page.cell(self._heading_row, at + 1, marked(heading))
        before = self._page.cell(self._heading_row, at) if at else None
        if before is not None and before.has_style:
            cell._style = copy(before._style)  # noqa: SLF001 - the way that openpyxl has to copy a style whole
        self._page.column_dimensions[cell.column_letter].width = self._columns[at].layout.width
        filtered = self._page.auto_filter
        if filtered.ref and ":" in filtered.ref:
            first, _, last = filtered.ref.partition(":")
            filtered.ref = f"{first}:{cell.column_letter}{last.lstrip('ABCDEFGHIJKLMNOPQRSTUVWXYZ$')}"

    def _write(self, row: int, at: int, cell: Cell) -> None:
        """Write a value as the kind of cell that it is, in the style that is there."""
        target = self._page.cell(row, at + 1)
        layout = Column("", cell.field).layout
        value = _value(cell)
        if isinstance(value, str):
            text = marked(value)
            if why := fault(text):
                heading = self._heading(at)
                raise FileFormatError(self._name, f"a text {why}", row=row, column=heading, hint="Shorten it.")
            target.value = _escaped(text)
            target.data_type = "s"  # whatever it begins with, it is no formula
            if target.number_format == GENERAL:
                target.number_format = TEXT
        else:
            target.value = value
            is_no_day = isinstance(value, date) and not target.is_date
            if is_no_day or (value is not None and target.number_format in {GENERAL, TEXT}):
                target.number_format = layout.number_format

    def _heading(self, at: int) -> str:
        return self._sheet.heading[at] if at < self._width else self._edit.added[at - self._width]

    def _append(self) -> None:
        """Add the rows behind the last one, in the style of the row before."""
        last = self._row(len(self._sheet.rows) - 1) if self._sheet.rows else self._heading_row
        for number, cells in enumerate(self._edit.rows, last + 1):
            for at, cell in enumerate(cells):
                if self._sheet.rows:
                    before, new = self._page.cell(number - 1, at + 1), self._page.cell(number, at + 1)
                    if before.has_style:
                        new._style = copy(before._style)  # noqa: SLF001 - see above
                if cell is not None and cell.text:
                    self._write(number, at, cell)
        if self._edit.rows:
            self._widen(last + len(self._edit.rows))

    def _widen(self, last: int) -> None:
        """Have the filter, and a table that is laid over the rows, reach down to the last of them."""
        for holder in (self._page.auto_filter, *self._page.tables.values()):
            if holder.ref and ":" in holder.ref:
                first, _, end = holder.ref.partition(":")
                letters = end.replace("$", "").rstrip("0123456789")
                if int(end.replace("$", "")[len(letters) :]) < last:
                    holder.ref = f"{first}:{letters}{last}"

    def _take_out(self) -> None:
        """Take rows out; where formulas or merged cells would be torn apart, only their cells are emptied."""
        if not self._edit.removed:
            return
        if self._is_plain():
            for place in sorted(self._edit.removed, reverse=True):
                self._page.delete_rows(self._row(place))
            return
        for place in self._edit.removed:
            for at, field in enumerate(self._edit.columns):
                if field is not None:
                    self._page.cell(self._row(place), at + 1).value = None

    def _is_plain(self) -> bool:
        if self._page.merged_cells.ranges or self._page.tables:
            return False
        return not any(cell.data_type == "f" or cell.comment for row in self._page.iter_rows() for cell in row)


def _value(cell: Cell) -> str | float | date | None:
    """Return a value as openpyxl is to write it."""
    if not cell.text:
        return None
    made = Column("", cell.field).to_cell
    value = made(cell.text) if made else cell.text
    if isinstance(value, str):
        return value
    try:
        if cell.field.spec.kind is Kind.DATE:
            return date.fromisoformat(cell.text)
        if cell.field.spec.kind is Kind.TIME:
            return datetime.fromisoformat(cell.text)
    except ValueError:
        return cell.text
    return int(value) if value.is_integer() else value


def _escaped(text: str) -> str:
    """Return a text as a workbook has it: controls by their numbers, and what looks like that as well."""
    text = _LIKE_A_CONTROL.sub("_x005F_", text)
    return _CONTROLS.sub(lambda found: f"_x{ord(found[0]):04X}_", text)
