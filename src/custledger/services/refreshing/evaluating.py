"""Whom the expressions of segments choose: of all customers, or of those who may have another answer than before."""

from collections.abc import Sequence
from datetime import date

import attrs

from custledger.expressions import Expression, both, is_in
from custledger.fields import Kind
from custledger.schema import ID, Schema
from custledger.segments import Segment
from custledger.services.refreshing.dependencies import MEMBERSHIP, Dependency, Referred, dependencies_of, meaning_of
from custledger.services.refreshing.outcomes import Why
from custledger.services.refreshing.passing import passed_by
from custledger.services.refreshing.stored import StoredRule, written_by_others
from custledger.services.refreshing.touched import Changed, TooMany, chosen, in_chunks, touched_subjects
from custledger.services.session import Session

MOST_ENTRIES = 50_000
"""From how many entries of the log on all records are looked at instead."""


@attrs.define
class Plan:
    """How an expression is refreshed: for its ``candidates``, or for all where that is ``None``, and why."""

    segment: Segment
    rules: Sequence[StoredRule]
    expression: Expression
    meaning: str
    why: Why
    candidates: set[int] | None = None

    @property
    def latest(self) -> StoredRule | None:
        """The rule that was stored last."""
        return self.rules[-1] if self.rules else None


def plan_of(session: Session, schema: Schema, segment: Segment, rules: Sequence[StoredRule], *, full: bool) -> Plan:
    """Return how a segment can be refreshed, as far as its rule tells. Raises ``QueryError``."""
    expression = session.understand_named(segment.named(), want=Kind.YES_NO)
    meaning = meaning_of([expression], schema, session.moment)
    latest = rules[-1] if rules else None
    why: Why = ""
    if full:
        why = "asked"
    elif latest is None or latest.read_to is None or latest.refreshed_on is None:
        why = "first"
    elif latest.wording != segment.wording:
        why = "rule"
    elif latest.meaning != meaning:
        why = "meaning"
    return Plan(segment, rules, expression, meaning, why)


def find_candidates(session: Session, schema: Schema, plans: Sequence[Plan]) -> None:
    """Find of whom the log and the calendar say that their answer may be another, for each plan that needs no more."""
    known: dict[int, tuple[Changed, Changed] | None] = {}
    way = (Referred(session.schema(MEMBERSHIP), "customer"),)
    stored = [Dependency(MEMBERSHIP, key, way) for key in ("customer", "segment", "label", "score", "left_at")]
    for plan in plans:
        latest = plan.latest
        if plan.why or latest is None or latest.read_to is None or latest.refreshed_on is None:
            continue
        if latest.read_to not in known:
            entries = session.view.log(since=latest.read_to, limit=MOST_ENTRIES)
            others = written_by_others(session, entries)
            known[latest.read_to] = (Changed(entries), Changed(others)) if len(entries) < MOST_ENTRIES else None
        changed = known[latest.read_to]
        since = attrs.evolve(session.moment, today=date.fromisoformat(latest.refreshed_on))
        try:
            if changed is None:
                raise TooMany  # noqa: TRY301 - as what it calls
            touched = touched_subjects(session, changed[0], dependencies_of(plan.expression, schema))
            touched |= touched_subjects(session, changed[1], stored)
            plan.candidates = touched | passed_by(session, plan.expression.root, schema, since)
        except TooMany:
            plan.why = "much"


def members(session: Session, schema: Schema, plans: Sequence[Plan]) -> list[set[int]]:
    """Return the ids of those whom each expression chooses, among its candidates where it has some.

    Those of which all records are looked at are answered in one reading of them.
    """
    whole = [plan.expression for plan in plans if plan.candidates is None]
    of_all = iter(session.view.memberships(schema, whole, session.moment) if whole else ())
    return [
        next(of_all) if plan.candidates is None else _among(session, schema, plan.expression, plan.candidates)
        for plan in plans
    ]


def _among(session: Session, schema: Schema, expression: Expression, candidates: set[int]) -> set[int]:
    found: set[int] = set()
    for some in in_chunks(candidates):
        where = both(is_in(schema, schema.keys[ID], some), expression)
        found.update(chosen(session, schema, where, schema.keys[ID]))
    return found
