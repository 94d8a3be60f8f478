"""A workbook as a ledger: what people put into it survives, and what they type is read."""

import io
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from custledger_excel.book import is_own
from custledger_excel.colours import LOOKS
from custledger_excel.store import open_workbook
from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from custledger.changes import Settlement
from custledger.errors import CustledgerError, LockedError, NotFoundError, UsageError
from custledger.fields import choices
from custledger.stores.contract import Store
from custledger.stores.held import HeldKind
from custledger.testing import Clerk

RED = PatternFill("solid", fgColor="FFCC0000")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "book.xlsx"


@pytest.fixture
def clerk(file: Path) -> Clerk:
    clerk = Clerk(open_workbook(str(file)))
    clerk.put("ledger", {"name": "", "language": "en", "currency": "CNY", "zone": "UTC"})
    return clerk


def by_hand(file: Path, change: Callable[[Any], None]) -> None:
    """Do what somebody does in a spreadsheet, and save."""
    book = load_workbook(file)
    change(book)
    book.save(file)


def page_of(file: Path, title: str = "People") -> Any:
    """Open a sheet as people find it."""
    return load_workbook(file)[title]


def columns(page: Any) -> dict[str, int]:
    return {cell.value: cell.column for cell in page[1]}


def test_formulas_colours_comments_and_columns_of_peoples_own_survive(file: Path, clerk: Clerk) -> None:
    ada = clerk.add("person", name="Ada", age=3)

    def decorate(book: Any) -> None:
        page = book["People"]
        last = page.max_column
        page.cell(1, last + 1, "Twice")
        page.cell(2, last + 1, "=2*3")
        page.cell(1, last + 2, "Mine")
        page.cell(2, last + 2, "kept").fill = RED
        page.cell(2, columns(page)["Name"]).comment = Comment("a friend", "somebody")
        page.cell(2, columns(page)["Name"]).fill = RED
        book.create_sheet("Beside")["B2"] = "=SUM(People!A1:A9)"

    by_hand(file, decorate)
    assert not is_own(file.read_bytes())
    bob = clerk.add("person", name="Bob")
    clerk.edit("person", ada, name="Ada Lovelace", age=4)
    page = page_of(file)
    own = columns(page)
    assert [page.cell(2, own[heading]).value for heading in ("Name", "Twice", "Mine")] == [
        "Ada Lovelace",
        "=2*3",
        "kept",
    ]
    assert page.cell(2, own["Mine"]).fill == RED
    assert page.cell(2, own["Name"]).fill == RED
    assert page.cell(2, own["Name"]).comment.text == "a friend"
    assert page.cell(3, own["Name"]).value == "Bob"
    assert page_of(file, "Beside")["B2"].value == "=SUM(People!A1:A9)"
    assert clerk.ids("person") == [ada, bob]


def test_what_formulas_came_to_survives_for_whoever_does_not_compute(file: Path, clerk: Clerk) -> None:
    ada = clerk.add("person", name="Ada", age=3)
    by_hand(file, lambda book: book["People"].cell(2, columns(book["People"])["Age"], "=1+6"))
    computed(file, "People", b"<v>7</v>")
    assert clerk.values("person", ada) == {"name": "Ada", "age": 7}
    clerk.edit("person", ada, name="Ada L.")
    clerk.add("person", name="Bob")
    assert clerk.values("person", ada) == {"name": "Ada L.", "age": 7}
    assert load_workbook(file, data_only=True)["People"].cell(2, columns(page_of(file))["Age"]).value == 7
    assert page_of(file).cell(2, columns(page_of(file))["Age"]).value == "=1+6"


def test_a_formula_that_nobody_has_computed_says_nothing(file: Path, clerk: Clerk) -> None:
    ada = clerk.add("person", name="Ada", age=7)
    by_hand(file, lambda book: book["People"].cell(2, columns(book["People"])["Age"], "=1+6"))
    by_hand(file, lambda book: book["People"].cell(2, columns(book["People"])["Name"], "Ada L."))
    assert clerk.values("person", ada) == {"name": "Ada L.", "age": 7}
    clerk.edit("person", ada, notes="ours")
    page = page_of(file)
    assert page.cell(2, columns(page)["Age"]).value == "=1+6"
    assert clerk.values("person", ada) == {"name": "Ada L.", "age": 7, "notes": "ours"}


def test_a_sheet_that_was_given_another_title_is_read_on(file: Path, clerk: Clerk) -> None:
    ada = clerk.add("person", name="Ada")

    def rename(book: Any) -> None:
        book["People"].cell(2, columns(book["People"])["Name"], "Ada L.")
        book["People"].title = "Members"

    by_hand(file, rename)
    assert clerk.values("person", ada) == {"name": "Ada L."}
    bob = clerk.add("person", name="Bob")
    assert clerk.store.held() == ()
    page = page_of(file, "Members")
    assert [page.cell(row, columns(page)["Name"]).value for row in (2, 3)] == ["Ada L.", "Bob"]
    assert clerk.ids("person") == [ada, bob]


def test_sheets_keep_their_order_whichever_is_written(file: Path, clerk: Clerk) -> None:
    ada = clerk.add("person", name="Ada")
    before = load_workbook(file).sheetnames
    clerk.add("visit", person=ada, note="first")
    assert load_workbook(file).sheetnames == before


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 nonsense", b"\xd0\xcf\x11\xe0" + bytes(600)])
def test_a_damaged_workbook_of_a_ledger_is_held_and_made_anew(file: Path, clerk: Clerk, content: bytes) -> None:
    ada = clerk.add("person", name="Ada")
    clerk.store.close()
    file.write_bytes(content)
    again = clerk.beside(open_workbook(str(file), create=False))
    assert again.values("person", ada) == {"name": "Ada"}
    held = again.store.held()
    assert {one.kind for one in held} == {HeldKind.UNREADABLE}
    settle(again, held[0].number, accept=False)
    assert again.store.held() == ()
    page = page_of(file)
    assert page.cell(2, columns(page)["Name"]).value == "Ada"


def test_a_renamed_record_and_a_row_that_names_it_may_be_edited_at_once(file: Path, clerk: Clerk) -> None:
    ada = clerk.add("person", name="Ada")
    visit = clerk.add("visit", person=ada, note="first")

    def edit(book: Any) -> None:
        book["People"].cell(2, columns(book["People"])["Name"], "Ada L.")
        book["Visits"].cell(2, columns(book["Visits"])["Note"], "called")

    by_hand(file, edit)
    assert clerk.whole("visit", visit)["note"] == "called"
    assert clerk.whole("visit", visit)["person"] == ada
    assert clerk.store.held() == ()
    clerk.edit("visit", visit, note="ours")
    page = page_of(file, "Visits")
    assert page.cell(2, columns(page)["Person"]).value == "Ada L."


def computed(file: Path, title: str, value: bytes) -> None:
    """Give the one formula of a sheet the value that a spreadsheet computes."""
    part = f"xl/worksheets/sheet{load_workbook(file).sheetnames.index(title) + 1}.xml"
    written = io.BytesIO()
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(written, "w") as new:
        for info in old.infolist():
            content = old.read(info)
            new.writestr(
                info, content.replace(b"<v/>", value).replace(b"<v />", value) if info.filename == part else content
            )
    file.write_bytes(written.getvalue())


def test_charts_survive_byte_for_byte(file: Path, clerk: Clerk) -> None:
    ada = clerk.add("person", name="Ada", grade="gold")

    def charts() -> list[bytes]:
        with zipfile.ZipFile(file) as package:
            return sorted(package.read(name) for name in package.namelist() if name.startswith("xl/charts/chart"))

    before = charts()
    assert before
    with zipfile.ZipFile(file, "a") as package:
        package.comment = b""  # as if another program had written it
    clerk.edit("person", ada, age=5)
    assert not is_own(file.read_bytes())
    assert charts() == before


def test_a_workbook_that_nobody_else_has_written_is_written_anew(file: Path, clerk: Clerk) -> None:
    clerk.add("person", name="Ada")
    assert is_own(file.read_bytes())
    by_hand(file, lambda book: book["People"].cell(5, 1).value)
    assert not is_own(file.read_bytes())


def test_days_of_a_workbook_that_counts_from_1904_are_the_same_days(file: Path) -> None:
    book = Workbook()
    book.epoch = CALENDAR_MAC_1904
    page: Any = book.active
    page.title = "People"
    page.append(["ID", "Name", "Born"])
    page.append([None, "Ada", date(1990, 5, 17)])
    book.save(file)
    clerk = Clerk(open_workbook(str(file)))
    clerk.put("ledger", {"language": "en", "currency": "CNY", "zone": "UTC"})
    (ada,) = clerk.ids("person")
    assert clerk.values("person", ada) == {"name": "Ada", "born": "1990-05-17"}
    clerk.edit("person", ada, born="1991-06-18")
    page = page_of(file)
    assert page.cell(2, columns(page)["Born"]).value.date() == date(1991, 6, 18)


def test_an_accepted_column_becomes_a_field_and_a_nonsense_cell_is_settled(file: Path, clerk: Clerk) -> None:
    ada = clerk.add("person", name="Ada", age=3)
    by_hand(file, lambda book: book["People"].cell(2, columns(book["People"])["Age"], "three or so"))
    assert clerk.values("person", ada) == {"name": "Ada", "age": 3}
    (held,) = clerk.store.held()
    assert (held.kind, held.text, held.row, held.heading) == (HeldKind.UNFIT, "three or so", 2, "Age")
    settle(clerk, held.number, accept=False)
    assert page_of(file).cell(2, columns(page_of(file))["Age"]).value == 3
    assert clerk.store.held() == ()


def settle(clerk: Clerk, number: int, *, accept: bool) -> None:
    changeset = clerk.changeset()
    clerk.store.apply(
        type(changeset)(operation=changeset.operation, settles=(Settlement(number, accept),)),
        generation=clerk.generation,
    )


@pytest.mark.parametrize("who", ["us", "others"])
def test_a_choice_that_gets_another_name_and_colour_has_them_in_the_workbook(
    file: Path, clerk: Clerk, who: str
) -> None:
    ada = clerk.add("person", name="Ada", grade="gold")
    clerk.add("person", name="Bob", grade="silver")
    if who == "others":
        by_hand(file, lambda book: book["People"].cell(1, 30, "Mine"))
    other = choices("gold|Platinum|白金|purple", "silver|Silver|银牌|gray", "bronze|Bronze|铜牌|orange")
    clerk.learn([clerk.schemas["person"].with_choices({"grade": other})])
    book: Any = load_workbook(file)
    page = book["People"]
    grade = page.cell(1, columns(page)["Grade"]).column_letter
    assert [page[f"{grade}{row}"].value for row in (2, 3)] == ["Platinum", "Silver"]
    colours = {
        rule.formula[0]: rule.dxf.fill.bgColor.rgb
        for one in page.conditional_formatting
        if str(one.sqref).startswith(f"{grade}2:")
        for rule in one.rules
    }
    assert colours['"Platinum"'] == "FF" + LOOKS["purple"].ground.removeprefix("#")
    assert '"Gold"' not in colours
    shown = [cell.value for row in book["_custledger"].iter_rows() for cell in row]
    assert "Platinum" in shown
    assert "Gold" not in shown
    assert "Gold" not in [cell.value for row in book["Summary"].iter_rows() for cell in row]
    assert clerk.values("person", ada) == {"name": "Ada", "grade": "gold"}
    assert [one.kind for one in clerk.store.held()] == ([HeldKind.COLUMN] if who == "others" else [])


@pytest.mark.parametrize(("lock", "program"), [(".~lock.book.xlsx#", "LibreOffice"), ("~$book.xlsx", "Excel")])
def test_a_workbook_that_somebody_has_open_is_read_and_not_written(
    file: Path, clerk: Clerk, lock: str, program: str
) -> None:
    ada = clerk.add("person", name="Ada")
    content = file.read_bytes()
    (file.parent / lock).write_text("")
    with pytest.raises(LockedError, match=f"is open in {program}") as caught:
        clerk.edit("person", ada, age=4)
    assert caught.value.exit_code == 5
    assert file.read_bytes() == content
    assert clerk.values("person", ada) == {"name": "Ada"}
    by_hand(file, lambda book: book["People"].cell(2, columns(book["People"])["Name"], "Ada L."))
    by_hand(file, lambda book: book["People"].cell(3, columns(book["People"])["Name"], "Bob"))
    assert clerk.values("person", ada) == {"name": "Ada L."}
    assert clerk.count("person") == [(1,)]  # a new row waits until its id can be written
    (file.parent / lock).unlink()
    clerk.edit("person", ada, age=4)
    assert clerk.count("person") == [(2,)]


def test_a_workbook_that_is_replaced_underneath_is_looked_at_before_it_is_written(file: Path, clerk: Clerk) -> None:
    ada = clerk.add("person", name="Ada")
    edition = clerk.edition("person", ada, age=4)
    by_hand(file, lambda book: book["People"].cell(2, columns(book["People"])["Name"], "Ada L."))
    clerk.apply(edition)
    assert clerk.values("person", ada) == {"name": "Ada L.", "age": 4}


@pytest.mark.parametrize("name", ["book.xls", "book.ods", "book.xlsb", "book"])
def test_formats_that_cannot_be_written_whole_are_no_ledgers(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="cannot be kept"):
        open_workbook(str(tmp_path / name))


def test_what_is_no_workbook_is_told(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError):
        open_workbook(str(tmp_path / "no" / "book.xlsx"))
    with pytest.raises(NotFoundError):
        open_workbook(str(tmp_path / "book.xlsx"), create=False)
    (tmp_path / "book.xlsx").write_bytes(b"PK\x03\x04 nonsense")
    with pytest.raises(CustledgerError):
        opened(tmp_path / "book.xlsx")


def opened(file: Path) -> Store:
    clerk = Clerk(open_workbook(str(file)))
    clerk.put("ledger", {"language": "en", "currency": "CNY", "zone": "UTC"})
    return clerk.store
