"""Fields that no column fills, with one value in every row."""

import pytest

from custledger.errors import DataError, InvalidValueError, NotFoundError, UsageError
from custledger.services import naming
from custledger.services.editing import add
from custledger.services.fields import add_field

from .conftest import reasons, small_chunks, values


def test_a_fixed_value_is_read_as_a_cell_is_and_noted_in_the_operation(session, bring, monkeypatch):
    card = add_field(session, "transaction", "渠道")
    with small_chunks(monkeypatch, 2):
        report = bring(
            "CustomerID,amount\n1,5\n2\n1,none\n2,7\n",
            "transaction",
            create=["customer"],
            fixed={"状态": "已付款", "渠道": "店", "at": "2026-01-02"},
        )
    assert (report.added, report.rejected) == (3, 1)
    assert dict(report.mapped) == {"CustomerID": "customer", "amount": "amount"}
    assert report.fixed == (("status", "已付款"), (card.key, "店"), ("at", "2026-01-02"))
    assert values(session, "status", "transaction") == ["paid"] * 3
    assert values(session, card.key, "transaction") == ["店"] * 3
    assert set(values(session, "at", "transaction")) == {"2026-01-02T00:00:00.000Z"}
    [operation] = session.view.operations(ids=[report.operation])
    assert operation.about["set"] == f"status=已付款; {card.key}=店; at=2026-01-02"


def test_a_fixed_reference_is_found_or_made_like_one_in_a_cell(session, bring):
    number = add(session, "customer", {"name": "A", "code": "a"}).row[0]
    assert bring("summary\nx\ny\n", "interaction", fixed={"customer": "A"}).added == 2
    assert values(session, "customer", "interaction") == [number] * 2
    with pytest.raises(DataError, match="There is no customer “B”"):
        bring("summary\nx\n", "interaction", fixed={"customer": "B"})
    report = bring("summary\nx\ny\n", "interaction", fixed={"customer": "B"}, create=["customer"])
    assert (report.added, dict(report.created)) == (2, {"customer": 1})
    add(session, "customer", {"name": "B"})
    with pytest.raises(DataError, match="could be more than one customer"):
        bring("summary\nx\n", "interaction", fixed={"customer": "B"})


def test_a_fixed_value_takes_the_place_of_a_default_and_may_be_what_a_record_needs(session, bring):
    assert bring("code\n1\n2\n", fixed={"name": "Guest", "status": ""}).added == 2
    assert [values(session, key) for key in ("name", "status")] == [["Guest"] * 2, [None] * 2]


def test_records_that_are_there_get_it_too(session, bring):
    bring("name,code,level\nA,1,A\nB,2,B\n")
    report = bring("code\n1\n2\n", key="code", fixed={"level": "B"})
    assert (report.changed, report.skipped) == (1, 1)
    assert values(session, "level") == ["B", "B"]


def test_what_is_unique_is_only_the_first_rows(bring):
    report = bring("name\nA\nB\n", fixed={"code": "1"})
    assert (report.added, reasons(report)) == (1, {3: "Code: row 2 has the same one"})


@pytest.mark.parametrize(
    ("fixed", "error", "says"),
    [
        ({"phone": "1"}, UsageError, "The column 手机 goes into phone"),
        ({"revision": "1"}, UsageError, "the ledger sets it itself"),
        ({"id": "1"}, UsageError, "the ledger sets it itself"),
        ({"nix": "1"}, NotFoundError, "customer field “nix”"),
        ({"level": "X"}, InvalidValueError, "Level: “X” is not one of the choices"),
        ({"level": "A", "客户等级": "A"}, InvalidValueError, "is given twice"),
        ({"birthday": "soon"}, InvalidValueError, "Birthday"),
        ({"level": 1}, InvalidValueError, "is not a text"),
    ],
)
def test_a_fixed_value_that_makes_no_sense_is_told_before_the_first_row(session, bring, fixed, error, says):
    with pytest.raises(error, match=says) as caught:
        bring("name,手机\nA,1\n", fixed=fixed)
    assert "The file was read as" not in caught.value.hint
    assert values(session, "name") == []


def test_a_sensitive_value_is_noted_without_it(session, bring):
    report = bring("name\nA\n", fixed={"id_number": "110101199003070011"})
    assert report.fixed == (("id_number", "…"),)
    [operation] = session.view.operations(ids=[report.operation])
    assert operation.about["set"] == "id_number=…"
    assert naming.find(session, "customer", "A")


def test_amounts_may_be_fixed_with_their_currency(session, bring):
    text = "number,amount,customer\n1,5,A\n"
    bring(text, "transaction", fixed={"amount_currency": "USD"}, create=["customer"])
    assert values(session, "amount_currency", "transaction") == ["USD"]
