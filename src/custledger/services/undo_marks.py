"""Taking back what an operation said of tags: everybody's mark by itself, whatever others say of the tag."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from custledger.changes import LogEntry
from custledger.marks import Key, MarkChange, TagMark, in_effect, said, settled

Pair = tuple[TagMark | None, TagMark | None]
"""A mark before an operation and after it."""


def touched(entries: Iterable[LogEntry]) -> dict[Key, Pair]:
    """Return the marks that entries of one record changed: what each was before all of them, and says after them."""
    found: dict[Key, Pair] = {}
    for entry in entries:
        for one in entry.marks:
            before, _ = found.get(one.key, (one.before, None))
            found[one.key] = before, one.after
    return {key: pair for key, pair in found.items() if said(pair[0]) != said(pair[1])}


def marks_back(held: Sequence[TagMark], changed: Mapping[Key, Pair]) -> tuple[list[MarkChange], set[str]]:
    """Return what sets marks back, and the fields with marks that somebody changed since, which stay as they are.

    Content decides: a mark that says what the operation left it saying counts as untouched.
    """
    now = {mark.key: mark for mark in held}
    back, standing = [], set()
    for key, (before, after) in changed.items():
        present = now.get(key)
        if said(present) == said(before):
            continue
        if said(present) == said(after):
            back.append(MarkChange(present, before))
        else:
            standing.add(key[0])
    return back, standing


def tags_told(held: Sequence[TagMark], changed: Iterable[MarkChange]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the tags before and after changes of marks, by the fields in which they differ."""
    listed = list(changed)
    after, _ = settled(held, {one.key: one.after for one in listed})
    fields = dict.fromkeys(one.key[0] for one in listed)
    pairs = {field: (in_effect(held, field), in_effect(after, field)) for field in fields}
    differing = {field: pair for field, pair in pairs.items() if pair[0] != pair[1]}
    return {field: pair[0] for field, pair in differing.items()}, {field: pair[1] for field, pair in differing.items()}
