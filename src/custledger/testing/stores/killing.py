"""Cases: kill -9 at any moment, and several processes on one ledger, some of which are people with a spreadsheet.

A forked writer acknowledges over a pipe what has landed; the test kills it at a random moment and opens the ledger
again. ``CUSTLEDGER_KILLS`` says how often to kill in a long night, of which a store in files takes ``share``.
"""

import contextlib
import os
import random
import select
import signal
import struct
import time
import traceback
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import pytest
from filelock import FileLock

from custledger.changes import Change
from custledger.errors import ConflictError, CustledgerError
from custledger.testing.clerk import Clerk
from custledger.testing.stores.crashing import SCHEMAS, clerk_of
from custledger.testing.stores.desk import SheetCases, assert_shown

FEW = 24
"""How often writers are killed ordinarily."""
KILLS_A_FILE = 25
"""How often the writers of one ledger are killed: as it grows, checking the whole of it takes longer."""
PROCESSES = 8
TURNS = int(os.environ.get("CUSTLEDGER_TURNS", "5"))
ACKNOWLEDGED = struct.Struct("<q")


class KillCases(SheetCases):
    """A room for stores of the table family.

    - ``share``: how many of the kills of a long night are its own.
    """

    share: ClassVar[float] = 0.5

    def test_single_writes_survive_kill_9(self, tmp_path: Path) -> None:
        """Each changeset writes a person and a visit, or an edit and a visit: both are there, or neither."""
        told = os.environ.get("CUSTLEDGER_KILLS")
        acknowledged: list[int] = []
        for kill in range(round(int(told) * self.share) if told else FEW):
            root = tmp_path / f"{kill // KILLS_A_FILE}"
            place = Path(self.make_place(root))
            if not root.exists():
                assert acknowledged or kill == 0
                acknowledged.clear()
                root.mkdir()
                clerk_of(self.open_store(place), 99).store.close()
            acknowledged += self.killed(place, kill + 100)
            self.check_pairs(place, acknowledged)
        assert acknowledged

    def check_pairs(self, place: Path, acknowledged: list[int]) -> None:
        """Check that nothing is lost, nothing half there, and that the sheets show it all."""
        with self.open_store(place) as store:
            clerk = clerk_of(store, 98)
            people, visits, log = clerk.everything("person"), clerk.everything("visit"), store.log()
            assert store.held() == ()
            assert {one.actor for one in store.operations()} == {"clerk"}
            seconds = {visit["person"] for visit in visits.values() if visit["note"] == "second"}
            assert {visit["person"] for visit in visits.values()} == set(people)
            assert {number for number, person in people.items() if person["notes"] == "edited twice"} == seconds
            assert {abs(number) for number in acknowledged} <= set(people)
            assert {-number for number in acknowledged if number < 0} <= seconds
            assert len(log) == 2 * (len(people) + len(seconds))
            for name in ("person", "visit") if people else ():
                assert_shown(clerk, self.desk(place, clerk.schemas[name]))

    def killed(self, place: Path, seed: int) -> list[int]:
        """Write in a process of its own, kill it within a twentieth of a second, and return what it acknowledged."""
        reading, writing = os.pipe()
        child = forked(lambda: self.write_pairs(place, seed, writing))
        os.close(writing)
        # The clock starts with the first acknowledgement, so that even a busy machine gets to the writing.
        select.select([reading], [], [], 30)
        time.sleep(random.Random(seed).uniform(0, 0.05))
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        assert os.WIFSIGNALED(status), "the writer ended by itself"
        with os.fdopen(reading, "rb") as pipe:
            data = pipe.read()
        whole = len(data) // ACKNOWLEDGED.size * ACKNOWLEDGED.size
        return [number for (number,) in ACKNOWLEDGED.iter_unpack(data[:whole])]

    def write_pairs(self, place: Path, seed: int, pipe: int) -> None:
        """Add a person and a visit in one changeset, over and over, and edit the person; acknowledge each."""
        clerk = clerk_of(self.open_store(place), seed)
        while True:
            person = clerk.creation("person", name="新人", notes="pair", tags=("new",))
            clerk.apply(person, clerk.creation("visit", person=person.id, note="first"))
            os.write(pipe, ACKNOWLEDGED.pack(person.id))
            clerk.apply(
                clerk.edition("person", person.id, notes="edited twice"),
                clerk.creation("visit", person=person.id, note="second"),
            )
            os.write(pipe, ACKNOWLEDGED.pack(-person.id))

    def test_eight_processes_adding_lose_nothing_and_are_never_locked_out(self, place: Any) -> None:
        """The first of them makes the ledger while the others do the same."""

        def work(index: int) -> None:
            clerk = clerk_of(self.open_store(place), index)
            for turn in range(TURNS):
                clerk.add("person", name=f"{index} {turn}", code=f"{index}-{turn}")

        assert in_processes(work) == [0] * PROCESSES
        with self.open_store(place) as store:
            clerk = clerk_of(store, 90)
            assert clerk.count("person") == [(PROCESSES * TURNS,)]
            assert [entry.cursor for entry in store.log()] == list(range(1, PROCESSES * TURNS + 1))
            assert store.held() == ()
            assert_shown(clerk, self.desk(place, SCHEMAS[0]))

    def test_eight_processes_editing_one_field_lose_no_word(self, place: Any) -> None:
        """Whoever is told of a conflict reads again and repeats the change."""
        with self.open_store(place) as store:
            ada = clerk_of(store, 90).add("person", name="Ada", notes="0")

        def work(index: int) -> None:
            mine = clerk_of(self.open_store(place), index)
            for turn in range(TURNS):
                insist(ConflictError, add_word, mine, ada, str(1 + index * TURNS + turn))

        assert in_processes(work) == [0] * PROCESSES
        with self.open_store(place) as store:
            words = clerk_of(store, 91).whole("person", ada)["notes"].split()
        assert sorted(map(int, words)) == list(range(PROCESSES * TURNS + 1))

    def test_processes_and_people_on_one_sheet_lose_nothing(self, place: Any) -> None:
        """Half of them write to the ledger, the others save the sheet as they opened it, with a cell changed.

        Who saved an old copy takes nothing back; what a person wrote is there, or in the log, or held.
        """
        with self.open_store(place) as store:
            people = clerk_of(store, 90).add_many("person", [{"name": f"P{index}"} for index in range(PROCESSES)])

        def work(index: int) -> None:
            mine = clerk_of(self.open_store(place), index)
            for turn in range(TURNS):
                if index % 2:
                    mine.add("visit", person=people[index], note=f"{index} {turn}")
                    insist(ConflictError, add_word, mine, people[index], f"w{turn}")
                    mine.add("person", name=f"{index} {turn}")
                else:
                    insist(CustledgerError, self.type_notes, place, mine, people[index], f"n{turn}")

        assert in_processes(work) == [0] * PROCESSES
        with self.open_store(place) as store:
            clerk = clerk_of(store, 91)
            everybody = clerk.everything("person")
            assert len(everybody) == PROCESSES + PROCESSES // 2 * TURNS
            assert clerk.count("visit") == [(PROCESSES // 2 * TURNS,)]
            for index, number in enumerate(people):
                if index % 2:
                    assert everybody[number]["notes"].split() == [f"w{turn}" for turn in range(TURNS)]
                else:
                    assert everybody[number]["notes"] == f"n{TURNS - 1}"

    def type_notes(self, place: Any, clerk: Clerk, number: int, text: str) -> None:
        """Type into one's own row, as a person who looks whether it has arrived, and does so once more if not."""
        if clerk.whole("person", number).get("notes") != text:
            # One person at a time has the file open; they do not save into each other's saving.
            with FileLock(f"{place}.open", poll_interval=0.005), contextlib.suppress(StopIteration):
                self.desk(place, SCHEMAS[0]).type(number, notes=text).save()
            time.sleep(0.01)
            if clerk.whole("person", number).get("notes") != text:
                raise CustledgerError(f"“{text}” has not arrived.")


def add_word(clerk: Clerk, number: int, word: str) -> None:
    """Read a person's notes and write them with one more word."""
    row = clerk.whole("person", number)
    before, revision = {"notes": row.get("notes")}, row["revision"]
    after = {"notes": f"{row.get('notes') or ''} {word}".strip()}
    clerk.apply(Change(type="person", id=number, before=before, after=after, revision=revision))


def insist(error: type[Exception], work: Callable[..., None], *arguments: Any) -> None:
    """Repeat something until it does not raise."""
    while True:
        with contextlib.suppress(error):
            work(*arguments)
            return


def forked(work: Callable[[], None]) -> int:
    """Run something in a process of its own, which ends with 0 where nothing was raised; return its id."""
    if not hasattr(os, "fork"):
        pytest.skip("processes are forked, which this system cannot do")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        code = 1
        try:
            work()
            code = 0
        except BaseException:  # noqa: BLE001 - a forked child must end here, whatever happened
            traceback.print_exc()
        finally:
            os._exit(code)
    return child


def in_processes(work: Callable[[int], None]) -> list[int]:
    """Run ``work`` with 0, 1, 2 … in processes of their own, and return their exit codes: 0 where nothing raised."""
    children = [forked(lambda index=index: work(index)) for index in range(PROCESSES)]  # type: ignore[misc]
    return [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
