"""The memory store passes the suite that every store must pass, and a few cases of its own."""

from pathlib import Path
from typing import Any

import pytest

from custledger.errors import NotFoundError
from custledger.stores.contract import Store
from custledger.stores.memory import MemoryLedger, MemoryStore
from custledger.testing import Clerk, StoreContract


class TestMemory(StoreContract):
    """The reference."""

    def make_place(self, tmp_path: Path) -> MemoryLedger:
        return MemoryLedger(tmp_path.name)

    def open_store(self, place: Any, *, read_only: bool = False) -> Store:
        return MemoryStore(place, read_only=read_only)


def test_handles_of_one_name_share_a_ledger_and_private_ones_do_not(request: pytest.FixtureRequest) -> None:
    name = request.node.name
    first, second = MemoryStore.open(name), MemoryStore.open(name)
    assert first.identity == second.identity
    assert first.url == f"memory:{name}"
    ada = Clerk(first).add("person", name="Ada")
    assert Clerk(second).ids("person") == [ada]
    assert MemoryStore.open().identity != MemoryStore.open().identity


def test_a_ledger_that_is_not_there_is_not_made_unless_asked() -> None:
    with pytest.raises(NotFoundError):
        MemoryStore.open("never made", create=False)
