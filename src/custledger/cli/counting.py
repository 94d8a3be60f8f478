"""Counts by fields, printed."""

from typing import Any

from custledger.cli.invocation import Invocation
from custledger.cli.output import Cell, Column, Form
from custledger.cli.shown import Shower, columns_of
from custledger.fields import Kind
from custledger.schema import Field, Schema
from custledger.services.selecting import Selection


def count_by(run: Invocation, schema: Schema, selection: Selection[Any], names: list[str], form: Form) -> None:
    """Print how many records there are for each value of these fields or expressions.

    Raises ``NotFoundError`` or ``QueryError`` for a name that is nothing's.
    """
    known, fields, _ = selection.limit(0).computed(names)
    shower = Shower(run.session, known)
    counted = selection.count([f"[{field.key}]" if field.key in schema.by_key else field.key for field in fields])
    rows = [
        ([_plain(shower, field, value) for field, value in zip(fields, key, strict=True)], number)
        for key, number in counted.items()
    ]
    columns = [*columns_of(fields, run.schema_language), Column(heading=run.words("Count"), key="count", numeric=True)]
    if form in {Form.JSON, Form.LINES}:
        run.output.objects((_json(shower, fields, key, number) for key, number in rows), form)
    elif form is Form.SHOWN:
        called = [shower.names(field, [key[place] for key, _ in rows]) for place, field in enumerate(fields)]
        run.output.table(columns, [[*map(shower.cell, fields, key, called), Cell(str(number))] for key, number in rows])
    else:
        run.output.values(columns, [[*map(shower.codec.text, fields, key), str(number)] for key, number in rows], form)


def _plain(shower: Shower, field: Field, value: Any) -> Any:
    """Return the plain value of a Python value; one of several choices, or one tag, stands for a set of one."""
    if value is None:
        return None
    if field.spec.kind in {Kind.TAGS, Kind.CHOICES}:
        return (value,) if isinstance(value, str) else tuple(sorted(value))
    return shower.codec.parse(field.key, value)


def _json(shower: Shower, fields: list[Field], key: list[Any], number: int) -> dict[str, Any]:
    values = {
        field.key: None if value is None else shower.codec.json_value(field, value)
        for field, value in zip(fields, key, strict=True)
    }
    return {**values, "count": number}
