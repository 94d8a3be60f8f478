"""For plugin authors: the suite that proves a store, sample types and records, a clerk, a fixed clock and fixtures.

A store's own test class says how to open it, and inherits everything else::

    class TestMyStore(StoreContract):
        def open_store(self, place, *, read_only=False):
            return MyStore.open(str(place), read_only=read_only)

The fixtures of ``custledger.testing.fixtures`` come with ``pytest_plugins = ["custledger.testing.fixtures"]`` in a
conftest. pytest and hypothesis are needed for these, and only for these: ``pip install custledger[testing]``.
"""

import pytest

pytest.register_assert_rewrite("custledger.testing.stores", "custledger.testing.clerk", "custledger.testing.assertions")

from custledger.testing.assertions import assert_same_rows, assert_unchanged, refuses  # noqa: E402 - see above
from custledger.testing.clerk import Clerk, fixed_clock, reversal, seeded_mint  # noqa: E402
from custledger.testing.samples import CARD, Badge, Person, Visit, sample_people, sample_schemas  # noqa: E402
from custledger.testing.stores import StoreContract  # noqa: E402

__all__ = [
    "CARD",
    "Badge",
    "Clerk",
    "Person",
    "StoreContract",
    "Visit",
    "assert_same_rows",
    "assert_unchanged",
    "fixed_clock",
    "refuses",
    "reversal",
    "sample_people",
    "sample_schemas",
    "seeded_mint",
]
