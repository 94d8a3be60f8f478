"""How what a scorer says of the members of a segment, their labels or numbers, is shown."""

from decimal import Decimal

from custledger.cli.output import Cell
from custledger.segments import Mark, Segment


def mark_cell(segment: Segment, mark: Mark, language: str) -> Cell:
    """Return a label in a language, with its colour, or a number."""
    choice = next((one for one in segment.choices if one.code == mark), None)
    if choice is not None:
        return Cell(choice.labels.in_language(language), choice.color)
    return Cell(str(shown_mark(mark) or ""))


def shown_mark(mark: Mark) -> str | None:
    """Return the code of a label, or a number as a text without needless zeros."""
    return format(mark.normalize(), "f") if isinstance(mark, Decimal) else mark
