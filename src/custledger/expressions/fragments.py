"""Pieces of SQL with the values bound to them."""

from collections.abc import Sequence

from custledger.structs import Struct, frozen
from custledger.values import Plain

_FEW = 16


@frozen
class Sql(Struct):
    """A piece of SQL text, and the values of its placeholders in their order."""

    text: str
    parameters: tuple[Plain, ...] = ()


TRUE = Sql("1 = 1")
FALSE = Sql("1 = 0")


def all_of(parts: Sequence[Sql]) -> Sql:
    """Return the condition that all parts hold, in brackets where it has several."""
    return _joined("AND", parts) if parts else TRUE


def any_of(parts: Sequence[Sql]) -> Sql:
    """Return the condition that some part holds, in brackets where it has several."""
    return _joined("OR", parts) if parts else FALSE


def _joined(word: str, parts: Sequence[Sql]) -> Sql:
    """Join conditions; many of them as a balanced tree, since databases limit how deep a condition may be."""
    if len(parts) == 1:
        return parts[0]
    if len(parts) > _FEW:
        middle = len(parts) // 2
        parts = [_joined(word, parts[:middle]), _joined(word, parts[middle:])]
    text = f" {word} ".join(part.text for part in parts)
    return Sql(f"({text})", tuple(parameter for part in parts for parameter in part.parameters))
