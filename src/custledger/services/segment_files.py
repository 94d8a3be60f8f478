"""Segments as text files that version control can hold: written from a ledger, and read into one.

A file is TOML. One of several segments has a table for each, ``[[segment]]``; in a folder each segment has a file of
its own, named after it. What can be said of one is what ``segment add`` takes::

    [[segment]]
    name = "贵客"
    expression = "total_spent >= 5000 and level = A"
    label_en = "Treasured"
    color = "red"

What a name in the expression means that nothing is called by any more, such as the label that a field had, is said
beside it, by the key that it has::

    [segment.names]
    "会员卡" = "x_会员卡"

One that a plugin brings has its labels and its colour from there, where a file does not say them.
"""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal
from urllib.parse import quote

import attrs

from custledger.atomic_file import atomic_write
from custledger.changes import Changeset, DocumentChange
from custledger.errors import CustledgerError, FileFormatError, QueryError, UsageError
from custledger.expressions import Expression, understand_named
from custledger.expressions.nodes import Named
from custledger.expressions.scope import World
from custledger.fields import Kind, Labels
from custledger.segments import STORED_SUBJECT, Segment
from custledger.services.broken_rules import telling_what_breaks
from custledger.services.defining import default_labels, labels_beside, require_free
from custledger.services.documents import decided_anew
from custledger.services.judging import judged
from custledger.services.segment_texts import ENDING, Faults, Written, read_segments
from custledger.services.segmenting import find_segment
from custledger.services.session import Session
from custledger.services.targets import check_target
from custledger.services.writing import write
from custledger.settings import definition_document
from custledger.values import given_path

_UNFIT = frozenset('%<>:"/\\|?*.')
"""What some system does not take in the name of a file."""


@attrs.frozen(kw_only=True)
class SegmentChange:
    """What reading files does to a segment: ``before`` and ``after``, ``None`` where it was not or will not be.

    In a rehearsal ``entering`` and ``leaving`` say for how many records a changed wording makes a difference: to what
    was before, or to the segment of a plugin in whose place it comes.
    """

    before: Segment | None
    after: Segment | None
    entering: int | None = None
    leaving: int | None = None

    @property
    def segment(self) -> Segment:
        """The segment as it will be, or as it was where it is removed."""
        segment = self.after or self.before
        assert segment is not None  # noqa: S101 - a change of nothing is never made
        return segment

    @property
    def what(self) -> Literal["added", "changed", "removed", "same"]:
        """What happens to it."""
        if self.before is None:
            return "added"
        if self.after is None:
            return "removed"
        known = self.after.names
        as_before = all(known.get(name, key) == key for name, key in self.before.names.items())
        return "same" if as_before and as_told(self.before) == as_told(self.after) else "changed"


def save_segments(session: Session, path: str | os.PathLike[str], names: Sequence[str] = ()) -> list[Segment]:
    """Write segments to a file, or one file each into a folder that is there, and return them.

    Without names they are all that this ledger's settings have; a plugin's segment is written where it is named, to be
    changed and read back as the ledger's own. Raises ``NotFoundError``, ``UsageError`` for a callable or a scorer,
    which is no text, and what fits the file.
    """
    session.refresh()
    target = Path(given_path(path))
    segments = [find_segment(session, name) for name in names] or list(session.settings.segments)
    code = next((one for one in segments if one.rule != "expression"), None)
    if code is not None:
        raise UsageError(f"The rule of {code.name} is in Python, and no text.", hint="Leave it out.")
    if target.is_dir():
        for one in segments:
            _write(session, target / _file_name(one), _text(session, one))
    else:
        _write(session, target, "\n".join(f"[[segment]]\n{_text(session, one, 'segment.')}" for one in segments))
    return segments


def _text(session: Session, segment: Segment, within: str = "") -> str:
    """Return what a file says of a segment; ``within`` is the table that the table of its names is in."""
    import tomli_w  # reading segments needs none of it

    text, names = tomli_w.dumps(as_told(segment)), _names_told(session, segment)
    return f"{text}\n[{within}names]\n{tomli_w.dumps(names)}" if names else text


def _names_told(session: Session, segment: Segment) -> dict[str, str]:
    """Return what names of a segment meant that mean nothing, or something else, where they are only read."""
    if _means(session, segment, {}) == segment.names:
        return {}
    kept = dict(segment.names)
    for name in segment.names:
        fewer = {other: key for other, key in kept.items() if other != name}
        if _means(session, segment, fewer) == segment.names:
            kept = fewer
    return kept


def _means(session: Session, segment: Segment, names: Mapping[str, str]) -> Mapping[str, str] | None:
    """Return what the names of a segment mean where these are remembered; ``None`` where it cannot be understood."""
    try:
        return session.understand_named(attrs.evolve(segment, names=names).named(), want=Kind.YES_NO).names
    except QueryError:
        return None


def as_told(segment: Segment) -> dict[str, str]:
    """Return a segment as a file says it, without what goes without saying."""
    labels, default = segment.labels, default_labels(segment.name)
    told = {
        "name": segment.name,
        "subject": "" if segment.subject == STORED_SUBJECT else segment.subject,
        "expression": segment.expression,
        "label_en": "" if labels.en == default.en else labels.en,
        "label_zh": "" if labels.zh == default.zh else labels.zh,
        "color": segment.color,
    }
    return {key: value for key, value in told.items() if value}


def _file_name(segment: Segment) -> str:
    name = segment.name if segment.subject == STORED_SUBJECT else f"{segment.subject} {segment.name}"
    return "".join(quote(one, safe="") if one in _UNFIT else one for one in name) + ENDING


def _write(session: Session, target: Path, text: str) -> None:
    check_target(session.plugins, target)
    with atomic_write(target) as stream:
        stream.write(text.encode())


@telling_what_breaks
@decided_anew
def load_segments(
    session: Session, path: str | os.PathLike[str], *, remove: bool = False, dry_run: bool = False, reason: str = ""
) -> list[SegmentChange]:
    """Make the segments of a file, or of the files of a folder, this ledger's own; return what that changes.

    With ``remove`` the ledger's own segments that are not in the files are removed. All of it lands as one operation,
    or with ``dry_run`` not at all. Raises ``FileFormatError`` that tells all that is wrong in the files: names and
    colours that cannot be, and expressions that cannot be understood, are among that.
    """
    generation = session.refresh()
    faults = Faults(Path(given_path(path)))
    loaded = _by_key(session, read_segments(faults.root, faults), faults)
    present = {(one.subject, one.name): one for one in session.settings.segments}
    gone = {key for key in present if remove and key not in loaded}
    understood = _all_understood(session, loaded, gone, faults)
    faults.raise_any()
    changes = [
        SegmentChange(before=present.get(key), after=attrs.evolve(one.segment, names=understood[key].names))
        for key, one in loaded.items()
    ]
    changes += [SegmentChange(before=present[key], after=None) for key in sorted(gone)]
    if dry_run:
        return [_counted(session, one, understood) for one in changes]
    documents = [_document_change(session, one) for one in changes if one.what != "same"]
    if documents:
        operation = session.operation("segment load", reason=reason)
        write(session, Changeset(operation=operation, documents=documents), generation=generation)
        session.refresh()
    return changes


Key = tuple[str, str]


def _by_key(session: Session, written: Sequence[Written], faults: Faults) -> dict[Key, Written]:
    """Return the segments of files by type and name, with what they have from the plugins' that they replace.

    What their names meant is what the file says, or else what those of the ledger's own segment of that name did.
    """
    brought = {(one.subject, one.name): one for _, one in session.plugins.segments()}
    present = {(one.subject, one.name): one for one in session.settings.segments}
    found: dict[Key, Written] = {}
    for each in written:
        one = each.segment
        with faults.noted(each.path, each.place, one.name):
            key = session.schema(one.subject).name, one.name
            if key in found:
                other = found[key].path
                why = f"{one.name} is there twice" if other == each.path else f"{one.name} is in {other.name} as well"
                raise FileFormatError(each.path, why, hint="Leave one of the two out.")
            names = {**(present[key].names if key in present else {}), **one.names}
            color = one.color or (brought[key].color if key in brought else "")
            labels = labels_beside(one, brought.get(key))
            whole = attrs.evolve(one, subject=key[0], labels=labels, color=color, names=names)
            found[key] = attrs.evolve(each, segment=whole)
    return found


def _all_understood(
    session: Session, loaded: Mapping[Key, Written], gone: set[Key], faults: Faults
) -> dict[Key, Expression]:
    """Return what the expressions of loaded segments say, in the world that they make; what is wrong is noted."""
    world = _world(session, loaded, gone, faults)
    understood: dict[Key, Expression] = {}
    for key, each in loaded.items():
        one = each.segment
        with faults.noted(each.path, each.place):
            try:
                schema = session.schema(one.subject)
                found = understand_named(one.named(), schema, session.conventions, world, want=Kind.YES_NO)
            except QueryError as error:
                why = f"The rule of {one.name} cannot be understood: {error.message}"
                raise FileFormatError(each.path, why, hint=error.hint) from error
            understood[key] = found
    return understood


def _world(session: Session, loaded: Mapping[Key, Written], gone: set[Key], faults: Faults) -> World:
    """Return what names will mean; where a name of a loaded segment is taken, that is noted."""
    others = [one for _, one in session.segments() if (one.subject, one.name) not in {*loaded, *gone}]
    named = [metric.named() for _, metric in session.metrics()]
    named += [each for one in others for each in one.all_named()]
    for each in loaded.values():
        one, world = each.segment, session.world_of(named)
        with faults.noted(each.path, each.place):
            for called in dict.fromkeys((one.name, *one.labels.both())):
                require_free(world.scope(session.schema(one.subject)), called)
        named.append(one.named())
    # Who names a segment that could not be read is not wrong for that.
    named += [Named(key=name, subject=STORED_SUBJECT, text="id is empty", labels=Labels("")) for name in faults.named]
    return session.world_of(named)


def _counted(session: Session, change: SegmentChange, understood: Mapping[Key, Expression]) -> SegmentChange:
    """Return a change with how many records it makes a difference for."""
    after = change.after
    if after is None or change.what == "same":
        return change
    key = after.subject, after.name
    brought = {(one.subject, one.name): one for _, one in session.plugins.segments()}
    before = change.before or brought.get(key)
    if before is None or (before.expression == after.expression and before.names == after.names):
        return change
    schema = session.schema(after.subject)
    (now,) = session.view.memberships(schema, [understood[key]], session.moment)
    try:
        then = _members(session, before)
    except CustledgerError:
        return change
    return attrs.evolve(change, entering=len(now - then), leaving=len(then - now))


def _members(session: Session, segment: Segment) -> set[int]:
    """Return the ids of the members of a segment as it is, by whatever rule it has."""
    if segment.rule != "expression":
        return set(judged(session, segment))
    schema, condition = session.schema(segment.subject), session.understand_named(segment.named(), want=Kind.YES_NO)
    return session.view.memberships(schema, [condition], session.moment)[0]


def _document_change(session: Session, change: SegmentChange) -> DocumentChange:
    name, value = definition_document(change.segment)
    present = session.store.document(name)
    there = present is not None and present.value is not None
    return DocumentChange(
        name=name,
        before=present.value if present and there else None,
        after=None if change.after is None else value,
        revision=present.revision if present and there else 0,
    )
