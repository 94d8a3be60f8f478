"""Segments whose rules are worded otherwise than when they were refreshed: who enters and leaves because of that.

A plugin's new version may change a rule under a business that acts on it.
"""

from typing import Any

import attrs

from custledger.errors import QueryError
from custledger.expressions import field_expression
from custledger.segments import STORED_SUBJECT, Segment
from custledger.services.defining import list_segments
from custledger.services.refreshing.stored import StoredRule, held_of, stored_rules
from custledger.services.segmenting import members_of
from custledger.services.selecting import Selection
from custledger.services.session import Session


@attrs.frozen(kw_only=True)
class Reworded:
    """A segment, the rule by which it was refreshed, and the ids of those who enter and leave by the present one.

    ``is_by_wording`` says that only the change of the wording is counted, and not what else was changed since.
    """

    segment: Segment
    was: StoredRule
    entering: frozenset[int]
    leaving: frozenset[int]
    is_by_wording: bool


def reworded(session: Session) -> list[Reworded]:
    """Return the segments whose present wording was never refreshed, though an earlier one was."""
    session.refresh()
    stored = stored_rules(session)
    known = list_segments(session, STORED_SUBJECT) if stored else []
    return [
        _compared(session, one.definition, stored[one.definition.name])
        for one in known
        if not one.problem
        and one.definition.name in stored
        and stored[one.definition.name][-1].wording != one.definition.wording
    ]


def _compared(session: Session, segment: Segment, rules: list[StoredRule]) -> Reworded:
    inside = members_of(session, segment).selection
    was, earlier = rules[-1], _by_wording(session, segment, rules[-1].wording)
    now = _ids(inside)
    then = frozenset(held.customer for held in held_of(session, rules)) if earlier is None else earlier
    return Reworded(
        segment=segment, was=was, entering=now - then, leaving=then - now, is_by_wording=earlier is not None
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
