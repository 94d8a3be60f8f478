"""The digests of many rows at once: the same as ``changes.digest`` of each, in a fraction of the time.

Every row is written by one template, into which its values are put as they are. A column of texts that JSON must
escape, of anything but texts and integers, or with empty values, is encoded beforehand.
"""

from collections.abc import Sequence
from hashlib import sha256
from json.encoder import JSONEncoder, encode_basestring
from types import NoneType
from typing import Any

import attrs

from custledger.changes import DIGEST_BYTES, UNDIGESTED

_encode = JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False, sort_keys=True).encode


@attrs.frozen
class _Member:
    """A column on its way into the rows: what stands before and behind each value, and what is empty if it is."""

    opening: str
    values: Sequence[Any]
    closing: str = ""
    has_empty: bool = attrs.field(default=False, kw_only=True)

    def between(self, before: str, after: str) -> tuple[str, Sequence[Any]]:
        """Return the member's part of the template, with what goes before and behind it, and what is put there."""
        opening, closing = before + self.opening, self.closing + after
        if self.has_empty:
            return "%s", ["" if value is None else f"{opening}{value}{closing}" for value in self.values]
        return f"{opening.replace('%', '%%')}%s{closing}", self.values


def digests(keys: Sequence[str], columns: Sequence[Sequence[Any]]) -> bytes:
    """Return the digests of rows, one after the other; ``columns`` holds the values of each of ``keys``."""
    digested = sorted((key, place) for place, key in enumerate(keys) if key not in UNDIGESTED)
    members = [made for key, place in digested if (made := _member(key, columns[place]))]
    size = DIGEST_BYTES
    return b"".join([sha256(row.encode()).digest()[:size] for row in _written(members, len(columns[0]))])


def _member(key: str, column: Sequence[Any]) -> _Member | None:
    """Return how a column is written as ``"key":value``, or ``None`` where all of it is empty."""
    types = set(map(type, column))
    has_empty = NoneType in types
    types.discard(NoneType)
    if not types:
        return None
    label = f"{_encode(key)}:"
    if types == {int}:
        return _Member(label, column, has_empty=has_empty)
    if types == {str} and _is_bare("".join(filter(None, column) if has_empty else column)):
        return _Member(f'{label}"', column, '"', has_empty=has_empty)
    encoded = [None if value is None else _encode(value) for value in column]
    return _Member(label, encoded, has_empty=has_empty)


def _written(members: Sequence[_Member], count: int) -> list[str]:
    """Return rows as JSON objects.

    A comma stands before a member where one that is never empty goes before, else behind it; so no row has one too
    many, unless every member has empty values.
    """
    if not members:
        return ["{}"] * count
    always = next((place for place, member in enumerate(members) if not member.has_empty), len(members))
    parts = [
        member.between("," if place > always else "", "," if place < always else "")
        for place, member in enumerate(members)
    ]
    rows = zip(*(values for _, values in parts), strict=True)
    template = "".join(part for part, _ in parts)
    if always == len(members):
        return [f"{{{(template % row)[:-1]}}}" for row in rows]
    template = f"{{{template}}}"
    return [template % row for row in rows]


def _is_bare(text: str) -> bool:
    """Return whether a text holds nothing that JSON escapes."""
    return len(encode_basestring(text)) == len(text) + 2
