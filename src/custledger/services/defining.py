"""Metrics and segments of one ledger: those that plugins bring, and those that its settings hold.

Each change is an operation on a settings document, so it is logged, can be undone, and is seen at once by every
process that has the ledger open.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import attrs

from custledger.definitions import Definition
from custledger.errors import InvalidValueError, NotFoundError, QueryError
from custledger.expressions import Expression
from custledger.fields import Kind, Labels
from custledger.metrics import Metric
from custledger.records import COLORS
from custledger.schema import nearest
from custledger.segments import Segment
from custledger.services.broken_rules import telling_what_breaks
from custledger.services.documents import decided_anew, write_document
from custledger.services.judging import understood_needs
from custledger.services.session import Session
from custledger.settings import definition_document
from custledger.taggers import Tagger
from custledger.values import fold, given_text

LONGEST_NAME = 60
"""How many characters a name or a label may have."""
ANOTHER_NAME = "Choose another name, so that every rule goes on meaning what it says."
"""What is said where a name would change what rules mean."""


if TYPE_CHECKING:
    from custledger.expressions.scope import Scope

DefinitionT = TypeVar("DefinitionT", Metric, Segment)
AnyT = TypeVar("AnyT", Metric, Segment, Tagger)


@attrs.frozen(kw_only=True)
class Known(Generic[AnyT]):
    """A metric, a segment or a tagger, and its plugin, which is empty where the settings bring it.

    ``problem`` says why it cannot be computed, if so.
    """

    definition: AnyT
    plugin: str
    problem: str = ""


def list_metrics(session: Session, subject: str | None = None) -> list[Known[Metric]]:
    """Return the metrics about records of one type, or of all. One that cannot be computed here says why."""
    session.refresh()
    return _known(session, session.metrics(), subject)


def list_segments(session: Session, subject: str | None = None) -> list[Known[Segment]]:
    """Return the segments of records of one type, or of all. One that cannot be computed here says why."""
    session.refresh()
    return _known(session, session.segments(), subject)


def _known(
    session: Session, definitions: Sequence[tuple[str, DefinitionT]], subject: str | None
) -> list[Known[DefinitionT]]:
    name = session.schema(subject).name if subject else None
    return [
        Known(definition=one, plugin=plugin, problem=_problem(session, one))
        for plugin, one in definitions
        if name in {None, one.subject}
    ]


def add_metric(
    session: Session, name: str, expression: str, *, subject: str | None = None, label_en: str = "", label_zh: str = ""
) -> Metric:
    """Add a metric to this ledger's settings, or replace the one of that name or label, and return it.

    What replaces another, that of a plugin too, keeps its name, and its labels where none are given. Without a
    ``subject`` it is about records of the type that one of that name is about, and else about customers.

    Raises ``InvalidValueError`` for a name that means something else already, and ``QueryError`` for an expression
    that cannot be understood or is defined by itself.
    """
    labels = Labels(label_en, label_zh)
    about = subject or _subject_of(session, name)
    return _add(session, Metric(name=name, expression=expression, labels=labels, subject=about), want=None)


def add_segment(
    session: Session,
    name: str,
    expression: str,
    *,
    subject: str = "customer",
    label_en: str = "",
    label_zh: str = "",
    color: str = "",
) -> Segment:
    """Add a segment to this ledger's settings, or replace the one of that name or label, and return it.

    What replaces another, that of a plugin too, keeps its name, and its labels and its colour where none are given; one
    that a plugin brings is back as it was when the ledger's own is removed.

    Raises as ``add_metric`` does, and ``InvalidValueError`` for a colour that is none.
    """
    check_color(color)
    labels = Labels(label_en, label_zh)
    made = Segment(name=name, expression=expression, labels=labels, subject=subject, color=color)
    return _add(session, made, want=Kind.YES_NO)


@telling_what_breaks
@decided_anew
def _add(session: Session, given: DefinitionT, *, want: Kind | None) -> DefinitionT:
    generation = session.refresh()
    schema = session.schema(given.subject)
    text = given_text(given.expression, "Expression")
    known: Sequence[tuple[str, Any]] = session.segments() if _word(given) == "segment" else session.metrics()
    present = called([one for _, one in known if one.subject == schema.name], given.name)
    own: dict[str, Any] = {"subject": schema.name, "expression": text, "labels": labels_beside(given, present)}
    if present is not None:
        own["name"] = present.name
    if present is not None and isinstance(given, Segment):
        own["color"] = given.color or present.color
    made: DefinitionT = attrs.evolve(given, **own)
    for name in dict.fromkeys((made.name, *made.labels.both())):
        require_free(session.world.scope(schema), name, but=present)
    understood = session.understand_named(made.named(), want=want)
    if isinstance(made, Metric):
        _require_like_kind(session, made, understood)
    document, value = definition_document(attrs.evolve(made, names=understood.names))
    write_document(session, generation, f"{_word(given)} add", document, value)
    _keep(session)
    return made


def _require_like_kind(session: Session, made: Metric, understood: Expression) -> None:
    """Raise ``InvalidValueError`` where a metric cannot stand in the place of the plugin's that it replaces."""
    from custledger.expressions.types import can_stand_for, described  # only who replaces one needs it

    for plugin, one in session.plugins.metrics():
        if (one.subject, one.name) != (made.subject, made.name):
            continue
        try:
            wanted = session.understand_named(one.named()).kind
        except QueryError:
            continue  # which metric list tells
        if not can_stand_for(understood.kind, wanted):
            why = f"gives {described(understood.kind)}, and what it replaces gives {described(wanted)}"
            hint = f"The plugin {plugin} defines {one.name} as: {one.expression}"
            raise InvalidValueError(made.expression, why, field="Expression", hint=hint)


def remove_metric(session: Session, name: str, *, subject: str | None = None) -> Metric:
    """Remove a metric from this ledger's settings and return it. Raises ``NotFoundError``."""
    about = subject or _subject_of(session, name)
    return _remove(session, Metric(name=name, expression="", labels=Labels(name), subject=about))


def _subject_of(session: Session, name: str) -> str:
    """Return the type of whose records a metric is that is replaced or removed; a new one is about customers."""
    session.refresh()
    subjects = {one.subject for _, one in session.metrics() if called([one], name) is not None}
    return subjects.pop() if len(subjects) == 1 else "customer"


def remove_segment(session: Session, name: str, *, subject: str = "customer") -> Segment:
    """Remove a segment from this ledger's settings and return it. Raises ``NotFoundError``."""
    return _remove(session, Segment(name=name, expression="", labels=Labels(name), subject=subject))


@telling_what_breaks
@decided_anew
def _remove(session: Session, wanted: DefinitionT) -> DefinitionT:
    generation = session.refresh()
    schema = session.schema(wanted.subject)
    own = [one for one in _of_settings(session, wanted) if one.subject == schema.name]
    found = called(own, wanted.name)
    if found is None:
        known: Sequence[tuple[str, Any]] = session.segments() if _word(wanted) == "segment" else session.metrics()
        brought = called([one for _, one in known if one.subject == schema.name], wanted.name)
        plugins = [plugin for plugin, one in known if one is brought]
        hint = f"The plugin {plugins[0]} brings it." if plugins else ""
        what, near = f"{_word(wanted)} in the settings", nearest(wanted.name, [one.name for one in own])
        raise NotFoundError(what, wanted.name, suggestions=near, hint=hint)
    document, _ = definition_document(found)
    write_document(session, generation, f"{_word(wanted)} remove", document, None)
    _keep(session)
    return found


def called(known: Sequence[DefinitionT], name: str) -> DefinitionT | None:
    """Return the metric or the segment of a name, or else of a label."""
    wanted = fold(given_text(name, "Name"))
    by_name = (one for one in known if fold(one.name) == wanted)
    return next(by_name, None) or next((one for one in known if wanted in map(fold, one.labels.both())), None)


def _keep(session: Session) -> None:
    """Have what metrics ask from now on kept at once, and not when somebody waits for an answer."""
    session.refresh()
    session.keep_facts()


def _of_settings(session: Session, like: DefinitionT) -> Sequence[DefinitionT]:
    """Return what the settings have of one sort."""
    held: Sequence[Any] = session.settings.segments if _word(like) == "segment" else session.settings.metrics
    return held


def _word(definition: Metric | Segment) -> str:
    return "segment" if isinstance(definition, Segment) else "metric"


def labels_beside(given: Definition, present: Definition | None) -> Labels:
    """Return the labels that are given, else those of what is replaced."""
    known = present.labels if present else Labels("")
    return default_labels(given.name, given.labels.en or known.en, given.labels.zh or known.zh)


def check_color(color: str) -> None:
    """Raise ``InvalidValueError`` for a colour that is none; a segment may have none."""
    if color and color not in COLORS:
        raise InvalidValueError(color, "is not a colour", field="Colour", hint=f"There are: {', '.join(COLORS)}.")


def default_labels(name: str, english: str = "", chinese: str = "") -> Labels:
    """Return the labels of what has a name; a Chinese name is its own Chinese label."""
    return Labels(english or name, chinese or ("" if name.isascii() else name))


def _problem(session: Session, definition: Metric | Segment) -> str:
    if definition.subject not in session.schemas:
        return f"There are no records of the type {definition.subject}."
    try:
        if isinstance(definition, Segment) and definition.rule != "expression":
            understood_needs(session, definition)
            return ""
        session.understand_named(definition.named(), want=Kind.YES_NO if isinstance(definition, Segment) else None)
    except QueryError as error:
        return error.message
    return ""


def require_free(scope: "Scope", name: str, *, but: Metric | Segment | None = None) -> None:
    """Raise ``InvalidValueError`` where a name cannot be one, or means something else already than ``but``."""
    own = {fold(one) for one in (but.name, *but.labels.both())} if but else set()
    if fold(name) in own:
        return
    unfit = (
        not name.strip() or name != name.strip() or len(name) > LONGEST_NAME or any(mark in name for mark in "=[]()/.,")
    )
    if unfit or not name.isprintable():
        raise InvalidValueError(
            name,
            "cannot name a metric or a segment",
            field="Name",
            hint=f"A name has 1 to {LONGEST_NAME} characters, on one line, without = [ ] ( ) / . or ,",
        )
    require_unmeant(scope, name, "Name")


def require_unmeant(scope: "Scope", name: str, what: str) -> None:
    """Raise ``InvalidValueError`` where rules read a name, ``what`` somebody gives, as something already.

    That is what the language itself reads it as, or what anything that rules can name is called.
    """
    from custledger.expressions.reserved import read_as  # only who names something needs it

    if meant := read_as(name, scope):
        raise InvalidValueError(name, meant, field=what, hint=ANOTHER_NAME)
    if fold(name) in scope:
        known = scope.schema.name
        hint = f"custledger metric list {known}, and custledger field list {known}, show the names that are taken."
        raise InvalidValueError(name, "means something already", field=what, hint=hint)
