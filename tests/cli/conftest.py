"""A ledger of its own for each test, and the program run in this process."""

import io
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from custledger.cli.main import main


class Done(NamedTuple):
    """What a run printed, and its exit code."""

    code: int
    out: str
    err: str


Run = Callable[..., Done]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty current folder, with nobody's settings."""
    return enter_empty_folder(tmp_path, monkeypatch)


def enter_empty_folder(around: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make an empty folder the current one, with nobody's settings, and return it."""
    for variable in ("LEDGER", "ACTOR", "LANGUAGE", "AS_OF", "DISABLE_PLUGINS"):
        monkeypatch.delenv(f"CUSTLEDGER_{variable}", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(around / "config"))
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    work = around / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    return work


@pytest.fixture
def run(folder: Path) -> Run:
    """Run the program in this process, with captured streams; ``stdin`` is what it can read."""
    return run_here


def run_here(*arguments: str, stdin: str = "") -> Done:
    """Run the program in this process and in the current folder."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="ascii", write_through=True) for _ in range(2))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stdout", out)
        patch.setattr(sys, "stderr", err)
        patch.setattr(sys, "stdin", io.StringIO(stdin))
        code = main(list(arguments))
    return Done(code, *(stream.buffer.getvalue().decode() for stream in (out, err)))


@pytest.fixture
def shop(run: Run, folder: Path, shop_folder: Path) -> Run:
    """A ledger with two customers, an interaction and a follow-up in the current folder."""
    shutil.copytree(shop_folder, folder, dirs_exist_ok=True)
    return run


@pytest.fixture(scope="session")
def shop_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of that ledger, made once by the program: what each test has is a copy of it."""
    with pytest.MonkeyPatch.context() as patch:
        made = enter_empty_folder(tmp_path_factory.mktemp("shop"), patch)
        _open_shop(run_here)
    return made


def _open_shop(run: Run) -> None:
    assert run("init", "--zone", "UTC").code == 0
    run("customer", "add", "--name", "张伟", "--code", "K1", "--city", "上海", "--level", "A", "--phone", "13800001234")
    run("customer", "add", "--name", "Ann Example", "--code", "K2", "--city", "Oslo", "--level", "B")
    run("interaction", "add", "--customer", "K1", "--at", "2026-11-20 14:30", "--channel", "phone", "--summary", "询价")
    run("followup", "add", "--customer", "K1", "--due", "2026-01-31", "--every", "month")
