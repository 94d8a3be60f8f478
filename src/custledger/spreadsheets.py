"""Keeping cells harmless in spreadsheets, without losing anything.

A spreadsheet runs a cell that begins with ``=``, ``+``, ``-`` or ``@`` as a formula. Such a cell is written with one
``'`` before it; the reader takes one ``'`` away only where what follows it would have been written with one. So every
text comes back as it was, one that begins with ``'`` included. Plain decimal numbers such as ``-5`` stay as they are.

A row that only shows how the others are to be filled in has a word of ``EXAMPLES`` in the place of its id. It is no
record: an import passes it over, and so does whatever opens a file as a ledger. A row of totals is no record either.
"""

import re
from collections.abc import Iterable

_LIVE = re.compile(
    r"'*(?:[\s\ufeff\u200b-\u200f\u2060]*[=+\-@＝＋－＠﹦﹢﹣﹫]"
    r"|[\t\r\n\0|%｜％﹪])"
)
_NUMBER = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?")
MARK = "'"
EXAMPLES = ("example", "示例")
"""What stands in the place of an id in the row of an example, in English and in Chinese."""
TOTALS = frozenset(
    {"total", "totals", "sum", "subtotal", "grand total", "合计", "总计", "小计", "共计", "总数", "总和"}
)
"""What a row of totals is called, in lower case and without blanks, colons or brackets around it."""


def is_live(text: str) -> bool:
    """Whether a spreadsheet might run ``text``, or ``text`` is marked text that looks like that."""
    return _LIVE.match(text) is not None and _NUMBER.fullmatch(text) is None


def escape(text: str) -> str:
    """Return ``text`` as it may stand in a cell."""
    return MARK + text if is_live(text) else text


def unescape(cell: str) -> str:
    """Return the text that ``escape`` made ``cell`` of."""
    return cell[1:] if cell[:1] == MARK and is_live(cell[1:]) else cell


def is_example(cell: str) -> bool:
    """Whether a cell, in the column of the ids, says that its row is an example and no record."""
    return cell.strip().lower() in EXAMPLES


def is_total(cells: Iterable[str]) -> bool:
    """Whether a row looks like one of totals: it is called so, and has nothing else but numbers and formulas."""
    called, *others = [text for text in (cell.strip() for cell in cells) if text] or [""]
    if "".join(called.strip(":： ()（）").lower().split()) not in TOTALS:
        return False
    return not any(text[0] != "=" and any(map(str.isalpha, text)) for text in others)
