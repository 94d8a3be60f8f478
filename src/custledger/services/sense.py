"""What a record cannot say whatever its type: that a day which has been lies ahead, and that it refers to itself."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import attrs

from custledger.errors import InvalidValueError
from custledger.fields import Kind
from custledger.schema import Field, Row, Schema
from custledger.services.session import Session


def check_sense(session: Session, schema: Schema, after: Mapping[str, Any], row: Row | None = None) -> None:
    """Raise ``InvalidValueError`` where what a record is to say makes no sense; ``row`` is the record as it was."""
    language = session.conventions.language
    for key, value in after.items():
        field = schema.by_key[key]
        if field.spec.past and value is not None and value > (today := latest_day(session).isoformat()):
            raise ahead(field, value, today, language)
        if row is not None and value is not None and value == as_reference(field, schema, row[0]):
            raise to_itself(field, schema, schema.display(row), language)


def latest_day(session: Session) -> date:
    """Return the last day that has been, or is today: the one that was set by hand, where that is later."""
    real = attrs.evolve(session.conventions, as_of=None).today(session.clock.milliseconds)
    return max(session.today, real)


def ahead(field: Field, value: str, today: str, language: str) -> InvalidValueError:
    """Return the error for a day after today in a field of what has been."""
    hint = f"Today is {today} in this ledger."
    return InvalidValueError(value, "is a day to come", field=field.label(language), hint=hint)


def to_itself(field: Field, schema: Schema, called: str, language: str) -> InvalidValueError:
    """Return the error for a record that is to refer to itself."""
    why, hint = f"is this {schema.name} itself", "Name another one, or leave it empty."
    return InvalidValueError(called, why, field=field.label(language), hint=hint)


def own_references(schema: Schema, keys: Iterable[str]) -> list[Field]:
    """Return those of the fields that could refer to the record itself."""
    fields = (schema.by_key[key] for key in keys)
    return [one for one in fields if one.spec.kind is Kind.REFERENCE and one.spec.target in {None, schema.name}]


def as_reference(field: Field, schema: Schema, number: int) -> int | str | None:
    """Return a record of the schema as the field would hold it, or ``None`` where it cannot."""
    if not own_references(schema, [field.key]):
        return None
    return schema.public_id(number) if field.spec.target is None else number
