"""What happened to a record, printed."""

from collections.abc import Sequence
from typing import Any

from custledger.changes import Action
from custledger.cli.output import Column, Form, Output
from custledger.cli.shown import HIDDEN, Shower
from custledger.cli.telling import actor
from custledger.cli.words import Words
from custledger.schema import Schema
from custledger.services.history import Event, PastOperation
from custledger.services.session import Session

SECONDS = len("2026-11-22 14:30:59")


def events(output: Output, session: Session, schema: Schema, happened: Sequence[Event], form: Form) -> None:
    """Print what happened to a record, newest first."""
    shower = Shower(session, schema)
    words = output.words
    columns = [
        Column(heading=words("At"), key="at", whole=True, weight=5),
        Column(heading=words("Actor"), key="actor", weight=2),
        Column(heading=words("Verb"), key="verb", weight=1),
        Column(heading=words("Operation"), key="operation", whole=True, weight=4),
        Column(heading=words("Changes"), key="changes", kept=True, wrapped=True, least=28),
        Column(heading=words("Reason"), key="reason", wrapped=True, weight=3, least=12),
    ]
    objects = (event_json(shower, event) for event in happened)
    rows = (_event_texts(shower, words, event) for event in happened)
    output.no_room(output.listing(columns, form, objects=objects, rows=rows))


def _event_texts(shower: Shower, words: Words, event: Event) -> list[str]:
    operation = event.operation
    when = shower.codec.text(shower.schema.by_key["created_at"], _plain_time(shower, operation))
    told = shower.differences(event.fields) or shower.decided(event.marks)
    told = words("removed") if event.action is Action.REMOVE else told
    return [when[:SECONDS], actor(words, operation.actor), words(operation.verb), operation.ref, told, operation.reason]


def event_json(shower: Shower, event: Event) -> dict[str, Any]:
    """Return what happened to a record as a JSON object."""
    operation = event.operation

    def plain(key: str, value: Any) -> Any:
        field = shower.schema.by_key.get(key)
        if field is None or value is None:
            return value
        return HIDDEN["en"] if field.spec.sensitive else shower.codec.json_value(field, value)

    return {
        "record": shower.schema.public_id(event.id),
        "action": event.action.value,
        "operation": operation.ref,
        "at": _plain_time(shower, operation),
        "actor": operation.actor,
        "verb": operation.verb,
        "reason": operation.reason,
        "fields": {
            key: {"before": plain(key, before), "after": plain(key, after)}
            for key, (before, after) in event.fields.items()
        },
    }


def _plain_time(shower: Shower, operation: PastOperation) -> str:
    return str(shower.codec.parse("created_at", operation.at))
