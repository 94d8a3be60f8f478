"""The search index: what it finds is what the definition says, through single writes, many of them, and bulk."""

from collections.abc import Iterator
from pathlib import Path

import apsw
import attrs
import pytest
from custledger_sqlite.opening import open_store
from custledger_sqlite.search_index import MOST_STALE

from custledger.search import matches
from custledger.testing.clerk import Clerk
from custledger.testing.samples import sample_people

QUERIES = (
    "欧阳",
    "阳",
    "老客户",
    "ada",
    "138",
    "0012",
    "5",
    "p07-0012",
    "Ångström",
    "𠮷野",
    "喜欢 绿茶",
    "mail e",
    "ö",
)


@pytest.fixture
def clerk(tmp_path: Path) -> Iterator[Clerk]:
    """A clerk of a new ledger."""
    with open_store(str(tmp_path / "ledger.db")) as store:
        yield Clerk(store)


def assert_found_as_defined(clerk: Clerk) -> None:
    """Ask the store and the definition, and compare."""
    schema = clerk.schemas["person"]
    places = [schema.positions[field.key] for field in schema.searchable]
    rows = sorted(clerk.select("person"), reverse=True)
    for query in QUERIES:
        defined = [row[0] for row in rows if matches(query, [row[place] for place in places])]
        assert clerk.found(query, "person", limit=10_000) == defined, query


def stale(clerk: Clerk) -> int:
    """Return how many records are noted as stale."""
    connection = apsw.Connection(clerk.store.url.removeprefix("sqlite:"))
    ((count,),) = connection.execute("SELECT count(*) FROM person__search_stale")
    connection.close()
    return int(count)


def test_records_written_in_bulk_are_found(clerk: Clerk) -> None:
    clerk.add_many("person", list(sample_people(300)))
    assert stale(clerk) == 0
    assert_found_as_defined(clerk)


def test_records_written_one_by_one_are_found_before_and_after_they_are_indexed_together(clerk: Clerk) -> None:
    clerk.add_many("person", list(sample_people(50)))
    for place, values in enumerate(sample_people(MOST_STALE + 20, seed=8)):
        clerk.add("person", **values)
        if place % 15 == 0:
            assert_found_as_defined(clerk)
    assert 0 < stale(clerk) <= MOST_STALE
    assert_found_as_defined(clerk)


def test_records_that_were_edited_or_removed_are_found_by_what_they_hold_now(clerk: Clerk) -> None:
    numbers = clerk.add_many("person", list(sample_people(300)))
    for number in numbers[:60]:
        clerk.edit("person", number, name="欧阳 Ada", phone="13800120012")
    for number in numbers[40:120]:
        clerk.remove("person", number)
    assert_found_as_defined(clerk)
    for number in numbers[120:280]:
        clerk.edit("person", number, notes="绿茶")
    assert stale(clerk) <= MOST_STALE
    assert_found_as_defined(clerk)


def test_a_limit_takes_the_newest(clerk: Clerk) -> None:
    numbers = clerk.add_many("person", [{"name": "陈"}] * 20)
    clerk.edit("person", numbers[3], name="陈陈")
    newest = clerk.add("person", name="陈")
    assert clerk.found("陈", "person", limit=3) == [newest, numbers[-1], numbers[-2]]


def test_a_sensitive_field_is_in_no_index(clerk: Clerk) -> None:
    clerk.add_many("person", [{"name": "Ada", "secret": "swordfish"}])
    clerk.add("person", name="Bo", secret="swordfish")
    assert clerk.found("swordfish") == []


def test_a_ledger_that_may_not_be_written_is_searched_as_the_program_now_says(tmp_path: Path) -> None:
    path = str(tmp_path / "ledger.db")
    with open_store(path) as store:
        clerk = Clerk(store)
        clerk.add_many("person", list(sample_people(60)))
        before = clerk.schemas["person"]
        text = next(row[before.positions["name"]] for row in clerk.select("person") if row[before.positions["name"]])
    unsearched = tuple(
        attrs.evolve(field, spec=attrs.evolve(field.spec, searchable=field.key == "notes")) for field in before.fields
    )
    with open_store(path) as store:
        store.prepare([attrs.evolve(before, fields=unsearched)])
    with open_store(path, read_only=True) as store:
        store.prepare([before])
        assert store.search(text, [before], 10)
