"""A workbook that people like to fill in: a sheet a record type, with lists to choose from, colours and checks."""

import gc
import math
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from itertools import chain, islice
from typing import Any, BinaryIO

from custledger.conventions import Conventions, SystemClock
from custledger.errors import FileFormatError
from custledger.spreadsheets import is_example
from custledger_excel import manifest, words
from custledger_excel.cells import LONGEST, fault, marked
from custledger_excel.colours import HEADING
from custledger_excel.columns import LONG, NARROWEST, WIDEST, Cell, Column, Layout, is_near, place_of
from custledger_excel.conditions import add_conditions, planned
from custledger_excel.instructions import add_instructions
from custledger_excel.sheets import Sheet
from custledger_excel.styles import Styles, new_book, set_paper
from custledger_excel.summary import Figures, add_summary, counted_fields, summed_fields
from custledger_excel.titles import titles_of
from custledger_excel.validation import LAST_ROW, Lists, Validations

MOST_COLUMNS = 16_384
SAMPLE = 200
"""How many rows decide how wide the columns are."""
ARROW = 3
"""How many letters the arrow of the filter takes in a heading."""
CALM = 500_000
"""How many objects may be made between two searches for garbage while cells are written: there is none."""
LINE_HEIGHT, MOST_LINES = 15, 8
"""How high a line is, in points, and how many of a text are shown: not every spreadsheet finds that out by itself."""
LEGIBLE = 250
"""How many letters beside each other can be read on a page of A4; a wider sheet is printed on several."""

_CAREFUL = re.compile(
    r"(?:^|\x01)['\s=+\-@|%\0\u200b-\u200f\u2060\ufe62-\ufe6b\uff00-\uffef\ufeff]|[\ud800-\udfff\ufffe\uffff]"
)
"""Finds rows, joined by a control character, of which each cell needs a look; it finds some more, and misses none."""


def write_workbook(
    stream: BinaryIO,
    sheets: Sequence[Sheet],
    *,
    conventions: Conventions,
    today: date | None = None,
    instructions: bool = False,
    summary: bool = False,
    where: str = "the workbook",
) -> Mapping[str, str]:
    """Write a workbook to ``stream``, which is left open, and return the titles of its sheets by record type.

    ``conventions`` give the language of all that is not in the rows, and the currency. ``summary`` adds a sheet of live
    figures with charts, whose numbers are true for ``today`` before a spreadsheet computes them anew; ``instructions``
    one that says how to fill in the others. ``where`` is what errors call the file.

    Raises ``FileFormatError`` for a text that no workbook can hold, with row and column, and for too many of either.
    """
    writer = _Writer(stream, sheets, conventions, where)
    with _calm_collector():
        return writer.write(today=today, instructions=instructions, summary=summary)


class _Writer:
    """Writes one workbook."""

    def __init__(self, stream: BinaryIO, sheets: Sequence[Sheet], conventions: Conventions, where: str) -> None:
        self._book = new_book(stream, conventions.language)
        self._sheets = sheets
        self._conventions = conventions
        self._where = where
        self._styles = Styles(self._book)
        self._lists = Lists()
        self._beside = [one.in_language(conventions.language) for one in (words.INSTRUCTIONS, words.SUMMARY)]
        self._titles = titles_of((one.schema for one in sheets), conventions.language, (*self._beside, manifest.TITLE))
        self._validations = Validations(conventions, self._lists, self._titles, self._name_records())

    def write(self, *, today: date | None, instructions: bool, summary: bool) -> Mapping[str, str]:
        """Write everything, the sheets beside the records first, which people see first; return the titles by type."""
        front = [
            self._book.add_worksheet(title)
            for title, asked in zip(self._beside, (instructions, summary), strict=True)
            if asked
        ]
        figures = [self._write_sheet(one, summary=summary) for one in self._sheets]
        if instructions:
            add_instructions(front[0], self._sheets, self._titles, self._conventions, self._styles)
        if summary:
            day = today or self._conventions.today(SystemClock().milliseconds)
            add_summary(self._book, front[-1], figures, day, self._conventions)
        self._write_manifest([one.get_name() for one in front])
        self._book.close()
        return self._titles

    def _name_records(self) -> Mapping[str, str]:
        """Give a name to the names of each type's records, to be chosen from, and return those by type."""
        from xlsxwriter.utility import quote_sheetname, xl_col_to_name

        names = {}
        for sheet in self._sheets:
            title = sheet.schema.title_field
            place = place_of(sheet.columns, {title.key}) if title else None
            if place is not None:
                name, letter = f"{sheet.schema.name}_names", xl_col_to_name(place)
                of_sheet = quote_sheetname(self._titles[sheet.schema.name])
                column = f"{of_sheet}!${letter}"
                last = f"INDEX({column}:${letter},MAX(2,COUNTA({column}:${letter})))"
                self._book.define_name(name, f"={column}$2:{last}")
                names[sheet.schema.name] = name
        return names

    def _write_sheet(self, sheet: Sheet, *, summary: bool) -> Figures:
        page = self._book.add_worksheet(self._titles[sheet.schema.name])
        columns, styles = sheet.columns, self._styles
        if len(columns) > MOST_COLUMNS:
            raise FileFormatError(self._where, f"would have {len(columns):,} columns, and a sheet has {MOST_COLUMNS:,}")
        counted = counted_fields(sheet.schema, columns) if summary else ()
        summed = summed_fields(sheet.schema, columns) if summary else ()
        figures = Figures(sheet.schema, columns, page.get_name(), counted, summed, planned(sheet.schema, columns))
        rows = iter(sheet.rows)
        first = list(islice(rows, SAMPLE))
        for place, column in enumerate(columns):
            self._write_text(page, (0, place), column.heading, styles.heading(column))
        empty = self._write_rows(page, sheet, chain(first, rows), figures if summary else None)
        self._set_page(page, sheet)
        self._set_columns(page, sheet, first, empty)
        for place, column in enumerate(columns):
            told = self._validations.of(column)
            if told is not None:
                page.data_validation(1, place, LAST_ROW, place, told)
        add_conditions(page, sheet.schema, columns, self._conventions, styles)
        return figures

    def _write_rows(
        self, page: Any, sheet: Sheet, rows: Iterable[Sequence[str]], figures: Figures | None
    ) -> Collection[int]:
        """Write the rows, and return the places of the columns in which there was nothing, beside examples."""
        columns, styles = sheet.columns, self._styles
        id_place = place_of(columns, {"id"})
        plain = [(column.to_cell, styles.cell(column, column.layout)) for column in columns]
        faint = [(column.to_cell, styles.cell(column, column.layout, example=True)) for column in columns]
        empty = list(range(len(columns)))
        wrapped = [place for place, column in enumerate(columns) if column.layout.wrap]
        number = 0
        for number, row in enumerate(rows, 1):
            if number > LAST_ROW:
                raise FileFormatError(self._where, f"would have more than the {LAST_ROW:,} rows that a sheet has")
            example = id_place is not None and row[id_place] and is_example(row[id_place])
            self._write_row(page, number, row, faint if example else plain, columns)
            if (lines := max((_lines(row[place]) for place in wrapped if row[place]), default=1)) > 1:
                page.set_row(number, LINE_HEIGHT * min(lines, MOST_LINES))
            if not example:
                empty = [place for place in empty if not row[place]]
                if figures is not None:
                    figures.add(row)
        page.autofilter(0, 0, max(number, 1), len(columns) - 1)
        return empty

    def _write_row(
        self, page: Any, number: int, row: Sequence[str], kinds: Sequence[Any], columns: Sequence[Column]
    ) -> None:
        joined = "\x01".join(row)
        careful = len(joined) > LONGEST // 2 or _CAREFUL.search(joined) is not None
        write_text, write_number = page.write_string, page.write_number
        for place, (text, (to_cell, style)) in enumerate(zip(row, kinds, strict=True)):
            if not text:
                continue
            value: Cell = to_cell(text) if to_cell else text
            if value.__class__ is not str:
                write_number(number, place, value, style)
            elif careful:
                self._write_text(page, (number, place), text, style, columns[place].heading)
            else:
                write_text(number, place, text, style)

    def _write_text(self, page: Any, at: tuple[int, int], text: str, style: Any, heading: str = "") -> None:
        """Write a text as it may stand in a cell. Raises ``FileFormatError`` where it cannot."""
        shown = marked(text)
        if why := fault(shown):
            raise FileFormatError(
                self._where,
                f"a text {why}",
                row=at[0] + 1,
                column=heading or text[:40],
                hint="Shorten it, or write CSV.",
            )
        page.write_string(*at, shown, style)

    def _set_columns(self, page: Any, sheet: Sheet, first: Sequence[Sequence[str]], empty: Collection[int]) -> None:
        """Set widths and formats; fold away the columns that few people need, unless something stands in them."""
        far = {place for place in empty if not is_near(sheet.schema, sheet.columns[place].field)}
        room = 0.0
        for place, column in enumerate(sheet.columns):
            options: dict[str, Any] = {"level": 1, "hidden": True} if place in far else {}
            options["collapsed"] = place not in far and place - 1 in far
            width = _width(column, column.layout, [row[place] for row in first])
            page.set_column(place, place, width, self._styles.cell(column, column.layout), options)
            room += 0 if place in far else width
        page.fit_to_pages(math.ceil(room / LEGIBLE), 0)
        last = len(sheet.columns)
        if last - 1 in far:  # the sign that opens them stands above the next column
            page.set_column(last, last, None, None, {"collapsed": True})

    def _set_page(self, page: Any, sheet: Sheet) -> None:
        """Freeze the heading, and set how the sheet is printed."""
        title = sheet.schema.title_field
        named = place_of(sheet.columns, {title.key}) if title else None
        frozen = named + 1 if named is not None and named < 3 else 1
        page.freeze_panes(1, frozen)
        page.repeat_columns(0, frozen - 1)
        page.set_row(0, 30)
        page.set_tab_color(HEADING)
        page.ignore_errors({"number_stored_as_text": f"A1:XFD{LAST_ROW + 1}"})
        set_paper(page, self._conventions.language)
        page.repeat_rows(0)
        page.hide_gridlines(0)
        page.set_header("&L&B&A&R&D")

    def _write_manifest(self, beside: Sequence[str]) -> None:
        """Write what the workbook says of itself, and the lists to choose from, where no spreadsheet shows it."""
        conventions = self._conventions
        told = manifest.Manifest(
            language=conventions.language,
            currency=conventions.currency,
            sheets=tuple(self._told(sheet) for sheet in self._sheets),
            beside=beside,
        )
        page = self._book.add_worksheet(manifest.TITLE)
        for row, text in enumerate(told.cells()):
            page.write_string(row, 0, marked(text))
        for place, labels in enumerate(self._lists.columns, 1):
            for row, label in enumerate(labels):
                page.write_string(row, place, label)
        page.very_hidden()

    def _told(self, sheet: Sheet) -> manifest.SheetInfo:
        keys = {one.heading: one.field.key for one in sheet.columns if one.field is not None}
        return manifest.SheetInfo(self._titles[sheet.schema.name], sheet.schema.name, keys)


def _width(column: Column, layout: Layout, texts: Sequence[str]) -> float:
    """Return how wide a column is, in letters: as its kind asks for, and wide enough for what stands in it."""
    asked = max((_letters(line) for text in texts for line in text.split("\n")), default=0) + 3
    heading = min(_letters(column.heading) + ARROW, WIDEST)
    return max(NARROWEST, heading, layout.width, min(asked, WIDEST))


def _lines(text: str) -> int:
    """Return how many lines a text takes in a column in which texts are laid on several."""
    return sum(1 + _letters(line) // LONG for line in text.split("\n"))


def _letters(text: str) -> int:
    """Return how many letters wide a text is; a Chinese one counts as two."""
    return len(text) if text.isascii() else sum(1 if ord(letter) < 0x1100 else 2 for letter in text)


@contextmanager
def _calm_collector() -> Iterator[None]:
    """Let the garbage collector run seldom: cells are no garbage, and looking through them takes half of the time."""
    before = gc.get_threshold()
    gc.set_threshold(max(CALM, before[0]) if before[0] else 0, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
