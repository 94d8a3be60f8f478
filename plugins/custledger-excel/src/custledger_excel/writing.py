"""Writing records as a workbook that reads back exactly, and in which nothing is live."""

from collections.abc import Sequence
from typing import BinaryIO

from custledger.conventions import Conventions
from custledger.fields import Labels
from custledger.files import RowsOfText
from custledger.schema import Field, Schema, TypeInfo
from custledger_excel.columns import Column
from custledger_excel.sheets import Sheet
from custledger_excel.styled import write_workbook

OUTPUT = "the output"
"""What errors call the file, which the writer is not told the name of."""
_OF_NOTHING = Schema(TypeInfo("table", "tables", "TABLE", Labels("Table", "表格")), ())
"""What is known of a table whose records are not."""


def write_excel(
    stream: BinaryIO,
    heading: Sequence[str],
    rows: RowsOfText,
    *,
    schema: Schema | None = None,
    fields: Sequence[Field] = (),
    conventions: Conventions | None = None,
) -> None:
    """Write a table to ``stream``, which is left open, as a workbook with one sheet.

    Where the ``fields`` of the columns are known, days, amounts and numbers become cells of their kind, and choices
    have their colours; everything else is text. Raises ``FileFormatError`` for what no workbook can hold.
    """
    known = (*fields, *[None] * (len(heading) - len(fields)))
    columns = tuple(Column(text, field) for text, field in zip(heading, known, strict=True))
    sheet = Sheet(schema=schema or _OF_NOTHING, columns=columns, rows=rows)
    write_workbook(stream, [sheet], conventions=conventions or Conventions(), where=OUTPUT)
