"""Taking away the file of a ledger that could not be made: nothing of it shall stand in the way of the next attempt."""

import contextlib
from pathlib import Path

import apsw

from custledger_sqlite import layouts


def unmake(path: str) -> None:
    """Remove a file that was just made, with those beside it, unless something was written into the ledger in it.

    A file that another program has open as well stays: it may be about to write.
    """
    if not Path(path).exists():
        return
    with contextlib.suppress(apsw.Error, OSError), contextlib.closing(apsw.Connection(path)) as connection:
        # Exclusive before anything is read: so SQLite needs no shared index beside the file, for which a full disk has
        # no room, and fails at once where another program has the file open.
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        connection.execute("BEGIN EXCLUSIVE")
        if _is_untold(connection):
            for file in (path, *(f"{path}{ending}" for ending in layouts.BESIDE)):
                Path(file).unlink(missing_ok=True)


def _is_untold(connection: apsw.Connection) -> bool:
    """Whether nothing was ever written into the ledger, if there is one at all."""
    is_laid_out = list(connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'custledger_changesets'"))
    return not is_laid_out or not list(connection.execute("SELECT 1 FROM custledger_changesets LIMIT 1"))
