"""Cases: what people write into the cells of a sheet is read as changes, and what cannot be believed is held."""

from typing import Any

import pytest

from custledger.changes import Action, Change
from custledger.errors import ConflictError, NotFoundError, UsageError
from custledger.stores.held import HeldKind
from custledger.testing.assertions import refuses
from custledger.testing.clerk import Clerk
from custledger.testing.stores.desk import Desk, assert_shown, only_held, settle
from custledger.testing.stores.sheets import ThreePeople

OUTSIDE = "outside edit"


class HandEditCases(ThreePeople):
    """A room for stores of the table family."""

    def test_a_changed_cell_becomes_a_change_of_an_outside_edit(
        self, clerk: Clerk, trio: list[int], people: Desk
    ) -> None:
        """It is in the log, with what it was before, by a handle that has been open all along."""
        people.type(trio[0], age="37", notes="likes tea").save()
        assert clerk.values("person", trio[0]) == {
            "name": "Ada", "code": "a-1", "age": 37, "grade": "gold", "phone": "13800000001", "notes": "likes tea",
        }  # fmt: skip
        (entry,) = clerk.store.log(operation=self.last(clerk).id)
        assert (entry.action, entry.record, entry.before) == (Action.UPDATE, trio[0], {"age": 36, "notes": None})
        assert self.last(clerk).actor == OUTSIDE
        assert clerk.whole("person", trio[0])["revision"] == 2
        only_held(clerk)

    def test_what_was_read_once_is_not_read_again(self, clerk: Clerk, trio: list[int], people: Desk) -> None:
        """An unchanged sheet, saved once more, is no edit."""
        people.type(trio[0], age="37").save()
        assert clerk.values("person", trio[0])
        entries = clerk.store.log()
        people.again().save()
        assert clerk.store.log() == entries

    def test_a_cell_that_is_emptied_empties_the_field(self, clerk: Clerk, trio: list[int], people: Desk) -> None:
        """Blanks are as good as nothing."""
        people.type(trio[0], age="", grade="  ").save()
        assert clerk.values("person", trio[0]) == {"name": "Ada", "code": "a-1", "phone": "13800000001"}
        only_held(clerk)

    def test_a_new_row_becomes_a_record_and_gets_its_id(self, clerk: Clerk, trio: list[int], people: Desk) -> None:
        """The id is written into the sheet, where the row is."""
        people.add(1, name="新人", age="20").save()
        (new,) = set(clerk.ids("person")) - set(trio)
        assert clerk.values("person", new) == {"name": "新人", "age": 20}
        assert people.again().numbers() == [trio[0], new, trio[1], trio[2]]
        assert clerk.store.log(record=("person", new))[0].action is Action.CREATE
        only_held(clerk)

    def test_many_new_rows_become_records_in_their_order(self, clerk: Clerk, trio: list[int], people: Desk) -> None:
        """In one operation."""
        for index in range(20):
            people.add(name=f"N{index}")
        people.save()
        numbers = [number for number in clerk.ids("person") if number not in trio]
        assert [clerk.whole("person", number)["name"] for number in numbers] == [f"N{index}" for index in range(20)]
        assert people.again().numbers() == [*trio, *numbers]
        assert len({entry.operation for entry in clerk.store.log()}) == 4

    def test_a_bad_cell_of_a_new_row_is_held_and_the_record_is_made(
        self, clerk: Clerk, trio: list[int], people: Desk
    ) -> None:
        """The cell stays as it was written."""
        people.add(name="新人", age="twenty").save()
        (held,) = only_held(clerk, HeldKind.UNFIT)
        (new,) = set(clerk.ids("person")) - set(trio)
        assert (held.record, held.key, held.text) == (new, "age", "twenty")
        assert clerk.values("person", new) == {"name": "新人"}
        assert people.again().cell(new, "age") == "twenty"

    def test_a_new_row_that_lacks_what_is_required_is_held_whole_until_it_is_filled_in(
        self, clerk: Clerk, trio: list[int], people: Desk
    ) -> None:
        """Then it is a record."""
        people.add(age="20", notes="who?").save()
        (held,) = only_held(clerk, HeldKind.NEW_ROW)
        assert dict(held.cells) == {"age": "20", "notes": "who?"}
        assert clerk.ids("person") == trio
        later = people.again()
        assert later.rows[3][later.column("age")] == "20"
        later.rows[3][later.column("name")] = "Bo"
        later.save()
        (new,) = set(clerk.ids("person")) - set(trio)
        assert clerk.values("person", new) == {"name": "Bo", "age": 20, "notes": "who?"}
        only_held(clerk)

    def test_two_equal_rows_that_lack_something_are_held_one_by_one(self, clerk: Clerk, people: Desk) -> None:
        """Each has its number, and keeps it."""
        people.add(age="20").add(age="20").save()
        first = only_held(clerk, HeldKind.NEW_ROW, HeldKind.NEW_ROW)
        people.again().add(name="Bo").save()
        assert {one.number for one in only_held(clerk, HeldKind.NEW_ROW, HeldKind.NEW_ROW)} == {
            one.number for one in first
        }
        settle(clerk, first[0], accept=False)
        (left,) = only_held(clerk, HeldKind.NEW_ROW)
        assert left.number == first[1].number
        assert sum("20" in row for row in people.again().rows) == 1

    @pytest.mark.parametrize(
        ("key", "text"),
        [
            ("age", "many"), ("born", "31.2.99"), ("grade", "platinum"), ("hobbies", "tea, knitting"),
            ("email", "nobody"), ("mentor", "Nobody"), ("mentor", "SP-0000000000000"), ("name", ""),
            ("active", "maybe"), ("balance", "12,34.5.6"), ("phone", "1.38E+10"), ("mentor", "Ada"),
        ],
    )  # fmt: skip
    def test_nonsense_is_held_and_left_as_it_was_written(
        self, clerk: Clerk, trio: list[int], people: Desk, key: str, text: str
    ) -> None:
        """Also when the row is written; until it is settled either way, or corrected."""
        before = clerk.values("person", trio[0])
        people.type(trio[0], **{key: text}).save()
        (held,) = only_held(clerk, HeldKind.DAMAGED if "E+" in text else HeldKind.UNFIT)
        assert (held.record, held.key, held.text) == (trio[0], key, text)
        assert clerk.values("person", trio[0]) == before
        clerk.edit("person", trio[0], notes="ours")
        assert people.again().cell(trio[0], key) == text
        assert clerk.store.held() == (held,)
        settle(clerk, held, accept=False)
        only_held(clerk)
        assert people.again().cell(trio[0], key) == (people.again().cell(trio[0], key).strip())
        people.again().type(trio[0], **{key: text}).save()
        (again,) = only_held(clerk, held.kind)
        assert again.number != held.number
        people.again().type(trio[0], **{key: "Bea" if key == "name" else ""}).save()
        only_held(clerk)

    def test_a_held_cell_is_accepted_with_the_value_that_it_means(
        self, clerk: Clerk, trio: list[int], people: Desk
    ) -> None:
        """Which is shown in the sheet then."""
        people.type(trio[0], age="about 40").save()
        (held,) = only_held(clerk, HeldKind.UNFIT)
        settle(clerk, held, clerk.edition("person", trio[0], age=40), accept=True)
        only_held(clerk)
        assert people.again().cell(trio[0], "age") == "40"

    def test_a_unique_value_of_another_is_held(self, clerk: Clerk, trio: list[int], people: Desk) -> None:
        """In known rows and new ones."""
        people.type(trio[0], code="B-2").add(name="Bo", code="c-3").add(name="Cy", code="n-1").add(
            name="Di", code="N-1"
        ).save()
        only_held(clerk, HeldKind.UNFIT, HeldKind.NEW_ROW, HeldKind.NEW_ROW)
        assert clerk.whole("person", trio[0])["code"] == "a-1"
        assert sorted(one["name"] for one in clerk.everything("person").values()) == ["Ada", "Cy", "Straße", "王小明"]

    def test_unique_values_change_places_and_are_passed_on(self, clerk: Clerk, trio: list[int], people: Desk) -> None:
        """Between two rows, in a ring, and to a new row."""
        people.type(trio[0], code="b-2").type(trio[1], code="a-1").save()
        assert [clerk.whole("person", number)["code"] for number in trio] == ["b-2", "a-1", "c-3"]
        people.type(trio[0], code="c-3").type(trio[1], code="b-2").type(trio[2], code="a-1").save()
        assert [clerk.whole("person", number)["code"] for number in trio] == ["c-3", "b-2", "a-1"]
        people.type(trio[0], code="z-9").add(name="Bo", code="c-3").save()
        only_held(clerk)
        assert clerk.ids("person", "code = c-3") == clerk.ids("person", "name = Bo")

    def test_whoever_waits_for_a_unique_value_that_is_not_given_up_is_held(
        self, clerk: Clerk, trio: list[int], people: Desk
    ) -> None:
        """And others may still change theirs in the same save."""
        fourth, fifth = clerk.add("person", name="D", code="d-4"), clerk.add("person", name="E", code="e-5")
        later = people.again()
        later.type(trio[0], code="b-2").type(trio[1], code="c-3").type(fourth, code="e-5").type(
            fifth, code="d-4"
        ).save()
        only_held(clerk, HeldKind.UNFIT, HeldKind.UNFIT)
        codes = [clerk.whole("person", number)["code"] for number in (*trio, fourth, fifth)]
        assert codes == ["a-1", "b-2", "c-3", "e-5", "d-4"]

    def test_references_are_read_by_name_code_and_id(self, clerk: Clerk, trio: list[int], people: Desk) -> None:
        """And shown by name."""
        public = clerk.schemas["person"].public_id(trio[2])
        people.type(trio[0], mentor="b-2").type(trio[1], mentor=public).type(trio[2], mentor=" ada ").save()
        assert [clerk.whole("person", number)["mentor"] for number in trio] == [trio[1], trio[2], trio[0]]
        only_held(clerk)
        clerk.edit("person", trio[0], mentor=trio[2])
        assert people.again().cell(trio[0], "mentor") == "Straße"

    def test_a_name_that_several_have_is_held_and_shown_as_an_id(
        self, clerk: Clerk, trio: list[int], people: Desk
    ) -> None:
        """Also where it was shown before the other one came."""
        clerk.edit("person", trio[1], mentor=trio[0])
        assert people.again().cell(trio[1], "mentor") == "Ada"
        twin = clerk.add("person", name="ADA")
        assert people.again().cell(trio[1], "mentor") == clerk.schemas["person"].public_id(trio[0])
        people.again().type(trio[2], mentor="Ada").save()
        (held,) = only_held(clerk, HeldKind.UNFIT)
        settle(clerk, held, accept=False)
        clerk.edit("person", twin, name="Ada Lovelace")
        people.again().type(trio[2], mentor="Ada").save()
        assert clerk.whole("person", trio[2])["mentor"] == trio[0]

    def test_a_name_that_is_another_s_code_is_shown_as_an_id(self, clerk: Clerk, trio: list[int], people: Desk) -> None:
        """Since by it the other would be meant."""
        odd = clerk.add("person", name="a-1")
        clerk.edit("person", trio[2], mentor=odd)
        assert people.again().cell(trio[2], "mentor") == clerk.schemas["person"].public_id(odd)

    def test_references_to_rows_further_down_and_in_other_sheets_are_found(
        self, place: Any, clerk: Clerk, trio: list[int], people: Desk
    ) -> None:
        """All of them new in the same save, and the other sheet saved first."""
        clerk.add("visit", person=trio[0])
        visits = self.desk(place, clerk.schemas["visit"])
        visits.add(person="Cy", note="new, of a new one").save()
        people.type(trio[0], mentor="Bo").add(name="Ay", mentor="Cy").add(name="Bo").add(name="Cy", mentor="Ay").save()
        only_held(clerk)
        names = {one["name"]: number for number, one in clerk.everything("person").items()}
        assert clerk.whole("person", names["Ada"])["mentor"] == names["Bo"]
        assert clerk.whole("person", names["Ay"])["mentor"] == names["Cy"]
        assert clerk.whole("person", names["Cy"])["mentor"] == names["Ay"]
        assert names["Cy"] in {one["person"] for one in clerk.everything("visit").values()}
        assert_shown(clerk, visits)

    def test_a_row_that_waited_for_a_name_is_read_when_that_is_there(
        self, place: Any, clerk: Clerk, trio: list[int], people: Desk
    ) -> None:
        """In a later save of the other sheet."""
        clerk.add("visit", person=trio[0])
        self.desk(place, clerk.schemas["visit"]).add(person="Cy").save()
        only_held(clerk, HeldKind.NEW_ROW)
        people.add(name="Cy").save()
        only_held(clerk)
        assert clerk.count("visit") == [(2,)]

    def test_tags_and_several_choices_are_sets(self, clerk: Clerk, trio: list[int], people: Desk) -> None:
        """In either language, with whatever separates them."""
        people.type(trio[0], tags="vip，老客户、new", hobbies="茶; Chess").type(trio[1], tags="").save()
        found = clerk.whole("person", trio[0])
        assert (set(found["tags"]), set(found["hobbies"])) == ({"vip", "老客户", "new"}, {"tea", "chess"})
        assert "tags" not in clerk.whole("person", trio[1])
        assert clerk.marks("person", trio[1]) == [("vip", "person", True)] or clerk.marks("person", trio[1])
        only_held(clerk)

    def test_an_outside_edit_is_undone_like_any_other(self, clerk: Clerk, trio: list[int], people: Desk) -> None:
        """In the ledger and in the sheet."""
        people.type(trio[0], age="40").save()
        (entry,) = [one for one in clerk.store.log(record=("person", trio[0])) if one.action is Action.UPDATE]
        clerk.apply(Change(type="person", id=trio[0], before={"age": 40}, after=dict(entry.before or {}), revision=2))
        assert people.again().cell(trio[0], "age") == "36"

    def test_what_was_read_before_a_hand_edit_is_merged_with_it(
        self, clerk: Clerk, trio: list[int], people: Desk
    ) -> None:
        """Or is in conflict with it, field by field."""
        mine = clerk.edition("person", trio[0], notes="ours")
        clash = clerk.edition("person", trio[0], age=99)
        people.type(trio[0], age="40").save()
        clerk.apply(mine)
        assert clerk.whole("person", trio[0])["age"] == 40
        with refuses(ConflictError, clerk) as caught:
            clerk.apply(clash)
        (conflict,) = caught.value.fields  # type: ignore[attr-defined]
        assert tuple(conflict)[:4] == ("age", 36, 99, 40)

    def test_both_handles_see_a_hand_edit_once(self, clerk: Clerk, other: Clerk, trio: list[int], people: Desk) -> None:
        """Whoever looks first takes it in."""
        people.type(trio[0], age="40").add(name="Bo").save()
        assert other.whole("person", trio[0])["age"] == 40
        assert clerk.everything("person") == other.everything("person")
        assert len(clerk.store.log()) == 5

    def test_a_handle_that_only_reads_sees_hand_edits_and_writes_nothing(
        self, place: Any, clerk: Clerk, trio: list[int], people: Desk
    ) -> None:
        """Not even the ids of new rows."""
        people.type(trio[0], age="40").type(trio[1], age="?").save()
        content = people.file.read_bytes()
        with self.open_store(place, read_only=True) as store:
            reader = clerk.beside(store)
            assert reader.whole("person", trio[0])["age"] == 40
            only_held(reader, HeldKind.UNFIT)
            assert people.file.read_bytes() == content
        assert len(clerk.store.log()) == 4
        (held,) = only_held(clerk, HeldKind.UNFIT)
        settle(clerk, held, accept=False)

    def test_what_is_not_held_cannot_be_settled(self, clerk: Clerk, people: Desk) -> None:
        """And nothing is written."""
        people.type(people.numbers()[0], age="?").save()
        (held,) = only_held(clerk, HeldKind.UNFIT)
        settle(clerk, held, accept=False)
        with refuses(NotFoundError, clerk):
            settle(clerk, held, accept=False)

    def test_a_row_that_cannot_be_believed_cannot_be_accepted(self, clerk: Clerk, people: Desk) -> None:
        """It has to be corrected, or goes."""
        people.add(age="3").save()
        (held,) = only_held(clerk, HeldKind.NEW_ROW)
        with refuses(UsageError, clerk):
            settle(clerk, held, accept=True)
        settle(clerk, held, accept=False)
        only_held(clerk)
        assert len(people.again().rows) == 3
