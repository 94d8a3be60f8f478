"""Importing: every good row lands in one operation, and no other row is lost."""

import random
import stat
from contextlib import contextmanager
from types import SimpleNamespace

import custledger_csv
import custledger_sales
import custledger_sqlite
import pytest

from custledger.conventions import FixedClock
from custledger.errors import (
    DataError,
    FileFormatError,
    LockedError,
    NotAllowedError,
    NotFoundError,
    PluginError,
    UsageError,
)
from custledger.fields import Kind
from custledger.hookspecs import Problem, hookimpl, wants
from custledger.plugins import Plugins
from custledger.services import fields as custom
from custledger.services import importing, naming
from custledger.services.editing import add
from custledger.services.importing import ImportInterrupted, import_file, run
from custledger.services.opening import open_session
from custledger.services.selecting import Selection
from custledger.services.undo import undo


def opened(url="memory:", **more):
    plugins = Plugins.of(csv=custledger_csv, sales=custledger_sales, sqlite=custledger_sqlite, **more)
    return open_session(
        url,
        plugins=plugins,
        clock=FixedClock(1_795_348_800_000),
        source=random.Random(7),
        actor="tester",
        defaults={"zone": "UTC", "currency": "CNY", "language": "en"},
    )


@pytest.fixture(params=["memory", "sqlite"])
def session(request, tmp_path):
    made = opened("memory:" if request.param == "memory" else f"sqlite:{tmp_path / 'ledger.db'}")
    yield made
    made.close()


@pytest.fixture
def bring(session, tmp_path):
    """Return a function that imports a text as customers."""

    def bring_text(text, record_type="customer", *, name="in.csv", encoding="utf-8", **options):
        path = tmp_path / name
        path.write_bytes(text.encode(encoding))
        return import_file(session, str(path), record_type, **options)

    return bring_text


@contextmanager
def small_chunks(monkeypatch, size=3):
    with monkeypatch.context() as patch:
        patch.setattr(run, "CHUNK", size)
        yield


def values(session, key, record_type="customer"):
    return [row[session.schema(record_type).positions[key]] for row in Selection(session, record_type).rows()]


def reasons(report):
    return {example.row: example.text for example in report.examples if example.what == "rejected"}


def test_headings_in_either_language_and_aliases_are_recognised(session, bring):
    report = bring(" 客户名称 ,Customer Code,手机号,level,Tag\n张三,7,138,重点,vip；老客户\n李四,8,139,A级,\n")
    assert (report.added, report.rejected) == (1, 1)
    assert dict(report.mapped) == {
        "客户名称": "name",
        "Customer Code": "code",
        "手机号": "phone",
        "level": "level",
        "Tag": "tags",
    }
    assert values(session, "name") == ["李四"]
    assert "“重点” is not one of the choices" in reasons(report)[2]


def test_a_custom_field_is_recognised_by_its_label(session, bring):
    field = custom.add_field(session, "customer", "会员卡号", kind=Kind.TEXT)
    bring("Name,会员卡号\nA,9\n")
    assert values(session, field.key) == ["9"]


def test_a_gb18030_file_with_chinese_headings_comes_in(session, bring):
    report = bring("客户名称,城市,备注\n张三,上海,喜欢红茶\n", encoding="gb18030")
    assert (report.added, report.description) == (1, "GB18030, separated by commas")
    assert values(session, "notes") == ["喜欢红茶"]


def test_a_column_that_is_nobodys_is_reported_and_not_lost_silently(bring):
    report = bring("Name,车型,,车型\nA,x,y,z\n")
    assert report.unmapped == ("车型", "#3", "车型#2")


def test_columns_are_mapped_by_hand_by_heading_by_number_and_by_repetition(session, bring):
    report = bring("谁,备,备,\nA,1,2,3\n", maps=["谁=name", "备#2=备注", "#4=city"])
    assert report.unmapped == ("备",)
    assert [values(session, key) for key in ("name", "notes", "city")] == [["A"], ["2"], ["3"]]


@pytest.mark.parametrize(
    ("maps", "error", "says"),
    [
        (["nix=name"], NotFoundError, "no column “nix”"),
        (["谁=nix"], NotFoundError, "customer field “nix”"),
        (["谁"], UsageError, "maps nothing"),
        (["=name"], UsageError, "maps nothing"),
        (["谁=created_at"], UsageError, "sets it itself"),
        ([], DataError, "No column is a field"),
        (["谁=city"], DataError, "needs name"),
    ],
)
def test_a_map_that_makes_no_sense_is_an_error_before_anything_is_written(session, bring, maps, error, says):
    with pytest.raises(error, match=says):
        bring("谁,x\nA,1\n", maps=maps)
    assert values(session, "name") == []


def test_two_columns_for_one_field_are_an_error_that_says_how_to_leave_one_out(session, bring):
    text = "客户名称,联系电话,手机\nA,1,2\n"
    with pytest.raises(DataError, match="联系电话 and 手机 are both") as caught:
        bring(text)
    assert '--map "手机="' in caught.value.hint
    assert bring(text, maps=["手机="]).unmapped == ("手机",)
    assert values(session, "phone") == ["1"]


def test_values_come_in_as_they_are_and_an_empty_cell_is_empty(session, bring):
    bring('name,code,notes,status\n 张三 ,007,"a\nb",\n')
    assert [values(session, key)[0] for key in ("name", "code", "notes", "status")] == [" 张三 ", "007", "a\nb", None]


def test_cells_of_blanks_are_empty_and_a_name_of_blanks_is_rejected(session, bring):
    report = bring('name,city,tags\nA,"  ",vip;VIP\n"  ",Bonn,\nB, Bonn,"\u3000"\n')
    assert (report.added, report.rejected) == (2, 1)
    assert values(session, "name") == ["A", "B"]
    assert values(session, "city") == [None, " Bonn"]
    assert values(session, "tags") == [("vip",), None]


def test_a_field_without_a_column_gets_its_default(session, bring):
    bring("name\nA\n")
    assert values(session, "status") == ["new"]


def test_ragged_rows_are_filled_up_and_too_long_ones_are_rejected(session, bring):
    report = bring("name,code,city\nA\nB,2,上海,,\nC,3,x,extra\n,,,\n")
    assert (report.added, report.rejected, report.blank) == (2, 1, 1)
    assert reasons(report) == {4: "it has 4 cells, and the heading 3"}


def test_rejected_rows_can_be_corrected_and_imported_again(session, bring, tmp_path):
    report = bring('name,code,phone,foo\nA,1,10,x\n,2,20,y\nC,3,none,"z,\nz"\nD,1,40,=1+1\n')
    rejected = tmp_path / "in.rejected.csv"
    assert (report.added, report.rejected, report.rejects) == (1, 3, str(rejected))
    assert stat.S_IMODE(rejected.stat().st_mode) == 0o600
    lines = rejected.read_text("utf-8-sig")
    assert lines.startswith("custledger: rejected because,name,code,phone,foo\nrow 3: Name: (empty)")
    assert "'=1+1" in lines
    corrected = lines.replace("enough: a customer needs one,,", "enough: a customer needs one,B,").replace("none", "30")
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


def test_duplicates_of_a_unique_field_are_rejected_rows_wherever_the_other_one_is(session, bring, monkeypatch):
    add(session, "customer", {"name": "Old", "code": "K1"})
    with small_chunks(monkeypatch):
        report = bring("name,code\nA,k1\nB,K2\nC,ｋ２\nD,K3\nE,\nF,\nG,K2\nH,K4\n")
    assert values(session, "name") == ["Old", "B", "D", "E", "F", "H"]
    held = reasons(report)
    assert held[4] == "Code: row 3 has the same one"
    assert "“k1” is already taken by C-" in held[2]
    assert "“K2” is already taken by C-" in held[8]


def test_a_key_updates_what_is_there_skips_what_is_the_same_and_adds_the_rest(session, bring):
    bring("name,code,city,phone\nA,1,x,10\nB,2,x,20\n")
    ids = values(session, "id")
    report = bring("code,name,city,phone\n1,A,,10\n２,B,y,\n3,C,z,\n", key="编号")
    assert (report.skipped, report.changed, report.added) == (1, 1, 1)
    assert values(session, "id")[:2] == ids
    assert [values(session, key) for key in ("code", "city", "phone")] == [
        ["1", "２", "3"],
        ["x", "y", "z"],
        ["10", "20", None],
    ]


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


def test_references_are_found_by_code_id_or_exact_name(session, bring):
    bring("name,code\n张三,17850\n李四,2\n李四,3\n")
    ref = session.schema("customer").public_id(values(session, "id")[1])
    text = f"customer,summary\n17850.0,a\n 张三 ,b\n{ref.lower()},c\n２,d\n李四,e\n王五,f\n,g\nC-01J9ZK4QW7RXM,h\n"
    report = bring(text, "interaction")
    one, two, _ = values(session, "id")
    assert values(session, "customer", "interaction") == [one, one, two, two]
    assert (report.added, report.rejected) == (4, 4)
    assert "more than one customer" in reasons(report)[6]
    assert reasons(report)[7] == "Customer: There is no customer “王五”."


def test_an_exact_code_comes_before_the_code_without_point_zero(session, bring):
    bring("name,code\nA,5\nB,5.0\n")
    bring("customer,summary\n5,a\n5.0,b\n", "interaction")
    assert values(session, "customer", "interaction") == values(session, "id")


def test_missing_customers_are_made_once_with_code_and_name_in_the_same_changeset(session, bring, monkeypatch):
    text = "CustomerID,number,amount\n17850.0,1,5\n17850,2,5\n17850.0,3,5\n13047.0,4,none\n13047.0,5,5\n"
    with small_chunks(monkeypatch, 2):
        rehearsed = bring(text, "transaction", create=["customers"], dry_run=True)
        report = bring(text, "transaction", create=["customer"])
    for each in (rehearsed, report):
        assert (each.added, each.rejected, dict(each.created)) == (4, 1, {"customer": 2})
    assert [values(session, key) for key in ("code", "name", "status")] == [["17850", "13047"]] * 2 + [["new"] * 2]
    assert len(session.view.operations(ids=[report.operation])) == 1
    assert report.operation is not None
    undo(session, report.operation)
    assert values(session, "code") == []


def test_a_rejected_row_makes_no_customer(session, bring):
    report = bring("CustomerID,amount\nA,none\n", "transaction", create=["customer"])
    assert (report.rejected, dict(report.created), values(session, "code")) == (1, {}, [])


def test_a_type_that_needs_more_than_a_name_is_not_made(bring):
    with pytest.raises(NotFoundError):
        bring("CustomerID,amount\nA,1\n", "transaction", create=["nix"])
    report = bring("name,code,referred_by\nA,1,2\nB,2,\n", create=["customer"])
    assert (report.added, dict(report.created)) == (2, {})


def test_rows_may_refer_to_rows_of_the_same_file(session, bring, monkeypatch):
    with small_chunks(monkeypatch):
        report = bring("name,code,推荐人\nA,1,B\nB,2,\nC,3,1\nD,4,A\nE,5,6\n,6,\nF,7,5\nG,8,9\nH,9,\n")
    first, second = values(session, "id")[:2]
    assert values(session, "referred_by") == [second, None, first, first, values(session, "id")[5], None]
    assert reasons(report) == {
        6: "it refers to row 7, which is rejected",
        7: "Name: (empty) is not enough: a customer needs one",
        8: "Referred by: There is no customer “5”.",
    }


def test_a_row_that_follows_a_rejected_one_is_rejected_with_it(bring):
    report = bring("name,code,推荐人\nA,1,\nB,1,\nC,3,B\nD,4,C\n")
    assert (report.added, report.rejected) == (1, 3)
    assert reasons(report)[5] == "it refers to row 4, which is rejected"


@hookimpl
@wants("customer")
def custledger_check(changes):
    """Refuse everybody called X and warn about everybody called Y."""
    for change in changes:
        if (change.after or {}).get("name") == "X":
            yield Problem(message="X is not welcome.")
        if (change.after or {}).get("name") == "Y":
            yield Problem(message="Y is suspicious.", severity="warn")


@pytest.mark.parametrize("dry_run", [True, False])
def test_rows_that_a_check_refuses_are_rejected_and_warnings_are_counted(tmp_path, dry_run):
    session = opened(strict=SimpleNamespace(custledger_check=custledger_check))
    path = tmp_path / "in.csv"
    path.write_text("name\n" + "A\nX\nY\nB\nY\nX\nC\n")
    report = import_file(session, str(path), "customer", dry_run=dry_run)
    assert (report.added, report.rejected, report.warnings) == (5, 2, (("Y is suspicious.", 2),))
    assert reasons(report) == {3: "X is not welcome.", 7: "X is not welcome."}
    assert values(session, "name") == ([] if dry_run else ["A", "Y", "B", "Y", "C"])
    assert not session.warnings


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
        bring("name,phone\nA,1\nB,x\nC,3\nD,4\nE,5\nF,6\nG,7\n", progress=stop)
    report = caught.value.report
    assert values(session, "name") == ["A", "C", "D", "E", "F"]
    assert (report.added, report.last_row) == (5, 7)
    assert str(caught.value) == f"Rows up to 7 are in. To take them back: custledger undo {report.operation_ref}"
    assert (tmp_path / "in.rejected.csv").exists()
    assert report.operation is not None
    undo(session, report.operation)
    assert values(session, "name") == []


def test_an_error_after_something_landed_says_how_to_take_it_back(session, bring, monkeypatch):
    real, calls = type(session.store).apply, []

    def locked_at_last(store, changeset, **rest):
        calls.append(changeset)
        if len(calls) > 1:
            raise LockedError("The ledger is locked.")
        return real(store, changeset, **rest)

    monkeypatch.setattr(type(session.store), "apply", locked_at_last)
    monkeypatch.setattr(
        type(session.store),
        "load",
        lambda store, sets, *, generation: (store.apply(one, generation=generation) for one in sets),
    )
    with small_chunks(monkeypatch), pytest.raises(LockedError) as caught:
        bring("name\n" + "A\n" * 6)
    assert "Rows up to 4 are in. To take them back: custledger undo O-" in caught.value.hint
    assert values(session, "name") == ["A"] * 3


def test_a_file_that_breaks_off_inside_a_quote_is_an_error_with_its_row(session, bring):
    with pytest.raises(FileFormatError, match="row 3"):
        bring('name\nA\n"B\n')
    assert values(session, "name") == []


def test_a_nul_in_a_cell_rejects_its_row(bring):
    report = bring("name,notes\nA,x\0y\nB,z\n")
    assert (report.added, list(reasons(report))) == (1, [2])


@pytest.mark.parametrize(
    ("name", "options", "error"),
    [
        ("in.docx", {}, NotFoundError),
        ("in.csv", {"format": "nix"}, NotFoundError),
        ("in.csv", {"options": {"sheet": "1"}}, UsageError),
        ("in.csv", {"options": {"encoding": "nix"}}, UsageError),
    ],
)
def test_a_format_or_option_that_is_not_there_is_an_error(bring, name, options, error):
    with pytest.raises(error):
        bring("name\nA\n", name=name, **options)


def test_a_file_without_an_ending_is_csv_and_one_can_say_so(bring):
    assert bring("name\nA\n", name="in").added == 1
    assert (
        bring("name;code\nA;1\n", name="in.dat", format="csv", options={"delimiter": ";", "encoding": None}).added == 1
    )


def test_an_unknown_type_or_file_is_not_found(session, tmp_path):
    with pytest.raises(NotFoundError, match="record type"):
        import_file(session, str(tmp_path / "x.csv"), "custoner")
    with pytest.raises(NotFoundError, match="file"):
        import_file(session, str(tmp_path / "x.csv"), "customer")


def test_a_heading_alone_imports_nothing_and_makes_no_operation(session, bring):
    report = bring("name\n")
    assert (report.rows, report.operation, report.rejects) == (0, None, None)


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


def test_the_public_names_of_the_package_are_documented():
    assert all(getattr(importing, name).__doc__ for name in importing.__all__)
