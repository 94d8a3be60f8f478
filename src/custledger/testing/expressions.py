"""Hypothesis strategies for rows of any schema, and for texts of filters and sort keys that fit them.

The values come from small pools, so that what a filter asks for is often there: empties, full-width twins, letters
whose case folding is a trap (ß, İ, ſ, the Kelvin sign), wildcards of other languages, days at the edges of months.
Times lie at the edges of days in ``ZONE``.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from hypothesis import strategies as st

from custledger import ids
from custledger.expressions.keywords import AND, NOT, OPERATORS, OR, SYMBOLS
from custledger.expressions.syntax import Word
from custledger.expressions.types import MATCH_KINDS, ORDERED_KINDS, SEVERAL_KINDS, fit_together
from custledger.fields import Kind
from custledger.schema import CREATED_AT, ID, REVISION, UPDATED_AT, Field, Row, Schema
from custledger.values import Plain, fold, folder, show_scaled

TODAY = date(2026, 11, 22)
"""The day that the dates of these strategies lie around."""

ZONE = "Asia/Shanghai"
"""The zone at whose midnights the times of these strategies lie."""

TEXTS = (
    "上海",
    "北京市",
    "Straße",
    "STRASSE",
    "strasse",
    "İstanbul",
    "i̇stanbul",
    "istanbul",
    "ıd",
    "ID",
    "ſet",
    "set",
    "SET",
    "Kelvin",
    "kelvin",
    "Ｆｕｌｌ",
    "full",
    "😀",
    "😀a",
    "é",
    "e\u0301",
    "O'Brien",
    '5" x 3',
    "100%",
    "a_b",
    "a b",
    "and",
    "\U0010ffff",
    "\U0010ffffx",
    "\ud7ff",
    "\ue000",
    " lead",
    "ﬁn",
    "FIN",
    "１",
    "1",
    "-",
    "Ω",
    "ω",
)
PHONES = (
    "138-0013-8000",
    "13800138000",
    "１３８００１３８０００",
    "+86 138 0013 8000",
    "(021) 6888-0000",
    "02168880000",
    "110",
)
EMAILS = ("a@example.com", "A@Example.com", "b.c@example.org", "straße@example.com")
INTEGERS = (0, 1, -1, 2, 3, 10_000, (1 << 63) - 1, -(1 << 63))
SCALED = (0, 1, -1, 10_000, 20_000, 25_000, -25_000, -10_001, 30_000, 12_345_678, (1 << 63) - 1)
DATES = (
    "2026-11-22",
    "2026-11-21",
    "2026-11-30",
    "2026-12-31",
    "2026-10-31",
    "2024-02-29",
    "2026-01-01",
    "0001-01-01",
    "9999-12-31",
)
TIMES = (
    "2026-11-21T16:00:00.000Z",
    "2026-11-21T15:59:59.999Z",
    "2026-11-22T15:59:59.999Z",
    "2026-11-22T16:00:00.000Z",
    "2026-11-22T06:30:00.000Z",
    "2026-10-31T16:00:00.000Z",
    "0001-01-01T00:00:00.000Z",
    "9999-12-31T23:59:59.999Z",
)
TAGS = ("vip", "VIP", "ＶＩＰ", "老客户", "ß", "ss", "a b")
IDS = (1, 2, 1 << 40, (1 << 63) - 1)
DAYS = (
    "today",
    "yesterday",
    "1 day ago",
    "3 weeks ago",
    "1 month ago",
    "2 years ago",
    "in 7 days",
    "in 1 month",
    "start of month",
    "start of week",
    "start of quarter",
    "start of year",
    "今天",
    "30天前",
    "两个月前",
    "7天内",
    "本月初",
    "今年初",
    "99999 years ago",
    "in 99999 months",
)
UNKNOWN_CODE = "once_a_choice"
"""A choice that is in no list: what is left in rows when a choice is removed from the settings."""

_QUOTES = (('"', '"'), ("'", "'"), ("“", "”"), ("「", "」"))
_POOLS: dict[Kind, Sequence[Plain]] = {
    Kind.TEXT: TEXTS,
    Kind.PHONE: PHONES,
    Kind.EMAIL: EMAILS,
    Kind.INTEGER: INTEGERS,
    Kind.NUMBER: SCALED,
    Kind.MONEY: SCALED,
    Kind.DATE: DATES,
    Kind.TIME: TIMES,
    Kind.YES_NO: (0, 1),
    Kind.ID: IDS,
}


class _Right(NamedTuple):
    """What may stand on the right of an operator: values only, and values or fields."""

    literal: st.SearchStrategy[str]
    any: st.SearchStrategy[str]


def plain_values(field: Field, *, targets: Mapping[str, Sequence[int]] | None = None) -> st.SearchStrategy[Plain]:
    """Return plain values of a field, ``None`` among them unless it is required.

    ``targets`` names the ids that references to a record type may hold; without them any id will do.
    """
    spec = field.spec
    if spec.kind is Kind.REFERENCE:
        pool = _references(spec.target, targets)
    elif spec.kind is Kind.CHOICE:
        pool = [*(choice.code for choice in spec.choices), *([] if targets is not None else [UNKNOWN_CODE])]
    elif spec.kind in SEVERAL_KINDS:
        items = TAGS if spec.kind is Kind.TAGS else [choice.code for choice in spec.choices]
        pool = [
            tuple(sorted({fold(one): one for one in (first, second)}.values())) for first in items for second in items
        ]
    elif spec.is_code:
        pool = list(dict.fromkeys(text.strip() for text in TEXTS))
    else:
        pool = list(_POOLS[spec.kind])
    empties = [] if spec.required and pool else [None] * (1 + len(pool) // 5)
    return st.sampled_from([*empties, *pool])


def _references(target: str | None, targets: Mapping[str, Sequence[int]] | None) -> list[Plain]:
    if targets is None:
        return list(IDS) if target else [ids.public("C", number) for number in IDS]
    return list(targets.get(target, ())) if target else []


def rows(
    schema: Schema, *, targets: Mapping[str, Sequence[int]] | None = None, min_size: int = 0, max_size: int = 8
) -> st.SearchStrategy[list[Row]]:
    """Return lists of rows of ``schema`` with different ids; a unique field holds a value once.

    With ``targets``, by the name of the record type, the rows are such as a store takes: references point only there,
    and choices are known ones.
    """
    system = {
        schema.keys[ID]: st.sampled_from(IDS) | st.integers(1, (1 << 63) - 1),
        schema.keys[CREATED_AT]: st.sampled_from(TIMES),
        schema.keys[UPDATED_AT]: st.sampled_from(TIMES),
        schema.keys[REVISION]: st.integers(1, 3),
    }
    columns = [
        system[field.key] if field.key in system else plain_values(field, targets=targets) for field in schema.fields
    ]
    drawn = st.lists(st.tuples(*columns), min_size=min_size, max_size=max_size, unique_by=lambda row: row[ID])
    return drawn.map(lambda many: _with_unique_values(many, schema))


def _with_unique_values(many: list[Row], schema: Schema) -> list[Row]:
    """Return the rows with every second value of a unique field emptied, or made different where one is required."""
    seen: set[tuple[str, Any]] = set()
    made = []
    for number, row in enumerate(many):
        changed = list(row)
        for at, field in enumerate(schema.fields):
            value = changed[at]
            if not field.spec.unique or value is None:
                continue
            compared = folder(field.spec.kind)(value) if isinstance(value, str) else value
            if (field.key, compared) in seen:
                changed[at] = f"{value} {number}" if field.spec.required and isinstance(value, str) else None
            seen.add((field.key, compared))
        made.append(tuple(changed))
    return made


def filters(schema: Schema, *, max_leaves: int = 5) -> st.SearchStrategy[str]:
    """Return texts of well-typed filters of ``schema``: every field, operator and spelling that the language has."""
    return joined(st.one_of([_leaf(schema, field) for field in schema.fields]), max_leaves=max_leaves)


def joined(leaves: st.SearchStrategy[str], *, max_leaves: int) -> st.SearchStrategy[str]:
    """Return conditions joined and negated in every spelling that the language has."""
    spaced = [sorted(words) for words in (AND, OR)]

    def grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        several = [
            st.tuples(st.lists(inner, min_size=2, max_size=3), st.sampled_from(words)).map(
                lambda drawn: f" {drawn[1]} ".join(drawn[0])
            )
            for words in spaced
        ]
        return st.one_of(
            *several,
            st.tuples(st.sampled_from(sorted(NOT)), inner).map(lambda drawn: f"{drawn[0]} ({drawn[1]})"),
            inner.map(lambda text: f"（{text}）"),
        )

    return st.recursive(leaves, grown, max_leaves=max_leaves)


def sort_keys(schema: Schema) -> st.SearchStrategy[list[str]]:
    """Return lists of sort keys as people write them: ``["-created_at", "name"]``."""
    sortable = [field for field in schema.fields if field.spec.kind not in SEVERAL_KINDS and not field.spec.sensitive]
    key = st.tuples(st.sampled_from(["", "-"]), st.sampled_from(sortable)).map(
        lambda drawn: f"{drawn[0]}[{drawn[1].key}]"
    )
    return st.lists(key, max_size=3)


def _leaf(schema: Schema, field: Field) -> st.SearchStrategy[str]:
    """Return conditions on one field."""
    name, right, words = _names(schema, field), _right(schema, field), _words(field)
    alone = [name] if field.spec.kind is Kind.YES_NO else []
    return st.one_of([*alone, *(_condition(word, name, right) for word in words)])


def conditions(text: str, like: Field, others: Sequence[str] = ()) -> st.SearchStrategy[str]:
    """Return conditions on a term with values such as those of ``like``; ``others`` are terms to compare it with."""
    literals = st.sampled_from(list(_literals(like)))
    right = _Right(literals, st.one_of(literals, st.sampled_from(list(others))) if others else literals)
    alone = [st.just(text)] if like.spec.kind is Kind.YES_NO else []
    listed = _Right(literals, literals)
    return st.one_of(
        [*alone, *(_condition(word, st.just(text), listed if word == "in" else right) for word in _words(like))]
    )


def _words(field: Field) -> list[Word]:
    kind = field.spec.kind
    words: list[Word] = ["=", "empty"]
    if field.spec.sensitive:
        return words
    words.append("in")
    if kind in ORDERED_KINDS:
        words += ["<", "<=", ">", ">=", "between"]
    if kind in MATCH_KINDS:
        words += ["contains", "starts", "ends"]
    return [*words, "contains"] if kind in SEVERAL_KINDS else words


def _condition(word: Word, name: st.SearchStrategy[str], right: _Right) -> st.SearchStrategy[str]:
    spelled = _spellings(word)
    match word:
        case "empty":
            return st.tuples(name, spelled).map(" ".join)
        case "in":
            listed = st.lists(right.any, min_size=1, max_size=3).map(lambda values: f"({', '.join(values)})")
            return st.tuples(name, spelled, listed).map(" ".join)
        case "between":
            return st.tuples(name, spelled, right.any, st.sampled_from(["and", "和"]), right.any).map(" ".join)
        case "contains" | "starts" | "ends":
            return st.tuples(name, spelled, right.literal).map(" ".join)
        case _:
            return st.tuples(name, spelled, right.any).map(" ".join)


def _spellings(word: Word) -> st.SearchStrategy[str]:
    """Return every way to write an operator, plain or negated."""
    symbols = [symbol for symbol, (meant, _) in SYMBOLS.items() if meant == word]
    phrases = [" ".join(phrase) for phrase, (meant, _) in OPERATORS.items() if meant == word]
    wide = [symbol.translate(str.maketrans("=!<>", "＝！＜＞")) for symbol in symbols]
    return st.sampled_from([*symbols, *wide, *phrases])


def _names(schema: Schema, field: Field) -> st.SearchStrategy[str]:
    """Return what a field may be called; in square brackets where the name would not be read as one."""
    called = [
        name
        for name in (field.key, *field.spec.labels.both(), *field.spec.aliases)
        if schema.names.get(fold(name)) == field.key
    ]
    plain = [name for name in called if all(part.replace("_", "").isalnum() for part in name.split())]
    return st.sampled_from([*plain, *(f"[{name}]" for name in called)])


def _right(schema: Schema, field: Field) -> _Right:
    """Return what may stand on the right of an operator."""
    literals = st.sampled_from(list(_literals(field)))
    others = [
        f"[{other.key}]"
        for other in schema.fields
        if fit_together(field, other, schema.name) and not other.spec.sensitive and not field.spec.sensitive
    ]
    return _Right(literals, st.one_of(literals, st.sampled_from(others)) if others else literals)


def _literals(field: Field) -> Iterable[str]:
    """Return values of a field as people write them."""
    match field.spec.kind:
        case Kind.INTEGER | Kind.NUMBER | Kind.MONEY:
            return (*(show_scaled(number) for number in SCALED), "-2.5", "０", "12.0")
        case Kind.DATE:
            return (*DATES, *DAYS, "2026年11月22日", "'2026/11/22'")
        case Kind.TIME:
            return (*DATES, *DAYS, "2026-11-22 14:30", "'2026-11-22T06:30:00Z'", "2026-11-22 00:00")
        case Kind.YES_NO:
            return ("yes", "no", "是", "否", "TRUE")
        case Kind.CHOICE | Kind.CHOICES:
            return (
                *(choice.code for choice in field.spec.choices),
                *(_quoted(label) for choice in field.spec.choices for label in choice.labels.both()),
            )
        case Kind.ID | Kind.REFERENCE:
            return tuple(ids.public("C", number) for number in IDS)
        case kind:
            pool: Sequence[str] = TAGS if kind is Kind.TAGS else _POOLS[kind]
            return _spelled_texts(pool)


def _spelled_texts(pool: Sequence[str]) -> tuple[str, ...]:
    parts = [
        part for text in pool for part in (text, text[:1], text[1:], text[-2:], text.swapcase()) if part.strip(" -()")
    ]
    quoted = [_quoted(part, number) for number, part in enumerate(parts)]
    return (*quoted, *(part for part in parts if part.isalnum() and fold(part) not in AND | OR))


def _quoted(text: str, number: int = 0) -> str:
    opening, closing = _QUOTES[number % len(_QUOTES)]
    return opening + text.replace(closing, closing * 2) + closing
