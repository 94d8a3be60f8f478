"""Starting stays cheap: what is imported by ``--version`` and by showing one record is counted, and heavy things named."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

BUDGETS = {"version": 45, "show": 254}
"""How many modules may be imported, Python's own included; what was counted when this was written, and a little."""

HEAVY = {
    "argparse",
    "asyncio",
    "bz2",
    "cattr",
    "cattrs",
    "click",
    "dateutil",
    "hashlib",
    "ipaddress",
    "lzma",
    "socket",
    "tempfile",
    "email_validator",
    "http",
    "hypothesis",
    "importlib.metadata",
    "keyring",
    "logging",
    "platformdirs",
    "pydantic",
    "rich",
    "sqlite3",
    "ssl",
    "subprocess",
    "tokenize",
    "tomli_w",
    "xml",
    "zoneinfo",
}
OF_TYPER = {"difflib", "shutil", "typer", "uuid"}
"""Heavy too, but typer imports them itself: the version is told without typer, commands run on it."""

REPORT = """
import atexit, sys
sys.argv = ["custledger", *sys.argv[1:]]
loaded = lambda: [name for name, module in sys.modules.items() if type(module).__name__ != "Deferred"]
atexit.register(lambda: print(*loaded(), sep="\\n", file=sys.stderr))
from custledger.cli.main import main
main()
"""


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("start") / "ledger.db"
    modules(path, "init", "--zone", "UTC")
    modules(path, "customer", "add", "--name", "Ann", "--code", "K1")
    modules(path, "customer", "show", "K1")
    return path


def modules(ledger: Path, *arguments: str) -> set[str]:
    """Run the program and return the names of the modules that it had imported when it ended."""
    environ = {"CUSTLEDGER_LEDGER": str(ledger)} | {
        key: value for key, value in os.environ.items() if not key.startswith(("CUSTLEDGER_", "COV", "PYTHON"))
    }
    done = subprocess.run(
        [sys.executable, "-c", REPORT, *arguments],
        cwd=ledger.parent,
        env=environ,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    bare = subprocess.run(
        [sys.executable, "-c", "import sys; print(*sys.modules, sep='\\n')"],
        env=environ,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    mine = {line for line in done.stderr.splitlines() if " " not in line}
    return mine - (set(bare.stdout.splitlines()) - {"importlib", "typing"})


@pytest.mark.parametrize(
    ("what", "arguments", "heavy"),
    [("version", ["--version"], HEAVY | OF_TYPER), ("show", ["customer", "show", "K1"], HEAVY)],
)
def test_start_imports_few_modules_and_nothing_heavy(
    ledger: Path, what: str, arguments: list[str], heavy: set[str]
) -> None:
    imported = modules(ledger, *arguments)
    assert not {name for name in imported if name in heavy or name.partition(".")[0] in heavy}
    assert len(imported) <= BUDGETS[what], sorted(imported)


def test_version_imports_nothing_of_the_ledger(ledger: Path) -> None:
    ours = {name for name in modules(ledger, "--version") if name.startswith("custledger")}
    assert ours <= {"custledger", "custledger.cli", "custledger.cli.main", "custledger.errors"}


def test_showing_a_record_imports_no_parser_and_no_writing_of_files(ledger: Path) -> None:
    imported = modules(ledger, "customer", "show", "K1")
    for name in (
        "custledger.expressions.parser",
        "custledger.search",
        "custledger.services.importing",
        "custledger.services.exporting",
        "custledger.ledger",
        "custledger.stores.memory",
    ):
        assert name not in imported
