"""What is not so of a rule is found, each thing by a rule that has just that fault; and sound rules are proved."""

from types import SimpleNamespace
from typing import Any

import pytest

from custledger.definitions import Example
from custledger.errors import NotFoundError
from custledger.fields import Labels
from custledger.hookspecs import Problem, StoreType, hookimpl
from custledger.metrics import Metric
from custledger.plugins import Plugins
from custledger.segments import Segment
from custledger.services.proving import Checked, Proven, prove
from custledger.services.proving.examples import broken_examples
from custledger.services.proving.samples import SampleLedgers
from custledger.stores.memory import MemoryStore

LABELS, SUMMARY = Labels("Near", "近处"), Labels("Lives nearby", "住得近")


def segment(expression: str = "city = 上海", **more: Any) -> Segment:
    return Segment(**{"name": "near", "expression": expression, "labels": LABELS, "summary": SUMMARY, **more})


def metric(expression: str, **more: Any) -> Metric:
    return Metric(**{"name": "near", "expression": expression, "labels": LABELS, "summary": SUMMARY, **more})


def plugin(*rules: Any, **hooks: Any) -> SimpleNamespace:
    """A plugin that brings these rules."""
    made = {
        "custledger_metrics": lambda: [rule for rule in rules if isinstance(rule, Metric)],
        "custledger_segments": lambda: [rule for rule in rules if isinstance(rule, Segment)],
        **hooks,
    }
    return SimpleNamespace(**{name: hookimpl(function, specname=name) for name, function in made.items()})


def proved(*rules: Any, **hooks: Any) -> Proven:
    return prove(Plugins.of(mine=plugin(*rules, **hooks)), "mine")


def checked(rule: Any, what: str, **hooks: Any) -> Checked:
    (proof,) = proved(rule, **hooks).proofs
    return next(check for check in proof.checks if check.what == what)


def broken(rule: Any) -> list[str]:
    """What is not as the examples of a rule say."""
    with SampleLedgers(Plugins.of(mine=plugin(rule))) as ledgers:
        return list(broken_examples(ledgers, rule))


def test_a_sound_rule_is_proved() -> None:
    examples = (
        Example({"city": "上海"}, gives=True),
        Example({"city": "上 海"}, gives=False),
        Example({}, gives=False),
    )
    proven = proved(
        segment(examples=examples), metric("days_since(created_at)", name="days", labels=Labels("Days", "天数"))
    )
    assert proven.is_sound
    assert [(proof.kind, proof.rule.name) for proof in proven.proofs] == [("metric", "days"), ("segment", "near")]
    for proof in proven.proofs:
        assert [check.what for check in proof.checks] == [
            "understood",
            "documented",
            "total",
            "deterministic",
            "examples",
        ]
        assert proof.failures == ()
    assert proven.proofs[1].checks[-1].count == 3
    assert proven.proofs[1].checks[2].count > 100


@pytest.mark.parametrize(
    ("given", "lacks"),
    [
        ({"labels": Labels("Near")}, "It has no Chinese label."),
        ({"labels": Labels("", "近处")}, "It has no English label."),
        ({"summary": Labels("Lives nearby")}, "It has no Chinese summary."),
        ({"summary": Labels("", "住得近")}, "It has no English summary."),
    ],
)
def test_a_rule_without_labels_or_a_summary_in_both_languages_is_not_documented(given: Any, lacks: str) -> None:
    assert checked(segment(**given), "documented").failures == (lacks,)


def test_of_a_rule_whose_names_mean_nothing_only_that_is_told() -> None:
    (proof,) = proved(segment("total_spnt > 5")).proofs
    assert [check.what for check in proof.checks] == ["understood", "documented"]
    assert proof.failures[0].startswith("There is no customer field “total_spnt”")


def test_a_rule_that_goes_by_the_order_of_records_is_not_deterministic() -> None:
    failures = checked(metric("id"), "deterministic").failures
    assert failures[0].startswith("With the records in another order it gives “C-")


class Forgetful(MemoryStore):
    """A store that does not find the last of what it is asked for."""

    def select(self, schema: Any, query: Any) -> Any:
        found = list(super().select(schema, query))
        return iter(found[:-1] if len(found) > 1 else found)


def test_a_rule_that_the_store_computes_otherwise_than_the_evaluator_is_not_deterministic() -> None:
    kind = StoreType(name="sqlite", summary=Labels("Forgets"), schemes=("sqlite",), open=lambda _, **_k: Forgetful())
    proven = proved(segment(), custledger_stores=lambda: [kind])
    assert proven.engines == ("memory", "sqlite")
    failures = proven.proofs[0].failures
    assert all(failure.startswith("In SQLite it gives no member, and not a member, for “") for failure in failures[:-1])
    assert failures[-1].endswith(" more.")
    assert failures[0].endswith(" in the ledger “everyday” on 2026-06-15.")


def test_without_sqlite_the_rules_are_proved_in_memory_alone() -> None:
    proven = proved(segment())
    assert (proven.engines, proven.is_sound) == (("memory",), True)


@pytest.mark.parametrize(
    ("rule", "failure"),
    [
        (segment(examples=(Example({"city": "上海"}, gives=False),)), "Example 1 gives a member, and not no member."),
        (segment(examples=(Example({}, gives=True),)), "Example 1 gives no member, and not a member."),
        (
            segment(examples=(Example({}, gives=False), Example({"town": "上海"}, gives=True))),
            "Example 2 cannot be written: There is no customer field “town”.",
        ),
        (
            segment(examples=(Example({"birthday": "1 May"}, gives=True),)),
            "Example 1 cannot be written: 生日: “1 May” is not a date",
        ),
        (
            segment(examples=(Example({"birthday": "999999 days ago"}, gives=True),)),
            "Example 1 cannot be written: birthday: “999999 days ago” is too far away",
        ),
        (
            segment(examples=(Example({"interactions": "two"}, gives=True),)),
            "Example 1 cannot be written: interactions: “two” is not a list of records",
        ),
        (segment(examples=(Example({}, gives=True, on="soon"),)), "Example 1 cannot be written: “soon” is not a date"),
        (
            metric("count(interactions)", examples=(Example({"interactions": [{}, {}]}, gives=3),)),
            "Example 1 gives “2”, and not “3”.",
        ),
        (metric("birthday", examples=(Example({}, gives="today"),)), "Example 1 gives nothing, and not “2026-06-15”."),
        (
            metric("birthday", examples=(Example({}, gives="soon"),)),
            "Example 1 is to give what cannot be: “soon” is not a date",
        ),
        (metric("city = 上海", examples=(Example({}, gives=True),)), "Example 1 gives no, and not yes."),
    ],
)
def test_an_example_that_is_not_as_it_says_is_told(rule: Any, failure: str) -> None:
    assert broken(rule) == [failure]


@pytest.mark.parametrize(
    "rule",
    [
        metric(
            "last(interactions.at)", examples=(Example({"interactions": {"at": "2 days ago"}}, gives="2 days ago"),)
        ),
        metric("days_since(birthday)", examples=(Example({"出生日期": "30天前"}, gives="30"),)),
        metric("birthday", examples=(Example({"birthday": "today"}, gives="2028-02-29", on="2028-02-29"),)),
        metric(
            "most_frequent(interactions.channel)",
            examples=(Example({"互动记录": [{"channel": "phone"}]}, gives="phone"),),
        ),
        metric(
            "customer.city", subject="interaction", examples=(Example({"customer": {"city": "杭州"}}, gives="杭州"),)
        ),
        metric(
            "count(interactions where owner = 我) > 0",
            examples=(Example({"interactions": [{"owner": "我"}]}, gives=True),),
        ),
        metric("due", subject="followup", examples=(Example({"due": "in 3 days"}, gives="in 3 days"),)),
    ],
    ids=lambda rule: rule.expression,
)
def test_examples_are_written_in_a_line(rule: Any) -> None:
    assert len(rule.examples) == 1
    assert broken(rule) == []


def test_examples_of_the_same_day_are_in_one_ledger() -> None:
    example = Example({"name": "Ada", "referred_by": {"name": "Lin"}}, gives=False)
    counting = segment("referred_by is empty", examples=(example, Example({"referred_by": "Lin"}, gives=False)))
    assert broken(counting) == []


def test_an_example_that_is_not_as_it_says_is_told_of_the_plugin() -> None:
    rule = segment(examples=(Example({"city": "上海"}, gives=True), Example({}, gives=True)))
    assert checked(rule, "examples") == Checked(
        what="examples", failures=("Example 2 gives no member, and not a member.",), count=2
    )


def test_what_is_wrong_with_the_plugin_itself_is_among_the_problems() -> None:
    proven = proved(segment(), custledger_metrics=lambda: [metric("age", name="")])
    assert not proven.is_sound
    assert [problem.partition("ValueError: ")[2] for problem in proven.problems] == [
        "Metric: its name is “”, and not a text"
    ]


def test_a_plugin_that_lets_nobody_write_a_demo_is_told() -> None:
    veto = Problem(message="Nobody comes in.")
    proven = proved(segment(), custledger_check=lambda changes: [veto])
    assert not proven.is_sound
    assert proven.problems[-1].startswith("The sample ledgers cannot be made: Nobody comes in.")


def test_a_plugin_that_is_not_there_is_not_found() -> None:
    with pytest.raises(NotFoundError, match="There is no installed plugin “mime”") as caught:
        prove(Plugins.of(mine=plugin()), "mime")
    assert caught.value.hint == "Did you mean mine?"


@pytest.mark.parametrize("name", ["core", "sales", "segments"])
def test_the_rules_of_this_repository_are_proved(name: str) -> None:
    for module in ("custledger_sales", "custledger_segments", "custledger_sqlite"):
        pytest.importorskip(module)
    proven = prove(Plugins.installed(), name)
    assert proven.is_sound, [failure for proof in proven.proofs for failure in proof.failures]
    if name != "segments":
        assert [proof.rule.name for proof in proven.proofs if not proof.rule.examples] == []
