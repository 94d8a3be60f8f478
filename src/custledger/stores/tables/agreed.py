"""What was last agreed between a ledger and the sheet of one type: the base against which hand edits are found."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import attrs

from custledger.stores.held import Held, HeldKind
from custledger.stores.tables.columns import name_of

DIGEST = 8
"""How many bytes of a row's digest are kept."""
SEPARATOR = "\x1f"


@attrs.frozen(kw_only=True)
class Agreed:
    """What is known of one sheet.

    - ``file`` and ``title``: where it is;
    - ``digests``: by the ids of the records that have a row, what their rows held; see ``digest_of``;
    - ``behind``: the records whose rows do not show yet what the ledger says, since the sheet could not be written;
    - ``held``: what is held of it;
    - ``renamed``: keys of fields by the folded headings that people gave them;
    - ``left``: folded headings of columns that are people's own, and are not asked about any more;
    - ``offered``: the keys of fields that have had a column, so that one that people took out is not made again;
    - ``columns``: the keys of the fields of its columns, in their order, ``""`` for a column that is none;
    - ``stopped``: why nothing is read from it or written to it now, or ``""``.
    """

    file: str
    title: str
    digests: Mapping[int, bytes] = attrs.field(factory=dict)
    behind: frozenset[int] = frozenset()
    held: tuple[Held, ...] = ()
    renamed: Mapping[str, str] = attrs.field(factory=dict)
    left: frozenset[str] = frozenset()
    offered: frozenset[str] = frozenset()
    columns: tuple[str, ...] = ()
    stopped: str = ""

    @property
    def is_made(self) -> bool:
        """Whether there ever was such a sheet, and not only a place where it is to be."""
        return bool(self.offered or self.digests)

    def held_cells(self) -> dict[tuple[int, str], Held]:
        """Return the cells that are held, by the record and the key of the field."""
        return {(one.record, one.key): one for one in self.held if one.kind in CELLS}

    def strange_columns(self) -> frozenset[str]:
        """Return the folded headings of the columns that were no field when the sheet was last judged."""
        return self.left.union(name_of(one.heading) for one in self.held if one.kind is HeldKind.COLUMN)


CELLS = frozenset({HeldKind.UNFIT, HeldKind.DAMAGED, HeldKind.FELL_BACK})
"""What is held of single cells of records."""

STOPPED = frozenset({HeldKind.APART, HeldKind.UNREADABLE})
"""What is held of whole sheets."""


def digest_of(cells: Sequence[str], id_place: int | None) -> bytes:
    """Return the digest of what a row holds beside its id; empty cells at its end do not count."""
    if id_place is not None and id_place < len(cells):
        cells = [*cells[:id_place], "", *cells[id_place + 1 :]]
    text = SEPARATOR.join(cells).rstrip(SEPARATOR)
    return hashlib.blake2b(text.encode(errors="surrogatepass"), digest_size=DIGEST).digest()


def lagging(agreed: Agreed, shown: Mapping[int, bytes | None]) -> Agreed:
    """Return what is known of a sheet in which the rows of some records are as they were before; see ``Waiting``."""
    digests = {number: one for number, one in agreed.digests.items() if number not in shown}
    digests |= {number: one for number, one in shown.items() if one is not None}
    return attrs.evolve(agreed, digests=digests, behind=agreed.behind.union(shown))


def agreed_to_json(agreed: Agreed, before: Agreed | None) -> dict[str, Any]:
    """Return what is known of a sheet as a JSON object; of digests what is not as ``before``."""
    old = before.digests if before else {}
    new = {number: one for number, one in agreed.digests.items() if old.get(number) != one}
    gone = [number for number in old if number not in agreed.digests]
    lagging = before.behind if before else frozenset()
    return {
        "file": agreed.file,
        "title": agreed.title,
        "digests": [list(new), b"".join(new.values()).hex(), gone],
        "behind": [sorted(agreed.behind - lagging), sorted(lagging - agreed.behind)],
        "held": [_held_to_json(one) for one in agreed.held],
        "renamed": dict(agreed.renamed),
        "left": sorted(agreed.left),
        "offered": sorted(agreed.offered),
        "columns": list(agreed.columns),
        "stopped": agreed.stopped,
    }


def agreed_from_json(value: Mapping[str, Any], before: Agreed | None) -> Agreed:
    """Return what ``agreed_to_json`` wrote, upon what was known ``before``."""
    numbers, together, gone = value["digests"]
    more, fewer = value["behind"]
    packed = bytes.fromhex(together)
    digests = dict(before.digests) if before else {}
    digests.update(zip(numbers, (packed[at : at + DIGEST] for at in range(0, len(packed), DIGEST)), strict=True))
    for number in gone:
        digests.pop(number, None)
    return Agreed(
        file=value["file"],
        title=value["title"],
        digests=digests,
        behind=(before.behind if before else frozenset()).union(more).difference(fewer),
        held=tuple(map(_held_from_json, value["held"])),
        renamed=value["renamed"],
        left=frozenset(value["left"]),
        offered=frozenset(value["offered"]),
        columns=tuple(value["columns"]),
        stopped=value["stopped"],
    )


def _held_to_json(held: Held) -> dict[str, Any]:
    return {one.name: value for one in attrs.fields(Held) if (value := getattr(held, one.name)) != one.default}


def _held_from_json(value: Mapping[str, Any]) -> Held:
    cells = tuple((key, text) for key, text in value.get("cells", ()))
    return Held(**{**value, "kind": HeldKind(value["kind"]), "cells": cells})
