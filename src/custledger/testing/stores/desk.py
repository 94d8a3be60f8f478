"""A desk at which a person edits one sheet of a ledger in files by hand, as with a spreadsheet."""

import abc
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar, Self

import attrs

from custledger import ids
from custledger.changes import Change, Receipt, Settlement
from custledger.codec import Codec
from custledger.fields import Kind
from custledger.schema import Field, Schema
from custledger.stores.held import Held, HeldKind
from custledger.testing.clerk import Clerk
from custledger.testing.stores.base import StoreCases
from custledger.values import fold

GARBAGE = b"PK\x03\x04 no sheet at all \x81\x00"


class SheetCases(StoreCases):
    """The base of rooms about sheets: how a person gets at them, which a suite of the table family says.

    - ``shares_file``: whether the sheets of all types are in one file, and are lost with it.
    """

    shares_file: ClassVar[bool] = False

    @abc.abstractmethod
    def sheet_file(self, place: Any, title: str) -> Path:
        """Return the file in which the sheet of a title is."""

    @abc.abstractmethod
    def read_sheet(self, place: Any, title: str) -> list[list[str]]:
        """Return the heading and the rows of a sheet as a person reads them, as texts."""

    @abc.abstractmethod
    def write_sheet(self, place: Any, title: str, rows: Sequence[Sequence[str]]) -> None:
        """Save a sheet as a person does, the heading first; other sheets in the same file stay as they are."""

    def desk(self, place: Any, schema: Schema) -> "Desk":
        """Open the sheet of a type."""
        return Desk(self, place, schema)


class Desk:
    """One sheet as a person opened it: ``heading`` and ``rows``, to be changed and saved."""

    def __init__(self, suite: SheetCases, place: Any, schema: Schema) -> None:
        self._suite = suite
        self._place = place
        self.schema = schema
        self.title = schema.info.plural
        self.renamed: dict[str, str] = {}
        self.heading, *self.rows = suite.read_sheet(place, self.title)

    @property
    def file(self) -> Path:
        """The file in which the sheet is."""
        return self._suite.sheet_file(self._place, self.title)

    def save(self) -> Self:
        """Save the sheet as it is now."""
        self._suite.write_sheet(self._place, self.title, [self.heading, *self.rows])
        return self

    def again(self) -> "Desk":
        """Open it once more."""
        desk = Desk(self._suite, self._place, self.schema)
        desk.renamed = self.renamed
        return desk

    def column(self, key: str) -> int:
        """Return the place of the column of a field, by either heading, or that of ``renamed``."""
        return next(place for place, text in enumerate(self.heading) if text.strip("*") in self._names(key))

    def has(self, key: str) -> bool:
        """Whether there is a column of a field."""
        return any(text.strip("*") in self._names(key) for text in self.heading)

    def _names(self, key: str) -> tuple[str, ...]:
        return (*self.schema.by_key[key].spec.labels.both(), self.renamed.get(key, ""))

    def row(self, number: int) -> list[str]:
        """Return the first row with the id of a record."""
        at, wanted = self.column("id"), self.schema.public_id(number)
        return next(row for row in self.rows if at < len(row) and row[at] == wanted)

    def numbers(self) -> list[int]:
        """Return the ids in the rows, from the top; rows without one are passed over."""
        at = self.column("id")
        return [ids.decode(ids.split_public(row[at])[1]) for row in self.rows if at < len(row) and row[at]]

    def cell(self, number: int, key: str) -> str:
        """Return what stands in a cell."""
        row, at = self.row(number), self.column(key)
        return row[at] if at < len(row) else ""

    def type(self, number: int, /, **cells: str) -> Self:
        """Type into cells of a record's row."""
        self._fill(self.row(number), cells)
        return self

    def add(self, at: int | None = None, /, **cells: str) -> Self:
        """Insert a row, at the end unless its place is given."""
        row = [""] * len(self.heading)
        self._fill(row, cells)
        self.rows.insert(len(self.rows) if at is None else at, row)
        return self

    def take_out(self, number: int) -> Self:
        """Delete the row of a record."""
        self.rows.remove(self.row(number))
        return self

    def _fill(self, row: list[str], cells: dict[str, str]) -> None:
        for key, text in cells.items():
            row[self.column(key)] = text


def only_held(clerk: Clerk, *kinds: HeldKind) -> list[Held]:
    """Check of which kinds things are held, and return them in that order; ``CustledgerError`` texts have hints."""
    held = clerk.store.held()
    assert sorted(one.kind for one in held) == sorted(kinds), [(one.kind, one.key, one.why) for one in held]
    assert all(one.number and one.why and one.hint for one in held)
    assert len({one.number for one in held}) == len(held)
    left = list(held)
    found = []
    for kind in kinds:
        found.append(next(one for one in left if one.kind is kind))
        left.remove(found[-1])
    return found


def settle(clerk: Clerk, held: Held, *changes: Change, accept: bool) -> Receipt:
    """Settle one thing that is held, with the changes that this means for the ledger."""
    changeset = attrs.evolve(clerk.changeset(*changes), settles=(Settlement(held.number, accept),))
    return clerk.store.apply(changeset, generation=clerk.generation)


def assert_shown(clerk: Clerk, desk: Desk) -> None:
    """Check that a sheet says of every record what the ledger does, but for cells that are held."""
    desk, name = desk.again(), desk.schema.name
    held = {(one.record, one.key) for one in clerk.store.held()}
    gone = {one.record for one in clerk.store.held() if one.kind in {HeldKind.VANISHED, HeldKind.REPEATED}}
    back = {one.record for one in clerk.store.held() if one.kind is HeldKind.RETURNED}
    everything = clerk.everything(name)
    shown = desk.numbers()
    assert set(shown) - gone - back == everything.keys() - gone
    codec = Codec(desk.schema, clerk.conventions, {one.name: one.info.prefix for one in clerk.schemas.values()})
    for number, values in everything.items():
        for field in desk.schema.editable if number not in gone else ():
            if (number, field.key) in held:
                continue
            if not desk.has(field.key):
                assert values.get(field.key) is None, f"{field.key} of {number} has no column"
                continue
            said = _said(clerk, codec, field, desk.cell(number, field.key))
            assert said == values.get(field.key), f"{field.key} of {number}"


def _said(clerk: Clerk, codec: Codec, field: Field, text: str) -> Any:
    target = field.spec.target
    if field.spec.kind is not Kind.REFERENCE or target is None or not text:
        return codec.parse(field.key, text)
    schema = clerk.schemas[target]
    prefix, letters = ids.split_public(text)
    if prefix == schema.info.prefix and len(letters) == ids.LENGTH:
        return ids.decode(letters)
    title = schema.title_field
    assert title is not None
    named = [
        number
        for number, values in clerk.everything(target).items()
        if fold(values.get(title.key, "")) == fold(text.strip())
    ]
    assert len(named) == 1, f"{text} names {len(named)} records"
    return named[0]
