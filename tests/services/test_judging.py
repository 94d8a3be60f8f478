"""Segments by a Python rule: what callables and scorers are handed, what they may answer, and who they take along."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import product
from types import SimpleNamespace
from typing import Any

import custledger_sales
import custledger_sqlite
import pytest

import custledger
from custledger.errors import (
    AmbiguousError,
    CustledgerError,
    InvalidValueError,
    NotFoundError,
    PluginError,
    QueryError,
    UsageError,
)
from custledger.fields import Labels, choices
from custledger.hookspecs import hookimpl
from custledger.ledger import Ledger
from custledger.plugins import Plugins
from custledger.segments import Segment
from custledger.services.defining import add_segment, list_segments
from custledger.services.judging import Place
from custledger.services.segmenting import difference, explain, find_segment, members, members_of, overlaps

LABELS = Labels("Tiers", "分层")
TIERS = choices("top|Top|头部|red", "low|Low|尾部|gray")


def tiers(columns: Mapping[str, list[Any]]) -> list[str | None]:
    """Give the label top from 1,000 on, low below it, and nothing to who never paid."""
    return [("top" if spent >= 1000 else "low") if spent else None for spent in columns["spent"]]


def tier_segment(score: Any = tiers, **other: Any) -> Segment:
    given: dict[str, Any] = {"name": "tiers", "labels": LABELS, "needs": {"spent": "total_spent"}, "choices": TIERS}
    return Segment(score=score, **{**given, **other})


def often(*, orders: int, last: datetime | None) -> bool:
    """Is true of who bought twice or more, lately."""
    return orders >= 2 and last is not None and last.year == 2026


def often_segment(decide: Any = often, **other: Any) -> Segment:
    needs = {"orders": "order_count", "last": "last_order"}
    return Segment(**{"name": "often", "labels": Labels("Often", "常客"), "needs": needs, "decide": decide, **other})


def shop(*segments: Segment, url: str = "memory:", as_of: date | None = date(2026, 11, 22)) -> Ledger:
    """Return a ledger with five customers, who spent 0, 600, 1200 … on that many orders."""
    odd = SimpleNamespace(custledger_segments=hookimpl(lambda: list(segments)))
    plugins = Plugins.of(sales=custledger_sales, sqlite=custledger_sqlite, odd=odd)
    ledger = custledger.open(url, plugins=plugins, defaults={"zone": "UTC"}, as_of=as_of)
    for number in range(5):
        customer = ledger.customers.add(name=f"客户{number}", code=f"K{number}", city=("上海", "杭州")[number % 2])
        for order in range(number):
            ledger.records("transaction").add(
                customer=customer, number=f"{number}-{order}", amount=600, status="paid",
                at="2026-06-01 10:00" if number != 3 else "2025-06-01 10:00",
            )  # fmt: skip
    return ledger


def codes(records: Any) -> list[str]:
    return [one.code for one in records]


@pytest.mark.parametrize("url", ["memory:", "file"])
def test_a_callable_and_a_scorer_choose_members_like_an_expression(url: str, tmp_path: Any) -> None:
    path = "memory:" if url == "memory:" else str(tmp_path / "ledger.db")
    with shop(tier_segment(), often_segment(), url=path) as ledger:
        session = ledger.session
        assert codes(members(session, "常客")) == ["K2", "K4"]
        assert codes(members(session, "tiers").order("-code").limit(2)) == ["K4", "K3"]
        assert codes(members(session, "tiers", label="头部")) == ["K2", "K3", "K4"]
        assert members(session, "tiers").where("city = 上海").count() == 2
        assert members(session, "tiers").count(by="city") == {"上海": 2, "杭州": 2}
        assert members(session, "tiers").columns("code", "order_count")["order_count"] == [1, 2, 3, 4]
        found = members_of(session, find_segment(session, "tiers"))
        assert [found.marks[one.id] for one in found.selection] == ["low", "top", "top", "top"]


def test_a_number_is_a_score_and_nothing_is_no_member() -> None:
    def halves(columns: Mapping[str, list[Any]]) -> list[Any]:
        return [float("nan"), 0.12345678, 7, Decimal("1.5"), None]

    with shop(tier_segment(halves, choices=())) as ledger:
        found = members_of(ledger.session, find_segment(ledger.session, "tiers"))
        assert [str(mark) for mark in found.marks.values()] == ["0.1235", "7.0000", "1.5000"]


def test_a_label_and_a_score_have_each_name_of_the_segment_in_each_language() -> None:
    labels = Labels("Points", "积分")
    numbers = tier_segment(lambda columns: [7] * len(columns["spent"]), choices=(), name="points", labels=labels)
    with shop(tier_segment(), numbers, as_of=None) as ledger:
        ledger.segments.refresh()
        for own, mark in product(("tiers", "TIERS", "Tiers", "分层"), ("label", "Label", "标签")):
            assert codes(ledger.customers.where(f"{own}.{mark} = 头部").order("code")) == ["K2", "K3", "K4"]
        for own, mark in product(("points", "Points", "积分"), ("score", "SCORE", "分数")):
            assert ledger.customers.where(f"{own}.{mark} = 7").count() == 5
            assert codes(ledger.segments.members("points").order(f"-{own}.{mark}", "code").limit(1)) == ["K0"]
        with pytest.raises(InvalidValueError, match="means something already"):
            ledger.fields.add("customer", "分层.label")


@pytest.mark.parametrize("url", ["memory:", "file"])
def test_members_are_sorted_by_what_a_scorer_says_now_under_each_of_its_names(url: str, tmp_path: Any) -> None:
    def scored(columns: Mapping[str, list[Any]]) -> list[Any]:
        return [None, 5, 7, 5, -1]

    numbers = tier_segment(scored, choices=(), name="points", labels=Labels("Points", "积分"))
    path = "memory:" if url == "memory:" else str(tmp_path / "ledger.db")
    with shop(tier_segment(), numbers, url=path) as ledger:
        points, tiers = ledger.segments.members("points"), ledger.segments.members("tiers")
        for key in ("score", "points", "积分.分数", "points.score"):
            assert codes(points.order(f"-{key}", "-code")) == ["K2", "K3", "K1", "K4"]
            assert codes(points.order(key).limit(2)) == ["K4", "K1"]
        assert points.order("-score").columns("code")["code"] == ["K2", "K1", "K3", "K4"]
        assert codes(tiers.order("label", "-code")) == ["K4", "K3", "K2", "K1"]
        assert codes(tiers.order("-tiers.label")) == ["K1", "K2", "K3", "K4"]
        with pytest.raises(QueryError, match="no customer field “score”"):
            points.order("code", "score").first()
        with pytest.raises(UsageError, match="no next page"):
            points.order("score").after("K1").first()


def test_rules_receive_values_in_their_python_form() -> None:
    seen: list[dict[str, Any]] = []
    needs = {
        "spent": "total_spent", "orders": "order_count", "last": "max(transactions.at)", "tags": "tags", "kind": "kind",
        "local": "city = 上海", "friend": "referred_by", "birthday": "birthday", "name": "name",
    }  # fmt: skip

    def look(**values: Any) -> bool:
        seen.append(values)
        return True

    with shop(often_segment(look, needs=needs)) as ledger:
        ledger.customers.edit("K1", tags={"b", "a"}, kind="person", birthday="1990-03-02", referred_by="K0")
        assert members(ledger.session, "often").count() == 5
        friend = ledger.customers.get("K0").id
    assert seen[1] == {
        "spent": Decimal("600.0000"), "orders": 1, "last": datetime(2026, 6, 1, 10, tzinfo=UTC), "tags": ("a", "b"),
        "kind": "person", "local": False, "friend": friend, "birthday": date(1990, 3, 2), "name": "客户1",
    }  # fmt: skip
    assert (seen[0]["tags"], seen[0]["birthday"], seen[0]["local"]) == ((), None, True)


def test_an_explanation_shows_what_a_rule_needed_and_what_it_said() -> None:
    with shop(tier_segment(), often_segment()) as ledger:
        told = explain(ledger.session, "tiers", "K1")
        assert (told.because.holds, told.mark) == (True, "low")
        assert [(one.name, one.text, one.value) for one in told.because.parts] == [("spent", "total_spent", 6_000_000)]
        told = explain(ledger.session, "often", "K3")
        assert (told.because.holds, told.mark) == (False, None)
        assert [one.value for one in told.because.parts] == [3, "2025-06-01T10:00:00.000Z"]


def test_rules_are_compared_with_expressions_and_with_each_other() -> None:
    with shop(tier_segment(), often_segment()) as ledger:
        add_segment(ledger.session, "local", "city = 上海")
        found = difference(ledger.session, "often", "code in (K1, K2)")
        assert [row[found.schema.positions["code"]] for row in found.entering] == ["K1"]
        assert [row[found.schema.positions["code"]] for row in found.leaving] == ["K4"]
        counted = {
            tuple(one.name for one in together): count
            for together, count in overlaps(ledger.session, ["tiers", "often", "local"])
        }
    assert counted == {
        ("tiers",): 4, ("often",): 2, ("local",): 3, ("tiers", "often"): 2, ("tiers", "local"): 2,
        ("often", "local"): 2, ("tiers", "often", "local"): 2,
    }  # fmt: skip


def test_of_many_segments_each_pair_and_all_together_are_counted_not_every_combination() -> None:
    with shop() as ledger:
        for number in range(12):
            add_segment(ledger.session, f"s{number}", f"code != K{number}")
        counted = overlaps(ledger.session, [f"s{number}" for number in range(12)])
        assert len(counted) == 12 + 66 + 1
        assert counted[-1][1] == 0


def test_of_two_segments_with_one_name_it_is_asked_whose(tmp_path: Any) -> None:
    with shop() as ledger:
        add_segment(ledger.session, "big", "order_count > 2")
        add_segment(ledger.session, "big", "amount > 500", subject="transaction")
        with pytest.raises(AmbiguousError, match=r"big \(customer\), big \(transaction\)"):
            find_segment(ledger.session, "big")
        assert members(ledger.session, "big", subject="transaction").count() == 10
        assert codes(members(ledger.session, "big", subject="customer")) == ["K3", "K4"]
        with pytest.raises(CustledgerError):
            add_segment(ledger.session, "small", "order_count < 2")
            overlaps(ledger.session, ["small", "transactions"])


def raising(**_values: Any) -> bool:
    raise ZeroDivisionError("division by zero")


@pytest.mark.parametrize(
    ("segment", "said"),
    [
        (often_segment(raising), "ZeroDivisionError: division by zero"),
        (often_segment(lambda **_: None), "it returned (empty), and not True or False"),
        (tier_segment(lambda _: ["top"]), "it returned 1 answers for 5 records"),
        (tier_segment(lambda _: "topto"), "it returned “topto”, and not a list"),
        (tier_segment(lambda _: ["top", "no", "low", "low", "low"]), "it returned “no”, which is none of its choices"),
        (tier_segment(lambda _: [1, 2, 3, 4, 5]), "it returned “1”, which is none of its choices"),
        (tier_segment(lambda _: ["a"] * 5, choices=()), "it returned “a”, and has no choices; own_labels=True"),
        (tier_segment(lambda _: [True] * 5, choices=()), "it returned “True”, which is not a number"),
        (tier_segment(lambda _: [1e300] * 5, choices=()), "which is too large"),
        (tier_segment(lambda _: [float("inf")] * 5, choices=()), "which is too large"),
    ],
)
def test_a_rule_that_fails_names_its_plugin_and_takes_nothing_else_down(segment: Segment, said: str) -> None:
    with shop(segment, Segment(name="local", expression="city = 上海", labels=Labels("Local"))) as ledger:
        with pytest.raises(PluginError, match="The plugin odd failed while deciding who is in") as raised:
            members(ledger.session, segment.name)
        assert said in raised.value.message
        assert members(ledger.session, "local").count() == 3
        assert ledger.customers.count() == 5


def test_a_rule_that_needs_what_there_is_not_says_so_and_is_listed_with_the_reason() -> None:
    with shop(tier_segment(needs={"spent": "tickets_open"})) as ledger:
        (known,) = list_segments(ledger.session)
        assert known.problem.startswith("tiers needs spent, which cannot be computed: There is no customer field")
        with pytest.raises(QueryError, match="tiers needs spent"):
            members(ledger.session, "tiers")


def test_a_scorer_is_not_asked_about_nobody_and_has_the_labels_that_it_has() -> None:
    def never(columns: Mapping[str, Sequence[Any]]) -> list[str]:
        return [str(max(columns["spent"]))]

    with shop(tier_segment(never)) as ledger:
        for customer in list(ledger.customers):
            for order in list(ledger.records("transaction").where(f"customer = {customer.code}")):
                ledger.records("transaction").remove(order)
            ledger.customers.remove(customer)
        assert members(ledger.session, "tiers").count() == 0
        with pytest.raises(NotFoundError, match="There is no label “middle”"):
            members(ledger.session, "tiers", label="middle")


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (lambda: Segment(name="s", labels=LABELS), "no rule"),
        (lambda: often_segment(expression="city = 上海"), "several rules"),
        (lambda: Segment(name="s", labels=LABELS, expression="age > 3", needs={"a": "age"}), "and needs beside it"),
        (lambda: often_segment(needs={}), "its needs must be expressions by their names, one at least"),
        (lambda: often_segment(needs={"a b": "age"}), "it needs “a b”, which cannot name an argument"),
        (lambda: often_segment(needs={"class": "age"}), "it needs “class”, which cannot name an argument"),
        (lambda: often_segment(needs={"orders": " ", "last": "last_order"}), "and not an expression"),
        (lambda: often_segment(needs={"orders": "order_count"}), "cannot be called with what it needs: missing a"),
        (lambda: often_segment("yes"), "its decide cannot be called"),
        (lambda: often_segment(choices=TIERS), "only a scorer has choices"),
        (lambda: tier_segment(lambda spent, orders: []), "its score cannot be called with what it needs"),
        (lambda: tier_segment(choices=[*TIERS]), "its choices must be a tuple of Choice"),
        (lambda: tier_segment(choices=(*TIERS, *TIERS)), "two of its choices have one code"),
        (lambda: tier_segment(color="mauve"), "there is no colour “mauve”"),
        (lambda: tier_segment(labels=Labels("")), "it has no label"),
    ],
)
def test_a_faulty_segment_is_named_and_left_out(made: Callable[[], Segment], said: str) -> None:
    with shop(made(), Segment(name="local", expression="city = 上海", labels=Labels("Local"))) as ledger:
        assert [known.definition.name for known in list_segments(ledger.session)] == ["local"]
        (failure,) = {one.message for one in ledger.session.plugins.failures}
        assert said in failure


def test_how_a_value_stands_among_those_of_all_members_is_told_of_a_scorer() -> None:
    numbers = {"spent": "total_spent", "last": "last_order", "limit": "5", "city": "city", "born": "birthday"}
    segment = Segment(
        name="ranked", labels=Labels("Ranked"), needs=numbers, score=lambda columns: [spent or None for spent in columns["spent"]]
    )  # fmt: skip
    with shop(segment) as ledger:
        (spent, last, *others) = ledger.segments.explain("ranked", "K2").because.parts
        assert (spent.place, last.place) == (Place(1, 2, 4), Place(1, 0, 4))
        assert [one.place for one in others] == [None, None, None]
        assert [one.place for one in ledger.segments.explain("ranked", "K0").because.parts][1:] == [None] * 4
