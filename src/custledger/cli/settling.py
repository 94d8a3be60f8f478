"""Held things that were settled, or would be: asked for where records go, and told with all that comes of it."""

import sys
from collections import Counter
from collections.abc import Iterator
from typing import Any

from custledger.changes import Action, Change
from custledger.cli.invocation import Invocation
from custledger.cli.output import Cell, Column
from custledger.cli.shown import Shower, operation_id
from custledger.cli.words import Words
from custledger.errors import CustledgerError, UsageError
from custledger.services.held import Settled
from custledger.stores.held import Held

_DONE = {
    ("accepted", False): ("1 thing accepted.", "{count} things accepted."),
    ("accepted", True): ("1 thing would be accepted.", "{count} things would be accepted."),
    ("restored", False): ("1 thing restored.", "{count} things restored."),
    ("restored", True): ("1 thing would be restored.", "{count} things would be restored."),
}
_BECAME = {
    Action.CREATE: ("{what} added.", "{what} would be added."),
    Action.UPDATE: ("{what} edited.", "{what} would be edited."),
    Action.REMOVE: ("{what} removed.", "{what} would be removed."),
}


def agree_to_removals(run: Invocation, settled: Settled, *, yes: bool) -> None:
    """Ask whether records should go; where nobody can be asked, insist on ``--yes``."""
    gone = [change for change in (*settled.changes, *settled.along) if change.action is Action.REMOVE]
    gone = [change for change in gone if not run.session.schema(change.type).info.is_kept]
    if yes or not gone:
        return
    asked = not run.line.wants_json and sys.stdin.isatty()
    words = run.words if asked else Words("en")  # errors are raised in English
    what = _counted(run, gone, words)
    if not asked:
        raise UsageError(f"{what} would be removed.", hint="--dry-run shows what would go, --yes removes it.")
    run.output.stderr.write(words("Remove {what}? [y/N] ", what=what))
    run.output.stderr.flush()
    if sys.stdin.readline().strip().lower() not in {"y", "yes", "是"}:
        raise CustledgerError("Nothing was removed.")


def tell_settled(run: Invocation, settled: Settled, done: str, *, dry_run: bool, json: bool) -> None:
    """Say what was settled, or would be, and what came of it."""
    operation = operation_id(settled.receipt.operation) if settled.receipt else None
    if operation:
        run.output.landed = f"{len(settled.held)} held things were {done} by {operation}"
    if json:
        run.output.json(_json(run, settled, done, operation, dry_run=dry_run))
        return
    if dry_run and settled.changes:
        _table(run, settled)
    told = [*_sentences(run, settled, done, dry_run=dry_run)]
    if operation and settled.changes:
        told.append(run.words("custledger undo {operation} takes it back.", operation=operation))
    run.output.note(("" if run.words.chinese else " ").join(told))
    for one in settled.left:
        hint = f"{run.told(one.hint)}" if one.hint else ""
        run.output.note(run.words("{place} was left: {why}", place=place_of(run, one.held), why=run.told(one.why)))
        if hint:
            run.output.note(run.words("hint: {hint}", hint=_in_own_terms(run, one.hint)))
    for again in settled.again:
        run.output.note(run.words("{place} is held now: {why}", place=place_of(run, again), why=run.told(again.why)))


def _in_own_terms(run: Invocation, hint: str) -> str:
    from custledger.cli.hints import with_flags

    return run.told(with_flags(hint))


def place_of(run: Invocation, held: Held) -> str:
    """Return where a held thing stands: ``3 (客户, row 4)``."""
    if held.row:
        return run.words("{number} ({sheet}, row {row})", number=held.number, sheet=held.sheet, row=held.row)
    return run.words("{number} ({sheet})", number=held.number, sheet=held.sheet)


def _sentences(run: Invocation, settled: Settled, done: str, *, dry_run: bool) -> Iterator[str]:
    count = len(settled.held)
    if not count:
        yield run.words("Nothing was settled.")
        return
    one, several = _DONE[done, dry_run]
    yield run.words(one if count == 1 else several, count=count)
    for name, field in settled.fields:
        called, kind = run.words.noun(run.session.schema(name).info), _kind(run, field.spec.kind.value)
        yield run.words(
            "{label} is a field of {type} now, of the kind {kind}: {key}."
            if not dry_run
            else "{label} would be a field of {type}, of the kind {kind}.",
            label=field.label(run.words.language), type=called, kind=kind, key=field.key,
        )  # fmt: skip
    changes = (*settled.changes, *settled.along)
    for action, sentences in _BECAME.items():
        if what := _counted(run, [change for change in changes if change.action is action], run.words):
            yield run.words(sentences[dry_run], what=what)


def _kind(run: Invocation, kind: str) -> str:
    if not run.words.chinese:
        return kind.replace("_", "-")
    from custledger.chinese.terms import KINDS

    return KINDS[kind]


def _counted(run: Invocation, changes: list[Change], words: Words) -> str:
    counts = Counter(name for name, _ in {(change.type, change.id) for change in changes})
    types = [schema.info for schema in run.session.schemas.values() if counts[schema.name]]
    return words(", ").join(words.counted(info, counts[info.name]) for info in types)


def _table(run: Invocation, settled: Settled) -> None:
    columns = [
        Column(heading=run.words("Type"), key="type"),
        Column(heading=run.words("ID"), key="id", whole=True, kept=True),
        Column(heading=run.words("Name"), key="name"),
        Column(heading=run.words("Change"), key="change", wrapped=True),
    ]
    run.output.no_room(run.output.table(columns, [_cells(run, change) for change in settled.changes]))


def _cells(run: Invocation, change: Change) -> list[Cell]:
    schema = run.session.schema(change.type)
    row = run.session.get(change.type, [change.id])[0]
    name = schema.display(row) if row is not None else ""
    does = Shower(run.session, schema).change(change) if change.before is not None else run.words("brought back")
    return [Cell(run.words.noun(schema.info)), Cell(schema.public_id(change.id)), Cell(name), Cell(does)]


def _json(run: Invocation, settled: Settled, done: str, operation: str | None, *, dry_run: bool) -> dict[str, Any]:
    changes = (*settled.changes, *settled.along)
    return {
        done: [one.number for one in settled.held],
        "dry_run": dry_run,
        "operation": operation,
        "changes": [
            {
                "type": change.type,
                "record": run.session.schema(change.type).public_id(change.id),
                "action": change.action.value,
                "fields": sorted(change.after or ()) if change.action is Action.UPDATE else [],
            }
            for change in changes
        ],
        "fields": [
            {"type": name, "key": field.key, "label": field.label("en"), "kind": field.spec.kind.value}
            for name, field in settled.fields
        ],
        "left": [{"number": one.held.number, "message": one.why, "hint": one.hint or None} for one in settled.left],
        "held": [one.number for one in settled.again],
    }
