"""What a scorer says of the members of a segment, their labels or numbers, beside their other columns."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from custledger.cli.output import Cell
from custledger.fields import Kind, Spec
from custledger.schema import ID, Field, Row, Schema
from custledger.segments import Mark, Segment


def mark_key(segment: Segment) -> str:
    """Return the key of the column: ``label``, or ``score`` where a scorer gives numbers."""
    return "label" if segment.has_labels else "score"


def mark_field(segment: Segment, schema: Schema) -> Field:
    """Return the column, headed by the segment's label; a field of the records goes before it under its plain key."""
    kind = Kind.CHOICE if segment.choices else Kind.TEXT if segment.own_labels else Kind.NUMBER
    key = mark_key(segment)
    spec = Spec(kind=kind, labels=segment.labels, choices=segment.choices)
    return Field(key if key not in schema.by_key else f"{segment.name}.{key}", spec)


def with_marks(rows: Iterator[Row], marks: Mapping[int, Mark]) -> Iterator[Row]:
    """Yield rows with what a scorer says of each behind their own values, in its plain form."""
    return ((*row, _plain(marks[row[ID]])) for row in rows)


def mark_cell(segment: Segment, mark: Mark, language: str) -> Cell:
    """Return a label in a language, with its colour, or a number."""
    choice = next((one for one in segment.choices if one.code == mark), None)
    if choice is not None:
        return Cell(choice.labels.in_language(language), choice.color)
    return Cell(str(shown_mark(mark) or ""))


def shown_mark(mark: Mark) -> str | None:
    """Return the code of a label, or a number as a text without needless zeros."""
    return format(mark.normalize(), "f") if isinstance(mark, Decimal) else mark


def _plain(mark: Mark) -> Any:
    return int(mark.scaleb(4)) if isinstance(mark, Decimal) else mark
