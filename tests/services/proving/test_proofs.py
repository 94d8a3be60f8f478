"""What is not so of a rule is found, each thing by a rule that has just that fault; and sound rules are proved."""

import random
import statistics
from datetime import date
from types import SimpleNamespace
from typing import Any

import attrs
import pytest

from custledger.definitions import Example
from custledger.errors import NotFoundError
from custledger.fields import Labels, choices
from custledger.hookspecs import Problem, StoreType, hookimpl
from custledger.metrics import Metric
from custledger.plugins import Plugins
from custledger.segments import Segment
from custledger.services.proving import Checked, Proven, prove
from custledger.services.proving.examples import broken_examples
from custledger.services.proving.samples import SampleLedgers
from custledger.stores.memory import MemoryStore
from custledger.taggers import Tagger

LABELS, SUMMARY = Labels("Near", "近处"), Labels("Lives nearby", "住得近")


def segment(expression: str = "city = 上海", **more: Any) -> Segment:
    return Segment(**{"name": "near", "expression": expression, "labels": LABELS, "summary": SUMMARY, **more})


def metric(expression: str, **more: Any) -> Metric:
    return Metric(**{"name": "near", "expression": expression, "labels": LABELS, "summary": SUMMARY, **more})


def tagger(expression: str = "city = 上海", **more: Any) -> Tagger:
    return Tagger(**{"name": "near", "expression": expression, "labels": LABELS, "summary": SUMMARY, **more})


def plugin(*rules: Any, **hooks: Any) -> SimpleNamespace:
    """A plugin that brings these rules."""
    made = {
        "custledger_metrics": lambda: [rule for rule in rules if isinstance(rule, Metric)],
        "custledger_segments": lambda: [rule for rule in rules if isinstance(rule, Segment)],
        "custledger_taggers": lambda: [rule for rule in rules if isinstance(rule, Tagger)],
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


PREFERS = Labels("Prefers:{most_frequent(interactions.channel)}", "偏好:{most_frequent(interactions.channel)}")
CALLED = {"interactions": [{"channel": "phone", "at": "yesterday"}]}


def test_a_rule_that_tags_is_proved_like_the_others() -> None:
    by_condition = tagger(examples=(Example({"city": "上海"}, gives=True), Example({"city": "北京"}, gives=None)))
    by_value = tagger(
        "", name="prefers", tag=PREFERS, examples=(Example(CALLED, gives="偏好:电话"), Example({}, gives=False))
    )
    proven = proved(by_condition, by_value)
    assert [proof.failures for proof in proven.proofs] == [(), ()]
    assert [(proof.kind, proof.rule.name) for proof in proven.proofs] == [("tagger", "near"), ("tagger", "prefers")]
    assert [(check.what, check.count > 1) for check in proven.proofs[1].checks][2:] == [
        ("total", True),
        ("deterministic", False),
        ("examples", True),
    ]


def test_an_example_of_a_rule_that_tags_says_whether_it_does_or_with_what() -> None:
    examples = (Example(CALLED, gives="偏好:上门"), Example({}, gives=True), Example(CALLED, gives=None))
    assert broken(tagger("", tag=PREFERS, examples=examples)) == [
        "Example 1 gives “偏好:电话”, and not “偏好:上门”.",
        "Example 2 gives no tag, and not a tag.",
        "Example 3 gives “偏好:电话”, and not no tag.",
    ]


def test_a_tag_in_one_language_is_not_documented() -> None:
    failures = checked(tagger(tag=Labels("Close")), "documented").failures
    assert failures == ("Its tag is not named in both languages.",)


def test_a_rule_that_tags_by_the_order_of_records_is_not_deterministic() -> None:
    failures = checked(tagger("", tag=Labels("{id}", "{id}")), "deterministic").failures
    assert failures[0].startswith("With the records in another order it gives “C-")


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
            "Example 1 cannot be written: Birthday: “1 May” is not a date",
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


def callable_(decide: Any, **more: Any) -> Segment:
    needs = {"birthday": "birthday", "level": "level"}
    return Segment(**{"name": "near", "needs": needs, "decide": decide, "labels": LABELS, "summary": SUMMARY, **more})


def scorer(score: Any, **more: Any) -> Segment:
    needs = {"calls": "count(interactions)"}
    given = {"name": "near", "needs": needs, "score": score, "labels": LABELS, "summary": SUMMARY, "choices": BUSY}
    return Segment(**{**given, **more})


BUSY = choices("much|Much|多", "little|Little|少")


def busy(columns: Any) -> list[str | None]:
    """Much to those who called as often as half of all, or more often."""
    middle = sorted(columns["calls"])[len(columns["calls"]) // 2]
    return [None if calls == 0 else "much" if calls >= middle else "little" for calls in columns["calls"]]


def test_a_sound_callable_is_proved() -> None:
    def in_spring(*, birthday: date | None, level: str | None) -> bool:
        return level == "A" and birthday is not None and birthday.month in {3, 4, 5}

    rule = callable_(
        in_spring,
        examples=(Example({"level": "A", "birthday": "2000-04-01"}, gives=True), Example({"level": "A"}, gives=False)),
    )
    assert proved(rule).is_sound


def test_a_sound_scorer_is_proved_and_its_examples_are_the_population() -> None:
    calls: dict[str, Any] = {"interactions": [{}, {}]}
    examples = (Example({}, gives=None), Example({"interactions": [{}]}, gives="Little"), Example(calls, gives="much"))
    assert proved(scorer(busy, examples=(*examples, Example(calls, gives="多")))).is_sound
    (failure,) = broken(scorer(busy, examples=(*examples, Example(calls, gives="little"))))
    assert failure == "Example 4 gives “much”, and not “little”."
    (failure,) = broken(scorer(busy, examples=(Example({"interactions": [{}]}, gives="lots"),)))
    assert failure == "Example 1 is to give what cannot be: “lots” is not one of its labels"


def test_a_scorer_of_numbers_is_proved_by_numbers() -> None:
    doubled = scorer(lambda columns: [calls * 2.5 for calls in columns["calls"]], choices=())
    rule = attrs.evolve(doubled, examples=(Example({"interactions": [{}]}, gives="2.5"), Example({}, gives=0)))
    assert proved(rule).is_sound
    assert broken(attrs.evolve(rule, examples=(Example({}, gives=1),))) == ["Example 1 gives “0”, and not “1”."]


def test_a_scorer_that_makes_its_own_labels_is_proved_by_them() -> None:
    def cities(columns: Any) -> list[str | None]:
        return [city and city.strip().casefold() for city in columns["city"]]

    rule = scorer(cities, choices=(), own_labels=True, needs={"city": "city"})
    assert proved(
        attrs.evolve(rule, examples=(Example({"city": "Lyon"}, gives="lyon"), Example({}, gives=None)))
    ).is_sound
    assert broken(attrs.evolve(rule, examples=(Example({"city": "Lyon"}, gives="Lyon"),))) == [
        "Example 1 gives “lyon”, and not “Lyon”."
    ]


def test_a_callable_that_fails_for_somebody_is_not_total_and_says_for_whom() -> None:
    def of_age(*, birthday: date, level: str) -> bool:
        return birthday.replace(year=birthday.year + 18) < date(2026, 6, 15)

    failures = checked(callable_(of_age), "total").failures
    assert failures[0].startswith("It fails for “")
    assert "The plugin mine failed while deciding who is in near: AttributeError: 'NoneType'" in failures[0]


def test_a_rule_that_fails_for_an_example_alone_says_so() -> None:
    def picky(*, birthday: date | None, level: str | None) -> bool:
        return 1 / (0 if birthday == date(1999, 9, 9) else 1) > 0

    (failure,) = broken(callable_(picky, examples=(Example({"birthday": "1999-09-09"}, gives=True),)))
    assert failure.startswith("The rule fails for its examples: The plugin mine failed while deciding who is in near:")


def test_a_callable_that_knows_only_the_choices_of_today_is_not_total() -> None:
    weights = {"A": 3, "B": 2, "C": 1, None: 0}
    rule = callable_(lambda *, birthday, level: weights[level] > 1)
    assert "KeyError: 'once_a_choice'" in checked(rule, "total").failures[0]


@pytest.mark.parametrize(
    ("score", "why"),
    [
        (lambda columns: ["much"], "it returned 1 answers for "),
        (lambda columns: ["most"] * len(columns["calls"]), "which is none of its choices"),
        (
            lambda columns: [statistics.mean(columns["calls"][:0])],
            "StatisticsError: mean requires at least one data point",
        ),
    ],
)
def test_a_scorer_that_does_not_label_everybody_with_its_labels_is_not_total(score: Any, why: str) -> None:
    assert why in checked(scorer(score), "total").failures[0]


def test_a_rule_that_throws_dice_is_not_deterministic() -> None:
    dice = random.Random(7)
    failures = checked(callable_(lambda *, birthday, level: dice.random() < 0.5), "deterministic").failures
    assert failures[0].startswith("Asked again, it gives ")


def test_a_scorer_that_goes_by_the_order_of_records_is_not_deterministic() -> None:
    rule = scorer(lambda columns: ["much" if place < 10 else "little" for place, _ in enumerate(columns["calls"])])
    failures = checked(rule, "deterministic").failures
    assert failures[0].startswith("With the records in another order it gives “")


def test_labels_that_have_no_name_in_one_language_are_not_documented() -> None:
    rule = scorer(busy, choices=choices("much|Much", "little|Little|少"))
    assert checked(rule, "documented").failures == ("Its label “much” is not named in both languages.",)


def test_what_a_callable_needs_in_vain_is_told() -> None:
    (proof,) = proved(callable_(lambda *, spent: spent > 5, needs={"spent": "total_spnt"})).proofs
    assert proof.failures[0].startswith("near needs spent, which cannot be computed: There is no customer field")


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
