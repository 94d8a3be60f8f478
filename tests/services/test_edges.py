"""Whatever a program hands in, the library raises only what its reference lists, and takes what it can."""

import copy
import math
import pickle
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import custledger_csv
import custledger_sqlite
import pytest

import custledger
from custledger.errors import CustledgerError, InvalidValueError, UsageError
from custledger.ledger import Ledger
from custledger.plugins import Plugins
from custledger.records import Customer, bare_record
from custledger.schema import Schema

PLUGINS = Plugins.of(csv=custledger_csv, sqlite=custledger_sqlite)
ODD: list[Any] = [
    None, 5, -1, 1.5, math.nan, True, 2**70, "x", "x" * 5000, "a\0b", "\ud800", b"x", object(), [], {}, ["x"], [None],
    date(2026, 1, 1), Customer(name="none of the ledger's"),
]  # fmt: skip
CALLS: dict[str, Callable[[Ledger, Any], Any]] = {
    "add": lambda ledger, odd: ledger.customers.add(odd),
    "add name": lambda ledger, odd: ledger.customers.add(name=odd),
    "add tags": lambda ledger, odd: ledger.customers.add(name="Q", tags=odd),
    "add reference": lambda ledger, odd: ledger.interactions.add(customer=odd),
    "add about": lambda ledger, odd: ledger.followups.add(customer="Ann", due="2026-01-01", about=odd),
    "get": lambda ledger, odd: ledger.customers.get(odd),
    "edit": lambda ledger, odd: ledger.customers.edit(odd, city="Bonn"),
    "remove": lambda ledger, odd: ledger.customers.remove(odd),
    "edit_where": lambda ledger, odd: ledger.customers.edit_where(odd, city="Bonn"),
    "remove_where": lambda ledger, odd: ledger.customers.remove_where(odd),
    "where": lambda ledger, odd: list(ledger.customers.where(odd)),
    "order": lambda ledger, odd: list(ledger.customers.order(odd)),
    "limit": lambda ledger, odd: list(ledger.customers.limit(odd)),
    "after": lambda ledger, odd: list(ledger.customers.all().after(odd)),
    "count": lambda ledger, odd: ledger.customers.count(odd),
    "columns": lambda ledger, odd: ledger.customers.columns(odd),
    "history": lambda ledger, odd: ledger.customers.history(odd),
    "contains": lambda ledger, odd: odd in ledger.customers,
    "due": lambda ledger, odd: ledger.followups.due(odd),
    "due owner": lambda ledger, odd: ledger.followups.due(owner=odd),
    "done": lambda ledger, odd: ledger.followups.done(odd),
    "records": lambda ledger, odd: ledger.records(odd),
    "search": lambda ledger, odd: ledger.search(odd),
    "search types": lambda ledger, odd: ledger.search("x", record_types=odd),
    "search limit": lambda ledger, odd: ledger.search("x", limit=odd),
    "log": lambda ledger, odd: ledger.log(odd),
    "log limit": lambda ledger, odd: ledger.log(limit=odd),
    "operations": lambda ledger, odd: ledger.operations(limit=odd),
    "undo": lambda ledger, odd: ledger.undo(odd),
    "import": lambda ledger, odd: ledger.import_file(odd, "customer"),
    "import type": lambda ledger, odd: ledger.import_file("in.csv", odd),
    "import maps": lambda ledger, odd: ledger.import_file("in.csv", "customer", maps=odd),
    "import key": lambda ledger, odd: ledger.import_file("in.csv", "customer", key=odd),
    "import create": lambda ledger, odd: ledger.import_file("in.csv", "customer", create=odd),
    "import options": lambda ledger, odd: ledger.import_file("in.csv", "customer", options=odd),
    "import rejects": lambda ledger, odd: ledger.import_file("in.csv", "customer", rejects=odd),
    "export": lambda ledger, odd: ledger.export("customer", odd),
    "export type": lambda ledger, odd: ledger.export(odd, "out.csv"),
    "export where": lambda ledger, odd: ledger.export("customer", "out.csv", where=odd),
    "export columns": lambda ledger, odd: ledger.export("customer", "out.csv", columns=odd),
    "export order": lambda ledger, odd: ledger.export("customer", "out.csv", order=odd),
    "export limit": lambda ledger, odd: ledger.export("customer", "out.csv", limit=odd),
    "backup": lambda ledger, odd: ledger.backup(odd),
    "field type": lambda ledger, odd: ledger.fields.add(odd, "Label"),
    "field label": lambda ledger, odd: ledger.fields.add("customer", odd),
    "fields": lambda ledger, odd: ledger.fields.list(odd),
    "choices of": lambda ledger, odd: ledger.fields.set_choices(odd, ["A"]),
    "choices": lambda ledger, odd: ledger.fields.set_choices("customer.level", odd),
    "batch add": lambda ledger, odd: ledger.operation().customers.add(odd),
    "batch edit": lambda ledger, odd: ledger.operation().customers.edit(odd, city="Bonn"),
    "batch remove": lambda ledger, odd: ledger.operation().customers.remove(odd),
    "open": lambda _, odd: custledger.open(odd, plugins=PLUGINS).close(),
    "open as of": lambda _, odd: custledger.open("memory:", as_of=odd),
    "open defaults": lambda _, odd: custledger.open("memory:", defaults=odd),
    "open currency": lambda _, odd: custledger.open("memory:", defaults={"currency": odd}),
    "open name": lambda _, odd: custledger.open("memory:", defaults={"name": odd}),
    "open told": lambda _, odd: custledger.open("memory:", defaults={str(odd): odd}),
    "open language": lambda _, odd: custledger.open("memory:", language=odd),
    "open actor": lambda _, odd: custledger.open("memory:", actor=odd).customers.add(name="A"),
    "open plugins": lambda _, odd: custledger.open("memory:", plugins=odd),
    "open clock": lambda _, odd: custledger.open("memory:", clock=odd),
    "open source": lambda _, odd: custledger.open("memory:", source=odd),
    "operation": lambda ledger, odd: ledger.operation(reason=odd),
    "open zone": lambda _, odd: custledger.open("memory:", defaults={"zone": odd}),
}


@pytest.fixture
def ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ledger]:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in.csv").write_text("name\nA\n", encoding="utf-8")
    with custledger.open("ledger.db", plugins=PLUGINS, actor="tester") as opened:
        opened.customers.add(name="Ann")
        yield opened


@pytest.mark.parametrize("called", CALLS)
def test_what_is_handed_in_is_taken_or_refused_with_an_error_of_ours(ledger: Ledger, called: str) -> None:
    for odd in ODD:
        try:
            CALLS[called](ledger, odd)
        except CustledgerError as error:
            assert len(error.message) < 1000  # noqa: PT017 - what is asserted is of every error that there may be


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"language": "fr"}, "There are: en, zh."),
        ({"language": ""}, "There are: en, zh."),
        ({"defaults": {"foo": "XXXX"}}, "It can be told: name, language, currency, zone."),
        ({"defaults": {"language": "fr"}}, "There are: en, zh."),
        ({"actor": 5}, ""),
        ({"plugins": [5]}, "Plugins.of"),
        ({"plugins": []}, "Plugins.of"),
        ({"clock": 5}, "milliseconds"),
        ({"source": 5}, "random.Random"),
        ({"as_of": datetime(2026, 1, 1)}, "date(2026, 11, 22)"),
        ({"as_of": "2026-01-01"}, "date(2026, 11, 22)"),
    ],
    ids=str,
)
def test_what_opening_is_told_is_understood_or_refused(given: dict[str, Any], says: str) -> None:
    with pytest.raises((UsageError, InvalidValueError)) as raised:
        custledger.open("memory:", **given)
    assert says in raised.value.hint


def test_a_name_too_long_for_a_file_is_told_in_a_line() -> None:
    with pytest.raises(InvalidValueError, match="cannot be a path"):
        custledger.open("x" * 5000 + ".db", plugins=PLUGINS)


def test_records_are_pickled_and_copied(ledger: Ledger) -> None:
    ledger.fields.add("customer", "Girth")
    made = ledger.customers.add(name="Bo", tags=["a", "b"], Girth="big", birthday="2000-01-01")
    bare = bare_record(Schema.of(Customer).info)(id=made.id, extra={"name": "Bo"})
    for record in (made, bare, Customer(name="New")):
        for again in (pickle.loads(pickle.dumps(record)), copy.copy(record), copy.deepcopy(record)):
            assert again == record
            assert type(again) is type(record)
            assert again.extra == record.extra
            with pytest.raises(TypeError):
                again.extra["x"] = 1  # type: ignore[index] # it is not to be changed


def test_a_selection_is_true_where_there_is_something_in_it(ledger: Ledger) -> None:
    assert ledger.customers.where("name = Ann")
    assert not ledger.customers.where("name = Bo")
    assert not ledger.customers.limit(0)


def test_records_are_members_of_sets_whatever_they_hold(ledger: Ledger) -> None:
    ledger.fields.add("customer", "Girth")
    made = ledger.customers.add(name="Bo", Girth="big")
    bare = [bare_record(Schema.of(Customer).info)(id=made.id, extra={"name": "Bo"}) for _ in range(2)]
    assert len({made, ledger.customers.get(made), *ledger.customers.where("name = Bo")}) == 1
    assert len({*bare, made}) == 2
    assert {Customer(name="x", tags=["a"]): 1}  # type: ignore[arg-type]


def test_a_ledger_says_what_it_is(ledger: Ledger, tmp_path: Path) -> None:
    assert repr(ledger) == f"<ledger sqlite:{tmp_path / 'ledger.db'} as tester>"


def test_the_parts_of_a_ledger_say_what_they_are(ledger: Ledger, tmp_path: Path) -> None:
    parts = {"customers": ledger.customers, "fields": ledger.fields, "metrics": ledger.metrics}
    for called, part in (parts | {"segments": ledger.segments, "tags": ledger.tags}).items():
        assert repr(part) == f"<{called} of sqlite:{tmp_path / 'ledger.db'}>"
