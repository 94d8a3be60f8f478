"""Integrity between records, for any store: what a removal brings along, and what a record refers to.

A store calls these inside its write transaction. They know nothing of how rows are kept: the store hands in a
function that looks them up.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import attrs

from custledger import ids
from custledger.changes import Change, by_key
from custledger.errors import InvalidValueError, NotFoundError, ReferencedError
from custledger.schema import ID, REVISION, Field, Row, Schema, TypeInfo

Referrers = Callable[[Schema, Field, Sequence[Any]], Iterable[Row]]
"""Given a schema, one of its reference fields and values, yields the rows whose field holds one of the values."""


@attrs.define
class _Consequences:
    """What was found so far, by ``(type, id)``."""

    gone: dict[tuple[str, int], Change | None] = attrs.field(factory=dict)
    emptied: dict[tuple[str, int], Change] = attrs.field(factory=dict)
    held: list[tuple[Schema, Row, str]] = attrs.field(factory=list)


def brought_along(
    removed: Iterable[tuple[str, int]], schemas: Mapping[str, Schema], referrers: Referrers
) -> list[Change]:
    """Return the changes that removals bring along: first the updates that empty references, then the removals.

    ``removed`` names the records that a changeset removes, as ``(type, id)``; ``schemas`` is every schema the store
    has seen, those of absent plugins too. Ask when the changeset's own changes have been made, so that ``referrers``
    finds only what still refers. Raises ``ReferencedError`` where a field that restricts still refers.
    """
    found = _Consequences(gone=dict.fromkeys(removed))
    wave = list(found.gone)
    while wave:
        wave = [record for batch in _batches(wave, schemas, referrers) for record in _judge(batch, found)]
    _refuse_held(found)
    updates = [change for record, change in found.emptied.items() if record not in found.gone]
    return updates + [change for change in found.gone.values() if change is not None]


_Batch = tuple[Schema, Field, Iterable[Row], Mapping[Any, str]]


def _batches(wave: Sequence[tuple[str, int]], schemas: Mapping[str, Schema], referrers: Referrers) -> Iterator[_Batch]:
    """Yield the rows that refer to a wave of removed records, field by field, and what each value stands for."""
    public = {schemas[name].public_id(number): (name, number) for name, number in wave}
    for schema in schemas.values():
        for field in schema.references:
            target = field.spec.target
            wanted: dict[Any, str] = (
                {text: text for text in public}
                if target is None
                else {number: text for text, (name, number) in public.items() if name == target}
            )
            if wanted:
                yield schema, field, referrers(schema, field, list(wanted)), wanted


def _judge(batch: _Batch, found: _Consequences) -> Iterator[tuple[str, int]]:
    """Note what becomes of one field's referrers, and yield the records that are newly removed."""
    schema, field, rows, names = batch
    place = schema.positions[field.key]
    for row in rows:
        record = (schema.name, row[ID])
        if field.spec.on_remove == "empty":
            found.emptied[record] = _emptied(schema, row, field.key, found.emptied.get(record))
        elif field.spec.on_remove == "restrict":
            found.held.append((schema, row, names[row[place]]))
        elif record not in found.gone:
            found.gone[record] = removal(schema, row)
            yield record


def _emptied(schema: Schema, row: Row, key: str, earlier: Change | None) -> Change:
    before = {**(earlier.before or {} if earlier else {}), key: row[schema.positions[key]]}
    return Change(type=schema.name, id=row[ID], before=before, after=dict.fromkeys(before), revision=row[REVISION])


def _refuse_held(found: _Consequences) -> None:
    counted: dict[str, Counter[TypeInfo]] = {}
    for schema, row, target in found.held:
        if (schema.name, row[ID]) not in found.gone:
            counted.setdefault(target, Counter())[schema.info] += 1
    for target, counts in counted.items():
        raise ReferencedError(target, {info.noun(count): count for info, count in counts.items()})


def removal(schema: Schema, row: Row) -> Change:
    """Return the change that removes ``row``: the whole row is its before."""
    return Change(type=schema.name, id=row[ID], before=by_key(schema, row), after=None, revision=row[REVISION])


def targets(
    schema: Schema, values: Mapping[str, Any], schemas: Mapping[str, Schema]
) -> Iterator[tuple[Field, str, int]]:
    """Yield ``(field, type, id)`` of every record that these values, by key, refer to.

    Raises ``NotFoundError`` for a public id whose type this ledger has never seen.
    """
    for field in schema.references:
        value = values.get(field.key)
        if value is None:
            continue
        if field.spec.target is not None:
            yield field, field.spec.target, value
        else:
            yield field, *_any_target(value, schemas)


def _any_target(text: str, schemas: Mapping[str, Schema]) -> tuple[str, int]:
    prefix, letters = ids.split_public(text)
    for schema in schemas.values():
        if schema.info.prefix == prefix:
            try:
                number = ids.decode(letters)
            except InvalidValueError:
                break
            # Only the one way to write an id is found again when the record is removed.
            if schema.public_id(number) == text:
                return schema.name, number
    raise NotFoundError("record", text)
