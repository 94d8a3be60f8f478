"""custledger-sqlite: a ledger in one SQLite file, the embedded default.

This module is imported whenever custledger starts; apsw, and the SQLite it carries, only when a ledger is opened.
"""

from collections.abc import Sequence

from custledger.fields import Labels
from custledger.hookspecs import StoreType, hookimpl
from custledger.stores.contract import Store

__all__ = ["custledger_stores"]


def _open(location: str, *, create: bool = True, read_only: bool = False) -> Store:
    from custledger_sqlite.opening import open_store  # apsw is imported only where it is used

    return open_store(location, create=create, read_only=read_only)


def _describe() -> str:
    import apsw

    return f"SQLite {apsw.sqlite_lib_version()} (apsw {apsw.apsw_version()})"


def _has(path: str) -> bool:
    from custledger_sqlite.marks import belongs_to_ledger  # needed only where something is written

    return belongs_to_ledger(path)


@hookimpl
def custledger_stores() -> Sequence[StoreType]:
    """Return the SQLite store."""
    summary = Labels(
        "One SQLite file, for one computer and any number of programs on it", "单个 SQLite 文件，本机多个程序可同时使用"
    )
    return [
        StoreType(
            name="sqlite",
            summary=summary,
            schemes=("sqlite",),
            suffixes=(".db", ".sqlite", ".sqlite3"),
            open=_open,
            describe=_describe,
            has=_has,
        )
    ]
