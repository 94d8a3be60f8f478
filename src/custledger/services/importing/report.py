"""What an import did, or would do."""

from collections.abc import Mapping
from typing import NamedTuple

import attrs

from custledger import ids
from custledger.changes import OPERATION_PREFIX

EXAMPLES = 5
"""How many added rows a report shows, how many changed ones, and how many it names with a warning or a reason."""
REJECTED = 10
"""How many rejected rows a report shows."""
NUMBERED = 50
"""How many rejected rows are named by their numbers alone, where nothing else tells of them."""


@attrs.frozen
class Example:
    """One of the first rows of its sort: its number, ``added``, ``changed`` or ``rejected``, and what became of it."""

    row: int
    what: str
    text: str


class Reason(NamedTuple):
    """Why rows were rejected, how many ``times``, and the first ``rows`` of those, a few of them.

    Where several were, ``text`` leaves out what tells one from another, such as the value at fault.
    """

    text: str
    times: int
    rows: tuple[int, ...]


@attrs.frozen(kw_only=True)
class Warned:
    """What checks warned about, and how many ``times``; the first ``rows`` whose records it is about, a few of them.

    ``where`` is an expression that finds such records of the type, once they have landed; empty where there is none.
    """

    message: str
    times: int
    rows: tuple[int, ...] = ()
    where: str = ""


@attrs.frozen(kw_only=True)
class ImportReport:
    """What an import did, or with ``dry_run`` would do. Numbers count rows of the file, the heading and blanks apart.

    - ``mapped``: each heading that was used, with the key of its field; ``unmapped``: the headings that nothing was
      read from although they are nobody's to set; ``left_to_ledger``: those of fields that the ledger sets itself;
    - ``passed_over``: those of them that another column was better for, with its heading and the key of the field;
    - ``fixed``: fields that were set in every row, by key, and their values;
    - ``skipped``: rows that would have changed nothing; ``created``: other records made for references, by type;
    - ``warnings``: what checks warned about, the most frequent first; ``seconds``: how long it took;
    - ``reasons``: why rows were rejected, the most frequent first;
    - ``examples``: the first rows that were added, changed and rejected, in their order;
    - ``operation``: the operation's id, or ``None`` if nothing was written; ``rejects``: the file of rejected rows;
    - ``last_row``: the number of the last row that is in, 0 if nothing was written; ``is_whole`` says that there are no
      rows behind it;
    - ``unkept``: the rejected rows themselves, a thousand at most, where no format is installed that could keep them,
      or their file could not be written.
    """

    path: str
    record_type: str
    description: str
    dry_run: bool = False
    rows: int = 0
    added: int = 0
    changed: int = 0
    skipped: int = 0
    blank: int = 0
    rejected: int = 0
    created: Mapping[str, int] = attrs.field(factory=dict)
    mapped: tuple[tuple[str, str], ...] = ()
    fixed: tuple[tuple[str, str], ...] = ()
    unmapped: tuple[str, ...] = ()
    passed_over: tuple[tuple[str, str, str], ...] = ()
    left_to_ledger: tuple[str, ...] = ()
    warnings: tuple[Warned, ...] = ()
    examples: tuple[Example, ...] = ()
    reasons: tuple[Reason, ...] = ()
    operation: int | None = None
    rejects: str | None = None
    unkept: tuple[Example, ...] = ()
    last_row: int = 0
    is_whole: bool = True
    seconds: float = 0.0

    @property
    def operation_ref(self) -> str | None:
        """The operation's public id, by which it can be undone."""
        return None if self.operation is None else ids.public(OPERATION_PREFIX, self.operation)

    @property
    def landed(self) -> dict[str, str | int | list[int] | None]:
        """What programs are told of an import that did not come to its end."""
        return {"operation": self.operation_ref, "last_row": self.last_row, "rejects": self.rejects, **self.lost}

    @property
    def lost(self) -> dict[str, list[int]]:
        """The numbers of the first rejected rows, for programs, where these are kept in no file."""
        return {"unkept": [one.row for one in self.unkept]} if self.unkept else {}

    @property
    def undo_hint(self) -> str:
        """What landed, where the rows are that did not, how to go on and how to take it back; empty if nothing did."""
        rejected = self._rejected_rows
        if self.operation_ref is None:
            told = f"The rows that were rejected are kept nowhere: {rejected}." if rejected else ""
            return f"The rejected rows are in {self.rejects}." if self.rejects else told
        but = ""
        if self.rejected:
            where = f", which are in {self.rejects}" if self.rejects else f": {rejected}" if rejected else ""
            but = f" but for those that were rejected{where}"
        rest = f" To add the rest, import the file again with the option from_row {self.last_row + 1}."
        return (
            f"Rows up to {self.last_row} are in{but}.{'' if self.is_whole else rest} "
            f"To take the import back: custledger undo {self.operation_ref}"
        )

    @property
    def _rejected_rows(self) -> str:
        """The numbers of the first rows that were rejected and are in no file, and how many more there are."""
        first = [str(one.row) for one in self.unkept[:NUMBERED]]
        more = self.rejected - len(first)
        return "rows " + ", ".join(first) + (f" and {more} more" if more > 0 else "") if first else ""


class ImportInterrupted(KeyboardInterrupt):
    """The import was interrupted. Whole chunks are in; ``report`` says which, and how to take them back."""

    def __init__(self, report: ImportReport) -> None:
        super().__init__(report.undo_hint or "Nothing was written.")
        self.report = report
