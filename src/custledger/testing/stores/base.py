"""What every room of cases shares: how the store under test is opened, and what it says of itself."""

import abc
import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any, ClassVar

import pytest

from custledger.expressions.sql import Dialect
from custledger.schema import Schema
from custledger.stores.contract import Store
from custledger.testing.clerk import Clerk

FILTERS = 300
"""How many generated filters are ordinarily tried."""


def examples(ordinarily: int, slowness: int = 1) -> int:
    """Return how many examples a generated case tries.

    ``CUSTLEDGER_EXAMPLES`` says how many filters to try, 20,000 in a long night; other cases grow along with them. A
    store that is slow tries so many times fewer.
    """
    return max(1, ordinarily * int(os.environ.get("CUSTLEDGER_EXAMPLES", FILTERS)) // FILTERS // slowness)


class StoreCases(abc.ABC):
    """The base of the suite.

    - ``dialect``: the SQL dialect in which the store computes filters itself; ``None`` leaves them to the evaluator.
    - ``pushed_down``: the least share of generated filters that a store with a dialect must compute itself, 0 to 1.
    - ``slowness``: how many times fewer runs of a state machine, and other generated cases, are tried ordinarily.
    - ``machine_settings``: what hypothesis is told for the state machine, beside the suite's own settings.
    """

    dialect: ClassVar[Dialect | None] = None
    pushed_down: ClassVar[float] = 1.0
    slowness: ClassVar[int] = 1
    machine_settings: ClassVar[Mapping[str, Any]] = {}

    @abc.abstractmethod
    def open_store(self, place: Any, *, read_only: bool = False) -> Store:
        """Open the ledger at ``place``, making it if it is not there. Several handles may be open on one place."""

    def make_place(self, tmp_path: Path) -> Any:
        """Return a new place for a ledger: a file that is not there yet, unless this is overridden."""
        return tmp_path / "ledger"

    @pytest.fixture
    def place(self, tmp_path: Path) -> Any:
        """A new place for a ledger."""
        return self.make_place(tmp_path)

    @pytest.fixture
    def store(self, place: Any) -> Iterator[Store]:
        """An open handle on a new ledger."""
        with self.open_store(place) as store:
            yield store

    @pytest.fixture
    def clerk(self, store: Store) -> Clerk:
        """A clerk of a new ledger that knows the sample types."""
        return Clerk(store)

    @pytest.fixture
    def other(self, place: Any, clerk: Clerk) -> Iterator[Clerk]:
        """A clerk of a second handle on the same ledger."""
        with self.open_store(place) as store:
            yield clerk.beside(store)

    def reopened(self, place: Any, clerk: Clerk, stack: ExitStack, schemas: tuple[Schema, ...] = ()) -> Clerk:
        """Close a clerk's handle and return a clerk of a new one, which the stack closes."""
        clerk.store.close()
        return clerk.beside(stack.enter_context(self.open_store(place)), schemas)
