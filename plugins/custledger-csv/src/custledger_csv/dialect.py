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
_NO_LIMIT = (1 << 31) - 1
LONGEST_SPACE = 64
"""How many characters before a quote are kept from one block of text to the next."""
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


def too_long(lines: Iterable[str], dialect: Dialect) -> Iterator[tuple[int, str]]:
    """Yield the cells of lines that are longer than a reader takes, each with its place in its row."""
    limit = csv.field_size_limit(_NO_LIMIT)
    try:
        found = [
            (place, cell)
            for row in csv.reader(lines, delimiter=dialect.delimiter, skipinitialspace=dialect.skip_space)
            for place, cell in enumerate(row)
            if len(cell) > LONGEST_CELL
        ]
    finally:
        csv.field_size_limit(limit)
    yield from found


def is_plainly_closed(blocks: Iterable[str], dialect: Dialect) -> bool:
    """Whether every quoted cell of a text is closed; false also where only a reader could tell.

    Each second quote opens a cell if what stands before it ends a cell or a row, or is nothing, between the two quotes
    of a doubled one. Whole files are looked at, so what lies between quotes is split off and compared as a set.
    """
    ends = (dialect.delimiter, "\r", "\n")
    before, is_inside = "\n", False
    for block in blocks:
        pieces = block.split('"')
        pieces[0] = before + pieces[0]
        *done, before = pieces
        for piece in set(done[is_inside::2]):
            if piece and not (piece.rstrip(" ") if dialect.skip_space else piece).endswith(ends):
                return False
        is_inside ^= bool(len(done) % 2)
        before = before[-LONGEST_SPACE:]
    return not is_inside


def separator_line(line: str) -> str:
    """Return the separator that Excel's ``sep=;`` line names, or ``""`` if this is not such a line."""
    found = _SEPARATOR_LINE.fullmatch(line)
    return found[1] if found else ""


def named(text: str) -> str:
    """Return the separator that a user named by the character itself or by a word. Raises ``UsageError``."""
    delimiter = WORDS.get(text.lower(), text)
    if len(delimiter) != 1 or delimiter in '"\r\n\0':
        raise UsageError(
            f"{text!r} cannot separate cells.", hint="Give one character, or tab, comma, semicolon or pipe."
        )
    return delimiter


def find_dialect(sample: str, *, whole: bool = False) -> Dialect:
    """Return the dialect that explains the first rows best.

    Best is where no quote stands inside a cell that does not begin with one, then where the rows have the most alike
    number of cells, then where that is greatest. ``whole`` says that the sample is all there is, so that its last
    row counts.
    """
    best, best_score = Dialect(), (False, 0.0, 0, 0)
    for rank, delimiter in enumerate(NAMES):
        for skip_space in (False, True):
            dialect = Dialect(delimiter, skip_space)
            agreement, width = _agreement(sample, dialect, whole=whole)
            clean = width > 1 and _is_clean(sample, dialect, whole=whole)
            score = (clean, agreement, width, -2 * rank - skip_space)
            if width > 1 and score > best_score:
                best, best_score = dialect, score
    return best


def _is_clean(sample: str, dialect: Dialect, *, whole: bool) -> bool:
    """Whether every quote of the sample opens or closes a cell, or is doubled inside one."""
    space, cut = " *" if dialect.skip_space else "", re.escape(dialect.delimiter)
    cell = rf'(?:{space}"(?:[^"]|"")*+"|[^"{cut}\r\n]*+)(?:[{cut}\r\n]|\Z)'
    found = re.match(f"(?:{cell})*", sample)
    end = found.end() if found else 0
    return end == len(sample) or (not whole and re.fullmatch(rf'{space}"(?:[^"]|"")*+"?', sample[end:]) is not None)


def _agreement(sample: str, dialect: Dialect, *, whole: bool) -> tuple[float, int]:
    """Return the share of rows with as many cells as the heading, in tenths, and that number."""
    rows = list(itertools.islice(_readable(sample, dialect), ROWS + 1))
    if not whole and len(rows) > 1:
        rows.pop()
    rows = [row for row in rows if row]
    width = len(rows[0]) if rows else 0
    alike = sum(len(row) == width or (len(row) > width and not any(row[width:])) for row in rows[1:])
    return (round(alike / (len(rows) - 1), 1) if len(rows) > 1 else 1.0), width


def _readable(sample: str, dialect: Dialect) -> Iterator[list[str]]:
    try:
        yield from reader(io.StringIO(sample, newline=""), dialect)
    except csv.Error:
        return
