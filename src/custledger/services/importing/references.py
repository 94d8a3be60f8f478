"""Finding what the cells of a reference column name: by public id, code or exact name, many at a time.

A spreadsheet writes the code 17850 as ``17850.0`` where a column of numbers has gaps: a whole number with ``.0`` that
names nothing is looked for without it.
"""

import itertools
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any

import attrs

from custledger import ids
from custledger.changes import Creates, Operation
from custledger.errors import InvalidValueError, NotFoundError, UsageError
from custledger.expressions import field_expression, is_in
from custledger.fields import Kind
from custledger.schema import ID, Field, Schema
from custledger.services import blanks
from custledger.services.importing.columns import Bad
from custledger.services.naming import ambiguous
from custledger.services.session import Session
from custledger.stores.contract import Query
from custledger.values import fold

BATCH = 500
"""How many values are looked up in one query."""
MEMORY = 50_000
"""How many found names are remembered."""
_POINT_ZERO = re.compile(r"([0-9]+)\.0+")


def public_number(schema: Schema, text: str) -> int | None:
    """Return the number of a whole public id of this type, or ``None`` if the text is none."""
    prefix, letters = ids.split_public(text)
    if prefix != schema.info.prefix or len(letters) != ids.LENGTH:
        return None
    try:
        return ids.decode(letters)
    except InvalidValueError:
        return None


@lru_cache(1 << 14)
def spellings(text: str) -> tuple[str, ...]:
    """Return the folded forms in which a cell is looked for, the likeliest first."""
    tidy = text.strip()
    whole = _POINT_ZERO.fullmatch(tidy)
    return tuple(dict.fromkeys(fold(form) for form in (text, tidy, whole[1] if whole else tidy) if form))


def matching_rows(
    session: Session, schema: Schema, field: Field, wanted: Sequence[Any], *, whole: bool = False
) -> Iterator[tuple[Any, ...]]:
    """Yield ``(id, value)`` of the records whose ``field`` is one of the values; whole rows with ``whole``."""
    columns = None if whole else (field_expression(schema, "id"), field_expression(schema, field.key))
    for start in range(0, len(wanted), BATCH):
        where = is_in(schema, field.key, wanted[start : start + BATCH])
        yield from session.view.select(schema, Query(moment=session.moment, where=where, columns=columns))


@attrs.define
class References:
    """Finds, and where it may makes, the records of one type that cells name.

    ``known`` remembers ids by cell, and ``made`` those of new records by their folded name; while nothing lands
    (``dry``) neither may be forgotten. ``padded`` are the ids of the records whose names have blanks around them, by
    their bare names, once something was not found otherwise; it is read once, unless they are too many to remember.
    """

    session: Session
    schema: Schema
    may_create: bool = False
    dry: bool = False
    known: dict[str, int] = attrs.field(factory=dict)
    made: dict[str, int] = attrs.field(factory=dict)
    padded: dict[str, list[int]] | None = None
    lacking: tuple[str, ...] = ()

    def __attrs_post_init__(self) -> None:
        """Look whether records of this type can be made from a code or name, if that is asked.

        Where they need more than that, ``lacking`` says what, and none is made: those that are there are found.
        """
        if self.may_create:
            self.session.writable_schema(self.schema.name)
            self.lacking = self._lacking()

    def find(self, cells: Iterable[str]) -> dict[str, int | Bad | None]:
        """Return what each different cell names: an id, ``Bad`` with the reason, or ``None`` for nothing."""
        if len(self.known) > MEMORY and not self.dry:
            self.known.clear()
            self.made.clear()
        wanted = [cell for cell in cells if cell.strip()]
        found: dict[str, int | Bad | None] = dict.fromkeys(wanted)
        for attempt in (self._known, self._by_id, self._by_code, self._by_title, self._made, self._by_bare_title):
            missing = [cell for cell in wanted if found[cell] is None]
            if missing:
                found |= attempt(missing)
        self.known |= {cell: number for cell, number in found.items() if isinstance(number, int)}
        return found

    def nothing(self, cell: str) -> str:
        """Return the sentence for a cell that names nothing."""
        message = NotFoundError(self.schema.name, cell).message
        if not self.lacking:
            return message
        return f"{message} None is made of a code or name alone: it needs {', '.join(self.lacking)}."

    def may_make(self, cell: str) -> bool:
        """Whether a record may be made of a cell that names nothing: of an id, be it another type's, it may not."""
        schemas = self.session.schemas.values()
        if not self.may_create or self.lacking:
            return False
        return not any(public_number(schema, cell.strip()) is not None for schema in schemas)

    def make(self, cells: Iterable[str], operation: Operation, today: str) -> Creates | None:
        """Return new records that the cells name, and remember them; cells of one meaning make one.

        A cell is the name of its record, and its code where there is a digit in it: a name that stood in the code as
        well would stay there when the record is given another one.
        """
        names: dict[str, str] = {}
        for cell in cells:
            names.setdefault(spellings(cell)[-1], _bare(cell))
        if not names:
            return None
        count, first = len(names), self.session.mint.run(len(names))
        fixed: dict[str, Any] = dict(self.session.codec(self.schema.name).defaults(operation.at, today))
        fixed |= dict.fromkeys(("created_at", "updated_at"), operation.at) | {"revision": 1}
        told: dict[str, Sequence[Any]] = {field.key: list(names.values()) for field in self._naming()}
        code, title = self.schema.code_field, self.schema.title_field
        if code and code.key in told and title and title.key in told and not code.spec.required:
            told[code.key] = [name if any(map(str.isdigit, name)) else None for name in names.values()]
        told["id"] = range(first, first + count)
        self.made |= dict(zip(names, told["id"], strict=True))
        columns = [told.get(key, [fixed.get(key)] * count) for key in self.schema.keys]
        return Creates(type=self.schema.name, keys=self.schema.keys, columns=columns)

    def forget(self, made: Creates) -> None:
        """Forget records that were to be made, but did not land."""
        numbers = set(made.ids)
        self.known = {cell: number for cell, number in self.known.items() if number not in numbers}
        self.made = {name: number for name, number in self.made.items() if number not in numbers}

    def _known(self, cells: Sequence[str]) -> dict[str, int | Bad | None]:
        return {cell: self.known.get(cell) for cell in cells}

    def _made(self, cells: Sequence[str]) -> dict[str, int | Bad | None]:
        return {cell: self.made.get(spellings(cell)[-1]) for cell in cells}

    def _by_id(self, cells: Sequence[str]) -> dict[str, int | Bad | None]:
        numbers = {cell: number for cell in cells if (number := public_number(self.schema, cell.strip())) is not None}
        rows = self.session.view.get(self.schema, list(numbers.values())) if numbers else []
        return {cell: None if row is None else row[ID] for cell, row in zip(numbers, rows, strict=True)}

    def _by_code(self, cells: Sequence[str]) -> dict[str, int | Bad | None]:
        return self._by_field(self.schema.code_field, cells)

    def _by_title(self, cells: Sequence[str]) -> dict[str, int | Bad | None]:
        return self._by_field(self.schema.title_field, cells)

    def _by_bare_title(self, cells: Sequence[str]) -> dict[str, int | Bad | None]:
        """Find records whose names have blanks around them that the cells do without, or other ones."""
        field = self.schema.title_field
        if field is None or field.spec.kind is not Kind.TEXT or field.spec.sensitive:
            return {}
        bare = {cell: blanks.bare(cell) for cell in cells}
        holders = self._padded(field, frozenset(bare.values()))
        found = {cell: holders[name] for cell, name in bare.items() if name in holders}
        return {cell: self._only(cell, numbers) for cell, numbers in found.items()}

    def _padded(self, field: Field, wanted: Collection[str]) -> dict[str, list[int]]:
        """Return the ids of the records whose names have blanks around them, by bare name: at least of those wanted."""
        if self.padded is not None:
            return self.padded
        holders: dict[str, list[int]] = defaultdict(list)
        names = blanks.padded_names(self.session, self.schema, field)
        for number, name in itertools.islice(names, MEMORY):
            holders[name].append(number)
        rest = [(number, name) for number, name in names if name in wanted]
        if sum(map(len, holders.values())) < MEMORY:
            self.padded = holders
        for number, name in rest:
            holders[name].append(number)
        return holders

    def _by_field(self, field: Field | None, cells: Sequence[str]) -> dict[str, int | Bad | None]:
        if field is None or field.spec.kind is not Kind.TEXT or field.spec.sensitive:
            return {}
        forms = list(dict.fromkeys(itertools.chain.from_iterable(map(spellings, cells))))
        holders: dict[str, list[int]] = defaultdict(list)
        for number, value in matching_rows(self.session, self.schema, field, forms):
            holders[fold(value)].append(number)
        return {cell: self._one(cell, holders) for cell in cells}

    def _one(self, cell: str, holders: dict[str, list[int]]) -> int | Bad | None:
        named = (holders[form] for form in spellings(cell) if holders.get(form))
        return next((self._only(cell, numbers) for numbers in named), None)

    def _only(self, cell: str, numbers: Sequence[int]) -> int | Bad:
        """Return the one that a cell names, or what is wrong where it names several."""
        if len(numbers) == 1:
            return numbers[0]
        return Bad(ambiguous(self.session, self.schema, cell, numbers).message)

    def _naming(self) -> list[Field]:
        fields = (self.schema.code_field, self.schema.title_field)
        return [field for field in fields if field is not None and field.spec.kind is Kind.TEXT]

    def _lacking(self) -> tuple[str, ...]:
        """Return the keys of what a record needs beside a code or name. Raises ``UsageError`` where it has neither."""
        naming = self._naming()
        if not naming:
            raise UsageError(
                f"{self.schema.info.one.capitalize()} cannot be made from a code or name alone.",
                hint=f"Import the {self.schema.info.plural} first.",
            )
        return tuple(
            field.key
            for field in self.schema.fields
            if field.spec.required and field.spec.default is None and field not in naming
        )


def _bare(cell: str) -> str:
    tidy = cell.strip()
    whole = _POINT_ZERO.fullmatch(tidy)
    return whole[1] if whole else tidy
