"""The risk that a customer is lost, from his own buying rhythm: how many of his usual gaps he has been silent.

A customer's usual gap is the mean of the days between his orders, where the orders of one day count once: the days
from the first to the last, divided by one less than the number of days with an order. His silence is the days since
the last order. Their quotient, ``silence / gap``, is 1 where the next order would be due just now. It is the recency
in units of the customer's own interpurchase time that Wouter Buckinx and Dirk Van den Poel found among the best
predictors of defection ("Customer base analysis: partial defection of behaviourally loyal clients in a
non-contractual FMCG retail setting", European Journal of Operational Research 164(1), 2005), and it keeps to the
simple rule by hiatus which Markus Wübben and Florian von Wangenheim found as good as stochastic models ("Instant
customer base analysis: managerial heuristics often 'get it right'", Journal of Marketing 72(3), 2008), but with a
hiatus that is each customer's own.

What a quotient means can be said where orders come at random at a steady rate, as Andrew Ehrenberg's model of repeat
buying has it: then a customer who is still there is silent for q usual gaps or longer with the probability exp(-q).
That is 14 % for two gaps, and 5 % for three; with these limits the risk is called rising and high.

Whoever ordered on fewer days than ``churn_orders_least`` has no rhythm yet, and no risk is said of him.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from custledger.errors import InvalidValueError
from custledger_segments.columns import setting

RISING_RATIO, HIGH_RATIO = 2, 3
ORDERS_LEAST = 3


def risks(columns: Mapping[str, Sequence[Any]]) -> list[str | None]:
    """Return the risk of each customer: ``low``, ``rising``, ``high``, or ``None`` where there is no rhythm.

    ``columns`` are ``ratio``, the quotient of silence and usual gap, ``days``, the number of those with an order,
    and the settings ``rising`` and ``high`` (quotients above which the risk is called so) and ``least`` (how many
    days make a rhythm). Raises ``InvalidValueError`` where ``rising`` is more than ``high``.
    """
    rising, high = setting(columns, "rising", RISING_RATIO), setting(columns, "high", HIGH_RATIO)
    if rising > high:
        hint = "Set churn_rising_ratio and churn_high_ratio to numbers of gaps, the second no less than the first."
        field = "churn_rising_ratio"
        raise InvalidValueError(f"{rising}, {high}", "are no limits of rising and high", field=field, hint=hint)
    least = setting(columns, "least", ORDERS_LEAST)
    return [
        None
        if ratio is None or (days or 0) < least
        else "high"
        if ratio > high
        else "rising"
        if ratio > rising
        else "low"
        for ratio, days in zip(columns["ratio"], columns["days"], strict=True)
    ]
