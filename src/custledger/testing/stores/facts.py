"""Cases: facts, which a store may keep. Whatever is written, and how, metrics are what the evaluator computes."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis.stateful import initialize, invariant, precondition, rule

from custledger.changes import Change, Changeset, Receipt
from custledger.conventions import Conventions
from custledger.errors import ReferencedError
from custledger.expressions import Expression, Moment, evaluator, understand, understand_named
from custledger.expressions.nodes import Named
from custledger.expressions.scope import World
from custledger.fields import Kind, Labels
from custledger.schema import ID
from custledger.stores.contract import GenerationMovedError, Metered, Query
from custledger.testing.clerk import reversal, settable
from custledger.testing.expressions import TODAY, ZONE, rows
from custledger.testing.related import PERSON, VISIT
from custledger.testing.stores.base import StoreCases
from custledger.testing.stores.relating import Everything
from custledger.testing.stores.two_handles import HANDLES, PICKS, TwoHandles, run_machine

PEOPLE = 3
"""How many people there are at first, whom visits refer to."""

WORDINGS: Mapping[str, Sequence[str]] = {
    "visited": ("count(visits)", "count(visits where x_mood = gold)", "count(visits where x_mood > gold)"),
    "spent": ("sum(visits.x_cost where x_mood != gold)", "sum(visits.x_cost)"),
    "guests": ("sum(visits.x_guests)", "max(visits.x_guests) - min(visits.x_guests)"),
    "moods": ("most_frequent(visits.x_mood)", "first(visits.x_mood)", "last(visits.x_mood)"),
    "met": ("last(visits.at)", "max(visits.at where at < 2026-11-22)", "min(visits.x_on)"),
    "told": ("count(distinct visits.note)", "count(distinct visits.x_phone where note is not empty)"),
    "usual": ("avg(visits.x_hours)", "max(visits.x_cost / visits.x_hours)", "avg(visits.x_cost)"),
    "ever": ("exists(visits where year(at) = 2026)", "exists(visits where revision > 1)"),
    "mean": ("spent / visited", "visited * 2 + count(visits.note)"),
    "regular": ("visited >= 2 and spent > 1", "exists(visits)"),
    "taught": ("count(people)", "max(people.balance where age > 1)", "count(people where tags is empty)"),
    "late": ("count(visits where at > 30 days ago)", "days_since(max(visits.at))"),
    "guided": ("most_frequent(visits.guide.name)", "count(visits where guide.age > 1)"),
}
"""What each metric may say. Of the last three a store need not keep any: they ask of today, of others, or of tags."""

MEMBERS = (
    "visited >= 2 or spent > 1",
    "not (met < 2026-11-22) and name is not empty",
    "late = 0",
    "taught = 1",
    "ever",
)
CONVENTIONS = Conventions(zone_name=ZONE)
CURRENCIES = st.sampled_from([None, "CNY", "EUR"])
WORDED = st.fixed_dictionaries({name: st.integers(0, len(texts) - 1) for name, texts in WORDINGS.items()})


class Worded:
    """Metrics, each of which says what was chosen among its wordings."""

    def __init__(self, chosen: Mapping[str, int]) -> None:
        named = tuple(
            Named(key=name, subject="person", text=WORDINGS[name][which], labels=Labels(name))
            for name, which in chosen.items()
        )
        self.world = World({"person": PERSON, "visit": VISIT}, {"person": named})

    def understood(self, text: str, want: Kind | None = None) -> Expression:
        """Return an expression about a person, in which metrics say what was chosen."""
        return understand(text, PERSON, CONVENTIONS, want=want, world=self.world)

    @cached_property
    def every(self) -> Sequence[Metered]:
        """The metrics as a store is told of them."""
        return [
            Metered(
                name=one.key,
                schema=PERSON,
                expression=understand_named(one, PERSON, CONVENTIONS, self.world),
                own=one.key in {"visited", "met"},
            )
            for one in self.world.named["person"]
        ]

    def metrics(self, but: str = "") -> Sequence[Metered]:
        """Return the metrics, all of them but one."""
        return [one for one in self.every if one.name != but]

    @cached_property
    def columns(self) -> tuple[Expression, ...]:
        """The metrics as columns."""
        return tuple(map(self.understood, WORDINGS))

    @cached_property
    def conditions(self) -> Sequence[Expression]:
        """Conditions in which there are metrics."""
        return [self.understood(text, Kind.YES_NO) for text in MEMBERS]


class FactsMachine(TwoHandles):
    """Two handles that write, load, undo and reopen, and keep what metrics ask that change now and then."""

    @initialize(chosen=WORDED)
    def open_two_handles(self, chosen: dict[str, int]) -> None:
        """Begin with a new ledger, some people, and facts."""
        first = self.open_both((PERSON, VISIT))
        self.moment = Moment(TODAY, CONVENTIONS.zone, currency="CNY")
        self.last: Receipt | None = None
        self.worded = Worded(chosen)
        first.add_many("person", [{"name": f"甲{number}"} for number in range(PEOPLE)])
        self.keep(0, "")
        assert len(first.store.check_facts()) >= len(WORDINGS) // 2 * first.store.capabilities.keeps_facts

    def pick(self, name: str, which: int) -> int | None:
        """Return the id of one of the records of a type, or ``None`` where there is none."""
        numbers = self.clerks[0].ids(name)
        return numbers[which % len(numbers)] if numbers else None

    def land(self, handle: int, *changes: Change, **more: Any) -> None:
        """Write through a handle, which learns anew where the generation has moved."""
        clerk = self.clerks[handle]
        changeset = clerk.changeset(*changes, **more)
        try:
            self.last = clerk.store.apply(changeset, generation=clerk.generation)
        except GenerationMovedError:
            clerk.learn(())
            self.last = clerk.store.apply(changeset, generation=clerk.generation)

    def visits(self, data: st.DataObject, most: int) -> list[dict[str, Any]]:
        """Draw the values of some visits."""
        people = {"person": tuple(self.clerks[0].ids("person"))}
        if not people["person"]:
            return []
        drawn = data.draw(rows(VISIT, targets=people, min_size=1, max_size=most))
        return [{**settable(VISIT, row), "x_cost_currency": data.draw(CURRENCIES)} for row in drawn]

    @rule(handle=HANDLES, but=st.sampled_from(["", *WORDINGS]))
    def keep(self, handle: int, but: str) -> None:
        """A handle keeps what the metrics ask, of which it may know one less than the other."""
        clerk = self.clerks[handle]
        clerk.store.keep(self.worded.metrics(but), self.moment, generation=clerk.store.generation())

    @rule(chosen=WORDED)
    def say_something_else(self, chosen: dict[str, int]) -> None:
        """Metrics are worded anew; nobody keeps that yet."""
        self.worded = Worded(chosen)

    @rule(zone=st.sampled_from([ZONE, "America/New_York"]), currency=st.sampled_from(["CNY", "EUR"]))
    def move(self, zone: str, currency: str) -> None:
        """Days begin at another moment, and money without a currency is in another one."""
        self.moment = Moment(TODAY, Conventions(zone_name=zone).zone, currency=currency)

    @rule(handle=HANDLES, data=st.data(), mentor=PICKS)
    def add_a_person(self, handle: int, data: st.DataObject, mentor: int) -> None:
        """Somebody new, whom others may follow."""
        row = settable(PERSON, data.draw(rows(PERSON, min_size=1, max_size=1))[0]) | {
            "mentor": self.pick("person", mentor)
        }
        row.pop("code", None)
        self.land(handle, self.clerks[handle].creation("person", **row))

    @rule(handle=HANDLES, data=st.data())
    def add_visits_one_by_one(self, handle: int, data: st.DataObject) -> None:
        """Some visits, each a change of one changeset."""
        clerk = self.clerks[handle]
        self.land(handle, *(clerk.creation("visit", **values) for values in self.visits(data, 3)))

    @rule(handle=HANDLES, data=st.data(), size=st.integers(1, 3), enough=st.booleans())
    def load_visits(self, handle: int, data: st.DataObject, size: int, *, enough: bool) -> None:
        """Many visits in chunks, perhaps given up after the first; the other handle writes in between."""
        values = self.visits(data, 6)
        clerk, other = self.clerks[handle], self.clerks[1 - handle]
        clerk.learn(())
        operation = clerk.operation("import")
        somebody = other.creation("person", name="乙")

        def chunks() -> Iterator[Changeset]:
            for start in range(0, len(values), size):
                creates = (clerk.creates("visit", values[start : start + size], operation.at),)
                yield clerk.changeset(creates=creates, operation=operation)
                if start == 0:
                    other.learn(())
                    other.apply(somebody)
                    self.they_agree()

        for number, _ in enumerate(load := clerk.store.load(chunks(), generation=clerk.generation)):
            if number == 1 and enough:
                break
        load.close()
        self.last = None

    @rule(handle=HANDLES, which=PICKS, data=st.data())
    def edit_a_visit(self, handle: int, which: int, data: st.DataObject) -> None:
        """It may become another person's visit."""
        number, values = self.pick("visit", which), self.visits(data, 1)
        if number is not None and values:
            keys = data.draw(st.sets(st.sampled_from(sorted(values[0])), min_size=1))
            edited = {key: values[0][key] for key in keys}
            self.land(handle, self.clerks[handle].edition("visit", number, **edited))

    @rule(handle=HANDLES, which=PICKS, mentor=PICKS, age=st.none() | st.integers(0, 3))
    def edit_a_person(self, handle: int, which: int, mentor: int, age: int | None) -> None:
        """Somebody follows somebody else."""
        number = self.pick("person", which)
        if number is not None:
            self.land(
                handle, self.clerks[handle].edition("person", number, mentor=self.pick("person", mentor), age=age)
            )

    @rule(handle=HANDLES, name=st.sampled_from(["person", "visit"]), which=PICKS)
    def remove(self, handle: int, name: str, which: int) -> None:
        """A person's visits go along, unless one of others was guided by that person."""
        number = self.pick(name, which)
        if number is not None:
            try:
                self.land(handle, self.clerks[handle].removal(name, number))
            except ReferencedError:
                return

    @precondition(lambda self: self.last is not None)
    @rule(handle=HANDLES)
    def take_back_the_last_write(self, handle: int) -> None:
        """Everything is as it was before it."""
        assert self.last is not None
        self.land(handle, *reversal(self.last))
        self.last = None

    @invariant()
    def they_agree(self) -> None:
        """Either handle answers what the evaluator computes, and nothing that is kept differs from it."""
        related = Everything(self.clerks[0].store, self.moment)
        columns, conditions = self.worded.columns, self.worded.conditions
        values = [evaluator(column, PERSON, self.moment, related) for column in columns]
        expected = [tuple(value(row) for value in values) for row in related.rows["person"]]
        holding = [evaluator(condition, PERSON, self.moment, related) for condition in conditions]
        members = [{row[ID] for row in related.rows["person"] if holds(row)} for holds in holding]
        for clerk in self.clerks:
            query = Query(moment=self.moment, columns=columns)
            assert list(clerk.store.select(PERSON, query)) == expected
            assert clerk.store.memberships(PERSON, conditions, self.moment) == members
            assert not [found for found in clerk.store.check_facts() if found.differing]


class FactCases(StoreCases):
    """Facts never say anything else than the evaluator."""

    def test_facts_are_what_the_evaluator_computes_whatever_happens(
        self, tmp_path_factory: pytest.TempPathFactory
    ) -> None:
        """``CUSTLEDGER_EXAMPLES`` says how many runs to try."""
        run_machine(self, FactsMachine, tmp_path_factory, steps=20)
