"""``custledger log``: what people did, or what happened to one record."""

from typing import Annotated

import typer

from custledger.changes import Operation
from custledger.cli.events import SECONDS, events
from custledger.cli.invocation import Invocation
from custledger.cli.options import CsvFlag, JsonFlag, NlFlag, TsvFlag
from custledger.cli.output import Cell, Column, Form, form_of
from custledger.cli.shown import operation_id

SHOWN_AT_ONCE = 20
HEADINGS = ("Operation", "At", "Actor", "Verb", "About", "Reason")


def register(app: typer.Typer, run: Invocation) -> None:
    """Add ``log``."""

    @app.command("log")
    def log(
        *,
        ref: Annotated[str, typer.Argument(metavar="[REF]", help="A record; the whole ledger by default.")] = "",
        limit: Annotated[int | None, typer.Option("--limit", metavar="N", min=0, help="At most so many.")] = None,
        json: JsonFlag = False,
        nl: NlFlag = False,
        csv: CsvFlag = False,
        tsv: TsvFlag = False,
    ) -> None:
        """Show what people did, newest first."""
        form = form_of(json=json, nl=nl, csv=csv, tsv=tsv)
        if ref:
            _of_record(run, ref, limit, form)
            return
        if limit is None and form is Form.SHOWN and run.output.on_terminal:
            limit = SHOWN_AT_ONCE
        run.session.refresh()
        _emit(run, run.session.view.operations(limit=limit), form)


def _of_record(run: Invocation, ref: str, limit: int | None, form: Form) -> None:
    from custledger.services.history import history  # noqa: PLC0415 - as above
    from custledger.services.naming import find_any  # noqa: PLC0415 - as above

    record_type, number = find_any(run.session, ref)
    happened = history(run.session, record_type, number)
    events(run.output, run.session, run.session.schema(record_type), happened[:limit], form)


def _emit(run: Invocation, operations: list[Operation], form: Form) -> None:
    if form in {Form.JSON, Form.LINES}:
        from custledger.cli.json_forms import json_form  # noqa: PLC0415 - needed only for JSON

        run.output.objects(map(json_form, operations), form)
        return
    columns = [
        Column(heading=heading, key=heading.lower(), whole=heading in {"Operation", "At"}) for heading in HEADINGS
    ]
    rows = [_texts(run, operation) for operation in operations]
    if form is Form.SHOWN:
        run.output.no_room(run.output.table(columns, [[Cell(text) for text in row] for row in rows]))
    else:
        run.output.values(columns, rows, form)


def _texts(run: Invocation, operation: Operation) -> list[str]:
    schema = next(iter(run.session.schemas.values()))
    when = run.session.codec(schema.name).text(schema.by_key["created_at"], operation.at)
    about = ", ".join(f"{key} {value}" for key, value in operation.about.items())
    if operation.undoes is not None:
        about = f"undoes {operation_id(operation.undoes)}" + (f", {about}" if about else "")
    return [operation_id(operation.id), when[:SECONDS], operation.actor, operation.verb, about, operation.reason]
