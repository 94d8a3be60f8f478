"""Tags in a SQL database: a row for each mark, and in the record's own column the tags that they come to.

A mark that is not in effect says so: ``refused`` is 1 where a person took a tag off, and of whatever rules say of that
tag. So a record has a tag where it has a row of it that is not refused.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from custledger.changes import Change, Operation, outright_marks, wanted_marks
from custledger.marks import PERSON, MarkChange, TagMark, folded, in_effect, settled
from custledger.stores.sql.database import Connection
from custledger.stores.sql.layout import quoted
from custledger.stores.sql.tables import Table, Values, to_json

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
    mine = [(mark, folded(mark.tag)) for mark in marks if mark.field == field]
    refused = {tag for mark, tag in mine if mark.refused}
    return {(number, mark.tag, mark.source): (tag, mark.actor, mark.at, int(tag in refused)) for mark, tag in mine}


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
            if gone := [key for key in old if old[key] != new.get(key)]:
                self._gone.setdefault(field, []).extend(gone)
            if put := [(*key, *values) for key, values in new.items() if old.get(key) != values]:
                self._new.setdefault(field, []).extend(put)

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
        now: dict[int, Marks] = {}
        for change in changes:
            if change.id in revisions:
                before = now.get(change.id) or held.get(change.id, ())
                marks, changed = settled(before, outright_marks(change, self._operation))
                if changed:
                    now[change.id] = marks
                    self.landed.append(_as_landed(change, before, marks, changed, revisions[change.id]))
        rows = MarkRows(self._table)
        for number, marks in now.items():
            rows.change(number, held.get(number, ()), marks)
        rows.write(self._connection)
        listed = ", ".join(f"{quoted(field)} = ?" for field in self._table.tags)
        self._connection.executemany(
            f'UPDATE {self._table.name} SET {listed} WHERE "id" = ?',
            [(*self._stored(marks), number) for number, marks in now.items()],
        )

    def _stored(self, marks: Marks) -> list[str | None]:
        tags = [in_effect(marks, field) for field in self._table.tags]
        return [None if one is None else to_json(one) for one in tags]

    def _revisions(self, numbers: Sequence[int]) -> dict[int, int]:
        statement = (
            f'SELECT "id", "revision" FROM {self._table.name} WHERE "id" IN ({self._table.dialect.each_integer})'
        )
        return dict(self._connection.execute(statement, (json.dumps(numbers),)))


def _as_landed(change: Change, before: Marks, after: Marks, changed: tuple[MarkChange, ...], revision: int) -> Change:
    """Return a derived change as it landed, with the tags before and after, by the fields in which they differ."""
    old, new = {}, {}
    for field in {mark.field for one in changed for mark in (one.before, one.after) if mark}:
        was, became = in_effect(before, field), in_effect(after, field)
        if was != became:
            old[field], new[field] = was, became
    return Change(type=change.type, id=change.id, before=old, after=new, revision=revision, marks=changed)


def marked(
    connection: Connection, table: Table, change: Change, current: Values, operation: Operation
) -> tuple[Marks, Marks, tuple[MarkChange, ...]]:
    """Return a record's marks before and after a change of it, and which of them it changes."""
    needed = bool(touched(table, change)) or any(current.get(field) for field in table.tags)
    before = marks_of(connection, table, [change.id]).get(change.id, ()) if needed and current else ()
    after, changed = settled(before, wanted_marks(table.schema, change, current, operation))
    return before, after, changed
