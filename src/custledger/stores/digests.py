"""The digests of many rows at once: the same as ``changes.digest`` of each, in a fraction of the time.

A template holds the sorted keys. The values of columns without empty ones go into it as they are, those of others as
pieces that were written as JSON a column at a time. Where a column holds what JSON must escape, or anything but text
and integers, its values are encoded one by one.
"""

import json
from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from custledger.changes import DIGEST_BYTES, UNDIGESTED

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False, sort_keys=True).encode
_SEPARATOR = "\0"


def digests(keys: Sequence[str], columns: Sequence[Sequence[Any]]) -> bytes:
    """Return the digests of rows, one after the other; ``columns`` holds the values of each of ``keys``."""
    digested = sorted((key, place) for place, key in enumerate(keys) if key not in UNDIGESTED)
    pieces = [made for key, place in digested if (made := _pieces(key, columns[place]))]
    template = f"\n{{{''.join(piece for piece, _ in pieces)}}}"
    rows = zip(*(values for _, values in pieces), strict=True) if pieces else [()] * len(columns[0])
    # JSON holds no bare line end, so the rows can be put together, encoded at once, and taken apart again.
    together = "".join(map(template.__mod__, rows)).replace("\n{,", "\n{").encode()
    size = DIGEST_BYTES
    return b"".join([sha256(row).digest()[:size] for row in together.split(b"\n")[1:]])


def empties(column: Sequence[Any]) -> int:
    """Return how many values of a column are empty; quick where none is."""
    return 0 if all(column) else column.count(None)


def _pieces(key: str, column: Sequence[Any]) -> tuple[str, Sequence[Any]] | None:
    """Return how a column is written as ``,"key":value``: a template, and what goes into it, row by row.

    An empty value is written as nothing; ``None`` says that all are empty.
    """
    empty = empties(column)
    if empty == len(column):
        return None
    label = f",{_encode(key)}:"
    template = label.replace("%", "%%")
    types = set(map(type, column))
    if types == {int}:
        return f"{template}%d", column
    if types <= {str, type(None)}:
        texts = ["" if value is None else value for value in column] if empty else column
        joined = _SEPARATOR.join(texts)
        if _is_bare(joined, len(column)):
            return (f'{template}"%s"', column) if not empty else ("%s", _written(label, joined))
    return "%s", ["" if value is None else label + _encode(value) for value in column]


def _written(label: str, joined: str) -> list[str]:
    """Return ``,"key":"text"`` for each of the joined texts, and nothing for an empty one."""
    written = f'{label}"{joined}"'.replace(_SEPARATOR, f'"{_SEPARATOR}{label}"')
    return written.replace(f'{label}""', "").split(_SEPARATOR)


def _is_bare(joined: str, count: int) -> bool:
    """Return whether ``count`` texts, joined, hold nothing that JSON escapes and nothing that separates them."""
    separators = joined.count(_SEPARATOR)
    return (
        separators == count - 1
        and '"' not in joined
        and "\\" not in joined
        and joined.replace(_SEPARATOR, "").isprintable()
    )
