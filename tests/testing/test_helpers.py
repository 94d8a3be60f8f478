"""What is shipped for plugin authors does what it says."""

import itertools

import pytest

from custledger.codec import Codec
from custledger.conventions import Conventions
from custledger.errors import DuplicateError
from custledger.schema import Schema
from custledger.stores.memory import MemoryStore
from custledger.testing import (
    Clerk,
    Person,
    StoreContract,
    Visit,
    assert_same_rows,
    assert_unchanged,
    refuses,
    reversal,
    sample_people,
    sample_schemas,
    seeded_mint,
)

pytest_plugins = ["custledger.testing.fixtures"]


def test_sample_people_are_the_same_every_time_and_fit_their_fields() -> None:
    people = list(sample_people(200))
    assert people == list(sample_people(200))
    assert people != list(sample_people(200, seed=8))
    codec = Codec(Schema.of(Person), Conventions(), {})
    for person in people:
        assert {
            key: codec.parse(key, codec.text(codec.schema.by_key[key], value)) for key, value in person.items()
        } == person
    assert len({person["code"] for person in people}) == 200


def test_sample_schemas_hold_every_kind_of_field_and_of_reference() -> None:
    from custledger.fields import Kind

    fields = [field for schema in sample_schemas() for field in schema.fields]
    assert {field.spec.kind for field in fields} == set(Kind)
    assert {field.spec.on_remove for field in fields if field.spec.kind is Kind.REFERENCE} == {
        "cascade",
        "restrict",
        "empty",
    }
    assert any(field.spec.kind is Kind.REFERENCE and field.spec.target is None for field in fields)


def test_minted_ids_are_the_same_every_time_and_grow() -> None:
    first, second = seeded_mint(), seeded_mint()
    made = [first.one() for _ in range(5)]
    assert made == [second.one() for _ in range(5)] == sorted(made)


def test_the_fixtures_make_a_ledger_with_people_in_it(sample_clerk: Clerk, memory_clerk: Clerk) -> None:
    assert sample_clerk is memory_clerk
    assert sample_clerk.count("person") == [(50,)]
    assert sample_clerk.count("visit") == [(100,)]


def test_a_reversal_takes_back_what_landed(sample_clerk: Clerk) -> None:
    was = {name: sample_clerk.everything(name) for name in sample_clerk.schemas}
    receipt = sample_clerk.apply(
        *(sample_clerk.removal("person", number) for number in sample_clerk.ids("person", limit=3))
    )
    assert receipt.removed > 3
    sample_clerk.apply(*reversal(receipt))
    assert {name: sample_clerk.everything(name) for name in sample_clerk.schemas} == was


def test_a_write_is_seen_by_assert_unchanged(memory_clerk: Clerk) -> None:
    with pytest.raises(AssertionError, match="the rows changed"), assert_unchanged(memory_clerk):
        memory_clerk.add("person", name="Ada")
    with assert_unchanged(memory_clerk):
        memory_clerk.select("person")


def test_refuses_wants_the_error_and_nothing_written(memory_clerk: Clerk) -> None:
    memory_clerk.add("person", name="Ada", code="1")
    with refuses(DuplicateError, memory_clerk):
        memory_clerk.add("person", name="Bo", code="1")
    with pytest.raises(pytest.fail.Exception), refuses(DuplicateError, memory_clerk):
        memory_clerk.ids("person")


def test_rows_that_differ_are_named() -> None:
    with pytest.raises(AssertionError, match="row 1 differs"):
        assert_same_rows([(1,), (2,)], [(1,), (3,)])
    with pytest.raises(AssertionError, match="1 rows, and 2 expected"):
        assert_same_rows([(1,)], [(1,), (3,)])


def test_clerks_on_one_ledger_never_mint_one_id_twice() -> None:
    clerk = Clerk(MemoryStore())
    other = clerk.beside(clerk.store)
    numbers = [one.add("person", name="x") for one in itertools.islice(itertools.cycle((clerk, other)), 20)]
    assert len(set(numbers)) == 20


def test_the_suite_has_at_least_eighty_cases() -> None:
    assert sum(name.startswith("test_") for name in dir(StoreContract)) >= 80


def test_a_sample_record_can_be_made() -> None:
    assert Visit(id=1, person=2, note="拜访").ref == "SV-0000000000001"
