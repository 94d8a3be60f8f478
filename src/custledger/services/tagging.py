"""Rules that tag: defining them, and bringing tags up to date with what they find.

What rules find is compared with what they found the last time, and only records of which one finds something else are
written, all of them in one operation. Rules see the tags that were there before.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any

import attrs

from custledger.changes import Change, Changeset, Receipt
from custledger.errors import CustledgerError, InvalidValueError, NotFoundError, QueryError, UsageError
from custledger.expressions import Expression, both, field_expression
from custledger.fields import Kind, Labels, Spec
from custledger.marks import MarkChange, TagMark, as_changed, folded
from custledger.schema import Field, Schema, nearest
from custledger.services.defining import LONGEST_NAME, Known
from custledger.services.documents import decided_anew, write_document
from custledger.services.selecting import happened_by
from custledger.services.session import Session
from custledger.services.tags import field_of_tags
from custledger.services.writing import rehearse, write
from custledger.settings import definition_document
from custledger.stores.contract import Query
from custledger.taggers import RESERVED, Tagger
from custledger.templates import Template, has_expressions
from custledger.values import fold, formatter, given_text

AT_ONCE = 5_000
"""The marks of how many records are read together."""
_UNNAMED_KINDS = {Kind.TAGS, Kind.CHOICES, Kind.REFERENCE}
"""What has no one text that could stand in a tag."""


def list_rules(session: Session, record_type: str | None = None) -> list[Known[Tagger]]:
    """Return the rules that tag records of one type, or of all. One that cannot be run here says why."""
    session.refresh()
    name = session.schema(record_type).name if record_type else None
    return [
        Known(definition=one, plugin=plugin, problem=_problem(session, one))
        for plugin, one in session.taggers()
        if name in {None, one.subject}
    ]


@decided_anew
def add_rule(session: Session, name: str, rule: str, *, tag: str = "", record_type: str = "customer") -> Tagger:
    """Add a rule that tags to this ledger's settings, or replace the one of that name, and return it.

    ``rule`` is what is true of those that are tagged, or a tag with expressions in it: ``偏好:{most_frequent(…)}``. The
    tag is called as the rule is, unless ``tag`` says otherwise. Nobody is tagged before the rules are run.

    Raises ``InvalidValueError`` for a name or a tag that cannot be one, and ``QueryError`` for an expression that
    cannot be understood.
    """
    generation = session.refresh()
    schema, _ = field_of_tags(session, record_type)
    text, tag = given_text(rule, "Rule").strip(), given_text(tag, "Tag").strip()
    expression = text
    if has_expressions(text):
        if tag:
            raise InvalidValueError(text, "is a tag, and another one is given beside it", field="Rule")
        expression, tag = "", text
    _require_name(name)
    made = Tagger(name=name, subject=schema.name, expression=expression, labels=Labels(name), tag=Labels(tag))
    understood = _Understood(session, made)
    document, value = definition_document(attrs.evolve(made, names=understood.names))
    write_document(session, generation, "tag rule add", document, value)
    return made


@decided_anew
def remove_rule(
    session: Session, name: str, *, record_type: str = "customer", keep: bool = False
) -> tuple[Tagger, int]:
    """Remove a rule of this ledger, and take off what it put on; return it, and how many records lost a tag.

    What persons said of those tags stays. With ``keep`` the tags stay as well. One that a plugin brings is back as it
    was when the ledger's own is removed, and puts its tags on when it is run. Raises ``NotFoundError``.
    """
    generation = session.refresh()
    schema, field = field_of_tags(session, record_type)
    own = {one.name: one for one in session.settings.taggers if one.subject == schema.name}
    if name not in own:
        brought = [plugin for plugin, one in session.taggers() if one.name == name]
        hint = f"The plugin {brought[0]} brings it." if brought else ""
        raise NotFoundError("tag rule in the settings", name, suggestions=nearest(name, own), hint=hint)
    document, _ = definition_document(own[name])
    changes = [] if keep else list(_changes(session, schema, _differing(session, schema, field, {name: {}})))
    write_document(session, generation, "tag rule remove", document, None, changes=changes)
    return own[name], sum(bool(change.after) for change in changes)


def tags_by(session: Session, tagger: Tagger) -> dict[int, str]:
    """Return the tag that a rule finds for each record it would tag, by id; ``QueryError`` where it cannot be run."""
    return _Understood(session, tagger).found()


@attrs.frozen(kw_only=True)
class Refreshed:
    """What bringing tags up to date did, or would do.

    ``rules`` are those that ran, by name, with how many records got a tag from each, and how many lost one; what
    somebody decided otherwise is not counted. ``left_out`` are those that could not be run, with the reason; it
    ``is_whole`` where none of them is the ledger's own. ``changes`` are the records whose tags changed. There is no
    ``receipt`` where nothing was written.
    """

    rules: Mapping[str, tuple[int, int]]
    left_out: Mapping[str, str]
    changes: tuple[Change, ...]
    receipt: Receipt | None = None
    is_whole: bool = True


def refresh_tags(
    session: Session,
    names: Sequence[str] = (),
    *,
    record_type: str | None = None,
    dry_run: bool = False,
    reason: str = "",
) -> Refreshed:
    """Run rules, all or those that are named, and put on and take off what they now find, in one operation.

    A rule that cannot be run is left out, and what it found before stays; where it was named, ``QueryError`` or
    ``NotFoundError`` says why. With ``dry_run`` nothing is written. Raises ``UsageError`` with a day that was set by
    hand, unless that is all: tags are of today.
    """
    session.refresh()
    if session.moment.as_of and not dry_run:
        hint = "Leave the day out, or rehearse it with the option dry_run."
        raise UsageError("A refresh puts on the tags of today.", hint=hint)
    chosen = _chosen(session, names, record_type)
    ran: dict[str, tuple[int, int]] = {}
    left_out: dict[str, str] = {}
    changes: list[Change] = []
    for subject, taggers in chosen.items():
        found: dict[str, Mapping[int, str]] = {}
        for tagger in taggers:
            try:
                found[tagger.name] = tags_by(session, tagger)
            except CustledgerError as error:
                if names:
                    raise
                left_out[tagger.name] = error.message
        if found:
            schema, field = field_of_tags(session, subject)
            differing = _differing(session, schema, field, found)
            made = list(_changes(session, schema, differing))
            ran |= _counted(made, found)
            changes += made
    operation = session.operation("tag refresh", reason=reason or "; ".join(ran), about={"rules": list(ran)})
    changeset = Changeset(operation=operation, changes=changes)
    receipt = None
    if changes and dry_run:
        rehearse(session, changeset)
    elif changes:
        receipt = write(session, changeset)
    seen = tuple(change for change in changes if change.after)
    is_whole = not left_out.keys() & {one.name for one in session.settings.taggers}
    return Refreshed(rules=ran, left_out=left_out, changes=seen, receipt=receipt, is_whole=is_whole)


def _chosen(session: Session, names: Sequence[str], record_type: str | None) -> dict[str, list[Tagger]]:
    """Return the rules to run, by the record type that they tag."""
    wanted = session.schema(record_type).name if record_type else None
    known = [one for _, one in session.taggers() if wanted in {None, one.subject}]
    called = {fold(label): one.name for one in known for label in (*one.labels.both(), one.name)}
    for name in names:
        if fold(name) not in called:
            hint = "" if nearest(name, called) else "custledger tag rule list shows what there is."
            raise NotFoundError("tag rule", name, suggestions=nearest(name, called), hint=hint)
    chosen = {called[fold(name)] for name in names}
    found: dict[str, list[Tagger]] = {}
    for one in known:
        if not names or one.name in chosen:
            found.setdefault(one.subject, []).append(one)
    return found


class _Understood:
    """One rule with its expressions understood. Raises ``QueryError`` or ``InvalidValueError`` where that cannot be."""

    def __init__(self, session: Session, tagger: Tagger) -> None:
        self._session = session
        self.tagger = tagger
        self.schema, self.field = field_of_tags(session, tagger.subject)
        self.template = Template.of(tagger.text(session.settings.conventions.language))
        self._where = self._expression(tagger.expression, Kind.YES_NO) if tagger.expression else None
        self._parts = [self._expression(text, None) for text in self.template.expressions]
        for part in self._parts:
            self._require_shown(part)
        example = self.template.filled(["x"] * len(self._parts))
        if not session.codec_of(self.schema).parse(self.field.key, [example]):
            raise InvalidValueError(example, "is not a tag", field="Tag")

    @property
    def names(self) -> dict[str, str]:
        """What the names in its expressions mean."""
        every = [*self._parts, *([self._where] if self._where else [])]
        return {name: key for one in every for name, key in one.names.items()}

    def found(self) -> dict[int, str]:
        """Return the tag of each record that the rule finds, by id."""
        session, schema = self._session, self.schema
        for each in (*self._parts, *([self._where] if self._where else [])):
            session.warn_where_unrefreshed(each, schema)
        conditions = [one for one in (happened_by(schema, session.moment), self._where) if one is not None]
        where = both(*conditions) if len(conditions) > 1 else next(iter(conditions), None)
        columns = (field_expression(schema, "id"), *self._parts)
        rows = session.view.select(schema, Query(moment=session.moment, where=where, columns=columns))
        if not self._parts:
            return dict.fromkeys((number for (number,) in rows), self.template.filled(()))
        shown = [_shower(session, schema, part) for part in self._parts]
        tags = ((number, self._filled(shown, values)) for number, *values in rows)
        return {number: tag for number, tag in tags if tag}

    def _filled(self, shown: Sequence[Callable[[Any], str]], values: Sequence[Any]) -> str:
        """Return a record's tag, or nothing where one of the values is empty."""
        texts = [show(value) if value is not None else "" for show, value in zip(shown, values, strict=True)]
        return self.template.filled(texts) if all(texts) else ""

    def _expression(self, text: str, want: Kind | None) -> Expression:
        return self._session.understand_named(self.tagger.part(text), want=want)

    def _require_shown(self, part: Expression) -> None:
        """Raise ``QueryError`` for what must not, or cannot, stand in a tag."""
        secret = next((key for key in sorted(part.keys) if self.schema.by_key[key].spec.sensitive), None)
        if secret or (part.spec and part.spec.sensitive):
            raise QueryError("What is sensitive cannot be in a tag", part.text, 0)
        if part.kind in _UNNAMED_KINDS:
            raise QueryError("This has no one text that could be in a tag", part.text, 0)


def _shower(session: Session, schema: Schema, part: Expression) -> Callable[[Any], str]:
    """Return what shows a value in a tag: as the ledger itself would, whatever the language of a run; times by day."""
    if part.kind is Kind.ID and part.spec is not None:
        codec, field = session.codec_of(schema), Field(part.text, part.spec)
        return lambda value: codec.text(field, value)
    spec = part.spec or Spec(kind=part.kind, labels=Labels(part.text))
    show = formatter(spec, session.settings.conventions)
    if part.kind is Kind.TIME:
        return lambda value: show(value)[: len("2026-11-22")]
    return show


_Differing = dict[int, list[MarkChange]]
"""What rules find otherwise than before, by the ids of the records."""


def _differing(session: Session, schema: Schema, field: Field, found: Mapping[str, Mapping[int, str]]) -> _Differing:
    """Return what these rules, by name, find otherwise than the last time; each finds one tag of a record at most."""
    differing: _Differing = {}
    alike: dict[str, set[int]] = {name: set() for name in found}
    for number, mark in session.view.marks_of_rules(schema, list(found)):
        if mark.field != field.key:
            continue
        wanted = found[mark.source].get(number)
        if wanted == mark.tag:
            alike[mark.source].add(number)
        elif wanted is None or fold(wanted) != fold(mark.tag):
            differing.setdefault(number, []).append(MarkChange(mark, None))
        else:
            alike[mark.source].add(number)
            respelled = TagMark(field.key, wanted, mark.source)
            differing.setdefault(number, []).append(MarkChange(mark, respelled))
    for name, tags in found.items():
        for number in tags.keys() - alike[name]:
            differing.setdefault(number, []).append(MarkChange(None, TagMark(field.key, tags[number], name)))
    return differing


def _counted(changes: Sequence[Change], names: Collection[str]) -> dict[str, tuple[int, int]]:
    """Return how many records get a tag from each of these rules, and how many lose one."""
    got, lost = dict.fromkeys(names, 0), dict.fromkeys(names, 0)
    for change in changes:
        for field, tags in (change.after or {}).items():
            before, after = set(map(folded, (change.before or {})[field] or ())), set(map(folded, tags or ()))
            for one in change.marks:
                _, tag, name = one.key
                got[name] += one.before is None and tag in after and tag not in before
                lost[name] += one.after is None and tag in before and tag not in after
    return {name: (got[name], lost[name]) for name in got}


def _changes(session: Session, schema: Schema, differing: _Differing) -> Iterator[Change]:
    """Yield the derived changes of records, in the order of their ids, with their tags before and after."""
    numbers = sorted(differing)
    for start in range(0, len(numbers), AT_ONCE):
        some = numbers[start : start + AT_ONCE]
        for number, marks in zip(some, session.view.marks(schema, some), strict=True):
            before, after = as_changed(marks, differing[number])
            changed = tuple(differing[number])
            yield Change(type=schema.name, id=number, before=before, after=after, marks=changed)


def _problem(session: Session, tagger: Tagger) -> str:
    if tagger.subject not in session.schemas:
        return f"There are no records of the type {tagger.subject}."
    try:
        _Understood(session, tagger)
    except CustledgerError as error:
        return error.message
    return ""


def _require_name(name: str) -> None:
    """Raise ``InvalidValueError`` for what cannot name a rule."""
    text = given_text(name, "Name")
    if not text.strip() or text != text.strip() or len(text) > LONGEST_NAME or not text.isprintable() or "/" in text:
        hint = f"A name has 1 to {LONGEST_NAME} characters, on one line, without /"
        raise InvalidValueError(name, "cannot name a tag rule", field="Name", hint=hint)
    if text in RESERVED:
        raise InvalidValueError(name, "is what persons are called among the rules", field="Name")
