"""``custledger undo``: take an operation back."""

from collections.abc import Mapping
from typing import Annotated

import typer

from custledger.changes import DOCUMENT_TYPE, Receipt
from custledger.cli.invocation import Invocation
from custledger.cli.options import JsonFlag, ReasonOption
from custledger.cli.shown import operation_id
from custledger.cli.telling import reason_in, setting
from custledger.errors import ConflictError
from custledger.services.deeds import deeds_of


def register(app: typer.Typer, run: Invocation) -> None:
    """Add ``undo``."""

    @app.command("undo")
    def undo(
        *,
        operation: Annotated[str, typer.Argument(metavar="OPERATION", help="An operation's id, or the end of one.")],
        reason: ReasonOption = "",
        json: JsonFlag = False,
    ) -> None:
        """Take an operation back. What was edited later stays, is shown, and makes the exit code 5."""
        from custledger.services.undo import undo  # noqa: PLC0415 - needed only when it runs

        undone = undo(run.session, operation, reason=reason)
        receipt = undone.receipt
        run.output.landed = f"{undone.operation.ref} was taken back" if receipt else ""
        counts = {name: getattr(receipt, name, 0) for name in ("created", "updated", "removed")}
        if json:
            from custledger.cli.json_forms import json_form  # noqa: PLC0415 - needed only for JSON

            mine = operation_id(receipt.operation) if receipt else None
            stands = json_form(undone.standing)
            run.output.json({"undone": undone.operation.ref, "operation": mine, **counts, "stands": stands})
        elif receipt is None:
            run.output.note(run.words("Nothing was left to take back."))
        else:
            taken_back = "Took back {operation} ({verb}): {told}. custledger undo {undo} takes that back."
            run.output.note(
                run.words(
                    taken_back,
                    operation=undone.operation.ref,
                    verb=run.words(undone.operation.verb),
                    told=_told(run, receipt, counts),
                    undo=operation_id(receipt.operation),
                )
            )
        for one in undone.standing:
            stays = "{record} ({fields}) stays as it is: {why}." if one.fields else "{record} stays as it is: {why}."
            fields, why = run.words(", ").join(one.fields), reason_in(run.words, one.why, run.session.schemas)
            run.output.note(run.words(stays, record=one.record, fields=fields, why=why))
        if undone.standing:
            edits = "1 later edit was" if len(undone.standing) == 1 else f"{len(undone.standing)} later edits were"
            why = f"{edits} not overwritten"
            error = ConflictError("What this operation wrote", why=why)
            error.hint = "custledger log REF shows what was done to a record since."
            raise error


def _told(run: Invocation, receipt: Receipt, counts: Mapping[str, int]) -> str:
    """Say how many records an undo wrote, and which settings."""
    told = [run.words("{created} brought back, {updated} set back, {removed} removed", **counts)]
    (deeds,) = deeds_of(run.session, run.session.view.operations(ids=[receipt.operation]))
    documents = [name for deed in deeds if deed.type == DOCUMENT_TYPE for name in deed.names]
    if documents and not any(counts.values()):
        told = []
    return run.words(", ").join([*told, *(setting(run.session, run.words, name) for name in documents)])
