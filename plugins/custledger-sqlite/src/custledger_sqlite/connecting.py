"""Connections to one SQLite file: as many as are in use at once, of which one at a time writes."""

import contextlib
import os
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

import apsw

from custledger.errors import CustledgerError, StoreError
from custledger.stores.sql.database import Connection
from custledger_sqlite.faults import explained

WAIT_MILLISECONDS = 30_000
"""How long a writer waits for another one, in any process, before it gives up."""

_MOST_KEPT = 8
_YIELDS = 2
_SHORT_PAUSE = 0.00005
_LONG_PAUSE = 0.002
_GROWTH = 1.5
_STEPS = 10
_PAGES_BEFORE_CHECKPOINT = 4000


class SqliteDatabase:
    """An open SQLite file. ``path`` is absolute; ``synchronous`` and ``vfs`` are SQLite's own words.

    ``tidy`` is for reading only, where the file may be written: then whoever closes it last takes away the files that
    SQLite keeps beside it, which it does not do for one that was opened as read-only.
    """

    faults: type[Exception] = apsw.Error

    def __init__(
        self,
        path: str,
        *,
        read_only: bool = False,
        unchanging: bool = False,
        tidy: bool = False,
        synchronous: str = "FULL",
        vfs: str = "",
        wait: int = WAIT_MILLISECONDS,
    ) -> None:
        self.path = path
        self.url = f"sqlite:{path}"
        self._read_only = read_only
        self._unchanging = unchanging
        self._tidy = tidy
        self._synchronous = synchronous
        self._vfs = vfs
        self._wait = wait
        self._idle: deque[apsw.Connection] = deque()
        self._writers = threading.RLock()
        self._closed = False
        self._owner = os.getpid()

    def connect(self) -> apsw.Connection:
        """Open one more connection."""
        if self._closed:
            raise StoreError("The ledger is closed.", hint="Open it again.")
        read_only = self._read_only and not self._tidy
        flags = apsw.SQLITE_OPEN_URI | (apsw.SQLITE_OPEN_READONLY if read_only else apsw.SQLITE_OPEN_READWRITE)
        options = "?immutable=1" if self._unchanging else ""
        connection = apsw.Connection(f"file:{quote(self.path)}{options}", flags=flags, vfs=self._vfs or None)
        connection.set_busy_handler(_patience(self._wait))
        connection.create_scalar_function("custledger_day", _local_day, 2, deterministic=True)
        for pragma in (
            f"synchronous = {self._synchronous}",
            "foreign_keys = ON",
            "trusted_schema = OFF",
            "cell_size_check = ON",
            f"wal_autocheckpoint = {_PAGES_BEFORE_CHECKPOINT}",
            "cache_size = -16000",
            "mmap_size = 0",
            *(["query_only = ON"] if self._read_only else ()),
        ):
            connection.execute(f"PRAGMA {pragma}")
        return connection

    def borrow(self) -> apsw.Connection:
        """Return a connection to read with that nobody else uses."""
        try:
            return self._idle.pop()  # another thread may take the last one between a look and a pop
        except IndexError:
            return self._connect_explained()

    def _connect_explained(self) -> apsw.Connection:
        try:
            return self.connect()
        except apsw.Error as fault:
            raise self.explained(fault) from fault

    def give_back(self, connection: Connection) -> None:
        """Take a borrowed connection back."""
        if self._closed or len(self._idle) >= _MOST_KEPT:
            connection.close()  # type: ignore[attr-defined]
        else:
            self._idle.append(connection)  # type: ignore[arg-type]

    @contextlib.contextmanager
    def writing(self) -> Iterator[Connection]:
        """Open the one write transaction; see ``custledger.stores.sql.database``."""
        with self._writers:
            # The connection that read last has the record's pages in memory, and its own writes do not make it forget.
            connection = self.borrow()
            try:
                connection.execute("BEGIN IMMEDIATE")
                yield connection
                connection.execute("COMMIT")
            except BaseException as error:
                self._roll_back(connection)
                if isinstance(error, apsw.Error):
                    raise self.explained(error) from error
                raise
            self.give_back(connection)

    def _roll_back(self, connection: apsw.Connection) -> None:
        """Undo what an unfinished transaction did, and take its connection back.

        A full disk or a failed read may have undone it already.
        """
        try:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
        except apsw.Error:
            # The connection is of no more use; SQLite undoes the transaction when it is closed, or at the next opening.
            with contextlib.suppress(apsw.Error):
                connection.close(force=True)
        else:
            self.give_back(connection)

    def explained(self, fault: Exception) -> CustledgerError:
        """Return the error of custledger that a fault of SQLite means."""
        return explained(fault, self.path)

    def close(self) -> None:
        """Close every connection. A second call does nothing."""
        with self._writers:
            self._closed = True
            while self._idle:
                self._idle.pop().close()


def _local_day(*parts: Any) -> str | None:
    """Return the day of a plain time in a zone: a function of the SQL that expressions are compiled to."""
    from custledger.expressions.dates import local_day  # few statements ask for it

    time, zone = parts
    return None if time is None else local_day(time, zone)


def _give_way() -> None:
    """Let another process have this processor, where the system knows how."""
    if hasattr(os, "sched_yield"):
        os.sched_yield()
    else:
        time.sleep(0)


def _patience(wait: int) -> Callable[[int], bool]:
    """Return a function that pauses while another writer is at work, and gives up after ``wait`` milliseconds.

    SQLite's own pauses soon take a tenth of a second, while a write may take a few ten-thousandths: eight busy
    processes would leave the file idle half of the time. So whoever waits first lets others run, and then pauses a
    little longer each time. Pauses differ at random so that they do not all come back at once.
    """
    until = 0.0

    def wait_once(count: int) -> bool:
        nonlocal until
        from random import uniform  # only who has to wait needs it

        now = time.monotonic()
        if count == 0:
            until = now + wait / 1000
        if count < _YIELDS:
            _give_way()
        else:
            pause = min(_LONG_PAUSE, _SHORT_PAUSE * _GROWTH ** min(count - _YIELDS, _STEPS))
            time.sleep(pause * uniform(0.5, 1.5))  # noqa: S311 - it only spreads pauses
        return now < until

    return wait_once
