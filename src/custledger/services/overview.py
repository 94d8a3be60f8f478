"""A record with whatever refers to it, found through the references of every record type there is."""

from collections.abc import Iterator

from custledger import ids
from custledger.expressions import Expression, both, equals, field_expression, negated
from custledger.fields import Kind
from custledger.schema import ID, Field, Row, Schema
from custledger.services.naming import Reference, find_row
from custledger.services.session import Session
from custledger.stores.contract import Order, Query
from custledger.structs import Struct, frozen

FEW = 5
"""How many related records of a type an overview shows, where it is not told otherwise."""

_OPEN = "open"


@frozen(kw_only=True)
class Target(Struct):
    """What a record refers to: the field, and the schema and row of the record it names."""

    field: Field
    schema: Schema
    row: Row


@frozen(kw_only=True)
class Related(Struct):
    """The records of one type that refer to a record by one field.

    ``rows`` are a few of them: the open ones first, by their day, then the latest. ``count`` is how many there are,
    and ``open`` how many of those are open, or ``None`` for a type that knows no open ones.
    """

    schema: Schema
    field: Field
    rows: tuple[Row, ...]
    count: int
    open: int | None


@frozen(kw_only=True)
class Overview(Struct):
    """A record, what it refers to, and what refers to it: only what there is, the types in their usual order.

    ``row`` is the record's, of plain values in the order of ``schema``, as the rows of ``targets`` and ``related`` are
    in that of theirs.
    """

    schema: Schema
    row: Row
    targets: tuple[Target, ...]
    related: tuple[Related, ...]


def overview(session: Session, record_type: str, ref: Reference, *, few: int = FEW) -> Overview:
    """Return the record that ``ref`` names with ``few`` related records of each kind. Raises ``NotFoundError``."""
    session.refresh()
    schema = session.schema(record_type)
    row = find_row(session, schema.name, ref)
    related = [
        found
        for other in session.schemas.values()
        if not other.info.is_kept
        for field in other.references
        if field.spec.target in {None, schema.name}
        and (found := _related(session, other, field, row[ID] if field.spec.target else schema.public_id(row), few))
    ]
    return Overview(schema=schema, row=row, targets=tuple(_targets(session, schema, row)), related=tuple(related))


def _targets(session: Session, schema: Schema, row: Row) -> Iterator[Target]:
    prefixes = {other.info.prefix: other for other in session.schemas.values()}
    for field in schema.references:
        value = row[schema.positions[field.key]]
        if value is None:
            continue
        target = session.schemas.get(field.spec.target or "")
        if field.spec.target is None:
            prefix, letters = ids.split_public(value)
            target, value = prefixes.get(prefix), ids.decode(letters)
        found = session.view.get(target, [value])[0] if target else None
        if target is not None and found is not None:
            yield Target(field=field, schema=target, row=found)


def _related(session: Session, schema: Schema, field: Field, value: int | str, few: int) -> Related | None:
    refers = equals(schema, field.key, value)
    count = _count(session, schema, refers)
    if not count:
        return None
    status = _status_field(schema)
    if status is None:
        return Related(schema=schema, field=field, rows=_some(session, schema, refers, few), count=count, open=None)
    still_open = both(refers, equals(schema, status.key, _OPEN))
    rows = _some(session, schema, still_open, few, descending=False)
    if len(rows) < few:
        others = negated(equals(schema, status.key, _OPEN))
        rows += _some(session, schema, both(refers, others), few - len(rows))
    return Related(schema=schema, field=field, rows=rows, count=count, open=_count(session, schema, still_open))


def _status_field(schema: Schema) -> Field | None:
    """Return the choice field by which records of this type are open, if there is one."""
    return next(
        (
            field
            for field in schema.fields
            if field.spec.kind is Kind.CHOICE and any(choice.code == _OPEN for choice in field.spec.choices)
        ),
        None,
    )


def _some(session: Session, schema: Schema, where: Expression, few: int, *, descending: bool = True) -> tuple[Row, ...]:
    when = field_expression(schema, schema.info.when)
    query = Query(moment=session.moment, where=where, order=(Order(when, descending),), limit=few)
    return tuple(session.view.select(schema, query))


def _count(session: Session, schema: Schema, where: Expression) -> int:
    return int(session.view.count(schema, where, (), session.moment)[0][0])
