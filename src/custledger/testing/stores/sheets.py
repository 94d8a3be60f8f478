"""What the rooms about hand edits share: a sheet with three people, and a look at it when a case is over."""

from collections.abc import Iterator
from typing import Any

import pytest

from custledger.changes import Operation
from custledger.schema import Field
from custledger.stores.held import HeldKind
from custledger.testing.clerk import Clerk
from custledger.testing.stores.desk import Desk, SheetCases, assert_shown


class ThreePeople(SheetCases):
    """Cases that begin with three people in a sheet."""

    @pytest.fixture
    def trio(self, clerk: Clerk) -> list[int]:
        """Three people with codes, in a sheet."""
        return [
            clerk.add("person", name="Ada", code="a-1", age=36, grade="gold", phone="13800000001"),
            clerk.add("person", name="王小明", code="b-2", age=41, hobbies=("go", "tea"), tags=("vip",)),
            clerk.add("person", name="Straße", code="c-3", notes="called twice"),
        ]

    @pytest.fixture
    def people(self, place: Any, clerk: Clerk, trio: list[int]) -> Desk:
        """The sheet with these three."""
        desk = self.desk(place, clerk.schemas["person"])
        assert desk.numbers() == trio
        return desk

    @pytest.fixture(autouse=True)
    def sheet_and_ledger_agree(self, request: pytest.FixtureRequest) -> Iterator[None]:
        """Whatever a case did: the sheet says what the ledger does, and so does a new handle."""
        if "people" not in request.fixturenames:
            yield
            return
        clerk, people = request.getfixturevalue("clerk"), request.getfixturevalue("people")
        place = request.getfixturevalue("place")
        yield
        if not any(one.kind in {HeldKind.APART, HeldKind.UNREADABLE} for one in clerk.store.held()):
            assert_shown(clerk, people)
        with self.open_store(place) as store:
            late = clerk.beside(store)
            assert late.store.held() == clerk.store.held()
            assert late.store.log() == clerk.store.log()
            for name in clerk.schemas:
                assert late.everything(name) == clerk.everything(name)

    @staticmethod
    def last(clerk: Clerk) -> Operation:
        """Return the latest operation."""
        operations: list[Operation] = clerk.store.operations(limit=1)
        return operations[0]

    @staticmethod
    def grow(clerk: Clerk, field: Field) -> None:
        """Have people get another field."""
        clerk.learn([clerk.schemas["person"].extended([field])])
