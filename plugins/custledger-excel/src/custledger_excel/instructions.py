"""The sheet that says how to fill in the others."""

from collections.abc import Mapping, Sequence
from typing import Any

from custledger.conventions import Conventions
from custledger.fields import Labels
from custledger_excel import words
from custledger_excel.colours import FAINT, HEADING, HEADING_LETTERS, LINE, LOOKS
from custledger_excel.columns import Column
from custledger_excel.sheets import Sheet
from custledger_excel.styles import Styles, set_paper


def add_instructions(
    page: Any, sheets: Sequence[Sheet], titles: Mapping[str, str], conventions: Conventions, styles: Styles
) -> None:
    """Write the sheet of instructions."""
    writer = _Instructions(page, conventions.language, styles)
    writer.begin()
    writer.steps()
    writer.sheets(sheets, titles)
    writer.afterwards(sheets)


class _Instructions:
    """Writes one line after another."""

    def __init__(self, page: Any, language: str, styles: Styles) -> None:
        self._page = page
        self._language = language
        self._styles = styles
        self._row = 0

    def begin(self) -> None:
        """Set the page, and write what the workbook is."""
        page, of = self._page, self._styles.of
        page.hide_gridlines(2)
        set_paper(page, self._language)
        page.fit_to_pages(1, 1)
        page.set_tab_color(LOOKS["orange"].tone)
        for place, width in enumerate((2, 5, 26, 26, 62)):
            page.set_column(place, place, width)
        page.set_row(0, 34)
        self._text(1, words.TEMPLATE_TITLE, of(bold=True, font_size=18, font_color=HEADING, valign="vcenter"))
        self._text(1, words.GREETING, of(font_size=12, font_color=FAINT))
        self._row += 1

    def steps(self) -> None:
        """Write how it is done, one step a line."""
        number = self._styles.of(bold=True, font_color=HEADING, align="center", valign="top")
        text = self._styles.of(text_wrap=True, valign="top")
        for count, step in enumerate(words.STEPS, 1):
            self._page.write_number(self._row, 1, count, number)
            self._page.merge_range(self._row, 2, self._row, 4, step.in_language(self._language), text)
            self._page.set_row(self._row, 20)
            self._row += 1
        self._row += 1

    def sheets(self, sheets: Sequence[Sheet], titles: Mapping[str, str]) -> None:
        """Write which sheets there are, what a row of each is, and what must be filled in."""
        heading = self._styles.of(bold=True, bg_color=HEADING, font_color=HEADING_LETTERS, valign="vcenter")
        cell = self._styles.of(text_wrap=True, valign="top", bottom=1, bottom_color=LINE)
        link = self._styles.of(valign="top", bottom=1, bottom_color=LINE, font_color="#174A8B", underline=1)
        self._section(words.SHEETS)
        for place, label in enumerate((words.SHEET, words.ABOUT, words.NEEDED), 2):
            self._page.write_string(self._row, place, label.in_language(self._language), heading)
        for sheet in sheets:
            self._row += 1
            title = titles[sheet.schema.name]
            self._page.write_url(self._row, 2, f"internal:'{title.replace(chr(39), chr(39) * 2)}'!A1", link, title)
            called = sheet.schema.info.labels.zh if self._language == "zh" else sheet.schema.info.called
            one = words.ONE_ROW.in_language(self._language).format(record=called)
            self._page.write_string(self._row, 3, one, cell)
            self._page.write_string(self._row, 4, self._needed(sheet.columns), cell)
        self._row += 2

    def afterwards(self, sheets: Sequence[Sheet]) -> None:
        """Write how the filled workbook gets into a ledger."""
        self._section(words.AFTERWARDS)
        self._text(2, words.IMPORT)
        code = self._styles.of(font_name="Consolas", bg_color="#F1F3F5")
        name = "FILE.xlsx" if self._language != "zh" else "文件.xlsx"
        for sheet in sheets:
            command = f"custledger import {name} --as {sheet.schema.name}"
            self._page.merge_range(self._row, 2, self._row, 3, command, code)
            self._row += 1

    def _needed(self, columns: Sequence[Column]) -> str:
        between = "、" if self._language == "zh" else ", "
        needed = between.join(column.heading for column in columns if column.is_needed)
        return needed or words.NOTHING_NEEDED.in_language(self._language)

    def _section(self, label: Labels) -> None:
        self._text(1, label, self._styles.of(bold=True, font_size=13, font_color=HEADING))

    def _text(self, place: int, sentence: Labels, style: Any = None) -> None:
        self._page.write_string(self._row, place, sentence.in_language(self._language), style)
        self._row += 1
