"""Excel workbooks for custledger: read, written, and as templates to fill in.

The hooks are here; what reads and writes is in modules of its own, imported when it is asked for.
"""

from collections.abc import Iterable, Sequence
from typing import Any, BinaryIO

from custledger.fields import Labels
from custledger.files import OpenTable, Reader, RowsOfText, Writer
from custledger.hookspecs import hookimpl


def _open_excel(path: object, **options: Any) -> OpenTable:
    from custledger_excel.reading import open_excel  # imported when a file is read, not when we start

    return open_excel(path, **options)


def _write_excel(stream: BinaryIO, heading: Sequence[str], rows: RowsOfText, **options: Any) -> None:
    from custledger_excel.writing import write_excel  # imported when a file is written

    write_excel(stream, heading, rows, **options)


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
def custledger_commands(app: Any) -> None:
    """Add the command ``template``."""
    from custledger_excel.template import add_commands

    add_commands(app)
