"""What must hold between records when a changeset has landed: references lead somewhere, unique values are unique."""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from custledger.changes import Action, Change, Changeset
from custledger.errors import DuplicateError, NotFoundError
from custledger.expressions.types import FOLDED_KINDS
from custledger.schema import Field, Schema
from custledger.stores.integrity import targets
from custledger.stores.sql.database import Connection
from custledger.stores.sql.layout import quoted
from custledger.stores.sql.tables import Table, Values
from custledger.values import folder

Record = tuple[str, int]


class References:
    """The records that must be there when a changeset has landed, because it refers to them."""

    def __init__(self, connection: Connection, schemas: Mapping[str, Schema], table: Callable[[str], Table]) -> None:
        self._connection = connection
        self._schemas = schemas
        self._table = table
        self._expected: dict[Record | None, dict[str, set[int]]] = {}

    def expect(self, schema: Schema, values: Values, referrer: Record) -> None:
        """Note what one record refers to. Raises ``NotFoundError`` for an unknown type."""
        for _, target, number in targets(schema, values, self._schemas):
            self._expected.setdefault(referrer, {}).setdefault(target, set()).add(number)

    def expect_many(self, schema: Schema, field: Field, values: Iterable[Any]) -> None:
        """Note what many new records refer to in one field."""
        expected = self._expected.setdefault(None, {})
        distinct = set(values) - {None}
        if field.spec.target is not None:
            expected.setdefault(field.spec.target, set()).update(distinct)
            return
        for value in distinct:
            for _, target, number in targets(schema, {field.key: value}, self._schemas):
                expected.setdefault(target, set()).add(number)

    def forget(self, referrer: Record) -> None:
        """Forget what a record referred to that is removed."""
        self._expected.pop(referrer, None)

    def check(self) -> None:
        """Raise ``NotFoundError`` for a reference that leads nowhere."""
        together: dict[str, set[int]] = {}
        for expected in self._expected.values():
            for target, numbers in expected.items():
                together.setdefault(target, set()).update(numbers)
        for target, numbers in together.items():
            self._check(target, sorted(numbers))

    def _check(self, target: str, numbers: list[int]) -> None:
        if not numbers:
            return
        if target not in self._schemas:
            raise NotFoundError(target, f"{target} {numbers[0]}")
        table = self._table(target)
        statement = (
            f"SELECT wanted.value FROM ({table.dialect.each_integer}) AS wanted "
            f'WHERE NOT EXISTS (SELECT 1 FROM {table.name} WHERE {table.name}."id" = wanted.value) LIMIT 1'
        )
        for (missing,) in list(self._connection.execute(statement, (json.dumps(numbers),))):
            raise NotFoundError(target, table.schema.public_id(missing))


class Unique:
    """Unique values: they must differ when the changeset has landed, whatever the order of its changes.

    A database checks them at each statement. So where some changes take values and others give some up, the records
    that give up are emptied of theirs beforehand (*parked*).
    """

    def __init__(self, connection: Connection, table: Callable[[str], Table]) -> None:
        self._connection = connection
        self._table = table
        self._parked: dict[Record, dict[str, Any]] = {}

    def park(self, changeset: Changeset) -> None:
        """Empty the unique fields that this changeset gives up, if it takes others too."""
        if len(changeset.changes) + len(changeset.creates) < 2:
            return
        for name in dict.fromkeys(change.type for change in changeset.changes):
            table = self._table(name)
            unique = {field.key for field in table.schema.unique}
            if unique:
                self._park_type(table, unique, changeset)

    def _park_type(self, table: Table, unique: set[str], changeset: Changeset) -> None:
        changes = [change for change in changeset.changes if change.type == table.schema.name]
        given_up = [change for change in changes if _gives_up(change, unique)]
        takes = any(change.after and unique & change.after.keys() for change in changes)
        takes = takes or any(creates.type == table.schema.name for creates in changeset.creates)
        if not takes:
            return
        for change in given_up:
            keys = unique if change.after is None else unique & change.after.keys()
            self._park_record(table, change.id, sorted(keys))

    def _park_record(self, table: Table, number: int, keys: list[str]) -> None:
        listed = ", ".join(map(quoted, keys))
        statement = f'SELECT {listed} FROM {table.name} WHERE "id" = ?'
        for values in list(self._connection.execute(statement, (number,))):
            parked = self._parked.setdefault((table.schema.name, number), {})
            held = {key: value for key, value in zip(keys, values, strict=True) if value is not None}
            parked.update(held)
            if held:
                table.update(self._connection, number, dict.fromkeys(held))

    def unparked(self, change: Change, values: Values) -> Values:
        """Return a record's present values as if nothing were parked."""
        parked = self._parked.get((change.type, change.id))
        return {**values, **parked} if parked else values

    def written(self, change: Change) -> None:
        """Note that an update has written its values: those are parked no longer."""
        parked = self._parked.get((change.type, change.id))
        for key in (change.after or {}) if parked else ():
            parked.pop(key, None)  # type: ignore[union-attr]

    def explain(self, table: Table, rows: Iterable[tuple[int, Values]]) -> None:
        """Raise ``DuplicateError`` that names the holder, if writing ``rows``, as ``(id, values)``, failed for that.

        It must be called before the transaction is rolled back.
        """
        rows = list(rows)
        schema = table.schema
        for field in schema.unique:
            fold = folder(field.spec.kind) if field.spec.kind in FOLDED_KINDS else lambda value: value
            seen: dict[Any, int] = {}
            for number, values in rows:
                value = values.get(field.key)
                if value is None:
                    continue
                holder = seen.setdefault(fold(value), number)
                if holder == number:
                    holder = table.holder(self._connection, field, value, number) or number
                if holder != number:
                    raise DuplicateError(schema.name, field.key, value, schema.public_id(holder))
        for number, values in rows:
            if "id" in values and table.read(self._connection, number) is not None:
                raise DuplicateError(schema.name, "ID", schema.public_id(number))


def _gives_up(change: Change, unique: set[str]) -> bool:
    if change.action is Action.REMOVE:
        return True
    return change.action is Action.UPDATE and bool(unique & (change.after or {}).keys())
