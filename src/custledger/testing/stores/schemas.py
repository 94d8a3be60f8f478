"""Cases: schemas that grow while several handles are open, and types whose plugin is absent."""

from contextlib import ExitStack
from typing import Any

import pytest

from custledger.changes import Change
from custledger.errors import DuplicateError, NotFoundError
from custledger.fields import Kind, Labels, Spec, choices
from custledger.schema import Field, Schema
from custledger.stores.contract import GenerationMovedError
from custledger.testing.assertions import refuses
from custledger.testing.clerk import Clerk
from custledger.testing.samples import CARD, Badge, sample_people, sample_schemas, without_class
from custledger.testing.stores.base import StoreCases


def _custom(kind: Kind) -> Field:
    target = "person" if kind is Kind.REFERENCE else None
    labels = Labels(f"My {kind}")
    return Field(f"x_{kind}", Spec(kind=kind, labels=labels, custom=True, target=target, on_remove="empty"))


CUSTOM: dict[Kind, Any] = {
    Kind.TEXT: "会员",
    Kind.INTEGER: -5,
    Kind.NUMBER: 12_500,
    Kind.MONEY: 99_9900,
    Kind.DATE: "2026-02-28",
    Kind.TIME: "2026-02-28T10:00:00.000Z",
    Kind.YES_NO: 1,
    Kind.CHOICE: "red",
    Kind.CHOICES: ("blue", "red"),
    Kind.PHONE: "138 0013 8000",
    Kind.EMAIL: "ada@example.org",
    Kind.TAGS: ("a", "b"),
}


class SchemaCases(StoreCases):
    """A schema only grows, and everybody learns of it."""

    def test_preparing_again_changes_nothing(self, clerk: Clerk) -> None:
        """It is asked at every opening."""
        clerk.add("person", name="Ada")
        for _ in range(2):
            clerk.store.prepare(sample_schemas())
        assert clerk.store.generation() == clerk.generation

    def test_a_schema_that_did_not_grow_moves_nothing(self, clerk: Clerk) -> None:
        """Other labels and choices are no reason for everybody to prepare again."""
        before = clerk.generation
        clerk.learn([clerk.schemas["person"].with_choices({"grade": choices("tin|Tin|锡")})])
        assert clerk.generation == before

    def test_a_schema_that_grew_moves_the_generation(self, clerk: Clerk, other: Clerk) -> None:
        """Another handle's write under the old one is refused, and lands when it has prepared again."""
        before = clerk.generation
        clerk.learn([clerk.schemas["person"].extended([CARD])])
        assert clerk.generation > before
        with refuses(GenerationMovedError, other):
            other.add("person", name="Ada")
        other.learn(sample_schemas())
        assert other.generation == clerk.generation
        assert other.add("person", name="Ada")

    def test_a_field_that_was_added_is_empty_in_the_rows_that_were_there(self, clerk: Clerk) -> None:
        """And can be set, filtered, ordered and counted from then on."""
        ada, bo = clerk.add("person", name="Ada"), clerk.add_many("person", list(sample_people(1)))[0]
        clerk.learn([clerk.schemas["person"].extended([CARD])])
        assert "x_card" not in clerk.whole("person", ada)
        assert clerk.ids("person", "x_card is empty") == [ada, bo]
        clerk.edit("person", bo, x_card="Ｖ-7")
        assert clerk.ids("person", "会员卡号 = v-7") == [bo]
        assert clerk.ids("person", order=["x_card"]) == [bo, ada]
        assert clerk.count("person", "x_card") == [("Ｖ-7", 1), (None, 1)]

    @pytest.mark.parametrize("kind", CUSTOM)
    def test_a_custom_field_of_every_kind_holds_its_values(self, clerk: Clerk, kind: Kind) -> None:
        """A custom field is a real field."""
        field, value = _custom(kind), CUSTOM[kind]
        clerk.learn([clerk.schemas["person"].extended([field])])
        created = clerk.add("person", **{"name": "x", field.key: value})
        updated = clerk.add("person", name="y")
        clerk.edit("person", updated, **{field.key: value})
        for number in (created, updated):
            found = clerk.whole("person", number)[field.key]
            assert (type(found), found) == (type(value), value)
        assert clerk.ids("person", f"{field.key} is not empty") == [created, updated]

    def test_a_custom_reference_says_what_removal_does(self, clerk: Clerk) -> None:
        """Like a reference of a class."""
        field = _custom(Kind.REFERENCE)
        clerk.learn([clerk.schemas["person"].extended([field])])
        ada = clerk.add("person", name="Ada")
        bo = clerk.add("person", **{"name": "Bo", field.key: ada})
        clerk.remove("person", ada)
        assert clerk.values("person", bo) == {"name": "Bo"}

    def test_a_custom_field_that_is_unique_is_unique(self, clerk: Clerk) -> None:
        """From the moment it is there."""
        field = Field("x_no", Spec(kind=Kind.TEXT, labels=Labels("No"), unique=True, custom=True))
        clerk.learn([clerk.schemas["person"].extended([field])])
        clerk.add("person", name="Ada", x_no="A1")
        with refuses(DuplicateError, clerk):
            clerk.add("person", name="Bo", x_no="ａ1")

    def test_rows_come_in_the_order_of_the_schema_handed_in(self, clerk: Clerk, other: Clerk) -> None:
        """Two handles may have heard of custom fields in different orders."""
        one, two = CARD, _custom(Kind.INTEGER)
        person = clerk.schemas["person"]
        clerk.learn([person.extended([one, two])])
        other.learn([person.extended([two, one])])
        clerk.generation = other.generation = clerk.store.generation()
        ada = clerk.add("person", name="Ada", x_card="c", x_integer=5)
        bo = other.add("person", name="Bo", x_card="d", x_integer=6)
        for reader in (clerk, other):
            assert reader.values("person", ada) == {"name": "Ada", "x_card": "c", "x_integer": 5}
            assert reader.everything("person")[bo] == {"name": "Bo", "x_card": "d", "x_integer": 6}

    def test_a_handle_that_knows_fewer_fields_loses_none(self, place: Any, clerk: Clerk) -> None:
        """An edit by a program without a plugin's field leaves its value where it is."""
        clerk.learn([clerk.schemas["person"].extended([CARD])])
        ada = clerk.add("person", name="Ada", x_card="c")
        with ExitStack() as stack:
            later = self.reopened(place, clerk, stack, sample_schemas())
            later.edit("person", ada, age=5)
            bo = later.add_many("person", [{"name": "Bo"}])[0]
            later.learn([later.schemas["person"].extended([CARD])])
            assert later.values("person", ada) == {"name": "Ada", "age": 5, "x_card": "c"}
            assert later.values("person", bo) == {"name": "Bo"}

    def test_a_store_remembers_every_schema_it_has_seen(self, place: Any, clerk: Clerk) -> None:
        """With everything that is known of each field, and without the class."""
        clerk.learn([Schema.of(Badge), clerk.schemas["person"].extended([CARD])])
        expected = {name: without_class(schema) for name, schema in clerk.schemas.items()}
        with ExitStack() as stack:
            store = self.reopened(place, clerk, stack, sample_schemas()).store
            remembered = {schema.name: schema for schema in store.schemas()}
            assert remembered == expected
            assert all(schema.record is None for schema in remembered.values())

    def test_the_latest_labels_and_choices_are_remembered(self, place: Any, clerk: Clerk) -> None:
        """They may change freely: neither the rows nor the generation are touched."""
        ada = clerk.add("person", name="Ada", grade="gold")
        person = clerk.schemas["person"].with_choices({"grade": choices("gold|Best|最佳|red", "tin|Tin|锡")})
        clerk.learn([person])
        assert clerk.generation == clerk.store.generation()
        assert clerk.whole("person", ada)["grade"] == "gold"
        with ExitStack() as stack:
            store = self.reopened(place, clerk, stack, (person,)).store
            assert without_class(person) in store.schemas()

    def test_a_type_whose_plugin_is_absent_can_be_read(self, place: Any, clerk: Clerk) -> None:
        """With the schema that the store remembers."""
        clerk.learn([Schema.of(Badge)])
        ada = clerk.add("person", name="Ada")
        badge = clerk.add("badge", number="007", holder=ada)
        with ExitStack() as stack:
            later = self.reopened(place, clerk, stack, sample_schemas())
            remembered = next(schema for schema in later.store.schemas() if schema.name == "badge")
            row = later.store.get(remembered, [badge])[0]
            assert row is not None
            assert dict(zip(remembered.keys, row, strict=True))["number"] == "007"
            assert [row[0] for row in later.store.select(remembered, later.query("person"))] == [badge]

    def test_a_type_that_was_never_prepared_cannot_be_written(self, clerk: Clerk) -> None:
        """It is named in the error."""
        with refuses(NotFoundError, clerk):
            clerk.apply(Change(type="badge", id=5, before=None, after={"number": "1"}))

    def test_a_new_type_can_be_prepared_while_others_are_in_use(self, clerk: Clerk, other: Clerk) -> None:
        """Its records refer to those that were there."""
        ada = other.add("person", name="Ada")
        clerk.learn([Schema.of(Badge)])
        badge = clerk.add("badge", number="1", holder=ada)
        assert clerk.values("badge", badge) == {"number": "1", "holder": ada}
        assert other.ids("person") == [ada]
