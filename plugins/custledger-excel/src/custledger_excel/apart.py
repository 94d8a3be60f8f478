"""Workbooks that are read in a process of their own: those of formats that cannot be looked at beforehand.

A damaged ``.xls`` can make calamine ask for more memory than there is, which ends the process. So that this is not
ours, another one reads it, with bounds, and tells what it finds (``child``). It is slower; few such files are large.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

import attrs

PROGRAM = Path(__file__).with_name("child.py")


class ApartError(Exception):
    """What the other process said of the workbook, or that it ended without a word."""


@attrs.frozen
class Metadata:
    """What is known of a sheet, as calamine has it."""

    name: str
    typ: str
    visible: str


class ApartBook:
    """A workbook, with as much of calamine's ``CalamineWorkbook`` as ``reading`` needs. Raises ``ApartError``."""

    def __init__(self, path: str, stream: BinaryIO | None = None) -> None:
        """``stream`` is where the workbook is, if it is in no file."""
        self._copy = None
        if stream is not None:
            self._copy = tempfile.NamedTemporaryFile(suffix=".xls")  # noqa: SIM115 - closed by close()
            self._copy.write(stream.read())
            self._copy.flush()
            path = self._copy.name
        self._process = subprocess.Popen(
            [sys.executable, "-P", str(PROGRAM), path],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
        )
        try:
            self.sheets_metadata: Sequence[Metadata] = [Metadata(*told) for told in self.hear()]
        except BaseException:
            self.close()
            raise

    def get_sheet_by_name(self, name: str) -> "ApartSheet":
        """Return a sheet."""
        return ApartSheet(self, name)

    def ask(self, name: str) -> None:
        """Ask for a sheet."""
        stdin = self._process.stdin
        if stdin is not None:
            with suppress(BrokenPipeError):  # that it has ended is found when it is listened to
                stdin.write(json.dumps(name) + "\n")
                stdin.flush()

    def hear(self) -> Any:
        """Return the next thing that is said."""
        line = self._process.stdout.readline() if self._process.stdout else ""
        if not line:
            raise ApartError("it ended without a word")
        told = json.loads(line)
        if isinstance(told, Mapping):
            raise ApartError(str(told["error"]))
        return told

    def close(self) -> None:
        """End the other process."""
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            with suppress(OSError):
                if stream is not None:
                    stream.close()
        if self._copy is not None:
            self._copy.close()


class ApartSheet:
    """A sheet, with as much of calamine's ``CalamineSheet`` as ``reading`` needs; its cells are texts already."""

    def __init__(self, book: ApartBook, name: str) -> None:
        book.ask(name)
        self.total_height, first = book.hear()
        self.start = (0, first)
        self._rows = [row for chunk in iter(book.hear, None) for row in chunk]

    def iter_rows(self) -> Iterator[list[str]]:
        """Yield the rows."""
        yield from self._rows
