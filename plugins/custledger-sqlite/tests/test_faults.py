"""Disks that are full or fail, and other programs that hold the file: one error, nothing half done, and on again."""

import contextlib
import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import apsw
import pytest
from custledger_sqlite.connecting import SqliteDatabase
from custledger_sqlite.faults import explained
from custledger_sqlite.opening import open_store
from custledger_sqlite.store import SqliteStore

from custledger.errors import CustledgerError, ForeignStoreError, LockedError, NotAllowedError, StoreError
from custledger.testing.clerk import Clerk


@pytest.mark.parametrize(
    ("fault", "error", "words"),
    [
        (apsw.FullError, StoreError, "disk is full"),
        (apsw.IOError, StoreError, "could not be read or written"),
        (apsw.ReadOnlyError, NotAllowedError, "may not be written"),
        (apsw.BusyError, LockedError, "another program"),
        (apsw.LockedError, LockedError, "another program"),
        (apsw.CorruptError, StoreError, "damaged"),
        (apsw.NotADBError, ForeignStoreError, "not a SQLite database"),
        (apsw.CantOpenError, NotAllowedError, "cannot be opened"),
        (apsw.TooBigError, StoreError, "larger than"),
        (apsw.MismatchError, StoreError, "SQLite failed"),
    ],
)
def test_every_fault_has_its_error_and_a_hint(fault: type[Exception], error: type[CustledgerError], words: str) -> None:
    made = explained(fault("some words"), "ledger.db")
    assert type(made) is error
    assert words in made.message
    assert "ledger.db" in made.message
    assert made.hint
    assert "\n" not in made.message


class FailingFile(apsw.VFSFile):
    """A file that fails at the write or sync of a given number."""

    def __init__(self, system: "FailingFileSystem", name: Any, flags: list[int]) -> None:
        super().__init__("", name, flags)
        self._system = system

    def xWrite(self, data: bytes, offset: int) -> None:
        """Write, or fail."""
        self._system.step()
        super().xWrite(data, offset)

    def xSync(self, flags: int) -> None:
        """Sync, or fail."""
        self._system.step()
        super().xSync(flags)


class FailingFileSystem(apsw.VFS):
    """A file system that fails once ``left`` writes and syncs have been done; never where it is ``None``."""

    def __init__(self, fault: type[Exception]) -> None:
        self.name = f"failing-{fault.__name__}"
        super().__init__(self.name, "")
        self.fault = fault
        self.left: int | None = None

    def xOpen(self, name: Any, flags: list[int]) -> apsw.VFSFile:
        """Open a file."""
        return FailingFile(self, name, flags)

    def step(self) -> None:
        """Count one write or sync down, and fail where none is left."""
        if self.left is not None:
            if self.left == 0:
                raise self.fault("planted")
            self.left -= 1


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("fault", [apsw.FullError, apsw.IOError])
def test_a_write_that_fails_anywhere_changes_nothing_and_the_next_one_works(
    tmp_path: Path, fault: type[Exception]
) -> None:
    """Every write and sync of a changeset is made to fail in turn."""
    path = tmp_path / "ledger.db"
    Clerk(open_store(str(path))).store.close()
    system = FailingFileSystem(fault)
    clerk = Clerk(SqliteStore(SqliteDatabase(str(path), vfs=system.name)))
    acknowledged: set[int] = set()
    refused = 0
    for number in itertools.count():
        person = clerk.creation("person", name=f"N{number}", notes="many words " * 800)
        system.left = number
        try:
            clerk.apply(person, clerk.creation("visit", person=person.id))
            acknowledged.add(person.id)
        except StoreError as error:
            assert error.hint  # noqa: PT017 - both outcomes are looked at below
            refused += 1
        system.left = None
        after = clerk.add("person", name=f"After {number}")
        assert set(clerk.ids("person", "name starts with N")) >= acknowledged
        assert clerk.store.get(clerk.schemas["person"], [after])[0] is not None
        if len(acknowledged) == 3:
            break
    assert refused > 5
    people = set(clerk.ids("person", "name starts with N"))
    assert {visit["person"] for visit in clerk.everything("visit").values()} == people
    clerk.store.close()
    connection = apsw.Connection(str(path))
    assert list(connection.execute("PRAGMA integrity_check")) == [("ok",)]
    connection.close()
    system.unregister()


@pytest.fixture
def small_disk(disk_of: Callable[[int], Path]) -> Path:
    """A disk of two megabytes."""
    return disk_of(2)


def test_a_full_disk_refuses_the_write_keeps_the_rest_and_works_again_once_there_is_room(small_disk: Path) -> None:
    path = small_disk / "ledger.db"
    clerk = Clerk(open_store(str(path)))
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(900_000))
    added: list[int] = []
    with pytest.raises(StoreError, match="disk is full") as caught:
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
    with open_store(str(path)) as store:
        assert Clerk(store).ids("person") == added


def test_a_ledger_that_another_program_writes_for_too_long_is_locked(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    clerk = Clerk(open_store(str(path)))
    other = apsw.Connection(str(path))
    other.execute("BEGIN IMMEDIATE")
    impatient = clerk.beside(SqliteStore(SqliteDatabase(str(path), wait=20)))
    with pytest.raises(LockedError, match="another program") as caught:
        impatient.add("person", name="Ada")
    assert caught.value.exit_code == 5
    assert clerk.count("person") == [(0,)]
    other.execute("ROLLBACK")
    impatient.add("person", name="Ada")
    assert clerk.count("person") == [(1,)]
    for closing in (other, clerk.store, impatient.store):
        closing.close()


def test_a_damaged_file_is_called_damaged(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    clerk = Clerk(open_store(str(path)))
    clerk.add_many("person", [{"name": f"N{number}", "notes": "words " * 50} for number in range(500)])
    clerk.store.close()
    data = bytearray(path.read_bytes())
    for page in range(60, len(data) // 4096):
        data[page * 4096 : page * 4096 + 200] = bytes(200)
    path.write_bytes(data)
    with open_store(str(path)) as store, pytest.raises(StoreError, match="damaged"):
        clerk = Clerk(store)
        clerk.select("person", order=["notes"])


def test_a_full_disk_is_named_even_where_a_ledger_is_only_read(small_disk: Path) -> None:
    ledger = str(small_disk / "ledger.db")
    open_store(ledger, create=True).close()
    with contextlib.suppress(OSError), (small_disk / "rest").open("wb", buffering=0) as rest:
        while True:
            rest.write(bytes(4096))
    with pytest.raises(StoreError, match="disk is full"), open_store(ledger) as store:
        store.generation()
    (small_disk / "rest").unlink()
    with open_store(ledger) as store:
        assert store.generation() == 1
