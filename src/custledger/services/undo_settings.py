"""Taking back what an operation did to the settings: custom fields, choices, and what the ledger takes for granted."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import attrs

from custledger.changes import DOCUMENT_TYPE, DocumentChange, LogEntry
from custledger.expressions import equals, is_in, negated
from custledger.schema import Schema
from custledger.services.history import plain_before
from custledger.services.session import Session
from custledger.settings import CHOICES_PREFIX, FIELD_PREFIX, split_choices_name, split_field_name


class Later(NamedTuple):
    """A field that was edited later: its plain value ``before`` the operation, ``after`` it, and ``now``."""

    before: Any
    after: Any
    now: Any


@attrs.frozen(kw_only=True)
class Standing:
    """What an undo leaves as it is, and why.

    ``fields`` are those that were edited later, by key; only they stay, unless it is the record as a ``whole``.
    ``record`` is its public id and ``type`` its record type; of a setting both are empty, and ``setting`` is its name.
    """

    why: str
    record: str = ""
    type: str = ""
    setting: str = ""
    whole: bool = True
    fields: Mapping[str, Later] = attrs.field(factory=dict)


def invert_documents(session: Session, entries: Sequence[LogEntry]) -> tuple[list[DocumentChange], list[Standing]]:
    """Return the changes that set an operation's settings back, and what stands in the way of others.

    A setting that is another one since stays, and so does one that records have come to need: a custom field in which
    some have a value, a choice that some hold.
    """
    changed: dict[str, Any] = {}
    for entry in entries:
        if entry.type == DOCUMENT_TYPE:
            before = plain_before(entry)
            changed.setdefault(before["name"], before["value"])
    if not changed:
        return [], []
    left: dict[str, Any] = {}
    for entry in session.view.log(since=entries[-1].cursor, record=(DOCUMENT_TYPE, 0)):
        before = plain_before(entry)
        left.setdefault(before["name"], before["value"])
    changes, standing = [], []
    for name, value in changed.items():
        document = session.view.document(name)
        now = document.value if document else None
        if now == value:
            continue
        why = "it was changed later" if left.get(name, now) != now else _needed(session, name, value)
        if why:
            standing.append(Standing(setting=name, why=why))
        else:
            revision = document.revision if document else 0
            changes.append(DocumentChange(name=name, before=now, after=value, revision=revision))
    return changes, standing


def _needed(session: Session, name: str, value: Any) -> str:
    """Return why records need a setting as it is now, or nothing."""
    if name.startswith(FIELD_PREFIX) and value is None:
        schema, key = _field(session, split_field_name(name))
        return _held(session, schema, key, None)
    if name.startswith(CHOICES_PREFIX):
        schema, key = _field(session, split_choices_name(name))
        if schema is None or key not in schema.by_key:
            return ""
        kept = [choice["code"] for choice in value] if value is not None else _first_choices(schema, key)
        gone = [choice.code for choice in schema.by_key[key].spec.choices if choice.code not in kept]
        return next(filter(None, (_held(session, schema, key, code) for code in gone)), "")
    return ""


def _field(session: Session, place: tuple[str, str]) -> tuple[Schema | None, str]:
    return session.schemas.get(place[0]), place[1]


def _first_choices(schema: Schema, key: str) -> list[str]:
    """Return the codes that the record's class gives a field, before any setting."""
    first = Schema.of(schema.record).by_key.get(key) if schema.record is not None else None
    return [choice.code for choice in first.spec.choices] if first else []


def _held(session: Session, schema: Schema | None, key: str, code: str | None) -> str:
    """Return how many records hold a choice, or any value where ``code`` is ``None``; nothing if none does."""
    if schema is None or key not in schema.by_key:
        return ""
    where = negated(equals(schema, key, None)) if code is None else is_in(schema, key, [code])
    count = session.view.count(schema, where, (), session.moment)[0][0]
    held = "a value in it" if code is None else code
    return f"{schema.info.counted(count)} with {held} would lose it" if count else ""
