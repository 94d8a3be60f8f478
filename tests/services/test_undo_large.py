"""An operation that landed in chunks is taken back in chunks, the last first, and others write in between."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import custledger
from custledger.changes import Changeset, Receipt
from custledger.errors import StoreError
from custledger.ledger import Ledger
from custledger.services import undo as undoing
from custledger.services.importing import from_file
from custledger.services.undo import UndoInterrupted, undo
from custledger.services.writing import write

from .test_undo import FEWER, STEPS, content, empty_ledger, last, perform

ROWS = 20


@pytest.fixture(params=["memory:", "sqlite:"])
def ledger(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ledger]:
    monkeypatch.setattr(from_file, "CHUNK", 2)
    monkeypatch.setattr(undoing, "TOGETHER", 4)
    monkeypatch.setattr(undoing, "PAGE", 3)
    with empty_ledger(request.param) as opened:
        yield opened


def imported(ledger: Ledger, folder: Path) -> int:
    """Import customers, each of whom but the first was referred by the one before."""
    ledger.customers.add(name="first", code="K")
    path = folder / "customers.csv"
    lines = [f"K{number},n{number},K{number - 1 if number else ''},x,a" for number in range(ROWS)]
    path.write_text("\n".join(["code,name,referred_by,city,tags", *lines, ""]))
    report = ledger.import_file(path, "customer")
    assert (report.added, report.operation) == (ROWS, last(ledger))
    return last(ledger)


def changesets(ledger: Ledger, operation: int) -> list[set[int]]:
    """Return the records of each changeset of an operation, in the order in which they landed."""
    found: dict[int, set[int]] = {}
    for entry in ledger.session.view.log(operation=operation):
        found.setdefault(entry.changeset, set()).update(range(entry.record, entry.record + entry.count))
    return list(found.values())


def test_an_import_is_taken_back_in_chunks_of_one_operation_the_last_first(ledger: Ledger, tmp_path: Path) -> None:
    operation = imported(ledger, tmp_path)
    before = content(ledger)
    told: list[float] = []
    undone = ledger.undo(operation, progress=told.append)
    assert (undone.standing, len(undone.changes), ledger.customers.count()) == ((), ROWS, 1)
    assert undone.receipt is not None
    assert (undone.receipt.removed, undone.receipt.operation) == (ROWS, last(ledger))
    assert told == sorted(told)
    assert told[-1] == 1.0
    forth, back = changesets(ledger, operation), changesets(ledger, last(ledger))
    assert back == [one | other for other, one in zip(forth[::-2], forth[-2::-2], strict=True)]
    assert "incomplete" not in ledger.operations(limit=1)[0].about
    assert ledger.undo(last(ledger)).standing == ()
    assert content(ledger) == before
    assert ledger.undo(operation).standing == ()
    assert ledger.customers.count() == 1


def test_what_landed_whole_is_taken_back_whole(ledger: Ledger) -> None:
    with ledger.operation() as batch:
        for number in range(ROWS):
            batch.add("customer", {"name": f"n{number}"})
    undone = ledger.undo(last(ledger))
    assert (len(changesets(ledger, last(ledger))), ledger.customers.count()) == (1, 0)
    assert undone.receipt is not None
    assert len(undone.receipt.applied[0].changes) == ROWS


def test_an_undo_that_was_interrupted_is_run_again(ledger: Ledger, tmp_path: Path) -> None:
    operation = imported(ledger, tmp_path)

    def interrupt(share: float) -> None:
        if share > 0.5:
            raise KeyboardInterrupt

    with pytest.raises(UndoInterrupted, match="it goes on where this one stopped"):
        ledger.undo(operation, progress=interrupt)
    left = ledger.customers.count()
    assert 1 < left < ROWS
    assert ledger.operations(limit=1)[0].about["incomplete"] == f"after {ROWS + 1 - left} of {ROWS} records"
    undone = ledger.undo(operation)
    assert (undone.standing, len(undone.changes)) == ((), left - 1)
    assert ledger.customers.count() == 1
    assert ledger.undo(operation).receipt is None


def test_an_undo_of_which_the_last_part_has_nothing_to_do_is_not_called_incomplete(
    ledger: Ledger, tmp_path: Path
) -> None:
    operation = imported(ledger, tmp_path)
    for number in set.union(*changesets(ledger, operation)[:2]):
        ledger.customers.edit(number, city="y")
    undone = ledger.undo(operation)
    assert (len(undone.changes), len(undone.standing)) == (ROWS - 4, 4)
    assert "incomplete" not in ledger.operations(limit=1)[0].about


def test_others_write_between_the_chunks_and_what_they_edited_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(from_file, "CHUNK", 2)
    monkeypatch.setattr(undoing, "TOGETHER", 4)
    with empty_ledger("sqlite:") as ledger, custledger.open(ledger.session.store.url) as other:
        operation = imported(ledger, tmp_path)
        first = min(changesets(ledger, operation)[0])
        seen: list[int] = []

        def meanwhile(_share: float) -> None:
            seen.append(other.customers.count())
            if len(seen) == 3:
                other.customers.edit(first, city="y")

        undone = ledger.undo(operation, progress=meanwhile)
        assert sorted(set(seen), reverse=True) == [21, 17, 13, 9, 5, 2]
        assert [(one.record, one.fields) for one in undone.standing] == [
            (ledger.customers.get(first).ref, {"city": (None, "x", "y")})
        ]


def test_what_somebody_edits_between_the_judgement_and_the_write_is_judged_anew(
    ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    operation = imported(ledger, tmp_path)
    first = min(changesets(ledger, operation)[0])
    late = [first]

    def slow(session: Any, changeset: Changeset, *, amend: bool) -> Receipt:
        if late and any(change.id == first for change in changeset.changes):
            ledger.customers.edit(late.pop(), city="y")
        return write(session, changeset, amend=amend)

    monkeypatch.setattr(undoing, "write", slow)
    undone = ledger.undo(operation)
    assert [one.record for one in undone.standing] == [ledger.customers.get(first).ref]
    assert ledger.customers.count() == 2


def test_an_error_on_the_way_says_how_to_go_on(ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    operation = imported(ledger, tmp_path)
    done = list[int]()

    def full(session: Any, changeset: Changeset, *, amend: bool) -> Receipt:
        if done:
            raise StoreError("The disk is full.", hint="Nothing was changed. Make room.")
        done.append(1)
        return write(session, changeset, amend=amend)

    monkeypatch.setattr(undoing, "write", full)
    with pytest.raises(StoreError) as raised:
        undo(ledger.session, operation)
    assert raised.value.hint == "Make room. Run the undo again: it goes on where this one stopped."


def test_the_log_of_an_operation_is_read_in_pages(ledger: Ledger, tmp_path: Path) -> None:
    operation = imported(ledger, tmp_path)
    log = ledger.session.view.log
    whole = log(operation=operation)
    assert log(operation=operation, newest_first=True) == whole[::-1]
    for place, entry in enumerate(whole):
        assert log(operation=operation, since=entry.cursor, limit=3) == whole[place + 1 : place + 4]
        assert log(operation=operation, since=entry.cursor, newest_first=True) == whole[:place:-1]
    assert log(operation=operation, limit=0) == []


@contextmanager
def one_operation(ledger: Ledger) -> Iterator[int]:
    """Make whatever is written meanwhile changesets of one operation."""
    operation = ledger.session.operation("import")
    ledger.session.operation = lambda verb, **more: attrs.evolve(operation)  # type: ignore[method-assign]
    try:
        yield operation.id
    finally:
        del ledger.session.operation


@example(  # what somebody writes later is what one of two chunks had left
    before=[("add", "Bonn", "a")],
    chunks=[("edit", 0, "Köln", "a;b"), ("edit", 0, "Bonn", "a;b")],
    later=[[("edit", 0, "Köln", "a;b")]],
)
@given(before=STEPS, chunks=STEPS, later=st.lists(STEPS, max_size=1))
def test_taken_back_in_chunks_comes_to_what_it_would_at_once(
    before: list[Any], chunks: list[Any], later: list[list[Any]]
) -> None:
    take_back_in_chunks("memory:", before, chunks, later)


@FEWER
@given(before=STEPS, chunks=STEPS, later=st.lists(STEPS, max_size=1))
def test_taken_back_in_chunks_comes_to_what_it_would_at_once_on_sqlite(
    before: list[Any], chunks: list[Any], later: list[list[Any]]
) -> None:
    take_back_in_chunks("sqlite:", before, chunks, later)


def take_back_in_chunks(scheme: str, before: list[Any], chunks: list[Any], later: list[list[Any]]) -> None:
    with pytest.MonkeyPatch.context() as patched, empty_ledger(scheme) as ledger:
        patched.setattr(undoing, "TOGETHER", 1)
        for step in before:
            perform(ledger, step)
        wanted = content(ledger)
        with one_operation(ledger) as operation:
            for step in chunks:  # codes are told apart by how many operations there are, and here is one
                perform(ledger, (*step[:2], None) if step[0] == "add" else step)
        if last(ledger) != operation:
            return
        for step in (step for steps in later for step in steps):
            perform(ledger, step)
        rehearsed = ledger.undo(operation, dry_run=True)
        undone = ledger.undo(operation)
        if not later:
            assert undone.standing == ()
            assert content(ledger) == wanted
        assert {one.record for one in undone.standing} == {one.record for one in rehearsed.standing}
        assert ledger.undo(operation, dry_run=True).changes == ()
