"""Rows as people and programs see them: cells with colours and names, texts, JSON objects."""

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from custledger import ids
from custledger.changes import OPERATION_PREFIX, Action, Change
from custledger.cli.output import Cell, Column, Form, Output
from custledger.cli.words import Words
from custledger.fields import Kind
from custledger.marks import PERSON, MarkChange
from custledger.schema import ID, Field, Row, Schema, TypeInfo
from custledger.services.session import Session

if TYPE_CHECKING:
    from custledger.services.tags import Styles

CHUNK = 500
"""How many rows are looked at together when references are named."""
MINUTES = len("2026-11-22 14:30")
EVERY = ("followup", "every")
"""What is kept in one form and shown in words."""
HIDDEN = {"en": "(hidden)", "zh": "（已隐藏）"}
"""What stands for a sensitive value where what happened to it is told, by language; JSON has the English one."""
_NUMERIC = frozenset({Kind.INTEGER, Kind.NUMBER, Kind.MONEY})
_WHOLE = _NUMERIC | {Kind.ID, Kind.DATE, Kind.TIME, Kind.YES_NO, Kind.PHONE}
_COMMAS = ",，、"
_BRACKETS = {"(": 1, "（": 1, "[": 1, "【": 1, ")": -1, "）": -1, "]": -1, "】": -1}
_WHEN, _CODE = 8, 7
_WEIGHTS = {
    **dict.fromkeys((Kind.REFERENCE, Kind.MONEY, Kind.DATE, Kind.TIME), 6),
    **dict.fromkeys((Kind.ID, Kind.PHONE), 5),
    **dict.fromkeys((Kind.CHOICE, Kind.YES_NO), 4),
    **dict.fromkeys((Kind.INTEGER, Kind.NUMBER), 3),
}
"""How much columns tell by their kind, when some must go: who, how much and when it is come before the rest."""
_READABLE, _NAMED = 14, 10
"""How many cells a title, and the name of another record, need at least."""


def operation_id(number: int) -> str:
    """Return an operation's id as people see it."""
    return ids.public(OPERATION_PREFIX, number)


def split_names(texts: Iterable[str]) -> list[str]:
    """Return the names, or expressions, in texts that separate them by commas; those within brackets separate nothing.

    >>> split_names(["code, count(interactions where channel in (phone, email))"])
    ['code', 'count(interactions where channel in (phone, email))']
    """
    return [name.strip() for text in texts for name in _split(text) if name.strip()]


def _split(text: str) -> Iterator[str]:
    start = depth = 0
    for place, character in enumerate(text):
        depth += _BRACKETS.get(character, 0)
        if character in _COMMAS and depth <= 0:
            yield text[start:place]
            start = place + 1
    yield text[start:]


def usual_fields(schema: Schema, form: Form) -> list[Field]:
    """Return the fields to print where none is named: the brief ones for people, or every one for programs."""
    if form is not Form.SHOWN:
        return list(schema.fields)
    brief = [schema.by_key[key] for key in schema.info.brief if key in schema.by_key]
    return [schema.fields[ID], *(brief or schema.editable[:6])]


def columns_of(fields: Sequence[Field], language: str, info: TypeInfo | None = None) -> list[Column]:
    """Return the columns of a table of these fields, which are of the type ``info`` if they are of one."""
    code = next((field.key for field in fields if field.spec.code), "")
    return [
        Column(
            heading=field.label(language),
            key=field.key,
            numeric=field.spec.kind in _NUMERIC,
            whole=_is_whole(field),
            kept=field.spec.title,
            weight=_WHEN if info and field.key == info.when else _CODE if field.spec.code else _weight(field),
            least=_READABLE if field.spec.title else _NAMED if field.spec.kind is Kind.REFERENCE else 0,
            like=code if field.spec.kind is Kind.ID else "",
        )
        for field in fields
    ]


def _weight(field: Field) -> int:
    """Return how much a column tells of a record, where there is little room; texts tell least."""
    return _WEIGHTS.get(field.spec.kind, 2 if field.spec.searchable else 1)


def _is_whole(field: Field) -> bool:
    """Whether half of a value would mislead, or could not be copied: ids, codes, numbers, dates."""
    spec = field.spec
    return spec.kind in _WHOLE or spec.code or (spec.kind is Kind.REFERENCE and spec.target is None)


class Shower:
    """Shows the rows of one record type under one session's conventions."""

    def __init__(self, session: Session, schema: Schema) -> None:
        self.session = session
        self.schema = schema
        self.codec = session.codec_of(schema)

        self._own_currency = session.conventions.currency

    @cached_property
    def _styles(self) -> "Styles | None":
        """How tags are shown, where the ledger says anything of that."""
        if not self.session.settings.tags.get(self.schema.name):
            return None
        from custledger.services.tags import Styles  # many ledgers say nothing of it

        return Styles(self.session, self.schema.name)

    def emit(
        self, output: Output, rows: Iterable[Row], fields: Sequence[Field], form: Form, *, brief: bool = False
    ) -> list[Column]:
        """Print rows in ``form``; return the columns that a terminal had no room for.

        ``brief`` says that nobody chose the fields, so that others may tell more of these rows.
        """
        if brief and form is Form.SHOWN:
            stream = iter(rows)
            first = list(itertools.islice(stream, CHUNK))
            fields, rows = self.telling(fields, first), itertools.chain(first, stream)
        columns = columns_of(fields, self.session.conventions.language, self.schema.info)
        return output.listing(
            columns,
            form,
            objects=(self.json(row, fields) for row in rows),
            rows=(self.texts(row, fields) for row in rows),
            cells=self.cells(rows, fields),
        )

    def telling(self, fields: Sequence[Field], rows: Sequence[Row]) -> list[Field]:
        """Return the fields, with what a row says of itself in the place of a reference that all of them are without.

        That is the title where it is not shown anyway, or the texts that follow the reference: what was sold, where it
        is no product of the ledger.
        """
        told = list(fields)
        for place, field in enumerate(fields):
            if field.spec.kind is Kind.REFERENCE and rows and not self._is_filled(field, rows):
                instead = (one for one in self._instead_of(field) if one not in told and self._is_filled(one, rows))
                told[place] = next(instead, field)
        return told

    def _instead_of(self, field: Field) -> Iterator[Field]:
        if self.schema.title_field is not None:
            yield self.schema.title_field
        following = self.schema.fields[self.schema.positions[field.key] + 1 :]
        yield from itertools.takewhile(lambda one: one.spec.kind is Kind.TEXT, following)

    def _is_filled(self, field: Field, rows: Sequence[Row]) -> bool:
        place = self.schema.positions[field.key]
        return any(row[place] is not None for row in rows)

    def json(self, row: Row, fields: Sequence[Field] | None = None) -> dict[str, Any]:
        """Return a row as a JSON object, all of it or some fields."""
        whole = self.codec.json(row)
        return whole if fields is None else {field.key: whole[field.key] for field in fields}

    def texts(self, row: Row, fields: Sequence[Field]) -> list[str]:
        """Return the values of a row as text that an import reads back."""
        return [self.codec.text(field, row[self.schema.positions[field.key]]) for field in fields]

    def cells(self, rows: Iterable[Row], fields: Sequence[Field]) -> Iterator[list[Cell]]:
        """Yield rows as cells for people: choices with their colours, references by the names of their records."""
        stream = iter(rows)
        while chunk := list(itertools.islice(stream, CHUNK)):
            places = [self.schema.positions[field.key] for field in fields]
            named = [
                self.names(field, (row[place] for row in chunk)) for field, place in zip(fields, places, strict=True)
            ]
            for row in chunk:
                yield [self.cell_of(row, field, names) for field, names in zip(fields, named, strict=True)]

    def cell_of(self, row: Row, field: Field, names: Mapping[Any, str] | None = None) -> Cell:
        """Return one value of a row as a cell; money with its currency, where that is not the ledger's."""
        cell = self.cell(field, row[self.schema.positions[field.key]], names)
        currency = self.schema.currencies.get(field.key)
        code = row[self.schema.positions[currency.key]] if currency and cell.text else None
        return cell._replace(text=f"{cell.text} {code}") if code not in {None, self._own_currency} else cell

    def cell(self, field: Field, value: Any, names: Mapping[Any, str] | None = None) -> Cell:
        """Return one value as a cell."""
        if names and value in names:
            return Cell(names[value])
        color = ""
        if field.spec.kind is Kind.CHOICE:
            color = next((choice.color for choice in field.spec.choices if choice.code == value), "")
        text = self.codec.text(field, value)
        if field.spec.kind is Kind.TAGS and value and self._styles:
            return Cell(text, parts=tuple((tag, self._styles.color(tag)) for tag in value))
        if text and (self.schema.name, field.key) == EVERY:
            from custledger.recurrence import in_words  # few records have it

            text = in_words(text, self.session.conventions.language)
        return Cell(text[:MINUTES] if field.spec.kind is Kind.TIME else text, color)

    def change(self, change: Change) -> str:
        """Return in a few words what a change does to its record: ``Level: B → A``."""
        if change.action is Action.REMOVE:
            return Words(self.session.conventions.language)("removed")
        pairs = ((key, ((change.before or {}).get(key), value)) for key, value in (change.after or {}).items())
        return self.differences(dict(pairs)) or self.decided(change.marks)

    def decided(self, marks: Iterable[MarkChange]) -> str:
        """Return what a person decided of tags: of one that a rule has put on, say, that it is to stay."""
        words = Words(self.session.conventions.language)
        states = {True: "taken off by hand", False: "put on by hand", None: "left to the rules"}
        told = []
        for one in marks:
            mark = one.after or one.before
            if mark is not None and mark.source == PERSON:
                told.append(f"{mark.tag}: {words(states[one.after.refused if one.after else None])}")
        return "; ".join(told)

    def differences(self, fields: Mapping[str, tuple[Any, Any]]) -> str:
        """Return what fields were and became, in the ledger's language."""
        told = []
        for key, (before, after) in fields.items():
            field = self.schema.by_key.get(key)
            if field is None or field.spec.system:
                continue
            old, new = self._told(field, before), self._told(field, after)
            label = field.label(self.session.conventions.language)
            told.append(f"{label}: {old or '-'} → {new or '-'}" if old else f"{label}: {new}")
        return "; ".join(told)

    def _told(self, field: Field, value: Any) -> str:
        """Return what a field held as text for people who read what happened: a sensitive value stays hidden."""
        if field.spec.sensitive and value is not None:
            return HIDDEN["zh" if self.session.conventions.language == "zh" else "en"]
        return self.codec.text(field, value)

    def names(self, field: Field, numbers: Iterable[Any]) -> dict[Any, str]:
        """Return what to call the records that a reference to a type holds, by id; nothing for any other field."""
        target = self.session.schemas.get(field.spec.target or "") if field.spec.kind is Kind.REFERENCE else None
        if target is None:
            return {}
        wanted = sorted(set(numbers) - {None})
        found = self.session.get(target.name, wanted)
        return {row[ID]: target.display(row) for row in found if row is not None}
