"""Which column of a sheet is which field: by its heading, or where that was renamed, by what is in it."""

from collections.abc import Mapping, Sequence
from functools import cached_property

import attrs

from custledger.schema import Field, Schema
from custledger.values import fold

ALIKE = 0.9
"""The share of a column's cells that must be as they were for it to count as a renamed one."""
LEAST = 2
"""How many cells there must be at least to tell a renamed column by."""

MARKS = "*＊ \N{IDEOGRAPHIC SPACE}"
"""What may stand around a heading: templates mark with it what must be filled in."""


@attrs.frozen(slots=False)
class Columns:
    """The fields of a sheet's columns, and what else is to be said of its heading.

    ``fields`` has one for each column; ``None`` is a column that the ledger does not know. ``repeated`` are the places
    of columns whose field another column before them has.
    """

    fields: tuple[Field | None, ...]
    repeated: tuple[int, ...] = ()

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """The keys of the fields, ``""`` for a column that is none; empty ones at the end do not count."""
        keys = [field.key if field else "" for field in self.fields]
        while keys and not keys[-1]:
            keys.pop()
        return tuple(keys)

    @cached_property
    def id_place(self) -> int | None:
        """The place of the column of ids, or ``None``."""
        return self.place("id")

    def place(self, key: str) -> int | None:
        """Return the place of the column of a field, or ``None``."""
        return next((place for place, field in enumerate(self.fields) if field and field.key == key), None)


def name_of(heading: str) -> str:
    """Return a heading as it is compared with the names of fields."""
    return fold(heading.strip(MARKS))


def strangers_in(columns: Columns, heading: Sequence[str]) -> list[int]:
    """Return the places of the columns that have a heading, and are no field by it."""
    return [place for place, field in enumerate(columns.fields) if field is None and heading[place].strip(MARKS)]


def columns_of(schema: Schema, heading: Sequence[str], renamed: Mapping[str, str]) -> Columns:
    """Return what the columns of a sheet are; ``renamed`` are keys of fields by headings that people gave them."""
    fields: list[Field | None] = []
    repeated = []
    for place, text in enumerate(heading):
        name = name_of(text)
        key = renamed.get(name) or schema.names.get(name)
        field = schema.by_key.get(key) if key else None
        if field is not None and field.spec.system and field.key != "id":
            field = None
        if field is not None and field in fields:
            repeated.append(place)
            field = None
        fields.append(field)
    return Columns(tuple(fields), tuple(repeated))


def renamed_columns(
    lost: Mapping[str, Sequence[str]], heading: Sequence[str], strangers: Sequence[int], rows: Sequence[Sequence[str]]
) -> dict[str, str]:
    """Return keys of fields by the headings of columns that are no field by their heading, but hold one's values.

    ``lost`` are, by the keys of fields that have no column any more, the texts that its cells ought to be, row for row;
    ``strangers`` are the places of the columns that are no field by their heading.
    """
    found: dict[str, str] = {}
    for key, texts in lost.items():
        for place in strangers:
            if name_of(heading[place]) not in found and _is_alike(texts, [_at(row, place) for row in rows]):
                found[name_of(heading[place])] = key
                break
    return found


def _is_alike(texts: Sequence[str], cells: Sequence[str]) -> bool:
    filled = [(text, cell) for text, cell in zip(texts, cells, strict=True) if text or cell]
    alike = sum(text == cell for text, cell in filled)
    return alike >= LEAST and alike >= ALIKE * len(filled)


def _at(row: Sequence[str], place: int) -> str:
    return row[place] if place < len(row) else ""
