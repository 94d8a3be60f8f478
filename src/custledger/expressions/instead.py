"""What to write in the place of words that people compare with, and that the language does not have."""

from custledger.expressions import keywords
from custledger.expressions.cursor import Cursor
from custledger.expressions.dates import parse_day

_ENDING = keywords.AND | keywords.OR | keywords.LIKE_JOINING


def instead(cursor: Cursor, left: str, at: int) -> str:
    """Return the hint for words at ``at`` that look like an operator behind ``left``, or nothing where none do."""
    length = cursor.like_operator_length(at)
    if not length:
        return ""
    operator = keywords.LIKE_OPERATORS[tuple(cursor.folded[at : at + length])]
    if "empty" in operator:
        return f"Write: {left} {operator}"
    right = _right(cursor, at + length)
    if operator != keywords.WITHIN:
        return f"Write: {left} {operator} {right or '…'}"
    span = next((right for form in ("{} ago", "{}前") if _is_day(form.format(right))), "30 days")
    past, ahead = (f"{span} ago", f"in {span}") if span.isascii() else (f"{span}前", f"{span}内")
    return f"Write: {left} > {past}; or for days to come: {left} <= {ahead}"


def _is_day(text: str) -> bool:
    try:
        return parse_day(text) is not None
    except ValueError:
        return False


def _right(cursor: Cursor, at: int) -> str:
    """Return what stands from a token on, up to the end of the condition."""
    end = at
    while cursor.tokens[end].sort in {"word", "quoted", "arithmetic"} and cursor.folded[end] not in _ENDING:
        end += 1
    return cursor.text[cursor.tokens[at].start : cursor.tokens[end - 1].end] if end > at else ""
