"""Asks a rule what it gives in a ledger, and says so in sentences."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, NamedTuple

from custledger.definitions import Definition
from custledger.expressions import Expression
from custledger.fields import Kind
from custledger.schema import ID, Field
from custledger.segments import Segment
from custledger.services.proving.days import TODAY
from custledger.services.proving.samples import Sample
from custledger.services.segmenting import members
from custledger.services.selecting import Selection
from custledger.services.session import Session

Answers = Mapping[int, Any]
"""What a rule gives, by the ids of the records: of a metric its values, of a segment its members."""


class Question(NamedTuple):
    """Where and when a rule is asked: on the day by the clock, or as of another."""

    sample: Sample
    day: date | None

    def __str__(self) -> str:
        return f"the ledger “{self.sample.name}” on {self.day or TODAY}"


def answers(session: Session, rule: Definition) -> Answers:
    """Return what a rule gives in a ledger."""
    if isinstance(rule, Segment):
        return {row[ID]: True for row in members(session, rule.name).rows()}
    _, _, rows = Selection[Any](session, rule.subject).computed([f"[{rule.name}]"])
    return {row[ID]: row[-1] for row in rows}


def understood(session: Session, rule: Definition) -> Expression:
    """Return the expression of a rule that is one."""
    return session.understand_named(rule.named(), want=Kind.YES_NO if isinstance(rule, Segment) else None)


def shower(session: Session, rule: Definition) -> Callable[[Any], str]:
    """Return a function that tells an answer as a part of a sentence."""
    if isinstance(rule, Segment):
        return lambda value: "a member" if value else "no member"
    spec = understood(session, rule).spec
    if spec is None:
        return lambda value: "yes" if value else "no"
    codec, field = session.codec(rule.subject), Field(rule.name, spec)
    return lambda value: "nothing" if value is None else f"“{codec.text(field, value)}”"


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
