"""Segments as text files that version control can hold: written from a ledger, and read into one.

A file is TOML. One of several segments has a table for each, ``[[segment]]``; in a folder each segment has a file of
its own, named after it. What can be said of one is what ``segment add`` takes::

    [[segment]]
    name = "贵客"
    expression = "total_spent >= 5000 and level = A"
    label_en = "Treasured"
    color = "red"
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote

import attrs

from custledger.changes import Changeset, DocumentChange
from custledger.errors import FileFormatError, InvalidValueError, QueryError, UsageError, file_error
from custledger.expressions import Expression, both, negated, understand_named
from custledger.expressions.scope import World
from custledger.fields import Kind
from custledger.segments import STORED_SUBJECT, Segment
from custledger.services.atomic_file import atomic_write
from custledger.services.broken_rules import telling_what_breaks
from custledger.services.defining import check_color, default_labels, require_free
from custledger.services.documents import decided_anew
from custledger.services.segmenting import find_segment
from custledger.services.session import Session
from custledger.services.targets import check_target
from custledger.services.writing import write
from custledger.settings import definition_document
from custledger.values import given_path

ENDING = ".toml"
KEYS = ("name", "subject", "expression", "label_en", "label_zh", "color")
"""What a file can say of a segment."""
_UNFIT = frozenset('%<>:"/\\|?*.')
"""What some system does not take in the name of a file."""


@attrs.frozen(kw_only=True)
class SegmentChange:
    """What reading files does to a segment: ``before`` and ``after``, ``None`` where it was not or will not be.

    In a rehearsal ``entering`` and ``leaving`` say for how many records a changed wording makes a difference.
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
        return "same" if as_told(self.before) == as_told(self.after) else "changed"


def save_segments(session: Session, path: str | os.PathLike[str], names: Sequence[str] = ()) -> list[Segment]:
    """Write segments to a file, or one file each into a folder that is there, and return them.

    Without names they are all that this ledger's settings have; a plugin's segment is written where it is named, to be
    changed and read back as the ledger's own. Raises ``NotFoundError``, ``UsageError`` for a callable or a scorer,
    which is no text, and what fits the file.
    """
    import tomli_w  # noqa: PLC0415 - reading segments needs none of it

    session.refresh()
    target = Path(given_path(path))
    segments = [find_segment(session, name) for name in names] or list(session.settings.segments)
    code = next((one for one in segments if one.rule != "expression"), None)
    if code is not None:
        raise UsageError(f"The rule of {code.name} is in Python, and no text.", hint="Leave it out.")
    if target.is_dir():
        for one in segments:
            _write(session, target / _file_name(one), tomli_w.dumps(as_told(one)))
    else:
        _write(session, target, "\n".join(f"[[segment]]\n{tomli_w.dumps(as_told(one))}" for one in segments))
    return segments


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
    or with ``dry_run`` not at all. Raises ``FileFormatError`` for a file that makes no sense, ``InvalidValueError`` for
    a name or a colour that cannot be, and ``QueryError`` for an expression that cannot be understood.
    """
    generation = session.refresh()
    given = [attrs.evolve(one, subject=session.schema(one.subject).name) for one in _read(Path(given_path(path)))]
    loaded = {(one.subject, one.name): one for one in given}
    if len(loaded) < len(given):
        twice = next(one for one in given if one is not loaded[one.subject, one.name])
        raise InvalidValueError(twice.name, "is there twice", field="Name", hint="Leave one of the two out.")
    present = {(one.subject, one.name): one for one in session.settings.segments}
    gone = {key for key in present if remove and key not in loaded}
    world = _world(session, loaded, gone)
    understood = {key: _understood(session, one, world) for key, one in loaded.items()}
    changes = [
        SegmentChange(before=present.get(key), after=attrs.evolve(one, names=understood[key].names))
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


def _read(path: Path) -> Iterator[Segment]:
    if path.is_dir():
        files = sorted(path.glob(f"*{ENDING}"))
        if not files:
            why = "there is no file of a segment in this folder"
            raise FileFormatError(path, why, hint="custledger segment save writes them there.")
        for file in files:
            yield from _read(file)
        return
    for told in _tables(path):
        yield _segment(path, told)


def _tables(path: Path) -> list[Any]:
    import tomllib  # noqa: PLC0415 - writing segments needs none of it

    try:
        value = tomllib.loads(path.read_text("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise FileFormatError(path, f"this is not TOML: {error}") from error
    except OSError as error:
        raise file_error(path, error) from error
    several = value.get("segment")
    if isinstance(several, list) and len(value) == 1:
        return several
    return [value]


def _segment(path: Path, told: Any) -> Segment:
    """Return the segment of a table. Raises ``FileFormatError``."""
    hint = f"A segment has: {', '.join(KEYS)}."
    unknown = [key for key in told if key not in KEYS] if isinstance(told, dict) else ["[[segment]]"]
    if unknown:
        raise FileFormatError(path, f"{unknown[0]} says nothing of a segment", hint=hint)
    odd = next((key for key, value in told.items() if not isinstance(value, str)), None)
    lacking = next((key for key in ("name", "expression") if not str(told.get(key, "")).strip()), None)
    if odd or lacking:
        raise FileFormatError(path, f"{odd or lacking} must be a text, and not empty", hint=hint)
    check_color(told.get("color", ""))
    labels = default_labels(told["name"], told.get("label_en", ""), told.get("label_zh", ""))
    return Segment(
        name=told["name"],
        subject=told.get("subject") or STORED_SUBJECT,
        expression=told["expression"].strip(),
        labels=labels,
        color=told.get("color", ""),
    )


Key = tuple[str, str]


def _world(session: Session, loaded: Mapping[Key, Segment], gone: set[Key]) -> World:
    """Return what names will mean. Raises ``InvalidValueError`` where a name of a loaded segment is taken."""
    others = [one for _, one in session.segments() if (one.subject, one.name) not in {*loaded, *gone}]
    named = [metric.named() for _, metric in session.metrics()]
    named += [each for one in others for each in one.all_named()]
    for one in loaded.values():
        world = session.world_of(named)
        for called in dict.fromkeys((one.name, *one.labels.both())):
            require_free(world.scope(session.schema(one.subject)), called)
        named.append(one.named())
    return session.world_of(named)


def _understood(session: Session, segment: Segment, world: World) -> Expression:
    schema = session.schema(segment.subject)
    try:
        return understand_named(segment.named(), schema, session.conventions, world, want=Kind.YES_NO)
    except QueryError as error:
        why = f"The rule of {segment.name} cannot be understood: {error.why}"
        raise QueryError(why, error.text, error.position, hint=error.hint) from None


def _counted(session: Session, change: SegmentChange, understood: Mapping[Key, Expression]) -> SegmentChange:
    """Return a change with how many records it makes a difference for."""
    before, after = change.before, change.after
    if before is None or after is None or before.expression == after.expression:
        return change
    try:
        then = session.understand_named(before.named(), want=Kind.YES_NO)
    except QueryError:
        return change
    schema, now = session.schema(after.subject), understood[after.subject, after.name]
    entering, leaving = (
        session.view.count(schema, both(one, negated(other)), (), session.moment)[0][0]
        for one, other in ((now, then), (then, now))
    )
    return attrs.evolve(change, entering=entering, leaving=leaving)


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
