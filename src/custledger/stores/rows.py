"""The records of one type in one state: rows by id, that never change, and what is found in them by value."""

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from operator import itemgetter
from typing import Any

from custledger.schema import Field, Row, Schema
from custledger.values import folder

Values = Mapping[str, Any]
"""The fields of one record that are not empty, by key."""


def comparable_form(field: Field) -> Callable[[Any], Any]:
    """Return the function that brings a value of ``field`` into the form in which two of them are compared."""
    fold_text = folder(field.spec.kind)
    return lambda value: fold_text(value) if isinstance(value, str) else value


class Rows:
    """Rows in the order of ``keys``, ``by_id``. Whoever changes them gets others; see ``changed``."""

    def __init__(self, keys: tuple[str, ...] = (), rows: Mapping[int, Row] | None = None) -> None:
        self.keys = keys
        self.by_id: Mapping[int, Row] = rows or {}
        self._holders: dict[str, dict[Any, int]] = {}
        self._names: dict[str, dict[Any, list[int]]] = {}

    def __contains__(self, number: object) -> bool:
        return number in self.by_id

    def __len__(self) -> int:
        return len(self.by_id)

    @cached_property
    def ids(self) -> tuple[int, ...]:
        """The ids of the records, in ascending order."""
        return tuple(sorted(self.by_id))

    @cached_property
    def positions(self) -> Mapping[str, int]:
        """Where each field stands in a row, by key."""
        return {key: place for place, key in enumerate(self.keys)}

    def values(self, number: int) -> dict[str, Any] | None:
        """Return the values of one record that are not empty, by key, or ``None`` where there is none."""
        row = self.by_id.get(number)
        if row is None:
            return None
        return {key: value for key, value in zip(self.keys, row, strict=True) if value is not None}

    def value(self, number: int, key: str) -> Any:
        """Return one value of a record that is there."""
        place = self.positions.get(key)
        return None if place is None else self.by_id[number][place]

    def row(self, schema: Schema, number: int) -> Row | None:
        """Return the row of one record in the order of ``schema``, or ``None`` where there is none."""
        row = self.by_id.get(number)
        return row if row is None or schema.keys == self.keys else self._arranged(schema)(row)

    def all(self, schema: Schema) -> Iterator[Row]:
        """Yield every row in the order of ``schema``, by id."""
        rows = map(self.by_id.__getitem__, self.ids)
        return rows if schema.keys == self.keys else map(self._arranged(schema), rows)

    def column(self, key: str) -> Iterator[tuple[int, Any]]:
        """Yield ``(id, value)`` of one field of every record, the empty ones too; nothing where there is no such."""
        place = self.positions.get(key)
        return iter(()) if place is None else ((number, row[place]) for number, row in self.by_id.items())

    def holders(self, field: Field) -> Mapping[Any, int]:
        """Return who has which value of a unique field: ids by values in the form in which they are compared."""
        found = self._holders.get(field.key)
        if found is None:
            form = comparable_form(field)
            found = {form(value): number for number, value in self.column(field.key) if value is not None}
            self._holders[field.key] = found
        return found

    def named(self, field: Field, name: str) -> tuple[int, ...]:
        """Return the ids of the records whose field holds a text that compares equal to ``name``."""
        found = self._names.get(field.key)
        if found is None:
            found = self._names[field.key] = {}
            form = comparable_form(field)
            for number, value in self.column(field.key):
                if value is not None:
                    found.setdefault(form(value), []).append(number)
        return tuple(found.get(comparable_form(field)(name), ()))

    def changed(self, keys: tuple[str, ...], changes: Mapping[int, Values | None]) -> "Rows":
        """Return the rows in which some records are as ``changes`` says, by id; ``None`` is one that is gone.

        ``keys`` begin with those that there are, and may go on with others, which are empty elsewhere.
        """
        rows = self._widened(keys)
        for number, values in changes.items():
            if values is None:
                rows.pop(number, None)
            else:
                rows[number] = tuple(map(values.get, keys))
        return Rows(keys, rows)

    def with_keys(self, keys: tuple[str, ...]) -> "Rows":
        """Return the same rows with more keys, which are empty in all of them."""
        return self if keys == self.keys else Rows(keys, self._widened(keys))

    def _widened(self, keys: tuple[str, ...]) -> dict[int, Row]:
        """Return the rows as they are with more keys, to be changed."""
        more = (None,) * (len(keys) - len(self.keys))
        return {number: row + more for number, row in self.by_id.items()} if more else dict(self.by_id)

    def _arranged(self, schema: Schema) -> Callable[[Row], Row]:
        """Return what puts a row into the order of a schema; a field that is not known here is empty."""
        places = [self.positions.get(key, len(self.keys)) for key in schema.keys]
        pick = itemgetter(*places)
        if max(places) < len(self.keys):
            return pick
        return lambda row: pick((*row, None))


NO_ROWS = Rows(("id", "created_at", "updated_at", "revision"))
