"""Why rows were rejected, in sorts: what differs only in the value at fault counts together."""

import pytest

from custledger.services.importing import Reason
from custledger.services.importing.reasons import MOST, sort_of

from .conftest import small_chunks

REF = "C-01J9ZK4QW7RXM"


@pytest.mark.parametrize(
    ("reason", "sort"),
    [
        (f"customer: Code “d“9; 9” is already taken by {REF}.", "Code is already taken"),
        ("customer: Code “d99” is already taken.; Phone: “x” has no digit", "Code is already taken; Phone: “…” has no digit"),
        ("A customer needs a name", "A customer needs a name"),
        ("A customer needs a name; customer: 客户编号 “1” is already taken.", "A customer needs a name; 客户编号 is already taken"),
        ("Code: row 12 has the same one", "Code: an earlier row has the same one"),
        ("it refers to row 3, which is rejected", "it refers to a row that is rejected"),
        ("Customer: There is no customer “王五”.", "Customer: There is no customer “…”."),
        (f"Customer: “A” could be more than one customer: {REF} (a.b), {REF} …." , "Customer: “…” could be more than one customer."),
        (f"{REF} never had the revision 3: it is at revision 2.", "… never had the revision 3: it is at revision 2."),
        ("X is not welcome.", "X is not welcome."),
    ],
)  # fmt: skip
def test_a_sort_leaves_out_values_rows_and_records(reason, sort):
    assert sort_of(reason) == sort


@pytest.mark.parametrize("dry_run", [True, False])
def test_a_file_that_is_imported_twice_has_one_reason_with_its_first_rows(bring, monkeypatch, dry_run):
    text = "name,code,phone\n" + "".join(f"N{row},k{row},\n" for row in range(2, 302))
    bring(text)
    with small_chunks(monkeypatch, 50):
        report = bring(text + "X,x,none\n", dry_run=dry_run)
    one, two = report.reasons
    assert one == Reason("Code is already taken", 300, (2, 3, 4, 5, 6))
    assert two == Reason("Phone: “none” has no digit in it, so it is not a phone number", 1, (302,))


def test_reasons_without_end_are_counted_together_behind_the_first_hundred(bring):
    report = bring("name,phone\n" + "".join(f"A{',' * cells}x\n" for cells in range(2, MOST + 9)))
    assert sum(one.times for one in report.reasons) == report.rejected == MOST + 7
    assert len(report.reasons) == MOST + 1
    assert report.reasons[0][:2] == ("other reasons", 7)
