"""The way every write takes: plugins amend it, plugins check it, the store applies it, plugins are told."""

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import attrs

from custledger.changes import Change, Changeset, Creates, Receipt
from custledger.codec import seal
from custledger.errors import RefusedError
from custledger.schema import Row
from custledger.services.session import Session
from custledger.stores.contract import GenerationMovedError

ATTEMPTS = 10
"""How often a write is tried anew when other processes keep changing the settings under it."""


def write(session: Session, changeset: Changeset, *, amend: bool = True, generation: int | None = None) -> Receipt:
    """Land a changeset whole, or raise with nothing written.

    ``amend=False`` leaves the plugins' amendments out, for an undo, which must bring back exactly what was. Whether
    the settings are still those that the changeset was made with is for the store to say: where they moved, records
    are written all the same. ``generation`` is that of the settings from which a change was decided that others would
    make another one; where they moved, ``GenerationMovedError`` is raised, and the caller decides anew.
    """
    ready = _ready(session, changeset, amend=amend)
    receipt = _apply(session, ready) if generation is None else session.store.apply(ready, generation=generation)
    _tell(session, receipt)
    return receipt


def load(session: Session, changesets: Iterable[Changeset]) -> Iterator[Receipt]:
    """Land the changesets of one long operation, each whole, and yield their receipts as they land."""
    session.refresh()
    stream = _Resumable(_ready(session, changeset, amend=True) for changeset in changesets)
    while True:
        try:
            for receipt in session.store.load(stream, generation=session.generation):
                _tell(session, receipt)
                yield receipt
        except GenerationMovedError:
            session.refresh()
            stream.again()
        else:
            return


def rehearse(session: Session, changeset: Changeset) -> Changeset:
    """Return a changeset as plugins would amend it. Raises what their checks would; nothing is written."""
    session.refresh()
    return _ready(session, changeset, amend=True)


class _Resumable(Iterator[Changeset]):
    """A stream that can give its last item once more, to a store that could not take it the first time."""

    def __init__(self, stream: Iterator[Changeset]) -> None:
        self._stream = stream
        self._last: Changeset | None = None
        self._again = False

    def again(self) -> None:
        """Give the last item again at the next step."""
        self._again = self._last is not None

    def __next__(self) -> Changeset:
        """Return the next item, or the last one if it was asked for again."""
        if not self._again:
            self._last = next(self._stream)
        self._again = False
        assert self._last is not None  # noqa: S101 - for the type checker: set by the line above, or by an earlier call
        return self._last


def _tell(session: Session, receipt: Receipt) -> None:
    for applied in receipt.applied:
        session.warnings.extend(session.plugins.changed(applied, session))


def _apply(session: Session, changeset: Changeset) -> Receipt:
    for attempt in itertools.count(1):
        try:
            return session.store.apply(changeset, generation=session.generation)
        except GenerationMovedError:
            if attempt >= ATTEMPTS:
                raise
            session.refresh()
    raise AssertionError("unreachable")


def _ready(session: Session, changeset: Changeset, *, amend: bool) -> Changeset:
    if amend:
        changeset = _amended(session, changeset)
    _check(session, changeset)
    if changeset.changes:
        sealed = [seal(change, session.schema(change.type)) for change in changeset.changes]
        if any(one is not change for one, change in zip(sealed, changeset.changes, strict=True)):
            changeset = attrs.evolve(changeset, changes=sealed)
    return changeset


def _wanted(session: Session, changeset: Changeset) -> list[Change]:
    """Return the changes of the types that some plugin wants to be handed."""
    wanted = [change for change in changeset.changes if session.plugins.wants_changes(change.type)]
    for creates in changeset.creates:
        if session.plugins.wants_changes(creates.type):
            wanted.extend(creates)
    return wanted


def _amended(session: Session, changeset: Changeset) -> Changeset:
    wanted = _wanted(session, changeset)
    extra = session.plugins.amend(wanted, session) if wanted else []
    if not extra:
        return changeset
    overlaid = {(change.type, change.id): change for change in extra if change.id}
    minted = [attrs.evolve(change, id=session.mint.one()) for change in extra if not change.id]
    creates = [_overlay_rows(one, overlaid) for one in changeset.creates]
    changes = [_overlay(change, overlaid.pop((change.type, change.id), None)) for change in changeset.changes]
    return attrs.evolve(changeset, creates=creates, changes=[*changes, *overlaid.values(), *minted])


def _overlay(change: Change, extra: Change | None) -> Change:
    if extra is None or change.after is None:
        return change
    before = None if change.before is None else {**(extra.before or {}), **change.before}
    return attrs.evolve(change, before=before, after=_kept({**change.after, **(extra.after or {})}, change))


def _kept(after: Mapping[str, Any], change: Change) -> dict[str, Any]:
    """Return ``after`` without empties where the record is being made; an update says what it empties."""
    return {key: value for key, value in after.items() if value is not None or change.before is not None}


def _overlay_rows(creates: Creates, overlaid: dict[tuple[str, int], Change]) -> Creates:
    mine = [key for key in overlaid if key[0] == creates.type]
    if not mine or not creates:
        return creates
    rows: list[Row] = list(creates.rows)
    positions = {key: index for index, key in enumerate(creates.keys)}
    first = creates.ids[0]
    for key in mine:
        place = key[1] - first
        if 0 <= place < len(rows):
            rows[place] = _overlay_row(rows[place], overlaid.pop(key), positions)
    return Creates.of_rows(creates.type, creates.keys, rows)


def _overlay_row(row: Row, extra: Change, positions: Mapping[str, int]) -> Row:
    values = list(row)
    for key, value in (extra.after or {}).items():
        values[positions[key]] = value
    return tuple(values)


def _check(session: Session, changeset: Changeset) -> None:
    wanted: Sequence[Change] = _wanted(session, changeset)
    if not wanted:
        return
    problems = session.plugins.check(wanted, session)
    session.warnings.extend(problem for problem in problems if problem.severity == "warn")
    refused = [problem for problem in problems if problem.severity == "refuse"]
    if refused:
        others = len(refused) - 1
        more = f" (and {others} more problem{'s' if others > 1 else ''})" if others else ""
        raise RefusedError(refused[0].message + more)
