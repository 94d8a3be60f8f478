"""Marks: who says of a record that it has a tag, or is not to have it.

The tags of a record are what its marks come to. A *source*, a person or a rule, has one mark of a tag at most:

- a person's mark says that the tag is **set**, or that it is **refused**: it was taken off, and stays off;
- a rule's mark says that the rule holds for the record.

A tag is *in effect* where a person set it, or a rule holds and no person refused it. Nobody's mark touches another's,
so that it does not matter in which order people edit, rules run and operations are taken back: what a person decided
wins.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from custledger.structs import Struct, frozen
from custledger.values import fold

PERSON = "person"
"""The source of a person's marks, whoever it was. A rule's marks have the name of the rule."""

Key = tuple[str, str, str]
"""What there is one mark of: the key of the field, the folded tag, and the source."""

folded = lru_cache(maxsize=4096)(fold)
"""``fold`` of tags, of which there are few, on very many records."""


@frozen
class TagMark(Struct):
    """What one source says of one tag.

    ``field`` is the key of the field of tags, ``source`` is ``PERSON`` or the name of a rule, ``refused`` is true where
    a person took the tag off. ``actor`` is who set the mark, or ran the rule, and ``at`` the plain time of that.
    """

    field: str
    tag: str
    source: str = PERSON
    refused: bool = False
    actor: str = ""
    at: str = ""

    @property
    def key(self) -> Key:
        """What there is one of."""
        return self.field, folded(self.tag), self.source


@frozen
class MarkChange(Struct):
    """A mark before and after; ``None`` where it was or is not there. One of the two is there."""

    before: TagMark | None
    after: TagMark | None

    @property
    def key(self) -> Key:
        """Whose mark of which tag it is."""
        mark = self.before or self.after
        assert mark is not None  # noqa: S101 - a change of nothing is never made
        return mark.key


def said(mark: TagMark | None) -> tuple[str, bool] | None:
    """Return what a mark says, whoever said it and when: the tag as it is written, and whether it is refused."""
    return None if mark is None else (mark.tag, mark.refused)


def in_effect(marks: Iterable[TagMark], field: str) -> tuple[str, ...] | None:
    """Return the tags of a field that marks come to, as a plain value.

    A tag is written as the person wrote it who set it, or as the first of the rules does.
    """
    mine = [mark for mark in marks if mark.field == field]
    if len(mine) < 2:
        return (mine[0].tag,) if mine and not mine[0].refused else None
    mine.sort(key=_persons_first)
    spellings: dict[str, str] = {}
    for mark in mine:
        spellings.setdefault(folded(mark.tag), mark.tag)
    for mark in mine:
        if mark.refused:
            del spellings[folded(mark.tag)]
    return tuple(sorted(spellings.values())) or None


def set_by_persons(marks: Iterable[TagMark], field: str) -> tuple[str, ...] | None:
    """Return the tags of a field that persons set, as a plain value."""
    return tuple(sorted(mark.tag for mark in marks if _is_set_by_person(mark) and mark.field == field)) or None


def as_persons_left(values: Mapping[str, Any], marks: Sequence[TagMark], fields: Iterable[str]) -> Mapping[str, Any]:
    """Return a record's values by key with only those tags in its ``fields`` of tags that persons set.

    That is what the digest of a row is of: what rules find is derived, and changes nothing that a person wrote.
    """
    if all(map(_is_set_by_person, marks)):
        return values
    return {**values, **{field: set_by_persons(marks, field) for field in fields}}


def decisions(
    field: str,
    base: Sequence[str] | None,
    mine: Sequence[str] | None,
    theirs: Sequence[str] | None,
    *,
    actor: str,
    at: str,
) -> list[TagMark]:
    """Return what a person decided who read ``base`` and wrote ``mine``, where ``theirs`` is what is there now.

    What was added, or is written otherwise, is set, and what was taken out is refused; of all else nothing was said. A
    tag that is there already stays as it is written there, unless this person changed just that.
    """
    before, after, now = ({fold(tag): tag for tag in tags or ()} for tags in (base, mine, theirs))
    taken = [now.get(key, before[key]) for key in before.keys() - after.keys()]
    put = [
        tag if key in before else now.get(key, tag)
        for key, tag in after.items()
        if (key not in before) or (tag != before[key] and key in now)
    ]
    return [
        TagMark(field, tag, refused=refused, actor=actor, at=at)
        for tags, refused in ((taken, True), (put, False))
        for tag in tags
    ]


def settled(
    marks: Sequence[TagMark], wanted: Mapping[Key, TagMark | None]
) -> tuple[tuple[TagMark, ...], tuple[MarkChange, ...]]:
    """Return a record's marks when those of the keys of ``wanted`` are as it says, and what that changed.

    A mark that says so already stays as it is: it was its actor, at its time, who said it.
    """
    if not marks and len(wanted) == 1:  # as most records are when a rule runs for the first time
        (mark,) = wanted.values()
        return ((), ()) if mark is None else ((mark,), (MarkChange(None, mark),))
    kept = {mark.key: mark for mark in marks}
    changed = []
    for key, mark in wanted.items():
        now = kept.get(key)
        if said(now) == said(mark):
            continue
        changed.append(MarkChange(now, mark))
        if mark is None:
            del kept[key]
        else:
            kept[key] = mark
    return (in_order(kept.values()) if changed else tuple(marks)), tuple(changed)


def as_changed(
    marks: Sequence[TagMark], changes: Iterable[MarkChange]
) -> tuple[dict[str, tuple[str, ...] | None], dict[str, tuple[str, ...] | None]]:
    """Return the tags of a record before and after changes of its marks, by the fields in which they differ."""
    wanted = {one.key: one.after for one in changes}
    after, _ = settled(marks, wanted)
    pairs = {field: (in_effect(marks, field), in_effect(after, field)) for field, _, _ in wanted}
    differing = [(field, pair) for field, pair in pairs.items() if pair[0] != pair[1]]
    return {field: pair[0] for field, pair in differing}, {field: pair[1] for field, pair in differing}


def in_order(marks: Collection[TagMark]) -> tuple[TagMark, ...]:
    """Return a record's marks by field, then by tag, a person's before a rule's, and by the names of rules."""
    if len(marks) < 2:
        return tuple(marks)
    return tuple(sorted(marks, key=lambda mark: (mark.field, mark.tag, mark.source != PERSON, mark.source)))


def as_logged(changes: Iterable[MarkChange]) -> tuple[MarkChange, ...]:
    """Return changes as the log keeps them: of what is new only what it says, and not who said it and when."""
    return tuple(
        MarkChange(
            one.before, one.after and TagMark(one.after.field, one.after.tag, one.after.source, one.after.refused)
        )
        for one in changes
    )


def _persons_first(mark: TagMark) -> tuple[bool, str]:
    return mark.source != PERSON, mark.tag


def _is_set_by_person(mark: TagMark) -> bool:
    return mark.source == PERSON and not mark.refused
