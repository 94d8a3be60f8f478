"""Taking in what people changed in the files of a ledger, as changesets of the actor "outside edit"."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date

import attrs

from custledger.changes import Change, Changeset, LogEntry, Operation, Receipt
from custledger.collector import calm_collector
from custledger.errors import CustledgerError, FileFormatError
from custledger.schema import Schema
from custledger.stores.drafts import Draft
from custledger.stores.held import OUTSIDE, Held, HeldKind, TakenIn
from custledger.stores.state import State
from custledger.stores.tables.agreed import Agreed
from custledger.stores.tables.beside import Beside
from custledger.stores.tables.book import Sheet, titles_of
from custledger.stores.tables.cells import LEDGER, Cells, conventions_of
from custledger.stores.tables.landing import Landing, Step
from custledger.stores.tables.outside import Judge, Judged
from custledger.stores.tables.shelf import Shelf
from custledger.values import fold

VERB = "edit"


@attrs.define(eq=False)
class TakingIn:
    """Compares the files of a ledger with what was agreed, and lands what people changed in them.

    ``mint`` makes ids, ``now`` says the plain time, and ``today`` the day. To be used only by whoever holds the lock.
    """

    beside: Beside
    shelf: Shelf
    landing: Landing
    mint: Callable[[], int]
    now: Callable[[], str]
    today: Callable[[], date]
    found: list[TakenIn] = attrs.field(factory=list)
    _receipts: list[Receipt] = attrs.field(factory=list, init=False)
    _rows: dict[tuple[str, int], int] = attrs.field(factory=dict, init=False)

    def differing(self) -> list[str]:
        """Return the names of the files that are not as they were agreed.

        What lies there before a new ledger knows its language, currency and time zone waits until it does. One whose
        place another waits for is not, while it is as it was when that was written.
        """
        kept = self.beside.kept
        if LEDGER not in kept.state.documents and not kept.files:
            return []
        titles = {fold(title) for schema in kept.state.schemas.values() for title in titles_of(schema)}
        found = self.shelf.differing(kept.files, titles)
        return [name for name in found if name not in kept.pending or self._was_changed(name)]

    def _was_changed(self, name: str) -> bool:
        """Whether a file whose place another waits for is not the one that is to be replaced any more."""
        return self.shelf.sha256(name) != self.beside.kept.pending[name].replaced

    def with_new_fields(self) -> list[str]:
        """Return the names of the files with a column that was no field, and is one by now."""
        kept, names = self.beside.kept, {name: schema.names for name, schema in self.beside.kept.state.schemas.items()}
        known = kept.agreed.items()
        return sorted({one.file for name, one in known if any(each in names[name] for each in one.strange_columns())})

    def take_in(
        self, names: Collection[str], *, trusted: Collection[str] = (), operation: Operation | None = None
    ) -> None:
        """Take in what was changed in these files.

        ``trusted`` are types whose rows are believed to have the right ids, whatever it looks like. It is part of an
        ``operation``, where one is named, and else one of its own for each file.
        """
        with calm_collector():
            for name in sorted(names, key=self._rank):
                self._take_in_file(name, trusted, operation)

    def _take_in_file(self, name: str, trusted: Collection[str], operation: Operation | None) -> None:
        last = self.beside.kept.numbered
        about = {"file": name}
        mine = operation or Operation(id=self.mint(), verb=VERB, actor=OUTSIDE, at=self.now(), about=about)
        for schema, agreed, sheet in self._sheets(name):
            self._take_in_sheet(schema, agreed, sheet, mine, is_trusted=schema.name in trusted)
        self._agree(name)
        self._note(name, last)

    def _rank(self, name: str) -> int:
        """Return the place of a file: what rows name is mostly of types that come before theirs."""
        order = list(self.beside.kept.state.schemas)
        return min((order.index(schema.name) for schema, _, _ in self._sheets(name)), default=len(order))

    def _note(self, name: str, last: int) -> None:
        """Keep what was taken in of a file for whoever asks; ``last`` is the number of what was held last before."""
        sheets = (agreed for agreed in self.beside.kept.agreed.values() if agreed.file == name)
        held = tuple(one for agreed in sheets for one in agreed.held if one.number > last)
        if self._receipts or held:
            self.found.append(TakenIn(file=name, receipts=tuple(self._receipts), rows=self._rows, held=held))
        self._receipts, self._rows = [], {}

    def _sheets(self, name: str) -> list[tuple[Schema, Agreed, Sheet | FileFormatError | None]]:
        """Return the types whose sheets are in a file, each with its sheet, or why there is none."""
        kept = self.beside.kept
        sheets: Mapping[str, Sheet] = {}
        failure: FileFormatError | None = None
        try:
            sheets = self.shelf.sheets(name)
        except FileFormatError as error:
            failure = error
        found: list[tuple[Schema, Agreed, Sheet | FileFormatError | None]] = []
        by_title = {fold(title.strip()): sheet for title, sheet in sheets.items()}
        for schema in kept.state.schemas.values():
            agreed = kept.agreed.get(schema.name)
            if schema.info.is_kept or (agreed is not None and agreed.file != name and self._is_there(agreed.file)):
                continue
            titles = [agreed.title] if agreed is not None and agreed.file == name else []
            titles += titles_of(schema)
            sheet = next((by_title[fold(title)] for title in titles if fold(title) in by_title), None)
            if sheet is not None:
                known = agreed or Agreed(file=name, title=sheet.title)
                found.append((schema, attrs.evolve(known, file=name, title=sheet.title), sheet))
            elif agreed is not None and agreed.file == name:
                found.append((schema, agreed, failure))
        return found

    def _is_there(self, name: str) -> bool:
        return self.shelf.path(name).exists()

    def _take_in_sheet(
        self,
        schema: Schema,
        agreed: Agreed,
        sheet: Sheet | FileFormatError | None,
        operation: Operation,
        *,
        is_trusted: bool,
    ) -> None:
        if not isinstance(sheet, Sheet):
            self._stop(schema, agreed, sheet)
            return
        is_open = bool(self.shelf.book.opened_by(agreed.file))
        for again in (False, True):
            judged = self._judge(schema, agreed, sheet, again=again, is_trusted=is_trusted)
            made = self._land(schema, agreed, judged, operation, is_open=is_open)
            agreed = self.beside.kept.agreed[schema.name]
            sheet = self.shelf.sheets(agreed.file).get(agreed.title, sheet)
            # What named a record further down finds it the second time.
            if not made or not any(one.kind is HeldKind.UNFIT for one in agreed.held):
                return

    def _judge(self, schema: Schema, agreed: Agreed, sheet: Sheet, *, again: bool, is_trusted: bool) -> Judged:
        state = self.beside.kept.state
        cells = Cells(state, schema, conventions_of(state), self.today())
        judge = Judge(sheet, cells, agreed, mint=self.mint, now=self.now(), again=again, is_trusted=is_trusted)
        return judge.judge()

    def _land(self, schema: Schema, agreed: Agreed, judged: Judged, operation: Operation, *, is_open: bool) -> bool:
        """Land what the judgement of a sheet came to; return whether records were made."""
        if is_open:
            _leave_nameless(judged)
        state, receipt, touched, entries = self._drafted(schema, judged, operation)
        known = attrs.evolve(
            agreed,
            digests=judged.digests,
            held=tuple(judged.held),
            renamed=judged.renamed,
            left=frozenset(one for one in agreed.left if one not in schema.names),
            stopped=judged.stopped,
        )
        if not judged.stopped:
            self.shelf.place(agreed.file, agreed.title, judged.places)
        step = Step(
            state=state,
            touched={name: tuple(numbers) for name, numbers in touched.items()},
            landed=(operation, entries) if receipt else None,
            agreed={schema.name: known},
            files={agreed.file: self.shelf.sha256(agreed.file)},
            urgent=False,
        )
        if judged.nameless:
            numbers = {*touched.get(schema.name, ()), *judged.nameless}
            step = attrs.evolve(step, shown={schema.name: tuple(numbers)})
        self.landing.land(step, self.today())
        if receipt:
            self._receipts.append(receipt)
            self._rows |= {
                (schema.name, number): judged.sheet.number(place)
                for number, place in judged.places.items()
                if number in touched[schema.name]
            }
        return bool(receipt and receipt.created)

    def _drafted(
        self, schema: Schema, judged: Judged, operation: Operation
    ) -> tuple[State, Receipt | None, Mapping[str, Sequence[int]], Sequence[LogEntry]]:
        """Return the state in which the changes have landed that can, and hold those that cannot."""
        state = self.beside.kept.state
        if not judged.changes:
            return state, None, {}, ()
        good: list[Change] = []
        self._sift(judged.changes, good, judged, schema, operation)
        if not good:
            return state, None, {}, ()
        draft = Draft(state, Changeset(operation=operation, changes=good))
        following, receipt = draft.land()
        return following, receipt, draft.touched, draft.entries

    def _sift(
        self, changes: Sequence[Change], good: list[Change], judged: Judged, schema: Schema, operation: Operation
    ) -> None:
        """Put those of the changes into ``good`` that land together with the others that are there."""
        try:
            Draft(self.beside.kept.state, Changeset(operation=operation, changes=[*good, *changes])).land()
        except CustledgerError as error:
            if len(changes) == 1:
                _hold_change(changes[0], judged, schema, error)
                return
            middle = len(changes) // 2
            self._sift(changes[:middle], good, judged, schema, operation)
            self._sift(changes[middle:], good, judged, schema, operation)
        else:
            good.extend(changes)

    def _stop(self, schema: Schema, agreed: Agreed, failure: FileFormatError | None) -> None:
        """Stop to read and write a sheet that cannot be read, or is gone."""
        why = failure.message if failure else f"{agreed.file} has no sheet {agreed.title} any more."
        if not failure and not self._is_there(agreed.file):
            why = f"{agreed.file} is gone."
        hint = "Put it back, or restore it, which makes it anew; what is there now is kept beside it."
        before = next((one for one in agreed.held if one.kind is HeldKind.UNREADABLE), None)
        held = Held(
            number=before.number if before else 0,
            kind=HeldKind.UNREADABLE,
            type=schema.name,
            sheet=agreed.title,
            text=agreed.file,
            why=why,
            hint=hint,
        )
        known = attrs.evolve(agreed, held=(held,), stopped=why)
        self.landing.land(Step(state=self.beside.kept.state, agreed={schema.name: known}, urgent=False), self.today())

    def _agree(self, name: str) -> None:
        """Take note of what a file holds, where nothing that was taken in has said it."""
        kept, found = self.beside.kept, self.shelf.sha256(name)
        if kept.files.get(name, "") != found:
            self.landing.land(Step(state=kept.state, files={name: found}, urgent=False), self.today())


def _leave_nameless(judged: Judged) -> None:
    """Leave out the rows that need an id written into them, which cannot be now: they are read the next time."""
    nameless = set(judged.nameless)
    judged.changes = [one for one in judged.changes if one.id not in nameless]
    judged.held = [one for one in judged.held if one.record not in nameless]
    for number in nameless:
        judged.places.pop(number, None)
        judged.digests.pop(number, None)
    judged.nameless = []


def _hold_change(change: Change, judged: Judged, schema: Schema, error: CustledgerError) -> None:
    """Hold what the ledger cannot take, for a reason that only shows when all is put together."""
    kind = HeldKind.NEW_ROW if change.before is None else HeldKind.UNFIT
    place = judged.places.get(change.id, 0)
    keys = ("",) if change.before is None else tuple(change.after or ())
    for key in keys:
        judged.held.append(
            Held(
                kind=kind,
                type=schema.name,
                sheet=judged.title,
                row=judged.first + place,
                record=change.id if change.before is not None else 0,
                key=key,
                text=judged.text(place, key) if key else "",
                why=error.message,
                hint=error.hint,
            )
        )
    if change.before is None:
        judged.places.pop(change.id, None)
        judged.digests.pop(change.id, None)
        judged.nameless = [one for one in judged.nameless if one != change.id]
