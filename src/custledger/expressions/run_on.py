"""Finds another condition within a value that has no quotation marks: what joins the two there joins nothing.

``城市 是 上海 和 等级 是 A`` would else ask for a city called “上海 和 等级 是 A”, and find nobody.
"""

from collections.abc import Iterator

from custledger.errors import QueryError, shorten
from custledger.expressions import keywords
from custledger.expressions.cursor import Cursor
from custledger.expressions.functions import FUNCTIONS

_JOINING = keywords.AND | keywords.OR
_GLUING = sorted((word for word in _JOINING | keywords.LIKE_JOINING if not word.isascii()), key=len, reverse=True)


def joins_nothing(cursor: Cursor, place: int) -> QueryError:
    """Return the error for a word, the token at ``place``, that looks as if it joined conditions."""
    return _instead(cursor, place, cursor.folded[place])


def check_run_on(cursor: Cursor, first: int) -> None:
    """Raise ``QueryError`` where the value from the token ``first`` up to here has another condition in it."""
    words = list(_words(cursor, first))
    compared = next((place for place in (cursor.at, *reversed(words[1:])) if _compares(cursor, place)), first)
    for place in words:
        if place > first and cursor.folded[place] in keywords.LIKE_JOINING and _follows(cursor, place + 1, compared):
            raise joins_nothing(cursor, place)
        if place > first and (length := _compared_length(cursor, place)):
            hint = "Write and (且) between two conditions; a value that holds such words goes in quotation marks."
            raise _begins(cursor, place, length, hint)
        _check_glued(cursor, place, is_first=place == first)


def _words(cursor: Cursor, first: int) -> Iterator[int]:
    """Yield the places of the words of a value that stand in no brackets."""
    place = first
    while place < cursor.at:
        if cursor.tokens[place].sort == "word":
            yield place
        place += (cursor.tokens[place].sort == "open" and cursor.bracket_length(place)) or 1


def _instead(cursor: Cursor, place: int, word: str) -> QueryError:
    meant = "or (或)" if word in keywords.LIKE_OR else "and (且)"
    hint = f"Write {meant} in its place; a value that holds such words goes in quotation marks."
    return cursor.error(f"“{word}” does not join conditions", at=cursor.tokens[place].start, hint=hint)


def _begins(cursor: Cursor, place: int, length: int, hint: str) -> QueryError:
    start = cursor.tokens[place].start
    written = shorten(cursor.text[start : cursor.tokens[place + length - 1].end])
    return cursor.error(f"{written} seems to begin another condition", at=start, hint=hint)


def _follows(cursor: Cursor, at: int, compared: int) -> bool:
    """Return whether a condition seems to begin at a token, or whether a joining word stands there.

    ``compared`` is the last token in the value, or behind it, that compares something.
    """
    if at == cursor.at:
        return cursor.folded[at] in _JOINING
    at += cursor.folded[at] in keywords.NOT
    length = cursor.name_length(at)
    if at + length == cursor.at and cursor.names.holds(cursor.words(at, length)):
        return True
    return compared > at


def _compared_length(cursor: Cursor, place: int) -> int:
    """Return how many tokens are a name, or a function with its brackets, that something compares; 0 for others."""
    length = cursor.name_length(place)
    if not length and cursor.folded[place] in FUNCTIONS and cursor.tokens[place + 1].sort == "open":
        length = cursor.bracket_length(place + 1) + 1
    return length if length and _compares(cursor, place + length) else 0


def _compares(cursor: Cursor, place: int) -> bool:
    is_sign = cursor.tokens[place].sort == "symbol"
    return is_sign or cursor.operator_length(place) > 0 or cursor.like_operator_length(place) > 0


def _check_glued(cursor: Cursor, place: int, *, is_first: bool) -> None:
    """Refuse another condition before which, or in which, the spaces were left out: ``上海且等级 是 A``."""
    folded = cursor.folded[place]
    if not is_first and (operator := _operator_in(cursor, folded)):
        raise _begins(cursor, place, 1, f"Put spaces around {operator}.")
    for word in _GLUING:
        before, found, rest = folded.partition(word)
        if not found or (is_first and not before):
            continue
        if _operator_in(cursor, rest) or (rest in cursor.names and _compares(cursor, place + 1)):
            if word in keywords.LIKE_JOINING:
                raise _instead(cursor, place, word)
            raise _begins(cursor, place, 1, f"Put spaces around {word}.")


def _operator_in(cursor: Cursor, folded: str) -> str:
    """Return the operator that follows a name in one word, or nothing."""
    heads = ((operator, folded.partition(operator)[0]) for operator in keywords.GLUED if operator in folded)
    return next((operator for operator, head in heads if head in cursor.names), "")
