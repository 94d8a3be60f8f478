"""Files that nobody here wrote come in whole: UCI online retail and CDNOW."""

import csv
import random
import re
import subprocess
from collections import Counter
from decimal import Decimal
from pathlib import Path

import custledger_csv
import custledger_sales
import custledger_sqlite
import pytest
from custledger_sales.check import RETURNED

from custledger.conventions import FixedClock
from custledger.plugins import Plugins
from custledger.services.importing import import_file
from custledger.services.opening import open_session
from custledger.services.selecting import Selection

ROOT = Path(__file__).parents[3]
DATA = ROOT / "../shared/data"
RETAIL = sorted((DATA / "online-retail").glob("or_*.csv"))
CDNOW = DATA / "cdnow/CDNOW_master.txt"


@pytest.fixture
def session(tmp_path):
    plugins = Plugins.of(csv=custledger_csv, sales=custledger_sales, sqlite=custledger_sqlite)
    made = open_session(
        f"sqlite:{tmp_path / 'ledger.db'}",
        plugins=plugins,
        clock=FixedClock(1_795_348_800_000),
        source=random.Random(7),
        actor="tester",
        defaults={"zone": "UTC", "currency": "GBP"},
    )
    yield made
    made.close()


def columns(session, record_type, *keys):
    places = [session.schema(record_type).positions[key] for key in keys]
    return [tuple(row[place] for place in places) for row in Selection(session, record_type).rows()]


@pytest.mark.skipif(len(RETAIL) != 16, reason="the online retail files are not beside the project")
def test_online_retail_comes_in_with_its_customers_and_nothing_is_lost(session, tmp_path):
    lines, lost, cancelled, people, value = 0, [], 0, set(), Decimal(0)
    done: Counter[str] = Counter()
    for path in RETAIL:
        with path.open(encoding="utf-8", newline="") as stream:
            file = list(csv.DictReader(stream))
        lines += len(file)
        lost += [tuple(row.values()) for row in file if not row["CustomerID"]]
        kept = [row for row in file if row["CustomerID"]]
        cancelled += sum(row["InvoiceNo"].startswith("C") for row in kept)
        people |= {row["CustomerID"].removesuffix(".0") for row in kept}
        value += sum(Decimal(row["UnitPrice"]) * int(row["Quantity"]) for row in kept)
        report = import_file(
            session, str(path), "transaction", create=["customer"], rejects=str(tmp_path / "rejected.csv")
        )
        assert report.unmapped == ("Country",)
        done.update(
            rows=report.rows, added=report.added, rejected=report.rejected, created=report.created.get("customer", 0)
        )
        done.update(warned=sum(one.times for one in report.warnings if one.message == RETURNED))
    assert done == {
        "rows": lines,
        "added": lines - len(lost),
        "rejected": len(lost),
        "created": len(people),
        "warned": cancelled,
    }
    found = columns(session, "transaction", "number", "quantity", "amount", "status")
    assert len(found) == lines - len(lost)
    assert Decimal(sum(amount for _, _, amount, _ in found)) / 10_000 == value
    assert sum(status == "cancelled" for *_, status in found) == cancelled
    assert {code for (code,) in columns(session, "customer", "code")} == people
    rejected = []
    for path in tmp_path.glob("rejected*.csv"):
        with custledger_csv.CSV_READER.open(path) as table:
            rejected += [tuple(cells[1:]) for _, cells in table.rows()]
    assert Counter(rejected) == Counter(lost)


@pytest.mark.skipif(not CDNOW.exists(), reason="the CDNOW files are not beside the project")
def test_cdnow_comes_in_after_one_line_of_conversion_with_the_published_totals(session, tmp_path):
    guide = (ROOT / "docs/guides/import.md").read_text("utf-8")
    script, maps = (
        re.findall(r"sed '(.+?)' CDNOW_master", guide)[0],
        re.findall(r"--map (\w+=\w+)", guide.split("cdnow.csv --as")[1]),
    )
    table = tmp_path / "cdnow.csv"
    with table.open("wb") as converted:
        subprocess.run(["sed", script, str(CDNOW)], stdout=converted, check=True)
    report = import_file(session, str(table), "transaction", create=["customer"], maps=maps[:3])
    assert (report.rows, report.added, report.rejected, dict(report.created)) == (
        69_659,
        69_659,
        0,
        {"customer": 23_570},
    )
    found = columns(session, "transaction", "customer", "at", "quantity", "amount")
    assert sum(quantity for _, _, quantity, _ in found) == 167_881 * 10_000
    assert sum(amount for *_, amount in found) == 25_003_156_300
    assert sum(amount == 0 for *_, amount in found) == 80
    assert len(found) - len(set(found)) == 255
    assert (min(at for _, at, _, _ in found)[:10], max(at for _, at, _, _ in found)[:10]) == (
        "1997-01-01",
        "1998-06-30",
    )
    assert len({customer for customer, *_ in found}) == 23_570
    assert ("00001",) in columns(session, "customer", "code")
