"""Frequency, recency and T of the CDNOW sample, by the metrics of the guide, are those of the published summary."""

import csv
import re
from datetime import date
from pathlib import Path

import pytest

import custledger
from custledger.services.defining import add_metric

ROOT = Path(__file__).parents[2]
CDNOW = ROOT / "../shared/data/cdnow"


@pytest.mark.skipif(not CDNOW.exists(), reason="the CDNOW files are not beside the project")
def test_the_metrics_of_the_guide_give_the_published_summary_of_every_customer(tmp_path: Path) -> None:
    guide = (ROOT / "docs/guides/buying-rhythm.md").read_text("utf-8")
    metrics = dict(re.findall(r'metric add (\w+) "(.+)"', guide))
    day = re.findall(r"--as-of (\S+)", guide)[0]
    table = tmp_path / "cdnow.csv"
    with table.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["customer", "at", "quantity", "amount", "status"])
        for line in (CDNOW / "CDNOW_sample.txt").read_text("utf-8").splitlines():
            _, number, bought, cds, dollars = line.split()
            writer.writerow([str(int(number)), f"{bought[:4]}-{bought[4:6]}-{bought[6:]}", cds, dollars, "paid"])
    told = {"zone": "UTC", "currency": "USD"}
    with custledger.open(tmp_path / "l.db", defaults=told, as_of=date.fromisoformat(day)) as ledger:
        ledger.import_file(table, "transaction", create=["customer"])
        for name, expression in metrics.items():
            add_metric(ledger.session, name, expression)
        title = ledger.customers.schema.title_field
        found = ledger.customers.columns(title.key if title else "name", *metrics)
    computed = {
        int(number): (frequency, round(float(recency), 2), round(float(age), 2))
        for number, frequency, recency, age in zip(*found.values(), strict=True)
    }
    with (CDNOW / "cdnow_customers_summary.csv").open(encoding="utf-8", newline="") as stream:
        published = {
            int(row["ID"]): (int(row["frequency"]), float(row["recency"]), float(row["T"]))
            for row in csv.DictReader(stream)
        }
    assert len(published) == 2_357
    assert computed == published
