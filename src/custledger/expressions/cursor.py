"""A place among the tokens of an expression, from which they are taken one after the other."""

from collections.abc import Callable
from typing import Protocol, TypeVar

from custledger.errors import QueryError
from custledger.expressions import keywords
from custledger.expressions.lexer import Sort, Token, tokens
from custledger.values import fold

DEEPEST = 50
"""How many brackets and "not" s may stand inside each other."""

LONGEST_NAME = 8
"""How many words a name has at most."""

ReadT = TypeVar("ReadT")


class Names(Protocol):
    """What the parser must know: which words are names, and those of the records that a relation leads to."""

    def __contains__(self, folded: object) -> bool:
        """Return whether a folded text is a name."""

    def holds(self, folded: str) -> bool:
        """Return whether a name may be true or false by itself."""

    def within(self, folded: str) -> "Names":
        """Return the names of the records that a relation, or a name that begins with one, leads to."""


class Cursor:
    """A place among the tokens of ``text``, of which those beyond ``end`` do not count."""

    def __init__(self, text: str, names: Names, *, start: int = 0, end: int | None = None) -> None:
        self.text = text
        self.names = names
        self.tokens = tokens(text[:end])
        self.folded = [fold(token.text) if token.sort == "word" else "" for token in self.tokens]
        self.spelled = [
            folded or (token.text if token.sort == "arithmetic" else "")
            for folded, token in zip(self.folded, self.tokens, strict=True)
        ]
        self.at = next(place for place, token in enumerate(self.tokens) if token.start >= start)
        self.depth = 0

    def sort(self, ahead: int = 0) -> Sort:
        """Return the sort of the token here, or of one further on."""
        return self.tokens[min(self.at + ahead, len(self.tokens) - 1)].sort

    def here(self) -> Token:
        """Return the token here."""
        return self.tokens[self.at]

    def take(self) -> Token:
        """Return the token here, and go on behind it."""
        token = self.tokens[self.at]
        self.at = min(self.at + 1, len(self.tokens) - 1)
        return token

    def error(self, why: str, *, at: int | None = None, hint: str = "") -> QueryError:
        """Return an error that points here, or elsewhere."""
        return QueryError(why, self.text, self.here().start if at is None else at, hint=hint)

    def shown(self) -> str:
        """Return the token here as it is written."""
        return self.text[self.here().start : self.here().end]

    def deeper(self, read: Callable[[], ReadT]) -> ReadT:
        """Return what ``read`` finds within brackets. Raises ``QueryError`` where too many stand inside each other."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.error(f"More than {DEEPEST} brackets stand inside each other")
        found = read()
        self.depth -= 1
        return found

    def name_length(self, at: int | None = None) -> int:
        """Return how many words from here on, or from ``at`` on, are a name, at most."""
        at = self.at if at is None else at
        if self.tokens[at].sort == "field":
            return 1
        words = 0
        while words < LONGEST_NAME and self.tokens[min(at + words, len(self.tokens) - 1)].sort in {
            "word",
            "arithmetic",
        }:
            words += 1
        while words and self.words(at, words) not in self.names:
            words -= 1
        return words

    def words(self, at: int, length: int) -> str:
        """Return so many words from ``at`` on, folded."""
        return " ".join(self.spelled[at : at + length])

    def bracket_length(self, at: int) -> int:
        """Return how many tokens there are from an opening bracket up to the one that closes it, if any does."""
        depth = 0
        for place, token in enumerate(self.tokens[at:], start=1):
            depth += (token.sort == "open") - (token.sort == "close")
            if not depth:
                return place
        return 0

    def words_before_operator(self) -> int:
        """Return how many words from here on, at least one, stand before an operator or a joining word."""
        words = 1
        while self.sort(words) == "word":
            joins = self.folded[self.at + words] in keywords.AND | keywords.OR | keywords.WHERE
            if joins or self.operator_length(self.at + words) or self.like_operator_length(self.at + words):
                break
            words += 1
        return words

    def operator_length(self, at: int) -> int:
        """Return how many words from ``at`` on are an operator."""
        for length in range(keywords.LONGEST_OPERATOR, 0, -1):
            if tuple(self.folded[at : at + length]) in keywords.OPERATORS:
                return length
        return 0

    def like_operator_length(self, at: int) -> int:
        """Return how many words from ``at`` on look like an operator, and are none."""
        for length in range(keywords.LONGEST_LIKE, 0, -1):
            if tuple(self.folded[at : at + length]) in keywords.LIKE_OPERATORS:
                return length
        return 0
