"""``custledger plugin``: which plugins there are."""

import typer

from custledger.cli.application import group
from custledger.cli.invocation import Invocation
from custledger.cli.options import JsonFlag
from custledger.cli.output import Cell, Column
from custledger.plugins import PluginInfo


def register(app: typer.Typer, run: Invocation) -> None:
    """Add the group ``plugin``."""
    plugin = group("The installed plugins.")

    @plugin.command("list")
    def list_(*, json: JsonFlag = False) -> None:
        """List the plugins, what each brings, and what is wrong with it."""
        found = run.plugins.examined()
        if json:
            run.output.json([one._asdict() for one in found])
            return
        run.find_language()
        columns = [
            Column(heading=run.words(heading), key=heading.lower())
            for heading in ("Name", "Distribution", "Version", "State", "Hooks")
        ]
        run.output.table(
            columns,
            [
                [
                    Cell(one.name),
                    Cell(one.distribution),
                    Cell(one.version),
                    _state(run, one),
                    Cell(", ".join(one.hooks)),
                ]
                for one in found
            ],
        )
        for one in found:
            for problem in one.problems:
                run.output.complain("warning", run.told(problem))

    app.add_typer(plugin, name="plugin")


def _state(run: Invocation, one: PluginInfo) -> Cell:
    if one.disabled:
        return Cell(run.words("disabled"), "gray")
    return Cell(run.words("failing"), "red") if one.problems else Cell(run.words("sound"), "green")
