"""A segment: a named set of customers, or of records of another type, and the rule that chooses them.

There are three kinds of rules behind the one descriptor:

- an **expression**: ``Segment(name="vips", expression="level = A or tag = vip", …)``. Its name is a condition in every
  other expression about its subject: ``vips and city = 上海``;
- a **callable** that decides about one record by the values of the expressions that it ``needs``::

      def lapsed(*, orders: int, since: int | None) -> bool:
          return orders >= 5 and since is not None and since > 90

      needs = {"orders": "order_count", "since": "days_since(last_order)"}
      Segment(name="lapsed", needs=needs, decide=lapsed, labels=Labels("Lapsed", "久未购买"))

- a **scorer** that sees the whole population at once, and gives each record a label, a number, or nothing::

      def quintiles(columns: Mapping[str, list[Any]]) -> list[str | None]:
          frame = polars.DataFrame(columns)                    # or numpy.array(columns["spent"], dtype=float)
          …

      Segment(name="tiers", needs={"spent": "total_spent"}, score=quintiles, choices=choices("top|Top|头部|red", …))

What a callable and a scorer receive is in its Python form: a number or money is a ``Decimal``, a whole number an
``int``, a yes or no a ``bool``, a day a ``date``, a time a ``datetime`` in UTC, tags and several choices a sorted
``tuple``, a choice its code, a reference the id of the record, and what is empty is ``None``.
"""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Literal

import attrs

from custledger.definitions import Definition
from custledger.expressions.nodes import LABEL, SCORE, Named
from custledger.fields import Choice, Kind, Labels
from custledger.structs import frozen

Decide = Callable[..., bool]
"""Is handed what it needs of one record as keyword arguments, and returns whether the record is a member."""

Score = Callable[[Mapping[str, list[Any]]], Sequence[Any]]
"""Is handed what it needs of every record, and returns as many labels or numbers, or ``None`` for no member.

The columns are lists of one length, all in the order of the records' ids. The answer must not go by that order, which
is that in which the records happened to be added: equal values have equal answers. ``custledger plugin check`` looks.
"""

Mark = str | Decimal | None
"""What a scorer says of a member: a label, which is the code of a choice where there are choices, or a number.

``None`` where the rule only says who is one.
"""

STORED_SUBJECT = "customer"
"""The type whose memberships a refresh stores."""

RuleKind = Literal["expression", "callable", "scorer"]

_NOTHING_NEEDED: Mapping[str, str] = MappingProxyType({})


@frozen(kw_only=True)
class Segment(Definition):
    """A named set of records; see the module for the three kinds of rules, and ``Definition`` for its other parts.

    - ``expression`` is true of the members; it is empty where ``decide`` or ``score`` is given instead;
    - ``needs``: the expressions whose values ``decide`` or ``score`` receives, by the names it has for them;
    - ``decide``: the callable;
    - ``score``: the scorer. With ``choices`` it returns their codes, with ``own_labels`` texts of its own making (the
      names of cities, say), and else numbers, which are kept to four decimal places. A record with a label or a number
      is a member, one with ``None`` is not;
    - ``color`` is one of ``custledger.records.COLORS``, or empty.

    A callable and a scorer must give the same answer for the same values: no clock, no randomness, no network.
    """

    expression: str = ""
    needs: Mapping[str, str] = _NOTHING_NEEDED
    decide: Decide | None = None
    score: Score | None = None
    choices: tuple[Choice, ...] = ()
    own_labels: bool = False
    color: str = ""

    @property
    def rule(self) -> RuleKind:
        """Which of the three kinds of rules it has."""
        if self.score is not None:
            return "scorer"
        return "expression" if self.decide is None else "callable"

    @property
    def has_labels(self) -> bool:
        """Whether a scorer says a label of each member, and not a number."""
        return bool(self.choices) or self.own_labels

    @property
    def wording(self) -> str:
        """What the rule says, as far as a text can: the expression, or what a callable or a scorer needs."""
        return self.expression or "; ".join(f"{name}: {text}" for name, text in self.needs.items())

    def all_named(self) -> tuple[Named, ...]:
        """Return what other expressions can name of it: that a record is a member, and what a scorer says of it.

        What a callable or a scorer says is not computed there: it is what the last refresh stored, ``rfm`` whether a
        customer was a member then, and ``rfm.label`` or ``rfm.score`` with what label or number. Those can be called
        ``rfm.标签`` and ``RFM分层.label`` as well: by any of the segment's names, in either language.
        """
        if self.rule == "expression":
            return (self.named(),)
        if self.subject != STORED_SUBJECT:
            return ()
        there = f"where segment = {_quoted(self.name)} and left_at is empty"
        member = self._stored(self.name, f"exists(memberships {there})", self.labels)
        if self.rule == "callable":
            return (member,)
        return member, self._mark(there)

    @property
    def mark_names(self) -> tuple[str, str]:
        """What its label or its number is called behind the dot, in English and in Chinese."""
        return LABEL if self.has_labels else SCORE

    def _mark(self, there: str) -> Named:
        """Return what a scorer said of a member, by each of its own names with each of the mark's."""
        part, zh = self.mark_names
        labels = Labels(f"{self.labels.en or self.name}.{part}", f"{self.labels.zh}.{zh}" if self.labels.zh else "")
        stored = self._stored(f"{self.name}.{part}", f"first(memberships.{part} {there})", labels)
        every = [f"{own}.{mark}" for own in dict.fromkeys((self.name, *self.labels.both())) for mark in (part, zh)]
        aliases = tuple(one for one in every if one not in stored.called)
        return attrs.evolve(stored, choices=self.choices, aliases=aliases)

    def _stored(self, key: str, text: str, labels: Labels) -> Named:
        return Named(key=key, subject=self.subject, text=text, labels=labels, is_stored=True)


def _quoted(name: str) -> str:
    """Return a name as a value of a text in an expression."""
    from custledger.expressions.literals import written  # few starts ask what can be named

    return written(name, Kind.TEXT)
