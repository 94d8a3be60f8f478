"""Rows that bring the id and the revision of their record, as an export writes them: nobody's edit is lost by them."""

import csv
import io
from types import SimpleNamespace
from typing import Any

import pytest

from custledger.hookspecs import hookimpl, wants
from custledger.services.editing import add, edit, remove
from custledger.services.exporting import export
from custledger.services.importing import import_file
from custledger.services.undo import undo

from .conftest import opened, reasons, small_chunks, values


def exported(session, record_type="customer", **options):
    stream = io.BytesIO()
    export(session, record_type, stream, format="csv", headings="keys", **options)
    return list(csv.DictReader(io.StringIO(stream.getvalue().decode(), newline="")))


def text(rows):
    stream = io.StringIO()
    writer = csv.DictWriter(stream, rows[0].keys(), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue()


def fields(session, *keys):
    return list(zip(*(values(session, key) for key in keys), strict=True))


def examples(report):
    return [example.text for example in report.examples if example.what == "changed"]


@pytest.fixture
def rows(session):
    """Rows of an export of two customers, of whom the first was edited afterwards."""
    add(session, "customer", {"name": "A", "code": "a", "city": "Old", "phone": "101"})
    add(session, "customer", {"name": "B", "code": "b", "city": "Old"})
    rows = exported(session)
    edit(session, "customer", "a", {"city": "New", "phone": "102"})
    return rows


@pytest.mark.parametrize("key", [None, "id", "code"])
@pytest.mark.parametrize("dry_run", [True, False])
def test_an_older_export_changes_only_what_was_changed_in_it(session, bring, rows, key, dry_run):
    rows[0]["name"] = "Anna"
    report = bring(text(rows), key=key, dry_run=dry_run)
    assert (report.changed, report.skipped, report.rejected) == (1, 1, 0)
    assert examples(report) == ["A a: Name “A” → “Anna”"]
    assert report.left_to_ledger == ("created_at", "updated_at")
    assert {("id", "id"), ("revision", "revision")} <= {*report.mapped}
    assert fields(session, "name", "city", "phone", "revision") == [
        ("A" if dry_run else "Anna", "New", "102", 2 if dry_run else 3),
        ("B", "Old", None, 1),
    ]


@pytest.mark.parametrize("key", [None, "code"])
@pytest.mark.parametrize("dry_run", [True, False])
def test_a_row_against_a_later_edit_is_set_aside_with_both_values_and_the_others_land(
    session, bring, rows, key, dry_run
):
    rows[0] |= {"name": "Anna", "city": "Other", "phone": ""}
    rows[1] |= {"city": "Else"}
    report = bring(text(rows), key=key, dry_run=dry_run, erase=True)
    assert (report.changed, report.rejected) == (1, 1)
    assert reasons(report)[2] == (
        "Phone: “101” became “102” since revision 1, and the row says (empty); "
        "City: “Old” became “New” since revision 1, and the row says “Other”"
    )
    assert fields(session, "name", "city") == [("A", "New"), ("B", "Old" if dry_run else "Else")]


def test_a_set_aside_row_lands_when_it_says_what_it_was_corrected_against(session, bring, rows, tmp_path):
    rows[0]["city"] = "Other"
    assert bring(text(rows)).rejected == 1
    kept = (tmp_path / "in.rejected.csv").read_text("utf-8-sig")
    assert bring(kept, name="again.csv").rejected == 1
    (row,) = csv.DictReader(io.StringIO(kept))
    assert bring(text([row | {"revision": "2", "phone": "102"}]), name="again.csv").changed == 1
    assert fields(session, "city", "phone")[0] == ("Other", "102")


def test_rows_that_say_what_is_there_already_are_skipped_whatever_their_revision(session, bring, rows):
    rows[0] |= {"city": "New", "phone": "102"}
    rows[1] |= {"revision": "9"}
    assert bring(text(rows)).skipped == 2


def test_a_revision_that_never_was_is_told_and_one_that_is_no_number(session, bring, rows):
    rows[0] |= {"city": "Other", "revision": "3"}
    rows[1] |= {"city": "Other", "revision": "?"}
    report = bring(text(rows))
    ref = session.schema("customer").public_id(values(session, "id")[0])
    assert reasons(report) == {
        2: f"{ref} never had the revision 3: it is at revision 2.",
        3: "Revision: “?” is not a number",
    }


def test_without_a_revision_the_file_has_the_last_word(session, bring, rows):
    bring(text([rows[0] | {"revision": ""}]))
    assert fields(session, "city", "phone")[0] == ("Old", "101")
    edit(session, "customer", "a", {"city": "New"})
    report = bring(text([rows[0]]), maps={"revision": ""})
    assert (report.changed, report.unmapped) == (1, ("revision",))


def test_a_revision_says_nothing_of_a_record_that_another_ledger_has(session, bring, rows):
    other = [row | {"id": "C-01J9ZK4QW7RXM", "revision": "7", "city": "Far"} for row in rows[:1]]
    assert bring(text(other), key="code").changed == 1
    assert fields(session, "city", "revision")[0] == ("Far", 3)


def test_an_export_of_another_ledger_comes_in_with_its_ids_and_may_come_again(rows, tmp_path):
    path, elsewhere = tmp_path / "moved.csv", opened()
    path.write_text(text([row | {"revision": "4"} for row in rows]), encoding="utf-8")
    first = import_file(elsewhere, str(path), "customer")
    again = import_file(elsewhere, str(path), "customer")
    assert (first.added, again.skipped) == (2, 2)


def test_a_row_of_a_removed_record_does_not_bring_it_back(session, bring, rows):
    receipt = remove(session, "customer", "b")
    for key in (None, "code"):
        report = bring(text(rows), key=key)
        (reason,) = reasons(report).values()
        assert reason.startswith(f"{rows[1]['id']} was removed by O-")
        assert reason.endswith(": undo that, or empty the id to add it anew")
    assert bring(text([rows[1] | {"id": ""}])).added == 1
    undo(session, receipt.operation)
    assert values(session, "name").count("B") == 1


def test_what_an_import_brought_and_an_undo_took_back_can_be_imported_again(rows, tmp_path):
    path, elsewhere = tmp_path / "moved.csv", opened()
    path.write_text(text(rows), encoding="utf-8")
    report = import_file(elsewhere, str(path), "customer")
    assert report.operation is not None
    undo(elsewhere, report.operation)
    assert import_file(elsewhere, str(path), "customer").added == 2


def test_the_second_row_of_a_record_is_rejected_wherever_it_stands(bring, rows, monkeypatch):
    again = [rows[0] | {"name": "Anna"}, rows[0] | {"name": "Anne"}, rows[1], rows[0] | {"city": "x"}]
    with small_chunks(monkeypatch):
        report = bring(text(again))
    assert (report.changed, report.skipped, report.rejected) == (1, 1, 2)
    assert reasons(report) == {3: "ID: row 2 has the same one", 5: "ID: an earlier row has the same one"}


def test_tags_and_references_of_an_older_export_are_merged_too(session, bring):
    for code in ("a", "b", "c"):
        add(session, "customer", {"name": code.upper(), "code": code, "tags": ["x"], "id_number": "110101199003070011"})
    edit(session, "customer", "c", {"referred_by": "a"})
    rows = exported(session)
    edit(session, "customer", "c", {"tags": ["x", "y"], "referred_by": "b", "id_number": None})
    rows[2] |= {"tags": "x; z"}
    assert examples(bring(text(rows[2:]))) == ["C c: Tags “x; y” → “x; y; z”"]
    assert values(session, "tags")[2] == ("x", "y", "z")
    rows[2] |= {"referred_by": "New", "id_number": "110101199003070022"}
    report = bring(text(rows[2:]), create=["customer"])
    ids = [session.schema("customer").public_id(number) for number in values(session, "id")]
    assert reasons(report)[2] == (
        "ID number: it was set differently since revision 2; "
        f"Referred by: “{ids[0]}” became “{ids[1]}” since revision 2, and the row says “New”"
    )
    assert not report.created


def test_rows_at_the_present_revision_cost_no_look_into_the_log(session, bring, rows, monkeypatch):
    edited = [row | {"name": "Z"} for row in exported(session)]
    monkeypatch.setattr(type(session.store), "log", lambda *_args, **_named: pytest.fail("the log was read"))
    assert bring(text(edited)).changed == 2


OTHERS: dict[str, Any] = {}


@hookimpl
@wants("customer")
def custledger_check(changes):
    """Have somebody else edit the first customer after the file was read and before its rows are written."""
    if session := OTHERS.pop("session", None):
        edit(session, "customer", "a", OTHERS.pop("values"))
    return []


@pytest.mark.parametrize(
    ("meanwhile", "outcome", "city"), [({"city": "New"}, (0, 1), "New"), ({"phone": "107"}, (1, 0), "Mine")]
)
def test_an_edit_in_the_very_moment_of_an_import_is_not_lost_either(tmp_path, meanwhile, outcome, city):
    url = f"sqlite:{tmp_path / 'ledger.db'}"
    session, other = opened(url, slow=SimpleNamespace(custledger_check=custledger_check)), opened(url)
    add(session, "customer", {"name": "A", "code": "a", "city": "Old"})
    add(session, "customer", {"name": "B", "code": "b", "city": "Old"})
    path = tmp_path / "in.csv"
    path.write_text(text([row | {"city": "Mine"} for row in exported(session)]), encoding="utf-8")
    OTHERS.update(session=other, values=meanwhile)
    report = import_file(session, str(path), "customer")
    assert (report.changed, report.rejected) == (outcome[0] + 1, outcome[1])
    assert values(session, "city") == [city, "Mine"]
    session.close()
    other.close()
