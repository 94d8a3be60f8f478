"""Segments: who is in one and why, who would enter and leave with another wording, how several overlap."""

import itertools
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import attrs

from custledger.errors import AmbiguousError, InvalidValueError, NotFoundError
from custledger.expressions import Expression, Moment, equals
from custledger.expressions.outline import Other, Outline, outline, shown_term
from custledger.fields import Labels, Spec
from custledger.plugins import in_plugins_order
from custledger.schema import ID, Row, Schema, nearest
from custledger.segments import STORED_SUBJECT, Mark, Segment
from custledger.services import defining
from custledger.services.judging import Place, judged, judged_one
from custledger.services.lacking import Lack, lack_of
from custledger.services.naming import Reference, found
from custledger.services.selecting import Selection, memberships
from custledger.services.session import Session
from custledger.stores.contract import Query
from custledger.values import fold, given_text


def find_segment(session: Session, name: str, *, subject: str | None = None) -> Segment:
    """Return the segment of a name or a label, about records of one type, or of any.

    Raises ``NotFoundError``, ``InvalidValueError`` where one of another type has the name, and ``AmbiguousError`` where
    segments of several types have it.
    """
    session.refresh()
    about = session.schema(subject).name if subject else None
    known: dict[str, list[Segment]] = {}
    for _, segment in in_plugins_order(session.segments()):
        if about in {None, segment.subject}:
            known.setdefault(segment.subject, []).append(segment)
    wanted = given_text(name, "Segment")
    found = {of: one for of, some in known.items() if (one := defining.called(some, wanted)) is not None}
    if len(found) > 1:
        raise _ambiguous(name, sorted(found))
    if not found and about is not None:
        _refuse_other(session, name, about)
    if not found:
        names = [called for some in known.values() for one in some for called in (*one.labels.both(), one.name)]
        near = nearest(name, names)
        hint = "" if near else "custledger segment list shows what there is."
        raise NotFoundError("segment", name, suggestions=near, hint=hint)
    return next(iter(found.values()))


def _refuse_other(session: Session, name: str, about: str) -> None:
    """Raise ``InvalidValueError`` where a segment has the name, but is about records of another type."""
    other = defining.called([one for _, one in session.segments()], name)
    if other is None:
        return
    shown = f"custledger segment members {name} shows who is in it now."
    plurals = [session.schema(one).info.plural for one in (other.subject, about)]
    why = f"is a segment of {plurals[0]}, and not of {plurals[1]}"
    hint = f"Only segments of customers are stored; {shown}" if about == STORED_SUBJECT else ""
    raise InvalidValueError(name, why, field="Segment", hint=hint)


def _ambiguous(name: str, subjects: Sequence[str]) -> AmbiguousError:
    error = AmbiguousError("segment", name, {f"{name} ({subject})": "" for subject in subjects})
    error.hint = "Say whose with the option subject."
    return error


@attrs.frozen
class Members:
    """The members of a segment, and what a scorer says of each by its id: a label or a number."""

    segment: Segment
    selection: Selection[Any]
    marks: Mapping[int, Mark]


def members_of(session: Session, segment: Segment, *, label: str | None = None) -> Members:
    """Return the members of a segment, or only those to whom a scorer gives a label, by its code or a label of it.

    The rule of a callable or a scorer is computed here, in full. Raises ``PluginError`` where it fails.
    """
    every = Selection[Any](session, segment.subject)
    if label is not None and not segment.own_labels:
        label = _choice(segment, label)
    if segment.rule == "expression":
        return Members(segment, every.where(f"[{segment.name}]"), {})
    marks = judged(session, segment)
    if label is not None:
        wanted = _given_label(segment, label, marks.values())
        marks = {number: mark for number, mark in marks.items() if mark == wanted}
    ranks = _ranks(session.schema(segment.subject), segment, marks) if segment.rule == "scorer" else {}
    return Members(segment, attrs.evolve(every, among=frozenset(marks), ranks=ranks), marks)


def _ranks(schema: Schema, segment: Segment, marks: Mapping[int, Mark]) -> Mapping[str, Mapping[int, Any]]:
    """Return what members are sorted by under the names of what a scorer says, labels by the place of their choices.

    It can be called as the column is (``score``), as the segment is, and as it is stored (``rfm_score.score``).
    """
    places = {choice.code: place for place, choice in enumerate(segment.choices)}
    rank = {number: places.get(mark, fold(mark)) if isinstance(mark, str) else mark for number, mark in marks.items()}
    stored = (called for named in segment.all_named() for called in named.called)
    return {fold(name): rank for name in (*segment.mark_names, segment.name, *stored) if fold(name) not in schema.names}


def _choice(segment: Segment, label: str) -> str:
    """Return the code of a label. Raises ``NotFoundError``."""
    known = {fold(called): one.code for one in segment.choices for called in (*one.labels.both(), one.code)}
    if fold(label) not in known:
        listed = ", ".join(one.code for one in segment.choices)
        hint = f"There are: {listed}." if listed else f"{segment.name} gives its members no labels."
        raise NotFoundError("label", label, hint=hint)
    return known[fold(label)]


def _given_label(segment: Segment, label: str, marks: Iterable[Mark]) -> Mark:
    """Return a label as a scorer that makes its own has it. Raises ``NotFoundError``."""
    if not segment.own_labels:
        return label
    known = {fold(str(mark)): mark for mark in marks}
    if fold(label) not in known:
        raise NotFoundError("label", label, suggestions=nearest(label, known))
    return known[fold(label)]


def label_counts(inside: Members) -> dict[str, int]:
    """Return how many members have each label of a scorer: in the order of its choices, else the commonest first.

    Choices that nobody has are there with 0; there are no labels where a rule gives none.
    """
    if not inside.segment.has_labels:
        return {}
    counted = Counter(mark for mark in inside.marks.values() if isinstance(mark, str))
    if inside.segment.choices:
        return {choice.code: counted[choice.code] for choice in inside.segment.choices}
    return dict(sorted(counted.items(), key=lambda one: (-one[1], one[0])))


def members(session: Session, name: str, *, subject: str | None = None, label: str | None = None) -> Selection[Any]:
    """Return the members of a segment, to be ordered, limited and iterated; see ``members_of``."""
    return members_of(session, find_segment(session, name, subject=subject), label=label).selection


@attrs.frozen(kw_only=True)
class Difference:
    """Who would enter a segment, and who would leave it, with another wording; rows of ``schema``."""

    segment: Segment
    schema: Schema
    entering: tuple[Row, ...]
    leaving: tuple[Row, ...]


def difference(session: Session, name: str, when: str, *, subject: str | None = None) -> Difference:
    """Return who would enter and leave a segment if its rule were the expression ``when``. Nothing is changed."""
    segment = find_segment(session, name, subject=subject)
    schema = session.schema(segment.subject)
    every, inside = Selection[Any](session, segment.subject), members_of(session, segment).selection
    if inside.among is None:
        entering = every.where(when).where(f"not [{segment.name}]").rows()
    else:
        entering = (row for row in every.where(when).rows() if row[ID] not in inside.among)
    leaving = inside.where(f"not ({when})").rows()
    return Difference(segment=segment, schema=schema, entering=tuple(entering), leaving=tuple(leaving))


def overlaps(
    session: Session, names: Sequence[str], *, subject: str | None = None
) -> list[tuple[tuple[Segment, ...], int]]:
    """Return how many are in each segment, in each two, and in all of them together.

    Raises ``InvalidValueError`` for segments of records of different types, which nobody is in at once.
    """
    segments = [find_segment(session, name, subject=subject) for name in names]
    if other := [one for one in segments if one.subject != segments[0].subject]:
        what = f"is about the type {other[0].subject}, and {segments[0].name} about {segments[0].subject}"
        raise InvalidValueError(other[0].name, what, field="Segment")
    inside = _insides(session, segments)
    sizes = sorted({1, 2, len(segments)}) if len(segments) > 1 else [1]
    together = [each for size in sizes for each in itertools.combinations(segments, size)]
    return [(each, len(frozenset.intersection(*(inside[one.name] for one in each)))) for each in together]


def _insides(session: Session, segments: Sequence[Segment]) -> dict[str, frozenset[int]]:
    """Return who is in each segment, by its name; those of expressions are found in one reading."""
    written = [segment for segment in segments if segment.rule == "expression"]
    found = memberships(session, segments[0].subject, [f"[{segment.name}]" for segment in written])
    inside = {segment.name: frozenset(ids) for segment, ids in zip(written, found, strict=True)}
    others = {one.name: frozenset(judged(session, one)) for one in segments if one.name not in inside}
    return inside | others


@attrs.frozen(kw_only=True)
class Explained:
    """A clause, whether it holds for a record, and the value found there; or clauses that ``word`` joins or negates.

    ``shown`` is the text of a single clause with labels for its names in a Chinese run. The word is ``and``, ``or`` or
    ``not``, or ``needs`` above what a callable or a scorer goes by: values that have a
    ``name`` each, and of which none holds or fails by itself. ``spec`` is that of a field which has such values; a
    sensitive value is not told, and has none. ``against`` is what the value is compared with, where that is another
    field or a threshold that has a name: clauses, too, that neither hold nor fail. With ``asks_existence`` the value is
    whether there are such records. With ``is_foreign`` it is empty since some of the money that it is made of is in
    another currency than the ledger's. ``place`` is how a value that a scorer compares stands among those of all
    members. ``lack`` is what would have to change for a clause which stands in the way.
    """

    word: str
    text: str
    holds: bool | None
    name: str = ""
    shown: str = ""
    value: Any = None
    spec: Spec | None = attrs.field(default=None, repr=False)
    against: tuple["Explained", ...] = ()
    asks_existence: bool = False
    is_foreign: bool = False
    place: Place | None = None
    lack: Lack | None = None
    parts: tuple["Explained", ...] = ()


@attrs.frozen(kw_only=True)
class Explanation:
    """Why a record, a ``row`` of ``schema``, is in a segment or is not.

    ``because`` has the clauses of an expression; of a callable or a scorer it has what the rule needed, each a clause
    with a value that neither holds nor fails. ``mark`` is the label or the number that a scorer gives.
    """

    segment: Segment = attrs.field(repr=lambda segment: repr(segment.name))
    schema: Schema = attrs.field(repr=False)
    row: Row = attrs.field(repr=False)
    because: Explained
    mark: Mark = None


def explain(session: Session, name: str, ref: Reference, *, subject: str | None = None) -> Explanation:
    """Return why a record is in a segment, or why it is not.

    For an expression that is clause by clause, as the store computes each; for a callable or a scorer, the values that
    it goes by, and its answer.
    """
    segment = find_segment(session, name, subject=subject)
    schema, row = found(session, segment.subject, ref)
    if segment.rule == "expression":
        return Explanation(segment=segment, schema=schema, row=row, because=_clauses(session, segment, schema, row))
    said = judged_one(session, segment, row)
    needs = tuple(
        Explained(
            word="",
            text=segment.needs[name],
            shown=shown_term(one.text, schema, session.conventions, session.world),
            name=name,
            holds=None,
            value=said.values[name],
            spec=_told(one),
            place=said.places.get(name),
        )
        for name, one in said.needed.items()
    )
    because = Explained(word="needs", text=segment.name, holds=said.is_member, parts=needs)
    return Explanation(segment=segment, schema=schema, row=row, because=because, mark=said.mark)


def _told(expression: Expression) -> Spec | None:
    """Return the field that has such values as an expression gives, or ``None`` where they are not told."""
    spec = expression.spec or Spec(kind=expression.kind, labels=Labels(expression.text))
    return None if spec.sensitive else spec


def _clauses(session: Session, segment: Segment, schema: Schema, row: Row) -> Explained:
    clauses = outline(segment.named(), schema, session.conventions, session.world)
    flat = list(_flat(clauses))
    asked = (
        column
        for one in flat
        for column in (one.condition, one.value, one.foreign, *(other.expression for other in one.against))
    )
    columns = [column for column in asked if column is not None]
    query = Query(moment=session.moment, where=equals(schema, schema.keys[ID], row[ID]), columns=tuple(columns))
    session.warn_where_unrefreshed(clauses.condition, schema)
    explained = _explained(clauses, iter(next(session.view.select(schema, query))))
    return _completed(explained, clauses, session.moment, wanted=True)


def _completed(explained: Explained, clause: Outline, moment: Moment, *, wanted: bool) -> Explained:
    """Return an explanation that says of each clause which stands in the way what would have to change."""
    if explained.holds == wanted:
        return explained
    wanted = wanted != (clause.word == "not")
    parts = tuple(
        _completed(part, outlined, moment, wanted=wanted)
        for part, outlined in zip(explained.parts, clause.parts, strict=True)
    )
    lack = None
    if not parts and explained.spec is not None:
        against = [(one.value, one.spec) for one in explained.against]
        condition = clause.condition.root
        lack = lack_of(condition, explained.value, explained.spec, against, moment, wanted=wanted)
    return attrs.evolve(explained, parts=parts, lack=lack)


def _other(other: Other, value: Any) -> Explained:
    """Return what a clause compares with, with its value."""
    one = other.expression
    return Explained(word="", text=one.text, shown=other.shown, holds=None, value=value, spec=one.spec)


def _flat(clause: Outline) -> Sequence[Outline]:
    return [clause, *(each for part in clause.parts for each in _flat(part))]


def _explained(clause: Outline, answers: Any) -> Explained:
    """Return an outline with its answers, which come in the order of ``_flat``."""
    holds = bool(next(answers))
    value = next(answers) if clause.value is not None else None
    is_foreign = bool(next(answers)) if clause.foreign is not None else False
    against = tuple(_other(other, next(answers)) for other in clause.against)
    parts = tuple(_explained(part, answers) for part in clause.parts)
    spec = clause.value.spec if clause.value is not None else None
    return Explained(
        word=clause.word,
        text=clause.text,
        shown=clause.shown,
        holds=holds,
        value=value,
        spec=spec,
        against=against,
        asks_existence=clause.asks_existence,
        is_foreign=is_foreign and value is None,
        parts=parts,
    )
