"""Cases: stale writes. Edits of different fields merge; edits of one field never overwrite each other in silence."""

import pytest

from custledger.changes import Action, Change
from custledger.errors import ConflictError, FieldConflict
from custledger.testing.assertions import refuses
from custledger.testing.clerk import Clerk
from custledger.testing.stores.base import StoreCases

SETS = (
    (("a", "b"), ("a", "b", "mine"), ("a", "b", "theirs"), ("a", "b", "mine", "theirs")),
    (("a", "b"), ("a",), ("a", "b", "theirs"), ("a", "theirs")),
    (("a", "b"), ("b",), ("a",), None),
    (None, ("x",), ("x",), ("x",)),
    (("a",), None, ("a", "b"), ("b",)),
    (("a",), ("a", "b"), None, ("b",)),
    (None, ("VIP",), ("vip",), ("vip",)),
    (("vip",), ("VIP",), ("a", "vip"), ("VIP", "a")),
    (("vip",), ("VIP",), None, None),
    (("vip",), None, ("ＶＩＰ",), None),
)


class MergingCases(StoreCases):
    """Two people edit one record, and neither loses anything."""

    def test_stale_updates_of_different_fields_merge(self, clerk: Clerk, other: Clerk) -> None:
        """Both edits are there, and the revision counts both."""
        ada = clerk.add("person", name="Ada", age=1)
        mine = clerk.edition("person", ada, age=2)
        other.edit("person", ada, notes="theirs")
        clerk.apply(mine)
        whole = clerk.whole("person", ada)
        assert (whole["age"], whole["notes"], whole["revision"]) == (2, "theirs", 3)

    def test_a_stale_update_of_the_same_field_raises_with_base_mine_and_theirs(
        self, clerk: Clerk, other: Clerk
    ) -> None:
        """And leaves theirs as it is."""
        ada = clerk.add("person", name="Ada", age=1)
        mine = clerk.edition("person", ada, age=2)
        other.edit("person", ada, age=3)
        with refuses(ConflictError, clerk) as caught:
            clerk.apply(mine)
        assert isinstance(caught.value, ConflictError)
        assert caught.value.fields == (FieldConflict("age", 1, 2, 3),)
        assert caught.value.record == clerk.schemas["person"].public_id(ada)

    def test_every_field_in_conflict_is_named(self, clerk: Clerk, other: Clerk) -> None:
        """Emptied ones too, and not those that merge."""
        ada = clerk.add("person", name="Ada", age=1, grade="gold", notes="base")
        mine = clerk.edition("person", ada, age=2, grade="bronze", notes="mine", phone="110")
        other.edit("person", ada, age=None, grade="silver", score=5)
        with refuses(ConflictError, clerk) as caught:
            clerk.apply(mine)
        assert isinstance(caught.value, ConflictError)
        conflicts = {("age", 1, 2, None), ("grade", "gold", "bronze", "silver")}
        assert {tuple(conflict[:4]) for conflict in caught.value.fields} == conflicts

    def test_stale_updates_to_the_same_value_agree(self, clerk: Clerk, other: Clerk) -> None:
        """Nobody's edit is lost."""
        ada = clerk.add("person", name="Ada", age=1)
        mine = clerk.edition("person", ada, age=2, notes="mine")
        other.edit("person", ada, age=2)
        clerk.apply(mine)
        assert clerk.values("person", ada) == {"name": "Ada", "age": 2, "notes": "mine"}

    def test_a_stale_update_may_leave_a_field_at_its_base(self, clerk: Clerk, other: Clerk) -> None:
        """Theirs stays where mine did not move, also where mine names the field."""
        ada = clerk.add("person", name="Ada", age=1)
        mine = clerk.edition("person", ada, notes="mine", age=1, phone=None)
        other.edit("person", ada, name="Eve", age=7, phone="110")
        clerk.apply(mine)
        assert clerk.values("person", ada) == {"name": "Eve", "age": 7, "notes": "mine", "phone": "110"}

    @pytest.mark.parametrize("tags", SETS)
    def test_sets_merge_element_by_element(
        self, clerk: Clerk, other: Clerk, tags: tuple[tuple[str, ...] | None, ...]
    ) -> None:
        """What either added is there, what either took away is not; tags never conflict.

        Two spellings of one tag are one tag.
        """
        base, mine, theirs, merged = tags
        ada = clerk.add("person", name="Ada", tags=base)
        change = clerk.edition("person", ada, tags=mine)
        other.edit("person", ada, tags=theirs)
        clerk.apply(change)
        assert clerk.whole("person", ada).get("tags") == merged

    def test_several_choices_merge_like_tags(self, clerk: Clerk, other: Clerk) -> None:
        """They are a set too."""
        ada = clerk.add("person", name="Ada", hobbies=("chess",))
        mine = clerk.edition("person", ada, hobbies=("chess", "tea"))
        other.edit("person", ada, hobbies=("go",))
        clerk.apply(mine)
        assert clerk.whole("person", ada)["hobbies"] == ("go", "tea")

    def test_a_merged_update_is_logged_and_received_as_it_landed(self, clerk: Clerk, other: Clerk) -> None:
        """Its before is what was really there."""
        ada = clerk.add("person", name="Ada", age=1, tags=("a",))
        mine = clerk.edition("person", ada, age=2, tags=("a", "mine"))
        other.edit("person", ada, tags=("a", "theirs"))
        receipt = clerk.apply(mine)
        landed = next(iter(receipt.applied[0]))
        assert landed.after == {"age": 2, "tags": ("a", "mine", "theirs")}
        assert landed.before == {"age": 1, "tags": ("a", "theirs")}
        assert landed.revision == 2
        assert clerk.store.log(record=("person", ada))[-1].before == landed.before

    def test_an_update_of_a_record_removed_meanwhile_is_a_conflict(self, clerk: Clerk, other: Clerk) -> None:
        """Of the record as a whole: no field is named."""
        ada = clerk.add("person", name="Ada")
        mine = clerk.edition("person", ada, age=2)
        other.remove("person", ada)
        with refuses(ConflictError, clerk) as caught:
            clerk.apply(mine)
        assert isinstance(caught.value, ConflictError)
        assert caught.value.fields == ()

    def test_a_removal_of_a_record_removed_meanwhile_is_a_conflict(self, clerk: Clerk, other: Clerk) -> None:
        """The second to remove it is told."""
        ada = clerk.add("person", name="Ada")
        mine = clerk.removal("person", ada)
        other.remove("person", ada)
        with refuses(ConflictError, clerk):
            clerk.apply(mine)

    def test_a_removal_of_a_record_edited_meanwhile_is_a_conflict(self, clerk: Clerk, other: Clerk) -> None:
        """What somebody has just written is not removed unseen."""
        ada = clerk.add("person", name="Ada")
        mine = clerk.removal("person", ada)
        other.edit("person", ada, notes="theirs")
        with refuses(ConflictError, clerk):
            clerk.apply(mine)

    def test_a_write_based_on_a_revision_that_never_was_is_stale(self, clerk: Clerk) -> None:
        """A revision ahead of the record's is as stale as one behind it."""
        ada = clerk.add("person", name="Ada", age=1)
        ahead = Change(type="person", id=ada, before={"age": 5}, after={"age": 6}, revision=7)
        assert ahead.action is Action.UPDATE
        with refuses(ConflictError, clerk):
            clerk.apply(ahead)
