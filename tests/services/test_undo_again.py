"""An undo judges by content: one that was refused in part is completed once nothing stands in the way."""

from collections.abc import Iterator
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

import custledger
from custledger.changes import Change, Changeset
from custledger.conventions import FixedClock
from custledger.ledger import Ledger
from custledger.services.undo import Undone
from custledger.services.writing import write

from .test_undo import FEWER, content, empty_ledger, last


@pytest.fixture
def ledger() -> Iterator[Ledger]:
    with custledger.open("memory:", actor="tester", clock=FixedClock(1_700_000_000_000)) as opened:
        yield opened


@pytest.mark.parametrize("scheme", ["memory:", "sqlite:"])
def test_an_undo_that_was_partly_refused_is_completed_once_nothing_stands_in_the_way(scheme: str) -> None:
    with empty_ledger(scheme) as ledger:
        customer = ledger.customers.add(name="B", city="x", district="p").id
        ledger.customers.edit(customer, city="y", district="q")
        first = last(ledger)
        ledger.customers.edit(customer, city="z")
        second = last(ledger)
        assert [dict(one.fields) for one in ledger.undo(first).standing] == [{"city": ("x", "y", "z")}]
        assert ledger.undo(second).standing == ()
        tried = ledger.undo(first, dry_run=True)
        assert ([change.after for change in tried.changes], tried.standing) == ([{"city": "x"}], ())
        assert ledger.undo(first).standing == ()
        now = ledger.customers.get(customer)
        assert (now.city, now.district) == ("x", "p")
        assert ledger.undo(first) == attrs.evolve(tried, changes=(), documents=())


def test_fields_are_judged_each_by_itself_when_they_were_edited_back_by_hand(ledger: Ledger) -> None:
    customer = ledger.customers.add(name="B", city="x", district="p", tags="a").id
    ledger.customers.edit(customer, city="y", district="q", tags="a;b;c")
    edited = last(ledger)
    ledger.customers.edit(customer, city="z", district="r", tags="a;c;d")
    ledger.customers.edit(customer, city="y", tags="a;b;c")
    assert [dict(one.fields) for one in ledger.undo(edited).standing] == [{"district": ("p", "q", "r")}]
    now = ledger.customers.get(customer)
    assert (now.city, now.district, now.tags) == ("x", "r", frozenset("a"))


def test_what_stands_of_a_record_that_was_added_are_the_fields_that_are_not_as_they_were(ledger: Ledger) -> None:
    customer = ledger.customers.add(name="A", city="x", district="p").id
    added = last(ledger)
    ledger.customers.edit(customer, city="y", district="q")
    ledger.customers.edit(customer, district="p")
    assert [dict(one.fields) for one in ledger.undo(added).standing] == [{"city": (None, "x", "y")}]


def test_what_was_edited_while_an_import_was_under_way_stands(ledger: Ledger) -> None:
    first, second = (ledger.customers.add(name="n", code=code, city="x").id for code in "12")
    operation = ledger.session.operation("import")
    for number in (first, second):
        change = Change(type="customer", id=number, before={"city": "x"}, after={"city": "y"}, revision=1)
        write(ledger.session, Changeset(operation=operation, changes=[change]))
        ledger.customers.edit(first, city="z")
    undone = ledger.undo(operation.id)
    assert [(one.record, one.fields) for one in undone.standing] == [
        (ledger.customers.get(first).ref, {"city": ("x", "y", "z")})
    ]
    assert [ledger.customers.get(one).city for one in (first, second)] == ["z", "x"]


@pytest.mark.parametrize("scheme", ["memory:", "sqlite:"])
def test_a_second_undo_of_a_removal_finds_nothing_left_to_do(scheme: str) -> None:
    with empty_ledger(scheme) as ledger:
        customer = ledger.customers.add(name="A", tags="a;b")
        ledger.customers.edit(customer.id, tags="b")
        ledger.interactions.add(customer=customer.id, summary="hi")
        ledger.customers.remove(customer.id)
        removal = last(ledger)
        assert ledger.undo(removal).receipt is not None
        again = ledger.undo(removal)
        assert (again.receipt, again.changes, again.standing) == (None, (), ())
        ledger.customers.edit(customer.id, city="Ulm")
        assert [one.why for one in ledger.undo(removal).standing] == ["it is there again already"]
        ledger.customers.edit(customer.id, city=None)
        assert ledger.undo(removal).standing == ()


CITIES = st.sampled_from(["x", "y", "z", None])
TAGS = st.sampled_from(["", "a", "b", "a;b", "b;c"])
EDITS = st.lists(
    st.tuples(
        st.integers(0, 1),
        st.one_of(
            st.just("remove"),
            st.fixed_dictionaries({}, optional={"city": CITIES, "district": CITIES, "level": st.sampled_from("AB")}),
            st.fixed_dictionaries({"tags": TAGS}, optional={"city": CITIES}),
        ),
        st.booleans(),
    ),
    min_size=1,
    max_size=7,
)
"""Whom an edit or a removal is of, what it is, and whether the first of them is tried to be undone after it."""


@given(edits=EDITS, tries=st.sets(st.integers(0, 8)))
def test_an_undo_is_complete_in_the_end_however_often_it_was_tried_before(
    edits: list[tuple[int, Any, bool]], tries: set[int]
) -> None:
    undo_early("memory:", edits, tries)


@FEWER
@given(edits=EDITS, tries=st.sets(st.integers(0, 8)))
def test_an_undo_is_complete_in_the_end_however_often_it_was_tried_before_on_sqlite(
    edits: list[tuple[int, Any, bool]], tries: set[int]
) -> None:
    undo_early("sqlite:", edits, tries)


def undo_early(scheme: str, edits: list[tuple[int, Any, bool]], tries: set[int]) -> None:
    """Take operations back newest first, with tries of the oldest of them in between, and find what was before."""
    with empty_ledger(scheme) as ledger:
        people = [ledger.customers.add(name="n", city="x", tags=tags).id for tags in ("", "a;b")]
        wanted, done = content(ledger), list[int]()
        for who, edit, tried in edits:
            if perform(ledger, people[who], edit):
                done.append(last(ledger))
            if tried and done:
                take_back(ledger, done[0])
        for place, operation in enumerate(reversed(done)):
            if place in tries:
                take_back(ledger, done[0])
            take_back(ledger, operation)
        assert content(ledger) == wanted


def perform(ledger: Ledger, number: int, edit: Any) -> bool:
    """Do one edit or removal, and return whether it wrote anything."""
    known = len(ledger.operations())
    if ledger.session.get("customer", [number])[0] is not None:
        if edit == "remove":
            ledger.customers.remove(number)
        elif edit:
            ledger.customers.edit(number, **edit)
    return len(ledger.operations()) > known


def take_back(ledger: Ledger, operation: int) -> None:
    """Undo an operation as it was rehearsed, and see that nothing is told to stand in the way that does not."""
    tried, undone = ledger.undo(operation, dry_run=True), ledger.undo(operation)
    assert (tried.changes, tried.standing) == (undone.changes, undone.standing)
    assert_no_idle_obstacle(undone)


def assert_no_idle_obstacle(undone: Undone) -> None:
    for one in undone.standing:
        for values in one.fields.values():
            assert values.now != values.after
            assert one.whole or values.now != values.before
