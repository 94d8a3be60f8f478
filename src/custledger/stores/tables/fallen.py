"""Cells that fell back to what they were before the ledger's own latest change of them, or earlier.

That happens where somebody had a file open while the ledger wrote it, and then saved the old copy. It looks just like
somebody setting the value back on purpose. What tells the two apart is the rest of the file: one in which any later
change of the ledger can be seen was not an old copy, and what it says is meant.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from functools import cached_property
from typing import Any, NamedTuple

from custledger.changes import Action, LogEntry
from custledger.stores.held import OUTSIDE
from custledger.stores.state import State


class Cell(NamedTuple):
    """One field of one record."""

    record: int
    key: str


class Fallen:
    """Looks into the log of one type for what cells were before."""

    def __init__(self, state: State, type_name: str) -> None:
        self._state = state
        self._type = type_name

    def cells(
        self, changed: Mapping[Cell, Any], present: Collection[int], is_shown: Callable[[Cell], bool]
    ) -> list[Cell]:
        """Return those of the cells that people changed which fell back.

        ``changed`` holds what they say now; ``present`` are the records that have a row. ``is_shown`` says of a cell
        that was not changed whether it is there, and says what the ledger does.
        """
        suspects = {cell: at for cell, at in self._reverted(changed) if at}
        if not suspects:
            return []
        seen = self._latest_seen(changed, present, is_shown)
        return [cell for cell, at in suspects.items() if at > seen]

    def _reverted(self, changed: Mapping[Cell, Any]) -> Iterator[tuple[Cell, int]]:
        """Yield the cells that are as they once were, and the ledger's latest change of each since, if there is one."""
        left = set(changed)
        latest: dict[Cell, int] = {}
        for entry in self._entries():
            if not left:
                return
            for key, before in (entry.before or {}).items():
                cell = Cell(entry.record, key)
                if cell not in left:
                    continue
                if entry.operation not in self._outside:
                    latest.setdefault(cell, entry.changeset)
                if before == changed[cell]:
                    left.remove(cell)
                    yield cell, latest.get(cell, 0)

    def _latest_seen(
        self, changed: Mapping[Cell, Any], present: Collection[int], is_shown: Callable[[Cell], bool]
    ) -> int:
        """Return the number of the latest changeset of the ledger that shows in the file.

        A cell shows its latest change where it says what it never said before that; and a row the making of its record,
        unless that was there before.
        """
        rows = self._state.rows(self._type)
        seen: dict[Cell, int] = {}
        made: dict[int, int] = {}
        for entry in self._entries(creates=True):
            if entry.action is Action.CREATE:
                for number in range(entry.record, entry.record + entry.count):
                    if number in present:
                        made[number] = 0 if entry.operation in self._outside else entry.changeset
                continue
            for key, before in (entry.before or {}).items():
                cell = Cell(entry.record, key)
                if cell not in seen:
                    shown = cell not in changed and cell.record in present and cell.record in rows and is_shown(cell)
                    seen[cell] = entry.changeset if shown and entry.operation not in self._outside else 0
                if seen[cell] and rows.value(cell.record, key) == before:
                    seen[cell] = 0
        return max((*seen.values(), *made.values()), default=0)

    def _entries(self, *, creates: bool = False) -> Iterator[LogEntry]:
        """Yield the entries of the type that say what persons changed, the newest first."""
        for entry in self._state.history.log(newest_first=True):
            wanted = entry.action is Action.UPDATE or (creates and entry.action is Action.CREATE)
            if wanted and entry.type == self._type and not entry.is_derived:
                yield entry

    @cached_property
    def _outside(self) -> frozenset[int]:
        """The operations that were hand edits."""
        return frozenset(one.id for one in self._state.history.operations() if one.actor == OUTSIDE)
