"""``custledger init``: make a ledger, and a file that lets commands in this folder find it."""

from pathlib import Path
from typing import Annotated, Any

import typer

from custledger.cli.invocation import Invocation, language_of_locale
from custledger.cli.options import JsonFlag
from custledger.cli.words import Words
from custledger.config import DEFAULT_LEDGER, PROJECT_FILE, write_project_file
from custledger.errors import NotFoundError, UsageError, masked
from custledger.services.session import Session


def register(app: typer.Typer, run: Invocation) -> None:
    """Add ``init``."""

    @app.command("init")
    def init(
        *,
        url: Annotated[
            str, typer.Argument(metavar="[URL]", help=f"A path or a URL; {DEFAULT_LEDGER} by default.")
        ] = "",
        name: Annotated[str, typer.Option("--name", metavar="TEXT", help="What the ledger is called.")] = "",
        currency: Annotated[
            str, typer.Option("--currency", metavar="CODE", help="Its currency, such as CNY or USD.")
        ] = "",
        zone: Annotated[str, typer.Option("--zone", metavar="ZONE", help="Its time zone, such as Asia/Shanghai.")] = "",
        json: JsonFlag = False,
    ) -> None:
        """Make a new ledger; --lang says the language of its headings, otherwise LANG does.

        A ledger that is there already is left as it is, and commands in this folder use it from then on.
        """
        place = url or run.config.ledger
        if _is_there(run, place):
            _use_existing(run, place, is_told=bool(name or currency or zone), json=json)
            return
        told: dict[str, Any] = {
            "name": name,
            "language": language_of_a_new_one(run),
            "currency": currency,
            "zone": zone,
        }
        session = run.use(run.open(place, create=True, defaults=told))
        run.output.words = Words(session.settings.conventions.language)
        run.output.landed = f"The ledger {session.store.url} was made"
        written = write_project_file(Path(), place)
        _say_made(run, session, written, json=json)
        if told["language"] and not run.config["language"]:
            run.output.note(
                run.words("Its language is Chinese, as this computer's is; --lang en makes one in English.")
            )
        if written is not None:
            run.output.note(run.words("Commands in this folder use it now ({path}).", path=written))
        elif run.config.values["ledger"].value != place:
            another = "{file} here names another ledger and was left as it is: use --ledger {place}."
            run.output.note(run.words(another, file=PROJECT_FILE, place=place))
        run.output.note(run.words("Next: custledger customer add --name …, or custledger import FILE --as customer."))


def _say_made(run: Invocation, session: Session, written: Path | None, *, json: bool) -> None:
    """Say which ledger was made, and what of files that lay there became part of it."""
    from custledger.cli import taken_in  # most new ledgers are not made where files lie

    url, files = masked(session.store.url), taken_in.by_file(session.taken_in)
    if json:
        adopted = [
            {"file": file, "records": sum(map(taken_in.changed, found)), "held": sum(len(one.held) for one in found)}
            for file, found in files.items()
        ]
        run.output.json({"url": url, "settings": None if written is None else str(written), "taken_over": adopted})
        session.taken_in = []
        return
    run.output.say(url)
    taken_in.tell_taken_in(run.output, session, one=taken_in.ONE_RECORD, several=taken_in.RECORDS)


def language_of_a_new_one(run: Invocation) -> str:
    """Return the language that a new ledger is to have: the one asked for, or Chinese where the computer has it."""
    return run.config["language"] or language_of_locale()


def _is_there(run: Invocation, place: str) -> bool:
    try:
        run.open(place, read_only=True).close()
    except NotFoundError:
        return False
    return True


def _use_existing(run: Invocation, place: str, *, is_told: bool, json: bool) -> None:
    """Have commands in this folder use a ledger that is there. Raises ``UsageError`` where more than that is asked."""
    written = None if is_told else write_project_file(Path(), place)
    if written is None:
        raise UsageError(f"There is a ledger at {place} already.", hint="Use it, or give the new one another name.")
    if json:
        run.output.json({"url": masked(place), "settings": str(written), "taken_over": []})
        return
    run.output.say(masked(place))
    run.output.note(run.words("This ledger was there already, and is left as it is."))
    run.output.note(run.words("Commands in this folder use it now ({path}).", path=written))
