"""Which subjects' facts a write may have changed: from what has just landed, or from the log."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import attrs

from custledger.changes import Action, Changeset
from custledger.schema import Schema
from custledger.stores.sql.database import Connection, Dialect
from custledger.stores.sql.facts import computing
from custledger.stores.sql.facts.registry import Fact, Registry
from custledger.stores.sql.layout import quoted

Before = Mapping[str, Any]


@attrs.define(eq=False)
class Touched:
    """What became of the records of each type: runs of those that were made, and those that were edited or removed.

    ``before`` has what the fields held that were changed, ``keys`` which those were; ``None`` stands for all.
    """

    runs: dict[str, list[tuple[int, int]]] = attrs.field(factory=dict)
    records: dict[str, set[int]] = attrs.field(factory=dict)
    removed: dict[str, set[int]] = attrs.field(factory=dict)
    before: dict[str, list[Before]] = attrs.field(factory=dict)
    keys: dict[str, set[str] | None] = attrs.field(factory=dict)
    count: int = 0

    def made(self, name: str, first: int, count: int) -> None:
        """Note records whose ids follow each other."""
        self.runs.setdefault(name, []).append((first, first + count - 1))
        self.keys[name] = None
        self.count += count

    def changed(self, name: str, number: int, action: Action, before: Before | None) -> None:
        """Note one record that was edited or removed."""
        self.records.setdefault(name, set()).add(number)
        self.count += 1
        if before:
            self.before.setdefault(name, []).append(before)
        if action is Action.REMOVE:
            self.removed.setdefault(name, set()).add(number)
            self.keys[name] = None
        elif (known := self.keys.setdefault(name, set())) is not None:
            known.update(before or ())

    @classmethod
    def by(cls, changeset: Changeset) -> "Touched":
        """Return what a changeset touched, as it landed."""
        touched = cls()
        for creates in changeset.creates:
            if creates:
                touched.made(creates.type, creates.ids[0], len(creates))
        for change in changeset.changes:
            if change.action is Action.CREATE:
                touched.made(change.type, change.id, 1)
            else:
                touched.changed(change.type, change.id, change.action, change.before)
        return touched

    @classmethod
    def since(cls, connection: Connection, changeset: int, names: Collection[str]) -> "Touched":
        """Return what was touched of these types after a changeset, as the log tells it."""
        touched, marks = cls(), ", ".join("?" * len(names))
        rows = connection.execute(
            f"SELECT type, action, record, count, before FROM custledger_log WHERE changeset > ? AND type IN ({marks})",
            (changeset, *names),
        )
        for name, action, record, count, before in rows:
            if action == Action.CREATE.value:
                touched.made(name, record, count)
            else:
                touched.changed(name, record, Action(action), json.loads(before) if before else None)
        return touched


def bring_up(connection: Connection, dialect: Dialect, registry: Registry, touched: Touched) -> None:
    """Bring the facts up to date for all subjects that were touched."""
    for facts in registry.by_subject.values():
        _rows(connection, facts[0].subject, touched)
        for some in _moved(facts, touched):
            computing.compute(connection, dialect, some, _subjects(connection, dialect, some[0], touched))


def _rows(connection: Connection, subject: Schema, touched: Touched) -> None:
    """Let the table of facts have a row for each subject there is, and no other."""
    removed = touched.removed.get(subject.name)
    if removed:
        computing.remove(connection, subject, removed)
    for first, last in touched.runs.get(subject.name, ()):
        computing.add(connection, subject, first, last)


def _moved(facts: Sequence[Fact], touched: Touched) -> Iterable[list[Fact]]:
    """Yield the facts about one type that may have changed, those together that look at the same references."""
    together: dict[tuple[str, str], list[Fact]] = {}
    for fact in facts:
        name = fact.aggregate.schema.name
        if name not in touched.keys:
            continue
        keys = touched.keys[name]
        if keys is None or fact.moves_always or not fact.keys.isdisjoint(keys):
            together.setdefault((name, fact.aggregate.reference), []).append(fact)
    return together.values()


def _subjects(connection: Connection, dialect: Dialect, fact: Fact, touched: Touched) -> set[int]:
    """Return the subjects that touched records refer to or referred to.

    What a record referred to in between is in the log too: each edit says what was there before it.
    """
    name, reference = fact.aggregate.schema.name, fact.aggregate.reference
    column, table = quoted(reference), quoted(name)
    found = {before.get(reference) for before in touched.before.get(name, ())}
    if records := touched.records.get(name):
        statement = f'SELECT {column} FROM {table} WHERE "id" IN ({dialect.each_integer})'
        found.update(number for (number,) in connection.execute(statement, (json.dumps(sorted(records)),)))
    for first, last in touched.runs.get(name, ()):
        statement = f'SELECT DISTINCT {column} FROM {table} WHERE "id" BETWEEN ? AND ?'
        found.update(number for (number,) in connection.execute(statement, (first, last)))
    return {number for number in found if number is not None}
