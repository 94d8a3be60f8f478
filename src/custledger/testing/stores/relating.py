"""Cases: expressions that look at related records. The evaluator says what is right; the store must say the same."""

from collections.abc import Sequence
from typing import Any

from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from custledger.conventions import Conventions
from custledger.expressions import Expression, Moment, evaluator, sort_key, understand, understand_named
from custledger.expressions.split import split
from custledger.fields import Kind
from custledger.schema import ID, Row, Schema
from custledger.stores.contract import Metered, Order, Query, Store
from custledger.stores.grouping import grouped
from custledger.testing.clerk import Clerk, settable
from custledger.testing.expressions import TODAY, ZONE, rows
from custledger.testing.related import PERSON, VISIT, WORLD, Written, related_filters, terms
from custledger.testing.stores.base import FILTERS, StoreCases, examples

AT_ONCE = 6
"""How many filters and terms are tried on one set of records."""
_CONVENTIONS = Conventions(zone_name=ZONE)


class Everything:
    """What ``expressions.compute.Related`` asks for, of all the records that a store holds."""

    def __init__(self, store: Store, moment: Moment) -> None:
        query = Query(moment=moment)
        self.rows: dict[str, list[Row]] = {schema.name: list(store.select(schema, query)) for schema in (PERSON, VISIT)}

    def referring(self, schema: Schema, reference: str, number: int) -> Sequence[Row]:
        """Return the rows of ``schema`` whose field ``reference`` holds ``number``."""
        return [row for row in self.rows[schema.name] if row[schema.positions[reference]] == number]

    def row(self, schema: Schema, number: int) -> Row | None:
        """Return the row of one id, or ``None``."""
        return next((row for row in self.rows[schema.name] if row[ID] == number), None)


def _understood(text: str, want: Kind | None = Kind.YES_NO) -> Expression:
    return understand(text, PERSON, _CONVENTIONS, want=want, world=WORLD)


class RelatingCases(StoreCases):
    """One meaning, in every engine, of what is said of other records too."""

    def test_related_records_are_looked_at_as_the_evaluator_does(self, clerk: Clerk) -> None:
        """Selecting, sorting, columns and counting, at two moments, one of them set by hand."""
        clerk.learn((PERSON, VISIT))
        zone = _CONVENTIONS.zone
        moments = [Moment(TODAY, zone, currency="CNY"), Moment(TODAY, zone, as_of=True, currency="EUR")]
        people = clerk.add_many("person", [{"name": "Mentor"}, {"name": "导师", "age": 1}, {"name": "None"}])
        targets = {"person": people}
        pushed: list[bool] = []
        metrics = [
            Metered(name=one.key, schema=PERSON, expression=understand_named(one, PERSON, _CONVENTIONS, WORLD))
            for one in WORLD.named["person"]
        ]
        clerk.store.keep(metrics, moments[0], generation=clerk.generation)

        @settings(
            max_examples=max(1, examples(FILTERS, self.slowness) // (3 * AT_ONCE)),
            deadline=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(
            more=rows(PERSON, targets=targets, max_size=3),
            visits=rows(VISIT, targets=targets, min_size=2, max_size=8),
            texts=st.lists(related_filters(), min_size=AT_ONCE, max_size=AT_ONCE),
            written=st.lists(terms(), min_size=1, max_size=2),
            moment=st.sampled_from(moments),
        )
        def agree(more: list[Row], visits: list[Row], texts: list[str], written: list[Written], moment: Moment) -> None:
            added = clerk.add_many("person", [settable(PERSON, row) for row in more]) if more else []
            came = clerk.add_many("visit", [settable(VISIT, row) for row in visits])
            try:
                related = Everything(clerk.store, moment)
                columns = [_understood(text, None) for text, _ in written]
                for text in texts:
                    note(text)
                    self._compare(clerk.store, _understood(text), columns, moment, related)
                    if self.dialect is not None:
                        pushed.append(split(_understood(text), PERSON, self.dialect, moment).left_over is None)
            finally:
                clerk.apply(*(clerk.removal("visit", number) for number in came))
                clerk.apply(*(clerk.removal("person", number) for number in added))

        agree()
        if self.dialect is not None:
            # What is left to the evaluator are tags and several choices of a record that a field leads to.
            share = sum(pushed) / len(pushed)
            assert share >= 0.9 * self.pushed_down, f"only {share:.0%} of the filters were computed by the store"

    def _compare(
        self, store: Store, where: Expression, columns: list[Expression], moment: Moment, related: Everything
    ) -> None:
        """Check what a store answers to one filter, by one sort key, with some columns, and counted by one."""
        order = [(columns[0], True)] if columns[0].kind not in {Kind.TAGS, Kind.CHOICES} else []
        holds = evaluator(where, PERSON, moment, related)
        chosen = sorted(filter(holds, related.rows["person"]), key=sort_key(order, PERSON, moment, related))
        values = [evaluator(column, PERSON, moment, related) for column in columns]
        expected: list[tuple[Any, ...]] = [tuple(value(row) for value in values) for row in chosen]
        query = Query(moment=moment, where=where, columns=tuple(columns), order=tuple(Order(*key) for key in order))
        assert list(store.select(PERSON, query)) == expected
        by = grouped(chosen, PERSON, columns[:1], moment, related)
        assert store.count(PERSON, where, columns[:1], moment) == by
        assert store.memberships(PERSON, [where, where], moment) == [{row[ID] for row in chosen}] * 2
