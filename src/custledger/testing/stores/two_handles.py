"""What the suite's state machines have in common: two handles on one ledger, either of which may be opened anew."""

from collections.abc import Callable, Sequence
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from custledger.schema import Schema
from custledger.testing.clerk import Clerk
from custledger.testing.stores.base import StoreCases, examples

HANDLES = st.integers(0, 1)
PICKS = st.integers(0, 99)
"""Which of the records that are there; none at all is a pick too, where a rule says so."""


class TwoHandles(RuleBasedStateMachine):
    """A machine with two clerks of one ledger, a new one in every run; ``run_machine`` says which suite it serves."""

    suite: StoreCases
    new_place: Callable[[], Any]

    def __init__(self) -> None:
        super().__init__()
        self.clerks: list[Clerk] = []

    def open_both(self, *schemas: Sequence[Schema]) -> Clerk:
        """Open both handles on a new ledger, and return the clerk of the first."""
        self.place = self.new_place()
        first = Clerk(self.suite.open_store(self.place), *schemas)
        self.clerks = [first, first.beside(self.suite.open_store(self.place))]
        return first

    @rule(handle=HANDLES)
    def reopen(self, handle: int) -> None:
        """Close a handle and open another."""
        clerk = self.clerks[handle]
        clerk.store.close()
        self.clerks[handle] = clerk.beside(self.suite.open_store(self.place), actor=clerk.actor)

    def teardown(self) -> None:
        """Close what is open."""
        for clerk in self.clerks:
            clerk.store.close()


def run_machine(
    suite: StoreCases, machine: type[TwoHandles], factory: pytest.TempPathFactory, *, steps: int = 30
) -> None:
    """Run a machine for a suite, of at most so many steps a time; ``CUSTLEDGER_EXAMPLES`` says how many runs to try."""

    def new_place() -> Any:
        return suite.make_place(factory.mktemp("machine"))

    run_state_machine_as_test(
        type("Machine", (machine,), {"suite": suite, "new_place": staticmethod(new_place)}),
        settings=settings(
            max_examples=examples(25, suite.slowness),
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            **suite.machine_settings,
        ),
    )
