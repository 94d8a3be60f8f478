"""A folder of CSV files as the sheets of a ledger: one file for each record type.

A row of which nothing changes is written again as it stands, whatever quotes and blanks it has.
"""

import codecs
import csv
import io
import re
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

import attrs

from custledger.conventions import Conventions
from custledger.errors import FileFormatError
from custledger.schema import Schema
from custledger.spreadsheets import MARK, unescape
from custledger.stores.tables.book import SIDE, Book, Sheet, SheetEdit
from custledger.values import fold
from custledger_csv import dialect as dialects
from custledger_csv import encoding as encodings
from custledger_csv.writing import line

SUFFIX = ".csv"
NEW_ENCODING = "utf-8-sig"
"""How a new file is encoded: with a byte order mark, by which Excel knows UTF-8."""
SAMPLE = 1 << 16
MARKED = "\N{ZERO WIDTH NO-BREAK SPACE}"
"""A byte order mark that is left when a text was decoded."""
_ENDING = ["\0", "\0"]
"""A row that no file has, read behind its last one: an open quote takes it in."""
_UNFIT_FOR_NAMES = re.compile(r'[\\/:*?"<>|\x00-\x1f]')


@attrs.define(eq=False)
class CsvSheet(Sheet):
    """A sheet with the text of each of its rows.

    ``before`` is what may stand before the heading, and ``head`` the heading as it stands.
    """

    lines: list[str] = attrs.field(factory=list)
    before: str = ""
    head: str = ""
    encoding: str = NEW_ENCODING
    delimiter: str = ","
    newline: str = "\r\n"

    def content(self) -> bytes:
        """Return what the file holds. Raises ``UnicodeEncodeError``."""
        return (self.before + self.head + "".join(self.lines)).encode(self.encoding)


class CsvBook(Book):
    """The files of a ledger in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.side = folder / SIDE
        self.url = f"csv:{folder}"

    def elsewhere(self, folder: Path) -> "CsvBook":
        """Return the files of a copy of the ledger in another folder."""
        return CsvBook(folder)

    def files(self, titles: Collection[str]) -> list[str]:
        """Return the names of the CSV files of these titles."""
        try:
            names = sorted(one.name for one in self.folder.iterdir() if one.suffix.lower() == SUFFIX)
        except FileNotFoundError:
            return []
        return [name for name in names if fold(Path(name).stem) in titles]

    def home(self, schema: Schema, conventions: Conventions) -> tuple[str, str]:
        """Return the file and the title for a type: what its records are called, in the ledger's language."""
        info = schema.info
        title = info.labels.zh if conventions.language == "zh" and info.labels.zh else info.plural
        title = info.plural if _UNFIT_FOR_NAMES.search(title) else title
        return f"{title}{SUFFIX}", title

    def read(self, name: str, content: bytes) -> list[Sheet]:
        """Return the one sheet of a file. Raises ``FileFormatError``."""
        encoding = encodings.find_encoding(io.BytesIO(content), name)
        text = content.decode(encoding)
        mark = MARKED if text.startswith(MARKED) else ""
        if content.startswith(codecs.BOM_UTF16_BE):  # Python writes "utf-16" in the computer's own order
            encoding, mark = "utf-16-be", MARKED
        text = text.removeprefix(MARKED)
        lines = list(io.StringIO(text, newline=""))
        told = dialects.separator_line(lines[0]) if lines else ""
        dialect = dialects.Dialect(told) if told else _dialect(text)
        rows, texts = _rows(name, lines, dialect)
        skipped = 1 if told else 0
        heading = next((place for place, row in enumerate(rows) if place >= skipped and any(row)), None)
        if heading is None:
            raise FileFormatError(name, "is empty", hint="Its first row should be the headings of its columns.")
        head = texts[heading]
        return [
            CsvSheet(
                title=Path(name).stem,
                heading=rows[heading],
                rows=rows[heading + 1 :],
                first=heading + 2,
                lines=texts[heading + 1 :],
                before=mark + "".join(texts[:heading]),
                head=head,
                encoding=encoding,
                delimiter=dialect.delimiter,
                newline=head[len(head.rstrip("\r\n")) :][-2:] or "\r\n",
            )
        ]

    def written(
        self,
        name: str,
        content: bytes | None,  # noqa: ARG002 - the sheet has it, line for line
        sheets: Mapping[str, Sheet],
        edits: Sequence[SheetEdit],
    ) -> tuple[bytes, Mapping[str, Sheet]]:
        """Return what a file holds when its sheet was edited, and the sheet. Raises ``FileFormatError``."""
        (edit,) = edits
        found = sheets.get(edit.title)
        sheet = found if isinstance(found, CsvSheet) else CsvSheet(title=edit.title, heading=[], rows=[])
        _edit(sheet, edit)
        try:
            return sheet.content(), {edit.title: sheet}
        except UnicodeEncodeError as error:
            raise FileFormatError(
                name,
                f"{encodings.shown(sheet.encoding)} has no {error.object[error.start]!r}",
                hint="Save the file once in UTF-8.",
            ) from error


def _edit(sheet: CsvSheet, edit: SheetEdit) -> None:
    changed = {place for place, _ in edit.cells}
    if edit.added:
        width = len(sheet.heading)
        sheet.heading += edit.added
        sheet.head = _line(sheet, sheet.heading)
        changed.update(place for place, row in enumerate(sheet.rows) if len(row) > width and any(row[width:]))
    for (place, column), cell in edit.cells.items():
        row = sheet.rows[place]
        row += [""] * (column + 1 - len(row))
        row[column] = cell.text
    for place in changed:
        sheet.lines[place] = _line(sheet, sheet.rows[place])
    if edit.rows:
        _end_last_line(sheet)
    for cells in edit.rows:
        row = [cell.text if cell else "" for cell in cells]
        sheet.rows.append(row)
        sheet.lines.append(_line(sheet, row))
    for place in sorted(edit.removed, reverse=True):
        del sheet.rows[place], sheet.lines[place]


def _end_last_line(sheet: CsvSheet) -> None:
    """Have the last row end with a line end, before others come behind it."""
    if sheet.lines and not sheet.lines[-1].endswith(("\n", "\r")):
        sheet.lines[-1] += sheet.newline
    elif not sheet.lines and not sheet.head.endswith(("\n", "\r")):
        sheet.head += sheet.newline


def _line(sheet: CsvSheet, cells: Sequence[str]) -> str:
    text = line(cells, sheet.delimiter)
    return text if sheet.newline == "\r\n" else text.removesuffix("\r\n") + sheet.newline


def _dialect(text: str) -> dialects.Dialect:
    sample = text[:SAMPLE]
    return dialects.find_dialect(sample, whole=len(sample) == len(text))


def _rows(name: str, lines: list[str], dialect: dialects.Dialect) -> tuple[list[list[str]], list[str]]:
    """Return the rows of lines, and the text of each. Raises ``FileFormatError``."""
    reader = csv.reader(
        [*lines, dialect.delimiter.join(_ENDING)], delimiter=dialect.delimiter, skipinitialspace=dialect.skip_space
    )
    try:
        rows = list(reader)
        if len(rows) != len(lines) + 1:
            rows, lines = _of_several_lines(lines, dialect)
    except csv.Error as error:
        raise FileFormatError(name, f"cannot be read as CSV: {error}") from error
    if rows.pop() != _ENDING:
        raise FileFormatError(
            name,
            'a quote (") that opens in this row is never closed',
            row=len(rows) + 1,
            hint="Close it, or double it where it is part of the text.",
        )
    if any(MARK in text for text in lines):
        rows = [[unescape(cell) if cell[:1] == MARK else cell for cell in row] for row in rows]
    return rows, lines


def _of_several_lines(lines: Sequence[str], dialect: dialects.Dialect) -> tuple[list[list[str]], list[str]]:
    """Return rows of which some go over several lines, the ending among them, and the text of each."""
    reader = csv.reader(
        [*lines, dialect.delimiter.join(_ENDING)], delimiter=dialect.delimiter, skipinitialspace=dialect.skip_space
    )
    rows, texts, start = [], [], 0
    for row in reader:
        rows.append(row)
        texts.append("".join(lines[start : reader.line_num]))
        start = reader.line_num
    return rows, texts[:-1]
