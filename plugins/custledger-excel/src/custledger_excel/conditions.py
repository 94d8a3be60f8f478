"""The colours that come by themselves: of choices, of what is overdue, of what must be filled in and is not."""

from collections.abc import Iterator, Sequence
from typing import Any

from custledger.conventions import Conventions
from custledger.fields import Kind
from custledger.schema import Schema
from custledger.spreadsheets import EXAMPLES
from custledger.values import formatter
from custledger_excel.colours import LACKING, LOOKS, OVERDUE, SOON, Look
from custledger_excel.columns import Column, place_of
from custledger_excel.styles import Styles
from custledger_excel.validation import LAST_ROW

OPEN = "open"
"""The choice of a status that says that something planned is still to be done."""
DAYS_BEFORE = 3
"""So many days before it is due, something planned is coloured too."""


def add_conditions(
    sheet: Any, schema: Schema, columns: Sequence[Column], conventions: Conventions, styles: Styles
) -> None:
    """Add the colours of a sheet of records to it; what is added first counts where two fit."""
    for place, rule in (
        *_of_days(schema, columns, conventions, styles),
        *_of_choices(columns, conventions, styles),
        *_of_needed(columns, styles),
    ):
        sheet.conditional_format(1, place, LAST_ROW, place, rule)


def planned(schema: Schema, columns: Sequence[Column]) -> tuple[int, int] | None:
    """Return the places of the day on which a record is due and of the status that says whether it still is."""
    status = schema.by_key.get("status")
    when = schema.by_key.get(schema.info.when)
    if not schema.info.is_planned or status is None or when is None or when.spec.kind is not Kind.DATE:
        return None
    places = place_of(columns, {when.key}), place_of(columns, {"status"})
    if OPEN not in {choice.code for choice in status.spec.choices} or None in places:
        return None
    return places[0] or 0, places[1] or 0


def open_label(columns: Sequence[Column], place: int, conventions: Conventions) -> str:
    """Return what the status of something that is still to be done is called."""
    field = columns[place].field
    return formatter(field.spec, conventions)(OPEN) if field else OPEN


def quoted(text: str) -> str:
    """Return a text as a formula has it."""
    return '"' + text.replace('"', '""') + '"'


def cell(place: int) -> str:
    """Return how the cell of a column is called in a formula about the second row."""
    from xlsxwriter.utility import xl_col_to_name

    return f"${xl_col_to_name(place)}2"


def _of_days(
    schema: Schema, columns: Sequence[Column], conventions: Conventions, styles: Styles
) -> Iterator[tuple[int, dict[str, Any]]]:
    found = planned(schema, columns)
    if found is None:
        return
    due, status = found
    still = f"{cell(status)}={quoted(open_label(columns, status, conventions))}"
    real = f"ISNUMBER({cell(due)}),{still}{_no_example(columns)}"
    yield due, _formula(f"=AND({real},{cell(due)}<TODAY())", styles, OVERDUE, bold=True)
    yield due, _formula(f"=AND({real},{cell(due)}<=TODAY()+{DAYS_BEFORE})", styles, SOON)


def _of_choices(
    columns: Sequence[Column], conventions: Conventions, styles: Styles
) -> Iterator[tuple[int, dict[str, Any]]]:
    for place, column in enumerate(columns):
        if column.field is None or column.field.spec.kind is not Kind.CHOICE:
            continue
        show = formatter(column.field.spec, conventions)
        for choice in column.field.spec.choices:
            look = LOOKS.get(choice.color)
            if look is not None:
                ground = styles.of(bg_color=look.ground, font_color=look.letters)
                yield place, {"type": "cell", "criteria": "==", "value": quoted(show(choice.code)), "format": ground}


def _of_needed(columns: Sequence[Column], styles: Styles) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield what colours a cell that must be filled in, in a row in which anything else is."""
    last = cell(len(columns) - 1)
    for place, column in enumerate(columns):
        if column.is_needed:
            formula = f'=AND({cell(place)}="",COUNTA($A2:{last})>0)'
            yield place, {"type": "formula", "criteria": formula, "format": styles.of(bg_color=LACKING)}


def _no_example(columns: Sequence[Column]) -> str:
    place = place_of(columns, {"id"})
    return "" if place is None else "".join(f",{cell(place)}<>{quoted(word)}" for word in EXAMPLES)


def _formula(formula: str, styles: Styles, look: Look, *, bold: bool = False) -> dict[str, Any]:
    told: dict[str, object] = {"bg_color": look.ground, "font_color": look.letters}
    if bold:
        told["bold"] = True
    return {"type": "formula", "criteria": formula, "format": styles.of(**told)}
