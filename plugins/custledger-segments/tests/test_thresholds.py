"""Thresholds are metrics that a ledger sets by itself, and rules follow them."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from custledger_segments.scorers import SEGMENTS as SCORERS
from custledger_segments.standard import SEGMENTS
from custledger_segments.thresholds import METRICS, THRESHOLDS

import custledger
from custledger.errors import InvalidValueError
from custledger.ledger import Ledger
from custledger.services.defining import add_metric, list_metrics, list_segments, remove_metric
from custledger.services.segmenting import explain, members, members_of

TODAY = date(2026, 11, 22)


@pytest.fixture(params=["memory:", "ledger.db"])
def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> Ledger:
    pytest.importorskip("custledger_sales", reason="custledger-sales, which brings purchases, is not installed")
    pytest.importorskip("custledger_sqlite", reason="custledger-sqlite is not installed")
    url = request.param if ":" in request.param else tmp_path / request.param
    opened = custledger.open(url, defaults={"zone": "UTC"}, as_of=TODAY)
    for number, day in enumerate(("2026-11-20", "2026-09-20", "2026-05-20", "2025-05-20")):
        customer = opened.customers.add(name=f"客户{number}", code=f"K{number}", birthday=f"{1970 + 10 * number}-01-01")
        for order in range(3):
            before = (timedelta(days=365), timedelta(days=1), timedelta())[order]
            at = f"{date.fromisoformat(day) - before} 1{order}:00"
            sale: dict[str, Any] = {
                "number": f"{number}-{order}",
                "amount": 1000 * (number + 1),
                "status": "paid",
                "at": at,
            }
            opened.records("transaction").add(customer=customer, **sale)
    return opened


def codes(ledger: Ledger, name: str, label: str | None = None) -> list[str]:
    return [one.code for one in members(ledger.session, name, label=label).order("code")]


def test_every_metric_and_segment_can_be_computed_and_has_labels_in_both_languages(ledger: Ledger) -> None:
    with ledger:
        assert {known.problem for known in list_metrics(ledger.session)} == {""}
        assert {known.problem for known in list_segments(ledger.session)} == {""}
    for one in (*METRICS, *SEGMENTS, *SCORERS):
        assert one.labels.en
        assert one.labels.zh
        assert one in THRESHOLDS or (one.summary.en and one.summary.zh)
    assert all(choice.labels.en and choice.labels.zh and choice.color for one in SCORERS for choice in one.choices)


@pytest.mark.parametrize(
    ("threshold", "value", "subject", "segment", "before", "after"),
    [
        ("high_value_least", "9500", "customer", "high_value", ["K1", "K2", "K3"], ["K3"]),
        ("low_activity_days", "60", "customer", "low_activity", ["K2"], ["K1", "K2"]),
        ("lost_days", "100", "customer", "lost_buyers", ["K3"], ["K2", "K3"]),
        ("new_days", "800", "customer", "new_buyers", [], ["K0", "K1", "K2"]),
        ("rising_days", "10", "transaction", "high_potential", [], []),
        ("rising_days", "200", "transaction", "high_potential", [], ["K0"]),
    ],
)
def test_a_threshold_of_the_ledgers_own_moves_its_segment_until_it_is_removed(  # noqa: PLR0917 - a table of cases
    ledger: Ledger, threshold: str, value: str, subject: str, segment: str, before: list[str], after: list[str]
) -> None:
    with ledger:
        assert codes(ledger, segment) == before
        add_metric(ledger.session, threshold, value, subject=subject)
        assert codes(ledger, segment) == after
        remove_metric(ledger.session, threshold, subject=subject)
        assert codes(ledger, segment) == before


def test_every_threshold_can_be_set_and_set_back(ledger: Ledger) -> None:
    with ledger:
        for one in THRESHOLDS:
            ledger.metrics.add(one.name, f"{one.expression} + 1", subject=one.subject)
        assert {known.problem for known in list_segments(ledger.session)} == {""}
        for one in THRESHOLDS:
            ledger.metrics.remove(one.name, subject=one.subject)


def test_a_threshold_keeps_its_labels_when_it_is_set_and_may_be_a_sentence_itself(ledger: Ledger) -> None:
    with ledger:
        chosen = "累计消费 >= 高价值最低累计消费"
        assert ledger.customers.where(chosen).count() == 3
        add_metric(ledger.session, "high_value_least", "9500")
        assert ledger.customers.where(chosen).count() == 1
        add_metric(ledger.session, "high_value_least", "1000 * order_count")
        assert codes(ledger, "高价值") == ["K0", "K1", "K2", "K3"]


def test_an_explanation_shows_what_the_threshold_is(ledger: Ledger) -> None:
    with ledger:
        told = explain(ledger.session, "high_value", "K0").because
        assert (told.text, told.holds, told.value) == ("total_spent >= high_value_least", False, 30_000_000)
        assert [(one.text, one.value) for one in told.against] == [("high_value_least", 5000)]
        add_metric(ledger.session, "high_value_least", "3000")
        told = explain(ledger.session, "high_value", "K0").because
        assert (told.holds, told.against[0].value) == (True, 3000)


def test_scorers_go_by_settings_too(ledger: Ledger) -> None:
    with ledger:
        assert codes(ledger, "abc", "A") == ["K1", "K2", "K3"]
        add_metric(ledger.session, "abc_a_share", "40")
        assert codes(ledger, "abc", "A类") == ["K3"]
        assert codes(ledger, "by_age", "55-64") == ["K0"]
        add_metric(ledger.session, "age_from_5", "58")
        assert codes(ledger, "by_age", "45-57") == ["K0", "K1"]
        add_metric(ledger.session, "rfm_groups", "4")
        scored = members_of(
            ledger.session, next(one for _, one in ledger.session.segments() if one.name == "rfm_score")
        )
        assert sorted(int(mark) for mark in scored.marks.values() if mark is not None) == [114, 213, 312, 411]


def test_a_setting_that_makes_no_sense_says_so_and_takes_no_other_segment_along(ledger: Ledger) -> None:
    with ledger:
        add_metric(ledger.session, "rfm_groups", "12")
        with pytest.raises(InvalidValueError, match="RFM groups") as caught:
            members(ledger.session, "rfm")
        assert "rfm_groups" in caught.value.hint
        assert codes(ledger, "high_value") == ["K1", "K2", "K3"]


def test_rfm_of_a_period_is_three_metrics_and_leaves_out_who_did_not_buy_in_it(ledger: Ledger) -> None:
    with ledger:
        bought = "where at > 365 days ago and status = paid"
        add_metric(ledger.session, "rfm_recency", f"days_since(max(transactions.at {bought}))")
        add_metric(ledger.session, "rfm_frequency", f"count(distinct transactions.number {bought})")
        add_metric(ledger.session, "rfm_monetary", f"sum(transactions.amount {bought})")
        assert codes(ledger, "rfm") == ["K0", "K1", "K2"]
        add_metric(ledger.session, "rfm_recency", "days_since(max(transactions.at where at > 1 day ago))")
        assert codes(ledger, "rfm") == []


def test_the_risk_of_churn_follows_from_the_customers_own_gaps(ledger: Ledger) -> None:
    with ledger:
        row = ledger.customers.order("code").columns("code", "purchase_gap", "silence_ratio")
        assert [float(gap) for gap in row["purchase_gap"]] == [182.5] * 4
        assert [round(float(ratio), 2) for ratio in row["silence_ratio"]] == [0.01, 0.35, 1.02, 3.02]
        assert codes(ledger, "churn_risk", "high") == ["K3"]
        add_metric(ledger.session, "churn_rising_ratio", "1")
        assert codes(ledger, "流失风险", "上升") == ["K2"]
        add_metric(ledger.session, "churn_orders_least", "4")
        assert codes(ledger, "churn_risk") == []
