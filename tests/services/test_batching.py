"""Batches: what is written in one lands whole, and within it the ledger is as it will be."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

import custledger
from custledger.conventions import FixedClock
from custledger.errors import (
    AmbiguousError,
    ConflictError,
    DataError,
    DuplicateError,
    InvalidValueError,
    NotFoundError,
    ReferencedError,
    UsageError,
)
from custledger.ledger import Ledger
from custledger.plugins import Plugins
from custledger.records import Customer


@pytest.fixture
def ledger() -> Iterator[Ledger]:
    with custledger.open("memory:", actor="tester", clock=FixedClock(1_700_000_000_000)) as opened:
        yield opened


def test_a_batch_lands_whole(ledger: Ledger) -> None:
    with ledger.operation(reason="first day") as batch:
        customer = batch.customers.add(name="A", code="1")
        batch.customers.edit(customer, city="Bonn")
        batch.interactions.add(customer=customer, summary="hi")
        assert ledger.customers.count() == 0
    assert ledger.customers.get("1").city == "Bonn"
    assert ledger.interactions.count() == 1
    ledger.undo(batch.operation)
    assert ledger.customers.count() == ledger.interactions.count() == 0


def test_a_batch_that_removes_what_it_added_does_so_with_what_refers_to_it(ledger: Ledger) -> None:
    kept = ledger.customers.add(name="Kept")
    with ledger.operation() as batch:
        new = batch.customers.add(name="New")
        batch.customers.edit(kept, referred_by=new)
        talk = batch.interactions.add(customer=new, summary="hi")
        batch.followups.add(customer=kept, due="2026-12-01", about=talk)
        batch.followups.add(customer=new, due="2026-12-01")
        batch.customers.remove(new)
    assert [one.name for one in ledger.customers] == ["Kept"]
    assert ledger.customers.get("Kept").referred_by is None
    assert len(ledger.interactions) == 0
    assert [(one.customer, one.about) for one in ledger.followups] == [(kept.id, None)]


def test_a_batch_that_removes_a_customer_adds_nothing_to_it(ledger: Ledger) -> None:
    old = ledger.customers.add(name="Old")
    with ledger.operation() as batch:
        batch.interactions.add(customer=old, summary="bye")
        batch.customers.remove(old)
    assert (len(ledger.customers), len(ledger.interactions)) == (0, 0)


def test_a_batch_refuses_to_take_back_what_a_field_of_it_holds() -> None:
    with custledger.open("memory:", plugins=Plugins.of()) as ledger:
        ledger.fields.add("interaction", "Witness", kind="reference", target="customer")
        here = ledger.customers.add(name="Here")
        with pytest.raises(ReferencedError), ledger.operation() as batch:
            new = batch.customers.add(name="New")
            batch.interactions.add(customer=here, Witness=new)
            batch.customers.remove(new)
        assert len(ledger.interactions) == 0


def test_a_batch_belongs_to_the_thread_that_opened_it(ledger: Ledger) -> None:
    with ledger.operation() as batch, ThreadPoolExecutor(1) as other:
        for attempt in (
            lambda: batch.customers.add(name="A"),
            lambda: batch.customers.edit("A", name="B"),
            lambda: batch.customers.remove("A"),
            lambda: batch.__exit__(None, None, None),
        ):
            assert isinstance(other.submit(attempt).exception(), UsageError)
        batch.customers.add(name="B")
    assert [one.name for one in ledger.customers] == ["B"]


def test_a_batch_that_fails_leaves_nothing(ledger: Ledger) -> None:
    ledger.customers.add(name="A", code="1")
    with pytest.raises(DuplicateError), ledger.operation() as batch:
        batch.customers.add(name="B")
        batch.customers.add(name="C", code="1")
    with pytest.raises(RuntimeError), ledger.operation() as batch:
        batch.customers.add(name="D")
        raise RuntimeError("the caller's own")
    assert [one.name for one in ledger.customers] == ["A"]
    with pytest.raises(UsageError):
        batch.customers.add(name="late")


def test_many_added_at_once_are_listed_in_that_order() -> None:
    with custledger.open("memory:", clock=FixedClock(1_700_000_000_000, step=0)) as ledger:
        with ledger.operation() as batch:
            for name in "abcdefgh":
                batch.customers.add(name=name)
        ledger.customers.add(name="i")
        assert "".join(one.name for one in ledger.customers) == "abcdefghi"


def test_a_record_added_in_a_batch_can_be_removed_in_it() -> None:
    with custledger.open("memory:") as ledger:
        with ledger.operation() as batch:
            gone = batch.customers.add(name="A")
            kept = batch.customers.add(name="B")
            batch.customers.edit(gone, city="Bonn")
            batch.customers.remove(gone)
        assert [one.id for one in ledger.customers] == [kept.id]


@pytest.mark.parametrize(
    "writes",
    [
        [("read", {"city": "X"}), ("read", {"phone": "103"})],
        [("read", {"phone": "103"}), ("read", {"city": "X"})],
        [("id", {"city": "X"}), ("read", {"phone": "103"})],
        [("read", {"phone": "103"}), ("id", {"city": "X"})],
        [("id", {"phone": "104"}), ("read", {"phone": "103"})],
        [("now", {"city": "X"}), ("read", {"phone": "103"})],
        [("now", {"phone": "104"}), ("read", {"phone": "103"})],
        [("read", {"phone": "103"}), ("now", {"phone": "104"})],
        [("read", {"city": "X"}), ("read", {"phone": "109"}), ("read", {"phone": "103"})],
    ],
    ids=str,
)
@pytest.mark.parametrize("merged", [False, True])
def test_what_somebody_else_set_meanwhile_is_never_overwritten(
    ledger: Ledger, writes: list[tuple[str, dict[str, str]]], merged: bool
) -> None:
    read = ledger.customers.add(name="A", phone="101", city="Bonn")
    now = ledger.customers.edit(read.id, phone="102")
    refs: dict[str, int | Customer] = {"read": read, "id": read.id, "now": now}
    with pytest.raises(ConflictError) as raised, ledger.operation() as batch:
        for ref, values in writes:
            batch.customers.edit(refs[ref], **values)
        if merged:
            ledger.customers.edit(read.id, level="A")
    assert raised.value.fields[0].field == "phone"
    assert raised.value.fields[0].theirs == "102"
    assert ledger.customers.get(read.id).phone == "102"
    assert ledger.customers.get(read.id).city == "Bonn"


def test_several_edits_of_one_record_come_to_one_as_in_a_row(ledger: Ledger) -> None:
    read = ledger.customers.add(name="A", phone="101", city="Bonn", tags=["a"])
    ledger.customers.edit(read.id, level="A", tags=["a", "theirs"])
    with ledger.operation() as batch:
        batch.customers.edit(read, city="X", phone="103")
        batch.customers.edit(read, city="Y", tags=["a", "mine"])
        batch.customers.edit(read, phone="101")
    landed = ledger.customers.get(read.id)
    assert (landed.city, landed.phone, landed.level) == ("Y", "101", "A")
    assert landed.tags == {"a", "mine", "theirs"}
    assert set(ledger.customers.history(read)[0].fields) == {"city", "tags"}


def test_what_is_set_back_within_a_batch_is_not_written(ledger: Ledger) -> None:
    read = ledger.customers.add(name="A", city="Bonn")
    with ledger.operation() as batch:
        batch.customers.edit(read, city="X")
        batch.customers.edit(read.id, city="Bonn")
    assert batch.receipt is None
    assert ledger.customers.get(read.id) == read


def test_what_a_batch_added_has_its_id_its_code_and_its_name_at_once(ledger: Ledger) -> None:
    with ledger.operation() as batch:
        new = batch.customers.add(name="New", code="K1")
        for ref in (new, new.id, new.ref, new.ref[-8:], "K1", " k1 ", "new"):
            assert batch.customers.get(ref) == new
            batch.interactions.add(customer=ref, summary=str(ref))
            batch.followups.add(customer=new, about=new if ref == "new" else new.ref, due="2026-01-01")
        batch.customers.edit("K1", city="Bonn", code="K2")
        batch.customers.edit("New", name="Newer")
        assert batch.customers.get("k2").city == "Bonn"
        for gone in ("K1", "New"):
            with pytest.raises(NotFoundError):
                batch.customers.get(gone)
        with pytest.raises(NotFoundError):
            ledger.customers.get("K2")
    landed = ledger.customers.get("K2")
    assert (landed.name, landed.city, landed.id) == ("Newer", "Bonn", new.id)
    assert {one.customer for one in ledger.interactions} == {new.id}
    assert {one.about for one in ledger.followups} == {new.ref}


def test_within_a_batch_what_is_there_is_found_as_it_will_be(ledger: Ledger) -> None:
    old = ledger.customers.add(name="Old", code="K1", city="Bonn")
    other = ledger.customers.add(name="Other", code="K9")
    with ledger.operation() as batch:
        batch.customers.edit(old, code="K2", city="X")
        assert batch.customers.get("K2").city == "X"
        assert batch.customers.get(old.ref[-8:]).code == "K2"
        with pytest.raises(NotFoundError):
            batch.customers.get("K1")
        new = batch.customers.add(name="Old", code="K1")
        assert batch.customers.get("K1") == new
        with pytest.raises(AmbiguousError):
            batch.customers.get("Old")
        batch.customers.remove("K9")
        for ref in (other, other.id):
            with pytest.raises(NotFoundError) as raised:
                batch.customers.get(ref)
            assert raised.value.hint == "This batch removes it."
        for name in ("K9", "Other", other.ref, other.ref[-8:]):
            with pytest.raises(NotFoundError):
                batch.customers.edit(name, city="Y")
    assert [(one.name, one.code) for one in ledger.customers] == [("Old", "K2"), ("Old", "K1")]


def test_follow_ups_are_done_within_a_batch(ledger: Ledger) -> None:
    customer = ledger.customers.add(name="A")
    ledger.followups.add(customer=customer, due="2026-01-31", every="month", note="call")
    with ledger.operation() as batch:
        batch.followups.done("call", "reached")
        with pytest.raises(DataError, match="is done already"):
            batch.followups.done("call")
        batch.followups.add(customer=customer, due="2026-02-01", note="visit")
        batch.followups.add(customer=customer, due="2026-02-02", note="visit", status="done")
        batch.followups.done("visit", status="skipped")
        with pytest.raises(InvalidValueError, match="does not finish"):
            batch.followups.done("visit", status="open")
    found = [(one.note, str(one.due), one.status, one.result) for one in ledger.followups.order("due")]
    assert found == [
        ("call", "2026-01-31", "done", "reached"),
        ("visit", "2026-02-01", "skipped", None),
        ("visit", "2026-02-02", "done", None),
        ("call", "2026-02-28", "open", None),
    ]
    ledger.undo(batch.operation)
    assert [(one.note, one.status) for one in ledger.followups] == [("call", "open")]


def test_a_field_that_somebody_adds_meanwhile_is_there_within_a_batch() -> None:
    with custledger.open("memory:batching") as ledger, custledger.open("memory:batching") as other:
        kept = ledger.customers.add(name="A")
        with ledger.operation() as batch:
            new = batch.customers.add(name="B")
            batch.customers.edit(kept, city="Bonn")
            other.fields.add("customer", "Girth")
            batch.customers.edit(new, Girth="big")
            batch.customers.edit(kept, Girth="small")
            assert batch.customers.get("B").extra == {"x_girth": "big"}
        assert [one.extra["x_girth"] for one in ledger.customers] == ["small", "big"]


def test_taking_back_a_batch_that_wrote_nothing_says_so(ledger: Ledger) -> None:
    with ledger.operation() as idle:
        pass
    with pytest.raises(RuntimeError), ledger.operation() as failed:
        failed.customers.add(name="A")
        raise RuntimeError("the caller's own")
    for batch in (idle, failed):
        with pytest.raises(DataError, match="wrote nothing, so there is nothing to take back"):
            ledger.undo(batch.operation)
    with pytest.raises(NotFoundError):
        ledger.undo(5)
