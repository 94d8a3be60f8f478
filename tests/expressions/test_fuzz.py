"""Whatever is written, understanding it ends in an expression or in a ``QueryError`` that points into the text."""

import contextlib
import os
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from custledger.conventions import Conventions
from custledger.errors import QueryError
from custledger.expressions import Expression, Moment, evaluator, sql, understand
from custledger.expressions.functions import FUNCTIONS
from custledger.expressions.keywords import AND, BETWEEN_AND, BETWEEN_END, DISTINCT, NOT, OPERATORS, OR, SYMBOLS, WHERE
from custledger.expressions.split import split
from custledger.schema import Schema
from custledger.testing.expressions import DAYS, TODAY, ZONE
from custledger.testing.related import PERSON, VISIT, WORLD

EXAMPLES = int(os.environ.get("CUSTLEDGER_EXAMPLES", "300"))
CONVENTIONS = Conventions(zone_name=ZONE)
MOMENT = Moment(TODAY, ZoneInfo(ZONE), currency="CNY")
WORDS = [
    *PERSON.names, *VISIT.keys, *WORLD.scope(PERSON).relations, *WORLD.scope(PERSON).named,
    *(f"visits.{key}" for key in VISIT.keys), *(f"mentor.{key}" for key in PERSON.keys), "visits.guide.name",
    *(" ".join(words) for words in OPERATORS), *SYMBOLS, *AND, *OR, *NOT, *WHERE, *DISTINCT, *BETWEEN_AND, *BETWEEN_END,
    *FUNCTIONS, *(f"{name}(" for name in FUNCTIONS), *DAYS, "(", ")", "（", "）", "[", "]", ",", "，", "、", "+", "-", "*", "/",
    "×", "÷", "1", "-2.5", "0", "99999999999999999999", "1e5", "2026-11-22", "“", "”", "'", '"', ".", "..", "visits.", ".name",
    "上海", "gold", "vip", "yes", "null", "\0", "\ud800", "😀", " ", "\n",
]  # fmt: skip
TEXTS = st.lists(st.sampled_from(WORDS) | st.text(max_size=3), max_size=14).map(" ".join) | st.lists(
    st.sampled_from(WORDS), max_size=10
).map("".join)


@settings(max_examples=EXAMPLES * 5, suppress_health_check=list(HealthCheck))
@given(TEXTS, st.sampled_from([PERSON, VISIT]))
@example("count(visits where count(visits) > 1) > 1", PERSON)
@example("((((((((((age))))))))))) > 1", PERSON)
@example("sum(visits.x_cost where x_cost > avg(visits.x_cost))", PERSON)
def test_any_text_is_understood_or_refused_at_a_place(text: str, schema: Schema) -> None:
    understood = outcome(text, schema)
    if isinstance(understood, QueryError):
        assert understood.why
        assert 0 <= understood.position <= len(text)
    else:
        evaluator(understood, schema, MOMENT)
        split(understood, schema, sql.SQLITE, MOMENT)


def outcome(text: str, schema: Schema) -> Expression | QueryError:
    """Return what a text comes to."""
    try:
        return understand(text, schema, CONVENTIONS, want=None, world=WORLD)
    except QueryError as error:
        return error


@settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(sorted(FUNCTIONS)), st.lists(st.sampled_from(WORDS), max_size=6))
def test_what_stands_in_the_brackets_of_a_function_is_understood_or_refused(function: str, words: list[str]) -> None:
    with contextlib.suppress(QueryError):
        understand(f"{function}({' '.join(words)}) > 1", PERSON, CONVENTIONS, world=WORLD)
