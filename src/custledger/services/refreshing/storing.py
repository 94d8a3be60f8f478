"""Writing what a refresh found: rules, memberships, and how far the log was read for each."""

from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

from custledger.changes import Change, Changeset, Operation
from custledger.services import writing
from custledger.services.refreshing.dependencies import MEMBERSHIP
from custledger.services.refreshing.outcomes import Outcome, changes_of, creates_of
from custledger.services.refreshing.stored import RULE
from custledger.services.session import Session

TOGETHER = 5_000
"""How many memberships are written whole at once; more of them land in chunks, so that other writers wait less."""

_ItemT = TypeVar("_ItemT")


def store(session: Session, operation: Operation, outcomes: Sequence[Outcome]) -> None:
    """Write what was found.

    Where it is little it lands whole. Otherwise the memberships land in chunks between the new rules and the places in
    the log: what was interrupted is not taken for refreshed, and the next refresh goes on from what is there.
    """
    writer = _Writer(session, operation, outcomes)
    if sum(len(one.entered) + len(one.left) + len(one.rescored) for one in outcomes) <= TOGETHER:
        changes = [*writer.new_rules(done=True), *writer.done_rules(), *writer.updates()]
        changeset = Changeset(operation=operation, changes=changes, creates=list(writer.creates()))
        writing.write(session, changeset, amend=False)
        return
    for _ in writing.load(session, writer.chunks()):
        pass


class _Writer:
    def __init__(self, session: Session, operation: Operation, outcomes: Sequence[Outcome]) -> None:
        self.session = session
        self.operation = operation
        self.outcomes = outcomes
        self.rules = {
            one.segment.name: session.mint.one() if one.is_new_rule or one.rule is None else one.rule.id
            for one in outcomes
        }

    def chunks(self) -> Iterator[Changeset]:
        """Yield the changesets of a large refresh."""
        new = self.new_rules(done=False)
        if new:
            yield Changeset(operation=self.operation, changes=new)
        for some in _in_parts(self.updates()):
            yield Changeset(operation=self.operation, changes=some)
        for creates in self.creates():
            yield Changeset(operation=self.operation, creates=[creates])
        yield Changeset(operation=self.operation, changes=[*self.done_rules(), *self.done_new_rules()])

    def new_rules(self, *, done: bool) -> list[Change]:
        """Return the rules that are stored for the first time, with their place in the log where all is ``done``."""
        return [
            Change(
                type=RULE,
                id=self.rules[one.segment.name],
                before=None,
                after={
                    key: value
                    for key, value in one.wanted.items()
                    if value is not None and (done or key not in _REACHED)
                },
            )
            for one in self.outcomes
            if one.is_new_rule
        ]

    def done_new_rules(self) -> Iterator[Change]:
        """Yield how far the new rules have come."""
        for one in self.outcomes:
            if one.is_new_rule:
                after = {key: one.wanted[key] for key in _REACHED}
                yield _update(self.rules[one.segment.name], 1, dict.fromkeys(after), after)

    def done_rules(self) -> Iterator[Change]:
        """Yield how far the rules that were there have come, and what is otherwise said of them now."""
        for one in self.outcomes:
            rule = one.rule
            if rule is None or one.is_new_rule:
                continue
            told = {
                "meaning": rule.meaning or None,
                "plugin": rule.plugin or None,
                "version": rule.version or None,
                "refreshed_at": rule.refreshed_at,
                "refreshed_on": rule.refreshed_on,
                "log_cursor": rule.read_to,
            }
            after = {key: one.wanted[key] for key, value in told.items() if one.wanted[key] != value}
            if after:
                yield _update(rule.id, rule.revision, {key: told[key] for key in after}, after)

    def updates(self) -> list[Change]:
        """Return the changes of memberships that are there."""
        return [change for one in self.outcomes for change in changes_of(one, self.operation.at)]

    def creates(self) -> Iterator[Any]:
        """Yield the new memberships, so many of them at once as land at once."""
        schema = self.session.schema(MEMBERSHIP)
        for one in self.outcomes:
            for some in _in_parts(list(one.entered.items())):
                yield creates_of(
                    schema,
                    some,
                    segment=one.segment.name,
                    rule=self.rules[one.segment.name],
                    first=self.session.mint.run(len(some)),
                    at=self.operation.at,
                )


_REACHED = ("refreshed_at", "refreshed_on", "log_cursor")
"""What is said of a rule once all of its memberships are written."""


def _update(number: int, revision: int, before: dict[str, Any], after: dict[str, Any]) -> Change:
    return Change(type=RULE, id=number, before=before, after=after, revision=revision)


def _in_parts(items: Sequence[_ItemT]) -> Iterator[Sequence[_ItemT]]:
    for start in range(0, len(items), TOGETHER):
        yield items[start : start + TOGETHER]
