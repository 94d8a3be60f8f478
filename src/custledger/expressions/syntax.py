"""What an expression says before its names and types are checked, each part with its place in the text."""

from typing import Literal

import attrs

Word = Literal["=", "<", "<=", ">", ">=", "in", "between", "contains", "starts", "ends", "empty"]
"""The operators, as the tree names them; their negations are marked beside them."""


@attrs.frozen
class Name:
    """A field, as the text calls it."""

    text: str
    start: int


@attrs.frozen
class Bare:
    """One or several words without quotation marks, where a value is expected."""

    text: str
    start: int


@attrs.frozen
class Quoted:
    """Text in quotation marks."""

    text: str
    start: int


Right = Name | Bare | Quoted
"""What may stand on the right of an operator."""


@attrs.frozen
class Comparison:
    """A field, an operator, and none, one or several things on its right."""

    left: Name
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


Clause = Name | Comparison | Joined | Negated
