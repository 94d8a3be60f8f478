"""What the judgement of a sheet that people edited comes to."""

import attrs

from custledger.changes import Change
from custledger.stores.held import Held
from custledger.stores.tables.book import Sheet
from custledger.stores.tables.columns import Columns


@attrs.define(eq=False)
class Judged:
    """What the judgement of a sheet came to.

    ``places`` are where the rows of records stand, by id, those of new ones among them; ``digests`` is what their rows
    hold; ``nameless`` are the ids of those whose row has not got its id yet. ``stopped`` says why nothing is read from
    the sheet, or is ``""``.
    """

    sheet: Sheet
    columns: Columns
    changes: list[Change] = attrs.field(factory=list)
    held: list[Held] = attrs.field(factory=list)
    places: dict[int, int] = attrs.field(factory=dict)
    digests: dict[int, bytes] = attrs.field(factory=dict)
    nameless: list[int] = attrs.field(factory=list)
    renamed: dict[str, str] = attrs.field(factory=dict)
    stopped: str = ""

    @property
    def title(self) -> str:
        """The title of the sheet."""
        return self.sheet.title

    @property
    def first(self) -> int:
        """The number of the first row."""
        return self.sheet.first

    def text(self, place: int, key: str) -> str:
        """Return what stands in the cell of a field."""
        at, row = self.columns.place(key), self.sheet.rows[place]
        return row[at] if at is not None and at < len(row) else ""
