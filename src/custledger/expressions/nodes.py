"""What everybody who handles expressions knows: a checked ``Expression``, and the ``Moment`` it is computed at.

These two are imported at start. The tree inside an expression is in ``tree``, what a text looks like before it is
checked in ``syntax``.
"""

from collections.abc import Mapping
from datetime import date, tzinfo
from typing import Any

import attrs

from custledger.fields import Choice, Kind, Labels, Spec
from custledger.structs import Struct, frozen

LABEL, SCORE = ("label", "标签"), ("score", "分数")
"""What a scorer's label and its number are called, in English and in Chinese: ``rfm.label``, ``RFM分层.标签``."""


@frozen
class Moment(Struct):
    """What "today" means to an expression, and in which zone a day begins. ``as_of`` says the day was set by hand.

    ``currency`` is what money without one is in.
    """

    today: date
    zone: tzinfo
    as_of: bool = False
    currency: str = ""


@frozen
class Expression(Struct):
    """An expression that was checked against a schema: its text, what it yields, and the field keys it reads.

    ``root`` is a tree of the nodes in ``custledger.expressions.tree``, which name fields by key and hold plain values.
    ``keys`` are those of the record's own fields; ``spec`` is that of a field which has such values, where it is one
    value and no condition. ``names`` says what the names in the text mean, by keys, for whoever saves it.
    """

    text: str
    kind: Kind
    root: Any
    keys: frozenset[str]
    spec: Spec | None = None
    names: Mapping[str, str] = attrs.field(factory=dict, eq=False, repr=False)

    @property
    def looks_at_others(self) -> bool:
        """Whether there is an aggregate in it, which looks at related records."""
        from custledger.expressions.kept import aggregates  # most commands read no expression

        return next(aggregates(self.root), None) is not None


@frozen(kw_only=True)
class Named(Struct):
    """An expression about records of the type ``subject`` that others can name: by its key, its labels or its aliases.

    ``names`` are pairs of what its text calls things, and of the keys that they had when it was saved. Where it gives
    texts, ``choices`` are those that they are the codes of. One that ``is_stored`` reads what was computed before, and
    its text is nobody's wording.
    """

    key: str
    subject: str
    text: str
    labels: Labels
    names: tuple[tuple[str, str], ...] = ()
    choices: tuple[Choice, ...] = ()
    is_stored: bool = False
    aliases: tuple[str, ...] = ()

    @property
    def called(self) -> tuple[str, ...]:
        """Whatever others can name it by."""
        return (self.key, *self.labels.both(), *self.aliases)
