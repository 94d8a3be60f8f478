"""A search index that is made beside a bulk load is the one that the records would have given."""

import sys
from collections.abc import Iterator
from pathlib import Path

import apsw
import pytest
from custledger_sqlite import search_builder
from custledger_sqlite.opening import open_store
from custledger_sqlite.search_builder import SearchBuilder

from custledger.changes import Changeset
from custledger.stores.sql import loading
from custledger.testing.clerk import Clerk

CHUNK = loading.MANY


@pytest.fixture
def clerk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Clerk]:
    """A clerk of a new ledger for whose loads a process is started at once, however many processors there are."""
    monkeypatch.setattr(search_builder, "WORTHWHILE", CHUNK)
    monkeypatch.setattr(search_builder, "_processors", lambda: 2)
    with open_store(str(tmp_path / "ledger.db")) as store:
        yield Clerk(store)


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """What ``install`` returned, time after time."""
    returned: list[bool] = []
    install = SearchBuilder.install

    def noting(self: SearchBuilder, connection: apsw.Connection, name: str) -> bool:
        returned.append(install(self, connection, name))
        return returned[-1]

    monkeypatch.setattr(SearchBuilder, "install", noting)
    return returned


def chunks(clerk: Clerk, count: int) -> Iterator[Changeset]:
    """Yield chunks of people, as an import does."""
    operation = clerk.operation("import")
    for place in range(count):
        people = [
            {
                "name": f"李{'甲乙丙丁'[place]} {index}",
                "code": f"{place}-{index}",
                "notes": None if index % 2 else "绿茶 tea",
            }
            for index in range(CHUNK)
        ]
        yield clerk.changeset(creates=[clerk.creates("person", people, operation.at)], operation=operation)


def check_whole(clerk: Clerk) -> None:
    """Check that the index says what the records say, and that FTS5 takes it for its own."""
    for query, filter_ in (
        ("李丙", "name starts with 李丙"),
        ("tea", "notes contains tea"),
        ("茶", "notes contains 茶"),
    ):
        assert clerk.found(query, limit=10_000) == sorted(clerk.ids("person", filter_), reverse=True) != []
    connection = apsw.Connection(clerk.store.url.removeprefix("sqlite:"))
    connection.execute("INSERT INTO person__search (person__search) VALUES ('integrity-check')")
    assert connection.execute("SELECT count(*) FROM person__search_docsize").get == len(clerk.ids("person"))
    connection.close()


def test_the_index_of_a_load_is_that_of_its_records(clerk: Clerk, installed: list[bool]) -> None:
    for _ in clerk.store.load(chunks(clerk, 4), generation=clerk.generation):
        pass
    assert installed == [True]
    check_whole(clerk)


def test_the_index_takes_edits_and_removals_afterwards_on_the_same_handle(clerk: Clerk, installed: list[bool]) -> None:
    clerk.remove("person", clerk.add("person", name="李丙 of old"))
    for _ in clerk.store.load(chunks(clerk, 3), generation=clerk.generation):
        pass
    assert installed == [True]
    gone, kept = clerk.ids("person", "name starts with 李丙")[:2]
    clerk.remove("person", gone)
    added = [clerk.add("person", name=f"李丙 new {index}") for index in range(60)]
    found = clerk.found("李丙", limit=10_000)
    assert gone not in found
    assert {kept, *added} <= set(found)
    assert len(found) == CHUNK - 1 + 60
    connection = apsw.Connection(clerk.store.url.removeprefix("sqlite:"))
    connection.execute("INSERT INTO person__search (person__search) VALUES ('integrity-check')")
    connection.close()


def test_a_load_beside_which_somebody_else_wrote_reads_the_records(clerk: Clerk, installed: list[bool]) -> None:
    load = clerk.store.load(chunks(clerk, 4), generation=clerk.generation)
    next(load)
    with open_store(clerk.store.url.removeprefix("sqlite:")) as other:
        Clerk(other, clock=clerk.clock, mint=clerk.mint).add("person", name="李丙 from elsewhere", notes="tea")
    for _ in load:
        pass
    assert installed == []
    check_whole(clerk)


def test_a_process_that_fails_is_done_without(
    clerk: Clerk, installed: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        search_builder, "_COMMAND", ("-c", "import sys; sys.stdin.readline(); print('half a li', end='')")
    )
    for _ in clerk.store.load(chunks(clerk, 3), generation=clerk.generation):
        pass
    assert installed == [False]
    check_whole(clerk)


def test_an_interpreter_that_is_not_there_is_done_without(
    clerk: Clerk, installed: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    for _ in clerk.store.load(chunks(clerk, 3), generation=clerk.generation):
        pass
    assert installed == [False]
    check_whole(clerk)
