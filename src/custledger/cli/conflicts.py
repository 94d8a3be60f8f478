"""A conflict as people and programs see it: what each field was, and what either side set, in the form of its field."""

from typing import Any

from custledger import ids
from custledger.cli.shown import HIDDEN
from custledger.errors import ConflictError
from custledger.services.session import Session


def show_conflict(error: ConflictError, session: Session) -> None:
    """Put the values of a conflict, which are plain, into the form in which they are shown, and those of JSON beside.

    What a sensitive field was and became stays hidden.
    """
    prefix, _ = ids.split_public(error.record)
    schema = next((schema for schema in session.schemas.values() if schema.info.prefix == prefix), None)
    if schema is None:
        return
    codec = session.codec_of(schema)
    shown, details = [], {}
    for one in error.fields:
        field = schema.by_key[one.field]
        values = {"base": one.base, "mine": one.mine, "theirs": one.theirs}
        texts: dict[str, Any] = {
            name: None if value is None else codec.text(field, value) for name, value in values.items()
        }
        shown.append(one._replace(field=field.label(session.conventions.language), **texts))
        details[one.field] = {
            name: None if value is None else HIDDEN["en"] if one.sensitive else codec.json_value(field, value)
            for name, value in values.items()
        }
    told = ConflictError(error.record, shown)
    error.message, error.details = told.message, {"fields": details}
