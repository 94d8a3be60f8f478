"""Saying which records a name could mean, each with what tells it from the others."""

from collections.abc import Iterator, Sequence
from typing import Any

from custledger import ids
from custledger.changes import OPERATION_PREFIX, Operation
from custledger.fields import Kind
from custledger.schema import CREATED_AT, Field, Row, Schema
from custledger.services.session import Session

MOST_FIELDS = 3
"""How many fields are told of each record."""
LONGEST = 30
"""How many characters of a value are told."""
MINUTES = len("2026-11-22 14:30")


def told_apart(session: Session, schema: Schema, numbers: Sequence[int]) -> dict[str, str]:
    """Return ``{public id: what tells it from the others}`` of records that somebody has to choose from.

    That is what differs of the fields that are shown where there is little room, else the first other field that
    differs, else when the records were added; empty for a record that none of it tells from another.
    """
    rows = [row for row in session.view.get(schema, numbers) if row is not None]
    told = _differing(session, schema, rows)
    return {
        schema.public_id(row): " · ".join(filter(None, (texts[place] for texts in told)))
        for place, row in enumerate(rows)
    }


def operations_apart(session: Session, operations: Sequence[Operation]) -> dict[str, str]:
    """Return ``{public id: when and by whom}`` of operations that somebody has to choose from."""
    schema = next(iter(session.schemas.values()))  # of any type: all records have the time at which they were added
    added = schema.fields[CREATED_AT]
    return {
        ids.public(OPERATION_PREFIX, one.id): f"{_text(session, schema, added, one.at)} · {one.actor}"
        for one in operations
    }


def _differing(session: Session, schema: Schema, rows: Sequence[Row]) -> list[list[str]]:
    """Return the texts of the fields that tell rows apart, field by field in the order of the rows."""
    brief = [schema.by_key[key] for key in schema.info.brief if key in schema.by_key]
    told = [texts for texts in _texts(session, schema, rows, brief) if len(set(texts)) > 1][:MOST_FIELDS]
    others = [field for field in (*schema.editable, schema.fields[CREATED_AT]) if field not in brief]
    return told or [texts for texts in _texts(session, schema, rows, others) if len(set(texts)) > 1][:1]


def _texts(session: Session, schema: Schema, rows: Sequence[Row], fields: Sequence[Field]) -> Iterator[list[str]]:
    """Yield the texts of each field that is not sensitive, one a row."""
    for field in fields:
        if not field.spec.sensitive:
            place = schema.positions[field.key]
            yield [_text(session, schema, field, row[place]) for row in rows]


def _text(session: Session, schema: Schema, field: Field, value: Any) -> str:
    target = session.schemas.get(field.spec.target or "") if field.spec.kind is Kind.REFERENCE else None
    row = session.view.get(target, [value])[0] if target is not None and value is not None else None
    text = (
        target.display(row) if target is not None and row is not None else session.codec_of(schema).text(field, value)
    )
    text = " ".join((text[:MINUTES] if field.spec.kind is Kind.TIME else text).split())
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
