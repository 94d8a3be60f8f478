"""A ledger in a folder of CSV, of 100,000 customers with 25 columns, beside csv.reader and csv.writer.

The customers are those of ``import_csv``. Opening is measured up to the first record that is read by its id, which is
when all of the sheet is known. The baseline reads the same file with ``csv.reader``, and for a save writes its cells
with ``csv.writer`` into a file beside it, flushes it to the disk, and renames it.
"""

import csv
import os
import random
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from harness import Contest, main
from import_csv import COLUMNS, ROWS, make_rows

import custledger


def _filled(folder: Path) -> tuple[Path, str]:
    """Make a ledger of ``ROWS`` customers, and return its file of them, and one of their ids."""
    source = folder / "source.csv"
    with source.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(COLUMNS)
        writer.writerows(make_rows(ROWS))
    with custledger.open(f"csv:{folder / 'ledger'}") as ledger:
        ledger.import_file(str(source), "customer")
        (one,) = ledger.customers.limit(1)
    return folder / "ledger" / "customers.csv", one.ref


def contests() -> Iterator[Contest]:
    """Yield the contests: opening, opening after a hand edit, and saving one edit."""
    with tempfile.TemporaryDirectory() as made:
        file, ref = _filled(Path(made))
        yield _opening(file, ref)
        yield _taking_in(file, ref)
        yield _saving(file, ref)


def _read(file: Path) -> list[list[str]]:
    with file.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.reader(stream))


def _open(file: Path, ref: str) -> Any:
    with custledger.open(f"csv:{file.parent}", create=False) as ledger:
        return ledger.customers.get(ref)


def _opening(file: Path, ref: str) -> Contest:
    contest = Contest("open a CSV ledger", baseline="csv.reader", note=f"{ROWS:,} customers", rounds=7)
    contest.add("csv.reader", lambda: len(_read(file)) and None)
    contest.add("custledger", lambda: _open(file, ref) and None, at_most=3)
    return contest


def _taking_in(file: Path, ref: str) -> Contest:
    source = random.Random(7)

    def edit() -> None:
        """Change one name and one city by hand, wherever they are."""
        with file.open(encoding="utf-8-sig", newline="") as stream:
            lines = stream.read().split("\r\n")
        for _ in range(2):
            place = source.randrange(1, ROWS)
            cells = lines[place].split(",")
            lines[place] = ",".join([cells[0], f"{cells[1]}{source.randrange(10)}", *cells[2:]])
        file.write_text("\r\n".join(lines), "utf-8-sig", newline="")

    contest = Contest("open a CSV ledger that was edited by hand", baseline="csv.reader", note="two cells", rounds=7)
    contest.add("csv.reader", lambda: len(_read(file)) and None)
    contest.add("custledger", lambda: _open(file, ref) and None, setup=edit)
    return contest


def _saving(file: Path, ref: str) -> Contest:
    rows = _read(file)
    ledger = custledger.open(f"csv:{file.parent}", create=False)
    cities = iter(range(1_000_000))

    def write_once() -> None:
        beside = file.with_suffix(".beside")
        with beside.open("w", encoding="utf-8-sig", newline="") as stream:
            csv.writer(stream).writerows(rows)
            stream.flush()
            os.fsync(stream.fileno())
        beside.replace(file.with_suffix(".copy"))

    def edit() -> None:
        ledger.customers.edit(ref, city=f"City {next(cities)}")

    contest = Contest("save one edit", baseline="csv.writer", note=f"{ROWS:,} customers", rounds=7, close=ledger.close)
    contest.add("csv.writer", write_once)
    contest.add("custledger", edit, at_most=1.5)
    return contest


if __name__ == "__main__":
    main(contests)
