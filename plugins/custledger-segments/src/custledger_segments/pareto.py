"""ABC: customers by their share of the revenue.

Class A are those who together bring the first 80 % of the revenue, the largest first; B those who bring the next 15 %,
up to 95 %; C the others. That a small part of the causes brings most of the effect is Vilfredo Pareto's observation
(*Cours d'économie politique*, 1897), which Joseph Juran named after him; the classes are H. Ford Dickie's ("ABC
Inventory Analysis Shoots for Dollars, not Pennies", Factory Management and Maintenance, July 1951), with the usual
limits of 80 and 95 %.

The customer with whom the sum goes over a limit is still in the better class, so that somebody is in A always.
Customers of equal revenue are in one class, that of the first of them. Who brought no revenue, or a negative one, is
in no class.
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import Any

from custledger.errors import InvalidValueError
from custledger_segments.columns import setting

A_SHARE, B_SHARE = 80, 95
"""Percent of the revenue, up to which customers are in A, and in A or B."""


def classes(columns: Mapping[str, Sequence[Any]]) -> list[str | None]:
    """Return the class of each customer: ``A``, ``B``, ``C``, or ``None`` for who brought no revenue.

    ``columns`` are ``revenue``, and the settings ``a_share`` and ``b_share`` in percent. Raises ``InvalidValueError``
    for shares that are not ascending between 0 and 100.
    """
    a_share, b_share = setting(columns, "a_share", A_SHARE), setting(columns, "b_share", B_SHARE)
    if not 0 < a_share <= b_share <= 100:
        hint = "Set abc_a_share and abc_b_share to percentages, the second no less than the first."
        raise InvalidValueError(f"{a_share}, {b_share}", "are no limits of A and B", field="abc_a_share", hint=hint)
    revenue = columns["revenue"]
    ordered = sorted((amount for amount in revenue if amount is not None and amount > 0), reverse=True)
    if not ordered:
        return [None] * len(revenue)
    *before, total = accumulate(ordered, initial=ordered[0] * 0)
    least_a, least_b = (ordered[_last(before, total, share)] for share in (a_share, b_share))
    return [
        None if amount is None or amount <= 0 else "A" if amount >= least_a else "B" if amount >= least_b else "C"
        for amount in revenue
    ]


def _last(before: Sequence[Any], total: Any, share: Any) -> int:
    """Return the place of the last one before whom the sum is under a share, in percent, of the total."""
    return bisect_left(before, total * share, key=lambda amount: amount * 100) - 1
