"""Tags in a SQL database: a row for each mark, and in the record's own column the tags that they come to.

A mark that is not in effect says so: ``refused`` is 1 where a person took a tag off, and of whatever rules say of that
tag. So a record has a tag where it has a row of it that is not refused.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from custledger.changes import Change, Operation, wanted_marks
from custledger.marks import PERSON, MarkChange, TagMark, in_effect, settled
from custledger.stores.sql.database import Connection
from custledger.stores.sql.layout import quoted
from custledger.stores.sql.tables import Table, Values, to_json
from custledger.values import fold

AT_ONCE = 5_000
"""How many records are read together."""

Marks = tuple[TagMark, ...]


def marks_of(connection: Connection, table: Table, numbers: Sequence[int]) -> dict[int, Marks]:
    """Return the marks of records by id; those that have none are not in it."""
    found: dict[int, list[TagMark]] = {}
    for field, name in table.tags.items():
        one = len(numbers) == 1
        which = "= ?" if one else f"IN ({table.dialect.each_integer})"
        read = connection.execute(
            f"SELECT record, tag, source, refused, actor, at FROM {name} WHERE record {which}",
            (numbers[0] if one else json.dumps(list(numbers)),),
        )
        for record, *mark in read:
            found.setdefault(record, []).append(_mark(field, mark))
    return {record: tuple(marks) for record, marks in found.items()}


def marks_of_rules(connection: Connection, table: Table, sources: Sequence[str]) -> Iterator[tuple[int, TagMark]]:
    """Yield ``(id, mark)`` of all that these rules say."""
    listed = ", ".join("?" * len(sources))
    for field, name in table.tags.items():
        read = connection.execute(
            f"SELECT record, tag, source, refused, actor, at FROM {name} WHERE source IN ({listed})", tuple(sources)
        )
        for record, *mark in read:
            yield record, _mark(field, mark)


def _mark(field: str, read: Sequence[Any]) -> TagMark:
    tag, source, refused, actor, at = read
    return TagMark(field, tag, source, bool(refused) and source == PERSON, actor, at)


def _rows(number: int, field: str, marks: Iterable[TagMark]) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    """Return the rows that hold a record's marks in one field: what names each, and what else is in it."""
    mine = [mark for mark in marks if mark.field == field]
    refused = {fold(mark.tag) for mark in mine if mark.refused}
    return {
        (number, mark.tag, mark.source): (fold(mark.tag), mark.actor, mark.at, int(fold(mark.tag) in refused))
        for mark in mine
    }


class MarkRows:
    """The rows of marks of one table's records that are to be taken out and put in, written together."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._gone: dict[str, list[tuple[Any, ...]]] = {}
        self._new: dict[str, list[tuple[Any, ...]]] = {}

    def change(self, number: int, before: Iterable[TagMark], after: Iterable[TagMark]) -> None:
        """Note what becomes of the marks of one record."""
        before, after = tuple(before), tuple(after)
        for field in self._table.tags:
            old, new = _rows(number, field, before), _rows(number, field, after)
            if old != new:
                self._gone.setdefault(field, []).extend(key for key in old if old[key] != new.get(key))
                self._new.setdefault(field, []).extend((*key, *new[key]) for key in new if old.get(key) != new[key])

    def write(self, connection: Connection) -> None:
        """Write what was noted."""
        for field, name in self._table.tags.items():
            if gone := self._gone.get(field):
                connection.executemany(f"DELETE FROM {name} WHERE record = ? AND tag = ? AND source = ?", gone)
            if new := self._new.get(field):
                columns = "record, tag, source, folded, actor, at, refused"
                connection.executemany(f"INSERT INTO {name} ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?)", new)


def touched(table: Table, change: Change) -> list[str]:
    """Return the fields of tags of which a change says something."""
    named = {*(change.after or ()), *(one.key[0] for one in change.marks)} if table.tags else ()
    return [field for field in table.tags if field in named]


class Derived:
    """Many derived changes of the records of one table, made together.

    After ``land``, ``landed`` has those that changed anything, in their order, with their tags before and after.
    """

    def __init__(self, connection: Connection, table: Table, operation: Operation) -> None:
        self._connection = connection
        self._table = table
        self._operation = operation
        self.landed: list[Change] = []

    def land(self, changes: Iterable[Change]) -> None:
        """Make the changes; those of records that are gone are left out."""
        listed = list(changes)
        for start in range(0, len(listed), AT_ONCE):
            self._land(listed[start : start + AT_ONCE])

    def _land(self, changes: Sequence[Change]) -> None:
        numbers = list(dict.fromkeys(change.id for change in changes))
        held = marks_of(self._connection, self._table, numbers)
        revisions = self._revisions(numbers)
        now = dict(held)
        for change in changes:
            if change.id in revisions:
                self._make(change, now, revisions[change.id])
        rows, tags = MarkRows(self._table), []
        for number in numbers:
            if number in revisions and now.get(number, ()) != held.get(number, ()):
                rows.change(number, held.get(number, ()), now.get(number, ()))
                tags.append((*self._stored(now.get(number, ())), number))
        rows.write(self._connection)
        listed = ", ".join(f"{quoted(field)} = ?" for field in self._table.tags)
        self._connection.executemany(f'UPDATE {self._table.name} SET {listed} WHERE "id" = ?', tags)

    def _make(self, change: Change, now: dict[int, Marks], revision: int) -> None:
        wanted = wanted_marks(self._table.schema, change, {}, self._operation)
        marks, changed = settled(now.get(change.id, ()), wanted)
        if changed:
            told = self._told(now.get(change.id, ()), marks, changed)
            before, after = ({field: tags[side] for field, tags in told.items()} for side in (0, 1))
            now[change.id] = marks
            self.landed.append(
                Change(type=change.type, id=change.id, before=before, after=after, revision=revision, marks=changed)
            )

    def _told(
        self, before: Marks, after: Marks, changed: Iterable[MarkChange]
    ) -> Mapping[str, tuple[tuple[str, ...] | None, tuple[str, ...] | None]]:
        """Return the tags before and after, by the fields in which they differ."""
        fields = dict.fromkeys(one.key[0] for one in changed)
        pairs = ((field, (in_effect(before, field), in_effect(after, field))) for field in fields)
        return {field: pair for field, pair in pairs if pair[0] != pair[1]}

    def _stored(self, marks: Marks) -> Iterator[str | None]:
        for field in self._table.tags:
            tags = in_effect(marks, field)
            yield None if tags is None else to_json(tags)

    def _revisions(self, numbers: Sequence[int]) -> dict[int, int]:
        statement = (
            f'SELECT "id", "revision" FROM {self._table.name} WHERE "id" IN ({self._table.dialect.each_integer})'
        )
        return dict(self._connection.execute(statement, (json.dumps(numbers),)))


def marked(
    connection: Connection, table: Table, change: Change, current: Values, operation: Operation
) -> tuple[Marks, Marks, tuple[MarkChange, ...]]:
    """Return a record's marks before and after a change of it, and which of them it changes."""
    needed = bool(touched(table, change)) or any(current.get(field) for field in table.tags)
    before = marks_of(connection, table, [change.id]).get(change.id, ()) if needed and current else ()
    after, changed = settled(before, wanted_marks(table.schema, change, current, operation))
    return before, after, changed
