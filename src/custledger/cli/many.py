"""Removals, and edits of many records: shown beforehand, asked for, and told, with all that comes along."""

import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

import attrs

from custledger.changes import Action, Change
from custledger.cli.invocation import Invocation
from custledger.cli.output import Cell, Column
from custledger.cli.shown import Shower, operation_id
from custledger.cli.words import Words
from custledger.errors import CustledgerError, UsageError
from custledger.schema import Schema
from custledger.services import editing
from custledger.services.editing import Many

_ALONG = {
    Action.CREATE: ("{what} would be added as well.", "{what} added as well."),
    Action.UPDATE: ("{what} would be changed as well.", "{what} changed as well."),
    Action.REMOVE: ("{what} would go along.", "{what} went along."),
}
_EMPTIED = ("{field} of {what} would be emptied.", "{field} of {what} emptied.")


def remove(
    run: Invocation, schema: Schema, ref: str, where: str | None, *, dry_run: bool, yes: bool, reason: str, json: bool
) -> None:
    """Remove the record ``ref``, or those that ``where`` selects, once whoever runs this agrees that others go too."""
    if where is not None:
        many = editing.remove_where(run.session, schema.name, where, dry_run=True)
    else:
        many = editing.rehearse_removal(run.session, schema.name, ref)
    if dry_run or not many.rows:
        tell(run, schema, many, "removed", dry_run=dry_run, json=json)
        return
    run.session.take_warnings()  # of the rehearsal: the removal itself has its own
    if where is not None or _gone(run, many):
        _agree(run, schema, many, yes=yes)
    if where is not None:
        many = editing.remove_where(run.session, schema.name, where, reason=reason)
        tell(run, schema, many, "removed", dry_run=False, json=json)
    else:
        _remove_one(run, schema, ref, many, reason=reason, json=json)


def _remove_one(run: Invocation, schema: Schema, ref: str, rehearsed: Many, *, reason: str, json: bool) -> None:
    receipt = editing.remove(run.session, schema.name, ref, reason=reason)
    operation = operation_id(receipt.operation)
    run.output.landed = f"{ref} was removed by {operation}"
    if json:
        run.output.json({"removed": receipt.removed, "operation": operation})
    named = {(change.type, change.id) for change in rehearsed.changes}
    landed = (change for applied in receipt.applied for change in applied.changes)
    along = tuple(change for change in landed if (change.type, change.id) not in named)
    many = attrs.evolve(rehearsed, along=along, receipt=receipt)
    undo = run.words("custledger undo {operation} brings it back.", operation=operation)
    _note(run, [run.words("Removed."), *_told_along(run, many, dry_run=False), undo])


def tell(run: Invocation, schema: Schema, many: Many, done: str, *, dry_run: bool, json: bool) -> None:
    """Say which records were changed, or would be, and what else."""
    known = run.session.schema(schema.name)
    operation = operation_id(many.receipt.operation) if many.receipt else None
    if operation:
        were = "was" if len(many.rows) == 1 else "were"
        run.output.landed = f"{schema.info.counted(len(many.rows))} {were} {done} by {operation}"
    if json:
        records = [known.public_id(row) for row in many.rows]
        along = [_along_json(run, change) for change in many.along]
        about = {done: len(many.rows), "dry_run": dry_run, "operation": operation}
        run.output.json({**about, "records": records, "along": along})
    elif dry_run:
        _table(run, known, many)
    what = run.words.counted(schema.info, len(many.rows))
    told = run.words(f"{{what}} {'would be ' if dry_run else ''}{done}.", what=what)
    undo = run.words("custledger undo {operation} takes it back.", operation=operation) if operation else ""
    _note(run, [told, *_told_along(run, many, dry_run=dry_run), undo])


def _note(run: Invocation, sentences: Iterable[str]) -> None:
    run.output.note(("" if run.words.chinese else " ").join(filter(None, sentences)))


def _table(run: Invocation, schema: Schema, many: Many) -> None:
    shower = Shower(run.session, schema)
    columns = [
        Column(heading=run.words("ID"), key="id", whole=True, kept=True),
        Column(heading=run.words("Name"), key="name"),
        Column(heading=run.words("Change"), key="change"),
    ]
    rows = [
        [Cell(schema.public_id(row)), Cell(schema.display(row)), Cell(shower.change(change))]
        for row, change in zip(many.rows, many.changes, strict=True)
    ]
    run.output.table(columns, rows)


def _along_json(run: Invocation, change: Change) -> dict[str, Any]:
    fields = sorted(change.after or ()) if change.action is Action.UPDATE else []
    record = run.session.schema(change.type).public_id(change.id)
    return {"type": change.type, "record": record, "action": change.action.value, "fields": fields}


def _told_along(run: Invocation, many: Many, *, dry_run: bool) -> Iterator[str]:
    """Yield sentences about what comes along: how many records of each type, and which references let go."""
    which = 0 if dry_run else 1
    emptied = Counter((change.type, key) for change in many.along if _empties(change) for key in change.after or ())
    others = [change for change in many.along if not _empties(change)]
    for action, sentences in _ALONG.items():
        if what := _counted(run, [change for change in others if change.action is action], run.words):
            yield run.words(sentences[which], what=what)
    for (name, key), count in emptied.items():
        schema = run.session.schema(name)
        label = schema.by_key[key].label(run.words.language or "en")
        yield run.words(_EMPTIED[which], field=label, what=run.words.counted(schema.info, count))


def _empties(change: Change) -> bool:
    """Whether a change only takes values away, as from a reference to what is removed."""
    return change.action is Action.UPDATE and not any(value is not None for value in (change.after or {}).values())


def _gone(run: Invocation, many: Many) -> list[Change]:
    """Return what people lose beside what they named; what the ledger keeps for itself it makes again."""
    removed = (change for change in many.along if change.action is Action.REMOVE)
    return [change for change in removed if not run.session.schema(change.type).info.is_kept]


def _counted(run: Invocation, changes: list[Change], words: Words) -> str:
    counts = Counter(change.type for change in changes)
    types = [schema.info for schema in run.session.schemas.values() if counts[schema.name]]
    return words(", ").join(words.counted(info, counts[info.name]) for info in types)


def _agree(run: Invocation, schema: Schema, many: Many, *, yes: bool) -> None:
    """Ask whether these records should go; where nobody can be asked, insist on ``--yes``."""
    if yes:
        return
    asked = not run.line.wants_json and sys.stdin.isatty()
    words = run.words if asked else Words("en")  # errors are raised in English
    what, along = words.counted(schema.info, len(many.rows)), _counted(run, _gone(run, many), words)
    if along:
        what = words("{what} along with {along}", what=what, along=along)
    if not asked:
        raise UsageError(f"{what} would be removed.", hint="--dry-run shows what would go, --yes removes it.")
    run.output.stderr.write(words("Remove {what}? [y/N] ", what=what))
    run.output.stderr.flush()
    if sys.stdin.readline().strip().lower() not in {"y", "yes", "是"}:
        raise CustledgerError("Nothing was removed.")
