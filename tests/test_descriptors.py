"""A faulty descriptor is named and left out; the ledger, its data and whatever else the plugin brings go on."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import attrs
import custledger_sqlite
import pytest

import custledger
from custledger.definitions import Example
from custledger.descriptors import (
    added_field_fault,
    definition_fault,
    format_fault,
    record_type_fault,
    spec_fault,
    store_fault,
)
from custledger.fields import Choice, Kind, Labels, Spec, field
from custledger.files import Reader, Writer
from custledger.hookspecs import AddedField, StoreType, hookimpl
from custledger.metrics import Metric
from custledger.plugins import Plugins
from custledger.records import CORE_TYPES, Record, record_type

SPEC = Spec(kind=Kind.TEXT, labels=Labels("Mood", "心情"))
SCHEMAS = Plugins.of().schemas()
NO_KIND: Any = "text"
THAT_DAY: Any = date(2026, 1, 1)
SOMETHING: Any = print
"""What can be called."""


def visit(
    *, name: Any = "visit", prefix: Any = "V", fields: dict[str, Any] | None = None, **about: Any
) -> type[Record]:
    """Return a record class made with what is given, and with what is right for the rest."""
    given = {"note": field(Kind.TEXT, "Note", "备注")} if fields is None else fields
    body = {"__annotations__": dict.fromkeys(given, Any), **given, "__doc__": "A visit."}
    told = {"plural": "visits", "en": "Visit", "zh": "拜访", **about}
    return record_type(name, prefix=prefix, **told)(type("Visit", (Record,), body))


def of(kind: Any, **spec: Any) -> dict[str, Any]:
    """Return the one field of a record class."""
    return {"day": field(kind, "Day", "日", **spec)}


@pytest.mark.parametrize("record", CORE_TYPES)
def test_what_the_core_brings_is_sound(record: type[Record]) -> None:
    assert record_type_fault(record) == ""


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (lambda: Record, "Record is not made with record_type"),
        (lambda: visit(name="site visit"), "the name “site visit”"),
        (lambda: visit(name="custledger_log"), "the name “custledger_log”"),
        (lambda: visit(name="visit__tags"), "the name “visit__tags”"),
        (lambda: visit(prefix="v"), "the prefix “v” is not of capital letters"),
        (lambda: visit(prefix=""), "the prefix"),
        (lambda: visit(plural=""), "its plural must be a text"),
        (lambda: visit(en="", zh=""), "its labels must be texts"),
        (lambda: visit(when="nix"), "when is “nix”, which is no field of a date or a time"),
        (lambda: visit(when="note"), "when is “note”, which is no field of a date or a time"),
        (lambda: visit(brief=("note", "nix")), "brief names “nix”, which is no field"),
        (lambda: visit(brief="note"), "brief names “note”, which is no field"),
        (lambda: visit(fields=of("txt")), "visit.day: there is no kind of field “txt”"),
        (lambda: visit(fields=of(Kind.ID)), "visit.day: only the id of a record is of the kind id"),
        (lambda: visit(fields={"id": field(Kind.TEXT, "ID", "")}), "describes id or created_at"),
        (lambda: visit(fields={"Note": field(Kind.TEXT, "N", "")}), "the key “Note”"),
        (lambda: visit(fields={"extra": field(Kind.TEXT, "N", "")}), "the key “extra”"),
        (lambda: visit(fields={"x_note": field(Kind.TEXT, "N", "")}), "the key “x_note”"),
        (lambda: visit(fields=of(Kind.TEXT, currency_of="cost")), "there is no field of money cost"),
        (lambda: visit(fields=of(Kind.REFERENCE, on_remove="forget")), "on_remove is “forget”"),
        (lambda: visit(fields=of(Kind.DATE, default=date(2026, 1, 1))), "is not a plain value of the kind date"),
        (lambda: visit(fields=of(Kind.DATE, default="now")), "its default “now”"),
        (lambda: visit(fields=of(Kind.MONEY, default=Decimal(5))), "is not a plain value of the kind money"),
        (lambda: visit(fields=of(Kind.INTEGER, default="5")), "is not a plain value of the kind integer"),
    ],
)
def test_what_is_wrong_with_a_record_class_is_told(made: Callable[[], type[Record]], said: str) -> None:
    assert said in record_type_fault(made())


@pytest.mark.parametrize(
    ("kind", "default"),
    [
        (Kind.DATE, "today"),
        (Kind.TIME, "now"),
        (Kind.MONEY, 5),
        (Kind.YES_NO, 1),
        (Kind.TAGS, ("a", "b")),
        (Kind.INTEGER, 1),
    ],
)
def test_plain_defaults_are_sound(kind: Kind, default: Any) -> None:
    assert record_type_fault(visit(fields=of(kind, default=default))) == ""


def test_keys_may_be_in_chinese() -> None:
    assert record_type_fault(visit(fields={"年龄": field(Kind.INTEGER, "Age", "年龄")})) == ""


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"labels": "Mood"}, "must be Labels"),
        ({"labels": Labels("")}, "its labels not empty"),
        ({"help": "How they feel"}, "must be Labels"),
        ({"aliases": "feeling"}, "its aliases must be a tuple of texts"),
        ({"choices": ["good", "bad"]}, "its choices must be a tuple of Choice"),
        ({"choices": (Choice("a", Labels("A")), Choice("a", Labels("B")))}, "two of its choices have one code"),
    ],
)
def test_what_is_wrong_with_a_field_is_told(changed: dict[str, Any], said: str) -> None:
    assert said in spec_fault(attrs.evolve(SPEC, **changed))


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"key": "today"}, "its key must begin with mood_"),
        ({"key": 'mood_a b"; drop'}, 'the key “mood_a b"; drop”'),
        ({"record_type": "nix"}, "there is no record type nix"),
        ({"spec": "text"}, "and not by a Spec"),
        ({"spec": Spec(kind=NO_KIND, labels=Labels("Mood"))}, "there is no kind of field “text”"),
        ({"spec": attrs.evolve(SPEC, kind=Kind.REFERENCE, target="nix")}, "no record type nix, to which it refers"),
    ],
)
def test_what_is_wrong_with_an_added_field_is_told(changed: dict[str, Any], said: str) -> None:
    good = AddedField(record_type="customer", key="mood_today", spec=SPEC)
    assert added_field_fault("mood", good, SCHEMAS) == ""
    assert said in added_field_fault("mood", attrs.evolve(good, **changed), SCHEMAS)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"schemes": "shelf"}, "tuples of texts"),
        ({"schemes": ()}, "with one scheme at least"),
        ({"suffixes": ".shelf"}, "tuples of texts"),
        ({"open": None}, "its open cannot be called"),
        ({"describe": "SQLite"}, "its describe cannot be called"),
        ({"name": 5}, "its name must be a text"),
        ({"summary": "A shelf"}, "its summary must be Labels"),
    ],
)
def test_what_is_wrong_with_a_store_is_told(changed: dict[str, Any], said: str) -> None:
    good = StoreType(name="shelf", summary=Labels("A shelf"), schemes=("shelf",), open=SOMETHING)
    assert store_fault(good) == ""
    assert said in store_fault(attrs.evolve(good, **changed))


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"suffixes": ".jsonl"}, "begin with a dot"),
        ({"suffixes": ("jsonl",)}, "begin with a dot"),
        ({"options": "encoding"}, "its options must be a tuple of texts"),
        ({"name": ""}, "its name must be a text"),
    ],
)
def test_what_is_wrong_with_a_file_format_is_told(changed: dict[str, Any], said: str) -> None:
    reader = Reader(name="jsonl", summary=Labels("JSON lines"), suffixes=(".jsonl",), open=SOMETHING)
    writer = Writer(name="jsonl", summary=Labels("JSON lines"), suffixes=(".jsonl",), write=SOMETHING)
    for good in (reader, writer):
        assert format_fault(good) == ""
        assert said in format_fault(attrs.evolve(good, **changed))
    nothing: Any = None
    assert "its open cannot be called" in format_fault(attrs.evolve(reader, open=nothing))
    assert "its write cannot be called" in format_fault(attrs.evolve(writer, write=nothing))


@pytest.mark.parametrize(
    ("examples", "said"),
    [
        ([Example({}, gives=True)], "its examples must be a tuple of Example"),
        (({"age": 3},), "its examples must be a tuple of Example"),
        ((Example(SOMETHING, gives=True),), "the record of an example must be a dictionary, and its day a text"),
        ((Example({}, gives=True, on=THAT_DAY),), "the record of an example must be a dictionary"),
        ((Example({"level": "A"}, gives=True, on="2026-01-01"),), ""),
    ],
)
def test_what_is_wrong_with_the_examples_of_a_rule_is_told(examples: Any, said: str) -> None:
    made = Metric(name="calls", expression="count(interactions)", labels=Labels("Calls"), examples=examples)
    assert definition_fault(made).startswith(said)
    assert bool(definition_fault(made)) == bool(said)


def test_a_ledger_goes_on_beside_faulty_descriptors_and_they_are_among_the_problems(tmp_path: Path) -> None:
    crooked = SimpleNamespace(
        custledger_record_types=hookimpl(lambda: [visit(when="nix"), visit(name="walk", plural="walks", prefix="W")]),
        custledger_fields=hookimpl(
            lambda: [
                AddedField(record_type="customer", key='odd_a b"; drop', spec=SPEC),
                AddedField(
                    record_type="customer", key="odd_to", spec=attrs.evolve(SPEC, kind=Kind.REFERENCE, target="nix")
                ),
                AddedField(record_type="customer", key="odd_mood", spec=SPEC),
                AddedField(record_type="customer", key="odd_mood", spec=SPEC),
            ]
        ),
    )
    plugins = Plugins.of(sqlite=custledger_sqlite, odd=crooked)
    with custledger.open(tmp_path / "ledger.db", plugins=plugins) as ledger:
        ledger.customers.add(name="A", odd_mood="good")
        ledger.records("walk").add(note="far")
        assert ledger.customers.where("Mood = good").count() == 1
        assert "visit" not in ledger.record_types
    (odd,) = [one for one in plugins.examined() if one.name == "odd"]
    told = "\n".join(odd.problems)
    for said in ("when is “nix”", "the key “odd_a b", "there is no record type nix, to which it refers", "added twice"):
        assert said in told
    assert len(odd.problems) == 4
