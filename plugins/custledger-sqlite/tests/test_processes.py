"""Several processes on one ledger: nothing is lost, and nobody is told that it is locked."""

import os
import traceback
import warnings
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from custledger_sqlite.opening import open_store
from custledger_sqlite.store import SqliteStore

from custledger.changes import Change
from custledger.conventions import Conventions
from custledger.errors import ConflictError
from custledger.expressions import Expression, Moment, understand
from custledger.expressions.scope import World
from custledger.stores.contract import Metered, Query
from custledger.stores.sql.facts import upkeep
from custledger.stores.sql.tables import Table, Values
from custledger.stores.sql.writing import Landing
from custledger.testing.clerk import Clerk, fixed_clock, seeded_mint
from custledger.testing.related import PERSON, VISIT

PROCESSES = 8
TURNS = int(os.environ.get("CUSTLEDGER_TURNS", "15"))

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are forked, which this system cannot do")


class Forgetful(Landing):
    """A bad build on purpose: it writes what it was told, whatever happened since the record was read."""

    def reconciled(self, _change: Change, wanted: dict[str, Any], _table: Table, _current: Values) -> dict[str, Any]:
        """Compare nothing."""
        return wanted


def clerk_of(path: Path, seed: int, landing: type[Landing] = Landing) -> Clerk:
    """Return a clerk of a new handle, whose ids no other seed's clerk makes."""
    clock = fixed_clock()
    clock.now += seed * 1_000_000
    store: SqliteStore = open_store(str(path))
    store.landing = landing
    return Clerk(store, clock=clock, mint=seeded_mint(clock, seed))


def in_processes(work: Callable[[int], None]) -> list[int]:
    """Run ``work`` with 0, 1, 2 … in processes of their own, and return their exit codes: 0 where nothing raised."""
    children = []
    for index in range(PROCESSES):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            child = os.fork()
        if child == 0:
            code = 1
            try:
                work(index)
                code = 0
            except BaseException:  # noqa: BLE001 - a forked child must end here, whatever happened
                traceback.print_exc()
            finally:
                os._exit(code)
        children.append(child)
    return [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]


def words_added(path: Path, landing: type[Landing]) -> list[int]:
    """Have every process add words to one field, each reading before it writes; return the words that are there."""
    clerk = clerk_of(path, 90)
    ada = clerk.add("person", name="Ada", notes="0")
    clerk.store.close()

    def work(index: int) -> None:
        mine = clerk_of(path, index, landing)
        for turn in range(TURNS):
            while True:
                row = mine.whole("person", ada)
                after = {"notes": f"{row['notes']} {1 + index * TURNS + turn}"}
                change = Change(
                    type="person", id=ada, before={"notes": row["notes"]}, after=after, revision=row["revision"]
                )
                try:
                    mine.apply(change)
                except ConflictError:
                    continue
                break

    assert in_processes(work) == [0] * PROCESSES
    clerk = clerk_of(path, 91)
    words = sorted(map(int, clerk.whole("person", ada)["notes"].split()))
    clerk.store.close()
    return words


def test_eight_processes_adding_lose_nothing_and_are_never_locked_out(tmp_path: Path) -> None:
    """The first of them makes the ledger and its tables while the others do the same."""
    path = tmp_path / "ledger.db"

    def work(index: int) -> None:
        clerk = clerk_of(path, index)
        for turn in range(TURNS):
            clerk.add("person", name=f"{index} {turn}", code=f"{index}-{turn}")

    assert in_processes(work) == [0] * PROCESSES
    clerk = clerk_of(path, 90)
    assert clerk.count("person") == [(PROCESSES * TURNS,)]
    assert len(clerk.store.log()) == PROCESSES * TURNS
    assert [entry.cursor for entry in clerk.store.log()] == list(range(1, PROCESSES * TURNS + 1))
    clerk.store.close()


def test_eight_processes_editing_one_field_lose_no_word(tmp_path: Path) -> None:
    """Whoever is told of a conflict reads again and repeats the change."""
    assert words_added(tmp_path / "ledger.db", Landing) == list(range(PROCESSES * TURNS + 1))


def test_the_harness_catches_a_store_that_does_not_compare_revisions(tmp_path: Path) -> None:
    """The same work on the bad build loses words; on a busy machine the processes may happen not to meet at first."""
    tries = (words_added(tmp_path / f"{attempt}.db", Forgetful) for attempt in range(50))
    assert any(len(words) < PROCESSES * TURNS + 1 for words in tries)


def metric(text: str) -> Expression:
    """Return an expression about a person, of which some are kept and some are not."""
    return understand(text, PERSON, Conventions(), want=None, world=World({"person": PERSON, "visit": VISIT}))


KEPT = ("count(visits)", "sum(visits.x_guests)", "count(visits where x_guests > 1)", "max(visits.x_guests)")
COMPUTED = tuple(
    text.removesuffix(")") + f"{' and' if 'where' in text else ' where'} (guide.age = 1 or not guide.age = 1))"
    for text in KEPT
)
"""The same, but asked in a way of which nothing is kept."""


def visited_by_many(path: Path, *, forgetful: bool = False) -> list[int]:
    """Have every process write visits and look at facts, and each keep more of them; return the exit codes.

    ``forgetful`` has them say that facts are true which they did not bring up to date.
    """
    moment = Moment(date(2026, 6, 15), Conventions().zone, currency="CNY")
    clerk = clerk_of(path, 90)
    clerk.learn((PERSON, VISIT))
    people = clerk.add_many("person", [{"name": "Ada"}, {"name": "Bob"}])
    clerk.store.close()
    columns = tuple(metric(text) for text in (*KEPT, *COMPUTED))

    def work(index: int) -> None:
        mine = clerk_of(path, index)
        mine.learn((PERSON, VISIT))
        added: list[int] = []
        for turn in range(TURNS):
            if turn == index:
                wanted = [Metered(name=text, schema=PERSON, expression=metric(text)) for text in KEPT[: 1 + index % 4]]
                mine.store.keep(wanted, moment, generation=mine.generation)
            if added and turn % 3 == 2:
                mine.edit("visit", added[0], person=people[turn % 2], x_guests=turn)
            elif added and turn % 5 == 4:
                mine.remove("visit", added.pop(0))
            else:
                added.append(mine.add("visit", person=people[index % 2], x_guests=turn))
            for row in mine.store.select(PERSON, Query(moment=moment, columns=columns)):
                assert row[: len(KEPT)] == row[len(KEPT) :]
        mine.store.close()

    if forgetful:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(upkeep, "bring_up", lambda *_: None)
            return in_processes(work)
    return in_processes(work)


def test_eight_processes_writing_while_facts_are_added_never_read_one_that_is_not_true(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    assert visited_by_many(path) == [0] * PROCESSES
    with open_store(str(path)) as store:
        found = store.check_facts()
    assert len(found) == len(KEPT)
    assert [one.differing for one in found] == [0] * len(KEPT)


def test_the_harness_catches_facts_that_are_not_brought_up_to_date(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert any(visited_by_many(tmp_path / "ledger.db", forgetful=True))
    assert "AssertionError" in capfd.readouterr().err
