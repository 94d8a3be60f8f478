"""The SQLite store: the SQL family on one file."""

from custledger.expressions.dialects import SQLITE
from custledger.stores.sql.database import Dialect
from custledger.stores.sql.store import SqlStore
from custledger_sqlite.connecting import SqliteDatabase
from custledger_sqlite.search_index import Fts5Index

DIALECT = Dialect(
    expressions=SQLITE,
    integer="INTEGER",
    text="TEXT",
    blob="BLOB",
    table_options=" STRICT",
    deferred=" DEFERRABLE INITIALLY DEFERRED",
    each_integer="SELECT value FROM json_each(?)",
    most_parameters=1000,
    search=Fts5Index(),
)


class SqliteStore(SqlStore):
    """A handle on a ledger in a SQLite file."""

    def __init__(self, database: SqliteDatabase, *, read_only: bool = False) -> None:
        super().__init__(database, DIALECT, read_only=read_only)
        self.path = database.path
