"""A part of an expression in Chinese: with labels for its names, and the language's Chinese words for its English ones.

So people read it who never saw its keys. In English a rule stays as it is written: keys are English words, and what
somebody wrote in Chinese has no better English. What is shown can be written as well, and means the same.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from custledger.errors import QueryError
from custledger.expressions import keywords
from custledger.expressions.dates import STARTS, parse_day
from custledger.expressions.functions import AGGREGATES, DATE_FUNCTIONS, FUNCTIONS
from custledger.expressions.lexer import Token, tokens
from custledger.expressions.nodes import Named
from custledger.expressions.scope import Beyond, Meaning, Own, Relation, Scope, Step
from custledger.expressions.syntax import Bare, Name
from custledger.expressions.tree import Day
from custledger.fields import Kind, Labels
from custledger.schema import Field
from custledger.values import fold

if TYPE_CHECKING:
    from custledger.expressions.check_terms import TermChecker

_BRACKETS = {"[": "]", "［": "］", "【": "】"}
_LONGEST_DAY = 3
_JOINING: Mapping[frozenset[str], str] = {
    keywords.AND: "且",
    keywords.OR: "或",
    keywords.NOT: "非",
    keywords.WHERE: "其中",
    keywords.DISTINCT: "不同",
}
_COUNTED = {"day": "天", "week": "周", "month": "个月", "quarter": "个季度", "year": "年"}
"""The units as they stand behind a number."""


class _Part(NamedTuple):
    """What stands from ``begin`` to ``end`` in the text, and what is shown in its place; nothing where it stays."""

    begin: int
    end: int
    shown: str


def in_chinese(checker: "TermChecker", begin: int, end: int) -> str:
    """Return a part of the text that was understood, in Chinese; what is Chinese stays as it is written."""
    text = checker.text
    parts = [_name(text, name, scope) for name, scope in checker.seen]
    parts += [_value(right, field) for right, field in checker.values_read if isinstance(right, Bare)]
    parts += _words(text, sorted(parts))
    told, at = "", begin
    for part in sorted(parts):
        if part.shown and at <= part.begin < end:
            told += text[at : part.begin] + part.shown
            at = part.end
    return told + text[at:end]


def _name(text: str, name: Name, scope: Scope) -> _Part:
    """Return what is shown for a name, which may stand in square brackets."""
    closing = _BRACKETS.get(text[name.start])
    end = text.index(closing, name.start) + 1 if closing else name.start + len(name.text)
    label = _label(scope, scope.meaning(name.folded)) if name.text.isascii() else ""
    return _Part(name.start, end, f"[{label}]" if label and (closing or not _is_plain(label)) else label)


def _value(right: Bare, field: Field) -> _Part:
    """Return what is shown for a value without quotation marks: the label of a choice, a day, a yes or no."""
    shown = ""
    if field.spec.choices and right.text.isascii():
        codes = {fold(called): one.labels.zh for one in field.spec.choices for called in (one.labels.en, one.code)}
        label = codes.get(fold(right.text), "")
        shown = label if _is_plain(label) else f"“{label}”"
    elif field.spec.kind in {Kind.DATE, Kind.TIME} and right.text.isascii():
        shown = _day(parse_day(right.text))
    elif field.spec.kind is Kind.YES_NO:
        shown = {"yes": "是", "true": "是", "no": "否", "false": "否"}.get(fold(right.text), "")
    return _Part(right.start, right.end, shown)


def _is_plain(label: str) -> bool:
    """Whether a label can stand in a rule without brackets or quotation marks around it."""
    try:
        cut = tokens(label)[:-1]
    except QueryError:
        return False
    own = keywords.AND | keywords.OR | keywords.WHERE | keywords.NOT | keywords.DISTINCT | keywords.BETWEEN_AND
    words = [fold(one.text) for one in cut]
    operators = {word for phrase in keywords.OPERATORS for word in phrase}
    return all(one.sort == "word" for one in cut) and not own.intersection(words) and not operators.intersection(words)


def _words(text: str, taken: Sequence[_Part]) -> Iterator[_Part]:
    """Yield what is shown for the words of the language, which are those that stand in no name and no value."""
    cut = tokens(text)
    free = [
        token if token.sort == "word" and not any(part.begin <= token.start < part.end for part in taken) else None
        for token in cut
    ]
    at, depth = 0, 0
    open_ones: list[int] = []  # how many brackets stand around each "between" whose second value is still to come
    while at < len(cut):
        here, length = free[at], 1
        depth += (cut[at].sort == "open") - (cut[at].sort == "close")
        if here is not None and open_ones[-1:] == [depth] and fold(here.text) in keywords.BETWEEN_AND:
            open_ones.pop()
            shown = "和" if here.text.isascii() else ""
        else:
            length, shown, word = _word(cut, free, at)
            open_ones += [depth] if word == "between" else []
        if shown:
            yield _Part(cut[at].start, cut[at + length - 1].end, shown)
        at += length


def _word(cut: Sequence[Token], free: Sequence[Token | None], at: int) -> tuple[int, str, str]:
    """Return how many tokens from a place on are a word of the language, its Chinese, and the operator that it is."""
    here = free[at]
    if here is None:
        return 1, "", ""
    folded = fold(here.text)
    if folded in FUNCTIONS and cut[at + 1].sort == "open":
        return 1, _FUNCTIONS[folded] if folded.isascii() else "", ""
    for length in range(_LONGEST_DAY, 0, -1):  # before the operators: a day may begin with "in"
        some = [one for one in free[at : at + length] if one is not None]
        if len(some) == length and (day := _day_of(" ".join(one.text for one in some))) is not None:
            return length, _day(day) if folded.isascii() else "", ""
    for length in range(keywords.LONGEST_OPERATOR, 0, -1):
        words = tuple(fold(one.text) for one in free[at : at + length] if one is not None)
        if len(words) == length and (operator := keywords.OPERATORS.get(words)):
            is_between = operator[0] == "in" and cut[at + length].sort != "open"  # 在 30 到 50 之间
            return length, _OPERATORS[operator] if words[0].isascii() else "", "between" if is_between else operator[0]
    for spellings, shown in _JOINING.items():
        if folded in spellings:
            return 1, shown if folded.isascii() else "", ""
    return 1, "", ""


def _day_of(text: str) -> Day | None:
    try:
        return parse_day(text)
    except ValueError:  # too far away; whoever computes it says so
        return None


def _day(day: Day | None) -> str:
    """Return a day that is counted from today in Chinese; nothing where it is none."""
    if day is None or day in _DAYS:
        return _DAYS[day] if day else ""
    return f"{abs(day.amount)}{_COUNTED[day.unit]}{'前' if day.amount < 0 else '后'}"


def _label(scope: Scope, meaning: Meaning | None) -> str:
    """Return the Chinese label of what a name means; nothing where it has none."""
    match meaning:
        case Own(field):
            return field.spec.labels.zh
        case Named(labels=Labels(zh=zh)):
            return zh
        case Relation(schema=schema):
            return schema.info.labels.zh
        case Step(reference, _, field):
            return _joined(reference.spec.labels.zh, field.spec.labels.zh)
        case Beyond(relation, name):
            beyond = scope.beyond(relation.schema)
            return _joined(relation.schema.info.labels.zh, _label(beyond, beyond.meaning(name)))
    return ""


def _joined(first: str, second: str) -> str:
    return f"{first}.{second}" if first and second else ""


def _first_chinese(words: dict[str, str]) -> dict[str, str]:
    """Return for each word the first Chinese one that means the same."""
    chinese = {meant: word for word, meant in reversed(words.items()) if not word.isascii()}
    return {word: chinese[meant] for word, meant in words.items()}


_FUNCTIONS = _first_chinese({**AGGREGATES, **DATE_FUNCTIONS})
_OPERATORS = {operator: words[0] for words, operator in keywords.OPERATORS.items() if not words[0].isascii()}
_DAYS = {day: word for word, day in reversed(STARTS.items()) if not word.isascii()}
