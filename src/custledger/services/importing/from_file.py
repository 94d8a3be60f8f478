"""Importing a file: how it is read and understood, and what its rows will do."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import islice
from pathlib import Path
from types import MappingProxyType
from typing import Any

from custledger.changes import Operation
from custledger.collector import calm_collector
from custledger.errors import DataError, UsageError
from custledger.fields import Kind
from custledger.files import Reader, Table
from custledger.schema import Field, Schema
from custledger.services import formats
from custledger.services.importing.build import Builder, typed_reference
from custledger.services.importing.by_key import KeyBuilder
from custledger.services.importing.chunk import SourceRow
from custledger.services.importing.fixed import check_fixed, told, with_fixed
from custledger.services.importing.links import Link
from custledger.services.importing.mapping import Column, Plan, make_plan, parse_maps, some_of, tidy
from custledger.services.importing.references import References, public_number
from custledger.services.importing.rejects import rejects_target
from custledger.services.importing.report import ImportReport
from custledger.services.importing.run import Progress, Run
from custledger.services.session import Session
from custledger.services.targets import check_name
from custledger.spreadsheets import is_example
from custledger.values import fold, given_count, given_path, given_text, given_texts

CHUNK = 5_000
"""Rows in one changeset."""


def import_file(
    session: Session,
    path: str,
    record_type: str,
    *,
    maps: Mapping[str, str] | Sequence[str] = (),
    fixed: Mapping[str, str] = MappingProxyType({}),
    key: str | None = None,
    create: Sequence[str] = (),
    erase: bool = False,
    from_row: int = 0,
    dry_run: bool = False,
    format: str | None = None,  # noqa: A002 - the word that --format has
    options: Mapping[str, Any] | None = None,
    rejects: str | None = None,
    reason: str = "",
    progress: Progress | None = None,
) -> ImportReport:
    """Import the table in ``path`` (``-`` is the standard input) as records of a type, and report what was done.

    - ``maps`` says which heading goes into which field, as ``{heading: field}`` or texts ``heading=field``, where the
      headings do not say it themselves; an empty field leaves a column out.
    - ``fixed`` are values, as a cell would have them, of fields that no column goes into: the same in every row.
    - Every row is a new record, unless ``key`` names the field by which rows find the record that they change. A file
      with the ids of this ledger's records (an export) is imported by ``id`` without being told. In a row that
      changes a record an empty cell leaves the field as it is, or empties it with ``erase``. Where a column has the
      revision beside the id, a row is merged with what was changed since, and rejected where it stands against that.
    - ``create`` names the record types of which missing ones that references name are made.
    - ``from_row`` is the number of the first row that is read, where an import stopped before it; the heading is row 1.
    - ``dry_run`` writes nothing, neither to the ledger nor beside the file, and needs no folder that may be written.
    - ``options`` are the reader's own, such as ``encoding``; ``format`` names the reader.
    - ``rejects`` is where rows that cannot be imported go, instead of ``NAME.rejected.csv`` beside the file, or in the
      working folder where that one may not be written. It is looked at before the first row: what cannot be written
      there is an error with nothing done. Where it is not given and CSV cannot be written, the report lists them.
    - ``progress`` is told the share of the file that is done, 0 to 1, after each chunk.

    What lands is one operation, in chunks that land whole. Raises ``ImportInterrupted`` on Ctrl-C, with the report of
    what is in, ``NotFoundError`` for a name that is nothing's, ``FileFormatError`` for a file that makes no sense. An
    error that comes after something landed says in its hint how to go on and how to take that back, and has
    ``operation``, ``last_row`` and ``rejects`` in its ``details``, and as ``unkept`` rejected rows that are in no file.
    """
    _check_names(path, rejects)
    given_count(from_row, "From row")
    session.refresh()
    schema = session.writable_schema(record_type)
    reader = formats.reader_for(session, path, format)
    given = formats.checked_options(reader, options or {})
    target = rejects_target(session, path, rejects, dry_run=dry_run)
    makes = {session.schema(name).name for name in given_texts(create, "Create")}
    _check_makes(session, schema, makes)
    wanted = schema.resolve(given_text(key, "Key")).key if key else None
    asked = {**given, "schema": schema} if reader.takes_schema else given
    with reader.open(path, **asked) as table:
        chunks = _chunks(table, schema, path, from_row)
        first = next(chunks, [])
        how_read = partial(_saying_how_it_was_read, reader, table)
        with how_read():
            plan = make_plan(schema, table.heading, parse_maps(maps), wanted)
            if plan.id_column and not plan.certain:
                plan = _by_its_ids(plan, plan.id_column, first, schema)
        plan = with_fixed(plan, schema, fixed, key=wanted)
        with how_read():
            by = _key_field(schema, plan, wanted)
            _check_required(schema, plan, by)
        _check_erase(schema, by, erase=erase)
        operation = session.operation("import", reason=reason, about=_about(path, plan))
        builder = _builder(session, plan, operation, schema=schema, by=by, erase=erase, makes=makes, dry=dry_run)
        check_fixed(builder)
        run = Run(session, builder, table, path, target, dry_run=dry_run, progress=progress)
        with calm_collector():
            return run.all(_with_first(first, chunks))


def _check_makes(session: Session, schema: Schema, makes: set[str]) -> None:
    """Raise ``UsageError`` where records are to be made of a type that none of the file's can refer to."""
    for name in sorted(makes - {field.spec.target for field in schema.references}):
        raise UsageError(
            f"{schema.info.one.capitalize()} refers to no {session.schema(name).info.called}, so none is made for it.",
            hint="Leave that out, or import records that refer to one.",
        )


def _check_names(path: str, rejects: str | None) -> None:
    """Raise ``UsageError`` where no file is named: to be read, or for rejected rows."""
    if not path:
        raise UsageError("The name of the file is empty.", hint="Name a file, or - for the standard input.")
    if path != "-" and Path(path).is_dir():
        raise UsageError(f"{path} is a folder.", hint="Name a file in it.")
    if rejects is not None:
        check_name(given_path(rejects, "Rejects"))


def _chunks(table: Table, schema: Schema, path: str, first: int) -> Iterator[list[SourceRow]]:
    rows = _without_examples(_rows_from(table, path, first) if first else table.rows(), table, schema)
    while chunk := list(islice(rows, CHUNK)):
        yield chunk


def _without_examples(rows: Iterator[SourceRow], table: Table, schema: Schema) -> Iterator[SourceRow]:
    """Return the rows but for those that only show how the others are filled in; the column of the ids says so."""
    named = (schema.names.get(fold(tidy(heading))) for heading in table.heading)
    place = next((index for index, key in enumerate(named) if key == "id"), None)
    if place is None:
        return rows
    return (row for row in rows if len(row[1]) <= place or not row[1][place] or not is_example(row[1][place]))


def _rows_from(table: Table, path: str, first: int) -> Iterator[SourceRow]:
    """Yield the rows from one on, by its number. Raises ``UsageError`` where the file ends before it."""
    last = 1
    for row in table.rows():
        last = row[0]
        if last >= first:
            yield row
    if last < first:
        source = "The standard input" if path == "-" else path
        raise UsageError(f"{source} ends at row {last}, before row {first}.", hint="The heading is row 1.")


def _with_first(first: Sequence[SourceRow], chunks: Iterator[Sequence[SourceRow]]) -> Iterator[Sequence[SourceRow]]:
    if first:
        yield first
    yield from chunks


@contextmanager
def _saying_how_it_was_read(reader: Reader, table: Table) -> Iterator[None]:
    """Say with an error about the headings how the file was read: in another encoding they may be others."""
    try:
        yield
    except DataError as error:
        told = f"The file was read as {table.description}"
        chosen = next((name for name in ("encoding", "sheet") if name in reader.options), "")
        otherwise = f"; the option {chosen} says otherwise." if chosen else "."
        error.hint = f"{error.hint} {told}{otherwise}".lstrip()
        raise


def _by_its_ids(plan: Plan, column: Column, rows: Sequence[SourceRow], schema: Schema) -> Plan:
    """Return the plan as it stands if the column has ids of such records, and without them otherwise."""
    cells = [cells[column.index].strip() for _, cells in rows if len(cells) > column.index]
    if any(public_number(schema, cell) is not None for cell in cells):
        return plan
    return plan.without_ids(blank=not any(cells))


def _key_field(schema: Schema, plan: Plan, key: str | None) -> Field | None:
    """Return the field by which rows find the record that they change, or ``None``. Raises ``UsageError``."""
    if key is None:
        return schema.by_key["id"] if plan.id_column else None
    field = schema.by_key[key]
    if field.spec.kind in {Kind.TAGS, Kind.CHOICES} or (field.spec.system and key != "id"):
        raise UsageError(f"{key} cannot tell one {schema.name} from another.", hint="Use a code, an id or a name.")
    if plan.column_of(key) is None and not (key == "id" and plan.id_column):
        raise UsageError(
            f"No column goes into {key}, by which the records are to be found.",
            hint=f'Say which one does: map "heading={key}".',
        )
    return field


def _check_required(schema: Schema, plan: Plan, key: Field | None) -> None:
    """Raise ``DataError`` where no column goes into a field that every new record needs."""
    lacking = [
        field.key
        for field in schema.fields
        if field.spec.required and field.spec.default is None and plan.column_of(field.key) is None
    ]
    if lacking and key is None:
        unused = f" The columns not used are: {some_of(plan.unmapped)}." if plan.unmapped else ""
        raise DataError(
            f"{schema.info.one.capitalize()} needs {', '.join(lacking)}, and no column goes there.{unused}",
            hint=f'Say which one does: map "heading={lacking[0]}".',
        )


def _check_erase(schema: Schema, key: Field | None, *, erase: bool) -> None:
    """Raise ``UsageError`` where empty cells are to empty fields of records, and no row is to find one."""
    if erase and key is None:
        raise UsageError(
            f"Every row of this file is a new {schema.name}, in which nothing can be erased.",
            hint="Say with the option key by which field the records are found.",
        )


def _builder(
    session: Session,
    plan: Plan,
    operation: Operation,
    *,
    schema: Schema,
    by: Field | None,
    erase: bool,
    makes: set[str],
    dry: bool,
) -> Builder:
    """Return what makes changesets: of new records, or of such as are found by a field."""
    links = _links(session, plan, makes, dry=dry)
    if by is None:
        return Builder(session, schema, plan, operation, links=links, dry=dry)
    return KeyBuilder(session, schema, plan, operation, key=by, erase=erase, links=links, dry=dry)


def _links(session: Session, plan: Plan, makes: set[str], *, dry: bool) -> list[Link]:
    finders: dict[str, References] = {}
    links = []
    for column in plan.columns:
        target = column.field.spec.target
        if typed_reference(column.field) and target is not None:
            if target not in finders:
                finders[target] = References(session, session.schema(target), may_create=target in makes, dry=dry)
            links.append(Link(column, finders[target]))
    return links


def _about(path: str, plan: Plan) -> dict[str, Any]:
    """Return what the receipt keeps: the file's name, the SHA-256 of what it held, and what was set in every row."""
    source = Path(path)
    about = {"file": source.name}
    if plan.fixed:
        about["set"] = "; ".join(f"{key}={text}" for key, text in told(plan))
    if path == "-" or not source.is_file():
        return about
    with source.open("rb") as stream:
        return {**about, "sha256": hashlib.file_digest(stream, "sha256").hexdigest()}
