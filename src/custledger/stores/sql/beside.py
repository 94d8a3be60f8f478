"""Search indexes that are made beside a bulk load, of the texts as they land.

They are of use only where nobody else has written meanwhile, since then they know every record. The numbers of the
changesets tell: those of the load must follow each other. Else the index is made from the records once all are there.
"""

from collections.abc import Sequence
from contextlib import ExitStack

import attrs

from custledger.changes import Changeset, Creates
from custledger.schema import Schema
from custledger.stores.sql.database import Connection, IndexBuilder, SearchIndex


@attrs.frozen
class _Kept:
    """An index in the making, and the texts that it is made of."""

    builder: IndexBuilder
    searched: tuple[str, ...]


class Beside:
    """The indexes in the making of one load. ``last`` is the number of the changeset before it."""

    def __init__(self, index: SearchIndex, schemas: Sequence[Schema], last: int) -> None:
        self._last = last
        self._kept = {schema.name: _Kept(index.builder(), _searched(schema)) for schema in schemas if schema.searchable}

    def landed(self, changeset: Changeset, number: int) -> None:
        """Take the texts of a changeset of the load that has landed with this number."""
        alone = number == self._last + 1 and not any(change.type in self._kept for change in changeset.changes)
        if not alone:
            self.close()
        self._last = number
        for creates in changeset.creates:
            kept = self._kept.get(creates.type)
            if kept is not None and creates:
                kept.builder.add(creates.ids[0], texts(creates, kept.searched))

    def install(self, connection: Connection, schema: Schema) -> bool:
        """Put the index of a type into its place, in an open transaction; return whether it is there and whole."""
        kept = self._kept.get(schema.name)
        ((last,),) = connection.execute("SELECT coalesce(max(number), 0) FROM custledger_changesets")
        if kept is None or last != self._last or kept.searched != _searched(schema):
            return False
        return kept.builder.install(connection, schema.name)

    def close(self) -> None:
        """Let go of what was made."""
        with ExitStack() as closing:
            for kept in self._kept.values():
                closing.callback(kept.builder.close)
            self._kept = {}


def texts(creates: Creates, searched: Sequence[str]) -> list[str]:
    r"""Return the searched texts of each row, joined with ``"\0"`` as ``search.terms_of_many`` wants them."""
    columns = [column for key, column in zip(creates.keys, creates.columns, strict=True) if key in searched]
    if not columns:
        return [""] * len(creates)
    return ["\0".join(filter(None, row)) for row in zip(*columns, strict=True)]


def _searched(schema: Schema) -> tuple[str, ...]:
    return tuple(field.key for field in schema.searchable)
