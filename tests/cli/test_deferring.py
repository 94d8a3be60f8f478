"""Modules that are seldom used are loaded at their first use, and are then like any other."""

import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from custledger.cli.deferring import defer

SOURCE = """
import time
loads = [1]
time.sleep(0.05)
def twice(number):
    return 2 * number
"""


@pytest.fixture
def seldom(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    (tmp_path / "seldom_used.py").write_text(SOURCE, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    yield "seldom_used"
    sys.modules.pop("seldom_used", None)


def test_a_deferred_module_is_loaded_when_something_in_it_is_used(seldom: str) -> None:
    defer([seldom])
    module = __import__(seldom)
    assert "twice" not in vars(module)
    assert module.twice(4) == 8
    assert type(module) is ModuleType
    assert __import__(seldom) is module


def test_what_it_does_not_have_it_has_not(seldom: str) -> None:
    defer([seldom])
    module = __import__(seldom)
    assert not hasattr(module, "thrice")
    assert not hasattr(module, "thrice")


def test_a_loaded_module_and_one_that_is_nowhere_are_left_alone() -> None:
    defer(["sys", "there_is_no_such_module"])
    assert sys.modules["sys"] is sys
    assert "there_is_no_such_module" not in sys.modules


def test_threads_that_use_it_at_once_wait_until_it_is_loaded(seldom: str) -> None:
    defer([seldom])
    module: Any = __import__(seldom)
    found: list[int] = []
    threads = [threading.Thread(target=lambda: found.append(module.twice(2))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [4, 4, 4, 4]
