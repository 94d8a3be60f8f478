"""The floors of docs/design.md, held by import-linter: imports in functions and for types counted."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]


def lint_imports(root: Path) -> subprocess.CompletedProcess[str]:
    """Run import-linter on the sources under ``root``."""
    sources = [root / "src", *sorted(root.glob("plugins/*/src"))]
    return subprocess.run(
        [
            sys.executable,
            "-c",
            "from importlinter.cli import lint_imports_command; lint_imports_command()",
            "--no-cache",
        ],
        cwd=root,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, sources)), "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def copy_of_the_sources(folder: Path) -> Path:
    """Return a copy of the repository's sources and of what import-linter is told, in ``folder``."""
    ignored = shutil.ignore_patterns("__pycache__", "tests")
    shutil.copytree(ROOT / "src", folder / "src", ignore=ignored)
    shutil.copytree(ROOT / "plugins", folder / "plugins", ignore=ignored)
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def test_every_room_imports_only_from_floors_below_its_own() -> None:
    checked = lint_imports(ROOT)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_the_design_names_every_room_on_its_floor() -> None:
    """The table of docs/design.md, from the top down, is what import-linter is told."""
    told = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"][0]
    floors = [{room for room in re.findall(r"\w+", layer) if f"({room})" not in layer} for layer in told["layers"]]
    rows = re.findall(r"^\| (\d+) \| (.*?) \|", (ROOT / "docs/design.md").read_text("utf-8"), flags=re.MULTILINE)
    assert [set(re.findall(r"`(\w+)`", rooms)) for _, rooms in rows] == [one for one in floors if one != {"__main__"}]
    assert [int(number) for number, _ in rows] == list(range(len(rows), 0, -1))


def test_an_import_upwards_is_found_inside_a_function_and_under_type_checking(tmp_path: Path) -> None:
    copy = copy_of_the_sources(tmp_path)
    with (copy / "src/custledger/schema.py").open("a", encoding="utf-8") as module:
        module.write("\n\ndef planted():\n    from custledger import ledger\n")
    with (copy / "plugins/custledger-csv/src/custledger_csv/__init__.py").open("a", encoding="utf-8") as module:
        module.write(
            "\n\nfrom typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    from custledger.services import session\n"
        )
    checked = lint_imports(copy)
    assert checked.returncode == 1, checked.stdout + checked.stderr
    assert "custledger.schema -> custledger.ledger" in checked.stdout
    assert "custledger_csv -> custledger.services.session" in checked.stdout
