"""Who entered and left which segments, by what refreshes stored, and which wordings their rules had."""

from collections.abc import Iterator, Mapping, Sequence
from operator import attrgetter
from typing import Any

import attrs

from custledger.expressions import both, equals, field_expression, negated
from custledger.schema import ID, Row
from custledger.segments import STORED_SUBJECT, Mark, Segment
from custledger.services.naming import Reference, find
from custledger.services.refreshing.dependencies import MEMBERSHIP
from custledger.services.refreshing.stored import StoredRule, plain_score, stored_rules
from custledger.services.session import Session
from custledger.stores.contract import Order, Query
from custledger.values import given_limit


@attrs.frozen(kw_only=True)
class Event:
    """That a customer entered a segment, or left it.

    ``at`` is the plain time; ``name`` is what the customer is called now; ``mark`` is the label or the number that was
    stored; ``rule`` is the rule by which the customer entered, or left.
    """

    at: str
    entered: bool
    customer: int
    name: str
    segment: str
    mark: Mark
    rule: StoredRule


def history_of_segment(session: Session, segment: Segment, *, limit: int | None = None) -> list[Event]:
    """Return who entered and left a segment, the latest first."""
    return _events(session, "segment", segment.name, limit)


def history_of_customer(session: Session, ref: Reference, *, limit: int | None = None) -> list[Event]:
    """Return which segments a customer entered and left, the latest first. Raises ``NotFoundError``."""
    return _events(session, "customer", find(session, STORED_SUBJECT, ref), limit)


def wordings_of(session: Session, segment: Segment) -> list[StoredRule]:
    """Return the rules that refreshes stored of a segment, the earlier ones first."""
    return stored_rules(session).get(segment.name, [])


def _events(session: Session, key: str, value: Any, limit: int | None) -> list[Event]:
    session.refresh()
    limit = None if limit is None else given_limit(limit)
    rules = stored_rules(session)
    if not rules:
        return []
    found = [
        (row, entered) for entered in (True, False) for row in _latest(session, key, value, limit, entered=entered)
    ]
    schema = session.schema(MEMBERSHIP)
    at = attrgetter("at", "entered", "customer")
    events = [_event(dict(zip(schema.keys, row, strict=True)), rules, entered=entered) for row, entered in found]
    latest = sorted(events, key=at, reverse=True)[:limit]
    return list(_named(session, latest))


def _latest(session: Session, key: str, value: Any, limit: int | None, *, entered: bool) -> Iterator[Row]:
    schema = session.schema(MEMBERSHIP)
    when = "entered_at" if entered else "left_at"
    where = equals(schema, key, value)
    if not entered:
        where = both(where, negated(equals(schema, when, None)))
    order = (Order(field_expression(schema, when), descending=True),)
    return session.view.select(schema, Query(moment=session.moment, where=where, order=order, limit=limit))


def _event(values: dict[str, Any], rules: Mapping[str, Sequence[StoredRule]], *, entered: bool) -> Event:
    score, at = values["score"], values["entered_at" if entered else "left_at"]
    of_segment = rules[values["segment"]]
    by = next(rule for rule in of_segment if rule.id == values["rule"])
    if not entered:  # the rule that a refresh went by is stored with that refresh, if not before
        by = next((rule for rule in reversed(of_segment) if rule.created_at <= at), by)
    return Event(
        at=at,
        entered=entered,
        customer=values["customer"],
        name="",
        segment=values["segment"],
        mark=values["label"] if score is None else plain_score(score),
        rule=by,
    )


def _named(session: Session, events: Sequence[Event]) -> Iterator[Event]:
    schema = session.schema(STORED_SUBJECT)
    numbers = sorted({event.customer for event in events})
    rows = {row[ID]: row for row in session.view.get(schema, numbers) if row is not None}
    for event in events:
        row = rows.get(event.customer)
        yield attrs.evolve(event, name=schema.display(row) if row else schema.public_id(event.customer))
