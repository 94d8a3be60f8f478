"""How a ledger lies in a SQL database: tables, columns and indexes, and the statements that make them.

Each record type has a table of its name with a column for each field. A text, phone or e-mail field has a second
column, ``<key>__folded``, that holds the folded form where it differs from the text. Tags lie as a JSON array in
their column and, one a row, in ``<type>__tags``. Tables whose name begins with ``custledger_`` are the ledger's own.
"""

from collections.abc import Iterator

from custledger.expressions.columns import FOLDED_SUFFIX, comparable_column, side_table
from custledger.expressions.types import FOLDED_KINDS
from custledger.fields import Kind
from custledger.schema import Field, Schema
from custledger.stores.sql.database import Connection, Dialect

LIST_KINDS = frozenset({Kind.TAGS, Kind.CHOICES})
_NOT_INDEXED_KINDS = LIST_KINDS | {Kind.ID}
_INTEGER_KINDS = frozenset({Kind.ID, Kind.INTEGER, Kind.NUMBER, Kind.MONEY, Kind.YES_NO})


RECORD = "record"
"""The column of the subject's id in a table of facts."""


def quoted(name: str) -> str:
    """Return a name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def is_integer(field: Field) -> bool:
    """Return whether a field's plain values are integers."""
    spec = field.spec
    return spec.kind in _INTEGER_KINDS or (spec.kind is Kind.REFERENCE and spec.target is not None)


def lay_out(connection: Connection, dialect: Dialect) -> None:
    """Make the ledger's own tables in an empty database, and with them the ledger; the caller holds a transaction."""
    for statement in _own_tables(dialect):
        connection.execute(statement)
    from uuid import uuid4  # needed once in the life of a ledger

    connection.execute("INSERT INTO custledger_ledger (one, identity, generation) VALUES (1, ?, 1)", (str(uuid4()),))


def _own_tables(dialect: Dialect) -> Iterator[str]:
    integer, text, blob, options = dialect.integer, dialect.text, dialect.blob, dialect.table_options
    yield (
        f"CREATE TABLE custledger_ledger (one {integer} PRIMARY KEY CHECK (one = 1), identity {text} NOT NULL, "
        f"generation {integer} NOT NULL, {', '.join(facts_columns(dialect))}){options}"
    )
    yield (
        f"CREATE TABLE custledger_types (name {text} PRIMARY KEY, fingerprint {text} NOT NULL, "
        f"description {text} NOT NULL){options}"
    )
    yield (
        f"CREATE TABLE custledger_documents (name {text} PRIMARY KEY, value {text}, "
        f"revision {integer} NOT NULL){options}"
    )
    yield (
        f"CREATE TABLE custledger_operations (id {integer} PRIMARY KEY, first_changeset {integer} NOT NULL, "
        f"verb {text} NOT NULL, actor {text} NOT NULL, at {text} NOT NULL, reason {text} NOT NULL, "
        f"undoes {integer}, about {text} NOT NULL){options}"
    )
    yield (
        f"CREATE TABLE custledger_changesets (number {integer} PRIMARY KEY, operation {integer} NOT NULL, "
        f"later {integer} NOT NULL, at {text} NOT NULL, place {text} NOT NULL, first_cursor {integer} NOT NULL, "
        f"last_cursor {integer} NOT NULL){options}"
    )
    # An operation knows its first changeset; most have no other, and need no entry here.
    yield "CREATE INDEX custledger_changesets_later ON custledger_changesets (operation) WHERE later = 1"
    yield (
        f"CREATE TABLE custledger_log (cursor {integer} PRIMARY KEY, changeset {integer} NOT NULL, "
        f"type {text} NOT NULL, action {text} NOT NULL, record {integer} NOT NULL, count {integer} NOT NULL, "
        f"digests {blob} NOT NULL, before {text}){options}"
    )
    yield "CREATE INDEX custledger_log_record ON custledger_log (type, record)"
    yield "CREATE INDEX custledger_log_run ON custledger_log (type, record) WHERE count > 1"
    yield (
        f"CREATE TABLE custledger_loading (type {text} PRIMARY KEY, host {text} NOT NULL, "
        f"process {integer} NOT NULL){options}"
    )
    yield facts_registry(dialect)


def facts_columns(dialect: Dialect) -> Iterator[str]:
    """Yield what the ledger's own row says of its facts; see ``facts.registry.Head``."""
    yield f"facts_edition {dialect.integer} NOT NULL DEFAULT 0"
    yield f"facts_true_to {dialect.integer} NOT NULL DEFAULT 0"


def facts_registry(dialect: Dialect) -> str:
    """Return the statement that makes the table of which facts there are; see ``facts.registry.Fact``."""
    integer, text = dialect.integer, dialect.text
    return (
        f"CREATE TABLE custledger_facts (subject {text} NOT NULL, name {text} NOT NULL, metric {text} NOT NULL, "
        f"own {integer} NOT NULL, place {integer} NOT NULL, definition {text} NOT NULL, "
        f"PRIMARY KEY (subject, name)){dialect.table_options}"
    )


def table(schema: Schema, dialect: Dialect) -> Iterator[str]:
    """Yield the statements that make a type's table, without indexes."""
    columns = [definition for field in schema.fields for definition in columns_of(field, dialect)]
    yield f"CREATE TABLE {quoted(schema.name)} ({', '.join(columns)}){dialect.table_options}"
    for field in schema.fields:
        yield from tags(schema, field, dialect)


def growth(schema: Schema, field: Field, dialect: Dialect) -> Iterator[str]:
    """Yield the statements that add a field to a type's table."""
    for definition in columns_of(field, dialect):
        yield f"ALTER TABLE {quoted(schema.name)} ADD COLUMN {definition}"
    yield from tags(schema, field, dialect)


def columns_of(field: Field, dialect: Dialect) -> Iterator[str]:
    """Yield the definitions of a field's columns."""
    if field.spec.kind is Kind.ID:
        yield f"{quoted(field.key)} {dialect.integer} PRIMARY KEY"
        return
    definition = f"{quoted(field.key)} {dialect.integer if is_integer(field) else dialect.text}"
    if field.spec.kind is Kind.REFERENCE and field.spec.target is not None:
        definition += f' REFERENCES {quoted(field.spec.target)} ("id"){dialect.deferred}'
    yield definition
    if field.spec.kind in FOLDED_KINDS:
        yield f"{quoted(field.key + FOLDED_SUFFIX)} {dialect.text}"


def tags(schema: Schema, field: Field, dialect: Dialect) -> Iterator[str]:
    """Yield the statements that make the table of a field's tags."""
    if field.spec.kind is not Kind.TAGS:
        return
    name = quoted(side_table(schema.name, field.key))
    yield (
        f"CREATE TABLE {name} (record {dialect.integer} NOT NULL, tag {dialect.text} NOT NULL, "
        f"folded {dialect.text} NOT NULL, source {dialect.text} NOT NULL, actor {dialect.text} NOT NULL, "
        f"at {dialect.text} NOT NULL, refused {dialect.integer} NOT NULL DEFAULT 0, "
        f"PRIMARY KEY (record, tag, source)){dialect.table_options}"
    )
    yield f"CREATE INDEX {quoted(side_table(schema.name, field.key) + FOLDED_SUFFIX)} ON {name} (folded, record)"


def plain_indexes(schema: Schema, dialect: Dialect) -> dict[str, str]:
    """Return ``{name: statement}`` of a type's indexes that are not unique: those that a bulk load puts off."""
    return {
        f"{schema.name}__{field.key}__index": _index("INDEX", "index", schema, field, dialect)
        for field in schema.fields
        if _is_indexed(field) and not field.spec.unique
    }


def unique_indexes(schema: Schema, dialect: Dialect) -> dict[str, str]:
    """Return ``{field key: statement}`` of a type's unique indexes."""
    return {
        field.key: _index("UNIQUE INDEX", "unique", schema, field, dialect)
        for field in schema.fields
        if field.spec.unique and field.spec.kind not in _NOT_INDEXED_KINDS
    }


def _is_indexed(field: Field) -> bool:
    spec = field.spec
    wanted = spec.indexed or spec.code or spec.kind is Kind.REFERENCE
    return wanted and spec.kind not in _NOT_INDEXED_KINDS


def _index(what: str, suffix: str, schema: Schema, field: Field, dialect: Dialect) -> str:
    name = quoted(f"{schema.name}__{field.key}__{suffix}")
    compared = comparable_column(field.key, field.spec.kind, dialect.expressions)
    return f"CREATE {what} IF NOT EXISTS {name} ON {quoted(schema.name)} ({compared})"
