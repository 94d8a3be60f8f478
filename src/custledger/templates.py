"""Tags whose text has expressions in it, taken apart and filled in; and the groups to which texts put tags."""

import re
from collections.abc import Sequence

from custledger.errors import InvalidValueError
from custledger.structs import Struct, frozen

_BRACES = str.maketrans("｛｝", "{}")
_PART = re.compile(r"\{([^{}]*)\}")
_GROUP = re.compile(r"\s*([^:：]+?)\s*[:：]\s*\S")
_UNFIT = re.compile(r"[;；、,，\s]+")


@frozen
class Template(Struct):
    """A tag whose text may have expressions in it: ``texts`` stand before, between and behind them."""

    texts: tuple[str, ...]
    expressions: tuple[str, ...] = ()

    @classmethod
    def of(cls, text: str) -> "Template":
        """Return a text taken apart.

        >>> Template.of("偏好:{most_frequent(transactions.product.category)}")
        Template(texts=('偏好:', ''), expressions=('most_frequent(transactions.product.category)',))
        """
        pieces = _PART.split(text.translate(_BRACES))
        texts, expressions = pieces[::2], [piece.strip() for piece in pieces[1::2]]
        if any("{" in one or "}" in one for one in texts):
            raise InvalidValueError(text, "has a curly bracket without its other half", field="Tag")
        if not all(expressions):
            raise InvalidValueError(text, "has curly brackets with nothing in them", field="Tag")
        return cls(tuple(texts), tuple(expressions))

    def filled(self, values: Sequence[str]) -> str:
        """Return the tag with these values; commas, semicolons and line ends, which no tag holds, become spaces."""
        pieces = [self.texts[0]]
        for value, text in zip(values, self.texts[1:], strict=True):
            pieces += [_UNFIT.sub(" ", value), text]
        return "".join(pieces).strip()

    def could_be(self, tag: str) -> bool:
        """Whether a tag may have come of this."""
        return re.fullmatch(".+".join(map(re.escape, self.texts)), tag) is not None


def has_expressions(text: str) -> bool:
    """Whether a text is a tag with expressions in it, and not an expression itself; either curly bracket tells that."""
    return not {"{", "}"}.isdisjoint(text.translate(_BRACES))


def group_in(tag: str) -> str:
    """Return what stands before the colon of a tag, or nothing.

    >>> group_in("偏好:咖啡"), group_in("偏好：茶"), group_in("vip")
    ('偏好', '偏好', '')
    """
    found = _GROUP.match(tag)
    return found[1] if found else ""
