"""``custledger held``, and what every command says of hand edits, in both languages."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from custledger.cli.main import main

from .conftest import Run

Edit = Callable[[str, str], None]


@pytest.fixture
def files(run: Run) -> Run:
    """A ledger of CSV files with two customers, in the current folder."""
    assert run("init", "csv:shop", "--zone", "UTC", "--lang", "en").code == 0
    assert run("customer", "add", "--name", "Ann", "--code", "K1", "--phone", "13800000001").code == 0
    assert run("customer", "add", "--name", "Bob", "--code", "K2").code == 0
    # What goes right after the ledger's latest write of a sheet is taken for an old copy of it, and not for a hand edit.
    assert run("metric", "add", "one", "1").code == 0
    return run


@pytest.fixture
def edit(folder: Path) -> Edit:
    """Replace a text of the customers' file by hand; with an empty new one the whole row goes."""

    def by_hand(old: str, new: str) -> None:
        path = folder / "shop" / "customers.csv"
        lines = path.read_bytes().decode("utf-8-sig").splitlines(keepends=True)
        assert any(old in line for line in lines)
        kept = [line.replace(old, new) for line in lines if new or old not in line]
        path.write_bytes("".join(kept).encode("utf-8-sig"))

    return by_hand


def test_hand_edits_are_told_once_and_not_by_each_command(files: Run, edit: Edit) -> None:
    edit("Ann,K1,", "Anna,K1,nonsense")
    done = files("customer", "count")
    assert done.out == "2\n"
    assert done.err == "customers.csv: 1 change by hand; 1 thing is held: custledger held list\n"
    assert files("customer", "count").err == ""


def test_with_json_there_is_nothing_but_json(files: Run, edit: Edit) -> None:
    edit("Ann,K1,", "Anna,K1,nonsense")
    done = files("held", "list", "--json")
    assert done.err == ""
    (held,) = json.loads(done.out)
    assert (held["number"], held["why"], held["row"], held["field"], held["text"]) == (
        1,
        "unfit",
        2,
        "kind",
        "nonsense",
    )


def test_what_is_held_is_listed_with_what_to_do(files: Run, edit: Edit) -> None:
    edit("Ann,K1,", "Ann,K1,nonsense")
    edit("Bob,K2", "")
    done = files("held", "list")
    assert done.code == 0
    heading, first, second = done.out.splitlines()
    assert heading.split("\t") == ["Number", "Sheet", "Row", "Field", "Written", "Held as", "Why", "Advice"]
    assert first.split("\t")[:6] == ["1", "customers", "2", "Kind", "nonsense", "unfit"]
    assert second.split("\t")[:6] == ["2", "customers", "", "", "Bob K2", "vanished"]
    assert "2 things are held." in done.err
    assert len(files("held", "list", "--why", "vanished", "--nl").out.splitlines()) == 1
    assert files("held", "list", "--type", "followup", "--tsv").out.count("\n") == 1
    assert files("held", "list", "--csv").out.startswith("number,type,sheet,row,record,field,text,why,")


def test_accepting_with_a_value(files: Run, edit: Edit) -> None:
    edit("Ann,K1,", "Ann,K1,nonsense")
    refused = files("held", "accept", "1")
    assert (refused.code, "--value" in refused.err) == (3, True)
    done = files("held", "accept", "1", "--value", "person", "--reason", "asked")
    assert done.code == 0
    assert "1 thing accepted. 1 customer edited. custledger undo O-" in done.err
    assert files("held", "list").err == "Nothing is held.\n"
    log = json.loads(files("log", "--json").out)[0]
    assert (log["verb"], log["reason"], log["about"]["held"][0]["text"]) == ("held accept", "asked", "nonsense")
    assert "customers, row 2 Kind: nonsense" in files("log", log["id"]).out


def test_a_removal_is_asked_for_or_insisted_on(files: Run, edit: Edit) -> None:
    edit("Bob,K2", "")
    asked = files("held", "accept", "1")
    assert asked.code == 2
    assert "1 customer would be removed." in asked.err
    assert files("customer", "count").out == "2\n"
    rehearsed = files("held", "accept", "1", "--dry-run")
    assert "1 thing would be accepted. 1 customer would be removed." in rehearsed.err
    done = files("held", "accept", "1", "--yes", "--json")
    assert done.err == ""
    told = json.loads(done.out)
    assert (told["accepted"], [one["action"] for one in told["changes"]]) == ([1], ["remove"])
    assert files("customer", "count").out == "1\n"
    assert files("undo", told["operation"]).code == 0
    assert files("customer", "count").out == "2\n"


def test_what_cannot_be_accepted_of_many_is_left_and_told(files: Run, edit: Edit) -> None:
    edit("Ann,K1,", "Ann,K1,nonsense")
    edit("Bob,K2", "")
    done = files("held", "accept", "--all", "--yes")
    assert done.code == 3
    assert "1 (customers, row 2) was left: " in done.err
    assert "1 thing accepted. 1 customer removed." in done.err


def test_restoring_everything(files: Run, edit: Edit, folder: Path) -> None:
    before = (folder / "shop" / "customers.csv").read_bytes()
    edit("Ann,K1,", "Ann,K1,nonsense")
    edit("13800000001", "1.38E+10")
    assert "2 things would be restored." in files("held", "restore", "--all", "--dry-run").err
    assert "2 things restored." in files("held", "restore", "1", "2").err
    assert (folder / "shop" / "customers.csv").read_bytes() == before


def test_a_column_becomes_a_field_and_that_is_told(files: Run, edit: Edit, folder: Path) -> None:
    edit(",Tags", ",Tags,Shoe size")
    edit("Bob,K2", "Bob,K2")
    done = files("held", "accept", "1", "--kind", "integer")
    assert "Shoe size is a field of customer now, of the kind integer: x_shoe_size." in done.err
    assert "x_shoe_size" in files("field", "list", "customer").out


def test_the_log_says_that_somebody_edited_by_hand(files: Run, edit: Edit) -> None:
    edit("Ann,K1", "Anna,K1")
    assert "\toutside edit\tedit\tcustomer Anna K1 from customers.csv" in files("log").out
    assert "\t手工编辑\t修改\t客户 Anna K1，来自 customers.csv" in files("log", "--lang", "zh").out
    assert "手工编辑" in files("log", "K1", "--lang", "zh").out
    operation = json.loads(files("log", "--json").out)[0]
    assert operation["actor"] == "outside edit"
    assert files("undo", operation["id"]).code == 0
    assert files("customer", "list", "--columns", "name", "--tsv").out == "name\nAnn\nBob\n"


def test_all_of_it_is_said_in_chinese(files: Run, edit: Edit) -> None:
    edit("Ann,K1,", "Anna,K1,nonsense")
    edit("Bob,K2", "")
    zh = ("--lang", "zh")
    assert files("customer", "count", *zh).err == "customers.csv：手工改动 1 处；有 2 项待定：custledger held list\n"
    listed = files("held", "list", *zh)
    assert listed.out.startswith(
        "序号\t表\t行\t字段\t写的内容\t类别\t原因说明\t建议\n1\tcustomers\t2\t客户性质\tnonsense\t不符字段\t"
    )
    assert listed.err == "有 2 项待定。\n"
    refused = files("held", "accept", "1", *zh)
    assert "也可以用 --value 写明应该是什么，或者还原它。" in refused.err
    assert files("held", "accept", "2", "--yes", *zh).err.startswith(
        "已采纳 1 项。已删除客户 1 条。撤销：custledger undo O-"
    )
    assert files("held", "restore", "--all", *zh).err == "已还原 1 项。\n"
    assert files("held", "accept", "9", *zh).err.startswith("错误：没有待定的内容“9”。")


def test_a_question_is_asked_on_a_terminal(files: Run, edit: Edit, monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    edit("Bob,K2", "")
    answers = iter(["n\n", "y\n"])

    class Terminal:
        def isatty(self) -> bool:
            return True

        def readline(self) -> str:
            return next(answers)

    monkeypatch.setattr("sys.stdin", Terminal())
    assert main(["held", "accept", "1"]) == 1
    assert "Remove 1 customer? [y/N]" in capsys.readouterr().err
    assert main(["held", "accept", "1"]) == 0


def test_doctor_says_what_is_held_and_which_sheets_are_stopped(files: Run, edit: Edit, folder: Path) -> None:
    edit("Ann,K1,", "Ann,K1,nonsense")
    done = json.loads(files("doctor", "--json").out)
    assert {"what": "hand edits", "state": "note", "found": "1 thing is held",
            "advice": "custledger held list says what and why."} in done  # fmt: skip
    (folder / "shop" / "customers.csv").write_text('Name\n"open\n', encoding="utf-8")
    done = files("doctor", "--json")
    assert done.code == 1
    (sheet,) = [one for one in json.loads(done.out) if one["what"] == "sheet customers"]
    assert sheet["state"] == "bad"
    assert sheet["found"].startswith("it is not read and not written: ")


def test_init_says_what_of_a_folder_became_part_of_the_ledger(run: Run, folder: Path) -> None:
    (folder / "shop").mkdir()
    (folder / "shop" / "customers.csv").write_text("Name,Phone\nAnn,13800000001\nBob,\n,139\n", encoding="utf-8")
    (folder / "shop" / "stock.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    done = run("init", "csv:shop", "--lang", "en")
    assert done.code == 0
    assert "customers.csv: 2 records taken over; 1 thing is held: custledger held list\n" in done.err
    assert (folder / "shop" / "stock.csv").read_text(encoding="utf-8") == "a,b\n1,2\n"
    assert run("customer", "count").out == "2\n"
    again = run("init", "csv:shop")
    assert (again.code, "There is a ledger at csv:shop already." in again.err) == (2, True)


def test_init_has_a_folder_use_a_ledger_that_was_opened_already(run: Run, folder: Path) -> None:
    assert run("--ledger", "csv:shop", "init", "--lang", "en").code == 0
    (folder / "custledger.toml").unlink()
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    told = run("init", "csv:shop", "--currency", "USD")
    assert (told.code, "There is a ledger at csv:shop already." in told.err) == (2, True)
    done = run("init", "csv:shop")
    assert (done.code, done.out) == (0, "csv:shop\n")
    assert done.err == (
        "This ledger was there already, and is left as it is.\nCommands in this folder use it now (custledger.toml).\n"
    )
    assert {path: path.read_bytes() for path in before} == before
    assert run("customer", "add", "--name", "Ann").code == 0
    (folder / "custledger.toml").unlink()
    assert json.loads(run("init", "csv:shop", "--json").out) == {
        "url": "csv:shop",
        "settings": "custledger.toml",
        "taken_over": [],
    }


def test_a_copied_row_that_stays_held_was_not_accepted(files: Run, folder: Path) -> None:
    path = folder / "shop" / "customers.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([*lines, lines[1]]) + "\n", encoding="utf-8")
    assert files("held", "list").out.count("\n") == 2
    done = files("held", "accept", "1")
    assert done.code == 3
    assert done.err == (
        "Nothing was settled.\n2 (customers, row 4) is held now: Code: “K1” is taken by another customer.\n"
    )


def test_rows_of_totals_are_no_records(files: Run, folder: Path) -> None:
    path = folder / "shop" / "customers.csv"
    heading, *rows = path.read_text(encoding="utf-8").splitlines()
    blank = "," * heading.count(",")
    totals = [
        f",Total:{blank[2:]}=SUM(A1:A2)",
        f"合 计{blank}31",
        f",Total Tools,{blank[2:]}",
        f",Sum,,Oslo{blank[3:]}",
    ]
    path.write_text("\n".join([heading, *rows, *totals]) + "\n", encoding="utf-8")
    held = json.loads(files("held", "list", "--json").out)
    assert [(one["row"], one["why"], one["message"]) for one in held[:2]] == [
        (4, "new_row", "It looks like a row of totals."),
        (5, "new_row", "It looks like a row of totals."),
    ]
    assert files("customer", "list", "--tsv").out.count("Total Tools") == 1
    assert path.read_text(encoding="utf-8").count("=SUM(A1:A2)") == 1


def test_init_with_json_says_it_there(run: Run, folder: Path) -> None:
    (folder / "shop").mkdir()
    (folder / "shop" / "客户.csv").write_text("姓名,电话\n王芳,13800000001\n,139\n", encoding="utf-8")
    done = run("init", "csv:shop", "--lang", "zh", "--json")
    assert done.err == ""
    assert json.loads(done.out)["taken_over"] == [{"file": "客户.csv", "records": 1, "held": 1}]


def test_a_demo_in_csv_files(run: Run, folder: Path) -> None:
    assert run("demo", "csv:demo", "--lang", "en").out.startswith("Made csv:demo: 60 customers, ")
    assert (folder / "demo" / "custledger.toml").read_text(encoding="utf-8") == 'ledger = "csv:."\n'
    assert (folder / "demo" / "transactions.csv").exists()
    again = run("demo", "csv:demo")
    assert again.out.startswith("The demo csv:demo was made before")


def test_a_backup_of_a_folder_is_a_folder_and_is_restored_from(files: Run, edit: Edit, folder: Path) -> None:
    edit("Ann,K1,", "Anna,K1,nonsense")
    done = files("backup", "kept/")
    assert (done.code, done.out) == (0, "kept\n")
    assert "Verified: 2 customers." in done.err
    assert (folder / "kept" / "customers.csv").read_bytes() == (folder / "shop" / "customers.csv").read_bytes()
    assert files("backup", "kept").code == 2
    assert files("backup", "shop/inside").code == 2
    restored = files("--ledger", "csv:again", "restore", "kept")
    assert restored.code == 0
    assert files("--ledger", "csv:again", "customer", "list", "--columns", "name", "--tsv").out == "name\nAnna\nBob\n"
    assert len(files("--ledger", "csv:again", "log", "--tsv").out.splitlines()) == 6
    assert files("--ledger", "csv:again", "held", "list", "--tsv").out.count("unfit") == 1
    assert files("restore", "kept").code == 2


def test_no_output_goes_onto_a_file_of_the_ledger(files: Run, folder: Path) -> None:
    before = (folder / "shop" / "customers.csv").read_bytes()
    for place in ("shop/customers.csv", "shop/.custledger/journal", "shop/new.csv"):
        done = files("export", "customer", "--to", place)
        assert (done.code, "belongs to one, and is not overwritten" in done.err) == (2, True)
    assert (folder / "shop" / "customers.csv").read_bytes() == before
    assert not (folder / "shop" / "new.csv").exists()


def test_an_import_writes_the_files_once(files: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from custledger.stores.tables import disk

    written: list[list[str]] = []
    put_ready = disk.put_ready

    def counting(place, contents):
        written.append([name for name in contents if name == "customers.csv"])
        return put_ready(place, contents)

    monkeypatch.setattr(disk, "put_ready", counting)
    rows = "".join(f"P{at},N{at}\n" for at in range(30_000))
    (folder / "x.csv").write_text(f"Name,Code\n{rows}", encoding="utf-8")
    assert files("import", "x.csv", "--as", "customer").code == 0
    assert len([one for one in written if one]) == 1
    assert files("customer", "count").out == "30002\n"


def test_a_folder_is_named_with_its_scheme(files: Run) -> None:
    done = files("--ledger", "shop", "customer", "count")
    assert done.code == 2
    assert "or write csv:shop for CSV files." in done.err
