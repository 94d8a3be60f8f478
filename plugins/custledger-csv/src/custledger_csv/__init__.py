"""CSV files for custledger: in and out, and a folder of them as a ledger."""

from collections.abc import Iterable, Sequence
from typing import Any, BinaryIO

from custledger.fields import Labels
from custledger.files import OpenTable, Reader, RowsOfText, Writer
from custledger.hookspecs import StoreType, hookimpl
from custledger.stores.contract import Store


def _open_csv(path: object, **options: Any) -> OpenTable:
    from custledger_csv.reading import open_csv  # imported when a file is read, not when we start

    return open_csv(path, **options)


def _open_tsv(path: object, **options: Any) -> OpenTable:
    return _open_csv(path, **{"delimiter": "tab", **options})


def _write_csv(stream: BinaryIO, heading: Sequence[str], rows: RowsOfText, **options: Any) -> None:
    from custledger_csv.writing import write_csv  # imported when a file is written

    write_csv(stream, heading, rows, **options)


def _write_tsv(stream: BinaryIO, heading: Sequence[str], rows: RowsOfText, **options: Any) -> None:
    _write_csv(stream, heading, rows, **{"delimiter": "tab", **options})


def _open_folder(location: str, *, create: bool = True, read_only: bool = False) -> Store:
    from custledger_csv.store import open_folder  # imported when such a ledger is opened

    return open_folder(location, create=create, read_only=read_only)


def _has(path: str) -> bool:
    from custledger_csv.store import is_in_ledger  # needed only where something is written

    return is_in_ledger(path)


CSV_READER = Reader(
    name="csv",
    summary=Labels("Text separated by commas, semicolons, tabs or bars; encoding and separator are found", "CSV 文本"),
    suffixes=(".csv", ".txt"),
    open=_open_csv,
    options=("encoding", "delimiter"),
)
TSV_READER = Reader(
    name="tsv",
    summary=Labels("Text separated by tabs", "制表符分隔的文本"),
    suffixes=(".tsv", ".tab"),
    open=_open_tsv,
    options=("encoding", "delimiter"),
)
CSV_WRITER = Writer(
    name="csv",
    summary=Labels("Text separated by commas (RFC 4180), safe to open in a spreadsheet", "CSV 文本"),
    suffixes=(".csv", ".txt"),
    write=_write_csv,
    options=("encoding", "delimiter", "excel_bom"),
)
TSV_WRITER = Writer(
    name="tsv",
    summary=Labels("Text separated by tabs, safe to open in a spreadsheet", "制表符分隔的文本"),
    suffixes=(".tsv", ".tab"),
    write=_write_tsv,
    options=("encoding", "delimiter", "excel_bom"),
)


@hookimpl
def custledger_readers() -> Iterable[Reader]:
    """Return the readers of CSV and of tab-separated text."""
    return [CSV_READER, TSV_READER]


@hookimpl
def custledger_writers() -> Iterable[Writer]:
    """Return the writers of CSV and of tab-separated text."""
    return [CSV_WRITER, TSV_WRITER]


@hookimpl
def custledger_stores() -> Sequence[StoreType]:
    """Return the store of a folder of CSV files."""
    summary = Labels(
        "A folder of CSV files, one for each record type, that people may edit by hand",
        "一个文件夹里的 CSV 文件，每种记录一个文件，可以直接用手编辑",
    )
    return [StoreType(name="csv", summary=summary, schemes=("csv",), open=_open_folder, has=_has)]
