"""``custledger segment refresh`` and ``history``: who is in a segment is stored, and who entered and left, and when."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from custledger.cli.invocation import Invocation
from custledger.cli.marks import mark_cell, shown_mark
from custledger.cli.options import CsvFlag, DryRunFlag, JsonFlag, NlFlag, ReasonOption, TsvFlag
from custledger.cli.output import Cell, Column, Form, form_of
from custledger.cli.progress import SOON, progress
from custledger.cli.refreshing import LEFT_OUT
from custledger.cli.shown import MINUTES, operation_id
from custledger.errors import InvalidValueError, NotFoundError
from custledger.fields import Kind, Labels, Spec
from custledger.segments import STORED_SUBJECT, Segment
from custledger.services.segmenting import find_segment
from custledger.values import formatter

if TYPE_CHECKING:
    from custledger.services.refreshing import Refreshed, Refreshing
    from custledger.services.refreshing.history import Event
    from custledger.services.refreshing.reworded import Reworded
    from custledger.services.refreshing.stored import StoredRule

SHOWN_AT_ONCE = 50
"""How many events a history on a terminal shows unless it is told otherwise; elsewhere it prints them all."""

WHY = {
    "asked": "all, as asked",
    "first": "all, for the first time",
    "rule": "all, by another rule",
    "meaning": "all: what its names mean has changed",
    "much": "all: much has changed",
    "callable": "all: its rule is in Python",
    "scorer": "all: its rule is in Python",
}


def add_refresh(app: typer.Typer, run: Invocation) -> None:
    """Add ``refresh``."""

    @app.command("refresh")
    def refresh_(
        *,
        names: Annotated[
            list[str] | None, typer.Argument(metavar="[NAME …]", help="Segments of customers; all by default.")
        ] = None,
        full: Annotated[bool, typer.Option("--full", help="Look at all customers, though few were changed.")] = False,
        dry_run: DryRunFlag = False,
        reason: ReasonOption = "",
        json: JsonFlag = False,
    ) -> int:
        """Store who is in segments, and say who entered and left; exit code 3 where one of the ledger's own fails."""
        from custledger.services.refreshing import refresh

        with progress(run.output, run.words("Refreshing segments"), after=SOON) as told:
            done = refresh(run.session, names or (), full=full, dry_run=dry_run, reason=reason, progress=told)
        run.output.landed = "The segments were refreshed" if done.operation else ""
        for name, problem in done.problems.items():
            run.output.complain("warning", run.told(f"{name} was not refreshed: {problem}"))
        code = 0 if done.is_whole else LEFT_OUT
        if json:
            run.output.json(_as_json(done))
            return code
        columns = [
            Column(run.words("Segment"), "segment", kept=True),
            Column(run.words("Entered"), "entered", numeric=True),
            Column(run.words("Left"), "left", numeric=True),
            Column(run.words("Looked at"), "looked_at", numeric=True),
            Column(run.words("Which"), "which"),
        ]
        cells = ([Cell(text) for text in _texts(run, one)] for one in done.segments)
        run.output.no_room(run.output.table(columns, list(cells)))
        for one in done.segments:
            if one.was is not None:
                tell_rewording(run, one.segment, one.was, one.told, (len(one.entered), len(one.left)), done=not dry_run)
        if done.operation is not None:
            undo = operation_id(done.operation)
            run.output.note(run.words("custledger undo {operation} takes it back.", operation=undo))
        return code


def _texts(run: Invocation, one: "Refreshed") -> list[str]:
    which = run.words(WHY[one.why]) if one.why else run.words("those who may have changed")
    return [one.segment.name, str(len(one.entered)), str(len(one.left)), str(one.looked_at), which]


def _as_json(done: "Refreshing") -> dict[str, Any]:
    return {
        "operation": None if done.operation is None else operation_id(done.operation),
        "segments": [
            {
                "segment": one.segment.name,
                "entered": len(one.entered),
                "left": len(one.left),
                "looked_at": one.looked_at,
                "all": bool(one.why),
                "why": one.why or None,
                "was": one.was,
            }
            for one in done.segments
        ],
        "problems": dict(done.problems),
    }


def tell_reworded(run: Invocation, found: "Sequence[Reworded]") -> None:
    """Say which segments are worded otherwise than when they were refreshed, and what that makes."""
    for one in found:
        moved = None if one.problem else (len(one.entering), len(one.leaving))
        tell_rewording(run, one.segment, one.was.told, one.told, moved, done=False)
        if one.problem:
            run.output.complain("warning", run.told(f"{one.segment.name} cannot be computed now: {one.problem}"))


def tell_rewording(
    run: Invocation, segment: Segment, was: str, now: str, moved: tuple[int, int] | None, *, done: bool
) -> None:
    """Say what a rule said, what it says now, and how many enter and leave by that, where that can be told."""
    if was == now:
        same = "The names in the rule of {name} mean something else now: {wording}"
        run.output.note(run.words(same, name=segment.name, wording=now))
    else:
        told = "The rule of {name} was: {was}" if segment.rule == "expression" else "What {name} needs was: {was}"
        run.output.note(run.words(told, name=segment.name, was=was))
        run.output.note(run.words("It is: {wording}", wording=now))
    if moved is None:
        return
    counted = "{enter} entered, {leave} left." if done else "{enter} would enter, {leave} would leave."
    run.output.note(run.words(counted, enter=moved[0], leave=moved[1]))


def add_history(app: typer.Typer, run: Invocation) -> None:
    """Add ``history``."""

    @app.command("history")
    def history(
        *,
        name: Annotated[str, typer.Argument(metavar="NAME|CUSTOMER", help="A segment, or else a customer.")],
        limit: Annotated[int | None, typer.Option("--limit", metavar="N", min=0, help="At most so many.")] = None,
        json: JsonFlag = False,
        nl: NlFlag = False,
        csv: CsvFlag = False,
        tsv: TsvFlag = False,
    ) -> None:
        """Show who entered and left a segment, or which segments a customer did, by the refreshes there were."""
        from custledger.services.refreshing import history as found

        form = form_of(json=json, nl=nl, csv=csv, tsv=tsv)
        shown = SHOWN_AT_ONCE if limit is None and form is Form.SHOWN and run.output.on_terminal else limit
        segment = _segment(run, name)
        more = None if shown is None else shown + 1
        if segment is None:
            events = found.history_of_customer(run.session, name, limit=more)
        else:
            events = found.history_of_segment(run.session, segment, limit=more)
        _show(run, events[:shown], form, of_segment=segment is not None)
        if form is not Form.SHOWN:
            return
        if len(events) > len(events[:shown]):
            run.output.note(run.words("There are more; --limit shows more."))
        _tell_wordings(run, found.wordings_of(run.session, segment) if segment else [])


def _tell_wordings(run: Invocation, rules: "Sequence[StoredRule]") -> None:
    """Say what each of the rules of a segment said, and where only what the names in it mean became another."""
    earlier = ""
    for rule in rules:
        same = "{rule}: {wording} (its names mean something else than before)"
        run.output.note(
            run.words(same if rule.told == earlier else "{rule}: {wording}", rule=rule.name, wording=rule.told)
        )
        earlier = rule.told


def _segment(run: Invocation, name: str) -> Segment | None:
    """Return the segment of a name; ``None`` where only a customer can be meant. Raises ``DataError``."""
    try:
        return find_segment(run.session, name, subject=STORED_SUBJECT)
    except (NotFoundError, InvalidValueError) as error:  # there is none, or one whose members are not stored
        from custledger.services.naming import find

        try:
            find(run.session, STORED_SUBJECT, name)
        except NotFoundError:
            raise (NotFoundError("segment or customer", name) if isinstance(error, NotFoundError) else error) from None
        return None


def shown_time(run: Invocation, at: str | None) -> str:
    """Return a plain time to the minute, as it is in the ledger's zone."""
    return formatter(Spec(kind=Kind.TIME, labels=Labels("")), run.session.conventions)(at)[:MINUTES]


def _show(run: Invocation, events: "Sequence[Event]", form: Form, *, of_segment: bool) -> None:
    """Print events; for people without the column that is the same in all, and that of labels where there are none."""
    segments = {one.name: one for _, one in run.session.segments() if one.subject == STORED_SUBJECT}
    columns = [
        Column(run.words("At"), "at", whole=True),
        Column(run.words("What"), "what"),
        Column(run.words("Customer"), "customer", kept=of_segment),
        Column(run.words("Segment"), "segment", kept=not of_segment),
        Column(run.words("Label"), "label"),
        Column(run.words("Rule"), "rule"),
    ]
    needless = {"segment" if of_segment else "customer", *(() if any(event.mark for event in events) else ("label",))}
    shown = [at for at, column in enumerate(columns) if form is not Form.SHOWN or column.key not in needless]

    def cells(event: "Event") -> list[Cell]:
        what = Cell(run.words("entered" if event.entered else "left"), "green" if event.entered else "gray")
        segment = segments.get(event.segment)
        mark = mark_cell(segment, event.mark, run.schema_language) if segment else Cell(shown_mark(event.mark) or "")
        at = Cell(shown_time(run, event.at))
        every = [at, what, Cell(event.name), Cell(event.segment), mark, Cell(event.rule.name)]
        return [every[place] for place in shown]

    lacking = run.output.listing(
        [columns[at] for at in shown],
        form,
        objects=(_event_json(run, event) for event in events),
        rows=([str(told or "") for told in _event_json(run, event, *_ROW).values()] for event in events),
        cells=map(cells, events),
    )
    run.output.no_room(lacking)


_ROW = ("at", "what", "customer", "segment", "label", "rule")


def _event_json(run: Invocation, event: "Event", *keys: str) -> dict[str, Any]:
    """Return an event as JSON has it, or some of it."""
    told = {
        "at": event.at,
        "what": "entered" if event.entered else "left",
        "customer": run.session.schema(STORED_SUBJECT).public_id(event.customer),
        "name": event.name,
        "segment": event.segment,
        "label": shown_mark(event.mark),
        "rule": event.rule.name,
        "wording": event.rule.wording,
        "thresholds": event.rule.thresholds or None,
    }
    return {key: told[key] for key in keys} if keys else told
