"""The log and the operations up to one moment, which never change; what follows shares what is there already."""

import itertools
import threading
from collections.abc import Callable, Collection, Iterator, Sequence

import attrs

from custledger.changes import Action, LogEntry, Operation

Earlier = Callable[[], tuple[list[LogEntry], list[Operation]]]
"""Reads the entries, and the operation of each changeset, that were there before those in memory."""


@attrs.define(eq=False)
class _Shared:
    """What all moments of one history share; each sees the beginning of it.

    ``earlier`` reads the first ``unread`` entries and the operations of the first ``untold`` changesets, which are not
    in memory until somebody asks.
    """

    unread: int = 0
    untold: int = 0
    earlier: Earlier | None = None
    entries: list[LogEntry] = attrs.field(factory=list)
    operations: list[Operation] = attrs.field(factory=list)
    lock: threading.Lock = attrs.field(factory=threading.Lock)

    def read(self) -> None:
        """Read what came before, if that was not done."""
        with self.lock:
            if self.earlier is not None:
                entries, operations = self.earlier()
                self.entries[:0], self.operations[:0] = entries, operations
                self.unread, self.untold, self.earlier = 0, 0, None


class History:
    """The log entries of a ledger, whose cursors count from 1, and the operation of each of its changesets."""

    def __init__(self, *, logged: int = 0, changesets: int = 0, earlier: Earlier | None = None) -> None:
        self.logged = logged
        self.changesets = changesets
        self._shared = _Shared(logged, changesets, earlier)

    def followed_by(self, entries: Sequence[LogEntry], operation: Operation) -> "History":
        """Return the history in which one more changeset landed."""
        following = History(logged=self.logged + len(entries), changesets=self.changesets + 1)
        following._shared = self._extended(entries, operation)
        return following

    def _extended(self, entries: Sequence[LogEntry], operation: Operation) -> _Shared:
        shared = self._shared
        here, told = self.logged - shared.unread, self.changesets - shared.untold
        if (len(shared.entries), len(shared.operations)) != (here, told):
            # Another history went on from here, which may never have come to be.
            shared = attrs.evolve(shared, entries=shared.entries[:here], operations=shared.operations[:told])
        shared.entries.extend(entries)
        shared.operations.append(operation)
        return shared

    def log(
        self,
        *,
        since: int = 0,
        record: tuple[str, int] | None = None,
        operation: int | None = None,
        newest_first: bool = False,
        limit: int | None = None,
    ) -> list[LogEntry]:
        """Return log entries; see ``Store.log``."""
        found = (
            entry
            for entry in self._entries(since, newest_first=newest_first)
            if (record is None or _concerns(entry, *record)) and (operation is None or entry.operation == operation)
        )
        return list(itertools.islice(found, limit))

    def _entries(self, since: int = 0, *, newest_first: bool = False) -> Iterator[LogEntry]:
        if since < self._shared.unread:
            self._shared.read()
        entries, unread = self._shared.entries, self._shared.unread
        places = range(max(0, since - unread), self.logged - unread)
        return (entries[place] for place in (reversed(places) if newest_first else places))

    def operations(self, *, ids: Collection[int] = (), limit: int | None = None) -> list[Operation]:
        """Return operations, newest first; see ``Store.operations``."""
        self._shared.read()
        # Of one that landed in many changesets the last says most, but its place is that of the first.
        landed = {one.id: one for one in itertools.islice(self._shared.operations, self.changesets)}
        wanted = frozenset(ids)
        newest = (one for one in reversed(landed.values()) if not wanted or one.id in wanted)
        return list(itertools.islice(newest, limit))

    def was_removed(self, type_name: str, number: int) -> bool:
        """Whether a record was there once, and was removed."""
        return any(one.action is Action.REMOVE for one in self.log(record=(type_name, number)))

    def removals(self, type_name: str, gone: Collection[int]) -> dict[int, int]:
        """Return the operations that removed records that are gone, by their ids."""
        entries = (one for one in self._entries() if one.action is Action.REMOVE and one.type == type_name)
        return {entry.record: entry.operation for entry in entries if entry.record in gone}


def _concerns(entry: LogEntry, type_name: str, number: int) -> bool:
    return entry.type == type_name and entry.record <= number < entry.record + entry.count
