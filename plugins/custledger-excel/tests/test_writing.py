"""Writing workbooks: every text comes back, days and amounts are cells of their kind, and nothing is live."""

import io
import json
import os
import random
import re
import zipfile
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import custledger_excel
import openpyxl
import pytest
from custledger_excel import EXCEL_READER, EXCEL_WRITER, styled
from custledger_excel.cells import LONGEST
from hypothesis import example, given, settings
from hypothesis import strategies as st

import custledger
from custledger.errors import FileFormatError
from custledger.plugins import Plugins

DATA = Path(__file__).parents[3] / "../shared/data"
BLNS = DATA / "blns/blns.json"
PAYLOADS = DATA / "csv-injection/csv-payload.txt"
RISKY = st.text(alphabet="'=+-@%|＝＋－＠﹢ \t\r\n\0\"5.,;<&>_x\ufeff\u200b\x01\x0b\x1f\x7f\x85a张😀", max_size=8)
TEXTS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\ufffe\uffff"), max_size=12), RISKY
)
FRAGILE = (
    "00123", "110101199001011234", "6222020200112233445", "1.1E+17", "1e5", "-5", "+86 139 0000 0000", "2026-11-22",
    "1/2", "3-4", "TRUE", "#N/A", "=1+1", "'=1", "''", "_x0041_", "_x000D_", " padded ", "two\nlines", "tab\there",
    "cr\rlf\r\n", "\x01\x0b\x1f", "ＡＢＣ１２３", "＝１＋１", "😀👩‍👩‍👧‍👦", "𠮷野家", "e\u0301", "\u202eabc", "\u200b", "Straße",
)  # fmt: skip


EXAMPLES = max(40, int(os.environ.get("CUSTLEDGER_EXAMPLES", "0")) // 20)


def written(heading, rows, **options):
    stream = io.BytesIO()
    EXCEL_WRITER.write(stream, heading, rows, **options)
    return stream.getvalue()


def read_back(content, path, **options):
    path.write_bytes(content)
    with EXCEL_READER.open(path, **options) as table:
        return [list(table.heading), *(cells for _, cells in table.rows())]


def assert_nothing_is_live(content):
    with zipfile.ZipFile(io.BytesIO(content)) as made:
        parts = [name for name in made.namelist() if name.startswith("xl/worksheets/")]
        assert parts
        for name in parts:
            text = made.read(name).decode()
            assert "<f>" not in text
            assert "<f " not in text
            assert "<hyperlink" not in text
        assert not [name for name in made.namelist() if "externalLink" in name]


@settings(max_examples=EXAMPLES, deadline=None)
@given(rows=st.lists(st.lists(TEXTS, min_size=3, max_size=3), min_size=1, max_size=30))
@example(rows=[[*FRAGILE[:3]]])
def test_every_text_comes_back_exactly(rows, tmp_path_factory):
    kept = [row for row in rows if any(row)]
    content = written(["a", "b", "c"], rows)
    assert read_back(content, tmp_path_factory.getbasetemp() / "any.xlsx") == [["a", "b", "c"], *kept]


def test_fragile_texts_come_back_and_none_is_live(tmp_path):
    content = written(["a"], [[text] for text in FRAGILE])
    assert read_back(content, tmp_path / "a.xlsx")[1:] == [[text] for text in FRAGILE]
    assert_nothing_is_live(content)


@pytest.mark.skipif(not BLNS.is_file(), reason="the corpus blns is not beside the project")
def test_naughty_strings_come_back_exactly(tmp_path):
    naughty = [text for text in json.loads(BLNS.read_text("utf-8")) if text]
    assert len(naughty) > 400
    lost = [text for text in naughty if {"\ufffe", "\uffff"} & set(text)]
    kept = [text for text in naughty if text not in lost]
    content = written(["a", "b"], [[text, "x"] for text in kept])
    assert read_back(content, tmp_path / "a.xlsx")[1:] == [[text, "x"] for text in kept]
    assert_nothing_is_live(content)
    for text in lost:
        with pytest.raises(FileFormatError, match="which no workbook can hold"):
            written(["a"], [[text]])


@pytest.mark.skipif(not PAYLOADS.is_file(), reason="the corpus csv-injection is not beside the project")
def test_payloads_of_formulas_come_back_and_are_never_live(tmp_path):
    payloads = PAYLOADS.read_text("utf-8").splitlines()
    source = random.Random(1)
    made = [source.choice(["", " ", "\t", "\u200b", "＝", "'"]) + one for one in payloads for _ in range(50) if one]
    content = written(["a"], [[text] for text in made])
    assert read_back(content, tmp_path / "a.xlsx")[1:] == [[text] for text in made]
    assert_nothing_is_live(content)
    for row in openpyxl.load_workbook(tmp_path / "a.xlsx").worksheets[0].iter_rows():
        assert {cell.data_type for cell in row} == {"s"}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("a\ufffeb", "U+FFFE"),
        ("\ud800", "U+D800"),
        ("x" * (LONGEST + 1), "32,768 characters"),
        ("=" + "x" * LONGEST, "32,769"),
    ],
)
def test_what_no_workbook_holds_is_refused_with_its_place(text, why):
    with pytest.raises(FileFormatError, match=re.escape(why)) as caught:
        written(["name", "notes"], [["a", "b"], ["c", text]])
    assert (caught.value.row, caught.value.column) == (3, "notes")
    assert caught.value.hint == "Shorten it, or write CSV."


def test_the_longest_text_that_a_cell_holds_comes_back(tmp_path):
    texts = ["长" * LONGEST, "😀" * (LONGEST // 2), "\x01" * 100]
    assert read_back(written(["a"], [[text] for text in texts]), tmp_path / "a.xlsx")[1:] == [[text] for text in texts]


def test_more_rows_and_columns_than_a_sheet_has_are_refused(monkeypatch):
    monkeypatch.setattr(styled, "LAST_ROW", 3)
    with pytest.raises(FileFormatError, match="more than the 3 rows"):
        written(["a"], [["x"]] * 4)
    with pytest.raises(FileFormatError, match="would have 16,385 columns"):
        written(["a"] * 16_385, [])


def ledger(**options):
    return custledger.open(
        "memory:", plugins=Plugins.of(excel=custledger_excel), defaults={"zone": "Asia/Shanghai", **options}
    )


def values(ledger, keys):
    return [
        [customer.extra[key] if key.startswith("x_") else getattr(customer, key) for key in keys]
        for customer in ledger.customers.order("name")
    ]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_an_export_imports_into_another_ledger_as_it_was(tmp_path, language):
    first, second = ledger(language=language), ledger(language=language)
    days = [
        date(1900, 1, 1),
        date(1900, 2, 28),
        date(1900, 3, 1),
        date(1999, 12, 31),
        date(2000, 2, 29),
        date(2026, 11, 22),
    ]
    first.fields.add("customer", "Visits", kind="integer")
    first.fields.add("customer", "Score", kind="number")
    first.fields.add("customer", "Limit", kind="money")
    second.fields.add("customer", "Visits", kind="integer")
    second.fields.add("customer", "Score", kind="number")
    second.fields.add("customer", "Limit", kind="money")
    amounts = ("0.10", "1234567.8901", "-5.00", "99999999999999.9999", "136.50", "0.0001")
    for day, text, amount in zip(days, FRAGILE, amounts, strict=False):
        first.customers.add(
            name=f"客户 {text}", birthday=day, customer_since=date(2100, 12, 31), code=text, level="A", status="active", consent=True,
            phone="+86 138 0000 0000", id_number="110101199001011234", tags=["vip", "老客户"],
            x_visits=7, x_score=Decimal(amount), x_limit=Decimal(amount),
        )  # fmt: skip
    path = tmp_path / "out.xlsx"
    first.export("customer", path)
    report = second.import_file(path, "customer")
    assert (report.added, report.rejected, report.unmapped) == (6, 0, ())
    keys = [
        "name",
        "birthday",
        "customer_since",
        "code",
        "level",
        "status",
        "consent",
        "phone",
        "id_number",
        "tags",
        "x_visits",
        "x_score",
        "x_limit",
    ]
    assert values(second, keys) == values(first, keys)
    assert_nothing_is_live(path.read_bytes())


def test_days_amounts_and_numbers_are_cells_that_a_spreadsheet_reckons_with(tmp_path):
    there = ledger()
    there.fields.add("customer", "Limit", kind="money")
    there.customers.add(name="Ann", birthday=date(1990, 5, 17), x_limit=Decimal("12.50"), phone="0100200300")
    there.export("customer", tmp_path / "out.xlsx", columns=["name", "birthday", "x_limit", "phone", "created_at"])
    sheet = openpyxl.load_workbook(tmp_path / "out.xlsx").worksheets[0]
    name, birthday, limit, phone, created = next(sheet.iter_rows(min_row=2))
    assert (name.value, birthday.value, limit.value, phone.value) == ("Ann", datetime(1990, 5, 17), 12.5, "0100200300")
    assert (birthday.number_format, phone.number_format) == ("yyyy-mm-dd", "@")
    assert isinstance(created.value, str)  # with its offset, so that it means the same elsewhere
    assert created.value.endswith("+08:00")


def test_rejected_rows_and_expressions_go_into_a_workbook_too(tmp_path):
    there = ledger()
    there.customers.add(name="Ann", birthday=date(1990, 5, 17))
    there.export("customer", tmp_path / "out.xlsx", columns=["name", "month(birthday)"])
    assert read_back((tmp_path / "out.xlsx").read_bytes(), tmp_path / "a.xlsx")[1] == ["Ann", "5"]
    made = openpyxl.Workbook()
    for row in (["name", "phone"], ["Ben", "none"]):
        made.worksheets[0].append(row)
    made.save(tmp_path / "in.xlsx")
    report = there.import_file(tmp_path / "in.xlsx", "customer", rejects=str(tmp_path / "bad.xlsx"))
    assert report.rejected == 1
    assert read_back((tmp_path / "bad.xlsx").read_bytes(), tmp_path / "a.xlsx")[1][1:] == ["Ben", "none"]


def test_a_workbook_goes_to_a_stream_that_cannot_be_wound_back():
    class Pipe(io.RawIOBase):
        def __init__(self):
            self.content = b""

        def writable(self):
            return True

        def write(self, block):
            self.content += bytes(block)
            return len(block)

    pipe = Pipe()
    EXCEL_WRITER.write(pipe, ["a"], [["x"]])
    assert pipe.content[:2] == b"PK"
    assert not pipe.closed
