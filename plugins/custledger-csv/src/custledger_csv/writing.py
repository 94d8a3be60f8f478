"""Writing CSV that spreadsheets can open safely, and that reads back exactly."""

import io
import re
from collections.abc import Sequence
from typing import BinaryIO

from custledger.errors import FileFormatError, UsageError
from custledger.files import RowsOfText
from custledger.spreadsheets import escape
from custledger_csv import dialect as dialects
from custledger_csv import encoding as encodings

_CAREFUL = re.compile(
    r"[\",;\t|\r\n\0\ufeff]"  # what is quoted
    r"|(?:^|\x01)[\s'%=+\-@\u200b-\u200f\u2060\u2212\ufe62-\ufe6b\uff00-\uffef]"  # what may be marked, and spaces
    r"|\s(?:$|\x01)"
)
"""Finds rows, joined by a control character, that need a look at each cell; it finds some more, and misses none."""
_QUOTED = re.compile(r"[\",;\t|\r\n\ufeff]|^\s|\s$")
"""Cells that are quoted: whatever any reader might take for a separator is, not just our own separator."""


def write_csv(
    stream: BinaryIO,
    heading: Sequence[str],
    rows: RowsOfText,
    *,
    encoding: str | None = None,
    delimiter: str | None = None,
    excel_bom: bool = False,
) -> None:
    """Write a table to ``stream``, which is left open: RFC 4180, CRLF line ends, UTF-8 unless told otherwise.

    ``excel_bom`` puts a byte order mark in front, by which Excel knows UTF-8. Raises ``UsageError`` for options that
    cannot be, and ``FileFormatError`` for a character that the encoding does not have.
    """
    name = encodings.known(encoding or "utf-8")
    if excel_bom and not name.startswith("utf-8"):
        raise UsageError(
            f"A byte order mark does not go with {encodings.shown(name)}.",
            hint="Leave out the option excel_bom, or write UTF-8.",
        )
    separator = dialects.named(delimiter) if delimiter else ","
    text = io.TextIOWrapper(stream, encoding="utf-8-sig" if excel_bom else name, newline="")
    number = 1
    try:
        text.write(line(heading, separator))
        for cells in rows:
            number += 1
            text.write(line(cells, separator))
        text.flush()
    except UnicodeEncodeError as error:
        raise FileFormatError(
            "the output",
            f"{encodings.shown(name)} has no {error.object[error.start]!r}",
            row=number,
            hint="UTF-8 and GB18030 have every character.",
        ) from error
    finally:
        text.detach()


def line(cells: Sequence[str], separator: str) -> str:
    """Return a row as a line of CSV, cells that a spreadsheet would run marked; its end is CRLF."""
    joined = "\x01".join(cells)
    if separator in joined or len(cells) < 2 or _CAREFUL.search(joined) or joined.count("\x01") != len(cells) - 1:
        if len(cells) == 1 and not cells[0]:
            return '""\r\n'
        return separator.join([_cell(cell, separator) for cell in cells]) + "\r\n"
    return joined.replace("\x01", separator) + "\r\n"


def _cell(text: str, separator: str) -> str:
    text = escape(text)
    if separator in text or _QUOTED.search(text):
        return '"' + text.replace('"', '""') + '"'
    return text
