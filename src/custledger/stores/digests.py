"""The digests of many rows at once: the same as ``changes.digest`` of each, in a fraction of the time.

Every row is written by one join of its values and of what stands between them. A column of texts that JSON must
escape, of anything but texts and integers, or with empty values, is encoded beforehand.
"""

from collections.abc import Iterable, Sequence
from hashlib import sha256
from itertools import repeat
from json.encoder import JSONEncoder, encode_basestring
from typing import Any

import attrs

from custledger.changes import DIGEST_BYTES, UNDIGESTED

_encode = JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False, sort_keys=True).encode


@attrs.frozen
class _Member:
    """A column on its way into the rows, its values as they are written there.

    ``opening`` and ``closing`` stand before and behind each. Where some are empty, they are already part of the
    others, and an empty one is ``""``.
    """

    opening: str
    values: Iterable[str]
    closing: str = ""
    has_empty: bool = attrs.field(default=False, kw_only=True)


def digests(keys: Sequence[str], columns: Sequence[Sequence[Any]]) -> bytes:
    """Return the digests of rows, one after the other; ``columns`` holds the values of each of ``keys``."""
    digested = sorted((key, place) for place, key in enumerate(keys) if key not in UNDIGESTED)
    members = [made for key, place in digested if (made := _member(key, columns[place]))]
    size = DIGEST_BYTES
    return b"".join([sha256(row.encode()).digest()[:size] for row in _written(members, len(columns[0]))])


def _member(key: str, column: Sequence[Any]) -> _Member | None:
    """Return how a column is written as ``"key":value``, or ``None`` where all of it is empty."""
    label = f"{_encode(key)}:"
    if _are_bare(column):
        return _Member(f'{label}"', column, '"')
    filled = [value for value in column if value is not None]
    if not filled:
        return None
    quote = '"' if _are_bare(filled) else ""
    if not quote:
        written = str if set(map(type, filled)) == {int} else _encode
        column = [value if value is None else written(value) for value in column]
    if len(filled) == len(column):
        return _Member(label, column)
    values = ["" if value is None else f"{label}{quote}{value}{quote}" for value in column]
    return _Member("", values, has_empty=True)


def _written(members: Sequence[_Member], count: int) -> Iterable[str]:
    """Return rows as JSON objects.

    A comma stands before a member where one that is never empty goes before, else behind it; so no row has one too
    many, unless every member has empty values.
    """
    always = next((place for place, member in enumerate(members) if not member.has_empty), len(members))
    parts: list[Iterable[str]] = []
    between = "{"  # what goes before the next value, and is the same in every row
    for place, member in enumerate(members):
        before, after = "," if place > always else "", "," if place < always else ""
        if member.has_empty:
            parts += (repeat(between, count), [value and f"{before}{value}{after}" for value in member.values])
            between = ""
        else:
            parts += (repeat(f"{between}{before}{member.opening}", count), member.values)
            between = f"{member.closing}{after}"
    rows = map("".join, zip(*parts, repeat(f"{between}}}", count), strict=True))
    return rows if always < len(members) else (f"{row[:-2]}}}" if row.endswith(",}") else row for row in rows)


def _are_bare(values: Iterable[Any]) -> bool:
    """Return whether values are all texts that hold nothing that JSON escapes."""
    try:
        together = "".join(values)
    except TypeError:
        return False
    return len(encode_basestring(together)) == len(together) + 2
