"""Assertions about ledgers, with messages that say where two of them differ."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from custledger.errors import CustledgerError
from custledger.schema import Row
from custledger.testing.clerk import Clerk


def contents(clerk: Clerk) -> dict[str, Any]:
    """Return all that a ledger holds, in a form that can be compared: rows, log, operations, documents, generation."""
    return {
        "rows": {name: clerk.select(name) for name in clerk.schemas},
        "log": clerk.store.log(),
        "operations": clerk.store.operations(),
        "documents": clerk.store.documents(),
        "generation": clerk.store.generation(),
    }


def assert_same_rows(found: list[Row], expected: list[Row]) -> None:
    """Check that two lists hold the same rows in the same order, naming the first that differs."""
    for index, (one, other) in enumerate(zip(found, expected, strict=False)):
        assert one == other, f"row {index} differs"
    assert len(found) == len(expected), f"{len(found)} rows, and {len(expected)} expected"


@contextmanager
def assert_unchanged(clerk: Clerk) -> Iterator[None]:
    """Check that what happens inside leaves the ledger exactly as it was."""
    before = contents(clerk)
    yield
    after = contents(clerk)
    for part, was in before.items():
        assert after[part] == was, f"the {part} changed"


@contextmanager
def refuses(error: type[CustledgerError], clerk: Clerk) -> Iterator[pytest.ExceptionInfo[CustledgerError]]:
    """Check that what happens inside raises ``error`` and leaves the ledger exactly as it was."""
    with assert_unchanged(clerk), pytest.raises(error) as caught:
        yield caught
