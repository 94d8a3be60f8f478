"""Why rows were rejected, counted: reasons that differ only in the value that is at fault are one."""

import re

from custledger.services.importing.report import EXAMPLES, Reason

MOST = 100
"""How many different reasons are counted each by itself."""
_LEFT_OUT = (
    (re.compile(r"“[^”]*”"), "“…”"),
    (re.compile(r"\b[A-Z]+-[0-9A-Z]{13}\b"), "…"),
    (re.compile(r"(?:(?<=^)|(?<=; ))\w+: ([^:;“”]+) “…” is already taken(?: by …)?\."), r"\1 is already taken"),
    (re.compile(r"\brow [0-9]+ has the same one"), "an earlier row has the same one"),
    (re.compile(r"\bit refers to row [0-9]+, which is rejected"), "it refers to a row that is rejected"),
    (re.compile(r"(“…” could be more than one [^:;“”]+): .+?\.(?=$|; )"), r"\1."),
)
"""What tells apart reasons of one sort, and what stands in its place."""


def sort_of(reason: str) -> str:
    """Return what is wrong, without the values, the rows and the records that tell one case from another."""
    for pattern, instead in _LEFT_OUT:
        reason = pattern.sub(instead, reason)
    return reason


class Reasons:
    """The reasons of one import, the first hundred sorts of them each by itself."""

    def __init__(self) -> None:
        self._sorts: dict[str, Reason] = {}

    def add(self, row: int, reason: str) -> None:
        """Count that a row was rejected."""
        sort = sort_of(reason)
        if sort not in self._sorts and len(self._sorts) >= MOST:
            sort = reason = "other reasons"
        known = self._sorts.get(sort)
        if known is None:
            self._sorts[sort] = Reason(reason, 1, (row,))
        else:
            rows = (*known.rows, row) if len(known.rows) < EXAMPLES else known.rows
            self._sorts[sort] = Reason(sort, known.times + 1, rows)

    def told(self) -> tuple[Reason, ...]:
        """Return them, the most frequent first. One that a single row has is told with its value."""
        return tuple(sorted(self._sorts.values(), key=lambda one: -one.times))
