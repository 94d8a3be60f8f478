"""One import is one operation: rehearsed, told of, interrupted, and taken back."""

from types import SimpleNamespace

import custledger_csv
import custledger_sqlite
import pytest

from custledger.changes import OPERATION_PREFIX
from custledger.errors import InvalidValueError, LockedError, NotAllowedError, PluginError, StoreError, UsageError
from custledger.hookspecs import hookimpl, wants
from custledger.ids import public
from custledger.plugins import Plugins
from custledger.services import writing
from custledger.services.editing import add
from custledger.services.importing import ImportInterrupted, import_file
from custledger.services.importing.run import Run
from custledger.services.opening import open_session
from custledger.services.undo import undo

from .conftest import opened, small_chunks, values


def test_one_operation_holds_all_chunks_each_with_its_place_and_undo_takes_them_back(session, bring, monkeypatch):
    with small_chunks(monkeypatch):
        report = bring("name,code\n" + "".join(f"N{index},{index}\n" for index in range(8)))
    [operation] = session.view.operations(ids=[report.operation])
    assert (operation.verb, operation.about["file"]) == ("import", "in.csv")
    assert len(operation.about["sha256"]) == 64
    assert report.operation_ref.startswith("O-")
    entries = session.view.log(operation=report.operation)
    assert [entry.count for entry in entries] == [3, 3, 2]
    assert report.operation is not None
    undo(session, report.operation)
    assert values(session, "name") == []


def test_a_dry_run_reports_and_writes_nothing(session, bring, tmp_path):
    bring("name,code,city\nA,1,x\nB,2,x\n")
    before = sorted(path.name for path in tmp_path.iterdir())
    report = bring("name,code,city\nA,1,x\nB,2,y\nC,3,z\n,4,w\nD,3,z\n", key="code", dry_run=True)
    assert (report.skipped, report.changed, report.added, report.rejected) == (1, 1, 1, 2)
    assert [(example.row, example.what, example.text) for example in report.examples if example.what != "rejected"] == [
        (3, "changed", "B 2: City “x” → “y”"),
        (4, "added", "C 3"),
    ]
    assert (report.operation, report.rejects, report.dry_run) == (None, None, True)
    assert values(session, "city") == ["x", "x"]
    assert sorted(path.name for path in tmp_path.iterdir()) == before


@pytest.mark.parametrize("dry_run", [True, False])
def test_a_dry_run_counts_what_the_real_one_does(bring, monkeypatch, dry_run):
    bring("name,code\nOld,1\n", name="old.csv")
    with small_chunks(monkeypatch, 2):
        report = bring("name,code\nA,1\nB,2\nC,3\nD,2\n,5\nE,6\nF,6\nG,7\n", dry_run=dry_run)
    assert (report.added, report.rejected) == (4, 4)


@hookimpl
@wants("customer")
def custledger_amend(changes):
    raise ZeroDivisionError


def test_a_plugin_that_crashes_stops_the_import_with_nothing_written(tmp_path):
    session = opened(broken=SimpleNamespace(custledger_amend=custledger_amend))
    path = tmp_path / "in.csv"
    path.write_text("name\nA\n")
    with pytest.raises(PluginError, match="broken"):
        import_file(session, str(path), "customer")
    assert values(session, "name") == []


def test_progress_is_told_after_each_chunk_and_ends_at_one(bring, monkeypatch):
    shares: list[float] = []
    with small_chunks(monkeypatch, 2):
        bring("name\n" + "A\n" * 6, progress=shares.append)
    assert len(shares) == 3
    assert shares[-1] == 1.0


def test_ctrl_c_leaves_whole_chunks_keeps_the_rejects_and_says_how_to_undo(session, bring, monkeypatch, tmp_path):
    def stop(_share):
        if len(values(session, "name")) >= 4:
            raise KeyboardInterrupt

    with small_chunks(monkeypatch), pytest.raises(ImportInterrupted) as caught:
        bring("name,phone\nA,101\nB,x\nC,103\nD,104\nE,105\nF,106\nG,107\n", progress=stop)
    report = caught.value.report
    assert values(session, "name") == ["A", "C", "D", "E", "F"]
    assert (report.added, report.last_row) == (5, 7)
    assert str(caught.value) == (
        f"Rows up to 7 are in but for those that were rejected, which are in {tmp_path / 'in.rejected.csv'}. "
        "To add the rest, import the file again with the option from_row 8. "
        f"To take the import back: custledger undo {report.operation_ref}"
    )
    assert (tmp_path / "in.rejected.csv").exists()
    assert report.operation is not None
    undo(session, report.operation)
    assert values(session, "name") == []


@pytest.mark.parametrize(("at", "rows"), [(1, 4), (2, 7), (3, 8)])
def test_ctrl_c_between_the_landing_of_a_chunk_and_its_counting_still_tells_of_it(
    session, bring, monkeypatch, at, rows
):
    real, calls = Run._settle, []

    def stopped(run, built):
        calls.append(built)
        if len(calls) == at:
            raise KeyboardInterrupt
        real(run, built)

    monkeypatch.setattr(Run, "_settle", stopped)
    with small_chunks(monkeypatch), pytest.raises(ImportInterrupted) as caught:
        bring("name\n" + "A\n" * 7)
    report = caught.value.report
    assert (report.added, report.last_row) == (len(values(session, "name")), rows)
    [operation] = session.view.operations(ids=[report.operation])
    assert operation.about["rows"] == rows - 1
    assert operation.about.get("incomplete") == (None if rows == 8 else f"after row {rows}")


def test_ctrl_c_when_all_of_a_file_is_in_leaves_nothing_incomplete_in_the_log(session, bring, monkeypatch):
    def stop(_share):
        if len(values(session, "name")) == 6:
            raise KeyboardInterrupt

    with small_chunks(monkeypatch), pytest.raises(ImportInterrupted) as caught:
        bring("name\n" + "A\n" * 6, progress=stop)
    [operation] = session.view.operations(ids=[caught.value.report.operation])
    assert (operation.about["rows"], operation.about.get("incomplete")) == (6, None)


def land_by(monkeypatch, store, apply):
    """Let a store land each changeset of an import by this function."""
    monkeypatch.setattr(store, "apply", apply)
    monkeypatch.setattr(
        store, "load", lambda store, sets, *, generation: (store.apply(one, generation=generation) for one in sets)
    )


def test_an_error_after_something_landed_says_how_to_take_it_back(session, bring, monkeypatch):
    real, calls = type(session.store).apply, []

    def locked_at_last(store, changeset, **rest):
        calls.append(changeset)
        if len(calls) > 1:
            raise LockedError("The ledger is locked.")
        return real(store, changeset, **rest)

    land_by(monkeypatch, type(session.store), locked_at_last)
    with small_chunks(monkeypatch), pytest.raises(LockedError) as caught:
        bring("name\n" + "A\n" * 6)
    told = "Rows up to 4 are in. To add the rest, import the file again with the option from_row 5. To take the import"
    assert told in caught.value.hint
    (operation,) = session.view.operations(limit=1)
    details = {"operation": public(OPERATION_PREFIX, operation.id), "last_row": 4, "rejects": None}
    assert caught.value.details == details
    assert values(session, "name") == ["A"] * 3
    monkeypatch.undo()
    assert bring("name\n" + "A\n" * 6, from_row=5).added == 3
    assert values(session, "name") == ["A"] * 6


def test_nothing_is_said_to_be_unchanged_nor_to_be_tried_again_where_rows_are_in(session, bring, monkeypatch):
    real, calls = type(session.store).apply, []

    def full_at_last(store, changeset, **rest):
        calls.append(changeset)
        if len(calls) in {1, 3}:
            raise StoreError("The disk is full.", hint="Nothing was changed. Make room on the disk, then try again.")
        return real(store, changeset, **rest)

    land_by(monkeypatch, type(session.store), full_at_last)
    with small_chunks(monkeypatch, 2):
        with pytest.raises(StoreError) as caught:
            bring("name\n" + "A\n" * 6)
        assert caught.value.hint == "Nothing was changed. Make room on the disk, then try again."
        with pytest.raises(StoreError) as caught:
            bring("name\n" + "A\n" * 6)
    assert caught.value.hint.startswith("Make room on the disk. Rows up to 3 are in. ")


def test_rows_before_the_first_that_is_wanted_are_passed_over_and_keep_their_numbers(session, bring):
    report = bring("name,code\nA,1\n\nB,2\nC,3\n", from_row=4, dry_run=True)
    assert [(example.row, example.what) for example in report.examples] == [(4, "added"), (5, "added")]
    with pytest.raises(UsageError, match=r"in\.csv ends at row 3, before row 9\."):
        bring("name,code\nA,1\nB,2\n", from_row=9)
    with pytest.raises(InvalidValueError, match="From row"):
        bring("name\nA\n", from_row=-1)


def test_of_an_import_that_was_interrupted_while_rows_were_rescued_no_row_is_added_twice(session, bring, monkeypatch):
    add(session, "customer", {"name": "Z", "code": "4"})
    real = writing.write

    def interrupted(*arguments, **rest):
        real(*arguments, **rest)
        raise KeyboardInterrupt

    text = "name,code\n" + "".join(f"A,{number}\n" for number in range(1, 9))
    monkeypatch.setattr(writing, "write", interrupted)
    with small_chunks(monkeypatch, 4), pytest.raises(ImportInterrupted) as caught:
        bring(text)
    monkeypatch.undo()
    last = caught.value.report.last_row
    assert f"from_row {last + 1}." in str(caught.value)
    bring(text, from_row=last + 1)
    assert sorted(values(session, "code")) == [str(number) for number in range(1, 9)]


def test_a_read_only_ledger_says_so(tmp_path):
    opened(f"sqlite:{tmp_path / 'ledger.db'}").close()
    session = open_session(
        f"sqlite:{tmp_path / 'ledger.db'}",
        read_only=True,
        plugins=Plugins.of(csv=custledger_csv, sqlite=custledger_sqlite),
    )
    path = tmp_path / "in.csv"
    path.write_text("name\nA\n")
    with pytest.raises(NotAllowedError):
        import_file(session, str(path), "customer")
    session.close()


def test_the_log_tells_how_many_rows_an_import_brought_and_whether_there_should_be_more(session, bring, monkeypatch):
    def stop(_share):
        raise KeyboardInterrupt

    def told():
        return [(one.about.get("rows"), one.about.get("incomplete")) for one in session.view.operations(limit=1)]

    with small_chunks(monkeypatch, 2):
        with pytest.raises(ImportInterrupted):
            bring("name,phone\nA,101\nB,x\nC,103\nD,104\n", progress=stop)
        assert told()[0][1] is not None
        assert bring("name,phone\nA,101\nB,x\nC,103\n").added == 2
        assert told() == [(2, None)]
        assert bring("name,phone\nA,101\nB,x\nC,103\nD,104\n").added == 3
        assert told() == [(3, None)]
        assert bring("name,phone\nA,101\nB,102\nC,x\n").added == 2
        assert told() == [(2, None)]


def test_the_log_tells_it_too_where_the_ledger_refused_rows(session, bring, monkeypatch):
    add(session, "customer", {"name": "Z", "code": "4"})
    with small_chunks(monkeypatch, 2):
        assert bring("name,code\nA,1\nB,2\nC,3\nD,4\n").added == 3
    (operation,) = session.view.operations(limit=1)
    assert (operation.about["rows"], "incomplete" in operation.about) == (3, False)
