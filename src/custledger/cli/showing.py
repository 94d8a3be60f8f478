"""One record with what refers to it, and its history, printed."""

from typing import Any

from custledger.cli.invocation import Invocation
from custledger.cli.output import Cell, Form
from custledger.cli.shown import Shower, columns_of, usual_fields
from custledger.schema import CREATED_AT, REVISION, Field
from custledger.services.overview import Overview, Related


def show_json(run: Invocation, found: Overview) -> None:
    """Print the record as a JSON object, with ``related``: what refers to it, a few of each kind."""
    record = Shower(run.session, found.schema).json(found.row)
    run.output.json({**record, "related": [_related_json(run, related) for related in found.related]})


def show_text(run: Invocation, found: Overview) -> None:
    """Print the record's fields that are not empty, then a table for each kind of record that refers to it."""
    shower = Shower(run.session, found.schema)
    names = {target.field.key: target for target in found.targets}
    last = found.schema.fields[CREATED_AT : REVISION + 1]
    fields = [field for field in found.schema.fields if field not in last] + list(last)
    pairs = []
    for field in fields:
        value = found.row[found.schema.positions[field.key]]
        if value is None:
            continue
        cell = shower.cell_of(found.row, field)
        if field.key in names:
            target = names[field.key]
            cell = Cell(f"{target.schema.display(target.row)} ({target.schema.public_id(target.row)})")
        pairs.append((field.label(run.schema_language), cell))
    run.output.pairs(pairs)
    for related in found.related:
        _print_related(run, found, related)


def print_history(run: Invocation, record_type: str, ref: str, form: Form) -> None:
    """Print what happened to the record that ``ref`` names, also to one that was removed."""
    from custledger.cli.events import events  # showing a record needs none of it
    from custledger.services.history import history  # showing a record needs none of it
    from custledger.services.naming import find_past

    happened = history(run.session, *find_past(run.session, ref, record_type))
    events(run.output, run.session, run.session.schema(record_type), happened, form)


def _print_related(run: Invocation, found: Overview, related: Related) -> None:
    schema, language = related.schema, run.schema_language
    fields = [field for field in usual_fields(schema, Form.SHOWN) if field.key != related.field.key]
    shower = Shower(run.session, schema)
    fields = shower.telling(fields, related.rows)
    template = "{title} ({count})" if related.open is None else "{title} ({count}, {open} open)"
    named = schema.info.labels.in_language(language)
    title = run.words(template, title=named, count=related.count, open=related.open)
    if related.field is not _expected(related) or schema.name == found.schema.name:
        title = f"{title}: {related.field.label(language)}"
    run.output.say()
    run.output.say(title)
    left_out = run.output.table(columns_of(fields, language, schema.info), shower.cells(related.rows, fields))
    # A key is of letters and underlines, and so is an id: nothing in the condition ends the quotation.
    command = f"custledger {schema.name} list --where '{related.field.key} = {found.schema.public_id(found.row)}'"
    if related.count > len(related.rows):
        run.output.note(run.words("{count} more: {command}", count=related.count - len(related.rows), command=command))
    run.output.no_room(left_out, run.words("{command} --json shows everything.", command=command))


def _expected(related: Related) -> Field | None:
    """Return the field by which records of that type usually refer to one of this type: the first that says so."""
    target = related.field.spec.target
    return next((field for field in related.schema.references if field.spec.target == target is not None), None)


def _related_json(run: Invocation, related: Related) -> dict[str, Any]:
    shower = Shower(run.session, related.schema)
    return {
        "type": related.schema.name,
        "field": related.field.key,
        "count": related.count,
        "open": related.open,
        "records": [shower.json(row) for row in related.rows],
    }
