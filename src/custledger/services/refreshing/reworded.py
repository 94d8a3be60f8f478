"""Segments whose rules say something else than when they were refreshed: who enters and leaves because of that.

A plugin's new version may change a rule under a business that acts on it, and whoever sets a threshold changes all that
go by it.
"""

from typing import Any

import attrs

from custledger.errors import QueryError
from custledger.expressions import field_expression
from custledger.segments import STORED_SUBJECT, Segment
from custledger.services.defining import list_segments
from custledger.services.refreshing.stored import StoredRule, held_of, stored_rules, with_thresholds
from custledger.services.refreshing.thresholds import thresholds_of
from custledger.services.segmenting import members_of
from custledger.services.selecting import Selection
from custledger.services.session import Session


@attrs.frozen(kw_only=True)
class Reworded:
    """A segment, the rule by which it was refreshed, and the ids of those who enter and leave by the present one.

    ``told`` is what the present rule says, with its thresholds. ``is_by_wording`` says that only the change of the
    wording is counted, and not what else was changed since.
    """

    segment: Segment
    was: StoredRule
    told: str
    entering: frozenset[int]
    leaving: frozenset[int]
    is_by_wording: bool


def reworded(session: Session) -> list[Reworded]:
    """Return the segments whose present wording, or thresholds, were never refreshed, though earlier ones were."""
    session.refresh()
    stored = stored_rules(session)
    known = [one for one in list_segments(session, STORED_SUBJECT) if not one.problem] if stored else []
    found = ((one.definition, stored[one.definition.name]) for one in known if one.definition.name in stored)
    told = ((segment, rules, _told(session, segment)) for segment, rules in found)
    return [_compared(session, segment, rules, now) for segment, rules, now in told if rules[-1].told != now]


def _told(session: Session, segment: Segment) -> str:
    return with_thresholds(segment.wording, thresholds_of(session, segment))


def _compared(session: Session, segment: Segment, rules: list[StoredRule], told: str) -> Reworded:
    inside, was = members_of(session, segment).selection, rules[-1]
    # An earlier wording is computed with the thresholds of today, which is only right where those are the same.
    same = was.thresholds == thresholds_of(session, segment)
    earlier = _by_wording(session, segment, was.wording) if same else None
    now = _ids(inside)
    then = frozenset(held.customer for held in held_of(session, rules)) if earlier is None else earlier
    return Reworded(
        segment=segment, was=was, told=told, entering=now - then, leaving=then - now, is_by_wording=earlier is not None
    )


def _by_wording(session: Session, segment: Segment, wording: str) -> frozenset[int] | None:
    """Return who would be in a segment by an earlier wording; ``None`` where that is no expression any more."""
    if segment.rule != "expression":
        return None
    try:
        return _ids(Selection[Any](session, segment.subject).where(wording))
    except QueryError:
        return None


def _ids(selection: Selection[Any]) -> frozenset[int]:
    schema = selection.session.schema(selection.record_type)
    return frozenset(number for (number,) in selection.evaluated([field_expression(schema, "id")]))
