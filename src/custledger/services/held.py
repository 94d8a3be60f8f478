"""What is held of files that people edit by hand: listing it, and settling it either way.

To accept is to have the ledger say what the file says; to restore is to have the file show what the ledger says. Each
is one operation, whose ``about`` keeps what people had written.
"""

from collections.abc import Sequence
from typing import Any

import attrs

from custledger import ids
from custledger.changes import Change, Changeset, Receipt, Settlement
from custledger.errors import CustledgerError, InvalidValueError, NotFoundError, UsageError
from custledger.fields import Kind
from custledger.schema import Field
from custledger.services.accepting import Acceptance
from custledger.services.documents import decided_anew
from custledger.services.editing import make_removal
from custledger.services.removing import would_bring_along
from custledger.services.session import Session
from custledger.services.writing import rehearse, write
from custledger.stores.held import Held, HeldKind, TakenIn
from custledger.values import fold

ACCEPTED, RESTORED = "held accept", "held restore"
"""The verbs of the operations."""
TYPED = frozenset({HeldKind.NEW_ROW, HeldKind.REPEATED, HeldKind.STRANGE_ID})
"""What is held of rows that are no record's, and are nowhere but in the file."""
TAKEN_OUT = "It would be taken out of the file, in which somebody has typed it."
BY_NUMBER = "Restore it by its number, if that is meant."
NO_LONGER = "“custledger held list” lists what is held."


@attrs.frozen(kw_only=True)
class Left:
    """What could not be settled with the rest, and why: a sentence, and what may be done about it."""

    held: Held
    why: str
    hint: str = ""


@attrs.frozen(kw_only=True)
class Settled:
    """What became of things that were held, or would become.

    - ``held``: those that were settled, and ``left`` those that could not be; a row that was judged anew, and cannot
      be believed then either, is in neither;
    - ``changes``: what was written of records, and ``along`` what else came of it;
    - ``fields``: the custom fields that were added for columns, each with its record type;
    - ``again``: what is held since, of rows and columns that were judged anew.

    There is no ``receipt`` where nothing was written.
    """

    held: tuple[Held, ...]
    left: tuple[Left, ...] = ()
    changes: tuple[Change, ...] = ()
    along: tuple[Change, ...] = ()
    fields: tuple[tuple[str, Field], ...] = ()
    again: tuple[Held, ...] = ()
    receipt: Receipt | None = None


def list_held(session: Session, record_type: str | None = None, why: HeldKind | str | None = None) -> list[Held]:
    """Return what is held, by number: all, or that of one record type, or that which is held for one reason.

    Raises ``NotFoundError`` for an unknown type, and ``InvalidValueError`` for an unknown reason.
    """
    session.refresh()
    name = session.schema(record_type).name if record_type else None
    reason = _reason(why) if why else None
    held = session.view.held()
    return [one for one in held if name in {None, one.type} and reason in {None, one.kind}]


def accept(
    session: Session,
    numbers: Sequence[int] = (),
    *,
    record_type: str | None = None,
    why: HeldKind | str | None = None,
    every: bool = False,
    value: Any = None,
    kind: Kind | str | None = None,
    dry_run: bool = False,
    reason: str = "",
) -> Settled:
    """Have the ledger say what the file says, of the things with these numbers.

    Without numbers it is all of a ``record_type`` or of one reason, or with ``every`` all there is; what cannot be
    accepted as it stands is left then, and told. ``value`` is what a single cell is to be instead of what stands in it,
    and ``kind`` what a single column holds. Raises ``NotFoundError`` for a number of nothing, ``UsageError`` and
    ``DataError`` for what cannot be accepted so, and whatever an edit raises.
    """
    chosen = _chosen(session, numbers, record_type, why, every=every)
    _check_single(chosen, value, kind)
    return _accept(session, chosen, is_whole=bool(numbers), value=value, kind=kind, dry_run=dry_run, reason=reason)


@decided_anew
def _accept(
    session: Session, chosen: Sequence[Held], *, is_whole: bool, value: Any, kind: Any, dry_run: bool, reason: str
) -> Settled:
    generation = session.refresh()
    acceptance, left, settled = Acceptance(session), list[Left](), list[Held]()
    for one in chosen:
        try:
            if (
                not is_whole and one.kind is HeldKind.VANISHED
            ):  # one that others hold on to keeps nobody else from going
                would_bring_along(session, [make_removal(session, one.type, one.record)])
            acceptance.add(one, value=value, kind=kind)
            settled.append(one)
        except CustledgerError as error:
            if is_whole:
                raise
            left.append(Left(held=one, why=error.message, hint=error.hint))
    found = Settled(held=tuple(settled), left=tuple(left), fields=tuple(acceptance.fields))
    if not settled:
        return found
    changeset = _changeset(session, ACCEPTED, settled, reason, accept=True)
    changeset = attrs.evolve(changeset, changes=acceptance.changes(), documents=acceptance.documents)
    return _written(session, found, changeset, generation if acceptance.documents else None, dry_run=dry_run)


def restore(
    session: Session,
    numbers: Sequence[int] = (),
    *,
    record_type: str | None = None,
    why: HeldKind | str | None = None,
    every: bool = False,
    dry_run: bool = False,
    reason: str = "",
) -> Settled:
    """Have the file show again what the ledger says, of the things with these numbers; see ``accept`` for the others.

    What people had written is in the operation's ``about``. A column is left in the file, and not asked about again. A
    row that somebody has typed is taken out only where it is named by its number.
    """
    chosen = _chosen(session, numbers, record_type, why, every=every)
    typed = [one for one in chosen if one.kind in TYPED and not numbers]
    chosen = [one for one in chosen if one not in typed]
    found = Settled(held=tuple(chosen), left=tuple(Left(held=one, why=TAKEN_OUT, hint=BY_NUMBER) for one in typed))
    if not chosen:
        return found
    return _written(session, found, _changeset(session, RESTORED, chosen, reason, accept=False), None, dry_run=dry_run)


def _written(
    session: Session, found: Settled, changeset: Changeset, generation: int | None, *, dry_run: bool
) -> Settled:
    """Write what settles things, and return what came of it; or with ``dry_run`` only say what would."""
    if dry_run:
        ready = rehearse(session, changeset).changes
        along = would_bring_along(session, ready)
        count = len(changeset.changes)
        return attrs.evolve(found, changes=tuple(ready[:count]), along=(*ready[count:], *along))
    known = len(session.taken_in)
    receipt = write(session, changeset, generation=generation)
    session.refresh()
    (applied,) = receipt.applied
    count = len(changeset.changes)
    judged, again = _judged_anew(session, session.taken_in[known:], changeset.operation.id)
    landed = tuple(applied.changes)
    rows = {(one.type, one.sheet, one.row) for one in again if one.row and not one.record}
    held = tuple(one for one in found.held if one.kind not in TYPED or (one.type, one.sheet, one.row) not in rows)
    return attrs.evolve(
        found, held=held, changes=(*landed[:count], *judged), along=landed[count:], again=again, receipt=receipt
    )


def _judged_anew(session: Session, taken: Sequence[TakenIn], operation: int) -> tuple[list[Change], tuple[Held, ...]]:
    """Return what became of rows that were judged anew, and what of them is held still; it is told here.

    ``taken`` is what was taken in meanwhile, of other people too; where nothing landed, it is what is held since.
    """
    mine = [one for one in taken if not one.receipts or _is_of(one.receipts, operation)]
    held = {each.number for each in session.view.held()}
    changes = [
        change for one in mine for receipt in one.receipts for applied in receipt.applied for change in applied.changes
    ]
    session.taken_in = [one for one in session.taken_in if one not in mine]
    return changes, tuple(each for one in mine for each in one.held if each.number in held)


def _is_of(receipts: Sequence[Receipt], operation: int) -> bool:
    return any(one.operation == operation for one in receipts)


def _chosen(
    session: Session, numbers: Sequence[int], record_type: str | None, why: HeldKind | str | None, *, every: bool
) -> list[Held]:
    """Return the things that are meant. Raises ``NotFoundError``, or ``UsageError`` where nothing says which."""
    if numbers and (record_type or why or every):
        raise UsageError("Numbers and a choice of them cannot both be given.", hint="Choose one.")
    if not numbers and not record_type and not why and not every:
        raise UsageError(
            "Nothing says what is to be settled.", hint="Give its numbers; “custledger held list” has them."
        )
    held = list_held(session, record_type, why)
    if not numbers:
        return held
    by_number = {one.number: one for one in held}
    for number in numbers:
        if number not in by_number:
            raise NotFoundError("held thing", number, hint=NO_LONGER)
    return [by_number[number] for number in dict.fromkeys(numbers)]


def _check_single(chosen: Sequence[Held], value: Any, kind: Any) -> None:
    """Raise ``UsageError`` where a value, or a kind, is given for what has none."""
    if value is not None and (len(chosen) != 1 or not chosen[0].key):
        raise UsageError(
            "A value can be given for one cell, and for nothing else.", hint="Name the number of the cell."
        )
    if kind is not None and (len(chosen) != 1 or chosen[0].kind is not HeldKind.COLUMN):
        raise UsageError(
            "A kind can be given for one column, and for nothing else.", hint="Name the number of the column."
        )


def _reason(why: HeldKind | str) -> HeldKind:
    word = fold(str(why)).strip().replace("-", "_").replace(" ", "_")
    if word not in set(HeldKind):
        listed = ", ".join(one.value.replace("_", "-") for one in HeldKind)
        raise InvalidValueError(why, "is not a reason for which things are held", hint=f"There are: {listed}.")
    return HeldKind(word)


def _changeset(session: Session, verb: str, held: Sequence[Held], reason: str, *, accept: bool) -> Changeset:
    about = {"held": [_kept(session, one) for one in held]}
    settles = [Settlement(one.number, accept) for one in held]
    return Changeset(operation=session.operation(verb, reason=reason, about=about), settles=settles)


def _kept(session: Session, held: Held) -> dict[str, Any]:
    """Return what the log keeps of a thing that was held; what is not filled is left out."""
    schema = session.schemas.get(held.type)
    field = schema.by_key.get(held.key) if schema else None
    is_hidden = field is not None and field.spec.sensitive
    told = {
        "number": held.number,
        "kind": held.kind.value,
        "type": held.type,
        "sheet": held.sheet,
        "row": held.row,
        "record": ids.public(schema.info.prefix, held.record) if schema and held.record else "",
        "field": held.key,
        "heading": held.heading,
        "text": "" if is_hidden else held.text,
        "cells": dict(held.cells),
    }
    return {name: value for name, value in told.items() if value}
