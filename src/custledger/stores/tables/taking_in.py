"""Taking in what people changed in the files of a ledger, as changesets of the actor "outside edit"."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date

import attrs

from custledger import ids
from custledger.changes import Change, Changeset, LogEntry, Operation, Receipt
from custledger.collector import calm_collector
from custledger.errors import CustledgerError, FileFormatError
from custledger.schema import Schema
from custledger.stores.drafts import Draft
from custledger.stores.held import OUTSIDE, Held, HeldKind, TakenIn
from custledger.stores.state import State
from custledger.stores.tables.agreed import STOPPED, Agreed
from custledger.stores.tables.believing import AMEND
from custledger.stores.tables.beside import Beside
from custledger.stores.tables.book import Sheet, titles_of
from custledger.stores.tables.cells import LEDGER, Cells, conventions_of
from custledger.stores.tables.columns import columns_of
from custledger.stores.tables.judged import Judged
from custledger.stores.tables.landing import Landing, Step
from custledger.stores.tables.outside import Judge
from custledger.stores.tables.shelf import Shelf
from custledger.values import fold

VERB = "edit"
WAITING = frozenset({HeldKind.UNFIT, HeldKind.NEW_ROW})
"""What is held of cells and rows that may come right by what is changed elsewhere."""
ROUNDS = 5
"""How often sheets are looked at again, for names that lead from one to the next."""


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
    _has_left: bool = attrs.field(default=False, init=False)
    _is_partly: bool = attrs.field(default=False, init=False)
    _given: Operation | None = attrs.field(default=None, init=False)
    _operations: dict[str, Operation] = attrs.field(factory=dict, init=False)
    _receipts: dict[str, list[Receipt]] = attrs.field(factory=dict, init=False)
    _rows: dict[str, dict[tuple[str, int], int]] = attrs.field(factory=dict, init=False)
    _looked_at: str = attrs.field(default="", init=False)

    def differing(self) -> list[str]:
        """Return the names of the files that are not as they were agreed.

        What lies there before a new ledger knows its language, currency and time zone waits until it does. One whose
        place another waits for is not, while it is as it was when that was written.
        """
        kept = self.beside.kept
        if LEDGER not in kept.state.documents and not kept.agreed:
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
        self._operations, self._receipts, self._rows = {}, {}, {}
        self._given = operation
        last = self.beside.kept.numbered
        with calm_collector():
            self._take_in(names, trusted)
        self._note(last)

    def _take_in(self, names: Collection[str], trusted: Collection[str]) -> None:
        landed: set[str] = set()
        for name in names:
            self.shelf.wait_for(name)
            landed |= self._take_in_file(name, trusted)
        for _ in range(ROUNDS):
            # What names a record further down, or in another sheet, finds it when that is there.
            again = [one for one in self._waiting_for(landed) if self._look_again(one)]
            if not again:
                return
            landed = set(again)

    def _take_in_file(self, name: str, trusted: Collection[str]) -> set[str]:
        """Take in one sheet of a file after another; return the types of which anything landed."""
        sheets = self._sheets(name)
        self._has_left = False
        landed = set()
        for place, (schema, agreed, sheet) in enumerate(sheets, 1):
            known, found = agreed, sheet
            if place > 1:  # what was done to the sheets before it is known by now
                now = self.beside.kept.agreed.get(schema.name, agreed)
                known = attrs.evolve(now, file=agreed.file, title=agreed.title)
                found = self.shelf.sheets(name).get(agreed.title, sheet) if isinstance(sheet, Sheet) else sheet
            self._is_partly = place < len(sheets)
            if self._take_in_sheet(schema, known, found, is_trusted=schema.name in trusted):
                landed.add(schema.name)
        if not sheets:
            self._agree(name)
        kept = self.beside.kept
        if len(sheets) > 1 and any(one.behind and not one.stopped and one.file == name for one in kept.agreed.values()):
            self.landing.land(Step(state=kept.state, urgent=False), self.today())
        return landed

    def _waiting_for(self, landed: Collection[str]) -> list[str]:
        """Return the types of which something is held that may have come right with changes of certain types."""
        kept = self.beside.kept
        return [
            name
            for name, agreed in kept.agreed.items()
            if any(one.kind in WAITING for one in agreed.held)
            and not agreed.stopped
            and any(field.spec.target in landed for field in kept.state.schemas[name].references)
        ]

    def _look_again(self, name: str) -> bool:
        """Judge the sheet of a type once more, with what is held of it; return whether anything landed."""
        kept = self.beside.kept
        agreed = kept.agreed[name]
        sheet = self.shelf.look(agreed.file)[0].get(agreed.title)
        return sheet is not None and self._take_in_sheet(kept.state.schemas[name], agreed, sheet, again=True)

    def _operation_on(self, name: str) -> Operation:
        """Return the operation of all that is taken in of a file."""
        if self._given is not None:
            return self._given
        if name not in self._operations:
            about = {"file": name}
            self._operations[name] = Operation(id=self.mint(), verb=VERB, actor=OUTSIDE, at=self.now(), about=about)
        return self._operations[name]

    def _note(self, last: int) -> None:
        """Keep what was taken in for whoever asks; ``last`` is the number of what was held last before."""
        held: dict[str, list[Held]] = {}
        for agreed in self.beside.kept.agreed.values():
            held.setdefault(agreed.file, []).extend(one for one in agreed.held if one.number > last)
        for name, new in held.items():
            receipts = tuple(self._receipts.get(name, ()))
            if receipts or new:
                rows = self._rows.get(name, {})
                self.found.append(TakenIn(file=name, receipts=receipts, rows=rows, held=tuple(new)))

    def _sheets(self, name: str) -> list[tuple[Schema, Agreed, Sheet | FileFormatError | None]]:
        """Return the types whose sheets are in a file, each with its sheet, or why there is none."""
        kept = self.beside.kept
        sheets, self._looked_at, failure = self.shelf.look(name)
        found: list[tuple[Schema, Agreed, Sheet | FileFormatError | None]] = []
        by_title = {fold(title.strip()): sheet for title, sheet in sheets.items()}
        for schema in kept.state.schemas.values():
            agreed = kept.agreed.get(schema.name)
            if schema.info.is_kept or (agreed is not None and agreed.file != name and self._is_there(agreed.file)):
                continue
            titles = [agreed.title] if agreed is not None and agreed.file == name else []
            titles += titles_of(schema)
            sheet = next((by_title[fold(title)] for title in titles if fold(title) in by_title), None)
            if sheet is None and agreed is not None and agreed.file == name:
                sheet = _with_ids(schema, agreed, sheets.values())  # it was given another title
            if sheet is not None:
                known = agreed or Agreed(file=name, title=sheet.title)
                found.append((schema, attrs.evolve(known, file=name, title=sheet.title), sheet))
            elif agreed is not None and agreed.file == name and agreed.is_made:
                found.append((schema, agreed, failure))
        return found

    def _is_there(self, name: str) -> bool:
        return self.shelf.path(name).exists()

    def _take_in_sheet(
        self,
        schema: Schema,
        agreed: Agreed,
        sheet: Sheet | FileFormatError | None,
        *,
        again: bool = False,
        is_trusted: bool = False,
    ) -> bool:
        """Take in one sheet; return whether anything landed."""
        if not isinstance(sheet, Sheet):
            self._stop(schema, agreed, sheet)
            return False
        state = self.beside.kept.state
        cells = Cells(state, schema, conventions_of(state), self.today())
        judge = Judge(sheet, cells, agreed, mint=self.mint, now=self.now(), again=again, is_trusted=is_trusted)
        return self._land(schema, agreed, judge.judge())

    def _land(self, schema: Schema, agreed: Agreed, judged: Judged) -> bool:
        """Land what the judgement of a sheet came to; return whether anything did."""
        kept, operation = self.beside.kept, self._operation_on(agreed.file)
        waits = bool(judged.nameless and self.shelf.book.opened_by(agreed.file))
        if waits:
            _leave_nameless(judged)
        state, receipt, touched, entries = self._drafted(schema, judged, operation)
        known = attrs.evolve(
            agreed,
            digests=judged.digests,
            held=tuple(judged.held),
            renamed=judged.renamed,
            columns=judged.columns.keys,
            offered=agreed.offered.union(judged.columns.keys) - {""},
            left=frozenset(one for one in agreed.left if one not in schema.names),
            stopped=judged.stopped,
        )
        if not judged.stopped:
            self.shelf.place(agreed.file, agreed.title, judged.places)
        # A file of which something is left for later stays one that differs.
        self._has_left = self._has_left or waits
        sha256 = kept.files.get(agreed.file, "") if self._has_left else self.shelf.sha256_read(agreed.file)
        step = Step(
            state=state,
            touched={name: tuple(numbers) for name, numbers in touched.items()},
            landed=(operation, entries) if receipt else None,
            agreed={schema.name: known},
            files={agreed.file: sha256},
            urgent=False,
            judged=schema.name,
            partly=agreed.file if self._is_partly else "",
        )
        shown = {*judged.nameless, *(_without_column(schema, known, judged, state) if not judged.stopped else ())}
        if shown:
            step = attrs.evolve(step, shown={schema.name: tuple(shown.union(touched.get(schema.name, ())))})
        if receipt or not waits or known != kept.agreed.get(schema.name):
            self.landing.land(step, self.today())
        if receipt:
            self._receipts.setdefault(agreed.file, []).append(receipt)
            self._rows.setdefault(agreed.file, {}).update(
                {
                    (schema.name, number): judged.sheet.number(place)
                    for number, place in judged.places.items()
                    if number in touched[schema.name]
                }
            )
        return receipt is not None

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
        still = (one for one in agreed.held if one.kind not in STOPPED)
        known = attrs.evolve(agreed, held=(held, *still), stopped=why)
        files = {agreed.file: self._looked_at}
        step = Step(
            state=self.beside.kept.state,
            agreed={schema.name: known},
            files=files,
            urgent=False,
            judged=schema.name,
            partly=agreed.file if self._is_partly else "",
        )
        self.landing.land(step, self.today())

    def _agree(self, name: str) -> None:
        """Take note of what a file holds in which there is no sheet of a type."""
        kept, found = self.beside.kept, self._looked_at
        if kept.files.get(name, "") != found:
            self.landing.land(Step(state=kept.state, files={name: found}, urgent=False), self.today())


def _with_ids(schema: Schema, agreed: Agreed, sheets: Iterable[Sheet]) -> Sheet | None:
    """Return the sheet in which the ids of a type's records stand."""
    for sheet in sheets:
        at = columns_of(schema, sheet.heading, agreed.renamed).id_place
        texts = [row[at].strip() for row in sheet.rows if at < len(row)] if at is not None else []
        if not agreed.digests.keys().isdisjoint(filter(None, ids.numbers(schema.info.prefix, texts))):
            return sheet
    return None


def _without_column(schema: Schema, known: Agreed, judged: Judged, state: State) -> Iterator[int]:
    """Yield the records that say something in a field whose column is gone, as from an old copy: it is made again."""
    lost = (field.key for field in schema.editable if field.key in known.offered)
    for key in lost:
        if key not in judged.columns.keys:
            yield from (number for number, value in state.rows(schema.name).column(key) if value is not None)


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
                hint=error.hint or AMEND,
            )
        )
    if change.before is None:
        judged.places.pop(change.id, None)
        judged.digests.pop(change.id, None)
        judged.nameless = [one for one in judged.nameless if one != change.id]
