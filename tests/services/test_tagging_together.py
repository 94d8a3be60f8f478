"""Persons and rules in any order: decisions win, undo takes back just what was done, and every store finds the same."""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
from hypothesis import HealthCheck, given, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

import custledger
from custledger.conventions import FixedClock
from custledger.ledger import Ledger
from custledger.marks import PERSON
from custledger.testing.stores.base import examples

NOON = 1_795_316_400_000
CODES, TAGS, CITIES = ("K0", "K1", "K2"), ("local", "vip", "far"), ("上海", "Oslo", None)
RULES = {"local": "city = 上海", "far": "city = Oslo", "also": "city is not empty"}
TAG_OF = {"local": "local", "far": "far", "also": "vip"}

Said = dict[tuple[str, str, str], bool]
"""What each source says of each tag of each customer."""


def opened(url: str | Path) -> Ledger:
    return custledger.open(url, actor="ann", clock=FixedClock(NOON))


def tags_of(ledger: Ledger) -> dict[str | None, frozenset[str]]:
    return {customer.code: frozenset(customer.tags) for customer in ledger.customers}


class Together(RuleBasedStateMachine):
    """Two ledgers, in memory and in a file, and a plain dictionary of what everybody says."""

    @initialize()
    def begin(self) -> None:
        """Make both with three customers and three rules."""
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name, "ledger.db")
        self.ledgers = [opened("memory:"), opened(self.path)]
        self.said: Said = {}
        self.cities: dict[str, str | None] = dict.fromkeys(CODES)
        self.done: list[tuple[list[int], dict[tuple[str, str, str], tuple[bool | None, bool | None]]]] = []
        for ledger in self.ledgers:
            for code in CODES:
                ledger.customers.add(name=code, code=code)
            for name, expression in RULES.items():
                ledger.tags.add_rule(name, expression, tag=TAG_OF[name])

    def say(self, new: dict[tuple[str, str, str], bool | None]) -> None:
        """Note what an operation, the latest of both ledgers, let sources say."""
        changed = {key: (self.said.get(key), state) for key, state in new.items() if self.said.get(key) != state}
        self.done.append(([ledger.operations(limit=1)[0].id for ledger in self.ledgers], changed))
        self.lay({key: after for key, (_, after) in changed.items()})

    def lay(self, new: dict[tuple[str, str, str], bool | None]) -> None:
        for key, state in new.items():
            self.said.pop(key, None)
            if state is not None:
                self.said[key] = state

    def tags(self, code: str) -> set[str]:
        """Return the tags that a customer has, by the rule that decisions win."""
        found = set()
        for tag in TAGS:
            rules = any(self.said.get((code, tag, name)) for name in RULES)
            if self.said.get((code, tag, PERSON), rules):
                found.add(tag)
        return found

    @rule(code=st.sampled_from(CODES), city=st.sampled_from(CITIES))
    def move(self, code: str, city: str | None) -> None:
        """A customer moves, so that rules find something else when they are run."""
        for ledger in self.ledgers:
            ledger.customers.edit(code, city=city)
        self.cities[code] = city

    @rule(code=st.sampled_from(CODES), tags=st.sets(st.sampled_from(TAGS)))
    def edit(self, code: str, tags: set[str]) -> None:
        """A person sets all tags of a customer."""
        before = self.tags(code)
        if before != tags:
            for ledger in self.ledgers:
                ledger.customers.edit(code, tags=tags)
            self.say({(code, tag, PERSON): tag in tags for tag in before ^ tags})

    @rule(codes=st.sets(st.sampled_from(CODES), min_size=1), tag=st.sampled_from(TAGS), way=st.integers(0, 2))
    def by_hand(self, codes: set[str], tag: str, way: int) -> None:
        """A person puts a tag on, takes it off, or leaves it to the rules."""
        new: dict[tuple[str, str, str], bool | None] = {}
        for code in codes:
            key, has = (code, tag, PERSON), tag in self.tags(code)
            if way == 0 and self.said.get(key) is not True:
                new[key] = True
            elif way == 1 and has:
                new[key] = False
            elif way == 2 and key in self.said:
                new[key] = None
        for ledger in self.ledgers:
            verb = (ledger.tags.add, ledger.tags.remove, ledger.tags.release)[way]
            assert (verb(tag, *sorted(codes)).receipt is not None) == bool(new)
        if new:
            self.say(new)

    @rule(names=st.sets(st.sampled_from(sorted(RULES)), min_size=1))
    def refresh(self, names: set[str]) -> None:
        """Rules are run."""
        new: dict[tuple[str, str, str], bool | None] = {}
        for code, city in self.cities.items():
            holds = {"local": city == "上海", "far": city == "Oslo", "also": city is not None}
            new |= {(code, TAG_OF[name], name): True if holds[name] else None for name in names}
        before = {code: self.tags(code) for code in CODES}
        refreshed = [ledger.tags.refresh(*sorted(names)) for ledger in self.ledgers]
        written = {key for key, state in new.items() if self.said.get(key) != state}
        assert all((one.receipt is not None) == bool(written) for one in refreshed)
        if written:
            self.say(new)
        gained = sum(len(self.tags(code) - before[code]) for code in CODES)
        assert all(len(one.changes) == sum(self.tags(c) != before[c] for c in CODES) for one in refreshed)
        assert refreshed[0].rules == refreshed[1].rules
        assert gained <= sum(got for got, _ in refreshed[0].rules.values())

    @rule(which=st.integers(0, 99))
    def undo(self, which: int) -> None:
        """Any operation is taken back: what somebody said otherwise since stays as it is."""
        if not self.done:
            return
        operations, changed = self.done[which % len(self.done)]
        known = [ledger.operations(limit=1)[0].id for ledger in self.ledgers]
        for ledger, operation in zip(self.ledgers, operations, strict=True):
            ledger.undo(operation)
        new = {key: before for key, (before, after) in changed.items() if self.said.get(key) == after}
        landed = [ledger.operations(limit=1)[0].id for ledger in self.ledgers] != known
        assert landed == bool(new)
        if new:
            self.say(new)

    @rule()
    def reopen(self) -> None:
        """The file is closed and opened again."""
        self.ledgers[1].close()
        self.ledgers[1] = opened(self.path)

    @invariant()
    def everybody_has_the_tags_that_the_marks_come_to(self) -> None:
        """In both ledgers, in rows, filters and counts."""
        wanted = {code: frozenset(self.tags(code)) for code in CODES}
        for ledger in self.ledgers:
            assert tags_of(ledger) == wanted
            for tag in TAGS:
                having = [customer.code for customer in ledger.customers.where(f"tag = {tag}")]
                assert having == [code for code in CODES if tag in wanted[code]]
            assert {one.tag: one.count for one in ledger.tags.list()} == {
                tag: sum(tag in tags for tags in wanted.values()) for tag in TAGS
            }

    def teardown(self) -> None:
        """Close what is open."""
        for ledger in self.ledgers:
            ledger.close()
        self.folder.cleanup()


def test_persons_decisions_win_over_rules_in_any_order() -> None:
    run_state_machine_as_test(
        Together,
        settings=settings(
            max_examples=examples(12), stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )


CONDITIONS = (
    "city = 上海", "level in (A, B)", "not tag = vip", "count(interactions where channel = phone) >= 2",
    "days_since(last_contact) > 30 or last_contact is empty", "most_frequent(interactions.channel) = phone",
)  # fmt: skip
PARTS = (
    "city", "level", "count(interactions)", "most_frequent(interactions.channel)", "last_contact", "contact_count / 3",
    "age", "month(birthday)", "sum(transactions.amount where status = paid)",
)  # fmt: skip
CUSTOMERS = st.lists(
    st.fixed_dictionaries(
        {"name": st.just("x")},
        optional={
            "city": st.sampled_from(["上海", "Oslo, Norway", "ＯＳＬＯ"]),
            "level": st.sampled_from("ABC"),
            "birthday": st.sampled_from(["1980-02-29", "2001-12-31"]),
            "tags": st.sampled_from(["vip", "VIP;a"]),
        },
    ),
    min_size=1,
    max_size=6,
)


def filled(url: str | Path, customers: Sequence[dict[str, Any]], talks: Sequence[tuple[int, str, str]]) -> Ledger:
    """Return a ledger with these customers, and what was said to them."""
    ledger = opened(url)
    for number, values in enumerate(customers):
        customer = ledger.customers.add(code=f"K{number}", **values)
        if number % 2:
            ledger.records("transaction").add(customer=customer, number=str(number), amount="12.50", status="paid")
    for number, channel, at in talks:
        ledger.interactions.add(customer=f"K{number % len(customers)}", channel=channel, at=at)
    return ledger


@settings(max_examples=examples(40), deadline=None)
@given(
    customers=CUSTOMERS,
    talks=st.lists(
        st.tuples(
            st.integers(0, 5),
            st.sampled_from(["phone", "visit"]),
            st.sampled_from(["2026-11-20 09:00", "2026-01-05 23:30", "2026-12-24 10:00"]),
        ),
        max_size=8,
    ),
    rules=st.lists(st.tuples(st.sampled_from(CONDITIONS), st.sampled_from(PARTS)), min_size=1, max_size=3, unique=True),
)
def test_rules_find_the_same_in_memory_and_in_a_file(
    customers: list[dict[str, Any]], talks: list[tuple[int, str, str]], rules: list[tuple[str, str]]
) -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        filled("memory:", customers, talks) as evaluated,
        filled(Path(folder, "ledger.db"), customers, talks) as stored,
    ):
        for ledger in (evaluated, stored):
            for number, (condition, part) in enumerate(rules):
                ledger.tags.add_rule(f"plain {number}", condition)
                ledger.tags.add_rule(f"valued {number}", condition, tag=f"v{number}:{{{part}}}")
            assert all(known.problem == "" for known in ledger.tags.rules())
        assert evaluated.tags.refresh().rules == stored.tags.refresh().rules
        assert tags_of(evaluated) == tags_of(stored)
