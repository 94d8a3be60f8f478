"""Refreshing segments after 100 customers were changed, beside looking at all customers again.

The ledger and the eight rules are those of ``rules.py``: 100,000 customers (``CUSTLEDGER_BENCH_CUSTOMERS`` says
otherwise) with ten transactions each, and whom each rule chooses was stored by a refresh before. Each round changes
fifty customers and adds an order to fifty others; the clock stands, so that no day passes. What a refresh of those who
may have changed stores leaves nothing to a full one, or the script fails. For the record there is a refresh on the next
day, when nobody was touched and dates pass the thresholds of the rules.
"""

import random
import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from harness import Contest, main
from rules import CUSTOMERS, RULES, TODAY, fill

import custledger
from custledger.ledger import Ledger
from custledger.services.defining import add_segment
from custledger.services.refreshing import Refreshing, refresh

CHANGED = 100
PROMISED = 1 / 50 if CUSTOMERS >= 1_000_000 else None
"""Of fewer customers a full refresh takes less time, and what every refresh does before it looks at one weighs more."""
NAMES = [f"rule{number}" for number in range(len(RULES))]


class _Clock:
    """A clock that stands at noon of a day, and moves by a millisecond each time it is read."""

    def __init__(self, day: date) -> None:
        self.now = (day.toordinal() - 719_163) * 86_400_000 + 43_200_000

    def milliseconds(self) -> int:
        """Return the moment, in milliseconds since 1970 UTC."""
        self.now += 1
        return self.now


def contests() -> Iterator[Contest]:
    """Yield the one contest."""
    with tempfile.TemporaryDirectory(prefix="custledger-bench-") as name:
        path = Path(name) / "ledger.db"
        with custledger.open(path, defaults={"zone": "UTC", "currency": "CNY"}) as ledger:
            fill(ledger)
        clock = _Clock(date.fromisoformat(TODAY))
        with custledger.open(path, clock=clock) as ledger:
            for segment, (text, _) in zip(NAMES, RULES, strict=True):
                add_segment(ledger.session, segment, text)
            refresh(ledger.session, NAMES)
            yield _contest(ledger, clock)


def _contest(ledger: Ledger, clock: _Clock) -> Contest:
    dice = random.Random(13)
    ids = ledger.customers.columns("id")["id"]

    def change() -> None:
        with ledger.operation() as batch:
            for number in dice.sample(ids, CHANGED // 2):
                batch.customers.edit(
                    number, city=dice.choice(("上海", "杭州", "北京")), tags={dice.choice(("vip", "new"))}
                )
            for number in dice.sample(ids, CHANGED // 2):
                order: dict[str, Any] = {
                    "number": f"B{dice.random()}",
                    "amount": dice.randint(1, 9_000),
                    "status": "paid",
                }
                batch.records("transaction").add(customer=number, **order)

    def of_all() -> None:
        refresh(ledger.session, NAMES, full=True)

    def of_changed() -> None:
        done = refresh(ledger.session, NAMES)
        if max(one.looked_at for one in done.segments) > CHANGED:
            raise AssertionError("More customers were looked at than were changed.")

    def next_day() -> None:
        clock.now += 86_400_000

    def of_passed() -> None:
        refresh(ledger.session, NAMES)

    change()
    of_changed()
    again: Refreshing = refresh(ledger.session, NAMES, full=True)
    if any(one.entered or one.left for one in again.segments):
        raise AssertionError("A full refresh finds what a refresh of those who may have changed did not store.")
    note = f"{CUSTOMERS:,} customers, {CUSTOMERS * 10:,} transactions, eight rules"
    contest = Contest(f"refresh after {CHANGED} changed customers", baseline="of all customers", rounds=3, note=note)
    contest.add("of all customers", of_all, setup=change)
    contest.add("of those who may have changed", of_changed, setup=change, at_most=PROMISED)
    contest.add("of those whose dates passed, a day later", of_passed, setup=next_day)
    return contest


if __name__ == "__main__":
    main(contests)
