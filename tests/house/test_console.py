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
        (" ────────", " ─────"),
        ("at 2026-11-22 11:10:26 by you", "at 2027-01-01 00:00:00 by you"),
    ],
)
def test_output_matches(expected: str, printed: str) -> None:
    assert console.matching(expected, printed, {}) is not None


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
        ("C-01J9ZK4QW7RXM", "I-01J9ZK4QW7RXM"),
        ("2026-01-31", "2026-02-01"),
    ],
)
def test_output_does_not_match(expected: str, printed: str) -> None:
    assert console.matching(expected, printed, {}) is None


def test_an_id_stands_for_the_one_that_was_printed_and_always_for_that() -> None:
    written, other = "C-01J9ZK4QW7RXM", "C-01J9ZK4QW7RXN"
    known = console.matching(f"{written} {written}", f"{other} {other}", {})
    assert known == {written: other}
    assert console.matching(f"see {written}", f"see {other}", known) == {}
    assert console.matching(f"see {written}", f"see {written}", known) is None
    assert console.matching(f"{written} {written}", f"{other} {written}", {}) is None


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
