"""The digests of many rows at once: the same as ``changes.digest`` of each, in a fraction of the time.

The rows are joined from columns: values, and between them columns of constants, which hold the sorted keys. Where a
column holds what JSON must escape, or anything but text and integers, its values are encoded one by one.
"""

import json
from collections.abc import Sequence
from hashlib import sha256
from itertools import chain
from typing import Any

import attrs

from custledger.changes import DIGEST_BYTES, UNDIGESTED

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False, sort_keys=True).encode
_SEPARATOR = "\0"


@attrs.frozen
class _Member:
    """A column on its way into the rows: what stands before and behind each value, and what is empty if it is."""

    opening: str
    values: Sequence[str]
    closing: str = ""
    has_empty: bool = attrs.field(default=False, kw_only=True)

    def whole(self, before: str, after: str) -> list[str]:
        """Return each member with what goes before and behind it, and nothing for an empty one."""
        opening, closing = before + self.opening, self.closing + after
        return [f"{opening}{value}{closing}" if value else "" for value in self.values]


def digests(keys: Sequence[str], columns: Sequence[Sequence[Any]]) -> bytes:
    """Return the digests of rows, one after the other; ``columns`` holds the values of each of ``keys``."""
    digested = sorted((key, place) for place, key in enumerate(keys) if key not in UNDIGESTED)
    members = [made for key, place in digested if (made := _member(key, columns[place]))]
    # JSON holds no bare line end, so the rows can be put together, encoded at once, and taken apart again.
    together = _written(members, len(columns[0])).encode()
    size = DIGEST_BYTES
    return b"".join([sha256(row).digest()[:size] for row in together.split(b"\n")[1:]])


def empties(column: Sequence[Any]) -> int:
    """Return how many values of a column are empty; quick where none is."""
    return 0 if all(column) else column.count(None)


def _member(key: str, column: Sequence[Any]) -> _Member | None:
    """Return how a column is written as ``"key":value``, or ``None`` where all of it is empty."""
    empty = empties(column)
    if empty == len(column):
        return None
    label = f"{_encode(key)}:"
    types = set(map(type, column))
    if types == {int}:
        return _Member(label, list(map(str, column)))
    if types <= {str, type(None)}:
        texts = ["" if value is None else value for value in column] if empty else column
        joined = _SEPARATOR.join(texts)
        if _is_bare(joined, len(column)):
            return _Member(f'{label}"', texts, '"', has_empty=bool(empty))
    encoded = ["" if value is None else _encode(value) for value in column]
    return _Member(label, encoded, has_empty=bool(empty))


def _written(members: Sequence[_Member], count: int) -> str:
    """Return rows as JSON objects, each after a line end.

    A comma stands before a member where one that is never empty goes before, else behind it; so no row has one too
    many, and nothing must be looked for once the rows are written.
    """
    always = next((place for place, member in enumerate(members) if not member.has_empty), None)
    if always is None:
        lines = zip(*(member.whole("", ",") for member in members), strict=True) if members else [()] * count
        return "".join([f"\n{{{''.join(line)[:-1]}}}" for line in lines])
    constant = "\n{"
    parts: list[Sequence[str]] = []
    for place, member in enumerate(members):
        before, after = ("," if place > always else ""), ("," if place < always else "")
        if member.has_empty:
            parts += [[constant] * count] if constant else []
            parts.append(member.whole(before, after))
            constant = ""
        else:
            parts += [[f"{constant}{before}{member.opening}"] * count, member.values]
            constant = member.closing + after
    parts.append([constant + "}"] * count)
    return "".join(chain.from_iterable(zip(*parts, strict=True)))


def _is_bare(joined: str, count: int) -> bool:
    """Return whether ``count`` texts, joined, hold nothing that JSON escapes and nothing that separates them."""
    separators = joined.count(_SEPARATOR)
    return (
        separators == count - 1
        and '"' not in joined
        and "\\" not in joined
        and joined.replace(_SEPARATOR, "").isprintable()
    )
