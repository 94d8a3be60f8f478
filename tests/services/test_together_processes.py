"""Several processes that open one ledger at the same moment: it is made once, and what each of them adds is there."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

import custledger

PROCESSES = 4
ROUNDS = 6

PROGRAM = """
import sys
import custledger
from custledger.errors import ConflictError, InvalidValueError

number = sys.argv[1]
print("ready", flush=True)
for line in sys.stdin:
    work, url = line.split()
    with custledger.open(url, actor=f"a{number}") as ledger:
        if work == "own":
            ledger.fields.add("customer", f"own{number}", kind="text")
            ledger.customers.add(name=f"n{number}", **{f"own{number}": "set"})
        elif work == "same":
            try:
                ledger.fields.add("customer", "same", kind="text")
            except (ConflictError, InvalidValueError):
                print("refused", end=" ")
            ledger.customers.add(name=f"n{number}", same="set")
        else:
            ledger.customers.add(name=f"n{number}")
    print("done", flush=True)
"""


class Crowd:
    """Processes that all do the same at once: each has started already and waits for one line."""

    def __init__(self, afterwards: ExitStack) -> None:
        self._processes = [
            afterwards.enter_context(
                subprocess.Popen(
                    [sys.executable, "-c", PROGRAM, str(number)],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    text=True,
                    bufsize=1,
                )
            )
            for number in range(PROCESSES)
        ]
        assert self._answers() == ["ready"] * PROCESSES

    def do(self, work: str, url: str) -> list[str]:
        """Have every process do a work on a ledger, and return what each of them said."""
        for process in self._processes:
            assert process.stdin is not None
            process.stdin.write(f"{work} {url}\n")
        return self._answers()

    def _answers(self) -> list[str]:
        return [process.stdout.readline().strip() for process in self._processes if process.stdout is not None]


@pytest.fixture(scope="module")
def crowd() -> Iterator[Crowd]:
    with ExitStack() as afterwards:
        yield Crowd(afterwards)


NAMES = {f"n{number}" for number in range(PROCESSES)}


def test_processes_that_make_one_ledger_at_once_all_have_it(crowd: Crowd, tmp_path: Path) -> None:
    for each in range(ROUNDS):
        url = f"sqlite:{tmp_path / f'new{each}.db'}"
        assert crowd.do("add", url) == ["done"] * PROCESSES
        with custledger.open(url, create=False) as ledger:
            assert {customer.name for customer in ledger.customers} == NAMES
            assert [one.verb for one in ledger.operations()].count("init") == 1


def test_processes_that_each_add_a_field_while_the_others_open_have_all_of_them(crowd: Crowd, tmp_path: Path) -> None:
    for each, is_new in [(each, is_new) for each in range(ROUNDS) for is_new in (True, False)]:
        url = f"sqlite:{tmp_path / f'own{each}{is_new}.db'}"
        if not is_new:
            custledger.open(url).close()
        assert crowd.do("own", url) == ["done"] * PROCESSES
        with custledger.open(url, create=False) as ledger:
            found = {customer.name: dict(customer.extra) for customer in ledger.customers}
        assert found == {f"n{number}": {f"x_own{number}": "set"} for number in range(PROCESSES)}


def test_processes_that_add_the_same_field_at_once_have_it_once(crowd: Crowd, tmp_path: Path) -> None:
    for each in range(ROUNDS):
        url = f"sqlite:{tmp_path / f'same{each}.db'}"
        assert sorted(crowd.do("same", url)) == ["done", *["refused done"] * (PROCESSES - 1)]
        with custledger.open(url, create=False) as ledger:
            assert {customer.name: dict(customer.extra) for customer in ledger.customers} == {
                name: {"x_same": "set"} for name in NAMES
            }
