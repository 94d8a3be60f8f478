"""Reads the tokens of an expression into clauses, by recursive descent.

``or`` binds loosest, then ``and``, then ``not``. The parser knows what fields are called, so that a label of several
words, or one that holds a keyword, is found; what the names mean, and what a bare word means, is for ``check`` to say.
"""

from collections.abc import Callable, Container
from typing import Literal

from custledger.errors import QueryError, shorten
from custledger.expressions import keywords
from custledger.expressions.lexer import Sort, Token, tokens
from custledger.expressions.syntax import Bare, Clause, Comparison, Joined, Name, Negated, Quoted, Right, Word
from custledger.values import fold

DEEPEST = 50
"""How many brackets and "not" s may stand inside each other."""

_LONGEST_NAME = 8
_QUOTE_HINT = "Put quotation marks around a value that holds such a sign or word: name = “Salt and Pepper”."


def parse(text: str, names: Container[str]) -> Clause:
    """Return what ``text`` says. ``names`` are the folded names of the fields. Raises ``QueryError``."""
    return _Parser(text, names).whole()


class _Parser:
    def __init__(self, text: str, names: Container[str]) -> None:
        self.text = text
        self.names = names
        self.tokens = tokens(text)
        self.folded = [fold(token.text) if token.sort == "word" else "" for token in self.tokens]
        self.at = 0
        self.depth = 0

    def whole(self) -> Clause:
        if self.sort() == "end":
            raise self.error("There is no condition here", hint="For instance: city = 上海")
        clause = self.either()
        if self.sort() != "end":
            raise self.surplus()
        return clause

    def sort(self, ahead: int = 0) -> Sort:
        return self.tokens[min(self.at + ahead, len(self.tokens) - 1)].sort

    def here(self) -> Token:
        return self.tokens[self.at]

    def take(self) -> Token:
        token = self.tokens[self.at]
        self.at = min(self.at + 1, len(self.tokens) - 1)
        return token

    def error(self, why: str, *, at: int | None = None, hint: str = "") -> QueryError:
        return QueryError(why, self.text, self.here().start if at is None else at, hint=hint)

    def surplus(self) -> QueryError:
        token = self.here()
        if token.sort == "close":
            return self.error("There is no opening bracket for this closing one")
        shown = self.text[token.start : token.end]
        return self.error(f"“{shown}” is out of place: “and”, “or” or the end is expected", hint=_QUOTE_HINT)

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
            return self.condition()
        opening = self.take()
        clause = self.deeper(self.either)
        if self.sort() == "end":
            raise self.error("This bracket is never closed", at=opening.start)
        if self.sort() != "close":
            raise self.surplus()
        self.take()
        return clause

    def deeper(self, read: Callable[[], Clause]) -> Clause:
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.error(f"More than {DEEPEST} brackets stand inside each other")
        clause = read()
        self.depth -= 1
        return clause

    def condition(self) -> Clause:
        name = self.name()
        start = self.here().start
        operator = self.operator()
        if operator is None:
            self.check_alone(name)
            return name
        word, negated = operator
        match word:
            case "empty":
                return Comparison(name, word, negated, (), start)
            case "in":
                return self.membership(name, start, negated=negated)
            case "between":
                return Comparison(name, word, negated, self.bounds(), start)
            case _:
                return Comparison(name, word, negated, (self.value(),), start)

    def check_alone(self, name: Name) -> None:
        """Explain what is wrong where something other than an operator follows a field."""
        if self.sort() == "open":
            raise self.error(
                f"{shorten(name.text)} is not followed by an operator", hint="For instance: city in (北京, 上海)"
            )
        following = self.folded[self.at]
        if self.sort() in {"quoted", "field"} or (following and following not in keywords.AND | keywords.OR):
            shown = self.text[self.here().start : self.here().end]
            why = f"An operator is missing between {shorten(name.text)} and {shorten(shown)}"
            raise self.error(why, hint="For instance: city = 上海")

    def name(self) -> Name:
        token = self.here()
        if token.sort == "field":
            return Name(self.take().text, token.start)
        if token.sort != "word":
            shown = f"“{self.text[token.start : token.end]}” is out of place: a" if token.text else "A"
            raise self.error(f"{shown} field is expected here", hint="For instance: city = 上海")
        length = self.name_length() or self.words_before_operator()
        last = [self.take() for _ in range(length)][-1]
        return Name(self.text[token.start : last.end], token.start)

    def name_length(self) -> int:
        """Return how many words from here on, at most, are the name of a field."""
        if self.sort() == "field":
            return 1
        words = 0
        while words < _LONGEST_NAME and self.sort(words) == "word":
            words += 1
        while words and " ".join(self.folded[self.at : self.at + words]) not in self.names:
            words -= 1
        return words

    def words_before_operator(self) -> int:
        """Return how many words from here on, at least one, stand before an operator or a joining word."""
        words = 1
        while self.sort(words) == "word":
            if self.operator_length(self.at + words) or self.folded[self.at + words] in keywords.AND | keywords.OR:
                break
            words += 1
        return words

    def operator_length(self, at: int) -> int:
        for length in range(keywords.LONGEST_OPERATOR, 0, -1):
            if tuple(self.folded[at : at + length]) in keywords.OPERATORS:
                return length
        return 0

    def operator(self) -> tuple[Word, bool] | None:
        if self.sort() == "symbol":
            return keywords.SYMBOLS[self.take().text]
        length = self.operator_length(self.at)
        if not length:
            return None
        words = tuple(self.folded[self.at : self.at + length])
        self.at += length
        return keywords.OPERATORS[words]

    def membership(self, name: Name, start: int, *, negated: bool) -> Clause:
        if self.sort() == "open":
            return Comparison(name, "in", negated, self.listed(), start)
        if not self.text.startswith(("在", "不在"), start):
            raise self.error("A list in brackets is expected here", hint="For instance: city in (北京, 上海)")
        return Comparison(name, "between", negated, self.bounds(), start)

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
            raise self.error("The second of the two values is missing", hint="For instance: between 10 and 20")
        self.take()
        high = self.value(stops=keywords.AND | keywords.OR | keywords.BETWEEN_END)
        if self.folded[self.at] in keywords.BETWEEN_END:
            self.take()
        return low, high

    def value(self, *, stops: frozenset[str] = keywords.AND | keywords.OR, in_list: bool = False) -> Right:
        """Return the value that stands here; without quotation marks it goes on up to a joining word or a sign."""
        token = self.here()
        if token.sort == "quoted":
            return Quoted(self.take().text, token.start)
        if token.sort == "field":
            return Name(self.take().text, token.start)
        end = token.start
        while self.sort() == "word" and (in_list or self.folded[self.at] not in stops):
            end = self.take().end
        if end == token.start:
            raise self.error("A value is missing here", hint="To ask for what has no value, write: is empty")
        return Bare(self.text[token.start : end], token.start)
