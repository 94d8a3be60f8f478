"""Reading CSV: encodings, separators, quoting, and true messages for what cannot be read."""

import csv
import io
import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from custledger_csv import CSV_READER, TSV_READER
from custledger_csv.dialect import LONGEST_CELL
from custledger_csv.encoding import BLOCK
from hypothesis import given, settings
from hypothesis import strategies as st

from custledger.errors import CustledgerError, FileFormatError, NotFoundError, UsageError

DATA = Path(__file__).parents[3] / "../shared/data"
SPECTRUM = sorted((DATA / "csv-spectrum/csvs").glob("*.csv"))
CHINESE = '客户名称,联系电话\n张三,13800001234\n李四,"上海, 静安"\n'


def read(path, **options):
    with CSV_READER.open(path, **options) as table:
        return list(table.heading), list(table.rows()), table.description


def write(folder, content, name="input.csv"):
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.skipif(not SPECTRUM, reason="the corpus csv-spectrum is not beside the project")
@pytest.mark.parametrize("path", SPECTRUM, ids=lambda path: path.stem)
def test_csv_spectrum_is_read_exactly(path):
    heading, rows, _ = read(path)
    right = json.loads((path.parents[1] / "json" / f"{path.stem}.json").read_text("utf-8"))
    right = right if isinstance(right, list) else [right]
    if path.stem == "location_coordinates":  # the corpus's own answer has another number than its file
        assert right[0].pop("Contact Phone Number") == "1234567890"
        right[0] = {"Contact Phone Number": "2095257564", **right[0]}
    assert [dict(zip(heading, cells, strict=True)) for _, cells in rows] == right


@pytest.mark.parametrize(
    ("encoding", "found"),
    [
        ("utf-8", "UTF-8"),
        ("utf-8-sig", "UTF-8 with a byte order mark"),
        ("gb18030", "GB18030"),
        ("gbk", "GB18030"),
        ("utf-16", "UTF-16"),
        ("utf-32", "UTF-32"),
    ],
)
def test_the_encoding_is_found(tmp_path, encoding, found):
    heading, rows, description = read(write(tmp_path, CHINESE.encode(encoding)))
    assert heading == ["客户名称", "联系电话"]
    assert rows == [(2, ["张三", "13800001234"]), (3, ["李四", "上海, 静安"])]
    assert description == f"{found}, separated by commas"


def test_utf_16_without_a_mark_is_never_guessed_and_can_be_told(tmp_path):
    rows = [["1", "2"], ["一", "上"]]
    for text in ("a,b\n1,2\n一,上\n", "客户名称\t城市\n1\t2\n一\t上\n", "Имя;Город\r\n1;2\r\n一;上\r\n"):
        for encoding in ("utf-16-le", "utf-16-be"):
            path = write(tmp_path, text.encode(encoding))
            with pytest.raises(FileFormatError, match="UTF-16 without a byte order mark") as caught:
                read(path)
            assert caught.value.hint == f"If it is, say so with the option encoding: {encoding}."
            assert [cells for _, cells in read(path, encoding=encoding)[1]] == rows


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_nul_character_makes_no_file_utf_16(tmp_path, encoding):
    text = "名称,城市\n" + "张三丰,北京\nBob,Oslo\n" * 20 + "李\0四,上海\n"
    assert read(write(tmp_path, text.encode(encoding)))[1][-1] == (42, ["李\0四", "上海"])
    with pytest.raises(FileFormatError, match="NUL characters"):
        read(write(tmp_path, ("\0" + text).encode(encoding)))


def test_gb18030_far_into_a_file_that_was_ascii_until_then_is_read_right(tmp_path):
    ascii_rows = "plain,row\n" * (2 * BLOCK // 10)
    _, rows, description = read(write(tmp_path, ("name,city\n" + ascii_rows + "张三,上海\n").encode("gb18030")))
    assert rows[-1] == (2 * BLOCK // 10 + 2, ["张三", "上海"])
    assert description.startswith("GB18030")


def test_a_file_that_stops_being_utf_8_near_its_end_is_refused_with_the_row_before_anything_is_read(tmp_path):
    good = "客户,城市\n" + "张三,上海\n" * 60_000
    path = write(tmp_path, good.encode() + b"\xd5\xc5\xff," + "北京\n".encode() + b"x,y\n")
    with pytest.raises(FileFormatError) as caught:
        read(path)
    assert (caught.value.row, caught.value.column) == (60_002, "客户")
    assert "UTF-8" in str(caught.value)


@pytest.mark.parametrize(
    ("content", "place"),
    [
        ("name,city\n张伟,上海\n".encode() + b"\xe6\x9d", (3, "name")),
        (b"name\n" + b"\xe5\xbc\xa0\xe4\xbc", (2, "name")),
        ("name,city\n张伟,上海\n".encode() + b"\xe6\x9d,x\n" + "李娜,杭州\n".encode(), (3, "name")),
        (b"name,city\n\xe6\x9d,x\n" + "李娜,杭州\n".encode(), (2, "name")),
    ],
)
def test_broken_utf_8_is_never_taken_for_another_encoding(tmp_path, content, place):
    with pytest.raises(FileFormatError, match="not UTF-8") as caught:
        read(write(tmp_path, content))
    assert (caught.value.row, caught.value.column) == place


@pytest.mark.parametrize("name", ["张伟", "瀹", "联通", "李", "王五，北京市朝阳区", "龙", "欧阳娜娜"])
def test_a_little_gb18030_is_still_read_as_such(tmp_path, name):
    for text in (f"name\n{name}\n", f"name\n{name}"):
        assert read(write(tmp_path, text.encode("gb18030")))[1] == [(2, [name])]


def test_bytes_of_no_encoding_are_refused_with_row_and_column_and_the_way_out(tmp_path):
    with pytest.raises(FileFormatError, match="row 2, column city") as caught:
        read(write(tmp_path, b"name,city\nx,\xff\xff\n"))
    assert "the option encoding" in caught.value.hint


def test_an_encoding_that_was_told_is_strict_too(tmp_path):
    path = write(tmp_path, CHINESE.encode("gb18030"))
    with pytest.raises(FileFormatError, match="row 1"):
        read(path, encoding="utf-8")
    assert read(path, encoding="GB2312")[0] == ["客户名称", "联系电话"]


@pytest.mark.parametrize(("name", "content"), [("utf-9", "a\n"), ("base64", "a\n"), ("", "a,b\n")])
def test_an_unknown_encoding_is_a_usage_error(tmp_path, name, content):
    path = write(tmp_path, content)
    if not name:
        assert read(path, encoding=name)[0] == ["a", "b"]
        return
    with pytest.raises(UsageError, match=name):
        read(path, encoding=name)


@pytest.mark.parametrize(
    ("content", "cells"),
    [
        ("a;b;c\n1,5;2;3\n2,5;3;4\n", ["1,5", "2", "3"]),
        ("a\tb\nx, y\tz\n", ["x, y", "z"]),
        ("a|b\n1|2\n", ["1", "2"]),
        ('a,b\n"x;y","p\nq"\n', ["x;y", "p\nq"]),
        ("sep=;\r\na;b\r\n1;2\r\n", ["1", "2"]),
        ('x, y\n"1", "a, b"\n"2", "c"\n', ["1", "a, b"]),
        ('name\n"a;b"\n"c;d"\n', ["a;b"]),
    ],
)
def test_the_separator_is_found(tmp_path, content, cells):
    assert read(write(tmp_path, content))[1][0] == (2, cells)


@pytest.mark.parametrize(("told", "cells"), [("semicolon", ["1", "2,3"]), (";", ["1", "2,3"]), ("\\t", ["1;2,3"])])
def test_a_separator_that_was_told_is_taken(tmp_path, told, cells):
    assert read(write(tmp_path, "a;b\n1;2,3\n"), delimiter=told)[1] == [(2, cells)]


@pytest.mark.parametrize("told", ["ab", '"', "\n"])
def test_what_cannot_separate_is_a_usage_error(tmp_path, told):
    with pytest.raises(UsageError, match="cannot separate"):
        read(write(tmp_path, "a,b\n"), delimiter=told)


def test_tsv_is_separated_by_tabs_whatever_stands_in_it(tmp_path):
    with TSV_READER.open(write(tmp_path, "a,b\tc\n1,2\t3\n", "x.tsv")) as table:
        assert (list(table.heading), list(table.rows())) == (["a,b", "c"], [(2, ["1,2", "3"])])


def test_ragged_rows_blank_lines_and_trailing_separators_come_as_they_stand(tmp_path):
    _, rows, _ = read(write(tmp_path, "a,b,\r\n1\r\n\r\n1,2,3,4\r\n,,\r\n5,6,\r\n"))
    assert rows == [(2, ["1"]), (4, ["1", "2", "3", "4"]), (5, ["", "", ""]), (6, ["5", "6", ""])]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_line_end_is_understood(tmp_path, end):
    assert read(write(tmp_path, f"a,b{end}1,2{end}3,4"))[1] == [(2, ["1", "2"]), (3, ["3", "4"])]


def test_quotes_inside_unquoted_cells_and_after_quoted_ones_are_taken_as_text(tmp_path):
    assert read(write(tmp_path, 'a,b\n5" pipe,"x"y\n'))[1] == [(2, ['5" pipe', "xy"])]


def test_an_unclosed_quote_is_refused_with_the_row_it_opens_in(tmp_path):
    with pytest.raises(FileFormatError, match="row 3: a quote"):
        read(write(tmp_path, 'a,b\n1,2\n3,"x\n4,5\n6,7\n'))


@settings(deadline=None)
@given(lines=st.lists(st.text('a",;\n', max_size=6), max_size=12), delimiter=st.sampled_from(",;"))
def test_an_unclosed_quote_is_found_when_the_file_is_opened(tmp_path_factory, lines, delimiter):
    path = write(tmp_path_factory.mktemp("quotes"), "\n".join(["name", *lines]))
    *_, last = csv.reader(io.StringIO(path.read_text("utf-8") + "\n#"), delimiter=delimiter)
    if last == ["#"]:
        assert read(path, delimiter=delimiter)[0] == ["name"]
    else:
        with pytest.raises(FileFormatError, match="never closed"):
            CSV_READER.open(path, delimiter=delimiter).__enter__()


def test_an_unclosed_quote_does_not_take_memory_without_end(tmp_path):
    with pytest.raises(FileFormatError, match="row 2: a quote"):
        read(write(tmp_path, b'a,b\n1,"' + b"x,y\n" * (5 << 20)))


@pytest.mark.parametrize("quote", ["", '"'])
def test_a_cell_that_is_longer_than_is_read_is_told_with_its_place(tmp_path, quote):
    content = f'name,notes\nok,"a ""b"""\n\nbig,{quote}{"x" * (LONGEST_CELL + 1)}{quote}\n'
    with pytest.raises(FileFormatError, match="row 4, column notes: a cell is longer than the 16,777,216 characters"):
        read(write(tmp_path, content))


def test_nul_characters_in_cells_reach_the_caller_who_refuses_their_row(tmp_path):
    assert read(write(tmp_path, "a,b\n1,x\0y\n"))[1] == [(2, ["1", "x\0y"])]


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", b"\n\n\r\n"])
def test_an_empty_file_says_so(tmp_path, content):
    with pytest.raises(FileFormatError, match="is empty"):
        read(write(tmp_path, content))


@pytest.mark.parametrize(("start", "what"), [(b"PK\x03\x04rest", "workbook"), (b"%PDF-1.7", "PDF")])
def test_a_file_of_another_kind_is_named(tmp_path, start, what):
    with pytest.raises(FileFormatError, match=what):
        read(write(tmp_path, start))


def test_a_missing_file_a_folder_and_a_forbidden_file_are_one_line_errors(tmp_path):
    with pytest.raises(NotFoundError):
        read(tmp_path / "none.csv")
    with pytest.raises(UsageError, match="no file"):
        read(tmp_path)
    if os.geteuid():
        path = write(tmp_path, "a\n")
        path.chmod(0)
        with pytest.raises(CustledgerError) as caught:
            read(path)
        assert caught.value.exit_code == 4


def test_a_pipe_is_read_like_a_file(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    feeder = threading.Thread(target=lambda: pipe.write_bytes(CHINESE.encode("gb18030")))
    feeder.start()
    assert len(read(pipe)[1]) == 2
    feeder.join()


def test_the_standard_input_is_read_for_a_dash():
    program = (
        "from custledger_csv import CSV_READER\n"
        "with CSV_READER.open('-') as table: print(list(table.heading), list(table.rows()), table.progress)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        input=CHINESE.encode("gb18030"),
        capture_output=True,
        check=True,
        env={**os.environ, "PYTHONUTF8": "1"},
    )
    assert done.stdout.decode().strip() == (
        "['客户名称', '联系电话'] [(2, ['张三', '13800001234']), (3, ['李四', '上海, 静安'])] 1.0"
    )


def test_progress_grows_to_one(tmp_path):
    with CSV_READER.open(write(tmp_path, "a,b\n" + "1,2\n" * 50_000)) as table:
        shares = [table.progress for number, _ in table.rows() if number % 10_000 == 0]
        assert shares == sorted(shares)
        assert 0 < shares[0] < 1
        assert table.progress == 1.0


def test_cells_of_many_thousand_characters_are_read(tmp_path):
    long = "长" * 300_000
    assert read(write(tmp_path, f"a,b\n1,{long}\n"))[1] == [(2, ["1", long])]


def test_importing_the_plugin_imports_neither_csv_nor_tempfile():
    program = "import sys, custledger_csv; print([m for m in ('csv', 'tempfile', 'custledger_csv.reading') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True)
    assert done.stdout.strip() == "[]"


def test_rows_are_streamed_and_not_collected(tmp_path):
    path = write(tmp_path, "a,b\n" + "1,2\n" * 10_000)
    with CSV_READER.open(path) as table:
        assert next(table.rows()) == (2, ["1", "2"])
    assert path.stat().st_size > io.DEFAULT_BUFFER_SIZE


@pytest.mark.parametrize("filler", [0, 10, 3 * BLOCK // 16])
def test_marked_cells_are_found_wherever_blocks_of_lines_end(tmp_path, filler):
    long = '"' + "line\n" * filler + '"'
    content = "a,b\n" + "'=1,x\n" * 7 + f"'=2,{long}\n" + "O'Neil,'hello\n" * 20_000 + f"{long},'=3\n'=4,'=5\n"
    _, rows, _ = read(write(tmp_path, content))
    cells = [cells for _, cells in rows]
    assert cells[:7] == [["=1", "x"]] * 7
    assert cells[7] == ["=2", "line\n" * filler]
    assert cells[8:-2] == [["O'Neil", "'hello"]] * 20_000
    assert cells[-2:] == [["line\n" * filler, "=3"], ["=4", "=5"]]
