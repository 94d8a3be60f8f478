"""Fields that no column of a file fills, and that have one value in all of its rows: like a column of equal cells."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import attrs

from custledger.errors import DataError, InvalidValueError, UsageError
from custledger.schema import Schema
from custledger.services.importing.columns import Bad
from custledger.services.importing.mapping import Column, Plan
from custledger.values import given_text

if TYPE_CHECKING:
    from custledger.services.importing.build import Builder


def with_fixed(plan: Plan, schema: Schema, fixed: Mapping[str, str], *, key: str | None = None) -> Plan:
    """Return the plan with a column behind those of the file for each field that ``fixed`` names with its value.

    Raises ``NotFoundError`` for an unknown field, ``UsageError`` for one that a column goes into, that the ledger sets
    itself, or that is the ``key`` by which rows find their records, ``InvalidValueError`` for one that is named twice.
    """
    columns: list[Column] = []
    for name, text in fixed.items():
        field = schema.resolve(name)
        if field.spec.system:
            raise UsageError(f"{field.key} cannot be imported: the ledger sets it itself.")
        if field.key == key:
            raise UsageError(
                f"{key} is to be the same in every row, so that no record can be found by it.",
                hint="Have a column go into it, or name another field as the key.",
            )
        if taken := plan.column_of(field.key):
            raise UsageError(
                f"The column {taken.heading} goes into {field.key}, which is to be the same in every row.",
                hint=f'Leave the column out with map "{taken.heading}=".',
            )
        if any(column.field is field for column in columns):
            raise InvalidValueError(text, f"is given twice: {name} is another name of {field.key}", field=name)
        columns.append(Column(plan.width + len(columns), field.key, field))
    texts = tuple(given_text(text, "A value") for text in fixed.values())
    return attrs.evolve(plan, columns=(*plan.columns, *columns), fixed=texts)


def check_fixed(builder: "Builder") -> None:
    """Raise ``DataError`` where a fixed value does not fit its field or names no record: every row would be so."""
    cells = dict(enumerate(builder.plan.fixed, builder.plan.width))
    codec = builder.session.codec(builder.schema.name)
    for column, _ in builder.parsers:
        if column.index in cells:
            codec.parse(column.field.key, cells[column.index])
    for column, _ in builder.money_parsers:
        if column.index in cells:
            codec.money(column.field.key, cells[column.index])
    for link in builder.links:
        if cell := cells.get(link.column.index, "").strip():
            found, label = link.finder.find([cell])[cell], link.column.field.label(builder.language)
            if isinstance(found, Bad):
                raise DataError(f"{label}: {found.reason}", hint="Name it by its id.")
            if found is None and not link.finder.may_make(cell):
                raise DataError(f"{label}: {link.finder.nothing(cell)}")


def told(plan: Plan) -> tuple[tuple[str, str], ...]:
    """Return the fixed fields with their values, those of sensitive ones hidden."""
    columns = plan.columns[len(plan.columns) - len(plan.fixed) :]
    return tuple(
        (column.field.key, "…" if column.field.spec.sensitive else text)
        for column, text in zip(columns, plan.fixed, strict=True)
    )
