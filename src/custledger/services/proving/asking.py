"""Asks a rule what it gives in a ledger, and says so in sentences."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Literal, NamedTuple

from custledger.definitions import Definition
from custledger.errors import PluginError
from custledger.expressions import Expression
from custledger.schema import ID, Field
from custledger.segments import Mark, Segment
from custledger.services.judging import judged_one
from custledger.services.proving.days import TODAY
from custledger.services.proving.samples import Sample
from custledger.services.segmenting import find_segment, members_of
from custledger.services.selecting import Selection
from custledger.services.session import Session
from custledger.services.tagging import tags_by
from custledger.stores.contract import Query
from custledger.taggers import Tagger

Answers = Mapping[int, Any]
"""What a rule gives, by the ids of the records.

Of a metric that is its values; of a segment its members, with their labels; of a rule that tags the tags.
"""


class Question(NamedTuple):
    """Where and when a rule is asked: on the day by the clock, or as of another."""

    sample: Sample
    day: date | None

    def __str__(self) -> str:
        return f"the ledger “{self.sample.name}” on {self.day or TODAY}"


def answers(session: Session, rule: Definition) -> Answers:
    """Return what a rule gives in a ledger."""
    if isinstance(rule, Tagger):
        return tags_by(session, rule)
    if isinstance(rule, Segment):
        inside = members_of(session, find_segment(session, rule.name, subject=rule.subject))
        return {row[ID]: _answer(inside.marks.get(row[ID])) for row in inside.selection.rows()}
    _, _, rows = Selection[Any](session, rule.subject).computed([f"[{rule.name}]"])
    return {row[ID]: row[-1] for row in rows}


def _answer(mark: Mark) -> Any:
    """Return what is said of a member: a scorer's label or number, and otherwise that it is one."""
    return True if mark is None else mark


def stumbled_over(session: Session, rule: Definition) -> str:
    """Return the first record for which the callable of a segment fails, as people know it, or nothing."""
    if not isinstance(rule, Segment) or rule.decide is None:
        return ""
    schema = session.schema(rule.subject)
    for row in session.view.select(schema, Query(moment=session.moment)):
        try:
            judged_one(session, rule, row)
        except PluginError:
            return schema.display(row)
    return ""


def understood(session: Session, rule: Definition) -> Expression:
    """Return the expression of a metric."""
    return session.understand_named(rule.named())


def shower(session: Session, rule: Definition) -> Callable[[Any], str]:
    """Return a function that tells an answer as a part of a sentence."""
    if isinstance(rule, Tagger):
        return lambda value: "no tag" if value is None else "a tag" if value is True else f"“{value}”"
    if isinstance(rule, Segment):
        return _marked
    spec = understood(session, rule).spec
    if spec is None:
        return lambda value: "yes" if value else "no"
    codec, field = session.codec(rule.subject), Field(rule.name, spec)
    return lambda value: "nothing" if value is None else f"“{codec.text(field, value)}”"


def _marked(mark: Mark | Literal[True]) -> str:
    """Tell what is said of a record by a segment."""
    if isinstance(mark, Decimal):
        return f"“{mark.normalize():f}”"
    return "no member" if mark is None else "a member" if mark is True else f"“{mark}”"


class Difference(NamedTuple):
    """A record for which two answers differ, and what each says of it, as parts of a sentence."""

    who: str
    known: str
    found: str


def difference(session: Session, rule: Definition, known: Answers, found: Answers) -> Difference | None:
    """Return the first record for which two answers differ, or ``None``."""
    number = next((one for one in sorted(known.keys() | found.keys()) if known.get(one) != found.get(one)), None)
    if number is None:
        return None
    schema = session.schema(rule.subject)
    row = session.view.get(schema, [number])[0]
    show = shower(session, rule)
    who = schema.display(row) if row else schema.public_id(number)
    return Difference(who, show(known.get(number)), show(found.get(number)))
