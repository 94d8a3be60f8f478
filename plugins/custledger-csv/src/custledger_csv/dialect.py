"""Finding what separates the cells of a file."""

import csv
import io
import itertools
import re
from collections.abc import Iterable, Iterator

import attrs

from custledger.errors import UsageError

NAMES = {"\t": "tabs", ",": "commas", ";": "semicolons", "|": "bars"}
"""The separators that are looked for, the likelier of two equally good ones first."""
WORDS = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";", "pipe": "|", "bar": "|", "space": " "}
ROWS = 100
LONGEST_CELL = 1 << 24
_SEPARATOR_LINE = re.compile(r"sep=([,;\t|])\r?\n?", re.IGNORECASE)


@attrs.frozen
class Dialect:
    """What separates the cells, and whether spaces after it are to be dropped."""

    delimiter: str = ","
    skip_space: bool = False


def reader(lines: Iterable[str], dialect: Dialect) -> Iterator[list[str]]:
    """Return a CSV reader of lines that takes cells up to ``LONGEST_CELL`` characters."""
    if csv.field_size_limit() < LONGEST_CELL:
        csv.field_size_limit(LONGEST_CELL)
    return csv.reader(lines, delimiter=dialect.delimiter, skipinitialspace=dialect.skip_space)


def separator_line(line: str) -> str:
    """Return the separator that Excel's ``sep=;`` line names, or ``""`` if this is not such a line."""
    found = _SEPARATOR_LINE.fullmatch(line)
    return found[1] if found else ""


def named(text: str) -> str:
    """Return the separator that a user named by the character itself or by a word. Raises ``UsageError``."""
    delimiter = WORDS.get(text.lower(), text)
    if len(delimiter) != 1 or delimiter in '"\r\n\0':
        raise UsageError(f"{text!r} cannot separate cells.",
                         hint="Give one character, or tab, comma, semicolon or pipe.")
    return delimiter


def find_dialect(sample: str, *, whole: bool = False) -> Dialect:
    """Return the dialect in which the first rows have the most alike number of cells, quotes respected.

    ``whole`` says that the sample is all there is, so that its last row counts.
    """
    best, best_score = Dialect(), (0.0, 0, 0)
    for rank, delimiter in enumerate(NAMES):
        for skip_space in (False, True):
            score = (*_agreement(sample, Dialect(delimiter, skip_space), whole=whole), -2 * rank - skip_space)
            if score > best_score:
                best, best_score = Dialect(delimiter, skip_space), score
    return best


def _agreement(sample: str, dialect: Dialect, *, whole: bool) -> tuple[float, int]:
    """Return the share of rows with as many cells as the heading, in tenths, and that number."""
    rows = list(itertools.islice(_readable(sample, dialect), ROWS + 1))
    if not whole and len(rows) > 1:
        rows.pop()
    rows = [row for row in rows if row]
    width = len(rows[0]) if rows else 0
    if width < 2:
        return 0.0, 0
    alike = sum(len(row) == width or (len(row) > width and not any(row[width:])) for row in rows[1:])
    return (round(alike / (len(rows) - 1), 1) if len(rows) > 1 else 1.0), width


def _readable(sample: str, dialect: Dialect) -> Iterator[list[str]]:
    try:
        yield from reader(io.StringIO(sample, newline=""), dialect)
    except csv.Error:
        return
