"""Cases: several handles and several threads on one ledger, and handles that are closed."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from custledger.changes import Change
from custledger.errors import ConflictError, CustledgerError
from custledger.testing.clerk import Clerk
from custledger.testing.stores.base import StoreCases


class HandleCases(StoreCases):
    """Nobody's write is lost, and everybody reads what is there."""

    def test_two_handles_are_one_ledger(self, clerk: Clerk, other: Clerk) -> None:
        """What one writes, the other reads at once."""
        assert clerk.store.identity == other.store.identity
        ada = clerk.add("person", name="Ada")
        other.edit("person", ada, age=5)
        assert clerk.values("person", ada) == {"name": "Ada", "age": 5}
        assert clerk.store.log() == other.store.log()
        clerk.remove("person", ada)
        assert other.ids("person") == []
        assert other.found("ada") == []

    def test_two_places_are_two_ledgers(self, clerk: Clerk, tmp_path_factory: pytest.TempPathFactory) -> None:
        """Each with an identity of its own."""
        with self.open_store(self.make_place(tmp_path_factory.mktemp("second"))) as second:
            elsewhere = clerk.beside(second)
            assert second.identity != clerk.store.identity
            clerk.add("person", name="Ada")
            assert elsewhere.ids("person") == []

    def test_closing_twice_is_closing(self, place: Any) -> None:
        """A second call does nothing."""
        store = self.open_store(place)
        store.close()
        store.close()

    def test_a_closed_handle_says_so(self, clerk: Clerk) -> None:
        """With an error of the ledger, and not of what lies below it."""
        clerk.store.close()
        with pytest.raises(CustledgerError):
            clerk.store.get(clerk.schemas["person"], [1])
        with pytest.raises(CustledgerError):
            clerk.apply(clerk.creation("person", name="Ada"))

    def test_what_was_written_is_there_when_the_ledger_is_opened_again(self, place: Any, clerk: Clerk) -> None:
        """Rows, revisions, references and words."""
        ada = clerk.add("person", name="张伟", tags=("vip",))
        clerk.edit("person", ada, age=5)
        visit = clerk.add("visit", person=ada)
        whole = clerk.whole("person", ada)
        clerk.store.close()
        with self.open_store(place) as store:
            later = clerk.beside(store)
            assert later.whole("person", ada) == whole
            assert later.ids("visit") == [visit]
            assert later.found("张伟") == [ada]

    def test_threads_may_write_through_one_handle(self, clerk: Clerk) -> None:
        """Their writes queue behind each other, and all land."""
        lock = threading.Lock()

        def add(index: int) -> None:
            with lock:
                changeset = clerk.changeset(clerk.creation("person", name=f"No {index}", code=f"{index}"))
            clerk.store.apply(changeset, generation=clerk.generation)

        _in_threads(add, range(60))
        assert clerk.count("person") == [(60,)]
        assert len(clerk.store.log()) == 60

    def test_threads_may_read_while_others_write(self, clerk: Clerk) -> None:
        """Every read sees whole changesets: two records that are always written together."""
        pair = clerk.add_many("person", [{"name": "one", "age": 0}, {"name": "two", "age": 0}])
        schema = clerk.schemas["person"]
        place = schema.positions["age"]

        def work(index: int) -> None:
            if index % 3 == 0:
                clerk.apply(*(clerk.edition("person", number, age=index) for number in pair))
            ages = {row[place] for row in clerk.store.select(schema, clerk.query("person"))}
            assert len(ages) == 1

        _in_threads(work, range(30), only_one=lambda index: index % 3 == 0)

    def test_adding_to_one_field_from_many_threads_and_handles_loses_nothing(self, clerk: Clerk, other: Clerk) -> None:
        """Whoever is told of a conflict reads again; everybody's word is there in the end."""
        ada = clerk.add("person", name="Ada", notes="0")

        def step(index: int) -> None:
            mine = (clerk, other)[index % 2]
            while True:
                row = mine.whole("person", ada)
                before, after = {"notes": row["notes"]}, {"notes": f"{row['notes']} {index}"}
                try:
                    mine.apply(Change(type="person", id=ada, before=before, after=after, revision=row["revision"]))
                except ConflictError:
                    continue
                return

        _in_threads(step, range(1, 41))
        assert sorted(map(int, clerk.whole("person", ada)["notes"].split())) == list(range(41))
        assert clerk.whole("person", ada)["revision"] == 41

    def test_tags_added_from_many_threads_and_handles_are_all_there(self, clerk: Clerk, other: Clerk) -> None:
        """A stale edit of a set needs no second try."""
        ada = clerk.add("person", name="Ada")
        stale = [(clerk, other)[index % 2].edition("person", ada, tags=(f"{index:02}",)) for index in range(40)]
        _in_threads(lambda index: (clerk, other)[index % 2].apply(stale[index]), range(40))
        assert clerk.whole("person", ada)["tags"] == tuple(f"{index:02}" for index in range(40))


def _in_threads(
    work: Callable[[int], object], steps: range, *, only_one: Callable[[int], bool] = lambda _: False
) -> None:
    """Do every step, four at a time; those that ``only_one`` names never side by side."""
    lock = threading.Lock()

    def one(index: int) -> None:
        if only_one(index):
            with lock:
                work(index)
        else:
            work(index)

    with ThreadPoolExecutor(4) as pool:
        for finished in [pool.submit(one, index) for index in steps]:
            finished.result()
