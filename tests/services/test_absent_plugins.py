"""What the library gives of records whose plugin is absent: all of it to read, nothing to write."""

from collections.abc import Iterator
from pathlib import Path

import custledger_csv
import custledger_sales
import custledger_sqlite
import pytest

import custledger
from custledger.errors import NotFoundError
from custledger.ledger import Ledger
from custledger.plugins import Plugins
from custledger.records import BareRecord, Customer


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """A ledger with a customer and a sale to it, opened without the plugin that brought sales."""
    url = f"sqlite:{tmp_path / 'ledger.db'}"
    with custledger.open(url, plugins=Plugins.of(sales=custledger_sales, sqlite=custledger_sqlite)) as whole:
        customer = whole.customers.add(name="Ann Example")
        whole.records("transaction").add(customer=customer, number="S-17", amount="12.50", description="Example chairs")
    with custledger.open(url, plugins=Plugins.of(csv=custledger_csv, sqlite=custledger_sqlite)) as opened:
        yield opened


def test_they_are_found_and_listed_with_all_their_values(ledger: Ledger) -> None:
    (sale,) = ledger.records("transaction")
    assert isinstance(sale, BareRecord)
    assert sale.ref.startswith("T-")
    assert (sale.extra["number"], str(sale.extra["amount"])) == ("S-17", "12.5000")
    assert sale.extra["customer"] == next(iter(ledger.customers)).id
    assert {type(one) for one in ledger.search("example")} == {Customer, type(sale)}
    assert ledger.search("chairs") == [sale]
    assert ledger.records("transaction").get(sale.ref) == ledger.records("transaction").get(sale) == sale
    assert sale in ledger.records("transactions")


def test_other_records_may_be_about_them(ledger: Ledger) -> None:
    (sale,) = ledger.records("transaction")
    interaction = ledger.interactions.add(customer=sale.extra["customer"], about=sale, summary="x")
    assert interaction.about == sale.ref
    assert [event.operation.verb for event in ledger.records("transaction").history(sale)] == ["add"]
    assert len(ledger.log(sale)) == 1


def test_they_cannot_be_written_and_the_error_says_what_they_can(ledger: Ledger) -> None:
    sales = ledger.records("transaction")
    (sale,) = sales
    for write in (lambda: sales.edit(sale, number="1"), lambda: sales.remove(sale), lambda: sales.add(sale)):
        with pytest.raises(NotFoundError, match="no installed plugin for the record type “transaction”") as told:
            write()
        assert told.value.hint == "Its records can be read, but not written."
