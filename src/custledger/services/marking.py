"""What a scorer says of the members of a segment, their labels or numbers, as a column beside those of the records."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from custledger.fields import Kind, Spec
from custledger.schema import ID, Field, Row, Schema
from custledger.segments import Mark, Segment
from custledger.services.segmenting import Members
from custledger.services.selecting import Selection


def mark_key(segment: Segment) -> str:
    """Return the key of the column: ``label``, or ``score`` where a scorer gives numbers."""
    return "label" if segment.has_labels else "score"


def mark_field(segment: Segment, schema: Schema) -> Field:
    """Return the column, headed by the segment's label; a field of the records goes before it under its plain key."""
    kind = Kind.CHOICE if segment.choices else Kind.TEXT if segment.own_labels else Kind.NUMBER
    key = mark_key(segment)
    spec = Spec(kind=kind, labels=segment.labels, choices=segment.choices)
    return Field(key if key not in schema.by_key else f"{segment.name}.{key}", spec)


def computed_members(
    members: Members, selection: Selection[Any], columns: Sequence[str]
) -> tuple[Schema, list[Field], Iterator[Row], Field | None]:
    """Return what ``Selection.computed`` does of some of the members, with the column of a scorer behind it.

    Last comes the field of that column, which is not among the fields that were asked for; ``None`` for another rule.
    """
    schema, fields, rows = selection.computed(columns)
    if members.segment.rule != "scorer":
        return schema, fields, rows, None
    mark = mark_field(members.segment, schema)
    return schema.extended([mark]), fields, _with_marks(rows, members.marks), mark


def _with_marks(rows: Iterator[Row], marks: Mapping[int, Mark]) -> Iterator[Row]:
    return ((*row, plain_mark(marks[row[ID]])) for row in rows)


def plain_mark(mark: Mark) -> Any:
    """Return a label or a number in its plain form."""
    return int(mark.scaleb(4)) if isinstance(mark, Decimal) else mark
