"""A folder of CSV files keeps the contract of a store."""

from pathlib import Path
from typing import Any

from custledger_csv.store import open_folder

from custledger.stores.contract import Store
from custledger.testing.stores import StoreContract


class TestCsv(StoreContract):
    """The suite that every store must pass."""

    def open_store(self, place: Any, *, read_only: bool = False) -> Store:
        return open_folder(str(place), create=True, read_only=read_only)

    def make_place(self, tmp_path: Path) -> Any:
        return tmp_path / "ledger"
