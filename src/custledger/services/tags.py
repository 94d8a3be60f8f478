"""Tags by hand: putting them on and taking them off, how they are shown, and who said what of a record's tags."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

import attrs

from custledger.changes import Change
from custledger.errors import InvalidValueError, UsageError
from custledger.expressions import field_expression
from custledger.marks import PERSON, MarkChange, TagMark, as_changed, in_effect
from custledger.records import COLORS
from custledger.schema import ID, REVISION, Field, Row, Schema
from custledger.services.documents import decided_anew, write_document
from custledger.services.editing import Many, edit_rows, selected, write_many
from custledger.services.naming import Reference, found
from custledger.services.session import Session
from custledger.settings import tag_document
from custledger.taggers import TagStyle
from custledger.templates import Template, group_in
from custledger.values import Adjustment, fold, given_text

Way = Literal["add", "remove", "release"]
"""What is done with a tag by hand: it is put on, taken off, or left to the rules again."""

_TAGS_OF_ONE = 1


@attrs.frozen(kw_only=True)
class Listed:
    """A tag of a record type: how many records have it, its group and colour, and the rules that may put it on."""

    tag: str
    count: int
    group: str = ""
    color: str = ""
    rules: tuple[str, ...] = ()


@attrs.frozen(kw_only=True)
class Said:
    """What somebody said of one tag of a record.

    ``rule`` is the name of the rule that found it, and empty where a person said it; ``actor`` is that person, or who
    ran the rule, and ``at`` when, in UTC. ``refused`` is true where a person took the tag off. ``in_effect`` says
    whether the record has the tag, all marks together.
    """

    tag: str
    rule: str
    refused: bool
    actor: str
    at: datetime
    in_effect: bool


def field_of_tags(session: Session, record_type: str) -> tuple[Schema, Field]:
    """Return a record type and its field of tags. Raises ``UsageError`` for one that has none."""
    schema = session.schema(record_type)
    if not schema.tagged:
        tagged = [one.name for one in session.schemas.values() if one.tagged]
        hint = f"There are tags of: {', '.join(tagged)}."
        raise UsageError(f"Records of the type {schema.name} have no tags.", hint=hint)
    return schema, schema.by_key[schema.tagged[0]]


def tag_by_hand(
    session: Session,
    way: Way,
    tags: str | Sequence[str],
    *,
    record_type: str = "customer",
    refs: Sequence[Reference] = (),
    where: str | None = None,
    dry_run: bool = False,
    reason: str = "",
) -> Many:
    """Put tags on the records that ``refs`` name or ``where`` selects, take them off, or leave them to the rules.

    What is put on by hand stays, whatever the rules say, and what is taken off is not put on again by them. All of it
    is one operation; records of which nothing would change are left alone. With ``dry_run`` nothing is written.
    """
    session.refresh()
    schema, field = field_of_tags(session, record_type)
    session.writable_schema(schema.name)
    if not refs and where is None:
        raise UsageError("Nothing says whose tags are to change.", hint="Name records, or give where.")
    if refs and where is not None:
        raise UsageError("Records and where cannot both be given.", hint="Choose one.")
    named = session.codec_of(schema).parse(field.key, tags)
    if not named:
        raise InvalidValueError(tags, "is not a tag", field="Tag")
    if where is not None:
        schema, rows = selected(session, schema.name, where)
    else:
        rows = list({row[ID]: row for _, row in (found(session, schema.name, ref) for ref in refs)}.values())
    verb = f"tag {way}"
    if way == "release":
        return write_many(session, verb, _released(session, schema, rows, field, named), dry_run=dry_run, reason=reason)
    change = Adjustment(add=named) if way == "add" else Adjustment(remove=named)
    return edit_rows(session, schema, rows, {field.key: change}, verb=verb, dry_run=dry_run, reason=reason)


def _released(
    session: Session, schema: Schema, rows: Sequence[Row], field: Field, tags: Sequence[str]
) -> list[tuple[Row, Change]]:
    """Return the changes that take back what persons said of tags."""
    wanted = {(field.key, fold(tag), PERSON) for tag in tags}
    pairs = []
    for row, held in zip(rows, session.view.marks(schema, [row[ID] for row in rows]), strict=True):
        changed = tuple(MarkChange(mark, None) for mark in held if mark.key in wanted)
        if changed:
            before, after = as_changed(held, changed)
            pairs.append(
                (
                    row,
                    Change(
                        type=schema.name, id=row[ID], before=before, after=after, revision=row[REVISION], marks=changed
                    ),
                )
            )
    return pairs


def said_of(session: Session, ref: Reference, *, record_type: str = "customer") -> tuple[Schema, Row, list[Said]]:
    """Return what was said of the tags of a record, by tag; a person's word comes before those of rules."""
    schema, field = field_of_tags(session, record_type)
    schema, row = found(session, schema.name, ref)
    (marks,) = session.view.marks(schema, [row[ID]])
    tags = set(map(fold, in_effect(marks, field.key) or ()))
    return schema, row, [_said(mark, tags) for mark in marks if mark.field == field.key]


def _said(mark: TagMark, tags: set[str]) -> Said:
    return Said(
        tag=mark.tag,
        rule="" if mark.source == PERSON else mark.source,
        refused=mark.refused,
        actor=mark.actor,
        at=datetime.fromisoformat(mark.at),
        in_effect=fold(mark.tag) in tags and not mark.refused,
    )


def list_tags(session: Session, record_type: str = "customer") -> list[Listed]:
    """Return the tags of a record type, group by group, with how many records have each.

    Those that nobody has are there as well, where a rule puts them on or the settings say how they are shown.
    """
    session.refresh()
    schema, field = field_of_tags(session, record_type)
    counted = session.view.count(schema, None, [field_expression(schema, field.key)], session.moment)
    counts = {fold(tag): (tag, count) for tag, count in counted if tag is not None}
    templates = rule_templates(session, schema.name)
    for template in templates.values():
        if not template.expressions:
            counts.setdefault(fold(template.texts[0]), (template.texts[0], 0))
    for folded, style in session.settings.tags.get(schema.name, {}).items():
        counts.setdefault(folded, (style.tag, 0))
    styles = Styles(session, schema.name)
    listed = [
        Listed(
            tag=tag,
            count=count,
            group=styles.group(tag),
            color=styles.color(tag),
            rules=tuple(name for name, template in templates.items() if template.could_be(tag)),
        )
        for tag, count in counts.values()
    ]
    return sorted(listed, key=lambda one: (not one.group, one.group, -one.count, one.tag))


def rule_templates(session: Session, record_type: str) -> dict[str, Template]:
    """Return the tags that rules put on records of a type, by the names of the rules; those that make sense."""
    found: dict[str, Template] = {}
    for _, tagger in session.taggers():
        if tagger.subject == record_type:
            try:
                found[tagger.name] = Template.of(tagger.text(session.settings.conventions.language))
            except InvalidValueError:  # the list of rules says so
                continue
    return found


class Styles:
    """How the tags of a record type are shown: what a ledger's settings say, and what follows from their text."""

    def __init__(self, session: Session, record_type: str) -> None:
        self._known: Mapping[str, TagStyle] = session.settings.tags.get(record_type, {})

    def __bool__(self) -> bool:
        """Whether the settings say anything."""
        return bool(self._known)

    def group(self, tag: str) -> str:
        """Return the group of a tag: the one that it was given, or what stands before its colon."""
        style = self._known.get(fold(tag))
        return style.group if style and style.group else group_in(tag)

    def color(self, tag: str) -> str:
        """Return the colour of a tag, or that of its group, which is the colour of the tag called like the group."""
        for name in (tag, self.group(tag)):
            style = self._known.get(fold(name))
            if style and style.color:
                return style.color
        return ""


@decided_anew
def edit_tag(
    session: Session, tag: str, *, record_type: str = "customer", color: str | None = None, group: str | None = None
) -> TagStyle:
    """Say how a tag is shown, and return that: in which colour, and in which group; an empty text takes that back.

    What is not given stays as it is. Raises ``InvalidValueError`` for a colour that is none, or what is not one tag.
    """
    generation = session.refresh()
    schema, field = field_of_tags(session, record_type)
    named = session.codec_of(schema).parse(field.key, given_text(tag, "Tag"))
    if not named or len(named) > _TAGS_OF_ONE:
        raise InvalidValueError(tag, "is not one tag", field="Tag")
    if color and color not in COLORS:
        raise InvalidValueError(color, "is not a colour", field="Colour", hint=f"There are: {', '.join(COLORS)}.")
    known = session.settings.tags.get(schema.name, {}).get(fold(named[0])) or TagStyle(tag=named[0])
    given: dict[str, Any] = {"color": color, "group": None if group is None else given_text(group, "Group").strip()}
    style = attrs.evolve(known, **{key: value for key, value in given.items() if value is not None})
    if style != known:
        name, value = tag_document(schema.name, style)
        keeps = bool(style.color or style.group)
        write_document(session, generation, "tag edit", name, value if keeps else None)
    return style
