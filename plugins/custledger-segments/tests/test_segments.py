"""The standard segments choose whom they say, are sentences, and can be replaced by a ledger's own."""

from datetime import date
from pathlib import Path

import custledger_segments
import pytest
from custledger_segments.standard import SEGMENTS

import custledger
from custledger.ledger import Ledger
from custledger.plugins import Plugins
from custledger.services.defining import add_segment, list_segments, remove_segment
from custledger.services.segmenting import members

TODAY = date(2026, 11, 22)


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    pytest.importorskip("custledger_sales", reason="custledger-sales, which brings purchases, is not installed")
    pytest.importorskip("custledger_sqlite", reason="custledger-sqlite is not installed")
    return custledger.open(tmp_path / "l.db", defaults={"zone": "UTC"}, as_of=TODAY)


def buyer(ledger: Ledger, name: str, *days: str, amount: int = 100, birthday: str = "") -> object:
    """Add a customer who bought on these days."""
    customer = ledger.customers.add(name=name, birthday=birthday)
    for number, day in enumerate(days):
        order = f"{name}{number}"
        ledger.records("transaction").add(customer=customer, number=order, amount=amount, status="paid", at=day)
    return customer


def test_each_segment_chooses_whom_it_says(ledger: Ledger) -> None:
    with ledger:
        buyer(ledger, "rich", "2026-11-01", amount=5000, birthday="1990-11-30")
        buyer(ledger, "rising", "2026-07-01", "2026-10-01", "2026-10-20")
        faithful = buyer(ledger, "faithful", "2026-01-01", "2026-03-01", "2026-05-01", "2026-06-20", "2026-07-20")
        ledger.interactions.add(customer=faithful, category="praise", at="2026-05-02")
        buyer(ledger, "gone", "2025-11-21", birthday="1990-12-01")
        later = buyer(ledger, "later", "2027-01-01")
        ledger.records("contract").add(customer=later, title="Rent", expires_on="2026-12-22", status="active")
        found = {segment.name: [one.name for one in members(ledger.session, segment.name)] for segment in SEGMENTS}
    assert found == {
        "high_value": ["rich"],
        "high_potential": ["rising"],
        "loyal": ["faithful"],
        "low_activity": ["faithful"],
        "new_buyers": ["rich"],
        "lost_buyers": ["gone"],
        "birthday_month": ["rich"],
        "contract_ending": ["later"],
    }


def test_a_ledgers_own_segment_goes_before_one_of_its_name(ledger: Ledger) -> None:
    with ledger:
        buyer(ledger, "rich", "2026-11-01", amount=5000)
        session = ledger.session
        add_segment(session, "high_value", "total_spent >= 20000", label_zh="高价值")
        assert members(session, "高价值").count() == 0
        assert [one.plugin for one in list_segments(session) if one.definition.name == "high_value"] == [""]
        remove_segment(session, "high_value")
        assert members(session, "高价值").count() == 1


def test_all_of_them_can_be_computed(ledger: Ledger) -> None:
    with ledger:
        problems = {known.definition.name: known.problem for known in list_segments(ledger.session)}
    assert set(problems) >= {segment.name for segment in SEGMENTS}
    assert set(problems.values()) == {""}


def test_without_what_brings_purchases_those_about_them_say_so_and_the_others_work() -> None:
    with custledger.open("memory:", plugins=Plugins.of(segments=custledger_segments)) as ledger:
        known = {one.definition.name: one.problem for one in list_segments(ledger.session)}
        assert known["birthday_month"] == ""
        assert "total_spent" in known["high_value"]
        assert ledger.customers.where("birthday_month").count() == 0


def test_all_of_them_say_what_they_are_in_both_languages() -> None:
    for segment in SEGMENTS:
        assert all((segment.labels.en, segment.labels.zh, segment.summary.en, segment.summary.zh, segment.color))
