"""The command ``template``: a workbook to fill in, with instructions, an example in each sheet, and live figures."""

import shlex
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Any, BinaryIO

import typer

from custledger.conventions import Conventions, SystemClock
from custledger.errors import UsageError
from custledger.fields import Labels
from custledger.schema import Schema

ENDING = ".xlsx"
_MADE = Labels("{path} has {count} sheets to fill in: {sheets}.", "{path} 里有 {count} 张要填的工作表：{sheets}。")
_NEXT = Labels(
    "Filled in, it is a ledger itself: custledger init {url}\n"
    "Another ledger takes it in sheet by sheet: custledger import {path} --as {type}",
    "填好以后，它本身就是一本台账：custledger init {url}\n"
    "要并入别的台账，请逐张导入：custledger import {path} --as {type}",
)


def add_commands(app: typer.Typer) -> None:
    """Add the command ``template``."""

    @app.command("template")
    def template(
        ctx: typer.Context,
        file: Annotated[str, typer.Argument(metavar="FILE", help="The Excel workbook to make.")],
        *,
        types: Annotated[
            list[str] | None,
            typer.Option("--type", metavar="TYPE", help="A record type that gets a sheet; all of them otherwise."),
        ] = None,
        json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    ) -> None:
        """Make a workbook to fill in: a sheet a record type, with lists to choose from, and a summary."""
        run = ctx.obj
        if not file.lower().endswith(ENDING):
            raise UsageError(f"{file} does not end in {ENDING}.", hint=f"Name it {file}{ENDING}, for example.")
        schemas = _wanted(run.schemas, types or ())
        conventions = run.conventions
        with run.creating(file) as stream:
            today = conventions.today(SystemClock().milliseconds)
            titles = write_template(stream, schemas, conventions, today=today, where=file)
        if json:
            columns = {"type": Labels("Type", "类型"), "sheet": Labels("Sheet", "工作表")}
            run.listing(columns, list(titles.items()), json=True)
            return
        language = conventions.language
        between = "、" if language == "zh" else ", "
        sheets = between.join(titles.values())
        run.output.note(_MADE.in_language(language).format(path=file, count=len(titles), sheets=sheets))
        told = {"path": shlex.quote(file), "url": shlex.quote(f"excel:{file}"), "type": schemas[0].name}
        run.output.note(_NEXT.in_language(language).format(**told))


def write_template(
    stream: BinaryIO, schemas: Sequence[Schema], conventions: Conventions, *, today: date, where: str = "the workbook"
) -> Mapping[str, str]:
    """Write the workbook that the command makes, and return the titles of its sheets, as ``write_workbook`` does."""
    from custledger_excel.columns import columns_of
    from custledger_excel.examples import example_row
    from custledger_excel.sheets import Sheet
    from custledger_excel.styled import write_workbook

    sheets = []
    for schema in schemas:
        columns = columns_of(schema, conventions.language)
        rows = [example_row(schema, columns, conventions, today)]
        sheets.append(Sheet(schema=schema, columns=columns, rows=rows))
    return write_workbook(
        stream, sheets, conventions=conventions, today=today, instructions=True, summary=True, where=where
    )


def _wanted(schemas: Any, types: Sequence[str]) -> list[Schema]:
    """Return the schemas that are asked for, or all that people write. Raises ``NotFoundError``."""
    from custledger.errors import NotFoundError
    from custledger.schema import nearest
    from custledger.values import fold

    written = [schema for schema in schemas.values() if not schema.info.is_kept and schema.record is not None]
    if not types:
        return written
    names = {fold(name): one for one in written for name in (one.name, one.info.plural, *one.info.labels.both())}
    wanted = []
    for name in types:
        found = names.get(fold(name.strip()))
        if found is None:
            near = tuple(dict.fromkeys(names[one].name for one in nearest(name, names)))
            there = ", ".join(one.name for one in written)
            raise NotFoundError("record type", name, suggestions=near, hint="" if near else f"There are: {there}.")
        wanted.append(found)
    return [one for one in written if one in wanted]
