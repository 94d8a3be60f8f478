"""What is SQLite's own within the SQL family."""

from custledger.expressions.dialects import SQLITE
from custledger.stores.sql.database import Dialect
from custledger_sqlite.search_index import Fts5Index

DIALECT = Dialect(
    expressions=SQLITE,
    integer="INTEGER",
    double="REAL",
    text="TEXT",
    blob="BLOB",
    table_options=" STRICT",
    deferred=" DEFERRABLE INITIALLY DEFERRED",
    each_integer="SELECT value FROM json_each(?)",
    search=Fts5Index(),
)
