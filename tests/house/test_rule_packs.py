"""A rule pack is as small as the documents say, and the template makes one that is sound."""

import importlib.util
import json
import os
import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from beside import make_environment, with_programs
from console import FILE

from custledger.plugins import Plugins

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "docs/guides/write-a-segment-plugin.md"
TEMPLATE = ROOT / "templates/segment-plugin"
MOST_LINES = 15

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the environments beside this one are made for POSIX")
copied = pytest.mark.skipif(importlib.util.find_spec("copier") is None, reason="copier is not installed")


def test_the_smallest_plugin_is_one_file_of_15_lines_and_a_pyproject() -> None:
    files = [(found["name"], found["text"]) for found in FILE.finditer(GUIDE.read_text("utf-8"))]
    assert [name for name, _ in files[:2]] == ["pyproject.toml", "custledger_tea.py"]
    assert len(files[1][1].splitlines()) <= MOST_LINES
    assert tomllib.loads(files[0][1])["project"]["entry-points"]["custledger"] == {"tea": "custledger_tea"}


def run(folder: Path, programs: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Run a command of an environment in a folder, with nobody's settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("CUSTLEDGER_", "COV_", "PYTEST"))}
    environ = with_programs(kept | {"HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}, programs)
    return subprocess.run(
        command, cwd=folder, env=environ, capture_output=True, text=True, encoding="utf-8", check=False
    )


def made(folder: Path, **answers: str) -> None:
    """Have copier make a pack in a folder, with these answers and else the defaults. Raises ``ValueError`` for wrong ones."""
    from copier import run_copy  # half a second of imports, of which no other test has any use

    run_copy(str(TEMPLATE), folder, data=answers, defaults=True)


ANSWERS = {
    "plain": {"name": "neglected", "label_zh": "久未联系", "author": "Lin Ada"},
    "awkward": {
        "name": "big_in_lyon",
        "label_en": 'Big "fish"',
        "label_zh": "里昂“大客户”",
        "expression": "city = \"Lyon\" and notes contains 'a\\b'",
        "summary_zh": "在里昂",
        "inside": '{"city": "lyon", "notes": "a\\\\b"}',
        "outside": "{}",
        "author": 'Zoë "Z" O\'Neill',
    },
    "purchases": {
        "name": "spenders",
        "label_zh": "消费者",
        "expression": "total_spent >= 100",
        "inside": '{"transactions": [{"number": "1", "amount": 100, "status": "paid", "at": "yesterday"}]}',
        "outside": "{}",
        "author": "Lin Ada",
    },
}


@copied
@pytest.mark.parametrize("answers", ANSWERS.values(), ids=ANSWERS)
def test_the_template_makes_a_pack_whose_tests_pass_and_that_is_proved(
    tmp_path: Path, answers: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    pack, name = tmp_path / "pack", answers["name"]
    made(pack, **answers)
    assert f"custledger plugin check {name}" in "".join(capsys.readouterr())
    assert not [
        path
        for path in pack.rglob("*")
        if path.is_file() and re.search(r"{{|{%|\.jinja$", str(path) + path.read_text("utf-8"))
    ]
    project = tomllib.loads((pack / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["authors"] == [{"name": answers["author"]}]
    purchases = ["custledger-sales"] if answers is ANSWERS["purchases"] else []
    assert project["dependencies"] == ["custledger", *purchases]

    programs = make_environment(tmp_path / "environment")
    installed = run(pack, programs, "pip", "install", "--quiet", "--editable", ".")
    assert installed.returncode == 0, installed.stderr
    tested = run(pack, programs, "python3", "-m", "pytest", "-q", "-p", "no:cacheprovider")
    assert "1 passed" in tested.stdout, tested.stdout + tested.stderr
    checked = run(pack, programs, "custledger", "plugin", "check", name, "--json")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    (rule,) = json.loads(checked.stdout)["rules"]
    assert (rule["name"], rule["proved"], rule["checks"][-1]["count"]) == (name, True, 2)
    listed = run(pack, programs, "custledger", "plugin", "list")
    assert f"{name}\tcustledger-{name.replace('_', '-')}\t0.1.0\tsound\tsegments" in listed.stdout


def test_the_template_knows_each_name_that_needs_custledger_sales() -> None:
    sales = pytest.importorskip("custledger_sales", reason="custledger-sales is not installed")
    plugins = Plugins.of(sales=sales)
    (listed,) = re.findall(
        r"^sales:.+?>-\n    (.+?)$", (TEMPLATE / "copier.yml").read_text("utf-8"), re.DOTALL | re.MULTILINE
    )
    known = re.compile(listed, re.IGNORECASE)
    types = [info for schema in plugins.schemas().values() if (info := schema.info).name not in Plugins.of().schemas()]
    metrics = [one for plugin, one in plugins.metrics() if plugin == "sales"]
    names = [name for one in types for name in (one.name, one.plural, *one.labels.both())]
    names += [name for one in metrics for name in (one.name, *one.labels.both())]
    assert names
    assert [name for name in names if not known.search(name)] == []
    assert not known.search("level = A and not exists(interactions where at > 90 days ago)")


@copied
def test_plugins_that_a_pack_needs_can_be_named(tmp_path: Path) -> None:
    made(tmp_path / "pack", **ANSWERS["plain"], requires="custledger-sales, custledger-segments")
    project = tomllib.loads((tmp_path / "pack/pyproject.toml").read_text("utf-8"))["project"]
    assert project["dependencies"] == ["custledger", "custledger-sales", "custledger-segments"]
    with pytest.raises(ValueError, match="requires"):
        made(tmp_path / "other", **ANSWERS["plain"], requires='x", "y')


@copied
@pytest.mark.parametrize(
    "wrong", [{"name": "Big Fish"}, {"name": "__x"}, {"label_zh": " "}, {"expression": ""}, {"author": ""}]
)
def test_the_template_refuses_answers_that_make_no_pack(tmp_path: Path, wrong: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        made(tmp_path / "pack", **ANSWERS["plain"] | wrong)


@copied
def test_a_pack_whose_example_is_wrong_fails_its_own_test(tmp_path: Path) -> None:
    pack = tmp_path / "pack"
    made(pack, **ANSWERS["plain"], inside='{"level": "B"}')
    programs = make_environment(tmp_path / "environment")
    run(pack, programs, "pip", "install", "--quiet", "--editable", ".")
    tested = run(pack, programs, "python3", "-m", "pytest", "-q", "-p", "no:cacheprovider")
    assert tested.returncode == 1
    assert "The segment neglected: Example 1 gives no member, and not a member." in tested.stdout
    assert run(pack, programs, "custledger", "plugin", "check", "neglected").returncode == 3
