from datetime import UTC, date

import pytest

from custledger.conventions import Conventions
from custledger.expressions import Moment, after_filter, comparable, sort_key, understand_order
from custledger.expressions.comparing import comparable_of
from custledger.schema import ID, Row, Schema
from custledger.testing.samples import Person

SCHEMA = Schema.of(Person)
MOMENT = Moment(date(2026, 11, 22), UTC)
ROWS = [
    tuple({"id": number, "notes": notes, "grade": grade, "age": age}.get(key) for key in SCHEMA.keys)
    for number, notes, grade, age in [
        (1, "b", "gone", 3),
        (2, "A", "gold", None),
        (3, None, None, 1),
        (4, "a", "bronze", 3),
        (5, "Ｂ", "silver", 2),
        (6, None, "gold", None),
    ]
]


def ids(keys: list[str]) -> list[object]:
    order = understand_order(keys, SCHEMA, Conventions())
    return [row[ID] for row in sorted([*ROWS[3:], *ROWS[:3]], key=sort_key(order, SCHEMA, MOMENT))]


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ([], [1, 2, 3, 4, 5, 6]),
        (["notes"], [2, 4, 1, 5, 3, 6]),
        (["-notes"], [1, 5, 2, 4, 3, 6]),
        (["grade"], [2, 6, 5, 4, 1, 3]),
        (["-grade"], [1, 4, 5, 2, 6, 3]),
        (["age", "-notes"], [3, 5, 1, 4, 2, 6]),
        (["-age", "-id"], [4, 1, 5, 3, 6, 2]),
    ],
)
def test_empties_are_last_and_ties_go_by_id(keys: list[str], expected: list[int]) -> None:
    assert ids(keys) == expected


@pytest.mark.parametrize("keys", [[], ["notes"], ["-notes"], ["grade", "-age"], ["-age", "notes", "-grade"]])
def test_pages_continue_where_the_last_one_ended(keys: list[str]) -> None:
    order = understand_order(keys, SCHEMA, Conventions())
    ordered = sorted(ROWS, key=sort_key(order, SCHEMA, MOMENT))
    for place, row in enumerate(ordered):
        holds = after_filter(order, (*values(row, keys), row[ID]), SCHEMA, MOMENT)
        assert [each for each in ROWS if holds(each)] == sorted(ordered[place + 1 :])


def values(row: Row, keys: list[str]) -> list[object]:
    return [row[SCHEMA.positions[key.removeprefix("-")]] for key in keys]


def test_what_compares_equal_has_one_comparable_form() -> None:
    (notes, _), (grade, _), (filled, _) = understand_order(["notes", "grade", "notes is empty"], SCHEMA, Conventions())
    form = comparable(notes, SCHEMA, MOMENT)
    assert [form(row) for row in ROWS] == ["b", "a", None, "a", "b", None]
    assert [comparable_of(grade)(code) for code in ("gold", "bronze", "gone", "away", None)] == [0, 2, 3, 3, None]
    assert comparable(filled, SCHEMA, MOMENT)(ROWS[0]) is False
