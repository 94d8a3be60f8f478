"""Making a changeset of a chunk in which every row is a new record."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import attrs

from custledger.changes import Change, Changeset, Creates, Operation
from custledger.errors import DuplicateError, InvalidValueError
from custledger.fields import Kind
from custledger.schema import Field, Schema
from custledger.services import blanks
from custledger.services.editing import missing
from custledger.services.importing import links as linking
from custledger.services.importing.chunk import Chunk, Reject, SourceRow, comparable, lacking, repeated, shape
from custledger.services.importing.columns import ColumnParser, MoneyParser
from custledger.services.importing.links import Link
from custledger.services.importing.mapping import Column, Plan
from custledger.services.importing.references import References, matching_rows, public_number
from custledger.services.importing.report import EXAMPLES, Example
from custledger.services.sense import ahead, latest_day
from custledger.services.session import Session

TELLING = 2
"""How many cells name a row that has neither title nor code."""


@attrs.frozen(kw_only=True)
class Built:
    """What a chunk comes to: a changeset, the rejected rows, and the numbers to report once it has landed.

    ``looked`` says that unique values were looked up in the ledger; ``keys`` are the key values of its rows, and
    ``unique``, in a rehearsal, those of each unique field. ``ids`` are those of the records that its good rows are
    about, and ``numbers`` are those rows, in the same order. ``padded`` are the texts of its good rows that have blanks
    around them, by field and by the number of their row.
    """

    source: Sequence[SourceRow]
    changeset: Changeset
    rejects: list[Reject]
    counts: Counter[str]
    made: list[tuple[References, Creates]]
    examples: list[Example]
    keys: frozenset[Any] = frozenset()
    looked: bool = False
    unique: Mapping[str, frozenset[Any]] = attrs.field(factory=dict)
    ids: Sequence[int] = ()
    numbers: Sequence[int] = ()
    padded: Mapping[str, Mapping[int, str]] = attrs.field(factory=dict)

    @property
    def last_row(self) -> int:
        """The number of the last row."""
        return self.source[-1][0] if self.source else 0


class Builder:
    """Makes changesets of the chunks of one file in which every row is a new record.

    A field that no column goes into gets its default; an empty cell leaves its field empty. ``links`` are the columns
    of references to one type. ``dry`` says that nothing will land, so that what would have landed must be remembered.
    """

    def __init__(
        self,
        session: Session,
        schema: Schema,
        plan: Plan,
        operation: Operation,
        *,
        links: Sequence[Link],
        dry: bool = False,
    ) -> None:
        self.session = session
        self.schema = schema
        self.plan = plan
        self.operation = operation
        self.links = links
        self.dry = dry
        self.rehearsed: dict[str, set[Any]] = defaultdict(set)
        self.language = session.conventions.language
        self.today = session.today.isoformat()
        self.own = session.conventions.currency
        self.currencies = {field.key for field in schema.currencies.values()}
        linked = {link.column.index for link in links}
        codec = session.codec(schema.name)
        currencies = {key: field for key, field in schema.currencies.items() if plan.column_of(field.key)}
        self.parsers = [
            (column, ColumnParser(column.field, codec))
            for column in plan.columns
            if column.index not in linked and column.field.key not in currencies
        ]
        self.money_parsers = [
            (column, MoneyParser(column.field, currencies[column.field.key], codec))
            for column in plan.columns
            if column.field.key in currencies
        ]
        self.unique = [column.field for column in plan.columns if column.field.spec.unique]
        mapped = {column.field.key for column in plan.columns}
        defaults = codec.defaults(operation.at, self.today)
        self.defaults = {name: value for name, value in defaults.items() if name not in mapped}

    def build(self, source: Sequence[SourceRow], *, look: bool = False) -> Built:
        """Return what these rows come to. ``look`` looks up in the ledger whether unique values are taken."""
        chunk = shape(source, self.plan)
        values = self._parse(chunk)
        resolved = linking.resolve(self.links, chunk, self.schema, values, self.language)
        return self._changes(chunk, values, resolved, look=look)

    def _parse(self, chunk: Chunk) -> dict[str, list[Any]]:
        values = {}
        if self.plan.id_column is not None:
            values["id"] = self._ids(chunk, self.plan.id_column)
        for column, parse in self.parsers:
            parsed = parse(chunk.cells[column.index])
            chunk.refuse_unread(column.field.key, parsed.reasons)
            values[column.field.key] = parsed.values
            if column.field.spec.past:
                chunk.refuse(self._ahead(column.field, parsed.values))
            if blanks.are_kept_in(column.field) and (texts := blanks.padded_in(parsed.values)):
                chunk.padded[column.field.key] = texts
        for column, parse_money in self.money_parsers:
            parsed = parse_money(chunk.cells[column.index], values[parse_money.currency.key])
            chunk.refuse(parsed.reasons)
            values[column.field.key] = parsed.values
        return values

    def _ahead(self, field: Field, days: Sequence[Any]) -> dict[int, str]:
        """Return by index what is wrong with the rows whose day has not been yet."""
        today = latest_day(self.session).isoformat()
        late = {index: day for index, day in enumerate(days) if day is not None and day > today}
        return {index: ahead(field, day, today, self.language).message for index, day in late.items()}

    def _ids(self, chunk: Chunk, column: Column) -> list[int | None]:
        numbers: list[int | None] = []
        for index, cell in enumerate(chunk.cells[column.index]):
            number = public_number(self.schema, cell.strip())
            if number is None and cell.strip():
                why = f"is not the id of {self.schema.info.one}"
                chunk.refuse({index: InvalidValueError(cell, why, field=column.heading).message})
            numbers.append(number)
        return numbers

    def _changes(
        self, chunk: Chunk, values: dict[str, list[Any]], resolved: dict[str, list[Any]], *, look: bool
    ) -> Built:
        linking.require(self.links, chunk, resolved, self.schema, self.language)
        for key, column in values.items():
            field = self.schema.by_key[key]
            if field.spec.required:
                chunk.refuse_empty(key, lacking(column, missing(self.schema, field, self.language).message))
        for field in self.unique:
            label = field.label(self.language)
            chunk.refuse(repeated(field, values[field.key], chunk.numbers, label))
            if look:
                chunk.refuse(self._taken(field, values[field.key]))
        linking.refuse_selves(chunk, self.plan, resolved, self.schema, language=self.language)
        linking.refuse_followers(chunk, resolved)
        kept = chunk.kept()
        first = self._run(len(kept))
        made = linking.make(self.links, resolved, kept, self.operation, self.today)
        linking.settle(self.links, resolved, {index: first + place for place, index in enumerate(kept)})
        ids = range(first, first + len(kept))
        creates = self._creates(values | resolved, kept, ids, whole=len(kept) == len(chunk))
        examples = [Example(chunk.numbers[index], "added", self._called(chunk, index)) for index in kept[:EXAMPLES]]
        counts = Counter(added=len(kept))
        unique = (
            {
                field.key: frozenset(comparable(field, [values[field.key][index] for index in kept]))
                for field in self.unique
            }
            if self.dry
            else {}
        )
        runs, about = [creates] if kept else [], {"ids": ids, "numbers": chunk.numbers_of(kept)}
        return self._built(chunk, made, runs, [], counts=counts, examples=examples, looked=look, unique=unique, **about)

    def _creates(
        self, columns: Mapping[str, list[Any]], kept: Sequence[int], ids: Sequence[int], *, whole: bool
    ) -> Creates:
        """Return the kept rows as new records; ``whole`` says that these are all of them."""
        count, at = len(kept), self.operation.at
        fixed: dict[str, Any] = {**self.defaults, "created_at": at, "updated_at": at, "revision": 1}
        filled = []
        for name in self.schema.keys:
            column: Sequence[Any]
            if name == "id":
                column = ids
            elif name in columns:
                column = columns[name] if whole else [columns[name][index] for index in kept]
                if name in self.currencies and self.own in column:
                    column = [self.kept(name, value) for value in column]
            else:
                column = [fixed.get(name)] * count
            filled.append(column)
        return Creates(type=self.schema.name, keys=self.schema.keys, columns=filled)

    def _taken(self, field: Field, values: Sequence[Any]) -> dict[int, str]:
        """Return by index what is wrong with rows whose unique value a record of the ledger has."""
        keys = comparable(field, values)
        there = self._holders(field, values)
        label = field.label(self.language)
        earlier = self.rehearsed[field.key] if self.dry else frozenset[Any]()
        again = {
            index: f"{label}: an earlier row has the same one"
            for index, key in enumerate(keys)
            if key is not None and key in earlier
        }
        return again | {
            index: self._held(field, values[index], there[key])
            for index, key in enumerate(keys)
            if key is not None and key in there
        }

    def _holders(self, field: Field, values: Sequence[Any]) -> dict[Any, int]:
        """Return the ids of the ledger's records that have these values of a unique field, by comparable value."""
        wanted = [value for value in values if value is not None]
        rows = matching_rows(self.session, self.schema, field, wanted)
        return {comparable(field, [value])[0]: number for number, value in rows}

    def _held(self, field: Field, value: Any, number: int) -> str:
        """Return the message that a record has a unique value already."""
        return DuplicateError(
            self.schema.name, field.label(self.language), value, self.schema.public_id(number)
        ).message

    def _called(self, chunk: Chunk, index: int) -> str:
        """Return what to call a new record by what its row says: its id tells nobody anything, and may never be.

        That is its title and its code, else another text that people search by and the record that it refers to, else
        whatever the row begins with.
        """
        cells = {column.field.key: chunk.cells[column.index][index].strip() for column in self.plan.columns}
        naming = (self.schema.title_field, self.schema.code_field)
        told = [self._cell(chunk, index, field) for field in naming if field and cells.get(field.key)]
        if not told:
            for fields in (self.schema.searchable, self.schema.references):
                told += [cells[field.key] for field in fields if cells.get(field.key)][:1]
        if not told:
            plain = (key for key, cell in cells.items() if cell and not self.schema.by_key[key].spec.sensitive)
            told = [cells[key] for key in plain][:TELLING]
        return " ".join(dict.fromkeys(told))

    def _cell(self, chunk: Chunk, index: int, field: Field) -> str:
        """Return what a row's cell says, in quotes where it keeps blanks around it."""
        column = self.plan.column_of(field.key)
        cell = chunk.cells[column.index][index] if column else ""
        return blanks.shown(cell) if index in chunk.padded.get(field.key, ()) else cell.strip()

    def _built(
        self,
        chunk: Chunk,
        made: list[tuple[References, Creates]],
        creates: Sequence[Creates],
        changes: Sequence[Change],
        *,
        counts: Counter[str],
        examples: list[Example],
        **more: Any,
    ) -> Built:
        rejects = chunk.rejects()
        counts.update(rows=len(chunk), blank=chunk.blank, rejected=len(rejects))
        place = str(chunk.source[-1][0]) if chunk.source else ""
        changeset = Changeset(
            operation=self.operation, creates=[*(one for _, one in made), *creates], changes=changes, place=place
        )
        return Built(
            source=chunk.source,
            changeset=changeset,
            rejects=rejects,
            counts=counts,
            made=made,
            examples=examples,
            padded=chunk.kept_padded() if chunk.padded else {},
            **more,
        )

    def kept(self, key: str, value: Any) -> Any:
        """Return a value as it is kept: a currency that is the ledger's own is said of an amount by saying none."""
        return None if value == self.own and key in self.currencies else value

    def landed(self, built: Built) -> None:
        """Be told that a chunk has landed, or would have."""
        for key, values in built.unique.items():
            self.rehearsed[key] |= values

    def _run(self, count: int) -> int:
        """Return the first of so many new consecutive ids."""
        return self.session.mint.run(count) if count else 0


def typed_reference(field: Field) -> bool:
    """Whether a field refers to records of one type, so that its cells are looked up."""
    return field.spec.kind is Kind.REFERENCE and field.spec.target is not None
