"""Settings are read from documents, and no document can make a ledger impossible to open."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custledger.conventions import Conventions
from custledger.errors import InvalidValueError
from custledger.fields import Choice, Kind, Labels, Spec
from custledger.records import COLORS, CORE_TYPES, Customer
from custledger.schema import Schema
from custledger.settings import (
    Settings,
    check_conventions,
    choices_document,
    field_document,
    ledger_document,
    parse_choice,
)
from custledger.spec_json import schema_from_json, schema_to_json, spec_from_json, spec_to_json
from custledger.stores.contract import Document

texts = st.text(max_size=8)
labels = st.builds(Labels, texts, texts)
specs = st.builds(
    Spec,
    kind=st.sampled_from(Kind),
    labels=labels,
    aliases=st.lists(texts, max_size=2).map(tuple),
    group=texts,
    choices=st.lists(st.builds(Choice, texts, labels, st.sampled_from(("", *COLORS))), max_size=2).map(tuple),
    required=st.booleans(),
    unique=st.booleans(),
    sensitive=st.booleans(),
    help=labels,
    target=st.none() | texts,
    on_remove=st.sampled_from(("restrict", "cascade", "empty")),
    default=st.none() | texts | st.integers() | st.lists(texts, max_size=2).map(tuple),
    custom=st.booleans(),
)


@given(specs)
def test_every_spec_survives_json(spec: Spec) -> None:
    assert spec_from_json(json.loads(json.dumps(spec_to_json(spec)))) == spec


@pytest.mark.parametrize("record", CORE_TYPES)
def test_every_schema_survives_json(record: Any) -> None:
    schema = Schema.of(record)
    assert schema_from_json(json.loads(json.dumps(schema_to_json(schema)))) == schema


def test_an_attribute_of_a_later_version_is_passed_over() -> None:
    assert spec_from_json({"kind": "text", "labels": {"en": "A", "zh": ""}, "hologram": True}).kind is Kind.TEXT


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"kind": "text"},
        {"kind": "hologram", "labels": {}},
        {"kind": "text", "labels": {"en": 5}},
        {"kind": "text", "labels": {}, "required": "yes"},
        {"kind": "text", "labels": {}, "on_remove": "explode"},
    ],
)
def test_what_is_no_spec_is_refused(value: dict[str, Any]) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        spec_from_json(value)


def test_documents_become_conventions_custom_fields_and_choices() -> None:
    spec = Spec(kind=Kind.TEXT, labels=Labels("Card number", "会员卡号"))
    documents = [
        Document(*ledger_document(Conventions("zh", "USD", "Asia/Shanghai"), "茶庄"), 1),
        Document(*field_document("customer", "x_card", spec), 1),
        Document(*choices_document("customer", "level", [parse_choice("S:至尊:red")]), 1),
        Document("somebody/else", {"what": "ever"}, 1),
    ]
    settings = Settings.read(documents)
    assert (settings.name, settings.conventions) == ("茶庄", Conventions("zh", "USD", "Asia/Shanghai"))
    schema = settings.apply_to(Schema.of(Customer))
    assert schema.fields[-1].key == "x_card"
    assert schema.fields[-1].spec.custom
    assert [choice.code for choice in schema.by_key["level"].spec.choices] == ["S"]
    assert settings.problems == ()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ledger", 5),
        ("ledger", None),
        ("field/customer", {}),
        ("field/customer/x_a", {"kind": "nonsense"}),
        ("field/customer/x_a", 7),
        ("choices/customer.level", [{"color": "red"}]),
        ("choices/level", []),
        ("choices/customer.level", "A"),
    ],
)
def test_a_document_that_makes_no_sense_is_reported_and_passed_over(name: str, value: Any) -> None:
    settings = Settings.read([Document(name, value, 1)])
    assert name in settings.problems[0]
    assert settings.apply_to(Schema.of(Customer)) == Schema.of(Customer)


def test_a_ledger_of_a_zone_unknown_here_still_opens() -> None:
    settings = Settings.read([Document("ledger", {"language": "zh", "currency": "USD", "zone": "Mars/Olympus"}, 1)])
    assert settings.conventions.currency == "USD"
    with pytest.raises(InvalidValueError, match="is not a time zone"):
        _ = settings.conventions.zone


@pytest.mark.parametrize(
    "wrong",
    [Conventions("fr"), Conventions("en", "EURX"), Conventions("en", " "), Conventions("en", "USD", "Mars/Olympus")],
)
def test_conventions_that_cannot_be_are_refused(wrong: Conventions) -> None:
    with pytest.raises(InvalidValueError):
        check_conventions(wrong)


@pytest.mark.parametrize(("given", "kept"), [("usd", "USD"), ("美元", "USD"), ("yuan", "CNY"), ("€", "EUR")])
def test_a_ledgers_currency_is_kept_as_its_code(given: str, kept: str) -> None:
    assert check_conventions(Conventions("en", given)).currency == kept


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A", Choice("A", Labels("A"))),
        ("A:重点客户:red", Choice("A", Labels("重点客户", "重点客户"), "red")),
        ("A：Key|重点：red", Choice("A", Labels("Key", "重点"), "red")),
        (" B : Second ", Choice("B", Labels("Second", "Second"))),
    ],
)
def test_choices_are_written_as_people_write_them(text: str, expected: Choice) -> None:
    assert parse_choice(text) == expected


@pytest.mark.parametrize("text", ["", ":label", "A:b:red:more", "A:b:ultraviolet"])
def test_what_is_no_choice_is_refused(text: str) -> None:
    with pytest.raises(InvalidValueError):
        parse_choice(text)
