"""Opening a ledger in a folder of CSV files."""

from pathlib import Path
from typing import Any

from custledger.errors import NotFoundError, UsageError
from custledger.stores.tables.book import SIDE
from custledger.stores.tables.store import TableStore
from custledger_csv.book import CsvBook


def open_folder(location: str, *, create: bool = True, read_only: bool = False, **more: Any) -> TableStore:
    """Open the ledger in a folder, or make one there; what lies in the folder already becomes part of it.

    Raises ``NotFoundError`` where there is none and ``create`` is false, or where the folder's own folder is not there.
    """
    if not location or "\0" in location:
        raise UsageError("A ledger of CSV files needs the path of a folder.", hint="Write csv:folder/")
    folder = Path(location).expanduser().absolute()
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is a file, not a folder.", hint="Give the folder in which the CSV files are.")
    is_new = not folder.exists()
    if is_new and (not create or read_only):
        raise NotFoundError("ledger", folder.name, hint=f"Looked in {folder.parent}. Make one with “custledger init”.")
    if is_new and not folder.parent.is_dir():
        raise NotFoundError("folder", folder.parent, hint="Make the folder first.")
    if is_new:
        folder.mkdir()
    return TableStore.open(CsvBook(folder), create=create, read_only=read_only, **more)


def is_in_ledger(path: str) -> bool:
    """Whether a file is one of a ledger of CSV files, or lies beside them."""
    file = Path(path)
    return any((folder / SIDE / "journal").exists() for folder in (file.parent, file.parent.parent))
