"""Power cuts: a file system in between notes every write and sync, and the test replays any beginning of the notes.

What was not synced when the power went is dropped, kept, or torn, as a disk may do with each write. A build with
synchronous=OFF is shown to lose acknowledged records here, which kill -9 cannot show: the system keeps what a killed
process has written. ``CUSTLEDGER_CUTS`` says how many cuts, for a long night's run.
"""

import os
import random
from pathlib import Path
from typing import Any

import apsw
from custledger_sqlite.connecting import SqliteDatabase
from custledger_sqlite.opening import open_store
from custledger_sqlite.store import SqliteStore

from custledger.errors import CustledgerError
from custledger.testing.clerk import Clerk

CUTS = int(os.environ.get("CUSTLEDGER_CUTS", "40"))
CHANGESETS = 25
SECTOR = 512

Note = tuple[str, str, int, bytes]
"""What happened: ``write``, ``truncate``, ``sync`` or ``acknowledged``; the file's ending; where; what."""


class NotingFile(apsw.VFSFile):
    """A file that notes what is done to it."""

    def __init__(self, notes: list[Note], name: Any, flags: list[int]) -> None:
        super().__init__("", name, flags)
        self._notes = notes
        self._ending = "-wal" if flags[0] & apsw.SQLITE_OPEN_WAL else ""

    def xWrite(self, data: bytes, offset: int) -> None:
        """Write, and note it."""
        self._notes.append(("write", self._ending, offset, bytes(data)))
        super().xWrite(data, offset)

    def xTruncate(self, newsize: int) -> None:
        """Cut off, and note it."""
        self._notes.append(("truncate", self._ending, newsize, b""))
        super().xTruncate(newsize)

    def xSync(self, flags: int) -> None:
        """Sync, and note it."""
        self._notes.append(("sync", self._ending, 0, b""))
        super().xSync(flags)


class NotingFileSystem(apsw.VFS):
    """A file system whose files note what is done to them."""

    def __init__(self, name: str, notes: list[Note]) -> None:
        super().__init__(name, "")
        self._notes = notes

    def xOpen(self, name: Any, flags: list[int]) -> apsw.VFSFile:
        """Open a file."""
        return NotingFile(self._notes, name, flags)


def recorded(path: Path, synchronous: str) -> tuple[dict[str, bytes], list[Note]]:
    """Write some changesets; return the files as they were on disk before, and the notes."""
    clerk = Clerk(open_store(str(path)))
    clerk.add_many("person", [{"name": f"Old {index}"} for index in range(30)])
    clerk.store.close()
    before = {"": path.read_bytes()}
    notes: list[Note] = []
    file_system = NotingFileSystem(f"noting-{synchronous}", notes)
    database = SqliteDatabase(str(path), vfs=f"noting-{synchronous}", synchronous=synchronous)
    clerk = clerk.beside(SqliteStore(database))
    for index in range(CHANGESETS):
        person = clerk.creation("person", name=f"New {index}", notes="中文 " * 200)
        clerk.apply(person, clerk.creation("visit", person=person.id, note="with it"))
        notes.append(("acknowledged", "", person.id, b""))
        if index % 10 == 9:
            list(database.connect().execute("PRAGMA wal_checkpoint(PASSIVE)"))
    clerk.store.close()
    file_system.unregister()
    return before, notes


def after_cut(before: dict[str, bytes], notes: list[Note], source: random.Random) -> dict[str, bytes]:
    """Return the files as they may be on disk when the power goes after these notes."""
    files: dict[str, bytearray] = {ending: bytearray(data) for ending, data in before.items()}
    waiting: dict[str, list[Note]] = {}
    for note in notes:
        kind, ending = note[:2]
        if kind == "sync":
            for kept in waiting.pop(ending, []):
                _do(files, kept)
        elif kind != "acknowledged":
            waiting.setdefault(ending, []).append(note)
    for unsynced in waiting.values():
        # Most disks lose all of it or keep a beginning; the worst keep any of it.
        keep = source.choice((0.0, 0.0, 0.5, 1.0))
        for note in unsynced:
            if source.random() < keep:
                _do(files, _torn(note, source))
    return {ending: bytes(data) for ending, data in files.items()}


def _torn(note: Note, source: random.Random) -> Note:
    kind, ending, offset, data = note
    if kind == "write" and len(data) > SECTOR and source.random() < 0.3:
        data = data[: source.randrange(1, len(data) // SECTOR + 1) * SECTOR]
    return kind, ending, offset, data


def _do(files: dict[str, bytearray], note: Note) -> None:
    kind, ending, offset, data = note
    held = files.setdefault(ending, bytearray())
    if kind == "truncate":
        del held[offset:]
    else:
        held.extend(bytes(max(0, offset - len(held))))
        held[offset : offset + len(data)] = data


def damage_of_cuts(folder: Path, synchronous: str) -> list[str]:
    """Cut the power at many moments, and return what was lost or damaged, a line for each cut that did."""
    before, notes = recorded(folder / "ledger.db", synchronous)
    source = random.Random(11)
    damage = []
    for cut in range(CUTS):
        place = source.randrange(len(notes)) + 1
        acknowledged = {number for kind, _, number, _ in notes[:place] if kind == "acknowledged"}
        path = folder / f"cut-{cut}.db"
        for ending, data in after_cut(before, notes[:place], source).items():
            Path(f"{path}{ending}").write_bytes(data)
        try:
            lost = acknowledged - set(people_after(path))
        except (CustledgerError, apsw.Error, AssertionError) as error:
            damage.append(f"after {place} notes: {error!r}")
        else:
            damage += [f"after {place} notes: {len(lost)} lost"] if lost else []
    return damage


def people_after(path: Path) -> list[int]:
    """Open what a cut left, check that it is whole, and return the people in it."""
    with open_store(str(path)) as store:
        clerk = Clerk(store)
        people = clerk.ids("person", "name starts with New")
        assert {visit.get("person") for visit in clerk.everything("visit").values()} == set(people)
    connection = apsw.Connection(str(path))
    assert list(connection.execute("PRAGMA integrity_check")) == [("ok",)]
    connection.close()
    return people


def test_no_acknowledged_record_is_lost_when_the_power_goes(tmp_path: Path) -> None:
    """With synchronous=FULL, whatever the disk does with what was not synced."""
    assert damage_of_cuts(tmp_path, "FULL") == []


def test_the_harness_catches_a_store_that_does_not_sync(tmp_path: Path) -> None:
    """The bad build writes the same, and loses what it acknowledged."""
    damage = damage_of_cuts(tmp_path, "OFF")
    assert any("lost" in line for line in damage)
