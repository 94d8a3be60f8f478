"""Cohorts: customers by the month in which they first bought, and how many of them bought again in each month after.

Retention in the n-th month is the share of a cohort's customers who bought in the n-th calendar month after their
first; it is 100 % in month 0 by definition. It is what Peter Fader, Bruce Hardie and Michael Ross call the
cohort-by-period view (*The Customer-Base Audit*, 2022). A customer who pauses and comes back counts in each month in
which he bought, so a share may rise again. Months are those of the ledger's time zone; what was cancelled or refunded
was not bought.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from custledger.expressions import field_expression
from custledger.hookspecs import Context
from custledger.stores.contract import Query
from custledger.structs import Struct, frozen

BOUGHT = "status not in (cancelled, refunded) and at is not empty"
"""Which transactions are purchases, as the metrics of custledger-sales have it."""


@frozen
class Cohort(Struct):
    """The customers who first bought in one month.

    - ``month``: the month, ``2026-03``;
    - ``buyers``: how many of them bought in that month, the next, and so on up to the last month that is looked at; the
      first is all of them.
    """

    month: str
    buyers: tuple[int, ...]

    @property
    def customers(self) -> int:
        """How many customers there are."""
        return self.buyers[0]

    @property
    def retention(self) -> tuple[float, ...]:
        """The share of the customers who bought in each month, from 0 to 1; the first is 1."""
        return tuple(count / self.customers for count in self.buyers)


def cohorts(purchases: Iterable[tuple[Any, int, int]], until: tuple[int, int]) -> list[Cohort]:
    """Return the cohorts in the order of their months; a month in which nobody first bought has none.

    ``purchases`` are ``(customer, year, month)``, in any order and repeated at will; ``until`` is the year and the
    month that are looked at last, and later purchases are left out.

    >>> cohorts([("Ann", 2026, 1), ("Bob", 2026, 1), ("Ann", 2026, 3)], (2026, 3))
    [Cohort(month='2026-01', buyers=(2, 0, 1))]
    """
    last = _number(*until)
    months: dict[Any, set[int]] = {}
    for customer, year, month in purchases:
        number = _number(year, month)
        if number <= last:
            months.setdefault(customer, set()).add(number)
    counted: Counter[tuple[int, int]] = Counter()
    for bought in months.values():
        first = min(bought)
        counted.update((first, number) for number in bought)
    return [
        Cohort(_written(first), tuple(counted[first, number] for number in range(first, last + 1)))
        for first in sorted({first for first, _ in counted})
    ]


def cohorts_of(context: Context) -> list[Cohort]:
    """Return the cohorts of a ledger, up to the month of its day. Raises ``NotFoundError`` without custledger-sales."""
    schema = context.schema("transaction")
    today = context.today
    where = context.understand(f"{BOUGHT} and at <= today", schema)
    columns = (
        field_expression(schema, "customer"),
        context.understand("year(at)", schema, want=None),
        context.understand("month(at)", schema, want=None),
    )
    query = Query(moment=context.moment, where=where, columns=columns)
    return cohorts(_triples(context.select("transaction", query)), (today.year, today.month))


def _triples(rows: Iterable[Sequence[Any]]) -> Iterable[tuple[Any, int, int]]:
    return ((customer, year, month) for customer, year, month in rows)


def _number(year: int, month: int) -> int:
    """Return a month as a number of which each is one more than that of the month before."""
    return year * 12 + month - 1


def _written(number: int) -> str:
    year, month = divmod(number, 12)
    return f"{year:04d}-{month + 1:02d}"
