"""File formats: what a reader and a writer of tables are, as descriptors that plugins return."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from types import TracebackType
from typing import BinaryIO, Protocol

from custledger.fields import Labels
from custledger.structs import Struct, frozen


class Table(Protocol):
    """One table of a file that is being read: a heading and a stream of rows of text cells."""

    @property
    def heading(self) -> Sequence[str]:
        """The cells of the heading row, as they stand."""

    @property
    def description(self) -> str:
        """How the file was understood, for people: ``UTF-8, separated by commas``."""

    @property
    def progress(self) -> float:
        """How much of the file has been read, 0 to 1."""

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Yield ``(row number, cells)``; the heading is row 1. A row may have fewer or more cells than the heading."""


@frozen(kw_only=True)
class Reader(Struct):
    """A file format that can be read.

    - ``name`` and ``summary``: what ``--format`` takes, and what it is in both languages;
    - ``suffixes``: the endings by which a file is recognised (``.csv``);
    - ``open``: called with ``(path, **options)``; returns a context manager that yields a ``Table``, and raises
      ``FileFormatError`` for a file that it cannot make sense of;
    - ``options``: the names of the options that it takes;
    - ``takes_schema``: whether a file may hold tables of several record types, as a workbook does. Then ``open`` is
      also given ``schema``, that of the records that are wanted: by it the reader finds their table, and may call a
      column by the key of its field where its heading does not say it.
    """

    name: str
    summary: Labels
    suffixes: tuple[str, ...]
    open: Callable[..., "OpenTable"]
    options: tuple[str, ...] = ()
    takes_schema: bool = False


class OpenTable(Protocol):
    """A context manager that yields a ``Table``."""

    def __enter__(self) -> Table:
        """Open the file."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> bool | None:
        """Close it."""


@frozen(kw_only=True)
class Writer(Struct):
    """A file format that can be written.

    - ``name``, ``summary`` and ``suffixes``: as for a ``Reader``;
    - ``write``: called with ``(stream, heading, rows, **options)``: a binary stream, the heading's cells, and rows of
      text cells. What is written must be read back exactly by the reader of the same name;
    - ``options``: the names of the options that it takes;
    - ``takes_fields``: whether the format has cells of several kinds. Then ``write`` is also given ``schema`` of the
      records, ``fields`` of the columns and the ``conventions`` that the texts keep to, and may write a cell as what
      its field holds: a day, an amount. It must be read back as the same value of that field.
    """

    name: str
    summary: Labels
    suffixes: tuple[str, ...]
    write: Callable[..., None]
    options: tuple[str, ...] = ()
    takes_fields: bool = False


RowsOfText = Iterable[Sequence[str]]
BinaryStream = BinaryIO
