"""Makes the search index of a bulk load beside it: another process takes the texts apart while the rows land.

Where that cannot be (one processor, no interpreter to start, a process that failed), ``install`` says so, and the index
is made from the records as at any other time. Nothing of what is made lies anywhere before the load ends.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from queue import Queue
from threading import Event, Thread
from typing import IO, Any

from custledger.stores.sql.database import Connection
from custledger_sqlite.search_index import fill, remake

WORTHWHILE = 10_000
"""How many records a load has at least for a process to be started: it takes a tenth of a second to do so."""

_WAITING = 4
"""How many chunks wait for the process before the load waits too."""

_COMMAND = ("-P", "-m", "custledger_sqlite.search_worker")
Chunk = tuple[int, Sequence[str]]


class SearchBuilder:
    """One index in the making. See ``custledger.stores.sql.database.IndexBuilder``."""

    def __init__(self) -> None:
        self._first: list[Chunk] = []
        self._count = 0
        self._failed = Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._waiting: Queue[Chunk | None] = Queue(_WAITING)
        self._sender = Thread(target=self._send, daemon=True)
        if not sys.executable or _processors() < 2:
            self._failed.set()

    def add(self, first: int, texts: Sequence[str]) -> None:
        """Take the texts of records whose ids follow each other."""
        if self._failed.is_set():
            return
        self._count += len(texts)
        if self._process is None:
            self._first.append((first, texts))
            if self._count >= WORTHWHILE:
                self._start()
        else:
            self._waiting.put((first, texts))

    def install(self, connection: Connection, name: str) -> bool:
        """Make the index of ``name`` anew from what was added; return whether that could be."""
        if self._process is None or self._failed.is_set():
            return False
        self._waiting.put(None)
        self._sender.join()
        if self._failed.is_set():
            return False
        remake(connection, name)
        for shadow, rows in self._made(self._process):
            fill(connection, name, shadow, rows)
        if self._failed.is_set():
            remake(connection, name)
        return not self._failed.is_set()

    def close(self) -> None:
        """End the process, whatever it has made."""
        self._failed.set()
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        if self._sender.is_alive():
            self._waiting.put(None)
            self._sender.join()
        for stream in (process.stdin, process.stdout):
            with suppress(OSError):
                _there(stream).close()
        process.wait()

    def _start(self) -> None:
        try:
            self._process = subprocess.Popen(
                [sys.executable, *_COMMAND],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            )
        except OSError:
            self._failed.set()
            return
        self._sender.start()
        for chunk in self._first:
            self._waiting.put(chunk)
        self._first = []

    def _send(self) -> None:
        """Write what waits to the process, which may be slower than the load."""
        assert self._process is not None  # noqa: S101 - it was started before this thread
        stream = _there(self._process.stdin)
        while True:
            chunk = self._waiting.get()
            if not self._failed.is_set():
                try:
                    stream.write(json.dumps(chunk, ensure_ascii=False).encode() + b"\n")
                    stream.flush()
                except (OSError, ValueError):
                    # It is gone, or the text is none that it could read: the records themselves are still there.
                    self._failed.set()
            if chunk is None:
                return

    def _made(self, process: "subprocess.Popen[bytes]") -> Iterator[tuple[str, list[Any]]]:
        """Yield the rows that the process has made, and note whether they were all."""
        for line in _there(process.stdout):
            if line == b"null\n":
                return
            if not line.endswith(b"\n"):
                break
            shadow, rows = json.loads(line)
            yield shadow, rows
        self._failed.set()


def _processors() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _there(stream: IO[bytes] | None) -> IO[bytes]:
    assert stream is not None  # noqa: S101 - the process was started with pipes
    return stream
