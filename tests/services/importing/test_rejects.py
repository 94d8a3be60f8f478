"""Rows that cannot land are set aside with their reasons, and can be corrected and imported again."""

import stat
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from custledger.errors import NotFoundError, UsageError
from custledger.fields import Labels
from custledger.files import Reader
from custledger.hookspecs import Problem, hookimpl, wants
from custledger.plugins import Plugins
from custledger.services.editing import add
from custledger.services.importing import Warned, import_file
from custledger.services.opening import open_session
from custledger.services.selecting import Selection

from .conftest import opened, reasons, small_chunks, values


def test_rejected_rows_can_be_corrected_and_imported_again(session, bring, tmp_path):
    report = bring('name,code,phone,foo\nA,1,110,x\n,2,120,y\nC,3,none,"z,\nz"\nD,1,140,=1+1\n')
    rejected = tmp_path / "in.rejected.csv"
    assert (report.added, report.rejected, report.rejects) == (1, 3, str(rejected))
    assert stat.S_IMODE(rejected.stat().st_mode) == 0o600
    lines = rejected.read_text("utf-8-sig")
    assert lines.startswith("custledger: rejected because,name,code,phone,foo\nrow 3: A customer needs a name")
    assert "'=1+1" in lines
    corrected = lines.replace("needs a name,,", "needs a name,B,").replace("none", "130")
    again = bring(corrected.replace("D,1,", "D,4,"), name="in.rejected.csv")
    assert (again.added, again.rejected, again.unmapped) == (3, 0, ("foo",))
    assert values(session, "code") == ["1", "2", "3", "4"]


def test_rejected_rows_never_replace_other_ones(bring, tmp_path):
    first = bring("name,phone\nA,x\n").rejects
    assert bring("name,phone\nA,x\n").rejects == first
    second = bring("name,phone\nB,y\n").rejects
    assert second == str(tmp_path / "in.rejected-2.csv")
    third = bring(
        (tmp_path / "in.rejected-2.csv").read_text("utf-8-sig").replace("y", "z"), name="in.rejected-2.csv"
    ).rejects
    assert third == str(tmp_path / "in.rejected-3.csv")
    assert sorted(path.name for path in tmp_path.glob(".*")) == []


def test_rejected_rows_can_go_elsewhere(bring, tmp_path):
    assert bring("name,phone\nA,x\n", rejects=str(tmp_path / "bad.csv")).rejects == str(tmp_path / "bad.csv")


def test_duplicates_of_a_unique_field_are_rejected_rows_wherever_the_other_one_is(session, bring, monkeypatch):
    add(session, "customer", {"name": "Old", "code": "K1"})
    with small_chunks(monkeypatch):
        report = bring("name,code\nA,k1\nB,K2\nC,ｋ２\nD,K3\nE,\nF,\nG,K2\nH,K4\n")
    assert values(session, "name") == ["Old", "B", "D", "E", "F", "H"]
    held = reasons(report)
    assert held[4] == "Code: row 3 has the same one"
    assert "“k1” is already taken by C-" in held[2]
    assert "“K2” is already taken by C-" in held[8]


@hookimpl
@wants("customer")
def custledger_check(changes):
    """Refuse everybody called X and warn about everybody called Y."""
    for change in changes:
        about = {"type": "customer", "id": change.id}
        if (change.after or {}).get("name") == "X":
            yield Problem(message="X is not welcome.")
        if (change.after or {}).get("name") == "Y":
            yield Problem(message="Y is suspicious.", severity="warn", where="name = Y", **about)


@pytest.mark.parametrize("dry_run", [True, False])
def test_rows_that_a_check_refuses_are_rejected_and_warnings_are_counted(tmp_path, dry_run):
    session = opened(strict=SimpleNamespace(custledger_check=custledger_check))
    path = tmp_path / "in.csv"
    path.write_text("name\n" + "A\nX\nY\nB\nY\nX\nC\n")
    report = import_file(session, str(path), "customer", dry_run=dry_run)
    warned = Warned(message="Y is suspicious.", times=2, rows=(4, 6), where="name = Y")
    assert (report.added, report.rejected, report.warnings) == (5, 2, (warned,))
    assert reasons(report) == {3: "X is not welcome.", 7: "X is not welcome."}
    assert values(session, "name") == ([] if dry_run else ["A", "Y", "B", "Y", "C"])
    assert not session.warnings


@pytest.mark.parametrize("key", [None, "code"])
def test_a_warning_names_the_first_rows_that_it_is_about_wherever_they_stand(tmp_path, monkeypatch, key):
    session = opened(strict=SimpleNamespace(custledger_check=custledger_check))
    add(session, "customer", {"name": "Old", "code": "K9"})
    path = tmp_path / "in.csv"
    path.write_text("name,code\n" + "".join(f"{'Y' if row % 2 else 'A'},K{row}\n" for row in range(2, 20)))
    with small_chunks(monkeypatch):
        (warned,) = import_file(session, str(path), "customer", key=key).warnings
    rows = (3, 5, 7, 9, 11) if key else (3, 5, 7, 11, 13)  # without a key, K9 is taken
    assert (warned.times, warned.rows) == (9 if key else 8, rows)
    listed = Selection[Any](session, "customer").where(warned.where)
    assert listed.count() == warned.times


def test_named_rejects_never_replace_corrections(bring, tmp_path):
    named = str(tmp_path / "bad.csv")
    bring("name,phone\nA,x\n", rejects=named)
    (tmp_path / "bad.csv").write_text("corrected by hand", encoding="utf-8")
    assert bring("name,phone\nA,x\n", rejects=named).rejects == str(tmp_path / "bad-2.csv")
    assert (tmp_path / "bad.csv").read_text(encoding="utf-8") == "corrected by hand"


@pytest.mark.parametrize(
    ("rejects", "error"),
    [("r.toml", NotFoundError), ("nowhere/r.csv", NotFoundError), ("folder.csv", UsageError), ("l.csv", UsageError)],
)
def test_where_rejected_rows_cannot_go_is_told_before_the_first_row(session, bring, tmp_path, rejects, error):
    (tmp_path / "folder.csv").mkdir()
    open_session(tmp_path / "other.db", plugins=session.plugins).close()
    (tmp_path / "l.csv").symlink_to("other.db")
    with pytest.raises(error) as caught:
        bring("name,phone\nA,101\nB,x\n", rejects=str(tmp_path / rejects))
    assert "undo" not in caught.value.hint
    assert values(session, "name") == []


@pytest.mark.parametrize("rejects", [None, "nowhere/r.csv"])
def test_a_dry_run_needs_no_folder_for_rejected_rows(session, bring, tmp_path, monkeypatch, rejects):
    monkeypatch.setattr("custledger.services.targets.may_write", lambda _folder: False)
    monkeypatch.setattr("custledger.services.importing.rejects.may_write", lambda _folder: False)
    named = rejects and str(tmp_path / rejects)
    report = bring("name,phone\nA,101\nB,x\n", dry_run=True, rejects=named)
    assert (report.added, report.rejected, report.rejects, report.unkept) == (1, 1, None, ())
    assert [path.name for path in tmp_path.iterdir() if path.suffix == ".csv"] == ["in.csv"]


@pytest.mark.parametrize("options", [{}, {"key": "name"}, {"key": "code"}])
def test_a_cell_that_cannot_be_read_is_not_called_empty_as_well(bring, options):
    report = bring("name,code\nA\0B,1\n,2\n", **options)
    assert reasons(report) == {
        2: "Name: “A�B” holds a NUL character, which is not text",
        3: "Name: it is empty, so there is no telling which customer is meant; A customer needs a name"
        if options.get("key") == "name"
        else "A customer needs a name",
    }


class Lines:
    """A table of the lines of a file: a name each; ``-`` is one that cannot be imported."""

    description, progress, heading = "lines", 1.0, ("name", "phone")

    def __init__(self, path):
        self._lines = Path(path).read_text("utf-8").split()

    def rows(self):
        yield from ((number, [line, "none" if line == "-" else ""]) for number, line in enumerate(self._lines, 2))


@hookimpl
def custledger_readers():
    """Read files of lines."""
    return [
        Reader(name="lines", summary=Labels("Lines"), suffixes=(".lines",), open=lambda path: nullcontext(Lines(path)))
    ]


@pytest.fixture
def without_csv(tmp_path):
    """A session that can read lines, and nothing that can write; and a file of lines."""
    lines = SimpleNamespace(custledger_readers=custledger_readers)
    session = open_session("memory:", plugins=Plugins.of(lines=lines))
    path = tmp_path / "in.lines"
    path.write_text("A - B - C", encoding="utf-8")
    return session, path


@pytest.mark.parametrize("dry_run", [True, False])
def test_without_a_format_to_keep_rejected_rows_in_the_report_lists_them(without_csv, dry_run):
    session, path = without_csv
    report = import_file(session, str(path), "customer", dry_run=dry_run)
    assert (report.added, report.rejected, report.rejects) == (3, 2, None)
    assert [(one.row, one.what) for one in report.unkept] == [(3, "rejected"), (5, "rejected")]
    assert "“none” has no digit in it" in report.unkept[0].text
    assert values(session, "name") == ([] if dry_run else ["A", "B", "C"])
    assert list(path.parent.iterdir()) == [path]


def test_rejected_rows_are_listed_only_up_to_a_number(without_csv, monkeypatch):
    monkeypatch.setattr("custledger.services.importing.rejects.MOST_UNKEPT", 1)
    session, path = without_csv
    with small_chunks(monkeypatch, size=2):
        report = import_file(session, str(path), "customer")
    assert (report.rejected, len(report.unkept)) == (2, 1)


def test_a_file_that_is_named_for_rejected_rows_must_have_a_format_before_anything_lands(without_csv, tmp_path):
    session, path = without_csv
    with pytest.raises(NotFoundError, match="file format to write") as told:
        import_file(session, str(path), "customer", rejects=str(tmp_path / "bad.csv"))
    assert "custledger-csv" in told.value.hint
    assert values(session, "name") == []


def test_rejected_rows_are_listed_nowhere_else_where_they_are_in_a_file(bring):
    assert bring("name,phone\nA,x\n").unkept == ()


def test_rows_with_numbers_that_a_spreadsheet_has_damaged_are_rejected_and_kept(session, bring, tmp_path):
    rows = "A,1.38E+10,1\nB,13800000001.0,2\nC,13800000001,1.10101E+17\nD,13800000001,110101199003070011\n"
    report = bring(f"name,phone,身份证号\n{rows}")
    assert (report.added, report.rejected) == (1, 3)
    kept = (tmp_path / "in.rejected.csv").read_text("utf-8-sig")
    assert kept.count("is how a spreadsheet writes a long number, of which it may have lost digits") == 3
    assert "1.38E+10" in kept
    assert bring("name,code,notes\nE,1E5,1.38E+10\n", name="codes.csv").added == 1
    assert values(session, "code")[-1] == "1E5"
