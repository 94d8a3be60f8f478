"""The facade: it says what its services take, and type checkers know it."""

import inspect
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import custledger
from custledger.errors import InvalidValueError, UsageError
from custledger.ledger import Fields, Ledger, open_ledger
from custledger.services import exporting, fields, importing, opening


@pytest.fixture
def ledger() -> Iterator[Ledger]:
    with custledger.open("memory:") as opened:
        yield opened


def test_the_records_of_every_type_are_had_by_its_plural(ledger: Ledger) -> None:
    customer = ledger.customers.add(name="A")
    for name in ledger.record_types:
        plural = ledger.records(name).schema.info.plural
        assert getattr(ledger, plural).record_type == name
        assert plural in dir(ledger)
    sold = ledger.transactions.add(customer=customer, number="N1")
    with ledger.operation() as batch:
        batch.products.add(name="Mug", sku="M")
        batch.transactions.edit(sold, number="N2")
    assert [one.number for one in ledger.transactions] == ["N2"]
    assert ledger.products.get("M").name == "Mug"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("transaction", "; the records of that type are {}.records('transaction')"),
        ("transactoins", "; did you mean {}.transactions?"),
        ("custmers", "; did you mean {}.customers?"),
        ("qqq", ""),
        ("_private", ""),
        ("__wrapped__", ""),
    ],
)
def test_an_attribute_that_is_not_there_is_an_attribute_error_that_helps(ledger: Ledger, name: str, said: str) -> None:
    with ledger.operation() as batch:
        for owner, called in ((ledger, "ledger"), (batch, "batch")):
            assert not hasattr(owner, name)
            with pytest.raises(AttributeError) as told:
                getattr(owner, name)
            assert str(told.value) == f"{type(owner).__name__} has no attribute '{name}'{said.format(called)}"


def test_a_ledger_without_its_session_has_no_attributes_of_records() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'transactions'"):
        _ = Ledger.__new__(Ledger).transactions


def options(function: Callable[..., Any]) -> dict[str, Any]:
    """Return the keywords of a function with their defaults."""
    parameters = inspect.signature(function).parameters.values()
    return {one.name: one.default for one in parameters if one.kind is one.KEYWORD_ONLY}


@pytest.mark.parametrize(
    ("facade", "service"),
    [
        (Ledger.import_file, importing.import_file),
        (Ledger.export, exporting.export),
        (Fields.add, fields.add_field),
        (Fields.set_choices, fields.set_choices),
        (open_ledger, opening.open_session),
    ],
    ids=lambda function: function.__name__,
)
def test_the_facade_takes_and_explains_what_its_service_takes(
    facade: Callable[..., Any], service: Callable[..., Any]
) -> None:
    assert options(facade) == options(service)
    told = inspect.getdoc(facade) or ""
    assert [name for name in options(facade) if f"``{name}" not in told and name not in {"reason", "plugins"}] == []


def test_a_keyword_that_there_is_not_is_an_error_to_type_checkers_too(ledger: Ledger) -> None:
    """Each of these is an error to mypy, which would call the comment useless if it were none."""
    with pytest.raises(TypeError):
        ledger.fields.add("customer", "Girth", colour="red")  # type: ignore[call-arg]
    with pytest.raises(TypeError):
        ledger.fields.set_choices("customer.level", ["A"], forced=True)  # type: ignore[call-arg]
    with pytest.raises(TypeError):
        ledger.import_file("in.csv", "customer", map={"a": "name"})  # type: ignore[call-arg]
    with pytest.raises(TypeError):
        ledger.export("customer", "out.csv", sort="name")  # type: ignore[call-arg]
    assert ledger.fields.add("customer", "Girth").key + "!" == "x_girth!"
    assert [field.key for _, field in ledger.fields.list("customer") if field.spec.custom] == ["x_girth"]


def test_an_export_refuses_a_language_and_headings_that_there_are_not(ledger: Ledger, tmp_path: Path) -> None:
    with pytest.raises(InvalidValueError, match="is not a language"):
        ledger.export("customer", tmp_path / "out.csv", language="fr")  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="no headings"):
        ledger.export("customer", tmp_path / "out.csv", headings="none")  # type: ignore[arg-type]
    assert not list(tmp_path.iterdir())


def test_rejected_rows_go_where_a_path_says(ledger: Ledger, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("name,birthday\nA,soon\nB,\n", encoding="utf-8")
    report = ledger.import_file(tmp_path / "in.csv", "customer", rejects=tmp_path / "bad.csv", reason="moving in")
    assert (report.added, report.rejected, report.rejects) == (1, 1, str(tmp_path / "bad.csv"))


@pytest.mark.parametrize(
    ("limit", "why"), [(-1, "is less than 0"), ("3", "is not a whole number"), (1.5, "is not a wh")]
)
def test_a_limit_that_is_none_is_refused_with_what_is_wrong_of_it(ledger: Ledger, limit: Any, why: str) -> None:
    for ask in (
        ledger.customers.limit,
        lambda limit: ledger.log(limit=limit),
        lambda limit: ledger.operations(limit=limit),
    ):
        with pytest.raises(InvalidValueError, match=f"Limit: .+ {why}"):
            ask(limit)


def test_a_selection_is_true_where_it_has_records_and_has_no_length_that_a_list_would_ask_for(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger.customers.add(name="A", city="Lyon")
    found, none = ledger.customers.where("city = Lyon"), ledger.customers.where("city = Oslo")
    assert (bool(found), bool(none), found.count(), none.count()) == (True, False, 1, 0)
    with pytest.raises(TypeError, match=r"count\(\) says how many there are"):
        len(found)
    monkeypatch.setattr(type(ledger.session.view), "count", None)  # a list does not count first
    assert [one.name for one in list(found)] == ["A"]
    assert tuple(none) == ()
