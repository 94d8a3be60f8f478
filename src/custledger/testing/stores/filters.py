"""Cases: generated filters over generated records. The evaluator says what is right; the store must say the same."""

import itertools
from collections.abc import Iterator
from typing import Any

from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from custledger.conventions import Conventions
from custledger.expressions import (
    Expression,
    Moment,
    evaluator,
    field_expression,
    sort_key,
    understand,
    understand_order,
)
from custledger.expressions.comparing import Ordering
from custledger.expressions.split import split
from custledger.schema import ID, Row, Schema
from custledger.stores.contract import Order, Query, Store
from custledger.stores.grouping import grouped
from custledger.testing.clerk import Clerk, settable
from custledger.testing.expressions import TODAY, ZONE, filters, rows, sort_keys
from custledger.testing.stores.base import FILTERS, StoreCases, examples

AT_ONCE = 10
"""How many filters are tried on one set of records."""


class _Asked:
    """A store, and the rows that it held when it was asked for all of them."""

    def __init__(self, store: Store, schema: Schema, moment: Moment) -> None:
        self.store, self.schema, self.moment = store, schema, moment
        self.rows: list[Row] = list(store.select(schema, Query(moment=moment)))

    def compare(self, where: Expression, order: Ordering, size: int) -> None:
        """Check select, count and paging of one filter and one order."""
        holds = evaluator(where, self.schema, self.moment)
        expected = sorted(filter(holds, self.rows), key=sort_key(order, self.schema, self.moment))
        query = Query(moment=self.moment, where=where, order=tuple(Order(*key) for key in order))
        assert list(self.store.select(self.schema, query)) == expected
        assert self.store.count(self.schema, where, (), self.moment) == [(len(expected),)]
        assert list(self._by_pages(where, order, size)) == [row[ID] for row in expected]

    def compare_count(self, where: Expression, by: Expression) -> None:
        """Check what is counted by one expression."""
        holds = evaluator(where, self.schema, self.moment)
        expected = grouped(filter(holds, self.rows), self.schema, (by,), self.moment)
        assert self.store.count(self.schema, where, (by,), self.moment) == expected

    def _by_pages(self, where: Expression, order: Ordering, size: int) -> Iterator[int]:
        keys = [evaluator(expression, self.schema, self.moment) for expression, _ in order]
        after: tuple[Any, ...] | None = None
        for _ in itertools.count():
            query = Query(
                moment=self.moment, where=where, order=tuple(Order(*key) for key in order), limit=size, after=after
            )
            page = list(self.store.select(self.schema, query))
            yield from (row[ID] for row in page)
            if len(page) < size:
                return
            after = (*(key(page[-1]) for key in keys), page[-1][ID])


class FilterCases(StoreCases):
    """The heart of the suite: one meaning, in every engine."""

    def test_filters_agree_with_the_evaluator(self, clerk: Clerk) -> None:
        """Selecting, ordering, paging and counting; ``CUSTLEDGER_EXAMPLES`` says how many filters to try."""
        schema = clerk.schemas["person"]
        conventions = Conventions(zone_name=ZONE)
        moment = Moment(TODAY, conventions.zone)
        mentors = clerk.add_many("person", [{"name": "Mentor"}, {"name": "导师", "age": 1}])
        pushed: list[bool] = []

        @settings(
            max_examples=max(1, examples(FILTERS, self.slowness) // AT_ONCE),
            deadline=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(
            drawn=rows(schema, targets={"person": mentors}),
            texts=st.lists(filters(schema), min_size=AT_ONCE, max_size=AT_ONCE),
            keys=sort_keys(schema),
            by=st.sampled_from([key for key in schema.keys if not schema.by_key[key].spec.sensitive]),
            size=st.integers(1, 4),
        )
        def agree(drawn: list[Row], texts: list[str], keys: list[str], by: str, size: int) -> None:
            added = clerk.add_many("person", [settable(schema, row) for row in drawn]) if drawn else []
            asked = _Asked(clerk.store, schema, moment)
            order = understand_order(keys, schema, conventions)
            try:
                for text in texts:
                    note(text)
                    where = understand(text, schema, conventions)
                    asked.compare(where, order, size)
                    asked.compare_count(where, field_expression(schema, by))
                    if self.dialect is not None:
                        pushed.append(split(where, schema, self.dialect, moment).left_over is None)
            finally:
                clerk.apply(*(clerk.removal("person", number) for number in added))

        agree()
        if self.dialect is not None:
            share = sum(pushed) / len(pushed)
            assert share >= self.pushed_down, f"only {share:.0%} of the filters were computed by the store"
