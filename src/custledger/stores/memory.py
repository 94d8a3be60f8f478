"""The reference store: a ledger in memory, small and obviously right, and the measure of the other stores.

Its state is a value that never changes (``stores.drafts``). A write builds the state that follows and puts it in the
present one's place; whoever reads keeps the state that was there when reading began, which makes every read a
snapshot. Filters, orders and counts are the evaluator's, and so define what other stores must answer.

``memory:`` is a ledger of its own; ``memory:shop`` is one that every handle of that name in this process shares,
until the process ends.
"""

import itertools
import threading
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any
from uuid import UUID, uuid4

import attrs

from custledger.changes import Action, Changeset, LogEntry, Operation, Receipt
from custledger.codec import row_from
from custledger.errors import NotAllowedError, NotFoundError, StoreError
from custledger.expressions import Expression, Moment, after_filter, evaluator, sort_key
from custledger.marks import TagMark
from custledger.schema import ID, Row, Schema
from custledger.search import Wanted
from custledger.stores.contract import Capabilities, Document, GenerationMovedError, Hit, Query, Store
from custledger.stores.drafts import Draft, State, described
from custledger.stores.grouping import grouped
from custledger.stores.related import StateRelated

_NAMED: dict[str, "MemoryLedger"] = {}
_NAMED_LOCK = threading.Lock()


@attrs.define
class MemoryLedger:
    """What all handles on one ledger in memory share: its identity, its present state and the lock of its writers."""

    name: str = ""
    identity: UUID = attrs.field(factory=uuid4)
    state: State = attrs.field(factory=State)
    lock: threading.Lock = attrs.field(factory=threading.Lock)


class MemoryStore(Store):
    """A handle on a ledger in memory."""

    capabilities = Capabilities(pushes_down=False, persistent=False, several_processes=False)

    def __init__(self, ledger: MemoryLedger | None = None, *, read_only: bool = False) -> None:
        self._ledger = ledger or MemoryLedger()
        self._closed = False
        self.read_only = read_only
        self.url = f"memory:{self._ledger.name}"

    @classmethod
    def open(cls, location: str = "", *, create: bool = True, read_only: bool = False) -> "MemoryStore":
        """Open the ledger called ``location``, or a private one where it is empty.

        Raises ``NotFoundError`` where there is none of that name and ``create`` is false.
        """
        if not location:
            return cls(read_only=read_only)
        with _NAMED_LOCK:
            if location not in _NAMED:
                if not create:
                    raise NotFoundError("ledger", f"memory:{location}")
                _NAMED[location] = MemoryLedger(location)
            return cls(_NAMED[location], read_only=read_only)

    @property
    def identity(self) -> UUID:
        """The ledger's own UUID, made with it."""
        return self._ledger.identity

    @property
    def _state(self) -> State:
        if self._closed:
            raise StoreError("The ledger is closed.", hint="Open it again.")
        return self._ledger.state

    def generation(self) -> int:
        """Return the present generation."""
        return self._state.generation

    def prepare(self, schemas: Sequence[Schema]) -> None:
        """Learn these schemas; a new field is empty in the rows that are there."""
        with self._ledger.lock:
            state = described(self._state, schemas)
            if not self.read_only:
                self._ledger.state = state
            elif state.generation != self._state.generation:
                raise self._forbidden()

    def schemas(self) -> tuple[Schema, ...]:
        """Return every schema the ledger has seen."""
        return tuple(self._state.schemas.values())

    def get(self, schema: Schema, ids: Sequence[int]) -> list[Row | None]:
        """Return the rows of these ids, in the order asked; ``None`` where there is none."""
        table = self._state.rows.get(schema.name, {})
        return [row_from(schema, table[number]) if number in table else None for number in ids]

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
        wanted = Wanted.of(text)
        hits: list[Hit] = []
        for schema in schemas:
            places = [schema.positions[field.key] for field in schema.searchable]
            table = self._state.rows.get(schema.name, {})
            for number in sorted(table, reverse=True):
                row = row_from(schema, table[number])
                if wanted.occurs_in(row[place] for place in places):
                    hits.append(Hit(schema.name, number))
        return hits[:limit]

    def with_ending(self, schema: Schema, ending: int, modulus: int, limit: int) -> list[int]:
        """Return at most ``limit`` ids for which ``id % modulus == ending``."""
        found = (number for number in sorted(self._state.rows.get(schema.name, {})) if number % modulus == ending)
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
        log = self._state.log
        entries: Iterable[LogEntry] = reversed(log) if newest_first else log
        found = (
            entry
            for entry in entries
            if entry.cursor > since
            and (record is None or _concerns(entry, *record))
            and (operation is None or entry.operation == operation)
        )
        return list(itertools.islice(found, limit))

    def removals(self, schema: Schema, ids: Sequence[int]) -> dict[int, int]:
        """Return by which operations those of these records that are gone were removed."""
        state, wanted = self._state, frozenset(ids)
        gone = wanted - state.rows.get(schema.name, {}).keys()
        found = (one for one in state.log if one.action is Action.REMOVE and one.type == schema.name)
        return {one.record: one.operation for one in found if one.record in gone}

    def operations(self, *, ids: Sequence[int] = (), limit: int | None = None) -> list[Operation]:
        """Return operations, newest first; those of ``ids`` only, if any are named."""
        wanted = frozenset(ids)
        newest = reversed(list(self._state.operations.values()))
        return list(itertools.islice((one for one in newest if not wanted or one.id in wanted), limit))

    def apply(self, changeset: Changeset, *, generation: int) -> Receipt:
        """Land a changeset whole, log it, and return what landed; or raise, with nothing written."""
        if self.read_only:
            raise self._forbidden()
        with self._ledger.lock:
            if generation != self._state.generation:
                raise GenerationMovedError("The settings of the ledger changed meanwhile.")
            self._ledger.state, receipt = Draft(self._state, changeset).land()
            return receipt

    def document(self, name: str) -> Document | None:
        """Return one settings document, or ``None``."""
        found = self._state.documents.get(name)
        return found if found is not None and found.value is not None else None

    def documents(self, prefix: str = "") -> list[Document]:
        """Return the settings documents whose names begin with ``prefix``, in the order of their names."""
        found = sorted(self._state.documents.values(), key=lambda document: document.name)
        return [document for document in found if document.name.startswith(prefix) and document.value is not None]

    def close(self) -> None:
        """Let go of the ledger. A second call does nothing."""
        self._closed = True

    def _forbidden(self) -> NotAllowedError:
        return NotAllowedError(f"{self.url} is open for reading only.", hint="Open it without read_only to write.")


def _concerns(entry: LogEntry, type_name: str, number: int) -> bool:
    return entry.type == type_name and entry.record <= number < entry.record + entry.count
