"""Copying a ledger while it is in use, and proving the copy before it counts.

The copy is made with SQLite's online backup into a file beside the target. It is then opened by itself, checked, and
compared with the source row by row, both under one snapshot. Only a true copy is flushed to disk and renamed.
"""

import contextlib
import os
from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path

import apsw

from custledger.errors import NotFoundError, StoreError, UsageError
from custledger.stores.contract import Verification
from custledger.stores.sql.layout import quoted
from custledger_sqlite import layouts
from custledger_sqlite.connecting import SqliteDatabase
from custledger_sqlite.faults import explained
from custledger_sqlite.leftovers import refuse_leftovers

_SHADOWS = ("config", "content", "data", "docsize", "idx")
"""What FTS5 calls the tables in which it keeps an index."""


def backup(source: SqliteDatabase, target: str) -> Verification:
    """Copy ``source`` to the file ``target``, which is replaced. Raises ``StoreError`` if the copy is not true."""
    path = Path(target).expanduser().absolute()
    _check_target(path, Path(source.path))
    copy = path.with_name(f".{path.name}.{os.getpid()}.copying")
    try:
        with _snapshot(source) as connection:
            _copy(connection, copy)
            verification = verified(connection, copy)
        if verification.problems:
            raise StoreError(
                f"{path}: the backup is not a true copy: {'; '.join(verification.problems)}.",
                hint="Nothing was replaced. Check the disk, then try again.",
            )
        _flush(copy)
        copy.replace(path)
        _flush(path.parent)
    except apsw.Error as fault:
        raise explained(fault, str(path)) from fault
    except OSError as fault:
        raise StoreError(
            f"{path} cannot be written: {fault.strerror}.",
            hint="Nothing was replaced. Choose another place, or make room.",
        ) from fault
    finally:
        for suffix in ("", *layouts.BESIDE):
            with contextlib.suppress(OSError):
                Path(f"{copy}{suffix}").unlink()
    return verification


def _check_target(path: Path, source: Path) -> None:
    if path.is_dir():
        raise UsageError(f"{path} is a folder; a backup needs a file.", hint="Give the name of a file in it.")
    if not path.parent.is_dir():
        raise NotFoundError("folder", path.parent, hint="Make the folder first.")
    if path.exists() and path.samefile(source):
        raise UsageError(f"{path} is the ledger itself.", hint="Give the path of another file.")
    refuse_leftovers(path)
    if Path(f"{path}-wal").exists():
        # SQLite would apply what is left beside it to the copy.
        raise UsageError(f"{path} is a database that is in use, or was not closed.", hint="Give another name.")


@contextlib.contextmanager
def _snapshot(source: SqliteDatabase) -> Iterator[apsw.Connection]:
    """Give a connection to the source that sees one snapshot, however long it takes."""
    connection = source.borrow()
    try:
        connection.execute("BEGIN")
        # A transaction begins to see with its first reading.
        list(connection.execute("SELECT generation FROM custledger_ledger"))
        yield connection
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        source.give_back(connection)


def _copy(connection: apsw.Connection, copy: Path) -> None:
    copy.unlink(missing_ok=True)
    target = apsw.Connection(str(copy), flags=apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE)
    try:
        # Nobody may read what may hold customers' data while it is being written.
        # Its owner may write it, so that what is restored from it can be used.
        copy.chmod(Path(connection.filename).stat().st_mode & 0o777 | 0o600)
        with target.backup("main", connection, "main") as running:
            while not running.done:
                running.step(1000)
        target.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        target.execute("PRAGMA journal_mode = DELETE")
    finally:
        target.close()


def verified(connection: apsw.Connection, copy: Path) -> Verification:
    """Check the file ``copy`` by itself, and compare it with the snapshot that ``connection`` sees."""
    opened = apsw.Connection(str(copy), flags=apsw.SQLITE_OPEN_READWRITE)
    try:
        problems = list(_problems(opened))
        rows: dict[str, int] = {}
        tables = list(_tables(connection))
        if sorted(tables) != sorted(_tables(opened)):
            problems.append("it has not the same tables")
        else:
            for table in tables:
                count, mine = _hashed(connection, table)
                if (count, mine) != _hashed(opened, table):
                    problems.append(f"the table {table} differs")
                if not table.startswith("custledger_") and "__" not in table:
                    rows[table] = count
        return Verification(rows, tuple(problems))
    finally:
        opened.close()


def _problems(connection: apsw.Connection) -> Iterator[str]:
    """Yield what is wrong with a file by itself."""
    for (found,) in connection.execute("PRAGMA integrity_check(10)"):
        if found != "ok":
            yield str(found)
    for table, _, parent, _ in connection.execute("PRAGMA foreign_key_check"):
        yield f"a row of {table} refers to a row of {parent} that is not there"
    if layouts.number(connection, "application_id") != layouts.APPLICATION_ID:
        yield "it is not marked as a ledger"
    for name in _search_tables(connection):
        try:
            connection.execute(f"INSERT INTO {quoted(name)} ({quoted(name)}) VALUES ('integrity-check')")
        except apsw.CorruptError:
            yield f"the search index {name} is damaged"


def _search_tables(connection: apsw.Connection) -> list[str]:
    return [
        name
        for (name,) in connection.execute(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND sql LIKE 'CREATE VIRTUAL TABLE%'"
        )
    ]


def _tables(connection: apsw.Connection) -> Iterator[str]:
    """Yield the names of the tables that hold rows; a search index is checked, not compared."""
    search = _search_tables(connection)
    shadows = {f"{name}_{shadow}" for name in search for shadow in _SHADOWS} | set(search)
    for (name,) in list(
        connection.execute(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND substr(name, 1, 7) <> 'sqlite_' ORDER BY name"
        )
    ):
        if name not in shadows:
            yield name


def _hashed(connection: apsw.Connection, table: str) -> tuple[int, bytes]:
    """Return how many rows a table has, and a hash of them in the order of their key."""
    hashed, count = blake2b(digest_size=32), 0
    for row in connection.execute(f"SELECT * FROM {quoted(table)} ORDER BY rowid"):
        hashed.update(repr(row).encode("utf-8", "surrogatepass"))
        count += 1
    return count, hashed.digest()


def _flush(path: Path) -> None:
    """Bring a file, or the entries of a folder, onto the disk."""
    if os.name == "nt" and path.is_dir():  # Windows has no such thing as a folder that can be flushed
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
