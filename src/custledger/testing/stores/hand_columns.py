"""Cases: headings that people rename and move, and columns of their own."""

from custledger.stores.held import HeldKind
from custledger.testing.clerk import Clerk
from custledger.testing.samples import CARD
from custledger.testing.stores.desk import Desk, only_held, settle
from custledger.testing.stores.sheets import ThreePeople


class HandColumnCases(ThreePeople):
    """A room for stores of the table family."""

    def test_headings_in_the_other_language_are_the_same_fields(
        self, clerk: Clerk, trio: list[int], people: Desk
    ) -> None:
        """And so are those with a star, as templates have them."""
        labels = {field.spec.labels.en: field.spec.labels.zh for field in clerk.schemas["person"].fields}
        people.heading = [labels[text] for text in people.heading]
        people.type(trio[1], notes="中文").save()
        assert clerk.whole("person", trio[1])["notes"] == "中文"
        clerk.edit("person", trio[0], notes="ours")
        later = people.again()
        assert later.heading == people.heading
        assert later.cell(trio[0], "notes") == "ours"
        later.heading[later.column("name")] = "姓名*"
        later.save()
        assert len(clerk.store.log()) == 5
        only_held(clerk)

    def test_a_renamed_heading_is_recognised_by_what_is_in_the_column(
        self, clerk: Clerk, trio: list[int], people: Desk
    ) -> None:
        """It stays renamed, and is written under its new heading."""
        code = people.column("code")
        people.heading[code] = "Card no."
        people.save()
        assert clerk.values("person", trio[0]) is not None
        only_held(clerk)
        later = people.again()
        later.row(trio[1])[code] = "b-9"
        later.save()
        assert clerk.whole("person", trio[1])["code"] == "b-9"
        clerk.edit("person", trio[2], code="c-9")
        again = people.again()
        assert again.heading[code] == "Card no."
        assert again.row(trio[2])[code] == "c-9"
        again.heading[code] = "Code"
        again.save()
        only_held(clerk)

    def test_reordered_columns_change_nothing(self, clerk: Clerk, trio: list[int], people: Desk) -> None:
        """And are written in the order that they have now."""
        people.heading.reverse()
        for row in people.rows:
            row.reverse()
        people.save()
        entries = clerk.store.log()
        assert len(entries) == 3
        only_held(clerk)
        clerk.edit("person", trio[0], notes="ours")
        assert people.again().heading == people.heading
        people.again().type(trio[1], age="42").save()
        assert clerk.whole("person", trio[1])["age"] == 42

    def test_two_headings_that_changed_places_say_something_else(
        self, clerk: Clerk, trio: list[int], people: Desk
    ) -> None:
        """The cells are what the headings say, although no row was touched."""
        name, notes = people.column("name"), people.column("notes")
        for row in people.rows:
            row[notes] = f"of {row[name]}"
        people.save()
        clerk.ids("person")
        later = people.again()
        later.heading[name], later.heading[notes] = later.heading[notes], later.heading[name]
        later.save()
        assert clerk.whole("person", trio[0])["name"] == "of Ada"
        assert clerk.whole("person", trio[0])["notes"] == "Ada"

    def test_a_column_of_one_s_own_survives_and_becomes_a_field_when_it_is_accepted(
        self, clerk: Clerk, trio: list[int], people: Desk
    ) -> None:
        """Untouched by whatever is written meanwhile."""
        at = len(people.heading)
        people.heading.append("Card")
        for index, row in enumerate(people.rows):
            row.extend([""] * (at - len(row)))
            row.append(f"card {index}")
        people.save()
        (held,) = only_held(clerk, HeldKind.COLUMN)
        assert held.heading == "Card"
        clerk.edit("person", trio[0], notes="ours")
        clerk.remove("person", trio[1])
        new = clerk.add("person", name="Bo")
        later = people.again()
        assert [row[at] for row in (later.row(trio[0]), later.row(trio[2]))] == ["card 0", "card 2"]
        settle(clerk, held, accept=True)
        self.grow(clerk, CARD)
        only_held(clerk)
        assert clerk.whole("person", trio[2])["x_card"] == "card 2"
        clerk.edit("person", new, x_card="ours")
        assert people.again().row(new)[at] == "ours"

    def test_a_column_that_is_left_alone_is_not_asked_about_again(
        self, clerk: Clerk, trio: list[int], people: Desk
    ) -> None:
        """It stays as it is."""
        people.heading.append("Own")
        people.rows[0] += [""] * (len(people.heading) - 1 - len(people.rows[0])) + ["mine"]
        people.save()
        (held,) = only_held(clerk, HeldKind.COLUMN)
        settle(clerk, held, accept=False)
        people.again().type(trio[0], age="5").save()
        only_held(clerk)
        assert people.again().rows[0][-1] == "mine"

    def test_what_stands_beside_the_columns_stays_there(self, clerk: Clerk, trio: list[int], people: Desk) -> None:
        """No column that is added gets into it."""
        people.rows[1] += [""] * (len(people.heading) - len(people.rows[1])) + ["a note", "another"]
        people.save()
        self.grow(clerk, CARD)
        clerk.edit("person", trio[0], x_card="ours")
        assert "x_card" not in clerk.whole("person", trio[1])
        assert "a note" in people.again().rows[1]
        people.again().type(trio[2], age="3").save()
        assert "x_card" not in clerk.whole("person", trio[1])
        only_held(clerk)

    def test_a_column_that_was_taken_out_comes_back_with_all_that_the_ledger_has_in_it(
        self, clerk: Clerk, trio: list[int], people: Desk
    ) -> None:
        """As where an old copy was saved that did not have it yet; and no later edit empties anything."""
        at = people.column("phone")
        clerk.edit("person", trio[1], phone="13800000002")
        people = people.again()
        for row in (people.heading, *people.rows):
            del row[at]
        people.save()
        clerk.edit("person", trio[1], phone="139")
        later = people.again()
        assert [later.cell(number, "phone") for number in trio] == ["13800000001", "139", ""]
        later.type(trio[0], notes="by hand").save()
        assert clerk.whole("person", trio[0])["phone"] == "13800000001"
        assert clerk.whole("person", trio[0])["notes"] == "by hand"
        only_held(clerk)
