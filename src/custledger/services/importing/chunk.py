"""One chunk of a file: some thousand rows, turned into columns, with what is wrong with each row."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from operator import itemgetter
from typing import Any

import attrs

from custledger.schema import Field
from custledger.services.importing.mapping import Plan
from custledger.values import fold, folder

SourceRow = tuple[int, list[str]]
"""A row's number in the file, and its cells."""

_CELLS = itemgetter(1)


@attrs.frozen
class Reject:
    """A row that cannot be imported, and why."""

    number: int
    reason: str
    cells: list[str]


@attrs.define
class Chunk:
    """Rows of a file as columns of cells. ``reasons`` says by index what is wrong with a row; blank rows are left out.

    ``source`` is what it was made of, so that it can be made again from a part of that.
    """

    source: Sequence[SourceRow]
    numbers: Sequence[int]
    rows: Sequence[Sequence[str]]
    cells: Sequence[Sequence[str]]
    blank: int
    reasons: dict[int, list[str]] = attrs.field(factory=lambda: defaultdict(list))
    unread: dict[str, frozenset[int]] = attrs.field(factory=dict)
    """By field, the indexes of the rows whose cell could not be read: it is not empty, though there is no value."""
    padded: dict[str, dict[int, str]] = attrs.field(factory=dict)
    """By field, the texts that have blanks around them, by the indexes of their rows."""

    def __len__(self) -> int:
        """Return how many rows there are, blank ones apart."""
        return len(self.numbers)

    def refuse(self, reasons: dict[int, str]) -> None:
        """Note what is wrong with rows, by index."""
        for index, reason in reasons.items():
            self.reasons[index].append(reason)

    def refuse_unread(self, key: str, reasons: dict[int, str]) -> None:
        """Note what is wrong with the cells of a field, by index."""
        self.refuse(reasons)
        self.unread[key] = frozenset(reasons)

    def refuse_empty(self, key: str, reasons: dict[int, str]) -> None:
        """Note that a field is empty, by index, where it is so because its cell is."""
        unread = self.unread.get(key, ())
        self.refuse({index: reason for index, reason in reasons.items() if index not in unread})

    def kept_padded(self) -> dict[str, dict[int, str]]:
        """Return by field the texts of kept rows that have blanks around them, by the numbers of their rows."""
        return {
            key: {self.numbers[index]: text for index, text in texts.items() if index not in self.reasons}
            for key, texts in self.padded.items()
        }

    def kept(self) -> list[int]:
        """Return the indexes of the rows with which nothing is wrong."""
        if not self.reasons:
            return list(range(len(self)))
        return [index for index in range(len(self)) if index not in self.reasons]

    def numbers_of(self, indexes: Sequence[int]) -> Sequence[int]:
        """Return the numbers of these rows, which are in their order."""
        return self.numbers if len(indexes) == len(self) else [self.numbers[index] for index in indexes]

    def rejects(self) -> list[Reject]:
        """Return the rows with which something is wrong."""
        return [
            Reject(self.numbers[index], "; ".join(dict.fromkeys(self.reasons[index])), list(self.rows[index]))
            for index in sorted(self.reasons)
        ]


def shape(source: Sequence[SourceRow], plan: Plan) -> Chunk:
    """Return rows as a chunk whose columns are all equally long.

    A short row is filled up with empty cells; empty cells beyond the heading are dropped, others make it a reject. The
    fixed columns of the plan come behind.
    """
    filled = source if all(map(any, map(_CELLS, source))) else [row for row in source if any(row[1])]
    numbers, rows = zip(*filled, strict=True) if filled else ((), ())
    width, too_long = plan.width, {}
    straight: Sequence[list[str]] = rows
    if set(map(len, rows)) - {width}:
        straight = [row[:width] + [""] * (width - len(row)) for row in rows]
        too_long = {
            index: f"it has {len(row)} cells, and the heading {width}"
            for index, row in enumerate(rows)
            if any(row[width:])
        }
    cells: list[Sequence[str]] = list(zip(*straight, strict=True)) if straight else [()] * width
    cells += [(cell,) * len(rows) for cell in plan.fixed]
    chunk = Chunk(source, numbers, rows, cells, len(source) - len(filled))
    chunk.refuse(too_long)
    return chunk


def lacking(values: Sequence[Any], sentence: str) -> dict[int, str]:
    """Return by index what is wrong with the rows whose value is empty."""
    return {index: sentence for index, value in enumerate(values) if value is None} if None in values else {}


def repeated(field: Field, values: Sequence[Any], numbers: Sequence[int], label: str) -> dict[int, str]:
    """Return by index what is wrong with rows whose value, which must be unique, an earlier row of the chunk has."""
    keys = comparable(field, values)
    present = [key for key in keys if key is not None]
    if len(set(present)) == len(present):
        return {}
    first: dict[Any, int] = {}
    reasons = {}
    for index, key in enumerate(keys):
        earlier = first.setdefault(key, index)
        if key is not None and earlier != index:
            reasons[index] = f"{label}: row {numbers[earlier]} has the same one"
    return reasons


def comparable(field: Field, values: Iterable[Any]) -> list[Any]:
    """Return values in the form in which those of this field are compared for being the same."""
    fold_one = folder(field.spec.kind)
    quick = fold_one is fold
    return [
        value if not isinstance(value, str) else value.lower() if quick and value.isascii() else fold_one(value)
        for value in values
    ]
