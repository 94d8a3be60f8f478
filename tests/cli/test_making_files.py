"""What a plugin's command may use to make a file: the record types, the conventions, and a stream that is whole or not."""

from types import SimpleNamespace
from typing import Any

import pytest
import typer

from custledger.hookspecs import hookimpl
from custledger.plugins import Plugins

from .conftest import Run


@hookimpl
def custledger_commands(app: typer.Typer) -> None:
    """Add a command that makes a file of what it is told."""

    @app.command("make")
    def make(ctx: typer.Context, file: str, *, fail: bool = False) -> None:
        run: Any = ctx.obj
        with run.creating(file) as stream:
            stream.write(f"{run.conventions.language} {','.join(run.schemas['customer'].keys[-1:])}".encode())
            if fail:
                raise ValueError("it fell over")


@pytest.fixture
def make(run: Run, monkeypatch: pytest.MonkeyPatch) -> Run:
    plugins = Plugins.installed()
    monkeypatch.setattr(plugins, "commands", custledger_commands)
    monkeypatch.setattr(Plugins, "installed", lambda *_: plugins)
    return run


def test_without_a_ledger_it_is_what_a_new_one_would_have(
    make: Run, folder: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert make("make", "a.txt").code == 0
    assert (folder / "a.txt").read_text() == "en tags"
    assert make("make", "b.txt", "--lang", "zh").code == 0
    assert (folder / "b.txt").read_text() == "zh tags"
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    assert make("make", "c.txt").code == 0
    assert (folder / "c.txt").read_text() == "zh tags"


def test_a_ledger_that_was_named_and_is_not_there_is_an_error(make: Run, folder: Any) -> None:
    done = make("make", "a.txt", "--ledger", "none.db")
    assert (done.code, list(folder.iterdir())) == (3, [])
    assert "none.db" in done.err


def test_nothing_is_overwritten_and_nothing_is_left_of_what_failed(make: Run, folder: Any) -> None:
    (folder / "a.txt").write_text("mine")
    done = make("make", "a.txt")
    assert (done.code, done.err) == (2, "error: a.txt is there already.\nhint: Give another name.\n")
    assert (folder / "a.txt").read_text() == "mine"
    assert make("make", "b.txt", "--fail").code == 1
    assert make("make", "-").code == 2
    assert make("make", "custledger.toml").code == 2
    assert [path.name for path in folder.iterdir()] == ["a.txt"]


def test_with_a_ledger_it_is_what_that_has(make: Run, folder: Any) -> None:
    assert make("init", "--lang", "zh").code == 0
    assert make("field", "add", "customer", "教练", "--kind", "text").code == 0
    assert make("make", "a.txt").code == 0
    assert (folder / "a.txt").read_text().startswith("zh x_")


def test_where_no_store_is_installed_there_is_no_ledger(run: Run, folder: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    plugins = Plugins.of(maker=SimpleNamespace(custledger_commands=custledger_commands, __name__="maker"))
    monkeypatch.setattr(Plugins, "installed", lambda *_: plugins)
    assert run("make", "a.txt").code == 0
    assert (folder / "a.txt").read_text() == "en tags"
