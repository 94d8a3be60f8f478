"""Taking an operation back.

What the operation made is removed, what it changed is set back, what it removed is brought back under its old id. Later
edits are never overwritten: where one stands in the way, that record or field stays as it is and is named in the
answer. An undo is an operation too, so it can itself be undone.

What landed in chunks, as a long import does, is taken back in chunks: whole changesets of it, the last of them first.
Each was a step from one whole ledger to another, so each step back is one too, and others write in between. What landed
whole is taken back whole.
"""

from bisect import bisect_right, insort
from collections.abc import Iterator, Sequence
from contextlib import suppress
from sys import maxsize

import attrs

from custledger import ids
from custledger.changes import OPERATION_PREFIX, Action, Change, Changeset, DocumentChange, LogEntry, Operation, Receipt
from custledger.errors import (
    ConflictError,
    CustledgerError,
    DuplicateError,
    NotAllowedError,
    NotFoundError,
    ReferencedError,
)
from custledger.services.held import RESTORED
from custledger.services.history import PastOperation, past
from custledger.services.naming import find_operation
from custledger.services.session import Session
from custledger.services.undo_records import Inverse, Progress
from custledger.services.undo_settings import Standing
from custledger.services.undo_whole import Key
from custledger.services.writing import partly, rehearse, write

TOGETHER = 5_000
"""Of how many records changesets are taken back together, at least; what is smaller is taken back at once."""
PAGE = 5_000
"""How many entries of the log are read at once while it is looked how an operation landed."""
ATTEMPTS = 5
"""How often it is judged anew what can be taken back where somebody else writes the same records meanwhile."""
JUDGED = 0.4
"""Which share of the time goes by before anything is written, roughly."""
MOVED = (ConflictError, DuplicateError, NotFoundError, ReferencedError)
GO_ON = "Run the undo again: it goes on where this one stopped."


@attrs.frozen(kw_only=True)
class Undone:
    """What an undo did, or would do: the operation that it takes back, its changes, and what stands in the way.

    There is no ``receipt`` where nothing was left to do, or nothing was to be written. That of an undo which landed in
    chunks counts, and holds no changesets: a large one would fill the memory with them.
    """

    operation: PastOperation
    changes: tuple[Change, ...]
    documents: tuple[DocumentChange, ...]
    receipt: Receipt | None
    standing: tuple[Standing, ...]


class UndoInterrupted(KeyboardInterrupt):
    """An undo that lands in chunks was interrupted. What has landed of it is whole."""


def undo(
    session: Session, ref: int | str, *, dry_run: bool = False, reason: str = "", progress: Progress | None = None
) -> Undone:
    """Take an operation back as far as no later edit stands in the way.

    With ``dry_run`` nothing is written. ``progress`` is told which share is done, 0 to 1. Raises ``NotFoundError``, and
    ``NotAllowedError`` for the operation that made the ledger: amounts without a currency would mean another one; and
    for one that restored what is held, which is about files only: its ``about`` keeps what stood in them.

    What ends an undo that lands in chunks leaves those that have landed; the next undo of the operation takes back the
    rest.
    """
    operation = find_operation(session, ref)
    if operation.verb == "init":
        hint = "custledger ledger set changes what the ledger says of itself."
        raise NotAllowedError("What made the ledger cannot be taken back.", hint=hint)
    if operation.verb == RESTORED:
        told = ids.public(OPERATION_PREFIX, operation.id)
        raise NotAllowedError(
            "What was restored in the ledger's files cannot be taken back.",
            hint=f"“custledger log {told}” shows what was written there; write it into the file once more.",
        )
    reason = reason or f"undo {ids.public(OPERATION_PREFIX, operation.id)}"
    return _Undo(session, operation, reason, progress or (lambda _share: None)).run(dry_run=dry_run)


@attrs.define
class _Part:
    """Changesets of an operation that are taken back together: where in the log they are, and of how many records."""

    since: int
    entries: int = 0
    records: int = 0


class _Touched:
    """Which records the parts of an operation touch, and whether one of them is touched ``again`` in a later part.

    Records that are made come in runs of ids, of which there are few, and each later run is of greater ids.
    """

    def __init__(self) -> None:
        self.again = False
        self._runs: dict[str, list[tuple[int, int]]] = {}
        self._ones: dict[str, set[int]] = {}
        self._here: list[LogEntry] = []

    def add(self, entry: LogEntry) -> None:
        """Note what an entry of the present part touches."""
        if entry.action is not Action.CREATE:
            runs = self._runs.get(entry.type, [])
            place = bisect_right(runs, (entry.record, maxsize)) - 1
            in_run = place >= 0 and entry.record < runs[place][1]
            self.again = self.again or in_run or entry.record in self._ones.get(entry.type, ())
        self._here.append(entry)

    def next_part(self) -> None:
        """Begin the next part."""
        for entry in self._here:
            if entry.action is Action.CREATE:
                insort(self._runs.setdefault(entry.type, []), (entry.record, entry.record + entry.count))
            else:
                self._ones.setdefault(entry.type, set()).add(entry.record)
        self._here.clear()


class _Undo:
    """One undo under way: what of it has landed, or would, and what stands in its way."""

    def __init__(self, session: Session, undone: Operation, reason: str, progress: Progress) -> None:
        self.session = session
        self.undone = undone
        self.progress = progress
        self.operation = session.operation("undo", reason=reason, undoes=undone.id)
        self.changes: dict[Key, Change] = {}
        self.documents: list[DocumentChange] = []
        self.standing: dict[Key, Standing] = {}
        self.receipt: Receipt | None = None
        self._kept: tuple[_Part, list[LogEntry]] | None = None

    def run(self, *, dry_run: bool) -> Undone:
        """Write the inverse, unless it is only to be known, and say what it does."""
        parts = self._parts()
        if dry_run:
            self._rehearse([entry for part in parts for entry in self._entries(part)])
        elif len(parts) == 1:
            self._land(parts[0], self.operation, 0.0, 1.0)
        else:
            self._land_all(parts)
        return Undone(
            operation=past(PastOperation, self.undone),
            changes=tuple(self.changes.values()),
            documents=tuple(self.documents),
            receipt=self.receipt,
            standing=tuple(self.standing.values()),
        )

    def _parts(self) -> list[_Part]:
        """Return the parts in which the operation is taken back, in the order in which they landed.

        Each is of whole changesets. The entries of the last are kept, since it is the first that is taken back. Where
        several would touch one record, there is one part only: what somebody wrote later may be what one of them left.
        """
        parts, kept, changeset, earlier = [_Part(since=0)], list[LogEntry](), 0, _Touched()
        for entry in self._log():
            if entry.changeset != changeset and parts[-1].records >= TOGETHER and not earlier.again:
                parts.append(_Part(since=entry.cursor - 1))
                kept.clear()
                earlier.next_part()
            changeset = entry.changeset
            kept.append(entry)
            earlier.add(entry)
            parts[-1].entries += 1
            parts[-1].records += entry.count
        if earlier.again:
            return [
                _Part(since=0, entries=sum(one.entries for one in parts), records=sum(one.records for one in parts))
            ]
        self._kept = parts[-1], kept
        return parts

    def _log(self) -> Iterator[LogEntry]:
        since = 0
        while page := self.session.view.log(operation=self.undone.id, since=since, limit=PAGE):
            yield from page
            since = page[-1].cursor

    def _entries(self, part: _Part) -> list[LogEntry]:
        kept, self._kept = self._kept, None
        if kept is not None and kept[0] is part:
            return kept[1]
        if not part.entries:
            return []
        return self.session.view.log(operation=self.undone.id, since=part.since, limit=part.entries)

    def _rehearse(self, entries: list[LogEntry]) -> None:
        inverse = Inverse(self.session, entries, self.progress)
        changeset = _changeset(self.operation, inverse)
        if changeset:
            rehearse(self.session, changeset, amend=False)
        self._note(inverse)

    def _land_all(self, parts: Sequence[_Part]) -> None:
        """Land part after part, the last first. Until all have, the log says that there should be more."""
        whole, done, incomplete = sum(part.records for part in parts), 0, False
        try:
            for place, part in enumerate(reversed(parts), 1):
                share, done = done / whole, done + part.records
                more = {"incomplete": f"after {done} of {whole} records"} if place < len(parts) else {}
                landed = self._land(part, attrs.evolve(self.operation, about=more), share, done / whole)
                incomplete = bool(more) if landed else incomplete
            if incomplete:  # the last of the parts had nothing left to take back
                write(self.session, Changeset(operation=self.operation), amend=False)
        except KeyboardInterrupt:
            raise UndoInterrupted(GO_ON) from None
        except CustledgerError as error:
            if self.receipt:
                partly(error)
                error.hint = f"{error.hint} {GO_ON}".strip()
            raise

    def _land(self, part: _Part, operation: Operation, begun: float, ended: float) -> bool:
        """Land a part, and return whether there was anything to take back.

        Where somebody else writes the same records between the judgement and the write, it is judged anew.
        """

        def tell(share: float) -> None:
            self.progress(begun + (ended - begun) * JUDGED * share)

        for _ in range(ATTEMPTS - 1):
            with suppress(*MOVED):
                return self._try(part, operation, ended, tell)
        return self._try(part, operation, ended, tell)

    def _try(self, part: _Part, operation: Operation, ended: float, tell: Progress) -> bool:
        self.session.refresh()
        inverse = Inverse(self.session, self._entries(part), tell)
        changeset = _changeset(operation, inverse)
        if changeset:
            self._count(write(self.session, changeset, amend=False))
        self._note(inverse)
        self.progress(ended)
        return bool(changeset)

    def _count(self, receipt: Receipt) -> None:
        before = self.receipt
        self.receipt = (
            receipt
            if before is None
            else Receipt(
                operation=receipt.operation,
                applied=(),
                created=before.created + receipt.created,
                updated=before.updated + receipt.updated,
                removed=before.removed + receipt.removed,
            )
        )

    def _note(self, inverse: Inverse) -> None:
        """Add what became of a part to what became of those that landed after it."""
        for key, change in inverse.changes.items():
            self.changes[key] = _joined(self.changes.get(key), change)
        self.documents += inverse.documents
        for key, one in inverse.standing.items():
            self.standing[key] = _met(self.standing.get(key), one)
        for key in inverse.gone | {key for key, change in inverse.changes.items() if change.after is None}:
            self.standing.pop(key, None)  # what stood of it later does not matter: it is not there any more


def _changeset(operation: Operation, inverse: Inverse) -> Changeset:
    return Changeset(operation=operation, changes=list(inverse.changes.values()), documents=inverse.documents)


def _joined(first: Change | None, second: Change) -> Change:
    """Return what two changes of one record come to, of which the second landed after the first."""
    if first is None or second.after is None:
        return second
    before = None if first.before is None else {**(second.before or {}), **first.before}
    after = {**(first.after or {}), **second.after}
    return attrs.evolve(first, before=before, after=after, marks=(*first.marks, *second.marks))


def _met(first: Standing | None, second: Standing) -> Standing:
    """Return what stands of one record after two parts: what it was before the earlier of them, and after the later."""
    if first is None:
        return second
    joined = {
        name: values._replace(after=first.fields[name].after) if name in first.fields else values
        for name, values in second.fields.items()
    }
    return attrs.evolve(second, fields={**first.fields, **joined}, whole=first.whole or second.whole)
