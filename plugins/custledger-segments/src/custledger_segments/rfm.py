"""RFM: customers by how recently, how often and for how much they bought.

**Scores.** Recency is the days since the last order, frequency the number of orders, monetary value what was paid.
Each divides the customers who bought into five groups of equal size (Arthur M. Hughes, *Strategic Database Marketing*,
1994, whose quintiles these are); 5 is best, so few days score high. The three digits are the score: 555 is best in
everything. Equal values have equal scores: see ``quantiles``. Of a tie, equal days since the last order thus share the
best score that any of them would have by its place, equal orders and amounts the lowest.

**Who is scored.** Whoever has a recency and a monetary value. A customer who never bought, or did not in the period
that the three metrics look at, has no recency and is not scored, nor does he count as somebody whom others surpass; in
a period in which nobody bought, nobody is scored. A frequency that is empty counts as 0.

**Names.** The eleven names, and which recency and which mean of frequency and monetary value each may have, are those
of Putler's "RFM Analysis for Successful Customer Segmentation" (https://www.putler.com/rfm-analysis/). Its ranges
overlap; in this table each cell has the one of the names that its ranges allow there which the usual grids give it.
Down is recency, across the mean of the frequency and monetary scores, halves rounded up:

===  ==============  ==================  ===================  ==========  ==========
R    1               2                   3                    4           5
===  ==============  ==================  ===================  ==========  ==========
5    new             potential_loyalist  potential_loyalist   champion    champion
4    promising       potential_loyalist  potential_loyalist   loyal       loyal
3    about_to_sleep  about_to_sleep      need_attention       loyal       loyal
2    hibernating     hibernating         at_risk              at_risk     at_risk
1    lost            hibernating         at_risk              cannot_lose cannot_lose
===  ==============  ==================  ===================  ==========  ==========

With another number of groups the lowest score stands in this table at 1, the highest at 5, and those between in
proportion, halves up: of seven groups the fourth is at 3.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import compress
from operator import add
from typing import Any

from custledger.errors import InvalidValueError
from custledger_segments.columns import setting
from custledger_segments.quantiles import marked

FIFTHS = 5
MOST_GROUPS = 9
"""A score has a digit for each of the three."""

NAMES: tuple[tuple[str, ...], ...] = (
    ("lost", "hibernating", "at_risk", "cannot_lose", "cannot_lose"),
    ("hibernating", "hibernating", "at_risk", "at_risk", "at_risk"),
    ("about_to_sleep", "about_to_sleep", "need_attention", "loyal", "loyal"),
    ("promising", "potential_loyalist", "potential_loyalist", "loyal", "loyal"),
    ("new", "potential_loyalist", "potential_loyalist", "champion", "champion"),
)
"""The name by recency, and by the mean of frequency and monetary value, each a fifth counted from 0."""


def scores(columns: Mapping[str, Sequence[Any]]) -> list[int | None]:
    """Return the score of each customer, three digits such as 543, or ``None`` for those who are not scored.

    ``columns`` are ``recency``, ``frequency`` and ``monetary``, and ``groups``, a setting: how many groups there are.
    Raises ``InvalidValueError`` for a number of groups that is not from 2 to 9.
    """
    groups = _groups(columns)
    recency, frequency, monetary = (columns[name] for name in ("recency", "frequency", "monetary"))
    if None not in recency and None not in monetary:
        return list(_scored(recency, frequency, monetary, groups))
    is_scored = [days is not None and paid is not None for days, paid in zip(recency, monetary, strict=True)]
    days, orders, paid = (list(compress(each, is_scored)) for each in (recency, frequency, monetary))
    found = iter(_scored(days, orders, paid, groups))
    return [next(found) if one else None for one in is_scored]


def names(columns: Mapping[str, Sequence[Any]]) -> list[str | None]:
    """Return the name of each customer by the table above, or ``None`` for those who are not scored.

    ``columns`` are those of ``scores``, which tells what it raises.
    """
    called = _called(_groups(columns))
    return [None if score is None else called[score] for score in scores(columns)]


def _scored(recency: Sequence[Any], frequency: Sequence[Any], monetary: Sequence[Any], groups: int) -> Iterable[int]:
    """Return the scores of those who are scored: a sum of what each of the three gives."""
    often = [0 if orders is None else orders for orders in frequency] if None in frequency else frequency
    days = marked(recency, range(groups * 100, 0, -100))
    orders = marked(often, range(10, groups * 10 + 1, 10))
    return map(add, map(add, days, orders), marked(monetary, range(1, groups + 1)))


def _groups(columns: Mapping[str, Sequence[Any]]) -> int:
    groups = setting(columns, "groups", FIFTHS)
    if groups != int(groups) or not 2 <= groups <= MOST_GROUPS:
        hint = f"Set rfm_groups to a whole number from 2 to {MOST_GROUPS}; 5 is usual."
        raise InvalidValueError(str(groups), "is no number of RFM groups", field="rfm_groups", hint=hint)
    return int(groups)


def _called(groups: int) -> dict[int, str]:
    """Return the name of every score there can be."""
    each = range(1, groups + 1)
    return {
        days * 100 + orders * 10 + paid: NAMES[_fifth(days, groups)][
            _mean(_fifth(orders, groups), _fifth(paid, groups))
        ]
        for days in each
        for orders in each
        for paid in each
    }


def _mean(one: int, other: int) -> int:
    """Return the mean of two, halves rounded up."""
    return (one + other + 1) // 2


def _fifth(score: int, groups: int) -> int:
    """Return the fifth, from 0, at which a score stands."""
    steps = groups - 1
    return ((score - 1) * (FIFTHS - 1) * 2 + steps) // (steps * 2)
