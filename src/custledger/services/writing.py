"""The way every write takes: plugins amend it, plugins check it, the store applies it, plugins are told."""

import itertools
from collections.abc import Iterable, Iterator, Sequence

import attrs

from custledger.changes import Change, Changeset, Receipt
from custledger.codec import seal
from custledger.errors import CustledgerError, RefusedError
from custledger.plugins import said_by
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
    session.forget_old_warnings()
    ready = _ready(session, changeset, amend=amend)
    receipt = land(session, ready) if generation is None else session.store.apply(ready, generation=generation)
    tell(session, receipt)
    session.hear()
    return receipt


def load(session: Session, changesets: Iterable[Changeset]) -> Iterator[Receipt]:
    """Land the changesets of one long operation, each whole, and yield their receipts as they land."""
    session.refresh()
    landed = False
    stream = _Resumable(_ready(session, changeset, amend=True) for changeset in changesets)
    while True:
        try:
            for receipt in session.store.load(stream, generation=session.generation):
                landed = True
                tell(session, receipt)
                yield receipt
        except GenerationMovedError:
            session.refresh()
            stream.again()
        except CustledgerError as error:
            if landed:
                partly(error)
            raise
        else:
            session.hear()
            return


def partly(error: CustledgerError) -> None:
    """Take back that nothing was changed, which a store says of the changeset that failed; others have landed."""
    error.hint = error.hint.removeprefix("Nothing was changed.").lstrip()


def rehearse(session: Session, changeset: Changeset, *, amend: bool = True) -> Changeset:
    """Return a changeset as plugins would amend it. Raises what their checks would; nothing is written."""
    session.refresh()
    return _ready(session, changeset, amend=amend)


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


def tell(session: Session, receipt: Receipt) -> None:
    """Tell plugins of what has landed."""
    for applied in receipt.applied:
        session.warn(session.plugins.changed(applied, session))


def land(session: Session, changeset: Changeset) -> Receipt:
    """Have the store apply a changeset to which nothing is to be added any more, whatever became of the settings."""
    for attempt in itertools.count(1):
        try:
            return session.store.apply(changeset, generation=session.generation)
        except GenerationMovedError:
            if attempt >= ATTEMPTS:
                raise
            session.refresh()
    raise AssertionError("unreachable")


def _ready(session: Session, changeset: Changeset, *, amend: bool) -> Changeset:
    if amend and (wanted := wanted_changes(session, changeset)):
        from custledger.services.amending import amended  # a start that only reads needs none of it

        changeset = amended(session, changeset, wanted)
    _check(session, changeset)
    if changeset.changes:
        sealed = [seal(change, session.schema(change.type)) for change in changeset.changes]
        if any(one is not change for one, change in zip(sealed, changeset.changes, strict=True)):
            changeset = attrs.evolve(changeset, changes=sealed)
    return changeset


def wanted_changes(session: Session, changeset: Changeset) -> list[Change]:
    """Return the changes of the types that some plugin wants to be handed; those that only marks see are not."""
    wanted = [
        change
        for change in changeset.changes
        if session.plugins.wants_changes(change.type) and (change.after or not change.marks)
    ]
    for creates in changeset.creates:
        if session.plugins.wants_changes(creates.type):
            wanted.extend(creates)
    return wanted


def _check(session: Session, changeset: Changeset) -> None:
    wanted: Sequence[Change] = wanted_changes(session, changeset)
    if not wanted:
        return
    problems = session.plugins.check(wanted, session)
    session.warn(problem for _, problem in problems if problem.severity == "warn")
    refused = [(plugin, problem.message) for plugin, problem in problems if problem.severity == "refuse"]
    if refused:
        (plugin, message), others = refused[0], len(refused) - 1
        more = f" (and {others} more problem{'s' if others > 1 else ''})" if others else ""
        raise RefusedError(message + more, hint=said_by(plugin))
