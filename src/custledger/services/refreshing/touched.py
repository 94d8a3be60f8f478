"""Which records the log says may have another answer than before: themselves touched, or what they look at."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from custledger.changes import DOCUMENT_TYPE, UNDIGESTED, Action, LogEntry
from custledger.expressions import Expression, Moment, field_expression, is_in
from custledger.schema import ID, Schema
from custledger.services.refreshing.dependencies import Dependency, Referred, Referrers
from custledger.services.session import Session
from custledger.stores.contract import Query

MOST = 20_000
"""From how many records on all are looked at instead."""
AT_ONCE = 500
"""How many ids one statement is given: databases limit how many values it may hold."""


class TooMany(Exception):  # noqa: N818 - it is no error: it says that a pass over all is the better way
    """More than ``MOST`` records are to be looked at."""


class Changed:
    """What the log says was changed: by type and id the keys, or ``None`` for a record that came or went."""

    def __init__(self, entries: Iterable[LogEntry]) -> None:
        self.keys: dict[str, dict[int, set[str] | None]] = {}
        self.before: dict[tuple[str, str], dict[int, set[Any]]] = {}
        self.many: set[str] = set()
        for entry in entries:
            if entry.type != DOCUMENT_TYPE:
                self._note(entry)

    def _note(self, entry: LogEntry) -> None:
        known = self.keys.setdefault(entry.type, {})
        if len(known) + entry.count > MOST:
            self.many.add(entry.type)
            return
        # An update that has no old values is of something beside the fields, and may be of anything.
        told = entry.action is Action.UPDATE and entry.before
        for number in range(entry.record, entry.record + entry.count):
            keys = known.get(number, set())
            known[number] = None if keys is None or not told else keys | (entry.before or {}).keys()
        for key, value in (entry.before or {}).items():
            self.before.setdefault((entry.type, key), {}).setdefault(entry.record, set()).add(value)

    def touched(self, record_type: str, keys: frozenset[str]) -> list[int]:
        """Return the ids of the records of a type that came, went, or had one of these fields changed."""
        if record_type in self.many:
            raise TooMany
        there = self.keys.get(record_type, {})
        every = bool(keys & UNDIGESTED)
        return [number for number, changed in there.items() if every or changed is None or changed & keys]


def touched_subjects(session: Session, changed: Changed, dependencies: Sequence[Dependency]) -> set[int]:
    """Return the ids of the records whose answer the log's changes may have changed. Raises ``TooMany``.

    Some of them may be gone meanwhile.
    """
    grouped: dict[tuple[str, Any], set[str]] = {}
    for one in dependencies:
        grouped.setdefault((one.record_type, one.way), set()).add(one.key)
    found: set[int] = set()
    for (record_type, way), keys in grouped.items():
        ids = set(changed.touched(record_type, frozenset(keys)))
        for step in way:
            if not ids:
                break
            ids = (
                _referrers(session, step, ids)
                if isinstance(step, Referrers)
                else _referred(session, step, ids, changed)
            )
        found |= ids
        if len(found) > MOST:
            raise TooMany
    return found


def in_chunks(ids: Iterable[int]) -> Iterator[list[int]]:
    """Yield ids in order, so many at once as one statement takes."""
    listed = sorted(ids)
    for start in range(0, len(listed), AT_ONCE):
        yield listed[start : start + AT_ONCE]


def chosen(
    session: Session, schema: Schema, where: Expression, key: str, moment: Moment | None = None
) -> Iterator[Any]:
    """Yield what a field holds of the records for which ``where`` is true, now or at another moment."""
    query = Query(moment=moment or session.moment, where=where, columns=(field_expression(schema, key),))
    return (value for (value,) in session.view.select(schema, query))


def _referrers(session: Session, step: Referrers, ids: set[int]) -> set[int]:
    """Return the records that refer to these now; one that did before was itself changed since."""
    found: set[int] = set()
    for some in in_chunks(ids):
        found.update(chosen(session, step.schema, is_in(step.schema, step.reference, some), step.schema.keys[ID]))
        if len(found) > MOST:
            raise TooMany
    return found


def _referred(session: Session, step: Referred, ids: set[int], changed: Changed) -> set[int]:
    """Return the records that these refer to, or did before they were changed."""
    schema = step.schema
    found: set[int] = set()
    for some in in_chunks(ids):
        found.update(chosen(session, schema, is_in(schema, schema.keys[ID], some), step.reference))
    before: Mapping[int, set[Any]] = changed.before.get((schema.name, step.reference), {})
    for number in ids:
        found |= before.get(number, set())
    return found - {None}
