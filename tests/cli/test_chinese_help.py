"""Help in Chinese: every command, argument and option has it, whole, and it fits the terminal."""

import re
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Annotated, Any

import pytest
import typer
from hypothesis import given
from hypothesis import strategies as st
from typer.main import get_command

import custledger
from custledger.cli import flags
from custledger.cli.app import everything
from custledger.cli.chinese_help import paragraphs, sayer, wrapped
from custledger.cli.help_words import HELP
from custledger.cli.invocation import Invocation
from custledger.cli.text import width
from custledger.hookspecs import hookimpl
from custledger.plugins import Plugins
from custledger.schema import Schema

from .conftest import Run
from .test_startup import modules

NAMES = re.compile(
    r"custledger( [a-z]+)*|-{1,2}[a-zA-Z|-]+|[A-Z][A-Z_:=.]{2,}|\bLANG\b|[\w.-]+\.(csv|db)|[a-z]+_[a-z_]+|[A-Z]\w+/[A-Z]\w+"
    r"|“[^”]*”|\"[^\"]*\"|\b(JSON|CSV|URL|ID|SKU|Excel|RRULE|UTF-8|Chinese|vip)\b|customer list|customer\.level",
    re.ASCII,
)
"""What is the same in every language: commands, options, the names of arguments, files, keys and formats."""
CODES = {"customer", "list", "export", "week", "month", "quarter", "year", "days", "text"}
"""Codes and examples that stand in descriptions as they are typed."""
KINDS = {"integer", "number", "money", "date", "time", "choice", "choices", "phone", "email", "reference", "text"}
COLOURS = {"red", "orange", "yellow", "green"}


def run_in_chinese() -> Invocation:
    invocation = Invocation(flags.read(["--lang", "zh"]))
    invocation.find_language()
    return invocation


def described() -> Iterator[tuple[str, str]]:
    """Yield every text that help is made of beside the labels of fields, with the command that it belongs to."""
    invocation = Invocation(flags.read([]))
    commands: list[tuple[str, Any]] = [("custledger", get_command(everything(invocation)))]
    while commands:
        path, command = commands.pop()
        yield from ((paragraph, path) for paragraph in paragraphs(command.help or ""))
        for parameter in command.get_params(SimpleNamespace(help_option_names=["--help"], command=command)):
            if not parameter.name.startswith("field_") and parameter.help:
                yield parameter.help, f"{path} {parameter.name}"
        commands += [(f"{path} {name}", each) for name, each in getattr(command, "commands", {}).items()]


def english_words(text: str) -> list[str]:
    return [word for word in re.findall(r"[A-Za-z]{3,}", NAMES.sub("", text)) if word not in CODES | KINDS | COLOURS]


def test_every_text_of_the_help_has_a_chinese_entry_and_none_comes_out_mixed() -> None:
    say = sayer(run_in_chinese())
    found = dict(described())
    assert len(found) > 140
    told = {text: say(text) for text in found}
    assert [f"{found[text]}: {text}" for text, chinese in told.items() if chinese == " ".join(text.split())] == []
    assert [chinese for chinese in told.values() if english_words(chinese)] == []


def test_the_table_has_nothing_that_no_command_says() -> None:
    said = {" ".join(text.split()) for text, _ in described()} | {"Show this message and exit."}
    assert set(HELP) - said == set()


def pages() -> list[tuple[str, ...]]:
    """Return the words of every command and group."""
    found: list[tuple[str, ...]] = []
    commands: list[tuple[tuple[str, ...], Any]] = [((), get_command(everything(Invocation(flags.read([])))))]
    while commands:
        words, command = commands.pop()
        found.append(words)
        commands += [((*words, name), each) for name, each in getattr(command, "commands", {}).items()]
    return sorted(found)


def test_no_page_of_help_says_anything_in_english(run: Run) -> None:
    for words in pages():
        done = run("--lang", "zh", *words, "--help")
        assert (done.code, done.err) == (0, "")
        assert done.out.startswith("用法：custledger")
        about = []
        for line in done.out.splitlines()[1:]:
            first, _, second = line.strip().partition("  ")
            about.append(second or ("" if line.startswith("  ") and first.isascii() else first))
        codes = {one.code for schema in schemas() for field in schema.fields for one in field.spec.choices}
        assert [
            one for one in english_words("\n".join(about)) if one.lower() not in {c.lower() for c in codes}
        ] == [], words


def schemas() -> list[Schema]:
    return list(Plugins.installed().schemas().values())


@pytest.mark.parametrize("columns", ["60", "80", "120"])
@pytest.mark.parametrize("words", [(), ("customer", "add"), ("search",), ("segment",), ("field", "add")])
def test_help_is_laid_out_in_cells(run: Run, monkeypatch: pytest.MonkeyPatch, columns: str, words: list[str]) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    lines = run("--lang", "zh", *words, "--help").out.splitlines()
    assert max(map(width, lines)) <= int(columns)
    options = [line for line in lines if line.startswith("  -")]
    starts = {width(found.group(1)) for line in options if (found := re.match(r"(  \S.*?  +)\S", line))}
    assert len(starts) == 1
    assert not [line for line in lines if line.strip().startswith(("，", "。", "、", "；", "）"))]


def test_help_is_in_the_language_of_the_run(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def usage(*words: str) -> str:
        return run(*words).out[:3]

    assert usage("--help") == usage("customer", "--help") == usage("customer") == usage() == "Usa"
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    assert usage("--help") == usage("customer", "add", "-h") == usage("field") == usage() == "用法："
    assert usage("--lang", "en", "--help") == "Usa"
    assert "错误：" in run("customer", "list").err
    run("init", "--lang", "en")
    assert usage("customer", "--help") == "Usa"
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    run("ledger", "set", "--lang", "zh")
    assert usage("customer", "--help") == usage("--help") == "用法："
    monkeypatch.setenv("CUSTLEDGER_LANGUAGE", "en")
    assert usage("customer", "--help") == "Usa"


@hookimpl
def custledger_commands(app: Any) -> None:
    """Add a command whose help the plugin brings in Chinese, but for one option."""

    @app.command("greet")
    def greet(
        *,
        loudly: Annotated[bool, typer.Option("--loudly", help="So that all hear it.")] = False,
        strange: Annotated[bool, typer.Option("--strange", help="Nobody translated this.")] = False,
    ) -> None:
        """Greet whoever is acting."""


def test_a_plugins_command_brings_its_own_chinese(monkeypatch: pytest.MonkeyPatch, run: Run) -> None:
    module = SimpleNamespace(custledger_commands=custledger_commands, __name__="greeting")
    sentences = SimpleNamespace(
        SENTENCES=(("Greet whoever is acting.", "问候操作人。"), ("So that all hear it.", "大声地。"))
    )
    monkeypatch.setitem(__import__("sys").modules, "greeting", module)
    monkeypatch.setitem(__import__("sys").modules, "greeting.chinese", sentences)
    monkeypatch.setattr(Plugins, "installed", lambda *_: Plugins.of(greeting=module))
    out = run("--lang", "zh", "greet", "--help").out
    assert "问候操作人。" in out
    assert "大声地。" in out
    assert "Nobody translated this." in out
    assert "问候操作人。" in run("--lang", "zh", "--help").out


def test_only_help_in_chinese_reads_the_table(tmp_path: Path) -> None:
    ledger = tmp_path / "ledger.db"
    modules(ledger, "init", "--zone", "UTC", "--lang", "zh")
    table = {"custledger.cli.help_words", "custledger.cli.chinese_help"}
    assert not table & modules(ledger, "customer", "count")
    assert not table & modules(ledger, "--lang", "en", "--help")
    assert table <= modules(ledger, "--help")


@given(st.text(alphabet="客户，。；（）“” abc-ABC1 ", max_size=60), st.integers(12, 40))
def test_wrapping_loses_nothing_and_no_line_is_too_wide(text: str, cells: int) -> None:
    lines = wrapped(text, cells)
    assert "".join("".join(lines).split()) == "".join(text.split())
    for line in lines:
        assert width(line) <= cells or not re.search(r"[客户 ].*[客户 ]", line)


def test_the_examples_of_expressions_in_help_are_of_the_language() -> None:
    with custledger.open("memory:") as ledger:
        assert ledger.customers.where("合计(交易.金额 其中 单号 = 1) > 2").count() == 0
        assert (
            list(ledger.customers.order("-创建时间", "名称")) == list(ledger.customers.order("-累计消费", "名称")) == []
        )
        assert ledger.customers.where("标签 = vip").count() == 0
