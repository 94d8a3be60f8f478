"""Tables on a terminal, with the colours of choices, fitted to its width. Imported only where there is one."""

import itertools
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from custledger.cli.text import one_line, visible, width

if TYPE_CHECKING:
    from custledger.cli.output import Cell, Column, Output

NARROWEST = 8
"""A column of text is not squeezed below so many cells; rather, columns at the end are left out."""
WIDEST = 40
GAP = 2
"""Cells between two columns: one of padding, and one where other boxes have a line."""
SAMPLE = 200
"""How many rows decide how wide the columns are."""

STYLES = {
    "red": "red",
    "orange": "dark_orange",
    "yellow": "yellow",
    "green": "green",
    "cyan": "cyan",
    "blue": "blue",
    "purple": "medium_purple",
    "pink": "hot_pink",
    "gray": "bright_black",
}
"""The colours a choice can have, as a terminal calls them."""


def print_table(
    output: "Output", columns: "Sequence[Column]", rows: "Iterable[Sequence[Cell]]", *, title: str = ""
) -> "list[Column]":
    """Print a table that fits the terminal; return the columns that there was no room for.

    Only text is cut, with an ellipsis; ids, dates and numbers never are, even if the lines get too long for that. Where
    room is short, a column goes first that says the same in every row: what it says is told with its heading.
    """
    console = _console(output)
    kept = list(rows)
    wanted = _widths(columns, kept)
    shown = _fitting(columns, kept, wanted, console.width)
    widths = _shrunk([columns[index] for index in shown], [wanted[index] for index in shown], console.width)
    table = Table(
        box=box.SIMPLE_HEAD,
        show_edge=False,
        pad_edge=False,
        padding=(0, GAP - 1, 0, 0),
        title=title or None,
        title_justify="left",
    )
    for index, cells in zip(shown, widths, strict=True):
        table.add_column(
            Text(one_line(columns[index].heading)),
            width=cells,
            no_wrap=not columns[index].wrapped,
            overflow="fold" if columns[index].wrapped else "ellipsis",
            justify="right" if columns[index].numeric else "left",
        )
    for row in kept:
        cells_of_row = (row[index] for index in shown)
        table.add_row(*(_colored(one_line(cell.text), cell) for cell in cells_of_row))
    console.width = max(console.width, _total(widths))
    console.print(table)
    left = [index for index in range(len(columns)) if index not in shown]
    return [told for index in left if (told := _told(columns[index], kept, index)) is not None]


def print_pairs(output: "Output", pairs: "Sequence[tuple[str, Cell]]") -> None:
    """Print names and values beside each other."""
    grid = Table.grid(padding=(0, GAP, 0, 0))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for name, cell in pairs:
        grid.add_row(Text(one_line(name), style="bold"), _colored(visible(cell.text), cell))
    _console(output).print(grid)


def _colored(text: str, cell: "Cell") -> Text:
    """Return the text of a cell in its colour, and its parts in theirs."""
    colored, at = Text(text, style=STYLES.get(cell.color, "")), 0
    for part, color in cell.parts:
        start = text.find(one_line(part), at)
        if start >= 0:
            at = start + len(one_line(part))
            colored.stylize(STYLES.get(color, ""), start, at)
    return colored


def _console(output: "Output") -> Console:
    return Console(file=output.stdout, highlight=False, markup=False, emoji=False, no_color=not output.in_color)


def _widths(columns: "Sequence[Column]", rows: "Sequence[Sequence[Cell]]") -> list[int]:
    """Return how wide each column would like to be."""
    wanted = [width(one_line(column.heading)) for column in columns]
    for row in itertools.islice(rows, SAMPLE):
        for index, cell in enumerate(row):
            wanted[index] = max(wanted[index], width(one_line(cell.text)))
    free = [column.whole or column.wrapped for column in columns]
    return [cells if as_it_is else min(cells, WIDEST) for as_it_is, cells in zip(free, wanted, strict=True)]


def _total(widths: Sequence[int]) -> int:
    return sum(widths) + GAP * (len(widths) - 1)


def _fitting(
    columns: "Sequence[Column]", rows: "Sequence[Sequence[Cell]]", wanted: Sequence[int], room: int
) -> list[int]:
    """Return the places of the columns that fit when each is squeezed as far as it may be; one at least."""
    least = [_least(column, cells) for column, cells in zip(columns, wanted, strict=True)]
    filled = {column.key for index, column in enumerate(columns) if all(row[index].text for row in rows)}
    shown = list(range(len(columns)))

    def weight(index: int) -> tuple[bool, int, int]:
        column = columns[index]
        return _same(rows, index) is None, 1 if column.like in filled else column.weight, -index

    while _total([least[index] for index in shown]) > room:
        droppable = [index for index in shown[1:] + shown[:1] if not columns[index].kept]
        if len(shown) == 1 or not droppable:
            break
        shown.remove(min(droppable, key=weight))
    return shown


def _same(rows: "Sequence[Sequence[Cell]]", index: int) -> str | None:
    """Return the text that a column has in every row of several, or ``None`` where it differs."""
    texts = {row[index].text for row in rows}
    return texts.pop() if len(rows) > 1 and len(texts) == 1 else None


def _told(column: "Column", rows: "Sequence[Sequence[Cell]]", index: int) -> "Column | None":
    """Return a column that was left out as people should hear of it: with what it says in every row, if it does."""
    same = _same(rows, index)
    if same is None:
        return column
    return column._replace(heading=f"{column.heading} = {same}") if same else None


def _least(column: "Column", wanted: int) -> int:
    return wanted if column.whole else min(wanted, column.least or NARROWEST)


def _shrunk(columns: "Sequence[Column]", wanted: Sequence[int], room: int) -> list[int]:
    """Return widths that fit ``room``, taken from the widest columns of text first."""
    widths = list(wanted)
    while _total(widths) > room:
        texts = [index for index, column in enumerate(columns) if widths[index] > _least(column, wanted[index])]
        if not texts:
            break
        widths[max(texts, key=widths.__getitem__)] -= 1
    return widths
