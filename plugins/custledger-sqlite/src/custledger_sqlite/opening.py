"""Opening a ledger in a SQLite file: finding it, making it, refusing what is none, or opening it only for reading."""

import time
from pathlib import Path

import apsw

from custledger.errors import CustledgerError, ForeignStoreError, NotAllowedError, NotFoundError, StoreError, UsageError
from custledger_sqlite import layouts
from custledger_sqlite.connecting import WAIT_MILLISECONDS, SqliteDatabase
from custledger_sqlite.filesystems import is_writable, network_file_system
from custledger_sqlite.store import SqliteStore


def open_store(location: str, *, create: bool = True, read_only: bool = False) -> SqliteStore:
    """Open the ledger in the file ``location``, or make one there.

    A file that may not be written is opened for reading only. Raises ``NotFoundError`` where there is no file and
    ``create`` is false, ``ForeignStoreError`` for a file that is no ledger or is newer than this program.
    """
    path = _path(location)
    is_made = not path.exists()
    is_new = is_made or path.stat().st_size == 0
    if is_new:
        _check_creation(path, create=create, read_only=read_only)
    read_only = read_only or not (is_new or is_writable(path))
    if not read_only and (network := network_file_system(path.parent)):
        raise StoreError(
            f"{path} lies on a network file system ({network}), where programs cannot share a ledger safely.",
            hint="Keep the ledger on a disk of this computer, or use a database server.",
        )
    if not read_only:
        _free_beside(path)
    # In a folder that may not be written SQLite can keep no shared index of the log, and needs to be told that
    # nobody writes the file meanwhile.
    alone = read_only and not is_writable(path.parent) and not Path(f"{path}-wal").exists()
    tidy = read_only and not alone and _may_be_tidied(path)
    database = SqliteDatabase(str(path), read_only=read_only, unchanging=alone, tidy=tidy)
    store = SqliteStore(database, read_only=read_only, is_made=is_made)
    try:
        _make_ready(database, path, is_new=is_new, read_only=read_only)
    except apsw.Error as fault:
        store.unmake()
        raise database.explained(fault) from fault
    except CustledgerError:
        store.unmake()
        raise
    except BaseException:
        store.close()
        raise
    return store


def _may_be_tidied(path: Path) -> bool:
    """Whether a reader may take away at last what SQLite keeps beside a file: it may, and no change lies there yet."""
    log = Path(f"{path}-wal")
    return is_writable(path) and is_writable(path.parent) and not (log.exists() and log.stat().st_size)


def _free_beside(path: Path) -> None:
    """Make writable again what readers left beside a ledger that was not to be written when they opened it.

    SQLite gives the files beside a database the database's own rights, and never looks at them again.
    """
    for beside in (Path(f"{path}{ending}") for ending in layouts.BESIDE):
        if beside.exists() and not is_writable(beside):
            try:
                beside.chmod(path.stat().st_mode & 0o777)
            except FileNotFoundError:
                continue  # whoever closed the ledger last took it away meanwhile
            except OSError as fault:
                raise NotAllowedError(
                    f"{beside} may not be written, which belongs to the ledger: {fault.strerror}.",
                    hint=f"Have its owner make it writable: chmod u+w,g+w {beside.name}. Do not delete it.",
                ) from fault


def _path(location: str) -> Path:
    if not location or "\0" in location:
        raise UsageError("A SQLite ledger needs the path of its file.", hint="Write sqlite:ledger.db")
    path = Path(location).expanduser().absolute()
    if path.is_dir():
        raise ForeignStoreError(f"{path} is a folder, not a ledger.", hint="Give the path of a file.")
    return path


def _check_creation(path: Path, *, create: bool, read_only: bool) -> None:
    if not create or read_only:
        raise NotFoundError("ledger", path.name, hint=f"Looked in {path.parent}. Make one with “custledger init”.")
    if not path.parent.is_dir():
        raise NotFoundError("folder", path.parent, hint="Make the folder first.")
    if not is_writable(path.parent):
        raise NotAllowedError(
            f"{path.parent} may not be written, so no ledger can be made there.", hint="Choose another folder."
        )
    from custledger_sqlite.leftovers import refuse_leftovers  # only who makes a ledger needs it

    refuse_leftovers(path)


def _make_ready(database: SqliteDatabase, path: Path, *, is_new: bool, read_only: bool) -> None:
    if is_new:
        _touch(path)
    connection = database.connect()
    try:
        if is_new:
            _make(connection)
        is_older = layouts.check(connection, str(path))
        if read_only:
            _refuse_upgrade(path, is_older=is_older)
        else:
            _write_ahead(connection, path)
            if is_older:
                layouts.upgrade(connection, str(path))
    except BaseException:
        connection.close()
        raise
    database.give_back(connection)


def _touch(path: Path) -> None:
    try:
        path.touch()
    except OSError as fault:
        raise StoreError(
            f"{path} cannot be made: {fault.strerror}.", hint="Choose another place, or make room."
        ) from fault


def _refuse_upgrade(path: Path, *, is_older: bool) -> None:
    if is_older:
        raise NotAllowedError(
            f"{path} is of an older layout and may not be written, so it cannot be upgraded.",
            hint="Make the file writable and open it once, or read it with the custledger that wrote it.",
        )


def _write_ahead(connection: apsw.Connection, path: Path) -> None:
    """Have a log written ahead, in which readers and a writer do not wait for each other; a backup comes without."""
    ((mode,),) = connection.execute("PRAGMA journal_mode")
    patience = time.monotonic() + WAIT_MILLISECONDS / 1000
    while mode != "wal":
        try:
            ((mode,),) = connection.execute("PRAGMA journal_mode = WAL")
            break
        except apsw.BusyError:
            # SQLite does not wait by itself here. Whoever is in the way may be about to do the same.
            if time.monotonic() > patience:
                raise
            time.sleep(0.01)
            ((mode,),) = connection.execute("PRAGMA journal_mode")
    if mode != "wal":
        raise StoreError(
            f"{path} lies where SQLite cannot keep a log beside it (its mode stays {mode}).",
            hint="Keep the ledger in an ordinary folder of this computer.",
        )


def _make(connection: apsw.Connection) -> None:
    """Lay out a ledger in an empty file, unless another program does so at the same moment.

    The file goes from empty to whole in one step, so that nobody takes it for a foreign one in between.
    """
    connection.execute("BEGIN IMMEDIATE")
    try:
        if not list(connection.execute("SELECT 1 FROM sqlite_schema LIMIT 1")):
            layouts.make(connection)
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
