"""All that a ledger holds at one moment, as a value that never changes."""

from collections.abc import Iterable, Mapping

import attrs

from custledger.errors import NotFoundError
from custledger.marks import TagMark
from custledger.schema import Schema
from custledger.stores.contract import Document
from custledger.stores.history import History
from custledger.stores.rows import Rows


@attrs.frozen(kw_only=True)
class State:
    """All that a ledger holds at one moment. ``documents`` keeps removed ones too, with the value ``None``."""

    generation: int = 1
    schemas: Mapping[str, Schema] = attrs.field(factory=dict)
    tables: Mapping[str, Rows] = attrs.field(factory=dict)
    marks: Mapping[str, Mapping[int, tuple[TagMark, ...]]] = attrs.field(factory=dict)
    documents: Mapping[str, Document] = attrs.field(factory=dict)
    history: History = attrs.field(factory=History)

    def schema(self, name: str) -> Schema:
        """Return a schema the ledger has seen, or raise ``NotFoundError``."""
        if name not in self.schemas:
            raise NotFoundError("type of record", name)
        return self.schemas[name]

    def rows(self, name: str) -> Rows:
        """Return the records of a type."""
        return self.tables.get(name) or Rows(self.schemas[name].keys if name in self.schemas else ())

    def public(self, name: str, number: int) -> str:
        """Return the public id of a record, whatever is known of its type."""
        schema = self.schemas.get(name)
        return schema.public_id(number) if schema else f"{name} {number}"


def described(state: State, schemas: Iterable[Schema]) -> State:
    """Return the state in which these schemas are known; the generation moves where one of them is new or grew."""
    known, tables = dict(state.schemas), dict(state.tables)
    grew = False
    for schema in schemas:
        before = known.get(schema.name)
        older = before.fields if before else ()
        fields = tuple(schema.by_key.get(field.key, field) for field in older)
        merged = Schema(schema.info, fields).extended(schema.fields)
        grew = grew or len(merged.fields) > len(older)
        known[schema.name] = merged
        tables[schema.name] = state.rows(schema.name).with_keys(merged.keys)
    return attrs.evolve(state, schemas=known, tables=tables, generation=state.generation + grew)
