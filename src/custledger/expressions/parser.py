"""Reads the tokens of an expression into clauses, by recursive descent.

``or`` binds loosest, then ``and``, then ``not``, then comparisons; what is compared is read by ``terms``. The parser
knows what is a name, so that a label of several words, or one that holds a keyword, is found; what the names mean, and
what a bare word means, is for ``check`` to say.
"""

from collections.abc import Callable
from typing import Literal

from custledger.errors import QueryError, shorten
from custledger.expressions import keywords
from custledger.expressions.cursor import Names
from custledger.expressions.functions import FUNCTIONS
from custledger.expressions.instead import grouped, instead, right_of
from custledger.expressions.run_on import check_run_on, joins_nothing
from custledger.expressions.syntax import (
    Bare,
    Clause,
    Comparison,
    Joined,
    Name,
    Negated,
    Quoted,
    Right,
    Term,
    Word,
    start_of,
)
from custledger.expressions.terms import TermParser
from custledger.expressions.when import when

_JOIN_HINT = (
    "Conditions are joined by and or or; a value that holds such a sign goes in quotation marks: “ACME (China)”."
)


def parse(text: str, names: Names) -> Clause:
    """Return what ``text`` says. Raises ``QueryError``."""
    return _Parser(text, names).whole()


def parse_with_spans(text: str, names: Names) -> tuple[Clause, Callable[[Clause], tuple[int, int]]]:
    """Return what ``text`` says, and a function that gives where in it a single clause begins and ends."""
    parser = _Parser(text, names)
    clause = parser.whole()
    spans = {id(part): (begin, end) for part, begin, end in parser.spans}
    return clause, lambda part: spans[id(part)]


def parse_term(text: str, names: Names, start: int, end: int) -> Term:
    """Return what a part of ``text`` says that has a value. Raises ``QueryError``."""
    return _Parser(text, names, start=start, end=end).whole_term()


class _Parser(TermParser):
    def __init__(self, text: str, names: Names, *, start: int = 0, end: int | None = None) -> None:
        super().__init__(text, names, start=start, end=end)
        self.spans: list[tuple[Clause, int, int]] = []
        """The single clauses, and where in the text each begins and ends."""

    def whole(self) -> Clause:
        if self.sort() == "end":
            raise self.error("There is no condition here", hint="For instance: city = 上海")
        clause = self.either()
        if self.sort() != "end":
            raise self.surplus()
        return clause

    def whole_term(self) -> Term:
        term = self.term()
        if self.sort() != "end":
            raise self.surplus()
        return term

    def surplus(self) -> QueryError:
        if self.sort() == "close":
            return self.error("There is no opening bracket for this closing one")
        if self.folded[self.at] in keywords.LIKE_JOINING:
            return joins_nothing(self, self.at)
        hint = self.grouped() or _JOIN_HINT
        return self.error(f"“{self.shown()}” is out of place here", hint=hint)

    def grouped(self) -> str:
        """Return how to write the number in which a comma stands here, or nothing where it stands in none."""
        return grouped(self.text, self.here().start) if self.sort() == "comma" else ""

    def either(self) -> Clause:
        return self.joined("or", keywords.OR)

    def joined(self, word: Literal["and", "or"], spellings: frozenset[str]) -> Clause:
        below = self.conjunction if word == "or" else self.negation
        parts = [below()]
        while self.folded[self.at] in spellings:
            self.take()
            parts.append(below())
        return parts[0] if len(parts) == 1 else Joined(word, tuple(parts))

    def conjunction(self) -> Clause:
        return self.joined("and", keywords.AND)

    def negation(self) -> Clause:
        if self.folded[self.at] in keywords.NOT and not self.name_length():
            self.take()
            return Negated(self.deeper(self.negation))
        if self.sort() != "open":
            begin, self.signs = self.here().start, 0
            return self.spanned(self.condition(self.term()), begin)
        opening = self.take()
        clause = self.deeper(self.either)
        self.close(opening)
        goes_on = self.sort() in {"arithmetic", "symbol"} or self.operator_length(self.at)
        if goes_on and isinstance(clause, Term):
            return self.spanned(self.condition(self.term(clause)), opening.start)
        return clause

    def spanned(self, clause: Clause, begin: int) -> Clause:
        """Note where a single clause that has just been read begins and ends."""
        self.spans.append((clause, begin, self.tokens[self.at - 1].end if self.at else begin))
        return clause

    def condition(self, left: Term) -> Clause:
        start = self.here().start
        operator = self.operator()
        if operator is None:
            self.check_alone(left)
            return left
        word, negated = operator
        match word:
            case "empty":
                return Comparison(left, word, negated, (), start)
            case "in":
                return self.membership(left, start, negated=negated)
            case "between":
                return Comparison(left, word, negated, self.bounds(), start)
            case _:
                return Comparison(left, word, negated, (self.value(),), start)

    def check_alone(self, left: Term) -> None:
        """Explain what is wrong where something other than an operator follows a term."""
        written = shorten(self.text[start_of(left) : self.here().start].rstrip())
        if isinstance(left, Name) and self.sort() == "open":
            why = f"A word such as in is missing between {written} and the bracket"
            raise self.error(why, hint="For instance: city in (北京, 上海)")
        following = self.folded[self.at]
        if following in keywords.LIKE_JOINING:
            raise joins_nothing(self, self.at)
        is_joined = not following or following in keywords.AND | keywords.OR
        if self.sort() in {"quoted", "field"} or not is_joined:
            why = f"A sign such as = is missing between {written} and {shorten(self.shown())}"
            hint = instead(self, self.text[start_of(left) : self.here().start].rstrip(), self.at)
            raise self.error(why, hint=hint or "For instance: city = 上海")

    def operator(self) -> tuple[Word, bool] | None:
        if self.sort() == "symbol":
            return keywords.SYMBOLS[self.take().text]
        length = self.operator_length(self.at)
        if not length:
            return None
        words = tuple(self.folded[self.at : self.at + length])
        self.at += length
        return keywords.OPERATORS[words]

    def membership(self, left: Term, start: int, *, negated: bool) -> Clause:
        if self.sort() == "open":
            return Comparison(left, "in", negated, self.listed(), start)
        if not self.text.startswith(("在", "不在"), start):
            hint = "" if negated else instead(self, self.text[start_of(left) : start].rstrip(), self.at - 1)
            raise self.error("A list in brackets is missing here", hint=hint or "For instance: city in (北京, 上海)")
        return Comparison(left, "between", negated, self.bounds_within(left, start, negated=negated), start)

    def bounds_within(self, left: Term, start: int, *, negated: bool) -> tuple[Right, ...]:
        """Return the two values behind 在; a span of days, which some write there, is told what to write."""
        first = self.at
        try:
            return self.bounds()
        except QueryError:
            named, right = self.text[start_of(left) : start].rstrip(), right_of(self, first)
            is_word = bool(right) and not any(map(str.isdigit, right))
            hint = "" if negated else when(named, right) or (f"Write: {named} = {right}" if is_word else "")
            if not hint:
                raise
        begins = self.tokens[first].start
        raise self.error("Two values, or a list in brackets, stand behind such a word", at=begins, hint=hint)

    def listed(self) -> tuple[Right, ...]:
        opening = self.take()
        values = [self.value(in_list=True)]
        while self.sort() == "comma":
            self.take()
            values.append(self.value(in_list=True))
        if self.sort() == "end":
            raise self.error("This list is never closed", at=opening.start, hint="For instance: city in (北京, 上海)")
        if self.sort() != "close":
            raise self.surplus()
        self.take()
        return tuple(values)

    def bounds(self) -> tuple[Right, ...]:
        low = self.value(stops=keywords.BETWEEN_AND)
        if self.folded[self.at] not in keywords.BETWEEN_AND:
            hint = self.grouped() or "For instance: between 10 and 20"
            raise self.error("The second of the two values is missing", hint=hint)
        self.take()
        high = self.value(stops=keywords.AND | keywords.OR | keywords.BETWEEN_END)
        if self.folded[self.at] in keywords.BETWEEN_END:
            self.take()
        return low, high

    def value(self, *, stops: frozenset[str] = keywords.AND | keywords.OR, in_list: bool = False) -> Right:
        """Return the value that stands here; without quotation marks it goes on up to a joining word or a sign.

        Brackets that follow the name of a function or a sign of arithmetic, or stand first, belong to it.
        """
        token = self.here()
        if token.sort == "quoted":
            return Quoted(self.take().text, token.start)
        if token.sort == "field" and self.sort(1) != "arithmetic":
            return Name(self.take().text, token.start)
        end, has_signs, begins = token.start, False, self.at
        while self.goes_on(stops, in_list=in_list, first=end == token.start):
            has_signs = has_signs or self.sort() != "word"
            end = self.bracketed() if self.sort() == "open" else self.take().end
        if end == token.start:
            raise self.error("A value is missing here", hint="To ask for what has no value, write: is empty")
        check_run_on(self, begins)
        return Bare(self.text[token.start : end], token.start, has_signs)

    def goes_on(self, stops: frozenset[str], *, in_list: bool, first: bool) -> bool:
        """Return whether the token here is part of the value before it."""
        match self.sort():
            case "word":
                return in_list or self.folded[self.at] not in stops
            case "arithmetic":
                return True
            case "field":
                return first or self.tokens[self.at - 1].sort == "arithmetic"
            case "open":
                before = self.at - 1
                return not in_list and (
                    first or self.folded[before] in FUNCTIONS or self.tokens[before].sort == "arithmetic"
                )
            case _:
                return False

    def bracketed(self) -> int:
        """Go on behind the bracket that closes the one that opens here, and return where that is."""
        if not (length := self.bracket_length(self.at)):
            raise self.error("This bracket is never closed")
        self.at += length
        return self.tokens[self.at - 1].end
