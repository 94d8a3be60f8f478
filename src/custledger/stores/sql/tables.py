"""One record type as a table: its statements, and rows on their way in and out; compiled once per schema."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from json.encoder import encode_basestring
from typing import Any

import attrs

from custledger.errors import NotFoundError
from custledger.expressions.columns import FOLDED_SUFFIX, comparable_column, side_table
from custledger.expressions.types import FOLDED_KINDS
from custledger.fields import Kind
from custledger.schema import ID, Field, Row, Schema
from custledger.stores.sql.database import Connection, Dialect
from custledger.stores.sql.layout import LIST_KINDS, quoted
from custledger.values import folder

Values = Mapping[str, Any]
"""Plain values by key."""

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode


def to_json(value: Any) -> str:
    """Return a value as compact JSON. The short and simple ones, of which there are most, take no encoder."""
    kind = type(value)
    if kind is str:
        return encode_basestring(value)
    if kind is int:
        return str(value)
    if value is None:
        return "null"
    if kind is dict and all(type(key) is str for key in value):
        return f"{{{','.join([f'{encode_basestring(key)}:{to_json(item)}' for key, item in value.items()])}}}"
    if kind is tuple or kind is list:
        return f"[{','.join([to_json(item) for item in value])}]"
    return _encode(value)


@attrs.frozen(slots=False, eq=False)
class Table:
    """The table of one schema."""

    schema: Schema
    dialect: Dialect

    @cached_property
    def name(self) -> str:
        """The table's name, quoted."""
        return quoted(self.schema.name)

    @cached_property
    def columns(self) -> str:
        """The columns of a whole row, as SELECT names them."""
        return ", ".join(f"{self.name}.{quoted(key)}" for key in self.schema.keys)

    @cached_property
    def get_one(self) -> str:
        """The statement that reads the row of one id."""
        return f'SELECT {self.columns} FROM {self.name} WHERE "id" = ?'

    @cached_property
    def get_some(self) -> str:
        """The statement that reads the rows of the ids in a JSON array."""
        return f'SELECT {self.columns} FROM {self.name} WHERE "id" IN ({self.dialect.each_integer})'

    @cached_property
    def lists(self) -> tuple[int, ...]:
        """Where the fields stand that are kept as JSON arrays."""
        return tuple(place for place, field in enumerate(self.schema.fields) if field.spec.kind in LIST_KINDS)

    @cached_property
    def tags(self) -> Mapping[str, str]:
        """The quoted names of the tables of tags, by the key of their field."""
        return {
            field.key: quoted(side_table(self.schema.name, field.key))
            for field in self.schema.fields
            if field.spec.kind is Kind.TAGS
        }

    def row(self, read: Row) -> Row:
        """Return a row as it was read with ``columns`` in its plain form."""
        for place in self.lists:
            if read[place] is not None:
                read = (*read[:place], tuple(json.loads(read[place])), *read[place + 1 :])
        return read

    def rows(self, read: Iterable[Row]) -> Iterator[Row]:
        """Return rows as they were read with ``columns`` in their plain form."""
        return map(self.row, read) if self.lists else iter(read)

    def check_keys(self, keys: Iterable[str]) -> None:
        """Raise ``NotFoundError`` for a key that the table has no column for."""
        for key in keys:
            if key not in self.schema.by_key:
                raise NotFoundError(f"{self.schema.name} field", key)

    def stored(self, values: Values) -> dict[str, Any]:
        """Return values by key as ``{column: value}``, the second columns of folded texts included."""
        made: dict[str, Any] = {}
        for key, value in values.items():
            kind = self.schema.by_key[key].spec.kind
            if kind in LIST_KINDS:
                made[key] = None if value is None else to_json(value)
            else:
                made[key] = value
                if kind in FOLDED_KINDS:
                    made[key + FOLDED_SUFFIX] = second(value, kind)
        return made

    def insert(self, connection: Connection, values: Values) -> None:
        """Insert one record."""
        made = self.stored(values)
        listed = ", ".join(map(quoted, made))
        marks = ", ".join("?" * len(made))
        connection.execute(f"INSERT INTO {self.name} ({listed}) VALUES ({marks})", tuple(made.values()))

    def update(self, connection: Connection, number: int, values: Values) -> None:
        """Write some fields of one record."""
        made = self.stored(values)
        listed = ", ".join(f"{quoted(column)} = ?" for column in made)
        connection.execute(f'UPDATE {self.name} SET {listed} WHERE "id" = ?', (*made.values(), number))

    def read(self, connection: Connection, number: int) -> Row | None:
        """Return one record's row, or ``None``."""
        for read in list(connection.execute(self.get_one, (number,))):
            return self.row(read)
        return None

    def read_many(self, connection: Connection, numbers: Sequence[int]) -> list[Row | None]:
        """Return the rows of these ids, in the order asked; ``None`` where there is none."""
        read = connection.execute(self.get_some, (json.dumps(list(numbers)),))
        found = {row[ID]: self.row(row) for row in read}
        return [found.get(number) for number in numbers]

    def with_ending(self, connection: Connection, ending: int, modulus: int, limit: int) -> list[int]:
        """Return at most ``limit`` ids for which ``id % modulus == ending``."""
        statement = f'SELECT "id" FROM {self.name} WHERE "id" % ? = ? ORDER BY "id" LIMIT ?'
        return [number for (number,) in connection.execute(statement, (modulus, ending, limit))]

    def referring(self, connection: Connection, field: Field, wanted: Sequence[Any]) -> list[Row]:
        """Return the rows whose reference ``field`` holds one of ``wanted``."""
        rows: list[Row] = []
        for start in range(0, len(wanted), 500):
            some = wanted[start : start + 500]
            marks = ", ".join("?" * len(some))
            statement = f'SELECT {self.columns} FROM {self.name} WHERE {quoted(field.key)} IN ({marks}) ORDER BY "id"'
            rows.extend(self.rows(connection.execute(statement, tuple(some))))
        return rows

    def holder(self, connection: Connection, field: Field, value: Any, but: int) -> int | None:
        """Return the id of another record than ``but`` that has ``value`` in a unique field, or ``None``."""
        kind = field.spec.kind
        compared = comparable_column(field.key, kind, self.dialect.expressions)
        folded = folder(kind)(value) if kind in FOLDED_KINDS else value
        statement = f'SELECT "id" FROM {self.name} WHERE {compared} = ? AND "id" <> ? LIMIT 1'
        return next((number for (number,) in list(connection.execute(statement, (folded, but)))), None)


def second(value: str | None, kind: Kind) -> str | None:
    """Return what the second column of a folded text holds: the folded form, where it differs."""
    if value is None:
        return None
    folded = folder(kind)(value)
    return folded if folded != value else None
