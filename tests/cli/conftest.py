"""A ledger of its own for each test, and the program run in this process."""

import io
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
    for variable in ("LEDGER", "ACTOR", "LANGUAGE", "AS_OF", "DISABLE_PLUGINS"):
        monkeypatch.delenv(f"CUSTLEDGER_{variable}", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    return work


@pytest.fixture
def run(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the program in this process, with captured streams; ``stdin`` is what it can read."""

    def run_it(*arguments: str, stdin: str = "") -> Done:
        out, err = (io.TextIOWrapper(io.BytesIO(), encoding="ascii", write_through=True) for _ in range(2))
        with monkeypatch.context() as patch:
            patch.setattr(sys, "stdout", out)
            patch.setattr(sys, "stderr", err)
            patch.setattr(sys, "stdin", io.StringIO(stdin))
            code = main(list(arguments))
        return Done(code, *(stream.buffer.getvalue().decode() for stream in (out, err)))

    return run_it


@pytest.fixture
def shop(run: Run) -> Run:
    """A ledger with two customers, an interaction and a follow-up in the current folder."""
    assert run("init", "--zone", "UTC").code == 0
    run("customer", "add", "--name", "张伟", "--code", "K1", "--city", "上海", "--level", "A", "--phone", "13800001234")
    run("customer", "add", "--name", "Ann Example", "--code", "K2", "--city", "Oslo", "--level", "B")
    run("interaction", "add", "--customer", "K1", "--at", "2026-11-20 14:30", "--channel", "phone", "--summary", "询价")
    run("followup", "add", "--customer", "K1", "--due", "2026-01-31", "--every", "month")
    return run
