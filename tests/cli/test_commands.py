"""The commands that are not made from a record type."""

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

import custledger

from .conftest import Run


def test_init_makes_a_ledger_and_lets_later_commands_find_it(run: Run, folder: Path) -> None:
    done = run("init", "shop.db", "--lang", "zh", "--currency", "USD", "--zone", "Asia/Shanghai", "--name", "茶庄")
    assert done.code == 0
    assert done.out.strip().endswith("shop.db")
    assert (folder / "custledger.toml").read_text("utf-8") == 'ledger = "shop.db"\n'
    assert run("customer", "list").out.startswith("ID\t客户编号")


def test_init_never_touches_a_ledger_or_a_file_that_is_there(shop: Run, folder: Path) -> None:
    assert shop("init").code == 2
    assert shop("customer", "count").out == "2\n"
    done = shop("init", "other.db")
    assert done.code == 0
    assert "was left as it is" in done.err
    assert shop("customer", "count").out == "2\n"


@pytest.mark.parametrize("option", [["--currency", "EURX"], ["--zone", "Mars/Olympus"]])
def test_init_refuses_what_cannot_be(run: Run, option: list[str]) -> None:
    assert run("init", *option).code == 3


def test_no_ledger_is_an_error_that_says_what_to_do(run: Run, folder: Path) -> None:
    done = run("customer", "list")
    assert done.code == 3
    assert "hint: " in done.err
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(("url", "code"), [("nonsense:x", 2), ("ledger.xyz", 2), ("sqlite:missing/ledger.db", 3)])
def test_a_wrong_url_is_one_clear_error(run: Run, url: str, code: int) -> None:
    assert run("--ledger", url, "customer", "list").code == code


def test_a_file_that_is_no_ledger_is_refused(run: Run, folder: Path) -> None:
    (folder / "text.db").write_text("this is no database, and it is long enough to be looked at " * 20, "utf-8")
    sqlite3.connect(folder / "foreign.db").execute("CREATE TABLE t (a)").connection.close()
    assert run("--ledger", "text.db", "customer", "list").code == 3
    assert run("--ledger", "foreign.db", "customer", "list").code == 3


def test_followups_fall_due_and_the_next_one_comes(shop: Run) -> None:
    listed = shop("followup", "due", "--as-of", "2026-02-01").out.splitlines()
    assert len(listed) == 2
    done = shop("followup", "done", listed[1].split("\t")[0], "--result", "called")
    assert done.code == 0
    finished = json.loads(shop("followup", "show", done.out.strip(), "--json").out)
    assert (finished["due"], finished["status"]) == ("2026-01-31", "done")
    said = done.err.splitlines()
    assert said[0].endswith(" is done.")
    ref = said[1].removeprefix("The next one, ").split(",")[0]
    assert json.loads(shop("followup", "show", ref, "--json").out)["due"] == "2026-02-28"
    due = json.loads(shop("followup", "due", "--days", "0", "--as-of", "2026-03-01", "--json").out)
    assert [one["record"]["due"] for one in due if one["type"] == "followup"] == ["2026-02-28"]


def test_fields_and_choices_belong_to_the_ledger(shop: Run) -> None:
    assert (
        shop("field", "add", "customer", "会员卡号", "--kind", "text", "--label-en", "Card number").out
        == "x_card_number\n"
    )
    assert shop("customer", "edit", "K1", "--set", "会员卡号=77").code == 0
    assert shop("customer", "list", "--where", "Card number = 77", "--columns", "code", "--csv").out == "code\nK1\n"
    assert "x_card_number" in shop("field", "list", "customer", "--custom").out
    assert shop("field", "choices", "customer.level", "A:重点客户:red", "B", "C").code == 0
    assert json.loads(shop("field", "choices", "customer.level", "--json").out)[0]["zh"] == "重点客户"
    assert shop("field", "add", "customer", "Phone").code == 3
    assert shop("field", "choices", "customer.nonsense").code == 3


def test_search_finds_two_characters_and_the_end_of_a_number(shop: Run) -> None:
    for text in ("张伟", "1234", "询价"):
        found = json.loads(shop("search", text, "--json").out)
        assert found, text
    assert shop("search", "nothing-like-it").out.count("\n") == 1


def test_export_and_import_give_the_same_back(shop: Run, folder: Path) -> None:
    nasty = "=1+1"
    shop("customer", "edit", "K2", "--notes", nasty)
    assert shop("export", "customer", "--to", "out.csv").code == 0
    assert "'=1+1" in (folder / "out.csv").read_text("utf-8")
    assert shop("init", "copy.db").code == 0
    assert shop("--ledger", "copy.db", "import", "out.csv", "--as", "customer").code == 0
    copied = json.loads(shop("--ledger", "copy.db", "customer", "show", "K2", "--json").out)
    assert (copied["notes"], copied["city"]) == (nasty, "Oslo")


def test_import_reports_rejects_and_leaves_them_to_be_corrected(shop: Run, folder: Path) -> None:
    (folder / "new.csv").write_text("姓名,级别,编号\n李四,A,N1\n王五,Z,N2\n", "utf-8")
    dry = shop("import", "new.csv", "--as", "customer", "--dry-run")
    assert "1 would be added" in dry.out
    assert shop("customer", "count").out == "2\n"
    done = shop("import", "new.csv", "--as", "customer")
    assert done.code == 3
    assert done.out.startswith("1 added, 0 changed, 0 skipped, 1 rejected")
    assert "王五" in (folder / "new.rejected.csv").read_text("utf-8")
    report = json.loads(shop("import", "new.csv", "--as", "customer", "--key", "code", "--dry-run", "--json").out)
    assert (report["skipped"], report["rejected"]) == (1, 1)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["missing.csv", "--as", "customer"], 3),
        (["new.csv"], 2),
        (["new.csv", "--as", "nonsense"], 3),
        (["new.csv", "--as", "customer", "--map", "x"], 2),
        (["new.pdf", "--as", "customer"], 3),
    ],
)
def test_an_import_that_cannot_be_changes_nothing(shop: Run, folder: Path, arguments: list[str], code: int) -> None:
    for name in ("new.csv", "new.pdf"):
        (folder / name).write_text("name\nX\n", "utf-8")
    assert shop("import", *arguments).code == code
    assert shop("customer", "count").out == "2\n"


def test_log_and_undo(shop: Run) -> None:
    shop("--as", "Uma", "customer", "edit", "K1", "--city", "北京")
    first = json.loads(shop("log", "--json", "--limit", "1").out)[0]
    assert (first["actor"], first["verb"]) == ("Uma", "edit")
    undone = json.loads(shop("undo", first["id"][-6:], "--json").out)
    assert (undone["updated"], undone["stands"]) == (1, [])
    assert len(shop("log", "K1").out.splitlines()) == 4


def test_backup_is_verified_and_restore_never_overwrites(shop: Run, folder: Path) -> None:
    assert "Verified: 2 customer" in shop("backup", "copy.db").err
    assert shop("backup", "copy.db").code == 2
    refused = shop("restore", "copy.db")
    assert (refused.code, "Move it away first, or" in refused.err) == (2, True)
    with custledger.open(folder / "ledger.db") as ledger:
        ledger.customers.add(name="X")
        told = "Move it away first with what belongs to it, all of ledger.db, ledger.db-shm, ledger.db-wal, or restore"
        assert told in shop("restore", "copy.db").err
        assert "ledger.db、ledger.db-shm、ledger.db-wal" in shop("--lang", "zh", "restore", "copy.db").err
    assert shop("--ledger", "again.db", "restore", "copy.db").code == 0
    assert shop("--ledger", "again.db", "customer", "count").out == "2\n"


def test_plugins_and_settings_and_health_are_shown(shop: Run) -> None:
    assert {one["name"] for one in json.loads(shop("plugin", "list", "--json").out)} >= {
        "core",
        "csv",
        "sales",
        "sqlite",
    }
    shown = json.loads(shop("config", "show", "--origin", "--json", "--as", "Uma").out)
    assert shown["actor"] == {"value": "Uma", "origin": "flag --as"}
    assert shown["ledger"]["origin"].endswith("custledger.toml")
    assert "sqlite" in shop("doctor").out


def test_a_misspelt_setting_is_an_error_with_the_nearest_name(run: Run, folder: Path) -> None:
    (folder / "custledger.toml").write_text('legder = "x.db"\n', "utf-8")
    done = run("customer", "list")
    assert done.code == 3
    assert "Did you mean ledger?" in done.err


def test_search_looks_into_where_somebody_is_and_its_help_says_into_what(shop: Run) -> None:
    shop("customer", "edit", "K2", "--industry", "Furniture", "--tags", "vip")
    for text, found in (("Oslo", "Ann Example"), ("上海", "张伟"), ("furniture", "Ann Example")):
        assert found in shop("search", text).out
    assert shop("search", "vip").err == "0 found.\n"
    told = " ".join(shop("search", "--help").out.split())
    assert "Customer: Name, Code, Contact name, Phone, E-mail, WeChat, Province, City, District, Address," in told
    assert "Tags, choices, dates and amounts are not" in told


def test_a_field_that_is_not_searched_says_so_and_can_be_edited_to_be(shop: Run) -> None:
    added = shop("field", "add", "customer", "Card")
    edit = "custledger field edit customer.x_card --searchable"
    assert (added.out, added.err) == ("x_card\n", f"Card is not searched; {edit} makes it so.\n")
    assert shop("field", "add", "customer", "Table", "--searchable").err == ""
    assert shop("field", "add", "customer", "Seats", "--kind", "integer").err == ""
    shop("customer", "edit", "K1", "--set", "Card=QX77")
    assert "张伟" not in shop("search", "QX77").out
    assert shop(*edit.split()[1:], "--label-zh", "卡号", "--help-en", "As printed").out == "x_card\n"
    assert "张伟" in shop("search", "QX77").out
    assert (
        shop("field", "list", "customer", "--custom").out.splitlines()[1] == "customer\tx_card\ttext\tCard\t卡号\t\tyes"
    )
    assert shop("field", "edit", "customer.x_card").code == 2


def test_demo_makes_a_ledger_to_look_around_in(run: Run, folder: Path) -> None:
    done = run("demo", "play", "--as-of", "2026-11-22")
    assert done.code == 0
    assert "Due today" in done.out
    assert "custledger customer show" in done.out
    assert run("--ledger", "play/ledger.db", "customer", "count").out == "60\n"


def test_a_demo_is_in_the_language_asked_for_and_stays_in_it(run: Run, folder: Path) -> None:
    made = run("--lang", "zh", "demo", "play", "--as-of", "2026-11-22")
    assert "今天到期" in made.out
    assert "每月" in made.out
    assert run("--ledger", "play/ledger.db", "log").out.splitlines()[1].endswith("虚构的记录，用来随便看看")
    assert "名称: 演示" in run("--ledger", "play/ledger.db", "ledger", "show").out
    assert run("--ledger", "play/ledger.db", "customer", "list", "--limit", "1").out.startswith("ID\t客户编号")


def test_a_demo_that_stands_is_shown_and_how_to_make_another(run: Run) -> None:
    made = run("demo", "play", "--as-of", "2026-11-22")
    assert "Who bought what lately" in made.out
    again = run("demo", "play", "--as-of", "2026-11-22")
    assert again.out.split("\n", 1)[1] == made.out.split("\n", 1)[1]
    assert (again.code, again.out.startswith("The demo play/ledger.db was made before: 60 customers, ")) == (0, True)
    assert "Due today" in again.out
    assert "name another folder" in again.err
    assert run("demo", "play", "--seed", "5").code == 2
    assert run("--ledger", "play/ledger.db", "customer", "count").out == "60\n"


@pytest.mark.parametrize("arguments", [[], ["--help"], ["field"], ["followup", "due", "--help"], ["import", "--help"]])
def test_help_is_data_and_done(run: Run, arguments: list[str]) -> None:
    done = run(*arguments)
    assert done.code == 0
    assert done.out.startswith("Usage: custledger")
    assert done.err == ""


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (lambda path: path.write_bytes(b"no database at all"), "not a SQLite database"),
        (lambda path: path.write_bytes(path.read_bytes()[:100] + b"U" * 8000), "damaged"),
        (lambda path: sqlite3.connect(path).execute("PRAGMA user_version = 99").close(), "newer custledger"),
        (lambda path: path.unlink() or path.mkdir(), "folder"),
    ],
)
def test_doctor_finds_a_ledger_bad_that_cannot_be_opened(
    shop: Run, folder: Path, harm: Callable[[Path], None], said: str
) -> None:
    harm(folder / "ledger.db")
    done = shop("doctor", "--json")
    (found,) = (one for one in json.loads(done.out) if one["what"] == "ledger")
    assert (done.code, found["state"]) == (1, "bad")
    assert said in found["found"]


def test_doctor_does_not_mind_that_there_is_no_ledger_yet(run: Run) -> None:
    (found,) = (one for one in json.loads(run("doctor", "--json").out) if one["what"] == "ledger")
    assert found["state"] == "note"


@pytest.mark.parametrize("target", ["ledger.db", "custledger.toml"])
def test_an_export_never_overwrites_the_ledger_or_the_settings(shop: Run, target: str) -> None:
    done = shop("export", "customer", "--to", target, "--format", "csv")
    assert (done.code, done.err.count("\n")) == (2, 2)
    assert shop("customer", "count").out == "2\n"


def test_init_export_and_fields_tell_in_json_what_they_did(run: Run, folder: Path) -> None:
    made = json.loads(run("init", "--json").out)
    assert made == {"url": f"sqlite:{folder / 'ledger.db'}", "settings": "custledger.toml", "taken_over": []}
    added = json.loads(run("field", "add", "customer", "Girth", "--json").out)
    assert (added["type"], added["key"]) == ("customer", "x_girth")
    renamed = json.loads(run("field", "edit", "customer.Girth", "--label-en", "Width", "--json").out)
    assert (renamed["key"], renamed["labels"]["en"]) == ("x_girth", "Width")
    exported = json.loads(run("export", "customer", "--to", "out.csv", "--json").out)
    assert (exported["rows"], exported["path"]) == (0, "out.csv")
    assert run("export", "customer", "--json").code == 2


def test_a_plugin_to_go_without_that_is_not_there_is_a_warning(shop: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUSTLEDGER_DISABLE_PLUGINS", "nope")
    done = shop("customer", "count")
    assert (done.code, done.out) == (0, "2\n")
    assert done.err.count("no plugin nope") == 1


def test_an_export_names_the_folder_that_is_not_there_and_takes_the_standard_output_by_its_path(run: Run) -> None:
    run("init")
    run("customer", "add", "--name", "A")
    refused = run("export", "customer", "--to", "nowhere/x.csv")
    assert (refused.code, "There is no folder" in refused.err, "nowhere”" in refused.err) == (3, True, True)
    assert run("export", "customer", "--to", "/dev/stdout", "--columns", "name").out == "Name\r\nA\r\n"


@pytest.mark.parametrize("where", ["notes.txt", "notes.txt/deeper/still"])
@pytest.mark.parametrize(
    ("language", "told"), [("en", "notes.txt is a file, and the demo needs a folder."), ("zh", "文件夹")]
)
def test_a_demo_where_a_file_is_says_so_and_leaves_everything_as_it_was(
    run: Run, folder: Path, where: str, language: str, told: str
) -> None:
    (folder / "notes.txt").write_text("mine", encoding="utf-8")
    done = run("--lang", language, "demo", where)
    assert (done.code, done.out) == (2, "")
    assert told in done.err
    assert "custledger demo FOLDER" in done.err
    assert [(path.name, path.read_text("utf-8")) for path in folder.iterdir()] == [("notes.txt", "mine")]


@pytest.mark.parametrize(
    "arguments", [["init"], ["init", "--zone", "No/where"], ["--lang", "xx", "init"], ["init", "a"]]
)
def test_an_init_that_fails_leaves_the_folder_as_it_was(run: Run, folder: Path, arguments: list[str]) -> None:
    for makes in ([], ["init"]):
        if makes:
            run(*makes)
        before = {path.name: path.read_bytes() for path in folder.iterdir()}
        if arguments != ["init"] or makes:
            assert run(*arguments).code in {2, 3}
        assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
