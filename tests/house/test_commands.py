"""The README's two commands and what CI runs are one and the same."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SETUP = re.compile(r"^python3 -m venv .* custledger demo$|^python3 -m venv .*/custledger demo$", re.MULTILINE)
TESTS = re.compile(r"^python3 -m venv .*nox -s tests$", re.MULTILINE)


@pytest.mark.parametrize("readme", ["README.md", "README.zh.md"])
def test_readme_begins_with_the_two_commands(readme: str) -> None:
    text = (ROOT / readme).read_text("utf-8")
    top = "\n".join(text.splitlines()[:40])
    assert len(SETUP.findall(top)) == 1
    assert len(TESTS.findall(text)) == 1
    assert TESTS.search(top)


def test_both_readmes_give_the_same_commands() -> None:
    english, chinese = ((ROOT / name).read_text("utf-8") for name in ("README.md", "README.zh.md"))
    assert SETUP.findall(english) == SETUP.findall(chinese)
    assert TESTS.findall(english) == TESTS.findall(chinese)


def test_requirements_name_the_core_and_every_plugin_of_the_tree() -> None:
    lines = (ROOT / "requirements.txt").read_text("utf-8").splitlines()
    named = {line.removeprefix("-e ") for line in lines if line.startswith("-e ")}
    assert named == {".", *(f"plugins/{path.parent.name}" for path in ROOT.glob("plugins/*/pyproject.toml"))}


@pytest.mark.skipif(shutil.which("bash") is None, reason=".ci/run needs bash")
@pytest.mark.parametrize(
    ("code", "closing"), [(0, "3 passed in 0.10s"), (1, "1 failed, 2 passed, 1 skipped in 2.50s (0:02)")]
)
def test_ci_runs_the_command_of_the_readme_and_prints_the_closing_line_last(
    tmp_path: Path, code: int, closing: str
) -> None:
    (tmp_path / ".ci").mkdir()
    shutil.copy(ROOT / ".ci/run", tmp_path / ".ci/run")
    fake = tmp_path / "python3"
    fake.write_text(f'#!/bin/sh\necho "{closing}"\necho "nox > done"\n', encoding="utf-8")
    fake.chmod(0o755)
    runner = tmp_path / "nox"
    runner.write_text(f"#!/bin/sh\nread line && echo unexpected stdin\nexit {code}\n", encoding="utf-8")
    runner.chmod(0o755)
    (tmp_path / "README.md").write_text("```sh\npython3 -m venv x && nox -s tests\n```\n", encoding="utf-8")
    environment = {**os.environ, "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(
        [tmp_path / ".ci/run"], env=environment, input="a line", capture_output=True, text=True, check=False
    )
    assert done.returncode == code
    assert done.stdout.splitlines()[-1] == closing
    assert "unexpected" not in done.stdout


@pytest.mark.skipif(shutil.which("bash") is None, reason=".ci/run needs bash")
def test_ci_fails_where_the_readme_has_lost_its_command(tmp_path: Path) -> None:
    (tmp_path / ".ci").mkdir()
    shutil.copy(ROOT / ".ci/run", tmp_path / ".ci/run")
    (tmp_path / "README.md").write_text("nothing here\n", encoding="utf-8")
    done = subprocess.run([tmp_path / ".ci/run"], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "no test command" in done.stderr
