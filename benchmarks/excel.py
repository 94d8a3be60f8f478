"""Writing and reading a workbook of 100,000 customers with 25 columns, beside openpyxl.

The customers are those of ``import_csv``. The baseline of writing is openpyxl's write-only mode with the same texts in
bare cells; ours makes days of days, and adds lists to choose from, checks, colours and widths. The baseline of reading
is openpyxl's ``load_workbook`` and a look at every cell; its read-only mode stands beside for the record. Ours yields
the same texts, once it has looked at the file for bombs and for error values.
"""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import openpyxl
from custledger_excel.columns import Column
from custledger_excel.reading import open_excel
from custledger_excel.sheets import Sheet
from custledger_excel.styled import write_workbook
from harness import Contest, main
from import_csv import COLUMNS, make_rows

from custledger.conventions import Conventions
from custledger.records import Customer
from custledger.schema import Schema

ROWS = int(os.environ.get("CUSTLEDGER_BENCH_ROWS", "100000"))
ROUNDS = 3
WRITE_AT_MOST, READ_AT_MOST = 0.8, 0.15


def contests() -> Iterator[Contest]:
    """Yield the contests."""
    with tempfile.TemporaryDirectory() as folder:
        yield from _contests(Path(folder))


def _contests(folder: Path) -> Iterator[Contest]:
    rows = list(make_rows(ROWS))
    theirs, ours = folder / "theirs.xlsx", folder / "ours.xlsx"
    schema = Schema.of(Customer)
    columns = [Column(schema.by_key[key].label("en"), schema.by_key[key]) for key in COLUMNS]

    def write_theirs() -> None:
        book = openpyxl.Workbook(write_only=True)
        sheet = book.create_sheet("Customers")
        sheet.append(COLUMNS)
        for row in rows:
            sheet.append(row)
        book.save(theirs)

    def write_ours() -> None:
        with ours.open("wb") as stream:
            write_workbook(stream, [Sheet(schema=schema, columns=columns, rows=rows)], conventions=Conventions())

    contest = Contest(f"write a workbook, {ROWS:,} × {len(COLUMNS)}", baseline="openpyxl, write-only", rounds=ROUNDS)
    contest.add("openpyxl, write-only", write_theirs)
    contest.add("custledger_excel, styled", write_ours, at_most=WRITE_AT_MOST)
    yield contest

    write_ours()
    contest = Contest(f"read a workbook, {ROWS:,} × {len(COLUMNS)}", baseline="openpyxl", rounds=ROUNDS)
    contest.add("openpyxl", lambda: _look(ours, read_only=False))
    contest.add("openpyxl, read-only", lambda: _look(ours, read_only=True))
    contest.add("custledger_excel", lambda: _read(ours), at_most=READ_AT_MOST)
    yield contest


def _look(path: Path, *, read_only: bool) -> None:
    """Look at every cell of the first sheet with openpyxl."""
    book = openpyxl.load_workbook(path, read_only=read_only)
    if sum(1 for _ in book.worksheets[0].iter_rows(values_only=True)) != ROWS + 1:
        raise ValueError("openpyxl read another number of rows")
    book.close()


def _read(path: Path) -> None:
    with open_excel(path) as table:
        if sum(1 for _ in table.rows()) != ROWS:
            raise ValueError("another number of rows was read")


if __name__ == "__main__":
    main(contests)
