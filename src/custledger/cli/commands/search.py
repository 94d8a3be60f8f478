"""``custledger search``: find records by any of their words."""

from collections.abc import Iterator, Sequence
from typing import Annotated, Any

import typer

from custledger.cli.invocation import Invocation
from custledger.cli.options import CsvFlag, JsonFlag, NlFlag, TsvFlag
from custledger.cli.output import Column, Form, form_of
from custledger.errors import UsageError
from custledger.schema import Field, Row, Schema

ABOUT = """Find records in whose searched fields every word of TEXT occurs.

{fields}

Fields of the ledger's own are searched where they were made so. Tags, choices, dates and amounts are not: list takes
filters by those, such as customer list --where "tag = vip"."""


def register(app: typer.Typer, run: Invocation) -> None:
    """Add ``search``."""

    @app.command("search", help=_about(run))
    def search(
        *,
        text: Annotated[
            list[str],
            typer.Argument(metavar="TEXT...", help="Words, parts of numbers, Chinese of two characters or more."),
        ],
        types: Annotated[
            list[str] | None, typer.Option("--type", metavar="TYPE", help="Only records of this type.")
        ] = None,
        limit: Annotated[int, typer.Option("--limit", metavar="N", min=1, help="At most so many.")] = 20,
        json: JsonFlag = False,
        nl: NlFlag = False,
        csv: CsvFlag = False,
        tsv: TsvFlag = False,
    ) -> None:
        """See ``ABOUT``."""
        from custledger.services.searching import search

        form = form_of(json=json, nl=nl, csv=csv, tsv=tsv)
        if not (wanted := " ".join(text)).strip():
            raise UsageError(
                "Nothing is said of what to look for.",
                hint="Give a word, a part of a number, or two Chinese characters.",
            )
        found = search(run.session, wanted, record_types=types or (), limit=limit)
        _emit(run, found, form)
        if form is Form.SHOWN:
            more = "{count} found or more; --limit shows more." if len(found) == limit else "{count} found."
            run.output.note(run.words(more, count=len(found)))


def _about(run: Invocation) -> str:
    """Return the help of the command, which names the fields that are searched."""
    told = (
        f"{schema.info.labels.en}: {', '.join(field.label('en') for field in schema.searchable)}."
        for schema in run.plugins.schemas().values()
        if schema.searchable
    )
    return ABOUT.format(fields="\n\n".join(told))


def _emit(run: Invocation, found: list[tuple[Schema, Row]], form: Form) -> None:
    columns = [
        Column(heading=run.words("Type"), key="type", weight=3),
        Column(heading=run.words("ID"), key="id", whole=True, weight=2),
        Column(heading=run.words("Name"), key="name", kept=True, least=16),
        Column(heading=run.words("Details"), key="details", wrapped=True, least=20),
    ]
    rows = (
        [_kind(run, schema, form), schema.public_id(row), _name(schema, row), _details(run, schema, row)]
        for schema, row in found
    )
    run.output.no_room(run.output.listing(columns, form, objects=_objects(run, found), rows=rows))


def _kind(run: Invocation, schema: Schema, form: Form) -> str:
    return run.words.noun(schema.info) if form is Form.SHOWN else schema.name


def _objects(run: Invocation, found: list[tuple[Schema, Row]]) -> Iterator[dict[str, Any]]:
    for schema, row in found:
        record = run.session.codec(schema.name).json(row)
        yield {"type": schema.name, "id": schema.public_id(row), "name": _name(schema, row), "record": record}


def _naming(schema: Schema) -> Sequence[Field]:
    """Return the field that names the records of a type, or the first that is searched where no field says so."""
    return [schema.title_field] if schema.title_field else schema.searchable[: not schema.code_field]


def _name(schema: Schema, row: Row) -> str:
    """Return what to call a record that was found."""
    told = next((row[schema.positions[field.key]] for field in _naming(schema)), None)
    return schema.display(row) if schema.title_field or told is None else str(told)


def _details(run: Invocation, schema: Schema, row: Row) -> str:
    """Return the brief fields of a row in one line, without those that its name has."""
    from custledger.cli.shown import Shower

    shower = Shower(run.session, schema)
    named = {field.key for field in (*_naming(schema), schema.code_field) if field}
    fields = [schema.by_key[key] for key in schema.info.brief if key in schema.by_key and key not in named]
    texts = [shower.cell_of(row, field).text for field in fields if field not in schema.references]
    return " · ".join(text for text in texts if text)
