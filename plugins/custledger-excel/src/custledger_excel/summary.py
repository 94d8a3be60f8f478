"""The sheet of live figures: how many records there are of which sort, what is due, and charts of both."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

import attrs

from custledger.conventions import Conventions
from custledger.fields import Kind, Labels
from custledger.schema import Schema
from custledger.spreadsheets import EXAMPLES
from custledger.values import formatter
from custledger_excel import words
from custledger_excel.colours import FAINT, HEADING, HEADING_LETTERS, LINE, LOOKS, OVERDUE, PLAIN, SOON
from custledger_excel.columns import Column, place_of, serial
from custledger_excel.conditions import open_label, quoted
from custledger_excel.styles import Styles, set_paper

MOST_CHOICES = 8
"""A field of more choices has no figures here: nobody would read them at a glance."""
WEEK = 7
FIRST, LEFT, RIGHT = 3, 1, 8
"""The row of the first band, and the columns in which its two blocks begin; a chart stands beside each."""
WIDTHS = (22, 12, 1, 12, 12, 12, 2)
"""How wide the columns of a block and of its chart are, in letters."""
BANDS = 3
"""How many bands stand on a page."""
BAND = 12
"""How many rows a band of blocks takes."""


@attrs.define
class Figures:
    """What was counted of one sheet while its rows were written."""

    schema: Schema
    columns: Sequence[Column]
    title: str
    counted: Sequence[int]
    summed: Sequence[int]
    planned: tuple[int, int] | None
    total: int = 0
    counts: dict[int, Counter[str]] = attrs.field(factory=dict)
    sums: dict[int, float] = attrs.field(factory=dict)
    by_day: Counter[tuple[str, str]] = attrs.field(factory=Counter)

    def add(self, row: Sequence[str]) -> None:
        """Count a row."""
        self.total += 1
        for place in self.counted:
            self.counts.setdefault(place, Counter())[row[place]] += 1
        for place in self.summed:
            value = self.columns[place].to_cell
            amount = value(row[place]) if value and row[place] else 0.0
            self.sums[place] = self.sums.get(place, 0.0) + (amount if not isinstance(amount, str) else 0.0)
        if self.planned is not None:
            self.by_day[row[self.planned[0]], row[self.planned[1]]] += 1


@attrs.frozen
class _Line:
    """One figure: what it is called, its formula, its value on the day of writing, and its colour in a chart."""

    label: str
    formula: str
    value: float
    tone: str = PLAIN.tone
    number_format: str = "0"


@attrs.frozen
class _Block:
    """Figures under one heading; ``charted`` are as many of its lines, from the first, as a chart shows."""

    heading: str
    lines: Sequence[_Line]
    charted: int


def counted_fields(schema: Schema, columns: Sequence[Column]) -> tuple[int, ...]:
    """Return the places of the choices of which records are counted: those that people look at first."""
    return tuple(
        place
        for place, column in enumerate(columns)
        if column.field is not None
        and column.field.spec.kind is Kind.CHOICE
        and 0 < len(column.field.spec.choices) <= MOST_CHOICES
        and column.field.key in schema.info.brief
    )


def summed_fields(schema: Schema, columns: Sequence[Column]) -> tuple[int, ...]:
    """Return the places of the amounts that are added up: what something costs a piece is none."""
    if schema.code_field is not None and not schema.references:
        return ()
    return tuple(
        place
        for place, column in enumerate(columns)
        if column.field is not None and column.field.spec.kind is Kind.MONEY and column.field.key in schema.info.brief
    )


def add_summary(book: Any, page: Any, figures: Sequence[Figures], today: date, conventions: Conventions) -> None:
    """Write the sheet of figures to ``page``; what is due is counted from ``today`` on."""
    blocks = [_records(figures, conventions)]
    for one in figures:
        if one.planned is not None:
            blocks.append(_due(one, one.planned, today, conventions))
        blocks += [_counted(one, place, conventions) for place in one.counted]
    writer = _Writer(book, page, conventions.language)
    writer.begin(today)
    page.set_h_pagebreaks([FIRST + band * BAND for band in range(BANDS, len(blocks) // 2 + 1, BANDS)])
    for number, block in enumerate(blocks):
        writer.block(block, FIRST + number // 2 * BAND, (LEFT, RIGHT)[number % 2])


class _Writer:
    """Writes blocks of figures, each with its chart, on a sheet."""

    def __init__(self, book: Any, page: Any, language: str) -> None:
        self._book = book
        self._page = page
        self._language = language
        self._styles = Styles(book)

    def begin(self, today: date) -> None:
        """Set the page, and write its title and the day."""
        page, of, language = self._page, self._styles.of, self._language
        page.hide_gridlines(2)
        set_paper(page, language)
        page.set_tab_color(LOOKS["green"].tone)
        page.set_column(0, 0, 2)
        for left in (LEFT, RIGHT):
            for offset, width in enumerate(WIDTHS):
                page.set_column(left + offset, left + offset, width)
        page.set_row(0, 30)
        title = of(bold=True, font_size=18, font_color=HEADING, valign="vcenter")
        page.write_string(0, LEFT, words.SUMMARY_TITLE.in_language(language), title)
        day = of(num_format="yyyy-mm-dd", font_color=FAINT, align="right", valign="vcenter")
        page.write_formula(0, RIGHT - 2, "=TODAY()", day, serial(today))
        page.write_string(1, LEFT, words.COUNTED_LIVE.in_language(language), of(font_color=FAINT, italic=True))

    def block(self, block: _Block, row: int, place: int) -> None:
        """Write a block, its heading at a row and a column."""
        page, of = self._page, self._styles.of
        heading = {"bold": True, "bg_color": HEADING, "font_color": HEADING_LETTERS, "valign": "vcenter"}
        page.write_string(row, place, block.heading, of(shrink=True, **heading))
        page.write_string(row, place + 1, words.COUNT.in_language(self._language), of(align="right", **heading))
        under = {"bottom": 1, "bottom_color": LINE, "shrink": True}
        for offset, line in enumerate(block.lines, 1):
            page.write_string(row + offset, place, line.label, of(**under))
            shown = of(num_format=line.number_format, align="right", **under)
            page.write_formula(row + offset, place + 1, line.formula, shown, line.value)
        options = {"x_offset": 4, "y_offset": 2, "object_position": 2}
        page.insert_chart(row, place + 3, self._chart(block, row, place), options)

    def _chart(self, block: _Block, row: int, place: int) -> Any:
        """Return a chart of bars, each in the colour of what it counts."""
        shown, title = block.lines[: block.charted], self._page.get_name()
        first, last = row + 1, row + len(shown)
        chart = self._book.add_chart({"type": "bar"})
        chart.add_series({
            "categories": [title, first, place, last, place],
            "values": [title, first, place + 1, last, place + 1],
            "points": [{"fill": {"color": line.tone}, "border": {"none": True}} for line in shown],
            "data_labels": {"value": True, "font": {"size": 9}},
            "gap": 45,
        })  # fmt: skip
        chart.set_title({"none": True})
        chart.set_legend({"none": True})
        chart.set_x_axis({"visible": False, "major_gridlines": {"visible": False}, "min": 0})
        chart.set_y_axis({"reverse": True, "num_font": {"size": 9}, "line": {"color": LINE}, "major_tick_mark": "none"})
        chart.set_chartarea({"border": {"color": LINE}})
        chart.set_size({"width": 275, "height": 215})
        return chart


def _records(figures: Sequence[Figures], conventions: Conventions) -> _Block:
    """Return how many records each sheet has, and what their amounts come to."""
    language = conventions.language
    lines = [_Line(one.title, f"={_total(one)}", one.total) for one in figures]
    charted = len(lines)
    for one in figures:
        for place in one.summed:
            label = words.TOTAL.in_language(language).format(records=one.title, field=one.columns[place].heading)
            formula = f"=SUMIFS({_range(one, place)},{_real(one)})"
            lines.append(_Line(label, formula, one.sums.get(place, 0.0), number_format="#,##0.00"))
    return _Block(words.RECORDS.in_language(language), lines, charted)


def _counted(one: Figures, place: int, conventions: Conventions) -> _Block:
    """Return how many records have each choice of a field, and how many have none."""
    language, field = conventions.language, one.columns[place].field
    counts = one.counts.get(place, Counter())
    lines = []
    if field is not None:
        show = formatter(field.spec, conventions)
        for choice in field.spec.choices:
            label = show(choice.code)
            look = LOOKS.get(choice.color, PLAIN)
            formula = f"=COUNTIFS({_range(one, place)},{_is(label)},{_real(one)})"
            lines.append(_Line(label, formula, counts[label], look.tone))
    known = "".join(f"-{line.formula[1:]}" for line in lines)
    rest = one.total - sum(line.value for line in lines)
    lines.append(_Line(words.NOT_GIVEN.in_language(language), f"={_total(one)}{known}", rest, LOOKS["gray"].tone))
    heading = words.BY.in_language(language).format(records=one.title, field=one.columns[place].heading)
    return _Block(heading, lines, len(lines))


def _due(one: Figures, planned: tuple[int, int], today: date, conventions: Conventions) -> _Block:
    """Return how many planned records are overdue, due today, soon and later, of those that are still to be done."""
    language, (due, status) = conventions.language, planned
    still = open_label(one.columns, status, conventions)
    days, week = _range(one, due), (today + timedelta(days=WEEK)).isoformat()
    rest = f"{_range(one, status)},{_is(still)},{_real(one)})"
    open_days = Counter({day: count for (day, said), count in one.by_day.items() if said == still and day})
    now = today.isoformat()
    sorts: tuple[tuple[Labels, str, Callable[[str], bool], str], ...] = (
        (words.OVERDUE, f'{days},"<"&TODAY()', lambda day: day < now, OVERDUE.tone),
        (words.TODAY, f"{days},TODAY()", lambda day: day == now, SOON.tone),
        (
            words.WEEK,
            f'{days},">"&TODAY(),{days},"<="&TODAY()+{WEEK}',
            lambda day: now < day <= week,
            LOOKS["yellow"].tone,
        ),
        (words.LATER, f'{days},">"&TODAY()+{WEEK}', lambda day: day > week, LOOKS["green"].tone),
    )
    lines = [
        _Line(
            label.in_language(language),
            f"=COUNTIFS({wanted},{rest}",
            sum(n for day, n in open_days.items() if fits(day)),
            tone,
        )
        for label, wanted, fits, tone in sorts
    ]
    return _Block(words.DUE.in_language(language).format(records=one.title), lines, len(lines))


def _total(one: Figures) -> str:
    """Return the formula of how many records a sheet has: of the rows in which what must be filled in is."""
    needed = next((place for place, column in enumerate(one.columns) if column.is_needed), 0)
    return f'COUNTIFS({_range(one, needed)},"<>",{_real(one)})'


def _real(one: Figures) -> str:
    """Return the criterion that a row is no example."""
    place = place_of(one.columns, {"id"})
    where = _range(one, 0 if place is None else place)
    return ",".join(f'{where},"<>{word}"' for word in EXAMPLES)


def _range(one: Figures, place: int) -> str:
    """Return the cells of a column below its heading."""
    from xlsxwriter.utility import quote_sheetname, xl_col_to_name

    letter = xl_col_to_name(place)
    return f"{quote_sheetname(one.title)}!${letter}$2:${letter}$1048576"


def _is(label: str) -> str:
    """Return the criterion that a cell is a text, in which no character means anything else."""
    bare = label.replace("~", "~~").replace("*", "~*").replace("?", "~?")
    return quoted(f"={bare}")
