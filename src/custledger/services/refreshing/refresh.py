"""Refreshing segments: which of them, in which order, and for each all records or those that may have changed."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import attrs

from custledger.changes import Operation
from custledger.errors import ConflictError, DataError, DuplicateError, NotFoundError, PluginError, UsageError
from custledger.segments import STORED_SUBJECT, Mark, Segment
from custledger.services.defining import list_segments
from custledger.services.judging import expressions_of, judged
from custledger.services.refreshing.dependencies import MEMBERSHIP, meaning_of, stored_names
from custledger.services.refreshing.evaluating import MOST_ENTRIES, Plan, find_candidates, members, plan_of
from custledger.services.refreshing.outcomes import Outcome, Why, only_one_each
from custledger.services.refreshing.stored import (
    RULE,
    VERB,
    Held,
    StoredRule,
    held_by,
    held_of,
    stored_rules,
    written_by_others,
)
from custledger.services.refreshing.storing import store
from custledger.services.refreshing.thresholds import thresholds_of
from custledger.services.segmenting import find_segment
from custledger.services.session import Session

ATTEMPTS = 3
"""How often a refresh is computed anew where somebody else refreshes, or removes customers, at the same time."""


@attrs.frozen(kw_only=True)
class Refreshed:
    """What a refresh did for a segment: who entered and who left, by id, with the labels or numbers of a scorer.

    Somebody who moved from one label to another left the one and entered the other. ``why`` all records were looked at
    is empty where only ``looked_at`` of them were, whose answer may have changed. ``was`` is the wording that was
    stored before, with its thresholds, where it was another or its names meant something else; ``told`` is that of now.
    """

    segment: Segment
    entered: Mapping[int, Mark]
    left: Mapping[int, Mark]
    why: Why
    looked_at: int
    told: str
    was: str | None = None


@attrs.frozen(kw_only=True)
class Refreshing:
    """What a refresh did: its operation, ``None`` where nothing was to write, and the segments that have a problem.

    It ``is_whole`` although a plugin brings segments that cannot be computed here, for want of another plugin say; not
    where that is so of one of the ledger's own, or where a rule failed.
    """

    operation: int | None
    segments: tuple[Refreshed, ...]
    problems: Mapping[str, str]
    is_whole: bool = True


def refresh(
    session: Session,
    names: Sequence[str] = (),
    *,
    full: bool = False,
    dry_run: bool = False,
    reason: str = "",
    progress: Callable[[float], None] | None = None,
) -> Refreshing:
    """Store who is in these segments, or in all, and who entered and left since they were last refreshed.

    Only customers have memberships that are stored. With ``full`` all of them are looked at, which gives the same
    answer; with ``dry_run`` nothing is written and nobody told. Of several segments, one that cannot be computed is
    passed over and named among the problems. ``progress`` is told the share of the segments that is done, 0 to 1.

    Raises ``UsageError`` with a day that was set by hand, since what is stored is who is in a segment today;
    ``NotFoundError`` for a name that is none's, and ``QueryError``, ``DataError`` or ``PluginError`` where only one
    segment is named and that cannot be computed.
    """
    session.refresh()
    if session.moment.as_of:
        hint = "Leave the day out; custledger segment members takes any day."
        raise UsageError("A refresh stores who is in a segment today.", hint=hint)
    segments, problems = _wanted(session, names)
    is_one = bool(names) and len(segments) + len(problems) == 1
    operation = session.operation(VERB, reason=reason)
    run = _Run(session, operation, strict=is_one, full=full, dry_run=dry_run)
    run.tell_progress = _sharing(progress, len(segments))
    for together in _rounds(session, segments):
        for segment in together:
            if segment.rule != "expression":
                run.attempt(lambda: [run.judged(segment)], segment)  # noqa: B023 - it is called at once
        run.attempt(lambda: run.evaluated([one for one in together if one.rule == "expression"]))  # noqa: B023 - as above
    minded = problems if names else problems.keys() & {one.name for one in session.settings.segments}
    return Refreshing(
        operation=operation.id if run.has_written else None,
        segments=tuple(sorted(run.done, key=lambda one: segments.index(one.segment))),
        problems=problems | run.problems,
        is_whole=not run.problems and not minded,
    )


def _wanted(session: Session, names: Sequence[str]) -> tuple[list[Segment], dict[str, str]]:
    """Return the segments to refresh, and what is wrong with others."""
    found = [find_segment(session, name, subject=STORED_SUBJECT) for name in names]
    wanted = {one.name: one for one in found}
    if len(wanted) == 1:
        return list(wanted.values()), {}
    known = list_segments(session, STORED_SUBJECT)
    failing = {one.definition.name: one.problem for one in known if one.problem}
    problems = {name: problem for name, problem in failing.items() if not wanted or name in wanted}
    asked = wanted.values() or [one.definition for one in known]
    return [one for one in asked if one.name not in problems], problems


def _sharing(progress: Callable[[float], None] | None, count: int) -> Callable[[], None]:
    """Return what says that one more of so many segments is done."""
    done = iter(range(1, count + 1))
    return lambda: progress(next(done, count) / count) if progress else None


class _Run:
    """One refresh under way; ``strict`` says that a segment which cannot be computed is an error."""

    def __init__(self, session: Session, operation: Operation, *, strict: bool, full: bool, dry_run: bool) -> None:
        self.session = session
        self.operation = operation
        self.strict = strict
        self.full = full
        self.dry_run = dry_run
        self.schema = session.schema(STORED_SUBJECT)
        self.done: list[Refreshed] = []
        self.problems: dict[str, str] = {}
        self.has_written = False
        self.tell_progress: Callable[[], None] = lambda: None

    def attempt(self, compute: Callable[[], list[Outcome]], segment: Segment | None = None) -> None:
        """Compute and write, anew where somebody else wrote what stands in the way."""
        for left in reversed(range(ATTEMPTS)):
            try:
                outcomes = compute()
                self.write([one for one in outcomes if not self.is_idle(one)])
            except (ConflictError, DuplicateError, NotFoundError):
                if not left:
                    raise
            except (PluginError, DataError) as error:  # a rule may also say itself what is wrong with what it is given
                if self.strict or segment is None:
                    raise
                self.problems[segment.name] = error.message
                return
            else:
                self.tell(outcomes)
                return

    def write(self, outcomes: Sequence[Outcome]) -> None:
        if outcomes and not self.dry_run:
            store(self.session, self.operation, outcomes)
            self.has_written = True

    def tell(self, outcomes: Sequence[Outcome]) -> None:
        """Note what was done, and tell plugins who entered and left."""
        for one in outcomes:
            if (one.entered or one.left) and not self.dry_run:
                told = self.session.plugins.segment_changed(one.segment, one.entered, one.left, self.session)
                self.session.warn(told)
            was = one.rule.told if one.rule and (one.rule.told != one.told or one.means_something_else) else None
            self.done.append(
                Refreshed(
                    segment=one.segment,
                    entered=one.entered,
                    left=one.left,
                    why=one.why,
                    looked_at=one.looked_at,
                    told=one.told,
                    was=was,
                )
            )

    def is_idle(self, outcome: Outcome) -> bool:
        """Whether there is nothing to write, not even that the log was read: it has only what refreshes wrote."""
        rule = outcome.rule
        if rule is None or outcome.is_new_rule or not outcome.is_idle or rule.read_to is None:
            return False
        same = all(
            outcome.wanted[key] == (getattr(rule, key) or None)
            for key in ("meaning", "plugin", "version", "refreshed_on")
        )
        entries = self.session.view.log(since=rule.read_to, limit=MOST_ENTRIES) if same else []
        kept = all(entry.type in {RULE, MEMBERSHIP} for entry in entries)
        return same and kept and not written_by_others(self.session, entries)

    def judged(self, segment: Segment) -> Outcome:
        """Return what a callable or a scorer says of all customers."""
        rules = stored_rules(self.session).get(segment.name, [])
        read_to = self.read_to()
        meaning = meaning_of(expressions_of(self.session, segment), self.schema, self.session.moment)
        inside = judged(self.session, segment)
        self.tell_progress()
        held, surplus = only_one_each(held_of(self.session, rules))
        why: Why = "scorer" if segment.rule == "scorer" else "callable"
        return self.outcome(segment, rules, meaning, read_to, why=why, inside=inside, held=held, surplus=surplus)

    def evaluated(self, segments: Sequence[Segment]) -> list[Outcome]:
        """Return what expressions say of those of whom they may say something else than before."""
        if not segments:
            return []
        stored, read_to = stored_rules(self.session), self.read_to()
        plans = [plan_of(self.session, self.schema, one, stored.get(one.name, []), full=self.full) for one in segments]
        find_candidates(self.session, self.schema, plans)
        candidates: set[int] = set().union(*(plan.candidates or () for plan in plans))
        held: dict[str, list[Held]] = {}
        for one in held_by(self.session, candidates):
            held.setdefault(one.segment, []).append(one)
        found = members(self.session, self.schema, plans)
        return [
            self.compared(plan, inside, held.get(plan.segment.name, []), read_to)
            for plan, inside in zip(plans, found, strict=True)
        ]

    def compared(self, plan: Plan, chosen: set[int], held_of_candidates: Sequence[Held], read_to: int) -> Outcome:
        """Return whom an expression chose, against what is stored."""
        self.tell_progress()
        inside = dict.fromkeys(sorted(chosen))
        those = plan.candidates
        if those is None:
            held, surplus = only_one_each(held_of(self.session, plan.rules))
        else:
            held, surplus = only_one_each(one for one in held_of_candidates if one.customer in those)
        return self.outcome(
            plan.segment, plan.rules, plan.meaning, read_to,
            why=plan.why, inside=inside, held=held, surplus=surplus, looked_at=None if those is None else len(those),
        )  # fmt: skip

    def outcome(
        self,
        segment: Segment,
        rules: Sequence[StoredRule],
        meaning: str,
        read_to: int,
        *,
        looked_at: int | None = None,
        **found: Any,
    ) -> Outcome:
        """Return what was found of a segment, and what is to be stored of its rule."""
        latest = rules[-1] if rules else None
        plugin, version = self.brought_by(segment)
        thresholds = thresholds_of(self.session, segment)
        is_new = latest is None or (latest.wording, latest.thresholds) != (segment.wording, thresholds)
        if latest is not None and segment.rule != "expression":
            is_new = is_new or (latest.plugin, latest.version) != (plugin, version)
        wanted = {
            "name": f"{segment.name} {latest.number + 1 if latest else 1}",
            "segment": segment.name,
            "wording": segment.wording,
            "thresholds": thresholds or None,
            "meaning": meaning or None,
            "plugin": plugin or None,
            "version": version or None,
            "refreshed_at": self.operation.at,
            "refreshed_on": self.session.today.isoformat(),
            "log_cursor": read_to,
        }
        if looked_at is None:
            looked_at = int(self.session.view.count(self.schema, None, (), self.session.moment)[0][0])
        made = Outcome(segment=segment, rule=latest, wanted=wanted, is_new_rule=is_new, looked_at=looked_at, **found)
        return attrs.evolve(made, is_new_rule=is_new or made.means_something_else)

    def brought_by(self, segment: Segment) -> tuple[str, str]:
        """Return the plugin that brings a segment, and its version; nothing for one of the settings."""
        about = segment.subject, segment.name
        plugin = next(plugin for plugin, one in self.session.segments() if (one.subject, one.name) == about)
        return plugin, self.session.plugins.version(plugin) if plugin else ""

    def read_to(self) -> int:
        """Return how far the log goes. It is asked before anything is computed, so that nothing is passed over."""
        latest = self.session.view.log(newest_first=True, limit=1)
        return latest[0].cursor if latest else 0


def _rounds(session: Session, segments: Sequence[Segment]) -> Iterator[list[Segment]]:
    """Yield segments so that one which looks at what another stored comes in a later round than that.

    Those that look at each other in a circle come last, together.
    """
    left = {one.name: (one, _looked_at(session, one) - {one.name}) for one in segments}
    while left:
        ready = [one for one, names in left.values() if not names & left.keys()]
        together = ready or [one for one, _ in left.values()]
        yield together
        for one in together:
            del left[one.name]


def _looked_at(session: Session, segment: Segment) -> set[str]:
    """Return the names of the segments at whose stored memberships a rule looks."""
    schema = session.schema(STORED_SUBJECT)
    return {name for one in expressions_of(session, segment) for name in stored_names(one.root, schema)}
