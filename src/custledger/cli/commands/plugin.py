"""``custledger plugin``: which plugins there are, and whether their rules are what they say."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from custledger.cli.application import group
from custledger.cli.invocation import Invocation
from custledger.cli.options import JsonFlag
from custledger.cli.output import Cell, Column
from custledger.plugins import PluginInfo

if TYPE_CHECKING:
    from custledger.services.proving import Checked, Proof, Proven

UNPROVED = 3
_SAME = "the same answer asked twice, and with the records in another order"
_PROVED = {
    "understood": "its names mean something here",
    "documented": "labels and a summary in both languages",
    "total": "no failure for {count} records of the sample ledgers, on four days",
    "deterministic": "the same answer asked twice, with the records in another order, and in SQLite",
    "examples": "its examples: {count}",
}
"""What is proved of a rule, by the check."""


def register(app: typer.Typer, run: Invocation) -> None:
    """Add the group ``plugin``."""
    plugin = group("The installed plugins.")
    for add in (_add_list, _add_check):
        add(plugin, run)
    app.add_typer(plugin, name="plugin")


def _add_list(plugin: typer.Typer, run: Invocation) -> None:
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


def _add_check(plugin: typer.Typer, run: Invocation) -> None:
    @plugin.command("check")
    def check(
        *, name: Annotated[str, typer.Argument(metavar="NAME", help="A plugin, by its name.")], json: JsonFlag = False
    ) -> int:
        """Prove the rules of a plugin, of every kind, on sample ledgers; exit code 3 where one is not as it says."""
        from custledger.services.proving import prove

        if json:
            proven = prove(run.plugins, name)
            run.output.json(_as_json(proven))
        else:
            run.find_language()
            proven = prove(run.plugins, name, language=run.words.language)
            _print(run, proven)
        return 0 if proven.is_sound else UNPROVED


def _print(run: Invocation, proven: "Proven") -> None:
    """Print what was proved of a plugin, a rule after the other."""
    for problem in proven.problems:
        run.output.complain("warning", run.told(problem))
    for proof in proven.proofs:
        label = proof.rule.labels.in_language(run.words.language)
        kind = run.words(proof.kind)
        run.output.say(run.words("{kind} {name} ({label})", kind=kind, name=proof.rule.name, label=label))
        for each in proof.checks:
            for line in _lines(run, proven, each):
                run.output.say(f"  {line}")
    proved = sum(not proof.failures for proof in proven.proofs)
    if not proven.proofs:
        run.output.note(run.words("{name} brings no metrics, no segments and no rules that tag.", name=proven.plugin))
    else:
        run.output.note(run.words("Proved: {proved} of {count}.", proved=proved, count=len(proven.proofs)))


def _lines(run: Invocation, proven: "Proven", check: "Checked") -> list[str]:
    """Return what was looked at, and beneath it why it is not so."""
    if check.what == "examples" and not check.count:
        return [f"– {run.words('it has no examples')}"]
    alone = check.what == "deterministic" and "sqlite" not in proven.engines
    told = run.words(_SAME if alone else _PROVED[check.what], count=check.count)
    mark = "✗" if check.failures else "✓"
    return [f"{mark} {told}", *(f"    {run.told(failure)}" for failure in check.failures)]


def _as_json(proven: "Proven") -> dict[str, Any]:
    return {
        "plugin": proven.plugin,
        "sound": proven.is_sound,
        "engines": list(proven.engines),
        "problems": list(proven.problems),
        "rules": [_rule_as_json(proof) for proof in proven.proofs],
    }


def _rule_as_json(proof: "Proof") -> dict[str, Any]:
    return {
        "kind": proof.kind,
        "name": proof.rule.name,
        "subject": proof.rule.subject,
        "proved": not proof.failures,
        "checks": [
            {"what": check.what, "count": check.count, "failures": list(check.failures)} for check in proof.checks
        ],
    }


def _state(run: Invocation, one: PluginInfo) -> Cell:
    if one.disabled:
        return Cell(run.words("disabled"), "gray")
    return Cell(run.words("failing"), "red") if one.problems else Cell(run.words("sound"), "green")
