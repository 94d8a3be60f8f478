"""Between records, rows, JSON and cells of text; compiled once per schema.

``seal`` and ``unseal`` are where a sensitive field's value will be encrypted and decrypted on its way to and from a
store; until encryption exists they are the identity.
"""

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

import attrs

from custledger import ids, values
from custledger.changes import Change
from custledger.conventions import Conventions
from custledger.errors import InvalidValueError, NotFoundError
from custledger.fields import Kind
from custledger.records import bare_record
from custledger.schema import REVISION, Field, Row, Schema, nearest
from custledger.values import Plain


def seal(change: Change, _schema: Schema) -> Change:
    """Return ``change`` as a store may keep it. The identity, until encryption exists."""
    return change


def unseal(row: Row, _schema: Schema) -> Row:
    """Return ``row`` as its reader may see it. The identity, until encryption exists."""
    return row


class Codec:
    """Converts the rows of one schema under one ledger's conventions.

    ``prefixes`` maps the names of record types to the prefixes of their ids, for references.
    """

    def __init__(self, schema: Schema, conventions: Conventions, prefixes: Mapping[str, str]) -> None:
        self.schema = schema
        self.conventions = conventions
        self.prefixes = dict(prefixes)
        self._parsers: dict[str, Callable[[Any], Plain]] = {}
        self._plain_parsers: dict[str, Callable[[Any], Plain]] = {}
        self._formatters: dict[str, Callable[[Plain], str]] = {}

    @cached_property
    def _class(self) -> type[Any]:
        """The class of the records; ``BareRecord`` where the plugin that brought the type is absent."""
        return self.schema.record or bare_record(self.schema.info)

    @cached_property
    def _pythonic(self) -> list[tuple[str, Callable[[Plain], Any]]]:
        """What makes a value of a record of a plain one, for each field whose plain values are not that already."""
        converted = ((field.key, values.to_python(field.spec)) for field in self.schema.fields)
        return [(key, convert) for key, convert in converted if convert is not values.unchanged]

    @cached_property
    def _class_fields(self) -> frozenset[str]:
        """The keys of the fields that are the class's own; those of others are in a record's ``extra``."""
        return frozenset(attribute.name for attribute in attrs.fields(self._class))

    @cached_property
    def _extra(self) -> tuple[str, ...]:
        """The keys of the fields that are not the class's own, in order."""
        return tuple(key for key in self.schema.keys if key not in self._class_fields)

    def record(self, row: Row) -> Any:
        """Return the record of a row; a ``BareRecord`` where the plugin that brought its type is absent."""
        python = {key: value for key, value in zip(self.schema.keys, row, strict=True) if value is not None}
        for key, convert in self._pythonic:
            if key in python:
                python[key] = convert(python[key])
        extra = {key: python.pop(key) for key in self._extra if key in python}
        return self._class(**python, extra=extra) if extra else self._class(**python)

    def parse(self, key: str, value: Any, *, plain: bool = False) -> Plain:
        """Return the plain value of one field. Raises ``InvalidValueError`` that names the field.

        With ``plain`` the value may be plain already; see ``values.plain_parser``.
        """
        parsers, make = (self._plain_parsers, values.plain_parser) if plain else (self._parsers, values.parser)
        parser = parsers.get(key)
        field = self.schema.by_key.get(key)
        if field is None:
            raise NotFoundError(f"{self.schema.name} field", key, suggestions=nearest(key, self.schema.keys))
        if parser is None:
            parser = parsers[key] = make(field.spec, self.conventions)
        try:
            return parser(value)
        except InvalidValueError as error:
            raise error.in_field(field.label(self.conventions.language)) from None

    def money(self, key: str, value: Any) -> tuple[Plain, tuple[str, ...]]:
        """Return the plain amount of a money field whose currency is in another, and what its mark may mean.

        See ``values.marked_money``. Raises ``InvalidValueError`` that names the field.
        """
        try:
            return values.marked_money(value, self.conventions.currency)
        except InvalidValueError as error:
            raise error.in_field(self.schema.by_key[key].label(self.conventions.language)) from None

    def defaults(self, now: str, today: str) -> dict[str, Plain]:
        """Return the values that a new record of this schema gets where none is given, by key."""
        moments = {"now": now, "today": today}
        return {
            field.key: moments.get(field.spec.default, field.spec.default)
            for field in self.schema.fields
            if field.spec.default is not None
        }

    def plain(self, record: Any) -> dict[str, Plain]:
        """Return the fields of a record that are not empty, by key, as plain values; system fields are left out."""
        keys = (field.key for field in self.schema.editable if field.key in self._class_fields)
        given = {key: getattr(record, key) for key in keys}
        parsed = {key: self.parse(key, value) for key, value in {**given, **record.extra}.items()}
        return {key: value for key, value in parsed.items() if value is not None}

    def json(self, row: Row) -> dict[str, Any]:
        """Return a row as the object that ``--json`` prints: ids as text, money as strings, empties as null."""
        return {
            field.key: None if value is None else self.json_value(field, value)
            for field, value in zip(self.schema.fields, row, strict=True)
        }

    def json_value(self, field: Field, value: Plain) -> Any:
        """Return one plain value (not ``None``) of ``field`` in its JSON form."""
        if field.spec.kind is Kind.ID:
            prefix = self.prefixes.get(field.spec.target, "?") if field.spec.target else self.schema.info.prefix
            return ids.public(prefix, value)
        if field.spec.kind is Kind.REFERENCE and field.spec.target is not None:
            return ids.public(self.prefixes.get(field.spec.target, "?"), value)
        return values.to_json(field.spec)(value)

    def text(self, field: Field, value: Plain) -> str:
        """Return one plain value as text for people and files; empty is ``""``."""
        if value is None:
            return ""
        if field.spec.kind is Kind.ID or (field.spec.kind is Kind.REFERENCE and field.spec.target is not None):
            return str(self.json_value(field, value))
        formatter = self._formatters.get(field.key)
        if formatter is None:
            formatter = self._formatters[field.key] = values.formatter(field.spec, self.conventions)
        return formatter(value)


def row_from(schema: Schema, by_key: Mapping[str, Plain]) -> Row:
    """Return a row from plain values by key; what is not named is empty, and the revision at least 0."""
    row = [by_key.get(key) for key in schema.keys]
    row[REVISION] = row[REVISION] or 0
    return tuple(row)
