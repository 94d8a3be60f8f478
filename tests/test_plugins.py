"""Plugins are found, called in order, named when they fail, and never take the ledger down."""

from datetime import date
from types import SimpleNamespace
from typing import Any

import attrs
import pytest

import custledger
from custledger.changes import Change, Changeset, Operation
from custledger.distributions import EntryPoint
from custledger.errors import InvalidValueError, NotFoundError, PluginError
from custledger.fields import Kind, Labels, Spec, field
from custledger.files import Writer
from custledger.hookspecs import AddedField, Problem, Reminder, StoreType, hookimpl, wants
from custledger.metrics import Metric
from custledger.plugins import MOST_FAILURES, Plugins, disabled_by
from custledger.records import Customer, Record, record_type
from custledger.schema import Schema
from custledger.stores.memory import MemoryStore

CHANGE = Change(type="customer", id=7, before=None, after={"name": "Ann"})
SCHEMAS = Plugins.of().schemas()


def schema(name: str) -> Schema:
    """Return a schema of the core, as a context does."""
    if name not in SCHEMAS:
        raise NotFoundError("record type", name)
    return SCHEMAS[name]


CONTEXT: Any = SimpleNamespace(schema=schema)


def labelled(name: str, en: str, zh: str) -> Metric:
    """A metric with these labels."""
    return Metric(name=name, expression="1", labels=Labels(en, zh))


def plugin(**hooks: Any) -> Any:
    """Return an object that implements hooks, each given as a function."""
    made = SimpleNamespace()
    for name, function in hooks.items():
        setattr(made, name, hookimpl(function))
    return made


def test_core_types_and_the_memory_store_come_through_the_same_hooks() -> None:
    plugins = Plugins.of()
    assert Customer in plugins.record_types()
    assert [store.name for store in plugins.stores()] == ["memory"]
    assert plugins.described()[0].name == "core"


def test_the_installed_plugins_are_found_and_sound() -> None:
    described = {one.name: one for one in Plugins.installed().described()}
    assert {"core", "csv", "sales", "sqlite"} <= described.keys()
    assert all(not one.problems for one in described.values())
    assert described["sqlite"].distribution == "custledger-sqlite"


def test_no_entry_module_is_imported_before_something_is_asked() -> None:
    plugins = Plugins([EntryPoint("broken", "custledger_no_such_module", "custledger-broken", "1.0")])
    assert plugins.failures == []
    plugins.record_types()
    assert plugins.failures


def test_a_plugin_that_cannot_be_imported_is_named_and_left_out() -> None:
    plugins = Plugins([EntryPoint("broken", "custledger_no_such_module", "custledger-broken", "1.0")])
    assert Customer in plugins.record_types()
    (broken,) = [one for one in plugins.described() if one.name == "broken"]
    assert "custledger_no_such_module" in broken.problems[0]
    assert plugins.failures[0].hint == "Set CUSTLEDGER_DISABLE_PLUGINS=broken to go on without it."


def test_a_disabled_plugin_is_not_imported() -> None:
    plugins = Plugins(
        [EntryPoint("broken", "custledger_no_such_module", "custledger-broken", "1.0")], disabled=["broken"]
    )
    plugins.record_types()
    (broken,) = [one for one in plugins.described() if one.name == "broken"]
    assert broken.disabled
    assert not broken.problems


def test_the_core_cannot_be_disabled() -> None:
    assert Customer in Plugins(disabled=["core"]).record_types()


@pytest.mark.parametrize("answer", [lambda: 1 / 0, lambda: exit(3), lambda: ["no store"], lambda: 5])  # noqa: PLR1722
def test_a_hook_that_fails_or_answers_nonsense_is_named_and_the_others_still_answer(answer: Any) -> None:
    plugins = Plugins.of(bad=plugin(custledger_stores=answer))
    assert [store.name for store in plugins.stores()] == ["memory"]
    assert plugins.failures[0].plugin == "bad"


def test_a_store_whose_scheme_is_taken_is_left_out() -> None:
    other = StoreType(name="other", summary=Labels("Other"), schemes=("memory",), open=MemoryStore.open)
    plugins = Plugins.of(other=plugin(custledger_stores=lambda: [other]))
    assert [store.name for store in plugins.stores()] == ["memory"]
    assert "memory: is core's already" in plugins.failures[0].message


def test_a_record_type_whose_name_or_prefix_is_taken_is_left_out() -> None:
    @record_type("visit", plural="visits", prefix="C", en="Visit", zh="拜访")
    class Visit(Record):
        note: str | None = field(Kind.TEXT, "Note", "备注")

    class Plain:
        pass

    plugins = Plugins.of(visits=plugin(custledger_record_types=lambda: [Visit, Plain]))
    assert Visit not in plugins.record_types()
    told = sorted(failure.message for failure in plugins.failures)
    assert "Plain is not made with record_type" in told[0]
    assert "prefix C is core's already" in told[1]


def test_added_fields_begin_with_the_plugins_name() -> None:
    spec = Spec(kind=Kind.TEXT, labels=Labels("Mood", "心情"))
    good, bad = (AddedField(record_type="customer", key=key, spec=spec) for key in ("mood_today", "today"))
    plugins = Plugins.of(mood=plugin(custledger_fields=lambda: [good, bad]))
    assert plugins.fields() == [good]
    assert plugins.schemas()["customer"].fields[-1].key == "mood_today"
    assert "must begin with mood_" in plugins.failures[0].message


def test_hooks_are_called_core_first_and_then_by_name() -> None:
    called: list[str] = []

    def told(name: str) -> Any:
        return plugin(custledger_changed=lambda changeset: called.append(name))

    plugins = Plugins.of(b=told("b"), a=told("a"), c=told("c"))
    plugins.changed(_changeset(), CONTEXT)
    assert called == ["a", "b", "c"]


def test_a_hook_is_handed_only_the_types_it_wants() -> None:
    seen: list[Change] = []

    @wants("transaction")
    def check(changes: Any, context: Any) -> list[Problem]:
        seen.extend(changes)
        return []

    plugins = Plugins.of(sales=plugin(custledger_check=check))
    sale = Change(type="transaction", id=9, before=None, after={})
    plugins.check([CHANGE, sale], CONTEXT)
    assert seen == [sale]
    assert plugins.wants_changes("transaction")
    assert not plugins.wants_changes("customer")


def test_a_check_that_crashes_refuses_the_write_and_says_how_to_disable_it() -> None:
    plugins = Plugins.of(bad=plugin(custledger_check=lambda changes, context: 1 / 0))
    with pytest.raises(
        PluginError, match=r"The plugin bad failed while answering custledger_check: ZeroDivisionError"
    ) as told:
        plugins.check([CHANGE], CONTEXT)
    assert "CUSTLEDGER_DISABLE_PLUGINS=bad" in told.value.hint


@pytest.mark.parametrize("hint", ["", "Say day or week."])
def test_what_a_hook_says_to_the_user_passes_with_the_name_of_its_plugin_in_the_hint(hint: str) -> None:
    error = InvalidValueError("never", "is no rhythm", field="Every", hint=hint)

    def refuse(changes: Any, context: Any) -> list[Any]:
        raise error

    plugins = Plugins.of(rhythm=plugin(custledger_amend=refuse, custledger_check=refuse))
    for ask in (plugins.amend, plugins.check):
        with pytest.raises(InvalidValueError, match="Every: “never” is no rhythm") as told:
            ask([CHANGE], CONTEXT)
        assert told.value is error
        assert told.value.hint == f"{hint} The plugin rhythm says so.".strip()
    assert plugins.failures == []


def test_what_the_core_itself_says_to_the_user_names_no_plugin() -> None:
    with custledger.open("memory:") as ledger:
        customer = ledger.customers.add(name="A")
        with pytest.raises(InvalidValueError, match="Every") as told:
            ledger.followups.add(customer=customer, due="2026-01-31", every="never")
        assert "plugin" not in told.value.hint


def test_amendments_and_problems_come_with_the_names_of_their_plugins() -> None:
    more = Change(type="customer", id=7, before=None, after={"city": "A"})
    warned = Problem(message="a short name", severity="warn")
    plugins = Plugins.of(
        a=plugin(custledger_amend=lambda: [more]), b=plugin(custledger_check=lambda changes: iter([warned]))
    )
    assert plugins.amend([CHANGE], CONTEXT) == [("a", more)]
    assert plugins.check([CHANGE], CONTEXT) == [("b", warned)]


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Problem(message="No!", severity="refused"), "severity “refused”, and not refuse or warn: No!"),  # type: ignore[arg-type]
        (Problem(message=5), "has not the shape of a Problem"),  # type: ignore[arg-type]
        (Problem(message="No!", type="visit", id="V-1"), "names no record"),  # type: ignore[arg-type]
        ("No!", "where a Problem was expected"),
    ],
)
def test_a_check_that_answers_what_cannot_be_understood_refuses_the_write(answer: Any, said: str) -> None:
    plugins = Plugins.of(bad=plugin(custledger_check=lambda changes: [answer]))
    with pytest.raises(PluginError, match="The plugin bad failed while answering custledger_check") as told:
        plugins.check([CHANGE], CONTEXT)
    assert said in told.value.message


def test_failures_are_remembered_only_up_to_a_number() -> None:
    plugins = Plugins.of()
    for number in range(MOST_FAILURES + 5):
        plugins.failed("bad", f"counting to {number}", ValueError("no"))
    assert len(plugins.failures) == MOST_FAILURES


def test_a_plugin_that_cannot_take_the_news_is_a_warning() -> None:
    plugins = Plugins.of(bad=plugin(custledger_changed=lambda changeset, context: 1 / 0))
    (problem,) = plugins.changed(_changeset(), CONTEXT)
    assert problem.severity == "warn"
    assert problem.message.endswith("The change stands.")


def test_reminders_come_by_day_and_one_that_fails_is_left_out() -> None:
    late, early = (Reminder(on=date(2026, 1, day), text=Labels("x"), type="customer", id=1) for day in (9, 2))
    plugins = Plugins.of(
        a=plugin(custledger_reminders=lambda context: [late]),
        b=plugin(custledger_reminders=lambda context: 1 / 0),
        c=plugin(custledger_reminders=lambda context: [early]),
    )
    assert plugins.reminders(CONTEXT) == [early, late]
    assert [error.plugin for error in plugins.failures] == ["b"]


def test_a_reminder_that_cannot_be_shown_is_named_and_the_others_are_shown() -> None:
    good = Reminder(on=date(2026, 1, 2), text=Labels("x"), type="customer", id=1)
    changes: list[dict[str, Any]] = [
        {"on": "2026-01-02"},
        {"text": "x"},
        {"type": "nix"},
        {"id": "C-1"},
        {"owner": None},
    ]
    bad = [attrs.evolve(good, **changed) for changed in changes]
    plugins = Plugins.of(a=plugin(custledger_reminders=lambda context: [*bad, good]))
    assert plugins.reminders(CONTEXT) == [good]
    said = [failure.message for failure in plugins.failures]
    assert len(said) == len(bad)
    for message, word in zip(
        said, ["not a date", "not Labels", "record type “nix”", "not a number", "not a text"], strict=True
    ):
        assert "The plugin a failed while answering custledger_reminders" in message
        assert word in message


def test_one_bad_descriptor_takes_no_other_with_it() -> None:
    good = Writer(name="good", summary=Labels("Good"), suffixes=(".good",), write=print)
    bad: dict[str, Any] = {"suffixes": ".bad"}
    plugins = Plugins.of(a=plugin(custledger_writers=lambda: ["nonsense", attrs.evolve(good, **bad), good]))
    assert [writer.name for writer in plugins.writers()] == ["good"]
    assert len(plugins.failures) == 2


def test_a_type_that_refers_to_one_which_is_left_out_is_left_out_as_well() -> None:
    @record_type("pier", plural="piers", prefix="PI", en="Pier", zh="码头")
    class Pier(Record):
        crate: int | None = field(Kind.REFERENCE, "Crate", "箱", target="crate")

    plugins = Plugins.of(odd=plugin(custledger_record_types=lambda: (Pier, Crate)))
    assert [one.__name__ for one in plugins.record_types() if one.__name__ in {"Pier", "Crate"}] == []
    assert "there is no record type crate, to which it refers" in plugins.failures[-1].message


def test_a_hook_this_version_does_not_know_is_reported_and_the_plugin_stays() -> None:
    def nothing() -> list[Any]:
        return []

    plugins = Plugins.of(newer=plugin(custledger_tomorrow=nothing, custledger_readers=nothing))
    (newer,) = [one for one in plugins.described() if one.name == "newer"]
    assert "no hook custledger_tomorrow" in newer.problems[0]
    assert "readers" in newer.hooks


def test_a_hook_with_an_argument_that_is_never_given_is_reported() -> None:
    plugins = Plugins.of(bad=plugin(custledger_readers=lambda nonsense: []))
    assert plugins.readers() == []
    assert plugins.failures[0].plugin == "bad"


def test_the_environment_names_disabled_plugins() -> None:
    assert disabled_by({"CUSTLEDGER_DISABLE_PLUGINS": "a, b,,"}) == {"a", "b"}
    assert disabled_by({}) == frozenset()


def _changeset() -> Changeset:
    operation = Operation(id=1, verb="add", actor="ann", at="2026-11-22T02:10:21.000Z")
    return Changeset(operation=operation, changes=[CHANGE])


@record_type("parcel", plural="parcels", prefix="C", en="Parcel", zh="包裹")
class Clashing(Record):
    """A type whose prefix is taken."""


@record_type("crate", plural="crates", prefix="CR", en="Crate", zh="箱")
class Crate(Record):
    """A type with a reference to nothing."""

    ship: int | None = field(Kind.REFERENCE, "Ship", "船", target="ship")


@record_type("pallet", plural="pallets", prefix="PL", en="Pallet", zh="托盘")
class Pallet(Record):
    """A type with two fields of one label."""

    first: str | None = field(Kind.TEXT, "Number", "单号")
    second: str | None = field(Kind.TEXT, "number", "号")


@pytest.mark.parametrize(
    ("hooks", "said"),
    [
        ({"custledger_record_types": lambda: [Clashing]}, "prefix C is core's already"),
        ({"custledger_record_types": lambda: Clashing}, "not iterable"),
        ({"custledger_record_types": lambda: [Crate]}, "there is no record type ship"),
        ({"custledger_record_types": lambda: [Pallet]}, "first has the label number already"),
        ({"custledger_metrics": lambda: ["age"]}, "where a Metric was expected"),
        ({"custledger_segments": lambda: ["old"]}, "where a Segment was expected"),
        (
            {
                "custledger_fields": lambda: [
                    AddedField(record_type="customer", key="odd_name", spec=Spec(kind=Kind.TEXT, labels=Labels("Name")))
                ]
            },
            "name has the label Name already",
        ),
        (
            {
                "custledger_fields": lambda: [
                    AddedField(record_type="ship", key="odd_name", spec=Spec(kind=Kind.TEXT, labels=Labels("X")))
                ]
            },
            "there is no record type ship",
        ),
        ({"custledger_metrics": lambda: [labelled("odd_age", "Age", "岁数")]}, "age has the label Age already"),
        (
            {"custledger_metrics": lambda: [labelled("a", "One", "甲"), labelled("b", "Two", "甲")]},
            "a has the label 甲 already",
        ),
        ({"custledger_metrics": lambda: [labelled("a", "Name", "甲")]}, "name has the label Name already"),
        ({"custledger_metrics": lambda: [labelled("city", "Town", "镇")]}, "city has the name city already"),
        (
            {"custledger_metrics": lambda: [labelled("not", "Nothing", "无")]},
            "“not” is a word of the language of rules",
        ),
        (
            {"custledger_metrics": lambda: [labelled("calls", "Interactions", "互动")]},
            "“Interactions” is what related records are called",
        ),
        (
            {"custledger_metrics": lambda: [labelled("calls", "rfm.label", "互")]},
            "“rfm.label” reads like a part of another name",
        ),
        ({"custledger_metrics": lambda: [labelled("seen", "Seen", "今天")]}, "“今天” is a day in every rule"),
        (
            {"custledger_metrics": lambda: [labelled("seen", "Level is empty", "空")]},
            "“Level is empty” reads like a rule",
        ),
        (
            {"custledger_metrics": lambda: [labelled("tier", "Tier", "等级")]},
            "“等级” is another name of the field level",
        ),
    ],
)
def test_what_a_plugin_brings_in_vain_is_among_its_problems(hooks: dict[str, Any], said: str) -> None:
    (odd,) = [one for one in Plugins.of(odd=plugin(**hooks)).examined() if one.name == "odd"]
    assert said in " ".join(odd.problems)


def test_nothing_is_wrong_with_what_the_installed_plugins_bring() -> None:
    assert [problem for one in Plugins.installed().examined() for problem in one.problems] == []


def test_names_of_disabled_plugins_that_are_not_there_are_known() -> None:
    assert Plugins(disabled=["nope", "core"]).unknown == ("nope",)
