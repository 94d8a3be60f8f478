"""What an expression says before its names and types are checked, each part with its place in the text."""

from collections.abc import Iterator
from typing import Literal

import attrs

from custledger.expressions.functions import Sign
from custledger.values import fold

Word = Literal["=", "<", "<=", ">", ">=", "in", "between", "contains", "starts", "ends", "empty"]
"""The operators, as the tree names them; their negations are marked beside them."""


@attrs.frozen
class Name:
    """A field, as the text calls it."""

    text: str
    start: int

    @property
    def folded(self) -> str:
        """The name as names are compared: folded, with one space where the text has any."""
        return fold(" ".join(self.text.split()))


@attrs.frozen
class Bare:
    """One or several words without quotation marks, where a value is expected.

    ``has_signs`` says that brackets or signs of arithmetic stand between them.
    """

    text: str
    start: int
    has_signs: bool = False

    @property
    def end(self) -> int:
        """Where in the text it ends."""
        return self.start + len(self.text)


@attrs.frozen
class Quoted:
    """Text in quotation marks."""

    text: str
    start: int


@attrs.frozen
class Number:
    """A number in arithmetic."""

    text: str
    start: int


@attrs.frozen
class Call:
    """A function and what it is of; an aggregate may have ``distinct`` and a condition."""

    function: str
    argument: "Term"
    start: int
    end: int
    is_distinct: bool = False
    where: "Clause | None" = None


@attrs.frozen
class Operation:
    """Two terms and the sign between them, at ``start``."""

    sign: Sign
    left: "Term"
    right: "Term"
    start: int


Term = Name | Number | Call | Operation
"""What has a value."""

Right = Name | Bare | Quoted
"""What may stand on the right of an operator."""


@attrs.frozen
class Comparison:
    """A term, an operator, and none, one or several things on its right."""

    left: Term
    word: Word
    negated: bool
    right: tuple[Right, ...]
    start: int


@attrs.frozen
class Joined:
    """Clauses joined by "and" or by "or"."""

    word: Literal["and", "or"]
    parts: tuple["Clause", ...]


@attrs.frozen
class Negated:
    """A clause with "not" before it."""

    part: "Clause"


Clause = Term | Comparison | Joined | Negated


def start_of(term: Term) -> int:
    """Return where in the text a term begins."""
    return start_of(term.left) if isinstance(term, Operation) else term.start


def rest_of(comparison: Comparison) -> str:
    """Return what stands behind the left side of a comparison, in English words: ``not in (a, b)``."""
    values = [f'"{one.text}"' if isinstance(one, Quoted) else one.text for one in comparison.right]
    word = {"starts": "starts with", "ends": "ends with", "empty": "is empty"}.get(comparison.word, comparison.word)
    word = f"not {word}" if comparison.negated and word != "=" else "!=" if comparison.negated else word
    right = f"({', '.join(values)})" if word.endswith("in") else " and ".join(values)
    return f"{word} {right}".rstrip()


def names_in(term: Term) -> Iterator[Name]:
    """Yield the names in a term, from left to right."""
    match term:
        case Name():
            yield term
        case Operation(_, left, right):
            yield from names_in(left)
            yield from names_in(right)
        case Call(_, argument):
            yield from names_in(argument)
