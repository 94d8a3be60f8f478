"""The heart of the suite: what SQL answers is what the evaluator answers, whatever the filter and whatever the rows."""

import os
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, date
from json import dumps
from zoneinfo import ZoneInfo

import attrs
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from custledger.conventions import Conventions
from custledger.expressions import (
    Expression,
    Moment,
    after_filter,
    comparable,
    evaluator,
    sort_key,
    sql,
    understand,
    understand_order,
)
from custledger.expressions.split import split
from custledger.fields import Choice, Kind, Labels, Spec
from custledger.schema import ID, Field, Row, Schema
from custledger.testing.expressions import TODAY, ZONE, filters, rows, sort_keys
from custledger.testing.samples import Person
from custledger.values import folder

EXAMPLES = int(os.environ.get("CUSTLEDGER_EXAMPLES", "300"))
SHARE = min(EXAMPLES, 2000)
PARTS = range(-(-EXAMPLES // SHARE))
"""A long run goes in parts, since hypothesis keeps in memory what it tried."""


def custom(key: str, kind: Kind, label: str = "", choices: tuple[Choice, ...] = (), target: str | None = None) -> Field:
    return Field(key, Spec(kind=kind, labels=Labels(label), choices=choices, target=target, custom=True))


SCHEMA = Schema.of(Person).extended(
    [
        custom("x_nick", Kind.TEXT, "Name (spoken)"),
        custom("x_visits", Kind.INTEGER, "Visits"),
        custom("x_rank", Kind.INTEGER),
        custom("x_born", Kind.DATE, "Born and died"),
        custom("x_called", Kind.TIME),
        custom("x_phone", Kind.PHONE),
        custom("x_was", Kind.CHOICE, choices=Schema.of(Person).by_key["grade"].spec.choices),
        custom("x_asked", Kind.YES_NO),
        custom("x_about", Kind.REFERENCE),
        custom("x_other", Kind.REFERENCE),
        custom("x_100%", Kind.NUMBER, 'A "quoted" label'),
    ]
)
CONVENTIONS = Conventions(zone_name=ZONE)
MOMENT = Moment(TODAY, ZoneInfo(ZONE))


class Database:
    """A SQLite database in the layout that ``custledger.expressions.sql`` describes, with some rows in it."""

    def __init__(self, many: Sequence[Row]) -> None:
        self.connection = sqlite3.connect(":memory:")
        names = [field.key for field in SCHEMA.fields]
        names += [
            field.key + sql.FOLDED_SUFFIX
            for field in SCHEMA.fields
            if field.spec.kind in {Kind.TEXT, Kind.PHONE, Kind.EMAIL}
        ]
        self.connection.execute(f"CREATE TABLE person ({', '.join(map(sql.SQLITE.quoted, names))})")
        tags = sql.SQLITE.quoted(sql.side_table(SCHEMA.name, "tags"))
        self.connection.execute(f"CREATE TABLE {tags} (record, tag, folded, source, actor, at, refused)")
        for row in many:
            self.connection.execute(
                f"INSERT INTO person VALUES ({sql.SQLITE.placeholders(len(names))})", columns_of(row)
            )
            listed = [(row[ID], tag, folder(Kind.TAGS)(tag)) for tag in row[SCHEMA.positions["tags"]] or ()]
            self.connection.executemany(f"INSERT INTO {tags} VALUES (?, ?, ?, 'person', 'me', '', 0)", listed)
            self.connection.execute(f"INSERT INTO {tags} VALUES (?, 'vip', 'vip', 'a rule', 'me', '', 1)", [row[ID]])

    def ids(self, where: sql.Sql | None = None, order: sql.Sql | None = None) -> list[int]:
        """Return the ids of the rows that a condition holds for, in an order."""
        parameters = (*(where.parameters if where else ()), *(order.parameters if order else ()))
        text = f"SELECT id FROM person WHERE {where.text if where else 'TRUE'} ORDER BY {order.text if order else 'id'}"
        return [each for (each,) in self.connection.execute(text, parameters)]

    def values(self, column: sql.Sql) -> list[object]:
        """Return the values of one column, by id."""
        return [
            each
            for (each,) in self.connection.execute(f"SELECT {column.text} FROM person ORDER BY id", column.parameters)
        ]


def columns_of(row: Row) -> list[object]:
    """Return the values of the columns, the folded ones last."""
    plain = [dumps(value) if isinstance(value, tuple) else value for value in row]
    folded = [
        (value, folder(field.spec.kind))
        for field, value in zip(SCHEMA.fields, row, strict=True)
        if field.spec.kind in {Kind.TEXT, Kind.PHONE, Kind.EMAIL}
    ]
    return plain + [None if value is None or fold(value) == value else fold(value) for value, fold in folded]


def understood(text: str) -> Expression:
    return understand(text, SCHEMA, CONVENTIONS)


@pytest.mark.parametrize("part", PARTS)
@settings(max_examples=SHARE)
@given(texts=st.lists(filters(SCHEMA), min_size=1, max_size=4), many=rows(SCHEMA, min_size=4, max_size=10))
def test_sql_and_the_evaluator_choose_the_same_rows_and_nothing_is_left_over(
    part: int, texts: list[str], many: list[Row]
) -> None:
    database = Database(many)
    with closing(database.connection):
        for text in texts:
            where = understood(text)
            share = split(where, SCHEMA, sql.SQLITE, MOMENT)
            assert share.left_over is None
            assert share.pushed is not None
            holds = evaluator(where, SCHEMA, MOMENT)
            assert database.ids(share.pushed) == sorted(row[ID] for row in many if holds(row)), text


@settings(max_examples=max(20, EXAMPLES // 5))
@given(filters(SCHEMA), rows(SCHEMA, min_size=4))
def test_a_negated_filter_chooses_exactly_the_other_rows(text: str, many: list[Row]) -> None:
    where, negated = understood(text), understood(f"not ({text})")
    database = Database(many)
    with closing(database.connection):
        chosen = database.ids(sql.compile_where(where, SCHEMA, sql.SQLITE, MOMENT))
        others = database.ids(sql.compile_where(negated, SCHEMA, sql.SQLITE, MOMENT))
    assert sorted(chosen + others) == sorted(row[ID] for row in many)


@settings(max_examples=max(20, EXAMPLES // 3))
@given(sort_keys(SCHEMA), rows(SCHEMA, min_size=4))
@example(["[grade]", "-[name]"], [])
def test_sql_and_the_evaluator_sort_and_page_alike(keys: list[str], many: list[Row]) -> None:
    order = understand_order(keys, SCHEMA, CONVENTIONS)
    expected = sorted(many, key=sort_key(order, SCHEMA, MOMENT))
    columns = [evaluator(expression, SCHEMA, MOMENT) for expression, _ in order]
    by = sql.compile_order(order, SCHEMA, sql.SQLITE, MOMENT)
    database = Database(many)
    with closing(database.connection):
        assert database.ids(order=by) == [row[ID] for row in expected]
        for place, last in enumerate(expected):
            after = (*(column(last) for column in columns), last[ID])
            rest = [row[ID] for row in expected[place + 1 :]]
            holds = after_filter(order, after, SCHEMA, MOMENT)
            assert [row[ID] for row in expected if holds(row)] == rest
            condition = sql.compile_after(order, after, SCHEMA, sql.SQLITE, MOMENT)
            assert condition is not None
            assert database.ids(condition, by) == rest
            segments = sql.compile_after_segments(order, after, SCHEMA, sql.SQLITE, MOMENT)
            assert segments is not None
            assert [each for segment in segments for each in database.ids(segment.where, segment.order)] == rest


@settings(max_examples=max(20, EXAMPLES // 5))
@given(
    filters(SCHEMA, max_leaves=2) | st.sampled_from([f"[{field.key}]" for field in SCHEMA.fields]),
    rows(SCHEMA, min_size=4),
)
def test_sql_and_the_evaluator_compute_the_same_columns_and_groups(text: str, many: list[Row]) -> None:
    expression = understand(text, SCHEMA, CONVENTIONS, want=None)
    ordered = sorted(many, key=lambda row: row[ID])
    value, form = evaluator(expression, SCHEMA, MOMENT), comparable(expression, SCHEMA, MOMENT)
    column = sql.compile_column(expression, SCHEMA, sql.SQLITE, MOMENT)
    group = sql.compile_comparable(expression, SCHEMA, sql.SQLITE, MOMENT)
    database = Database(many)
    with closing(database.connection):
        assert column is not None
        plain = [value(row) for row in ordered]
        assert database.values(column) == [dumps(each) if isinstance(each, tuple) else each for each in plain]
        if group is not None:
            assert database.values(group) == [form(row) for row in ordered]


def test_a_choice_that_is_no_longer_listed_is_after_all_others_in_both() -> None:
    many = [row_of(1, grade="once_a_choice"), row_of(2, grade="bronze"), row_of(3), row_of(4, grade="gold")]
    database = Database(many)
    with closing(database.connection):
        for text, expected in (
            ("grade > bronze", [1]),
            ("grade >= bronze", [1, 2]),
            ("grade <= bronze", [2, 4]),
            ("grade < bronze", [4]),
        ):
            assert database.ids(sql.compile_where(understood(text), SCHEMA, sql.SQLITE, MOMENT)) == expected, text
            assert [row[ID] for row in many if evaluator(understood(text), SCHEMA, MOMENT)(row)] == expected, text


def test_days_begin_when_the_zone_says_in_both() -> None:
    many = [row_of(1, seen="2026-11-21T15:59:59.999Z"), row_of(2, seen="2026-11-21T16:00:00.000Z"), row_of(3)]
    database = Database(many)
    with closing(database.connection):
        for moment, expected in (
            (MOMENT, [2]),
            (attrs.evolve(MOMENT, zone=UTC), []),
            (Moment(date(2026, 11, 21), UTC), [1, 2]),
        ):
            assert database.ids(sql.compile_where(understood("seen = today"), SCHEMA, sql.SQLITE, moment)) == expected
            assert [row[ID] for row in many if evaluator(understood("seen = today"), SCHEMA, moment)(row)] == expected


@pytest.mark.parametrize(
    ("text", "today", "expected"),
    [
        ("days_until(x_born) <= 30", date(9999, 12, 15), [2, 3]),
        ("days_until(x_born) < 30", date.max, [2, 3]),
        ("days_until(x_born) > 30", date.max, []),
        ("days_until(x_born) = 30", date(9999, 12, 15), []),
        ("days_since(x_born) < 180", date.min, [2, 3]),
        ("days_since(x_born) >= 180", date(1, 1, 20), []),
        ("days_since(x_born) != 30", date(1, 1, 20), [1, 2, 3]),
        ("x_born >= 30 days ago", date(1, 1, 20), [2, 3]),
        ("x_born <= in 30 days", date(9999, 12, 15), [2, 3]),
    ],
)
def test_days_beyond_the_calendar_are_counted_alike_in_both(text: str, today: date, expected: list[int]) -> None:
    many = [row_of(1), row_of(2, x_born="0001-01-01"), row_of(3, x_born="9999-12-31")]
    moment, where = attrs.evolve(MOMENT, today=today), understood(text)
    database = Database(many)
    with closing(database.connection):
        assert database.ids(sql.compile_where(where, SCHEMA, sql.SQLITE, moment)) == expected
        assert [row[ID] for row in many if evaluator(where, SCHEMA, moment)(row)] == expected


@pytest.mark.parametrize(
    "text",
    [
        f"{pair[0]} {word} {pair[1]}"
        for word in ("=", "!=", "<", "<=", ">", ">=")
        for pair in (("age", "[score]"), ("score", "[age]"), ("age", "[balance]"), ("age", "[x_visits]"))
    ],
)
def test_whole_numbers_and_exact_numbers_compare_alike_in_both(text: str) -> None:
    whole = [None, 0, 1, -1, 2, -2, 10_000, (1 << 63) - 1, -(1 << 63)]
    exact = [None, 0, 1, -1, 9_999, 10_000, 10_001, -9_999, -10_000, -10_001, 20_000, (1 << 63) - 1, -(1 << 63)]
    many = [
        row_of(1 + 100 * first + second, age=age, score=score, balance=score, x_visits=whole[second % len(whole)])
        for first, age in enumerate(whole)
        for second, score in enumerate(exact)
    ]
    assert_alike(text, many)


@pytest.mark.parametrize(
    "text",
    [
        f'notes {how} with "{part}"'
        for how in ("starts", "not starts", "ends", "not ends")
        for part in ("\ud7ff", "a\U0010ffff", "\U0010ffff", "\U0010ffff\U0010ffff", "a", "ß", "%", "😀")
    ],
)
def test_beginnings_and_endings_are_found_alike_at_the_edges_of_unicode(text: str) -> None:
    parts = ["\ud7ff", "\ue000", "a", "b", "\U0010ffff", "ss", "ß", "s", "😀", "%", "%%"]
    both = [first + second for first in parts for second in ["", *parts]]
    assert_alike(text, [row_of(number, notes=notes) for number, notes in enumerate([None, *both], start=1)])


def assert_alike(text: str, many: list[Row]) -> None:
    """Assert that both choose the same rows, and that the filter tells some rows from others."""
    where = understood(text)
    holds = evaluator(where, SCHEMA, MOMENT)
    expected = [row[ID] for row in many if holds(row)]
    assert 0 < len(expected) < len(many)
    database = Database(many)
    with closing(database.connection):
        assert database.ids(sql.compile_where(where, SCHEMA, sql.SQLITE, MOMENT)) == expected


def row_of(number: int, **plain: object) -> Row:
    """Return a row that holds nothing but an id and what is given."""
    given = {
        "id": number,
        "created_at": "2026-01-01T00:00:00.000Z",
        "updated_at": "2026-01-01T00:00:00.000Z",
        "revision": 1,
        **plain,
    }
    return tuple(given.get(key) for key in SCHEMA.keys)
