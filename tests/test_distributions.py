"""The index of installed plugins is right with a good cache, a bad one, and none."""

import json
import os
import time
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from custledger.distributions import EntryPoint, installed_plugins


@pytest.fixture
def site(tmp_path: Path) -> Path:
    folder = tmp_path / "site"
    install(
        folder,
        "custledger_tea-1.2.dist-info",
        "[console_scripts]\ntea = tea:main\n\n[custledger]\ntea = custledger_tea\n",
    )
    install(folder, "other-0.1.dist-info", "[console_scripts]\nother = other:main\n")
    return folder


def install(folder: Path, name: str, entries: str) -> None:
    (folder / name).mkdir(parents=True)
    (folder / name / "entry_points.txt").write_text(entries, "utf-8")
    settle(folder)


def settle(folder: Path, ago: int = 60) -> None:
    then = time.time() - ago
    os.utime(folder, (then, then))


def test_it_finds_what_importlib_metadata_finds(tmp_path: Path) -> None:
    found = {(one.name, one.module, one.version) for one in installed_plugins(cache=tmp_path / "cache.json")}
    assert found == {(one.name, one.value, one.dist.version) for one in entry_points(group="custledger") if one.dist}


def test_entries_are_read_and_cached(site: Path, tmp_path: Path) -> None:
    cache = tmp_path / "deep" / "cache.json"
    expected = [EntryPoint("tea", "custledger_tea", "custledger-tea", "1.2")]
    assert installed_plugins([str(site)], cache) == expected
    assert json.loads(cache.read_bytes())["folders"]
    (site / "custledger_tea-1.2.dist-info" / "entry_points.txt").unlink()
    assert installed_plugins([str(site)], cache) == expected


def test_installing_something_is_seen_at_once(site: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache.json"
    installed_plugins([str(site)], cache)
    install(site, "custledger_new-1.dist-info", "[custledger]\nnew = custledger_new\n")
    settle(site, ago=30)
    assert [one.name for one in installed_plugins([str(site)], cache)] == ["new", "tea"]


def test_a_folder_that_just_changed_is_not_cached(site: Path, tmp_path: Path) -> None:
    settle(site, ago=0)
    installed_plugins([str(site)], tmp_path / "cache.json")
    assert not (tmp_path / "cache.json").exists()


@pytest.mark.parametrize(
    "content", [b"", b"nonsense", b"[]", b'{"version": 99}', b'{"version": 1, "folders": {"/x": 7}}']
)
def test_a_damaged_cache_is_passed_over(site: Path, tmp_path: Path, content: bytes) -> None:
    cache = tmp_path / "cache.json"
    cache.write_bytes(content)
    assert [one.name for one in installed_plugins([str(site)], cache)] == ["tea"]


def test_a_cache_that_cannot_be_written_is_passed_over(site: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", "utf-8")
    assert [one.name for one in installed_plugins([str(site)], tmp_path / "file" / "cache.json")] == ["tea"]


def test_of_two_copies_the_first_counts_as_for_import(site: Path, tmp_path: Path) -> None:
    install(tmp_path / "later", "custledger_tea-9.dist-info", "[custledger]\ntea = custledger_elsewhere\n")
    found = installed_plugins([str(site), str(tmp_path / "later"), str(tmp_path / "missing")], tmp_path / "cache.json")
    assert [one.version for one in found] == ["1.2"]
