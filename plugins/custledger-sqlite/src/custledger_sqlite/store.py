"""The SQLite store: the SQL family on one file."""

from custledger.stores.contract import BackupStore, Verification
from custledger.stores.sql.store import SqlStore
from custledger_sqlite.connecting import SqliteDatabase
from custledger_sqlite.dialect import DIALECT


class SqliteStore(SqlStore, BackupStore):
    """A handle on a ledger in a SQLite file; ``is_made`` says that the file was not there before."""

    def __init__(self, database: SqliteDatabase, *, read_only: bool = False, is_made: bool = False) -> None:
        super().__init__(database, DIALECT, read_only=read_only)
        self._is_made = is_made
        self.path = database.path
        self._file = database

    def unmake(self) -> None:
        """Close, and take the file away if it was made for this and nobody has written anything into it."""
        self.close()
        if self._is_made:
            from custledger_sqlite.unmaking import unmake  # needed only where something went wrong

            unmake(self.path)

    def backup(self, target: str) -> Verification:
        """Copy the ledger to the file ``target`` while it stays in use, and verify the copy before it counts."""
        from custledger_sqlite.backup import backup

        return backup(self._file, target)
