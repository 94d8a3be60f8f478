"""``custledger config``: what the program was told, and where."""

from typing import Annotated, Any

import typer

from custledger.cli.application import group
from custledger.cli.invocation import Invocation
from custledger.cli.options import JsonFlag
from custledger.cli.output import Cell, Column
from custledger.config import SETTINGS
from custledger.errors import CustledgerError, masked


def register(app: typer.Typer, run: Invocation) -> None:
    """Add the group ``config``."""
    config = group("The program's settings.")

    @config.command("show")
    def show(
        *,
        origin: Annotated[bool, typer.Option("--origin", help="Also where each value comes from.")] = False,
        json: JsonFlag = False,
    ) -> int:
        """Show the settings of the program; what belongs to a ledger is in the ledger."""
        problems = run.setting_problems
        run.find_language()
        rows = [(setting.name, run.config.values[setting.name]) for setting in SETTINGS]
        if json:
            run.output.json({name: {"value": _plain(each.value), "origin": each.origin} for name, each in rows})
            return _tell(run, problems)
        columns = [
            Column(heading=run.words(heading), key=heading.lower()) for heading in ("Setting", "Value", "Origin")
        ]
        shown = len(columns) if origin else len(columns) - 1
        run.output.table(
            columns[:shown],
            [[Cell(name), Cell(_text(each.value)), Cell(run.told(each.origin))][:shown] for name, each in rows],
        )
        return _tell(run, problems)

    app.add_typer(config, name="config")


def _tell(run: Invocation, problems: list[CustledgerError]) -> int:
    """Say what could not be understood, which is left out of what was shown, and return the exit code."""
    for problem in problems:
        told = run.put(problem)
        run.output.complain("error", told.message, told.hint)
    return max((problem.exit_code for problem in problems), default=0)


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return list(value)
    return value if value is None else masked(str(value))


def _text(value: Any) -> str:
    if isinstance(value, tuple):
        return ", ".join(value)
    return "" if value is None else masked(str(value))
