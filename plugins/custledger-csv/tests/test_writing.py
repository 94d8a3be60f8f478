"""Writing CSV: nothing is lost, and no cell is live in a spreadsheet."""

import csv
import io
import json
import re
import tempfile
from pathlib import Path

import pytest
from custledger_csv import CSV_READER, CSV_WRITER, TSV_READER, TSV_WRITER
from hypothesis import example, given
from hypothesis import strategies as st

from custledger.errors import FileFormatError, UsageError
from custledger.spreadsheets import escape, is_live, unescape

DATA = Path(__file__).parents[3] / "../shared/data"
RISKY = st.text(alphabet="'=+-@%|＝＋－＠﹢ \t\r\n\0\"5.,;\ufeff\u200b\x01a张", max_size=8)
TEXTS = st.one_of(st.text(st.characters(exclude_categories=["Cs"]), max_size=20), RISKY)
LIVE = re.compile(r"\s*[=+\-@＝＋－＠]|[\t\r\n\0|%]")
NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")


def written(heading, rows, writer=CSV_WRITER, **options):
    stream = io.BytesIO()
    writer.write(stream, heading, rows, **options)
    return stream.getvalue()


def read_back(content, reader=CSV_READER, **options):
    with tempfile.NamedTemporaryFile(suffix=".csv") as file:
        file.write(content)
        file.flush()
        with reader.open(file.name, **options) as table:
            return [list(table.heading), *(cells for _, cells in table.rows())]


def assert_harmless(content):
    for cells in csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")):
        for cell in cells:
            assert LIVE.match(cell) is None or NUMBER.fullmatch(cell), cell


@given(TEXTS)
@example("'=1")
@example("-5")
@example("'-5")
@example("''hello")
def test_marking_is_undone_exactly(text):
    assert unescape(escape(text)) == text


@given(TEXTS)
def test_marked_text_is_not_live(text):
    shown = escape(text)
    assert NUMBER.fullmatch(shown) or LIVE.match(shown) is None


@pytest.mark.parametrize("text", ["-5", "+86", "-0.50", "12.5", "O'Neil", "'quoted'", "a=b", "", "张三"])
def test_harmless_texts_and_plain_numbers_are_not_marked(text):
    assert escape(text) == text


@pytest.mark.parametrize(
    "text", ["=1+1", "  =1", "@SUM(1)", "-1+2", "+1-1", "＝1", "\t=1", "|x", "%x", "'=1", "\u3000=1"]
)
def test_texts_that_a_spreadsheet_may_run_are_marked(text):
    assert is_live(text)
    assert escape(text) == "'" + text


@given(
    st.integers(1, 4).flatmap(
        lambda width: st.lists(st.lists(TEXTS, min_size=width, max_size=width), min_size=1, max_size=5)
    )
)
@example([["\ufeffa"], ["x"]])
@example([["", "\t"], ["", " "]])
@example([["sep=;"], ["x"]])
@example([["a;b"], ["c;d"], [""]])
@example([["a", ""], ["", ""], ["\x01", "\r"]])
def test_what_is_written_is_read_back_exactly(table):
    if not any(table[0]):
        table[0][0] = "heading"
    if any("\0" in cell for cell in table[0]):
        table[0] = [cell.replace("\0", "0") for cell in table[0]]
    content = written(table[0], table[1:])
    assert read_back(content) == table
    assert_harmless(content)
    assert read_back(written(table[0], table[1:], excel_bom=True)) == table
    assert read_back(written(table[0], table[1:], TSV_WRITER), TSV_READER) == table
    assert read_back(written(table[0], table[1:], encoding="gb18030"), encoding="gb18030") == table


@pytest.mark.skipif(not (DATA / "blns").exists(), reason="the naughty strings are not beside the project")
def test_naughty_strings_survive_and_are_harmless():
    naughty = json.loads((DATA / "blns/blns.json").read_text("utf-8"))
    rows = [[text, "kept"] for text in naughty]
    content = written(["text", "mark"], rows)
    assert read_back(content)[1:] == rows
    assert_harmless(content)


@pytest.mark.skipif(not (DATA / "csv-injection").exists(), reason="the payloads are not beside the project")
def test_formula_payloads_survive_and_are_harmless():
    payloads = (DATA / "csv-injection/csv-payload.txt").read_text("utf-8").splitlines()
    assert payloads
    content = written(["payload", "mark"], [[text, "kept"] for text in payloads])
    assert [cells[0] for cells in read_back(content)[1:]] == payloads
    assert_harmless(content)


def test_it_is_rfc_4180_in_utf_8_with_crlf():
    assert written(["名称", "b"], [["x,y", 'say "hi"'], ["two\nlines", ""]]) == (
        '名称,b\r\n"x,y","say ""hi"""\r\n"two\nlines",\r\n'.encode()
    )


def test_cells_that_another_separator_would_cut_are_quoted():
    assert written(["a", "b"], [["x;=1+1", "y\tz"]]) == b'a,b\r\n"x;=1+1","y\tz"\r\n'


def test_excel_gets_its_byte_order_mark_only_when_asked():
    assert written(["a"], [], excel_bom=True).startswith(b"\xef\xbb\xbf")
    assert not written(["a"], []).startswith(b"\xef\xbb\xbf")
    with pytest.raises(UsageError, match="GB18030"):
        written(["a"], [], excel_bom=True, encoding="gb18030")


def test_gb18030_can_be_written():
    assert written(["名称"], [["张三"]], encoding="gb18030") == "名称\r\n张三\r\n".encode("gb18030")


@pytest.mark.parametrize("encoding", ["latin-1", "ascii"])
def test_a_character_that_the_encoding_lacks_is_named_with_its_row(encoding):
    with pytest.raises(FileFormatError, match="row 3") as caught:
        written(["a"], [["x"], ["张"]], encoding=encoding)
    assert "张" in str(caught.value)


def test_what_is_written_as_gbk_is_read_as_such_elsewhere():
    assert written(["名称"], [["张三"]], encoding="gbk").decode("gbk") == "名称\r\n张三\r\n"
    with pytest.raises(FileFormatError, match="GBK has no"):
        written(["名称"], [["𠮷"]], encoding="gbk")


def test_the_stream_stays_open():
    stream = io.BytesIO()
    CSV_WRITER.write(stream, ["a"], [["1"]])
    stream.write(b"more")
    assert stream.getvalue().endswith(b"1\r\nmore")
