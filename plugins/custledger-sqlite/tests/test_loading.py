"""Bulk loads: what is put off is built at the end, whatever happens, and nobody is told anything wrong meanwhile."""

import os
from collections.abc import Iterator
from pathlib import Path

import apsw
import pytest
from custledger_sqlite.dialect import DIALECT
from custledger_sqlite.opening import open_store

from custledger.changes import Changeset
from custledger.stores.sql import loading
from custledger.stores.sql.layout import plain_indexes
from custledger.testing.clerk import Clerk

CHUNK = loading.MANY
NAMES = "甲乙丙丁戊"


@pytest.fixture
def clerk(tmp_path: Path) -> Iterator[Clerk]:
    """A clerk of a new ledger."""
    with open_store(str(tmp_path / "ledger.db")) as store:
        yield Clerk(store)


def chunks(clerk: Clerk, count: int, size: int = CHUNK) -> Iterator[Changeset]:
    """Yield chunks of people, as an import does."""
    operation = clerk.operation("import")
    for place in range(count):
        people = [
            {"name": f"李{NAMES[place]} {index}", "code": f"{place}-{index}", "tags": ("bulk",)}
            for index in range(size)
        ]
        yield clerk.changeset(creates=[clerk.creates("person", people, operation.at)], operation=operation)


def indexes(clerk: Clerk) -> set[str]:
    """Return which of the indexes that a load puts off are there."""
    connection = apsw.Connection(clerk.store.url.removeprefix("sqlite:"))
    names = {name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'index'")}
    connection.close()
    return names & set(plain_indexes(clerk.schemas["person"], DIALECT))


def test_a_large_load_puts_its_indexes_off_and_builds_them_at_the_end(clerk: Clerk) -> None:
    every = indexes(clerk)
    landed = 0
    for receipt in clerk.store.load(chunks(clerk, 3), generation=clerk.generation):
        landed += receipt.created
        assert indexes(clerk) == set()
        assert len(clerk.found("李甲", limit=10_000)) == CHUNK
        assert len(clerk.ids("person", "tag = bulk")) == landed
    assert indexes(clerk) == every
    assert landed == 3 * CHUNK
    assert len(clerk.found("李丙", limit=10_000)) == CHUNK


def test_a_small_load_and_one_into_a_table_with_records_keep_their_indexes(clerk: Clerk) -> None:
    every = indexes(clerk)
    for _ in clerk.store.load(chunks(clerk, 2, size=10), generation=clerk.generation):
        assert indexes(clerk) == every
    assert len(clerk.found("李乙", limit=100)) == 10
    clerk.add("person", name="Ada")
    again = Clerk(clerk.store, clock=clerk.clock, mint=clerk.mint)
    renamed = ({"name": f"王{index}"} for index in range(CHUNK))
    operation = again.operation("import")
    creates = [again.creates("person", list(renamed), operation.at)]
    for _ in again.store.load([again.changeset(creates=creates, operation=operation)], generation=again.generation):
        assert indexes(again) == every
    assert len(again.found("王7", limit=10_000)) == 111


def test_a_load_that_is_given_up_builds_what_it_put_off(clerk: Clerk) -> None:
    every = indexes(clerk)
    load = clerk.store.load(chunks(clerk, 5), generation=clerk.generation)
    next(load)
    assert indexes(clerk) == set()
    load.close()
    assert indexes(clerk) == every
    assert clerk.count("person") == [(CHUNK,)]
    assert len(clerk.found("李甲", limit=10_000)) == CHUNK


def test_a_load_that_was_forgotten_is_finished_when_the_ledger_is_closed(tmp_path: Path) -> None:
    clerk = Clerk(open_store(str(tmp_path / "ledger.db")))
    every = indexes(clerk)
    load = clerk.store.load(chunks(clerk, 5), generation=clerk.generation)
    next(load)
    clerk.store.close()
    assert indexes(clerk) == every
    load.close()


def test_what_others_write_during_a_load_is_found(clerk: Clerk) -> None:
    with open_store(clerk.store.url.removeprefix("sqlite:")) as store:
        other = clerk.beside(store)
        for _ in clerk.store.load(chunks(clerk, 2), generation=clerk.generation):
            ada = other.add("person", name="陈 Ada")
            assert ada in other.found("陈")
            other.edit("person", ada, name="赵 Ada")
            assert ada in other.found("赵")
            assert ada not in other.found("陈")
        assert len(clerk.found("赵")) == 2
        assert clerk.found("陈") == []


def test_a_load_whose_process_died_is_made_good_by_the_next_preparation(
    clerk: Clerk, monkeypatch: pytest.MonkeyPatch
) -> None:
    every = indexes(clerk)
    child = os.spawnlp(os.P_NOWAIT, "true", "true") if hasattr(os, "spawnlp") else 0
    if child:
        os.waitpid(child, 0)
        monkeypatch.setattr(os, "getpid", lambda: child)
    load = clerk.store.load(chunks(clerk, 5), generation=clerk.generation)
    next(load)
    monkeypatch.undo()
    with open_store(clerk.store.url.removeprefix("sqlite:")) as store:
        other = clerk.beside(store)
        assert indexes(clerk) == every
        assert len(other.found("李甲", limit=10_000)) == CHUNK
        # The one that was thought dead goes on as if it had begun in a table with records.
        next(load)
        assert len(other.found("李乙", limit=10_000)) == CHUNK
    load.close()


def test_a_load_that_goes_on_is_left_alone_by_others_that_prepare(clerk: Clerk) -> None:
    load = clerk.store.load(chunks(clerk, 2), generation=clerk.generation)
    next(load)
    with open_store(clerk.store.url.removeprefix("sqlite:")) as store:
        clerk.beside(store)
        assert indexes(clerk) == set()
    assert len(list(load)) == 1
    assert indexes(clerk) != set()
