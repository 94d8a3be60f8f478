"""An ambiguous name is answered with the records that it could mean, each with what tells it from the others."""

import re
from collections.abc import Iterator
from pathlib import Path

import attrs
import pytest

import custledger
from custledger import ids
from custledger.changes import Changeset
from custledger.conventions import FixedClock
from custledger.errors import AmbiguousError, CustledgerError, QueryError
from custledger.ledger import Ledger
from custledger.services import writing


@pytest.fixture
def ledger() -> Iterator[Ledger]:
    with custledger.open("memory:", actor="tester", clock=FixedClock(1_700_000_000_000)) as opened:
        yield opened


def told(ledger: Ledger, error: CustledgerError) -> dict[str, str]:
    """Return what an error lists, with the public ids in it as the codes of their customers."""
    found = dict(re.findall(r"(C-\w{13}) \((.*?)\)", f"{error.message} {error.hint}"))
    return {ledger.customers.get(ref).code or "": text for ref, text in found.items()}


@pytest.fixture
def two(ledger: Ledger) -> Ledger:
    for code, city in (("K1", "上海"), ("K2", "北京")):
        ledger.customers.add(name="王芳", code=code, city=city, owner="李", notes="x", level="A")
    return ledger


def test_only_what_tells_them_apart_is_told(two: Ledger) -> None:
    with pytest.raises(AmbiguousError) as raised:
        two.followups.add(customer="王芳", due="2026-12-01")
    assert told(two, raised.value) == {"K1": "K1 · 上海", "K2": "K2 · 北京"}
    assert "李" not in raised.value.message
    assert all(two.customers.get(ref).name == "王芳" for ref in raised.value.matches)


def test_a_filter_tells_them_in_its_hint(two: Ledger) -> None:
    with pytest.raises(QueryError) as raised:
        two.interactions.where("customer = 王芳").first()
    assert told(two, raised.value) == {"K1": "K1 · 上海", "K2": "K2 · 北京"}


def test_a_row_of_a_file_is_rejected_with_them(two: Ledger, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("customer,due\n王芳,2026-12-01\n", encoding="utf-8")
    report = two.import_file(tmp_path / "in.csv", "followup")
    ((reason, _, _),) = report.reasons
    assert "(K1 · 上海)" in reason
    assert "(K2 · 北京)" in reason


def test_what_is_not_shown_in_lists_tells_apart_where_nothing_else_does_and_what_is_sensitive_never(
    ledger: Ledger,
) -> None:
    ledger.fields.add("customer", "Secret", sensitive=True)
    for secret, notes in (("s1", "the tall one"), ("s2", "the other one, whom nobody has seen since the spring")):
        ledger.customers.add(name="王芳", Secret=secret, notes=notes)
    with pytest.raises(AmbiguousError) as raised:
        ledger.customers.get("王芳")
    assert "(the tall one)" in raised.value.message
    assert "(the other one, whom nobody ha…)" in raised.value.message
    assert "s1" not in raised.value.message


def test_records_that_nothing_tells_apart_are_listed_by_their_ids(ledger: Ledger) -> None:
    with ledger.operation() as batch:
        refs = [batch.customers.add(name="王芳").ref for _ in range(2)]
    with pytest.raises(AmbiguousError) as raised:
        ledger.customers.get("王芳")
    assert f": {', '.join(refs)}." in raised.value.message


def test_what_they_refer_to_is_told_by_its_name(two: Ledger) -> None:
    for code in ("K1", "K2"):
        two.followups.add(customer=code, due="2026-12-01", note="Call")
    with pytest.raises(AmbiguousError, match=r"F-\w+ \(王芳 K1\), F-\w+ \(王芳 K2\)"):
        two.followups.done("Call")


def test_more_than_five_are_cut_short(ledger: Ledger) -> None:
    for place in range(7):
        ledger.customers.add(name="王芳", city=f"City {place}")
    with pytest.raises(AmbiguousError, match=r"\(City 4\) …\.") as raised:
        ledger.customers.get("王芳")
    assert "City 5" not in raised.value.message


def test_names_that_records_of_several_types_have_are_told_by_what_they_are_called(ledger: Ledger) -> None:
    ledger.customers.add(name="张伟", code="K1")
    ledger.records("product").add(name="Mug", sku="K1")
    with pytest.raises(AmbiguousError, match=r"C-\w+ \(张伟 K1\), P-\w+ \(Mug K1\)"):
        ledger.log("K1")


def test_operations_whose_ids_end_alike_are_told_by_when_and_who(ledger: Ledger) -> None:
    first = ledger.customers.remove(ledger.customers.add(name="A")).operation
    alike = first + 32**5
    writing.write(ledger.session, Changeset(operation=attrs.evolve(ledger.session.operation("batch"), id=alike)))
    with pytest.raises(AmbiguousError) as raised:
        ledger.undo(ids.public("O", first)[-4:])
    assert raised.value.message.count(" (2023-11-") == 2
    assert raised.value.message.count(" · tester)") == 2
