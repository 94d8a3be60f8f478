"""``custledger ledger``: what the ledger says of itself."""

from typing import Annotated

import typer

from custledger.cli.application import group
from custledger.cli.invocation import Invocation
from custledger.cli.options import JsonFlag, ReasonOption
from custledger.cli.output import Cell
from custledger.cli.shown import operation_id
from custledger.cli.words import Words
from custledger.errors import UsageError, masked


def register(app: typer.Typer, run: Invocation) -> None:
    """Add the group ``ledger``."""
    ledger = group("The ledger's own name, language, currency and time zone.")
    _add_show(ledger, run)
    _add_set(ledger, run)
    app.add_typer(ledger, name="ledger")


def _add_show(app: typer.Typer, run: Invocation) -> None:
    @app.command("show")
    def show(*, json: JsonFlag = False) -> None:
        """Show the ledger's name, language, currency and time zone."""
        _print(run, json=json)


def _add_set(app: typer.Typer, run: Invocation) -> None:
    @app.command("set")
    def set_(
        *,
        name: Annotated[str | None, typer.Option("--name", metavar="TEXT", help="What it is called.")] = None,
        language: Annotated[
            str | None, typer.Option("--lang", metavar="en|zh", help="The language of its headings and choices.")
        ] = None,
        currency: Annotated[
            str | None, typer.Option("--currency", metavar="CODE", help="What amounts without a currency are in.")
        ] = None,
        zone: Annotated[
            str | None, typer.Option("--zone", metavar="ZONE", help="The zone in which times are read and shown.")
        ] = None,
        force: Annotated[
            bool, typer.Option("--force", help="Change the currency although there are amounts without one.")
        ] = False,
        reason: ReasonOption = "",
        json: JsonFlag = False,
    ) -> None:
        """Change what the ledger says of itself. No amount is converted, and no time moved."""
        from custledger.services.about_ledger import about_ledger, set_ledger

        if name is language is currency is zone is None:
            raise UsageError("Nothing is said of what to change.", hint="Give --name, --lang, --currency or --zone.")
        before = about_ledger(run.session)
        receipt = set_ledger(
            run.session, name=name, language=language, currency=currency, zone=zone, force=force, reason=reason
        )
        run.output.words = Words(run.session.conventions.language)
        run.output.landed = "The ledger's settings were changed" if receipt else ""
        _print(run, json=json)
        if receipt is None:
            run.output.note(run.words("Nothing would change."))
            return
        after = about_ledger(run.session)
        if before.currency != after.currency:
            told = "Amounts without a currency are in {currency} from now on; no amount was converted."
            run.output.note(run.words(told, currency=after.currency))
        undo = run.words("custledger undo {operation} takes that back.", operation=operation_id(receipt.operation))
        run.output.note(undo)


def _print(run: Invocation, *, json: bool) -> None:
    from custledger.services.about_ledger import about_ledger

    told = about_ledger(run.session)
    if json:
        run.output.json({"url": masked(run.session.store.url), **told._asdict()})
        return
    headings = ("Ledger", "Name", "Language", "Currency", "Zone")
    texts = (masked(run.session.store.url), *told)
    run.output.pairs([(run.words(heading), Cell(text)) for heading, text in zip(headings, texts, strict=True) if text])
