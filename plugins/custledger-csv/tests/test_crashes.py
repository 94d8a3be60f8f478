"""The harness of crashes is shown bad builds, and catches each. That the good one passes is in ``test_contract``."""

import csv
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from custledger_csv.store import open_folder

from custledger.errors import StoreError
from custledger.stores.contract import Store
from custledger.stores.tables import journal
from custledger.stores.tables.beside import Beside
from custledger.stores.tables.landing import Landing
from custledger.testing.clerk import Clerk
from custledger.testing.stores.crashing import NUMBERS, Scene, hand_edits_lost, killed_at, power_cuts, save
from custledger.testing.stores.desk import SheetCases


class Csv(SheetCases):
    """How the harness gets at a folder of CSV files."""

    def open_store(self, place: Any, *, read_only: bool = False) -> Store:
        return open_folder(str(place), create=True, read_only=read_only)

    def sheet_file(self, place: Any, title: str) -> Path:
        return Path(place) / f"{title}.csv"

    def read_sheet(self, place: Any, title: str) -> list[list[str]]:
        with self.sheet_file(place, title).open(encoding="utf-8-sig", newline="") as stream:
            return list(csv.reader(stream))

    def write_sheet(self, place: Any, title: str, rows: Sequence[Sequence[str]]) -> None:
        with self.sheet_file(place, title).open("w", encoding="utf-8-sig", newline="") as stream:
            csv.writer(stream).writerows(rows)


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return Scene.of(Csv(), tmp_path / "scene")


@pytest.mark.parametrize(
    "forgotten", [r".*/new/.*", r".*/journal", r".*"], ids=["the files that wait", "the journal", "anything"]
)
def test_the_harness_catches_a_build_that_does_not_flush(scene: Scene, tmp_path: Path, forgotten: str) -> None:
    assert any(power_cuts(scene, tmp_path, forgotten))


def test_the_harness_catches_a_build_that_believes_half_a_line(
    scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "decoded", lambda line: json.loads(line[journal.CHECK + 1 :]))
    assert any(power_cuts(scene, tmp_path))


def is_caught_by_kills(scene: Scene, tmp_path: Path) -> bool:
    """Kill a save at each step, until the ledger is not found whole."""
    for number in NUMBERS:
        place = scene.copied(tmp_path / f"{number}")
        if not killed_at(place, number - 1, scene.suite.open_store, save):
            return False
        try:
            found = scene.found(place)
        except Exception:  # noqa: BLE001 - a bad build may raise whatever it likes
            return True
        if found not in (scene.before, scene.after):
            return True
    return False


def test_the_harness_catches_a_build_that_renames_before_the_journal_says_so(
    scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit = Beside.commit

    def commit_late(self: Beside, kept: Any, record: Any) -> None:
        for name, one in kept.pending.items():
            (self.folder / "new" / one.file).replace(self.folder.parent / name)
        commit(self, kept, record)

    monkeypatch.setattr(Beside, "commit", commit_late)
    assert is_caught_by_kills(scene, tmp_path)


def test_the_harness_catches_a_build_that_does_not_finish_what_was_interrupted(
    scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Landing, "finish", lambda _: None)
    assert is_caught_by_kills(scene, tmp_path)


def test_the_harness_catches_a_build_that_does_not_look_whether_a_file_was_changed(
    scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = Landing._put_in_place

    def put_in_place(self: Landing, name: str, one: Any) -> bool:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("custledger.stores.tables.disk.sha256", lambda _: one.replaced)
            return good(self, name, one)

    monkeypatch.setattr(Landing, "_put_in_place", put_in_place)
    assert any(hand_edits_lost(scene, tmp_path))


def test_a_full_disk_refuses_the_write_keeps_the_rest_and_works_again_once_there_is_room(disk_of: Any) -> None:
    small_disk = disk_of(2)
    suite, place = Csv(), small_disk / "ledger"
    clerk = Clerk(suite.open_store(place))
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(900_000))
    added: list[int] = []
    with pytest.raises(StoreError, match="disk") as caught:
        while len(added) < 200:
            added += [clerk.add("person", name="Ada", notes="words " * 5000)]
    assert "room" in caught.value.hint
    assert added
    assert clerk.ids("person") == added
    assert len(clerk.store.log()) == len(added)
    ballast.unlink()
    added.append(clerk.add("person", name="Bo"))
    assert clerk.ids("person") == added
    clerk.store.close()
    with suite.open_store(place) as store:
        assert Clerk(store).ids("person") == added
        assert store.held() == ()
    assert len(suite.desk(place, clerk.schemas["person"]).numbers()) == len(added)
