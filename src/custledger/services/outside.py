"""Hand edits, as plugins hear of them: what a store took in of files goes the way of every write, after it has landed.

Amendments land as a further changeset of the same operation, so that one undo takes both back. What checks say becomes
a warning that names the file and the row: what somebody wrote into a file by hand stands.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import attrs

from custledger.changes import Change, Changeset
from custledger.errors import CustledgerError, FileFormatError
from custledger.hookspecs import Problem
from custledger.schema import REVISION, Row, Schema
from custledger.services.amending import amended
from custledger.services.session import Session
from custledger.services.writing import land, tell, wanted_changes
from custledger.stores.held import TakenIn
from custledger.stores.view import View
from custledger.structs import frozen

STANDS = "it was written by hand, and stands"
"""What is added where a check would have refused the edit."""


def hear(session: Session, taken: Sequence[TakenIn]) -> None:
    """Have plugins amend, check and be told of what was taken in. What fails of that is a warning."""
    session.is_hearing = True
    try:
        for one in taken:
            for receipt in one.receipts:
                more = [_heard(session, one, applied) for applied in receipt.applied]
                tell(session, receipt)
                for changeset in filter(None, more):
                    _land(session, one, changeset)
    finally:
        session.is_hearing = False


@frozen
class Before(View):
    """A ledger as it was before some changes that have landed, for whoever reads single records.

    Plugins expect that of the ledger which they are handed with changes. Selections show what is there now.
    """

    landed: Mapping[tuple[str, int], Change]

    def get(self, schema: Schema, ids: Sequence[int]) -> list[Row | None]:
        """Return the rows of these ids, in the order asked; ``None`` where there was none."""
        return [self._before(schema, number, row) for number, row in zip(ids, super().get(schema, ids), strict=True)]

    def look_up(self, schema: Schema, number: int) -> tuple[int, Row | None]:
        """Return the generation and the row of one id."""
        generation, row = super().look_up(schema, number)
        return generation, self._before(schema, number, row)

    def _before(self, schema: Schema, number: int, row: Row | None) -> Row | None:
        change = self.landed.get((schema.name, number))
        if change is None or row is None:
            return row
        if change.before is None:
            return None
        return tuple(
            {**dict(zip(schema.keys, row, strict=True)), **change.before, "revision": change.revision}.values()
        )


def _heard(session: Session, taken: TakenIn, applied: Changeset) -> Changeset:
    """Return what plugins add to what has landed, once they have checked it with that."""
    more = attrs.evolve(applied, changes=(), creates=(), documents=(), settles=())
    if not wanted_changes(session, applied):
        return more
    landed = {(change.type, change.id): change for change in applied}
    before = session.seen_through(Before(session.store, session.actor, landed))
    whole = applied
    try:
        whole = amended(before, applied, wanted_changes(session, applied))
    except CustledgerError as error:
        _warn(session, taken, error.message, None)
    _check(session, before, taken, whole)
    return attrs.evolve(more, changes=list(_beyond(session, landed, whole)))


def _land(session: Session, taken: TakenIn, changeset: Changeset) -> None:
    try:
        tell(session, land(session, changeset))
    except CustledgerError as error:
        _warn(session, taken, error.message, None)


def _beyond(session: Session, landed: Mapping[tuple[str, int], Change], whole: Changeset) -> Iterator[Change]:
    """Yield what plugins say beyond what has landed, as changes of what is there now."""
    for change in whole:
        mine = landed.get((change.type, change.id))
        if mine is None:
            yield change
        elif mine.after is not None and change.after is not None:
            extra = {key: value for key, value in change.after.items() if mine.after.get(key, mine) != value}
            if extra and (one := _upon(session, change, extra)):
                yield one


def _upon(session: Session, change: Change, extra: Mapping[str, Any]) -> Change | None:
    schema = session.schema(change.type)
    row = session.view.get(schema, [change.id])[0]
    if row is None:
        return None
    before = {key: row[schema.positions[key]] for key in extra}
    return Change(type=change.type, id=change.id, before=before, after=extra, revision=row[REVISION])


def _check(session: Session, before: Session, taken: TakenIn, whole: Changeset) -> None:
    wanted = wanted_changes(session, whole)
    only = (wanted[0].type, wanted[0].id) if len(wanted) == 1 else None
    try:
        problems = [problem for _, problem in session.plugins.check(wanted, before)]
    except CustledgerError as error:
        _warn(session, taken, f"{error.message.rstrip('.')}; {STANDS}", only)
        return
    for problem in problems:
        named = (problem.type, problem.id) if problem.id else only
        message = problem.message if problem.severity == "warn" else f"{problem.message.rstrip('.')}; {STANDS}"
        _warn(session, taken, message, named, problem)


def _warn(
    session: Session, taken: TakenIn, message: str, named: tuple[str, int] | None, problem: Problem | None = None
) -> None:
    """Warn of something in a file, and of the row in which it is, where that is known."""
    row = taken.rows.get(named, 0) if named else 0
    told = FileFormatError(taken.file, message.rstrip("."), row=row or None).message
    found = problem or Problem(message=message)
    session.warn([attrs.evolve(found, message=told, severity="warn")])
