"""Reads what has a value: names, numbers, functions, aggregates over related records, and arithmetic with them."""

import re
from abc import ABC, abstractmethod

from custledger.errors import QueryError, shorten
from custledger.expressions import keywords
from custledger.expressions.cursor import Cursor
from custledger.expressions.dates import parse_day
from custledger.expressions.functions import AGGREGATES, FUNCTIONS, Sign
from custledger.expressions.lexer import Token
from custledger.expressions.syntax import Call, Clause, Name, Number, Operation, Term, names_in
from custledger.schema import nearest
from custledger.values import fold

MOST_SIGNS = 100
"""How many signs of arithmetic may stand in one condition: each is a step deeper for what understands it."""
_LONGEST_DAY = 3
"""How many words a day counted from today has at most."""
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")
_SUMS: dict[str, Sign] = {"+": "+", "-": "-"}
_PRODUCTS: dict[str, Sign] = {"*": "*", "/": "/"}


def is_number(folded: str) -> bool:
    """Return whether a word is a number."""
    return _NUMBER.fullmatch(folded) is not None


class TermParser(Cursor, ABC):
    """Reads terms. What stands in the brackets of an aggregate after ``where`` is read by ``either``.

    ``signs`` counts the signs of arithmetic in the condition that is being read.
    """

    signs = 0

    @abstractmethod
    def either(self) -> Clause:
        """Return the condition that begins here."""

    @abstractmethod
    def surplus(self) -> QueryError:
        """Return what is wrong with the token here, which nothing expects."""

    def term(self, first: Term | None = None) -> Term:
        """Return the sum that begins here, or that ``first`` begins, which has been read."""
        return self.chain(_SUMS, first)

    def chain(self, signs: dict[str, Sign], first: Term | None) -> Term:
        """Return what is joined by ``signs``, from left to right."""
        left = self.product(first) if signs is _SUMS else (first or self.primary())
        while self.sort() == "arithmetic" and self.here().text in signs:
            sign = self.take()
            self.signs += 1
            if self.signs > MOST_SIGNS:
                why = f"More than {MOST_SIGNS} signs of arithmetic stand in one condition"
                raise self.error(why, at=sign.start)
            right = self.product() if signs is _SUMS else self.primary()
            left = Operation(signs[sign.text], left, right, sign.start)
        return left

    def product(self, first: Term | None = None) -> Term:
        """Return the product that begins here, or that ``first`` begins."""
        return self.chain(_PRODUCTS, first)

    def primary(self) -> Term:
        """Return a name, a number, a function, or a term in brackets."""
        token = self.here()
        match token.sort:
            case "field":
                return Name(self.take().text, token.start)
            case "open":
                self.take()
                inside = self.deeper(self.term)
                self.close(token)
                return inside
            case "word":
                return self.word()
        shown = f"“{self.shown()}” is out of place: a" if token.text else "A"
        hint = "For instance: city in (北京, 上海)" if token.sort == "quoted" else "For instance: city = 上海"
        raise self.error(f"{shown} field is missing here", hint=hint)

    def word(self) -> Term:
        """Return what begins with a word."""
        token = self.here()
        is_called = self.sort(1) == "open"
        if is_called and self.folded[self.at] in FUNCTIONS:
            return self.call()
        length = self.name_length() or self.day_length()
        if not length and is_number(self.folded[self.at]):
            return Number(self.folded[self.at], self.take().start)
        if not length and is_called and not self.operator_length(self.at):
            raise self.no_function()
        last = [self.take() for _ in range(length or self.words_before_operator())][-1]
        return Name(self.text[token.start : last.end], token.start)

    def day_length(self) -> int:
        """Return how many words from here on are a day counted from today: ``30 days ago``."""
        words = 0
        while words < _LONGEST_DAY and self.sort(words) == "word":
            words += 1
        for length in range(words, 0, -1):
            try:
                day = parse_day(self.text[self.here().start : self.tokens[self.at + length - 1].end])
            except ValueError:  # it is one, and too far away, as the checker will say
                return length
            if day is not None:
                return length
        return 0

    def no_function(self) -> QueryError:
        """Return the error for a word before a bracket that is neither a field nor a function."""
        near = nearest(self.folded[self.at], FUNCTIONS)
        hint = f"Did you mean {' or '.join(near)}?" if near else "For instance: count(interactions) > 2"
        return self.error(f"There is no field or function {shorten(self.shown())}", hint=hint)

    def call(self) -> Call:
        """Return a function with what is in its brackets."""
        word = self.here().text
        named = self.take()
        function = fold(word)
        opening = self.take()
        is_distinct = self.folded[self.at] in keywords.DISTINCT and function in AGGREGATES
        if is_distinct:
            self.take()
        if self.sort() in {"close", "end"}:
            raise self.error(f"{word} needs to know of what", hint=f"For instance: {_example(function)}")
        argument = self.deeper(self.term)
        where = self.deeper(lambda: self.condition_within(argument)) if self.is_where() else None
        if self.sort() == "comma":
            raise self.error(f"{word} takes one thing only", hint=f"For instance: {_example(function)}")
        end = self.close(opening)
        return Call(function, argument, named.start, end, is_distinct, where)

    def is_where(self) -> bool:
        """Return whether the word here begins a condition on related records."""
        return self.folded[self.at] in keywords.WHERE

    def condition_within(self, argument: Term) -> Clause:
        """Return the condition after ``where``, in which the related records' own names count."""
        self.take()
        name = next(names_in(argument), None)
        outside = self.names
        self.names = outside.within(name.folded if name else "")
        found = self.either()
        self.names = outside
        return found

    def close(self, opening: Token) -> int:
        """Go behind the bracket that closes ``opening``. Raises ``QueryError`` where another token is here."""
        if self.sort() == "end":
            raise self.error("This bracket is never closed", at=opening.start)
        if self.sort() != "close":
            raise self.surplus()
        return self.take().end


def _example(function: str) -> str:
    """Return a function with what it may be of."""
    if function not in AGGREGATES:
        return f"{function}(birthday)"
    return f"{function}(transactions{'' if AGGREGATES[function] in {'count', 'exists'} else '.amount'})"
