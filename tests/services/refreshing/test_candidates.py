"""Whose answer may have changed: never too few, whatever the expression, the writes and the days between."""

import os
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import attrs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from custledger.conventions import Conventions
from custledger.expressions import Expression, Moment, understand
from custledger.schema import Row
from custledger.services.refreshing.dependencies import dependencies_of, meaning_of
from custledger.services.refreshing.passing import passed_by
from custledger.services.refreshing.touched import Changed, TooMany, chosen, touched_subjects
from custledger.stores.memory import MemoryStore
from custledger.stores.view import View
from custledger.testing.clerk import Clerk
from custledger.testing.expressions import TODAY, ZONE, rows
from custledger.testing.related import PERSON, VISIT, WORLD, related_filters

EXAMPLES = int(os.environ.get("CUSTLEDGER_EXAMPLES", "300"))
CONVENTIONS = Conventions(zone_name=ZONE)
MOMENT = Moment(TODAY, ZoneInfo(ZONE), currency="CNY")
DAYS = (0, 0, 1, 2, 7, 30, 31, 90, 365, 366, 1_000, -1, -40)


@attrs.define
class Reading:
    """What is asked of a session here: its view and its moment."""

    view: View
    moment: Moment


def understood(text: str) -> Expression:
    return understand(text, PERSON, CONVENTIONS, world=WORLD)


class Ledger:
    """Four people and their visits, in memory, to be written to at random."""

    def __init__(self, people: Sequence[Row], visits: Sequence[Row]) -> None:
        self.clerk = Clerk(MemoryStore(), (PERSON, VISIT))
        self.people: list[int] = []
        for row in people:
            self.people.append(self.clerk.add("person", **self.values("person", row)))
        self.visits = [self.clerk.add("visit", **self.values("visit", row)) for row in visits]

    def values(self, name: str, row: Row) -> dict[str, Any]:
        """Return what a drawn row sets; its references are places in the list of people."""
        schema = PERSON if name == "person" else VISIT
        values = {key: value for key, value in zip(schema.keys[4:], row[4:], strict=True) if value is not None}
        for key in {"mentor", "person", "guide"} & values.keys():
            values[key] = self.people[values[key]] if values[key] < len(self.people) else None
        return {key: value for key, value in values.items() if value is not None}

    def reading(self, moment: Moment) -> Any:
        return Reading(View(self.clerk.store, "test"), moment)

    def answers(self, expression: Expression, moment: Moment) -> set[int]:
        return set(chosen(self.reading(moment), PERSON, expression, "id"))

    def write(self, step: tuple[str, int, str, Row, Row]) -> None:
        """Add, edit or remove one record."""
        what, place, key, person, visit = step
        if what == "edit person":
            values = self.values("person", person)
            keys = [one for one in PERSON.keys[4:] if one not in {"code", "name"}] if place % 2 else (key,)
            self.clerk.edit("person", self.people[place % len(self.people)], **{one: values.get(one) for one in keys})
        elif what == "add visit":
            self.visits.append(self.clerk.add("visit", **self.values("visit", visit)))
        elif self.visits and what == "edit visit":
            values = {"person": self.people[0], **self.values("visit", visit)}
            present = VISIT.keys[4:]
            number = self.visits[place % len(self.visits)]
            self.clerk.edit("visit", number, **{one: values.get(one) for one in present})
        elif self.visits and what == "remove visit":
            self.clerk.remove("visit", self.visits.pop(place % len(self.visits)))


PEOPLE = rows(PERSON, targets={"person": (0, 1, 2, 3)}, min_size=4, max_size=4)
VISITS = rows(VISIT, targets={"person": (0, 1, 2, 3)}, min_size=1, max_size=6)
ONE_PERSON = rows(PERSON, targets={"person": (0, 1, 2, 3)}, min_size=1, max_size=1).map(lambda many: many[0])
ONE_VISIT = rows(VISIT, targets={"person": (0, 1, 2, 3)}, min_size=1, max_size=1).map(lambda many: many[0])
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["edit person", "add visit", "edit visit", "remove visit"]),
        st.integers(0, 20),
        st.sampled_from([key for key in PERSON.keys[4:] if key not in {"code", "name"}]),
        ONE_PERSON,
        ONE_VISIT,
    ),
    max_size=3,
)


DATED = (
    "count(visits where at > 30 days ago) >= 1", "exists(visits where x_on <= today)", "mentor.born < today",
    "last(visits.note) is not empty", "first(visits.x_mood where at > 7 days ago) = gold", "mentor.grade = gold",
    "last(visits.x_cost) > first(visits.x_cost)", "max(visits.x_on) < 7 days ago", "seen < today",
    "count(visits where guide.born < today) = 1", "sum(visits.x_hours where at < in 3 days) > 1", "mentor.name = name",
    "most_frequent(visits.guide.name where x_on > 90 days ago) is not empty", "visit_count between 1 and day(today)",
)  # fmt: skip


@settings(max_examples=EXAMPLES // 3, suppress_health_check=list(HealthCheck))
@given(
    st.lists(related_filters() | st.sampled_from(DATED), min_size=5, max_size=9),
    PEOPLE,
    VISITS,
    STEPS,
    st.sampled_from(DAYS),
)
def test_whoever_has_another_answer_is_among_the_candidates(
    texts: list[str], people: list[Row], visits: list[Row], steps: list[tuple[str, int, str, Row, Row]], days: int
) -> None:
    ledger = Ledger(people, visits)
    since, now = MOMENT, attrs.evolve(MOMENT, today=MOMENT.today + timedelta(days=days))
    expressions = [understood(text) for text in texts]
    before = [ledger.answers(one, since) for one in expressions]
    cursor = ledger.clerk.store.log(newest_first=True, limit=1)[0].cursor
    for step in steps:
        ledger.write(step)
    changed = Changed(ledger.clerk.store.log(since=cursor))
    reading = ledger.reading(now)
    for text, expression, were in zip(texts, expressions, before, strict=True):
        touched = touched_subjects(reading, changed, dependencies_of(expression, PERSON))
        passed = passed_by(reading, expression.root, PERSON, since)
        assert were ^ ledger.answers(expression, now) <= touched | passed, text


def ledger_of(many: int, *, born: Callable[[int], str], at: Callable[[int], str]) -> Ledger:
    """Return a ledger of many people with a visit each."""
    ledger = Ledger([], [])
    people = [{"name": f"N{number}", "born": born(number)} for number in range(many)]
    ledger.people = ledger.clerk.add_many("person", people)
    visits = [{"person": person, "at": f"{at(number)}T10:00:00.000Z"} for number, person in enumerate(ledger.people)]
    ledger.visits = ledger.clerk.add_many("visit", visits)
    return ledger


def day(number: int) -> str:
    return (date(2025, 1, 1) + timedelta(days=number)).isoformat()


@pytest.mark.parametrize(
    "text",
    [
        "born < 300 days ago",
        "days_since(born) > 300",
        "last_seen < 300 days ago",
        "count(visits where at > 300 days ago) >= 1 and name starts with N",
        "not exists(visits where at > 300 days ago)",
        "last(visits.at) >= 300 days ago or regular",
        "age = 3 and born < 300 days ago",
    ],
)
def test_when_a_day_passes_only_those_are_candidates_whose_date_passed_the_threshold(text: str) -> None:
    ledger = ledger_of(300, born=day, at=day)
    since = Moment(date(2026, 1, 1), ZoneInfo("UTC"))
    now = attrs.evolve(since, today=date(2026, 1, 4))
    expression = understood(text)
    passed = passed_by(ledger.reading(now), expression.root, PERSON, since)
    assert ledger.answers(expression, since) ^ ledger.answers(expression, now) <= passed
    assert len(passed) <= 5
    assert touched_subjects(ledger.reading(now), Changed([]), dependencies_of(expression, PERSON)) == set()


@pytest.mark.parametrize("text", ["month(born) = month(today)", "born < start of month", "age > 3 and spent < 5"])
def test_while_a_day_makes_no_difference_nobody_is_a_candidate(text: str) -> None:
    ledger = ledger_of(50, born=day, at=day)
    since = Moment(date(2026, 1, 1), ZoneInfo("UTC"))
    now = attrs.evolve(since, today=date(2026, 1, 31))
    assert passed_by(ledger.reading(now), understood(text).root, PERSON, since) == set()


def test_a_change_of_a_field_that_an_expression_does_not_read_makes_nobody_a_candidate() -> None:
    ledger = ledger_of(50, born=day, at=day)
    cursor = ledger.clerk.store.log(newest_first=True, limit=1)[0].cursor
    ledger.clerk.edit("person", ledger.people[0], notes="seen", grade="gold")
    ledger.clerk.edit("visit", ledger.visits[1], note="far")
    changed = Changed(ledger.clerk.store.log(since=cursor))

    def touched(text: str) -> set[int]:
        dependencies = dependencies_of(understood(text), PERSON)
        return touched_subjects(ledger.reading(MOMENT), changed, dependencies)

    assert touched("born < 30 days ago and count(visits where at > today) = 0") == set()
    assert touched("grade = gold or age > 3") == {ledger.people[0]}
    assert touched("count(visits where note is not empty) > 1") == {ledger.people[1]}
    assert touched("revision > 1") == {ledger.people[0]}


def test_where_much_was_changed_all_records_are_looked_at() -> None:
    ledger = Ledger([], [])
    for _ in range(3):
        ledger.clerk.add_many("person", [{"name": "N"}] * 9_000)
    changed = Changed(ledger.clerk.store.log())
    with pytest.raises(TooMany):
        touched_subjects(ledger.reading(MOMENT), changed, dependencies_of(understood("age > 3"), PERSON))
    assert (
        touched_subjects(ledger.reading(MOMENT), changed, dependencies_of(understood("visit_count > 3"), PERSON))
        == set()
    )


def test_what_an_expression_means_is_another_where_its_names_the_zone_or_the_choices_are() -> None:
    text = "grade < bronze and spent > 5"
    one = meaning_of([understood(text)], PERSON, MOMENT)
    assert meaning_of([understood(text)], PERSON, attrs.evolve(MOMENT, today=date(2030, 1, 1))) == one
    assert meaning_of([understood(text)], PERSON, attrs.evolve(MOMENT, zone=ZoneInfo("UTC"))) != one
    assert meaning_of([understood(text)], PERSON, attrs.evolve(MOMENT, currency="EUR")) != one
    turned = PERSON.with_choices({"grade": tuple(reversed(PERSON.by_key["grade"].spec.choices))})
    assert meaning_of([understood(text)], turned, MOMENT) != one
    assert meaning_of([understood("grade < bronze and spent > 6")], PERSON, MOMENT) != one
