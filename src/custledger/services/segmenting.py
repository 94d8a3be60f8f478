"""Segments: who is in one and why, who would enter and leave with another wording, how several overlap."""

import itertools
from collections.abc import Sequence
from typing import Any

import attrs

from custledger.errors import NotFoundError
from custledger.expressions import equals
from custledger.expressions.outline import Outline, outline
from custledger.fields import Spec
from custledger.schema import ID, Row, Schema, nearest
from custledger.segments import Segment
from custledger.services.naming import Reference, found
from custledger.services.selecting import Selection, memberships
from custledger.services.session import Session
from custledger.stores.contract import Query
from custledger.values import fold, given_text


def find_segment(session: Session, name: str) -> Segment:
    """Return the segment of a name or a label. Raises ``NotFoundError``."""
    session.refresh()
    known = {
        fold(called): segment for _, segment in session.segments() for called in (*segment.labels.both(), segment.name)
    }
    segment = known.get(fold(given_text(name, "Segment")))
    if segment is None:
        hint = "" if nearest(name, known) else "custledger segment list shows what there is."
        raise NotFoundError("segment", name, suggestions=nearest(name, known), hint=hint)
    return segment


def members(session: Session, name: str) -> Selection[Any]:
    """Return the members of a segment, to be ordered, limited and iterated."""
    segment = find_segment(session, name)
    return Selection(session, segment.subject).where(f"[{segment.name}]")


@attrs.frozen(kw_only=True)
class Difference:
    """Who would enter a segment, and who would leave it, with another wording; rows of ``schema``."""

    segment: Segment
    schema: Schema
    entering: tuple[Row, ...]
    leaving: tuple[Row, ...]


def difference(session: Session, name: str, when: str) -> Difference:
    """Return who would enter and leave a segment if its expression were ``when``. Nothing is changed."""
    segment = find_segment(session, name)
    schema = session.schema(segment.subject)
    every = Selection[Any](session, segment.subject)
    return Difference(
        segment=segment,
        schema=schema,
        entering=tuple(every.where(when).where(f"not [{segment.name}]").rows()),
        leaving=tuple(every.where(f"[{segment.name}]").where(f"not ({when})").rows()),
    )


def overlaps(session: Session, names: Sequence[str]) -> list[tuple[tuple[Segment, ...], int]]:
    """Return how many are in each segment, in each two, and so on up to all of them, the smaller sets first."""
    segments = [find_segment(session, name) for name in names]
    members: dict[tuple[str, str], set[int]] = {}
    for subject in dict.fromkeys(segment.subject for segment in segments):
        some = [segment for segment in segments if segment.subject == subject]
        found = memberships(session, subject, [f"[{segment.name}]" for segment in some])
        members |= {(subject, segment.name): ids for segment, ids in zip(some, found, strict=True)}
    counted = []
    for size in range(1, len(segments) + 1):
        for together in itertools.combinations(segments, size):
            sets = (members[segment.subject, segment.name] for segment in together)
            counted.append((together, len(set.intersection(*sets))))
    return counted


@attrs.frozen(kw_only=True)
class Explained:
    """A clause, whether it holds for a record, and the value found there; or clauses that ``word`` joins or negates.

    ``spec`` is that of a field which has such values; a sensitive value is not told, and has none.
    """

    word: str
    text: str
    holds: bool
    value: Any = None
    spec: Spec | None = None
    parts: tuple["Explained", ...] = ()


def explain(session: Session, name: str, ref: Reference) -> tuple[Segment, Schema, Row, Explained]:
    """Return why a record is in a segment, or why it is not: clause by clause, as the store computes each."""
    segment = find_segment(session, name)
    schema, row = found(session, segment.subject, ref)
    clauses = outline(segment.named(), schema, session.conventions, session.world)
    flat = list(_flat(clauses))
    columns = [column for one in flat for column in (one.condition, one.value) if column is not None]
    query = Query(moment=session.moment, where=equals(schema, schema.keys[ID], row[ID]), columns=tuple(columns))
    answers = iter(next(session.view.select(schema, query)))
    return segment, schema, row, _explained(clauses, answers)


def _flat(clause: Outline) -> Sequence[Outline]:
    return [clause, *(each for part in clause.parts for each in _flat(part))]


def _explained(clause: Outline, answers: Any) -> Explained:
    """Return an outline with its answers, which come in the order of ``_flat``."""
    holds = bool(next(answers))
    value = next(answers) if clause.value is not None else None
    parts = tuple(_explained(part, answers) for part in clause.parts)
    spec = clause.value.spec if clause.value is not None else None
    return Explained(word=clause.word, text=clause.text, holds=holds, value=value, spec=spec, parts=parts)
