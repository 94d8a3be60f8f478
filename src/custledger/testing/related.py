"""Hypothesis strategies for texts that look at related records: aggregates, steps, arithmetic, functions of dates.

``WORLD`` is one of ``Person`` and ``Visit`` for them, with fields of the kinds that those lack, and some named
expressions about each.
"""

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from hypothesis import strategies as st

from custledger.expressions.functions import AGGREGATES, DATE_FUNCTIONS, GIVING_DATES, Aggregating
from custledger.expressions.keywords import DISTINCT, WHERE
from custledger.expressions.nodes import Named
from custledger.expressions.scope import World
from custledger.expressions.types import NUMBER_KINDS, SEVERAL_KINDS
from custledger.fields import Kind, Labels, Spec
from custledger.schema import Field, Schema
from custledger.testing.expressions import conditions, filters, joined
from custledger.testing.samples import Person, Visit


def _custom(key: str, kind: Kind, zh: str, currency_of: str = "") -> Field:
    return Field(key, Spec(kind=kind, labels=Labels(key, zh), custom=True, currency_of=currency_of))


PERSON = Schema.of(Person)
VISIT = Schema.of(Visit).extended(
    [
        _custom("x_cost", Kind.MONEY, "费用"),
        _custom("x_cost_currency", Kind.TEXT, "费用币种", currency_of="x_cost"),
        _custom("x_hours", Kind.NUMBER, "时长"),
        _custom("x_guests", Kind.INTEGER, "人数"),
        _custom("x_on", Kind.DATE, "日期"),
        _custom("x_phone", Kind.PHONE, "电话号码"),
        Field("x_mood", PERSON.by_key["grade"].spec),
    ]
)


def _named(subject: str, key: str, zh: str, text: str) -> Named:
    return Named(key=key, subject=subject, text=text, labels=Labels(key, zh))


WORLD = World(
    {"person": PERSON, "visit": VISIT},
    {
        "person": (
            _named("person", "visit_count", "拜访次数", "count(visits)"),
            _named("person", "spent", "花费", "sum(visits.x_cost where x_mood != gold)"),
            _named("person", "last_seen", "最近见面", "last(visits.at)"),
            _named("person", "rate", "均价", "spent / visit_count"),
            _named("person", "regular", "常客", "visit_count >= 2 and spent > 1"),
            _named("person", "few", "少数", "2"),
            _named("person", "half", "一半", "0.5"),
        ),
        "visit": (_named("visit", "hourly", "时价", "x_cost / x_hours"), _named("visit", "week", "一周", "7")),
    },
)


_LEAST_AND_GREATEST: tuple[Aggregating, ...] = ("min", "max")
_OF_ONE_RECORD: tuple[Aggregating, ...] = ("first", "last", "most_frequent")


class Written(NamedTuple):
    """A term as people write it, and a field that has such values."""

    text: str
    like: Field


@st.composite
def terms(draw: st.DrawFn, schema: Schema = PERSON) -> Written:
    """Draw a term about a person that is no field of its own."""
    return draw(_terms(schema))


@cache
def _terms(schema: Schema) -> st.SearchStrategy[Written]:
    numbers = _numbers(schema)
    return st.one_of(
        _aggregates(),
        _steps(schema),
        _date_functions(schema),
        st.sampled_from([Written(one.key, _like(Kind.MONEY)) for one in WORLD.named["person"][1:2]]),
        st.sampled_from([Written("拜访次数", _like(Kind.INTEGER)), Written("last_seen", _like(Kind.TIME))]),
        st.just(Written("rate", _like(Kind.MONEY))),
        st.recursive(numbers, _arithmetic, max_leaves=4),
    )


@st.composite
def related_filters(draw: st.DrawFn, max_leaves: int = 3) -> str:
    """Draw the text of a well-typed filter of people that looks at related records, and at their own fields."""
    return draw(_related_filters(max_leaves))


@cache
def _related_filters(max_leaves: int) -> st.SearchStrategy[str]:
    compared = terms(PERSON).flatmap(_condition)
    alone = st.sampled_from(["regular", "常客", "exists(visits)", "not exists(visits where x_mood = gold)"])
    return joined(st.one_of(compared, alone, filters(PERSON, max_leaves=1)), max_leaves=max_leaves)


def _like(kind: Kind, field: Field | None = None) -> Field:
    return field or Field("made", Spec(kind=kind, labels=Labels("made")))


def _condition(term: Written) -> st.SearchStrategy[str]:
    others: Sequence[str] = ()
    if term.like.spec.kind in NUMBER_KINDS:
        others = ("visit_count", "spent / 2", "[age] * 3", "(sum(visits.x_cost) - 5)", "avg(visits.x_hours)")
        others = (*others, "few", "一半", "few * half")
    return conditions(term.text, term.like, others)


def _fields(schema: Schema, kinds: frozenset[Kind]) -> list[Field]:
    return [field for field in schema.fields if field.spec.kind in kinds and not field.spec.sensitive]


def _aggregates() -> st.SearchStrategy[Written]:
    spelled = {
        function: st.sampled_from([word for word, meant in AGGREGATES.items() if meant == function])
        for function in set(AGGREGATES.values())
    }
    where = st.none() | st.tuples(st.sampled_from(sorted(WHERE)), filters(VISIT, max_leaves=2))
    relation = st.sampled_from(["visits", "拜访", "Visit"])

    def made(function: Aggregating, field: Field | None, like: Field, distinct: str = "") -> st.SearchStrategy[Written]:
        def written(drawn: tuple[str, str, tuple[str, str] | None]) -> Written:
            word, records, condition = drawn
            looked_at = f"{records}.{field.key}" if field else records
            behind = f" {condition[0]} {condition[1]}" if condition else ""
            return Written(f"{word}({distinct}{looked_at}{behind})", like)

        return st.tuples(spelled[function], relation, where).map(written)

    number, whole = _fields(VISIT, NUMBER_KINDS), _like(Kind.INTEGER)
    ordered = _fields(VISIT, NUMBER_KINDS | {Kind.DATE, Kind.TIME})
    single = [field for field in _fields(VISIT, frozenset(Kind)) if field.spec.kind not in SEVERAL_KINDS]
    return st.one_of(
        made("count", None, whole),
        made("exists", None, _like(Kind.YES_NO)),
        *(made("count", field, whole) for field in single),
        *(made("count", field, whole, f"{word} ") for field in single for word in sorted(DISTINCT)),
        *(made("sum", field, field) for field in number),
        *(made("avg", field, _like(Kind.NUMBER)) for field in number),
        *(made(function, field, field) for function in _LEAST_AND_GREATEST for field in ordered),
        *(made(function, field, field) for function in _OF_ONE_RECORD for field in single),
        st.sampled_from(
            [
                Written("sum(visits.x_cost * visits.x_guests)", _like(Kind.MONEY)),
                Written("max(visits.hourly)", _like(Kind.NUMBER)),
                Written("最常见(拜访.guide.name)", PERSON.by_key["name"]),
                Written("max(days_since(visits.x_on))", whole),
                Written("count(visits where days_since(at) >= week)", whole),
                Written("次数(拜访 其中 距今天数(日期) < 一周 且 时长 > 一周)", whole),
            ]
        ),
    )


def _steps(schema: Schema) -> st.SearchStrategy[Written]:
    return st.sampled_from([Written(f"mentor.{field.key}", field) for field in _fields(schema, frozenset(Kind))])


def _date_functions(schema: Schema) -> st.SearchStrategy[Written]:
    days = [f"[{field.key}]" for field in _fields(schema, frozenset({Kind.DATE, Kind.TIME}))]
    days += [
        "today",
        "30 days ago",
        "两个月前",
        "last(visits.at)",
        "min(visits.x_on)",
        "mentor.born",
        "next_anniversary(born)",
    ]
    kinds = {word: Kind.DATE if meant in GIVING_DATES else Kind.INTEGER for word, meant in DATE_FUNCTIONS.items()}
    return st.tuples(st.sampled_from(sorted(kinds)), st.sampled_from(days)).map(
        lambda drawn: Written(f"{drawn[0]}({drawn[1]})", _like(kinds[drawn[0]]))
    )


def _numbers(schema: Schema) -> st.SearchStrategy[Written]:
    own = [Written(f"[{field.key}]", _like(field.spec.kind)) for field in _fields(schema, NUMBER_KINDS)]
    more = [
        Written("visit_count", _like(Kind.INTEGER)),
        Written("spent", _like(Kind.MONEY)),
        Written("sum(visits.x_hours)", _like(Kind.NUMBER)),
        Written("avg(visits.x_cost)", _like(Kind.MONEY)),
        Written("2", _like(Kind.INTEGER)),
        Written("0.5", _like(Kind.NUMBER)),
        Written("few", _like(Kind.INTEGER)),
        Written("half", _like(Kind.NUMBER)),
        Written("days_since(born)", _like(Kind.INTEGER)),
    ]
    return st.sampled_from([*own, *more])


def _arithmetic(inner: st.SearchStrategy[Written]) -> st.SearchStrategy[Written]:
    def written(drawn: tuple[Written, str, Written]) -> Written:
        left, sign, right = drawn
        kind = Kind.INTEGER if sign != "/" and _whole(left) and _whole(right) else Kind.NUMBER
        return Written(f"({left.text} {sign} {right.text})", _like(kind))

    return st.tuples(inner, st.sampled_from(["+", "-", "*", "/", "×", "÷"]), inner).map(
        lambda drawn: written((drawn[0], "/" if drawn[1] == "÷" else drawn[1], drawn[2]))
    )


def _whole(written: Written) -> bool:
    return written.like.spec.kind is Kind.INTEGER
