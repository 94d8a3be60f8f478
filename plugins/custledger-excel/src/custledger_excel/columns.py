"""The columns of a sheet: which there are, what they look like, and how a text becomes a cell of their kind."""

import re
from collections.abc import Callable, Collection, Sequence
from datetime import date

import attrs

from custledger.fields import Kind
from custledger.schema import Field, Schema
from custledger.values import fold
from custledger_excel.cells import SURE_DIGITS

TEXT_FORMAT = "@"
"""Keeps what is typed as it is typed: zeros in front, long numbers, what looks like a formula or a day."""
DATE_FORMAT = "yyyy-mm-dd"
TIME_FORMAT = "yyyy-mm-dd hh:mm"
NARROWEST, WIDEST = 8, 42
"""How wide a column of text is, in letters."""
LONG = 32
"""A text is laid on several lines in a column from this width on."""

_LONG_KEYS = frozenset({
    "notes", "note", "summary", "outcome", "next_step", "result", "address", "special_needs", "description",
    "resolution", "comment", "lost_reason",
})  # fmt: skip
"""Fields in which people write sentences."""
_DAY = re.compile(r"(19[0-9]{2}|[2-9][0-9]{3})-([0-9]{2})-([0-9]{2})")
_MOMENT = re.compile(_DAY.pattern + r"[ T]([0-9]{2}):([0-9]{2})(?::([0-9]{2})(\.[0-9]{1,3})?)?")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?")
_EPOCH = date(1899, 12, 30).toordinal()
FIRST_DAY = date(1900, 3, 1)
"""The first day of which all programs have the same number: Excel believes in a 29th of February before it."""

Cell = str | float


@attrs.frozen
class Layout:
    """How the cells of a column look: their format, their width in letters, and where text stands."""

    number_format: str
    width: int
    align: str = "left"
    wrap: bool = False


@attrs.frozen
class Column:
    """A column of a sheet. Without a ``field`` it is somebody's own, of plain text, and left alone."""

    heading: str
    field: Field | None = None

    @property
    def layout(self) -> Layout:
        """How it looks where nothing is known of its cells."""
        return _layout(self.field) if self.field else Layout(TEXT_FORMAT, 16)

    @property
    def is_needed(self) -> bool:
        """Whether every record must have a value here."""
        return self.field is not None and self.field.spec.required and self.field.spec.default is None

    @property
    def to_cell(self) -> Callable[[str], Cell] | None:
        """What makes a cell of a text, where a cell of this kind is more than text."""
        return None if self.field is None else _MAKERS.get(self.field.spec.kind)


def columns_of(schema: Schema, language: str, *, system: bool = False) -> tuple[Column, ...]:
    """Return the columns of a sheet of records: the id, what people look at first, then the other fields.

    With ``system`` those follow that the ledger sets itself.
    """
    brief = [key for key in schema.info.brief if key in schema.by_key]
    first = [schema.by_key[key] for key in dict.fromkeys(("id", *brief))]
    others = [field for field in schema.editable if field not in first]
    near = [field for field in others if is_near(schema, field)]
    far = [field for field in others if field not in near]
    own = [field for field in schema.fields if field.spec.system and field.key != "id"] if system else []
    return tuple(Column(heading_of(schema, field, language), field) for field in (*first, *near, *far, *own))


def is_near(schema: Schema, field: Field | None) -> bool:
    """Whether people see the column of a field without asking for it."""
    if field is None or field.key == "id" or field.key in schema.info.brief:
        return True
    return not field.spec.system and (field.spec.required or field.spec.custom or field.spec.group == "notes")


def heading_of(schema: Schema, field: Field, language: str) -> str:
    """Return the heading of a field: its label, or its key where an import would take the label for another field."""
    label = field.label(language)
    return label if schema.names.get(fold(" ".join(label.split()))) == field.key else field.key


def serial(day: date) -> int:
    """Return the number by which Excel knows a day from ``FIRST_DAY`` on."""
    return day.toordinal() - _EPOCH


def place_of(columns: Sequence[Column], keys: Collection[str]) -> int | None:
    """Return where the first column of one of these fields stands."""
    return next((place for place, one in enumerate(columns) if one.field and one.field.key in keys), None)


def _layout(field: Field) -> Layout:
    kind, spec = field.spec.kind, field.spec
    if kind is Kind.TEXT and field.key in _LONG_KEYS:
        return Layout(TEXT_FORMAT, LONG, wrap=True)
    if kind is Kind.NUMBER and spec.percent:
        return Layout('General"%"', 10, "right")
    if kind in {Kind.TEXT, Kind.REFERENCE} and (spec.title or kind is Kind.REFERENCE):
        return Layout(TEXT_FORMAT, 20)
    return _LAYOUTS.get(kind, Layout(TEXT_FORMAT, 14))


_LAYOUTS = {
    Kind.ID: Layout(TEXT_FORMAT, 18),
    Kind.INTEGER: Layout("0", 10, "right"),
    Kind.NUMBER: Layout("General", 10, "right"),
    Kind.MONEY: Layout("#,##0.00##", 14, "right"),
    Kind.DATE: Layout(DATE_FORMAT, 12, "center"),
    Kind.TIME: Layout(TIME_FORMAT, 18, "center"),
    Kind.YES_NO: Layout(TEXT_FORMAT, 8, "center"),
    Kind.CHOICE: Layout(TEXT_FORMAT, 12, "center"),
    Kind.CHOICES: Layout(TEXT_FORMAT, 20),
    Kind.PHONE: Layout(TEXT_FORMAT, 17),
    Kind.EMAIL: Layout(TEXT_FORMAT, 26),
    Kind.TAGS: Layout(TEXT_FORMAT, 20),
}


def _number(text: str) -> Cell:
    """Return a number that comes back as the same number, or else the text."""
    if _NUMBER.fullmatch(text) is None or sum(map(str.isdigit, text)) > SURE_DIGITS:
        return text
    return float(text)


def _day(text: str) -> Cell:
    return _serial(text) if _DAY.fullmatch(text) else text


def _serial(text: str) -> Cell:
    """Return the number of a day; the text of one that programs do not agree on, or that is none."""
    try:
        day = date.fromisoformat(text[:10])
    except ValueError:
        return text
    return text if day < FIRST_DAY else serial(day)


def _moment(text: str) -> Cell:
    found = _MOMENT.fullmatch(text)
    day = _serial(text) if found else text
    if found is None or isinstance(day, str):
        return text
    hours, minutes, seconds, fraction = found.group(4, 5, 6, 7)
    if int(hours) > 23 or int(minutes) > 59 or int(seconds or 0) > 59:
        return text
    return day + (int(hours) * 3600 + int(minutes) * 60 + int(seconds or 0) + float(fraction or 0)) / 86_400


_MAKERS: dict[Kind, Callable[[str], Cell]] = {
    Kind.INTEGER: _number,
    Kind.NUMBER: _number,
    Kind.MONEY: _number,
    Kind.DATE: _day,
    Kind.TIME: _moment,
}
