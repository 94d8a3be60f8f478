"""Which names would change what rules mean: those that the language itself reads as something.

``today`` is a day, ``not`` a word that it knows, ``5`` a number; and where ``level`` is a name, ``level is empty`` and
``level - 1`` are read as what they say. A function's name can be taken: it is a function only before a bracket.
"""

from custledger.errors import QueryError
from custledger.expressions import keywords
from custledger.expressions.cursor import Cursor
from custledger.expressions.dates import parse_day
from custledger.expressions.scope import Scope
from custledger.expressions.terms import is_number
from custledger.fields import Kind

_OWN_WORDS = frozenset(
    {" ".join(words) for words in keywords.OPERATORS}
    | keywords.AND | keywords.OR | keywords.NOT | keywords.BETWEEN_AND | keywords.BETWEEN_END | keywords.WHERE
    | keywords.DISTINCT
)  # fmt: skip


def read_as(name: str, scope: Scope) -> str:
    """Return what the language itself takes a name for, in words of an error, or nothing where it may be one."""
    try:
        if parse_day(name) is not None:
            return "is a day in every rule"
    except ValueError:  # it is one, and too far away
        return "is a day in every rule"
    try:
        cursor = Cursor(name, scope)
    except QueryError:
        return ""  # it can stand in square brackets only
    length = len(cursor.tokens) - 1
    if any(token.sort not in {"word", "arithmetic"} for token in cursor.tokens[:length]):
        return ""
    called = cursor.words(0, length)
    has_tags = any(field.spec.kind is Kind.TAGS for field in scope.schema.fields)
    if called in _OWN_WORDS or is_number(called) or (called == "tag" and has_tags):
        return "is a word of the language of rules"
    return "reads like a rule" if _is_rule(cursor, scope, length) else ""


def _is_rule(cursor: Cursor, scope: Scope, length: int) -> bool:
    """Return whether several words begin with what is a condition, or the beginning of one, already."""
    if length > 1 and cursor.folded[0] in keywords.NOT and cursor.words(1, length - 1) in scope:
        return True
    for place in range(1, length):
        head = cursor.words(0, place)
        if head not in scope and not is_number(head):
            continue
        rest = tuple(cursor.folded[place:length])
        joins = rest[0] in keywords.AND | keywords.OR and scope.holds(head)
        if cursor.tokens[place].sort == "arithmetic" or joins or _begins_operator(rest):
            return True
        if cursor.operator_length(place) and rest[0] != "in":  # behind which there would be a bracket
            return True
    return False


def _begins_operator(words: tuple[str, ...]) -> bool:
    return any(operator[: len(words)] == words for operator in keywords.OPERATORS)
