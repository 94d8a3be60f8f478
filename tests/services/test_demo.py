"""The demo ledger: small, believable, invented, and the same for one seed and one day."""

import random
import re
from datetime import date, timedelta
from typing import Any

import custledger_sales
import pytest

from custledger.conventions import FixedClock
from custledger.errors import PluginError, UsageError
from custledger.hookspecs import Sampler, hookimpl
from custledger.plugins import Plugins
from custledger.services.demo import Demo, make_demo, standing_demo
from custledger.services.editing import add
from custledger.services.opening import open_session
from custledger.services.selecting import Selection
from custledger.services.session import Session
from custledger.services.undo import undo

TODAY = date(2026, 11, 22)


NUMBERS = {
    "中国": r"1\d\d 0000 \d{4}",
    "United Kingdom": r"\+44 (20 7946|117 496|113 496) 0\d{3}",
    "Ireland": r"\+353 20 91\d \d{4}",
    "Canada": r"\+1 416 555 01\d\d",
    "United States": r"\+1 617 555 01\d\d",
    "Australia": r"\+61 3 7010 \d{4}",
    "Germany": r"\+49 40 66969 \d{3}",
}
"""What is kept free for stories in each country, and in China assigned to nobody."""


def empty(today: date = TODAY, language: str = "", **plugins: Any) -> Session:
    return open_session(
        "memory:",
        plugins=Plugins.of(**plugins),
        clock=FixedClock(1_795_348_800_000),
        source=random.Random(7),
        actor="tester",
        as_of=today,
        defaults={"zone": "Asia/Shanghai", "language": language},
    )


def content(session: Session, record_type: str) -> list[dict[str, Any]]:
    schema = session.schema(record_type)
    rows = Selection[Any](session, record_type).rows()
    return [
        {key: value for key, value in zip(schema.keys[4:], row[4:], strict=True) if value is not None} for row in rows
    ]


@pytest.fixture(scope="module")
def made() -> tuple[Session, Demo]:
    session = empty()
    return session, make_demo(session)


def test_it_holds_people_and_companies_in_both_languages_with_what_was_said_and_is_owed(
    made: tuple[Session, Demo],
) -> None:
    session, demo = made
    assert demo.counts == {"customer": 60, "interaction": 150, "followup": 41}
    customers = content(session, "customer")
    chinese = [each for each in customers if re.search("[\u4e00-\u9fff]", each["name"])]
    assert 20 < len(chinese) < 50
    assert {each["kind"] for each in customers} == {"person", "company"}
    assert len({each["name"] for each in customers}) == len({each["code"] for each in customers}) == 60


def test_nobody_in_it_can_be_reached(made: tuple[Session, Demo]) -> None:
    session, _ = made
    for customer in content(session, "customer"):
        assert customer["email"].endswith("@example.com")
        assert re.fullmatch(NUMBERS[customer["country"]], customer["phone"])
        assert "id_number" not in customer


def test_some_follow_ups_are_overdue_some_are_for_today_and_some_repeat(made: tuple[Session, Demo]) -> None:
    session, demo = made
    place = session.schema("followup").positions["due"]
    days = [row[place] for row in demo.agenda.followups]
    assert days.count(TODAY.isoformat()) >= 3
    assert sum(day < TODAY.isoformat() for day in days) >= 3
    assert Selection(session, "followup").where("every is not empty and status = open").count() == 6


def test_nothing_in_it_happened_later_than_now(made: tuple[Session, Demo]) -> None:
    session, _ = made
    assert Selection(session, "interaction").where("at > today").count() == 0
    assert Selection(session, "followup").where("done_at > today").count() == 0


@pytest.mark.parametrize("seed", range(5))
def test_how_far_somebody_has_come_agrees_with_everything_else(seed: int) -> None:
    session = empty()
    make_demo(session, seed=seed)
    schema = session.schema("customer")
    customers = {row[0]: dict(zip(schema.keys, row, strict=True)) for row in Selection[Any](session, "customer").rows()}
    for customer in customers.values():
        bought = customer["stage"] in {"customer", "after_sales"}
        assert (customer["customer_since"] is not None) == bought
        assert (customer["type"] == "potential") == (not bought)
        assert bought or customer["status"] in {"new", "active"}
    for said in content(session, "interaction"):
        customer = customers[said["customer"]]
        assert said["at"] >= (customer["customer_since"] or "")
        assert said["category"] not in {"complaint", "praise"} or customer["customer_since"]
        if customer["status"] in {"paused", "lost"}:
            assert said["at"] < (TODAY - timedelta(days=100)).isoformat()
    for owed in content(session, "followup"):
        customer = customers[owed["customer"]]
        assert owed["purpose"] != "win_back" or customer["status"] in {"paused", "lost"} or "every" in owed
        assert owed["purpose"] != "birthday" or customer["kind"] == "person"


def test_it_says_why_it_was_made_in_the_language_of_the_ledger() -> None:
    for language, told in (("en", "invented records to look around in"), ("zh", "虚构的记录，用来随便看看")):
        session = empty(language=language)
        demo = make_demo(session)
        assert session.view.operations(limit=1)[0].reason == told
        where = next(step.arguments[3] for step in demo.next_steps if "--where" in step.arguments)
        assert Selection(session, "customer").where(where).count() > 0
        assert ("城市" in where) == (language == "zh")


def test_one_seed_and_day_give_the_same_records(made: tuple[Session, Demo]) -> None:
    again = empty()
    make_demo(again)
    for record_type in ("customer", "interaction", "followup"):
        assert content(again, record_type) == content(made[0], record_type)
    other = empty()
    make_demo(other, seed=2)
    assert content(other, "customer") != content(made[0], "customer")


@pytest.mark.parametrize("today", [date(2024, 2, 29), date(2026, 1, 1), date(2026, 12, 31), date(2027, 3, 1)])
def test_it_stands_on_any_day(today: date) -> None:
    session = empty(today)
    demo = make_demo(session)
    place = session.schema("followup").positions["due"]
    assert any(row[place] == today.isoformat() for row in demo.agenda.followups)
    assert min(row[place] for row in demo.agenda.followups) >= (today - timedelta(days=30)).isoformat()


def test_it_is_one_operation_and_an_undo_leaves_the_ledger_empty() -> None:
    session = empty()
    demo = make_demo(session)
    assert session.view.operations(limit=1)[0].verb == "demo"
    assert demo.receipt is not None
    assert standing_demo(session) is not None
    undo(session, demo.receipt.operation)
    assert standing_demo(session) is None
    assert Selection(session, "customer").count() == 0
    assert Selection(session, "followup").count() == 0


def test_a_ledger_with_customers_is_left_alone() -> None:
    session = empty()
    add(session, "customer", {"name": "A"})
    with pytest.raises(UsageError, match="already"):
        make_demo(session)
    assert Selection(session, "customer").count() == 1


@pytest.mark.parametrize("today", [TODAY, date(2026, 12, 1), date(2027, 3, 1)])
@pytest.mark.parametrize("seed", [1, 5, 2026])
def test_the_customer_who_is_to_be_looked_at_has_something_of_everything(today: date, seed: int) -> None:
    session = empty(today, sales=custledger_sales)
    demo = make_demo(session, seed=seed)
    shows = next(step for step in demo.next_steps if step.arguments[:2] == ("customer", "show"))
    for name in ("interaction", "followup", "transaction"):
        assert Selection(session, name).where(f"customer = {shows.arguments[2]}").count() > 0


def test_the_next_steps_name_a_customer_that_is_there(made: tuple[Session, Demo]) -> None:
    session, demo = made
    shows = next(step for step in demo.next_steps if step.arguments[:2] == ("customer", "show"))
    assert Selection(session, "customer").where(f"code = {shows.arguments[2]}").count() == 1
    where = next(step.arguments[3] for step in demo.next_steps if "--where" in step.arguments)
    assert Selection(session, "customer").where(where).count() > 0


def test_a_plugin_adds_its_own_and_has_them_shown() -> None:
    class Teller:
        @hookimpl
        def custledger_demo(self, sampler: Sampler) -> None:
            number = sampler.add("interaction", customer=sampler.customers[0][0], subject=f"from {sampler.owners[0]}")
            sampler.highlight(made_of("Said", "说过"), "interaction", [number])

    demo = make_demo(empty(teller=Teller()))
    assert demo.counts["interaction"] == 151
    assert [(each.title.zh, len(each.rows)) for each in demo.highlights] == [("说过", 1)]


def made_of(english: str, chinese: str) -> Any:
    from custledger.fields import Labels

    return Labels(english, chinese)


def test_a_plugin_that_fails_is_named_and_nothing_is_written() -> None:
    class Broken:
        @hookimpl
        def custledger_demo(self, sampler: Sampler) -> None:
            raise ZeroDivisionError

    session = empty(broken=Broken())
    with pytest.raises(PluginError, match="broken"):
        make_demo(session)
    assert Selection(session, "customer").count() == 0
