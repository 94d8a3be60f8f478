"""What a ledger in a workbook holds comes back exactly from the workbook alone, whoever has saved it."""

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from custledger_excel.cells import fault, marked
from custledger_excel.store import open_workbook
from openpyxl import load_workbook

from custledger.spreadsheets import is_live
from custledger.testing.clerk import Clerk

OFFICE = shutil.which("soffice") or shutil.which("libreoffice")
DATA = Path(__file__).parents[4] / "shared" / "data"
TEXTS = [
    "110101199003074514", "00012345", "0", "007", "-5", "+8613800000001", "=1+1", "'=1+1", "''=1+1", "@SUM(A1)",
    "\t=1", " =1+1", "＝1+1", "%0A", "|calc", "a\nb", ' "quoted" ', '"', '""', "a,b;c\td|e", "_x0041_", "_x005F_",
    " leading", "trailing ", "\u3000wide\u3000", "ｆｕｌｌ－ｗｉｄｔｈ１２３", "👍🏽👨‍👩‍👧", "𠮷野家", "İstanbul", "Straße", "\u200bhidden",
    "\u2028line", "1.10101E+17", "1/2", "3-4", "2024-01-01", "TRUE", "例", "#N/A",
]  # fmt: skip
DATES = ["1900-03-01", "1904-01-01", "1969-12-31", "2000-02-29", "2038-01-19", "2099-12-31", "2100-02-28"]


def naughty() -> list[str]:
    """Return texts that have broken programs: our own, the big list of naughty strings, and formula payloads."""
    if not DATA.exists():
        pytest.skip("the published data is not here")
    texts = TEXTS + json.loads((DATA / "blns" / "blns.json").read_text(encoding="utf-8"))
    for file in sorted((DATA / "csv-injection").rglob("*.txt")):
        texts += file.read_text(encoding="utf-8", errors="replace").splitlines()
    return [text for text in dict.fromkeys(texts) if text.strip() and not fault(marked(text))]


def by_openpyxl(file: Path) -> None:
    load_workbook(file).save(file)


def by_libreoffice(file: Path) -> None:
    if OFFICE is None:
        pytest.skip("LibreOffice is not installed")
    folder = file.parent / "saved"
    profile = f"-env:UserInstallation=file://{file.parent / 'profile'}"
    command = [
        OFFICE,
        profile,
        "--headless",
        "--convert-to",
        "xlsx:Calc MS Excel 2007 XML",
        "--outdir",
        str(folder),
        str(file),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    (folder / file.name).replace(file)


@pytest.mark.parametrize("saved", [None, by_openpyxl, by_libreoffice], ids=["as written", "openpyxl", "LibreOffice"])
def test_everything_comes_back_exactly_from_the_workbook_alone(
    tmp_path: Path, saved: Callable[[Path], None] | None
) -> None:
    texts = naughty()
    if saved is by_openpyxl:  # which takes what is no control for one
        texts = [text for text in texts if "_x" not in text]
    if saved is by_libreoffice:  # which has no carriage returns within cells, and other controls neither
        texts = [text for text in texts if text.isprintable() or text in TEXTS]
    file = tmp_path / "book.xlsx"
    clerk = opened(file)
    numbers = clerk.add_many("person", [record(place, text, texts) for place, text in enumerate(texts)])
    clerk.edit("person", numbers[5], mentor=numbers[0])
    expected = clerk.everything("person")
    clerk.store.close()
    if saved:
        saved(file)
        with open_workbook(str(file)) as store:
            again = clerk.beside(store)
            assert again.everything("person") == expected
            assert store.held() == ()
            assert {one.actor for one in store.operations()} == {"clerk"}
    shutil.rmtree(tmp_path / ".custledger")
    again = opened(file)
    assert again.store.held() == ()
    assert again.everything("person") == expected
    cells = [cell for page in load_workbook(file)["People"].iter_rows(min_row=2) for cell in page]
    assert [cell.value for cell in cells if cell.data_type == "f"] == []
    assert [
        cell.value
        for cell in cells
        if is_live(str(cell.value)) and str(cell.value)[:1] not in "'+" and set(str(cell.value)) & set("=(|!")
    ] == []


def test_everything_comes_back_exactly_after_an_edit_in_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = naughty()
    file = tmp_path / "book.xlsx"
    clerk = opened(file)
    numbers = clerk.add_many("person", [record(place, text, texts) for place, text in enumerate(texts)])
    monkeypatch.setattr("custledger_excel.book.is_own", lambda _: False)
    clerk.edit("person", numbers[3], age=1)
    clerk.add("person", name="_x0041_", notes="=1+1", code="99999")
    expected = clerk.everything("person")
    clerk.store.close()
    shutil.rmtree(tmp_path / ".custledger")
    assert opened(file).everything("person") == expected


def record(place: int, text: str, texts: list[str]) -> dict[str, Any]:
    """Return a person with a text in several kinds of fields."""
    return {
        "name": text,
        "notes": text,
        "secret": texts[-place],
        "tags": (f"t{place % 7}", "标签"),
        "born": DATES[place % len(DATES)],
        "age": place - 50,
        "score": place * 1234,
        "balance": place * 99_999,
        "code": f"{place:05d}",
        "seen": f"2026-01-{1 + place % 28:02d}T08:30:15.000Z",
    }


def opened(file: Path) -> Clerk:
    """Make a ledger of a workbook, once it is said in which language and zone it is."""
    clerk = Clerk(open_workbook(str(file), create=True))
    if clerk.store.document("ledger") is None:
        clerk.put("ledger", {"language": "en", "currency": "CNY", "zone": "UTC"})
    return clerk
