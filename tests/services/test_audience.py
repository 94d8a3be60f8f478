"""An audience file has those who gave their consent, and says of how many others it has not."""

import csv
import random
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import custledger_csv
import custledger_sales
import pytest

import custledger
from custledger.errors import InvalidValueError, NotFoundError
from custledger.fields import Labels, choices
from custledger.hookspecs import hookimpl
from custledger.ledger import Ledger
from custledger.plugins import Plugins
from custledger.segments import Segment

TIERS = Segment(
    name="tiers",
    labels=Labels("Tiers", "分层"),
    needs={"level": "level"},
    score=lambda columns: [{"A": "top", "B": "low"}.get(level) for level in columns["level"]],
    choices=choices("top|Top|头部|red", "low|Low|尾部|gray"),
)


@pytest.fixture
def ledger() -> Any:
    plugin = SimpleNamespace(custledger_segments=hookimpl(lambda: [TIERS]))
    plugins = Plugins.of(sales=custledger_sales, csv=custledger_csv, odd=plugin)
    with custledger.open("memory:", plugins=plugins, source=random.Random(3)) as ledger:
        for number, consent in enumerate((True, True, False, None, None, True)):
            level = "ABC"[number // 2]
            email = f"k{number}@example.com"
            ledger.customers.add(name=f"N{number}", code=f"K{number}", level=level, consent=consent, email=email)
        ledger.segments.add("good", "level in (A, B)")
        yield ledger


def rows(path: Path) -> list[list[str]]:
    return list(csv.reader(path.read_text("utf-8").splitlines()))


def test_whoever_refused_or_was_not_asked_is_left_out_and_counted(ledger: Ledger, tmp_path: Path) -> None:
    report = ledger.segments.export("good", tmp_path / "a.csv")
    assert rows(tmp_path / "a.csv") == [
        ["Name", "Phone", "E-mail"],
        ["N0", "", "k0@example.com"],
        ["N1", "", "k1@example.com"],
    ]
    assert (report.export.rows, report.refused, report.did_not_say, report.left_out) == (2, 1, 1, 2)


def test_columns_may_be_expressions_and_a_scorers_label_comes_last(ledger: Ledger, tmp_path: Path) -> None:
    columns = ["code", "total_spent", "contact_count + 1"]
    report = ledger.segments.export("tiers", tmp_path / "a.csv", columns=columns, order=["-code"], language="zh")
    assert rows(tmp_path / "a.csv") == [
        ["客户编号", "累计消费", "contact_count + 1", "分层"], ["K1", "0.00", "1", "头部"], ["K0", "0.00", "1", "头部"],
    ]  # fmt: skip
    assert report.left_out == 2
    ledger.segments.export("tiers", tmp_path / "b.csv", label="尾部", headings="keys", limit=1)
    assert rows(tmp_path / "b.csv") == [["name", "phone", "email", "label"]]


def test_only_customers_consent_and_only_labels_that_there_are_choose(ledger: Ledger, tmp_path: Path) -> None:
    ledger.segments.add("big", "amount > 5", subject="transaction")
    with pytest.raises(InvalidValueError, match="only customers give consent"):
        ledger.segments.export("big", tmp_path / "a.csv")
    with pytest.raises(NotFoundError, match="There is no label"):
        ledger.segments.export("tiers", tmp_path / "a.csv", label="middle")
    assert not (tmp_path / "a.csv").exists()
