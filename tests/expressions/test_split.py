from datetime import UTC, date

import attrs

from custledger.conventions import Conventions
from custledger.expressions import Moment, both, evaluator, is_in, sql, understand
from custledger.expressions.split import Share, split
from custledger.expressions.tree import Has, OneOf
from custledger.schema import Schema
from custledger.testing.samples import Person

SCHEMA = Schema.of(Person)
MOMENT = Moment(date(2026, 11, 22), UTC)
WITHOUT_LISTS = attrs.evolve(sql.SQLITE, name="plain", any_choice="")


def test_no_condition_is_no_work() -> None:
    assert split(None, SCHEMA, sql.SQLITE, MOMENT) == Share(None, None)


def test_what_the_database_cannot_compute_is_left_over_and_the_rest_is_pushed() -> None:
    where = understand("age > 3 and hobbies = tea and name = a", SCHEMA, Conventions())
    share = split(where, SCHEMA, WITHOUT_LISTS, MOMENT)
    assert share.pushed is not None
    assert share.pushed.parameters == (3, "a")
    assert share.left_over is not None
    assert isinstance(share.left_over.root, Has)
    assert (
        evaluator(share.left_over, SCHEMA, MOMENT)(tuple({"hobbies": ("tea",)}.get(key) for key in SCHEMA.keys)) is True
    )


def test_an_or_is_left_over_whole() -> None:
    where = understand("age > 3 or hobbies = tea", SCHEMA, Conventions())
    assert split(where, SCHEMA, WITHOUT_LISTS, MOMENT) == Share(None, where)


def test_lists_too_long_for_one_statement_together_are_shared() -> None:
    half = sql.SQLITE.most_values * 2 // 3
    where = both(is_in(SCHEMA, "age", range(half)), is_in(SCHEMA, "id", range(1, half + 1)))
    share = split(where, SCHEMA, sql.SQLITE, MOMENT)
    assert share.pushed is not None
    assert len(share.pushed.parameters) == half
    assert share.left_over is not None
    assert isinstance(share.left_over.root, OneOf)
