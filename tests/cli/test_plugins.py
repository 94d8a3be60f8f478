"""What the program says of plugins that are absent, disabled or at fault, in both languages."""

from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import custledger_sqlite
import pytest

from custledger.cli.app import run as run_line
from custledger.cli.flags import read as read_line
from custledger.cli.invocation import Invocation
from custledger.errors import CustledgerError
from custledger.fields import Kind, Labels, field
from custledger.files import Reader
from custledger.hookspecs import Problem, hookimpl, wants
from custledger.plugins import Plugins
from custledger.records import Record, record_type

from .conftest import Done, Run

VETOES = {"X": "No!", "Y": "不行！"}
"""What the plugin answers to customers of these names."""


class Two:
    """A table of two rows, of which the second cannot be a customer."""

    heading = ("Name", "Phone")
    description, progress = "two rows", 1.0

    def rows(self) -> Any:
        yield 2, ["甲", "1"]
        yield 3, ["乙", "none"]


@record_type("visit", plural="visits", prefix="V", en="Visit", zh="拜访", when="nix")
class Crooked(Record):
    """A type that says of itself what is not so."""

    note: str | None = field(Kind.TEXT, "Note", "备注")


class Odd:
    """A plugin with a fault, a reader and a veto."""

    @hookimpl
    def custledger_record_types(self) -> Any:
        return [Crooked]

    @hookimpl
    def custledger_readers(self) -> Any:
        return [Reader(name="two", summary=Labels("Two"), suffixes=(".two",), open=lambda _: nullcontext(Two()))]

    @hookimpl
    @wants("customer")
    def custledger_check(self, changes: Any) -> Any:
        names = [(change.after or {}).get("name") for change in changes]
        return [Problem(message=VETOES[name]) for name in names if name in VETOES]


Beside = Callable[..., Done]


@pytest.fixture
def beside(folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Beside:
    """Run the program with SQLite and one other plugin, and no others."""

    def run_it(*arguments: str, plugin: Any = None) -> Done:
        invocation = Invocation(read_line(list(arguments)))
        monkeypatch.setattr(invocation, "plugins", Plugins.of(sqlite=custledger_sqlite, odd=plugin or Odd()))
        capsys.readouterr()
        try:
            code, told = run_line(invocation.line, invocation), ""
        except CustledgerError as error:
            code, told = error.exit_code, f"{error.message}\n{error.hint}\n"
        out, err = capsys.readouterr()
        return Done(code, out, err + told)

    assert run_it("init", "--zone", "UTC").code == 0
    return run_it


FAULT = "custledger_record_types"


@pytest.mark.parametrize(
    ("language", "warned"), [("en", "warning: The plugin odd failed"), ("zh", "警告：插件 odd 在")]
)
def test_commands_go_on_beside_a_faulty_descriptor_and_say_so(beside: Beside, language: str, warned: str) -> None:
    beside("customer", "add", "--name", "A", "--code", "K1")
    for command in (("customer", "show", "K1"), ("customer", "list"), ("followup", "due")):
        done = beside("--lang", language, *command)
        assert done.code == 0
        assert done.err.count(warned) == 1
        assert FAULT in done.err


@pytest.mark.parametrize(
    ("language", "listed", "found"),
    [
        ("en", "failing", ("The plugin odd failed while answering custledger_record_types", "Update or remove it.")),
        ("zh", "有故障", ("插件 odd 在回应 custledger_record_types 时出错", "请更新或移除它。")),
    ],
)
def test_plugin_list_and_doctor_tell_what_is_wrong_with_a_plugin(
    beside: Beside, language: str, listed: str, found: tuple[str, ...]
) -> None:
    done = beside("--lang", language, "plugin", "list")
    assert listed in done.out
    assert found[0] in done.err
    done = beside("--lang", language, "doctor")
    assert done.code == 1
    assert all(text in done.out for text in found)
    assert "when is “nix”" in done.out or "when 写的是“nix”，它不是日期或时间字段" in done.out


@pytest.mark.parametrize(
    ("language", "found"),
    [
        ("en", ("reads two; writes nothing", "Install custledger-csv: pip install custledger[standard].")),
        ("zh", ("可读 two；不能写", "请安装 custledger-csv：pip install custledger[standard]")),
    ],
)
def test_doctor_tells_which_files_can_be_read_and_written(
    beside: Beside, language: str, found: tuple[str, str]
) -> None:
    done = beside("--lang", language, "doctor")
    assert all(text in done.out for text in found)


def test_doctor_tells_in_chinese_what_is_absent(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUSTLEDGER_DISABLE_PLUGINS", "csv,excel,sqlite")
    told = run("--lang", "zh", "doctor").out
    for text in ("插件 csv", "已停用", "没有能长期保存台账的存储", "请安装 custledger-sqlite", "既不能读也不能写"):
        assert text in told


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ("There is no file format to write “.csv”.", "Install custledger-csv, or see custledger doctor.")),
        ("zh", ("没有可以写出的文件格式“.csv”。", "请安装 custledger-csv，或查看 custledger doctor。")),
    ],
)
def test_a_format_that_is_not_installed_is_told_with_what_to_do(
    shop: Run, monkeypatch: pytest.MonkeyPatch, language: str, said: tuple[str, str]
) -> None:
    monkeypatch.setenv("CUSTLEDGER_DISABLE_PLUGINS", "csv,excel")
    done = shop("--lang", language, "export", "customer", "--to", "x.csv")
    assert done.code == 3
    assert all(text in done.err for text in said)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ("row 3 rejected: Phone: “none”", "that needs custledger-csv, which is not installed.")),
        ("zh", ("第 3 行拒收: ", "这需要 custledger-csv，它没有安装。")),
    ],
)
def test_an_import_without_a_format_for_rejected_rows_tells_them(
    beside: Beside, folder: Path, language: str, said: tuple[str, str]
) -> None:
    (folder / "x.two").touch()
    done = beside("--lang", language, "import", "x.two", "--as", "customer")
    assert done.code == 3
    assert done.err.count(said[0].replace(": ", "：") if language == "zh" else said[0]) == 1
    assert said[1] in done.err
    assert not list(folder.glob("*.rejected*"))


@pytest.mark.parametrize(
    ("language", "name", "hint"),
    [
        ("en", "X", "The plugin odd says so."),
        ("zh", "X", "The plugin odd says so."),  # what the plugin said is English as well
        ("zh", "Y", "这是插件 odd 的要求。"),
    ],
)
def test_a_veto_names_its_plugin(beside: Beside, language: str, name: str, hint: str) -> None:
    done = beside("--lang", language, "customer", "add", "--name", name)
    assert done.code == 3
    assert f"{VETOES[name]}\n{hint}" in done.err


def test_a_failure_in_a_write_is_told_in_chinese(beside: Beside) -> None:
    def crash(changes: Any) -> Any:
        raise ZeroDivisionError("oops")

    done = beside(
        "--lang", "zh", "customer", "add", "--name", "X", plugin=SimpleNamespace(custledger_check=hookimpl(crash))
    )
    assert done.code == 1
    assert "插件 odd 在回应 custledger_check 时出错：“ZeroDivisionError: oops”。" in done.err
    assert "要停用它，请设 CUSTLEDGER_DISABLE_PLUGINS=odd。" in done.err


@record_type("pet", plural="pets", prefix="P", en="Pet", zh="宠物", brief=("name", "kind", "where"))
class Pet(Record):
    """A type with fields that are called as options of every command are, and none that names its records."""

    name: str | None = field(Kind.TEXT, "Name", "名字", searchable=True)
    kind: str | None = field(Kind.TEXT, "Kind", "种类")
    where: str | None = field(Kind.TEXT, "Where", "地点", searchable=True)
    json: str | None = field(Kind.TEXT, "Remark", "说明")


PETS = SimpleNamespace(custledger_record_types=hookimpl(lambda: [Pet]))


def test_a_field_called_as_an_option_is_set_with_set_which_help_and_error_say(beside: Beside) -> None:
    beside("init", plugin=PETS)
    done = beside("pet", "add", "--name", "Rex", "--where", "home", plugin=PETS)
    assert (done.code, done.err) == (
        2,
        'custledger pet add has no option --where.\nThe field where is set with --set "where=VALUE".\n',
    )
    done = beside("--lang", "zh", "pet", "add", "--where", "home", plugin=PETS)
    assert done.err == 'custledger pet add 没有选项 --where。\n字段 where 用 --set "where=值" 来设置。\n'
    assert beside("pet", "add", "--name", "Rex", "--set", "where=home", "--set", "json=x", plugin=PETS).code == 0
    for verb in ("add", "edit"):
        told = " ".join(beside("pet", verb, "--help", plugin=PETS).out.split())
        assert "Set with --set alone: where=VALUE, json=VALUE." in told
        told = "".join(beside("--lang", "zh", "pet", verb, "--help", plugin=PETS).out.split())
        assert "只能用--set设置：where=VALUE、json=VALUE。" in told
    assert "--set alone" not in beside("customer", "add", "--help", plugin=PETS).out


def test_a_found_record_without_a_field_that_names_it_is_called_by_what_is_searched(beside: Beside) -> None:
    beside("init", plugin=PETS)
    beside("pet", "add", "--name", "Rex", "--kind", "dog", "--set", "where=home", plugin=PETS)
    nameless = beside("pet", "add", "--set", "where=home", plugin=PETS).out.strip()
    rows = [line.split(",", 2) for line in beside("search", "home", "--csv", plugin=PETS).out.splitlines()]
    assert [row[2] for row in rows] == ["name,details", f"{nameless},home", "Rex,dog · home"]
