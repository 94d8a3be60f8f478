"""Cells that name other records: in the ledger, in the same file, or nowhere yet."""

import pytest

from custledger.errors import NotFoundError, UsageError
from custledger.services.editing import add
from custledger.services.fields import add_field
from custledger.services.importing import references
from custledger.services.selecting import Selection
from custledger.services.undo import undo

from .conftest import reasons, small_chunks, values


def test_references_are_found_by_code_id_or_exact_name(session, bring):
    bring("name,code\n张三,17850\n李四,2\n李四,3\n")
    ref = session.schema("customer").public_id(values(session, "id")[1])
    text = f"customer,summary\n17850.0,a\n 张三 ,b\n{ref.lower()},c\n２,d\n李四,e\n王五,f\n,g\nC-01J9ZK4QW7RXM,h\n"
    report = bring(text, "interaction")
    one, two, _ = values(session, "id")
    assert values(session, "customer", "interaction") == [one, one, two, two]
    assert (report.added, report.rejected) == (4, 4)
    assert "more than one customer" in reasons(report)[6]
    assert reasons(report)[7] == "Customer: There is no customer “王五”."


def test_an_exact_code_comes_before_the_code_without_point_zero(session, bring):
    bring("name,code\nA,5\nB,5.0\n")
    bring("customer,summary\n5,a\n5.0,b\n", "interaction")
    assert values(session, "customer", "interaction") == values(session, "id")


def test_missing_customers_are_made_once_with_code_and_name_in_the_same_changeset(session, bring, monkeypatch):
    text = "CustomerID,number,amount\n17850.0,1,5\n17850,2,5\n17850.0,3,5\n13047.0,4,none\n13047.0,5,5\n"
    with small_chunks(monkeypatch, 2):
        rehearsed = bring(text, "transaction", create=["customers"], dry_run=True)
        report = bring(text, "transaction", create=["customer"])
    for each in (rehearsed, report):
        assert (each.added, each.rejected, dict(each.created)) == (4, 1, {"customer": 2})
    assert [values(session, key) for key in ("code", "name", "status")] == [["17850", "13047"]] * 2 + [["new"] * 2]
    assert len(session.view.operations(ids=[report.operation])) == 1
    assert report.operation is not None
    undo(session, report.operation)
    assert values(session, "code") == []


def test_a_name_is_the_name_alone_of_the_customer_made_of_it_and_finds_it_later(session, bring, monkeypatch):
    text = "customer,amount\nNew Person,1\n 李雷 ,2\n4S店,3\nnew person,4\nＡ-９,5\n李雷,6\n"
    with small_chunks(monkeypatch, 4):
        rehearsed = bring(text, "transaction", create=["customer"], dry_run=True)
        first = bring(text, "transaction", create=["customer"])
    again = bring(text, "transaction", create=["customer"])
    assert [dict(each.created) for each in (rehearsed, first, again)] == [{"customer": 4}, {"customer": 4}, {}]
    assert [values(session, key) for key in ("name", "code")] == [
        ["New Person", "李雷", "4S店", "Ａ-９"],
        [None, None, "4S店", "Ａ-９"],
    ]
    assert values(session, "customer", "transaction")[:6] == values(session, "customer", "transaction")[6:]


def test_no_customer_is_made_of_an_id_that_is_not_found(session, bring):
    gone, other = "C-0000000000009", "T-01J9ZK4QW7RXM"
    text = f"customer,amount\n{gone},1\n {gone.lower()} ,2\n{other},3\nC-0000000000008X,4\nXY-0000000000009,5\n"
    for dry_run in (True, False):
        report = bring(text, "transaction", create=["customer"], dry_run=dry_run)
        assert (report.added, dict(report.created)) == (2, {"customer": 2})
        assert reasons(report)[2] == f"Customer: There is no customer “{gone}”."
        assert [*reasons(report)] == [2, 3, 4]
    assert values(session, "code") == ["C-0000000000008X", "XY-0000000000009"]


def test_a_rejected_row_makes_no_customer(session, bring):
    report = bring("CustomerID,amount\nA,none\n", "transaction", create=["customer"])
    assert (report.rejected, dict(report.created), values(session, "code")) == (1, {}, [])


def test_a_type_that_needs_more_than_a_name_is_not_made(bring):
    with pytest.raises(NotFoundError):
        bring("CustomerID,amount\nA,1\n", "transaction", create=["nix"])
    with pytest.raises(UsageError, match="A product refers to no customer, so none is made for it"):
        bring("sku,name\nA,1\n", "product", create=["customer"])
    report = bring("name,code,referred_by\nA,1,2\nB,2,\n", create=["customer"])
    assert (report.added, dict(report.created)) == (2, {})


def test_rows_may_refer_to_rows_of_the_same_file(session, bring, monkeypatch):
    with small_chunks(monkeypatch):
        report = bring("name,code,推荐人\nA,1,B\nB,2,\nC,3,1\nD,4,A\nE,5,6\n,6,\nF,7,5\nG,8,9\nH,9,\n")
    first, second = values(session, "id")[:2]
    assert values(session, "referred_by") == [second, None, first, first, values(session, "id")[5], None]
    assert reasons(report) == {
        6: "it refers to row 7, which is rejected",
        7: "A customer needs a name",
        8: "Referred by: There is no customer “5”.",
    }


def test_a_row_that_follows_a_rejected_one_is_rejected_with_it(bring):
    report = bring("name,code,推荐人\nA,1,\nB,1,\nC,3,B\nD,4,C\n")
    assert (report.added, report.rejected) == (1, 3)
    assert reasons(report)[5] == "it refers to row 4, which is rejected"


def test_customers_that_are_there_are_found_though_none_can_be_made_of_a_name(session, bring):
    card = add_field(session, "customer", "Card", required=True)
    add(session, "customer", {"name": "A", "code": "a", card.key: "1"})
    report = bring("customer,amount\nA,1\nB,2\na,3\n", "transaction", create=["customer"])
    assert (report.added, dict(report.created)) == (2, {})
    needed = "None is made of a code or name alone: it needs x_card."
    assert reasons(report) == {3: f"Customer: There is no customer “B”. {needed}"}


@pytest.mark.parametrize("most", [1, 50_000])
def test_blanks_around_a_name_do_not_make_a_second_customer(session, bring, monkeypatch, most):
    monkeypatch.setattr(references, "MEMORY", most)
    bring('name,code\n"Ann ",K1\n"\u3000王芳\u3000\u3000",K2\nBo,K3\n"Bo ",K4\n"\tCy\n",K5\n" Di",K6\n"Di ",K7\n')
    text = "customer,amount\nAnn,1\n 王芳,2\nBo,3\nCy,4\nann\u3000,5\nDi,6\nEd,7\nAnn,8\n"
    for dry_run in (True, False):
        with small_chunks(monkeypatch, 2):
            report = bring(text, "transaction", create=["customer"], dry_run=dry_run)
        assert (report.added, report.rejected, report.created) == (7, 1, {"customer": 1})
        assert "“Di” could be more than one customer" in reasons(report)[7]
    ann, wang, bo, _, cy, *_, ed = values(session, "id")
    assert values(session, "customer", "transaction") == [ann, wang, bo, cy, ann, ed, ann]


def test_blanks_around_a_name_in_the_same_file_do_not_hide_it(session, bring, monkeypatch):
    text = 'name,code,referred_by\n"Ann ",1,\nBo,2,Ann\nCy,3,Ann\n"Di ",4,\n Di,5,\nEd,6,Di\n'
    with small_chunks(monkeypatch):
        report = bring(text)
    assert list(reasons(report)) == [7]
    ann = values(session, "id")[0]
    assert values(session, "referred_by") == [None, ann, ann, None, None]


@pytest.mark.parametrize("key", [None, "code"])
def test_an_import_warns_once_a_field_of_blanks_around_texts_and_shows_them(session, bring, monkeypatch, key):
    text = 'name,code,city,phone\n"Ann "," K1",上海\u3000,\nBo,K2,x,none\n" Cy",K3, y ,\nDi,K4, z,\n'
    for dry_run in (True, False):
        with small_chunks(monkeypatch, 2):
            report = bring(text, key=key, dry_run=dry_run)
        assert [one.text for one in report.examples if one.what == "added"] == ["“Ann ” K1", "“ Cy” K3", "Di K4"]
        told = {one.message.partition(" begins")[0]: one for one in report.warnings}
        assert {message: (one.times, one.rows) for message, one in told.items()} == {
            "City: “上海\u3000”": (3, (2, 4, 5)),
            "Name: “Ann ”": (2, (2, 4)),
        }
    assert Selection(session, "customer").where(told["City: “上海\u3000”"].where).count() == 3
