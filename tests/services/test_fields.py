"""Custom fields and choices: kept in the settings, logged, undoable, and seen at once by everybody."""

import random
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import custledger
from custledger.conventions import FixedClock
from custledger.errors import CustledgerError, DataError, DuplicateError, InvalidValueError, NotFoundError, UsageError
from custledger.fields import Kind, Labels, Spec
from custledger.plugins import Plugins
from custledger.records import Customer
from custledger.schema import Field, Schema
from custledger.services import fields
from custledger.services.editing import add, edit
from custledger.services.opening import open_session
from custledger.services.selecting import Selection
from custledger.services.session import Session
from custledger.services.undo import undo


def new_session(url: str = "memory:") -> Session:
    return open_session(
        url, plugins=Plugins.of(), clock=FixedClock(1_795_348_800_000), source=random.Random(7), actor="tester"
    )


@pytest.fixture
def session() -> Iterator[Session]:
    opened = new_session()
    yield opened
    opened.close()


def value(session: Session, row: tuple[Any, ...], key: str) -> Any:
    return row[session.schema("customer").positions[key]]


def last_operation(session: Session) -> int:
    found: int = session.view.operations(limit=1)[0].id
    return found


def test_a_field_is_named_by_key_and_by_either_label(session: Session) -> None:
    field = fields.add_field(session, "customer", "会员卡号", label_en="Card number", aliases=["卡号"])
    assert field.key == "x_card_number"
    assert field.spec.labels == Labels("Card number", "会员卡号")
    for name in ("x_card_number", "card NUMBER", "会员卡号", "卡号"):
        row = add(session, "customer", {"name": name, name: "0017"}).row
        assert value(session, row, "x_card_number") == "0017"
    assert Selection(session, "customer").where("会员卡号 = 0017").count() == 4
    record = next(iter(Selection[Any](session, "customer")))
    assert record.extra["x_card_number"] == "0017"


def test_a_key_is_made_of_the_chinese_label_where_there_is_no_english_one(session: Session) -> None:
    assert fields.add_field(session, "客户", "会员卡号").key == "x_会员卡号"
    assert fields.add_field(session, "customer", "Shoe size (EU)", kind="number").key == "x_shoe_size_eu"


def test_keys_never_collide(session: Session) -> None:
    assert fields.add_field(session, "customer", "Card-number").key == "x_card_number"
    assert fields.add_field(session, "customer", "Card number").key == "x_card_number_2"


def test_a_key_is_not_given_again_after_an_undo(session: Session) -> None:
    fields.add_field(session, "customer", "Card")
    undo(session, last_operation(session))
    assert fields.add_field(session, "customer", "Card", kind=Kind.NUMBER).key == "x_card_2"


@pytest.mark.parametrize("kind", [kind.value for kind in fields.CUSTOM_KINDS])
def test_a_field_of_every_kind_holds_its_values(session: Session, kind: str) -> None:
    more: dict[str, dict[str, Any]] = {
        "choice": {"choices": ["a:Alpha|甲:red", "b"]},
        "choices": {"choices": ["a", "b"]},
        "reference": {"target": "customer", "on_remove": "empty"},
    }
    key = fields.add_field(session, "customer", "Extra", kind=kind, **more.get(kind, {})).key
    other = add(session, "customer", {"name": "B", "code": "B"}).row
    given, kept = {
        "text": ("0017", "0017"),
        "integer": ("12", 12),
        "number": ("1.5", 15_000),
        "money": ("1.5", 15_000),
        "date": ("2026-01-31", "2026-01-31"),
        "time": ("2026-01-31T10:00:00Z", "2026-01-31T10:00:00.000Z"),
        "yes_no": ("是", 1),
        "choice": ("甲", "a"),
        "choices": ("b;a", ("a", "b")),
        "phone": ("138 0000 1234", "138 0000 1234"),
        "email": ("a@example.com", "a@example.com"),
        "reference": ("B", other[0]),
    }[kind]
    row = add(session, "customer", {"name": "A", "Extra": given}).row
    assert value(session, row, key) == kept


@pytest.mark.parametrize(
    ("label", "more", "why"),
    [
        ("客户编号", {}, "names the field code already"),
        ("E-MAIL", {}, "names the field email already"),
        ("手机号", {}, "names the field phone already"),
        ("id", {}, "names the field id"),
        ("Card", {"aliases": ["等级"]}, "names the field level"),
        ("Card", {"aliases": ["card"]}, "given twice"),
        ("Card", {"label_zh": "卡=号"}, "cannot name a field"),
        ("", {}, "is empty"),
        ("  ", {}, "is empty"),
        ("★", {}, "no letter or digit"),
        ("two\nlines", {}, "cannot name a field"),
        ("x" * 61, {}, "cannot name a field"),
        ("Card", {"kind": "string"}, "is not a kind"),
        ("Card", {"kind": "tags"}, "is not a kind"),
        ("Card", {"kind": "id"}, "is not a kind"),
        ("Card", {"choices": ["a"]}, "cannot be a choice of a field that holds a text"),
        ("Card", {"kind": "choice"}, "nothing to choose from"),
        ("Card", {"kind": "choice", "choices": ["a", "A"]}, "given twice"),
        ("Card", {"kind": "choice", "choices": ["a:One", "b:one"]}, "name of two choices"),
        ("Card", {"kind": "choice", "choices": ["a:One:mauve"]}, "is not a colour"),
        ("Card", {"target": "customer"}, "this field is none"),
        ("Card", {"kind": "yes_no", "unique": True}, "cannot be unique"),
        ("Card", {"sensitive": True, "searchable": True}, "does not go with"),
        ("Card", {"kind": "integer", "searchable": True}, "cannot be searched"),
    ],
)
def test_what_cannot_be_a_field_is_refused_with_a_reason(
    session: Session, label: str, more: dict[str, Any], why: str
) -> None:
    before = session.generation
    with pytest.raises(InvalidValueError, match=why):
        fields.add_field(session, "customer", label, **more)
    assert session.generation == before


def test_an_unknown_type_or_target_is_not_found(session: Session) -> None:
    with pytest.raises(NotFoundError):
        fields.add_field(session, "custmer", "Card")
    with pytest.raises(NotFoundError):
        fields.add_field(session, "customer", "Card", kind="reference", target="shop")


def test_another_handle_sees_a_new_field_at_once() -> None:
    url = f"memory:{uuid.uuid4().hex}"
    mine, theirs = new_session(url), new_session(url)
    fields.add_field(mine, "customer", "Card number", unique=True)
    row = add(theirs, "customer", {"name": "A", "Card number": "7"}).row
    assert value(theirs, row, "x_card_number") == "7"
    with pytest.raises(DuplicateError):
        add(mine, "customer", {"name": "B", "Card number": "7"})


def test_another_process_has_a_new_field_and_new_choices_while_it_is_open(tmp_path: Path) -> None:
    pytest.importorskip("custledger_sqlite")
    url = str(tmp_path / "ledger.db")
    program = """
import sys, custledger
with custledger.open(sys.argv[1]) as ledger:
    ledger.fields.add("customer", "会员卡号", label_en="Card number")
    ledger.fields.set_choices("customer.level", ["A:重点客户:red", "B", "C"])
"""
    with custledger.open(url) as ledger:
        ledger.customers.add(name="A", code="C1")
        subprocess.run([sys.executable, "-c", program, url], check=True)
        edited = ledger.customers.edit("C1", **{"card number": "007", "level": "重点客户"})
        assert (edited.extra["x_card_number"], edited.level) == ("007", "A")


def test_an_added_field_is_logged_and_can_be_taken_back(session: Session) -> None:
    fields.add_field(session, "customer", "Card number")
    operation = session.view.operations(limit=1)[0]
    assert (operation.verb, operation.actor) == ("field add", "tester")
    undo(session, operation.id)
    session.refresh()
    with pytest.raises(NotFoundError):
        session.schema("customer").resolve("Card number")


def test_labels_change_and_the_key_stays(session: Session) -> None:
    fields.add_field(session, "customer", "卡号", label_en="Card")
    row = add(session, "customer", {"name": "A", "Card": "7"}).row
    renamed = fields.edit_field(session, "customer.卡号", label_en="Member card", aliases=["旧卡号"])
    assert (renamed.key, renamed.spec.labels) == ("x_card", Labels("Member card", "卡号"))
    edit(session, "customer", row[0], {"旧卡号": "8"})
    assert Selection(session, "customer").where("[member card] = 8").count() == 1
    with pytest.raises(InvalidValueError, match="names the field name"):
        fields.edit_field(session, "customer.x_card", label_en="Name")
    with pytest.raises(UsageError, match="not a field of this ledger's own"):
        fields.edit_field(session, "customer.name", label_en="Title")


@pytest.mark.parametrize("url", ["memory:", "sqlite:ledger.db"])
def test_a_field_that_comes_to_be_searched_finds_what_records_held_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.chdir(tmp_path)
    with custledger.open(url) as ledger:
        session = ledger.session
        fields.add_field(session, "customer", "Card", help_en="As printed")
        add(session, "customer", {"name": "A", "Card": "QX77"})
        assert not ledger.search("QX77")
        edited = fields.edit_field(session, "customer.x_card", searchable=True)
        assert (edited.spec.searchable, edited.spec.help.en) == (True, "As printed")
        assert [found.name for found in ledger.search("QX77") if isinstance(found, Customer)] == ["A"]
        add(session, "customer", {"name": "B", "Card": "QX78"})
        assert [found.name for found in ledger.search("QX78") if isinstance(found, Customer)] == ["B"]
        undo(session, session.view.operations(limit=2)[1].id)
        assert not ledger.search("QX77")
        assert fields.edit_field(session, "customer.x_card", help_zh="印在卡上的").spec.help == Labels(
            "As printed", "印在卡上的"
        )


def test_only_texts_are_searched_whatever_a_field_says_of_itself() -> None:
    schema = Schema.of(Customer)
    odd = Field("odd", Spec(kind=Kind.INTEGER, labels=Labels("Odd"), searchable=True))
    assert odd not in schema.extended([odd]).searchable
    assert {"name", "city", "province", "district", "address", "industry", "phone"} <= {
        field.key for field in schema.searchable
    }


def test_fields_are_listed_with_their_types(session: Session) -> None:
    fields.add_field(session, "interaction", "Room")
    own = [(schema.name, field.key) for schema, field in fields.list_fields(session) if field.spec.custom]
    assert own == [("interaction", "x_room")]
    assert {schema.name for schema, _ in fields.list_fields(session, "客户")} == {"customer"}


def test_choices_are_replaced_and_a_bare_code_keeps_what_it_had(session: Session) -> None:
    field = fields.set_choices(session, "customer.level", ["A:重点客户:red", "B", "C"])
    assert [(choice.code, choice.labels.zh, choice.color) for choice in field.spec.choices] == [
        ("A", "重点客户", "red"),
        ("B", "B级", "orange"),
        ("C", "C级", "gray"),
    ]
    row = add(session, "customer", {"name": "A", "等级": "重点客户"}).row
    assert value(session, row, "level") == "A"
    undo(session, next(operation.id for operation in session.view.operations() if operation.verb == "field choices"))
    session.refresh()
    assert session.schema("customer").by_key["level"].spec.choices[0].labels.zh == "A级"


def test_a_bare_code_brings_a_choice_of_the_type_itself_back_as_it_is_defined(session: Session) -> None:
    fields.set_choices(session, "customer.status", ["active:Busy:red", "lost"])
    field = fields.set_choices(session, "customer.status", ["new", "active", "lost", "own"])
    assert [(choice.code, choice.labels.both(), choice.color) for choice in field.spec.choices] == [
        ("new", ("New", "新客户"), "blue"),
        ("active", ("Busy", "Busy"), "red"),
        ("lost", ("Lost", "流失"), "gray"),
        ("own", ("own",), ""),
    ]


def test_choices_of_a_custom_field_are_replaced_too(session: Session) -> None:
    fields.add_field(session, "customer", "Shoe size", label_zh="尺码", kind="choice", choices=["s", "m"])
    changed = fields.set_choices(session, "客户.尺码", ["s:Small", "m", "l:Large:blue"])
    assert [choice.code for choice in changed.spec.choices] == ["s", "m", "l"]
    assert changed.spec.custom


def test_a_choice_in_use_goes_only_by_force(session: Session) -> None:
    row = add(session, "customer", {"name": "A", "level": "B"}).row
    with pytest.raises(DataError, match=r"B \(1\)"):
        fields.set_choices(session, "customer.level", ["A", "C"])
    fields.set_choices(session, "customer.level", ["A", "C"], force=True)
    assert value(session, session.get("customer", [row[0]])[0] or (), "level") == "B"
    with pytest.raises(InvalidValueError):
        edit(session, "customer", row[0], {"level": "B "})


def test_a_default_that_is_no_longer_a_choice_is_not_given(session: Session) -> None:
    fields.set_choices(session, "customer.status", ["fresh", "old"])
    assert value(session, add(session, "customer", {"name": "A"}).row, "status") is None


def test_choices_that_custledger_needs_stay(session: Session) -> None:
    with pytest.raises(InvalidValueError, match="custledger itself works with it"):
        fields.set_choices(session, "followup.status", ["open", "done"])
    changed = fields.set_choices(session, "followup.status", ["open:Waiting|等待:orange", "done", "skipped", "lost"])
    assert [choice.code for choice in changed.spec.choices] == ["open", "done", "skipped", "lost"]


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("level", UsageError),
        ("customer.", UsageError),
        ("customer.lvl", NotFoundError),
        ("shop.level", NotFoundError),
        ("customer.name", InvalidValueError),
    ],
)
def test_a_field_that_has_no_choices_is_refused(session: Session, name: str, error: type[CustledgerError]) -> None:
    with pytest.raises(error):
        fields.set_choices(session, name, ["A"])


@given(labels=st.lists(st.text(max_size=20), min_size=1, max_size=4))
def test_whatever_a_field_is_called_its_names_lead_to_it_alone(labels: list[str]) -> None:
    session = new_session()
    for label in labels:
        try:
            field = fields.add_field(session, "customer", label)
        except InvalidValueError:
            continue
        schema: Schema = session.schema("customer")
        assert schema.resolve(label).key == schema.resolve(field.key).key == field.key
    keys = session.schema("customer").keys
    assert len(set(keys)) == len(keys)
    assert not session.settings.problems
