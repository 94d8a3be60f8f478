"""What a backend of the table family supplies: a ``Book``, which takes files apart into sheets and puts them together.

Terms:

- A **sheet** is a heading and rows of cells of text, as people see them. One sheet holds the records of one type.
- A **book** is a folder or a file with sheets in it. One of its files may hold one sheet, as CSV does, or several.
- An **edit** says what is to become of a sheet. Everything it does not name stays as it is: columns and rows that the
  ledger does not know, the order of both, and whatever a format can say that is no text.

A book never touches the disk: it is handed what a file holds, and returns what it shall hold.
"""

import abc
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import ClassVar

import attrs

from custledger.conventions import Conventions
from custledger.schema import Field, Schema
from custledger.values import Plain


@attrs.frozen
class Cell:
    """What is to stand in a cell: a plain value of ``field``, and the text by which people see it; empty is ``""``.

    A text without a value is what people wrote that stands for none.
    """

    field: Field
    value: Plain
    text: str


@attrs.define(eq=False)
class Sheet:
    """One sheet as a book read it: the cells of its heading, and those of its rows, as texts.

    Rows may be shorter than the heading, or longer. ``first`` is the number by which people know the first row.
    ``unknown`` are the cells, by the places of their rows and columns, of which nobody knows what they say: formulas
    that have not been computed. They are left alone, and say nothing.
    A backend may derive a class that remembers more.
    """

    title: str
    heading: list[str]
    rows: list[list[str]]
    first: int = 2
    unknown: Collection[tuple[int, int]] = ()

    def number(self, place: int) -> int:
        """Return the number by which people know the row at ``place`` of ``rows``."""
        return self.first + place


@attrs.define(eq=False)
class SheetEdit:
    """What is to become of one sheet.

    - ``schema`` and ``conventions``: what it is about, and in which language and currency;
    - ``columns``: the field of each column of the sheet, and of those of ``added`` behind them; ``None`` is a column
      that the ledger does not know;
    - ``added``: the headings of columns to add at the right; for a sheet that is to be made, of all of them;
    - ``cells``: by ``(place of the row, place of the column)``, places counted from 0 in the sheet as it is;
    - ``rows``: rows to add at the end, whose cells stand under ``columns``; ``None`` is an empty cell;
    - ``removed``: the places of rows to take out, when all else is done;
    - ``restyled``: whether choices are others than they were, or look otherwise.
    """

    title: str
    schema: Schema
    conventions: Conventions
    columns: list[Field | None] = attrs.field(factory=list)
    added: list[str] = attrs.field(factory=list)
    cells: dict[tuple[int, int], Cell] = attrs.field(factory=dict)
    rows: list[list[Cell | None]] = attrs.field(factory=list)
    removed: set[int] = attrs.field(factory=set)
    restyled: bool = False

    def __bool__(self) -> bool:
        """Whether there is anything to do."""
        return bool(self.added or self.cells or self.rows or self.removed or self.restyled)


class Book(abc.ABC):
    """The files of one ledger. ``folder`` is where they lie; ``side`` is the folder of what lies beside them.

    ``has_styles`` says that a sheet shows what can be chosen, and its colours, so that it is written when those change.
    """

    has_styles: ClassVar[bool] = False
    folder: Path
    side: Path
    url: str

    @abc.abstractmethod
    def files(self, titles: Collection[str]) -> list[str]:
        """Return the names of the files in the folder that may hold sheets of these titles, which are folded."""

    @abc.abstractmethod
    def read(self, name: str, content: bytes) -> list[Sheet]:
        """Return the sheets of a file. Raises ``FileFormatError`` for one that it cannot make sense of."""

    @abc.abstractmethod
    def home(self, schema: Schema, conventions: Conventions) -> tuple[str, str]:
        """Return ``(file, title)`` of the sheet that a type is to have where it has none."""

    def fields(self, schema: Schema) -> list[Field]:
        """Return the fields of a type in the order in which a new sheet has their columns."""
        return [schema.by_key["id"], *schema.editable]

    @abc.abstractmethod
    def written(
        self, name: str, content: bytes | None, sheets: Mapping[str, Sheet], edits: Sequence[SheetEdit]
    ) -> tuple[bytes, Mapping[str, Sheet]]:
        """Return what a file holds when its sheets were edited, and the sheets, by title, as ``read`` would.

        Of a file of which one sheet is edited, the others have an edit too, of which nothing follows.
        ``content`` is what it holds now, ``None`` where there is no such file, and ``sheets`` what ``read`` made of
        that; the book may change those. Raises ``FileFormatError`` for what the format cannot hold.
        """

    def proposed(self) -> Mapping[str, str]:
        """Return what the files say of a new ledger's ``language`` and ``currency``, if they say so."""
        return {}

    def elsewhere(self, folder: Path) -> "Book | None":  # noqa: ARG002 - a book that cannot be copied need not look
        """Return the book of a copy of the ledger, whose files have the same names in another folder.

        ``None`` where a ledger of this kind cannot be copied so.
        """
        return None

    def opened_by(self, name: str) -> str:
        """Return in which program somebody has the file open, so that it must not be written; ``""`` for none.

        This way of it looks for the lock files of LibreOffice and Excel.
        """
        if (self.folder / f".~lock.{name}#").exists():
            return "LibreOffice"
        return "Excel" if (self.folder / f"~${name}").exists() else ""


SIDE = ".custledger"
"""What the folder is called in which everything lies that is beside the files of ledgers."""


def titles_of(schema: Schema) -> tuple[str, ...]:
    """Return by which titles the sheet of a type is known, the best first."""
    info = schema.info
    plural = f"{info.labels.en}s" if info.labels.en else info.plural
    return tuple(dict.fromkeys((info.plural, *info.labels.both(), plural, info.name)))
