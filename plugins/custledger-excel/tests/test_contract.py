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
from custledger.testing.stores import StoreContract, TableStoreContract
from custledger.values import fold


def titled(titles: Sequence[str], wanted: str) -> str:
    """Return the title of a sheet as it is written."""
    return next(title for title in titles if fold(title) == fold(wanted))


class TestExcel(TableStoreContract):
    """The suite that every store must pass."""

    shares_file: ClassVar[bool] = True

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


class EditedInPlace(StoreContract):
    """The same suite where another program has written the workbook before each write, so that it is edited in place."""

    def open_store(self, place: Any, *, read_only: bool = False) -> Store:
        return open_workbook(str(place), create=True, read_only=read_only)

    def make_place(self, tmp_path: Path) -> Any:
        return tmp_path / "book.xlsx"

    @pytest.fixture(autouse=True)
    def unsigned(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("custledger_excel.book.is_own", lambda _: False)


@pytest.mark.skipif("CUSTLEDGER_EXAMPLES" not in os.environ, reason="each write takes long; the nightly run has them")
class TestExcelEditedInPlace(EditedInPlace):
    """All of it."""
