"""Importing a CSV of 100,000 customers with 25 columns, beside csv.reader into executemany.

The input is invented, seeded and always the same: texts in Chinese and English, choices, dates, phones, e-mails; one
row in five has tags.
The baseline reads the same file with ``csv.reader`` into one SQLite table with ``executemany``: no check, no index,
no log. Ours checks every value, mints ids, logs a digest a row and keeps the indexes; "with search terms" is the
customer type as it is, "without" the same fields in a type of which none is searchable.

After the contest it prints the most memory that an import of 100,000 and of 400,000 rows held, each in a process of
its own.
"""

import csv
import random
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs
from harness import Contest, main, peak_memory

from custledger.fields import METADATA_KEY, Kind, Spec
from custledger.hookspecs import hookimpl
from custledger.plugins import Plugins
from custledger.records import Customer, Record, record_type
from custledger.schema import Schema
from custledger.services.importing import import_file
from custledger.services.opening import open_session

ROWS = 100_000
SEED = 20_261_122
COLUMNS = (
    "code",
    "name",
    "kind",
    "type",
    "status",
    "stage",
    "level",
    "contact_name",
    "gender",
    "birthday",
    "phone",
    "email",
    "wechat",
    "province",
    "city",
    "district",
    "address",
    "postal_code",
    "industry",
    "size",
    "source",
    "owner",
    "consent",
    "notes",
    "tags",
)
MEMORY_ALLOWED = 1.15
"""How much more memory four times the rows may take."""

_SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜"
_GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰文辉力鑫宇浩然子轩梓涵欣怡佳琪"
_CITIES = (
    ("上海", "上海"),
    ("北京", "北京"),
    ("江苏", "南京"),
    ("江苏", "苏州"),
    ("浙江", "杭州"),
    ("浙江", "宁波"),
    ("广东", "广州"),
    ("广东", "深圳"),
    ("四川", "成都"),
    ("湖北", "武汉"),
    ("陕西", "西安"),
    ("山东", "青岛"),
)
_DISTRICTS = ("新城区", "东湖区", "南山区", "西山区", "北林区", "高新区", "开发区", "鼓楼区")
_ROADS = ("人民路", "解放路", "中山路", "建设路", "和平路", "长江路", "黄河路", "文化路", "学院路", "朝阳路")
_INDUSTRIES = ("制造", "零售", "软件", "教育", "医疗", "餐饮", "物流", "建筑", "金融", "农业")
_TAGS = (*[""] * 16, "vip", "vip; 老客户", "trial", "wholesale; vip")
_WORDS = (
    "likes",
    "green",
    "tea",
    "call",
    "after",
    "lunch",
    "prefers",
    "invoice",
    "by",
    "mail",
    "old",
    "friend",
    "喜欢",
    "红茶",
    "下午",
    "回访",
    "开票",
    "折扣",
    "老客户",
    "介绍",
    "续约",
    "样品",
)


def make_rows(count: int) -> Iterator[list[str]]:
    """Yield invented customers, one a row, in the order of ``COLUMNS``; the same ones every time."""
    source = random.Random(SEED)
    pick, number = source.choice, source.randrange
    for index in range(count):
        name = pick(_SURNAMES) + pick(_GIVEN) + pick(_GIVEN)
        province, city = pick(_CITIES)
        yield [
            f"K{index:07d}",
            name,
            pick(("person", "company")),
            pick(("key", "sme", "potential")),
            pick(("new", "active", "paused", "lost")),
            pick(("lead", "prospect", "customer")),
            pick("ABC"),
            pick(_SURNAMES) + pick(_GIVEN),
            pick(("female", "male")),
            f"{number(1950, 2006)}-{number(1, 13):02d}-{number(1, 29):02d}",
            f"138{number(100_000_000):08d}",
            f"user{index}@example.com",
            f"wx_{number(1 << 32):08x}",
            province,
            city,
            pick(_DISTRICTS),
            f"{pick(_ROADS)}{number(1, 2000)}号{number(1, 40)}室",
            f"{number(100_000, 860_000)}",
            pick(_INDUSTRIES),
            pick(("1-10", "11-50", "51-200", "201-1000")),
            pick(("web", "referral", "fair", "phone")),
            f"sales{number(40)}",
            pick(("yes", "no")),
            " ".join(pick(_WORDS) for _ in range(6)),
            pick(_TAGS),
        ]


def write_input(path: Path, count: int) -> None:
    """Write the input file."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(COLUMNS)
        writer.writerows(make_rows(count))


def unsearchable() -> type[Record]:
    """Return a record type with the fields of the input, none of which is searchable."""
    parts: dict[str, Any] = {"__annotations__": dict.fromkeys(COLUMNS, Any)}
    for key in COLUMNS:
        spec: Spec = attrs.evolve(Schema.of(Customer).by_key[key].spec, searchable=False)
        empty: Any = frozenset() if spec.kind is Kind.TAGS else None
        parts[key] = attrs.field(default=empty, metadata={METADATA_KEY: spec})
    made = type("Bare", (Record,), parts)
    return record_type("bare", plural="bares", prefix="BARE", en="Bare customer", zh="无检索客户")(made)


class BarePlugin:
    """Brings the record type without search terms."""

    bare = unsearchable()

    @hookimpl
    def custledger_record_types(self) -> list[type[Record]]:
        """Return the type."""
        return [self.bare]


def plugins() -> Plugins:
    """Return the plugins that the benchmark needs."""
    import custledger_csv  # as an installed plugin would be: when it is needed
    import custledger_sqlite

    return Plugins.of(csv=custledger_csv, sqlite=custledger_sqlite, bare=BarePlugin())


def import_ours(source: Path, folder: Path, record: str, rows: int) -> None:
    """Import the file into a new ledger, and make sure that every row is there."""
    session = open_session(f"sqlite:{folder / 'ledger.db'}", plugins=plugins())
    try:
        report = import_file(session, str(source), record)
    finally:
        session.close()
    if report.added != rows or report.rejected:
        raise AssertionError(f"{report.added} of {rows} rows were added, {report.rejected} rejected")


def import_bare(source: Path, folder: Path) -> None:
    """Read the file into one table with ``executemany``."""
    database = sqlite3.connect(folder / "base.db")
    columns = ", ".join(f'"{key}"' for key in COLUMNS)
    database.execute(f"CREATE TABLE customer ({columns})")
    marks = ", ".join("?" for _ in COLUMNS)
    with source.open(encoding="utf-8", newline="") as stream:
        reader = csv.reader(stream)
        next(reader)
        with database:
            database.executemany(f"INSERT INTO customer VALUES ({marks})", reader)  # noqa: S608 - our own columns
    database.close()


def contests() -> Iterator[Contest]:
    """Yield the one contest."""
    with tempfile.TemporaryDirectory() as place:
        source, folder = Path(place) / "customers.csv", Path(place) / "run"
        folder.mkdir()
        write_input(source, ROWS)

        def empty_folder() -> None:
            for path in folder.iterdir():
                path.unlink()

        base = "csv.reader into executemany"
        contest = Contest(
            f"import {ROWS:,} customers, {len(COLUMNS)} columns",
            baseline=base,
            rounds=5,
            note=f"{source.stat().st_size / 1e6:.1f} MB; checked, logged, indexed",
        )
        contest.add(base, lambda: import_bare(source, folder), setup=empty_folder)
        contest.add(
            "custledger, without search terms",
            lambda: import_ours(source, folder, "bare", ROWS),
            setup=empty_folder,
            at_most=3.5,
            aim=2.5,
        )
        contest.add(
            "custledger, with search terms",
            lambda: import_ours(source, folder, "customer", ROWS),
            setup=empty_folder,
            at_most=5,
            aim=4,
        )
        yield contest


MEASURED = """
import sys, tempfile
from pathlib import Path
sys.path.insert(0, sys.argv[2])
import import_csv
with tempfile.TemporaryDirectory() as place:
    source = Path(place) / "customers.csv"
    import_csv.write_input(source, int(sys.argv[1]))
    import_csv.import_ours(source, Path(place), "customer", int(sys.argv[1]))
"""


def print_memory() -> list[str]:
    """Print the peak memory at 100,000 and at 400,000 rows, and return a line if it grows with the file."""
    here = str(Path(__file__).parent)
    small, large = (peak_memory(MEASURED, str(rows), here) for rows in (ROWS, 4 * ROWS))
    kept = large <= MEMORY_ALLOWED * small
    print(
        f"\npeak memory: {small / 1e6:.0f} MB at {ROWS:,} rows, {large / 1e6:.0f} MB at {4 * ROWS:,} rows: "
        f"{large / small:.2f}×  {'kept' if kept else 'MISSED'}: at most {MEMORY_ALLOWED}×"
    )
    return [] if kept else [f"peak memory: {large / small:.2f}×, at most {MEMORY_ALLOWED}×"]


if __name__ == "__main__":
    main(contests, missed=[] if "--json" in sys.argv else print_memory())
