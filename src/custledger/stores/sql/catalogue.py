"""The schemas a store has seen, remembered in it as JSON, and read back only where one is needed."""

import json
from collections.abc import Iterable, Iterator, Mapping

import attrs

from custledger.schema import Schema
from custledger.spec_json import schema_from_json, schema_to_json
from custledger.stores.sql.database import Connection


@attrs.define(eq=False, repr=False)
class Remembered:
    """One type as the store knows it."""

    fingerprint: str
    description: str
    schema: Schema | None = None

    def read(self) -> Schema:
        """Return the schema; without its class, unless it was handed in."""
        if self.schema is None:
            self.schema = schema_from_json(json.loads(self.description))
        return self.schema


class Catalogue(Mapping[str, Schema]):
    """The schemas that were known at one generation, by name."""

    def __init__(self, generation: int, types: dict[str, Remembered]) -> None:
        self.generation = generation
        self._types = types

    @classmethod
    def read(cls, connection: Connection) -> "Catalogue":
        """Read what the store knows at this moment."""
        # One statement, so that both are of the same moment even where no transaction is open.
        rows = list(
            connection.execute(
                "SELECT l.generation, t.name, t.fingerprint, t.description FROM custledger_ledger AS l "
                "LEFT JOIN custledger_types AS t ON 1 = 1 ORDER BY t.name"
            )
        )
        types = {name: Remembered(fingerprint, text) for _, name, fingerprint, text in rows if name is not None}
        return cls(rows[0][0], types)

    def __getitem__(self, name: str) -> Schema:
        """Return the schema of that name."""
        return self._types[name].read()

    def __iter__(self) -> Iterator[str]:
        """Yield the names."""
        return iter(self._types)

    def __len__(self) -> int:
        """Return how many types are known."""
        return len(self._types)

    def adopt(self, schemas: Iterable[Schema]) -> bool:
        """Use these objects where they say just what is remembered; return whether all do."""
        alike = True
        for schema in schemas:
            remembered = self._types.get(schema.name)
            if remembered is not None and remembered.description == described(schema):
                remembered.schema = schema
            else:
                alike = False
        return alike


def merged(known: Schema | None, given: Schema) -> Schema:
    """Return what a store knows of a type once it has been handed ``given``: no field is ever forgotten."""
    if known is None:
        return given
    fields = tuple(given.by_key.get(field.key, field) for field in known.fields)
    return Schema(given.info, fields).extended(given.fields)


def described(schema: Schema) -> str:
    """Return a schema as the JSON text that is remembered."""
    cached = schema.__dict__.get("_sql_described")
    if cached is None:  # a program may open many ledgers with the same schemas
        cached = json.dumps(schema_to_json(schema), ensure_ascii=False, separators=(",", ":"))
        schema.__dict__["_sql_described"] = cached
    return str(cached)


def fingerprint(schema: Schema) -> str:
    """Return what tells whether two schemas say the same."""
    cached = schema.__dict__.get("_sql_fingerprint")
    if cached is None:
        from hashlib import sha256  # OpenSSL takes its time to load, and reading needs none of it

        cached = sha256(described(schema).encode()).hexdigest()
        schema.__dict__["_sql_fingerprint"] = cached
    return str(cached)
