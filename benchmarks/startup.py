"""How long the program takes to start: ``custledger --version`` and showing one record, beside ``python -c pass``.

Everything is compiled before; the ledger is a SQLite file with one customer; every installed plugin takes part. The
three run in turn, eleven times, and the ratio is the median of the rounds'.
"""

import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from harness import Contest, command_seconds, compile_everything, main

import custledger

AT_MOST = 10
AIM = 6
ROUNDS = 11
START = "from custledger.cli.main import main; main()"


def contests() -> Iterable[Contest]:
    """Yield the contest."""
    compile_everything()
    with tempfile.TemporaryDirectory() as folder:
        yield from _contests(Path(folder))


def _program() -> list[str]:
    """Return the command as it was installed beside this Python, or what such a command does."""
    installed = Path(sys.executable).with_name("custledger")
    return [str(installed)] if installed.exists() else [sys.executable, "-c", START]


def _contests(folder: Path) -> Iterator[Contest]:
    ledger = str(folder / "ledger.db")
    program = [*_program(), "--ledger", ledger]
    with custledger.open(ledger, defaults={"zone": "UTC"}) as made:
        made.customers.add(name="Ann Example", code="K1")
    contest = Contest("starting", baseline="python -c pass", rounds=ROUNDS)
    contest.add("python -c pass", lambda: command_seconds([sys.executable, "-c", "pass"]))
    contest.add("custledger --version", lambda: command_seconds([*_program(), "--version"]), at_most=AT_MOST, aim=AIM)
    contest.add(
        "custledger customer show",
        lambda: command_seconds([*program, "customer", "show", "K1"]),
        at_most=AT_MOST,
        aim=AIM,
    )
    yield contest


if __name__ == "__main__":
    main(contests)
