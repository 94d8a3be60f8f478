"""What would have to change: told of the clauses that stand in the way, and it is enough where it is done."""

from collections.abc import Iterator
from datetime import date
from functools import partial
from typing import Any

import attrs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import custledger
from custledger.conventions import Conventions
from custledger.ledger import Ledger
from custledger.services.lacking import Lack
from custledger.services.segmenting import Explained, explain

TODAY = date(2026, 11, 22)


def on_day(day: date, conventions: Conventions) -> Conventions:
    return attrs.evolve(conventions, as_of=day)


@pytest.fixture
def ledger() -> Iterator[Ledger]:
    with custledger.open("memory:", defaults={"zone": "Asia/Shanghai"}, as_of=TODAY) as ledger:
        customer = ledger.customers.add(
            name="张伟", code="K1", city="杭州", level="B", tags={"gold"}, customer_since="2026-10-01", consent=False
        )
        ledger.interactions.add(customer=customer, channel="phone", at="2026-11-01 23:30")
        ledger.records("transaction").add(customer=customer, number="1", amount=1800, status="paid", at="2026-11-02")
        yield ledger


def lacks(ledger: Ledger, text: str) -> list[Lack | None]:
    """Return what is told of each clause of an expression, in their order."""
    ledger.segments.add("s", text)

    def leaves(one: Explained) -> Iterator[Explained]:
        for part in one.parts:
            yield from leaves(part)
        if not one.parts:
            yield one

    return [one.lack for one in leaves(explain(ledger.session, "s", "K1").because)]


def told(lack: Lack | None) -> tuple[Any, ...]:
    assert lack is not None
    return lack.word, *lack.values, lack.lacks, lack.holds_on and lack.holds_on.isoformat()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("total_spent >= 5000", (">=", 50_000_000, 32_000_000, None)),
        ("total_spent < 1000.5", ("<", 10_005_000, 7_995_000, None)),
        ("contact_count > 2", (">", 2, 2, None)),
        ("contact_count = 4", ("=", 4, None, None)),
        ("contact_count >= 1.5", (">=", 2, 1, None)),
        ("contact_count * 2 > total_spent", (">", 18_000_000, 17_980_000, None)),
        ("customer_since > 30 days ago", (">", "2026-10-23", None, None)),
        ("customer_since < 90 days ago", ("<", "2026-08-24", None, "2026-12-31")),
        ("customer_since <= 3 months ago", ("<=", "2026-08-22", None, "2027-01-01")),
        ("customer_since < 2020-05-01", ("<", "2020-05-01", None, None)),
        ("last_contact < 60 days ago", ("<", "2026-09-23", None, "2027-01-01")),
        ("days_since(last_contact) > 60", (">", 60, 40, "2027-01-01")),
        ("days_until(customer_since) > 5", (">", 5, 58, None)),
        ("city = 上海", ("=", "上海", None, None)),
        ("city != 杭州", ("!=", "杭州", None, None)),
        ("not city = 杭州", ("!=", "杭州", None, None)),
        ("level in (A, C)", ("in", "A", "C", None, None)),
        ("level not in (A, B)", ("not in", "A", "B", None, None)),
        ("tag in (vip, new)", ("in", "vip", "new", None, None)),
        ("not tag = gold", ("not in", "gold", None, None)),
        ("name contains x", ("contains", "x", None, None)),
        ("not name contains 张", ("not contains", "张", None, None)),
        ("name starts with 李", ("starts", "李", None, None)),
        ("not name starts with 张", ("not starts", "张", None, None)),
        ("name ends with x", ("ends", "x", None, None)),
        ("not name ends with 伟", ("not ends", "伟", None, None)),
        ("exists(interactions where channel = visit)", ("one", None, None)),
        ("not exists(transactions where status = paid)", ("none", None, None)),
        ("phone is not empty", ("filled", None, None)),
        ("city is empty", ("empty", None, None)),
        ("consent", ("=", 1, None, None)),
        ("contact_count between 3 and 9", (">=", 3, 2, None)),
        ("days_since(last_contact) between 3 and 9", ("<=", 9, 12, None)),
    ],
)
def test_what_a_clause_needs_is_told(ledger: Ledger, text: str, said: tuple[Any, ...]) -> None:
    (lack,) = lacks(ledger, text)
    assert told(lack) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("city = 杭州 and level = A", [None, "="]),
        ("city = 上海 or level = A", ["=", "="]),
        ("city = 杭州 or level = A", [None, None]),
        ("not (city = 杭州 and level = A)", [None, None]),
        ("not (city = 杭州 or level = A)", ["!=", None]),
        ("not (not (city = 上海))", ["="]),
        ("exists(interactions where channel = visit)", ["one"]),
        ("not exists(transactions) and exists(interactions)", ["none", None]),
        ("id_number = 11010519491231002X", [None]),
    ],
)
def test_only_clauses_that_stand_in_the_way_are_told_of_and_nothing_that_is_hidden(
    ledger: Ledger, text: str, said: list[str | None]
) -> None:
    assert [one and one.word for one in lacks(ledger, text)] == said


@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(
    st.sampled_from(["customer_since", "last_contact", "last_order"]),
    st.sampled_from(["< {}", "<= {}", "not ({} > {{}})"]),
    st.sampled_from(["90 days ago", "3 months ago", "2 weeks ago", "start of month", "1 year ago", "today"]),
)
def test_from_the_day_that_is_told_it_holds_and_on_the_day_before_it_does_not(name: str, form: str, day: str) -> None:
    text = form.format(name).format(day) if "not" in form else f"{name} {form.format(day)}"
    with custledger.open("memory:", defaults={"zone": "Asia/Shanghai"}, as_of=TODAY) as ledger:
        customer = ledger.customers.add(name="N", code="K1", customer_since="2026-11-20")
        ledger.interactions.add(customer=customer, channel="phone", at="2026-11-01 00:10")
        ledger.records("transaction").add(customer=customer, number="1", amount=5, status="paid", at="2026-11-22")
        (lack,) = lacks(ledger, text)
        if lack is None:
            return
        assert lack.holds_on is not None
        for days, holds in ((0, True), (-1, False), (400, True)):
            other = date.fromordinal(lack.holds_on.toordinal() + days)
            past = Ledger(ledger.session)
            past.session._adjust = partial(on_day, other)
            past.session._known_generation = None
            past.session.refresh()
            assert bool(past.customers.where(text)) == holds, (text, other)


def test_a_sum_that_is_empty_for_another_currency_says_so(ledger: Ledger) -> None:
    def clauses() -> list[tuple[bool, Any]]:
        (clause,) = [explain(ledger.session, "s", "K1").because]
        return [(clause.is_foreign, clause.value)]

    ledger.segments.add("s", "sum(transactions.amount where status = paid) + 1 > 5000")
    assert clauses() == [(False, 18_010_000)]
    yen: dict[str, Any] = {"amount": 10, "amount_currency": "JPY", "at": "2026-11-03"}
    ledger.records("transaction").add(customer="K1", number="2", status="unpaid", **yen)
    assert clauses() == [(False, 18_010_000)]
    ledger.records("transaction").add(customer="K1", number="3", status="paid", **yen)
    assert clauses() == [(True, None)]


@pytest.mark.parametrize("today", [date.max, date(9999, 12, 15), date(1, 1, 20), date.min])
@pytest.mark.parametrize("text", ["days_since(customer_since) > 90", "days_until(customer_since) < 30"])
def test_a_day_beyond_the_calendar_is_never_told(today: date, text: str) -> None:
    with custledger.open("memory:", defaults={"zone": "Asia/Shanghai"}, as_of=today) as ledger:
        ledger.customers.add(name="N", code="K1", customer_since="9999-12-31")
        assert all(lack is None or lack.holds_on is None for lack in lacks(ledger, text))
