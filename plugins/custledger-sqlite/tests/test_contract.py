"""SQLite keeps the contract of a store."""

from pathlib import Path
from typing import Any, ClassVar

from custledger_sqlite.opening import open_store

from custledger.expressions.sql import SQLITE, Dialect
from custledger.stores.contract import Store
from custledger.testing.stores import StoreContract


class TestSqlite(StoreContract):
    """The suite that every store must pass."""

    dialect: ClassVar[Dialect | None] = SQLITE

    def open_store(self, place: Any, *, read_only: bool = False) -> Store:
        """Open the ledger in the file ``place``."""
        return open_store(str(place), create=True, read_only=read_only)

    def make_place(self, tmp_path: Path) -> Any:
        """Return a file that is not there yet."""
        return tmp_path / "ledger.db"
