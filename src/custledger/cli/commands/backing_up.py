"""``custledger backup`` and ``restore``."""

from pathlib import Path
from typing import Annotated

import typer

from custledger.cli.invocation import Invocation
from custledger.cli.options import JsonFlag
from custledger.errors import masked
from custledger.stores.contract import Verification

FileArgument = Annotated[
    Path, typer.Argument(metavar="FILE", help="The backup: a file, or a folder where the ledger is one.")
]


def register(app: typer.Typer, run: Invocation) -> None:
    """Add ``backup`` and ``restore``."""

    @app.command("backup")
    def backup(*, file: FileArgument, json: JsonFlag = False) -> None:
        """Copy the ledger to FILE while it stays in use; the copy is opened and compared before it counts."""
        from custledger.services.backing_up import backup

        _tell(run, backup(run.session, file), str(file), json=json)

    @app.command("restore")
    def restore(*, file: FileArgument, json: JsonFlag = False) -> None:
        """Make the ledger from the backup FILE; a ledger that is there is never overwritten."""
        from custledger.services.backing_up import restore

        _tell(run, restore(file, run.config.ledger, plugins=run.plugins), run.config.ledger, json=json)


def _tell(run: Invocation, verified: Verification, path: str, *, json: bool) -> None:
    """Say what was compared."""
    run.output.landed = f"{path} was made and verified"
    if json:
        from custledger.cli.json_forms import json_form

        run.output.json({"path": masked(path), **json_form(verified)})
        return
    run.output.say(masked(path))
    schemas = run.plugins.schemas()
    compared = run.words(", ").join(
        run.words.counted(schemas[name].info, count) if name in schemas else f"{count} {name}"
        for name, count in verified.rows.items()
        if count
    )
    run.output.note(run.words("Verified: {counts}.", counts=compared or run.words("an empty ledger")))
