"""Opening a ledger in an Excel workbook."""

from pathlib import Path
from typing import Any

from custledger.errors import NotFoundError, UsageError
from custledger.stores.tables.book import SIDE
from custledger.stores.tables.store import TableStore
from custledger_excel.book import SUFFIXES, ExcelBook, manifest_of


def open_workbook(location: str, *, create: bool = True, read_only: bool = False, **more: Any) -> TableStore:
    """Open the ledger in a workbook, or make one; what stands in the workbook already becomes part of it.

    A template that was filled in is a ledger as it is. Raises ``NotFoundError`` where there is none and ``create`` is
    false, or where its folder is not there.
    """
    if not location or "\0" in location:
        raise UsageError("A ledger in a workbook needs the path of its file.", hint="Write excel:book.xlsx")
    file = Path(location).expanduser().absolute()
    if file.suffix.lower() not in SUFFIXES:
        raise UsageError(
            f"A ledger cannot be kept in {file.name}.", hint="Save it as .xlsx, or import it into another ledger."
        )
    if file.is_dir():
        raise UsageError(f"{file} is a folder.", hint="Give the path of a workbook.")
    if not file.parent.is_dir():
        raise NotFoundError("folder", file.parent, hint="Make the folder first.")
    book = ExcelBook(file)
    is_ledger = (book.side / "journal").exists()  # whatever has become of the workbook since
    create = create or (not is_ledger and manifest_of(file) is not None)
    return TableStore.open(book, create=create, read_only=read_only, **more)


def is_in_ledger(path: str) -> bool:
    """Whether a file is the workbook of a ledger, or lies beside one."""
    file = Path(path)
    return (file.parent / SIDE / file.name / "journal").exists() or SIDE in file.parts
