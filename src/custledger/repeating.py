"""What the core adds to a write of follow-ups: the plan of a series, when one was done, and the next one.

It runs as the core's own ``custledger_amend`` and ``custledger_check``, so the next follow-up is made whoever finishes
one, and however, and in the same changeset: an undo takes both back.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from custledger.changes import Action, Change
from custledger.errors import InvalidValueError
from custledger.expressions import Moment, is_in
from custledger.hookspecs import Context, Problem
from custledger.recurrence import canonical, next_due, parse_every
from custledger.schema import ID, Schema
from custledger.stores.contract import Query

FOLLOWUP = "followup"
OPEN, DONE, SKIPPED = "open", "done", "skipped"
FINISHED = frozenset({DONE, SKIPPED})
NEEDED_CHOICES = {f"{FOLLOWUP}.status": (OPEN, DONE, SKIPPED)}
"""Choices that a ledger may name and colour as it likes, but not do without, by type and field."""

_NOT_CARRIED = frozenset({"status", "due", "planned", "done_at", "result"})
"""What the next follow-up of a series does not take over from the last."""


def amend_followups(changes: Sequence[Change], context: Context) -> list[Change]:
    """Return the anchors, the times of being done, and the follow-ups that come next.

    - An ``every`` is kept in its one form, however it was written: ``month``, ``10 days``, the parts of a rule.
    - A follow-up that repeats and is added, or whose ``every`` is edited, counts from its ``due``, unless the change
      says from when. So does one whose ``anchor`` is emptied.
    - Where nothing but its ``due`` is edited, the series stays as it was planned: ``planned`` has the day of the plan
      that it is for, until its ``due`` is that day again.
    - One that goes from open to done or skipped is finished now, unless the change says when. Two people who finish it
      at the same moment differ in that, so one of them meets a conflict, and there are no two next ones.
    - One that repeats and goes from open to done or skipped is followed by the next, unless it is there already.

    An ``every`` that cannot be understood is left to ``check_followups``.
    """
    schema = context.schema(FOLLOWUP)
    present = _present(changes, context, schema)
    amended, following = [], []
    for change in changes:
        written = _written(change)
        if change.action is Action.CREATE and change.after is not None:
            if change.after.get("every") and not change.after.get("anchor"):
                written["anchor"] = change.after.get("due")
            if written:
                amended.append(_laid_over(change, {}, written))
        elif change.action is Action.UPDATE and change.id in present:
            was = present[change.id]
            will_be = {**was, **(change.after or {}), **written}
            extra = written | _follows(change, was, will_be, context.now)
            if extra:
                amended.append(_laid_over(change, was, extra))
            if _finishes(was, will_be) and will_be.get("every"):
                following += _next(schema, {**will_be, **extra})
    return amended + _not_there_yet(following, context, schema)


def check_followups(changes: Sequence[Change], _context: Context) -> list[Problem]:
    """Return a problem for each ``every`` that cannot be understood.

    Where one record is written, its error is raised as it is, with its hint; of several, each is named, so that
    whoever reads a file can set those rows aside.
    """
    problems = []
    for change in changes:
        every = (change.after or {}).get("every")
        if every is None:
            continue
        try:
            parse_every(every)
        except InvalidValueError as error:
            if len(changes) == 1:
                raise
            problems.append(Problem(message=error.message, type=change.type, id=change.id, field="every"))
    return problems


def _written(change: Change) -> dict[str, Any]:
    """Return ``every`` as it is kept, where a change sets it to something else that means as much."""
    every = (change.after or {}).get("every")
    if every is None:
        return {}
    try:
        kept = canonical(every)
    except InvalidValueError:
        return {}
    return {} if kept == every else {"every": kept}


def _present(changes: Sequence[Change], context: Context, schema: Schema) -> dict[int, dict[str, Any]]:
    """Return the present values of the records whose plan or status an update touches, by id."""
    matters = {"due", "every", "anchor", "status"}
    touched = [each.id for each in changes if each.action is Action.UPDATE and matters & (each.after or {}).keys()]
    rows = context.get(FOLLOWUP, touched) if touched else []
    return {row[ID]: dict(zip(schema.keys, row, strict=True)) for row in rows if row is not None}


def _follows(change: Change, was: Mapping[str, Any], will_be: Mapping[str, Any], now: str) -> dict[str, Any]:
    """Return the fields that follow from an update."""
    extra = {key: value for key, value in _plan(change, was, will_be).items() if value != will_be.get(key)}
    if _finishes(was, will_be) and "done_at" not in (change.after or {}):
        extra["done_at"] = now
    return extra


def _plan(change: Change, was: Mapping[str, Any], will_be: Mapping[str, Any]) -> dict[str, Any]:
    """Return the anchor and the planned day after an update, as far as it does not say them itself.

    Another rhythm or another anchor is a new plan, which the due day is part of. Another due day alone is not.
    """
    said = {key for key, value in (change.after or {}).items() if value is not None}
    due = will_be.get("due")
    told: dict[str, Any] = {}
    if any(was.get(key) != will_be.get(key) for key in ("every", "anchor")):
        told = {"anchor": due if will_be.get("every") else None, "planned": None}
    elif will_be.get("every") and was.get("due") != due:
        planned = was.get("planned") or was.get("due")
        told = {"planned": None if planned == due else planned}
    return {key: value for key, value in told.items() if key not in said}


def _finishes(was: Mapping[str, Any], will_be: Mapping[str, Any]) -> bool:
    return was.get("status") not in FINISHED and will_be.get("status") in FINISHED


def _next(schema: Schema, finished: Mapping[str, Any]) -> list[Change]:
    """Return the creation of the follow-up after ``finished``, or nothing at the end of the series.

    It is for the next day of the plan: after the one that ``finished`` was for, and after that to which it was moved.
    """
    try:
        due = date.fromisoformat(finished["due"])
        anchor = date.fromisoformat(finished.get("anchor") or finished["due"])
        planned = date.fromisoformat(finished.get("planned") or finished["due"])
        day = next_due(finished["every"], anchor, max(due, planned))
    except InvalidValueError:
        return []
    if day is None:
        return []
    carried = {
        field.key: finished[field.key]
        for field in schema.editable
        if field.key not in _NOT_CARRIED and not field.spec.unique and finished.get(field.key) is not None
    }
    after = {**carried, "anchor": anchor.isoformat(), "due": day.isoformat(), "status": OPEN}
    return [Change(type=FOLLOWUP, id=0, before=None, after=after)]


def _not_there_yet(following: Sequence[Change], context: Context, schema: Schema) -> list[Change]:
    """Return the new follow-ups that their series do not have: one done, opened and done again has its next already."""
    if not following:
        return []
    customers = sorted({change.after["customer"] for change in following if change.after})
    moment = Moment(context.today, context.conventions.zone)
    rows = context.select(FOLLOWUP, Query(moment=moment, where=is_in(schema, "customer", customers)))
    identity = ("customer", "every", "anchor", "due", "purpose", "note")
    places = [schema.positions[key] for key in identity]
    there = {tuple(row[place] for place in places) for row in rows}
    return [
        change
        for change in following
        if change.after is not None and tuple(change.after.get(key) for key in identity) not in there
    ]


def _laid_over(change: Change, was: Mapping[str, Any], extra: Mapping[str, Any]) -> Change:
    before = None if change.before is None else {key: was.get(key) for key in extra}
    return Change(type=change.type, id=change.id, before=before, after=extra, revision=change.revision)
