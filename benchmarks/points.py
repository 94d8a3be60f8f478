"""Single reads, writes and searches of one SQLite ledger, beside the same work on Python's own sqlite3.

The shapes are fixed: 100,000 customers with 25 filled fields, the same rows in both files; reads and edits of
customers picked by a fixed seed; a search for a two-character Chinese name that eleven customers have; 400 customers
added one at a time, by one process and by eight.
"""

import functools
import json
import multiprocessing
import random
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

from harness import Contest, main

import custledger
from custledger.changes import Changeset, Creates
from custledger.codec import row_from
from custledger.ledger import Ledger
from custledger.schema import Row
from custledger.services.writing import load

CUSTOMERS = 100_000
CHUNK = 5_000
READS = 2_000
EDITS = 200
SEARCHES = 10
ADDED = 1600
PROCESSES = 8
RARE_NAME = "欧阳"
RARE_EVERY = CUSTOMERS // 11

SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰文辉鹏宇晨"
CITIES = ("上海", "北京", "广州", "深圳", "杭州", "成都", "武汉", "西安", "南京", "重庆")
ENGLISH = ("Amber", "Birch", "Cedar", "Delta", "Ember", "Fjord", "Grove", "Harbor", "Indigo", "Juniper")


def customer(number: int, dice: random.Random) -> dict[str, Any]:
    """Return the plain values of one invented customer: 25 fields, none of them empty."""
    name = dice.choice(SURNAMES) + "".join(dice.choices(GIVEN, k=2))
    if number % RARE_EVERY == 0:
        name = RARE_NAME + name[1:]
    word = dice.choice(ENGLISH)
    return {
        "name": name,
        "code": f"K{number:07d}",
        "kind": dice.choice(("person", "company")),
        "type": dice.choice(("key", "sme", "potential")),
        "status": dice.choice(("new", "active", "paused", "lost")),
        "stage": dice.choice(("lead", "prospect", "customer")),
        "level": dice.choice("ABC"),
        "priority": dice.choice(("high", "medium", "low")),
        "contact_name": dice.choice(SURNAMES) + dice.choice(GIVEN),
        "job_title": dice.choice(("经理", "主管", "Buyer", "Director")),
        "gender": dice.choice(("female", "male")),
        "birthday": f"{dice.randint(1950, 2005)}-{dice.randint(1, 12):02d}-{dice.randint(1, 28):02d}",
        "phone": f"1380000{number % 10_000:04d}",
        "email": f"{word.lower()}{number}@example.com",
        "wechat": f"{word.lower()}_{number}",
        "country": "中国",
        "province": dice.choice(CITIES),
        "city": dice.choice(CITIES),
        "address": f"{dice.choice(CITIES)}路{dice.randint(1, 999)}号",
        "industry": dice.choice(("零售", "制造", "Software", "餐饮")),
        "source": dice.choice(("web", "展会", "referral")),
        "owner": dice.choice(("mei", "lin", "sam")),
        "website": f"https://{word.lower()}{number}.example",
        "consent": dice.randint(0, 1),
        "notes": f"{word} 第{number}号，{dice.choice(CITIES)}来的客户",
    }


def fill(ledger: Ledger) -> list[Row]:
    """Load the customers into a ledger and return their rows."""
    session, dice = ledger.session, random.Random(11)
    schema = session.schema("customer")
    operation = session.operation("import")
    kept: list[Row] = []

    def chunks() -> Iterator[Changeset]:
        for start in range(0, CUSTOMERS, CHUNK):
            run = session.mint.run(CHUNK)
            system = {"created_at": operation.at, "updated_at": operation.at, "revision": 1}
            rows = [
                row_from(schema, {"id": run + place, **system, **customer(start + place, dice)})
                for place in range(CHUNK)
            ]
            kept.extend(rows)
            yield Changeset(operation=operation, creates=[Creates.of_rows("customer", schema.keys, rows)])

    for _ in load(session, chunks()):
        pass
    return kept


def twin(path: Path, keys: tuple[str, ...], rows: list[Row]) -> sqlite3.Connection:
    """Return a connection of Python's own sqlite3 to a file with the same rows in one table, and a bare log."""
    raw = sqlite3.connect(path, isolation_level=None)
    raw.execute("PRAGMA journal_mode = WAL")
    raw.execute("PRAGMA synchronous = FULL")
    columns = ", ".join(f'"{key}"' for key in keys if key != "id")
    raw.execute(f"CREATE TABLE customer (id INTEGER PRIMARY KEY, {columns})")
    raw.execute("CREATE TABLE log (id INTEGER PRIMARY KEY, record INTEGER, at TEXT, before TEXT)")
    marks = ", ".join("?" * len(keys))
    raw.execute("BEGIN")
    raw.executemany(f"INSERT INTO customer (id, {columns}) VALUES ({marks})", rows)  # noqa: S608 - the schema's own keys
    raw.execute("COMMIT")
    return raw


INDEXED = ("created_at", "name", "status", "phone", "city", "referred_by", "owner")


def indexed_twin(path: Path, keys: tuple[str, ...], rows: list[Row]) -> sqlite3.Connection:
    """Return a twin that has the indexes which the ledger keeps, and finds the log of one record."""
    raw = twin(path, keys, rows)
    for key in INDEXED:
        raw.execute(f'CREATE INDEX "customer_{key}" ON customer ("{key}")')
    raw.execute("CREATE UNIQUE INDEX customer_code ON customer (code)")
    raw.execute("CREATE INDEX log_record ON log (record)")
    return raw


def reading(ledger: Ledger, raw: sqlite3.Connection, ids: list[int]) -> Contest:
    """Return the contest of reading single customers by their ids."""
    contest = Contest("get one customer by id", baseline="sqlite3", rounds=7, note=f"{READS:,} of {CUSTOMERS:,}")
    session = ledger.session

    def bare() -> None:
        for number in ids:
            raw.execute("SELECT * FROM customer WHERE id = ?", (number,)).fetchone()

    def rows() -> None:
        for number in ids:
            session.get("customer", [number])

    def records() -> None:
        customers = ledger.customers
        for number in ids:
            customers.get(number)

    contest.add("sqlite3", bare)
    contest.add("custledger, a row", rows, at_most=2.5)
    contest.add("custledger, a record", records)
    return contest


def editing(ledger: Ledger, raw: sqlite3.Connection, indexed: sqlite3.Connection, ids: list[int]) -> Contest:
    """Return the contest of single edits, each logged and on disk before the next.

    The baseline is bare: its table has no index, and its log says nothing of what was. ``indexed`` has the ledger's
    indexes, and its log the old value, which is what a program written by hand would need to do as much.
    """
    contest = Contest(
        "edit one customer, logged", baseline="sqlite3", rounds=7, note=f"{EDITS} commits, synchronous=FULL"
    )
    counter = iter(range(10**9))
    customers = ledger.customers

    def bare() -> None:
        for number in ids:
            raw.execute("BEGIN IMMEDIATE")
            owner = f"owner {next(counter)}"
            raw.execute("UPDATE customer SET owner = ?, revision = revision + 1 WHERE id = ?", (owner, number))
            raw.execute("INSERT INTO log (record, at, before) VALUES (?, ?, ?)", (number, "2026-11-22", "{}"))
            raw.execute("COMMIT")

    def by_hand() -> None:
        for number in ids:
            indexed.execute("BEGIN IMMEDIATE")
            ((before,),) = indexed.execute("SELECT owner FROM customer WHERE id = ?", (number,))
            owner = f"owner {next(counter)}"
            indexed.execute("UPDATE customer SET owner = ?, revision = revision + 1 WHERE id = ?", (owner, number))
            old = json.dumps({"owner": before}, ensure_ascii=False)
            indexed.execute("INSERT INTO log (record, at, before) VALUES (?, ?, ?)", (number, "2026-11-22", old))
            indexed.execute("COMMIT")

    def owners() -> None:
        for number in ids:
            customers.edit(number, owner=f"owner {next(counter)}")

    def notes() -> None:
        for number in ids:
            customers.edit(number, notes=f"note {next(counter)}")

    contest.add("sqlite3", bare)
    contest.add("sqlite3, with the same indexes and old values", by_hand)
    contest.add("custledger", owners, at_most=2.0, aim=1.3)
    contest.add("custledger, a searched field", notes)
    return contest


def searching(ledger: Ledger, raw: sqlite3.Connection, *, after_edits: bool = False) -> Contest:
    """Return the contest of finding a two-character Chinese name, with the index as a load or as edits leave it."""
    contest = Contest(
        "search a two-character Chinese name" + (", after single edits" if after_edits else ""),
        baseline="LIKE over the name",
        rounds=7,
        note=f"{SEARCHES} times among {CUSTOMERS:,} customers",
    )
    session = ledger.session

    def like() -> int:
        return len(raw.execute("SELECT id FROM customer WHERE name LIKE ?", (f"%{RARE_NAME}%",)).fetchall())

    def hits() -> int:
        return len(session.view.search(RARE_NAME, [session.schema("customer")], 100))

    def records() -> int:
        return len(ledger.search(RARE_NAME, limit=100))

    if not like() == hits() == records():
        message = f"LIKE finds {like()} customers, custledger {hits()} and {records()}"
        raise AssertionError(message)
    contest.add("LIKE over the name", lambda: repeat(like))
    contest.add("custledger, every searched field", lambda: repeat(hits), at_most=None if after_edits else 0.01)
    contest.add("custledger, every type, as records", lambda: repeat(records))
    return contest


def repeat(search: Callable[[], int]) -> None:
    """Search as often as one round of the contest does."""
    for _ in range(SEARCHES):
        search()


def sharing(folder: Path) -> Contest:
    """Return the contest of adding single customers from one process and from several."""
    contest = Contest(
        f"{PROCESSES} processes add single customers",
        baseline="one process",
        rounds=5,
        note=f"{ADDED} customers in all; 1.25× the time is 0.8× the rate",
    )
    contest.add("one process", functools.partial(add_from, 1, folder))
    contest.add(f"{PROCESSES} processes", functools.partial(add_from, PROCESSES, folder), at_most=1.25)
    return contest


def add_from(processes: int, folder: Path) -> float:
    """Add customers from so many processes at once and return the seconds it took from the first to the last."""
    with tempfile.TemporaryDirectory(dir=folder) as place:
        url = str(Path(place) / "shared.db")
        custledger.open(url).close()
        context = multiprocessing.get_context("spawn")
        ready, done = context.Barrier(processes + 1), context.Barrier(processes + 1)
        workers = [
            context.Process(target=add_some, args=(url, number, ADDED // processes, ready, done))
            for number in range(processes)
        ]
        for worker in workers:
            worker.start()
        ready.wait(timeout=120)
        start = time.perf_counter()
        done.wait(timeout=120)
        elapsed = time.perf_counter() - start
        for worker in workers:
            worker.join()
        with custledger.open(url, read_only=True) as ledger:
            if len(ledger.customers) != ADDED + processes:
                message = f"{ADDED + processes - len(ledger.customers)} customers were lost"
                raise AssertionError(message)
    return elapsed


def add_some(url: str, number: int, count: int, ready: Barrier, done: Barrier) -> None:
    """Add customers one at a time, between two barriers; the work of one process."""
    with custledger.open(url) as ledger:
        customers = ledger.customers
        # A process that is up and running is what is measured, not what it imports for its first write.
        customers.add(name="first")
        ready.wait()
        for place in range(count):
            customers.add(name=f"客户{number}-{place}", code=f"W{number}-{place}", city="上海")
        done.wait()


def contests() -> Iterator[Contest]:
    """Yield the contests, all on one pair of files."""
    with tempfile.TemporaryDirectory(prefix="custledger-bench-") as name:
        folder = Path(name)
        with custledger.open(folder / "ledger.db") as ledger:
            rows = fill(ledger)
            keys = ledger.customers.schema.keys
            raw = twin(folder / "raw.db", keys, rows)
            dice = random.Random(7)
            yield reading(ledger, raw, [row[0] for row in dice.choices(rows, k=READS)])
            yield searching(ledger, raw)
            indexed = indexed_twin(folder / "indexed.db", keys, rows)
            yield editing(ledger, raw, indexed, [row[0] for row in dice.choices(rows, k=EDITS)])
            for row in dice.choices(rows, k=EDITS):
                ledger.customers.edit(row[0], notes=f"note {row[0]}")
            yield searching(ledger, raw, after_edits=True)
            raw.close()
            indexed.close()
        yield sharing(folder)


if __name__ == "__main__":
    main(contests)
