"""``custledger segment export``, ``save`` and ``load``: audience files, and segments as text files."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from custledger.cli.commands.exporting import STANDARD_OUTPUT
from custledger.cli.invocation import Invocation
from custledger.cli.options import ColumnsOption, DryRunFlag, JsonFlag, LimitOption, ReasonOption
from custledger.cli.shown import split_names
from custledger.errors import UsageError

if TYPE_CHECKING:
    from custledger.services.audience import AudienceReport
    from custledger.services.segment_files import SegmentChange

Path = Annotated[str, typer.Argument(metavar="PATH", help="A file; or a folder, for a file each.")]


def add_export(app: typer.Typer, run: Invocation) -> None:
    """Add ``export``."""

    @app.command("export")
    def export(
        *,
        name: Annotated[str, typer.Argument(metavar="NAME", help="A segment of customers, by its name or label.")],
        to: Annotated[
            str, typer.Option("--to", metavar="FILE", help="The file, replaced if it is there; - for standard output.")
        ],
        label: Annotated[str, typer.Option("--label", metavar="LABEL", help="Only those with a scorer's label.")] = "",
        columns: ColumnsOption = None,
        sort: Annotated[list[str] | None, typer.Option("--sort", metavar="FIELDS", help="-total_spent,name")] = None,
        limit: LimitOption = None,
        keys: Annotated[bool, typer.Option("--keys", help="Head the columns by the keys of the fields.")] = False,
        format_: Annotated[
            str | None, typer.Option("--format", metavar="NAME", help="The format; told by the ending otherwise.")
        ] = None,
        excel_bom: Annotated[bool, typer.Option("--excel-bom", help="Begin with the mark that Excel needs.")] = False,
        json: JsonFlag = False,
    ) -> None:
        """Write an audience file: the members who gave their consent, and how to reach them."""
        from custledger.services.audience import export_audience

        to_output = to in STANDARD_OUTPUT
        if json and to_output:
            raise UsageError(
                "--json tells what was done, and the standard output has the records.", hint="Name a file with --to."
            )
        target: Any = run.output.bytes() if to_output else to
        report = export_audience(
            run.session,
            name,
            target,
            label=label or None,
            columns=split_names(columns or ()),
            order=split_names(sort or ()),
            limit=limit,
            headings="keys" if keys else "labels",
            format=format_,
            options={"excel_bom": True} if excel_bom else {},
        )
        run.output.landed = f"{report.export.path} was written" if report.export.path else ""
        _tell(run, report, json=json)


def _tell(run: Invocation, report: "AudienceReport", *, json: bool) -> None:
    if json:
        from custledger.cli.json_forms import json_form

        left_out = {"refused": report.refused, "did_not_say": report.did_not_say}
        run.output.json({**json_form(report.export), "segment": report.segment.name, "left_out": left_out})
        return
    info = run.session.schema(report.segment.subject).info
    what = run.words.counted(info, report.export.rows)
    told = "{what} exported to {path}." if report.export.path else "{what} exported."
    run.output.note(run.words(told, what=what, path=report.export.path))
    if report.left_out:
        told = "Left out for want of consent: {count}. {refused} refused, {unsaid} did not say."
        counts = {"count": report.left_out, "refused": report.refused, "unsaid": report.did_not_say}
        run.output.note(run.words(told, **counts))


def add_save(app: typer.Typer, run: Invocation) -> None:
    """Add ``save``."""

    @app.command("save")
    def save(
        *,
        path: Path,
        names: Annotated[
            list[str] | None, typer.Argument(metavar="[NAME …]", help="Segments; all of this ledger's by default.")
        ] = None,
        json: JsonFlag = False,
    ) -> None:
        """Write segments as text that version control can hold, and that load reads back."""
        from custledger.services.segment_files import save_segments

        saved = save_segments(run.session, path, names or ())
        run.output.landed = f"{path} was written"
        if json:
            run.output.json({"path": path, "segments": [one.name for one in saved]})
            return
        told = "1 segment written to {path}." if len(saved) == 1 else "{count} segments written to {path}."
        run.output.note(run.words(told, count=len(saved), path=path))


def add_load(app: typer.Typer, run: Invocation) -> None:
    """Add ``load``."""

    @app.command("load")
    def load(
        *,
        path: Annotated[str, typer.Argument(metavar="PATH", help="A file of segments, or a folder of such files.")],
        remove: Annotated[
            bool, typer.Option("--remove", help="Remove this ledger's segments that are not in the files.")
        ] = False,
        dry_run: DryRunFlag = False,
        reason: ReasonOption = "",
        json: JsonFlag = False,
    ) -> None:
        """Make the segments of text files this ledger's own, and show what that changes."""
        from custledger.services.segment_files import load_segments

        changes = load_segments(run.session, path, remove=remove, dry_run=dry_run, reason=reason)
        if json:
            run.output.json([_change_json(one) for one in changes])
            return
        for one in changes:
            _show(run, one)
        counts = [sum(one.what == what for one in changes) for what in ("added", "changed", "removed", "same")]
        added, changed, removed, same = counts
        told = "{added} would be added, {changed} changed, {removed} removed; {same} stay as they are."
        if not dry_run:
            told = "{added} added, {changed} changed, {removed} removed; {same} stayed as they were."
        run.output.note(run.words(told, added=added, changed=changed, removed=removed, same=same))


def _show(run: Invocation, change: "SegmentChange") -> None:
    """Print what happens to a segment: each line of its file that goes, and each that comes."""
    from custledger.services.segment_files import as_told

    if change.what == "same":
        return
    run.output.say(f"[{change.segment.name}]")
    before, after = (as_told(one) if one else {} for one in (change.before, change.after))
    for key in dict.fromkeys((*before, *after)):
        if before.get(key) != after.get(key) and key != "name":
            if key in before:
                run.output.say(f"- {key} = {before[key]}")
            if key in after:
                run.output.say(f"+ {key} = {after[key]}")
    if change.entering is not None:
        counts = {"enter": change.entering, "leave": change.leaving}
        run.output.say(f"  {run.words('{enter} would enter, {leave} would leave.', **counts)}")


def _change_json(change: "SegmentChange") -> dict[str, Any]:
    from custledger.services.segment_files import as_told

    return {
        "name": change.segment.name,
        "what": change.what,
        "before": as_told(change.before) if change.before else None,
        "after": as_told(change.after) if change.after else None,
        "entering": change.entering,
        "leaving": change.leaving,
    }
