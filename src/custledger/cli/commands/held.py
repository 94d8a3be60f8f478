"""``custledger held``: what people wrote into files by hand and the ledger does not believe, and settling it."""

from collections.abc import Sequence
from typing import Annotated, Any

import typer

from custledger.cli.application import group
from custledger.cli.invocation import Invocation
from custledger.cli.options import CsvFlag, DryRunFlag, JsonFlag, NlFlag, ReasonOption, TsvFlag, YesFlag
from custledger.cli.output import Cell, Column, Form, form_of
from custledger.cli.settling import agree_to_removals, tell_settled
from custledger.cli.shown import HIDDEN
from custledger.schema import Schema
from custledger.services import held as service
from custledger.services.held import Settled
from custledger.stores.held import Held

Numbers = Annotated[list[int] | None, typer.Argument(metavar="[NUMBER]...", help="As held list has them.")]
TypeFilter = Annotated[str, typer.Option("--type", metavar="TYPE", help="Only what is held of these records.")]
WhyFilter = Annotated[
    str, typer.Option("--why", metavar="WHY", help="Only what is held for this reason, such as unfit or vanished.")
]
AllFlag = Annotated[bool, typer.Option("--all", help="All that is held.")]
LEFT = 3
"""The exit code where something of many was left."""


def register(app: typer.Typer, run: Invocation) -> None:
    """Add the group ``held``."""
    commands = group("What people wrote into the ledger's files by hand, and is not believed until you say so.")
    for add in (_add_list, _add_accept, _add_restore):
        add(commands, run)
    app.add_typer(commands, name="held")


def _add_list(app: typer.Typer, run: Invocation) -> None:
    @app.command("list")
    def list_(
        *,
        record_type: TypeFilter = "",
        why: WhyFilter = "",
        json: JsonFlag = False,
        nl: NlFlag = False,
        csv: CsvFlag = False,
        tsv: TsvFlag = False,
    ) -> None:
        """List what is held: where it stands, what is written there, why it is not believed, and what to do."""
        form = form_of(json=json, nl=nl, csv=csv, tsv=tsv)
        held = service.list_held(run.session, record_type or None, why or None)
        print_held(run, held, form)
        if form is Form.SHOWN:
            count = len(held)
            told = "1 thing is held." if count == 1 else "{count} things are held."
            run.output.note(run.words(told if held else "Nothing is held.", count=count))


def print_held(run: Invocation, held: Sequence[Held], form: Form) -> None:
    """Print held things in the form that was asked for."""
    columns = [
        Column(heading=run.words("Number"), key="number", whole=True, kept=True),
        Column(heading=run.words("Type"), key="type", weight=1),
        Column(heading=run.words("Sheet"), key="sheet", weight=3),
        Column(heading=run.words("Row"), key="row", weight=3, whole=True),
        Column(heading=run.words("Record"), key="record", weight=1, whole=True),
        Column(heading=run.words("Field"), key="field", weight=2),
        Column(heading=run.words("Written"), key="text", weight=2),
        Column(heading=run.words("Held as"), key="why", weight=2),
        Column(heading=run.words("Why"), key="message", kept=True, wrapped=True, least=24),
        Column(heading=run.words("Advice"), key="hint", wrapped=True, weight=3, least=20),
    ]
    rows = [_texts(run, one) for one in held]
    full = form is not Form.SHOWN
    places = [place for place, column in enumerate(columns) if full or column.key not in {"type", "record"}]
    left_out = run.output.listing(
        [columns[place] for place in places],
        form,
        objects=(held_json(run, one) for one in held),
        rows=([row[place] for place in places] for row in rows),
        cells=([Cell(row[place]) for place in places] for row in rows),
    )
    if form is Form.SHOWN:
        run.output.no_room(left_out)


def _texts(run: Invocation, held: Held) -> list[str]:
    schema = run.session.schemas.get(held.type)
    called = run.words.noun(schema.info) if schema else held.type
    record = schema.public_id(held.record) if schema and held.record else ""
    row = str(held.row) if held.row else ""
    field = schema.by_key.get(held.key) if schema else None
    label = field.label(run.words.language) if field else held.heading
    why, hint = run.told(held.why), run.told(held.hint)
    kind = run.words(held.kind.value.replace("_", " "))
    return [str(held.number), called, held.sheet, row, record, label, _written(schema, held), kind, why, hint]


def _written(schema: Schema | None, held: Held) -> str:
    """Return what is written in a cell, or in a row; what is sensitive stays hidden."""
    if held.cells:
        return " ".join(text for key, text in held.cells if not _is_hidden(schema, key))
    return HIDDEN["en"] if _is_hidden(schema, held.key) and held.text else held.text


def _is_hidden(schema: Schema | None, key: str) -> bool:
    field = schema.by_key.get(key) if schema else None
    return field is not None and field.spec.sensitive


def held_json(run: Invocation, held: Held) -> dict[str, Any]:
    """Return a held thing as a JSON object."""
    schema = run.session.schemas.get(held.type)
    return {
        "number": held.number,
        "why": held.kind.value,
        "type": held.type,
        "sheet": held.sheet,
        "row": held.row or None,
        "record": schema.public_id(held.record) if schema and held.record else None,
        "field": held.key or None,
        "heading": held.heading or None,
        "text": _written(schema, held) if not held.cells else None,
        "cells": {key: text for key, text in held.cells if not _is_hidden(schema, key)} or None,
        "message": held.why,
        "hint": held.hint or None,
    }


def _add_accept(app: typer.Typer, run: Invocation) -> None:
    @app.command("accept")
    def accept(
        *,
        numbers: Numbers = None,
        value: Annotated[
            str | None, typer.Option("--value", metavar="TEXT", help="What the cell should be, where it does not fit.")
        ] = None,
        kind: Annotated[
            str | None,
            typer.Option("--kind", metavar="KIND", help="What the column holds; else it is told by its texts."),
        ] = None,
        everything: AllFlag = False,
        record_type: TypeFilter = "",
        why: WhyFilter = "",
        dry_run: DryRunFlag = False,
        yes: YesFlag = False,
        reason: ReasonOption = "",
        json: JsonFlag = False,
    ) -> int:
        """Have the ledger say what the file says; exit code 3 where some of many could not be accepted."""

        def settle(*, rehearsed: bool) -> Settled:
            return service.accept(
                run.session,
                numbers or (),
                record_type=record_type or None,
                why=why or None,
                every=everything,
                value=value,
                kind=kind,
                dry_run=rehearsed,
                reason=reason,
            )

        settled = settle(rehearsed=True)
        count = len(settled.held)
        if not dry_run:
            run.session.take_warnings()  # of the rehearsal: what is written has its own
            agree_to_removals(run, settled, yes=yes)
            settled = settle(rehearsed=False)
        tell_settled(run, settled, "accepted", dry_run=dry_run, json=json)
        return LEFT if settled.left or len(settled.held) < count else 0


def _add_restore(app: typer.Typer, run: Invocation) -> None:
    @app.command("restore")
    def restore(
        *,
        numbers: Numbers = None,
        everything: AllFlag = False,
        record_type: TypeFilter = "",
        why: WhyFilter = "",
        dry_run: DryRunFlag = False,
        reason: ReasonOption = "",
        json: JsonFlag = False,
    ) -> int:
        """Have the file show again what the ledger says; rows that people typed go only by their numbers."""
        settled = service.restore(
            run.session,
            numbers or (),
            record_type=record_type or None,
            why=why or None,
            every=everything,
            dry_run=dry_run,
            reason=reason,
        )
        tell_settled(run, settled, "restored", dry_run=dry_run, json=json)
        return LEFT if settled.left else 0
