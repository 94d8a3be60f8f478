"""Landing: what a ledger becomes is written into its journal, and into the sheets that are to show it.

First every file is written anew beside its place; then a record in the journal says what landed, and which files wait
for their places; then they are given those. What is interrupted before the record is whole never was; what is
interrupted after it is brought to its end by whoever opens the ledger next.
"""

import itertools
from bisect import bisect_left
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

import attrs

from custledger.changes import LogEntry, Operation
from custledger.conventions import Conventions
from custledger.errors import CustledgerError, FileFormatError
from custledger.schema import Schema
from custledger.stores.held import Held, HeldKind
from custledger.stores.rows import Rows
from custledger.stores.state import State
from custledger.stores.tables import disk
from custledger.stores.tables.agreed import Agreed, digest_of, lagging
from custledger.stores.tables.beside import Beside
from custledger.stores.tables.book import titles_of
from custledger.stores.tables.cells import LEDGER, Cells, conventions_of
from custledger.stores.tables.columns import columns_of
from custledger.stores.tables.kept import Kept, Waiting, record_of
from custledger.stores.tables.relabelling import Relabelling
from custledger.stores.tables.saving import Plan, Planner
from custledger.stores.tables.shelf import Shelf
from custledger.values import fold

Landed = tuple[Operation, Sequence[LogEntry]]


@attrs.frozen(kw_only=True)
class Step:
    """What a ledger is to become.

    - ``state``: what it is to hold, and ``touched``: the records, by type, that are others then;
    - ``landed``: the operation and the log entries of the changeset that does it, if one does;
    - ``agreed`` and ``files``: what is known of sheets and files from now on, where that is not what it was;
    - ``settled``: by type the cells, by record and key, that are written though they were held;
    - ``shown``: records, by type, whose rows are to be brought up to date although they are what they were;
    - ``removed``: by type the places of rows that are taken out;
    - ``named``: by type the ids that rows get, by their places, ``None`` for one that loses its id;
    - ``urgent``: whether it is an error that a sheet cannot be written now; otherwise it lags behind;
    - ``partly``: the file of which a sheet was judged, where others in it are still to be: only that sheet is written,
      and what is noted of the file is true only when the last of them was judged;
    - ``judged``: the type of the sheet that was judged;
    - ``put_off``: sheets are not to be written now, and lag behind.
    """

    state: State
    touched: Mapping[str, Collection[int]] = attrs.field(factory=dict)
    landed: Landed | None = None
    agreed: Mapping[str, Agreed] = attrs.field(factory=dict)
    files: Mapping[str, str] = attrs.field(factory=dict)
    settled: Mapping[str, Collection[tuple[int, str]]] = attrs.field(factory=dict)
    shown: Mapping[str, Collection[int]] = attrs.field(factory=dict)
    removed: Mapping[str, Collection[int]] = attrs.field(factory=dict)
    named: Mapping[str, Mapping[int, int | None]] = attrs.field(factory=dict)
    urgent: bool = True
    put_off: bool = False
    judged: str = ""
    partly: str = ""


PARTLY = "partly "
"""What goes before the SHA-256 of a file of which some sheets are still to be judged: it is looked at again."""


class Landing:
    """Lands steps, each on what is kept then. To be used only by whoever holds the lock.

    With ``in_memory`` nothing is written: a handle that only reads sees what landing would come to.
    """

    def __init__(self, beside: Beside, shelf: Shelf, *, in_memory: bool = False) -> None:
        self._beside = beside
        self._shelf = shelf
        self._in_memory = in_memory

    def land(self, step: Step, today: date) -> Kept:
        """Land a step whole, and return what is kept then; or raise, with nothing written."""
        before = self._beside.kept
        agreed = {**before.agreed, **step.agreed}
        if self._in_memory:
            files = {name: sha for name, sha in {**before.files, **step.files}.items() if sha}
            numbered, agreed = _numbered(before.numbered, agreed)
            self._beside.assume(attrs.evolve(before, state=step.state, agreed=agreed, files=files, numbered=numbered))
            return self._beside.kept
        agreed |= self._new_sheets(step.state, agreed)
        plans, late = self._plans(step, agreed, today)
        changed = {plan.agreed.file for plan in plans.values() if plan.edit}
        plans |= self._others_in(changed, step, agreed, {*plans, *late}, today)
        in_order = [plans[name] for name in step.state.schemas if name in plans]
        edits = {name: [plan for plan in in_order if plan.agreed.file == name] for name in sorted(changed)}
        try:
            contents = {name: self._shelf.written(name, [plan.edit for plan in file]) for name, file in edits.items()}
            agreed |= late | {name: self._finished(plan, step.state) for name, plan in plans.items()}
            files = {**before.files, **step.files, **{name: disk.sha256(one) for name, one in contents.items()}}
            files = {name: PARTLY + sha if name == step.partly else sha for name, sha in files.items() if sha}
            after = attrs.evolve(before, state=step.state, agreed=agreed, files=files)
            self._write(before, after, step, contents, edits)
        except BaseException:
            self._shelf.forget(edits)
            raise
        return self._beside.kept

    def _write(
        self, before: Kept, after: Kept, step: Step, contents: Mapping[str, bytes], edits: Mapping[str, Sequence[Plan]]
    ) -> None:
        try:
            waiting = disk.put_ready(self._beside.folder, contents)
        except OSError as error:
            raise disk.failed(self._shelf.path(next(iter(contents))), error) from error
        pending = dict(before.pending)
        for name, one in waiting.items():
            replaced = step.files.get(name, before.files.get(name, ""))
            shown = {plan.edit.schema.name: plan.was_shown for plan in edits[name]}
            pending[name] = Waiting(one, replaced, shown)
        numbered, agreed = _numbered(before.numbered, after.agreed)
        kept = attrs.evolve(after, agreed=agreed, pending=pending, numbered=numbered)
        try:
            self._beside.commit(kept, record_of(before, kept, step.touched, step.landed))
        except BaseException as error:
            disk.take_away(self._beside.folder, waiting)
            if isinstance(error, OSError):
                raise disk.failed(self._beside.folder, error) from error
            raise
        self.finish()

    def finish(self) -> None:
        """Give the files that wait their places.

        One whose place was taken by a file that nobody expected there is left out: what that holds is looked at first,
        and until then the sheet lags behind. What cannot be renamed now waits on.
        """
        kept = self._beside.kept
        left: dict[str, Waiting] = {}
        late: dict[str, Waiting] = {}
        for name, one in kept.pending.items():
            try:
                if not self._put_in_place(name, one):
                    late[name] = one
            except (OSError, CustledgerError):
                left[name] = one
        if late:
            left |= self._lag(late, left)
        elif kept.pending:
            self._beside.put(left)
        disk.sweep(self._beside.folder, [one.file for one in left.values()])

    def _put_in_place(self, name: str, one: Waiting) -> bool:
        """Give a file that waits its place; return whether that holds what it should.

        One that does not wait any more was given its place. What is there now, people have put there since.
        """
        if not (self._beside.folder / disk.NEW / one.file).exists():
            return True
        path, sha256 = self._shelf.path(name), self._beside.kept.files[name].removeprefix(PARTLY)
        content = disk.read(path)
        found = disk.sha256(content) if content is not None else ""
        if found == sha256:
            return True
        if content is not None and found != one.replaced:
            return False
        glance = disk.Glance.of(self._beside.folder / disk.NEW / one.file)
        if not disk.put_in_place(self._beside.folder, path, one.file):
            return False
        self._shelf.note(name, sha256, glance)
        return True

    def _lag(self, late: Mapping[str, Waiting], left: Mapping[str, Waiting]) -> Mapping[str, Waiting]:
        """Say of sheets that they do not show yet what was to be shown; return what waits on, where that cannot be."""
        kept = self._beside.kept
        agreed = dict(kept.agreed)
        for one in late.values():
            for name, shown in one.shown.items():
                agreed[name] = lagging(agreed[name], shown)
        after = attrs.evolve(kept, agreed=agreed, pending=left)
        self._shelf.forget(late)
        try:
            self._beside.commit(after, record_of(kept, after, {}))
        except OSError:
            return late
        return {}

    def _new_sheets(self, state: State, agreed: Mapping[str, Agreed]) -> dict[str, Agreed]:
        """Return what is known of the sheets that are to be made: those of all types, once the language is known.

        One that lies there already is none of them, since what is in it is to be taken in. Raises ``FileFormatError``
        for one that cannot be read.
        """
        if LEDGER not in state.documents:
            return {}
        conventions = conventions_of(state)
        made = {}
        for name, schema in state.schemas.items():
            if name not in agreed and not schema.info.is_kept and not self._lies_there(schema):
                file, title = self._shelf.book.home(schema, conventions)
                made[name] = Agreed(file=file, title=title)
        return made

    def _lies_there(self, schema: Schema) -> bool:
        titles = {fold(title) for title in titles_of(schema)}
        sheets = (self._shelf.sheets(name) for name in self._shelf.book.files(titles))
        return any(fold(title.strip()) in titles for one in sheets for title in one)

    def _plans(self, step: Step, agreed: dict[str, Agreed], today: date) -> tuple[dict[str, Plan], dict[str, Agreed]]:
        """Return what to write into which sheets, and what is known of those that cannot be written now."""
        plans: dict[str, Plan] = {}
        late: dict[str, Agreed] = {}
        conventions = conventions_of(step.state)
        for name, schema in step.state.schemas.items():
            touched = frozenset(step.touched.get(name, ())).union(step.shown.get(name, ()))
            touched |= self._naming_others(step, name)
            relabelling = self._relabelling(schema, conventions)
            touched |= relabelling.touched(step.state.rows(name))
            if schema.info.is_kept or (not touched and name not in agreed):
                continue
            if name not in agreed:
                file, title = self._shelf.book.home(schema, conventions)
                agreed[name] = Agreed(file=file, title=title)
            known = agreed[name]
            touched |= known.behind
            is_restyled = self._shelf.book.has_styles and bool(relabelling)
            if not (touched or is_restyled or self._is_about(step, schema, known)):
                continue
            cells = Cells(step.state, schema, conventions, today)
            is_later = known.stopped or step.put_off or (known.file == step.partly and name != step.judged)
            plan = None if is_later else self._plan(step, known, cells, touched)
            if plan is None:
                late[name] = attrs.evolve(known, behind=touched)
            else:
                plans[name] = plan
        return plans, late

    def _others_in(
        self, files: Collection[str], step: Step, agreed: Mapping[str, Agreed], planned: Collection[str], today: date
    ) -> dict[str, Plan]:
        """Return plans by which nothing is done to the other sheets of files that are written, if whole."""
        conventions = conventions_of(step.state)
        return {
            name: self._planned(step, known, Cells(step.state, step.state.schemas[name], conventions, today), ())
            for name, known in agreed.items()
            if known.file in files and name not in planned and not known.stopped and known.file != step.partly
        }

    @staticmethod
    def _is_about(step: Step, schema: Schema, known: Agreed) -> bool:
        """Whether a step is about a sheet in which no record is touched: about its rows, or a field that is new."""
        if step.named.get(schema.name) or step.removed.get(schema.name):
            return True
        return any(field.key not in known.offered for field in schema.editable)

    def _can_be_read(self, step: Step, known: Agreed) -> bool:
        """Whether a file is the one that was agreed, and not one that somebody is saving at this moment."""
        before = self._beside.kept
        if known.file in before.pending:
            return False
        try:
            return self._shelf.sha256_read(known.file) == step.files.get(known.file, before.files.get(known.file, ""))
        except FileFormatError:
            return False

    def _plan(self, step: Step, known: Agreed, cells: Cells, touched: Collection[int]) -> Plan | None:
        """Return what to write into a sheet, ``None`` where it cannot be written now. Raises ``LockedError``."""
        plan = self._planned(step, known, cells, touched) if self._can_be_read(step, known) else None
        if (plan is None or plan.edit) and (program := self._shelf.book.opened_by(known.file)):
            if step.urgent and touched:
                raise disk.in_use(self._shelf.path(known.file), program)
            return None
        return plan

    def _planned(self, step: Step, known: Agreed, cells: Cells, touched: Collection[int]) -> Plan:
        name = cells.schema.name
        sheet = self._shelf.sheets(known.file).get(known.title)
        places = self._shelf.places(known, cells.schema)
        relabelling = self._relabelling(cells.schema, cells.conventions)
        planner = Planner(
            cells,
            known,
            sheet,
            places,
            settled=step.settled.get(name, ()),
            removed=step.removed.get(name, ()),
            named=step.named.get(name),
            relabelled=relabelling.codes,
            wanted=self._shelf.book.fields(cells.schema),
        )
        plan = planner.plan(touched)
        plan.edit.restyled = sheet is not None and self._shelf.book.has_styles and bool(relabelling)
        return plan

    def _relabelling(self, schema: Schema, conventions: Conventions) -> Relabelling:
        """Return what became of the choices of a type."""
        return Relabelling(self._beside.kept.state.schemas.get(schema.name), schema, conventions.language)

    def _naming_others(self, step: Step, name: str) -> frozenset[int]:
        """Return the records of a type whose cells name records that go by another name now.

        Such is one that was renamed, and one whose name another has now, or has no more.
        """
        found: set[int] = set()
        rows = step.state.rows(name)
        for field in step.state.schemas[name].references if len(rows) else ():
            schema = step.state.schemas.get(field.spec.target or "")
            if schema is None or schema.title_field is None or not (touched := step.touched.get(schema.name)):
                continue
            title, old, new = (
                schema.title_field,
                self._beside.kept.state.rows(schema.name),
                step.state.rows(schema.name),
            )
            names = {number: [_value(each, number, title.key) for each in (old, new)] for number in touched}
            changed = {one for was, now in names.values() if was != now for one in (was, now) if one is not None}
            called = {number for one in changed for number in new.named(title, one)}
            if called:
                found |= {number for number, value in rows.column(field.key) if value in called}
        return frozenset(found)

    def _finished(self, plan: Plan, state: State) -> Agreed:
        """Return what is agreed once a plan was carried out."""
        agreed, schema = plan.agreed, plan.edit.schema
        sheet = self._shelf.sheets(agreed.file).get(agreed.title)
        if sheet is None:
            return agreed
        places = self._shelf.places(agreed, schema)
        id_place = columns_of(schema, sheet.heading, agreed.renamed).id_place
        digests, rows = dict(agreed.digests), state.rows(schema.name)
        for number in plan.touched:
            if number in rows and number in places:
                digests[number] = digest_of(sheet.rows[places[number]], id_place)
            else:
                digests.pop(number, None)
        added = {row[0].value for row in plan.edit.rows if row and row[0]}
        still = (one for one in agreed.held if _is_held_still(one, rows, digests, added))
        held = tuple(_moved(one, sorted(sheet.number(place) for place in plan.edit.removed)) for one in still)
        return attrs.evolve(agreed, digests=digests, held=held)


def _value(rows: Rows, number: int, key: str) -> Any:
    return rows.value(number, key) if number in rows else None


def _is_held_still(held: Held, rows: Rows, digests: Mapping[int, bytes], added: Collection[int]) -> bool:
    """Whether something is held still, when rows were written."""
    if held.kind is HeldKind.VANISHED:
        return held.record not in added and held.record in digests
    if held.kind is HeldKind.RETURNED:
        return held.record not in rows
    return not held.key or held.record in digests


def _moved(held: Held, removed: Sequence[int]) -> Held:
    """Return something that is held, under the number that its row has when other rows are gone."""
    before = bisect_left(removed, held.row) if removed and held.row else 0
    return attrs.evolve(held, row=held.row - before) if before else held


def _numbered(last: int, agreed: Mapping[str, Agreed]) -> tuple[int, dict[str, Agreed]]:
    """Give what is held anew its numbers, after the last one."""
    numbered = {}
    counter = itertools.count(last + 1)
    for name, one in agreed.items():
        numbered[name] = one
        if not all(held.number for held in one.held):
            given = (held if held.number else attrs.evolve(held, number=next(counter)) for held in one.held)
            numbered[name] = attrs.evolve(one, held=tuple(given))
    return next(counter) - 1, numbered
