"""Reading workbooks: which sheet, which rows, what a cell says, and true errors."""

import contextlib
import os
import random
import subprocess
import sys
import zipfile
from datetime import date, datetime, time
from pathlib import Path

import openpyxl
import pytest
from custledger_excel import EXCEL_READER
from custledger_excel.manifest import TITLE, Manifest, SheetInfo

from custledger.errors import CustledgerError, FileFormatError, NotFoundError
from custledger.records import Customer, FollowUp, Interaction
from custledger.schema import Schema

CUSTOMERS = Schema.of(Customer)
DATA = Path(__file__).parents[3] / "../shared/data/calamine-xlsx"
OLD = sorted(one for one in DATA.glob("*.xls*") if one.suffix in {".xls", ".xlsb"} and one.stat().st_size < 60_000)
DAMAGED = max(100, int(os.environ.get("CUSTLEDGER_EXAMPLES", "0")) // 2)
"""How many workbooks are damaged at random."""


def book(path, sheets, hidden=()):
    """Write a workbook as another program does."""
    made = openpyxl.Workbook()
    made.remove(made.worksheets[0])
    for title, rows in sheets.items():
        sheet = made.create_sheet(title)
        for row in rows:
            sheet.append(row)
        if title in hidden:
            sheet.sheet_state = "hidden"
    made.save(path)
    return path


def read(path, **options):
    with EXCEL_READER.open(path, **options) as table:
        return list(table.heading), list(table.rows()), table.description


def parts_changed(path, change):
    """Return a copy of a workbook with its parts changed by ``change(name, content)``."""
    target = path.with_name(f"changed-{path.name}")
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
        for name in source.namelist():
            made.writestr(name, change(name, source.read(name)))
    return target


def test_every_kind_of_cell_becomes_text(tmp_path):
    row = [
        "001",
        7,
        2.5,
        13800000001,
        True,
        date(2026, 11, 22),
        datetime(2026, 11, 22, 9, 5),
        time(7, 30),
        None,
        "é张😀",
    ]
    path = book(tmp_path / "a.xlsx", {"S": [list("abcdefghij"), row]})
    _, rows, description = read(path)
    told = ["001", "7", "2.5", "13800000001", "TRUE", "2026-11-22", "2026-11-22T09:05:00", "07:30:00", "", "é张😀"]
    assert rows == [(2, told)]
    assert description == "the sheet “S”"


def test_errors_of_formulas_are_told_as_they_are_shown(tmp_path):
    made = openpyxl.Workbook()
    for place, value in {"A1": "name", "B1": "sum", "A2": "x", "B2": "#N/A", "B3": "#DIV/0!", "C3": "y"}.items():
        made.worksheets[0][place] = value
    made.save(tmp_path / "e.xlsx")
    assert read(tmp_path / "e.xlsx")[1] == [(2, ["x", "#N/A", ""]), (3, ["", "#DIV/0!", "y"])]


def test_errors_are_told_in_their_places_where_the_first_columns_and_rows_are_blank(tmp_path):
    made = openpyxl.Workbook()
    for place, value in {"C4": "name", "D4": "sum", "D6": "#REF!", "C6": "x"}.items():
        made.worksheets[0][place] = value
    made.save(tmp_path / "e.xlsx")
    assert read(tmp_path / "e.xlsx")[:2] == (["name", "sum"], [(6, ["x", "#REF!"])])


def test_rows_have_the_numbers_of_the_spreadsheet_and_blank_ones_are_passed_over(tmp_path):
    path = book(tmp_path / "a.xlsx", {"S": [[], ["name"], [], ["x"], [None, None], ["y"]]})
    assert read(path)[:2] == (["name"], [(4, ["x"]), (6, ["y"])])


def test_the_heading_is_found_below_a_title(tmp_path):
    rows = [["2026 年客户登记表"], ["制表：小李"], ["客户名称", "联系电话", "城市"], ["张三", "138 0000 0000", "上海"]]
    path = book(tmp_path / "a.xlsx", {"S": rows})
    heading, found, _ = read(path, schema=CUSTOMERS)
    assert heading == ["客户名称", "联系电话", "城市"]
    assert found == [(4, ["张三", "138 0000 0000", "上海"])]
    assert read(path)[0] == ["2026 年客户登记表"]


@pytest.mark.parametrize("title", ["客户", "customer", "Customers", "CUSTOMERS ", "Customer"])
def test_the_sheet_that_is_called_as_the_records_is_taken(tmp_path, title):
    path = book(tmp_path / "a.xlsx", {"Notes": [["hello"], ["x"]], title: [["name"], ["Ann"]]})
    assert read(path, schema=CUSTOMERS)[1] == [(2, ["Ann"])]
    assert read(path)[0] == ["hello"]


def test_without_such_a_sheet_it_is_the_first_that_is_shown_and_has_anything(tmp_path):
    sheets = {"Hidden": [["a"]], "Empty": [], "List": [["name"], ["Ann"]], "More": [["b"]]}
    path = book(tmp_path / "a.xlsx", sheets, hidden=["Hidden"])
    assert read(path, schema=CUSTOMERS)[2] == "the sheet “List”"


@pytest.mark.parametrize("sheet", ["More", "more", "3"])
def test_a_sheet_is_named_or_numbered(tmp_path, sheet):
    path = book(tmp_path / "a.xlsx", {"Customers": [["a"]], "Empty": [], "More": [["b"]]})
    assert read(path, sheet=sheet, schema=CUSTOMERS)[0] == ["b"]


def test_a_sheet_that_is_not_there_is_told_with_those_that_are(tmp_path):
    path = book(tmp_path / "a.xlsx", {"Customers": [["a"]], "Other": [["b"]]})
    with pytest.raises(NotFoundError, match="called “4”") as caught:
        read(path, sheet="4")
    assert caught.value.hint == "There are: Customers, Other. Name one with the option sheet."
    with pytest.raises(NotFoundError) as caught:
        read(path, sheet="Custmers")
    assert caught.value.hint == "Did you mean Customers?"


def told(path, sheets, infos, language="zh"):
    made = openpyxl.load_workbook(book(path, sheets))
    page = made.create_sheet(TITLE)
    for row, cell in enumerate(Manifest(language=language, sheets=infos).cells(), 1):
        page.cell(row, 1).value = cell
    page.sheet_state = "veryHidden"
    made.save(path)
    return path


def test_what_a_workbook_says_of_itself_names_sheets_and_columns(tmp_path):
    infos = [SheetInfo("会员", "customer", {"会员姓名": "name", "手机": "phone", "教练": "x_coach"})]
    path = told(
        tmp_path / "a.xlsx", {"说明": [["x"]], "会员": [["会员姓名", "手机", "教练"], ["张三", "1380", "王"]]}, infos
    )
    heading, rows, description = read(path, schema=CUSTOMERS)
    assert heading == ["name", "手机", "教练"]
    assert rows == [(2, ["张三", "1380", "王"])]
    assert description == "the sheet “会员”"
    with pytest.raises(NotFoundError, match="sheet of followups") as caught:
        read(path, schema=Schema.of(FollowUp))
    assert caught.value.hint == "There are: 说明, 会员. Name one with the option sheet."


def test_what_is_not_understood_in_the_hidden_sheet_is_as_good_as_not_there(tmp_path):
    path = book(tmp_path / "a.xlsx", {"客户": [["name"], ["Ann"]], TITLE: [["{broken"]]})
    assert read(path, schema=CUSTOMERS)[1] == [(2, ["Ann"])]
    assert Manifest.of(['{"custledger": 99}']) is None
    assert Manifest.of(["[]"]) is None


def test_a_marked_text_is_unmarked_and_others_keep_their_apostrophes(tmp_path):
    path = book(tmp_path / "a.xlsx", {"S": [["a", "b", "c"], ["'=1", "'tis", "''=1"]]})
    assert read(path)[1] == [(2, ["=1", "'tis", "'=1"])]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "is empty"),
        (b"name,city\n", "is no workbook"),
        (b"%PDF-1.7", "is a PDF"),
        (b"PK\x03\x04 and then nothing", "is damaged"),
        (b"\xd0\xcf\x11\xe0 and then nothing", "is damaged"),
    ],
)
def test_a_file_that_is_no_workbook_is_told_so(tmp_path, content, why):
    path = tmp_path / "a.xlsx"
    path.write_bytes(content)
    with pytest.raises(FileFormatError, match=why) as caught:
        read(path)
    assert caught.value.hint


def test_a_workbook_that_was_cut_off_is_damaged_wherever_that_was(tmp_path):
    path = book(tmp_path / "a.xlsx", {"S": [["name"], ["Ann"]]})
    whole = path.read_bytes()
    for length in range(4, len(whole), len(whole) // 40):
        path.write_bytes(whole[:length])
        with pytest.raises(FileFormatError, match="is damaged"):
            read(path)


def test_parts_whose_bytes_were_changed_are_read_or_refused(tmp_path):
    path = book(tmp_path / "a.xlsx", {"S": [["name", "n"], *([f"x{n}", n] for n in range(20))], "T": [["a"]]})
    source = random.Random(5)
    refused = []
    for _ in range(DAMAGED):
        wanted = source.choice(["sheet1", "workbook", "styles", "rels", "Content_Types"])

        def spoil(name, content, wanted=wanted):
            if wanted not in name:
                return content
            spoiled = bytearray(content)
            for _ in range(source.randrange(1, 6)):
                spoiled[source.randrange(len(spoiled))] = source.randrange(256)
            return bytes(spoiled)

        try:
            read(parts_changed(path, spoil))
        except CustledgerError as error:
            refused.append(error)
    assert 0 < len(refused) < DAMAGED
    assert [str(error) for error in refused if not error.hint] == []


@pytest.mark.skipif(not OLD, reason="the corpus calamine-xlsx is not beside the project")
def test_a_workbook_of_an_old_format_takes_no_memory_and_no_process_of_ours(tmp_path):
    """Damaged ones make calamine ask for more memory than there is, which ends the process that it is in."""
    source = random.Random(9)
    read_at_all = 0
    for number in range(DAMAGED // 10):
        chosen = source.choice(OLD)
        spoiled = bytearray(chosen.read_bytes())
        for _ in range(source.randrange(4)):
            spoiled[source.randrange(len(spoiled))] = source.randrange(256)
        path = tmp_path / f"{number}{chosen.suffix}"
        path.write_bytes(spoiled)
        with contextlib.suppress(CustledgerError):
            read(path)
            read_at_all += 1
    assert read_at_all


def test_an_empty_workbook_and_an_empty_sheet_say_so(tmp_path):
    path = book(tmp_path / "a.xlsx", {"One": [], "Two": []})
    with pytest.raises(FileFormatError, match="is empty"):
        read(path)
    with pytest.raises(FileFormatError, match="nothing in the sheet “Two”"):
        read(path, sheet="Two")


def test_a_missing_file_and_a_folder_are_one_line_errors(tmp_path):
    for path in (tmp_path / "none.xlsx", tmp_path):
        with pytest.raises(CustledgerError):
            read(path)


def test_a_bomb_is_not_unpacked(tmp_path):
    path = book(tmp_path / "a.xlsx", {"S": [["name"], ["Ann"]]})
    bomb = parts_changed(path, lambda name, content: b" " * (70 << 20) if "styles" in name else content)
    assert bomb.stat().st_size < 1 << 20
    with pytest.raises(FileFormatError, match="far larger than a workbook"):
        read(bomb)


def test_a_part_that_is_larger_than_the_directory_says_is_damage(tmp_path):
    path = book(tmp_path / "a.xlsx", {"S": [["name"], ["Ann"]]})
    with zipfile.ZipFile(path) as made:
        info = made.getinfo("xl/styles.xml")
        size = info.file_size.to_bytes(4, "little")
    content = path.read_bytes()
    path.write_bytes(content.replace(size, (100).to_bytes(4, "little")))
    with pytest.raises(FileFormatError, match="is damaged"):
        read(path)


@pytest.mark.parametrize("far", [("XFD1048576",), ("A900000", "AZ2"), ("ZZ1", "A700000")])
@pytest.mark.parametrize("oddly", [False, True])
def test_two_cells_far_from_each_other_do_not_take_all_memory(tmp_path, far, oddly):
    made = openpyxl.Workbook()
    made.worksheets[0]["A1"] = "name"
    for place in far:
        made.worksheets[0][place] = "x"
    made.save(tmp_path / "a.xlsx")
    path = tmp_path / "a.xlsx"
    if oddly:
        path = parts_changed(
            path,
            lambda name, content: (
                content.replace(b' r="', b"\n r = '").replace(b'" t="', b"' t=\"") if "sheet1" in name else content
            ),
        )
    with pytest.raises(FileFormatError, match=r"nearly all of which are empty|is damaged"):
        read(path)


def test_cells_that_only_have_a_style_take_no_room(tmp_path):
    made = openpyxl.Workbook()
    made.worksheets[0]["A1"], made.worksheets[0]["A2"] = "name", "Ann"
    made.worksheets[0]["XFD1000000"].number_format = "0.00"
    made.save(tmp_path / "a.xlsx")
    assert read(tmp_path / "a.xlsx")[1] == [(2, ["Ann"])]


def test_a_sheet_of_many_cells_is_read_though_it_is_wide_and_long(tmp_path):
    rows = [[f"c{n}" for n in range(30)], *([str(n)] * 30 for n in range(300))]
    assert len(read(book(tmp_path / "a.xlsx", {"S": rows}))[1]) == 300


def test_repeated_rows_of_opendocument_are_bounded(tmp_path):
    cells = '<table:table-cell table:number-columns-repeated="{columns}" office:value-type="string"><text:p>x</text:p></table:table-cell>'
    content = (
        '<?xml version="1.0"?><office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0">'
        '<office:body><office:spreadsheet><table:table table:name="S"><table:table-row table:number-rows-repeated="{rows}">'
        f"{cells}</table:table-row></table:table></office:spreadsheet></office:body></office:document-content>"
    )

    def ods(rows, columns):
        path = tmp_path / "a.ods"
        with zipfile.ZipFile(path, "w") as made:
            made.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
            made.writestr("META-INF/manifest.xml", "<x/>")
            made.writestr("content.xml", content.format(rows=rows, columns=columns))
        return path

    assert len(read(ods(5, 3))[1]) == 4
    with pytest.raises(FileFormatError, match="nearly all of which are empty"):
        read(ods(6000, 16_000))


def test_the_standard_input_is_read_for_a_dash(tmp_path):
    path = book(tmp_path / "a.xlsx", {"S": [["name"], ["Ann"]]})
    program = (
        "from custledger_excel import EXCEL_READER\n"
        "with EXCEL_READER.open('-') as table: print(list(table.heading), list(table.rows()), table.progress)"
    )
    done = subprocess.run([sys.executable, "-c", program], input=path.read_bytes(), capture_output=True, check=True)
    assert done.stdout.decode().strip() == "['name'] [(2, ['Ann'])] 1.0"


def test_progress_grows_to_one(tmp_path):
    path = book(tmp_path / "a.xlsx", {"S": [["a"], *([n] for n in range(100))]})
    with EXCEL_READER.open(path) as table:
        shares = [table.progress for _ in table.rows()]
        assert shares == sorted(shares)
        assert table.progress == 1.0


def test_importing_the_plugin_imports_neither_calamine_nor_a_writer():
    program = "import sys, custledger_excel; print([m for m in sys.modules if m.split('.')[0] in ('python_calamine', 'xlsxwriter', 'openpyxl', 'zipfile', 'xml')])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True)
    assert done.stdout.strip() == "[]"


def test_the_sheet_of_a_type_without_one_is_the_first(tmp_path):
    path = book(tmp_path / "a.xlsx", {"List": [["客户", "时间"], ["张三", "2026-11-22"]]})
    assert read(path, schema=Schema.of(Interaction))[1] == [(2, ["张三", "2026-11-22"])]


def test_a_workbook_with_a_name_of_any_kind_is_read(tmp_path):
    path = Path(os.fsdecode(os.fsencode(tmp_path) + "/客户 (1).xlsx".encode()))
    assert read(book(path, {"S": [["a"], ["b"]]}))[1] == [(2, ["b"])]
