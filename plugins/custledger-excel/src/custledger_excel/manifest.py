"""What a workbook of custledger says of itself, in a sheet that no spreadsheet shows.

It is JSON, in the cells of the first column, one after another: which version of this form it has, the language, the
currency, and for each sheet the record type and the keys of its columns by their headings. So a sheet may be renamed in
another language, and a heading of a ledger's own is understood by another ledger.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import attrs

TITLE = "_custledger"
"""What the sheet is called."""
VERSION = 1
PIECE = 30_000
"""How many characters of JSON stand in one cell, which may hold a few more."""


@attrs.frozen
class SheetInfo:
    """A sheet of records: its title, the name of the record type, and the keys of its columns by their headings."""

    title: str
    type: str
    columns: Mapping[str, str]


@attrs.frozen(kw_only=True)
class Manifest:
    """What a workbook says of itself."""

    language: str = "en"
    currency: str = ""
    sheets: Sequence[SheetInfo] = ()
    beside: Sequence[str] = ()
    """The titles of the sheets that hold no records: instructions, the summary."""

    def sheet_of(self, record_type: str) -> SheetInfo | None:
        """Return the sheet of a record type."""
        return next((sheet for sheet in self.sheets if sheet.type == record_type), None)

    def cells(self) -> list[str]:
        """Return the cells of the hidden sheet's first column."""
        told = {
            "custledger": VERSION,
            "language": self.language,
            "currency": self.currency,
            "sheets": [{"title": one.title, "type": one.type, "columns": dict(one.columns)} for one in self.sheets],
            "beside": list(self.beside),
        }
        text = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
        return [text[at : at + PIECE] for at in range(0, len(text), PIECE)]

    @classmethod
    def of(cls, cells: Iterable[str]) -> "Manifest | None":
        """Return what the cells of the hidden sheet's first column say; ``None`` where it is not to be understood.

        A workbook goes through many hands: what is not understood is as good as not there.
        """
        try:
            told = json.loads("".join(cells))
            if told["custledger"] != VERSION:
                return None
            return cls(
                language=str(told["language"]),
                currency=str(told["currency"]),
                sheets=tuple(map(_sheet, told["sheets"])),
                beside=tuple(map(str, told["beside"])),
            )
        except (ValueError, KeyError, TypeError, AttributeError):
            return None


def _sheet(told: Any) -> SheetInfo:
    columns = {str(heading): str(key) for heading, key in told["columns"].items()}
    return SheetInfo(str(told["title"]), str(told["type"]), columns)
