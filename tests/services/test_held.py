"""What people wrote into a folder of CSV files by hand, and is held: listed, accepted, restored, and taken back."""

from collections.abc import Callable
from pathlib import Path

import pytest

import custledger
from custledger.errors import DataError, InvalidValueError, NotAllowedError, NotFoundError, UsageError
from custledger.fields import Kind
from custledger.ledger import Ledger
from custledger.services.held import Settled
from custledger.stores.held import HeldKind

Edit = Callable[[Callable[[str], str]], None]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "shop"


@pytest.fixture
def ledger(folder: Path):
    with custledger.open(f"csv:{folder}", actor="ann", defaults={"language": "en", "zone": "UTC"}) as opened:
        for name, code, phone in (("Ann", "K1", "13800000001"), ("Bob", "K2", "13800000002"), ("Cy", "K3", None)):
            opened.customers.add(name=name, code=code, phone=phone)
        yield opened


@pytest.fixture
def edit(folder: Path) -> Edit:
    """Change the customers' file by hand."""

    def by_hand(change: Callable[[str], str]) -> None:
        path = folder / "customers.csv"
        text = path.read_bytes().decode("utf-8-sig")
        changed = change(text)
        assert changed != text
        path.write_bytes(changed.encode("utf-8-sig"))

    return by_hand


def customers(folder: Path) -> str:
    return (folder / "customers.csv").read_bytes().decode("utf-8-sig")


def without_row(code: str) -> Callable[[str], str]:
    return lambda text: "".join(line for line in text.splitlines(keepends=True) if f",{code}," not in line)


def kinds(ledger: Ledger) -> list[HeldKind]:
    return [one.kind for one in ledger.held.list()]


def undone(ledger: Ledger, settled: Settled) -> None:
    assert settled.receipt is not None
    assert ledger.undo(settled.receipt.operation).standing == ()


def test_a_ledger_in_no_files_holds_nothing() -> None:
    with custledger.open("memory:") as ledger:
        assert ledger.held.list() == []
        assert ledger.held.accept(every=True).receipt is None
        assert ledger.held.restore(every=True).receipt is None
        assert list(ledger.held.taken_in()) == []
        with pytest.raises(NotFoundError, match="held thing"):
            ledger.held.accept(1)


def test_a_cell_that_does_not_fit_needs_a_value(ledger: Ledger, edit: Edit, folder: Path) -> None:
    edit(lambda text: text.replace("Bob,K2,", "Bob,K2,nonsense"))
    (held,) = ledger.held.list()
    assert (held.number, held.kind, held.row, held.key, held.text) == (1, HeldKind.UNFIT, 3, "kind", "nonsense")
    with pytest.raises(InvalidValueError) as caught:
        ledger.held.accept(1)
    assert "the option value" in caught.value.hint
    settled = ledger.held.accept(1, value="company", reason="she said so")
    assert ledger.customers.get("K2").kind == "company"
    assert "Bob,K2,Company" in customers(folder)
    assert ledger.held.list() == []
    (operation, *_) = ledger.operations()
    assert (operation.verb, operation.actor, operation.reason) == ("held accept", "ann", "she said so")
    assert operation.about["held"][0]["text"] == "nonsense"
    undone(ledger, settled)
    assert ledger.customers.get("K2").kind is None
    assert "Bob,K2,," in customers(folder)


def test_a_damaged_number_is_never_accepted_as_it_stands(ledger: Ledger, edit: Edit, folder: Path) -> None:
    edit(lambda text: text.replace("13800000001", "1.38E+10"))
    with pytest.raises(DataError, match="lost digits"):
        ledger.held.accept(1)
    ledger.held.restore(1)
    assert "13800000001" in customers(folder)
    assert ledger.operations()[0].about["held"][0]["text"] == "1.38E+10"
    assert ledger.held.list() == []


def test_a_cell_that_fell_back_is_accepted_or_restored(ledger: Ledger, edit: Edit, folder: Path) -> None:
    old = customers(folder)
    ledger.customers.edit("K1", city="Oslo")
    edit(lambda _: old)
    assert kinds(ledger) == [HeldKind.FELL_BACK]
    assert ledger.customers.get("K1").city == "Oslo"
    ledger.held.restore(1)
    assert "Oslo" in customers(folder)
    edit(lambda _: old)
    ledger.held.accept(2)
    assert ledger.customers.get("K1").city is None
    assert "Oslo" not in customers(folder)


def test_what_was_restored_is_not_taken_back_and_its_undo_says_where_it_is_kept(
    ledger: Ledger, edit: Edit, folder: Path
) -> None:
    edit(lambda text: text + ",,K9,typed\r\n")
    (held,) = ledger.held.list()
    settled = ledger.held.restore(held.number)
    assert "K9" not in customers(folder)
    assert settled.receipt is not None
    with pytest.raises(NotAllowedError, match="cannot be taken back") as refused:
        ledger.undo(settled.receipt.operation)
    assert "custledger log O-" in refused.value.hint


def test_several_cells_of_one_record_are_one_change(ledger: Ledger, edit: Edit, folder: Path) -> None:
    old = customers(folder)
    ledger.customers.edit("K1", city="Oslo", phone="13900000009")
    edit(lambda _: old)
    settled = ledger.held.accept(1, 2)
    assert len(settled.changes) == 1
    assert ledger.customers.get("K1").phone == "13800000001"


def test_a_row_that_is_gone_removes_the_record_or_comes_back(ledger: Ledger, edit: Edit, folder: Path) -> None:
    edit(without_row("K3"))
    assert kinds(ledger) == [HeldKind.VANISHED]
    rehearsed = ledger.held.accept(1, dry_run=True)
    assert rehearsed.receipt is None
    assert [change.after for change in rehearsed.changes] == [None]
    assert ledger.customers.count() == 3
    settled = ledger.held.accept(1)
    assert ledger.customers.count() == 2
    undone(ledger, settled)
    assert "Cy,K3" in customers(folder)
    edit(without_row("K3"))
    ledger.held.restore(2)
    assert "Cy,K3" in customers(folder)
    assert ledger.held.list() == []


def test_what_goes_along_with_a_record_is_told(ledger: Ledger, edit: Edit) -> None:
    ledger.followups.add(customer="K3", due="2026-01-31")
    edit(without_row("K3"))
    rehearsed = ledger.held.accept(1, dry_run=True)
    assert [change.type for change in rehearsed.along] == ["followup"]


def test_a_row_that_came_back_brings_its_record_back(ledger: Ledger, edit: Edit, folder: Path) -> None:
    ledger.tags.add("vip", "K3")
    row = next(line for line in customers(folder).splitlines(keepends=True) if ",K3," in line)
    customer = ledger.customers.get("K3")
    ledger.customers.remove("K3")
    edit(lambda text: text + row.replace("Cy,", "Cyrus,"))
    assert kinds(ledger) == [HeldKind.RETURNED]
    settled = ledger.held.accept(1)
    back = ledger.customers.get("K3")
    assert (back.id, back.name, back.tags) == (customer.id, "Cyrus", frozenset({"vip"}))
    assert back.created_at == customer.created_at
    assert ledger.held.list() == []
    undone(ledger, settled)
    assert ledger.customers.count() == 2


def test_a_row_with_the_id_of_another_becomes_a_record_of_its_own(ledger: Ledger, edit: Edit, folder: Path) -> None:
    row = next(line for line in customers(folder).splitlines(keepends=True) if ",K1," in line)
    edit(
        lambda text: text + row.replace("K1", "K9").replace("Ann", "Dee") + row.replace("K1", "K8").replace("C-", "X-")
    )
    assert sorted(kinds(ledger)) == [HeldKind.REPEATED, HeldKind.STRANGE_ID]
    settled = ledger.held.accept(every=True)
    assert [change.before for change in settled.changes] == [None, None]
    assert ledger.customers.count() == 5
    assert ledger.customers.get("K9").name == "Dee"
    assert list(ledger.held.taken_in())[-1:] != []
    undone(ledger, settled)
    assert ledger.customers.count() == 3


def test_a_record_both_of_whose_rows_were_accepted_as_others_is_missed(
    ledger: Ledger, edit: Edit, folder: Path
) -> None:
    row = next(line for line in customers(folder).splitlines(keepends=True) if ",K3," in line)
    edit(lambda text: text.replace("Cy,K3", "Cy,K7") + row.replace("Cy,K3", "Cy,K8"))
    ledger.held.accept(every=True)
    assert kinds(ledger) == [HeldKind.VANISHED]
    assert ledger.customers.count() == 5


def test_a_column_becomes_a_field_of_the_kind_that_fits(ledger: Ledger, edit: Edit, folder: Path) -> None:
    def with_column(text: str) -> str:
        head, *rows = text.splitlines()
        return "".join([f"{head},Shoe size\r\n", *(f"{row},{40 + at}\r\n" for at, row in enumerate(rows))])

    edit(with_column)
    assert kinds(ledger) == [HeldKind.COLUMN]
    settled = ledger.held.accept(1)
    ((name, field),) = settled.fields
    assert (name, field.key, field.spec.kind) == ("customer", "x_shoe_size", Kind.INTEGER)
    assert ledger.customers.get("K2").extra["x_shoe_size"] == 41
    assert ledger.held.list() == []
    assert ",41\r\n" in customers(folder)


def test_the_kind_of_a_column_can_be_told_and_a_column_left_alone(ledger: Ledger, edit: Edit) -> None:
    edit(lambda text: text.replace(",Tags\r\n", ",Tags,Member,Mine\r\n"))
    first, second = ledger.held.list()
    settled = ledger.held.accept(first.number, kind="yes_no")
    assert settled.fields[0][1].spec.kind is Kind.YES_NO
    ledger.held.restore(second.number)
    edit(lambda text: text + "\r\n")
    assert ledger.held.list() == []


def test_a_column_that_was_left_alone_is_read_when_it_becomes_a_field(ledger: Ledger, edit: Edit, folder: Path) -> None:
    edit(lambda text: "\r\n".join(f"{line},{'Mine' if line.startswith('ID') else 'x'}" for line in text.splitlines()))
    ledger.held.restore(1)
    ledger.fields.add("customer", "Mine")
    assert ledger.customers.get("K1").extra["x_mine"] == "x"
    assert customers(folder).count(",x") == 3


def test_a_new_row_of_which_no_record_can_be_made_is_told_what_to_do(ledger: Ledger, edit: Edit, folder: Path) -> None:
    edit(lambda text: text + ",,K5\r\n")
    with pytest.raises(UsageError, match="Row 5 of customers cannot be accepted") as caught:
        ledger.held.accept(1)
    assert "Correct it in the file" in caught.value.hint
    ledger.held.restore(1)
    assert "K5" not in customers(folder)
    assert ledger.operations()[0].about["held"][0]["cells"] == {"code": "K5"}


def test_a_column_becomes_choices_of_what_stands_in_it(ledger: Ledger, edit: Edit) -> None:
    edit(
        lambda text: "\r\n".join(
            row + end for row, end in zip(text.splitlines(), (",Belt", ",A", ",B", ",A"), strict=True)
        )
    )
    (held,) = ledger.held.list()
    settled = ledger.held.accept(held.number, kind="choice")
    ((_, field),) = settled.fields
    assert [choice.code for choice in field.spec.choices] == ["A", "B"]
    assert ledger.held.list() == []
    assert ledger.customers.count(by=field.key) == {"A": 2, "B": 1}


def test_a_sheet_sorted_without_its_ids_is_believed_or_restored(ledger: Ledger, edit: Edit, folder: Path) -> None:
    def sorted_apart(text: str) -> str:
        head, *rows = text.splitlines()
        ids, rest = [row.split(",", 1)[0] for row in rows], [row.split(",", 1)[1] for row in rows]
        return "\r\n".join([head, *(f"{one},{row}" for one, row in zip(ids, reversed(rest), strict=True)), ""])

    before = customers(folder)
    edit(sorted_apart)
    assert kinds(ledger) == [HeldKind.APART]
    ledger.held.restore(1)
    assert sorted(customers(folder).splitlines()) == sorted(before.splitlines())  # the rows keep their new order
    edit(sorted_apart)
    first = next(iter(ledger.customers))
    settled = ledger.held.accept(2)
    assert ledger.customers.get(first.id).code == "K3"
    undone(ledger, settled)
    assert ledger.customers.get(first.id).code == "K1"


def test_a_file_that_cannot_be_read_is_only_restored(ledger: Ledger, edit: Edit, folder: Path) -> None:
    before = customers(folder)
    edit(lambda text: text + '"open')
    assert kinds(ledger) == [HeldKind.UNREADABLE]
    with pytest.raises(UsageError, match="cannot be accepted"):
        ledger.held.accept(1)
    ledger.held.restore(1)
    assert sorted(customers(folder).splitlines()) == sorted(before.splitlines())
    assert len(list(folder.glob("customers.unreadable-*.csv"))) == 1


def test_all_is_accepted_that_can_be_and_the_rest_is_told(ledger: Ledger, edit: Edit) -> None:
    edit(lambda text: without_row("K3")(text).replace("Bob,K2,", "Bob,K2,nonsense"))
    settled = ledger.held.accept(every=True)
    assert [one.kind for one in settled.held] == [HeldKind.VANISHED]
    assert [one.held.kind for one in settled.left] == [HeldKind.UNFIT]
    assert kinds(ledger) == [HeldKind.UNFIT]
    undone(ledger, settled)
    assert ledger.customers.count() == 3


def test_what_is_held_is_chosen_by_type_and_by_reason(ledger: Ledger, edit: Edit) -> None:
    edit(lambda text: without_row("K3")(text).replace("Bob,K2,", "Bob,K2,nonsense"))
    assert len(ledger.held.list("customers")) == 2
    assert ledger.held.list("followup") == []
    assert [one.kind for one in ledger.held.list(why="vanished")] == [HeldKind.VANISHED]
    with pytest.raises(InvalidValueError, match="is not a reason"):
        ledger.held.list(why="whim")
    settled = ledger.held.restore(record_type="customer")
    assert len(settled.held) == 2
    assert ledger.held.list() == []


@pytest.mark.parametrize(
    ("numbers", "options", "error"),
    [
        ((), {}, UsageError),
        ((1,), {"every": True}, UsageError),
        ((9,), {}, NotFoundError),
        ((1, 2), {"value": "x"}, UsageError),
        ((2,), {"value": "x"}, UsageError),
        ((1,), {"kind": "text"}, UsageError),
    ],
)
def test_what_makes_no_sense_is_refused(ledger: Ledger, edit: Edit, numbers, options, error) -> None:
    edit(lambda text: without_row("K3")(text).replace("Bob,K2,", "Bob,K2,nonsense"))
    assert kinds(ledger) == [HeldKind.UNFIT, HeldKind.VANISHED]
    with pytest.raises(error):
        ledger.held.accept(*numbers, **options)


def test_what_a_sensitive_cell_held_is_not_in_the_log(ledger: Ledger, edit: Edit) -> None:
    place = 29
    edit(lambda text: text.replace(next(line for line in text.splitlines() if "K3" in line), next(
        ",".join(cell if at != place else "1.10101E+17" for at, cell in enumerate(line.split(",")))
        for line in text.splitlines() if "K3" in line)))  # fmt: skip
    (held,) = ledger.held.list()
    assert held.key == "id_number"
    ledger.held.restore(1)
    assert "1.10101E+17" not in str(ledger.operations()[0].about)
