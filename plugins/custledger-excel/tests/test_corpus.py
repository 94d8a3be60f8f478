"""Workbooks that broke other readers: each is read, or refused with a true sentence, in little time and memory."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

DATA = Path(__file__).parents[3] / "../shared/data"
FILES = sorted(one for name in ("calamine-xlsx", "sheetjs-1904") for one in (DATA / name).glob("*.*"))
SECONDS, MEGABYTES = 10, 300
REFUSED = {
    "LICENSE-MIT.md": "is no workbook",
    "OOM_alloc3.xls": "is damaged",
    "capitalized_wbook_stream.xls": "is empty",
    "empty_sheet.xlsx": "is empty",
    "issue127.ods": "is empty",
    "issue127.xls": "is empty",
    "issue127.xlsb": "is empty",
    "issue127.xlsx": "is empty",
    "issue252.xlsx": "is damaged",
    "issue281.xlsm": "is empty",
    "issue343.xls": "is empty",
    "issue_385.xls": "password",
    "issue_594_dos.ods": "nearly all of which are empty",
    "issue_666_lost_sheets.xlsb": "is empty",
    "issue_666_panic.xlsb": "is empty",
    "misc_biff5_parsing.xls": "is empty",
    "pass_protected.ods": "password",
    "pass_protected.xlsb": "password",
    "pass_protected.xlsx": "password",
    "picture.ods": "is empty",
    "picture.xls": "is empty",
    "picture.xlsb": "is empty",
    "picture.xlsx": "is empty",
    "too_small.xls": "is no workbook",
    "vba.xlsm": "is empty",
}
"""The files that cannot be imported, and why. The first two bombs are sound files, on which only other readers failed."""

READ_ALL = """
import json, os, resource, sys, time
from custledger.errors import CustledgerError
from custledger_excel.reading import open_excel
def most_memory():
    # What Linux tells as ru_maxrss counts what the parent held as well.
    if not os.path.exists("/proc/self/status"):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> (20 if sys.platform == "darwin" else 10)
    told = dict(line.split(":", 1) for line in open("/proc/self/status"))
    return int(told["VmHWM"].split()[0]) >> 10

resource.setrlimit(resource.RLIMIT_AS, (3 << 30, 3 << 30))
for path in sys.argv[1:]:
    start, told, rows = time.monotonic(), "", []
    try:
        with open_excel(path) as table:
            rows = [list(table.heading), *(cells for _, cells in table.rows())]
    except CustledgerError as error:
        told = f"{error.message} {error.hint}"
    print(json.dumps([path, time.monotonic() - start, most_memory(), told, rows]))
"""

pytestmark = pytest.mark.skipif(
    not FILES, reason="the corpora calamine-xlsx and sheetjs-1904 are not beside the project"
)


@pytest.fixture(scope="module")
def found():
    """What came of each file, read in one process whose memory is bounded."""
    done = subprocess.run(
        [sys.executable, "-c", READ_ALL, *map(str, FILES)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert not done.stderr
    return {Path(one[0]).name: one[1:] for one in map(json.loads, done.stdout.splitlines())}


def test_no_file_is_a_traceback_or_takes_long_or_much(found):
    assert len(found) == len(FILES)
    assert [name for name, (seconds, memory, *_) in found.items() if seconds > SECONDS or memory > MEGABYTES] == []


def test_what_is_refused_is_told_truly(found):
    refused = {name: told for name, (_, _, told, _) in found.items() if told}
    assert refused.keys() == REFUSED.keys() & found.keys()
    assert {name: told for name, told in refused.items() if REFUSED[name] not in told} == {}


def test_both_systems_of_dates_give_the_same_days(found):
    for ending in ("xlsx", "xls", "xlsb"):
        assert found[f"date.{ending}"][3] == found[f"date_1904.{ending}"][3]
    assert found["date.xlsx"][3][:2] == [["2021-01-01", "15"], ["2021-01-02", "16"]]
    assert found["1900.xlsx"][3] == found["1900.xls"][3]
    assert found["1904.xlsx"][3] == found["1904.xls"][3]


def test_errors_are_told(found):
    assert [row[0] for row in found["errors.xlsx"][3]] == [
        "#DIV/0!",
        "#NAME?",
        "#VALUE!",
        "#NULL!",
        "#REF!",
        "#NUM!",
        "#N/A",
    ]
