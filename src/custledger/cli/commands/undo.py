"""``custledger undo``: take an operation back."""

from collections import Counter
from typing import TYPE_CHECKING, Annotated, Any

import typer

from custledger.changes import Action, Change
from custledger.cli.invocation import Invocation
from custledger.cli.options import DryRunFlag, JsonFlag, ReasonOption
from custledger.cli.output import Cell, Column
from custledger.cli.progress import SOON, progress
from custledger.cli.shown import HIDDEN, Shower, operation_id
from custledger.cli.telling import BECAME_AGAIN, setting
from custledger.codec import row_from
from custledger.errors import ConflictError, CustledgerError

if TYPE_CHECKING:
    from custledger.services.undo import Undone
    from custledger.services.undo_settings import Standing

SHOWN_AT_ONCE = 20
"""How many of the records that would be written a rehearsal shows: an import has a million."""
_COUNTED = {Action.CREATE: "created", Action.UPDATE: "updated", Action.REMOVE: "removed"}
_TOOK = "Took back {operation} ({verb}): {told}. To reverse that: custledger undo {undo}"
_WOULD_TAKE = "{operation} ({verb}) would be taken back: {told}."
_REVERSED = "Reversed the undo {operation}: {told}. To take it back again: custledger undo {undo}"
_WOULD_REVERSE = "The undo {operation} would be reversed: {told}."
_AGAIN = {
    Action.CREATE: "{what} brought back",
    Action.UPDATE: "{what} changed again",
    Action.REMOVE: "{what} removed again",
}
"""What becomes of records when an undo is itself taken back."""


def register(app: typer.Typer, run: Invocation) -> None:
    """Add ``undo``."""

    @app.command("undo")
    def undo(
        *,
        operation: Annotated[str, typer.Argument(metavar="OPERATION", help="An operation's id, or the end of one.")],
        dry_run: DryRunFlag = False,
        reason: ReasonOption = "",
        json: JsonFlag = False,
    ) -> None:
        """Take an operation back. What was edited later stays, is shown, and makes the exit code 5."""
        from custledger.services.undo import undo

        with progress(run.output, run.words("Taking back {operation}", operation=operation), after=SOON) as told:
            undone = undo(run.session, operation, dry_run=dry_run, reason=reason, progress=told)
        run.output.landed = f"{undone.operation.ref} was taken back" if undone.receipt else ""
        if json:
            run.output.json(_json(run, undone, dry_run=dry_run))
        else:
            _tell(run, undone, dry_run=dry_run)
        if undone.standing:
            raise _partly(undone, dry_run=dry_run)


class PartlyUndoneError(ConflictError):
    """Something stood in the way of an undo."""

    def __init__(self, message: str, *, hint: str) -> None:
        CustledgerError.__init__(self, message, hint=hint)
        self.record, self.fields = "", ()


def _partly(undone: "Undone", *, dry_run: bool) -> PartlyUndoneError:
    """Return the error for an undo that left, or would leave, something as it is."""
    ref, many = undone.operation.ref, len(undone.standing)
    was = "would not be" if dry_run else "was not"
    in_the_way = "1 later change stands in the way" if many == 1 else f"{many} later changes stand in the way"
    return PartlyUndoneError(
        f"{ref} {was} taken back whole: {in_the_way}.", hint="custledger log REF shows what was done to a record since."
    )


def _json(run: Invocation, undone: "Undone", *, dry_run: bool) -> dict[str, Any]:
    """Return what was done, or would be: a rehearsal names every change."""
    mine = operation_id(undone.receipt.operation) if undone.receipt else None
    about = {"undone": undone.operation.ref, "dry_run": dry_run, "operation": mine, **_counts(undone)}
    changes = [_change_json(run, change) for change in undone.changes] if dry_run else None
    stands = [_standing_json(run, one) for one in undone.standing]
    return {**about, **({} if changes is None else {"changes": changes}), "stands": stands}


def _change_json(run: Invocation, change: Change) -> dict[str, Any]:
    record = run.session.schema(change.type).public_id(change.id)
    fields = sorted(change.after or ()) if change.action is Action.UPDATE else []
    return {"type": change.type, "record": record, "action": change.action.value, "fields": fields}


def _standing_json(run: Invocation, one: "Standing") -> dict[str, Any]:
    fields = {}
    for key, values in one.fields.items():
        schema = run.session.schema(one.type)
        field, codec = schema.by_key[key], run.session.codec_of(schema)
        fields[key] = {
            name: None if value is None else HIDDEN["en"] if field.spec.sensitive else codec.json_value(field, value)
            for name, value in values._asdict().items()
        }
    what = {"setting": one.setting} if one.setting else {"record": one.record}
    return {**what, "why": one.why, "whole": one.whole, "fields": fields}


def _tell(run: Invocation, undone: "Undone", *, dry_run: bool) -> None:
    """Say how many records were written, or which would be, and what stands."""
    words, operation = run.words, undone.operation
    if dry_run and undone.changes:
        _table(run, undone.changes)
    if undone.changes or undone.documents:
        mine = operation_id(undone.receipt.operation) if undone.receipt else ""
        verb, told = words(operation.verb), _told(run, undone)
        took, would_take = (_TOOK, _WOULD_TAKE) if operation.undoes is None else (_REVERSED, _WOULD_REVERSE)
        template = would_take if dry_run else took
        run.output.note(words(template, operation=operation.ref, verb=verb, told=told, undo=mine))
    elif not undone.standing:
        run.output.note(words("Nothing is left of {operation} to take back.", operation=operation.ref))
    for one in undone.standing:
        run.output.note(_stays(run, one))


def _table(run: Invocation, changes: tuple[Change, ...]) -> None:
    """Show what would become of records, a few of them."""
    columns = [
        Column(heading=run.words("Type"), key="type"),
        Column(heading=run.words("ID"), key="id", whole=True, kept=True),
        Column(heading=run.words("Name"), key="name"),
        Column(heading=run.words("Change"), key="change"),
    ]
    shown = changes[:SHOWN_AT_ONCE]
    run.output.no_room(run.output.table(columns, [_cells(run, change) for change in shown]))
    if len(changes) > len(shown):
        run.output.note(run.words("and {count} more; --json shows every one.", count=len(changes) - len(shown)))


def _cells(run: Invocation, change: Change) -> list[Cell]:
    schema = run.session.schema(change.type)
    row = run.session.get(change.type, [change.id])[0] or row_from(schema, {**(change.after or {}), "id": change.id})
    back = change.action is Action.CREATE
    does = run.words("brought back") if back else Shower(run.session, schema).change(change)
    return [Cell(text) for text in (run.words.noun(schema.info), schema.public_id(row), schema.display(row), does)]


def _stays(run: Invocation, one: "Standing") -> str:
    """Say what stays as it is and why, with what became of it since: a sensitive value stays hidden."""
    why = run.told(one.why)
    if one.setting:
        named = setting(run.session, run.words, one.setting)
        begun = named if run.words.chinese else f"{named[0].upper()}{named[1:]}"
        return run.words("{record} stays as it is: {why}.", record=begun, why=why)
    if not one.fields:
        return run.words("{record} stays as it is: {why}.", record=one.record, why=why)
    since = {key: (values.after, values.now) for key, values in one.fields.items()}
    fields = Shower(run.session, run.session.schema(one.type)).differences(since)
    stays = "{record} stays as it is: {why} ({fields})." if one.whole else "{record} ({fields}) stays as it is: {why}."
    return run.words(stays, record=one.record, fields=fields, why=why)


def _counts(undone: "Undone") -> dict[str, int]:
    counted = Counter(change.action for change in undone.changes)
    return {name: counted[action] for action, name in _COUNTED.items()}


def _told(run: Invocation, undone: "Undone") -> str:
    """Say of how many records an undo writes what becomes, and which settings it sets back."""
    became = BECAME_AGAIN if undone.operation.undoes is None else _AGAIN
    counted = Counter((change.action, change.type) for change in undone.changes)
    told = []
    for action, template in became.items():
        those = [(schema, counted[action, name]) for name, schema in run.session.schemas.items()]
        if what := [run.words.counted(schema.info, count) for schema, count in those if count]:
            told.append(run.words(template, what=run.words(", ").join(what)))
    names = (setting(run.session, run.words, document.name) for document in undone.documents)
    return run.words(", ").join([*told, *names])
