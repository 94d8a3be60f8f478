"""Counting rows by values, without any store."""

from datetime import UTC, date
from typing import Any

from custledger.codec import row_from
from custledger.conventions import Conventions
from custledger.expressions import Moment, field_expression, understand
from custledger.schema import Row, Schema
from custledger.stores.grouping import grouped
from custledger.testing import Person

PERSON = Schema.of(Person)
MOMENT = Moment(date(2026, 1, 1), UTC)


def people(**values: list[Any]) -> list[Row]:
    lengths = {len(column) for column in values.values()}
    return [row_from(PERSON, {key: column[index] for key, column in values.items()}) for index in range(*lengths)]


def counted(rows: list[Row], *keys: str) -> list[tuple[Any, ...]]:
    return grouped(rows, PERSON, [field_expression(PERSON, key) for key in keys], MOMENT)


def test_without_anything_to_count_by_there_is_one_number() -> None:
    assert counted(people(name=["a", "b"])) == [(2,)]
    assert counted([]) == [(0,)]
    assert counted([], "name") == []


def test_equal_texts_are_shown_as_the_one_that_sorts_first_whatever_the_order() -> None:
    for names in (["b", "Ｂ", "B"], ["B", "b", "Ｂ"]):
        assert counted(people(name=names), "name") == [("B", 3)]


def test_two_unknown_choices_are_not_one() -> None:
    assert counted(people(grade=["zinc", "lead", "gold"]), "grade") == [("gold", 1), ("lead", 1), ("zinc", 1)]


def test_tags_that_compare_equal_are_counted_together() -> None:
    assert counted(people(tags=[("VIP",), ("vip", "x"), None]), "tags") == [("VIP", 2), ("x", 1), (None, 1)]


def test_a_condition_can_be_counted_by() -> None:
    condition = understand("age > 1", PERSON, Conventions())
    assert grouped(people(age=[1, 2, 3, None]), PERSON, [condition], MOMENT) == [(False, 2), (True, 2)]


def test_several_values_and_another_key_are_counted_in_every_combination() -> None:
    rows = people(tags=[("a", "b"), ("a",)], active=[1, 0])
    assert counted(rows, "tags", "active") == [("a", 0, 1), ("a", 1, 1), ("b", 1, 1)]
