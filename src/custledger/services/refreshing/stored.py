"""What is stored of segments: their latest rules, and who is in them by the last refresh."""

from collections.abc import Collection, Iterable, Iterator
from typing import Any

import attrs

from custledger.changes import LogEntry
from custledger.expressions import Expression, both, equals, field_expression, is_in
from custledger.schema import ID, REVISION, Row, Schema
from custledger.segments import Mark
from custledger.services.refreshing.dependencies import MEMBERSHIP
from custledger.services.refreshing.touched import in_chunks
from custledger.services.session import Session
from custledger.stores.contract import Query
from custledger.values import SCALE

RULE = "segment_rule"
VERB = "segment refresh"
"""The verb of the operations that refresh."""


@attrs.frozen(kw_only=True)
class StoredRule:
    """A rule as it was stored, by a first refresh at ``created_at``, a plain time.

    ``read_to`` is how far the log was read for it, ``None`` where it was not done with.
    """

    id: int
    created_at: str
    revision: int
    name: str
    segment: str
    wording: str
    thresholds: str
    meaning: str
    plugin: str
    version: str
    refreshed_at: str | None
    refreshed_on: str | None
    read_to: int | None

    @property
    def told(self) -> str:
        """What it said, with the thresholds that it went by."""
        return with_thresholds(self.wording, self.thresholds)

    @property
    def number(self) -> int:
        """Which rule of its segment it is; the first is 1."""
        return int(self.name.rpartition(" ")[2])


def with_thresholds(wording: str, thresholds: str) -> str:
    """Return what a rule says, with the thresholds that it goes by: ``total_spent >= least (least = 5000)``."""
    return f"{wording} ({thresholds})" if thresholds else wording


@attrs.frozen(kw_only=True)
class Held:
    """A membership that was not left."""

    id: int
    revision: int
    customer: int
    segment: str
    mark: Mark


def stored_rules(session: Session) -> dict[str, list[StoredRule]]:
    """Return the rules that were stored, by segment, the earlier ones first."""
    schema = session.schemas.get(RULE)
    found: dict[str, list[StoredRule]] = {}
    if schema is not None:  # a ledger that may not be written may have no place for them yet
        for row in session.view.select(schema, Query(moment=session.moment)):
            rule = _rule(schema, row)
            found.setdefault(rule.segment, []).append(rule)
    return {segment: sorted(rules, key=lambda one: one.number) for segment, rules in found.items()}


def _rule(schema: Schema, row: Row) -> StoredRule:
    values = dict(zip(schema.keys, row, strict=True))
    return StoredRule(
        id=row[ID],
        created_at=values["created_at"],
        revision=row[REVISION],
        name=values["name"],
        segment=values["segment"],
        wording=values["wording"],
        thresholds=values["thresholds"] or "",
        meaning=values["meaning"] or "",
        plugin=values["plugin"] or "",
        version=values["version"] or "",
        refreshed_at=values["refreshed_at"],
        refreshed_on=values["refreshed_on"],
        read_to=values["log_cursor"],
    )


def held_of(session: Session, rules: Collection[StoredRule]) -> Iterator[Held]:
    """Yield the present memberships that were entered by one of these rules."""
    schema = session.schema(MEMBERSHIP)
    return _held(session, schema, is_in(schema, "rule", [rule.id for rule in rules])) if rules else iter(())


def stored_count(session: Session, rules: Collection[StoredRule]) -> int:
    """Return how many are in a segment by the last refresh, of which these are the rules."""
    schema = session.schema(MEMBERSHIP)
    where = both(is_in(schema, "rule", [rule.id for rule in rules]), equals(schema, "left_at", None))
    return int(session.view.count(schema, where, (), session.moment)[0][0])


def held_by(session: Session, customers: Iterable[int]) -> Iterator[Held]:
    """Yield the present memberships of these customers, in whatever segments."""
    schema = session.schema(MEMBERSHIP)
    for some in in_chunks(customers):
        yield from _held(session, schema, is_in(schema, "customer", some))


def _held(session: Session, schema: Schema, where: Expression) -> Iterator[Held]:
    keys = ("id", "revision", "customer", "segment", "label", "score")
    query = Query(
        moment=session.moment,
        where=both(where, equals(schema, "left_at", None)),
        columns=tuple(field_expression(schema, key) for key in keys),
    )
    for number, revision, customer, segment, label, score in session.view.select(schema, query):
        mark = label if score is None else plain_score(score)
        yield Held(id=number, revision=revision, customer=customer, segment=segment, mark=mark)


def written_by_others(session: Session, entries: Iterable[LogEntry]) -> list[LogEntry]:
    """Return the log's entries of memberships that no refresh wrote: an undo did, or the removal of a customer."""
    ours = [entry for entry in entries if entry.type == MEMBERSHIP]
    operations = sorted({entry.operation for entry in ours})
    told = session.view.operations(ids=operations) if operations else []
    refreshes = {operation.id for operation in told if operation.verb == VERB}
    return [entry for entry in ours if entry.operation not in refreshes]


def plain_score(scaled: int) -> Any:
    """Return a stored score as the number that the scorer gave."""
    from decimal import Decimal  # few segments have scores

    return Decimal(scaled) / SCALE
