"""What was taken in of files that people edited by hand, told on standard error: once for each change."""

from collections.abc import Sequence

from custledger.cli.output import Output
from custledger.services.session import Session
from custledger.stores.held import OUTSIDE, TakenIn

ONE_CHANGE, CHANGES = "1 change by hand", "{count} changes by hand"
ONE_RECORD, RECORDS = "1 record taken over", "{count} records taken over"


def tell_taken_in(output: Output, session: Session, *, one: str = ONE_CHANGE, several: str = CHANGES) -> None:
    """Say of each file how much of it was changed by hand, and how much is held; a second call says nothing.

    ``one`` and ``several`` are the words for what was changed.
    """
    taken, session.taken_in = session.taken_in, []
    held = {one.number for one in session.view.held()}
    words = output.words
    for file, found in by_file(taken).items():
        changes = sum(changed(each) for each in found)
        count = len({thing.number for each in found for thing in each.held} & held)
        told = words(one if changes == 1 else several, count=changes) if changes else ""
        thing = (
            "1 thing is held: custledger held list" if count == 1 else "{count} things are held: custledger held list"
        )
        kept = words(thing, count=count) if count else ""
        if told or kept:
            what = words("; ").join(filter(None, (told, kept)))
            output.note(words("{file}: {what}", file=file, what=what))


def by_file(taken: Sequence[TakenIn]) -> dict[str, list[TakenIn]]:
    """Return what was taken in, by the names of the files."""
    found: dict[str, list[TakenIn]] = {}
    for one in taken:
        found.setdefault(one.file, []).append(one)
    return found


def changed(taken: TakenIn) -> int:
    """Return how many records were added, changed and removed by hand."""
    return sum(
        receipt.created + receipt.updated + receipt.removed
        for receipt in taken.receipts
        if all(applied.operation.actor == OUTSIDE for applied in receipt.applied)
    )
