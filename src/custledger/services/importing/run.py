"""Running an import: chunk after chunk is built and landed, and what cannot land is set aside."""

import time
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress

import attrs

from custledger.changes import Changeset, Operation
from custledger.errors import ConflictError, CustledgerError, DataError, DuplicateError, FileFormatError
from custledger.files import Table
from custledger.services import blanks, writing
from custledger.services.importing.build import Builder, Built
from custledger.services.importing.chunk import Reject, SourceRow
from custledger.services.importing.fixed import told
from custledger.services.importing.reasons import Reasons
from custledger.services.importing.rejects import Rejects, RejectsTarget
from custledger.services.importing.report import EXAMPLES, REJECTED, Example, ImportInterrupted, ImportReport, Warned
from custledger.services.session import Session
from custledger.services.speaking import speaker

WARNINGS = 100
"""How many different warnings are counted each by itself."""

Progress = Callable[[float], None]


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
        self.warnings: dict[str, Warned] = {}
        self.padded: dict[str, Warned] = {}
        self.reasons = Reasons()
        self.examples: list[Example] = []
        self.under_way: deque[Built] = deque()
        self.landed_to = 0
        self.incomplete = False
        self.read_whole = False
        self.done = False
        self.rejects = Rejects(target, table.heading, builder.plan, session.conventions.language, speaker(session))
        self.rejects_at: str | None = None

    def all(self, chunks: Iterator[Sequence[SourceRow]]) -> ImportReport:
        """Land the chunks and return the report; the rejected rows are kept whatever happens."""
        try:
            try:
                self._rehearse(chunks) if self.dry_run else self._land(chunks)
                self.done = True
            except KeyboardInterrupt:
                self._count_landed()
                if self.read_whole and not self.under_way and not self.dry_run:
                    self._complete()
                raise
            except CustledgerError:
                with suppress(CustledgerError):  # that the log cannot be read now is not what went wrong first
                    self._count_landed()
                raise
            finally:
                self._keep_rejects()
        except KeyboardInterrupt:
            raise ImportInterrupted(self.report()) from None
        except CustledgerError as error:
            self._say_what_landed(error)
            raise
        finally:
            self.rejects.close()
        return self.report()

    def _say_what_landed(self, error: CustledgerError) -> None:
        """Say with an error which rows are in all the same, for people and programs."""
        report = self.report()
        if report.operation is not None:
            writing.partly(error)
            error.hint = error.hint.replace(", then try again.", ".")  # rows that are in would be added twice
            error.details = {**error.details, **report.landed}
        else:
            error.details = {**error.details, **report.lost}
        error.hint = " ".join(filter(None, (error.hint, report.undo_hint)))

    def report(self) -> ImportReport:
        """Return what was done so far."""
        plan, counts = self.builder.plan, self.counts
        own = [plan.reading.id, plan.reading.revision] if plan.reading else [plan.id_column] if plan.id_column else []
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
            mapped=tuple(
                (column.heading, column.field.key) for column in (*own, *plan.columns) if column.index < plan.width
            ),
            fixed=told(plan),
            unmapped=plan.unmapped,
            passed_over=plan.passed_over,
            left_to_ledger=plan.left_to_ledger,
            warnings=tuple(sorted((*self.warnings.values(), *self.padded.values()), key=lambda one: -one.times)),
            examples=tuple(sorted(self.examples, key=lambda one: one.row)),
            reasons=self.reasons.told(),
            operation=self.builder.operation.id if self.landed_to else None,
            rejects=self.rejects_at,
            unkept=self.rejects.unkept,
            last_row=self.landed_to,
            is_whole=self.done or (self.read_whole and not self.under_way and not self.incomplete),
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
            except (DataError, ConflictError) as error:
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

    def _count_landed(self) -> None:
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
        if logged and (told := logged[0].about.get("incomplete")):
            self.landed_to = max(self.landed_to, int(told.rpartition(" ")[2]))

    def _changesets(self, chunks: Iterator[Sequence[SourceRow]]) -> Iterator[Changeset]:
        for source, self.read_whole in _with_last(chunks):
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

    def _rescue_all(self, error: DataError | ConflictError) -> None:
        """Land, as far as that goes, the chunks that were under way when the store or a check refused one."""
        self.incomplete = True
        waiting = list(self.under_way)
        self.under_way.clear()
        for place, built in enumerate(waiting):
            if place == 0:
                self._rescue(built, error)
            else:
                self._try(built)

    def _rescue(self, built: Built, error: DataError | ConflictError) -> None:
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
        except (DataError, ConflictError) as error:
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
            self.reasons.add(reject.number, reject.reason)
        rejected = [Example(reject.number, "rejected", reject.reason) for reject in built.rejects[:REJECTED]]
        for example in (*built.examples, *rejected):
            most = REJECTED if example.what == "rejected" else EXAMPLES
            if sum(other.what == example.what for other in self.examples) < most:
                self.examples.append(example)
        self._take_warnings(built)
        self._warn_of_blanks(built)
        self.progress(self.table.progress)

    def _take_warnings(self, built: Built) -> None:
        """Count what checks warned about, and name the first rows that each is about."""
        problems = self.session.take_warnings()
        rows = dict(zip(built.ids, built.numbers, strict=True)) if problems else {}
        for problem in problems:
            known = problem.message in self.warnings or len(self.warnings) < WARNINGS
            message, own = problem.message if known else "and others", problem.type == self.builder.schema.name
            where = problem.where if known and own else ""
            one = self.warnings.get(message) or Warned(message=message, times=0, where=where)
            row = [rows[problem.id]] if own and problem.id in rows and len(one.rows) < EXAMPLES else []
            self.warnings[message] = attrs.evolve(one, times=one.times + 1, rows=(*one.rows, *row))

    def _warn_of_blanks(self, built: Built) -> None:
        """Count the texts that have blanks around them, by field, and name the first rows of each."""
        for key, texts in built.padded.items():
            field = self.builder.schema.by_key[key]
            one = self.padded.get(key)
            if one is None and texts:
                message = blanks.told(field, next(iter(texts.values())), self.session.conventions.language)
                one = Warned(message=message, times=0, where=blanks.found_by(field))
            if one is not None:
                rows = (*one.rows, *texts)[:EXAMPLES]
                self.padded[key] = attrs.evolve(one, times=one.times + len(texts), rows=rows)

    def _keep_rejects(self) -> None:
        if not self.dry_run:
            self.rejects_at = self.rejects.write()


def _with_last(chunks: Iterator[Sequence[SourceRow]]) -> Iterator[tuple[Sequence[SourceRow], bool]]:
    """Yield each chunk, and whether it is the last. What reading raises is raised after what was read before it."""
    source = next(chunks, None)
    while source is not None:
        fault: CustledgerError | None = None
        coming = None
        try:
            coming = next(chunks, None)
        except CustledgerError as error:
            fault = error
        yield source, coming is None and fault is None
        if fault is not None:
            raise fault
        source = coming


def _rejected(built: Built, error: DataError | ConflictError) -> Built:
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
