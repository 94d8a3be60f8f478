"""Facts in a SQLite file: put off by loads, made good after a crash, found out where an older program wrote."""

import os
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import apsw
import pytest
from custledger_sqlite.opening import open_store
from hypothesis import Phase

from custledger.changes import Changeset
from custledger.expressions import Moment
from custledger.expressions import kept as kept_expressions
from custledger.expressions.kept import definition
from custledger.stores.contract import Query, Store
from custledger.stores.sql import loading
from custledger.stores.sql.facts import computing, upkeep, wanting
from custledger.stores.sql.facts.registry import Head
from custledger.stores.sql.facts.touching import Touched
from custledger.stores.sql.store import SqlStore
from custledger.testing.clerk import Clerk
from custledger.testing.expressions import TODAY
from custledger.testing.related import PERSON, VISIT
from custledger.testing.stores.facts import CONVENTIONS, WORDINGS, FactCases, Worded

MOMENT = Moment(TODAY, CONVENTIONS.zone, currency="CNY")
WORDED = Worded(dict.fromkeys(WORDINGS, 0))


class TestFactsOfLoads(FactCases):
    """The cases of the suite, where two records are many: nearly every load puts the facts off."""

    @pytest.fixture(autouse=True)
    def few_are_many(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Let loads put off what they put off of many records."""
        monkeypatch.setattr(loading, "MANY", 2)

    def open_store(self, place: Any, *, read_only: bool = False) -> Store:
        """Open the ledger in the file ``place``."""
        return open_store(str(place), create=True, read_only=read_only)

    def make_place(self, tmp_path: Path) -> Any:
        """Return a file that is not there yet."""
        return tmp_path / "ledger.db"


@pytest.fixture
def clerk(tmp_path: Path) -> Iterator[Clerk]:
    """A clerk of a ledger with one person, that keeps facts."""
    with open_store(str(tmp_path / "ledger.db")) as store:
        clerk = Clerk(store, (PERSON, VISIT))
        clerk.add("person", name="Ada")
        keep(clerk)
        yield clerk


def keep(clerk: Clerk) -> None:
    clerk.store.keep(WORDED.metrics(), MOMENT, generation=clerk.generation)


def path(clerk: Clerk) -> str:
    return clerk.store.url.removeprefix("sqlite:")


def kept(clerk: Clerk, column: str) -> list[Any]:
    """Return what the table of facts holds, as any program can see it."""
    with closing(apsw.Connection(path(clerk))) as raw:
        return [value for (value,) in raw.execute(f"SELECT {column} FROM person__facts ORDER BY record")]


def answered(clerk: Clerk, name: str) -> list[Any]:
    """Return what the store answers to a metric."""
    from custledger.expressions import understand

    columns = (understand(name, PERSON, CONVENTIONS, want=None, world=WORDED.world),)
    return [value for (value,) in clerk.store.select(PERSON, Query(moment=MOMENT, columns=columns))]


def behind(clerk: Clerk) -> bool:
    with closing(apsw.Connection(path(clerk))) as raw:
        ((true_to, last),) = raw.execute(
            "SELECT facts_true_to, (SELECT max(number) FROM custledger_changesets) FROM custledger_ledger"
        )
    return bool(true_to != last)


def visits(clerk: Clerk, count: int) -> Iterator[Changeset]:
    """Yield chunks of visits to the one person, as an import does."""
    (ada,) = clerk.ids("person")
    operation = clerk.operation("import")
    for _ in range(count):
        many = [{"person": ada, "note": str(number)} for number in range(loading.MANY)]
        yield clerk.changeset(creates=[clerk.creates("visit", many, operation.at)], operation=operation)


def test_a_fact_is_a_column_beside_the_records_and_is_read(clerk: Clerk) -> None:
    (ada,) = clerk.ids("person")
    clerk.add("visit", person=ada, x_cost=20_000)
    assert kept(clerk, "visited") == [1]
    assert kept(clerk, "spent") == [20_000]
    with closing(apsw.Connection(path(clerk))) as raw:
        raw.execute("UPDATE person__facts SET visited = 7")
    assert answered(clerk, "visited") == [7], "a fact that is not read need not be kept"
    assert answered(clerk, "spent / visited") == [2857]
    as_of = Query(
        moment=Moment(TODAY, CONVENTIONS.zone, as_of=True, currency="CNY"), columns=tuple(metrics(["visited"]))
    )
    assert [value for (value,) in clerk.store.select(PERSON, as_of)] == [1], "at a day set by hand nothing is read"


def metrics(names: list[str]) -> list[Any]:
    from custledger.expressions import understand

    return [understand(name, PERSON, CONVENTIONS, want=None, world=WORDED.world) for name in names]


def test_an_aggregate_without_a_name_that_a_metric_asks_is_read_too(clerk: Clerk) -> None:
    with closing(apsw.Connection(path(clerk))) as raw:
        raw.execute("UPDATE person__facts SET visited = 7")
    assert answered(clerk, "count(visits)") == [7]
    assert answered(clerk, "count(拜访)") == [7]
    assert answered(clerk, "count(visits where note = 1)") == [0]


def test_nothing_sensitive_or_of_others_or_of_today_is_kept(clerk: Clerk) -> None:
    with closing(apsw.Connection(path(clerk))) as raw:
        names = {name for (name,) in raw.execute("SELECT metric FROM custledger_facts")}
    assert {"late", "guided"}.isdisjoint(names)
    from custledger.expressions import understand
    from custledger.expressions.kept import aggregates, can_be_kept

    for text in (
        "count(people where secret = x)",
        "count(visits where at = today)",
        "count(visits where person.age = 1)",
    ):
        (aggregate,) = aggregates(understand(f"{text} = 1", PERSON, CONVENTIONS, world=WORDED.world).root)
        assert not can_be_kept(aggregate), text


def test_a_bulk_load_computes_facts_once_after_it(clerk: Clerk) -> None:
    load = clerk.store.load(visits(clerk, 3), generation=clerk.generation)
    for number, _ in enumerate(load, 1):
        assert behind(clerk)
        assert kept(clerk, "visited") == [0]
        assert answered(clerk, "visited") == [number * loading.MANY]
    assert not behind(clerk)
    assert kept(clerk, "visited") == [3 * loading.MANY]
    for _ in clerk.store.load(visits(clerk, 1), generation=clerk.generation):
        assert behind(clerk), "a load into a table with records puts them off as well"
    assert kept(clerk, "visited") == [4 * loading.MANY]


def test_a_load_whose_process_died_is_made_good(clerk: Clerk, monkeypatch: pytest.MonkeyPatch) -> None:
    child = os.spawnlp(os.P_NOWAIT, "true", "true") if hasattr(os, "spawnlp") else 0
    if child:
        os.waitpid(child, 0)
        monkeypatch.setattr(os, "getpid", lambda: child)
    load = clerk.store.load(visits(clerk, 3), generation=clerk.generation)
    next(load)
    monkeypatch.undo()
    assert behind(clerk)
    with open_store(path(clerk)) as store:
        clerk.beside(store)
        assert not behind(clerk)
        assert kept(clerk, "visited") == [loading.MANY]
        # The one that was thought dead goes on, and is no liar.
        next(load)
        assert answered(clerk, "visited") == [2 * loading.MANY]
    load.close()
    assert kept(clerk, "visited") == [2 * loading.MANY]


def test_what_a_program_wrote_that_knows_no_facts_is_found_out(clerk: Clerk, monkeypatch: pytest.MonkeyPatch) -> None:
    (ada,) = clerk.ids("person")
    assert isinstance(clerk.store, SqlStore)
    monkeypatch.setattr(clerk.store._facts, "landed", lambda *_: None)
    clerk.add("visit", person=ada, x_cost=1)
    bob = clerk.add("person", name="Bob")
    moved = clerk.add("visit", person=ada, x_cost=5)
    clerk.edit("visit", moved, person=bob)
    cid = clerk.add("person", name="Cid", mentor=bob)
    clerk.remove("person", bob)
    monkeypatch.undo()
    assert behind(clerk)
    clerk.add("person", name="Dan", mentor=cid)
    assert behind(clerk), "who writes on does not take for true what is not"
    with open_store(path(clerk), read_only=True) as store:
        reading = Clerk.__new__(Clerk)
        reading.__dict__ |= {**clerk.__dict__, "store": store}
        assert answered(reading, "visited") == [1, 0, 0], "nothing can be put right here, and nothing is read"
    assert kept(clerk, "visited") == [0]
    assert answered(clerk, "visited") == [1, 0, 0]
    assert not behind(clerk)
    assert kept(clerk, "visited") == [1, 0, 0]
    assert kept(clerk, "taught") == [0, 1, 0]


def test_check_finds_what_differs_and_repairs_it(clerk: Clerk) -> None:
    (ada,) = clerk.ids("person")
    clerk.add("visit", person=ada)
    bob = clerk.add("person", name="Bob")
    assert {one.differing for one in clerk.store.check_facts()} == {0}
    with closing(apsw.Connection(path(clerk))) as raw:
        raw.execute("UPDATE person__facts SET visited = 7 WHERE record = ?", (ada,))
        raw.execute("DELETE FROM person__facts WHERE record = ?", (bob,))
        raw.execute("INSERT INTO person__facts (record) VALUES (5)")
    found = {one.name: one for one in clerk.store.check_facts(repair=True)}
    assert found["visited"].differing == 3
    assert found["visited"].examples == ((ada, 7, 1), (bob, None, 0))
    assert found["spent"].differing == 2
    assert {one.differing for one in clerk.store.check_facts()} == {0}
    assert kept(clerk, "visited") == [1, 0]


def test_a_metric_that_says_something_else_has_another_column_and_one_that_is_gone_has_none(clerk: Clerk) -> None:
    (ada,) = clerk.ids("person")
    clerk.add("visit", person=ada, x_mood="gold")
    clerk.add("visit", person=ada)
    other = Worded({"visited": 1, "spent": 0})
    clerk.store.keep(other.metrics(), MOMENT, generation=clerk.generation)
    assert kept(clerk, "visited") == [1]
    assert kept(clerk, "guests") == [0], "it may be a plugin's that is not installed here"
    clerk.store.keep(other.metrics("visited"), MOMENT, generation=clerk.generation)
    with pytest.raises(apsw.SQLError):
        kept(clerk, "visited")  # it was the settings' own, which have it no more
    assert not behind(clerk)


def test_metrics_of_any_name_have_columns(clerk: Clerk) -> None:
    from custledger.expressions import understand_named
    from custledger.expressions.nodes import Named
    from custledger.expressions.scope import World
    from custledger.fields import Labels
    from custledger.stores.contract import Metered

    names = ["record", "Record", "累计 拜访", 'a "quoted" one', "100%", "ſ", "s", "S", "rowid"]
    texts = [f"count(visits where x_guests = {number})" for number in range(len(names))]
    named = [
        Named(key=name, subject="person", text=text, labels=Labels("")) for name, text in zip(names, texts, strict=True)
    ]
    world = World({"person": PERSON, "visit": VISIT}, {"person": named})
    metered = [
        Metered(name=one.key, schema=PERSON, expression=understand_named(one, PERSON, CONVENTIONS, world))
        for one in named
    ]
    clerk.store.keep(metered, MOMENT, generation=clerk.generation)
    (ada,) = clerk.ids("person")
    for number in range(len(names)):
        clerk.add_many("visit", [{"person": ada, "x_guests": number}] * (number + 1))
    assert {one.differing for one in clerk.store.check_facts()} == {0}
    columns = tuple(one.expression for one in metered)
    assert list(clerk.store.select(PERSON, Query(moment=MOMENT, columns=columns))) == [tuple(range(1, len(names) + 1))]
    assert len(clerk.store.check_facts()) >= len(names)


def test_facts_that_this_program_cannot_understand_are_left_to_others(clerk: Clerk) -> None:
    (ada,) = clerk.ids("person")
    with closing(apsw.Connection(path(clerk))) as raw:
        raw.execute("UPDATE custledger_facts SET definition = '{}' WHERE name = 'told'")
        raw.execute("UPDATE custledger_ledger SET facts_edition = facts_edition + 1")
    assert answered(clerk, "visited") == [0]
    clerk.add("visit", person=ada)
    assert behind(clerk)
    keep(clerk)
    assert answered(clerk, "visited") == [1]
    assert behind(clerk), "who does not know what is kept does not say that it is true"
    assert clerk.store.check_facts(repair=True) == []


FAULTS: dict[str, Callable[[pytest.MonkeyPatch], object]] = {
    "writes that bring nothing up to date": lambda patch: patch.setattr(upkeep, "bring_up", lambda *_: None),
    "who was left by an edit or a removal is forgotten": lambda patch: patch.setattr(
        Touched, "before", property(lambda _: {}, lambda *_: None)
    ),
    "what is behind is read": lambda patch: patch.setattr(Head, "is_behind", property(lambda _: False)),
    "nothing is computed anew after a load": lambda patch: patch.setattr(upkeep, "refill", lambda *_: None),
    "new records have no row": lambda patch: patch.setattr(computing, "add", lambda *_: None),
    "a definition does not say the currency": lambda patch: [
        patch.setattr(module, "definition", lambda aggregate, _: definition(aggregate, ""))
        for module in (kept_expressions, wanting)
    ],
}
"""Faults that somebody might build in, by what they do."""


@pytest.mark.parametrize("fault", FAULTS)
def test_the_cases_catch_a_build_with_a_fault(
    fault: str,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path_factory: pytest.TempPathFactory,
    capsys: pytest.CaptureFixture[str],
) -> None:
    class Suite(TestFactsOfLoads):
        machine_settings = {"phases": (Phase.generate,), "derandomize": True}  # noqa: RUF012 - read only

    monkeypatch.setenv("CUSTLEDGER_EXAMPLES", "600")
    monkeypatch.setattr(loading, "MANY", 2)
    FAULTS[fault](monkeypatch)
    with pytest.raises((AssertionError, ExceptionGroup)):
        Suite().test_facts_are_what_the_evaluator_computes_whatever_happens(tmp_path_factory)
    capsys.readouterr()
