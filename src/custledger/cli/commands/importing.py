"""``custledger import``: records from a file."""

from collections import Counter
from typing import TYPE_CHECKING, Annotated

import typer

from custledger.cli.invocation import Invocation
from custledger.cli.options import DryRunFlag, JsonFlag, ReasonOption, check_delimiter
from custledger.cli.progress import progress

if TYPE_CHECKING:
    from custledger.services.importing import ImportReport

BAD_ROWS = 3
"""The exit code when rows were rejected: the good ones are in, and somebody should look at the others."""

Maps = Annotated[list[str] | None, typer.Option("--map", metavar="COLUMN=FIELD", help="Which field a column is.")]
Creates = Annotated[
    list[str] | None, typer.Option("--create", metavar="TYPE", help="Make records of TYPE that are referred to.")
]


def register(app: typer.Typer, run: Invocation) -> None:
    """Add ``import``."""

    @app.command("import")
    def import_(
        *,
        file: Annotated[str, typer.Argument(metavar="FILE", help="The file; - is the standard input.")],
        record_type: Annotated[str, typer.Option("--as", metavar="TYPE", help="What its rows are: customer, …")],
        maps: Maps = None,
        key: Annotated[str | None, typer.Option("--key", metavar="FIELD", help="Update by this field.")] = None,
        create: Creates = None,
        create_customers: Annotated[bool, typer.Option("--create-customers", help="As --create customer.")] = False,
        erase: Annotated[bool, typer.Option("--erase", help="With --key: an empty cell empties its field.")] = False,
        dry_run: DryRunFlag = False,
        format_: Annotated[
            str | None, typer.Option("--format", metavar="NAME", help="The format; told by the ending otherwise.")
        ] = None,
        encoding: Annotated[str | None, typer.Option("--encoding", metavar="NAME", help="Found out otherwise.")] = None,
        delimiter: Annotated[
            str | None, typer.Option("--delimiter", metavar="CHARACTER", help="Found out otherwise.")
        ] = None,
        rejects: Annotated[
            str | None, typer.Option("--rejects", metavar="FILE", help="Where rejected rows go.")
        ] = None,
        reason: ReasonOption = "",
        json: JsonFlag = False,
    ) -> int:
        """Import a file. Rejected rows go to NAME.rejected.csv beside it, and make the exit code 3."""
        from custledger.services.importing import import_file  # noqa: PLC0415 - needed only when it runs

        types = [*(create or ()), *(["customer"] if create_customers else [])]
        check_delimiter(delimiter)
        options = {name: value for name, value in (("encoding", encoding), ("delimiter", delimiter)) if value}
        with progress(run.output, f"Importing {file}") as told:
            report = import_file(
                run.session,
                file,
                record_type,
                maps=maps or (),
                key=key,
                create=types,
                erase=erase,
                dry_run=dry_run,
                format=format_,
                options=options,
                rejects=rejects,
                reason=reason,
                progress=told,
            )
        run.output.landed = f"What could be imported is in ({report.operation_ref})" if report.operation_ref else ""
        if json:
            from custledger.cli.json_forms import json_form  # noqa: PLC0415 - needed only for JSON

            run.output.json(json_form(report))
        else:
            _tell(run, report)
        return BAD_ROWS if report.rejected else 0


def _tell(run: Invocation, report: "ImportReport") -> None:
    """Say what was read, what became of it, and where to look at what did not go in."""
    note = run.output.note
    note(f"{report.path}: {report.description}; {_rows(report.rows)}.")
    if report.unmapped:
        note(f"Nothing was read from: {', '.join(report.unmapped)}. --map COLUMN=FIELD says what a column is.")
    for example in report.examples:
        note(f"  row {example.row} {example.what}: {example.text}")
    _tell_more(run, report)
    would = "would be " if report.dry_run else ""
    run.output.say(
        f"{report.added} {would}added, {report.changed} {would}changed, {report.skipped} {would}skipped, "
        f"{report.rejected} {would}rejected"
    )
    for name, count in report.created.items():
        made = run.session.schema(name).info.counted(count)
        run.output.say(f"{made} {would}made for what refers to {'it' if count == 1 else 'them'}")
    for message, times in report.warnings:
        note(f"warning: {message}" + (f" ({times} times)" if times > 1 else ""))
    if report.rejects:
        note(f"The rejected rows are in {report.rejects}, with reasons: correct them there and import that file.")
    if report.operation_ref:
        note(f"custledger undo {report.operation_ref} takes the import back.")


def _tell_more(run: Invocation, report: "ImportReport") -> None:
    """Say how many rows there were beside the examples, and for which reasons rows were rejected."""
    told = Counter(example.what for example in report.examples)
    counts = {"added": report.added, "changed": report.changed, "rejected": report.rejected}
    for what, count in counts.items():
        if count > told[what]:
            run.output.note(f"  … and {count - told[what]} more {what}")
    if report.rejected > told["rejected"]:
        for reason, count in report.reasons:
            run.output.note(f"  {_rows(count)}: {reason}")


def _rows(count: int) -> str:
    return f"{count} row{'' if count == 1 else 's'}"
