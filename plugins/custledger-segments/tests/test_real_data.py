"""On purchases that nobody here invented, RFM gives what pandas computes by itself."""

import re
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import custledger
from custledger.services.defining import add_metric
from custledger.services.segmenting import find_segment, members_of

RETAIL = sorted((Path(__file__).parents[3] / "../shared/data/online-retail").glob("or_*.csv"))
DAY = date(2011, 12, 10)
"""The day after the last of the files."""

NAMES = {
    r"11": "lost", r"12|2[12]": "hibernating", r"1[45]": "cannot_lose", r"13|2[345]": "at_risk", r"3[12]": "about_to_sleep",
    r"33": "need_attention", r"[34][45]": "loyal", r"41": "promising", r"51": "new", r"[45][23]": "potential_loyalist",
    r"5[45]": "champion",
}  # fmt: skip
"""The names by recency, and by the mean of frequency and monetary value, as people write that table in Python."""


def by_pandas(pandas: Any) -> Any:
    """Return the scores and the names by customer, from the files alone."""
    lines = pandas.concat([pandas.read_csv(path, dtype={"InvoiceNo": str}) for path in RETAIL])
    lines = lines[lines["CustomerID"].notna()]
    lines = lines[~(lines["InvoiceNo"].str.startswith("C") & (lines["Quantity"] < 0))]
    lines["cents"] = (lines["UnitPrice"] * 100).round().astype("int64") * lines["Quantity"]
    lines["day"] = pandas.to_datetime(lines["InvoiceDate"]).dt.normalize()
    by_customer = lines.groupby(lines["CustomerID"].astype("int64").astype(str))
    frame = pandas.DataFrame(
        {
            "recency": (pandas.Timestamp(DAY) - by_customer["day"].max()).dt.days,
            "frequency": by_customer["InvoiceNo"].nunique(),
            "monetary": by_customer["cents"].sum(),
        }
    )
    fifths = {
        column: sum((frame[column] > frame[column].quantile(number / 5)).astype(int) for number in range(1, 5)) + 1
        for column in frame
    }
    assert (fifths["monetary"] == pandas.qcut(frame["monetary"], 5, labels=[1, 2, 3, 4, 5]).astype(int)).all()
    frame["score"] = (6 - fifths["recency"]) * 100 + fifths["frequency"] * 10 + fifths["monetary"]
    mean = ((fifths["frequency"] + fifths["monetary"]) / 2 + 0.5).astype(int)
    cells = (6 - fifths["recency"]).astype(str) + mean.astype(str)
    frame["name"] = [next(name for pattern, name in NAMES.items() if re.fullmatch(pattern, cell)) for cell in cells]
    return frame


@pytest.mark.skipif(len(RETAIL) != 16, reason="the online retail files are not beside the project")
def test_rfm_of_the_online_retail_days_is_what_pandas_computes(tmp_path: Path) -> None:
    pandas = pytest.importorskip("pandas", reason="pandas, with which RFM is compared, is not installed")
    pytest.importorskip("custledger_sales", reason="custledger-sales, which brings purchases, is not installed")
    pytest.importorskip("custledger_csv", reason="custledger-csv is not installed")
    expected = by_pandas(pandas)
    with custledger.open(tmp_path / "l.db", defaults={"zone": "UTC", "currency": "GBP"}, as_of=DAY) as ledger:
        for path in RETAIL:
            ledger.import_file(path, "transaction", create=["customer"], rejects=tmp_path / f"{path.stem}.rejected.csv")
        session = ledger.session
        # The files do not say what was paid; the guide to the standard segments has this metric for such.
        add_metric(session, "rfm_monetary", "sum(transactions.amount where status not in (cancelled, refunded))")
        code = {one.id: one.code for one in ledger.customers}
        marks = {name: members_of(session, find_segment(session, name)).marks for name in ("rfm", "rfm_score")}
    scores = {code[number]: int(Decimal(score)) for number, score in marks["rfm_score"].items() if score is not None}
    assert len(scores) > 1_000
    assert scores == dict(expected["score"])
    assert {code[number]: name for number, name in marks["rfm"].items()} == dict(expected["name"])
    assert set(expected["name"]) == set(NAMES.values())
