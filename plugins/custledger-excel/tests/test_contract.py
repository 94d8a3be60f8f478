"""An Excel workbook keeps the contract of a store."""

from pathlib import Path
from typing import Any

from custledger_excel.store import open_workbook

from custledger.stores.contract import Store
from custledger.testing.stores import StoreContract


class TestExcel(StoreContract):
    """The suite that every store must pass."""

    def open_store(self, place: Any, *, read_only: bool = False) -> Store:
        return open_workbook(str(place), create=True, read_only=read_only)

    def make_place(self, tmp_path: Path) -> Any:
        return tmp_path / "book.xlsx"
