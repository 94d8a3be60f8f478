"""Unique values in a sheet that people edit: who has one, who gives one up, and who has to wait for it."""

from collections.abc import Mapping
from typing import Any

from custledger.schema import Field, Schema
from custledger.stores.rows import Rows, comparable_form


class Uniques:
    """Says of unique values whether they are free, once all else that was changed in the sheet is put together."""

    def __init__(self, schema: Schema, rows: Rows) -> None:
        self._fields = schema.unique
        self._rows = rows
        self._given_up: dict[str, set[Any]] = {field.key: set() for field in self._fields}
        self._newcomers: dict[str, set[Any]] = {field.key: set() for field in self._fields}

    def refused(self, candidates: Mapping[int, Mapping[str, Any]]) -> list[tuple[int, Field]]:
        """Return which changed cells, by record and field, have a value that another has and keeps.

        Records may exchange values, or pass them on in turn. Whose value is refused keeps the one that it has, and so
        refuses it to others.
        """
        found = []
        for field in self._fields:
            form, holders = comparable_form(field), self._rows.holders(field)
            moving = {number: after[field.key] for number, after in sorted(candidates.items()) if field.key in after}
            while refused := self._without_place(moving, holders, form):
                found += [(number, field) for number in refused]
                for number in refused:
                    del moving[number]
            self._given_up[field.key] = {value for value, number in holders.items() if number in moving}
            self._newcomers[field.key] = {form(value) for value in moving.values() if value is not None}
        return found

    @staticmethod
    def _without_place(moving: Mapping[int, Any], holders: Mapping[Any, int], form: Any) -> list[int]:
        taken: set[Any] = set()
        refused = []
        for number, value in moving.items():
            wanted = form(value) if value is not None else None
            if wanted is None:
                continue
            holder = holders.get(wanted, number)
            if wanted in taken or (holder != number and holder not in moving):
                refused.append(number)
            taken.add(wanted)
        return refused

    def taken(self, values: Mapping[str, Any]) -> list[Field]:
        """Return the fields of a new record whose values others have; a record that may have them all has them then."""
        forms = {
            field.key: comparable_form(field)(values[field.key])
            for field in self._fields
            if values.get(field.key) is not None
        }
        found = [field for field in self._fields if field.key in forms and not self._is_free(field, forms[field.key])]
        if not found:
            for key, form in forms.items():
                self._newcomers[key].add(form)
        return found

    def _is_free(self, field: Field, form: Any) -> bool:
        if form in self._newcomers[field.key]:
            return False
        return form not in self._rows.holders(field) or form in self._given_up[field.key]
