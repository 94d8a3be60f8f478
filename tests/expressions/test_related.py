"""Related records: what SQL answers is what the evaluator answers, whatever the expression and whatever the rows."""

import os
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import date
from json import dumps
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from custledger.conventions import Conventions
from custledger.expressions import Expression, Moment, comparable, evaluator, sql, understand
from custledger.expressions.dates import local_day
from custledger.expressions.split import split
from custledger.expressions.tree import StepNode
from custledger.fields import Kind
from custledger.schema import ID, Row, Schema
from custledger.testing.expressions import TODAY, ZONE, rows
from custledger.testing.related import PERSON, VISIT, WORLD, Written, related_filters, terms
from custledger.values import folder

EXPRESSIONS = int(os.environ.get("CUSTLEDGER_EXAMPLES", "300"))
AT_ONCE = 3
"""How many expressions are tried on one ledger, at least."""
SHARE = min(EXPRESSIONS // AT_ONCE, 1000)
PARTS = range(-(-EXPRESSIONS // (SHARE * AT_ONCE)))
"""A long run goes in parts, since hypothesis keeps in memory what it tried."""
CONVENTIONS = Conventions(zone_name=ZONE)
MOMENTS = (
    Moment(TODAY, ZoneInfo(ZONE), currency="CNY"),
    Moment(TODAY, ZoneInfo("America/New_York"), as_of=True, currency="EUR"),
    Moment(date(9999, 12, 15), ZoneInfo(ZONE), as_of=True, currency="CNY"),
    Moment(date.max, ZoneInfo("America/New_York"), currency="EUR"),
    Moment(date(1, 1, 20), ZoneInfo("America/New_York"), currency="EUR"),
    Moment(date.min, ZoneInfo(ZONE), as_of=True, currency="CNY"),
)
FOLDED = {Kind.TEXT, Kind.PHONE, Kind.EMAIL}
PEOPLE = (1, 2, 3, 1 << 40)


class Rows:
    """Some people and their visits, for the evaluator and as a SQLite database."""

    def __init__(self, people: Sequence[Row], visits: Sequence[Row]) -> None:
        self.people = sorted(people, key=lambda row: row[ID])
        self.visits = sorted(visits, key=lambda row: row[ID])
        self.connection = sqlite3.connect(":memory:")
        self.connection.create_function("custledger_day", 2, lambda time, zone: time and local_day(time, zone))
        for schema, many in ((PERSON, people), (VISIT, visits)):
            self._fill(schema, many)

    def _fill(self, schema: Schema, many: Sequence[Row]) -> None:
        folded = [field for field in schema.fields if field.spec.kind in FOLDED]
        names = [*schema.keys, *(field.key + sql.FOLDED_SUFFIX for field in folded)]
        self.connection.execute(f"CREATE TABLE {schema.name} ({', '.join(map(sql.SQLITE.quoted, names))})")
        self.connection.execute(f"CREATE TABLE {schema.name}__tags (record, tag, folded, source, actor, at, refused)")
        marks = sql.SQLITE.placeholders(len(names))
        for row in many:
            plain = [dumps(value) if isinstance(value, tuple) else value for value in row]
            for field in folded:
                value, fold = row[schema.positions[field.key]], folder(field.spec.kind)
                plain.append(None if value is None or fold(value) == value else fold(value))
            self.connection.execute(f"INSERT INTO {schema.name} VALUES ({marks})", plain)
            for tag in (row[schema.positions["tags"]] or ()) if "tags" in schema.positions else ():
                listed = (row[ID], tag, folder(Kind.TAGS)(tag))
                self.connection.execute(
                    f"INSERT INTO {schema.name}__tags VALUES (?, ?, ?, 'person', '', '', 0)", listed
                )

    def referring(self, schema: Schema, reference: str, number: int) -> list[Row]:
        assert schema is VISIT
        return [row for row in self.visits if row[VISIT.positions[reference]] == number]

    def row(self, schema: Schema, number: int) -> Row | None:
        assert schema is PERSON
        return next((row for row in self.people if row[ID] == number), None)

    def column(self, column: sql.Sql) -> list[object]:
        text = f"SELECT {column.text} FROM person ORDER BY id"
        return [value for (value,) in self.connection.execute(text, column.parameters)]

    def ids(self, where: sql.Sql) -> list[int]:
        text = f"SELECT id FROM person WHERE {where.text} ORDER BY id"
        return [number for (number,) in self.connection.execute(text, where.parameters)]


@st.composite
def ledgers(draw: st.DrawFn) -> Rows:
    targets = {"person": PEOPLE}
    people = draw(rows(PERSON, targets=targets, max_size=0)) + [
        (number, *draw(rows(PERSON, targets=targets, min_size=1, max_size=1))[0][1:]) for number in PEOPLE
    ]
    return Rows(people, draw(rows(VISIT, targets=targets, min_size=3, max_size=9)))


def understood(text: str, want: Kind | None = Kind.YES_NO) -> Expression:
    return understand(text, PERSON, CONVENTIONS, want=want, world=WORLD)


@pytest.mark.parametrize("part", PARTS)
def test_sql_and_the_evaluator_choose_the_same_records_and_nearly_all_is_pushed_down(part: int) -> None:
    pushed: list[bool] = []

    @settings(max_examples=SHARE, suppress_health_check=list(HealthCheck))
    @given(st.lists(related_filters(), min_size=AT_ONCE, max_size=6), ledgers(), st.sampled_from(MOMENTS))
    def agree(texts: list[str], ledger: Rows, moment: Moment) -> None:
        with closing(ledger.connection):
            for text in texts:
                where = understood(text)
                share = split(where, PERSON, sql.SQLITE, moment)
                pushed.append(share.left_over is None)
                if share.left_over is None:
                    assert share.pushed is not None
                    holds = evaluator(where, PERSON, moment, ledger)
                    assert ledger.ids(share.pushed) == [row[ID] for row in ledger.people if holds(row)], text

    agree()
    assert len(pushed) >= SHARE * AT_ONCE
    # Only tags and several choices of a record that a field leads to are left to the evaluator.
    assert sum(pushed) / len(pushed) > 0.9


@pytest.mark.parametrize("part", PARTS)
@settings(max_examples=SHARE, suppress_health_check=list(HealthCheck))
@given(written=st.lists(terms(), min_size=AT_ONCE, max_size=6), ledger=ledgers(), moment=st.sampled_from(MOMENTS))
def test_sql_and_the_evaluator_compute_the_same_values(
    part: int, written: list[Written], ledger: Rows, moment: Moment
) -> None:
    with closing(ledger.connection):
        for text, _ in written:
            expression = understood(text, None)
            column = sql.compile_column(expression, PERSON, sql.SQLITE, moment)
            group = sql.compile_comparable(expression, PERSON, sql.SQLITE, moment)
            value = evaluator(expression, PERSON, moment, ledger)
            form = comparable(expression, PERSON, moment, ledger)
            assert column is not None
            plain = [value(row) for row in ledger.people]
            assert all(each is None or type(each) in {int, str, tuple} for each in plain), text
            shown = [dumps(each) if isinstance(each, tuple) else each for each in plain]
            assert ledger.column(column) == shown, (text, column)
            if group is not None and not isinstance(expression.root, StepNode):
                assert ledger.column(group) == [form(row) for row in ledger.people], (text, group)


@settings(max_examples=EXPRESSIONS // 10, suppress_health_check=list(HealthCheck))
@given(ledgers(), st.sampled_from(MOMENTS))
def test_a_threshold_that_has_a_name_means_what_it_would_written_out(ledger: Rows, moment: Moment) -> None:
    pairs = {
        "days_since(last_seen) > few": "days_since(last_seen) > 2",
        "days_since(born) <= few": "days_since(born) <= 2",
        "days_until(born) between few and few": "days_until(born) between 2 and 2",
        "not days_since(born) = 少数": "not days_since(born) = 2",
        "days_since(born) < half": "days_since(born) < 0.5",
        "spent >= few": "spent >= 2",
        "visit_count > half": "visit_count > 0.5",
        "visit_count in (few, 3)": "visit_count in (2, 3)",
        "rate > half": "rate > 0.5",
        "few < age": "age > 2",
        "count(visits where days_since(at) < week) >= few": "count(visits where days_since(at) < 7) >= 2",
    }
    with closing(ledger.connection):
        for named, written in pairs.items():
            pushed = [split(understood(text), PERSON, sql.SQLITE, moment).pushed for text in (named, written)]
            first, second = [ledger.ids(one) for one in pushed if one is not None]
            assert first == second, named


@pytest.mark.parametrize(
    "text", ["days_since(born) > few", "days_until(born) >= few", "few > 1 and days_since(born) < few"]
)
def test_days_against_a_threshold_that_has_a_name_become_a_comparison_of_dates(text: str) -> None:
    share = split(understood(text), PERSON, sql.SQLITE, MOMENTS[0])
    assert share.pushed is not None
    assert "julianday" not in share.pushed.text
    assert "'" not in share.pushed.text
