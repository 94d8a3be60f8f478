"""The journal of a ledger in files: one line for each changeset, which counts when it is whole on the disk.

A line is the beginning of the SHA-256 of a JSON text, a space, and the text. A last line that is not whole is of a
write that never came to its end, and is passed over; whoever writes next cuts it off. So appending a line, and flushing
it, is the one step at which all of a changeset lands: what it does to the files is said in it, and done after it, by
whoever comes next if need be.
"""

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import attrs

from custledger.errors import StoreError

MOST = 1 << 62
CHECK = 16
"""How many letters of the SHA-256 go before a line."""

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode


@attrs.frozen
class Line:
    """One record of the journal; ``end`` is where the next one begins, in bytes."""

    record: dict[str, Any]
    end: int


class Journal:
    """The journal in the file ``path``."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def size(self) -> int:
        """Return how long the file is, in bytes; -1 where there is none."""
        try:
            return self.path.stat().st_size
        except FileNotFoundError:
            return -1

    def lines(self, start: int = 0, end: int = MOST) -> Iterator[Line]:
        """Yield the records from one place to another, up to the first that is not whole.

        Raises ``StoreError`` where one that is not whole has others behind it, which no interrupted write leaves.
        """
        with self.path.open("rb") as stream:
            stream.seek(start)
            place = start
            for line in stream:
                if place >= end:
                    return
                place += len(line)
                record = decoded(line)
                if record is None:
                    # What has no end yet may be being written at this moment, and more of it come with the next look.
                    if line.endswith(b"\n") and stream.readline():
                        raise self._damaged(place)
                    return
                yield Line(record, place)

    def check_at(self, end: int) -> str:
        """Return by what the line that ends at a place is known, or ``""`` where none ends there."""
        with self.path.open("rb") as stream:
            stream.seek(max(0, end - (1 << 16)))
            before = stream.read(min(end, 1 << 16))
            while end > len(before) and before.count(b"\n") < 2:
                start = max(0, end - 4 * len(before))
                stream.seek(start)
                before = stream.read(end - start)
        if not before.endswith(b"\n"):
            return ""
        return before[before.rfind(b"\n", 0, -1) + 1 :][:CHECK].decode("ascii", "replace")

    def append(self, record: Mapping[str, Any], end: int) -> int:
        """Write a record at ``end``, where the last whole one ends, and return where this one ends.

        It is on the disk when this returns. Where it cannot be, what was written of it is taken away again, and the
        ``OSError`` is raised.
        """
        line = encoded(record)
        handle = os.open(self.path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o666)
        try:
            os.ftruncate(handle, end)
            try:
                os.lseek(handle, end, os.SEEK_SET)
                _write_all(handle, line)
                os.fsync(handle)
            except BaseException:
                os.ftruncate(handle, end)
                raise
        finally:
            os.close(handle)
        return end + len(line)

    def _damaged(self, place: int) -> StoreError:
        return StoreError(
            f"{self.path} is damaged before byte {place}.",
            hint="Restore that file from a backup. Without it the ledger can be made anew from its sheets: move the "
            "folder that the file is in away, and open the ledger with custledger init.",
        )


def encoded(record: Mapping[str, Any]) -> bytes:
    """Return a record as a line."""
    text = _encode(record).encode()
    return hashlib.sha256(text).hexdigest()[:CHECK].encode() + b" " + text + b"\n"


def decoded(line: bytes) -> dict[str, Any] | None:
    """Return the record of a line, or ``None`` where it is not whole."""
    check, text = line[:CHECK], line[CHECK + 1 : -1]
    if not line.endswith(b"\n") or hashlib.sha256(text).hexdigest()[:CHECK].encode() != check:
        return None
    record: dict[str, Any] = json.loads(text)
    return record


def _write_all(handle: int, data: bytes) -> None:
    left = memoryview(data)
    while left:
        left = left[os.write(handle, left) :]
