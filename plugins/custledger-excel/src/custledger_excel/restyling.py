"""Bringing lists to choose from, checks and colours of a workbook up to date, where choices or columns have changed.

The workbook as it would be made today is made beside it, without a record in it, and what it says of its columns takes
the place of what the real one says of them. What people have said of other cells stays.
"""

import io
from collections.abc import Sequence
from typing import Any

from openpyxl import load_workbook
from openpyxl.formatting.formatting import ConditionalFormattingList
from openpyxl.worksheet.datavalidation import DataValidationList

from custledger.stores.tables.book import SheetEdit
from custledger_excel import words
from custledger_excel.columns import Column
from custledger_excel.manifest import TITLE
from custledger_excel.sheets import Sheet
from custledger_excel.styled import write_workbook
from custledger_excel.validation import LAST_ROW


def restyle(book: Any, edits: Sequence[SheetEdit]) -> None:
    """Bring the sheets of an opened workbook up to date; ``edits`` are those of all its sheets of records."""
    pages = [edit for edit in edits if edit.title in book.sheetnames]
    twin = _twin(book, pages)
    summary = words.SUMMARY.in_language(edits[0].conventions.language)
    if summary in book.sheetnames:
        _take_over_summary(book[summary], twin[summary])
    titles = [title for title in twin.sheetnames if title != summary]
    for edit, title in zip(pages, titles, strict=False):
        page, model = book[edit.title], twin[title]
        _take_over_conditions(page, model)
        page.data_validations = _validations(page, model)
    _take_over_lists(book, twin)


def _twin(book: Any, edits: Sequence[SheetEdit]) -> Any:
    stream = io.BytesIO()
    sheets = []
    for edit in edits:
        headings = [cell.value for cell in book[edit.title][1]]
        fields = [*edit.columns, *[None] * (len(headings) - len(edit.columns))]
        columns = [Column(str(heading or ""), field) for heading, field in zip(headings, fields, strict=False)]
        sheets.append(Sheet(schema=edit.schema, columns=columns))
    write_workbook(stream, sheets, conventions=edits[0].conventions, summary=True)
    return load_workbook(stream)


def _is_own(ranges: Any) -> bool:
    """Whether ranges are whole columns below the heading, as they are made here."""
    return all(one.min_row == 2 and one.max_row == LAST_ROW + 1 for one in ranges)


def _take_over_conditions(page: Any, model: Any) -> None:
    kept = ConditionalFormattingList()
    for one in page.conditional_formatting:
        if not _is_own(one.cells.ranges):
            for rule in one.rules:
                kept.add(str(one.sqref), rule)
    for one in model.conditional_formatting:
        for rule in one.rules:
            kept.add(str(one.sqref), rule)
    page.conditional_formatting = kept


def _validations(page: Any, model: Any) -> Any:
    people = [one for one in page.data_validations.dataValidation if not _is_own(one.sqref.ranges)]
    return DataValidationList(dataValidation=[*people, *model.data_validations.dataValidation])


def _take_over_summary(page: Any, model: Any) -> None:
    """Have the summary count what there is to be counted now; what people have written beside it stays."""
    for row in model.iter_rows():
        for cell in row:
            if cell.value is not None and page.cell(cell.row, cell.column).value != cell.value:
                page.cell(cell.row, cell.column).value = cell.value


def _take_over_lists(book: Any, twin: Any) -> None:
    """Have the hidden sheet hold the lists of the twin, and what the workbook says of itself."""
    if TITLE in book.sheetnames:
        beside = book[TITLE]
        beside.delete_rows(1, beside.max_row)
    else:
        beside = book.create_sheet(TITLE)
        beside.sheet_state = "veryHidden"
    for row in twin[TITLE].iter_rows():
        for cell in row:
            if cell.value is not None:
                new = beside.cell(cell.row, cell.column, cell.value)
                new.data_type = cell.data_type
    for name, defined in twin.defined_names.items():
        book.defined_names[name] = defined
