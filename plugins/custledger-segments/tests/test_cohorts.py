"""Cohorts by the month of the first purchase, as the library and the command have them."""

import json
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from custledger_segments.cohorts import cohorts, cohorts_of
from hypothesis import given
from hypothesis import strategies as st

import custledger

PURCHASES = st.lists(st.tuples(st.integers(1, 6), st.integers(2025, 2026), st.integers(1, 12)), max_size=40)


@given(PURCHASES)
def test_every_customer_is_in_the_cohort_of_the_first_purchase(purchases: Any) -> None:
    found = cohorts(purchases, (2026, 12))
    assert sum(cohort.customers for cohort in found) == len({customer for customer, *_ in purchases})
    assert [cohort.month for cohort in found] == sorted(cohort.month for cohort in found)
    assert cohorts(reversed(purchases), (2026, 12)) == found
    assert cohorts([*purchases, *purchases], (2026, 12)) == found


@given(PURCHASES)
def test_retention_is_a_share_of_the_cohort_and_all_of_it_in_the_first_month(purchases: Any) -> None:
    for cohort in cohorts(purchases, (2026, 12)):
        year, month = map(int, cohort.month.split("-"))
        assert len(cohort.buyers) == (2026 - year) * 12 + 12 - month + 1
        assert cohort.retention[0] == 1
        assert all(0 <= share <= 1 for share in cohort.retention)


def test_purchases_after_the_last_month_are_left_out_and_a_pause_is_a_zero() -> None:
    found = cohorts([("Ann", 2025, 11), ("Ann", 2026, 2), ("Bob", 2025, 11), ("Cid", 2026, 3)], (2026, 2))
    assert [(cohort.month, cohort.buyers) for cohort in found] == [("2025-11", (2, 0, 0, 1))]
    assert list(found[0].retention) == [1, 0, 0, 0.5]
    assert cohorts([], (2026, 2)) == []


def shop(path: Path) -> None:
    pytest.importorskip("custledger_sales", reason="custledger-sales, which brings purchases, is not installed")
    pytest.importorskip("custledger_sqlite", reason="custledger-sqlite is not installed")
    with custledger.open(path, defaults={"zone": "Asia/Shanghai", "language": "en"}) as ledger:
        ann, bob = ledger.customers.add(name="Ann"), ledger.customers.add(name="Bob")
        sales = ledger.records("transaction")
        sales.add(customer=ann, number="1", amount=1, status="paid", at="2026-02-01 07:30")  # still January in UTC
        sales.add(customer=ann, number="2", amount=1, status="unpaid", at="2026-03-31 23:30")
        sales.add(customer=bob, number="3", amount=1, status="cancelled", at="2026-02-01 10:00")
        sales.add(customer=bob, number="4", amount=1, status="paid", at="2026-03-01 00:10")
        sales.add(customer=bob, number="5", amount=1, status="paid", at="2026-05-02 10:00")


def test_months_are_the_ledgers_and_what_was_cancelled_or_is_yet_to_come_is_no_purchase(tmp_path: Path) -> None:
    shop(tmp_path / "l.db")
    with custledger.open(tmp_path / "l.db", as_of=date(2026, 4, 30)) as ledger:
        found = {cohort.month: cohort.buyers for cohort in cohorts_of(ledger.session)}
    assert found == {"2026-02": (1, 1, 0), "2026-03": (1, 0)}


def test_the_command_prints_percentages_in_every_form(tmp_path: Path) -> None:
    shop(tmp_path / "l.db")

    def run(*words: str) -> str:
        command = [
            sys.executable,
            "-m",
            "custledger",
            "--ledger",
            str(tmp_path / "l.db"),
            "--as-of",
            "2026-05-31",
            "cohorts",
        ]
        return subprocess.run([*command, *words], check=True, capture_output=True, text=True, encoding="utf-8").stdout

    assert run("--csv").splitlines() == [
        "month,customers,month_1,month_2,month_3", "2026-02,1,100.0,0.0,0.0", "2026-03,1,0.0,100.0,",
    ]  # fmt: skip
    assert json.loads(run("--json", "--months", "1")) == [
        {"month": "2026-02", "customers": 1, "month_1": "100.0"}, {"month": "2026-03", "customers": 1, "month_1": "0.0"},
    ]  # fmt: skip
    assert run("--lang", "zh").splitlines()[0] == "首购月份\t客户数\t+1\t+2\t+3"
