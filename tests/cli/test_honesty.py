"""Where something goes wrong beside the ledger, what is told is true, and told once."""

import errno
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from types import SimpleNamespace

import custledger_sqlite
import pytest

from custledger.cli.app import run as run_line
from custledger.cli.flags import read as read_line
from custledger.cli.invocation import Invocation
from custledger.cli.leniently import settings_as_far_as_possible
from custledger.cli.output import Output
from custledger.hookspecs import hookimpl
from custledger.plugins import Plugins
from custledger.services import importing
from custledger.services.importing import ImportInterrupted, ImportReport

from .conftest import Run
from .test_program import PROGRAM, environment
from .test_terminal import CODES

needs_posix = pytest.mark.skipif(sys.platform == "win32", reason="needs /dev/full and closed descriptors")


def shell(folder: Path, words: str) -> subprocess.CompletedProcess[str]:
    program = f'"{PROGRAM[0]}" -m custledger'
    return subprocess.run(
        ["sh", "-c", f"{program} {words}"], cwd=folder, capture_output=True, text=True, env=environment(), check=False
    )


@needs_posix
@pytest.mark.parametrize("closed", [">&-", "<&- >&-", ">&- 2>&-"])
def test_a_closed_stream_is_a_quiet_end(shop: Run, folder: Path, closed: str) -> None:
    assert shop("customer", "count").out == "2\n"
    done = shell(folder, f"customer list {closed}")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_write_that_landed_is_told_to_stand_where_it_cannot_be_printed(shop: Run, folder: Path) -> None:
    done = shell(folder, "customer add --name Full --code F1 >/dev/full")
    ref = json.loads(shop("customer", "show", "F1", "--json").out)["id"]
    assert done.returncode == 1
    assert done.stderr.startswith(f"error: {ref} was added, but that could not be printed: ")
    for words in ("customer list", "--help"):
        read = shell(folder, f"{words} >/dev/full")
        assert (read.returncode, read.stderr.count("\n")) == (1, 2)
        assert "could not be printed" in read.stderr


def test_records_of_an_absent_plugin_are_read_and_not_written(shop: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    shop("transaction", "add", "--customer", "K1", "--amount", "5")
    monkeypatch.setenv("CUSTLEDGER_DISABLE_PLUGINS", "sales")
    assert shop("transaction", "count").out == shop("交易", "count").out == "1\n"
    ref = json.loads(shop("transaction", "list", "--json").out)[0]["id"]
    assert "Amount: 5" in shop("transaction", "show", ref).out
    assert shop("transaction", "history", ref).code == 0
    assert "  remove" not in shop("transaction", "--help").out
    for verb in ("add", "edit", "remove"):
        done = shop("transaction", verb, "--amount", "6")
        assert done.code == 3
        assert "no installed plugin for the record type “transaction”" in done.err
    unknown = shop("trnsaction", "list")
    assert unknown.code == 2
    assert "There is no command trnsaction." in unknown.err
    assert "transaction" in unknown.err.splitlines()[1]


@pytest.mark.parametrize(
    ("option", "hint"),
    [
        ("--x-card-number", '--set "x_card_number=VALUE"'),
        ("--nonsense", "Custom fields are set with --set FIELD=VALUE."),
        ("--phnoe", "Did you mean --phone?"),
    ],
)
def test_an_unknown_option_is_answered_with_what_helps(shop: Run, option: str, hint: str) -> None:
    done = shop("customer", "edit", "K1", option, "88")
    assert done.code == 2
    assert hint in done.err


@pytest.mark.parametrize("text", ["not toml", 'legder = "x.db"\n', "as_of = 'soon'\n"])
def test_broken_settings_are_a_row_of_doctor_and_a_line_of_config(run: Run, folder: Path, text: str) -> None:
    (folder / "custledger.toml").write_text(text, "utf-8")
    found = json.loads((done := run("doctor", "--json")).out)
    assert done.code == 1
    assert [one["state"] for one in found if one["what"] == "settings"] == ["bad"]
    assert any(one["what"].startswith("store") for one in found)
    shown = run("config", "show", "--origin", "--as", "Uma")
    assert shown.code == 3
    assert "actor\tUma\tflag --as" in shown.out
    assert "ledger\tledger.db\tdefault" in shown.out
    assert "custledger.toml" in shown.err


def test_a_broken_variable_is_told_and_the_others_hold(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    monkeypatch.setenv("CUSTLEDGER_AS_OF", "soon")
    monkeypatch.setenv("CUSTLEDGER_LEDGER", "mine.db")
    config, problems = settings_as_far_as_possible({"actor": "Uma"})
    assert (config.ledger, config.actor, config["as_of"]) == ("mine.db", "Uma", None)
    assert len(problems) == 1


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["restore", "copy.db"], 2, "Move it away first"),
        (["restore", "missing.db"], 3, "no backup file"),
        (["restore", "/nope"], 3, "no backup file"),
        (["customer", "add", "--name", "X", "--phone", "1", "--phone=2"], 2, "--phone is given twice"),
        (["--as", "a", "customer", "list", "--as", "b"], 2, "--as is given twice"),
        (["export", "customer", "--delimiter", ""], 2, "--delimiter is empty"),
        (["export", "customer", "--delimiter", "ab"], 2, "one character"),
        (["import", "x.csv", "--as", "customer", "--delimiter="], 2, "--delimiter is empty"),
        (["--lang", "fr", "customer", "list"], 2, "There are: en, zh."),
        (["--as-of", "2026-13-01", "customer", "list"], 2, "--as-of"),
        (["--ledger", ".", "customer", "list"], 2, "is a folder"),
        (["--ledger", "", "customer", "list"], 2, "name is empty"),
        (["customer", "list", "--where", ""], 2, "Leave it out for every record."),
        (["customer", "count", "--where", " "], 2, "--where is empty."),
        (["export", "customer", "--where="], 2, "--where is empty."),
        (["customer", "edit", "--where", "", "--level", "C"], 2, "--where is empty."),
        (["customer", "remove", "--where", "", "--yes"], 2, "--where is empty."),
        (["customer", "add", "--set"], 2, "custledger customer add --help"),
        (["ledger", "set", "--name"], 2, "custledger ledger set --help"),
        (["export", "--to"], 2, "custledger export --help"),
        (["search", ""], 2, "Give a word"),
        (["search", " ", "", "--json"], 2, "Give a word"),
        (["customer", "list", "--columns", "qqq"], 3, "; custledger field list customer shows all 42."),
        (["customer", "count", "--by", "qqq"], 3, "; custledger field list customer shows all 42."),
        (["customer", "add", "--set", "qqq=1"], 3, "; custledger field list customer shows all 42."),
        (["import", "coppy.db", "--as", "customer", "--format", "csv"], 3, "Did you mean copy.db?"),
        (["import", "no/such/thing.csv", "--as", "customer"], 3, "Looked in "),
        (["demo", "new", "--as-of", "9999-12-31"], 2, "Choose another day."),
    ],
)
def test_what_was_typed_wrong_is_told_as_such(shop: Run, arguments: list[str], code: int, said: str) -> None:
    assert shop("backup", "copy.db").code == 0
    done = shop(*arguments)
    assert done.code == code, done
    assert said in done.err
    assert shop("customer", "count").out == "2\n"


def test_an_option_that_may_be_given_twice_still_may(shop: Run) -> None:
    done = shop("customer", "list", "--columns", "code", "--columns=city", "--csv")
    assert done.out.splitlines()[0] == "code,city"
    assert shop("customer", "count", "--json", "--json").code == 0


def test_finishing_a_follow_up_always_prints_which(shop: Run) -> None:
    added = shop("followup", "add", "--customer", "K2", "--due", "2026-03-01", "--note", "Once").out
    done = shop("followup", "done", added.strip(), "--skip")
    assert done.out == added
    assert done.err == "Once was skipped.\n"


def test_an_import_says_how_many_more_and_why_rows_were_rejected(shop: Run, folder: Path) -> None:
    rows = [f"N{number},A" for number in range(7)] + [",A"] * 12 + ["X,Z"]
    (folder / "many.csv").write_text("\n".join(["name,level", *rows]) + "\n", "utf-8")
    done = shop("import", "many.csv", "--as", "customer")
    assert (done.code, done.out) == (3, "7 added, 0 changed, 0 skipped, 13 rejected\n")
    assert "  … and 2 more added\n" in done.err
    assert "\n  row 21 rejected: Level: " in done.err
    why = "  12 rows: A customer needs a name (rows 9, 10, 11, 12, 13 and 7 more)\n"
    assert f"  … and 7 more rejected\n{why}" in done.err
    (folder / "few.csv").write_text("customer,amount\nNew One,5\nNew Two,6\n", "utf-8")
    made = shop("import", "few.csv", "--as", "transaction", "--create-customers")
    assert "\n2 customers made for what refers to them\n" in made.out


def test_an_interrupted_import_says_as_json_how_to_take_it_back(
    shop: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = ImportReport(
        path="x.csv", record_type="customer", description="", operation=7, last_row=3, rejected=1, rejects="r.csv"
    )

    def interrupt(*_: object, **__: object) -> None:
        raise ImportInterrupted(report)

    monkeypatch.setattr(importing, "import_file", interrupt)
    done = shop("import", "x.csv", "--as", "customer", "--json")
    assert done.code == 130
    told = json.loads(done.err)["error"]
    assert (told["code"], told["operation"], told["rejects"]) == ("interrupted", report.operation_ref, "r.csv")
    assert told["last_row"] == 3
    assert f"custledger undo {report.operation_ref}" in told["hint"]


def test_a_plugin_that_fails_a_write_is_told_once(shop: Run, folder: Path) -> None:
    code = (
        "from custledger.hookspecs import hookimpl\n\n\n@hookimpl\ndef custledger_check(changes, context):\n    1 / 0\n"
    )
    (folder / "custledger_broken.py").write_text(code, "utf-8")
    info = folder / "custledger_broken-1.0.dist-info"
    info.mkdir()
    (info / "entry_points.txt").write_text("[custledger]\nbroken = custledger_broken\n", "utf-8")
    done = subprocess.run(
        [*PROGRAM, "customer", "add", "--name", "X"],
        cwd=folder,
        capture_output=True,
        text=True,
        env=environment(PYTHONPATH=str(folder)),
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.count("The plugin broken failed") == 1


@pytest.fixture
def narrow(shop: Run, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The same ledger at a narrow terminal: what is printed goes to no real one."""
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(Output, "on_terminal", True)
    return shop


def test_doctor_wraps_its_advice(narrow: Run) -> None:
    lines = CODES.sub("", narrow("doctor").out).splitlines()
    assert not any("…" in line for line in lines)
    assert max(map(len, lines)) <= 60


@pytest.mark.parametrize("arguments", [["log"], ["log", "K1"], ["customer", "show", "K1"], ["followup", "due"]])
def test_columns_that_found_no_room_are_named(
    narrow: Run, monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    assert "No room for: " in narrow(*arguments, "--as-of", "2026-02-01").err


def test_the_rest_of_what_refers_to_a_record_is_a_command_that_can_be_pasted(shop: Run) -> None:
    for number in range(30):
        shop("interaction", "add", "--customer", "K1", "--summary", f"call {number}")
    said = shop("customer", "show", "K1").err
    command = said.partition(" more: custledger ")[2].splitlines()[0]
    verb, _, condition = command.partition(" --where ")
    assert shop(*verb.split(), "--where", condition.strip("'"), "--json").out.count('"id"') == 31


def test_a_full_disk_elsewhere_is_not_told_as_one_of_printing(
    shop: Run, monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    (folder / "one.csv").write_text("name\nX\n", "utf-8")
    monkeypatch.setattr(tempfile, "TemporaryFile", full)
    done = shop("import", "one.csv", "--as", "customer")
    assert done.code == 1
    assert "the disk is full" in done.err
    assert "printed" not in done.err


@pytest.mark.parametrize("url", ["postgres://u:secret@h/db", "sqlite://u:secret@h/x.db"])
def test_the_password_of_a_ledgers_url_is_never_printed(run: Run, folder: Path, url: str) -> None:
    (folder / "custledger.toml").write_text(f'ledger = "{url}"\n', encoding="utf-8")
    for words in (
        ("customer", "list"),
        ("doctor",),
        ("config", "show", "--origin"),
        ("config", "show", "--json"),
        ("init",),
        ("restore", url),
        ("restore", url, "--json"),
        ("backup", "x.db"),
        ("--ledger", url, "init", url),
    ):
        done = run(*words)
        assert "secret" not in done.out + done.err
        assert "***@h" in done.out + done.err


def test_a_plugin_that_cannot_take_the_news_is_told_of_once(
    shop: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fall(changeset: object, context: object) -> None:
        raise ValueError("I fell")

    bad = SimpleNamespace(custledger_changed=hookimpl(fall))
    invocation = Invocation(read_line(["customer", "add", "--name", "New"]))
    monkeypatch.setattr(invocation, "plugins", Plugins.of(sqlite=custledger_sqlite, bad=bad))
    assert run_line(invocation.line, invocation) == 0
    said = capsys.readouterr().err
    assert said.count("I fell") == 1
    assert "The change stands." in said
    assert "CUSTLEDGER_DISABLE_PLUGINS=bad" in said


def test_rows_without_a_name_are_told_by_what_they_say_and_never_by_an_id(shop: Run, folder: Path) -> None:
    (folder / "sold.csv").write_text("InvoiceNo,StockCode,CustomerID,Amount\n536365,85123A,K1,5\n,,K2,7\n", "utf-8")
    for more in (("--dry-run",), ()):
        told = shop("import", "sold.csv", "--as", "transaction", *more).err
        assert "  row 2 added: 536365 K1\n" in told
        assert "  row 3 added: K2\n" in told
    (folder / "bare.csv").write_text("id,due,customer\n,2026-03-01,K1\n", "utf-8")
    assert "row 2 added: K1\n" in shop("import", "bare.csv", "--as", "followup").err
