"""Eight rules over customers and their transactions, memberships fetched, beside hand-written SQL.

The shape is fixed: 100,000 customers (``CUSTLEDGER_BENCH_CUSTOMERS`` says otherwise) with ten transactions each over
two years, one customer in ten of them tagged. The baseline is eight statements of the form ``SELECT id FROM customer
LEFT JOIN aggregate … WHERE …`` on the same file, tags through ``EXISTS``; the aggregate table (count, sum, first,
last) is built beforehand and not counted. Both must choose the same customers, or the script fails. DuckDB and polars,
where they are installed, hold just the columns that the rules need in memory, and stand beside for the record.

The second contest adds single transactions: what a write costs more where facts are kept.
"""

import os
import random
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from harness import Contest, main, peak_memory
from points import CHUNK, customer

import custledger
from custledger.changes import Changeset, Creates
from custledger.codec import row_from
from custledger.ledger import Ledger
from custledger.services.writing import load

CUSTOMERS = int(os.environ.get("CUSTLEDGER_BENCH_CUSTOMERS", "100000"))
EACH = 10
ADDED = 200
MOST_MEMORY = 600_000_000
MISSED: list[str] = []
TODAY = "2026-11-22"
TAGS = ("vip", "wholesale", "newsletter")

AGGREGATED = """
CREATE TABLE aggregate AS
SELECT customer, count(DISTINCT number) AS orders, sum(amount) FILTER (WHERE status = 'paid') AS spent,
       min(at) AS first, max(at) AS last
FROM "transaction" WHERE status NOT IN ('cancelled', 'refunded') GROUP BY customer;
CREATE UNIQUE INDEX aggregate_customer ON aggregate (customer);
"""
SOURCE = "SELECT c.id FROM customer AS c LEFT JOIN aggregate AS a ON a.customer = c.id WHERE "
_TAGGED = "EXISTS (SELECT 1 FROM customer__tags AS t WHERE t.record = c.id AND t.folded = '{}' AND t.refused = 0)"

RULES: tuple[tuple[str, str], ...] = (
    (
        "total_spent >= 3000 and last_order > 60 days ago and tag = vip",
        f"coalesce(a.spent, 0) >= 30000000 AND a.last >= '2026-09-24' AND {_TAGGED.format('vip')}",
    ),
    ("last_order < 180 days ago and order_count >= 5", "a.last < '2026-05-26' AND coalesce(a.orders, 0) >= 5"),
    ("first_order > 30 days ago", "a.first >= '2026-10-24'"),
    ("city = 上海 and total_spent > 4000", "c.city = '上海' AND coalesce(a.spent, 0) > 40000000"),
    ("order_count = 1", "coalesce(a.orders, 0) = 1"),
    ("month(birthday) = 11 and status = active", "substr(c.birthday, 6, 2) = '11' AND c.status = 'active'"),
    (
        "tag in (vip, wholesale) or level = A",
        f"({_TAGGED.format('vip')} OR {_TAGGED.format('wholesale')} OR c.level = 'A')",
    ),
    (
        "not tag = newsletter and email ends with @example.com and total_spent > 2000",
        f"NOT {_TAGGED.format('newsletter')} AND c.email LIKE '%@example.com' AND coalesce(a.spent, 0) > 20000000",
    ),
)
"""Each as an expression and as what follows WHERE; a day of the ledger, which is in UTC, begins at midnight."""


def fill(ledger: Ledger) -> None:
    """Load the customers and their transactions."""
    session, dice = ledger.session, random.Random(11)
    operation = session.operation("import")
    system = {"created_at": operation.at, "updated_at": operation.at, "revision": 1}
    people, sales = session.schema("customer"), session.schema("transaction")
    ids: list[int] = []

    def creates(schema: Any, many: list[dict[str, Any]]) -> Changeset:
        first = session.mint.run(len(many))
        rows = [row_from(schema, {"id": first + place, **system, **one}) for place, one in enumerate(many)]
        if schema is people:
            ids.extend(range(first, first + len(many)))
        return Changeset(operation=operation, creates=[Creates.of_rows(schema.name, schema.keys, rows)])

    def chunks(schema: Any, count: int, one: Callable[[int], dict[str, Any]]) -> Iterator[Changeset]:
        for start in range(0, count, CHUNK):
            yield creates(schema, [one(number) for number in range(start, min(start + CHUNK, count))])

    def person(number: int) -> dict[str, Any]:
        tags = (dice.choice(TAGS),) if number % 10 == 0 else None
        return {**customer(number, dice), "tags": tags}

    def sale(number: int) -> dict[str, Any]:
        month, day = dice.randint(1, 24), dice.randint(1, 28)
        year, month = (2025, month) if month <= 12 else (2026, month - 12)
        return {
            "customer": ids[number // EACH],
            "at": f"{year}-{min(month, 11) if year == 2026 else month:02d}-{min(day, 22):02d}T10:00:00.000Z",
            "number": f"N{number // 2}",
            "quantity": 10_000,
            "amount": dice.randint(10_0000, 900_0000),
            "status": dice.choice(("paid", "paid", "paid", "unpaid", "cancelled")),
        }

    for schema, count, one in ((people, CUSTOMERS, person), (sales, CUSTOMERS * EACH, sale)):
        for _ in load(session, chunks(schema, count, one)):
            pass


def contests() -> Iterator[Contest]:
    """Yield the rules, and the write of one transaction."""
    with tempfile.TemporaryDirectory(prefix="custledger-bench-") as name:
        path, bare = Path(name) / "ledger.db", Path(name) / "bare.db"
        with custledger.open(path, defaults={"zone": "UTC", "currency": "CNY"}) as ledger:
            fill(ledger)
        shutil.copyfile(path, bare)  # of which nobody ever asks anything, so that nothing is kept in it
        clock = _Fixed(date.fromisoformat(TODAY))
        with custledger.open(path, clock=clock) as ledger, closing(sqlite3.connect(path)) as raw:
            raw.executescript(AGGREGATED)
            yield _contest(ledger, raw)
        with custledger.open(path) as keeping, custledger.open(bare) as keeping_nothing:
            yield _writing(keeping, keeping_nothing)
        if "--json" not in sys.argv:
            _print_memory(path)


def _writing(keeping: Ledger, keeping_nothing: Ledger) -> Contest:
    """Return the contest of writing single transactions with facts kept, and without."""
    dice = random.Random(5)

    def add(ledger: Ledger) -> None:
        some = ledger.session.store.with_ending(ledger.session.schema("customer"), dice.randrange(97), 97, ADDED)
        transactions = ledger.records("transaction")
        for number in some:
            transactions.add(customer=number, amount=dice.randint(1, 900), status="paid", number="N")

    contest = Contest(f"add {ADDED} transactions, one at a time", baseline="nothing kept", rounds=5)
    contest.add("nothing kept", lambda: add(keeping_nothing))
    contest.add("with facts kept", lambda: add(keeping), at_most=2)
    return contest


ASKING = """
import sys
from datetime import date
sys.path.insert(0, sys.argv[2])
import rules, custledger
with custledger.open(sys.argv[1], clock=rules._Fixed(date.fromisoformat(rules.TODAY))) as ledger:
    ledger.customers.memberships(*(text for text, _ in rules.RULES))
"""


def _print_memory(path: Path) -> None:
    """Print how much memory the rules take at most in a process of their own."""
    peak = peak_memory(ASKING, str(path), str(Path(__file__).parent))
    kept = peak <= MOST_MEMORY
    told = f"{peak / 1e6:.0f} MB, at most {MOST_MEMORY / 1e6:.0f} MB"
    print(f"\npeak memory of the eight rules: {told}  {'kept' if kept else 'MISSED'}", flush=True)
    if not kept:
        MISSED.append(f"peak memory of the eight rules: {told}")


class _Fixed:
    """A clock that stands at noon of a day."""

    def __init__(self, day: date) -> None:
        self._day = day

    def milliseconds(self) -> int:
        """Return the moment, in milliseconds since 1970 UTC."""
        return (self._day.toordinal() - 719_163) * 86_400_000 + 43_200_000


def _contest(ledger: Ledger, raw: sqlite3.Connection) -> Contest:
    customers = ledger.customers

    def by_hand() -> list[set[int]]:
        return [{number for (number,) in raw.execute(SOURCE + where)} for _, where in RULES]

    def ours() -> list[set[int]]:
        return customers.memberships(*(text for text, _ in RULES))

    def one_by_one() -> list[set[int]]:
        return [set(customers.where(text).columns("id")["id"]) for text, _ in RULES]

    for (text, _), chosen, expected in zip(RULES, ours(), by_hand(), strict=True):
        if chosen != expected:
            message = f"{text}: {len(chosen)} customers, and {len(expected)} by hand"
            raise AssertionError(message)
    note = f"{CUSTOMERS:,} customers, {CUSTOMERS * EACH:,} transactions"
    contest = Contest("eight rules, memberships fetched", baseline="SQL over an aggregate table", rounds=3, note=note)
    contest.add("SQL over an aggregate table", lambda: _done(by_hand()))
    contest.add("custledger", lambda: _done(ours()), at_most=0.4, aim=0.2)
    contest.add("custledger, one rule after the other", lambda: _done(one_by_one()))
    for engine, run in _engines(raw):
        for (text, _), chosen, expected in zip(RULES, run(), by_hand(), strict=True):
            if chosen != expected:
                message = f"{engine}: {text}: {len(chosen)} customers, and {len(expected)} by hand"
                raise AssertionError(message)
        contest.add(engine, lambda run=run: _done(run()))  # type: ignore[misc]
    return contest


def _engines(raw: sqlite3.Connection) -> Iterator[tuple[str, Callable[[], list[set[int]]]]]:
    """Yield engines that hold the same tables in memory, for the record, as far as they are installed."""
    if find_spec("duckdb") is None or find_spec("polars") is None:
        return
    duckdb, polars = import_module("duckdb"), import_module("polars")
    tables = {
        "customer": "SELECT id, city, level, status, birthday, email FROM customer",
        "customer__tags": "SELECT record, folded, refused FROM customer__tags",
        "aggregate": "SELECT customer, orders, spent, first, last FROM aggregate",
    }
    frames = {name: polars.read_database(query, raw, infer_schema_length=None) for name, query in tables.items()}
    database = duckdb.connect()
    with tempfile.TemporaryDirectory(prefix="custledger-bench-") as name:
        for table, frame in frames.items():
            frame.write_csv(Path(name) / f"{table}.csv")
            read = f"SELECT * FROM read_csv('{name}/{table}.csv', all_varchar = true)"  # noqa: S608 - names of this file
            database.execute(f"CREATE TABLE {table} AS {read}")
            numbers = [column for column, kind in frame.schema.items() if kind.is_integer()]
            for column in numbers:
                database.execute(f"ALTER TABLE {table} ALTER {column} TYPE BIGINT")

    def with_duckdb() -> list[set[int]]:
        return [{number for (number,) in database.execute(SOURCE + where).fetchall()} for _, where in RULES]

    yield "DuckDB, loaded", with_duckdb
    context = polars.SQLContext(frames)

    def with_polars() -> list[set[int]]:
        asked = (SOURCE + _without_exists(where) for _, where in RULES)
        return [set(context.execute(sql, eager=True)["id"].to_list()) for sql in asked]

    yield "polars, loaded", with_polars


def _without_exists(where: str) -> str:
    """Return a condition as polars understands it, which knows no EXISTS."""
    for tag in TAGS:
        listed = f"c.id IN (SELECT record FROM customer__tags WHERE folded = '{tag}' AND refused = 0)"  # noqa: S608 - as above
        where = where.replace(_TAGGED.format(tag), listed)
    return where


def _done(_fetched: list[set[int]]) -> None:
    """Let go of what was fetched: a contestant that returns something is taken at its word for its time."""


if __name__ == "__main__":
    main(contests, missed=MISSED)
