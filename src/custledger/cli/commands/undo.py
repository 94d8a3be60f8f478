"""``custledger undo``: take an operation back."""

from typing import Annotated

import typer

from custledger.cli.invocation import Invocation
from custledger.cli.options import JsonFlag, ReasonOption
from custledger.cli.shown import operation_id
from custledger.errors import ConflictError


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
            run.output.note("Nothing was left to take back.")
        else:
            told = f"{counts['created']} brought back, {counts['updated']} set back, {counts['removed']} removed"
            run.output.note(
                f"Took back {undone.operation.ref} ({undone.operation.verb}): {told}. "
                f"custledger undo {operation_id(receipt.operation)} takes that back."
            )
        for one in undone.standing:
            fields = f" ({', '.join(one.fields)})" if one.fields else ""
            run.output.note(f"{one.record}{fields} stays as it is: {one.why}.")
        if undone.standing:
            edits = "1 later edit was" if len(undone.standing) == 1 else f"{len(undone.standing)} later edits were"
            why = f"{edits} not overwritten"
            error = ConflictError("What this operation wrote", why=why)
            error.hint = "custledger log REF shows what was done to a record since."
            raise error
