"""Cases: the marks of tags. What persons decide wins over what rules find, whatever happens in between."""

from contextlib import ExitStack
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis.stateful import initialize, invariant, precondition, rule

from custledger.changes import Action, Change, Receipt, digest
from custledger.marks import PERSON
from custledger.testing.clerk import Clerk, reversal
from custledger.testing.stores.base import StoreCases
from custledger.testing.stores.two_handles import HANDLES, TwoHandles, run_machine

SLEEPING, LOYAL = "sleeping", "loyal"


class TaggingCases(StoreCases):
    """Tags that persons and rules put on records."""

    def test_what_a_rule_finds_is_a_tag_like_any_other(self, clerk: Clerk) -> None:
        """It is in the row, in filters and in counts."""
        ada, eve = clerk.add("person", name="Ada", tags=("vip",)), clerk.add("person", name="Eve")
        clerk.find("person", ada, SLEEPING, "沉睡")
        assert clerk.whole("person", ada)["tags"] == ("vip", "沉睡")
        assert clerk.ids("person", "tag = 沉睡") == [ada]
        assert clerk.ids("person", "not tag = 沉睡") == [eve]
        assert clerk.count("person", "tags") == [("vip", 1), ("沉睡", 1), (None, 1)]

    def test_a_rule_that_stops_applying_takes_off_what_it_put_on_and_nothing_else(self, clerk: Clerk) -> None:
        """Another rule's mark of the same tag stays too."""
        ada = clerk.add("person", name="Ada", tags=("vip",))
        clerk.find("person", ada, SLEEPING, "vip", "沉睡")
        clerk.find("person", ada, LOYAL, "沉睡")
        clerk.find("person", ada, SLEEPING)
        assert clerk.whole("person", ada)["tags"] == ("vip", "沉睡")
        clerk.find("person", ada, LOYAL)
        assert clerk.whole("person", ada)["tags"] == ("vip",)
        assert clerk.marks("person", ada) == [("vip", PERSON, False)]

    def test_a_tag_that_a_person_took_off_stays_off_whatever_rules_find(self, clerk: Clerk) -> None:
        """Whether it was a person's or a rule's, and whether the rule found it before or after."""
        for number in (clerk.add("person", name="Ada", tags=("沉睡",)), clerk.add("person", name="Eve")):
            clerk.find("person", number, SLEEPING, "沉睡")
            clerk.edit("person", number, tags=None)
            assert "tags" not in clerk.whole("person", number)
            clerk.find("person", number, SLEEPING)
            clerk.find("person", number, SLEEPING, "沉睡")
            clerk.find("person", number, LOYAL, "沉睡")
            assert "tags" not in clerk.whole("person", number)
            assert ("沉睡", PERSON, True) in clerk.marks("person", number)
            assert clerk.ids("person", "tag = 沉睡") == []
            clerk.edit("person", number, tags=("沉睡",))
            assert clerk.ids("person", "tag = 沉睡") == [number]
            clerk.remove("person", number)

    def test_spellings_that_compare_equal_are_one_tag(self, clerk: Clerk) -> None:
        """A person's refusal of one refuses the other, and a person's spelling goes before a rule's."""
        ada = clerk.add("person", name="Ada")
        clerk.find("person", ada, SLEEPING, "VIP")
        clerk.edit("person", ada, tags=("ｖｉｐ",))
        assert clerk.whole("person", ada)["tags"] == ("ｖｉｐ",)
        clerk.edit("person", ada, tags=None)
        clerk.find("person", ada, LOYAL, "Vip")
        assert "tags" not in clerk.whole("person", ada)
        clerk.decide("person", ada, "vip", state=None)
        assert clerk.whole("person", ada)["tags"] == ("VIP",)

    def test_an_edit_decides_of_what_it_adds_and_takes_out_and_of_nothing_else(self, clerk: Clerk) -> None:
        """A rule's tag that stays in an edited set is the rule's still."""
        ada = clerk.add("person", name="Ada")
        clerk.find("person", ada, SLEEPING, "沉睡", "老")
        clerk.edit("person", ada, tags=("vip", "沉睡"))
        clerk.find("person", ada, SLEEPING, "老")
        assert clerk.whole("person", ada)["tags"] == ("vip",)

    def test_a_rule_may_run_between_reading_and_writing(self, clerk: Clerk, other: Clerk) -> None:
        """What the reader did not know of, the edit says nothing of; what it takes out stays off."""
        ada = clerk.add("person", name="Ada", tags=("a",))
        clerk.find("person", ada, SLEEPING, "b")
        edits = [clerk.edition("person", ada, tags=("a", "c")), clerk.edition("person", ada, tags=("a",))]
        other.find("person", ada, SLEEPING, "d")
        for change in edits:
            clerk.apply(change)
        assert clerk.whole("person", ada)["tags"] == ("a", "c", "d")
        other.find("person", ada, SLEEPING, "b", "d")
        assert clerk.whole("person", ada)["tags"] == ("a", "c", "d")

    def test_a_mark_says_who_and_when(self, clerk: Clerk, other: Clerk) -> None:
        """Whoever says so again changes neither; what is said otherwise is said anew."""
        ada = clerk.add("person", name="Ada", tags=("a",))
        clerk.find("person", ada, SLEEPING, "b")
        other.decide("person", ada, "a", state=True)
        other.decide("person", ada, "b", state=False)
        (marks,) = clerk.store.marks(clerk.schemas["person"], [ada])
        assert [(mark.tag, mark.source, mark.actor) for mark in marks] == [
            ("a", PERSON, "clerk"),
            ("b", PERSON, "other"),
            ("b", SLEEPING, "clerk"),
        ]
        assert all(mark.at.startswith("2026-01-01T00:00:00") for mark in marks)

    def test_a_decision_that_changes_no_tag_is_logged_by_its_mark_alone(self, clerk: Clerk) -> None:
        """It raises the revision, since a person made it."""
        ada = clerk.add("person", name="Ada")
        clerk.find("person", ada, SLEEPING, "b")
        receipt = clerk.decide("person", ada, "b", state=True)
        ((change,),) = (applied.changes for applied in receipt.applied)
        (entry,) = clerk.store.log(newest_first=True, limit=1)
        assert (change.before, change.after, entry.before, entry.is_derived) == ({}, {}, {}, False)
        assert [one.after and one.after.source for one in entry.marks] == [PERSON]
        assert clerk.whole("person", ada)["revision"] == 2

    def test_what_rules_say_is_found_together(self, clerk: Clerk) -> None:
        """Of the rules that are named, refused or not; never what persons say."""
        numbers = clerk.add_many("person", [{"name": "Ada", "tags": ("a",)}, {"name": "Eve"}, {"name": "Bob"}])
        for number in numbers[:2]:
            clerk.find("person", number, SLEEPING, "s", "t")
        clerk.find("person", numbers[2], LOYAL, "l")
        clerk.edit("person", numbers[0], tags=("a", "t"))
        found = clerk.store.marks_of_rules(clerk.schemas["person"], [SLEEPING])
        assert sorted((number, mark.tag) for number, mark in found) == [
            (number, tag) for number in numbers[:2] for tag in ("s", "t")
        ]
        assert not any(mark.refused for _, mark in clerk.store.marks_of_rules(clerk.schemas["person"], [SLEEPING]))

    def test_a_derived_change_raises_no_revision_and_is_stale_for_nobody(self, clerk: Clerk) -> None:
        """Nor does it change the time of the last update, and whoever read before it is in no conflict."""
        ada = clerk.add("person", name="Ada")
        before = clerk.whole("person", ada)
        mine = clerk.edition("person", ada, name="Eve")
        clerk.find("person", ada, SLEEPING, "沉睡")
        assert clerk.whole("person", ada) == {**before, "tags": ("沉睡",)}
        clerk.apply(mine)
        found = clerk.finding("person", ada, SLEEPING)
        assert found is not None
        clerk.edit("person", ada, name="Ada")
        clerk.apply(found)
        assert clerk.whole("person", ada)["revision"] == 3

    def test_a_derived_change_of_a_record_that_is_gone_is_left_out(self, clerk: Clerk) -> None:
        """The others land."""
        ada, eve = clerk.add("person", name="Ada"), clerk.add("person", name="Eve")
        found = [clerk.finding("person", number, SLEEPING, "沉睡") for number in (ada, eve)]
        clerk.remove("person", ada)
        receipt = clerk.apply(*filter(None, found))
        assert [change.id for applied in receipt.applied for change in applied] == [eve]
        assert clerk.ids("person", "tag = 沉睡") == [eve]

    def test_a_derived_change_is_logged_without_a_digest(self, clerk: Clerk) -> None:
        """The digest of a row counts the tags of persons only, so that rules change nothing for whoever compares."""
        ada = clerk.add("person", name="Ada", tags=("a",))
        (created,) = clerk.store.log(record=("person", ada))
        clerk.find("person", ada, SLEEPING, "b")
        clerk.edit("person", ada, notes="x")
        edited, derived = clerk.store.log(record=("person", ada), newest_first=True)[:2]
        assert (derived.is_derived, derived.digests, derived.before) == (True, b"", {"tags": ("a",)})
        assert [(one.before, one.after and one.after.tag) for one in derived.marks] == [(None, "b")]
        without = {**clerk.whole("person", ada), "tags": ("a",)}
        assert edited.digests == digest(without) != created.digests
        clerk.edit("person", ada, notes=None)
        assert clerk.store.log(newest_first=True)[0].digests == created.digests

    def test_a_changed_decision_is_logged_with_the_old_one(self, clerk: Clerk) -> None:
        """And so are the marks of a record that is removed."""
        ada = clerk.add("person", name="Ada", tags=("a",))
        clerk.find("person", ada, SLEEPING, "b")
        (held,) = clerk.store.marks(clerk.schemas["person"], [ada])
        clerk.edit("person", ada, tags=("b",))
        (entry,) = clerk.store.log(newest_first=True, limit=1)
        assert (entry.is_derived, entry.before) == (False, {"tags": ("a", "b")})
        assert [one.before for one in entry.marks] == [held[0]]
        assert [one.after and one.after.refused for one in entry.marks] == [True]
        (held,) = clerk.store.marks(clerk.schemas["person"], [ada])
        clerk.remove("person", ada)
        (entry,) = clerk.store.log(newest_first=True, limit=1)
        assert tuple(one.before for one in entry.marks) == held
        assert clerk.store.marks(clerk.schemas["person"], [ada]) == [()]

    def test_a_record_that_is_brought_back_has_its_marks_again(self, clerk: Clerk) -> None:
        """With who set them, and what was refused."""
        ada = clerk.add("person", name="Ada", tags=("a", "b"))
        clerk.find("person", ada, SLEEPING, "b", "c")
        clerk.edit("person", ada, tags=("a", "c"))
        (held,) = clerk.store.marks(clerk.schemas["person"], [ada])
        clerk.apply(*reversal(clerk.remove("person", ada)))
        assert clerk.store.marks(clerk.schemas["person"], [ada]) == [held]
        assert clerk.whole("person", ada)["tags"] == ("a", "c")

    def test_marks_are_there_when_the_ledger_is_opened_again(self, clerk: Clerk, place: Any) -> None:
        """Refusals too."""
        ada = clerk.add("person", name="Ada", tags=("a",))
        clerk.find("person", ada, SLEEPING, "a", "b")
        clerk.edit("person", ada, tags=("b",))
        marks = clerk.store.marks(clerk.schemas["person"], [ada])
        with ExitStack() as stack:
            again = self.reopened(place, clerk, stack)
            assert again.store.marks(again.schemas["person"], [ada]) == marks
            again.find("person", ada, SLEEPING, "a")
            assert "tags" not in again.whole("person", ada)

    def test_decisions_win_over_rules_in_any_order(self, tmp_path_factory: pytest.TempPathFactory) -> None:
        """Person's edits, rules, removals, undo and reopening, in whatever order, against a plain dictionary."""
        run_machine(self, TaggingMachine, tmp_path_factory)


TAGS = ("a", "b", "c")
CHOSEN_TAGS = st.sets(st.sampled_from(TAGS))
PEOPLE, RULES = st.integers(0, 2), st.sampled_from([SLEEPING, LOYAL])


class TaggingMachine(TwoHandles):
    """Two handles on three people, whose model is what each source says of each tag."""

    @initialize()
    def begin(self) -> None:
        """Open a new ledger with three people."""
        first = self.open_both()
        self.people = [first.add("person", name=name) for name in ("Ada", "Eve", "Bob")]
        self.said: dict[tuple[int, str, str], bool] = {}
        self.readings: list[Change] = []
        self.last: tuple[Receipt, dict[tuple[int, str, str], bool]] | None = None

    def effective(self, number: int) -> set[str]:
        """Return the tags that a person has, by the rule that decisions win."""
        mine = {(tag, source): state for (who, tag, source), state in self.said.items() if who == number}
        tags = {tag for tag, _ in mine}
        return {tag for tag in tags if mine.get((tag, PERSON), any(mine.get((tag, r)) for r in (SLEEPING, LOYAL)))}

    def landed(self, receipt: Receipt, was: dict[tuple[int, str, str], bool]) -> None:
        """Remember the last write."""
        self.last = receipt, was

    def decided(self, change: Change) -> None:
        """Write what a person decided, in the model too."""
        before, after = set((change.before or {})["tags"] or ()), set((change.after or {})["tags"] or ())
        was = dict(self.said)
        self.landed(self.clerks[0].apply(change), was)
        self.said |= {(change.id, tag, PERSON): tag in after for tag in before ^ after}

    @rule(person=PEOPLE, tags=CHOSEN_TAGS)
    def edit(self, person: int, tags: set[str]) -> None:
        """A person sets the whole set of tags."""
        self.decided(self.clerks[0].edition("person", self.people[person], tags=tuple(sorted(tags)) or None))

    @rule(person=PEOPLE, tags=CHOSEN_TAGS)
    def read(self, person: int, tags: set[str]) -> None:
        """A person reads a record, to write it some time later."""
        self.readings.append(self.clerks[0].edition("person", self.people[person], tags=tuple(sorted(tags)) or None))

    @precondition(lambda self: self.readings)
    @rule()
    def write_what_was_read(self) -> None:
        """Whatever happened meanwhile, what was added and taken out is decided."""
        self.decided(self.readings.pop(0))

    @rule(person=PEOPLE, tag=st.sampled_from(TAGS), state=st.sampled_from([True, False, None]))
    def decide(self, person: int, tag: str, state: bool | None) -> None:  # noqa: FBT001
        """A person says outright of a tag that it is set, or refused, or nothing any more."""
        number, was = self.people[person], dict(self.said)
        self.landed(self.clerks[0].decide("person", number, tag, state=state), was)
        self.said.pop((number, tag, PERSON), None)
        if state is not None:
            self.said[number, tag, PERSON] = state

    @rule(handle=HANDLES, name=RULES, found=st.lists(CHOSEN_TAGS, min_size=3, max_size=3))
    def run_a_rule(self, handle: int, name: str, found: list[set[str]]) -> None:
        """A rule finds some tags of each person, and takes off what it put on before."""
        clerk, was = self.clerks[handle], dict(self.said)
        pairs = list(zip(self.people, found, strict=True))
        changes = [clerk.finding("person", number, name, *sorted(tags)) for number, tags in pairs]
        self.landed(clerk.apply(*filter(None, changes)), was)
        self.said = {key: state for key, state in self.said.items() if key[2] != name}
        self.said |= {(number, tag, name): True for number, tags in pairs for tag in tags}

    @precondition(lambda self: self.last is not None)
    @rule(handle=HANDLES)
    def take_back_the_last_write(self, handle: int) -> None:
        """Everybody says what they said before it."""
        assert self.last is not None
        receipt, was = self.last
        self.clerks[handle].apply(*reversal(receipt))
        self.said, self.last = was, None

    @rule(person=PEOPLE)
    def remove_and_bring_back(self, person: int) -> None:
        """A record that comes back has the same marks."""
        receipt = self.clerks[0].remove("person", self.people[person])
        assert [change.action for applied in receipt.applied for change in applied] == [Action.REMOVE]
        self.clerks[1].apply(*reversal(receipt))
        self.readings = [change for change in self.readings if change.id != self.people[person]]
        self.last = None

    @invariant()
    def tags_are_what_the_marks_come_to(self) -> None:
        """In the rows, in the marks, and in what filters find."""
        for clerk in self.clerks:
            schema = clerk.schemas["person"]
            for number, marks in zip(self.people, clerk.store.marks(schema, self.people), strict=True):
                said = {(number, mark.tag, mark.source): not mark.refused for mark in marks}
                assert said == {key: state for key, state in self.said.items() if key[0] == number}
                assert set(clerk.whole("person", number).get("tags", ())) == self.effective(number)
            for tag in TAGS:
                having = [number for number in self.people if tag in self.effective(number)]
                assert clerk.ids("person", f"tag = {tag}") == having
