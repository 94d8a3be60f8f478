import pytest

from custledger.errors import QueryError
from custledger.expressions.cursor import DEEPEST
from custledger.expressions.keywords import OPERATORS
from custledger.expressions.parser import parse
from custledger.expressions.syntax import (
    Bare,
    Call,
    Clause,
    Comparison,
    Joined,
    Name,
    Negated,
    Number,
    Operation,
    Quoted,
)


class Known(frozenset[str]):
    """Names that are the same among related records."""

    def holds(self, folded: str) -> bool:
        return folded == "consent"

    def within(self, _folded: str) -> "Known":
        return self


NAMES = Known(
    {"city", "城市", "contact name", "opt in", "level", "not quite", "consent", "r / d", "visits", "visits.cost"}
)


def shape(clause: Clause) -> object:
    """Return a clause without its places, short enough for a table."""
    match clause:
        case Name(text):
            return text
        case Negated(part):
            return ("not", shape(part))
        case Joined(word, parts):
            return (word, *map(shape, parts))
        case Number(text):
            return float(text)
        case Operation(sign, left, right):
            return (shape(left), sign, shape(right))
        case Call(function, argument, is_distinct=distinct, where=where):
            return (f"{function} distinct" if distinct else function, shape(argument), where and shape(where))
        case Comparison(left, word, negated, right):
            return (shape(left), ("not " if negated else "") + word, *(shown(each) for each in right))


def shown(right: Name | Bare | Quoted) -> str:
    return (
        f"[{right.text}]" if isinstance(right, Name) else f"'{right.text}'" if isinstance(right, Quoted) else right.text
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("city = New York", ("city", "=", "New York")),
        ("city = New York and level = A", ("and", ("city", "=", "New York"), ("level", "=", "A"))),
        (
            "city = a or city = b and level = c",
            ("or", ("city", "=", "a"), ("and", ("city", "=", "b"), ("level", "=", "c"))),
        ),
        (
            "(city = a or city = b) and level = c",
            ("and", ("or", ("city", "=", "a"), ("city", "=", "b")), ("level", "=", "c")),
        ),
        ("not city = a and level = b", ("and", ("not", ("city", "=", "a")), ("level", "=", "b"))),
        ("not not consent", ("not", ("not", "consent"))),
        ("NOT (consent)", ("not", "consent")),
        ("not quite = a", ("not quite", "=", "a")),
        ("contact name contains in the Middle", ("contact name", "contains", "in the Middle")),
        ("opt in is empty", ("opt in", "empty")),
        ("opt in in (yes, no)", ("opt in", "in", "yes", "no")),
        ("[in] is not empty", ("in", "not empty")),
        ("city != [contact name]", ("city", "not =", "[contact name]")),
        ("city in (rock and roll, 'a, b', [level])", ("city", "in", "rock and roll", "'a, b'", "[level]")),
        ("city not in （北京，上海）", ("city", "not in", "北京", "上海")),
        ("level between 1 and 2 and consent", ("and", ("level", "between", "1", "2"), "consent")),
        ("level not between 1 and 2 or consent", ("or", ("level", "not between", "1", "2"), "consent")),
        ("level 在 1 到 2 之间 且 consent", ("and", ("level", "between", "1", "2"), "consent")),
        ("level 不在 1 和 2 之间", ("level", "not between", "1", "2")),
        ("level 介于 1 与 2 或者 consent", ("or", ("level", "between", "1", "2"), "consent")),
        ("城市 在(北京、上海)", ("城市", "in", "北京", "上海")),
        ("城市 开头是 上 并且 非 城市 为空", ("and", ("城市", "starts", "上"), ("not", ("城市", "empty")))),
        ("unknown thing = 3", ("unknown thing", "=", "3")),
        ("Level＝“A”", ("Level", "=", "'A'")),
    ],
)
def test_what_a_text_says(text: str, expected: object) -> None:
    assert shape(parse(text, NAMES)) == expected


@pytest.mark.parametrize("phrase", sorted(OPERATORS))
def test_every_spelling_of_every_operator(phrase: tuple[str, ...]) -> None:
    word, negated = OPERATORS[phrase]
    right = {"in": "(a)", "between": "a and b", "empty": ""}.get(word, "a")
    clause = parse(f"city {' '.join(phrase).upper()} {right}", NAMES)
    assert isinstance(clause, Comparison)
    assert (clause.left, clause.word, clause.negated) == (Name("city", 0), word, negated)


def test_places_are_kept() -> None:
    clause = parse("  city = [level]", NAMES)
    assert clause == Comparison(Name("city", 2), "=", False, (Name("level", 9),), 7)


def test_as_many_brackets_as_allowed_may_stand_inside_each_other() -> None:
    assert shape(parse("(" * DEEPEST + "consent" + ")" * DEEPEST, NAMES)) == "consent"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("level + 2 * city > 3", (("level", "+", (2.0, "*", "city")), ">", "3")),
        ("(level + 2) × city > 3", ((("level", "+", 2.0), "*", "city"), ">", "3")),
        ("level - 1 - 2 > 3", ((("level", "-", 1.0), "-", 2.0), ">", "3")),
        ("r / d = 1", ("r / d", "=", "1")),
        ("[level]/2 > 1", (("level", "/", 2.0), ">", "1")),
        ("count(visits) >= 2", (("count", "visits", None), ">=", "2")),
        ("次数（visits 其中 city = 上海 或 consent）>2", (("次数", "visits", ("or", ("city", "=", "上海"), "consent")), ">", "2")),
        ("sum(visits.cost)/count(distinct visits.cost) > 5", ((("sum", "visits.cost", None), "/", ("count distinct", "visits.cost", None)), ">", "5")),
        ("not exists(visits where level in (A, B)) and consent", ("and", ("not", ("exists", "visits", ("level", "in", "A", "B"))), "consent")),
        ("level > count(visits where level = 2) * (1 + city) and consent", ("and", ("level", ">", "count(visits where level = 2) * (1 + city)"), "consent")),
        ("name is empty", ("name", "empty")),
    ],
)  # fmt: skip
def test_terms_are_read_with_their_signs_and_brackets(text: str, expected: object) -> None:
    assert shape(parse(text, NAMES)) == expected


@pytest.mark.parametrize(
    ("text", "place", "word"),
    [
        (f"city {operator} x {word} level {compared} y", len(f"city {operator} x "), word)
        for operator in ("=", "是")
        for word in ("和", "与", "并", "以及", "同时", "而且", "但是", "&&", "but", "when", "where")
        for compared in ("=", "是", "is", "contains")
    ]
    + [
        ("city = x 和 unknown 是 y", 9, "和"),
        ("city = x but not level = y", 9, "but"),
        ("city = x 和 consent", 9, "和"),
        ("city = x 并 且 level = y", 9, "并"),
        ("city = x 和 count(visits) 大于 2", 9, "和"),
        ("city = 'x' 和 level = y", 11, "和"),
        ("city in (x, y) 和 level = y", 15, "和"),
        ("level 介于 1 和 2 和 city 是 x", 15, "和"),
        ("level 在 1 到 2 之间 和 city 是 x", 17, "和"),
        ("count(visits where city = x 和 level 是 y) > 2", 28, "和"),
        ("city = x level 是 y", 9, "level"),
        ("city = x contact name starts with y", 9, "contact name"),
        ("city = x count(visits) 大于 2", 9, "count(visits)"),
    ],
)
def test_another_condition_is_no_part_of_a_value(text: str, place: int, word: str) -> None:
    with pytest.raises(QueryError) as raised:
        parse(text, NAMES)
    assert raised.value.position == place
    assert word in raised.value.why


@pytest.mark.parametrize(
    "value",
    [
        "'x 和 level 是 y'",
        "Salt 和 Pepper",
        "x but y",
        "x 和平",
        "the level",
        "level 是 y",
        "who is who",
        "和 是",
        "x 和 level",
    ],
)
def test_a_value_may_hold_words_that_do_not_read_like_a_condition(value: str) -> None:
    assert shape(parse(f"city = {value} and consent", NAMES)) == ("and", ("city", "=", value), "consent")
