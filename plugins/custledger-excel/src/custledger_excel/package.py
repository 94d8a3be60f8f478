"""What is looked at in a workbook's file before anything reads it: bombs, locks, damage, and what calamine leaves out.

An ``.xlsx``, ``.xlsm``, ``.xlsb`` or ``.ods`` is a zip file of parts. Its directory says how large they become, and a
sheet says which cells it has: calamine makes room for every cell between the first and the last one, so that two cells
in opposite corners would take terabytes. It also gives error values (``#N/A``) as nothing, so they are found here.
"""

import lzma
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PurePosixPath
from typing import IO
from xml.etree import ElementTree as ET
from xml.parsers import expat

from custledger.errors import FileFormatError

MOST_EXPANDED = 2 << 30
"""How many bytes all parts of a workbook may be together: the largest sheet there can be is about that."""
SURELY_FINE = 64 << 20
"""Below so many bytes no part is too large, however well it was compressed."""
MOST_COMPRESSED = 300
"""How many times its size in the file a part may become. Sheets of nothing but styles reach 200 times."""
MOST_CELLS = 100_000_000
"""How many cells a sheet may span."""
SURELY_FEW = 4_000_000
SPARSEST = 20
"""Above ``SURELY_FEW`` cells, a sheet may span so many for each that it has."""
BLOCK = 1 << 20
OVERLAP = 1 << 14
"""How many bytes of a block are looked at again with the next one: the start of a cell that was cut in two."""

_FAR = re.compile(rb'r="(?:[A-Z]{2,3}[0-9]|[A-Z][0-9]{6})')
"""Finds a cell behind column Z or below row 99,999, as programs write them; a sheet without one is small."""
_PLACE = re.compile(rb"<(?:\w+:)?c\b[^>]*?\br\s*=\s*[\"']([A-Z]{1,3})([0-9]{1,7})[\"'][^>]*(?<!/)>")
"""Matches a cell that has something in it: one without content is closed at once, and takes no room."""
_ERRORS = (b't="e"', b"t='e'")
_ERROR = re.compile(
    rb"<(?:\w+:)?c\b(?=[^>]*\bt=[\"']e[\"'])[^>]*\br=[\"']([A-Z]{1,3})([0-9]{1,7})[\"'][^>]*>"
    rb"(?:(?!</?(?:\w+:)?c\b).)*?<(?:\w+:)?v>([^<]*)<",
    re.DOTALL,
)
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_STRICT_RELATION = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"
_ENTITIES = {"&amp;": "&", "&lt;": "<", "&gt;": ">"}
_TABLE = "urn:oasis:names:tc:opendocument:xmlns:table:1.0"
_READ_AT_ONCE = re.compile(r"(?:xl/(?:workbook|styles|sharedStrings)\.(?:xml|bin)|content\.xml|styles\.xml|.*\.rels)")
"""What calamine reads of a workbook whichever sheet is wanted."""

Place = tuple[int, int]
"""A row and a column, both from 0."""


class Package:
    """The zip file of a workbook, looked at. Raises ``FileFormatError`` for one that is not to be read."""

    def __init__(self, stream: IO[bytes], path: str) -> None:
        self._path = path
        with self._telling():
            self._zip = zipfile.ZipFile(stream)
            self._sizes()
            for info in self._zip.infolist():
                if _READ_AT_ONCE.fullmatch(info.filename):
                    for _ in self._blocks(info.filename):
                        """A part that is not as large as the directory says ends with an error here."""
            if "content.xml" in self._zip.namelist():
                self._check_locked()
                self._check_repeated()

    @property
    def is_plain(self) -> bool:
        """Whether it is a workbook of XML parts (``.xlsx``, ``.xlsm``), of which all that matters was looked at."""
        return "xl/workbook.xml" in self._zip.namelist()

    def errors_of(self, title: str) -> dict[Place, str]:
        """Return the error values of a sheet by their places, once it is sure that it does not span too many cells.

        Those of ``.ods`` stand as text; those of ``.xlsb`` cannot be told.
        """
        with self._telling():
            names = set(self._zip.namelist())
            part = self._part_of(title, names)
            if part is None:
                return {}
            return self._check_binary(part) if part.endswith(".bin") else self._check_sheet(part)

    def _sizes(self) -> None:
        whole = 0
        for info in self._zip.infolist():
            whole += info.file_size
            if info.flag_bits & 1:
                raise locked(self._path)
            if info.file_size > SURELY_FINE and info.file_size > MOST_COMPRESSED * max(info.compress_size, 1):
                raise self._bomb()
        if whole > MOST_EXPANDED:
            raise self._bomb()

    def _bomb(self) -> FileFormatError:
        return FileFormatError(
            self._path,
            "becomes far larger than a workbook needs to be once it is unpacked, so it is not read",
            hint="Open it in a spreadsheet, copy what is needed into a new workbook, and save that.",
        )

    def _spread(self, rows: int, columns: int) -> FileFormatError:
        return FileFormatError(
            self._path,
            f"spans {rows:,} rows and {columns:,} columns, nearly all of which are empty",
            hint="Remove what stands far right or far below, or copy the table into a new workbook.",
        )

    @contextmanager
    def _telling(self) -> Iterator[None]:
        try:
            yield
        except (zipfile.BadZipFile, EOFError, NotImplementedError, ET.ParseError, expat.ExpatError) as error:
            raise damaged(self._path) from error
        except (ValueError, LookupError, OverflowError, zipfile.LargeZipFile, zlib.error, lzma.LZMAError) as error:
            raise damaged(self._path) from error

    def _blocks(self, part: str) -> Iterator[bytes]:
        with self._zip.open(part) as stream:
            while block := stream.read(BLOCK):
                yield block

    def _part_of(self, title: str, names: set[str]) -> str | None:
        """Return the name of the part that a sheet is in."""
        book = next((name for name in ("xl/workbook.xml", "xl/workbook.bin") if name in names), None)
        if book is None or book.endswith(".bin"):
            return self._only_binary(names)
        relations = {
            one.get("Id"): str(one.get("Target", ""))
            for one in ET.fromstring(self._zip.read("xl/_rels/workbook.xml.rels"))  # noqa: S314 - expat is bounded
        }
        for sheet in ET.fromstring(self._zip.read(book)).iter():  # noqa: S314 - the same
            if sheet.tag.endswith("}sheet") and sheet.get("name") == title:
                target = relations.get(sheet.get(_RELATION) or sheet.get(_STRICT_RELATION), "")
                part = target.lstrip("/") if target.startswith("/") else str(PurePosixPath("xl") / target)
                return part if part in names else None
        return None

    def _only_binary(self, names: set[str]) -> str | None:
        """Check every sheet of a binary workbook, whose own part would have to be understood to find one."""
        for name in names:
            if re.fullmatch(r"xl/worksheets/[^/]*\.bin", name):
                self._check_binary(name)
        return None

    def _check_sheet(self, part: str) -> dict[Place, str]:
        """Return the errors of a sheet, looking at each of its bytes once."""
        found: dict[Place, str] = {}
        last_row = last_column = cells = 0
        rest = b""
        for block in self._blocks(part):
            text = rest + block
            closed = block.count(b"</c") + block.count(b":c")
            cells += closed
            if any(mark in text for mark in _ERRORS):
                found |= {_place(one[1], one[2]): _told(one[3]) for one in _ERROR.finditer(text)}
            if last_row or _FAR.search(text) or text.count(b'r="') < closed:  # the last: places that are written oddly
                for column, row in set(_PLACE.findall(text)):
                    last_row, last_column = max(last_row, int(row)), max(last_column, _column(column))
            rest = text[-OVERLAP:]
        self._check_span(last_row, last_column + 1, cells)
        return found

    def _check_span(self, rows: int, columns: int, cells: int) -> None:
        span = rows * columns
        if span > MOST_CELLS or (span > SURELY_FEW and span > SPARSEST * cells):
            raise self._spread(rows, columns)

    def _check_binary(self, part: str) -> dict[Place, str]:
        """Check how many cells a sheet of ``.xlsb`` spans, by its records of rows and of cells (MS-XLSB 2.1.4)."""
        content = self._zip.read(part)
        at, row, column, cells = 0, 0, 0, 0
        while at < len(content):
            kind, at = _varint(content, at, 2)
            size, at = _varint(content, at, 4)
            if kind == 0:  # BrtRowHdr
                row = max(row, int.from_bytes(content[at : at + 4], "little"))
            elif 1 <= kind <= 11:  # BrtCellBlank to BrtFmlaError
                column, cells = max(column, int.from_bytes(content[at : at + 4], "little")), cells + 1
            at += size
        self._check_span(row + 1, column + 1, cells)
        return {}

    def _check_locked(self) -> None:
        """Raise where an ``.ods`` is protected: its parts are no XML then."""
        part = "META-INF/manifest.xml"
        if part in self._zip.namelist() and any(b"encryption-data" in block for block in self._blocks(part)):
            raise locked(self._path)

    def _check_repeated(self) -> None:
        """Check how many cells a sheet of ``.ods`` spans, where cells and rows may be repeated many times."""
        counted = _Repeated()
        for block in self._blocks("content.xml"):
            counted.feed(block)
            if counted.span > MOST_CELLS or (counted.span > SURELY_FEW and counted.span > SPARSEST * counted.cells):
                raise self._spread(counted.rows, counted.columns)


class _Repeated:
    """Counts what the rows of a sheet of OpenDocument come to; trailing empty ones count for nothing."""

    def __init__(self) -> None:
        self.rows = self.columns = self.cells = 0
        self._pending = self._repeat = self._width = self._cell = 0
        self._at = 0
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end

    @property
    def span(self) -> int:
        return self.rows * self.columns

    def feed(self, block: bytes) -> None:
        """Take the next bytes."""
        self._parser.Parse(block, False)  # noqa: FBT003 - expat takes it by its place

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if name == f"{_TABLE} table":
            self.rows = self.columns = self._pending = 0
        elif name == f"{_TABLE} table-row":
            self._repeat, self._width, self._at = _count(attributes, "number-rows-repeated"), 0, 0
        elif name in {f"{_TABLE} table-cell", f"{_TABLE} covered-table-cell"}:
            self._at += _count(attributes, "number-columns-repeated")
            self.cells += 1
            if any(key.endswith("value-type") for key in attributes):
                self._width = self._at

    def _end(self, name: str) -> None:
        if name != f"{_TABLE} table-row":
            return
        self._pending += self._repeat
        if self._width:
            self.rows, self._pending = self.rows + self._pending, 0
            self.columns = max(self.columns, self._width)


def locked(path: str) -> FileFormatError:
    """Return the error for a workbook that a password protects."""
    return FileFormatError(
        path,
        "is protected by a password",
        hint="Open it in a spreadsheet, save it without the password, and take that file.",
    )


def damaged(path: str) -> FileFormatError:
    """Return the error for a workbook that no program could read, or only in part."""
    return FileFormatError(
        path,
        "is damaged, or is no workbook",
        hint="Open it in a spreadsheet, which may repair it, and save it as .xlsx.",
    )


def _count(attributes: dict[str, str], name: str) -> int:
    told = attributes.get(f"{_TABLE} {name}", "1")
    return max(int(told), 1) if told.isdecimal() else 1


def _varint(content: bytes, at: int, most: int) -> tuple[int, int]:
    """Return a number of seven bits a byte, and where it ends."""
    number = 0
    for shift in range(most):
        byte = content[at]
        at += 1
        number |= (byte & 0x7F) << (7 * shift)
        if byte < 0x80:
            break
    return number, at


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


def _place(letters: bytes, row: bytes) -> Place:
    return int(row) - 1, _column(letters)


def _told(text: bytes) -> str:
    told = text.decode("utf-8", "replace")
    for entity, character in _ENTITIES.items():
        told = told.replace(entity, character)
    return told
