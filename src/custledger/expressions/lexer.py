"""Cuts the text of an expression into words, quoted texts and signs, each with its place in the text."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Literal

import attrs

from custledger.errors import QueryError

REMEMBERED, LONGEST_REMEMBERED = 500, 1_000
"""Of how many texts it is remembered what they say, and of how many characters each: a program may run for months."""

Sort = Literal["word", "quoted", "field", "symbol", "arithmetic", "open", "close", "comma", "end"]

_WIDE = str.maketrans("＝！＜＞（）［］【】，、", "=!<>()[][],,") | {ord("≠"): "!=", ord("≤"): "<=", ord("≥"): ">="}
_SIGNS: dict[str, Sort] = {"(": "open", ")": "close", ",": "comma"}
_ARITHMETIC = {"+": "+", "-": "-", "*": "*", "/": "/", "×": "*", "÷": "/", "＋": "+", "－": "-", "＊": "*", "／": "/"}
_QUOTES = {"'": "'", '"': '"', "“": "”", "”": "”", "‘": "’", "「": "」", "『": "』", "＂": "＂", "＇": "＇"}
_SPACE = re.compile(r"\s*")
_SYMBOL = re.compile(r"[!！][=＝]|[<＜][=＝>＞]|[>＞][=＝]|[=＝]{1,2}|[<＜>＞≠≤≥]")
_WORD = re.compile(r"(?:(?![!！][=＝])[^\s()（）\[\]［］【】,，、=＝<＜>＞≠≤≥])+")


@attrs.frozen
class Token:
    """One word or sign. ``text`` is what it says: of a quoted text, what is between the quotation marks."""

    sort: Sort
    text: str
    start: int
    end: int


def tokens(text: str) -> Sequence[Token]:
    """Return the tokens of ``text``; the last one is of the sort ``end``.

    Raises ``QueryError`` for a quotation mark or a square bracket that is never closed.
    """
    return _cut_before(text) if len(text) <= LONGEST_REMEMBERED else _cut(text)


def _cut(text: str) -> Sequence[Token]:
    found: list[Token] = []
    at = _after_space(text, 0)
    while at < len(text):
        # Behind a bracket a sign needs no space before it; elsewhere it may be part of a word, such as 2026-11-22.
        glued = bool(found) and found[-1].sort in {"close", "field"} and found[-1].end == at
        found.append(_token(text, at, glued=glued))
        at = _after_space(text, found[-1].end)
    found.append(Token("end", "", len(text), len(text)))
    return tuple(found)


# The rules that plugins bring are read again whenever something changes what names mean.
_cut_before = lru_cache(REMEMBERED)(_cut)


def _after_space(text: str, at: int) -> int:
    space = _SPACE.match(text, at)
    return space.end() if space else at


def _token(text: str, at: int, *, glued: bool) -> Token:
    first = text[at]
    if first in _QUOTES:
        return _quoted(text, at)
    if symbol := _SYMBOL.match(text, at):
        return Token("symbol", symbol.group().translate(_WIDE), at, symbol.end())
    plain = first.translate(_WIDE)
    if sort := _SIGNS.get(plain):
        return Token(sort, plain, at, at + 1)
    if plain == "[":
        return _bracketed(text, at)
    word = _WORD.match(text, at)
    if word is None:
        raise QueryError(
            f"“{first}” is out of place here", text, at, hint="Put quotation marks around a value that holds it."
        )
    if first in _ARITHMETIC and (glued or len(word.group()) == 1):
        return Token("arithmetic", _ARITHMETIC[first], at, at + 1)
    return Token("word", word.group(), at, word.end())


def _quoted(text: str, at: int) -> Token:
    """Return a quoted text; the closing mark, doubled, stands for itself."""
    closing = _QUOTES[text[at]]
    parts: list[str] = []
    start = at + 1
    while (end := text.find(closing, start)) >= 0:
        parts.append(text[start:end])
        if not text.startswith(closing, end + 1):
            return Token("quoted", closing.join(parts), at, end + 1)
        start = end + 2
    raise QueryError("This quotation mark is never closed", text, at, hint=f"Close it with {closing}")


def _bracketed(text: str, at: int) -> Token:
    closing = re.compile(r"[\]］】]").search(text, at)
    if closing is None:
        raise QueryError("This square bracket is never closed", text, at, hint="Write a field as [phone].")
    return Token("field", text[at + 1 : closing.start()].strip(), at, closing.end())
