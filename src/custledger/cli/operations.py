"""Operations, printed: in a line of the log, or one with what it did to each record."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from custledger.changes import DOCUMENT_TYPE, Action, Operation
from custledger.cli.events import SECONDS, event_json
from custledger.cli.invocation import Invocation
from custledger.cli.output import Cell, Column, Form
from custledger.cli.shown import Shower, operation_id
from custledger.cli.telling import about, actor, settled_things
from custledger.services.deeds import Deed, deeds_of
from custledger.services.history import Event, history
from custledger.services.naming import find_operation

SHOWN_AT_ONCE = 20
"""How many records of an operation are shown unless ``--limit`` says otherwise: an import has a million."""


def operation_texts(run: Invocation, operation: Operation, deeds: Sequence[Deed]) -> list[str]:
    """Return an operation as the cells of the log."""
    schema = next(iter(run.session.schemas.values()))
    when = run.session.codec(schema.name).text(schema.by_key["created_at"], operation.at)
    told = about(run.session, run.words, operation, deeds)
    ref, verb = operation_id(operation.id), run.words(operation.verb)
    return [ref, when[:SECONDS], actor(run.words, operation.actor), verb, told, operation.reason]


def operation_json(run: Invocation, operation: Operation, deeds: Sequence[Deed]) -> dict[str, Any]:
    """Return an operation as a JSON object. ``about`` has what the receipt keeps, and what was done in words."""
    from custledger.cli.json_forms import json_form

    whole: dict[str, Any] = json_form(operation)
    whole["about"] = {**whole["about"], "text": about(run.session, run.words, operation, deeds)}
    whole["did"] = [
        {"type": each.type, "action": each.action.value, "count": each.count, "records": list(each.records)}
        for each in deeds
    ]
    return whole


def show_operation(run: Invocation, ref: str, limit: int | None, form: Form) -> None:
    """Print what an operation did to each record. Raises ``NotFoundError``."""
    operation = find_operation(run.session, ref)
    (deeds,) = deeds_of(run.session, [operation])
    limit = SHOWN_AT_ONCE if limit is None else limit
    happened = list(islice(_events(run, operation), limit))
    if form in {Form.JSON, Form.LINES}:
        changes = [event_json(Shower(run.session, run.session.schema(each.type)), each) for each in happened]
        run.output.json({**operation_json(run, operation, deeds), "changes": changes})
        return
    columns = [
        Column(heading=run.words("Type"), key="type", weight=2),
        Column(heading=run.words("Record"), key="record", whole=True, weight=3),
        Column(heading=run.words("Name"), key="name", kept=True, wrapped=True, least=12),
        Column(heading=run.words("Action"), key="action", weight=2),
        Column(heading=run.words("Changes"), key="changes", kept=True, wrapped=True, least=28),
    ]
    rows = [_texts(run, event) for event in happened]
    if form is not Form.SHOWN:
        run.output.values(columns, rows, form)
        return
    headings = ("Operation", "At", "Actor", "Verb", "About", "Reason")
    texts = operation_texts(run, operation, deeds)
    named = [(run.words(heading), Cell(text)) for heading, text in zip(headings, texts, strict=True) if text]
    kept = [(key, Cell(str(value))) for key, value in operation.about.items() if not isinstance(value, dict | list)]
    run.output.pairs([*named, *kept, *settled_things(run.session, run.words, operation)])
    if rows:
        run.output.say()
        run.output.no_room(run.output.table(columns, [[Cell(text) for text in row] for row in rows]))
    rest = sum(each.count for each in deeds if each.type != DOCUMENT_TYPE) - len(rows)
    if rest > 0:
        run.output.note(run.words("and {count} more; --limit shows more.", count=rest))


def _events(run: Invocation, operation: Operation) -> Iterator[Event]:
    """Yield what the operation did to each record, in the order in which it was done."""
    for entry in run.session.view.log(operation=operation.id):
        if entry.type not in run.session.schemas or entry.is_unseen:
            continue
        for number in range(entry.record, entry.record + entry.count):
            happened = history(run.session, entry.type, number)
            yield next(event for event in happened if event.cursor == entry.cursor)


def _texts(run: Invocation, event: Event) -> list[str]:
    schema = run.session.schema(event.type)
    shower = Shower(run.session, schema)
    action = {Action.CREATE: "added", Action.UPDATE: "changed", Action.REMOVE: "removed"}[event.action]
    values = {key: after if after is not None else before for key, (before, after) in event.fields.items()}
    row = run.session.get(event.type, [event.id])[0]
    titles = [field.key for field in (schema.title_field, schema.code_field) if field]
    gone = " ".join(str(values[key]) for key in titles if values.get(key) is not None)
    name = schema.display(row) if row is not None else gone
    fields = event.fields
    if event.action is Action.REMOVE:  # what it was is told as an addition tells it
        fields = {key: (None, before) for key, (before, _) in fields.items()}
    told = shower.differences(fields)
    return [run.words.noun(schema.info), schema.public_id(event.id), name, run.words(action), told]
