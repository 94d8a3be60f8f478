"""What rules that tag did, or would do, printed."""

from collections.abc import Iterable
from typing import Any

from custledger.changes import Change
from custledger.cli.invocation import Invocation
from custledger.cli.output import Cell, Column
from custledger.cli.shown import operation_id
from custledger.services.tagging import Refreshed
from custledger.values import fold

SHOWN_AT_ONCE = 20
"""How many records a rehearsal shows."""

LEFT_OUT = 3
"""The exit code where a rule of the ledger's own could not be run."""


def print_refreshed(run: Invocation, refreshed: Refreshed, *, dry_run: bool, json: bool) -> None:
    """Print who got and lost which tag, in a rehearsal, and how many did by each rule."""
    operation = operation_id(refreshed.receipt.operation) if refreshed.receipt else None
    if operation:
        run.output.landed = f"the tags were refreshed by {operation}"
    for name, why in refreshed.left_out.items():
        run.output.complain("warning", run.words("{name} was left out: {why}", name=name, why=run.told(why)))
    if json:
        run.output.json(_as_json(run, refreshed, operation, dry_run=dry_run))
        return
    if dry_run and refreshed.changes:
        _table(run, refreshed.changes)
    told = "{name}: {got} would get it, {lost} would lose it." if dry_run else "{name}: {got} got it, {lost} lost it."
    for name, (got, lost) in refreshed.rules.items():
        run.output.note(run.words(told, name=name, got=got, lost=lost))
    if not refreshed.rules and not refreshed.left_out:
        run.output.note(run.words("There are no rules that tag; custledger tag rule add makes one."))
    if operation:
        run.output.note(run.words("custledger undo {operation} takes it back.", operation=operation))


def _as_json(run: Invocation, refreshed: Refreshed, operation: str | None, *, dry_run: bool) -> dict[str, Any]:
    rules = [{"name": name, "got": got, "lost": lost} for name, (got, lost) in refreshed.rules.items()]
    changes = []
    for change in refreshed.changes:
        got, lost = _differences(change)
        record = run.session.schema(change.type).public_id(change.id)
        changes.append({"type": change.type, "record": record, "got": got, "lost": lost})
    left_out = [{"name": name, "why": why} for name, why in refreshed.left_out.items()]
    about = {"dry_run": dry_run, "operation": operation}
    return {**about, "rules": rules, "left_out": left_out, "changes": changes}


def _differences(change: Change) -> tuple[list[str], list[str]]:
    """Return the tags that a record gets, and those that it loses."""
    got: list[str] = []
    lost: list[str] = []
    for key, tags in (change.after or {}).items():
        before = (change.before or {}).get(key)
        got += _beyond(tags, before)
        lost += _beyond(before, tags)
    return got, lost


def _beyond(tags: Iterable[str] | None, others: Iterable[str] | None) -> list[str]:
    known = set(map(fold, others or ()))
    return [tag for tag in tags or () if fold(tag) not in known]


def _table(run: Invocation, changes: tuple[Change, ...]) -> None:
    """Show the first few records, with the tags that each would get and lose."""
    words, shown = run.words, changes[:SHOWN_AT_ONCE]
    columns = [
        Column(words("ID"), "id", whole=True),
        Column(words("Name"), "name", kept=True),
        Column(words("Change"), "change", kept=True, wrapped=True),
    ]
    rows = []
    for change in shown:
        schema = run.session.schema(change.type)
        row = run.session.get(change.type, [change.id])[0]
        got, lost = _differences(change)
        told = " ".join([*(f"+{tag}" for tag in got), *(f"-{tag}" for tag in lost)])
        name = schema.display(row) if row is not None else ""
        rows.append([Cell(schema.public_id(change.id)), Cell(name), Cell(told)])
    run.output.no_room(run.output.table(columns, rows))
    if len(changes) > len(shown):
        run.output.note(words("and {count} more; --json shows every one.", count=len(changes) - len(shown)))
