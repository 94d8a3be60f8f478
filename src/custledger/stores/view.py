"""What one actor may see of a store. Every read goes through a view; it passes everything until roles exist."""

from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from custledger.changes import LogEntry, Operation
from custledger.codec import unseal
from custledger.expressions import Expression, Moment, equals, field_expression
from custledger.marks import TagMark
from custledger.schema import Row, Schema
from custledger.stores.contract import Document, Hit, Query, Store
from custledger.structs import Struct, frozen
from custledger.values import Plain

if TYPE_CHECKING:
    from custledger.stores.held import Held


@frozen
class View(Struct):
    """The reading half of a store, as ``actor`` may see it."""

    store: Store
    actor: str

    def get(self, schema: Schema, ids: Sequence[int]) -> list[Row | None]:
        """Return the rows of these ids, in the order asked; ``None`` where there is none."""
        return [row and unseal(row, schema) for row in self.store.get(schema, ids)]

    def look_up(self, schema: Schema, number: int) -> tuple[int, Row | None]:
        """Return the generation and the row of one id; see ``Store.look_up``."""
        generation, row = self.store.look_up(schema, number)
        return generation, row and unseal(row, schema)

    def marks(self, schema: Schema, ids: Sequence[int]) -> list[tuple[TagMark, ...]]:
        """Return the marks of these records' tags, in the order asked; see ``Store.marks``."""
        return self.store.marks(schema, ids)

    def marks_of_rules(self, schema: Schema, sources: Collection[str]) -> Iterator[tuple[int, TagMark]]:
        """Yield all that these rules say of records of a type; see ``Store.marks_of_rules``."""
        return self.store.marks_of_rules(schema, sources)

    def select(self, schema: Schema, query: Query) -> Iterator[Row]:
        """Yield rows from one snapshot."""
        rows = self.store.select(schema, query)
        if query.columns is None and any(field.spec.sensitive for field in schema.fields):
            return (unseal(row, schema) for row in rows)
        return rows

    def holders(self, schema: Schema, key: str, plain: Plain, moment: Moment, limit: int | None = None) -> list[int]:
        """Return the ids of at most ``limit`` records whose field has a value that is not empty."""
        query = Query(
            moment=moment, where=equals(schema, key, plain), columns=(field_expression(schema, "id"),), limit=limit
        )
        return [number for (number,) in self.select(schema, query)]

    def count(
        self, schema: Schema, where: Expression | None, by: Sequence[Expression], moment: Moment
    ) -> list[tuple[Any, ...]]:
        """Return counts; see ``Store.count``."""
        return self.store.count(schema, where, by, moment)

    def memberships(self, schema: Schema, conditions: Sequence[Expression], moment: Moment) -> list[set[int]]:
        """Return the ids of the records that each of several conditions chooses; see ``Store.memberships``."""
        return self.store.memberships(schema, conditions, moment)

    def search(self, text: str, schemas: Sequence[Schema], limit: int) -> list[Hit]:
        """Return the records in which every word of ``text`` occurs."""
        return self.store.search(text, schemas, limit)

    def with_ending(self, schema: Schema, ending: int, modulus: int, limit: int) -> list[int]:
        """Return ids with the given last letters; see ``Store.with_ending``."""
        return self.store.with_ending(schema, ending, modulus, limit)

    def log(
        self,
        *,
        since: int = 0,
        record: tuple[str, int] | None = None,
        operation: int | None = None,
        newest_first: bool = False,
        limit: int | None = None,
    ) -> list[LogEntry]:
        """Return log entries; see ``Store.log``."""
        return self.store.log(since=since, record=record, operation=operation, newest_first=newest_first, limit=limit)

    def removals(self, schema: Schema, ids: Sequence[int]) -> dict[int, int]:
        """Return by which operations those of these records that are gone were removed; see ``Store.removals``."""
        return self.store.removals(schema, ids)

    def operations(self, *, ids: Sequence[int] = (), limit: int | None = None) -> list[Operation]:
        """Return operations, newest first."""
        return self.store.operations(ids=ids, limit=limit)

    def held(self) -> "tuple[Held, ...]":
        """Return what is held of files that people edit by hand; see ``Store.held``."""
        return self.store.held()

    def under(self, held: "Held") -> list[str]:
        """Return the texts under the heading of a column that is held."""
        return self.store.under(held)

    def document(self, name: str) -> Document | None:
        """Return one settings document, or ``None``."""
        return self.store.document(name)
