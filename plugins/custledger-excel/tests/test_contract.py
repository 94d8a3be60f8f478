"""An Excel workbook keeps the contract of a store, and that of a store in files that people edit."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

import pytest
from custledger_excel.cells import text_of, unmarked
from custledger_excel.store import open_workbook
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from custledger.stores.contract import Store
from custledger.testing.stores import CrashContract, HandEditContract
from custledger.testing.stores.crashing import CrashCases
from custledger.testing.stores.desk import SheetCases
from custledger.values import fold


def titled(titles: Sequence[str], wanted: str) -> str:
    """Return the title of a sheet as it is written."""
    return next(title for title in titles if fold(title) == fold(wanted))


IS_NIGHT = "CUSTLEDGER_EXAMPLES" in os.environ


class Workbook(SheetCases):
    """How a person gets at the sheets of a workbook."""

    shares_file: ClassVar[bool] = True
    slowness: ClassVar[int] = 4

    def open_store(self, place: Any, *, read_only: bool = False) -> Store:
        return open_workbook(str(place), create=True, read_only=read_only)

    def make_place(self, tmp_path: Path) -> Any:
        return tmp_path / "book.xlsx"

    def sheet_file(self, place: Any, title: str) -> Path:
        return Path(place)

    def read_sheet(self, place: Any, title: str) -> list[list[str]]:
        book = CalamineWorkbook.from_path(str(place))
        rows = book.get_sheet_by_name(titled(book.sheet_names, title)).to_python(skip_empty_area=False)
        return [[unmarked(text_of(value)) for value in row] for row in rows]

    def write_sheet(self, place: Any, title: str, rows: Sequence[Sequence[str]]) -> None:
        book = load_workbook(place)
        page = book[titled(book.sheetnames, title)]
        page.delete_rows(1, page.max_row)
        for number, row in enumerate(rows, 1):
            for column, text in enumerate(row, 1):
                if text:
                    page.cell(number, column, text).data_type = "s"
        book.save(place)


class TestExcel(Workbook, HandEditContract):
    """The suite that every store must pass in whose files people edit."""

    any_scene, scene = CrashCases.any_scene, CrashCases.scene
    test_a_save_that_is_killed_at_any_step = (
        CrashCases.test_a_save_that_is_killed_at_any_step_is_found_whole_or_not_at_all
    )


@pytest.mark.skipif(not IS_NIGHT, reason="the family is put to these tests on CSV; the nightly run has them here too")
class TestExcelCrashes(Workbook, CrashContract):
    """What befalls a workbook; a tenth of the kills of a night are its own."""

    share: ClassVar[float] = 0.05


@pytest.mark.skipif(not IS_NIGHT, reason="each write takes long; the nightly run has them")
class TestExcelEditedInPlace(Workbook, HandEditContract):
    """The same where another program has written the workbook before each write, so that it is edited in place."""

    slowness: ClassVar[int] = 40

    @pytest.fixture(autouse=True)
    def unsigned(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("custledger_excel.book.is_own", lambda _: False)
