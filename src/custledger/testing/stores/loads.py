"""Cases: long loads, as one operation of chunks."""

from collections.abc import Iterator
from typing import Any

import pytest

from custledger.changes import Changeset
from custledger.errors import DuplicateError
from custledger.testing.clerk import Clerk
from custledger.testing.samples import sample_people
from custledger.testing.stores.base import StoreCases


def _chunks(clerk: Clerk, people: list[dict[str, Any]], size: int) -> Iterator[Changeset]:
    """Yield changesets of one operation, each with a run of at most ``size`` new people."""
    operation = clerk.operation("import")
    for begin in range(0, len(people), size):
        run = clerk.creates("person", people[begin : begin + size], operation.at)
        yield Changeset(operation=operation, creates=(run,), place=str(begin + len(run)))


class LoadCases(StoreCases):
    """Each chunk lands whole; what landed before an error stays."""

    def test_a_load_lands_chunk_after_chunk(self, clerk: Clerk) -> None:
        """With a receipt for each, in their order, and all of it can be read, found and counted."""
        people = list(sample_people(250))
        receipts = list(clerk.store.load(_chunks(clerk, people, 100), generation=clerk.generation))
        assert [receipt.created for receipt in receipts] == [100, 100, 50]
        assert len({receipt.operation for receipt in receipts}) == 1
        assert list(clerk.everything("person").values()) == people
        assert clerk.found("P07-00123") != []
        assert clerk.count("person", where="code starts with P07-001") == [(100,)]
        assert [entry.count for entry in clerk.store.log()] == [100, 100, 50]
        assert len(clerk.store.operations()) == 1

    def test_what_landed_before_an_error_stays(self, clerk: Clerk) -> None:
        """And nothing of the chunk that raised, nor of those behind it."""
        people = [*sample_people(30), {"name": "Twin", "code": "P07-00003"}, *sample_people(20, seed=8)]
        receipts = clerk.store.load(_chunks(clerk, people, 20), generation=clerk.generation)
        assert next(receipts).created == 20
        with pytest.raises(DuplicateError):
            next(receipts)
        assert clerk.count("person") == [(20,)]
        assert clerk.found("P07-00019") != []
        assert clerk.found("P07-00025") == []
        clerk.add("person", name="Later", code="P07-00025")

    def test_a_load_may_be_left_early(self, clerk: Clerk) -> None:
        """The chunks that were received are there, and the ledger goes on."""
        receipts = clerk.store.load(_chunks(clerk, list(sample_people(60)), 20), generation=clerk.generation)
        next(receipts)
        next(receipts)
        getattr(receipts, "close", lambda: None)()
        assert clerk.count("person") == [(40,)]
        ada = clerk.add("person", name="Ada", code="new")
        assert clerk.found("new") == [ada]
        assert len(clerk.found("P07-00039")) == 1

    def test_a_load_into_a_ledger_that_is_in_use(self, clerk: Clerk, other: Clerk) -> None:
        """Others read what has landed so far, and write between the chunks."""
        clerk.add("person", name="First")
        seen = []
        for _ in clerk.store.load(_chunks(clerk, list(sample_people(60)), 20), generation=clerk.generation):
            seen.append(other.count("person")[0][0])
            other.add("person", name="Between")
        assert seen == [21, 42, 63]
        assert clerk.count("person") == [(64,)]
        assert len(clerk.found("between")) == 3

    def test_an_input_that_raises_stops_the_load(self, clerk: Clerk) -> None:
        """What it raised comes out as it is."""

        def broken() -> Iterator[Changeset]:
            yield from _chunks(clerk, list(sample_people(10)), 10)
            raise OSError("the disk with the input is gone")

        with pytest.raises(OSError, match="input is gone"):
            list(clerk.store.load(broken(), generation=clerk.generation))
        assert clerk.count("person") == [(10,)]
        assert clerk.add("person", name="Later")
