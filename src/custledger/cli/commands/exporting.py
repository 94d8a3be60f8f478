"""``custledger export``: records to a file."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from custledger.cli.invocation import Invocation
from custledger.cli.options import ColumnsOption, JsonFlag, WhereOption, check_delimiter, given_where
from custledger.errors import UsageError

if TYPE_CHECKING:
    from custledger.services.exporting import ExportReport

STANDARD_OUTPUT = frozenset({"-", "/dev/stdout", "/dev/fd/1"})
"""How people name the standard output; as a path, that of a pipe leads nowhere."""


def register(app: typer.Typer, run: Invocation) -> None:
    """Add ``export``."""

    @app.command("export")
    def export(
        *,
        record_type: Annotated[str, typer.Argument(metavar="TYPE", help="A record type, such as customer.")],
        to: Annotated[
            str,
            typer.Option(
                "--to",
                metavar="FILE",
                show_default=False,
                help="The file, replaced if it is there; the standard output otherwise.",
            ),
        ] = "-",
        where: WhereOption = None,
        columns: ColumnsOption = None,
        sort: Annotated[list[str] | None, typer.Option("--sort", metavar="FIELDS", help="-created_at,name")] = None,
        keys: Annotated[bool, typer.Option("--keys", help="Head the columns by the keys of the fields.")] = False,
        format_: Annotated[
            str | None, typer.Option("--format", metavar="NAME", help="The format; told by the ending otherwise.")
        ] = None,
        encoding: Annotated[str | None, typer.Option("--encoding", metavar="NAME", help="UTF-8 otherwise.")] = None,
        delimiter: Annotated[
            str | None, typer.Option("--delimiter", metavar="CHARACTER", help="A comma otherwise.")
        ] = None,
        excel_bom: Annotated[bool, typer.Option("--excel-bom", help="Begin with the mark that Excel needs.")] = False,
        json: JsonFlag = False,
    ) -> None:
        """Export records in a form that an import reads back and that a spreadsheet opens safely."""
        from custledger.cli.shown import split_names
        from custledger.services.exporting import export

        options = {"encoding": encoding, "delimiter": delimiter, "excel_bom": excel_bom}
        check_delimiter(delimiter)
        to_output = to in STANDARD_OUTPUT
        if json and to_output:
            raise UsageError(
                "--json tells what was done, and the standard output has the records.",
                hint=f"Name a file with --to, or use custledger {record_type} list --json.",
            )
        given = {name: value for name, value in options.items() if value}
        target: Any = run.output.bytes() if to_output else to
        report = export(
            run.session,
            record_type,
            target,
            where=None if where is None else given_where(where),
            columns=split_names(columns or ()),
            order=split_names(sort or ()),
            headings="keys" if keys else "labels",
            format=format_,
            options=given,
        )
        run.output.landed = f"{report.path} was written" if report.path else ""
        _tell(run, record_type, report, json=json)


def _tell(run: Invocation, record_type: str, report: "ExportReport", *, json: bool) -> None:
    if json:
        from custledger.cli.json_forms import json_form

        run.output.json(json_form(report))
        return
    info = run.session.schema(record_type).info
    noun = f"{report.rows} {info.name} record{'' if report.rows == 1 else 's'}"
    what = run.words.counted(info, report.rows) if run.words.chinese else noun
    told = "{what} exported to {path}." if report.path else "{what} exported."
    run.output.note(run.words(told, what=what, path=report.path))
