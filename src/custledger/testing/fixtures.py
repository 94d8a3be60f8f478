"""pytest fixtures for plugin authors: ``pytest_plugins = ["custledger.testing.fixtures"]`` in a conftest."""

import pytest

from custledger.conventions import FixedClock
from custledger.ids import IdMint
from custledger.stores.memory import MemoryStore
from custledger.testing.clerk import Clerk, fixed_clock, seeded_mint
from custledger.testing.samples import sample_people


@pytest.fixture
def clock() -> FixedClock:
    """A clock that begins on 1 January 2026 UTC and moves by a millisecond each time it is read."""
    return fixed_clock()


@pytest.fixture
def mint(clock: FixedClock) -> IdMint:
    """A mint whose ids are the same in every run."""
    return seeded_mint(clock)


@pytest.fixture
def memory_clerk(clock: FixedClock, mint: IdMint) -> Clerk:
    """A clerk of an empty ledger in memory that knows the sample types."""
    return Clerk(MemoryStore(), clock=clock, mint=mint)


@pytest.fixture
def sample_clerk(memory_clerk: Clerk) -> Clerk:
    """A clerk of a ledger in memory with fifty people and a hundred visits to them."""
    people = memory_clerk.add_many("person", list(sample_people(50)))
    visits = [{"person": people[index % 50], "note": f"Visit {index} 拜访"} for index in range(100)]
    memory_clerk.add_many("visit", visits)
    return memory_clerk
