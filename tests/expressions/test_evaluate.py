from datetime import date
from zoneinfo import ZoneInfo

import pytest

from custledger.conventions import Conventions
from custledger.expressions import Moment, evaluator, understand
from custledger.expressions.compute import Alone, Frame
from custledger.expressions.evaluate import predicate
from custledger.expressions.tree import Compare, Day, FieldNode
from custledger.fields import Kind, Labels, Spec
from custledger.schema import Field, Row, Schema
from custledger.testing.samples import Person

SCHEMA = Schema.of(Person).extended(
    [
        Field("x_nick", Spec(kind=Kind.TEXT, labels=Labels("Nick"))),
        Field("x_due", Spec(kind=Kind.DATE, labels=Labels("Due"))),
        Field(
            "x_was",
            Spec(kind=Kind.CHOICE, labels=Labels("Was"), choices=Schema.of(Person).by_key["grade"].spec.choices),
        ),
    ]
)
CONVENTIONS = Conventions(zone_name="Asia/Shanghai")
MOMENT = Moment(date(2026, 11, 22), ZoneInfo("Asia/Shanghai"))


def row_of(**plain: object) -> Row:
    return tuple({"id": 1, "revision": 1, **plain}.get(key) for key in SCHEMA.keys)


def holds(text: str, **plain: object) -> object:
    return evaluator(understand(text, SCHEMA, CONVENTIONS), SCHEMA, MOMENT)(row_of(**plain))


@pytest.mark.parametrize(
    "text",
    [
        "age = 0",
        "age < 5",
        "age <= 5",
        "age > 5",
        "age >= 5",
        "age between 0 and 9",
        "age in (0, 1)",
        "notes = a",
        "notes contains a",
        "notes starts with a",
        "notes ends with a",
        "notes < a",
        "grade = gold",
        "grade < silver",
        "grade >= silver",
        "tags = vip",
        "tags contains vip",
        "hobbies in (tea, go)",
        "active",
        "active = no",
        "seen = today",
        "seen < today",
        "born <= today",
        "balance > score",
        "notes = [x_nick]",
        "grade >= [x_was]",
        "mentor = SP-0000000000001",
        "phone = 110",
        "seen in (today, 2026-11-22 14:30)",
    ],
)
def test_a_comparison_with_an_empty_value_is_false_and_its_negation_true(text: str) -> None:
    assert holds(text) is False
    assert holds(f"not ({text})") is True


@pytest.mark.parametrize(
    ("negated", "plain"),
    [
        ("age != 3", "age = 3"),
        ("age <> 3", "age = 3"),
        ("age not in (1, 3)", "age in (1, 3)"),
        ("age not between 1 and 3", "age between 1 and 3"),
        ("age 不等于 3", "age = 3"),
    ],
)
def test_a_negated_operator_means_exactly_not(negated: str, plain: str) -> None:
    for age in (None, 0, 1, 2, 3, 4):
        assert holds(negated, age=age) is not holds(plain, age=age)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Straße", "STRASSE"),
        ("Ｆｕｌｌ", "full"),
        ("ſet", "SET"),
        ("Kelvin", "kelvin"),
        ("e\u0301", "É"),
        ("ﬁn", "FIN"),
        ("Ω", "ω"),
        ("İ", "i̇"),
    ],
)
def test_texts_compare_by_their_folded_form(one: str, other: str) -> None:
    for left, right in ((one, other), (other, one)):
        assert holds(f'notes = "{right}"', notes=left)
        assert holds(f'notes in (x, "{right}")', notes=left)
        assert holds(f'notes contains "{right}"', notes=f"a {left} b")
        assert holds(f'notes starts with "{right}"', notes=f"{left} b")
        assert holds(f'notes ends with "{right}"', notes=f"a {left}")
        assert holds(f'tag = "{right}"', tags=(left,))
        assert holds("notes = [x_nick]", notes=left, x_nick=right)
        assert not holds(f'notes < "{right}" or notes > "{right}"', notes=left)


def test_phones_compare_without_punctuation() -> None:
    assert holds("phone = 13800138000", phone="１３８-0013 8000")
    assert holds("phone ends with 14-8000", phone="+86 (138) 0013-8000") is False
    assert holds("phone ends with 0013-8000", phone="+86 138 00138000")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("seen = 2026-11-22", "-11-"),
        ("seen < 2026-11-22", "1---"),
        ("seen <= 2026-11-22", "111-"),
        ("seen > 2026-11-22", "---1"),
        ("seen >= 2026-11-22", "-111"),
        ("seen != 2026-11-22", "1--1"),
        ("seen = today", "-11-"),
        ("seen in (yesterday, tomorrow)", "1--1"),
        ("seen between yesterday and today", "111-"),
        ("seen = 2026-11-22 23:59:59.999", "--1-"),
        ("seen > 2026-11-22 00:00", "--11"),
        ("seen > 1 day ago", "-111"),
        ("seen in (today, “2026-11-23 00:00”)", "-111"),
    ],
)
def test_a_date_means_the_whole_day_in_the_ledgers_zone(text: str, expected: str) -> None:
    times = [
        "2026-11-21T15:59:59.999Z",
        "2026-11-21T16:00:00.000Z",
        "2026-11-22T15:59:59.999Z",
        "2026-11-22T16:00:00.000Z",
    ]
    assert "".join("1" if holds(text, seen=time) else "-" for time in times) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("grade < silver", ["gold"]),
        ("grade <= silver", ["gold", "silver"]),
        ("grade > silver", ["bronze", "gone"]),
        ("grade >= silver", ["silver", "bronze", "gone"]),
        ("grade between silver and bronze", ["silver", "bronze"]),
        ("grade < gold", []),
        ("grade >= gold", ["gold", "silver", "bronze", "gone"]),
        ("grade > bronze", ["gone"]),
        ("grade = 银牌", ["silver"]),
        ("grade < [x_was]", ["gold"]),
        ("grade >= [x_was]", ["silver", "bronze", "gone"]),
        ("grade = [x_was]", ["silver"]),
    ],
)
def test_choices_compare_by_their_place(text: str, expected: list[str]) -> None:
    assert [
        code for code in ("gold", "silver", "bronze", "gone") if holds(text, grade=code, x_was="silver")
    ] == expected


@pytest.mark.parametrize(
    ("age", "score", "expected"),
    [(1, 10_000, "="), (1, 10_001, "<"), (2, 10_001, ">"), (-1, -10_001, ">"), (0, 0, "=")],
)
def test_whole_numbers_compare_with_exact_numbers(age: int, score: int, expected: str) -> None:
    assert [word for word in "<=>" if holds(f"age {word} [score]", age=age, score=score)] == [expected]


def test_a_field_yields_its_plain_value() -> None:
    read = evaluator(understand("hobbies", SCHEMA, CONVENTIONS, want=None), SCHEMA, MOMENT)
    assert read(row_of(hobbies=("go", "tea"))) == ("go", "tea")
    assert read(row_of()) is None


def test_what_is_not_settled_is_refused() -> None:
    with pytest.raises(TypeError, match="not settled"):
        predicate(Compare("=", FieldNode("born", Kind.DATE), Day()), Frame(SCHEMA, Alone(), "", predicate))
