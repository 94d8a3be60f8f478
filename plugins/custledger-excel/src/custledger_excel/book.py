"""An Excel workbook as the sheets of a ledger: one sheet for each record type."""

import io
import zipfile
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import ClassVar

from custledger.conventions import Conventions
from custledger.schema import Field, Schema
from custledger.stores.tables.book import SIDE, Book, Sheet, SheetEdit
from custledger.values import fold
from custledger_excel import sheets as styled_sheets
from custledger_excel.columns import Column, columns_of
from custledger_excel.editing import edited
from custledger_excel.manifest import TITLE, Manifest
from custledger_excel.mending import uncomputed
from custledger_excel.reading import Book as ReadBook
from custledger_excel.titles import titles_of

SUFFIXES = (".xlsx", ".xlsm")
"""The formats that can be written without losing what is in them."""
ID = "id"
LOOKED_AT = 10
"""How many rows are looked at for the headings: above them may stand what the table is called."""
_SIGNED = b"custledger "


class ExcelBook(Book):
    """The workbook of a ledger."""

    has_styles: ClassVar[bool] = True

    def __init__(self, file: Path) -> None:
        self.folder = file.parent
        self.side = file.parent / SIDE / file.name
        self.url = f"excel:{file}"
        self._name = file.name

    def files(self, titles: Collection[str]) -> list[str]:  # noqa: ARG002 - there is one file, whatever is in it
        """Return the name of the workbook, if it is there."""
        return [self._name] if (self.folder / self._name).exists() else []

    def home(self, schema: Schema, conventions: Conventions) -> tuple[str, str]:
        """Return the workbook, and what the sheet of a type is called in it."""
        return self._name, titles_of([schema], conventions.language)[schema.name]

    def fields(self, schema: Schema) -> list[Field]:
        """Return the fields of a type in the order of columns: what people look at first stands first."""
        return [column.field for column in columns_of(schema, "en") if column.field is not None]

    def read(self, name: str, content: bytes) -> list[Sheet]:
        """Return the sheets of the workbook, but for those that hold no records. Raises ``FileFormatError``."""
        book = ReadBook(name, io.BytesIO(content))
        try:
            beside = {TITLE, *(book.manifest.beside if book.manifest else ())}
            sheets = [_sheet(title, _indented(book, title)) for title in book.titles if title not in beside]
        finally:
            book.close()
        for sheet in sheets:
            places = uncomputed(content, sheet.title)
            sheet.unknown = frozenset((row - sheet.first, column) for row, column in places)
        return sheets

    def written(
        self, name: str, content: bytes | None, sheets: Mapping[str, Sheet], edits: Sequence[SheetEdit]
    ) -> tuple[bytes, Mapping[str, Sheet]]:
        """Return what the workbook holds when its sheets were edited, and the sheets.

        One that nobody but this has written is written anew; any other is edited in place, so that all that people
        have put into it stays.
        """
        named = {edit.title for edit in edits}
        if content is None or (is_own(content) and named >= sheets.keys()):
            result = signed(_whole(name, content, sheets, edits))
        else:
            result = edited(name, content, sheets, edits)
        return result, {sheet.title: sheet for sheet in self.read(name, result)}

    def elsewhere(self, folder: Path) -> "ExcelBook | None":
        """Return the workbook of a copy of the ledger in another folder; a workbook's name is no folder's."""
        return None if folder.suffix.lower() in SUFFIXES else ExcelBook(folder / self._name)

    def proposed(self) -> Mapping[str, str]:
        """Return the language and the currency that a workbook says it is in, such as a template."""
        manifest = manifest_of(self.folder / self._name)
        if manifest is None:
            return {}
        told = {"language": manifest.language, "currency": manifest.currency}
        return {name: value for name, value in told.items() if value}


def manifest_of(path: Path) -> Manifest | None:
    """Return what a workbook says of itself, or ``None``. Raises ``FileFormatError``."""
    if not path.exists() or not path.stat().st_size:
        return None
    book = ReadBook(str(path))
    try:
        return book.manifest
    finally:
        book.close()


def signed(content: bytes) -> bytes:
    """Return a workbook that says that it is just as it was written here, in the comment of the zip file.

    Whoever writes it again, be it Excel or another program, writes other parts, or no comment.
    """
    package = io.BytesIO(content)
    with zipfile.ZipFile(package, "a") as archive:
        archive.comment = _SIGNED + _signature(archive)
    return package.getvalue()


def is_own(content: bytes) -> bool:
    """Whether nobody has changed a workbook since it was written here."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return archive.comment == _SIGNED + _signature(archive)
    except zipfile.BadZipFile:
        return False


def _signature(archive: zipfile.ZipFile) -> bytes:
    parts = [(one.filename, one.CRC, one.file_size) for one in archive.infolist()]
    return sha256(repr(parts).encode()).hexdigest().encode()


def _indented(book: ReadBook, title: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows of a sheet from its first column on, whatever is in that."""
    before = [""] * book.indent(title)
    return ((number, [*before, *cells]) for number, cells in book.rows(title))


def _sheet(title: str, rows: Iterable[tuple[int, list[str]]]) -> Sheet:
    """Return a sheet; blank rows are in their places, so that each has its number."""
    numbered = list(rows)
    head = next((place for place, (_, cells) in enumerate(numbered[:LOOKED_AT]) if _has_ids(cells)), 0)
    if not numbered:
        return Sheet(title, [], [])
    first, heading = numbered[head]
    found: list[list[str]] = []
    for number, cells in numbered[head + 1 :]:
        found.extend([] for _ in range(number - first - 1 - len(found)))
        found.append(cells)
    while heading and not heading[-1].strip():
        heading.pop()
    return Sheet(title, heading, found, first + 1)


def _has_ids(cells: Sequence[str]) -> bool:
    return any(fold(cell.strip()) == ID for cell in cells)


def _whole(name: str, content: bytes | None, sheets: Mapping[str, Sheet], edits: Sequence[SheetEdit]) -> bytes:
    """Return the workbook written anew, with all that is in it."""
    from custledger_excel.styled import write_workbook

    beside = _beside(content)
    stream = io.BytesIO()
    made = [_edited_rows(sheets.get(edit.title), edit) for edit in edits]
    conventions = edits[0].conventions
    write_workbook(stream, made, conventions=conventions, instructions=beside > 1, summary=beside > 0, where=name)
    return stream.getvalue()


def _beside(content: bytes | None) -> int:
    """Return how many sheets a workbook has that hold no records; a new one has one, the summary."""
    if content is None:
        return 1
    book = ReadBook("", io.BytesIO(content))
    try:
        return len(book.manifest.beside) if book.manifest else 0
    finally:
        book.close()


def _edited_rows(sheet: Sheet | None, edit: SheetEdit) -> styled_sheets.Sheet:
    """Return what a sheet holds when it was edited, to be written whole."""
    width = len(edit.columns)
    heading = [*(sheet.heading if sheet else ()), *edit.added]
    rows = [[*row, *[""] * (width - len(row))][:width] for row in (sheet.rows if sheet else ())]
    for (place, at), cell in edit.cells.items():
        rows[place][at] = cell.text
    rows += [[cell.text if cell else "" for cell in cells] for cells in edit.rows]
    kept = [row for place, row in enumerate(rows) if place not in edit.removed]
    columns = [Column(text, field) for text, field in zip(heading, edit.columns, strict=True)]
    return styled_sheets.Sheet(schema=edit.schema, columns=columns, rows=kept)
