"""The folder beside the files of a ledger: its journal, a snapshot of what is kept, and the lock of its writers."""

import contextlib
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import attrs

from custledger.atomic_file import settle_folder
from custledger.errors import StoreError, file_error
from custledger.stores.tables import disk, snapshot
from custledger.stores.tables.book import SIDE
from custledger.stores.tables.journal import Journal
from custledger.stores.tables.kept import Kept, Replay, Waiting, first_record

JOURNAL, SNAPSHOT, LOCK, README = "journal", "snapshot", "lock", "README.txt"

_EXPLAINED = """\
custledger keeps here what belongs to the ledger in the folder above: its history, its settings, and what was
last agreed with the files that people edit. Please leave it as it is, and copy it along with the files.

这里是 custledger 为上一级文件夹里的台账保存的内容：历史、设置，以及与人工编辑的文件最后一致时的状态。
请不要改动，复制文件时请一并复制本文件夹。
"""


class Beside:
    """What lies beside the files, and what this handle knows of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._journal = Journal(folder / JOURNAL)
        self._snapshot = folder / SNAPSHOT
        self._end = -1
        self._snapshot_end = 0
        self._kept: Kept | None = None
        self._is_assumed = False

    @property
    def is_there(self) -> bool:
        """Whether there is a ledger: a journal of which at least the first record is whole.

        Raises ``StoreError`` where that is damaged.
        """
        return self._journal.size() > 0 and next(self._journal.lines(), None) is not None

    @property
    def kept(self) -> Kept:
        """All that is kept, as this handle knows it."""
        if self._kept is None:
            raise StoreError(f"{self.folder} was not read yet.")
        return self._kept

    @property
    def is_current(self) -> bool:
        """Whether nobody has written since this handle looked."""
        return self._kept is not None and self._journal.size() == self._end

    @cached_property
    def guard(self) -> Any:
        """What opens the lock of the writers."""
        return disk.guarded(self.folder / LOCK)

    def make(self, identity: UUID | None = None) -> None:
        """Begin a journal, unless somebody has done so at the same moment. Raises ``CustledgerError``."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with self.guard():
                if not self.is_there:
                    self._journal.append(first_record(identity or uuid4()), 0)
                    (self.folder / README).write_text(_EXPLAINED, encoding="utf-8")
                    settle_folder(self.folder)
                    settle_folder(self.folder.parent)
        except OSError as error:
            raise file_error(self.folder, error, "written") from error

    def unmake(self) -> None:
        """Take away the folder of a ledger in which nothing was written."""
        for name in (JOURNAL, SNAPSHOT, snapshot.HISTORY, LOCK, README):
            with contextlib.suppress(OSError):
                (self.folder / name).unlink()
        above = [one for one in self.folder.parents[:1] if one.name == SIDE]
        for folder in (self.folder / disk.NEW, self.folder, *above):
            with contextlib.suppress(OSError):
                folder.rmdir()

    def catch_up(self) -> bool:
        """Read what others wrote; return whether there was anything. Raises ``CustledgerError``."""
        if self.is_current:
            return False
        try:
            if self._kept is None or self._is_assumed or self._journal.size() < self._end:
                self._is_assumed = False
                self._kept, self._end, self._snapshot_end = snapshot.load(self._journal, self._snapshot)
                return True
            replay, start = Replay(self._kept), self._end
            for line in self._journal.lines(start):
                replay.follow(line.record)
                self._end = line.end
        except OSError as error:
            raise file_error(self._journal.path, error) from error
        if self._end == start:
            return False
        self._kept = replay.finished()
        return True

    def commit(self, kept: Kept, record: Mapping[str, Any]) -> None:
        """Let what is kept follow by a record; when this returns it is on the disk. Raises ``OSError``."""
        self._end = self._journal.append(record, self._end)
        self._kept = kept
        if snapshot.is_due(self._end, self._snapshot_end, self._snapshot):
            # Nothing depends on it: without a new one, opening takes longer.
            with contextlib.suppress(OSError):
                snapshot.save(kept, self._journal, self._end, self._snapshot)
                self._snapshot_end = self._end

    def assume(self, kept: Kept) -> None:
        """Go on from what is kept, without writing it: for a handle that only reads."""
        self._kept, self._is_assumed = kept, True

    def put(self, pending: Mapping[str, Waiting]) -> None:
        """Take note of which files still wait for their places."""
        self._kept = attrs.evolve(self.kept, pending=pending)
