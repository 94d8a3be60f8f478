"""The documents' console examples are run, and compared strictly."""

import os
from pathlib import Path

import console
import pytest


@pytest.mark.parametrize(
    ("expected", "printed"),
    [
        ("", ""),
        ("done", "done"),
        ("C-…", "C-01J9ZK4QW7RXM"),
        ("a … z", "a b c z"),
        ("first\n…\nlast", "first\n2\n3\nlast"),
        ("…", "any\nnumber\nof lines"),
        ("name   city", "name city"),
    ],
)
def test_output_matches(expected: str, printed: str) -> None:
    assert console.matches(expected, printed)


@pytest.mark.parametrize(
    ("expected", "printed"),
    [
        ("", "something"),
        ("done", ""),
        ("done", "done and more"),
        ("C-…", "first\nC-01J9ZK4QW7RXM"),
        ("first\n…\nlast", "first\n2"),
        ("a.c", "abc"),
        ("name city", "namecity"),
    ],
)
def test_output_does_not_match(expected: str, printed: str) -> None:
    assert not console.matches(expected, printed)


def test_commands_and_their_output_are_told_apart() -> None:
    block = "$ one \\\n    more\nout 1\nout 2\n$ two\n"
    assert console.commands(block) == [("one more", "out 1\nout 2"), ("two", "")]


def test_a_failing_command_shows_its_exit_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert console.run("echo lost; exit 3") == "lost\n[exit 3]"


def test_a_users_own_settings_do_not_reach_the_examples(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUSTLEDGER_LEDGER", "elsewhere.db")
    made = console.environment(tmp_path)
    assert "CUSTLEDGER_LEDGER" not in made
    assert made["HOME"].startswith(os.fspath(tmp_path))
