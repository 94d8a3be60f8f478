"""Bringing lists to choose from, checks and colours of a workbook up to date, where choices or columns have changed.

The workbook as it would be made today is made beside it, without a record in it, and what it says of its columns takes
the place of what the real one says of them. What people have said of other cells stays.
"""

import io
from collections.abc import Collection, Sequence
from copy import copy
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


def restyle(book: Any, edits: Sequence[SheetEdit], new: Collection[str] = ()) -> None:
    """Bring the sheets of an opened workbook up to date; ``edits`` are those of all its sheets of records.

    Those whose titles are ``new`` have nothing but cells yet, and get all that a sheet has.
    """
    pages = [edit for edit in edits if edit.title in book.sheetnames]
    twin = _twin(book, pages)
    summary = words.SUMMARY.in_language(edits[0].conventions.language)
    if summary in book.sheetnames:
        _take_over_summary(book[summary], twin[summary])
    titles = [title for title in twin.sheetnames if title != summary]
    for edit, title in zip(pages, titles, strict=False):
        page, model = book[edit.title], twin[title]
        if edit.title in new:
            _dress(page, model)
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


def _dress(page: Any, model: Any) -> None:
    """Give a new sheet the headings, columns and paper of its model."""
    for cell in model[1]:
        heading = page.cell(1, cell.column)
        for aspect in ("font", "fill", "border", "alignment", "number_format"):
            setattr(heading, aspect, copy(getattr(cell, aspect)))
    page.row_dimensions[1].height = model.row_dimensions[1].height
    for letter, dimension in model.column_dimensions.items():
        column = page.column_dimensions[letter]
        for aspect in ("min", "max", "width", "hidden", "outlineLevel", "collapsed", "number_format", "alignment"):
            setattr(column, aspect, copy(getattr(dimension, aspect)))
    page.freeze_panes = model.freeze_panes
    page.auto_filter.ref = model.auto_filter.ref
    page.print_title_rows = model.print_title_rows
    page.page_setup = copy(model.page_setup)
    page.page_margins = copy(model.page_margins)
    page.sheet_properties = copy(model.sheet_properties)
    page.sheet_view.showGridLines = model.sheet_view.showGridLines


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
    """Have the summary say what things are called now, where it counts the same ones in the same places.

    Its charts lie over those places, so one that would look otherwise is left as it is, and counts what it counted.
    """
    told = {(cell.row, cell.column): cell.value for row in model.iter_rows() for cell in row if cell.value is not None}
    if all(page.cell(*place).value is not None for place in told) and page.max_row == model.max_row:
        for place, value in told.items():
            page.cell(*place).value = value


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
