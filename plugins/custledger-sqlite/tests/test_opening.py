"""Opening: what is made, what is refused and in which words, upgrades, and files that may only be read."""

import sqlite3
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import apsw
import pytest
from custledger_sqlite import custledger_stores, layouts
from custledger_sqlite.filesystems import network_file_system
from custledger_sqlite.opening import open_store

from custledger.errors import CustledgerError, ForeignStoreError, NotAllowedError, NotFoundError, StoreError, UsageError
from custledger.expressions import understand
from custledger.expressions.scope import World
from custledger.stores.contract import Metered
from custledger.testing.clerk import Clerk

NEXT, THEN = layouts.LAYOUT + 1, layouts.LAYOUT + 2
"""Layouts that are yet to come."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A ledger with one person in it."""
    file = tmp_path / "ledger.db"
    with open_store(str(file)) as store:
        Clerk(store).add("person", name="张伟", code="1")
    return file


def pragma(path: Path, name: str) -> object:
    """Return what a file says of itself."""
    connection = apsw.Connection(str(path))
    try:
        ((value,),) = connection.execute(f"PRAGMA {name}")
        return value
    finally:
        connection.close()


def test_the_plugin_offers_its_store_by_scheme_and_suffix(tmp_path: Path) -> None:
    (kind,) = custledger_stores()
    assert kind.schemes == ("sqlite",)
    assert ".db" in kind.suffixes
    with kind.open(str(tmp_path / "a.db"), create=True, read_only=False) as store:
        assert store.url == f"sqlite:{tmp_path / 'a.db'}"


def test_a_ledger_says_what_it_is(path: Path) -> None:
    assert pragma(path, "application_id") == layouts.APPLICATION_ID
    assert pragma(path, "user_version") == layouts.LAYOUT
    assert pragma(path, "journal_mode") == "wal"


def test_connections_are_as_safe_as_promised(path: Path) -> None:
    with open_store(str(path)) as store:
        connection = store._file.connect()
        found = {
            name: next(iter(connection.execute(f"PRAGMA {name}")))[0]
            for name in ("synchronous", "foreign_keys", "trusted_schema", "journal_mode")
        }
        connection.close()
    assert found == {"synchronous": 2, "foreign_keys": 1, "trusted_schema": 0, "journal_mode": "wal"}
    assert tuple(map(int, apsw.sqlite_lib_version().split("."))) >= (3, 51, 3)


def test_opening_what_is_not_there_says_so_and_makes_nothing(tmp_path: Path) -> None:
    missing = tmp_path / "none.db"
    for options in ({"create": False}, {"read_only": True}):
        with pytest.raises(NotFoundError, match=r"none\.db") as caught:
            open_store(str(missing), **options)
        assert "init" in caught.value.hint
    assert not missing.exists()


@pytest.mark.parametrize(
    ("location", "error"),
    [("", UsageError), ("no/such/folder/ledger.db", NotFoundError), (".", ForeignStoreError), ("a\0b", UsageError)],
)
def test_places_that_cannot_hold_a_ledger_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, location: str, error: type[CustledgerError]
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(error) as caught:
        open_store(location)
    assert caught.value.hint


def beside(path: Path) -> list[str]:
    """Return the names of the files in a file's folder."""
    return sorted(each.name for each in path.parent.iterdir())


def test_who_only_reads_leaves_nothing_beside_the_file_and_the_file_as_it_was(path: Path) -> None:
    before = path.read_bytes()
    with open_store(str(path), read_only=True) as store:
        assert len(store.log()) == 1
        with pytest.raises(NotAllowedError), store._file.writing() as connection:
            connection.execute("DELETE FROM custledger_log")
    assert beside(path) == ["ledger.db"]
    assert path.read_bytes() == before


def test_a_reader_takes_nothing_away_that_a_writer_has_open(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    with open_store(str(path)) as writer:
        clerk = Clerk(writer)
        for _ in range(3):
            open_store(str(path), read_only=True).close()
            clerk.add("person", name="B")
        assert "ledger.db-wal" in beside(path)
        with open_store(str(path), read_only=True) as reader:
            assert len(reader.log()) == len(writer.log()) == 3
    assert beside(path) == ["ledger.db"]
    with open_store(str(path)) as again:
        assert len(again.log()) == 3


def test_a_foreign_database_with_a_log_beside_it_is_refused_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    file = tmp_path / "other.db"
    connection = apsw.Connection(str(file))
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("CREATE TABLE customer (id INTEGER PRIMARY KEY)")
    connection.close()
    before = file.read_bytes()
    for read_only in (True, False):
        with pytest.raises(ForeignStoreError, match="not a ledger"):
            open_store(str(file), read_only=read_only)
        assert (beside(file), file.read_bytes()) == (["other.db"], before)


@pytest.mark.parametrize("room", [8_192, 100_000, 250_000])
def test_a_ledger_that_there_is_no_room_to_make_leaves_nothing_behind(tmp_path: Path, room: int) -> None:
    """The system limits how long a file may grow, as a full disk would, at several places on the way."""
    script = (
        f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({room}, {room}))\n"
        "from custledger.cli.main import main; raise SystemExit(main(['init', 'a.db']))"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.count("error: ")) == (1, 1)
    assert list(tmp_path.iterdir()) == []


def test_a_ledger_that_could_not_be_told_what_it_is_is_taken_away_unless_others_have_it(tmp_path: Path) -> None:
    file = tmp_path / "a.db"
    open_store(str(file)).unmake()
    assert beside(file) == []
    made, other = open_store(str(file)), open_store(str(file))
    made.unmake()
    assert "a.db" in beside(file)
    Clerk(other).add("person", name="A")
    other.unmake()
    made = open_store(str(file))
    made.unmake()
    assert beside(file) == ["a.db"]
    with open_store(str(file), read_only=True) as kept:
        assert len(kept.log()) == 1


def test_what_was_written_into_a_ledger_that_was_just_made_stays(tmp_path: Path) -> None:
    store = open_store(str(tmp_path / "a.db"))
    Clerk(store).add("person", name="A")
    store.unmake()
    assert (tmp_path / "a.db").exists()


def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "notes.db"
    file.write_text("These are my notes. " * 100)
    with pytest.raises(ForeignStoreError, match="not a SQLite database"):
        open_store(str(file))
    assert file.read_text() == "These are my notes. " * 100


def test_a_database_of_another_program_is_refused_and_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "other.db"
    with sqlite3.connect(file) as connection:
        connection.execute("CREATE TABLE customer (id INTEGER PRIMARY KEY, name TEXT)")
    connection.close()
    before = file.read_bytes()
    with pytest.raises(ForeignStoreError, match="not a ledger"):
        open_store(str(file))
    assert file.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == ["other.db"]


def test_a_ledger_of_a_newer_layout_is_refused_and_left_alone(path: Path) -> None:
    connection = apsw.Connection(str(path))
    connection.execute("PRAGMA user_version = 7")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(
        ForeignStoreError, match=rf"newer custledger \(layout 7, this one knows {layouts.LAYOUT}\)"
    ) as caught:
        open_store(str(path))
    assert "Upgrade" in caught.value.hint
    assert path.read_bytes() == before


def test_an_empty_file_becomes_a_ledger(tmp_path: Path) -> None:
    """It is what a program leaves that was killed while it made one."""
    file = tmp_path / "ledger.db"
    file.touch()
    with open_store(str(file)) as store:
        Clerk(store).add("person", name="Ada")


def test_every_ledger_has_an_identity_that_stays(path: Path, tmp_path: Path) -> None:
    with open_store(str(path)) as store, open_store(str(path)) as again, open_store(str(tmp_path / "b.db")) as other:
        assert store.identity == again.identity != other.identity


class TestUpgrades:
    """Steps from layout to layout, with steps planted that this program does not have."""

    @staticmethod
    def add_column(connection: apsw.Connection) -> None:
        """A step that works."""
        connection.execute("ALTER TABLE custledger_changesets ADD COLUMN note TEXT")

    @staticmethod
    def fail(connection: apsw.Connection) -> None:
        """A step that fails halfway."""
        connection.execute("CREATE TABLE half (id INTEGER PRIMARY KEY)")
        connection.execute("DELETE FROM person")
        connection.execute("ALTER TABLE no_such_table ADD COLUMN note TEXT")

    @staticmethod
    def crash(connection: apsw.Connection) -> None:
        """A step that is interrupted."""
        connection.execute("DROP TABLE custledger_log")
        raise KeyboardInterrupt

    def upgrade(self, path: Path, steps: Mapping[int, layouts.Step], layout: int) -> None:
        """Upgrade a file as opening does."""
        connection = apsw.Connection(str(path))
        try:
            if layouts.check(connection, str(path), layout):
                layouts.upgrade(connection, str(path), steps, layout)
        finally:
            connection.close()

    def contents(self, path: Path) -> list[str]:
        """Return all that a file holds, as SQL."""
        connection = apsw.Connection(str(path))
        try:
            schema = [str(row) for row in connection.execute("SELECT * FROM sqlite_schema ORDER BY name")]
            people = [str(row) for row in connection.execute("SELECT * FROM person")]
            return [*schema, *people, str(layouts.number(connection, "user_version"))]
        finally:
            connection.close()

    def test_steps_run_in_order_and_once(self, path: Path) -> None:
        third = {THEN: lambda connection: connection.execute("CREATE TABLE third (a) ") and None}
        steps = {NEXT: self.add_column, **third}
        self.upgrade(path, steps, THEN)
        self.upgrade(path, steps, THEN)
        assert pragma(path, "user_version") == THEN

    def test_a_step_that_fails_leaves_the_file_as_it_was(self, path: Path) -> None:
        before = self.contents(path)
        with pytest.raises(StoreError, match=rf"could not be brought to layout {THEN}.*It is as it was") as caught:
            self.upgrade(path, {NEXT: self.add_column, THEN: self.fail}, THEN)
        assert caught.value.hint
        assert self.contents(path) == before
        with open_store(str(path)) as store:
            assert Clerk(store).count("person") == [(1,)]

    def test_a_step_that_is_interrupted_leaves_the_file_as_it_was(self, path: Path) -> None:
        before = self.contents(path)
        with pytest.raises(KeyboardInterrupt):
            self.upgrade(path, {NEXT: self.crash}, NEXT)
        assert self.contents(path) == before

    def test_every_layout_can_be_brought_to_the_present_one(self) -> None:
        assert set(layouts.STEPS) == set(range(2, layouts.LAYOUT + 1))


class TestReadingOnly:
    """Ledgers that may be read and not written."""

    @pytest.fixture
    def kept(self, path: Path, read_only: Callable[[Path], None]) -> Path:
        """The ledger, in a folder that nobody may write, not even root."""
        read_only(path.parent)
        return path

    def test_a_read_only_folder_opens_for_reading_and_refuses_to_write(self, kept: Path) -> None:
        with open_store(str(kept)) as store:
            clerk = Clerk(store)
            assert store.read_only
            assert clerk.count("person") == [(1,)]
            assert clerk.found("张伟") != []
            with pytest.raises(NotAllowedError, match="for reading only"):
                clerk.add("person", name="Ada")

    def test_nothing_can_be_made_in_a_read_only_folder(self, kept: Path) -> None:
        with pytest.raises(NotAllowedError, match="may not be written"):
            open_store(str(kept.with_name("new.db")))

    def test_a_handle_for_reading_never_writes(self, path: Path) -> None:
        with open_store(str(path), read_only=True) as store:
            clerk = Clerk(store)
            with pytest.raises(NotAllowedError):
                clerk.add("person", name="Ada")
            with pytest.raises(apsw.ReadOnlyError):
                store._file.connect().execute("DELETE FROM person")


@pytest.mark.parametrize(("kind", "found"), [("nfs4", "nfs4"), ("cifs", "cifs"), ("ext4", ""), ("tmpfs", "")])
def test_network_file_systems_are_told_by_where_the_folder_is_mounted(tmp_path: Path, kind: str, found: str) -> None:
    folder = tmp_path / "with space" / "data"
    folder.mkdir(parents=True)
    mounts = tmp_path / "mounts"
    escaped = str(folder.parent.resolve()).replace(" ", "\\040")
    mounts.write_text(f"/dev/sda / ext4 rw 0 0\nserver:/data {escaped} {kind} rw 0 0\n")
    assert network_file_system(folder, mounts) == found
    assert network_file_system(tmp_path, mounts) == ""


def test_a_ledger_on_a_network_file_system_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("custledger_sqlite.opening.network_file_system", lambda _folder: "nfs4")
    with pytest.raises(StoreError, match=r"network file system \(nfs4\)") as caught:
        open_store(str(tmp_path / "ledger.db"))
    assert "local" in caught.value.hint or "this computer" in caught.value.hint


def test_a_ledger_from_before_there_were_facts_is_upgraded_and_keeps_them(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    with open_store(str(path)) as store:
        Clerk(store).add("person", name="Ada")
    connection = apsw.Connection(str(path))
    connection.execute("DROP TABLE custledger_facts")
    for column in ("facts_edition", "facts_true_to"):
        connection.execute(f"ALTER TABLE custledger_ledger DROP COLUMN {column}")
    connection.execute("PRAGMA user_version = 1")
    connection.close()
    with open_store(str(path)) as store:
        clerk = Clerk(store)
        counted = understand(
            "count(visits)", clerk.schemas["person"], clerk.conventions, want=None, world=World(clerk.schemas)
        )
        metric = Metered(name="visited", schema=clerk.schemas["person"], expression=counted)
        store.keep([metric], clerk.moment, generation=clerk.generation)
        (found,) = store.check_facts()
        assert (found.name, found.compared, found.differing) == ("visited", 1, 0)
    assert pragma(path, "user_version") == layouts.LAYOUT
