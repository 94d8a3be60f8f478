"""Making what schemas need: tables, columns and indexes. Nothing is ever dropped."""

from collections.abc import Sequence

from custledger.errors import DataError
from custledger.fields import Kind
from custledger.schema import Schema
from custledger.stores.sql import layout
from custledger.stores.sql.catalogue import Catalogue, described, fingerprint, merged
from custledger.stores.sql.database import Connection, Dialect


def needs(catalogue: Catalogue, schemas: Sequence[Schema]) -> list[Schema]:
    """Return what is to be remembered: those schemas, joined with what is known, that say something new."""
    wanted = [merged(catalogue.get(schema.name), schema) for schema in schemas]
    return [
        schema
        for schema in wanted
        if schema.name not in catalogue or fingerprint(catalogue[schema.name]) != fingerprint(schema)
    ]


def grows(catalogue: Catalogue, schema: Schema) -> bool:
    """Return whether a schema has a field, or is a type, that the store has nowhere to keep."""
    known = catalogue.get(schema.name)
    return known is None or len(schema.fields) > len(known.fields)


def growing(catalogue: Catalogue, schemas: Sequence[Schema]) -> list[Schema]:
    """Return those of the schemas, joined with what is known, for which the store has no place yet."""
    return [schema for schema in needs(catalogue, schemas) if grows(catalogue, schema)]


def make(connection: Connection, dialect: Dialect, catalogue: Catalogue, schemas: Sequence[Schema]) -> bool:
    """Make what is missing and remember the schemas; return whether one of them is new or grew."""
    grew = False
    for schema in schemas:
        _refuse_changed_kinds(catalogue, schema)
        grew = grows(catalogue, schema) or grew
        for statement in _statements(catalogue.get(schema.name), schema, dialect):
            connection.execute(statement)
        if schema.searchable:
            _make_search(connection, dialect, catalogue.get(schema.name), schema)
        connection.execute(
            "INSERT INTO custledger_types (name, fingerprint, description) VALUES (?, ?, ?) ON CONFLICT (name) "
            "DO UPDATE SET fingerprint = excluded.fingerprint, description = excluded.description",
            (schema.name, fingerprint(schema), described(schema)),
        )
    return grew


def _statements(known: Schema | None, schema: Schema, dialect: Dialect) -> list[str]:
    if known is None:
        made = list(layout.table(schema, dialect))
    else:
        new = [field for field in schema.fields if field.key not in known.by_key]
        made = [statement for field in new for statement in layout.growth(schema, field, dialect)]
    return [*made, *layout.unique_indexes(schema, dialect).values(), *layout.plain_indexes(schema, dialect).values()]


def _make_search(connection: Connection, dialect: Dialect, known: Schema | None, schema: Schema) -> None:
    dialect.search.create(connection, schema)
    before = [field.key for field in known.searchable] if known else []
    if known is not None and before != [field.key for field in schema.searchable]:
        dialect.search.rebuild(connection, schema)


def _refuse_changed_kinds(catalogue: Catalogue, schema: Schema) -> None:
    known = catalogue.get(schema.name)
    for field in known.fields if known else ():
        now = schema.by_key[field.key]
        changed = layout.is_integer(field) != layout.is_integer(now) or (
            (field.spec.kind is Kind.TAGS) != (now.spec.kind is Kind.TAGS)
        )
        if changed:
            raise DataError(
                f"{schema.name}: the field {field.key} is kept as {field.spec.kind}, and would now be {now.spec.kind}.",
                hint="Give the field of the other kind another key.",
            )
