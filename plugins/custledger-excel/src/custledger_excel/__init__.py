"""Excel workbooks for custledger: read, written, as templates to fill in, and as ledgers.

The hooks are here; what reads and writes is in modules of its own, imported when it is asked for.
"""

from collections.abc import Iterable, Sequence
from typing import Any, BinaryIO

from custledger.fields import Labels
from custledger.files import OpenTable, Reader, RowsOfText, Writer
from custledger.hookspecs import StoreType, hookimpl
from custledger.stores.contract import Store


def _open_excel(path: object, **options: Any) -> OpenTable:
    from custledger_excel.reading import open_excel  # imported when a file is read, not when we start

    return open_excel(path, **options)


def _write_excel(stream: BinaryIO, heading: Sequence[str], rows: RowsOfText, **options: Any) -> None:
    from custledger_excel.writing import write_excel  # imported when a file is written

    write_excel(stream, heading, rows, **options)


def _open_workbook(location: str, *, create: bool = True, read_only: bool = False) -> Store:
    from custledger_excel.store import open_workbook  # imported when such a ledger is opened

    return open_workbook(location, create=create, read_only=read_only)


def _has(path: str) -> bool:
    from custledger_excel.store import is_in_ledger  # needed only where something is written

    return is_in_ledger(path)


EXCEL_READER = Reader(
    name="excel",
    summary=Labels("Workbooks of Excel and LibreOffice; the sheet is found", "Excel 和 LibreOffice 工作簿"),
    suffixes=(".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"),
    open=_open_excel,
    options=("sheet",),
    takes_schema=True,
)
EXCEL_WRITER = Writer(
    name="excel",
    summary=Labels("A workbook of Excel, in which nothing is live", "Excel 工作簿"),
    suffixes=(".xlsx",),
    write=_write_excel,
    takes_fields=True,
)


@hookimpl
def custledger_readers() -> Iterable[Reader]:
    """Return the reader of workbooks."""
    return [EXCEL_READER]


@hookimpl
def custledger_writers() -> Iterable[Writer]:
    """Return the writer of workbooks."""
    return [EXCEL_WRITER]


@hookimpl
def custledger_stores() -> Sequence[StoreType]:
    """Return the store of a workbook."""
    summary = Labels(
        "An Excel workbook with a sheet for each record type, that people may edit by hand",
        "一个 Excel 工作簿，每种记录一张工作表，可以直接用手编辑",
    )
    suffixes = (".xlsx", ".xlsm")
    return [
        StoreType(name="excel", summary=summary, schemes=("excel",), suffixes=suffixes, open=_open_workbook, has=_has)
    ]


@hookimpl
def custledger_commands(app: Any) -> None:
    """Add the command ``template``."""
    from custledger_excel.template import add_commands

    add_commands(app)
