"""A store of the SQL family needs no search index of its own: without one it reads every record, and finds the same."""

from pathlib import Path
from typing import Any

import attrs
from custledger_sqlite.dialect import DIALECT
from custledger_sqlite.opening import open_store

from custledger.stores.contract import Store
from custledger.stores.sql.no_index import NoIndex
from custledger.stores.sql.store import SqlStore
from custledger.testing.stores.loads import LoadCases
from custledger.testing.stores.searching import SearchCases


class TestWithoutAnIndex(SearchCases, LoadCases):
    """The cases of the suite in which a search index has a part."""

    def open_store(self, place: Any, *, read_only: bool = False) -> Store:
        store = open_store(str(place), create=True, read_only=read_only)
        assert isinstance(store, SqlStore)
        store._dialect = attrs.evolve(DIALECT, search=NoIndex())
        return store

    def make_place(self, tmp_path: Path) -> Any:
        return tmp_path / "ledger.db"


def test_nothing_is_kept_for_a_search(tmp_path: Path) -> None:
    from contextlib import ExitStack

    from custledger.testing.clerk import Clerk

    with ExitStack() as closing:
        store = closing.enter_context(TestWithoutAnIndex().open_store(tmp_path / "ledger.db"))
        Clerk(store)
        assert isinstance(store, SqlStore)
        with store._database.writing() as connection:
            names = [name for (name,) in connection.execute("SELECT name FROM sqlite_schema")]
    assert not [name for name in names if "search" in name]
