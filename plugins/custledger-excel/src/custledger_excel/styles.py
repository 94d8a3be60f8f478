"""The formats of cells, each made once in a workbook."""

import io
from typing import Any

from custledger_excel import words
from custledger_excel.colours import EXAMPLE, FAINT, HEADING, HEADING_LETTERS, LINE, NEEDED
from custledger_excel.columns import TEXT_FORMAT, Column, Layout

FONTS = {"zh": "Microsoft YaHei", "en": "Calibri"}
"""Fonts that are there where people have a spreadsheet; another one takes their place where they are not."""
SIZES = {"zh": 10, "en": 11}


A4 = 9
"""The number by which Excel knows the paper."""


class Styles:
    """Makes formats of one workbook. XlsxWriter's own objects have no types that could be told."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._made: dict[tuple[tuple[str, object], ...], Any] = {}

    def of(self, **properties: object) -> Any:
        """Return the format with these properties, by XlsxWriter's names for them."""
        key = tuple(sorted(properties.items()))
        if key not in self._made:
            self._made[key] = self._book.add_format(properties)
        return self._made[key]

    def cell(self, column: Column, layout: Layout, *, example: bool = False) -> Any:
        """Return the format of a column's cells."""
        told: dict[str, object] = {"num_format": layout.number_format, "valign": "top", "align": layout.align}
        if layout.align != "center":
            told["indent"] = 1
        if layout.wrap:
            told["text_wrap"] = True
        if column.field is not None and column.field.spec.system:
            told |= {"font_color": FAINT}
        if example:
            told |= {"italic": True, "font_color": EXAMPLE}
        return self.of(**told)

    def heading(self, column: Column) -> Any:
        """Return the format of a column's heading."""
        ground, align = NEEDED if column.is_needed else HEADING, column.layout.align
        told: dict[str, object] = {"bold": True, "bg_color": ground, "font_color": HEADING_LETTERS, "text_wrap": True}
        told |= {"valign": "vcenter", "align": align, "border": 1, "border_color": LINE, "num_format": TEXT_FORMAT}
        if align != "center":
            told["indent"] = 1
        return self.of(**told)


def new_book(stream: Any, language: str) -> Any:
    """Return a workbook that is written to ``stream`` when it is closed; no text in it becomes anything else."""
    from xlsxwriter import Workbook  # imported when a workbook is written, not when we start

    return Workbook(
        stream,
        {
            "in_memory": isinstance(stream, io.BytesIO),
            "strings_to_formulas": False,
            "strings_to_numbers": False,
            "strings_to_urls": False,
            "default_format_properties": {
                "font_name": FONTS.get(language, FONTS["en"]),
                "font_size": SIZES.get(language, SIZES["en"]),
            },
        },
    )


def set_paper(page: Any, language: str) -> None:
    """Have a sheet printed across A4, as wide as it is, with the numbers of the pages."""
    page.set_landscape()
    page.set_paper(A4)
    page.fit_to_pages(1, 0)
    page.set_margins(left=0.4, right=0.4, top=0.7, bottom=0.6)
    page.set_footer(f"&C{words.PAGE.in_language(language)}")
