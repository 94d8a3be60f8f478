"""A folder of CSV files keeps the contract of a store, and that of a store in files that people edit."""

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from custledger_csv.store import open_folder

from custledger.spreadsheets import unescape
from custledger.stores.contract import Store
from custledger.testing.stores import TableStoreContract


class TestCsv(TableStoreContract):
    """The suite that every store must pass."""

    def open_store(self, place: Any, *, read_only: bool = False) -> Store:
        return open_folder(str(place), create=True, read_only=read_only)

    def make_place(self, tmp_path: Path) -> Any:
        return tmp_path / "ledger"

    def sheet_file(self, place: Any, title: str) -> Path:
        return Path(place) / f"{title}.csv"

    def read_sheet(self, place: Any, title: str) -> list[list[str]]:
        with self.sheet_file(place, title).open(encoding="utf-8-sig", newline="") as stream:
            return [[unescape(cell) for cell in row] for row in csv.reader(stream)]

    def write_sheet(self, place: Any, title: str, rows: Sequence[Sequence[str]]) -> None:
        with self.sheet_file(place, title).open("w", encoding="utf-8-sig", newline="") as stream:
            csv.writer(stream).writerows(rows)
