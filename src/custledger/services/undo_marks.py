"""Taking back what an operation said of tags: everybody's mark by itself, whatever others say of the tag."""

from collections.abc import Iterable, Mapping, Sequence

from custledger.changes import LogEntry
from custledger.marks import Key, MarkChange, TagMark, said

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
