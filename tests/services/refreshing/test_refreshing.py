"""A refresh stores who is in a segment, since when and until when; of few what a pass over all would store."""

import os
import random
from collections.abc import Callable, Mapping
from datetime import date
from types import SimpleNamespace
from typing import Any

import attrs
import custledger_sales
import custledger_sqlite
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import custledger
from custledger.conventions import FixedClock
from custledger.errors import NotAllowedError, NotFoundError, PluginError, UsageError
from custledger.fields import Labels, choices
from custledger.hookspecs import hookimpl
from custledger.ledger import Ledger
from custledger.plugins import Plugins
from custledger.segments import Segment
from custledger.services.defining import add_metric, add_segment
from custledger.services.refreshing import Refreshed, refresh
from custledger.services.segmenting import members

EXAMPLES = int(os.environ.get("CUSTLEDGER_EXAMPLES", "300"))
DAY = 86_400_000
START = 1_767_225_600_000

RULES = (
    "city = 上海 and not tag = vip", "total_spent >= 1000", "last_order < 90 days ago", "order_count = 1 or level = A",
    "count(transactions where at > 30 days ago and status = paid) >= 1", "month(birthday) = month(today)",
    "referred_by.city = 杭州", "exists(transactions where product.category = tea)", "age >= 40", "sleepy and city = 上海",
    "next_anniversary(birthday) <= in 30 days", "days_since(last_contact) > 60", "updated_at > 10 days ago",
    "most_frequent(transactions.product.category) = tea", "tiers and city != 北京", "tiers.label = top",
    "first(interactions.channel where at > 1 year ago) = phone", "open_followups > 0 and next_followup < today",
)  # fmt: skip


def tiers(columns: Mapping[str, list[Any]]) -> list[str | None]:
    return [("top" if spent >= 1000 else "low") if spent else None for spent in columns["spent"]]


TIERS = Segment(
    name="tiers", labels=Labels("Tiers", "分层"), needs={"spent": "total_spent"}, score=tiers,
    choices=choices("top|Top|头部|red", "low|Low|尾部|gray"),
)  # fmt: skip


def opened(*segments: Segment, url: Any = "memory:", **hooks: Callable[..., Any]) -> tuple[Ledger, FixedClock]:
    """Return a ledger with a clock to be set, and a plugin that brings these segments."""
    clock = FixedClock(START)
    odd = SimpleNamespace(custledger_segments=hookimpl(lambda: list(segments)))
    for name, hook in hooks.items():
        setattr(odd, f"custledger_{name}", hookimpl(hook))
    plugins = Plugins.of(sales=custledger_sales, sqlite=custledger_sqlite, odd=odd)
    source = random.Random(7)
    ledger = custledger.open(url, plugins=plugins, clock=clock, source=source, defaults={"zone": "Asia/Shanghai"})
    return ledger, clock


def stored(ledger: Ledger, name: str) -> set[int]:
    """Return who is in a segment by the last refresh."""
    there = ledger.records("membership").where(f'segment = "{name}" and left_at is empty')
    customers = [one.customer for one in there]
    assert len(set(customers)) == len(customers)
    return set(customers)


def done(ledger: Ledger, *names: str, full: bool = False) -> dict[str, Refreshed]:
    found = refresh(ledger.session, names, full=full)
    assert not found.problems
    return {one.segment.name: one for one in found.segments}


class Shop:
    """A ledger that is written to at random."""

    def __init__(self, url: Any = "memory:") -> None:
        self.ledger, self.clock = opened(TIERS, url=url)
        add_metric(self.ledger.session, "sleepy", "last_order < 60 days ago or order_count = 0")
        for number, rule in enumerate(RULES):
            add_segment(self.ledger.session, f"s{number}", rule)
        for number, category in enumerate(("tea", "rice")):
            self.ledger.records("product").add(sku=f"P{number}", name=f"P{number}", category=category)

    @property
    def customers(self) -> list[Any]:
        return list(self.ledger.customers)

    def step(self, what: str, one: int, other: int) -> None:
        """Do something to what the numbers pick."""
        ledger, customers = self.ledger, self.customers
        customer = customers[one % len(customers)] if customers else None
        days = (0, 10, 29, 30, 31, 59, 89, 90, 91, 200, 365)[other % 11]
        at = self.days_ago(days)
        if what == "customer" or customer is None:
            ledger.customers.add(
                name=f"N{one}{other}", city=("上海", "杭州", "北京", None)[other % 4], level="AB"[one % 2],
                birthday=date(1980 + other, 1 + one % 12, 3), referred_by=customer, tags={"vip"} if one % 3 else (),
            )  # fmt: skip
        elif what == "order":
            ledger.records("transaction").add(
                customer=customer, number=f"{one}-{other}", amount=100 * other, status=("paid", "unpaid")[one % 2],
                at=at, product=self.product(other),
            )  # fmt: skip
        elif what == "talk":
            ledger.interactions.add(customer=customer, channel=("phone", "visit")[other % 2], at=at)
        elif what == "plan":
            ledger.followups.add(customer=customer, due=self.ledger.session.today, note="call")
        elif what == "city":
            ledger.customers.edit(customer, city=("上海", "杭州", None)[other % 3], tags={"vip"} if other % 2 else ())
        elif what == "category" and (product := self.product(one)):
            ledger.records("product").edit(product, category=("tea", "rice", None)[other % 3])
        elif what == "remove":
            ledger.customers.remove(customer) if not self.has_orders(customer) else None
        elif what == "move" and (orders := list(ledger.records("transaction"))):
            changed = {"customer": customer, "status": "paid", "at": at}
            ledger.records("transaction").edit(orders[other % len(orders)], **changed)
        elif what == "cancel" and (orders := list(ledger.records("transaction"))):
            ledger.records("transaction").remove(orders[other % len(orders)])
        elif what == "undo":
            ledger.undo(ledger.operations()[other % 3].id)
        elif what == "rule":
            add_segment(ledger.session, f"s{other % 3}", RULES[(one + other) % len(RULES)])
        elif what == "pass":
            self.clock.now += (1, 1, 7, 30, 90)[other % 5] * DAY

    def product(self, number: int) -> Any:
        """Return one of the products that an undo has left, if any."""
        products = list(self.ledger.records("product"))
        return products[number % len(products)] if products else None

    def has_orders(self, customer: Any) -> bool:
        return bool(self.ledger.records("transaction").where(f"customer = {customer.ref}"))

    def days_ago(self, days: int) -> str:
        return f"{date.fromordinal(self.ledger.session.today.toordinal() - days).isoformat()} 10:00"

    def check(self, *, full: bool = False) -> None:
        """Refresh, and compare what is stored with what each expression says now."""
        found = done(self.ledger, full=full)
        for name in [one for one in found if one != "tiers"]:
            inside = {customer.id for customer in members(self.ledger.session, name)}
            assert stored(self.ledger, name) == inside, (name, found[name])


STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            [
                "customer", "customer", "order", "order", "talk", "plan", "city", "category", "remove", "move",
                "cancel", "undo", "rule", "pass", "pass", "refresh", "refresh",
            ]
        ),
        st.integers(0, 11),
        st.integers(0, 21),
    ),
    min_size=5,
    max_size=25,
)  # fmt: skip


@settings(max_examples=max(5, EXAMPLES // 15), suppress_health_check=list(HealthCheck))
@given(STEPS, st.booleans())
def test_a_refresh_of_those_who_may_have_changed_stores_what_a_pass_over_all_would(
    steps: list[tuple[str, int, int]], several: bool
) -> None:
    shop = Shop()
    with shop.ledger:
        for number in range(4 if several else 1):
            shop.step("customer", number, number)
        shop.check()
        for what, one, other in steps:
            if what == "refresh":
                shop.check()
            else:
                shop.step(what, one, other)
        shop.check()
        again = done(shop.ledger, full=True)
        assert all(one.why in {"asked", "scorer"} for one in again.values())
        assert not any(one.entered or one.left for one in again.values())


@pytest.mark.parametrize("url", ["memory:", "file"])
def test_what_is_stored_says_since_when_until_when_and_by_which_wording(url: str, tmp_path: Any) -> None:
    ledger, clock = opened(url=url if url == "memory:" else tmp_path / "l.db")
    with ledger:
        for number in range(4):
            ledger.customers.add(name=f"N{number}", code=f"K{number}", level="AB"[number % 2])
        add_segment(ledger.session, "best", "level = A")
        first = done(ledger)["best"]
        assert (first.why, len(first.entered), len(first.left), first.looked_at) == ("first", 2, 0, 4)
        clock.now += DAY
        ledger.customers.edit("K0", level="B")
        ledger.customers.edit("K1", level="A")
        second = done(ledger)["best"]
        assert (second.why, len(second.entered), len(second.left), second.looked_at) == ("", 1, 1, 2)
        add_segment(ledger.session, "best", "level in (A, B)")
        third = done(ledger)["best"]
        assert (third.why, third.was, len(third.entered)) == ("rule", "level = A", 2)
        told = [
            (
                ledger.customers.get(one.customer).code,
                one.left_at is None,
                ledger.records("segment_rule").get(one.rule).name,
            )
            for one in ledger.records("membership")
        ]
        assert sorted(told) == [
            ("K0", False, "best 1"), ("K0", True, "best 2"), ("K1", True, "best 1"), ("K2", True, "best 1"),
            ("K3", True, "best 2"),
        ]  # fmt: skip
        gone = next(one for one in ledger.records("membership") if one.left_at)
        assert (gone.left_at - gone.entered_at).days == 1
        assert [one.wording for one in ledger.records("segment_rule")] == ["level = A", "level in (A, B)"]


def test_a_scorer_stores_labels_and_who_moves_between_them_leaves_one_and_enters_the_other() -> None:
    seen: list[tuple[str, dict[int, Any], dict[int, Any]]] = []

    def changed(segment: Segment, entered: Mapping[int, Any], left: Mapping[int, Any]) -> None:
        seen.append((segment.name, dict(entered), dict(left)))

    ledger, _ = opened(TIERS, segment_changed=changed)
    with ledger:
        customer = ledger.customers.add(name="N", code="K")
        ledger.records("transaction").add(customer=customer, number="1", amount=400, status="paid")
        assert done(ledger)["tiers"].entered == {customer.id: "low"}
        ledger.records("transaction").add(customer=customer, number="2", amount=900, status="paid")
        ledger.customers.edit(customer, city="上海")
        found = done(ledger)["tiers"]
        assert (found.why, found.entered, found.left) == ("scorer", {customer.id: "top"}, {customer.id: "low"})
        assert [one.code for one in ledger.customers.where("tiers.label = 头部")] == ["K"]
        done(ledger)
        assert seen == [("tiers", {customer.id: "low"}, {}), ("tiers", {customer.id: "top"}, {customer.id: "low"})]


def test_another_number_is_the_same_membership() -> None:
    def shares(columns: Mapping[str, list[Any]]) -> list[Any]:
        total = sum(columns["spent"]) or 1
        return [spent / total for spent in columns["spent"]]

    ledger, _ = opened(attrs.evolve(TIERS, name="share", score=shares, choices=()))
    with ledger:
        for number in range(2):
            customer = ledger.customers.add(name="N", code=f"K{number}")
            ledger.records("transaction").add(customer=customer, number=str(number), amount=10, status="paid")
        done(ledger)
        ledger.records("transaction").add(customer="K1", number="9", amount=20, status="paid")
        found = done(ledger)["share"]
        assert not found.entered
        assert not found.left
        assert [str(one.score) for one in ledger.records("membership")] == ["0.2500", "0.7500"]
        assert [one.code for one in ledger.customers.where("share.score > 0.5")] == ["K1"]


def test_a_refresh_that_finds_nothing_new_writes_nothing_and_one_of_nobody_touched_looks_at_nobody() -> None:
    ledger, clock = opened(TIERS)
    with ledger:
        ledger.customers.add(name="N", code="K", city="上海")
        add_segment(ledger.session, "local", "city = 上海")
        shares: list[float] = []
        assert refresh(ledger.session, progress=shares.append).operation is not None
        assert shares == [0.5, 1.0]
        assert refresh(ledger.session).operation is None
        ledger.customers.edit("K", notes="seen")
        assert done(ledger)["local"].looked_at == 0
        clock.now += DAY
        assert refresh(ledger.session).operation is not None
        assert refresh(ledger.session, full=True).operation is None


def test_an_undo_of_a_refresh_is_made_good_by_the_next() -> None:
    shop = Shop()
    with shop.ledger as ledger:
        for number in range(6):
            shop.step("customer", number, number)
        done(ledger)
        shop.step("city", 1, 1)
        shop.step("order", 2, 20)
        latest = refresh(ledger.session).operation
        assert latest is not None
        ledger.undo(latest)
        shop.check()
        ledger.undo(next(one.id for one in reversed(ledger.operations()) if one.verb == "segment refresh"))
        shop.check()


def test_a_large_refresh_lands_in_chunks_and_what_was_interrupted_goes_on(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    monkeypatch.setattr("custledger.services.refreshing.storing.TOGETHER", 10)
    ledger, _ = opened(TIERS, url=tmp_path / "l.db")
    with ledger:
        for number in range(35):
            ledger.customers.add(name=f"N{number}")
        add_segment(ledger.session, "all", "name is not empty")
        landed = iter(range(3))

        def interrupted(*_arguments: Any) -> list[Any]:
            if next(landed, None) is None:
                raise KeyboardInterrupt
            return []

        monkeypatch.setattr(ledger.session.plugins, "changed", interrupted)
        with pytest.raises(KeyboardInterrupt):
            refresh(ledger.session, ["all"])
        monkeypatch.undo()
        assert 0 < len(stored(ledger, "all")) < 35
        assert done(ledger, "all")["all"].why == "first"
        assert len(stored(ledger, "all")) == 35
        assert len([one for one in ledger.operations() if one.verb == "segment refresh"]) == 2


def test_two_refreshes_at_once_store_each_member_once(tmp_path: Any) -> None:
    ledger, _ = opened(url=tmp_path / "l.db")
    with ledger:
        for number in range(5):
            ledger.customers.add(name=f"N{number}", level="A")
        add_segment(ledger.session, "best", "level = A")
        other, _ = opened(url=tmp_path / "l.db")
        with other:
            before = ledger.session.store.apply

            def late(*arguments: Any, **more: Any) -> Any:
                ledger.session.store.apply = before  # type: ignore[method-assign]
                refresh(other.session)
                return before(*arguments, **more)

            ledger.session.store.apply = late  # type: ignore[method-assign]
            refresh(ledger.session)
        assert len(stored(ledger, "best")) == 5


def test_a_rule_that_fails_is_among_the_problems_and_an_error_where_it_is_named() -> None:
    def broken(columns: Mapping[str, list[Any]]) -> list[Any]:
        raise ZeroDivisionError("division by zero")

    ledger, _ = opened(attrs.evolve(TIERS, score=broken))
    with ledger:
        ledger.customers.add(name="N", level="A")
        add_segment(ledger.session, "best", "level = A")
        found = refresh(ledger.session)
        assert [one.segment.name for one in found.segments] == ["best"]
        assert "ZeroDivisionError" in found.problems["tiers"]
        with pytest.raises(PluginError):
            refresh(ledger.session, ["tiers"])
        with pytest.raises(NotFoundError):
            refresh(ledger.session, ["nobody"])


def test_a_plugin_that_fails_when_it_is_told_is_a_warning_and_the_refresh_stands() -> None:
    def broken() -> None:
        raise ValueError("no")

    ledger, _ = opened(segment_changed=broken)
    with ledger:
        ledger.customers.add(name="N", level="A")
        add_segment(ledger.session, "best", "level = A")
        done(ledger)
        (warning,) = ledger.take_warnings()
        assert warning.message.startswith("The plugin odd failed while being told of a change of best: ValueError: no")
        assert len(stored(ledger, "best")) == 1


def test_what_is_stored_is_read_and_not_written_and_is_of_today() -> None:
    ledger, _ = opened()
    with ledger:
        ledger.customers.add(name="N", level="A")
        add_segment(ledger.session, "best", "level = A")
        done(ledger)
        (one,) = ledger.records("membership")
        for write in (
            lambda: ledger.records("membership").edit(one, label="x"),
            lambda: ledger.records("membership").remove(one),
            lambda: ledger.records("membership").add(customer="N", segment="best"),
        ):
            with pytest.raises(NotAllowedError, match="The ledger itself keeps the memberships"):
                write()
    with (
        custledger.open("memory:", as_of=date(2026, 1, 1)) as past,
        pytest.raises(UsageError, match="A refresh stores who is in a segment today"),
    ):
        refresh(past.session)


def test_a_rule_over_memberships_is_refreshed_after_those_that_it_looks_at() -> None:
    ledger, _ = opened(TIERS)
    with ledger:
        customer = ledger.customers.add(name="N", code="K", level="A")
        ledger.records("transaction").add(customer=customer, number="1", amount=4000, status="paid")
        ledger.segments.add("a_third", "count(memberships where segment in (second, tiers)) >= 2")
        ledger.segments.add("second", "count(memberships where segment = x_first) >= 1")
        ledger.segments.add("x_first", "level = A")
        found = done(ledger)
        assert {name for name, one in found.items() if customer.id in one.entered} == {
            "tiers", "x_first", "second", "a_third",
        }  # fmt: skip
        assert not any(one.entered or one.left for one in done(ledger).values())


def test_rules_that_look_at_each_other_are_refreshed_all_the_same() -> None:
    ledger, _ = opened()
    with ledger:
        ledger.customers.add(name="N", code="K", level="A")
        ledger.segments.add("one", "level = A and count(memberships where segment = other) = 0")
        ledger.segments.add("other", "count(memberships where segment = one) >= 1")
        assert [name for name, one in done(ledger).items() if one.entered] == ["one"]


def test_an_expression_that_looks_at_what_no_refresh_stored_is_warned_about() -> None:
    ledger, clock = opened(TIERS)

    def warned(day: date | None = None) -> list[str]:
        ledger.session._adjust = lambda conventions: attrs.evolve(conventions, as_of=day)
        ledger.session._known_generation = None
        assert ledger.customers.where("tiers or tiers.label = top").count() in {0, 1}
        return [problem.message for problem in ledger.take_warnings()]

    with ledger:
        customer = ledger.customers.add(name="N", code="K", city="上海")
        ledger.records("transaction").add(customer=customer, number="1", amount=4000, status="paid")
        ledger.segments.add("rule", "not tiers")
        unrefreshed = (
            "tiers was never refreshed, so expressions find nobody in it; "
            "custledger segment refresh tiers stores who is."
        )
        ledger.take_warnings()
        assert warned() == [unrefreshed]
        ledger.segments.explain("rule", "K")
        ledger.tags.add_rule("x", "tiers")
        ledger.tags.refresh()
        assert [problem.message for problem in ledger.take_warnings()] == [unrefreshed]
        clock.now = START + 5 * DAY
        done(ledger)
        ledger.take_warnings()
        assert warned() == []
        assert warned(date(2026, 1, 6)) == []
        assert warned(date(2026, 1, 5)) == [
            (
                "tiers was not refreshed by 2026-01-05, so expressions find nobody in it then; "
                "custledger segment members tiers computes who was."
            )
        ]
