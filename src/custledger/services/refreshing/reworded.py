"""Segments whose rules say something else than when they were refreshed: who enters and leaves because of that.

A plugin's new version may change a rule under a business that acts on it, and whoever sets a threshold or redefines a
metric changes all that go by it.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import attrs

from custledger.errors import DataError, PluginError, QueryError
from custledger.expressions import field_expression
from custledger.segments import STORED_SUBJECT, Mark, Segment
from custledger.services.defining import list_segments
from custledger.services.judging import expressions_of
from custledger.services.refreshing.dependencies import meaning_of
from custledger.services.refreshing.outcomes import moved
from custledger.services.refreshing.stored import StoredRule, held_of, stored_rules, with_thresholds
from custledger.services.refreshing.thresholds import thresholds_of
from custledger.services.segmenting import members_of
from custledger.services.selecting import Selection
from custledger.services.session import Session


@attrs.frozen(kw_only=True)
class Reworded:
    """A segment, the rule by which it was refreshed, and the ids of those who enter and leave by the present one.

    - ``told`` is what the present rule says, with its thresholds: the same as before where only what its names mean is
      another, which is counted only where it moves somebody. ``meaning`` is a digest of that;
    - somebody who moves from one label of a scorer to another leaves the one and enters the other;
    - ``is_by_wording`` says that only the change of the wording is counted, and not what else was changed since;
    - ``problem`` says why the present rule cannot be computed, if so; then nobody enters or leaves.
    """

    segment: Segment
    was: StoredRule
    told: str
    meaning: str
    entering: frozenset[int] = frozenset()
    leaving: frozenset[int] = frozenset()
    is_by_wording: bool = False
    problem: str = ""


def reworded(session: Session) -> list[Reworded]:
    """Return the segments whose present wording, thresholds or meaning were never refreshed, though earlier ones were.

    One whose rule fails is among them, with its problem.
    """
    session.refresh()
    stored = stored_rules(session)
    known = [one for one in list_segments(session, STORED_SUBJECT) if not one.problem] if stored else []
    found = ((one.definition, stored[one.definition.name]) for one in known if one.definition.name in stored)
    compared = (_compared(session, segment, rules) for segment, rules in found)
    return [one for one in compared if one is not None]


def _compared(session: Session, segment: Segment, rules: Sequence[StoredRule]) -> Reworded | None:
    """Return how a segment's rule differs from the one that was stored last; ``None`` where it does not."""
    was, thresholds = rules[-1], thresholds_of(session, segment)
    meaning = meaning_of(expressions_of(session, segment), session.schema(segment.subject), session.moment)
    one = Reworded(segment=segment, was=was, told=with_thresholds(segment.wording, thresholds), meaning=meaning)
    if one.told == was.told and was.meaning in {"", meaning}:
        return None
    # An earlier wording is computed with the thresholds of today, which is only right where those are the same.
    same = was.thresholds == thresholds and was.wording != segment.wording
    try:
        earlier = _by_wording(session, segment, was.wording) if same else None
        one = _moving(session, one, rules, earlier)
    except (DataError, PluginError) as error:
        return attrs.evolve(one, problem=error.message)
    return one if one.told != was.told or one.entering or one.leaving else None


def _moving(
    session: Session, one: Reworded, rules: Sequence[StoredRule], earlier: Mapping[int, Mark] | None
) -> Reworded:
    """Return with a changed rule who enters and leaves: against whom an earlier wording chooses, or who is stored."""
    members = members_of(session, one.segment)
    now = members.marks or _ids(members.selection)
    then = {held.customer: held.mark for held in held_of(session, rules)} if earlier is None else earlier
    entering = frozenset(number for number, mark in now.items() if number not in then or moved(then[number], mark))
    leaving = frozenset(number for number, mark in then.items() if number not in now or moved(mark, now[number]))
    return attrs.evolve(one, entering=entering, leaving=leaving, is_by_wording=earlier is not None)


def _by_wording(session: Session, segment: Segment, wording: str) -> Mapping[int, Mark] | None:
    """Return who would be in a segment by an earlier wording; ``None`` where that is no expression any more."""
    if segment.rule != "expression":
        return None
    try:
        return _ids(Selection[Any](session, segment.subject).where(wording))
    except QueryError:
        return None


def _ids(selection: Selection[Any]) -> Mapping[int, Mark]:
    schema = selection.session.schema(selection.record_type)
    return {number: None for (number,) in selection.evaluated([field_expression(schema, "id")])}
