"""What a ledger in CSV files holds comes back exactly, and files keep their own form and order."""

import csv
import io
import json
import random
import shutil
from pathlib import Path
from typing import Any

import pytest
from custledger_csv.store import open_folder

from custledger.spreadsheets import is_live
from custledger.testing.clerk import Clerk

DATA = Path(__file__).parents[4] / "shared" / "data"
TEXTS = [
    "110101199003074514", "00012345", "0", "007", "-5", "+8613800000001", "=1+1", "'=1+1", "''=1+1", "@SUM(A1)",
    "\t=1", "\r=1", " =1+1", "＝1+1", "%0A", "|calc", "a\rb", "a\nb", "a\r\nb", "\n", ' "quoted" ', '"', '""', "a,b;c\td|e",
    " leading", "trailing ", "\u3000wide\u3000", "ｆｕｌｌ－ｗｉｄｔｈ１２３", "👍🏽👨‍👩‍👧", "𠮷野家", "İstanbul", "Straße", "\ufeffmark", "\u200bhidden",
    "\u2028line", "\x85next", "1.10101E+17", "1/2", "3-4", "2024-01-01", "TRUE", "sep=;", "例", "#N/A", "\x1f\x1e",
]  # fmt: skip
DATES = ["1900-01-01", "1900-02-28", "1904-01-01", "1969-12-31", "2000-02-29", "2038-01-19", "2099-12-31", "2100-02-28"]


def naughty() -> list[str]:
    """Return texts that have broken programs: our own, the big list of naughty strings, and formula payloads."""
    texts = list(TEXTS)
    if not DATA.exists():
        pytest.skip("the published data is not here")
    texts += json.loads((DATA / "blns" / "blns.json").read_text(encoding="utf-8"))
    for file in sorted((DATA / "csv-injection").rglob("*.txt")):
        texts += file.read_text(encoding="utf-8", errors="replace").splitlines()
    return [text for text in dict.fromkeys(texts) if text.strip()]


def filled(folder: Path, texts: list[str]) -> tuple[Clerk, list[int]]:
    """Make a ledger with a person for each text, in several kinds of fields."""
    clerk = Clerk(open_folder(str(folder)))
    records: list[dict[str, Any]] = []
    for place, text in enumerate(texts):
        record: dict[str, Any] = {
            "name": text,
            "notes": text,
            "secret": texts[-place],
            "tags": (f"t{place % 7}", "标签"),
        }
        record |= {
            "born": DATES[place % len(DATES)],
            "age": place - 50,
            "score": place * 1234,
            "balance": place * 99_999,
        }
        records.append(record | {"code": f"{place:05d}", "seen": f"2026-01-{1 + place % 28:02d}T08:30:15.123Z"})
    return clerk, clerk.add_many("person", records)


def assert_no_live_cell(file: Path) -> None:
    with file.open(encoding="utf-8-sig", newline="") as stream:
        for row in csv.reader(stream):
            for cell in row:
                assert not is_live(cell) or cell.startswith("'"), cell


def adopted(folder: Path) -> Clerk:
    """Forget all that is known beside the files, and make a ledger of them."""
    shutil.rmtree(folder / ".custledger")
    return opened(folder)


def opened(folder: Path) -> Clerk:
    """Make a ledger of the files in a folder, once it is said in which language and zone it is."""
    clerk = Clerk(open_folder(str(folder), create=True))
    clerk.put("ledger", {"language": "en", "currency": "CNY", "zone": "UTC"})
    return clerk


def resaved(file: Path) -> None:
    """Save a file as another program does, with quotes where it likes."""
    with file.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.reader(stream))
    with file.open("w", encoding="utf-8-sig", newline="") as stream:
        csv.writer(stream).writerows(rows)


@pytest.mark.parametrize("by_another", [False, True], ids=["as it was written", "saved by another program"])
def test_everything_comes_back_exactly_from_the_files_alone(tmp_path: Path, by_another: bool) -> None:
    folder = tmp_path / "ledger"
    clerk, numbers = filled(folder, naughty())
    clerk.edit("person", numbers[5], mentor=numbers[0])
    clerk.edit("person", numbers[6], mentor=numbers[7])
    expected = clerk.everything("person")
    clerk.store.close()
    assert_no_live_cell(folder / "people.csv")
    if by_another:
        resaved(folder / "people.csv")
        with open_folder(str(folder)) as store:
            again = clerk.beside(store)
            assert again.everything("person") == expected
            assert store.held() == ()
            assert {one.actor for one in store.operations()} == {"clerk"}
    again = adopted(folder)
    assert again.store.held() == ()
    assert again.everything("person") == expected


FORMS = {
    "UTF-8 with a mark": ("utf-8-sig", ",", "\r\n", ""),
    "UTF-8": ("utf-8", ",", "\n", ""),
    "GB18030": ("gb18030", ",", "\r\n", ""),
    "UTF-16": ("utf-16-le", "\t", "\r\n", "\ufeff"),
    "UTF-16, the other way round": ("utf-16-be", ";", "\n", "\ufeff"),
    "semicolons": ("utf-8", ";", "\r\n", ""),
    "a line that says so": ("utf-8-sig", ";", "\r\n", "sep=;\r\n"),
    "line ends of old": ("utf-8", ",", "\r", ""),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_file_keeps_its_form_its_order_and_every_line_that_is_not_touched(tmp_path: Path, form: str) -> None:
    encoding, cut, end, before = FORMS[form]
    lines = [
        ["姓名", "Code", "Mine", "Notes"], ["王小明", '"b-2"', "own", "'=1+1"], ["", "", "", ""], ["Ada", "a-1", ' "x"', "喜欢 茶"],
        ["Straße" if encoding != "gb18030" else "李四", "c-3", "", '"a ""b"" c"'],
    ]  # fmt: skip
    folder = tmp_path / "ledger"
    folder.mkdir()
    content = before + "".join(cut.join(line) + end for line in lines)
    (folder / "people.csv").write_bytes(content.encode(encoding))
    clerk = opened(folder)
    people = {one["name"]: number for number, one in clerk.everything("person").items()}
    assert len(people) == 3
    text = (folder / "people.csv").read_bytes().decode(encoding.removesuffix("-sig")).removeprefix("\ufeff")
    head, *rows = text.removeprefix("sep=;\r\n").split(end)
    assert head == cut.join([*lines[0], "ID"]) + cut + cut.join(head.split(cut)[5:])
    assert [row.split(cut)[0] for row in rows] == [*(line[0] for line in lines[1:]), ""]
    clerk.edit("person", people["Ada"], notes="changed")
    new = clerk.add("person", name="新人", notes="a,b;c\td")
    after = (folder / "people.csv").read_bytes()
    assert after.startswith(before.encode(encoding))
    assert after.startswith(b"\xef\xbb\xbf") == (encoding == "utf-8-sig")
    later = after.decode(encoding.removesuffix("-sig")).removeprefix("\ufeff").removeprefix("sep=;\r\n").split(end)
    assert [one for place, one in enumerate(later[:5]) if place != 3] == [head, *rows[:2], rows[3]]
    assert later[3] != rows[2]
    assert later[3].startswith(cut.join(["Ada", "a-1"]))
    clerk.store.close()
    with open_folder(str(folder)) as store:
        again = clerk.beside(store)
        assert again.everything("person") == clerk_values(again, people, new)
        assert {one.kind for one in store.held()} <= {"column"}


def clerk_values(clerk: Clerk, people: dict[str, int], new: int) -> dict[int, Any]:
    """Return what the ledger should hold, as far as the test says."""
    third = next(name for name in people if name not in {"王小明", "Ada"})
    return {
        people["王小明"]: {"name": "王小明", "code": "b-2", "notes": "=1+1"},
        people["Ada"]: {"name": "Ada", "code": "a-1", "notes": "changed"},
        people[third]: {"name": third, "code": "c-3", "notes": 'a "b" c'},
        new: {"name": "新人", "notes": "a,b;c\td"},
    }


def test_rows_stay_in_the_order_in_which_people_sorted_them(tmp_path: Path) -> None:
    folder = tmp_path / "ledger"
    clerk = Clerk(open_folder(str(folder)))
    numbers = clerk.add_many("person", [{"name": f"N{place:03d}", "age": place} for place in range(200)])
    file = folder / "people.csv"
    head, *rows = file.read_bytes().splitlines(keepends=True)
    random.Random(5).shuffle(rows)
    file.write_bytes(head + b"".join(rows))
    clerk.edit("person", numbers[100], age=1000)
    clerk.remove("person", numbers[50])
    after = file.read_bytes().splitlines(keepends=True)[1:]
    kept = [row for row in rows if b"N050" not in row]
    assert [row for row in after if b"N100" not in row] == [row for row in kept if b"N100" not in row]
    assert [b"N100" in row for row in after] == [b"N100" in row for row in kept]
    assert len(clerk.store.log()) == 3


def test_every_character_of_gb18030_that_is_read_is_written_as_it_was() -> None:
    """Or a line that nobody touched would not stay byte for byte as it is."""
    changed = 0
    for high in range(0x81, 0xFF):
        for low in [*range(0x40, 0x7F), *range(0x80, 0xFF)]:
            pair = bytes([high, low])
            try:
                text = pair.decode("gb18030")
            except UnicodeDecodeError:
                continue
            changed += text.encode("gb18030") != pair
    assert changed == 0


def test_a_file_whose_encoding_lacks_a_character_is_refused_with_nothing_changed(tmp_path: Path) -> None:
    folder = tmp_path / "ledger"
    clerk = Clerk(open_folder(str(folder)))
    clerk.add("person", name="Ada")
    content = io.StringIO((folder / "people.csv").read_text("utf-8-sig"), newline="").read()
    (folder / "people.csv").write_bytes(content.encode("utf-16"))
    clerk.add("person", name="👍 ok")
    assert len(clerk.everything("person")) == 2
    assert (folder / "people.csv").read_bytes().startswith((b"\xff\xfe", b"\xfe\xff"))
