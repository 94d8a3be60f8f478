"""What plugins add to a write is read like anything from outside: what does not fit refuses the write, and is named."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import custledger_csv
import custledger_sqlite
import pytest

import custledger
from custledger.changes import Action, Change
from custledger.errors import PluginError
from custledger.fields import Kind, field
from custledger.hookspecs import hookimpl
from custledger.ledger import Ledger
from custledger.plugins import Plugins
from custledger.records import Record, record_type


@record_type("visit", plural="visits", prefix="V", en="Visit", zh="拜访", when="at")
class Visit(Record):
    """Somebody who came by."""

    customer: int = field(Kind.REFERENCE, "Customer", "客户", target="customer", required=True, on_remove="cascade")
    at: datetime | None = field(Kind.TIME, "At", "时间", default="now")
    guests: int | None = field(Kind.INTEGER, "Guests", "人数", default=1)
    cost: Decimal | None = field(Kind.MONEY, "Cost", "花费")
    good: bool | None = field(Kind.YES_NO, "Good", "好")
    day: date | None = field(Kind.DATE, "Day", "日")


Answer = Callable[[Change], Change | None]


def amending(answer: Answer, record_type: str = "visit") -> Any:
    """Return a plugin that brings visits, and answers for each new record of a type."""

    def amend(changes: Sequence[Change]) -> list[Change]:
        new = [change for change in changes if change.type == record_type and change.action is Action.CREATE]
        return [told for change in new if (told := answer(change)) is not None]

    return SimpleNamespace(custledger_amend=hookimpl(amend), custledger_record_types=hookimpl(lambda: [Visit]))


def saying(**after: Any) -> Answer:
    """Return an answer that sets fields of the new record."""
    return lambda change: Change(type=change.type, id=change.id, before=None, after=after)


@pytest.fixture(params=["memory", "sqlite"])
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[..., Ledger]]:
    """What opens a ledger with plugins, by name, in memory and in SQLite."""
    ledgers: list[Ledger] = []

    def open_ledger(**plugins: Any) -> Ledger:
        found = Plugins.of(csv=custledger_csv, sqlite=custledger_sqlite, **plugins)
        url = "memory:" if request.param == "memory" else str(tmp_path / "ledger.db")
        ledgers.append(custledger.open(url, plugins=found))
        return ledgers[-1]

    yield open_ledger
    for ledger in ledgers:
        ledger.close()


@pytest.mark.parametrize(
    ("after", "field", "why"),
    [
        ({"day": "junk"}, "visit.day", "is not a date"),
        ({"guests": "abc"}, "visit.guests", "is not a number"),
        ({"guests": 1.5}, "visit.guests", "is a float"),
        ({"guests": 10**30}, "visit.guests", "is too large"),
        ({"cost": 10**30}, "visit.cost", "is too large"),
        ({"customer": None}, "visit.customer", "it is empty, and a visit needs one"),
        ({"customer": "Ann"}, "visit.customer", "is not"),
        ({"nix": 1}, "visit.nix", "there is no such field"),
        ({"revision": 77}, "visit.revision", "the ledger sets it itself"),
        ({"created_at": "junk"}, "visit.created_at", "the ledger sets it itself"),
    ],
)
def test_an_amendment_that_does_not_fit_refuses_the_write_and_names_all_that_is_at_fault(
    opened: Callable[..., Ledger], after: dict[str, Any], field: str, why: str
) -> None:
    ledger = opened(vis=amending(saying(**after)))
    customer = ledger.customers.add(name="Ann")
    before = len(ledger.operations())
    with pytest.raises(PluginError, match="The plugin vis failed while answering custledger_amend") as told:
        ledger.records("visit").add(customer=customer)
    assert f"{field}: " in told.value.message
    assert why in told.value.message
    assert "CUSTLEDGER_DISABLE_PLUGINS=vis" in told.value.hint
    assert ledger.records("visit").count() == 0
    assert len(ledger.operations()) == before


def test_python_values_and_plain_ones_are_read(opened: Callable[..., Ledger]) -> None:
    moment = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
    ledger = opened(
        a=amending(saying(day=date(2026, 1, 2), cost=Decimal("5.5"), good=True)),
        b=_only_amending(saying(at=moment, guests="7")),
    )
    visit = ledger.records("visit").add(customer=ledger.customers.add(name="Ann"))
    assert (visit.day, visit.cost, visit.good, visit.at, visit.guests) == (
        date(2026, 1, 2),
        Decimal("5.5"),
        True,
        moment,
        7,
    )
    assert ledger.records("visit").where("cost = 5.5 and day = 2026-01-02 and good").count() == 1


def test_an_int_of_an_amount_is_in_ten_thousandths_as_rows_have_it(opened: Callable[..., Ledger]) -> None:
    ledger = opened(vis=amending(saying(cost=5)))
    visit = ledger.records("visit").add(customer=ledger.customers.add(name="Ann"), cost="5")
    assert visit.cost == Decimal("0.0005")


def test_what_a_plugin_was_shown_it_may_hand_back(opened: Callable[..., Ledger]) -> None:
    ledger = opened(
        a=amending(
            lambda change: Change(type="visit", id=change.id, before=None, after={**(change.after or {}), "guests": 2})
        ),
        b=_only_amending(
            lambda change: Change(type="visit", id=change.id, before=None, after={**(change.after or {}), "good": 1})
        ),
    )
    visit = ledger.records("visit").add(customer=ledger.customers.add(name="Ann"), guests=1)
    assert (visit.guests, visit.good) == (2, True)


def test_where_two_plugins_set_one_field_the_second_has_it(opened: Callable[..., Ledger]) -> None:
    ledger = opened(a=amending(saying(guests=1, good=True)), b=_only_amending(saying(guests=2)))
    visit = ledger.records("visit").add(customer=ledger.customers.add(name="Ann"))
    assert (visit.guests, visit.good) == (2, True)


@pytest.mark.parametrize(
    ("extra", "said"),
    [
        (Change(type="interaction", id=0, before=None, after={"summary": "v"}), "interaction.customer: it is empty"),
        (Change(type="interaction", id=0, before=None, after={"summary": "v", "at": "soon"}), "interaction.at: “soon”"),
        (Change(type="interaction", id=77, before=None, after={"summary": "v"}), "must be 0"),
        (Change(type="nix", id=0, before=None, after={"a": 1}), "nix: there is no such record type"),
        (Change(type="interaction", id=0, before=None, after=None), "says nothing"),
        (Change(type="interaction", id=0, before=None, after="x"), "has not the shape of a Change"),  # type: ignore[arg-type]
    ],
)
def test_a_record_that_a_plugin_adds_is_looked_at_as_well(
    opened: Callable[..., Ledger], extra: Change, said: str
) -> None:
    ledger = opened(vis=amending(lambda _: extra))
    customer = ledger.customers.add(name="Ann")
    with pytest.raises(PluginError, match="The plugin vis failed while answering custledger_amend") as told:
        ledger.records("visit").add(customer=customer)
    assert said in told.value.message
    assert ledger.records("visit").count() == ledger.interactions.count() == 0


def test_a_record_of_a_type_that_nobody_asked_to_see_can_be_amended_within_its_write(
    opened: Callable[..., Ledger],
) -> None:
    ledger = opened(
        vis=amending(
            lambda change: Change(
                type="customer", id=(change.after or {})["customer"], before={}, after={"city": "上海"}
            )
        )
    )
    with ledger.operation() as batch:
        batch.records("visit").add(customer=batch.customers.add(name="Ann"))
    assert ledger.customers.get("Ann").city == "上海"
    ledger.records("visit").add(customer=ledger.customers.add(name="Bob"))
    assert ledger.customers.get("Bob").city == "上海"


def test_amendments_of_an_import_are_read_and_the_chunk_of_a_bad_one_does_not_land(
    opened: Callable[..., Ledger], tmp_path: Path
) -> None:
    source = tmp_path / "visits.csv"
    source.write_text("Customer,Guests\nAnn,1\nAnn,2\n", encoding="utf-8")
    ledger = opened(vis=amending(lambda change: saying(day=date(2026, 1, (change.after or {})["guests"]))(change)))
    ledger.customers.add(name="Ann")
    assert ledger.import_file(source, "visit").added == 2
    assert ledger.records("visit").columns("day") == {"day": [date(2026, 1, 1), date(2026, 1, 2)]}
    source.write_text("Customer,Guests\nAnn,1\nAnn,32\n", encoding="utf-8")
    bad = opened(vis=amending(lambda change: saying(day=f"2026-01-{(change.after or {})['guests']}")(change)))
    if bad.customers.count() == 0:
        bad.customers.add(name="Ann")
    there = bad.records("visit").count()
    with pytest.raises(PluginError, match=r"visit\.day: “2026-01-32”"):
        bad.import_file(source, "visit")
    assert bad.records("visit").count() == there


def _only_amending(answer: Answer) -> Any:
    return SimpleNamespace(custledger_amend=amending(answer).custledger_amend)
