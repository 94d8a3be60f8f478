"""What a refresh finds of one segment: who is in it now, against who was stored to be."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, Literal

import attrs

from custledger.changes import Change, Creates
from custledger.schema import Schema
from custledger.segments import Mark, Segment
from custledger.services.refreshing.stored import Held, StoredRule, with_thresholds
from custledger.values import SCALE

Why = Literal["", "asked", "first", "rule", "meaning", "much", "callable", "scorer"]
"""Why all records were looked at: it was asked for; it was the first time; the rule is worded differently, or what its
names mean is another; much has changed; a callable and a scorer always are. Empty where only some were."""


@attrs.frozen(slots=False)
class Outcome:
    """What was found of a segment.

    ``rule`` is the rule that was stored last, ``wanted`` what is to be stored of the present one; ``inside`` are the
    members among the records that were looked at, ``held`` the memberships that were stored of these.
    """

    segment: Segment
    why: Why
    rule: StoredRule | None
    wanted: Mapping[str, Any]
    is_new_rule: bool
    looked_at: int
    inside: Mapping[int, Mark]
    held: Mapping[int, Held]
    surplus: Sequence[Held] = ()

    @property
    def told(self) -> str:
        """What the present rule says, with its thresholds."""
        return with_thresholds(self.segment.wording, self.wanted["thresholds"] or "")

    @cached_property
    def entered(self) -> dict[int, Mark]:
        """Who entered, with the label or number; who moved between labels entered the one and left the other."""
        return {
            number: mark
            for number, mark in self.inside.items()
            if number not in self.held or moved(self.held[number].mark, mark)
        }

    @cached_property
    def left(self) -> dict[int, Mark]:
        """Who left, with the label or number that they had."""
        return {
            number: held.mark
            for number, held in self.held.items()
            if number not in self.inside or moved(held.mark, self.inside[number])
        }

    @cached_property
    def rescored(self) -> dict[int, Mark]:
        """Who stayed, and has another number."""
        return {
            number: self.inside[number]
            for number, held in self.held.items()
            if number in self.inside and held.mark != self.inside[number] and not moved(held.mark, self.inside[number])
        }

    @property
    def means_something_else(self) -> bool:
        """Whether names in the rule mean something else than they did, and that moves somebody: it is another rule."""
        before = self.rule.meaning if self.rule else ""
        return before not in {"", self.wanted["meaning"]} and bool(self.entered or self.left)

    @property
    def is_idle(self) -> bool:
        """Whether there is no membership to write."""
        return not (self.entered or self.left or self.rescored or self.surplus)


def moved(before: Mark, after: Mark) -> bool:
    """Whether somebody who stays has another label; another number is the same membership."""
    return before != after and (isinstance(before, str) or isinstance(after, str))


def only_one_each(held: Iterable[Held]) -> tuple[dict[int, Held], list[Held]]:
    """Return memberships by customer, and those beyond the first of one: two refreshes at once may have stored two."""
    ordered = sorted(held, key=lambda one: one.id)
    first = {one.customer: one for one in reversed(ordered)}
    return first, [one for one in ordered if first[one.customer] is not one]


def changes_of(outcome: Outcome, at: str) -> Iterator[Change]:
    """Yield the changes of memberships that are there: those that were left, have another number, or are surplus."""
    for number in outcome.left:
        yield _update(outcome.held[number], {"left_at": None}, {"left_at": at})
    for number, mark in outcome.rescored.items():
        one = outcome.held[number]
        yield _update(one, _columns(one.mark), _columns(mark))
    for one in outcome.surplus:
        yield Change(type="membership", id=one.id, before={}, after=None, revision=one.revision)


def creates_of(
    schema: Schema, members: Sequence[tuple[int, Mark]], *, segment: str, rule: int, first: int, at: str
) -> Creates:
    """Return new memberships, whose ids begin with ``first``."""
    fixed = {"created_at": at, "updated_at": at, "revision": 1, "segment": segment, "rule": rule, "entered_at": at}
    own: dict[str, Sequence[Any]] = {
        "id": range(first, first + len(members)),
        "customer": [number for number, _ in members],
        "label": [_columns(mark)["label"] for _, mark in members],
        "score": [_columns(mark)["score"] for _, mark in members],
    }
    columns = [own.get(key, [fixed.get(key)] * len(members)) for key in schema.keys]
    return Creates(type=schema.name, keys=schema.keys, columns=columns)


def _update(held: Held, before: Mapping[str, Any], after: Mapping[str, Any]) -> Change:
    return Change(type="membership", id=held.id, before=before, after=after, revision=held.revision)


def _columns(mark: Mark) -> dict[str, Any]:
    """Return what is stored of a label or a number."""
    if mark is None or isinstance(mark, str):
        return {"label": mark, "score": None}
    return {"label": None, "score": int(mark * SCALE)}
