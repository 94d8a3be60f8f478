import sqlite3
from collections.abc import Iterator
from datetime import UTC, date

import pytest
from hypothesis import given

from custledger.conventions import Conventions
from custledger.expressions import Moment, is_in, sql, understand, understand_order
from custledger.expressions.conditions import Conditions, NotPushedError, following_text
from custledger.expressions.tree import Compare, Day, FieldNode
from custledger.fields import Kind, Labels, Spec
from custledger.schema import Field, Schema
from custledger.testing.expressions import filters
from custledger.testing.samples import Person, Visit

SCHEMA = Schema.of(Person).extended([Field("x_limit", Spec(kind=Kind.INTEGER, labels=Labels("Limit")))])
CONVENTIONS = Conventions()
MOMENT = Moment(date(2026, 11, 22), UTC)


def compiled(text: str, dialect: sql.Dialect = sql.SQLITE) -> sql.Sql:
    made = sql.compile_where(understand(text, SCHEMA, CONVENTIONS), SCHEMA, dialect, MOMENT)
    assert made is not None
    return made


@pytest.mark.parametrize(
    ("text", "expected", "parameters"),
    [
        ("age = 3", '"person"."age" = ?', (3,)),
        ("age != 3", '("person"."age" IS NULL OR "person"."age" <> ?)', (3,)),
        (
            "not (age < 3 or age > 5)",
            '(("person"."age" IS NULL OR "person"."age" >= ?) AND ("person"."age" IS NULL OR "person"."age" <= ?))',
            (3, 5),
        ),
        ("name = Straße", 'coalesce("person"."name__folded", "person"."name") = ?', ("strasse",)),
        (
            "name not in (B, b, Ｂ)",
            '("person"."name" IS NULL OR coalesce("person"."name__folded", "person"."name") NOT IN (?))',
            ("b",),
        ),
        ("phone contains 138-0", 'instr(coalesce("person"."phone__folded", "person"."phone"), ?) > 0', ("1380",)),
        (
            "created_at = today",
            '("person"."created_at" >= ? AND "person"."created_at" < ?)',
            ("2026-11-22T00:00:00.000Z", "2026-11-23T00:00:00.000Z"),
        ),
        (
            "created_at != today",
            '("person"."created_at" < ? OR "person"."created_at" >= ?)',
            ("2026-11-22T00:00:00.000Z", "2026-11-23T00:00:00.000Z"),
        ),
        ("grade is not empty", '"person"."grade" IS NOT NULL', ()),
        (
            "tag != vip",
            'NOT EXISTS (SELECT 1 FROM "person__tags" AS t WHERE t.record = "person"."id" AND t.folded IN (?) AND t.refused = 0)',
            ("vip",),
        ),
    ],
)
def test_negations_stand_at_the_single_comparisons(text: str, expected: str, parameters: tuple[object, ...]) -> None:
    assert compiled(text) == sql.Sql(expected, parameters)


@given(filters(SCHEMA))
def test_no_value_stands_in_the_text_and_every_dialect_binds_the_same(text: str) -> None:
    made, other = compiled(text), compiled(text, sql.POSTGRES)
    assert made.parameters == other.parameters
    assert made.text.count("?") == len(made.parameters) == other.text.count("%s")
    assert "'" not in made.text


def test_quotation_marks_and_percent_signs_in_keys_are_harmless() -> None:
    assert sql.SQLITE.quoted('a"b%') == '"a""b%"'
    assert sql.POSTGRES.quoted('a"b%') == '"a""b%%"'


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    opened = sqlite3.connect(":memory:")
    columns = [name for field in SCHEMA.fields for name in (field.key, f"{field.key}__folded")]
    opened.execute(f"CREATE TABLE person (id INTEGER PRIMARY KEY, {', '.join(map(sql.SQLITE.quoted, columns[2:]))})")
    opened.execute('CREATE TABLE "person__tags" (record, tag, folded, source, actor, at, refused)')
    for key in ("name", "phone", "age", "created_at", "grade"):
        own = sql.comparable_column(key, SCHEMA.by_key[key].spec.kind, sql.SQLITE)
        opened.execute(f"CREATE INDEX by_{key} ON person ({own})")
    opened.execute('CREATE INDEX by_tag ON "person__tags" (folded, record)')
    yield opened
    opened.close()


def plan(connection: sqlite3.Connection, text: str, parameters: tuple[object, ...]) -> str:
    return "; ".join(
        row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN SELECT * FROM person {text}", parameters)
    )


@pytest.mark.parametrize(
    ("text", "index"),
    [
        ("name = 上海", "by_name"),
        ("name in (a, b)", "by_name"),
        ("name starts with 张", "by_name"),
        ("name >= b and name < c", "by_name"),
        ("phone = 138-0013-8000", "by_phone"),
        ("age between 30 and 40", "by_age"),
        ("not (age < 30) and not age != 31", "by_age"),
        ("created_at > 30 days ago", "by_created_at"),
        ("created_at = today and notes contains x", "by_created_at"),
        ("grade < bronze", "by_grade"),
        ("name = a or phone = 110", "by_phone"),
    ],
)
def test_indexes_serve_filters(connection: sqlite3.Connection, text: str, index: str) -> None:
    made = compiled(text)
    found = plan(connection, f"WHERE {made.text}", made.parameters)
    assert f"INDEX {index} " in found
    assert "SCAN person" not in found


@pytest.mark.parametrize("key", ["name", "-name", "created_at", "-created_at"])
def test_an_index_serves_the_first_page_and_each_segment_of_later_ones(
    connection: sqlite3.Connection, key: str
) -> None:
    order = understand_order([key], SCHEMA, CONVENTIONS)
    by = sql.compile_order(order, SCHEMA, sql.SQLITE, MOMENT)
    segments = sql.compile_after_segments(order, ("x", 7), SCHEMA, sql.SQLITE, MOMENT)
    assert by is not None
    assert segments is not None
    whole = "USE TEMP B-TREE FOR ORDER BY"
    assert whole not in plan(connection, f"ORDER BY {by.text} LIMIT 50", by.parameters)
    for segment in segments:
        found = plan(
            connection, f"WHERE {segment.where.text} ORDER BY {segment.order.text} LIMIT 50", segment.where.parameters
        )
        assert found.startswith(f"SEARCH person USING INDEX by_{key.removeprefix('-')} ")
        assert whole not in found


def test_many_clauses_do_not_nest_too_deeply_for_the_database(connection: sqlite3.Connection) -> None:
    made = compiled(" or ".join(f"age = {number}" for number in range(3000)))
    assert connection.execute(f"SELECT count(*) FROM person WHERE {made.text}", made.parameters).fetchone() == (0,)


def test_more_values_than_can_be_bound_are_not_pushed() -> None:
    assert (
        sql.compile_where(is_in(SCHEMA, "age", range(sql.SQLITE.most_values)), SCHEMA, sql.SQLITE, MOMENT) is not None
    )
    assert (
        sql.compile_where(is_in(SCHEMA, "age", range(sql.SQLITE.most_values + 1)), SCHEMA, sql.SQLITE, MOMENT) is None
    )


def test_a_field_alone_is_no_condition_and_several_values_have_no_order() -> None:
    column = understand("tags", SCHEMA, CONVENTIONS, want=None)
    assert sql.compile_where(column, SCHEMA, sql.SQLITE, MOMENT) is None
    assert sql.compile_order([(column, False)], SCHEMA, sql.SQLITE, MOMENT) is None
    assert sql.compile_after([(column, False)], (None, 1), SCHEMA, sql.SQLITE, MOMENT) is None
    assert sql.compile_after_segments([(column, False)], (None, 1), SCHEMA, sql.SQLITE, MOMENT) is None
    assert sql.compile_column(column, SCHEMA, sql.SQLITE, MOMENT) == sql.Sql('"person"."tags"')


def test_what_is_not_settled_is_not_pushed() -> None:
    with pytest.raises(NotPushedError):
        Conditions(SCHEMA, sql.SQLITE).condition(Compare("=", FieldNode("born", Kind.DATE), Day()), holds=True)


@pytest.mark.parametrize(
    ("text", "expected"), [("a", "b"), ("上", "下"), ("a\U0010ffff", "b"), ("\ud7ff", "\ue000"), ("\U0010ffff", None)]
)
def test_the_first_text_after_all_that_start_with_another(text: str, expected: str | None) -> None:
    assert following_text(text) == expected


def test_postgres_compares_texts_by_code_point() -> None:
    assert (
        compiled("name < b", sql.POSTGRES).text == 'coalesce("person"."name__folded", "person"."name") COLLATE "C" < %s'
    )
    order = understand_order(["about", "person"], Schema.of(Visit), CONVENTIONS)
    by = sql.compile_order(order, Schema.of(Visit), sql.POSTGRES, MOMENT)
    assert by == sql.Sql('"visit"."about" COLLATE "C" ASC NULLS LAST, "visit"."person" ASC NULLS LAST, "visit"."id"')
    assert '"x_limit"::numeric * 10000)' in compiled("x_limit = [balance]", sql.POSTGRES).text
