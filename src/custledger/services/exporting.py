"""Exporting records to files, in any format that a plugin writes, so that an import gives the same values back."""

import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, BinaryIO, Literal, get_args

import attrs

from custledger.atomic_file import atomic_write
from custledger.codec import Codec
from custledger.errors import PluginError, UsageError, file_error, shorten
from custledger.fields import Kind
from custledger.files import Writer
from custledger.schema import Field, Row, Schema
from custledger.services import formats
from custledger.services.selecting import Selection
from custledger.services.session import Session
from custledger.services.targets import check_name, check_target
from custledger.settings import check_language
from custledger.values import Plain, fold, given_path, given_texts, time_exporter

Headings = Literal["labels", "keys"]
BATCH = 1_000
"""How many rows are turned into cells at once."""
MEMORY = 50_000
"""How many names of referred records are remembered."""
_LIKE_AN_ID = re.compile(r"[A-Za-z]+-[0-9A-Za-z]{13}")


@attrs.frozen
class ExportReport:
    """What an export wrote: how many rows, with which headings, and where; ``path`` is ``None`` for a stream."""

    record_type: str
    rows: int
    heading: tuple[str, ...]
    path: str | None


def export(
    session: Session,
    record_type: str,
    target: str | os.PathLike[str] | BinaryIO,
    *,
    where: str | None = None,
    columns: Sequence[str] = (),
    order: Sequence[str] = (),
    limit: int | None = None,
    language: str | None = None,
    headings: Headings = "labels",
    format: str | None = None,  # noqa: A002 - the word that --format has
    options: Mapping[str, Any] | None = None,
) -> ExportReport:
    """Write records of a type to a file, which appears whole or not at all, or to a binary stream.

    - ``where``, ``order`` and ``limit`` choose the records; ``columns`` the fields, by key, label or alias, or any
      expressions: every field, the id included, where none is named.
    - ``language`` (the ledger's by default) is that of the headings, choices and yes/no; ``headings="keys"`` writes the
      keys instead. A label by which an import would not find the field again gives way to the key.
    - A reference is written as the code of the record it refers to, or as its id where that has none.
    - What the ledger takes for granted is written out, so that it means the same elsewhere: times with their offset,
      the currency of amounts in the ledger's own. An amount in another stands with it where that has no column.
    - ``format`` names the writer; otherwise the file's ending decides. ``options`` are the writer's own.

    Raises ``NotFoundError`` for a name that is nothing's, ``QueryError``, ``UsageError`` (also for a target that is a
    ledger or holds settings), and for files what fits.
    """
    session.refresh()
    selection = Selection[Any](session, session.schema(record_type).name).order(*given_texts(order, "Order"))
    if where is not None:
        selection = selection.where(where)
    if limit is not None:
        selection = selection.limit(limit)
    given = given_texts(columns, "Columns")
    return write_out(
        session, target, lambda: _columns(selection, given),
        language=language, headings=headings, format=format, options=options,
    )  # fmt: skip


Computed = tuple[Schema, Sequence[Field], Iterator[Row]]
"""A schema, the fields of it that are written, and the rows in its order."""


def write_out(
    session: Session,
    target: str | os.PathLike[str] | BinaryIO,
    compute: Callable[[], Computed],
    *,
    language: str | None = None,
    headings: Headings = "labels",
    format: str | None = None,  # noqa: A002 - the word that --format has
    options: Mapping[str, Any] | None = None,
) -> ExportReport:
    """Write what ``compute`` returns, which is asked once it is known that it can be written; see ``export``."""
    told = "" if hasattr(target, "write") else given_path(target)
    if told:
        check_name(told)
        check_target(session.plugins, told)
    _check_words(language, headings)
    writer = formats.writer_for(session, told, format)
    given = formats.checked_options(writer, options or {})
    schema, fields, rows = compute()
    _check_once(fields)
    conventions = session.conventions if language is None else attrs.evolve(session.conventions, language=language)
    heading = tuple(_heading(schema, field, conventions.language, headings) for field in fields)
    codec = Codec(schema, conventions, session.codec(schema.name).prefixes)
    counted = _Counted(_cells(session, codec, fields, rows))
    if writer.takes_fields:
        given |= {"schema": schema, "fields": tuple(fields), "conventions": conventions}
    _write(writer, target, heading, counted, given)
    return ExportReport(schema.name, counted.count, heading, told or None)


def _columns(selection: Selection[Any], columns: Sequence[str]) -> Computed:
    schema, fields, rows = selection.computed(columns)
    return schema, fields or schema.fields, rows


def _check_words(language: str | None, headings: str) -> None:
    """Raise where there is no such language, or there are no such headings."""
    if language is not None:
        check_language(language)
    if headings not in get_args(Headings):
        there = ", ".join(get_args(Headings))
        raise UsageError(f"There are no headings {shorten(headings)}.", hint=f"There are: {there}.")


def _write(
    writer: Writer,
    target: str | os.PathLike[str] | BinaryIO,
    heading: Sequence[str],
    rows: Iterator[list[str]],
    options: Mapping[str, Any],
) -> None:
    if isinstance(target, str | os.PathLike):
        try:
            with atomic_write(target) as stream:
                writer.write(stream, heading, rows, **options)
        except PluginError as error:
            error.hint = f"{target} was not written. {error.hint}"
            raise
        return
    try:
        writer.write(target, heading, rows, **options)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise file_error("the output", error, "written") from error


class _Counted(Iterator[list[str]]):
    """Rows, and how many of them have gone by."""

    def __init__(self, rows: Iterator[list[str]]) -> None:
        self._rows = rows
        self.count = 0

    def __next__(self) -> list[str]:
        """Return the next row."""
        row = next(self._rows)
        self.count += 1
        return row


def _check_once(fields: Sequence[Field]) -> None:
    """Raise ``UsageError`` where a column is asked for twice."""
    keys = [field.key for field in fields]
    twice = next((key for key in keys if keys.count(key) > 1), None)
    if twice is not None:
        raise UsageError(f"The column {twice} is asked for twice.", hint="Name each column once.")


def _heading(schema: Schema, field: Field, language: str, headings: Headings) -> str:
    label = field.label(language)
    found = schema.names.get(fold(" ".join(label.split())))
    return label if headings == "labels" and found == field.key else field.key


def _cells(session: Session, codec: Codec, fields: Sequence[Field], rows: Iterator[Row]) -> Iterator[list[str]]:
    """Yield the cells of the rows, a batch at a time, because references are looked up together."""
    places = [codec.schema.positions[field.key] for field in fields]
    names = {
        field.key: _Names(session, field.spec.target)
        for field in fields
        if field.spec.kind is Kind.REFERENCE and field.spec.target is not None
    }
    time = time_exporter(codec.conventions)
    bare = {
        key: codec.schema.positions[currency.key]
        for key, currency in codec.schema.currencies.items()
        if currency not in fields
    }
    while batch := list(islice(rows, BATCH)):
        columns = []
        for field, place in zip(fields, places, strict=True):
            values = [row[place] for row in batch]
            if field.key in names:
                columns.append(names[field.key].of(values))
            elif field.spec.kind is Kind.TIME:
                columns.append(["" if value is None else time(value) for value in values])
            elif field.spec.currency_of:
                amounts = codec.schema.positions[field.spec.currency_of]
                columns.append([_currency(codec, row[amounts], row[place]) for row in batch])
            elif field.key in bare:
                columns.append([_with_currency(codec, field, row[place], row[bare[field.key]]) for row in batch])
            else:
                columns.append([codec.text(field, value) for value in values])
        yield from map(list, zip(*columns, strict=True))


def _currency(codec: Codec, amount: Plain, code: str | None) -> str:
    """Return the currency of an amount, the ledger's own written out."""
    return code or ("" if amount is None else codec.conventions.currency)


def _with_currency(codec: Codec, field: Field, amount: Plain, code: str | None) -> str:
    """Return an amount whose currency has no column, with it where that is not the ledger's."""
    text = codec.text(field, amount)
    return f"{text} {code}" if text and code not in {None, codec.conventions.currency} else text


class _Names:
    """What to write for references to one type: the code of the record, or its public id.

    A code that an import would take for something else (an id, or nothing at all) gives way to the id.
    """

    def __init__(self, session: Session, target: str) -> None:
        self._session = session
        self._schema = session.schema(target)
        self._known: dict[int, str] = {}

    def of(self, numbers: Sequence[int | None]) -> list[str]:
        """Return the cell for each id; ``""`` for none."""
        if len(self._known) > MEMORY:
            self._known.clear()
        unknown = [number for number in dict.fromkeys(numbers) if number is not None and number not in self._known]
        if unknown:
            self._look_up(unknown)
        return ["" if number is None else self._known[number] for number in numbers]

    def _look_up(self, numbers: Sequence[int]) -> None:
        schema, code_field = self._schema, self._schema.code_field
        place = schema.positions[code_field.key] if code_field else None
        for number, row in zip(numbers, self._session.view.get(schema, numbers), strict=True):
            code = row[place] if row is not None and place is not None else None
            told = code.strip() if isinstance(code, str) else ""
            plain = told and _LIKE_AN_ID.fullmatch(told) is None
            self._known[number] = str(code) if plain else schema.public_id(number)
