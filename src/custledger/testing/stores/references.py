"""Cases: what a removal does to the records that refer to what is removed, and references to what is not there."""

from contextlib import ExitStack
from typing import Any

import pytest

from custledger.changes import Action, Change
from custledger.errors import NotFoundError, ReferencedError
from custledger.schema import Schema
from custledger.testing.assertions import refuses
from custledger.testing.clerk import Clerk, reversal
from custledger.testing.samples import Badge, Person, Visit
from custledger.testing.stores.base import StoreCases


class ReferenceCases(StoreCases):
    """Restrict, cascade and empty, whether or not the plugin of the referring type is there."""

    def test_a_removal_cascades(self, clerk: Clerk) -> None:
        """To what refers to it so, and to nothing else."""
        ada, bo = clerk.add("person", name="Ada"), clerk.add("person", name="Bo")
        clerk.add("visit", person=ada)
        kept = clerk.add("visit", person=bo)
        clerk.remove("person", ada)
        assert clerk.ids("visit") == [kept]

    def test_a_removal_that_a_reference_restricts_is_refused(self, clerk: Clerk) -> None:
        """With the number of records that refer to it."""
        ada, guide = clerk.add("person", name="Ada"), clerk.add("person", name="Guide")
        clerk.add_many("visit", [{"person": ada, "guide": guide}] * 3)
        with refuses(ReferencedError, clerk) as caught:
            clerk.remove("person", guide)
        assert isinstance(caught.value, ReferencedError)
        assert caught.value.referrers == {"visits": 3}

    def test_a_removal_empties_references(self, clerk: Clerk) -> None:
        """Which is an update of the record that referred: revision, time and log show it."""
        ada, bo = clerk.add("person", name="Ada"), clerk.add("person", name="Bo")
        clerk.edit("person", bo, mentor=ada)
        operation = clerk.operation("remove")
        clerk.apply(clerk.removal("person", ada), operation=operation)
        whole = clerk.whole("person", bo)
        assert "mentor" not in whole
        assert (whole["revision"], whole["updated_at"]) == (3, operation.at)
        assert clerk.store.log(record=("person", bo))[-1].before == {"mentor": ada}

    def test_a_removal_empties_references_to_any_record(self, clerk: Clerk) -> None:
        """Which are kept as public ids, and may name a record of any type."""
        ada, bo = clerk.add("person", name="Ada"), clerk.add("person", name="Bo")
        first = clerk.add("visit", person=bo, about=clerk.schemas["person"].public_id(ada))
        second = clerk.add("visit", person=bo, about=clerk.schemas["visit"].public_id(first))
        clerk.remove("person", ada)
        assert clerk.values("visit", first) == {"person": bo}
        clerk.remove("visit", first)
        assert clerk.values("visit", second) == {"person": bo}

    def test_what_a_removal_brought_along_is_received_and_logged(self, clerk: Clerk) -> None:
        """Under the same changeset, and it can be taken back with it."""
        ada = clerk.add("person", name="Ada")
        bo = clerk.add("person", name="Bo", mentor=ada)
        visit = clerk.add("visit", person=ada, note="gone")
        was = {name: clerk.everything(name) for name in clerk.schemas}
        receipt = clerk.remove("person", ada)
        assert (receipt.updated, receipt.removed) == (1, 2)
        landed = {(change.type, change.id, change.action) for changeset in receipt.applied for change in changeset}
        expected = {("person", ada, Action.REMOVE), ("person", bo, Action.UPDATE), ("visit", visit, Action.REMOVE)}
        assert landed == expected
        entries = clerk.store.log(operation=receipt.operation)
        assert {(entry.type, entry.record, entry.action) for entry in entries} == expected
        assert len({entry.changeset for entry in entries}) == 1
        clerk.apply(*reversal(receipt))
        assert {name: clerk.everything(name) for name in clerk.schemas} == was

    def test_a_record_that_refers_to_itself_can_be_removed(self, clerk: Clerk) -> None:
        """It does not stand in its own way."""
        ada = clerk.add("person", name="Ada")
        clerk.edit("person", ada, mentor=ada)
        receipt = clerk.remove("person", ada)
        assert (receipt.updated, receipt.removed) == (0, 1)
        assert clerk.ids("person") == []

    def test_records_that_refer_to_each_other_can_be_removed_together(self, clerk: Clerk) -> None:
        """A restricting reference counts only if its record stays."""
        ada, guide = clerk.add("person", name="Ada"), clerk.add("person", name="Guide")
        visit = clerk.add("visit", person=ada, guide=guide)
        clerk.apply(clerk.removal("person", guide), clerk.removal("visit", visit))
        assert clerk.ids("person") == [ada]

    def test_a_restricting_record_that_cascades_away_does_not_restrict(self, clerk: Clerk) -> None:
        """The visit goes with its person, and so no longer holds its guide."""
        ada = clerk.add("person", name="Ada")
        clerk.add("visit", person=ada, guide=ada)
        clerk.remove("person", ada)
        assert (clerk.ids("person"), clerk.ids("visit")) == ([], [])

    def test_one_record_may_lose_several_references_at_once(self, clerk: Clerk) -> None:
        """In one update of it."""
        ada, bo = clerk.add("person", name="Ada"), clerk.add("person", name="Bo")
        public = clerk.schemas["person"].public_id
        visits = [clerk.add("visit", person=bo, about=public(ada)) for _ in range(2)]
        cy = clerk.add("person", name="Cy", mentor=ada)
        receipt = clerk.remove("person", ada)
        assert receipt.updated == 3
        assert [clerk.whole("visit", visit)["revision"] for visit in visits] == [2, 2]
        assert clerk.values("person", cy) == {"name": "Cy"}

    def test_an_edit_beside_a_removal_that_touches_the_same_record_lands(self, clerk: Clerk) -> None:
        """The edit first, and what the removal brings along on top of it."""
        ada = clerk.add("person", name="Ada")
        bo = clerk.add("person", name="Bo", mentor=ada)
        visit = clerk.add("visit", person=ada)
        clerk.apply(
            clerk.edition("person", bo, age=5), clerk.edition("visit", visit, note="x"), clerk.removal("person", ada)
        )
        assert clerk.values("person", bo) == {"name": "Bo", "age": 5}
        assert clerk.ids("visit") == []

    def test_a_reference_may_come_before_what_it_refers_to_in_a_changeset(self, clerk: Clerk) -> None:
        """References are judged when all changes were made."""
        ada = clerk.creation("person", name="Ada")
        visit = clerk.creation("visit", person=ada.id)
        clerk.apply(visit, ada)
        assert clerk.values("visit", visit.id) == {"person": ada.id}

    @pytest.mark.parametrize("value", [{"person": 12345}, {"about": "SP-0000000000C1S"}, {"about": "ZZ-0000000000C1S"}])
    def test_a_reference_to_nothing_is_refused(self, clerk: Clerk, value: dict[str, Any]) -> None:
        """By id, by public id, and of a type that nobody has heard of; in a new record and in an update."""
        ada = clerk.add("person", name="Ada")
        visit = clerk.add("visit", person=ada)
        with refuses(NotFoundError, clerk):
            clerk.add("visit", **{"person": ada, **value})
        with refuses(NotFoundError, clerk):
            clerk.edit("visit", visit, **value)
        with refuses(NotFoundError, clerk):
            clerk.add_many("visit", [{"person": ada}, {"person": ada, **value}])

    def test_a_reference_of_another_type_than_its_target_is_refused(self, clerk: Clerk) -> None:
        """The id of a visit is not a person."""
        ada = clerk.add("person", name="Ada")
        visit = clerk.add("visit", person=ada)
        with refuses(NotFoundError, clerk):
            clerk.add("visit", person=visit)

    def test_references_of_a_type_whose_plugin_is_absent_hold(self, place: Any, clerk: Clerk) -> None:
        """A handle that never heard of badges removes a person, and the badge goes too."""
        clerk.learn([Schema.of(Badge)])
        ada, bo = clerk.add("person", name="Ada"), clerk.add("person", name="Bo")
        badge = clerk.add("badge", number="7", holder=ada)
        visit = clerk.add("visit", person=bo, about=clerk.schemas["badge"].public_id(badge))
        with ExitStack() as stack:
            later = self.reopened(place, clerk, stack, (Schema.of(Person), Schema.of(Visit)))
            receipt = later.remove("person", ada)
            assert receipt.removed == 2
            assert later.values("visit", visit) == {"person": bo}
            later.learn([Schema.of(Badge)])
            assert later.ids("badge") == []

    def test_a_removal_brings_many_along(self, clerk: Clerk) -> None:
        """Also where several records are removed at once."""
        people = clerk.add_many("person", [{"name": f"No {index}"} for index in range(30)])
        clerk.add_many("visit", [{"person": people[index % 30]} for index in range(300)])
        removals: list[Change] = [clerk.removal("person", number) for number in people[:20]]
        receipt = clerk.apply(*removals)
        assert receipt.removed == 20 + 200
        assert clerk.count("visit") == [(100,)]
