"""Backups: taken while the ledger is in use, proven before they count, and never half there."""

import shutil
from pathlib import Path

import apsw
import pytest
from custledger_sqlite import backup as backing
from custledger_sqlite.opening import open_store
from custledger_sqlite.store import SqliteStore

from custledger.errors import NotFoundError, StoreError, UsageError
from custledger.testing.clerk import Clerk
from custledger.testing.samples import sample_people


@pytest.fixture
def clerk(tmp_path: Path) -> Clerk:
    """A clerk of a ledger with some people in it."""
    clerk = Clerk(open_store(str(tmp_path / "ledger.db")))
    clerk.add_many("person", list(sample_people(300)))
    return clerk


def store_of(clerk: Clerk) -> SqliteStore:
    """Return the clerk's store."""
    assert isinstance(clerk.store, SqliteStore)
    return clerk.store


def test_a_backup_is_the_ledger_at_one_moment(clerk: Clerk, tmp_path: Path) -> None:
    target = tmp_path / "copy.db"
    verification = store_of(clerk).backup(str(target))
    assert verification.rows == {"person": 300, "visit": 0}
    assert verification.problems == ()
    before = clerk.everything("person")
    clerk.add("person", name="Later")
    with open_store(str(target)) as store:
        copy = clerk.beside(store)
        assert copy.everything("person") == before
        assert store.identity == clerk.store.identity
        assert store.log() == clerk.store.log()[: len(store.log())]
        assert copy.found("欧阳") == [number for number in clerk.found("欧阳") if number in before]
        copy.add("person", name="Works")
    clerk.store.close()


def test_a_backup_is_one_file_that_others_may_not_read_sooner_than_the_ledger(clerk: Clerk, tmp_path: Path) -> None:
    (tmp_path / "ledger.db").chmod(0o600)
    (tmp_path / "folder").mkdir()
    target = tmp_path / "folder" / "copy.db"
    store_of(clerk).backup(str(target))
    assert [path.name for path in target.parent.iterdir()] == ["copy.db"]
    assert target.stat().st_mode & 0o777 == 0o600
    clerk.store.close()


def test_a_ledger_is_written_and_read_while_it_is_copied(
    clerk: Clerk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The copy is of the moment it began, which the comparison afterwards agrees with."""
    copy_plainly = backing._copy

    def copy(connection: apsw.Connection, target: Path) -> None:
        clerk.add("person", name="Between")
        copy_plainly(connection, target)
        clerk.add("person", name="After")

    monkeypatch.setattr(backing, "_copy", copy)
    verification = store_of(clerk).backup(str(tmp_path / "copy.db"))
    assert verification.rows["person"] == 300
    assert clerk.count("person") == [(302,)]
    clerk.store.close()


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE person SET name = 'someone else' WHERE id = (SELECT max(id) FROM person)",
        "DELETE FROM custledger_log",
        "UPDATE person SET mentor = 12345",
        "PRAGMA application_id = 1",
        "INSERT INTO person__tags (record, tag, folded, source, actor, at) VALUES (1, 'x', 'x', 'x', 'x', 'x')",
        "DROP TABLE visit",
        "DELETE FROM person__search_data WHERE id > 10",
    ],
)
def test_a_copy_that_is_not_true_never_gets_its_name(
    clerk: Clerk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: str
) -> None:
    target = tmp_path / "copy.db"
    target.write_text("the backup of yesterday")
    copy_plainly = backing._copy

    def copy(connection: apsw.Connection, path: Path) -> None:
        copy_plainly(connection, path)
        damaged = apsw.Connection(str(path))
        damaged.config(apsw.SQLITE_DBCONFIG_DEFENSIVE, 0)
        damaged.execute(damage)
        damaged.close()

    monkeypatch.setattr(backing, "_copy", copy)
    with pytest.raises(StoreError, match="not a true copy") as caught:
        store_of(clerk).backup(str(target))
    assert caught.value.hint
    assert target.read_text() == "the backup of yesterday"
    clerk.store.close()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["copy.db", "ledger.db"]


def test_places_that_cannot_hold_a_backup_are_refused(clerk: Clerk, tmp_path: Path) -> None:
    store = store_of(clerk)
    with pytest.raises(UsageError, match="is a folder"):
        store.backup(str(tmp_path))
    with pytest.raises(NotFoundError, match="folder"):
        store.backup(str(tmp_path / "none" / "copy.db"))
    with pytest.raises(UsageError, match="the ledger itself"):
        store.backup(store.path)
    used = tmp_path / "used.db"
    with open_store(str(used)) as other:
        Clerk(other)
        with pytest.raises(UsageError, match="in use"):
            store.backup(str(used))
    clerk.store.close()


def test_the_latest_changes_that_a_moved_ledger_left_behind_are_not_written_over(clerk: Clerk, tmp_path: Path) -> None:
    store_of(clerk).backup(str(tmp_path / "copy.db"))
    clerk.add("person", name="Latest")
    for name in ("ledger.db", "ledger.db-wal", "ledger.db-shm"):  # as they are where the program is killed
        shutil.copy(tmp_path / name, tmp_path / f"killed{name.removeprefix('ledger')}")
    clerk.store.close()
    (tmp_path / "killed.db").rename(tmp_path / "moved.db")
    told = r"killed\.db is not there, but files that belong to it are: killed\.db-wal, killed\.db-shm\."
    with open_store(str(tmp_path / "copy.db")) as copy, pytest.raises(UsageError, match=told):
        copy.backup(str(tmp_path / "killed.db"))
    with pytest.raises(UsageError, match=told):
        open_store(str(tmp_path / "killed.db"))
    for ending in ("-wal", "-shm"):
        (tmp_path / f"killed.db{ending}").rename(tmp_path / f"moved.db{ending}")
    with open_store(str(tmp_path / "moved.db")) as moved:
        assert len(clerk.beside(moved).ids("person", "name = Latest")) == 1
