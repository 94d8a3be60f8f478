"""An explanation agrees with who is a member, for every record and whatever the expression."""

import os
import random
from collections.abc import Iterator
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import custledger
from custledger.errors import CustledgerError, QueryError
from custledger.fields import Kind
from custledger.hookspecs import hookimpl
from custledger.ledger import Ledger
from custledger.plugins import Plugins
from custledger.services.defining import add_metric
from custledger.services.segmenting import Explained, explain
from custledger.testing.expressions import TODAY, ZONE
from custledger.testing.related import VISIT, WORLD, related_filters
from custledger.testing.samples import Person, Visit

EXAMPLES = int(os.environ.get("CUSTLEDGER_EXAMPLES", "300"))
KINDS = {
    "x_cost": "money",
    "x_cost_currency": "text",
    "x_hours": "number",
    "x_guests": "integer",
    "x_on": "date",
    "x_phone": "phone",
}


def recomputed(explained: Explained) -> bool | None:
    """Return whether a clause holds, from whether its parts do."""
    parts = [recomputed(part) for part in explained.parts]
    match explained.word:
        case "and":
            return all(parts)
        case "or":
            return any(parts)
        case "not":
            return not parts[0]
    return parts[0] if parts else explained.holds


def lacking(explained: Explained) -> list[Explained]:
    return [each for part in explained.parts for each in lacking(part)] + [explained] * (explained.lack is not None)


POOLS: dict[Kind, tuple[Any, ...]] = {
    Kind.TEXT: ("张伟", "zhang wei", "ß", "100%"),
    Kind.PHONE: ("138 0013 8000", "+44 20 7946 0958"),
    Kind.EMAIL: ("a@example.com", "B@example.com"),
    Kind.INTEGER: (0, 3, 40, -2),
    Kind.NUMBER: ("0.5", "12", "-3.25"),
    Kind.MONEY: ("5", "1200.50", "0"),
    Kind.DATE: ("2026-11-22", "2026-10-31", "1990-02-28"),
    Kind.TIME: ("2026-11-22 09:00", "2026-11-21 23:59", "2025-01-01 00:00"),
    Kind.YES_NO: (True, False),
    Kind.TAGS: ({"vip"}, {"老客户", "a b"}),
}


def drawn(source: random.Random, schema: Any, people: list[Any]) -> dict[str, Any]:
    """Return some random values of a record."""
    values: dict[str, Any] = {}
    for field in schema.fields[4:]:
        spec = field.spec
        if field.key in {"name", "code", "about"} or source.random() < 0.3:
            continue
        if spec.kind is Kind.REFERENCE:
            values |= {field.key: source.choice(people)} if people else {}
        elif spec.choices:
            code = source.choice(spec.choices).code
            values[field.key] = {code} if spec.kind is Kind.CHOICES else code
        else:
            values[field.key] = "EUR" if "currency" in field.key else source.choice(POOLS[spec.kind])
    return values


@pytest.fixture(scope="module")
def ledger() -> Iterator[Ledger]:
    """A ledger of eight people and their visits, with all that the random expressions name."""
    plugin = SimpleNamespace(custledger_record_types=hookimpl(lambda: [Person, Visit]))
    told = {"zone": ZONE, "currency": "CNY"}
    with custledger.open(
        "memory:", plugins=Plugins.of(samples=plugin), defaults=told, as_of=date.fromisoformat(TODAY.isoformat())
    ) as ledger:
        for key, kind in KINDS.items():
            made = ledger.fields.add("visit", key[2:], kind=kind, label_zh=VISIT.by_key[key].spec.labels.zh)
            assert made.key == key
        mood = VISIT.by_key["x_mood"].spec
        assert ledger.fields.add("visit", "mood", kind="choice", choices=mood.choices).key == "x_mood"
        ledger.fields.edit("visit.mood", label_en=mood.labels.en, label_zh=mood.labels.zh)
        for one in (*WORLD.named["person"], *WORLD.named["visit"]):
            zh = one.labels.zh
            add_metric(ledger.session, one.key, one.text, subject=one.subject, label_zh=zh)
        source = random.Random(5)
        people: list[Any] = []
        for number in range(8):
            values = drawn(source, ledger.session.schema("person"), people)
            people.append(ledger.records("person").add(name=f"N{number}", **values).id)
        for number in range(14):
            values = drawn(source, ledger.session.schema("visit"), people)
            ledger.records("visit").add(**{"person": people[number % 6], **values})
        yield ledger


@settings(max_examples=EXAMPLES // 3, suppress_health_check=list(HealthCheck))
@given(st.lists(related_filters(max_leaves=5), min_size=1, max_size=4))
def test_explain_and_members_agree_for_every_record(ledger: Ledger, texts: list[str]) -> None:
    for text in texts:
        try:
            ledger.segments.add("s", text, subject="person")
        except QueryError as error:
            if "names no person" in error.why:  # an id that nobody has here
                continue
            raise
        inside = {one.id for one in ledger.segments.members("s", subject="person")}
        for person in ledger.records("person"):
            because = ledger.segments.explain("s", person, subject="person").because
            assert because.holds == recomputed(because) == (person.id in inside), text
            if because.holds:
                assert lacking(because) == [], text


def test_the_people_are_of_many_sorts(ledger: Ledger) -> None:
    # Were they all alike, the test above would prove little.
    filled = [sum(value is not None for value in row) for row in ledger.records("person").where("name != x").rows()]
    assert len(set(filled)) > 3
    with pytest.raises(CustledgerError):
        ledger.segments.add("s", "nothing = 3", subject="person")


def test_in_chinese_a_rule_is_shown_with_labels_for_its_names() -> None:
    with custledger.open("memory:", language="zh", defaults={"zone": ZONE}) as ledger:
        ledger.customers.add(name="张伟", code="K1")
        ledger.metrics.add("least", "5", label_zh="下限")
        text = (
            "contact_count >= least and [referred_by.city] = 上海 and not exists(interactions where [channel] = phone)"
            " and sum(transactions.amount) / order_count > 2 and 级别 = A and birthday is empty"
        )
        ledger.segments.add("s", text)
        (whole,) = [explain(ledger.session, "s", "K1").because]
        shown = [part.parts[0].shown if part.word else part.shown for part in whole.parts]
        assert shown == [
            "联系次数 >= 下限",
            "[推荐人.城市] = 上海",
            "存在(互动记录 其中 [方式] = 电话)",
            "求和(交易.金额) / 订单数 > 2",
            "级别 = A级",
            "生日 为空",
        ]
        assert [one.shown for one in whole.parts[0].against] == ["下限"]
