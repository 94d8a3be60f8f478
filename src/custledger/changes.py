"""Changes: every write is a changeset, which lands whole or not at all.

The log, undo, history, conflict detection, sync and the audit trail are all readings of changesets.
"""

import enum
import json
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from json.encoder import encode_basestring
from typing import Any, Self

import attrs

from custledger.errors import FieldConflict
from custledger.fields import Kind
from custledger.marks import PERSON, Key, MarkChange, TagMark, decisions
from custledger.schema import ID, Row, Schema
from custledger.structs import Struct, frozen
from custledger.values import fold

OPERATION_PREFIX = "O"
DIGEST_BYTES = 16


class Action(enum.StrEnum):
    """What a change did to a record."""

    CREATE = "create"
    UPDATE = "update"
    REMOVE = "remove"


@frozen(kw_only=True)
class Change(Struct):
    """One record's before and after, by field key, as plain values.

    - created: ``before`` is ``None``, ``after`` the fields that are not empty;
    - updated: both hold just the fields that this change sets (an empty value is ``None``);
    - removed: ``after`` is ``None``, ``before`` the fields that are not empty.

    ``revision`` is the one the writer had read; 0 for a created record. An undo that brings a record back creates it
    with the revision that it had, and with its old ``created_at`` in ``after``: the store keeps that time and gives it
    the next revision. All other times and revisions are the store's business. A removal's ``before`` may be ``{}``:
    the store fills in what it found.

    What a change of tags says is a person's decision, unless ``marks`` say outright what becomes of the marks of a tag
    (``custledger.marks``). One whose marks are all those of rules is *derived*: it sets nothing else, has no say in
    ``before`` and ``after``, and does not raise the revision. In a change that has landed, ``marks`` are all that were
    changed.
    """

    type: str
    id: int
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    revision: int = 0
    marks: tuple[MarkChange, ...] = ()

    @property
    def action(self) -> Action:
        """What this change does."""
        if self.before is None:
            return Action.CREATE
        return Action.REMOVE if self.after is None else Action.UPDATE

    @property
    def is_derived(self) -> bool:
        """Whether it says only what rules find."""
        if not self.marks or self.before is None or self.after is None:
            return False
        marks = [one.after or one.before for one in self.marks]
        if any(mark is None or mark.source == PERSON for mark in marks):
            return False
        return not self.after or self.after.keys() <= {mark.field for mark in marks if mark}


@frozen(kw_only=True)
class Creates(Struct):
    """Many new records of one type, as the equally long columns of ``keys``: the form of bulk loads.

    The records have their ids, which are consecutive, and the same times and revision 1 in the system fields.
    """

    type: str
    keys: tuple[str, ...]
    columns: Sequence[Sequence[Any]]

    @classmethod
    def of_rows(cls, type_name: str, keys: tuple[str, ...], rows: Sequence[Row]) -> Self:
        """Return whole rows, in the order of ``keys``, as columns."""
        return cls(type=type_name, keys=keys, columns=list(zip(*rows, strict=True)) if rows else [()] * len(keys))

    @property
    def ids(self) -> Sequence[int]:
        """The ids of the records."""
        return self.columns[ID]

    @property
    def rows(self) -> Iterator[Row]:
        """The records as whole rows."""
        return zip(*self.columns, strict=True)

    def __len__(self) -> int:
        """Return how many records there are."""
        return len(self.ids)

    def __iter__(self) -> Iterator[Change]:
        """Yield the records as single changes."""
        for row in self.rows:
            after = {key: value for key, value in zip(self.keys, row, strict=True) if value is not None}
            yield Change(type=self.type, id=row[ID], before=None, after=after)


@frozen(kw_only=True)
class DocumentChange(Struct):
    """One settings document's before and after, JSON values; ``None`` where it was or is not there."""

    name: str
    before: Any
    after: Any
    revision: int = 0


@frozen(kw_only=True)
class Operation(Struct):
    """What a person did: changesets with one id, actor and reason.

    ``verb`` says what was done (``add``, ``import``, ``undo`` …); ``undoes`` is the operation that this one takes
    back; ``at`` is the plain time; ``about`` holds what else the receipt should keep, such as a file's hash.
    """

    id: int
    verb: str
    actor: str
    at: str
    reason: str = ""
    undoes: int | None = None
    about: Mapping[str, Any] = attrs.field(factory=dict)


@frozen
class Settlement(Struct):
    """What becomes of one thing that a store holds (``stores.held``), by its number.

    With ``accept`` the files are right, and the changes beside it say so; without, they are to show what the ledger
    says.
    """

    number: int
    accept: bool


@frozen(kw_only=True)
class Changeset(Struct):
    """Changes of one operation that land whole or not at all. It can be read again.

    ``place`` is where in the operation's input it ends, for a chunk of a long import. ``settles`` is what becomes of
    things that the store holds.
    """

    operation: Operation
    changes: Sequence[Change] = ()
    creates: Sequence[Creates] = ()
    documents: Sequence[DocumentChange] = ()
    place: str = ""
    settles: Sequence[Settlement] = ()

    def __iter__(self) -> Iterator[Change]:
        """Yield every change, those of bulk creates included."""
        for creates in self.creates:
            yield from creates
        yield from self.changes

    def __bool__(self) -> bool:
        """Whether there is anything to do."""
        return bool(self.changes or self.creates or self.documents or self.settles)


@frozen(kw_only=True)
class LogEntry(Struct):
    """What the log keeps of one change, or of one run of consecutive creates.

    - a create: ``record`` is the first id, ``count`` how many, ``digests`` one digest of ``DIGEST_BYTES`` a row;
    - an update: ``before`` holds the old values, ``digests`` the digest of the new row; of a derived change there is no
      digest, since it leaves all that persons wrote as it was;
    - a removal: ``before`` holds the whole old row, its revision included;
    - a settings document: ``type`` is ``"#document"``, ``record`` is 0, ``before`` is
      ``{"name", "value", "revision"}``.

    ``marks`` are those that an update or a removal changed; of what they became only what they say is kept, and not who
    said it and when. ``cursor`` is opaque and grows; ``changeset`` is the number of the changeset it landed in.
    """

    cursor: int
    changeset: int
    operation: int
    at: str
    type: str
    action: Action
    record: int
    count: int = 1
    digests: bytes = b""
    before: Mapping[str, Any] | None = None
    marks: tuple[MarkChange, ...] = ()

    @property
    def is_derived(self) -> bool:
        """Whether it is of a change that says only what rules find."""
        return self.action is Action.UPDATE and not self.digests and self.type != DOCUMENT_TYPE

    @property
    def is_unseen(self) -> bool:
        """Whether it changed nothing of a record: what a rule found of a tag of which somebody decided otherwise."""
        return self.is_derived and not self.before


DOCUMENT_TYPE = "#document"


@frozen(kw_only=True)
class Receipt(Struct):
    """What a landed changeset (or several of one operation) did.

    ``applied`` is the changeset as it landed: merged, and with what removals brought along.
    """

    operation: int
    applied: tuple[Changeset, ...]
    created: int = 0
    updated: int = 0
    removed: int = 0


UNDIGESTED = frozenset({"revision", "updated_at"})
"""The fields that ``digest`` leaves out."""

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False, sort_keys=True).encode


def digest(values: Mapping[str, Any]) -> bytes:
    """Return the digest of a row given by key.

    It is the first 16 bytes of the SHA-256 of its non-empty values as JSON with sorted keys, UTF-8 and no spaces;
    the revision and the time of the last update are left out, so that the same content has the same digest. Of the
    tags it counts those that persons set; see ``marks.as_persons_left``.
    """
    from hashlib import sha256  # OpenSSL takes its time to load, and reading needs none of it

    # This is the JSON that an encoder writes, without the cost of setting one up for a single row.
    quote = encode_basestring
    written = [
        label + (quote(value) if type(value) is str else str(value) if type(value) is int else _encode(value))
        for key, label in _labels(tuple(values))
        if (value := values[key]) is not None
    ]
    return sha256(f"{{{','.join(written)}}}".encode()).digest()[:DIGEST_BYTES]


@lru_cache(maxsize=256)
def _labels(keys: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """Return those of ``keys`` that are digested, in their order, each with its beginning of a JSON member.

    Rows of one type mostly have the same keys.
    """
    return tuple((key, f"{encode_basestring(key)}:") for key in sorted(keys) if key not in UNDIGESTED)


def by_key(schema: Schema, row: Row) -> dict[str, Any]:
    """Return the values of a row that are not empty, by key."""
    return {key: value for key, value in zip(schema.keys, row, strict=True) if value is not None}


def merge(
    schema: Schema, change: Change, current: Mapping[str, Any]
) -> tuple[dict[str, Any], tuple[FieldConflict, ...]]:
    """Merge an update into a record that somebody else changed meanwhile: base, mine and theirs, field by field.

    ``current`` holds the record's present values by key. Returns the values to write and the fields that cannot be
    merged: those that both changed, to different values. Tags and several choices merge element by element.
    """
    merged: dict[str, Any] = {}
    conflicts = []
    for key, mine in (change.after or {}).items():
        base, theirs = (change.before or {}).get(key), current.get(key)
        if schema.by_key[key].spec.kind in {Kind.TAGS, Kind.CHOICES}:
            merged[key] = merge_sets(base, mine, theirs)
        elif mine == base:
            merged[key] = theirs
        elif theirs in (base, mine):
            merged[key] = mine
        else:
            conflicts.append(FieldConflict(key, base, mine, theirs, schema.by_key[key].spec.sensitive))
    return merged, tuple(conflicts)


def wanted_marks(
    schema: Schema, change: Change, tags: Mapping[str, Any], operation: Operation
) -> dict[Key, TagMark | None]:
    """Return what becomes of which marks, by what a change says outright and by what its person decided.

    A mark of nobody is of the operation's actor and time.

    ``tags`` are the present tags by the keys of their fields. A field of tags of which ``before`` says nothing was read
    as it is now.
    """
    wanted = outright_marks(change, operation)
    said = [] if change.is_derived else [key for key in change.after or () if key in schema.tagged]
    outright = {key[:2] for key in wanted} if said else ()
    for key in said:
        mine = (change.after or {})[key]
        base = change.before[key] if change.before and key in change.before else tags.get(key)
        for mark in decisions(key, base, mine, tags.get(key), actor=operation.actor, at=operation.at):
            if mark.key[:2] not in outright:
                wanted[mark.key] = mark
    return wanted


def outright_marks(change: Change, operation: Operation) -> dict[Key, TagMark | None]:
    """Return what becomes of which marks by what a change says outright; of a derived one that is all."""
    return {one.key: _dated(one.after, operation) for one in change.marks}


def _dated(mark: TagMark | None, operation: Operation) -> TagMark | None:
    if mark is None or mark.at:
        return mark
    return TagMark(mark.field, mark.tag, mark.source, mark.refused, operation.actor, operation.at)


def merge_sets(
    base: Sequence[str] | None, mine: Sequence[str] | None, theirs: Sequence[str] | None
) -> tuple[str, ...] | None:
    """Return ``theirs`` with what ``mine`` added to ``base`` added, and what it took away taken away.

    Elements are compared folded. One that both added keeps the spelling of ``theirs``, which was there first.
    """
    before, after, merged = (
        {fold(element): element for element in elements or ()} for elements in (base, mine, theirs)
    )
    for key in before.keys() - after.keys():
        merged.pop(key, None)
    for key, element in after.items():
        if key not in before:
            merged.setdefault(key, element)
        elif key in merged and element != before[key]:
            merged[key] = element
    return tuple(sorted(merged.values())) or None
