"""Reading a sheet of a workbook as a table of texts."""

import io
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from itertools import islice
from typing import Any, BinaryIO, Self

from custledger.errors import CustledgerError, FileFormatError, NotFoundError, UsageError, file_error, shorten
from custledger.schema import Schema, nearest
from custledger.spreadsheets import MARK
from custledger.values import fold
from custledger_excel.cells import text_of, unmarked
from custledger_excel.manifest import TITLE, Manifest
from custledger_excel.package import Package, damaged, locked
from custledger_excel.titles import names_of

STDIN = "-"
LOOKED_AT = 10
"""How many rows that are not blank are looked at for the headings: above them may stand what the table is called."""
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"


def open_excel(path: object, *, sheet: str | None = None, schema: Schema | None = None) -> "ExcelTable":
    """Return a context manager that yields the table of a sheet of ``path``; ``-`` is the standard input.

    ``sheet`` is its name or its number, from 1. Without it, it is the sheet that is called as the records of ``schema``
    are, or else the first that is shown and has anything in it.
    """
    return ExcelTable(str(path), sheet=sheet, schema=schema)


class Book:
    """A workbook that is read: its sheets, and what it says of itself. Raises ``FileFormatError`` for what is none.

    It is read from ``stream``, where one is given, and else from the file ``path``.
    """

    def __init__(self, path: str, stream: BinaryIO | None = None) -> None:
        self.path = path
        self._is_named = stream is None and path != STDIN
        self._stream = _opened(path) if stream is None else stream
        self._book: Any = None
        self._last: tuple[str, Any, Mapping[tuple[int, int], str]] | None = None
        try:
            with self._telling():
                self._package = Package(self._stream, path) if self._start() == _ZIP else None
                self._stream.seek(0)
                self._book = self._here() if self._package and self._package.is_plain else self._apart()
                kinds = [(one.name, str(one.typ), str(one.visible)) for one in self._book.sheets_metadata]
        except BaseException:
            self.close()
            raise
        self.titles: list[str] = [name for name, kind, _ in kinds if kind.endswith("WorkSheet")]
        self.shown: list[str] = [
            name for name, _, visible in kinds if name in self.titles and visible.endswith(".Visible")
        ]
        self.manifest = self._manifest() if TITLE in self.titles else None

    def close(self) -> None:
        """Close the file."""
        self._stream.close()
        if self._book is not None:
            self._book.close()

    def height(self, title: str) -> int:
        """Return how many rows there are up to the last of a sheet."""
        return int(self._sheet(title)[0].total_height)

    def indent(self, title: str) -> int:
        """Return how many columns there are before the first one with anything in it, which ``rows`` leave out."""
        start = self._sheet(title)[0].start
        return int(start[1]) if start else 0

    def rows(self, title: str) -> Iterator[tuple[int, list[str]]]:
        """Yield the rows of a sheet that are not blank as texts, each with its number, from 1."""
        sheet, errors = self._sheet(title)
        in_error = {row for row, _ in errors}
        first = sheet.start[1] if sheet.start else 0  # calamine leaves out the columns before the first one in use
        with self._telling():
            for index, values in enumerate(sheet.iter_rows()):
                cells = [value if value.__class__ is str else text_of(value) for value in values]
                if index in in_error:
                    cells = [cell or errors.get((index, column), "") for column, cell in enumerate(cells, first)]
                if MARK in "".join(cells):
                    cells = list(map(unmarked, cells))
                if any(cells):
                    yield index + 1, cells

    def _sheet(self, title: str) -> tuple[Any, Mapping[tuple[int, int], str]]:
        """Return a sheet as calamine gives it, and its error values by their places; the last one is remembered."""
        if self._last is None or self._last[0] != title:
            with self._telling():
                errors = self._package.errors_of(title) if self._package else {}
                self._last = title, self._book.get_sheet_by_name(title), errors
        return self._last[1:]

    def _start(self) -> bytes:
        """Return how the file begins. Raises ``FileFormatError`` where no workbook does so."""
        start = self._stream.read(len(_ZIP))
        self._stream.seek(0)
        if start not in {_ZIP, _OLE}:
            raise _stranger(self.path, start)
        return start

    def _here(self) -> Any:
        from python_calamine import CalamineWorkbook  # imported when a workbook is read, not when we start

        return CalamineWorkbook.from_object(self.path if self._is_named else self._stream)

    def _apart(self) -> Any:
        from custledger_excel.apart import ApartBook  # few workbooks need another process

        return ApartBook(self.path, None if self._is_named else self._stream)

    def _manifest(self) -> Manifest | None:
        with suppress(FileFormatError):
            return Manifest.of(cells[0] for _, cells in self.rows(TITLE))
        return None

    @contextmanager
    def _telling(self) -> Iterator[None]:
        """Say what is wrong with the file, whatever calamine raises; its panics are no ``Exception``."""
        try:
            yield
        except (CustledgerError, KeyboardInterrupt, SystemExit, GeneratorExit, MemoryError):
            raise
        except OSError as error:
            if error.errno is not None:
                raise file_error(self.path, error) from error
            raise damaged(self.path) from error
        except BaseException as error:
            if "password" in str(error).lower():
                raise locked(self.path) from error
            if type(error).__module__.split(".")[0] not in {
                "python_calamine",
                "pyo3_runtime",
                "custledger_excel",
                "builtins",
            }:
                raise
            raise damaged(self.path) from error


class ExcelTable:
    """A sheet that is being read. See ``custledger.files.Table`` for what it promises.

    Blank rows are passed over, but counted. A cell beginning with ``'`` that our writer marked so is unmarked.
    """

    def __init__(self, path: str, *, sheet: str | None, schema: Schema | None) -> None:
        self._path = path
        self._sheet = sheet
        self._schema = schema
        self._heading: list[str] = []
        self._done = self._height = 0

    def __enter__(self) -> Self:
        """Open the file and read the heading. Raises ``FileFormatError``, ``NotFoundError`` or ``NotAllowedError``."""
        self._book = Book(self._path)
        try:
            self._title = self._chosen()
            self._height = self._book.height(self._title)
            self._begin(self._book.rows(self._title))
        except BaseException:
            self._book.close()
            raise
        return self

    def __exit__(self, *_exception: object) -> None:
        """Close the file."""
        self._book.close()

    @property
    def heading(self) -> Sequence[str]:
        """The cells of the heading row; a column that only the workbook's own ledger calls so has its field's key."""
        return self._heading

    @property
    def description(self) -> str:
        """How the file was understood: ``the sheet “Customers”``."""
        return f"the sheet {shorten(self._title)}"

    @property
    def progress(self) -> float:
        """How much of the sheet has been read, 0 to 1."""
        return min(1.0, self._done / self._height) if self._height else 1.0

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Yield ``(row number, cells)``, as a spreadsheet counts rows."""
        for number, cells in self._rows:
            self._done = number
            yield number, cells
        self._done = self._height

    def _chosen(self) -> str:
        book = self._book
        if self._sheet:
            return _named(self._path, self._sheet, book)
        info = self._schema.info if self._schema else None
        if info is not None:
            known = book.manifest.sheet_of(info.name) if book.manifest else None
            if known is not None and known.title in book.titles:
                return known.title
            names = names_of(info)
            called = next((title for title in (*book.shown, *book.titles) if fold(title.strip()) in names), None)
            if called is not None:
                return called
            if book.manifest is not None:
                raise NotFoundError(f"sheet of {info.plural} in the file", self._path, hint=_listed(book.shown))
        for title in dict.fromkeys((*book.shown, *book.titles)):
            if next(book.rows(title), None) is not None:
                return title
        raise FileFormatError(self._path, "is empty", hint="Its first row should be the headings of its columns.")

    def _begin(self, rows: Iterator[tuple[int, list[str]]]) -> None:
        """Find the row of the headings: of the first ones, the one in which most of them are known."""
        first = list(islice(rows, LOOKED_AT))
        if not first:
            why = f"has nothing in the sheet {shorten(self._title)}"
            raise FileFormatError(self._path, why, hint="Its first row should be the headings of its columns.")
        known = self._known()
        scores = [sum(known(cell) for cell in cells) for _, cells in first]
        best = scores.index(max(scores)) if max(scores) > 1 else 0
        heading = first[best][1]
        while heading and not heading[-1].strip():
            heading = heading[:-1]
        self._heading = self._with_keys(heading)
        self._rows = _chained(first[best + 1 :], rows)

    def _known(self) -> Callable[[str], bool]:
        schema = self._schema
        if schema is None:
            return lambda _: False
        return lambda cell: bool(cell) and fold(" ".join(cell.split())) in schema.names

    def _with_keys(self, heading: list[str]) -> list[str]:
        """Return the headings; one that the workbook explains, and nothing else does, gives way to its field's key."""
        schema, manifest = self._schema, self._book.manifest
        told = manifest.sheet_of(schema.name) if schema and manifest else None
        if schema is None or told is None or told.title != self._title:
            return heading
        known, keys = self._known(), schema.by_key
        return [
            cell if known(cell) or told.columns.get(cell) not in keys else str(told.columns[cell]) for cell in heading
        ]


def _chained(
    first: Sequence[tuple[int, list[str]]], rest: Iterator[tuple[int, list[str]]]
) -> Iterator[tuple[int, list[str]]]:
    yield from first
    yield from rest


def _named(path: str, wanted: str, book: Book) -> str:
    """Return the title of the sheet that is wanted, by its name or its number. Raises ``NotFoundError``."""
    folded = {fold(title): title for title in reversed(book.titles)}
    if wanted in book.titles:
        return wanted
    if fold(wanted) in folded:
        return folded[fold(wanted)]
    if wanted.isdecimal() and 0 < int(wanted) <= len(book.titles):
        return book.titles[int(wanted) - 1]
    near = [folded[name] for name in nearest(wanted, folded)]
    raise NotFoundError(f"sheet in {path} called", wanted, suggestions=near, hint="" if near else _listed(book.shown))


def _listed(titles: Sequence[str]) -> str:
    return f"There are: {', '.join(titles)}. Name one with the option sheet." if titles else ""


def _opened(path: str) -> BinaryIO:
    if path == STDIN:
        if sys.stdin is None:
            raise UsageError("There is no standard input to read.")
        return io.BytesIO(sys.stdin.buffer.read())
    try:
        return open(path, "rb")  # noqa: PTH123 - a path may be any string
    except OSError as error:
        raise file_error(path, error) from error


def _stranger(path: str, start: bytes) -> FileFormatError:
    """Return the error for a file that is no workbook from its first byte on."""
    if not start:
        return FileFormatError(path, "is empty", hint="Its first row should be the headings of its columns.")
    if start == b"%PDF":
        return FileFormatError(path, "is a PDF, not a workbook", hint="Save the table as .xlsx or as CSV.")
    return FileFormatError(
        path,
        "is no workbook, whatever its name says",
        hint="If it is text, say so with the option format: csv. Otherwise save it as .xlsx in a spreadsheet.",
    )
