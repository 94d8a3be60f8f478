"""Which column of a sheet is which field: by its heading, or where that was renamed, by what is in it."""

from collections.abc import Callable, Mapping, Sequence

import attrs

from custledger.schema import Field, Schema
from custledger.values import fold

ALIKE = 0.9
"""The share of a column's cells that must be as they were for it to count as a renamed one."""
LEAST = 2
"""How many cells there must be at least to tell a renamed column by."""

MARKS = "*＊ \N{IDEOGRAPHIC SPACE}"
"""What may stand around a heading: templates mark with it what must be filled in."""


@attrs.frozen
class Columns:
    """The fields of a sheet's columns, and what else is to be said of its heading.

    ``fields`` has one for each column; ``None`` is a column that the ledger does not know. ``repeated`` are the places
    of columns whose field another column before them has.
    """

    fields: tuple[Field | None, ...]
    repeated: tuple[int, ...] = ()

    @property
    def id_place(self) -> int | None:
        """The place of the column of ids, or ``None``."""
        return self.place("id")

    def place(self, key: str) -> int | None:
        """Return the place of the column of a field, or ``None``."""
        return next((place for place, field in enumerate(self.fields) if field and field.key == key), None)


def name_of(heading: str) -> str:
    """Return a heading as it is compared with the names of fields."""
    return fold(heading.strip(MARKS))


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
    schema: Schema,
    columns: Columns,
    heading: Sequence[str],
    rows: Sequence[Sequence[str]],
    shown: Callable[[Field], Sequence[str] | None],
) -> dict[str, str]:
    """Return keys of fields by the headings of columns that are no field by their heading, but hold one's values.

    ``shown`` returns the texts that a field's cells ought to be, row for row, and ``None`` for a field whose column was
    never there.
    """
    taken = {field.key for field in columns.fields if field}
    strangers = [place for place, field in enumerate(columns.fields) if field is None and heading[place].strip(MARKS)]
    found: dict[str, str] = {}
    for field in schema.editable if strangers else ():
        texts = None if field.key in taken else shown(field)
        if texts is None:
            continue
        for place in strangers:
            if name_of(heading[place]) not in found and _is_alike(texts, [_at(row, place) for row in rows]):
                found[name_of(heading[place])] = field.key
                break
    return found


def _is_alike(texts: Sequence[str], cells: Sequence[str]) -> bool:
    filled = [(text, cell) for text, cell in zip(texts, cells, strict=True) if text or cell]
    alike = sum(text == cell for text, cell in filled)
    return alike >= LEAST and alike >= ALIKE * len(filled)


def _at(row: Sequence[str], place: int) -> str:
    return row[place] if place < len(row) else ""
