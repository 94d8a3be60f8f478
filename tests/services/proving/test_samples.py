"""The sample ledgers hold what rules stumble over, and are the same each time."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

import pytest

from custledger.changes import Change
from custledger.plugins import Plugins
from custledger.services.proving.awkward import UNKNOWN_CODE, awkward
from custledger.services.proving.days import TODAY
from custledger.services.proving.samples import Engine, Sample, SampleLedgers, in_another_order, samples
from custledger.stores.contract import Query
from custledger.values import fold


@pytest.fixture(scope="module")
def plugins() -> Plugins:
    pytest.importorskip("custledger_sales", reason="custledger-sales, which brings purchases, is not installed")
    pytest.importorskip("custledger_sqlite", reason="custledger-sqlite is not installed")
    return Plugins.installed()


@pytest.fixture(scope="module")
def added(plugins: Plugins) -> dict[str, list[Change]]:
    found: dict[str, list[Change]] = {}
    for change in awkward(plugins.schemas()):
        found.setdefault(change.type, []).append(change)
    return found


def values(changes: list[Change], key: str) -> list[Any]:
    return [(change.after or {}).get(key) for change in changes]


def test_the_awkward_ledger_has_records_of_every_type_and_every_field_is_empty_somewhere(plugins, added) -> None:
    assert added.keys() == plugins.schemas().keys()
    for name, schema in plugins.schemas().items():
        for field in schema.fields:
            if not field.spec.system:
                found = values(added[name], field.key)
                assert any(value is not None for value in found), f"{name}.{field.key} is never there"
                assert field.spec.required or None in found, f"{name}.{field.key} is always there"


def test_it_has_full_width_twins_and_choices_that_are_in_no_list(added) -> None:
    cities = {city for city in values(added["customer"], "city") if city}
    assert len({fold(city) for city in cities}) < len(cities)
    assert UNKNOWN_CODE in values(added["transaction"], "status")


def test_it_has_several_currencies_days_to_come_and_days_long_ago(added) -> None:
    assert {None, "CNY", "USD", "EUR"} <= set(values(added["transaction"], "amount_currency"))
    times = [at for at in values(added["transaction"], "at") if at]
    assert min(times) < "1930" < TODAY.isoformat() < max(times)
    assert "9999-12-31" in values(added["contract"], "expires_on")


def test_some_customers_have_much_and_some_have_nothing(added) -> None:
    owned = Counter(values(added["transaction"], "customer"))
    assert max(owned.values()) >= 5
    assert not {change.id for change in added["customer"][-10:]} & owned.keys()


def test_what_one_type_has_does_not_depend_on_the_others_that_there_are(plugins, added) -> None:
    alone = [change.after for change in awkward({"customer": plugins.schemas()["customer"]})]
    assert alone == [change.after for change in added["customer"]]


def test_the_ledgers_are_the_same_each_time(plugins) -> None:
    assert [one.additions for one in samples(plugins)] == [one.additions for one in samples(Plugins.installed())]


def rows(ledgers: SampleLedgers, sample: Sample, engine: Engine, key: str = "") -> dict[str, list[tuple[Any, ...]]]:
    session = ledgers.session(ledgers.of(sample, engine, key))
    return {
        name: list(session.view.select(schema, Query(moment=session.moment)))
        for name, schema in session.schemas.items()
    }


def test_memory_and_sqlite_hold_the_same(plugins) -> None:
    with SampleLedgers(plugins) as ledgers:
        assert ledgers.engines == ("memory", "sqlite")
        for sample in samples(plugins):
            assert rows(ledgers, sample, "memory") == rows(ledgers, sample, "sqlite")


@pytest.mark.parametrize("subject", ["customer", "product"])
def test_in_another_order_there_are_the_same_records_with_each_others_ids(plugins, subject: str) -> None:
    sample = next(one for one in samples(plugins) if one.name == "awkward")
    with SampleLedgers(plugins) as ledgers:
        known = rows(ledgers, sample, "memory")
        other, former = in_another_order(sample, plugins.schemas(), subject)
        found = rows(ledgers, other, "memory", subject)
    schemas = plugins.schemas()
    assert [row[1:] for row in found[subject]] != [row[1:] for row in known[subject]]
    again, _ = in_another_order(other, schemas, subject)
    assert again.additions != sample.additions

    def told(row: tuple[Any, ...], name: str, ids: Mapping[int, int]) -> tuple[Any, ...]:
        """A row with the record's, or what it refers to, by the former id."""
        made = list(row)
        made[0] = ids.get(row[0], row[0]) if name == subject else row[0]
        for field in schemas[name].references:
            at = schemas[name].positions[field.key]
            if field.spec.target == subject and row[at] is not None:
                made[at] = ids[row[at]]
            elif field.spec.target is None:
                made[at] = None
        return tuple(made)

    for name in schemas:
        same = {key: key for key in former}
        assert sorted(told(row, name, former)[:1] for row in found[name]) == sorted(
            told(row, name, same)[:1] for row in known[name]
        )
        by_id = {row[0]: told(row, name, same) for row in known[name]}
        assert all(told(row, name, former) == by_id[told(row, name, former)[0]] for row in found[name])
