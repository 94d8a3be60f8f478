"""``custledger doctor``: whether this computer has what a ledger needs."""

import os
import sys

import typer

from custledger import __version__
from custledger.cli.invocation import Invocation
from custledger.cli.options import JsonFlag
from custledger.cli.output import Cell, Column

COLORS = {"good": "green", "note": "yellow", "bad": "red"}
FAILED = 1


def register(app: typer.Typer, run: Invocation) -> None:
    """Add ``doctor``."""

    @app.command("doctor")
    def doctor(*, json: JsonFlag = False) -> int:
        """Look at the stores, plugins, ledger, keyring, fonts and terminal; exit code 1 where something is bad."""
        from custledger.services.health import Finding, examine

        run.find_language()
        python = ".".join(map(str, sys.version_info[:3]))
        found = [
            Finding("custledger", "good", f"{__version__} on Python {python}"),
            *(Finding("settings", "bad", problem.message, problem.hint) for problem in run.setting_problems),
            *examine(run.plugins, run.config.ledger, run.words.language),
            Finding("terminal", "good", _terminal(run)),
        ]
        if json:
            from custledger.cli.json_forms import json_form

            run.output.json(json_form(found))
        else:
            columns = [
                Column(heading=run.words("What"), key="what", whole=True),
                Column(heading=run.words("State"), key="state", whole=True),
                Column(heading=run.words("Found"), key="found", kept=True, wrapped=True),
                Column(heading=run.words("Advice"), key="advice", kept=True, wrapped=True),
            ]
            run.output.table(
                columns,
                [
                    [
                        Cell(run.told(one.what)),
                        Cell(run.words(one.state), COLORS[one.state]),
                        Cell(run.told(one.found)),
                        Cell(run.told(one.advice)),
                    ]
                    for one in found
                ],
            )
        return FAILED if any(one.state == "bad" for one in found) else 0


def _terminal(run: Invocation) -> str:
    place = os.environ.get("TERM", "unknown") if run.output.stdout.isatty() else "not a terminal"
    colors = "in colour" if run.output.in_color else "without colour"
    return f"{place}, {colors}, {run.output.stdout.encoding or 'unknown encoding'}"
