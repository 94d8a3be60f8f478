"""Cases: creating, updating and removing; what is unique; all or nothing."""

from collections.abc import Callable
from typing import Any

import pytest

from custledger.changes import Change, Creates
from custledger.errors import (
    ConflictError,
    CustledgerError,
    DuplicateError,
    NotAllowedError,
    NotFoundError,
    ReferencedError,
)
from custledger.testing.assertions import assert_unchanged, refuses
from custledger.testing.clerk import Clerk, fixed_clock, reversal, seeded_mint
from custledger.testing.samples import CARD, sample_people, sample_schemas
from custledger.testing.stores.base import StoreCases

Fault = Callable[[Clerk, dict[str, int]], dict[str, Any]]
"""Makes the changes of a changeset, as ``Clerk.apply`` takes them, of which one cannot land."""


def _fault(*changes: Change, **more: Any) -> dict[str, Any]:
    return {"changes": changes, **more}


FAULTS: dict[str, tuple[type[CustledgerError], Fault]] = {
    "a taken code": (DuplicateError, lambda clerk, _: _fault(clerk.creation("person", name="Cy", code="ONE"))),
    "a taken id": (
        DuplicateError,
        lambda _, ids: _fault(Change(type="person", id=ids["ada"], before=None, after={"name": "Cy"})),
    ),
    "a reference to nothing": (NotFoundError, lambda clerk, _: _fault(clerk.creation("visit", person=1))),
    "an update of nothing": (
        NotFoundError,
        lambda *_: _fault(Change(type="person", id=1, before={}, after={"age": 1}, revision=1)),
    ),
    "a removal of nothing": (
        NotFoundError,
        lambda *_: _fault(Change(type="person", id=1, before={"name": "x"}, after=None, revision=1)),
    ),
    "a stale update": (
        ConflictError,
        lambda _, ids: _fault(Change(type="person", id=ids["ada"], before={"age": 1}, after={"age": 3}, revision=1)),
    ),
    "a stale removal": (
        ConflictError,
        lambda _, ids: _fault(Change(type="person", id=ids["ada"], before={"age": 1}, after=None, revision=1)),
    ),
    "a removal that a reference forbids": (
        ReferencedError,
        lambda clerk, ids: _fault(clerk.removal("person", ids["guide"])),
    ),
    "a stale document": (
        ConflictError,
        lambda clerk, _: _fault(
            documents=(clerk.document_change("colour", "blue"), clerk.document_change("colour", "green"))
        ),
    ),
    "a run with a taken code": (DuplicateError, lambda clerk, _: _fault(creates=(_run(clerk, "fresh", "one"),))),
    "a run with one code twice": (DuplicateError, lambda clerk, _: _fault(creates=(_run(clerk, "fresh", "Fresh"),))),
}


def _run(clerk: Clerk, *codes: str) -> Creates:
    return clerk.creates("person", [{"name": "Run", "code": code} for code in codes], "2026-01-01T00:00:00.000Z")


class WritingCases(StoreCases):
    """What lands, lands whole; what cannot land leaves nothing."""

    def test_a_new_record_has_the_operations_time_and_revision_one(self, clerk: Clerk) -> None:
        """The store sets them, whatever the change says of them."""
        operation = clerk.operation()
        change = clerk.creation("person", name="Ada", created_at="1999-01-01T00:00:00.000Z", revision=9)
        clerk.apply(change, operation=operation)
        whole = clerk.whole("person", change.id)
        assert whole == {
            "id": change.id,
            "name": "Ada",
            "created_at": operation.at,
            "updated_at": operation.at,
            "revision": 1,
        }

    def test_an_update_sets_its_fields_its_time_and_the_next_revision(self, clerk: Clerk) -> None:
        """And nothing else."""
        ada = clerk.add("person", name="Ada", age=36, notes="first")
        created = clerk.whole("person", ada)
        operation = clerk.operation()
        clerk.apply(clerk.edition("person", ada, age=37, notes=None, grade="gold"), operation=operation)
        expected = {**created, "age": 37, "grade": "gold", "updated_at": operation.at, "revision": 2}
        del expected["notes"]
        assert clerk.whole("person", ada) == expected

    def test_a_removed_record_is_gone(self, clerk: Clerk) -> None:
        """From reading, selecting and counting."""
        ada, bo = clerk.add("person", name="Ada"), clerk.add("person", name="Bo")
        clerk.remove("person", ada)
        assert clerk.values("person", ada) is None
        assert clerk.ids("person") == [bo]
        assert clerk.count("person") == [(1,)]

    def test_a_receipt_says_what_landed(self, clerk: Clerk) -> None:
        """How many of each, and the changes themselves."""
        ada, bo = clerk.add("person", name="Ada"), clerk.add("person", name="Bo")
        operation = clerk.operation()
        run = clerk.creates("person", list(sample_people(3)), operation.at)
        receipt = clerk.apply(
            clerk.creation("person", name="Cy"),
            clerk.edition("person", ada, age=1),
            clerk.removal("person", bo),
            creates=(run,),
            operation=operation,
        )
        assert (receipt.operation, receipt.created, receipt.updated, receipt.removed) == (operation.id, 4, 1, 1)
        landed = [change.action.value for changeset in receipt.applied for change in changeset]
        assert sorted(landed) == ["create"] * 4 + ["remove", "update"]

    def test_a_receipt_can_be_taken_back(self, clerk: Clerk) -> None:
        """What it holds is enough to restore every value."""
        ada, bo = clerk.add("person", name="Ada", tags=("vip",)), clerk.add("person", name="Bo", age=3)
        clerk.add("visit", person=bo, note="hello")
        was = {name: clerk.everything(name) for name in clerk.schemas}
        receipt = clerk.apply(
            clerk.edition("person", ada, name="Eve", tags=None),
            clerk.removal("person", bo),
            clerk.creation("person", name="Cy"),
        )
        clerk.apply(*reversal(receipt))
        assert {name: clerk.everything(name) for name in clerk.schemas} == was

    def test_a_record_brought_back_has_its_creation_time_and_a_revision_one_higher(self, clerk: Clerk) -> None:
        """It is the record it was, removed and restored."""
        ada = clerk.add("person", name="Ada")
        clerk.edit("person", ada, age=1)
        before = clerk.whole("person", ada)
        receipt = clerk.remove("person", ada)
        operation = clerk.operation("undo")
        clerk.apply(*reversal(receipt), operation=operation)
        assert clerk.whole("person", ada) == {**before, "revision": 3, "updated_at": operation.at}

    def test_a_unique_value_is_compared_folded(self, clerk: Clerk) -> None:
        """A full-width twin is a duplicate, and the error says who has the value."""
        holder = clerk.add("person", name="Ada", code="ABC-1")
        with refuses(DuplicateError, clerk) as caught:
            clerk.add("person", name="Bo", code="ａｂｃ-1")
        assert clerk.schemas["person"].public_id(holder) in str(caught.value)

    def test_an_update_to_a_taken_value_is_refused(self, clerk: Clerk) -> None:
        """Not only new records are checked."""
        clerk.add("person", name="Ada", code="one")
        bo = clerk.add("person", name="Bo", code="two")
        with refuses(DuplicateError, clerk):
            clerk.edit("person", bo, code="ONE")

    def test_a_record_may_keep_and_respell_its_own_unique_value(self, clerk: Clerk) -> None:
        """It is no duplicate of itself."""
        ada = clerk.add("person", name="Ada", code="one")
        clerk.edit("person", ada, code="ONE")
        clerk.edit("person", ada, code="ONE", age=1)
        assert clerk.whole("person", ada)["code"] == "ONE"

    def test_a_unique_value_is_free_again_after_emptying_and_removal(self, clerk: Clerk) -> None:
        """Also within the changeset that removes its holder."""
        ada = clerk.add("person", name="Ada", code="one")
        clerk.edit("person", ada, code=None)
        bo = clerk.add("person", name="Bo", code="one")
        clerk.apply(clerk.removal("person", bo), clerk.creation("person", name="Cy", code="one"))
        assert clerk.count("person", where="code = one") == [(1,)]

    def test_unique_values_may_change_hands_in_one_changeset(self, clerk: Clerk) -> None:
        """They are judged when all changes were made, whatever the order."""
        ada, bo = clerk.add("person", name="Ada", code="one"), clerk.add("person", name="Bo", code="two")
        clerk.apply(clerk.edition("person", ada, code="two"), clerk.edition("person", bo, code="one"))
        clerk.apply(clerk.creation("person", name="Cy", code="TWO"), clerk.removal("person", ada))
        assert {values["name"]: values["code"] for values in clerk.everything("person").values()} == {
            "Bo": "one",
            "Cy": "TWO",
        }
        with refuses(DuplicateError, clerk):
            clerk.apply(clerk.edition("person", bo, code="two"), clerk.creation("person", name="Di", code="one"))

    def test_any_number_of_records_may_leave_a_unique_field_empty(self, clerk: Clerk) -> None:
        """Empty is not a value."""
        clerk.add_many("person", [{"name": "x"} for _ in range(3)])
        assert clerk.count("person") == [(3,)]

    def test_one_changeset_may_change_a_record_twice(self, clerk: Clerk) -> None:
        """The second change meets what the first has made, and merges with it."""
        ada = clerk.add("person", name="Ada")
        clerk.apply(clerk.edition("person", ada, age=1), clerk.edition("person", ada, grade="gold"))
        assert clerk.values("person", ada) == {"name": "Ada", "age": 1, "grade": "gold"}

    @pytest.mark.parametrize("named", FAULTS)
    @pytest.mark.parametrize("place_of_fault", ["first", "last"])
    def test_a_changeset_lands_whole_or_not_at_all(self, clerk: Clerk, named: str, place_of_fault: str) -> None:
        """One change that cannot land leaves no row, no log, no search term, no document."""
        error, make = FAULTS[named]
        ids = {"ada": clerk.add("person", name="Ada", code="one", age=1), "guide": clerk.add("person", name="Guide")}
        clerk.edit("person", ids["ada"], age=2)
        clerk.add("visit", person=ids["ada"], guide=ids["guide"])
        fault = make(clerk, ids)
        third = clerk.add("person", name="Third")
        good = (clerk.creation("person", name="Hidden", code="fine"), clerk.edition("person", third, notes="hidden"))
        faulty = fault.pop("changes")
        changes = (*faulty, *good) if place_of_fault == "first" else (*good, *faulty)
        documents = (clerk.document_change("hidden", 1), *fault.pop("documents", ()))
        with refuses(error, clerk):
            clerk.apply(*changes, documents=documents, **fault)
        assert clerk.found("hidden") == []
        assert clerk.store.document("hidden") is None
        assert clerk.add("person", name="Next", code="fine")

    def test_a_field_that_the_type_does_not_have_is_refused(self, clerk: Clerk) -> None:
        """With the type and the name in the error."""
        with refuses(NotFoundError, clerk):
            clerk.add("person", name="Ada", shoe_size=38)

    def test_a_read_only_handle_reads_and_does_not_write(self, place: Any, clerk: Clerk) -> None:
        """Writing raises ``NotAllowedError``; preparing what is there already is no writing."""
        ada = clerk.add("person", name="Ada")
        clerk.store.close()
        with self.open_store(place, read_only=True) as store:
            reader = Clerk(store, clock=fixed_clock(), mint=seeded_mint(seed=99))
            assert store.read_only
            assert reader.ids("person", "name = ada") == [ada]
            with assert_unchanged(reader), pytest.raises(NotAllowedError):
                reader.add("person", name="Bo")

    def test_a_read_only_handle_cannot_prepare_what_is_missing(self, place: Any, clerk: Clerk) -> None:
        """A schema that grew needs somebody who may write."""
        clerk.store.close()
        person, visit = sample_schemas()
        with self.open_store(place, read_only=True) as store, pytest.raises(NotAllowedError):
            store.prepare([person.extended([CARD]), visit])
