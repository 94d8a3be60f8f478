"""A clerk: writes to a store and reads from it for a test, in as few words as the test needs."""

import random
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import attrs

from custledger.changes import Change, Changeset, Creates, DocumentChange, Operation, Receipt, by_key
from custledger.codec import row_from
from custledger.conventions import Conventions, FixedClock, utc_text
from custledger.expressions import Expression, Moment, understand, understand_order
from custledger.ids import IdMint
from custledger.marks import PERSON, MarkChange, TagMark
from custledger.schema import Row, Schema
from custledger.stores.contract import Order, Query, Store
from custledger.stores.integrity import removal
from custledger.testing.samples import sample_schemas

START = 1_767_225_600_000
"""The moment at which a fixed clock begins: 2026-01-01T00:00:00Z, in milliseconds."""


def fixed_clock() -> FixedClock:
    """Return a clock that begins on 1 January 2026 UTC and moves by a millisecond each time it is read."""
    return FixedClock(START)


def seeded_mint(clock: FixedClock | None = None, seed: int = 7) -> IdMint:
    """Return a mint whose ids are the same in every run, and grow."""
    return IdMint((clock or fixed_clock()).milliseconds, random.Random(seed))


class Clerk:
    """Writes to one handle and reads from it. Values are given and returned in their plain form.

    Several clerks may share a clock and a mint, so that their ids never clash.
    """

    def __init__(
        self,
        store: Store,
        schemas: Sequence[Schema] = (),
        *,
        clock: FixedClock | None = None,
        mint: IdMint | None = None,
        actor: str = "clerk",
    ) -> None:
        self.store = store
        self.clock = clock or fixed_clock()
        self.mint = mint or seeded_mint(self.clock)
        self.actor = actor
        self.conventions = Conventions()
        self.moment = Moment(date(2026, 6, 15), self.conventions.zone)
        self.schemas: dict[str, Schema] = {}
        self.learn(schemas or sample_schemas())

    def learn(self, schemas: Iterable[Schema]) -> None:
        """Prepare the store for these schemas, beside those this clerk knows, and remember the generation."""
        self.schemas |= {schema.name: schema for schema in schemas}
        self.store.prepare(list(self.schemas.values()))
        self.generation = self.store.generation()

    def beside(self, store: Store, schemas: Sequence[Schema] = (), *, actor: str = "other") -> "Clerk":
        """Return a clerk of another handle on the same ledger, with this one's clock and mint."""
        known = schemas or tuple(self.schemas.values())
        return Clerk(store, known, clock=self.clock, mint=self.mint, actor=actor)

    def operation(self, verb: str = "test", **more: Any) -> Operation:
        """Return a new operation of this clerk."""
        at = utc_text(self.clock.milliseconds())
        return Operation(id=self.mint.one(), verb=verb, actor=self.actor, at=at, **more)

    def changeset(
        self,
        *changes: Change,
        creates: Sequence[Creates] = (),
        documents: Sequence[DocumentChange] = (),
        operation: Operation | None = None,
    ) -> Changeset:
        """Return a changeset, of a new operation where none is given."""
        operation = operation or self.operation()
        return Changeset(operation=operation, changes=changes, creates=creates, documents=documents)

    def apply(self, *changes: Change, **more: Any) -> Receipt:
        """Land changes as one changeset, under the generation that this clerk knows."""
        return self.store.apply(self.changeset(*changes, **more), generation=self.generation)

    def creation(self, name: str, /, **values: Any) -> Change:
        """Return the change that adds a record of the type ``name``."""
        after = {key: value for key, value in values.items() if value is not None}
        return Change(type=name, id=self.mint.one(), before=None, after=after)

    def add(self, name: str, /, **values: Any) -> int:
        """Add one record and return its id."""
        change = self.creation(name, **values)
        self.apply(change)
        return change.id

    def creates(self, name: str, records: Sequence[Mapping[str, Any]], at: str) -> Creates:
        """Return many new records as bulk loads have them: whole rows with consecutive ids."""
        schema, first = self.schemas[name], self.mint.run(len(records))
        system = {"created_at": at, "updated_at": at, "revision": 1}
        rows = [row_from(schema, {**values, **system, "id": first + index}) for index, values in enumerate(records)]
        return Creates.of_rows(name, schema.keys, rows)

    def add_many(self, name: str, records: Sequence[Mapping[str, Any]]) -> list[int]:
        """Add many records at once and return their ids."""
        operation = self.operation("import")
        creates = self.creates(name, records, operation.at)
        self.apply(creates=(creates,), operation=operation)
        return list(creates.ids)

    def edition(self, name: str, number: int, /, **after: Any) -> Change:
        """Return the change that sets fields of a record, as it reads now."""
        row = self.whole(name, number)
        before = {key: row.get(key) for key in after}
        return Change(type=name, id=number, before=before, after=after, revision=row["revision"])

    def edit(self, name: str, number: int, /, **after: Any) -> Receipt:
        """Set fields of a record."""
        return self.apply(self.edition(name, number, **after))

    def marks(self, name: str, number: int) -> list[tuple[str, str, bool]]:
        """Return ``(tag, source, whether it is refused)`` of each mark of a record."""
        (marks,) = self.store.marks(self.schemas[name], [number])
        return [(mark.tag, mark.source, mark.refused) for mark in marks]

    def finding(self, name: str, number: int, rule: str, *tags: str, field: str = "tags") -> Change | None:
        """Return the derived change that lets a rule say just these tags of a record, or ``None`` if it does so."""
        (marks,) = self.store.marks(self.schemas[name], [number])
        held = {mark.key: mark for mark in marks if mark.source == rule}
        said = {mark.key: mark for mark in (TagMark(field, tag, rule) for tag in tags)}
        changed = [MarkChange(held.get(key), said.get(key)) for key in held.keys() ^ said.keys()]
        if not changed:
            return None
        return Change(type=name, id=number, before={}, after={}, marks=tuple(sorted(changed, key=_by_key)))

    def find(self, name: str, number: int, rule: str, *tags: str) -> None:
        """Let a rule say just these tags of a record."""
        if (change := self.finding(name, number, rule, *tags)) is not None:
            self.apply(change)

    def decide(self, name: str, number: int, tag: str, *, state: bool | None, field: str = "tags") -> Receipt:
        """Say outright of a tag that it is set, that it is refused, or with ``None``, nothing any more."""
        row = self.whole(name, number)
        mark = TagMark(field, tag, PERSON, state is False)
        change = MarkChange(mark, None if state is None else mark)
        return self.apply(Change(type=name, id=number, before={}, after={}, revision=row["revision"], marks=(change,)))

    def removal(self, name: str, number: int) -> Change:
        """Return the change that removes a record, as it reads now."""
        schema = self.schemas[name]
        row = self.store.get(schema, [number])[0]
        assert row is not None, f"there is no {name} {number} to remove"
        return removal(schema, row)

    def remove(self, name: str, number: int) -> Receipt:
        """Remove a record."""
        return self.apply(self.removal(name, number))

    def put(self, name: str, value: Any, **more: Any) -> Receipt:
        """Write a settings document, or remove it with ``None``, and keep up with the generation."""
        receipt = self.apply(documents=(self.document_change(name, value),), **more)
        self.generation = self.store.generation()
        return receipt

    def document_change(self, name: str, value: Any) -> DocumentChange:
        """Return the change that writes a settings document, as it reads now."""
        present = self.store.document(name)
        before, revision = (present.value, present.revision) if present else (None, 0)
        return DocumentChange(name=name, before=before, after=value, revision=revision)

    def whole(self, name: str, number: int) -> dict[str, Any]:
        """Return a record's values that are not empty, by key, system fields among them; it must be there."""
        row = self.store.get(self.schemas[name], [number])[0]
        assert row is not None, f"there is no {name} {number}"
        return by_key(self.schemas[name], row)

    def values(self, name: str, number: int) -> dict[str, Any] | None:
        """Return a record's values that people set and that are not empty, or ``None`` where it is not there."""
        row = self.store.get(self.schemas[name], [number])[0]
        return None if row is None else settable(self.schemas[name], row)

    def everything(self, name: str) -> dict[int, dict[str, Any]]:
        """Return ``{id: values that people set and that are not empty}`` of all records of a type."""
        schema = self.schemas[name]
        return {row[0]: settable(schema, row) for row in self.store.select(schema, Query(moment=self.moment))}

    def expression(self, name: str, text: str, *, any_kind: bool = False) -> Expression:
        """Return an expression about records of the type ``name``."""
        schema = self.schemas[name]
        if any_kind:
            return understand(text, schema, self.conventions, want=None)
        return understand(text, schema, self.conventions)

    def query(self, name: str, where: str = "", *, order: Sequence[str] = (), **more: Any) -> Query:
        """Return a query from texts; ``-name`` orders downwards."""
        keys = understand_order(order, self.schemas[name], self.conventions) if order else ()
        filtered = self.expression(name, where) if where else None
        return Query(moment=self.moment, where=filtered, order=tuple(Order(*key) for key in keys), **more)

    def select(self, name: str, where: str = "", *, order: Sequence[str] = (), **more: Any) -> list[Row]:
        """Return the rows that a query finds."""
        return list(self.store.select(self.schemas[name], self.query(name, where, order=order, **more)))

    def ids(self, name: str, where: str = "", **more: Any) -> list[int]:
        """Return the ids of the rows that a query finds, in its order."""
        return [row[0] for row in self.select(name, where, **more)]

    def count(self, name: str, *by: str, where: str = "") -> list[tuple[Any, ...]]:
        """Return counts, by the values of expressions."""
        keys = [self.expression(name, text, any_kind=True) for text in by]
        filtered = self.expression(name, where) if where else None
        return self.store.count(self.schemas[name], filtered, keys, self.moment)

    def found(self, text: str, *names: str, limit: int = 100) -> list[int]:
        """Return the ids that text search finds, in the types ``names`` or in all."""
        schemas = [self.schemas[name] for name in names or self.schemas]
        return [hit.id for hit in self.store.search(text, schemas, limit)]


def settable(schema: Schema, row: Row) -> dict[str, Any]:
    """Return the values of a row that people set and that are not empty, by key."""
    system = {field.key for field in schema.fields if field.spec.system}
    return {key: value for key, value in by_key(schema, row).items() if key not in system}


def reversal(receipt: Receipt) -> list[Change]:
    """Return the changes that take back what a receipt says has landed, the last one first.

    It is right while nothing else was written since; a real undo asks the log.
    """
    landed = [change for changeset in receipt.applied for change in changeset]
    return [_reversed(change) for change in reversed(landed)]


def _reversed(change: Change) -> Change:
    marks = tuple(MarkChange(one.after, one.before) for one in change.marks)
    back = Change(type=change.type, id=change.id, before=change.after, after=change.before, marks=marks)
    # A removal is of the revision that came of the change, and so is an update, unless it raised none.
    return attrs.evolve(back, revision=change.revision + (change.after is not None and not change.is_derived))


def _by_key(change: MarkChange) -> tuple[str, str, str]:
    return change.key
