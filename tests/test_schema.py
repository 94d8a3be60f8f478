"""Schemas: fields in order, found by any of their names, and grown at the end."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custledger.codec import row_from
from custledger.errors import NotFoundError
from custledger.fields import Choice, Kind, Labels, Spec
from custledger.records import CORE_TYPES, Customer
from custledger.schema import CREATED_AT, ID, REVISION, UPDATED_AT, Field, Schema, TypeInfo, nearest
from custledger.testing import CARD, Person, Visit

CUSTOMER = Schema.of(Customer)


def text_field(key: str, en: str, zh: str = "", *aliases: str) -> Field:
    return Field(key, Spec(kind=Kind.TEXT, labels=Labels(en, zh), aliases=aliases))


def schema_of(*fields: Field) -> Schema:
    return Schema(TypeInfo("thing", "things", "T", Labels("Thing", "东西")), fields)


def test_records_are_counted_in_words() -> None:
    info = Schema.of(Customer).info
    assert [info.counted(count) for count in (0, 1, 2)] == ["0 customers", "1 customer", "2 customers"]


@pytest.mark.parametrize("record", CORE_TYPES)
def test_every_row_begins_alike(record: type) -> None:
    keys = Schema.of(record).keys
    assert (keys[ID], keys[CREATED_AT], keys[UPDATED_AT], keys[REVISION]) == (
        "id",
        "created_at",
        "updated_at",
        "revision",
    )


def test_the_schema_of_a_class_is_made_once() -> None:
    assert Schema.of(Customer) is CUSTOMER


def test_the_schema_of_a_class_is_not_that_of_the_class_below_it() -> None:
    assert Schema.of(Person).name == "person"
    assert Schema.of(Visit).keys != Schema.of(Person).keys


@pytest.mark.parametrize("name", ["name", "Name", "客户名称", "ＮＡＭＥ", " 姓名 ", "customer name", "公司"])
def test_a_field_is_found_by_key_label_and_alias(name: str) -> None:
    assert CUSTOMER.resolve(name).key == "name"


def test_a_name_that_nobody_has_is_refused_with_the_nearest() -> None:
    with pytest.raises(NotFoundError) as caught:
        CUSTOMER.resolve("emial")
    assert "email" in caught.value.hint
    assert "customer field" in caught.value.message


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("nothing", ()),
        ("citty", ("city",)),
        ("nmae", ("name",)),
        ("mobil", ("phone",)),
        ("raiting", ("level",)),
        ("成市", ("城市",)),
        ("客户等及", ("客户等级", "客户名称")),
        ("手机号吗", ("phone",)),
        ("天气预报", ()),
        ("市", ()),
    ],
)
def test_keys_and_labels_that_are_really_near_are_suggested_and_no_alias(name: str, meant: tuple[str, ...]) -> None:
    assert CUSTOMER.suggestions(name) == meant


@pytest.mark.parametrize(
    ("word", "near"),
    [
        ("城巾", ("城市",)),
        ("联系电活", ("联系电话",)),
        ("系电话", ("联系电话",)),
        ("城", ()),
        ("市城", ()),
        ("城市xy", ()),
    ],
)
def test_chinese_words_are_compared_by_their_characters(word: str, near: tuple[str, ...]) -> None:
    assert nearest(word, ["城市", "联系电话", "备注"]) == near


def test_a_key_comes_before_a_label_and_a_label_before_an_alias() -> None:
    schema = schema_of(
        text_field("a", "B", "丙", "C"), text_field("b", "C"), text_field("c", "D", "", "B"), text_field("d", "丙")
    )
    assert {name: schema.resolve(name).key for name in ("a", "b", "c", "d", "丙")} == {
        "a": "a",
        "b": "b",
        "c": "c",
        "d": "d",
        "丙": "a",
    }


def test_a_schema_grows_at_its_end_and_only_by_new_keys() -> None:
    grown = CUSTOMER.extended([CARD, Field("name", CARD.spec)])
    assert grown.keys == (*CUSTOMER.keys, "x_card")
    assert grown.by_key["name"] == CUSTOMER.by_key["name"]
    assert grown.record is Customer
    assert grown.extended([CARD]) is grown
    assert grown.resolve("会员卡号").key == "x_card"
    assert "x_card" not in CUSTOMER.names


def test_choices_are_replaced_without_touching_anything_else() -> None:
    fresh = (Choice("S", Labels("Super", "超级"), "red"),)
    changed = CUSTOMER.with_choices({"level": fresh})
    assert changed.by_key["level"].spec.choices == fresh
    assert changed.by_key["status"] == CUSTOMER.by_key["status"]
    assert changed.keys == CUSTOMER.keys
    assert CUSTOMER.with_choices({}) is CUSTOMER


def test_a_record_is_called_by_its_title_and_code_or_its_id() -> None:
    assert CUSTOMER.display(row_from(CUSTOMER, {"id": 5, "name": "王小明", "code": "K1"})) == "王小明 K1"
    assert CUSTOMER.display(row_from(CUSTOMER, {"id": 5, "name": "K1", "code": "K1"})) == "K1"
    assert CUSTOMER.display(row_from(CUSTOMER, {"id": 5})) == "C-0000000000005"


def test_what_a_schema_is_asked_for() -> None:
    schema = Schema.of(Person)
    assert schema.code_field is schema.by_key["code"]
    assert schema.title_field is schema.by_key["name"]
    assert [field.key for field in schema.references] == ["mentor"]
    assert "created_at" not in {field.key for field in schema.editable}
    assert "secret" not in {field.key for field in schema.searchable}
    assert schema.by_key["secret"].spec.searchable


def test_schemas_are_equal_whether_or_not_their_class_is_there() -> None:
    assert Schema(CUSTOMER.info, CUSTOMER.fields) == CUSTOMER


@given(st.text(max_size=30))
def test_the_nearest_names_are_some_of_those_there_are(name: str) -> None:
    found = nearest(name, CUSTOMER.names)
    assert len(found) <= 2
    assert set(found) <= set(CUSTOMER.names)


def test_a_label_is_in_the_language_asked_or_the_key() -> None:
    field = text_field("a", "English", "中文")
    assert (field.label("en"), field.label("zh")) == ("English", "中文")
    assert text_field("a", "").label("zh") == "a"


def test_an_unknown_field_is_answered_with_those_that_matter_most_and_where_all_are() -> None:
    schema = Schema.of(Customer)
    with pytest.raises(NotFoundError) as told:
        schema.resolve("qqq")
    assert told.value.hint == (
        "Some are: code, name, type, status, level, phone, city, owner; "
        f'ledger.fields.list("customer") has all {len(schema.keys)}.'
    )
    short = Schema(schema.info, schema.fields[:6])
    with pytest.raises(NotFoundError) as told:
        short.resolve("qqq")
    assert told.value.hint == "There are: id, created_at, updated_at, revision, name, code."
