"""RFM of all customers beside SQLite's ntile over an aggregate table.

The ledger is that of ``rules``: 100,000 customers (``CUSTLEDGER_BENCH_CUSTOMERS`` says otherwise) with ten
transactions each. The baseline is one statement with ``ntile(5)`` over recency, frequency and monetary value of an
aggregate table (count, sum, first, last) that is built beforehand and not counted, its rows fetched. Ours reads the
same table, through apsw as custledger-sqlite does, and scores by sorting and bisecting. Beside it, for the record: the
segments ``rfm_score`` and ``rfm``, from the transactions on; both ways must give the same scores, or the script fails.
"""

import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import apsw
from custledger_segments import rfm
from harness import Contest, main
from rules import AGGREGATED, CUSTOMERS, EACH, TODAY, fill

import custledger
from custledger.conventions import FixedClock
from custledger.ledger import Ledger
from custledger.services.segmenting import find_segment, members_of

NTILE = """
SELECT customer, ntile(5) OVER (ORDER BY last), ntile(5) OVER (ORDER BY orders),
       ntile(5) OVER (ORDER BY coalesce(spent, 0))
FROM aggregate
"""
VALUES = "SELECT customer, ? - CAST(julianday(last) + 0.5 AS INTEGER), orders, coalesce(spent, 0) FROM aggregate"
"""With the days since the last order: a Julian day number counts from noon."""
JULIAN = 1_721_425
"""The Julian day number of the day before the first of the calendar."""
COLUMNS = ("recency", "frequency", "monetary")


def contests() -> Iterator[Contest]:
    """Yield the one contest."""
    with tempfile.TemporaryDirectory(prefix="custledger-bench-") as name:
        path = Path(name) / "ledger.db"
        with custledger.open(path, defaults={"zone": "UTC", "currency": "CNY"}) as ledger:
            fill(ledger)
        noon = datetime.fromisoformat(f"{TODAY}T12:00").replace(tzinfo=UTC)
        with custledger.open(path, clock=FixedClock(int(noon.timestamp() * 1000))) as ledger:
            raw = sqlite3.connect(path)
            raw.executescript(AGGREGATED)
            yield _contest(ledger, raw, apsw.Connection(str(path)))
            raw.close()


def _contest(ledger: Ledger, raw: sqlite3.Connection, ours: apsw.Connection) -> Contest:
    def scored() -> list[int | None]:
        rows = ours.execute(VALUES, (date.fromisoformat(TODAY).toordinal() + JULIAN,)).fetchall()
        return rfm.scores({name: [row[place] for row in rows] for place, name in enumerate(COLUMNS, 1)})

    found = members_of(ledger.session, find_segment(ledger.session, "rfm_score")).marks
    if sorted(int(mark) for mark in found.values() if mark is not None) != sorted(filter(None, scored())):
        message = "The segment rfm_score and the scores of the aggregate table differ."
        raise AssertionError(message)

    def by_ntile() -> None:
        raw.execute(NTILE).fetchall()

    def by_groups() -> None:
        scored()

    note = f"{CUSTOMERS:,} customers, {CUSTOMERS * EACH:,} transactions"
    contest = Contest("RFM", baseline="ntile over an aggregate table", rounds=5, note=note)
    contest.add("ntile over an aggregate table", by_ntile)
    contest.add("custledger's groups over that table", by_groups, at_most=0.25, aim=0.1)
    for name in ("rfm_score", "rfm"):
        contest.add(f"custledger segment members {name}", _members(ledger, name))
    return contest


def _members(ledger: Ledger, name: str) -> Callable[[], None]:
    segment = find_segment(ledger.session, name)

    def fetched() -> None:
        members_of(ledger.session, segment)

    return fetched


if __name__ == "__main__":
    main(contests)
