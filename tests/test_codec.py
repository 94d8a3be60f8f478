"""The codec: records, rows, JSON and text, and the way between them."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given

from custledger.codec import Codec, row_from, seal, unseal
from custledger.conventions import Conventions
from custledger.errors import InvalidValueError, NotFoundError
from custledger.records import BareRecord, Customer, FollowUp, Interaction
from custledger.schema import Row, Schema
from custledger.testing import CARD, Person, Visit
from custledger.testing.expressions import rows

PREFIXES = {"person": "SP", "visit": "SV", "customer": "C"}
PERSON = Schema.of(Person).extended([CARD])
CHINESE = Conventions(language="zh", zone_name="Asia/Shanghai")
CURRENCY = PERSON.positions["balance_currency"]


def in_known_currencies(drawn: list[Row]) -> list[Row]:
    """Return rows whose currencies are such as are read back as they are kept."""
    return [(*row[:CURRENCY], row[CURRENCY] and "EUR", *row[CURRENCY + 1 :]) for row in drawn]


ROWS = rows(PERSON, targets={"person": [1, 2]}, max_size=3).map(in_known_currencies)


def codec_of(schema: Schema, conventions: Conventions | None = None) -> Codec:
    return Codec(schema, conventions or Conventions(), PREFIXES)


FILLED = {
    "id": 5,
    "created_at": "2026-01-01T00:00:00.000Z",
    "updated_at": "2026-01-02T00:00:00.000Z",
    "revision": 2,
    "name": "王小明",
    "balance": 125_000,
    "born": "2000-02-29",
    "seen": "2026-01-01T16:00:00.000Z",
    "active": 1,
    "grade": "gold",
    "hobbies": ("go", "tea"),
    "tags": ("vip",),
    "mentor": 7,
    "x_card": "K-1",
}
ROW = row_from(PERSON, FILLED)


def test_a_record_carries_python_values_and_what_is_not_of_its_class() -> None:
    record = codec_of(PERSON).record(ROW)
    assert isinstance(record, Person)
    assert (record.id, record.ref, record.revision) == (5, "SP-0000000000005", 2)
    assert (record.balance, record.born, record.active) == (Decimal("12.5"), date(2000, 2, 29), True)
    assert record.seen == datetime(2026, 1, 1, 16, tzinfo=UTC)
    assert (record.hobbies, record.tags) == (frozenset({"go", "tea"}), frozenset({"vip"}))
    assert (record.mentor, record.age, record.extra) == (7, None, {"x_card": "K-1"})


@given(ROWS)
def test_a_records_values_are_those_of_its_row(drawn: list[Row]) -> None:
    codec = codec_of(PERSON, CHINESE)
    for row in drawn:
        values = {key: value for key, value in zip(PERSON.keys, row, strict=True) if value is not None}
        editable = {field.key for field in PERSON.editable}
        assert codec.plain(codec.record(row)) == {key: value for key, value in values.items() if key in editable}


@pytest.mark.parametrize("conventions", [Conventions(), CHINESE])
@given(drawn=ROWS)
def test_a_row_written_as_text_is_read_back(conventions: Conventions, drawn: list[Row]) -> None:
    codec = codec_of(PERSON, conventions)
    for row in drawn:
        for field, value in zip(PERSON.fields, row, strict=True):
            assert codec.parse(field.key, codec.text(field, value)) == value


def test_json_has_the_documented_form() -> None:
    made = codec_of(PERSON).json(ROW)
    assert json.loads(json.dumps(made)) == made
    assert list(made) == list(PERSON.keys)
    assert {key: value for key, value in made.items() if value is not None} == {
        "id": "SP-0000000000005",
        "created_at": "2026-01-01T00:00:00.000Z",
        "updated_at": "2026-01-02T00:00:00.000Z",
        "revision": 2,
        "name": "王小明",
        "balance": "12.5",
        "born": "2000-02-29",
        "seen": "2026-01-01T16:00:00.000Z",
        "active": True,
        "grade": "gold",
        "hobbies": ["go", "tea"],
        "tags": ["vip"],
        "mentor": "SP-0000000000007",
        "x_card": "K-1",
    }


def test_text_is_in_the_ledgers_language_and_zone() -> None:
    codec = codec_of(PERSON, CHINESE)
    shown = {field.key: codec.text(field, value) for field, value in zip(PERSON.fields, ROW, strict=True)}
    assert (shown["grade"], shown["hobbies"], shown["active"], shown["seen"]) == (
        "金牌",
        "围棋; 茶",
        "是",
        "2026-01-02 00:00",
    )
    assert (shown["id"], shown["mentor"], shown["age"]) == ("SP-0000000000005", "SP-0000000000007", "")


def test_a_reference_to_any_record_is_its_public_id_in_every_form() -> None:
    schema = Schema.of(Visit)
    codec = codec_of(schema)
    field = schema.by_key["about"]
    assert codec.json_value(field, "SP-0000000000005") == codec.text(field, "SP-0000000000005") == "SP-0000000000005"
    assert codec.parse("about", "sp-oooooooooooo5") == "SP-0000000000005"


def test_a_bad_value_names_its_field_in_the_ledgers_language() -> None:
    for conventions, label in ((Conventions(), "Born"), (CHINESE, "出生日期")):
        with pytest.raises(InvalidValueError) as caught:
            codec_of(PERSON, conventions).parse("born", "yesterday")
        assert caught.value.field == label
        assert caught.value.message.startswith(label)


def test_an_unknown_field_is_refused_with_the_nearest() -> None:
    with pytest.raises(NotFoundError) as caught:
        codec_of(PERSON).parse("naem", "x")
    assert caught.value.suggestions == ("name",)
    with pytest.raises(NotFoundError):
        codec_of(PERSON).plain(Person(name="Ada", extra={"shoe_size": 38}))


def test_records_of_a_type_whose_plugin_is_absent_have_no_class_of_their_own() -> None:
    codec = codec_of(Schema(PERSON.info, PERSON.fields))
    assert codec.json(ROW)["name"] == "王小明"
    bare, record = codec.record(ROW), codec_of(PERSON).record(ROW)
    assert isinstance(bare, BareRecord)
    assert (bare.ref, bare.revision, bare.created_at) == (record.ref, record.revision, record.created_at)
    assert bare.extra.keys() == FILLED.keys() - {"id", "created_at", "updated_at", "revision"}
    assert (bare.extra["name"], bare.extra["born"]) == ("王小明", date(2000, 2, 29))
    assert bare == codec_of(Schema(PERSON.info, PERSON.fields)).record(ROW) != record


def test_defaults_are_plain_values() -> None:
    now, today = "2026-01-01T00:00:00.000Z", "2026-01-01"
    assert codec_of(Schema.of(FollowUp)).defaults(now, today) == {"purpose": "callback", "status": "open"}
    assert codec_of(Schema.of(Interaction)).defaults(now, today) == {"at": now}
    assert codec_of(Schema.of(Customer)).defaults(now, today) == {"status": "new"}


def test_a_row_is_made_of_what_is_named() -> None:
    row = row_from(PERSON, {"id": 1, "name": "Ada"})
    assert len(row) == len(PERSON.fields)
    assert {value for value in row if value is not None} == {1, 0, "Ada"}


@pytest.mark.parametrize("change", [seal, unseal])
def test_nothing_is_sealed_until_encryption_exists(change: Any) -> None:
    assert change(ROW, PERSON) is ROW
