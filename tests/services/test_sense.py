"""What contradicts itself is refused however it is written: a birthday that is still to come, a record of itself."""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import custledger_csv
import custledger_sales
import pytest

import custledger
from custledger.changes import Change, Changeset
from custledger.conventions import FixedClock
from custledger.errors import DataError, InvalidValueError
from custledger.ledger import Ledger
from custledger.plugins import Plugins
from custledger.services import writing

TODAY = date(2026, 11, 22)
LATER = "2026-11-23"
NOON = 1_795_348_800_000
Bring = Callable[..., Any]


def opened(**options: Any) -> Ledger:
    plugins = Plugins.of(csv=custledger_csv, sales=custledger_sales)
    defaults = {"zone": "UTC", "language": "en"}
    return custledger.open(
        "memory:", actor="tester", plugins=plugins, clock=FixedClock(NOON), defaults=defaults, **options
    )


@pytest.fixture
def ledger() -> Iterator[Ledger]:
    with opened() as made:
        made.customers.add(name="Ann", code="K1", birthday="1990-01-01")
        yield made


@pytest.fixture
def bring(ledger: Ledger, tmp_path: Path) -> Bring:
    def bring_text(text: str, record_type: str = "customer", **options: Any) -> dict[int, str]:
        """Import a text and return why rows of it were rejected."""
        (tmp_path / "in.csv").write_text(text, encoding="utf-8")
        report = ledger.import_file(tmp_path / "in.csv", record_type, **options)
        assert report.added + report.changed + report.rejected + report.skipped == report.rows
        return {one.row: one.text for one in report.examples if one.what == "rejected"}

    return bring_text


WAYS: dict[str, Callable[[Ledger, Any], Any]] = {
    "add": lambda ledger, values: ledger.customers.add(name="B", **values),
    "edit": lambda ledger, values: ledger.customers.edit("K1", **values),
    "edit_where": lambda ledger, values: ledger.customers.edit_where("code = K1", **values),
    "rehearsal": lambda ledger, values: ledger.customers.edit_where("code = K1", dry_run=True, **values),
}


def in_batch(ledger: Ledger, values: Any) -> None:
    with ledger.operation() as batch:
        batch.customers.add(name="C")
        batch.customers.edit("K1", **values)


@pytest.mark.parametrize("way", [*WAYS.values(), in_batch], ids=[*WAYS, "batch"])
def test_a_birthday_to_come_is_refused_and_nothing_is_written(ledger: Ledger, way: Callable[..., Any]) -> None:
    with pytest.raises(InvalidValueError, match="Birthday: “2026-11-23” is a day to come") as told:
        way(ledger, {"birthday": LATER})
    assert told.value.hint == "Today is 2026-11-22 in this ledger."
    assert [(one.name, one.birthday) for one in ledger.customers] == [("Ann", date(1990, 1, 1))]
    way(ledger, {"birthday": TODAY})


def test_today_is_the_later_of_the_day_that_was_set_and_the_real_one() -> None:
    with opened(as_of=date(2020, 1, 1)) as ledger:
        assert ledger.customers.add(name="A", birthday=TODAY).birthday == TODAY
    with opened(as_of=date(2030, 1, 1)) as ledger:
        assert ledger.customers.add(name="A", birthday="2029-12-31").birthday == date(2029, 12, 31)


@pytest.mark.parametrize("options", [{}, {"key": "code"}])
def test_rows_with_a_birthday_to_come_are_rejected(ledger: Ledger, bring: Bring, options: dict[str, str]) -> None:
    text = f"name,code,birthday\nB,K2,{LATER}\nC,K3,2000-02-03\nD,K4,\nE,K5,never\n"
    held = bring(text, **options)
    assert held[2] == "Birthday: “2026-11-23” is a day to come"
    assert sorted(held) == [2, 5]
    assert [one.code for one in ledger.customers] == ["K1", "K3", "K4"]


def test_a_record_with_what_is_refused_now_can_be_edited_otherwise(ledger: Ledger) -> None:
    session, found = ledger.session, ledger.customers.get("K1")
    change = Change(type="customer", id=found.id, before={}, after={"birthday": LATER}, revision=1)
    writing.write(session, Changeset(operation=session.operation("edit"), changes=[change]))
    assert ledger.customers.edit("K1", city="Oslo").birthday == date.fromisoformat(LATER)


@pytest.mark.parametrize("ref", ["K1", "Ann"])
@pytest.mark.parametrize("way", ["edit", "edit_where", "batch"])
def test_nobody_is_referred_by_himself(ledger: Ledger, ref: str, way: str) -> None:
    do = {**WAYS, "batch": in_batch}[way]
    with pytest.raises(InvalidValueError, match="Referred by: “Ann K1” is this customer itself"):
        do(ledger, {"referred_by": ref})
    assert ledger.customers.get("K1").referred_by is None


def test_nobody_is_referred_by_himself_in_the_batch_that_adds_him(ledger: Ledger) -> None:
    with ledger.operation() as batch:
        made = batch.customers.add(name="B")
        with pytest.raises(InvalidValueError, match="is this customer itself"):
            batch.customers.edit(made, referred_by=made)


def test_what_refers_to_any_record_does_not_refer_to_itself(ledger: Ledger) -> None:
    call = ledger.interactions.add(customer="K1", summary="Call")
    with pytest.raises(InvalidValueError, match=r"About: “I-\w+” is this interaction itself"):
        ledger.interactions.edit(call, about=call)
    assert ledger.interactions.edit(call, about=ledger.customers.get("K1")).about == ledger.customers.get("K1").ref


def test_rows_that_refer_to_themselves_are_rejected(ledger: Ledger, bring: Bring) -> None:
    held = bring("name,code,referred_by\nB,K2,K2\nC,K3,K1\nD,K4,D\nE,K5,K2\n")
    assert held == {
        2: "Referred by: “K2” is this customer itself",
        4: "Referred by: “D” is this customer itself",
        5: "it refers to row 2, which is rejected",
    }
    assert bring("code,referred_by\nK1,Ann\nK3,K1\n", key="code") == {2: "Referred by: “Ann” is this customer itself"}
    ref = ledger.interactions.add(customer="K1", summary="Call").ref
    assert bring(f"ID,about\n{ref},{ref}\n", "interaction") == {2: f"About: “{ref}” is this interaction itself"}


@pytest.mark.parametrize(
    ("starts", "expires", "fits"),
    [
        ("2026-02-01", "2026-01-31", False),
        ("2026-02-01", "2026-02-01", True),
        ("2026-02-01", None, True),
        (None, "2026-01-01", True),
    ],
)
def test_a_contract_does_not_end_before_it_starts(
    ledger: Ledger, bring: Bring, starts: str | None, expires: str | None, fits: bool
) -> None:
    contracts = ledger.records("contract")
    other = contracts.add(customer="K1", title="Other", starts_on="2026-01-15", expires_on="2026-12-31")

    def tries() -> Iterator[Callable[[], Any]]:
        yield lambda: contracts.add(customer="K1", title="T", starts_on=starts, expires_on=expires)
        yield lambda: contracts.edit(other, starts_on=starts, expires_on=expires)

    for one in tries():
        if fits:
            one()
            continue
        with pytest.raises(DataError, match="A contract that starts on 2026-02-01 cannot expire on 2026-01-31"):
            one()
    held = bring(
        f"customer,title,starts_on,expires_on\nK1,U,2026-01-01,\nK1,V,{starts or ''},{expires or ''}\n", "contract"
    )
    assert list(held) == ([] if fits else [3])


def test_the_days_of_a_contract_that_an_edit_leaves_count_with_those_that_it_sets(ledger: Ledger, bring: Bring) -> None:
    contracts = ledger.records("contract")
    made = contracts.add(customer="K1", title="T", number="N1", starts_on="2026-02-01", expires_on="2026-12-31")
    for values in ({"expires_on": "2026-01-31"}, {"starts_on": "2027-01-01"}):
        with pytest.raises(DataError, match="cannot expire on"):
            contracts.edit(made, **values)
    assert "cannot expire on 2026-01-01" in bring("number,expires_on\nN1,2026-01-01\n", "contract", key="number")[2]
    assert contracts.edit(made, starts_on="2027-01-01", expires_on="2027-12-31").title == "T"
    assert contracts.edit(made.id, notes="x", starts_on=None).starts_on is None
