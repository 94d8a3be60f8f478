"""``custledger import``: records from a file."""

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from custledger.cli.invocation import Invocation
from custledger.cli.options import DryRunFlag, JsonFlag, ReasonOption, check_delimiter, merged
from custledger.cli.progress import progress
from custledger.cli.text import cut, for_shell, one_line

if TYPE_CHECKING:
    from custledger.services.importing import ImportReport, Reason, Warned

BAD_ROWS = 3
"""The exit code when rows were rejected: the good ones are in, and somebody should look at the others."""

FIRST = 5
"""How many rejected rows are told of by themselves, where there are too many to tell of all."""
COLUMNS = 10
"""How many columns are named that nothing was read from."""
SET_CELLS = 60
"""How many cells of a screen a value takes at most that was set in every row."""
REASONS = 10
"""How many reasons why rows were rejected are told on a screen."""

Maps = Annotated[list[str] | None, typer.Option("--map", metavar="COLUMN=FIELD", help="Which field a column is.")]
Sets = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="FIELD=VALUE", help="What a field that no column fills is in every row."),
]
Creates = Annotated[
    list[str] | None, typer.Option("--create", metavar="TYPE", help="Make records of TYPE that are referred to.")
]

_WAS = "{added} added, {changed} changed, {skipped} skipped, {rejected} rejected"
_WOULD_BE = (
    "{added} would be added, {changed} would be changed, {skipped} would be skipped, {rejected} would be rejected"
)


def register(app: typer.Typer, run: Invocation) -> None:
    """Add ``import``."""

    @app.command("import")
    def import_(
        *,
        file: Annotated[str, typer.Argument(metavar="FILE", help="The file; - is the standard input.")],
        record_type: Annotated[str, typer.Option("--as", metavar="TYPE", help="What its rows are: customer, …")],
        maps: Maps = None,
        sets: Sets = None,
        key: Annotated[str | None, typer.Option("--key", metavar="FIELD", help="Update by this field.")] = None,
        create: Creates = None,
        create_customers: Annotated[bool, typer.Option("--create-customers", help="As --create customer.")] = False,
        erase: Annotated[
            bool, typer.Option("--erase", help="An empty cell empties its field of a record that a row changes.")
        ] = False,
        from_row: Annotated[
            int, typer.Option("--from-row", metavar="N", min=0, help="Read the rows from N on; the heading is row 1.")
        ] = 0,
        dry_run: DryRunFlag = False,
        format_: Annotated[
            str | None, typer.Option("--format", metavar="NAME", help="The format; told by the ending otherwise.")
        ] = None,
        encoding: Annotated[str | None, typer.Option("--encoding", metavar="NAME", help="Found out otherwise.")] = None,
        delimiter: Annotated[
            str | None, typer.Option("--delimiter", metavar="CHARACTER", help="Found out otherwise.")
        ] = None,
        sheet: Annotated[
            str | None, typer.Option("--sheet", metavar="NAME", help="The sheet of a workbook, by its name or number.")
        ] = None,
        rejects: Annotated[
            str | None, typer.Option("--rejects", metavar="FILE", help="Where rejected rows go.")
        ] = None,
        reason: ReasonOption = "",
        json: JsonFlag = False,
    ) -> int:
        """Import a file. Rejected rows go to NAME.rejected.csv beside it, and make the exit code 3."""
        from custledger.services.importing import import_file

        types = [*(create or ()), *(["customer"] if create_customers else [])]
        check_delimiter(delimiter)
        told_of_file = {"encoding": encoding, "delimiter": delimiter, "sheet": sheet}
        options = {name: value for name, value in told_of_file.items() if value}
        fixed = merged(run, run.session.schema(record_type), {}, sets) if sets else {}
        with progress(run.output, run.words("Importing {file}", file=Path(file).name)) as told:
            report = import_file(
                run.session,
                file,
                record_type,
                maps=maps or (),
                fixed=fixed,
                key=key,
                create=types,
                erase=erase,
                from_row=from_row,
                dry_run=dry_run,
                format=format_,
                options=options,
                rejects=rejects,
                reason=reason,
                progress=told,
            )
        run.output.landed = f"What could be imported is in ({report.operation_ref})" if report.operation_ref else ""
        if json:
            from custledger.cli.json_forms import json_form

            run.output.json(json_form(report))
        else:
            _tell(run, report)
        return BAD_ROWS if report.rejected else 0


def _tell(run: Invocation, report: "ImportReport") -> None:
    """Say what was read, what became of it, and where to look at what did not go in."""
    note = run.output.note
    words = run.words
    read = "{path}: {description}; 1 row." if report.rows == 1 else "{path}: {description}; {count} rows."
    note(words(read, path=report.path, description=run.told(report.description), count=report.rows))
    _tell_columns(run, report)
    if report.fixed:
        told = "; ".join(f"{key}={cut(one_line(text), SET_CELLS)}" for key, text in report.fixed)
        note(words("Set in every row: {fields}.", fields=told))
    _tell_rows(run, report)
    run.output.say(
        words(
            _WOULD_BE if report.dry_run else _WAS,
            added=report.added,
            changed=report.changed,
            skipped=report.skipped,
            rejected=report.rejected,
        )
    )
    for name, count in report.created.items():
        would, them = "would be " if report.dry_run else "", "it" if count == 1 else "them"
        made = words.counted(run.session.schema(name).info, count)
        run.output.say(words(f"{{what}} {would}made for what refers to {them}", what=made))
    for warned in report.warnings:
        _warn(run, report, warned)
    if report.rejects:
        where = "The rejected rows are in {path}, with reasons: correct them there and import that file."
        note(words(where, path=for_shell(report.rejects)))
    if report.unkept:
        note(words("Rejected rows are not kept in a file: that needs custledger-csv, which is not installed."))
    if report.operation_ref:
        note(words("custledger undo {operation} takes the import back.", operation=report.operation_ref))


def _warn(run: Invocation, report: "ImportReport", warned: "Warned") -> None:
    """Say what checks warned about, of which rows, and what lists the records of all of them."""
    words, more = run.words, warned.times - len(warned.rows)
    rows = ", ".join(map(str, warned.rows))
    if not rows:
        of_rows = "{message} ({count} times)" if warned.times > 1 else "{message}"
    elif more:
        of_rows = "{message} ({count} times: rows {rows} and {more} more)"
    else:
        of_rows = "{message} ({count} times: rows {rows})" if warned.times > 1 else "{message} (row {rows})"
    told = words(of_rows, message=run.told(warned.message), count=warned.times, rows=rows, more=more)
    run.output.note(words("warning: {message}", message=told))
    if warned.where and report.operation_ref:
        command = f'custledger {report.record_type} list --where "{warned.where}"'
        run.output.note(words("  {command} lists all that are so.", command=command))


def _tell_columns(run: Invocation, report: "ImportReport") -> None:
    """Say which columns nothing was read from, and why; of very many the first ones."""
    note, words = run.output.note, run.words
    passed_over = {heading for heading, _, _ in report.passed_over}
    if unmapped := [heading for heading in report.unmapped if heading not in passed_over]:
        named, more = words(", ").join(unmapped[:COLUMNS]), len(unmapped) - COLUMNS
        unread = "Nothing was read from: {columns}. --map COLUMN=FIELD says what a column is."
        if more > 0:
            unread = "Nothing was read from: {columns} and {more} more. --map COLUMN=FIELD says what a column is."
        note(words(unread, columns=named, more=more))
    if left := report.left_to_ledger:
        named = words(", ").join(left[:COLUMNS]) + (" …" if len(left) > COLUMNS else "")
        note(words("Left to the ledger itself: {columns}.", columns=named))
    schema = run.session.schema(report.record_type)
    for other, column, key in report.passed_over[:COLUMNS]:
        label = schema.by_key[key].label(words.language or "en")
        taken = "{field} is read from {column}, and not from {other}: --map {column}= --map {other}={key} takes that."
        note(words(taken, field=label, column=column, other=other, key=key))
    if len(report.passed_over) > COLUMNS:
        others = "{count} more columns are of fields that are read from other ones."
        note(words(others, count=len(report.passed_over) - COLUMNS))


def _tell_rows(run: Invocation, report: "ImportReport") -> None:
    """Tell of the first rows in their order, how many more there were, and why several were rejected."""
    note, words = run.output.note, run.words
    single, several = _untold(report)
    for row, what, text in sorted(_first(report) + [(one.rows[0], "rejected", one.text) for one in single]):
        shown = run.told(text) if what == "rejected" else text
        note(words("  row {row} {what}: {text}", row=row, what=words(what), text=shown))
    told = Counter(what for _, what, _ in _first(report))
    told["rejected"] += len(single)
    counts = {"added": report.added, "changed": report.changed, "rejected": report.rejected}
    for what, count in counts.items():
        if count > told[what]:
            note(words("  … and {count} more {what}", count=count - told[what], what=words(what)))
    for one in several:
        _tell_reason(run, one)


def _first(report: "ImportReport") -> list[tuple[int, str, str]]:
    """Return the rows that are told of by themselves: the first ones, and rejected ones that are few or not kept."""
    rejected = report.unkept or [one for one in report.examples if one.what == "rejected"]
    if not report.unkept and report.rejected > len(rejected):
        rejected = rejected[:FIRST]
    return [(one.row, one.what, one.text) for one in report.examples if one.what != "rejected"] + [
        (one.row, one.what, one.text) for one in rejected
    ]


def _untold(report: "ImportReport") -> tuple[list["Reason"], list["Reason"]]:
    """Return the reasons of rows that are not told of by themselves: those of one row, and those of several."""
    rows = {row for row, what, _ in _first(report) if what == "rejected"}
    if len(rows) >= report.rejected:
        return [], []
    untold = [one for one in report.reasons if one.times > len(rows.intersection(one.rows))][:REASONS]
    return [one for one in untold if one.times == 1], [one for one in untold if one.times > 1]


def _tell_reason(run: Invocation, reason: "Reason") -> None:
    """Say why several rows were rejected, and name the first ones."""
    more, rows = reason.times - len(reason.rows), ", ".join(map(str, reason.rows))
    of_rows = (
        "  {count} rows: {reason} (rows {rows} and {more} more)" if more else "  {count} rows: {reason} (rows {rows})"
    )
    text = run.told(reason.text)
    run.output.note(run.words(of_rows, count=reason.times, reason=text, rows=rows, more=more))
