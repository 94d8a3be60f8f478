"""Cases: rows that people move, copy, sort, delete and bring back, and sheets that are lost or old."""

import pytest

from custledger.errors import UsageError
from custledger.stores.held import HeldKind
from custledger.testing.assertions import refuses
from custledger.testing.clerk import Clerk, reversal
from custledger.testing.stores.desk import GARBAGE, Desk, only_held, settle
from custledger.testing.stores.sheets import ThreePeople


class HandRowCases(ThreePeople):
    """A room for stores of the table family."""

    def test_moved_and_sorted_rows_change_nothing_and_keep_their_order(
        self, clerk: Clerk, trio: list[int], people: Desk
    ) -> None:
        """New records come behind them."""
        people.rows.reverse()
        people.rows.insert(1, people.rows.pop())
        people.save()
        order = people.numbers()
        assert len(clerk.store.log()) == 3
        clerk.edit("person", trio[1], notes="ours")
        new = clerk.add("person", name="Bo")
        assert people.again().numbers() == [*order, new]
        only_held(clerk)

    def test_blank_rows_are_nothing_and_stay_where_they_are(self, clerk: Clerk, trio: list[int], people: Desk) -> None:
        """Between others and at the end."""
        people.add(1).add()
        people.rows.append(["", " ", ""])
        people.type(trio[2], age="5").save()
        assert clerk.whole("person", trio[2])["age"] == 5
        assert clerk.ids("person") == trio
        clerk.edit("person", trio[0], notes="ours")
        assert not any(map(str.strip, people.again().rows[1]))
        only_held(clerk)

    def test_the_row_of_a_record_is_gone_and_the_record_stays(
        self, clerk: Clerk, trio: list[int], people: Desk
    ) -> None:
        """Until somebody says which of the two is right: here the ledger."""
        clerk.edit("person", trio[1], mentor=trio[0])
        people.again().take_out(trio[0]).save()
        (held,) = only_held(clerk, HeldKind.VANISHED)
        assert (held.record, clerk.ids("person")) == (trio[0], trio)
        clerk.edit("person", trio[2], notes="others go on")
        assert [one.number for one in only_held(clerk, HeldKind.VANISHED)] == [held.number]
        settle(clerk, held, accept=False)
        only_held(clerk)
        assert people.again().cell(trio[0], "code") == "a-1"

    def test_a_row_that_is_gone_is_accepted_with_the_removal_of_its_record(
        self, clerk: Clerk, trio: list[int], people: Desk
    ) -> None:
        """Here the file is right."""
        people.take_out(trio[0]).save()
        (held,) = only_held(clerk, HeldKind.VANISHED)
        settle(clerk, held, clerk.removal("person", trio[0]), accept=True)
        assert clerk.ids("person") == trio[1:]
        only_held(clerk)

    def test_a_record_that_is_removed_after_its_row_was_is_not_held_any_more(
        self, clerk: Clerk, trio: list[int], people: Desk
    ) -> None:
        """There is nothing left to ask."""
        people.take_out(trio[0]).save()
        only_held(clerk, HeldKind.VANISHED)
        clerk.remove("person", trio[0])
        only_held(clerk)

    def test_a_row_that_comes_back_is_not_held_any_more(self, clerk: Clerk, trio: list[int], people: Desk) -> None:
        """As when somebody undoes the deletion."""
        people.again().take_out(trio[0]).save()
        only_held(clerk, HeldKind.VANISHED)
        people.save()
        only_held(clerk)
        assert len(clerk.store.log()) == 3

    @pytest.mark.parametrize("how", ["gone", "empty", "garbage", "headings"])
    def test_a_sheet_that_is_lost_is_made_anew_with_nothing_lost(
        self, clerk: Clerk, trio: list[int], people: Desk, how: str
    ) -> None:
        """Meanwhile records of other types are written, and so are those of the sheet."""
        clerk.add("visit", person=trio[0], note="first")
        people.type(trio[0], age="old", notes="kept").save()
        (unfit,) = only_held(clerk, HeldKind.UNFIT)
        file = people.file
        if how == "gone":
            file.unlink()
        elif how == "headings":
            kept = people.again()
            kept.rows.clear()
            kept.save()
        else:
            file.write_bytes(GARBAGE if how == "garbage" else b"")
        if how == "headings":
            only_held(clerk, HeldKind.UNFIT, *[HeldKind.VANISHED] * 3)
            for one in clerk.store.held():
                if one.kind is HeldKind.VANISHED:
                    settle(clerk, one, accept=False)
        else:
            lost, *_ = only_held(clerk, *[HeldKind.UNREADABLE] * (2 if self.shares_file else 1), HeldKind.UNFIT)
            clerk.add("visit", person=trio[1], note="second")
            clerk.edit("person", trio[1], notes="meanwhile")
            with refuses(UsageError, clerk):
                settle(clerk, lost, accept=True)
            settle(clerk, lost, accept=False)
            assert clerk.whole("person", trio[1])["notes"] == "meanwhile"
        (left,) = only_held(clerk, HeldKind.UNFIT)
        assert left.number == unfit.number
        assert people.again().cell(trio[0], "age") == "old"
        assert clerk.whole("person", trio[0])["notes"] == "kept"
        settle(clerk, left, accept=False)
        if how == "garbage":
            aside = [one for one in file.parent.iterdir() if one != file and one.is_file()]
            assert GARBAGE in {one.read_bytes() for one in aside}

    def test_a_lost_sheet_that_is_put_back_gets_what_was_written_meanwhile(
        self, clerk: Clerk, trio: list[int], people: Desk
    ) -> None:
        """Edits, new records and removals, and what a person changed in it is an edit as ever."""
        people.file.rename(people.file.with_suffix(".away"))
        only_held(clerk, HeldKind.UNREADABLE)
        clerk.edit("person", trio[0], notes="ours")
        clerk.remove("person", trio[1])
        new = clerk.add("person", name="Bo")
        people.file.with_suffix(".away").rename(people.file)
        people.again().type(trio[0], age="40").save()
        only_held(clerk)
        assert clerk.whole("person", trio[0])["age"] == 40
        assert clerk.whole("person", trio[0])["notes"] == "ours"
        assert clerk.ids("person") == [trio[0], trio[2], new]
        clerk.add("person", name="Cy")
        assert people.again().cell(trio[0], "notes") == "ours"

    def test_a_row_whose_id_was_spoilt_is_its_records_still(self, clerk: Clerk, trio: list[int], people: Desk) -> None:
        """All else in it is as it was, so the id is put right."""
        people.row(trio[1])[people.column("id")] = "SP-NONSENSE"
        people.save()
        only_held(clerk)
        assert clerk.ids("person") == trio
        assert people.again().numbers() == trio

    def test_a_sheet_that_came_apart_is_not_accepted_over_what_was_written_meanwhile(
        self, clerk: Clerk, trio: list[int], people: Desk
    ) -> None:
        """Some records would have the data of others, and one would be gone."""
        at = people.column("id")
        numbers = [row[at] for row in people.rows]
        for row, number in zip(people.rows, reversed(numbers), strict=True):
            row[at] = number
        people.save()
        (held,) = only_held(clerk, HeldKind.APART)
        clerk.edit("person", trio[0], notes="ours")
        with refuses(UsageError, clerk):
            settle(clerk, held, accept=True)
        settle(clerk, held, accept=False)
        assert clerk.whole("person", trio[0])["notes"] == "ours"

    def test_a_copied_row_with_the_same_id_is_held_and_accepted_as_a_record_of_its_own(
        self, clerk: Clerk, trio: list[int], people: Desk
    ) -> None:
        """The record's row is the one that is as it was."""
        people.rows.insert(0, list(people.row(trio[2])))
        people.rows[0][people.column("name")] = "Twin"
        people.rows[0][people.column("code")] = "t-4"
        people.save()
        (held,) = only_held(clerk, HeldKind.REPEATED)
        clerk.edit("person", trio[2], notes="ours")
        assert people.again().rows[0] == people.rows[0]
        settle(clerk, held, accept=True)
        only_held(clerk)
        (new,) = set(clerk.ids("person")) - set(trio)
        assert clerk.values("person", new) == {"name": "Twin", "code": "t-4", "notes": "called twice"}

    def test_a_copied_row_is_restored_by_taking_it_out(self, clerk: Clerk, trio: list[int], people: Desk) -> None:
        """The copy that is not the record's."""
        people.rows.insert(0, list(people.row(trio[2])))
        people.rows[0][people.column("name")] = "Twin"
        people.save()
        (held,) = only_held(clerk, HeldKind.REPEATED)
        settle(clerk, held, accept=False)
        assert people.again().numbers() == trio

    def test_another_handle_knows_which_of_two_rows_is_the_record_s(
        self, clerk: Clerk, other: Clerk, trio: list[int], people: Desk
    ) -> None:
        """Whoever read the sheet first."""
        people.rows.insert(0, list(people.row(trio[2])))
        people.rows[0][people.column("name")] = "Twin"
        people.save()
        only_held(clerk, HeldKind.REPEATED)
        other.edit("person", trio[2], notes="ours")
        assert people.again().rows[0] == people.rows[0]
        assert people.again().rows[3][people.column("notes")] == "ours"

    def test_an_id_that_was_erased_is_written_again(self, clerk: Clerk, trio: list[int], people: Desk) -> None:
        """Where all else in the row is as it was, even in two rows that say the same."""
        twins = [clerk.add("person", name="Twin"), clerk.add("person", name="Twin")]
        later = people.again()
        for number in (trio[1], *twins):
            later.row(number)[later.column("id")] = ""
        later.save()
        assert clerk.ids("person") == [*trio, *twins]
        assert people.again().numbers() == [*trio, *twins]
        only_held(clerk)

    def test_an_id_that_is_none_is_held(self, clerk: Clerk, trio: list[int], people: Desk) -> None:
        """Accepted, the row is of a new record; restored, it goes."""
        people.add(name="Bo").add(name="Cy")
        people.rows[3][people.column("id")] = "no id"
        people.rows[4][people.column("id")] = "SV-0000000000000"
        people.save()
        first, second = only_held(clerk, HeldKind.STRANGE_ID, HeldKind.STRANGE_ID)
        assert clerk.ids("person") == trio
        settle(clerk, first, accept=True)
        settle(clerk, only_held(clerk, HeldKind.STRANGE_ID)[0], accept=False)
        only_held(clerk)
        assert second.row - first.row == 1
        assert sorted(one["name"] for one in clerk.everything("person").values()) == ["Ada", "Bo", "Straße", "王小明"]

    def sorted_apart(self, people: Desk) -> None:
        """Sort all columns but those of the ids."""
        at = people.column("id")
        ids = [row[at] for row in people.rows]
        people.rows.reverse()
        for row, text in zip(people.rows, ids, strict=True):
            row[at] = text
        people.save()

    def test_a_sheet_sorted_without_its_ids_is_stopped_and_restored(
        self, clerk: Clerk, trio: list[int], people: Desk
    ) -> None:
        """Each row gets the id of its record again, so that what else people wrote beside it stays right."""
        people.heading.append("Own")
        for row in people.rows:
            row.extend(["", f"of {row[people.column('name')]}"][1 - (len(row) < len(people.heading)) :])
        people.save()
        (column,) = only_held(clerk, HeldKind.COLUMN)
        settle(clerk, column, accept=False)
        self.sorted_apart(people := people.again())
        (held,) = only_held(clerk, HeldKind.APART)
        assert [clerk.whole("person", number)["name"] for number in trio] == ["Ada", "王小明", "Straße"]
        clerk.edit("person", trio[0], notes="meanwhile")
        clerk.add("visit", person=trio[0])
        settle(clerk, held, accept=False)
        only_held(clerk)
        assert [clerk.whole("person", number)["name"] for number in trio] == ["Ada", "王小明", "Straße"]
        later = people.again()
        assert sorted(later.numbers()) == trio
        assert {(row[later.column("name")], row[-1]) for row in later.rows} == {
            (name, f"of {name}") for name in ("Ada", "王小明", "Straße")
        }

    def test_a_sheet_sorted_without_its_ids_may_be_accepted(self, clerk: Clerk, trio: list[int], people: Desk) -> None:
        """Then the rows are what they say."""
        self.sorted_apart(people)
        (held,) = only_held(clerk, HeldKind.APART)
        settle(clerk, held, accept=True)
        only_held(clerk)
        assert [clerk.whole("person", number)["name"] for number in trio] == ["Straße", "王小明", "Ada"]

    def test_a_sorting_that_is_undone_leaves_nothing(self, clerk: Clerk, trio: list[int], people: Desk) -> None:
        """The sheet is read on."""
        rows = [list(row) for row in people.rows]
        self.sorted_apart(people)
        only_held(clerk, HeldKind.APART)
        people.rows = rows
        people.type(trio[0], age="50").save()
        only_held(clerk)
        assert clerk.whole("person", trio[0])["age"] == 50
        people.again().take_out(trio[1]).save()
        only_held(clerk, HeldKind.VANISHED)

    def test_a_sheet_without_its_column_of_ids_is_stopped_however_often_it_is_saved(
        self, clerk: Clerk, trio: list[int], people: Desk
    ) -> None:
        """It is made anew, and what was there is kept."""
        at = people.column("id")
        for row in (people.heading, *people.rows):
            del row[at]
        people.save()
        only_held(clerk, HeldKind.APART)
        people.rows[0][people.column("age")] = "99"
        people.save()
        (held,) = only_held(clerk, HeldKind.APART)
        assert clerk.ids("person") == trio
        with refuses(UsageError, clerk):
            settle(clerk, held, accept=True)
        settle(clerk, held, accept=False)
        only_held(clerk)
        assert people.again().numbers() == trio

    def test_an_old_copy_takes_nothing_back(self, clerk: Clerk, trio: list[int], people: Desk) -> None:
        """Cells that fell back are held, one change back or several; records that are not in it stay."""
        old = people
        clerk.edit("person", trio[0], notes="first")
        middle = people.again()
        clerk.edit("person", trio[0], notes="second", age=40)
        new = clerk.add("person", name="Bo")
        clerk.remove("person", trio[2])
        expected = clerk.everything("person")
        for copy, kinds in ((old, 2), (middle, 2)):
            copy.save()
            held = only_held(clerk, *[HeldKind.FELL_BACK] * kinds, HeldKind.VANISHED, HeldKind.RETURNED)
            assert {one.key for one in held[:2]} == {"notes", "age"}
            assert clerk.everything("person") == expected
        for one in clerk.store.held():
            settle(clerk, one, accept=False)
        only_held(clerk)
        assert people.again().numbers() == [trio[0], trio[1], new]
        assert clerk.everything("person") == expected

    def test_an_old_copy_in_which_something_was_edited_is_believed_in_that(
        self, clerk: Clerk, trio: list[int], people: Desk
    ) -> None:
        """And in nothing else."""
        clerk.edit("person", trio[0], notes="ours")
        people.type(trio[0], age="70").type(trio[1], notes="theirs").add(name="Bo").save()
        (held,) = only_held(clerk, HeldKind.FELL_BACK)
        assert (held.key, clerk.whole("person", trio[0])["age"]) == ("notes", 70)
        assert clerk.whole("person", trio[1])["notes"] == "theirs"
        assert clerk.count("person") == [(4,)]
        settle(clerk, held, clerk.edition("person", trio[0], notes=None), accept=True)
        assert "notes" not in clerk.whole("person", trio[0])
        only_held(clerk)

    def test_setting_one_value_back_in_a_current_copy_is_believed(
        self, clerk: Clerk, trio: list[int], people: Desk
    ) -> None:
        """For a later change of the ledger is in it."""
        clerk.edit("person", trio[0], notes="ours", age=40)
        clerk.edit("person", trio[1], notes="later")
        people.again().type(trio[0], age="36").save()
        only_held(clerk)
        assert clerk.whole("person", trio[0])["age"] == 36

    def test_setting_back_one_s_own_edit_is_believed(self, clerk: Clerk, trio: list[int], people: Desk) -> None:
        """What people do to their own edits is theirs."""
        people.type(trio[0], age="40").save()
        assert clerk.whole("person", trio[0])["age"] == 40
        people.type(trio[0], age="36").save()
        assert clerk.whole("person", trio[0])["age"] == 36
        only_held(clerk)

    def test_a_row_of_a_removed_record_is_accepted_or_taken_out(
        self, clerk: Clerk, trio: list[int], people: Desk
    ) -> None:
        """Accepted, the record is there again."""
        removals = [clerk.remove("person", trio[1]), clerk.remove("person", trio[2])]
        people.save()
        first, second = only_held(clerk, HeldKind.RETURNED, HeldKind.RETURNED)
        assert clerk.ids("person") == trio[:1]
        back = next(one for receipt in removals for one in reversal(receipt) if one.id == first.record)
        settle(clerk, first, back, accept=True)
        settle(clerk, second, accept=False)
        only_held(clerk)
        assert clerk.ids("person") == sorted([trio[0], first.record])

    def test_rows_that_are_held_are_found_when_others_were_taken_out_above(
        self, clerk: Clerk, trio: list[int], people: Desk
    ) -> None:
        """One after the other."""
        people.add(0, age="1").add(2, age="2").add(age="3").type(trio[2], born="?").save()
        only_held(clerk, *[HeldKind.NEW_ROW] * 3, HeldKind.UNFIT)
        clerk.remove("person", trio[0])
        for one in clerk.store.held():
            settle(clerk, one, accept=False)
        only_held(clerk)
        assert people.again().numbers() == trio[1:]
        assert len(people.again().rows) == 2

    def test_a_row_of_a_removed_record_that_is_there_again_is_not_held_any_more(
        self, clerk: Clerk, trio: list[int], people: Desk
    ) -> None:
        """However it came to be so."""
        removal = clerk.remove("person", trio[1])
        people.save()
        only_held(clerk, HeldKind.RETURNED)
        clerk.apply(*reversal(removal))
        only_held(clerk)
