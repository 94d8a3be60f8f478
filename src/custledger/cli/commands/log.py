"""``custledger log``: what people did, or what happened to one record."""

from collections.abc import Iterator
from itertools import islice
from typing import Annotated

import typer

from custledger import ids
from custledger.changes import OPERATION_PREFIX, Operation
from custledger.cli.events import events
from custledger.cli.invocation import Invocation
from custledger.cli.operations import operation_json, operation_texts, show_operation
from custledger.cli.options import CsvFlag, JsonFlag, LimitOption, NlFlag, TsvFlag
from custledger.cli.output import Column, Form, form_of
from custledger.services.deeds import Deed, deeds_of
from custledger.values import given_limit

SHOWN_AT_ONCE = 20
TOGETHER = 100
"""How many operations are looked into at once."""


def register(app: typer.Typer, run: Invocation) -> None:
    """Add ``log``."""

    @app.command("log")
    def log(
        *,
        ref: Annotated[
            str, typer.Argument(metavar="[REF]", help="A record, or an operation; the whole ledger by default.")
        ] = "",
        limit: LimitOption = None,
        json: JsonFlag = False,
        nl: NlFlag = False,
        csv: CsvFlag = False,
        tsv: TsvFlag = False,
    ) -> None:
        """Show what people did, newest first; of one operation, what it did to each record."""
        form = form_of(json=json, nl=nl, csv=csv, tsv=tsv)
        limit = None if limit is None else given_limit(limit)
        if ids.split_public(ref)[0] == OPERATION_PREFIX:
            show_operation(run, ref, limit, form)
            return
        if ref:
            _of_record(run, ref, limit, form)
            return
        if limit is None and form is Form.SHOWN and run.output.on_terminal:
            limit = SHOWN_AT_ONCE
        run.session.refresh()
        _emit(run, run.session.view.operations(limit=limit), form)


def _of_record(run: Invocation, ref: str, limit: int | None, form: Form) -> None:
    from custledger.services.history import history
    from custledger.services.naming import find_past

    record_type, number = find_past(run.session, ref)
    happened = history(run.session, record_type, number)
    events(run.output, run.session, run.session.schema(record_type), happened[:limit], form)


def _emit(run: Invocation, operations: list[Operation], form: Form) -> None:
    columns = [
        Column(heading=run.words("Operation"), key="operation", whole=True, kept=True),
        Column(heading=run.words("At"), key="at", whole=True, weight=3),
        Column(heading=run.words("Actor"), key="actor", weight=1),
        Column(heading=run.words("Verb"), key="verb", weight=2),
        Column(heading=run.words("About"), key="about", kept=True, wrapped=True, least=20),
        Column(heading=run.words("Reason"), key="reason", wrapped=True, weight=2, least=12),
    ]
    objects = (operation_json(run, *each) for each in _with_deeds(run, operations))
    rows = (operation_texts(run, *each) for each in _with_deeds(run, operations))
    run.output.no_room(run.output.listing(columns, form, objects=objects, rows=rows))


def _with_deeds(run: Invocation, operations: list[Operation]) -> Iterator[tuple[Operation, tuple[Deed, ...]]]:
    stream = iter(operations)
    while some := list(islice(stream, TOGETHER)):
        yield from zip(some, deeds_of(run.session, some), strict=True)
