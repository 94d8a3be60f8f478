"""For plugin authors: what proves a rule and a store, sample ledgers and records, a clerk, a fixed clock and fixtures.

A rule is proved in a test of one line::

    def test_the_rules_are_proved():
        prove(custledger_tea)

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
from custledger.testing.rules import prove, sample_ledger  # noqa: E402
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
    "prove",
    "refuses",
    "reversal",
    "sample_ledger",
    "sample_people",
    "sample_schemas",
    "seeded_mint",
]
