"""``custledger demo``: a small ledger of invented people, to look around in."""

import shlex
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from custledger.cli.commands.followup import print_due, print_reminders
from custledger.cli.commands.setting_up import language_of_a_new_one
from custledger.cli.invocation import Invocation
from custledger.cli.output import Form
from custledger.cli.shown import Shower, usual_fields
from custledger.cli.text import for_shell
from custledger.config import DEFAULT_LEDGER, write_project_file
from custledger.errors import UsageError, file_error
from custledger.fields import Labels
from custledger.schema import Row, Schema

if TYPE_CHECKING:
    from custledger.services.demo import Demo

FOLDER = "custledger-demo"
YEARS = 100
"""How many years before and after today the demo may reach: people have birthdays."""
NAME = Labels("Demo", "演示")


def register(app: typer.Typer, run: Invocation) -> None:
    """Add ``demo``."""

    @app.command("demo")
    def demo(
        *,
        folder: Annotated[
            str, typer.Argument(metavar="[FOLDER]", help="Where to make it; csv:FOLDER keeps it in CSV files.")
        ] = FOLDER,
        seed: Annotated[
            int | None, typer.Option("--seed", metavar="N", help="Another seed gives other people.")
        ] = None,
    ) -> None:
        """Make a ledger of invented people in FOLDER, and show who is due, who bought what, and where to go next."""
        from custledger.services.demo import SEED, make_demo, standing_demo

        _refuse_edge(run)
        place = _Place.of(run, folder)
        place.make()
        language = language_of_a_new_one(run)
        told = {"name": NAME.in_language(language), "language": language}
        session = run.use(run.open(place.url, create=True, defaults=told))
        standing = standing_demo(session) if seed is None else None
        if standing is not None:
            _show(run, standing, place, "The demo {ledger} was made before: {counts}. The people in it are invented.")
            run.output.note(run.words("For a new one, name another folder: custledger demo FOLDER."))
            return
        run.output.landed = f"The ledger {place.url} was made"
        made = make_demo(session, seed=SEED if seed is None else seed)
        write_project_file(place.folder, place.within)
        _show(run, made, place, "Made {ledger}: {counts}. The people in it are invented.")


class _Place(NamedTuple):
    """Where a demo is made: its folder, its URL, and by what it is known within the folder."""

    folder: Path
    url: str
    within: str

    @classmethod
    def of(cls, run: Invocation, text: str) -> "_Place":
        """Return the place that is meant: a folder with a file in it, or one that is itself the ledger, or a URL."""
        scheme, colon, rest = text.partition(":")
        kind = next((one for one in run.plugins.stores() if scheme in one.schemes), None)
        if colon and rest and kind is not None:
            file = Path(rest)
            return cls(file.parent, text, f"{scheme}:{file.name}") if kind.suffixes else cls(file, text, f"{scheme}:.")
        return cls(Path(text), str(Path(text) / DEFAULT_LEDGER), DEFAULT_LEDGER)

    def make(self) -> None:
        """Make the folder. Raises ``CustledgerError``."""
        _refuse_file(self.folder)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise file_error(self.folder, error, "made") from error


def _refuse_edge(run: Invocation) -> None:
    """Raise ``UsageError`` where today is so near an end of the calendar that the demo's years do not fit."""
    as_of = run.config["as_of"]
    if as_of is not None and not date.min.year + YEARS <= as_of.year <= date.max.year - YEARS:
        raise UsageError(
            f"The demo tells of the years around today, and {as_of} has too few.", hint="Choose another day."
        )


def _refuse_file(folder: Path) -> None:
    """Raise ``UsageError`` where the folder, or one that it is to be made in, is a file."""
    there = next((one for one in (folder, *folder.parents) if one.exists()), None)
    if there is not None and not there.is_dir():
        raise UsageError(
            f"{there} is a file, and the demo needs a folder.", hint="Name another folder: custledger demo FOLDER."
        )


def _show(run: Invocation, made: "Demo", place: _Place, title: str) -> None:
    say, language, words = run.output.say, run.schema_language, run.words
    counts = words(", ").join(
        words.counted(run.session.schema(name).info, count) for name, count in made.counts.items()
    )
    say(words(title, ledger=place.url, counts=counts))
    say()
    say(words("Due today"))
    print_due(run, made.agenda.followups)
    if made.agenda.reminders:
        print_reminders(run, list(made.agenda.reminders))
    for highlight in made.highlights:
        say()
        say(highlight.title.in_language(language))
        _table(run, highlight.schema, highlight.rows)
    say()
    say(words("Next, in this folder (cd {folder}):", folder=for_shell(str(place.folder))))
    for step in made.next_steps:
        say(f"  custledger {shlex.join(step.arguments)}  # {step.shows.in_language(language)}")


def _table(run: Invocation, schema: Schema, rows: tuple[Row, ...]) -> None:
    fields = [field for field in usual_fields(schema, Form.SHOWN) if field.key != "id"]
    Shower(run.session, schema).emit(run.output, rows, fields, Form.SHOWN, brief=True)
