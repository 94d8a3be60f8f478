"""Record types: described once, and consistent."""

import copy
import pickle
from datetime import UTC, datetime
from typing import Any

import attrs
import pytest

from custledger import ids
from custledger.conventions import Conventions
from custledger.fields import METADATA_KEY, Kind, Labels, choices, field
from custledger.records import COLORS, CORE_TYPES, Customer, FollowUp, Interaction, Record, record_type
from custledger.schema import Schema
from custledger.testing import Badge, Person, Visit
from custledger.values import fold, parser

SCHEMAS = [Schema.of(record) for record in (*CORE_TYPES, Person, Visit, Badge)]
BY_NAME = pytest.mark.parametrize("schema", SCHEMAS, ids=lambda schema: schema.name)


def test_a_record_is_frozen_and_knows_its_public_id() -> None:
    ada = Customer(id=5, name="Ada")
    assert ada.ref == "C-0000000000005"
    assert (ada.tags, ada.extra, ada.revision) == (frozenset(), {}, 0)
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        ada.name = "Eve"  # type: ignore[misc]


def test_a_type_checker_knows_the_constructor_of_a_record_type() -> None:
    """Each of these is an error to mypy, which would call the comment useless if it were none."""
    with pytest.raises(TypeError, match="nmae"):
        Customer(nmae="Ada")  # type: ignore[call-arg]
    with pytest.raises(TypeError):
        Badge(7)  # type: ignore[call-arg]
    assert Person(name=5).name == 5  # type: ignore[arg-type,comparison-overlap]


def test_a_record_type_is_made_of_a_class_with_fields() -> None:
    @record_type("parcel", plural="parcels", prefix="PX", en="Parcel", zh="包裹", when="at", brief=("number",))
    class Parcel(Record):
        """A parcel."""

        number: str | None = field(Kind.TEXT, "Number", "单号", unique=True, code=True)
        at: datetime | None = field(Kind.TIME, "At", "时间", default="now")

    schema = Schema.of(Parcel)
    assert schema.info.labels == Labels("Parcel", "包裹")
    assert (schema.info.when, schema.info.brief, schema.record) == ("at", ("number",), Parcel)
    assert schema.keys == ("id", "created_at", "updated_at", "revision", "number", "at")
    assert Parcel(number="7").number == "7"


def test_a_schema_has_the_fields_that_attrs_finds_in_its_class() -> None:
    @record_type("crate", plural="crates", prefix="CX", en="Crate", zh="箱")
    class Crate(Visit):
        at: datetime | None = field(Kind.TIME, "Packed", "装箱时间")
        size: str | None = field(Kind.TEXT, "Size", "尺寸")

    for record in (*CORE_TYPES, Visit, Crate):
        described = [attribute for attribute in attrs.fields(record) if METADATA_KEY in attribute.metadata]
        schema = Schema.of(record)
        assert schema.keys == tuple(attribute.name for attribute in described)
        assert [one.spec for one in schema.fields] == [attribute.metadata[METADATA_KEY] for attribute in described]


@BY_NAME
def test_every_field_has_labels_in_both_languages(schema: Schema) -> None:
    for one in schema.fields:
        assert one.spec.labels.en, one.key
        assert one.spec.labels.zh, one.key


@BY_NAME
def test_no_two_fields_share_a_label(schema: Schema) -> None:
    for language in ("en", "zh"):
        labels = [fold(one.label(language)) for one in schema.fields]
        assert len(set(labels)) == len(labels)


@BY_NAME
def test_every_label_and_alias_finds_its_own_field(schema: Schema) -> None:
    for one in schema.fields:
        for name in (one.key, *one.spec.labels.both(), *one.spec.aliases):
            assert schema.resolve(name).key == one.key, name


@BY_NAME
def test_when_and_brief_name_fields(schema: Schema) -> None:
    assert schema.info.when in schema.keys
    assert schema.by_key[schema.info.when].spec.kind in {Kind.TIME, Kind.DATE}
    assert set(schema.info.brief) <= set(schema.keys)


@BY_NAME
def test_choices_have_codes_of_their_own_and_known_colours(schema: Schema) -> None:
    for one in schema.fields:
        codes = [choice.code for choice in one.spec.choices]
        assert len(set(codes)) == len(codes)
        assert {choice.color for choice in one.spec.choices} <= {"", *COLORS}
        assert bool(codes) == (one.spec.kind in {Kind.CHOICE, Kind.CHOICES})


@BY_NAME
def test_defaults_fit_their_fields(schema: Schema) -> None:
    for one in schema.fields:
        if one.spec.default not in {None, "now", "today"}:
            assert parser(one.spec, Conventions())(one.spec.default) == one.spec.default
        if one.spec.default == "now":
            assert one.spec.kind is Kind.TIME


@BY_NAME
def test_currency_fields_name_money_fields(schema: Schema) -> None:
    for one in schema.fields:
        if one.spec.currency_of:
            assert schema.by_key[one.spec.currency_of].spec.kind is Kind.MONEY
            assert one.key == f"{one.spec.currency_of}_currency"


def test_names_prefixes_and_plurals_are_unique() -> None:
    infos = [schema.info for schema in SCHEMAS]
    for names in ([info.name for info in infos], [info.plural for info in infos], [info.prefix for info in infos]):
        assert len(set(names)) == len(names)


def test_what_belongs_to_a_customer_goes_with_it() -> None:
    for record in (Interaction, FollowUp):
        spec = Schema.of(record).by_key["customer"].spec
        assert (spec.target, spec.on_remove, spec.required) == ("customer", "cascade", True)
    assert Schema.of(Customer).by_key["referred_by"].spec.on_remove == "empty"


def test_choices_are_read_from_lines() -> None:
    one, two = choices("A|Key|重点|red", "B")
    assert (one.code, one.labels, one.color) == ("A", Labels("Key", "重点"), "red")
    assert (two.code, two.labels, two.color) == ("B", Labels("B", ""), "")


def test_a_label_falls_back_to_the_other_language() -> None:
    assert Labels("", "会员卡号").in_language("en") == "会员卡号"
    assert Labels("Card").in_language("zh") == "Card"
    assert Labels("Card", "卡").both() == ("Card", "卡")


def test_a_new_record_was_never_written() -> None:
    assert Customer(name="Ada").created_at == datetime(1970, 1, 1, tzinfo=UTC)


def test_a_record_shows_its_public_id_and_what_is_not_empty_and_hides_what_is_sensitive() -> None:
    shown = Customer(name="张伟", code="K1", tags=frozenset({"vip"}), id_number="11010519491231002X", id=7)
    told = "name='张伟', code='K1', id_number=…, tags=frozenset({'vip'})"
    assert repr(shown) == f"Customer({ids.public('C', 7)}, {told})"
    assert repr(Customer(name="A")) == "Customer(name='A')"


def test_a_record_names_the_fields_that_are_not_of_its_class_and_keeps_their_values_to_itself() -> None:
    shown = Customer(name="A", extra={"x_card": "0001", "x_secret": "s"})
    assert repr(shown) == "Customer(name='A', x_card=…, x_secret=…)"


def test_a_field_that_is_not_of_the_class_is_pointed_to_where_it_is_asked_for_as_an_attribute() -> None:
    record: Any = Customer(name="A", extra={"x_card": "0001", "loyalty_points": 3})
    for name, told in (
        ("x_card", 'is in extra: .extra["x_card"]'),
        ("loyalty_points", 'is in extra: .extra["loyalty_points"]'),
        ("x_other", 'is in extra where it is not empty: .extra.get("x_other")'),
        ("citty", "'Customer' object has no attribute 'citty'"),
        ("__x_card__", "'Customer' object has no attribute '__x_card__'"),
    ):
        with pytest.raises(AttributeError) as caught:
            getattr(record, name)
        assert str(caught.value).endswith(told)
        assert (caught.value.name, caught.value.obj) == (name, record)
        assert not hasattr(record, name)
    assert copy.copy(record) == record == pickle.loads(pickle.dumps(record))
