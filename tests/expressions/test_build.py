from datetime import UTC, date

import pytest

from custledger import expressions
from custledger.conventions import Conventions
from custledger.expressions import Moment, both, equals, evaluator, field_expression, is_in, understand
from custledger.fields import Kind
from custledger.schema import Row, Schema
from custledger.testing.samples import Person

SCHEMA = Schema.of(Person)
MOMENT = Moment(date(2026, 11, 22), UTC)


def row_of(**plain: object) -> Row:
    return tuple(plain.get(key) for key in SCHEMA.keys)


@pytest.mark.parametrize(
    ("key", "plain"),
    [
        ("name", 'say "hi" and [go]'),
        ("age", -3),
        ("score", 125_000),
        ("born", "2026-11-22"),
        ("seen", "2026-11-22T06:30:00.001Z"),
        ("active", 1),
        ("grade", "gold"),
        ("phone", "138-0"),
        ("email", "a@example.com"),
        ("notes", "and"),
        ("balance", -1),
    ],
)
def test_what_a_program_builds_can_be_read_back_from_its_text(key: str, plain: object) -> None:
    built = equals(SCHEMA, key, plain)
    assert understand(built.text, SCHEMA, Conventions()).root == built.root
    listed = is_in(SCHEMA, key, [plain])
    assert understand(listed.text, SCHEMA, Conventions()).root == listed.root
    assert built.keys == listed.keys == {key}
    assert evaluator(built, SCHEMA, MOMENT)(row_of(**{key: plain})) is True
    assert evaluator(built, SCHEMA, MOMENT)(row_of()) is False


def test_ids_and_references_are_built_from_numbers() -> None:
    for key in ("id", "mentor"):
        assert evaluator(equals(SCHEMA, key, 7), SCHEMA, MOMENT)(row_of(**{key: 7})) is True
        assert evaluator(is_in(SCHEMA, key, (6, 7)), SCHEMA, MOMENT)(row_of(**{key: 8})) is False


def test_nothing_equals_empty_but_empty() -> None:
    assert equals(SCHEMA, "age", None).root == understand("age is empty", SCHEMA, Conventions()).root


def test_a_list_of_nothing_holds_for_nothing() -> None:
    assert evaluator(is_in(SCHEMA, "age", ()), SCHEMA, MOMENT)(row_of(age=1)) is False


def test_a_field_of_several_values_must_hold_one() -> None:
    row = row_of(tags=("VIP",), hobbies=("tea",))
    assert evaluator(equals(SCHEMA, "tags", "vip"), SCHEMA, MOMENT)(row) is True
    assert evaluator(is_in(SCHEMA, "hobbies", ["go", "tea"]), SCHEMA, MOMENT)(row) is True


def test_both_conditions_must_hold() -> None:
    joined = both(equals(SCHEMA, "age", 3), understand("name = a or name = b", SCHEMA, Conventions()))
    holds = evaluator(joined, SCHEMA, MOMENT)
    assert [holds(row_of(age=age, name=name)) for age, name in ((3, "a"), (3, "b"), (3, "c"), (4, "a"))] == [
        True,
        True,
        False,
        False,
    ]
    assert joined.keys == {"age", "name"}
    assert understand(joined.text, SCHEMA, Conventions()).root == joined.root


def test_a_field_is_a_column() -> None:
    assert field_expression(SCHEMA, "grade") == understand("[grade]", SCHEMA, Conventions(), want=Kind.CHOICE)
    with pytest.raises(KeyError):
        field_expression(SCHEMA, "greade")


def test_public_names_come_when_they_are_asked_for() -> None:
    assert all(callable(getattr(expressions, name)) for name in expressions.__all__)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        expressions.nothing  # noqa: B018 - asking is the point
