"""Printing: data on standard output in the form that was asked for, everything else on standard error."""

import enum
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, BinaryIO, NamedTuple, TextIO

from custledger.cli.text import one_line, visible
from custledger.cli.words import Words
from custledger.errors import CustledgerError, UsageError, masked

INDENT = 2


class Form(enum.Enum):
    """How data is printed. ``SHOWN`` is a table on a terminal, and lines with tabs between the values elsewhere."""

    SHOWN = ""
    JSON = "--json"
    LINES = "--nl"
    CSV = "--csv"
    TSV = "--tsv"


def form_of(*, json: bool = False, nl: bool = False, csv: bool = False, tsv: bool = False) -> Form:
    """Return the form that the flags ask for. Raises ``UsageError`` for more than one."""
    pairs = ((json, Form.JSON), (nl, Form.LINES), (csv, Form.CSV), (tsv, Form.TSV))
    wanted = [form for given, form in pairs if given]
    if len(wanted) > 1:
        raise UsageError(f"{wanted[0].value} and {wanted[1].value} cannot both be given.", hint="Choose one form.")
    return wanted[0] if wanted else Form.SHOWN


class Cell(NamedTuple):
    """A text of a table with the colour of its choice, or none.

    ``parts`` are those of its texts that have colours of their own, in their order: ``(text, colour)``.
    """

    text: str
    color: str = ""
    parts: tuple[tuple[str, str], ...] = ()


class Column(NamedTuple):
    """A column of a table: its heading for people, its key for programs, and whether numbers stand in it.

    What is ``whole`` (ids, dates, numbers) is never cut; what is ``kept`` (the title) is never left out; what is
    ``wrapped`` goes on in the next line instead of being cut. Of the others those of the least ``weight`` are left out
    first, and among equals the last one. Text is not squeezed below ``least`` cells, where that is given. ``like`` is
    the key of a column that names a record as well: where it is filled in every row, this one weighs little.
    """

    heading: str
    key: str
    numeric: bool = False
    whole: bool = False
    kept: bool = False
    wrapped: bool = False
    weight: int = 1
    least: int = 0
    like: str = ""


class Output:
    """Where one run prints, and what it knows of the place."""

    def __init__(self, stdout: TextIO | None = None, stderr: TextIO | None = None) -> None:
        self.stdout = stdout or sys.stdout
        self.stderr = stderr or sys.stderr
        self.words = Words("en")
        """The program's own words in the language of this run."""
        self.as_json = False
        """Whether JSON was asked for: then whatever is printed on standard error is JSON objects."""
        self.landed = ""
        """What has been written for good, in words (``C-… was added``): told where printing it fails."""

    @property
    def on_terminal(self) -> bool:
        """Whether standard output is a terminal, which gets tables."""
        return self.stdout.isatty()

    @property
    def in_color(self) -> bool:
        """Whether to print colours: on a terminal that has them, unless NO_COLOR is set; anywhere if FORCE_COLOR is."""
        if os.environ.get("NO_COLOR"):
            return False
        return bool(os.environ.get("FORCE_COLOR")) or (self.on_terminal and os.environ.get("TERM") != "dumb")

    def say(self, text: str = "") -> None:
        """Print a line of data."""
        print(text, file=self.stdout)

    def note(self, text: str) -> None:
        """Print a line about what happened, on standard error; none where JSON was asked for, which says it itself."""
        if not self.as_json:
            self._tell(visible(masked(text)))

    def complain(self, what: str, message: str, hint: str = "") -> None:
        """Print a ``warning``, or an ``error`` that does not end the run: in lines, or as a JSON object."""
        if self.as_json:
            import json

            told = {what: {"message": masked(message), "hint": masked(hint)}}
            self._tell(json.dumps(told, ensure_ascii=False))
            return
        self.note(self.words("warning: {message}", message=message) if what == "warning" else f"{what}: {message}")
        if hint:
            self.note(f"hint: {hint}")

    def _tell(self, line: str) -> None:
        self.stdout.flush()
        print(line, file=self.stderr)

    def no_room(self, columns: Sequence["Column"], advice: str = "") -> None:
        """Say which columns a table had no room for, if any."""
        if columns:
            told = advice or self.words("--json shows everything.")
            named = self.words(", ").join(column.heading for column in columns)
            self.note(self.words("No room for: {columns}. {advice}", columns=named, advice=told))

    def unprinted(self, error: OSError) -> CustledgerError:
        """Return what to tell where the standard output takes no more."""
        why = error.strerror or str(error)
        if self.landed:
            return CustledgerError(
                f"{self.landed}, but that could not be printed: {why}.", hint="What was written stands."
            )
        return CustledgerError(f"The output could not be printed: {why}.", hint="Print it somewhere else.")

    def bytes(self) -> BinaryIO:
        """Return the stream of bytes below standard output, for what is no text."""
        self.stdout.flush()
        return self.stdout.buffer

    def json(self, value: Any, *, indent: int | None = INDENT) -> None:
        """Print a JSON value."""
        import json

        self.say(json.dumps(value, ensure_ascii=False, indent=indent))

    def objects(self, objects: Iterable[Mapping[str, Any]], form: Form) -> None:
        """Print JSON objects: as one array, streamed, or one a line."""
        import json

        encode = json.JSONEncoder(ensure_ascii=False).encode
        if form is Form.LINES:
            for each in objects:
                self.say(encode(each))
            return
        between = "["
        for each in objects:
            self.stdout.write(f"{between}\n{encode(each)}")
            between = ","
        self.say("[]" if between == "[" else "\n]")

    def values(self, columns: Sequence[Column], rows: Iterable[Sequence[str]], form: Form) -> None:
        """Print rows of text under the keys of the columns: as TSV exactly, as CSV safe to open in a spreadsheet.

        CSV is what spreadsheets open, so cells that one would run as a formula are marked, as in an export.
        """
        import csv

        from custledger.spreadsheets import escape

        writer = csv.writer(self.stdout, delimiter="\t" if form is Form.TSV else ",", lineterminator="\n")
        writer.writerow([column.key for column in columns])
        writer.writerows(rows if form is Form.TSV else (map(escape, row) for row in rows))

    def pairs(self, pairs: Sequence[tuple[str, Cell]]) -> None:
        """Print names and values, one pair a line; a value of several lines keeps them on a terminal."""
        if self.on_terminal:
            from custledger.cli.tables import print_pairs

            print_pairs(self, pairs)
            return
        for name, cell in pairs:
            self.say(f"{one_line(name)}: {one_line(cell.text)}")

    def listing(
        self,
        columns: Sequence[Column],
        form: Form,
        *,
        objects: Iterable[Mapping[str, Any]],
        rows: Iterable[Sequence[str]],
        cells: Iterable[Sequence[Cell]] | None = None,
    ) -> list[Column]:
        """Print what was found in the form that was asked for, and return the columns that a table had no room for.

        ``objects`` are for JSON, ``rows`` of text for everything else; ``cells`` are for a table whose cells have
        colours, or other texts. Only those that the form needs are iterated over.
        """
        if form in {Form.JSON, Form.LINES}:
            self.objects(objects, form)
        elif form is Form.SHOWN:
            return self.table(columns, ([Cell(text) for text in row] for row in rows) if cells is None else cells)
        else:
            self.values(columns, rows, form)
        return []

    def table(self, columns: Sequence[Column], rows: Iterable[Sequence[Cell]], *, title: str = "") -> list[Column]:
        """Print a table on a terminal, lines of tab-separated values elsewhere; return the columns that did not fit."""
        if self.on_terminal:
            from custledger.cli.tables import print_table  # rich costs more than the rest of a start

            return print_table(self, columns, rows, title=title)
        self.say("\t".join(one_line(column.heading) for column in columns))
        for row in rows:
            self.say("\t".join(one_line(cell.text) for cell in row))
        return []
