"""Rows that mean a record that is there: by a key, or by the ids of this ledger."""

import pytest

from custledger.errors import UsageError
from custledger.services import naming

from .conftest import reasons, small_chunks, values


def test_a_key_updates_what_is_there_skips_what_is_the_same_and_adds_the_rest(session, bring):
    bring("name,code,city,phone\nA,1,x,110\nB,2,x,120\n")
    ids = values(session, "id")
    report = bring("code,name,city,phone\n1,A,,110\n２,B,y,\n3,C,z,\n", key="编号")
    assert (report.skipped, report.changed, report.added) == (1, 1, 1)
    assert values(session, "id")[:2] == ids
    assert [values(session, key) for key in ("code", "city", "phone")] == [
        ["1", "２", "3"],
        ["x", "y", "z"],
        ["110", "120", None],
    ]


def test_blanks_around_a_code_mean_nothing_and_those_around_a_name_are_kept(session, bring):
    bring("name,code\n A ,  K1 \n")
    assert (values(session, "name"), values(session, "code")) == ([" A "], ["K1"])
    report = bring("code,city\n K1,x\n", key="code")
    assert (report.changed, report.added) == (1, 0)
    assert bring("name,code\nB, K1\nC,K2\nD,K2 \n").added == 1
    report = bring("customer,summary\n K1 ,one\n A ,two\nC,three\n", record_type="interaction")
    assert (report.added, report.rejected) == (3, 0)


def test_every_is_kept_in_one_form_however_a_file_has_it(session, bring):
    bring("name\nA\n")
    bring("customer,due,every\nA,2026-01-31,每月\nA,2026-01-31, weekly \nA,2026-01-31,\n", record_type="followup")
    assert values(session, "every", "followup") == ["month", "week", None]


def test_empty_cells_erase_only_when_asked(session, bring):
    bring("name,code,city\nA,1,x\n")
    bring("name,code,city\n,1,\n", key="code")
    assert values(session, "city") == ["x"]
    report = bring("name,code,city\nA,1,\n,1,\n", key="code", erase=True)
    assert (values(session, "city"), report.changed, report.rejected) == ([None], 1, 1)
    assert bring("name,code,city\n,1,\n", key="code", erase=True).rejected == 1


def test_the_second_row_with_a_key_is_rejected_wherever_it_stands(session, bring, monkeypatch):
    bring("name,code,city\nA,1,x\n")
    with small_chunks(monkeypatch, 2):
        report = bring("code,name,city\n1,A,x\n1,A,y\n1,A,z\n,B,\n", key="code")
    assert (report.skipped, report.rejected) == (1, 3)
    assert reasons(report)[5].startswith("Code: it is empty")


def test_a_key_that_several_records_have_is_rejected(session, bring):
    bring("name\nA\nA\nB\n")
    report = bring("name,city\nA,x\nB,y\n", key="name")
    assert (report.changed, reasons(report)) == (1, {2: "Name: more than one customer has it"})


@pytest.mark.parametrize(
    ("key", "says"), [("tags", "cannot tell"), ("revision", "cannot tell"), ("code", "No column"), ("id", "No column")]
)
def test_a_key_that_cannot_find_anything_is_a_usage_error(bring, key, says):
    with pytest.raises(UsageError, match=says):
        bring("name,tags\nA,x\n", key=key)


def test_ids_of_this_ledger_find_their_records_without_being_told(session, bring):
    bring("name,code\nA,1\n")
    ref = session.schema("customer").public_id(values(session, "id")[0])
    new = "C-01J9ZK4QW7RXM"
    report = bring(f"ID,name,city,created_at\n{ref},A,x,2020-01-01\n{new},B,y,\n,C,z,\nC-1,D,z,\n")
    assert (report.changed, report.added, report.rejected, report.left_to_ledger) == (1, 2, 1, ("created_at",))
    assert set(values(session, "name")) == {"A", "B", "C"}
    assert naming.find(session, "customer", new) in values(session, "id")


def test_an_id_column_of_another_system_is_left_for_the_user_to_map(session, bring):
    report = bring("Record ID,name\n71609405143,A\n", encoding="utf-8")
    assert (report.added, report.unmapped) == (1, ("Record ID",))
    assert bring("Record ID,name\n71609405143,B\n", maps={"Record ID": "code"}).added == 1
    assert values(session, "code") == [None, "71609405143"]


def test_nothing_can_be_erased_or_found_where_rows_have_no_key_of_their_own(session, bring):
    with pytest.raises(UsageError, match="Every row of this file is a new customer, in which nothing can be erased"):
        bring("name,code\nA,1\n", erase=True)
    with pytest.raises(UsageError, match="code is to be the same in every row, so that no record can be found by it"):
        bring("name\nA\n", key="code", fixed={"Code": "1"})
    assert values(session, "name") == []
