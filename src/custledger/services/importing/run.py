"""Running an import: chunk after chunk is built and landed, and what cannot land is set aside."""

import gc
import hashlib
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

import attrs

from custledger.changes import Changeset, Operation
from custledger.errors import CustledgerError, DataError, DuplicateError, FileFormatError, UsageError
from custledger.fields import Kind
from custledger.files import Reader, Table
from custledger.schema import Field, Schema
from custledger.services import formats, writing
from custledger.services.importing.build import EXAMPLES, Builder, Built, typed_reference
from custledger.services.importing.by_key import KeyBuilder
from custledger.services.importing.chunk import Reject, SourceRow
from custledger.services.importing.links import Link
from custledger.services.importing.mapping import Column, Plan, make_plan, parse_maps
from custledger.services.importing.references import References, public_number
from custledger.services.importing.rejects import Rejects, RejectsTarget, rejects_target
from custledger.services.importing.report import Example, ImportInterrupted, ImportReport
from custledger.services.session import Session
from custledger.services.speaking import speaker
from custledger.services.targets import check_name
from custledger.values import given_path, given_text, given_texts

CHUNK = 5_000
"""Rows in one changeset."""
WARNINGS = 100
"""How many different warnings, and reasons to reject a row, are counted each by itself."""
CALM = 200_000
"""How many objects may be made between two searches for garbage, while chunks of thousands of rows come and go."""

Progress = Callable[[float], None]


def import_file(
    session: Session,
    path: str,
    record_type: str,
    *,
    maps: Mapping[str, str] | Sequence[str] = (),
    key: str | None = None,
    create: Sequence[str] = (),
    erase: bool = False,
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
    - Every row is a new record, unless ``key`` names the field by which rows find the record that they change. A file
      with the ids of this ledger's records (an export) is imported by ``id`` without being told. In a row that
      changes a record an empty cell leaves the field as it is, or empties it with ``erase``.
    - ``create`` names the record types of which missing ones that references name are made.
    - ``dry_run`` writes nothing, neither to the ledger nor beside the file.
    - ``options`` are the reader's own, such as ``encoding``; ``format`` names the reader.
    - ``rejects`` is where rows that cannot be imported go, instead of ``NAME.rejected.csv`` beside the file, or in the
      working folder where that one may not be written. It is looked at before the first row: what cannot be written
      there is an error with nothing done. Where it is not given and CSV cannot be written, the report lists them.
    - ``progress`` is told the share of the file that is done, 0 to 1, after each chunk.

    What lands is one operation, in chunks that land whole. Raises ``ImportInterrupted`` on Ctrl-C, with the report of
    what is in, ``NotFoundError`` for a name that is nothing's, ``FileFormatError`` for a file that makes no sense; the
    hint of an error that comes after something landed says how to take that back.
    """
    _check_names(path, rejects)
    session.refresh()
    schema = session.writable_schema(record_type)
    reader = formats.reader_for(session, path, format)
    given = formats.checked_options(reader, options or {})
    target = rejects_target(session, path, rejects)
    makes = {session.schema(name).name for name in given_texts(create, "Create")}
    wanted = schema.resolve(given_text(key, "Key")).key if key else None
    with reader.open(path, **given) as table:
        chunks = _chunks(table)
        first = next(chunks, [])
        with _saying_how_it_was_read(reader, table):
            plan = make_plan(schema, table.heading, parse_maps(maps), wanted)
            if plan.id_column and not plan.certain and not _has_ids(first, plan.id_column, schema):
                plan = plan.without_ids()
            by = _key_field(schema, plan, wanted)
            _check_required(schema, plan, by)
        operation = session.operation("import", reason=reason, about=_about(path))
        builder = _builder(session, plan, operation, schema=schema, by=by, erase=erase, makes=makes, dry=dry_run)
        run = Run(session, builder, table, path, target, dry_run=dry_run, progress=progress)
        with _calm_collector():
            return run.all(_with_first(first, chunks))


class Run:
    """One import under way."""

    def __init__(
        self,
        session: Session,
        builder: Builder,
        table: Table,
        path: str,
        target: RejectsTarget | None,
        *,
        dry_run: bool,
        progress: Progress | None,
    ) -> None:
        self.session = session
        self.builder = builder
        self.table = table
        self.path = path
        self.dry_run = dry_run
        self.progress = progress or (lambda _share: None)
        self.started = time.monotonic()
        self.counts: Counter[str] = Counter()
        self.created: Counter[str] = Counter()
        self.warnings: Counter[str] = Counter()
        self.reasons: Counter[str] = Counter()
        self.examples: list[Example] = []
        self.under_way: deque[Built] = deque()
        self.landed_to = 0
        self.incomplete = False
        self.read_whole = False
        self.rejects = Rejects(target, table.heading, builder.plan, session.conventions.language, speaker(session))
        self.rejects_at: str | None = None

    def all(self, chunks: Iterator[Sequence[SourceRow]]) -> ImportReport:
        """Land the chunks and return the report; the rejected rows are kept whatever happens."""
        try:
            try:
                self._rehearse(chunks) if self.dry_run else self._land(chunks)
            except KeyboardInterrupt:
                self._catch_up()
                raise
            finally:
                self._keep_rejects()
        except KeyboardInterrupt:
            raise ImportInterrupted(self.report()) from None
        except CustledgerError as error:
            error.hint = " ".join(filter(None, (error.hint, self.report().undo_hint)))
            raise
        finally:
            self.rejects.close()
        return self.report()

    def report(self) -> ImportReport:
        """Return what was done so far."""
        plan, counts = self.builder.plan, self.counts
        id_column = [plan.id_column] if plan.id_column else []
        return ImportReport(
            path=self.path,
            record_type=self.builder.schema.name,
            description=self.table.description,
            dry_run=self.dry_run,
            rows=counts["rows"],
            added=counts["added"],
            changed=counts["changed"],
            skipped=counts["skipped"],
            blank=counts["blank"],
            rejected=counts["rejected"],
            created=dict(self.created),
            mapped=tuple((column.heading, column.field.key) for column in (*id_column, *plan.columns)),
            unmapped=plan.unmapped,
            passed_over=plan.passed_over,
            left_to_ledger=plan.left_to_ledger,
            warnings=tuple(self.warnings.most_common()),
            examples=tuple(self.examples),
            reasons=tuple(self.reasons.most_common()),
            operation=self.builder.operation.id if self.landed_to else None,
            rejects=self.rejects_at,
            unkept=tuple(self.rejects.unkept),
            last_row=self.landed_to,
            seconds=time.monotonic() - self.started,
        )

    def _land(self, chunks: Iterator[Sequence[SourceRow]]) -> None:
        stream = self._changesets(chunks)
        while True:
            try:
                for _receipt in writing.load(self.session, stream):
                    self._settle(self.under_way[0])
                    self.under_way.popleft()
            except FileFormatError:
                raise
            except DataError as error:
                if not self.under_way:
                    raise
                self._rescue_all(error)
            else:
                break
        self._complete()

    def _complete(self) -> None:
        """Have the log say that all of the file was gone through, where the last of its chunks could not."""
        if self.landed_to and self.incomplete:
            done = self._about((self.counts,))
            writing.write(self.session, Changeset(operation=done))
            self.incomplete = False

    def _catch_up(self) -> None:
        """Count the chunks that the log has and we did not come to count: a chunk lands before its receipt is told."""
        if self.dry_run:
            return
        logged = self.session.view.operations(ids=[self.builder.operation.id])
        landed = logged[0].about.get("rows", 0) if logged else 0
        while self.under_way:
            if self.under_way[0].last_row > self.landed_to:
                if self.counts["added"] + self.counts["changed"] >= landed:
                    break
                self._settle(self.under_way[0])
            self.under_way.popleft()
        if self.read_whole and not self.under_way:
            self._complete()

    def _changesets(self, chunks: Iterator[Sequence[SourceRow]]) -> Iterator[Changeset]:
        coming = next(chunks, None)
        while coming is not None:
            source, coming = coming, next(chunks, None)
            self.read_whole = coming is None
            built = self.builder.build(source)
            if built.changeset:
                marked = self._marked(built, last=self.read_whole)
                self.under_way.append(built)
                yield marked
            else:
                self._settle(built)

    def _marked(self, built: Built, *, last: bool = False) -> Changeset:
        """Return the changeset of a chunk; unless it is the ``last``, its receipt says that the import is incomplete.

        So the log tells what is in, and that there should be more, also of an import that was killed.
        """
        self.incomplete = not last
        operation = self._about(
            (self.counts, *self._coming(), built.counts),
            **({} if last else {"incomplete": f"after row {built.last_row}"}),
        )
        return attrs.evolve(built.changeset, operation=operation)

    def _coming(self) -> Iterator[Counter[str]]:
        return (built.counts for built in self.under_way)

    def _about(self, counted: Sequence[Counter[str]], **more: str) -> Operation:
        operation = self.builder.operation
        total = sum(counted, Counter[str]())
        rejected = {"rejected": total["rejected"]} if total["rejected"] else {}
        about = {**operation.about, "rows": total["added"] + total["changed"], **rejected, **more}
        return attrs.evolve(operation, about=about)

    def _rescue_all(self, error: DataError) -> None:
        """Land, as far as that goes, the chunks that were under way when the store or a check refused one."""
        self.incomplete = True
        waiting = list(self.under_way)
        self.under_way.clear()
        for place, built in enumerate(waiting):
            if place == 0:
                self._rescue(built, error)
            else:
                self._try(built)

    def _rescue(self, built: Built, error: DataError) -> None:
        """Find the rows of a refused chunk that are at fault: by looking taken values up, else by halving it."""
        self._forget(built)
        if isinstance(error, DuplicateError) and not built.looked:
            self._try(self.builder.build(built.source, look=True))
        elif len(built.source) > 1:
            middle = len(built.source) // 2
            for half in (built.source[:middle], built.source[middle:]):
                self._try(self.builder.build(half, look=built.looked))
        else:
            self._settle(_rejected(built, error))

    def _try(self, built: Built) -> None:
        """Land a chunk by itself, or what of it can be."""
        try:
            if built.changeset:
                writing.write(self.session, self._marked(built))
        except DataError as error:
            self._rescue(built, error)
        else:
            self._settle(built)

    def _rehearse(self, chunks: Iterator[Sequence[SourceRow]]) -> None:
        """Build and check every chunk, and land none."""
        for source in chunks:
            self._try_rehearsal(self.builder.build(source, look=True))

    def _try_rehearsal(self, built: Built) -> None:
        try:
            if built.changeset:
                writing.rehearse(self.session, built.changeset)
        except DataError as error:
            self._forget(built)
            if len(built.source) == 1:
                self._settle(_rejected(built, error))
                return
            middle = len(built.source) // 2
            for half in (built.source[:middle], built.source[middle:]):
                self._try_rehearsal(self.builder.build(half, look=True))
        else:
            self._settle(built)

    def _forget(self, built: Built) -> None:
        self.session.take_warnings()
        for finder, creates in built.made:
            finder.forget(creates)

    def _settle(self, built: Built) -> None:
        """Count a chunk that has landed, or has nothing to land."""
        if built.changeset and not self.dry_run:
            self.landed_to = built.last_row
        self.counts.update(built.counts)
        self.builder.landed(built)
        self.created.update({creates.type: len(creates) for _, creates in built.made})
        self.rejects.add(built.rejects)
        for reject in built.rejects:
            known = reject.reason in self.reasons or len(self.reasons) < WARNINGS
            self.reasons[reject.reason if known else "other reasons"] += 1
        rejected = [Example(reject.number, "rejected", reject.reason) for reject in built.rejects[:EXAMPLES]]
        for example in (*built.examples, *rejected):
            if sum(other.what == example.what for other in self.examples) < EXAMPLES:
                self.examples.append(example)
        for problem in self.session.take_warnings():
            known = problem.message in self.warnings or len(self.warnings) < WARNINGS
            self.warnings[problem.message if known else "and others"] += 1
        self.progress(self.table.progress)

    def _keep_rejects(self) -> None:
        if not self.dry_run:
            self.rejects_at = self.rejects.write()


@contextmanager
def _calm_collector() -> Iterator[None]:
    """Let the garbage collector run seldom: rows are no garbage, and looking through them took a third of the time."""
    before = gc.get_threshold()
    gc.set_threshold(max(CALM, before[0]) if before[0] else 0, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _rejected(built: Built, error: DataError) -> Built:
    """Return what a chunk of one row comes to that the store or a check refused."""
    number, cells = built.source[0]
    empty = Changeset(operation=built.changeset.operation)
    return Built(
        source=built.source,
        changeset=empty,
        rejects=[Reject(number, error.message, cells)],
        counts=Counter(rows=1, rejected=1),
        made=[],
        examples=[],
    )


@contextmanager
def _saying_how_it_was_read(reader: Reader, table: Table) -> Iterator[None]:
    """Say with an error about the headings how the file was read: in another encoding they may be others."""
    try:
        yield
    except DataError as error:
        told = f"The file was read as {table.description}"
        otherwise = "; the option encoding says otherwise." if "encoding" in reader.options else "."
        error.hint = f"{error.hint} {told}{otherwise}".lstrip()
        raise


def _check_names(path: str, rejects: str | None) -> None:
    """Raise ``UsageError`` where no file is named: to be read, or for rejected rows."""
    if not path:
        raise UsageError("The name of the file is empty.", hint="Name a file, or - for the standard input.")
    if path != "-" and Path(path).is_dir():
        raise UsageError(f"{path} is a folder.", hint="Name a file in it.")
    if rejects is not None:
        check_name(given_path(rejects, "Rejects"))


def _chunks(table: Table) -> Iterator[list[SourceRow]]:
    rows = table.rows()
    while chunk := list(islice(rows, CHUNK)):
        yield chunk


def _with_first(first: Sequence[SourceRow], chunks: Iterator[Sequence[SourceRow]]) -> Iterator[Sequence[SourceRow]]:
    if first:
        yield first
    yield from chunks


def _has_ids(rows: Sequence[SourceRow], column: Column, schema: Schema) -> bool:
    cells = (cells[column.index] for _, cells in rows if len(cells) > column.index)
    return any(public_number(schema, cell.strip()) is not None for cell in cells)


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
        unused = f" The columns not used are: {', '.join(plan.unmapped)}." if plan.unmapped else ""
        raise DataError(
            f"{schema.info.one.capitalize()} needs {', '.join(lacking)}, and no column goes there.{unused}",
            hint=f'Say which one does: map "heading={lacking[0]}".',
        )


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


def _about(path: str) -> dict[str, Any]:
    """Return what the receipt keeps of the file: its name, and the SHA-256 of what it held."""
    source = Path(path)
    if path == "-" or not source.is_file():
        return {"file": source.name}
    with source.open("rb") as stream:
        return {"file": source.name, "sha256": hashlib.file_digest(stream, "sha256").hexdigest()}
