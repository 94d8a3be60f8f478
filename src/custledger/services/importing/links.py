"""The reference columns of a chunk: what their cells name in the ledger, in the chunk itself, or is to be made."""

from collections import Counter
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import attrs

from custledger.changes import Creates, Operation
from custledger.schema import Schema
from custledger.services.editing import missing
from custledger.services.importing.chunk import Chunk, lacking
from custledger.services.importing.columns import Bad
from custledger.services.importing.mapping import Column, Plan
from custledger.services.importing.references import References, spellings
from custledger.services.sense import as_reference, own_references, to_itself
from custledger.values import fold


@attrs.frozen
class Local:
    """A reference to another row of the same chunk, by its index."""

    index: int


@attrs.frozen
class Missing:
    """A reference to a record that is to be made of this cell."""

    cell: str


@attrs.frozen
class Link:
    """A reference column and what finds its records."""

    column: Column
    finder: References


def resolve(
    links: Sequence[Link], chunk: Chunk, schema: Schema, values: Mapping[str, list[Any]], language: str
) -> dict[str, list[Any]]:
    """Return by key what the cells of each reference column name: an id, ``Local``, ``Missing`` or ``None``.

    Rows whose cells name nothing are refused.
    """
    resolved = {}
    for link in links:
        cells = chunk.cells[link.column.index]
        label = link.column.field.label(language)
        own = link.finder.schema.name == schema.name
        if own:
            link.finder.padded = None  # earlier rows may have names with blanks around them
        found: dict[str, Any] = dict(link.finder.find(set(cells)))
        within = own and None in found.values()
        local = _local_names(schema, values) if within else {}
        for cell, number in found.items():
            if number is None:
                found[cell] = _elsewhere(cell, local, link.finder, label)
            elif isinstance(number, Bad):
                found[cell] = Bad(f"{label}: {number.reason}")
        column = [found.get(cell) for cell in cells]
        chunk.refuse({index: value.reason for index, value in enumerate(column) if type(value) is Bad})
        resolved[link.column.field.key] = column
    return resolved


def require(
    links: Sequence[Link], chunk: Chunk, resolved: Mapping[str, list[Any]], schema: Schema, language: str
) -> None:
    """Refuse the rows in which a required reference is empty."""
    for link in links:
        field = link.column.field
        if field.spec.required:
            chunk.refuse(lacking(resolved[field.key], missing(schema, field, language).message))


def make(
    links: Sequence[Link], resolved: Mapping[str, list[Any]], kept: Sequence[int], operation: Operation, today: str
) -> list[tuple[References, Creates]]:
    """Return the records that are to be made for the kept rows, with who remembers them."""
    wanted: dict[str, tuple[References, dict[str, None]]] = {}
    for link in links:
        column = resolved[link.column.field.key]
        cells = wanted.setdefault(link.finder.schema.name, (link.finder, {}))[1]
        cells |= {value.cell: None for index in kept if type(value := column[index]) is Missing}
    made = []
    for finder, cells in wanted.values():
        if creates := finder.make(cells, operation, today):
            made.append((finder, creates))
    return made


def settle(links: Sequence[Link], resolved: dict[str, list[Any]], ids: Mapping[int, int]) -> None:
    """Put ids in the place of what is ``Local`` or ``Missing``; ``ids`` holds those of the chunk's rows, by index."""
    for link in links:
        column = resolved[link.column.field.key]
        for index, value in enumerate(column):
            if type(value) is Missing:
                column[index] = link.finder.made.get(spellings(value.cell)[-1])
            elif type(value) is Local:
                column[index] = ids.get(value.index)


def _local_names(schema: Schema, values: Mapping[str, list[Any]]) -> dict[str, int]:
    """Return ``{folded code, name or id: index}`` of the chunk's own rows; a name that two rows have names neither.

    A name with blanks around it comes without them, too, where no row has that.
    """
    given = values.get("id", [])
    names = {fold(schema.public_id(number)): index for index, number in enumerate(given) if number is not None}
    bare: dict[str, int] = {}
    for field in (schema.title_field, schema.code_field):
        column = values.get(field.key, []) if field else []
        folded = [(index, fold(value)) for index, value in enumerate(column) if value is not None]
        names |= _once(folded)
        bare |= _once([(index, name.strip()) for index, name in folded])
    return bare | names


def _once(named: Sequence[tuple[int, str]]) -> dict[str, int]:
    counted = Counter(name for _, name in named)
    return {name: index for index, name in named if counted[name] == 1}


def _elsewhere(cell: str, local: Mapping[str, int], finder: References, label: str) -> Local | Missing | Bad:
    for form in spellings(cell):
        if form in local:
            return Local(local[form])
    return Missing(cell) if finder.may_make(cell) else Bad(f"{label}: {finder.nothing(cell)}")


def refuse_selves(
    chunk: Chunk,
    plan: Plan,
    columns: Mapping[str, list[Any]],
    schema: Schema,
    *,
    language: str,
    there: Mapping[int, int] = MappingProxyType({}),
) -> None:
    """Refuse rows that refer to the record which they are themselves; ``there`` has the ids of those that are there."""
    for field in own_references(schema, columns):
        own = {index: as_reference(field, schema, number) for index, number in there.items()}
        selves = [
            index
            for index, value in enumerate(columns[field.key])
            if value is not None and (value.index == index if type(value) is Local else value == own.get(index))
        ]
        if selves and (column := plan.column_of(field.key)) is not None:
            cells = chunk.cells[column.index]
            told = {index: to_itself(field, schema, cells[index].strip(), language).message for index in selves}
            chunk.refuse(told)


def refuse_followers(chunk: Chunk, resolved: Mapping[str, list[Any]]) -> None:
    """Refuse rows that refer to a refused row of the chunk, and so on; called once all else is checked."""
    if not chunk.reasons:
        return
    followers = [
        (index, value.index)
        for column in resolved.values()
        for index, value in enumerate(column)
        if type(value) is Local
    ]
    again = True
    while again:
        late = [(index, other) for index, other in followers if other in chunk.reasons and index not in chunk.reasons]
        chunk.refuse({index: f"it refers to row {chunk.numbers[other]}, which is rejected" for index, other in late})
        again = bool(late)
