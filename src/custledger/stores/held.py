"""What a store found in files that people edit by hand, and cannot believe without being told to."""

import enum
from collections.abc import Mapping

from custledger.changes import Receipt
from custledger.structs import Struct, frozen

OUTSIDE = "outside edit"
"""The actor of what people change by hand in the files of a ledger."""


class HeldKind(enum.StrEnum):
    """Why something is held. Which of the attributes of a ``Held`` are filled follows from it."""

    UNFIT = "unfit"
    """A cell of a record that does not fit its field."""
    DAMAGED = "damaged"
    """A cell in which a spreadsheet has taken digits from a number."""
    FELL_BACK = "fell_back"
    """A cell that is as it was before the ledger's latest change of it: somebody may have saved an old copy."""
    NEW_ROW = "new_row"
    """A row without an id, of which no record can be made."""
    VANISHED = "vanished"
    """A record whose row is gone."""
    RETURNED = "returned"
    """The row of a record that was removed."""
    REPEATED = "repeated"
    """A row that has the id of another row."""
    STRANGE_ID = "strange_id"
    """A row whose id is none."""
    COLUMN = "column"
    """A column that is no field."""
    APART = "apart"
    """A sheet in which ids stand beside the data of others: it was sorted without its ids."""
    UNREADABLE = "unreadable"
    """A sheet that cannot be read as one, or is gone; nothing is read from it or written to it meanwhile."""


@frozen(kw_only=True)
class Held(Struct):
    """One thing that is held.

    - ``number``: by which it is named, while it is held;
    - ``type``: the record type of the sheet; ``sheet`` is its title or file, ``row`` the number of the row in it, and
      0 for a column or a whole sheet;
    - ``record``: the id of the record that it is about, or 0;
    - ``key``: the key of the field; for a column ``""``;
    - ``heading`` and ``text``: the heading of the column, and what is written in the cell;
    - ``cells``: of a row, its texts by the keys of the fields;
    - ``why``: what is not believed, as a sentence; ``hint`` is what may be done about it.
    """

    number: int = 0
    kind: HeldKind
    type: str
    sheet: str
    row: int = 0
    record: int = 0
    key: str = ""
    heading: str = ""
    text: str = ""
    cells: tuple[tuple[str, str], ...] = ()
    why: str = ""
    hint: str = ""

    @property
    def same_as(self) -> tuple[object, ...]:
        """By what it is known again when the file is read the next time, wherever its row is then."""
        return self.kind, self.type, self.record, self.key, self.heading, self.text, self.cells


@frozen(kw_only=True)
class TakenIn(Struct):
    """What a store took in of one file that people changed by hand.

    - ``file``: its name;
    - ``receipts``: of the changesets that landed;
    - ``rows``: the numbers of the rows in which the records stand that were changed, by type and id;
    - ``held``: what is held of the file since then.
    """

    file: str
    receipts: tuple[Receipt, ...] = ()
    rows: Mapping[tuple[str, int], int]
    held: tuple[Held, ...] = ()
