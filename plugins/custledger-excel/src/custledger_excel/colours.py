"""What the colours of choices are in a workbook: a light ground, and letters on it that everybody can read."""

from collections.abc import Mapping
from types import MappingProxyType

import attrs


@attrs.frozen
class Look:
    """A ground, the letters on it, and a full tone for charts, as ``#RRGGBB``."""

    ground: str
    letters: str
    tone: str


LOOKS: Mapping[str, Look] = MappingProxyType({
    "red": Look("#FBDAD7", "#8C1D18", "#D9534F"),
    "orange": Look("#FFE3C7", "#7A3E00", "#F0933C"),
    "yellow": Look("#FFF3BF", "#665200", "#F2C230"),
    "green": Look("#D8F0D9", "#1B5E20", "#5CB364"),
    "cyan": Look("#D2F1F4", "#00545E", "#3BB3C0"),
    "blue": Look("#D9E7FB", "#174A8B", "#4A86D8"),
    "purple": Look("#E8DDF8", "#4B2A86", "#8E6BCB"),
    "pink": Look("#FADCEA", "#86164F", "#E06BA3"),
    "gray": Look("#E7E9EC", "#444B54", "#9AA3AE"),
})  # fmt: skip
"""By the names of ``custledger.records.COLORS``. Letters have at least six times the contrast of their ground."""

PLAIN = LOOKS["blue"]
"""What a choice without a colour has in a chart."""
OVERDUE, SOON = LOOKS["red"], LOOKS["orange"]
LACKING = "#FDECEA"
"""The ground of a cell that must be filled in and is not."""
HEADING, NEEDED, HEADING_LETTERS = "#3B5B7A", "#B3541E", "#FFFFFF"
"""The grounds of headings, and of those of columns that must be filled in; the letters on both."""
EXAMPLE = "#767676"
"""The letters of an example."""
FAINT = "#5F6B76"
"""The letters of what nobody needs to look at first, such as ids."""
LINE = "#C9D1D9"
