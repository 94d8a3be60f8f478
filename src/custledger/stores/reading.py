"""Reading where a ledger is a state in memory, that never changes: every answer is of one moment.

Whoever reads keeps the state that was there when reading began, whatever is written meanwhile. Filters, orders and
counts are the evaluator's, and so define what other stores must answer.
"""

import abc
import itertools
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from custledger.changes import LogEntry, Operation
from custledger.expressions import Expression, Moment, after_filter, evaluator, sort_key
from custledger.marks import TagMark
from custledger.schema import ID, Row, Schema
from custledger.search import Wanted
from custledger.stores.contract import Document, Hit, Query, Store
from custledger.stores.grouping import grouped
from custledger.stores.related import StateRelated
from custledger.stores.state import State


class StateStore(Store):
    """The reading half of a store whose present ``State`` is at hand."""

    @property
    @abc.abstractmethod
    def _state(self) -> State:
        """What the ledger holds now. Raises ``StoreError`` where the handle is closed."""

    def generation(self) -> int:
        """Return the present generation."""
        return self._state.generation

    def schemas(self) -> tuple[Schema, ...]:
        """Return every schema the ledger has seen."""
        return tuple(self._state.schemas.values())

    def get(self, schema: Schema, ids: Sequence[int]) -> list[Row | None]:
        """Return the rows of these ids, in the order asked; ``None`` where there is none."""
        rows = self._state.rows(schema.name)
        return [rows.row(schema, number) for number in ids]

    def marks(self, schema: Schema, ids: Sequence[int]) -> list[tuple[TagMark, ...]]:
        """Return the marks of these records, in the order asked; none of one that is not there."""
        held = self._state.marks.get(schema.name, {})
        return [held.get(number, ()) for number in ids]

    def marks_of_rules(self, schema: Schema, sources: Collection[str]) -> Iterator[tuple[int, TagMark]]:
        """Yield ``(id, mark)`` of all that these rules say of records of a type."""
        held = self._state.marks.get(schema.name, {})
        return ((number, mark) for number, marks in held.items() for mark in marks if mark.source in sources)

    def _rows(self, schema: Schema, where: Expression | None, moment: Moment, related: StateRelated) -> Iterator[Row]:
        """Yield the rows of one snapshot, by id, that ``where`` holds for."""
        rows = related.all(schema)
        return rows if where is None else filter(evaluator(where, schema, moment, related), rows)

    def select(self, schema: Schema, query: Query) -> Iterator[Row]:
        """Return rows from the snapshot of this moment."""
        related = StateRelated(self._state)
        rows = self._rows(schema, query.where, query.moment, related)
        order = [(key.expression, key.descending) for key in query.order]
        if order:
            rows = iter(sorted(rows, key=sort_key(order, schema, query.moment, related)))
        if query.after is not None:
            rows = filter(after_filter(order, query.after, schema, query.moment, related), rows)
        if query.limit is not None:
            rows = itertools.islice(rows, query.limit)
        if query.columns is None:
            return rows
        columns = [evaluator(column, schema, query.moment, related) for column in query.columns]
        return (tuple(column(row) for column in columns) for row in rows)

    def count(
        self, schema: Schema, where: Expression | None, by: Sequence[Expression], moment: Moment
    ) -> list[tuple[Any, ...]]:
        """Return ``[(value of each by …, count)]``; see the contract."""
        related = StateRelated(self._state)
        return grouped(self._rows(schema, where, moment, related), schema, by, moment, related)

    def memberships(self, schema: Schema, conditions: Sequence[Expression], moment: Moment) -> list[set[int]]:
        """Return the ids of the records that each of several conditions chooses, from one snapshot."""
        related = StateRelated(self._state)
        return [{row[ID] for row in self._rows(schema, condition, moment, related)} for condition in conditions]

    def search(self, text: str, schemas: Sequence[Schema], limit: int) -> list[Hit]:
        """Return the newest records in which every word of ``text`` occurs, type after type."""
        wanted, state = Wanted.of(text), self._state
        hits: list[Hit] = []
        for schema in schemas:
            places = [schema.positions[field.key] for field in schema.searchable]
            rows = state.rows(schema.name).all(schema)
            found = [row[ID] for row in rows if wanted.occurs_in(row[place] for place in places)]
            hits += [Hit(schema.name, number) for number in reversed(found)]
        return hits[:limit]

    def with_ending(self, schema: Schema, ending: int, modulus: int, limit: int) -> list[int]:
        """Return at most ``limit`` ids for which ``id % modulus == ending``."""
        found = (number for number in self._state.rows(schema.name).ids if number % modulus == ending)
        return list(itertools.islice(found, limit))

    def log(
        self,
        *,
        since: int = 0,
        record: tuple[str, int] | None = None,
        operation: int | None = None,
        newest_first: bool = False,
        limit: int | None = None,
    ) -> list[LogEntry]:
        """Return log entries with a cursor greater than ``since``; see the contract."""
        return self._state.history.log(
            since=since, record=record, operation=operation, newest_first=newest_first, limit=limit
        )

    def removals(self, schema: Schema, ids: Sequence[int]) -> dict[int, int]:
        """Return by which operations those of these records that are gone were removed."""
        state = self._state
        gone = {number for number in ids if number not in state.rows(schema.name)}
        return state.history.removals(schema.name, gone)

    def operations(self, *, ids: Sequence[int] = (), limit: int | None = None) -> list[Operation]:
        """Return operations, newest first; those of ``ids`` only, if any are named."""
        return self._state.history.operations(ids=ids, limit=limit)

    def document(self, name: str) -> Document | None:
        """Return one settings document, or ``None``."""
        found = self._state.documents.get(name)
        return found if found is not None and found.value is not None else None

    def documents(self, prefix: str = "") -> list[Document]:
        """Return the settings documents whose names begin with ``prefix``, in the order of their names."""
        found = sorted(self._state.documents.values(), key=lambda document: document.name)
        return [document for document in found if document.name.startswith(prefix) and document.value is not None]
