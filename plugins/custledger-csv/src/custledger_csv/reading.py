"""Reading CSV as the real world writes it."""

import csv
import io
import os
import shutil
import stat
import sys
import tempfile
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from typing import Any, BinaryIO, Self

from custledger.errors import FileFormatError, UsageError, file_error
from custledger.spreadsheets import MARK, unescape
from custledger_csv import dialect as dialects
from custledger_csv import encoding as encodings

STDIN = "-"
QUOTE = '"'
SAMPLE = 1 << 16
LONGEST_OPENING = 30
BLOCK = 1 << 16
"""About how many characters of lines are read at once, and taken apart together."""


def open_csv(path: object, *, encoding: str | None = None, delimiter: str | None = None) -> "CsvTable":
    """Return a context manager that yields the table in ``path``; ``-`` is the standard input.

    ``encoding`` and ``delimiter`` are found where they are not given. Raises ``UsageError`` where they are none.
    """
    return CsvTable(
        str(path),
        encoding=encodings.readable(encoding) if encoding else None,
        delimiter=dialects.named(delimiter) if delimiter else None,
    )


class CsvTable:
    """A CSV file that is being read. See ``custledger.files.Table`` for what it promises.

    Blank lines are passed over, but counted. A cell beginning with ``'`` that our writer marked so is unmarked.
    """

    def __init__(self, path: str, *, encoding: str | None, delimiter: str | None) -> None:
        self._path = path
        self._encoding = encoding
        self._delimiter = delimiter
        self._resources = ExitStack()
        self._heading: list[str] = []
        self._is_closed = True

    def __enter__(self) -> Self:
        """Open the file, read it once to be sure of its encoding and its quotes, and read its heading.

        Raises ``FileFormatError``, ``NotFoundError`` or ``NotAllowedError``.
        """
        try:
            self._open()
        except OSError as error:
            self._resources.close()
            raise file_error(self._path, error) from error
        except BaseException:
            self._resources.close()
            raise
        return self

    def __exit__(self, *_exception: object) -> None:
        """Close the file."""
        self._resources.close()

    @property
    def heading(self) -> Sequence[str]:
        """The cells of the heading row, as they stand."""
        return self._heading

    @property
    def description(self) -> str:
        """How the file was understood: ``UTF-8, separated by commas``."""
        delimiter = self._dialect.delimiter
        return f"{encodings.shown(self._found)}, separated by {dialects.NAMES.get(delimiter, repr(delimiter))}"

    @property
    def progress(self) -> float:
        """How much of the file has been read, 0 to 1."""
        return min(1.0, self._binary.tell() / self._size) if self._size else 1.0

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Yield ``(row number, cells)``; the heading is row 1. Raises ``FileFormatError`` that names the row."""
        return self._rows

    def _numbered(self, *, skip: int) -> Iterator[tuple[int, list[str]]]:
        """Yield every row with its number, but no blank ones. The first ``skip`` lines are left out."""
        number = 0
        try:
            for rows in self._read(skip):
                numbered = enumerate(rows, number + 1)
                yield from numbered if all(rows) else (row for row in numbered if row[1])
                number += len(rows)
        except _TooLong as error:
            if error.quoted and not self._is_closed:  # a quote that is never closed takes in all that follows
                raise _unclosed(self._path, number + 1) from error
            raise self._too_long(number + 1, error.place) from error
        except csv.Error as error:
            raise _unclosed(self._path, number + 1) from error
        except UnicodeError as error:
            raise FileFormatError(
                self._path, "was changed while it was read", row=number + 1, hint="Import it again once it is complete."
            ) from error
        except OSError as error:
            raise file_error(self._path, error) from error

    def _too_long(self, row: int, place: int) -> FileFormatError:
        column = self._heading[place] if place < len(self._heading) else str(place + 1)
        why = f"a cell is longer than the {dialects.LONGEST_CELL:,} characters that are read of one"
        return FileFormatError(self._path, why, row=row, column=column, hint="Shorten it.")

    def _open(self) -> None:
        self._binary = self._resources.enter_context(_seekable(self._path))
        self._size = self._binary.seek(0, os.SEEK_END)
        self._binary.seek(0)
        if self._encoding is None:
            self._found = encodings.find_encoding(self._binary, self._path)
        else:
            self._found = encodings.checked(self._binary, self._encoding, self._path)
        self._text = io.TextIOWrapper(self._binary, encoding=self._found, newline="")
        self._resources.callback(self._text.close)
        self._begin()

    def _begin(self) -> None:
        sample = self._text.read(SAMPLE).removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}")
        first = sample[: sample.find("\n") + 1] or sample
        told = dialects.separator_line(first)
        delimiter = self._delimiter or told
        self._dialect = (
            dialects.Dialect(delimiter) if delimiter else dialects.find_dialect(sample, whole=len(sample) < SAMPLE - 1)
        )
        skip = 1 if told else 0
        self._check_quotes(skip=skip)
        self._text.seek(0)
        self._rows = self._numbered(skip=skip)
        heading = next(self._rows, None)
        if heading is None:
            raise FileFormatError(self._path, "is empty", hint="Its first row should be the headings of its columns.")
        row, self._heading = heading
        if any("\0" in cell for cell in self._heading):
            encodings.refuse_utf_16(self._binary, self._path)
            raise FileFormatError(
                self._path,
                "holds NUL characters, so it is not text in an encoding that we can find",
                row=row,
                hint="If it is UTF-16, say so with the option encoding: utf-16-le.",
            )

    def _check_quotes(self, *, skip: int) -> None:
        """Raise ``FileFormatError`` that names the row where a quoted cell is still open at the end of the file."""
        self._binary.seek(0)
        if not any(QUOTE.encode() in block for block in iter(lambda: self._binary.read(encodings.BLOCK), b"")):
            return  # the byte is in every quote, whatever the encoding
        self._text.seek(0)
        self._is_closed = dialects.is_plainly_closed(iter(lambda: self._text.read(SAMPLE), ""), self._dialect)
        if not self._is_closed:
            self._text.seek(0)
            deque(self._numbered(skip=skip), maxlen=0)

    def _read(self, skip: int) -> Iterator[list[list[str]]]:
        """Yield the rows of each block of lines.

        The lines of a row that goes on in the next block are read again together with that, of which all the more is
        read then. The first ``skip`` lines, and a byte order mark before them, are left out.
        """
        open_row: list[str] = []
        size = BLOCK
        while block := self._text.readlines(size):
            if skip >= 0:
                block[0] = block[0].removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}")
                del block[:skip]
                skip = -1
            lines = open_row + block
            text = "".join(lines)
            rows: list[list[str]] = []
            try:
                open_row = self._split(lines, rows) if QUOTE in text else self._one_a_line(lines, rows)
            except csv.Error as error:
                yield self._unmarked(rows, text)
                raise _TooLong.found(lines, self._dialect) or error from error
            yield self._unmarked(rows, text)
            size = max(BLOCK, len(text)) if open_row else BLOCK
        if open_row:
            raise csv.Error("the last row is not closed")

    def _one_a_line(self, lines: list[str], rows: list[list[str]]) -> list[str]:
        """Append the rows of lines without quotes, each of which is one."""
        rows.extend(dialects.reader(lines, self._dialect))
        return []

    def _split(self, lines: list[str], rows: list[list[str]]) -> list[str]:
        """Append the rows of lines, and return the lines of the last one if it is still open behind them."""
        ending = ["\0", "\0"]
        rows.extend(dialects.reader([*lines, self._dialect.delimiter.join(ending)], self._dialect))
        if rows.pop() == ending:
            return []
        # The open quote took in our ending. What the rows before it leave of the lines is of the open row.
        left = iter(lines)
        closed = dialects.reader(left, self._dialect)
        for _ in rows:
            next(closed)
        return list(left)

    def _unmarked(self, rows: list[list[str]], text: str) -> list[list[str]]:
        """Return rows that were read from ``text`` with marked cells unmarked."""
        if not self._may_be_marked(text):
            return rows
        return [[unescape(cell) if cell[:1] == MARK else cell for cell in row] for row in rows]

    def _may_be_marked(self, text: str) -> bool:
        """Whether a cell of the text may begin with a mark; false only where none does."""
        if MARK not in text or self._dialect.skip_space:
            return MARK in text
        return text.startswith(MARK) or any(before + MARK in text for before in (self._dialect.delimiter, *'"\n\r'))


class _TooLong(csv.Error):
    """A cell is longer than is read: its ``place`` in the row, from 0, and whether it opens with a quote."""

    def __init__(self, place: int, *, quoted: bool) -> None:
        super().__init__("a cell is too long")
        self.place = place
        self.quoted = quoted

    @classmethod
    def found(cls, lines: Sequence[str], dialect: dialects.Dialect) -> "_TooLong | None":
        """Return the first that there is in lines, if any."""
        for place, cell in dialects.too_long(lines, dialect):
            opening = QUOTE + cell[:LONGEST_OPENING].replace(QUOTE, QUOTE * 2)
            return cls(place, quoted=opening in "".join(lines))
        return None


def _unclosed(path: str, row: int) -> FileFormatError:
    return FileFormatError(
        path,
        'a quote (") that opens in this row is never closed',
        row=row,
        hint="Close it, or double it where it is part of the text.",
    )


def _seekable(path: str) -> BinaryIO:
    """Return the file open for reading; what cannot be read twice is copied to a temporary file first."""
    if path == STDIN:
        if sys.stdin is None:
            raise UsageError("There is no standard input to read.")
        return _copied(sys.stdin.buffer)
    opened = open(path, "rb")  # noqa: SIM115, PTH123 - the caller closes it; a path may be any string
    if stat.S_ISREG(os.fstat(opened.fileno()).st_mode):
        return opened
    with opened:
        return _copied(opened)


def _copied(source: Any) -> BinaryIO:
    copy = tempfile.TemporaryFile()  # noqa: SIM115 - the caller closes it
    shutil.copyfileobj(source, copy)
    copy.seek(0)
    return copy
