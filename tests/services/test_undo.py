"""Undo takes an operation back exactly, and leaves later edits alone."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import custledger
from custledger.changes import DIGEST_BYTES, Action, by_key, digest
from custledger.conventions import FixedClock
from custledger.errors import NotFoundError
from custledger.ledger import Ledger
from custledger.marks import said
from custledger.schema import Row


@pytest.fixture
def ledger() -> Iterator[Ledger]:
    with custledger.open("memory:", actor="tester", clock=FixedClock(1_700_000_000_000)) as opened:
        yield opened


def last(ledger: Ledger) -> int:
    return ledger.operations(limit=1)[0].id


def content(ledger: Ledger) -> dict[str, dict[int, tuple[Any, ...]]]:
    """Return everything but revisions and the times of updates."""
    found: dict[str, dict[int, tuple[Any, ...]]] = {}
    for record_type in ledger.record_types:
        schema = ledger.records(record_type).schema
        left = {schema.positions["revision"], schema.positions["updated_at"]}
        found[record_type] = {
            row[0]: tuple(value for index, value in enumerate(row) if index not in left)
            for row in ledger.records(record_type).all().rows()
        }
    return found


def test_undo_of_an_addition_removes_it_and_undo_of_that_brings_it_back(ledger: Ledger) -> None:
    added = ledger.customers.add(name="A", code="1", tags=["vip"])
    before = content(ledger)
    undone = ledger.undo(last(ledger))
    assert undone.standing == ()
    assert ledger.customers.count() == 0
    ledger.undo(last(ledger))
    assert content(ledger) == before
    assert ledger.customers.get(added.id).revision > added.revision


def test_undo_of_a_removal_brings_back_what_it_took_along(ledger: Ledger) -> None:
    customer = ledger.customers.add(name="A")
    friend = ledger.customers.add(name="B", referred_by=customer)
    ledger.interactions.add(customer=customer, summary="hi")
    before = content(ledger)
    ledger.customers.remove(customer.id)
    assert ledger.customers.get(friend.id).referred_by is None
    ledger.undo(last(ledger))
    assert content(ledger) == before


def test_later_edits_stand_and_are_named(ledger: Ledger) -> None:
    customer = ledger.customers.add(name="A", city="Bonn", level="A")
    ledger.customers.edit(customer.id, city="Berlin", level="B")
    edit = last(ledger)
    ledger.customers.edit(customer.id, city="Hamburg")
    undone = ledger.undo(edit)
    assert [(one.record, one.whole, one.fields) for one in undone.standing] == [
        (customer.ref, False, {"city": ("Bonn", "Berlin", "Hamburg")})
    ]
    now = ledger.customers.get(customer.id)
    assert (now.city, now.level) == ("Hamburg", "A")


def test_a_created_record_that_was_edited_later_stays(ledger: Ledger) -> None:
    customer = ledger.customers.add(name="A")
    addition = last(ledger)
    ledger.customers.edit(customer.id, city="Bonn")
    undone = ledger.undo(addition)
    assert undone.receipt is None
    stands = undone.standing[0]
    assert (stands.record, stands.whole, stands.fields) == (customer.ref, True, {"city": (None, None, "Bonn")})
    assert ledger.customers.count() == 1


def test_a_rehearsed_undo_tells_all_and_writes_nothing(ledger: Ledger) -> None:
    customer = ledger.customers.add(name="A", city="Bonn", level="A")
    ledger.customers.edit(customer.id, city="Berlin", level="B")
    edit = last(ledger)
    ledger.customers.edit(customer.id, city="Hamburg")
    before, operations = content(ledger), len(ledger.operations())
    tried = ledger.undo(edit, dry_run=True)
    assert (content(ledger), len(ledger.operations()), tried.receipt) == (before, operations, None)
    undone = ledger.undo(edit)
    assert (tried.changes, tried.standing) == (undone.changes, undone.standing)
    assert [change.after for change in undone.changes] == [{"level": "A"}]


def test_a_created_record_with_later_children_stays(ledger: Ledger) -> None:
    customer = ledger.customers.add(name="A")
    addition = last(ledger)
    interaction = ledger.interactions.add(customer=customer, summary="hi")
    undone = ledger.undo(addition)
    assert interaction.ref in undone.standing[0].why
    assert ledger.interactions.count() == ledger.customers.count() == 1


def test_a_removed_record_whose_code_was_taken_stays_away(ledger: Ledger) -> None:
    customer = ledger.customers.add(name="A", code="1")
    ledger.customers.remove(customer)
    removal = last(ledger)
    taker = ledger.customers.add(name="B", code="1")
    undone = ledger.undo(removal)
    assert undone.receipt is None
    assert undone.standing[0].why == f"{taker.ref} has taken its Code “1”"


def test_undo_of_an_added_field_takes_it_away_and_back(ledger: Ledger) -> None:
    ledger.fields.add("customer", "会员卡号", kind="text", label_en="Card number")
    added = last(ledger)
    assert "x_card_number" in ledger.customers.schema.by_key
    ledger.undo(added)
    assert "x_card_number" not in ledger.customers.schema.by_key
    ledger.undo(last(ledger))
    assert "x_card_number" in ledger.customers.schema.by_key


def test_a_second_undo_finds_nothing_left_to_do(ledger: Ledger) -> None:
    customer = ledger.customers.add(name="A", city="Bonn")
    ledger.customers.edit(customer.id, city="Berlin")
    edit = last(ledger)
    assert ledger.undo(edit).receipt is not None
    assert ledger.undo(edit).receipt is None
    assert ledger.customers.get(customer.id).city == "Bonn"


def test_an_unknown_operation_says_so(ledger: Ledger) -> None:
    with pytest.raises(NotFoundError, match="operation"):
        ledger.undo("O-0000000000000")


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("add"), st.sampled_from(["Bonn", "Berlin", None]), st.sampled_from(["a", "b", None])),
        st.tuples(
            st.just("edit"),
            st.integers(0, 9),
            st.sampled_from(["Bonn", "Köln", None]),
            st.sampled_from(["a;b", "b", ""]),
        ),
        st.tuples(st.just("remove"), st.integers(0, 9)),
        st.tuples(st.just("talk"), st.integers(0, 9)),
        st.tuples(st.just("refer"), st.integers(0, 9), st.integers(0, 9)),
    ),
    min_size=1,
    max_size=8,
)


FEWER = settings(max_examples=max(1, settings().max_examples // 4))
"""For properties on a store that waits for a disk."""


@contextmanager
def empty_ledger(scheme: str) -> Iterator[Ledger]:
    """Open a new ledger in a store of this scheme, and throw it away afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        url = scheme if scheme == "memory:" else f"{scheme}{Path(folder, 'ledger.db')}"
        with custledger.open(url, clock=FixedClock(1_700_000_000_000)) as ledger:
            yield ledger


def perform(ledger: Ledger, step: tuple[Any, ...]) -> None:
    people = [row[0] for row in ledger.customers.all().rows()]
    verb, *rest = step
    if verb == "add":
        code = None if rest[1] is None else f"{rest[1]}{len(people)}{len(ledger.operations())}"
        ledger.customers.add(name="n", city=rest[0], code=code)
    elif people:
        who = people[rest[0] % len(people)]
        if verb == "edit":
            ledger.customers.edit(who, city=rest[1], tags=rest[2])
        elif verb == "remove":
            ledger.customers.remove(who)
        elif verb == "talk":
            ledger.interactions.add(customer=who, summary="hi")
        elif (other := people[rest[1] % len(people)]) != who:  # nobody is referred by himself
            ledger.customers.edit(who, referred_by=other)


@given(before=STEPS, undone=STEPS)
def test_undoing_everything_newest_first_gives_back_what_was(
    before: list[tuple[Any, ...]], undone: list[tuple[Any, ...]]
) -> None:
    undo_newest_first("memory:", before, undone)


@FEWER
@given(before=STEPS, undone=STEPS)
def test_undoing_everything_newest_first_gives_back_what_was_on_sqlite(
    before: list[tuple[Any, ...]], undone: list[tuple[Any, ...]]
) -> None:
    undo_newest_first("sqlite:", before, undone)


def undo_newest_first(scheme: str, before: list[tuple[Any, ...]], undone: list[tuple[Any, ...]]) -> None:
    with empty_ledger(scheme) as ledger:
        for step in before:
            perform(ledger, step)
        wanted, known = content(ledger), len(ledger.operations())
        for step in undone:
            perform(ledger, step)
        later = ledger.operations()[: len(ledger.operations()) - known]
        for operation in later:
            assert ledger.undo(operation.id).standing == ()
        assert content(ledger) == wanted


@given(steps=STEPS, chosen=st.integers(0, 20))
def test_undo_of_any_operation_touches_nothing_that_was_edited_later(steps: list[tuple[Any, ...]], chosen: int) -> None:
    undo_one("memory:", steps, chosen)


@FEWER
@given(steps=STEPS, chosen=st.integers(0, 20))
def test_undo_of_any_operation_touches_nothing_that_was_edited_later_on_sqlite(
    steps: list[tuple[Any, ...]], chosen: int
) -> None:
    undo_one("sqlite:", steps, chosen)


def undo_one(scheme: str, steps: list[tuple[Any, ...]], chosen: int) -> None:
    with empty_ledger(scheme) as ledger:
        for step in steps:
            perform(ledger, step)
        operations = ledger.operations()
        operation = operations[chosen % len(operations)]
        if operation.verb == "init":
            return
        schema = ledger.customers.schema
        present = content(ledger)
        later = {one.id for one in operations[: chosen % len(operations)]}
        touched = {
            (entry.type, entry.record + offset, key)
            for entry in ledger.log()
            if entry.operation in later
            for offset in range(entry.count)
            for key in (entry.before or schema.by_key)
        }
        made = {
            (entry.type, entry.record + offset): entry.digests[offset * DIGEST_BYTES : (offset + 1) * DIGEST_BYTES]
            for entry in ledger.session.view.log(operation=operation.id)
            if entry.action is not Action.REMOVE
            for offset in range(entry.count)
        }
        left = {key: digest(by_key(ledger.records(key[0]).schema, row)) for key in made if (row := row_of(ledger, key))}
        decided = decided_later(ledger, operation.id, later)
        ledger.undo(operation.id)
        after = content(ledger)
        for record_type, number, key in touched:
            kind = ledger.records(record_type).schema
            if number not in present[record_type] or key not in kind.by_key or key in {"revision", "updated_at"}:
                continue
            if (record_type, number) in made and left[record_type, number] == made[record_type, number]:
                continue  # edited later, and back to what the operation left: it counts as untouched
            assert number in after[record_type]
            position = [one for one in kind.keys if one not in {"revision", "updated_at"}].index(key)
            now, was = after[record_type][number][position], present[record_type][number][position]
            if key == "tags":  # a set, of which each element is what was edited later, or was not
                now, was = (decided.get(number, set()) & set(tags or ()) for tags in (now, was))
            assert now == was


def decided_later(ledger: Ledger, operation: int, later: set[int]) -> dict[int, set[str]]:
    """Return the tags of each customer of which later operations left something else than this one said."""
    entries, schema = ledger.session.view.log(record=None), ledger.customers.schema
    mine = {
        (entry.record, one.key): said(one.after)
        for entry in entries
        for one in entry.marks
        if entry.operation == operation
    }
    decided: dict[int, set[str]] = {}
    for entry in entries:
        for one in entry.marks if entry.operation in later and entry.action is not Action.REMOVE else ():
            (held,) = ledger.session.view.marks(schema, [entry.record])
            now = next((said(mark) for mark in held if mark.key == one.key), None)
            if (entry.record, one.key) not in mine or mine[entry.record, one.key] != now:
                decided.setdefault(entry.record, set()).add(one.key[1])
    return decided


def test_what_was_edited_later_and_edited_back_counts_as_untouched(ledger: Ledger) -> None:
    customer = ledger.customers.add(name="A", city="Bonn").id
    ledger.customers.edit(customer, city="Köln")
    edited = last(ledger)
    ledger.customers.edit(customer, city="Ulm")
    assert ledger.undo(edited).standing
    ledger.customers.edit(customer, city="Köln")
    assert ledger.undo(edited).standing == ()
    assert ledger.customers.get(customer).city == "Bonn"


def row_of(ledger: Ledger, key: tuple[str, int]) -> Row | None:
    return ledger.session.get(key[0], [key[1]])[0]


def test_a_field_that_has_values_by_now_stays_when_its_addition_is_undone(ledger: Ledger) -> None:
    ledger.fields.add("customer", "会员卡号", kind="text", label_en="Card number")
    added = last(ledger)
    ledger.customers.add(name="A", **{"Card number": "0001"})
    undone = ledger.undo(added)
    assert undone.receipt is None
    assert undone.standing[0].why == "1 customer with a value in it would lose it"
    assert ledger.customers.where("会员卡号 = 0001").count() == 1


def test_a_choice_that_is_held_by_now_stays_when_its_addition_is_undone(ledger: Ledger) -> None:
    ledger.fields.set_choices("customer.level", ["A", "B", "C", "D"])
    changed = last(ledger)
    customer = ledger.customers.add(name="A", level="D")
    assert "with D" in ledger.undo(changed).standing[0].why
    ledger.customers.edit(customer.id, level="A")
    assert ledger.undo(changed).standing == ()
    assert [choice.code for choice in ledger.customers.schema.by_key["level"].spec.choices] == ["A", "B", "C"]


def test_a_setting_that_is_as_an_operation_left_it_again_is_taken_back(ledger: Ledger) -> None:
    ledger.fields.add("customer", "Card")
    added = last(ledger)
    ledger.fields.edit("customer.Card", label_en="Card number")
    edited = last(ledger)
    told = ledger.undo(added).standing[0]
    assert (told.setting, told.record, told.why) == ("field/customer/x_card", "", "it was changed later")
    ledger.undo(edited)
    assert ledger.undo(added).standing == ()
    assert "x_card" not in ledger.customers.schema.by_key
