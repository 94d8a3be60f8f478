"""``custledger followup due`` and ``done``: what to act on, and that it was done."""

from collections.abc import Sequence
from typing import Annotated, Any

import typer

from custledger.changes import Action, Receipt
from custledger.cli.invocation import Invocation
from custledger.cli.options import CsvFlag, JsonFlag, NlFlag, ReasonOption, RefArgument, TsvFlag
from custledger.cli.output import Cell, Column, Form, form_of
from custledger.hookspecs import Reminder
from custledger.schema import Field, Row, Schema

FOLLOWUP = "followup"
STATUS = "status"


def extend(app: typer.Typer, run: Invocation) -> None:
    """Add ``due`` and ``done`` to the group of the follow-ups."""
    _add_due(app, run)
    _add_done(app, run)


def _add_due(app: typer.Typer, run: Invocation) -> None:
    @app.command("due")
    def due(
        *,
        days: Annotated[
            int, typer.Option("--days", metavar="N", min=0, help="Also what is due within so many days.")
        ] = 0,
        owner: Annotated[str | None, typer.Option("--owner", metavar="TEXT", help="Only this person's.")] = None,
        json: JsonFlag = False,
        nl: NlFlag = False,
        csv: CsvFlag = False,
        tsv: TsvFlag = False,
    ) -> None:
        """Show what is overdue or due today, and what plugins remind of."""
        from custledger.cli.shown import Shower
        from custledger.services.followups import agenda

        form = form_of(json=json, nl=nl, csv=csv, tsv=tsv)
        found = agenda(run.session, days=days, owner=owner)
        schema = run.session.schema(FOLLOWUP)
        shower = Shower(run.session, schema)
        if form in {Form.JSON, Form.LINES}:
            objects = [{"type": FOLLOWUP, "record": shower.json(row)} for row in found.followups]
            run.output.objects([*objects, *(_reminder_json(run, one) for one in found.reminders)], form)
            return
        left_out = shower.emit(run.output, found.followups, _due_fields(schema, form), form)
        if form is Form.SHOWN:
            run.output.note(_told(run, len(found.followups), days))
            run.output.no_room(left_out)
            if found.reminders:
                print_reminders(run, list(found.reminders))


def _due_fields(schema: Schema, form: Form) -> list[Field]:
    """Return the fields of follow-ups that are due: people need not be told that they are open."""
    from custledger.cli.shown import usual_fields

    return [field for field in usual_fields(schema, form) if form is not Form.SHOWN or field.key != STATUS]


def print_due(run: Invocation, rows: Sequence[Row]) -> list[Column]:
    """Print follow-ups that are due, without their ids; return the columns that there was no room for."""
    from custledger.cli.shown import Shower

    schema = run.session.schema(FOLLOWUP)
    fields = [field for field in _due_fields(schema, Form.SHOWN) if field.key != "id"]
    return Shower(run.session, schema).emit(run.output, rows, fields, Form.SHOWN)


def _told(run: Invocation, count: int, days: int) -> str:
    """Say how many follow-ups are due, and by when."""
    told = "{count} due on {day} or before."
    if days:
        within = "within 1 day." if days == 1 else "within {days} days."
        told = f"{told[:-1]}, or {within}"
    return run.words(told, count=count, day=run.session.today, days=days)


def print_reminders(run: Invocation, reminders: list[Reminder]) -> None:
    """Print what plugins want acted on."""
    columns = [
        Column(heading=run.words("On"), key="on", whole=True, weight=3),
        Column(heading=run.words("Reminder"), key="text", kept=True, wrapped=True, least=24),
        Column(heading=run.words("Record"), key="record", whole=True, weight=2),
        Column(heading=run.words("Owner"), key="owner"),
    ]
    language = run.schema_language
    run.output.say()
    left_out = run.output.table(
        columns,
        [
            [Cell(one.on.isoformat()), Cell(one.text.in_language(language)), Cell(_record(run, one)), Cell(one.owner)]
            for one in reminders
        ],
    )
    run.output.no_room(left_out)


def _add_done(app: typer.Typer, run: Invocation) -> None:
    @app.command("done")
    def done(
        *,
        ref: RefArgument,
        result: Annotated[str, typer.Option("--result", metavar="TEXT", help="What came of it.")] = "",
        skip: Annotated[bool, typer.Option("--skip", help="It was skipped, not done.")] = False,
        at: Annotated[str, typer.Option("--at", metavar="TIME", help="When; now by default.")] = "",
        reason: ReasonOption = "",
        json: JsonFlag = False,
    ) -> None:
        """Finish a follow-up and print its id; where it repeats, say which one is next."""
        from custledger.cli.shown import Shower
        from custledger.services.followups import done

        status = "skipped" if skip else "done"
        receipt, following = done(run.session, ref, result=result, status=status, at=at or None, reason=reason)
        schema = run.session.schema(FOLLOWUP)
        finished = _finished(run, receipt)
        public, how = schema.public_id(finished), "{name} was skipped." if skip else "{name} is done."
        run.output.landed = f"{public} was finished"
        if json:
            record = None if following is None else Shower(run.session, schema).json(following)
            run.output.json({"operation": _operation(receipt.operation), "finished": public, "next": record})
            return
        run.output.say(public)
        run.output.note(run.words(how, name=schema.display(finished)))
        if following is not None:
            day, following_id = following[schema.positions["due"]], schema.public_id(following)
            run.output.note(run.words("The next one, {record}, is due on {day}.", record=following_id, day=day))


def _finished(run: Invocation, receipt: Receipt) -> Row:
    """Return the follow-up that a receipt says was finished."""
    numbers = [
        change.id
        for applied in receipt.applied
        for change in applied.changes
        if change.type == FOLLOWUP and change.action is Action.UPDATE
    ]
    (row,) = (row for row in run.session.get(FOLLOWUP, numbers[:1]) if row is not None)
    return row


def _operation(number: int) -> str:
    from custledger.cli.shown import operation_id

    return operation_id(number)


def _record(run: Invocation, reminder: Reminder) -> str:
    return run.session.schema(reminder.type).public_id(reminder.id)


def _reminder_json(run: Invocation, reminder: Reminder) -> dict[str, Any]:
    return {
        "type": "reminder",
        "on": reminder.on.isoformat(),
        "record": _record(run, reminder),
        "owner": reminder.owner or None,
        "en": reminder.text.en,
        "zh": reminder.text.zh or None,
    }
