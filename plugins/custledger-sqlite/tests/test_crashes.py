"""kill -9 at any moment: what was acknowledged is there, nothing is half there, and the file is whole.

A forked writer acknowledges over a pipe what has landed; the test kills it at a random moment and opens the ledger
again. ``CUSTLEDGER_KILLS`` says how often in all, 300 times if it does not: most of them here, half single writes and
half bulk loads, the others during imports (``tests/services/importing/test_kills.py``).
"""

import contextlib
import os
import random
import select
import signal
import struct
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import apsw
import pytest
from custledger_sqlite.dialect import DIALECT
from custledger_sqlite.opening import open_store

from custledger.changes import Changeset
from custledger.stores.contract import Store
from custledger.stores.sql.layout import plain_indexes
from custledger.testing.clerk import Clerk, fixed_clock, seeded_mint

KILLS = int(os.environ.get("CUSTLEDGER_KILLS", "300")) * 13 // 15
CHUNK = 1200
KILLS_A_FILE = 25
"""How often single writes to one file are killed: as it grows, checking the whole of it takes longer."""
ACKNOWLEDGED = struct.Struct("<q")

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are forked, which this system cannot do")


def clerk_of(store: Store, seed: int) -> Clerk:
    """Return a clerk whose ids no other seed's clerk makes."""
    clock = fixed_clock()
    clock.now += seed * 1_000_000
    return Clerk(store, clock=clock, mint=seeded_mint(clock, seed))


def write_pairs(path: Path, seed: int, acknowledge: Callable[[int], None]) -> None:
    """Add a person and a visit in one changeset, over and over, and edit the person; acknowledge each."""
    clerk = clerk_of(open_store(str(path)), seed)
    while True:
        person = clerk.creation("person", name="新人", notes="pair", tags=("new",))
        clerk.apply(person, clerk.creation("visit", person=person.id, note="first"))
        acknowledge(person.id)
        clerk.apply(
            clerk.edition("person", person.id, notes="edited twice"),
            clerk.creation("visit", person=person.id, note="second"),
        )
        acknowledge(-person.id)


def load_people(path: Path, seed: int, acknowledge: Callable[[int], None]) -> None:
    """Load chunks of people, and acknowledge the first id of each."""
    clerk = clerk_of(open_store(str(path)), seed)

    def chunks() -> Iterator[Changeset]:
        operation = clerk.operation("import")
        while True:
            people = [{"name": f"陈{index}", "phone": f"138{index:08d}", "notes": "bulk"} for index in range(CHUNK)]
            yield clerk.changeset(creates=[clerk.creates("person", people, operation.at)], operation=operation)

    for receipt in clerk.store.load(chunks(), generation=clerk.generation):
        acknowledge(receipt.applied[0].creates[0].ids[0])


def killed(
    path: Path, seed: int, write: Callable[[Path, int, Callable[[int], None]], None], patience: float
) -> list[int]:
    """Run ``write`` in a process of its own, kill it within ``patience`` seconds, and return what it acknowledged."""
    reading, writing = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        with contextlib.suppress(BaseException):
            write(path, seed, lambda number: [os.write(writing, ACKNOWLEDGED.pack(number))].clear())
        os._exit(1)
    os.close(writing)
    # The clock starts with the first acknowledgement, so that even a busy machine gets to the writing.
    select.select([reading], [], [], 30)
    time.sleep(random.Random(seed).uniform(0, patience))
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status), "the writer ended by itself"
    with os.fdopen(reading, "rb") as pipe:
        data = pipe.read()
    whole = len(data) // ACKNOWLEDGED.size * ACKNOWLEDGED.size
    return [number for (number,) in ACKNOWLEDGED.iter_unpack(data[:whole])]


def assert_whole(path: Path) -> None:
    """Check the file itself, and that nothing of a bulk load is left undone."""
    connection = apsw.Connection(str(path))
    assert list(connection.execute("PRAGMA integrity_check")) == [("ok",)]
    assert list(connection.execute("PRAGMA foreign_key_check")) == []
    assert list(connection.execute("SELECT * FROM custledger_loading")) == []
    for name in ("person", "visit"):
        connection.execute(f"INSERT INTO {name}__search ({name}__search) VALUES ('integrity-check')")
    connection.close()


@pytest.mark.parametrize("part", range(4))
def test_single_writes_survive_kill_9(tmp_path: Path, part: int) -> None:
    """Each changeset writes a person and a visit, or an edit and a visit: both are there, or neither."""
    acknowledged: list[int] = []
    for kill in range(-(-KILLS // 8)):
        path = tmp_path / f"{kill // KILLS_A_FILE}.db"
        if not path.exists():
            assert acknowledged or kill == 0
            acknowledged.clear()
            clerk_of(open_store(str(path)), 99).store.close()
        acknowledged += killed(path, 1000 * part + kill, write_pairs, 0.05)
        with open_store(str(path)) as store:
            clerk = clerk_of(store, 98)
            people = clerk.everything("person")
            visits = clerk.everything("visit")
            log = store.log()
        seconds = {visit["person"] for visit in visits.values() if visit["note"] == "second"}
        assert {visit["person"] for visit in visits.values()} == set(people)
        assert {number for number, person in people.items() if person["notes"] == "edited twice"} == seconds
        assert {abs(number) for number in acknowledged} <= set(people)
        assert {-number for number in acknowledged if number < 0} <= seconds
        assert len(log) == 2 * (len(people) + len(seconds))
        assert_whole(path)
    assert acknowledged


@pytest.mark.parametrize("part", range(4))
def test_bulk_loads_survive_kill_9(tmp_path: Path, part: int) -> None:
    """Chunks are there or not; the indexes and search terms that were put off are made good at the next opening."""
    for kill in range(-(-KILLS // 8)):
        path = tmp_path / f"{kill}.db"
        clerk_of(open_store(str(path)), 99).store.close()
        acknowledged = killed(path, 1000 * part + kill, load_people, 0.15)
        with open_store(str(path)) as store:
            clerk = clerk_of(store, 98)
            people = clerk.ids("person")
            runs = store.log()
            assert len(people) == CHUNK * len(runs)
            assert set(acknowledged) <= {entry.record for entry in runs}
            assert {entry.record + place for entry in runs for place in range(entry.count)} == set(people)
            assert clerk.found("陈7", limit=10_000) == sorted(clerk.ids("person", "name starts with 陈7"), reverse=True)
            indexes = plain_indexes(clerk.schemas["person"], DIALECT)
        assert_whole(path)
        connection = apsw.Connection(str(path))
        assert set(indexes) <= {name for (name,) in connection.execute("SELECT name FROM sqlite_schema")}
        connection.close()
