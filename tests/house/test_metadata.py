"""What the packages say of themselves to an index of packages."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = [ROOT, *(path.parent for path in sorted(ROOT.glob("plugins/*/pyproject.toml")))]


@pytest.fixture(params=PACKAGES, ids=[path.name for path in PACKAGES])
def project(request: pytest.FixtureRequest) -> dict[str, Any]:
    """The table ``project`` of one package."""
    table: dict[str, Any] = tomllib.loads((request.param / "pyproject.toml").read_text("utf-8"))["project"]
    return table


def test_every_python_that_the_suite_runs_on_is_named(project: dict[str, Any]) -> None:
    line = next(
        line for line in (ROOT / "noxfile.py").read_text("utf-8").splitlines() if line.startswith("OTHER_PYTHONS")
    )
    run_on = set(tomllib.loads(line.replace("OTHER_PYTHONS", "versions"))["versions"])
    prefix = "Programming Language :: Python :: 3."
    named = {f"3.{one.removeprefix(prefix)}" for one in project["classifiers"] if one.startswith(prefix)}
    assert named == run_on
    assert project["requires-python"] == f">={min(run_on, key=lambda version: int(version.partition('.')[2]))}"


def test_types_and_both_languages_are_announced(project: dict[str, Any]) -> None:
    assert {"Natural Language :: Chinese (Simplified)", "Natural Language :: English", "Typing :: Typed"} <= set(
        project["classifiers"]
    )


def test_the_licence_is_told_once_as_an_expression(project: dict[str, Any]) -> None:
    assert project["license"] == "MIT"
    assert not [one for one in project["classifiers"] if one.startswith("License")]
