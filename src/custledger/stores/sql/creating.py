"""Many new records at once: whole columns are folded, digested and bound, rather than one value after the other."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from custledger.changes import Creates
from custledger.errors import UsageError
from custledger.expressions.columns import FOLDED_SUFFIX
from custledger.expressions.types import FOLDED_KINDS
from custledger.fields import Kind
from custledger.marks import PERSON
from custledger.schema import ID
from custledger.stores.sql.database import Connection
from custledger.stores.sql.layout import LIST_KINDS, quoted
from custledger.stores.sql.tables import Table, to_json
from custledger.values import fold, folder

_SEPARATOR = "\0"
Column = Sequence[Any]


class Run:
    """The rows of one ``Creates`` on their way into their table."""

    def __init__(self, table: Table, creates: Creates) -> None:
        table.check_keys(creates.keys)
        self._table = table
        self._keys = creates.keys
        self._columns = creates.columns
        self.first: int = self.ids[0]
        if list(self.ids) != list(range(self.first, self.first + len(self.ids))):
            raise UsageError("The ids of records that are created together must follow each other.")

    @property
    def ids(self) -> Column:
        """The ids of the rows."""
        return self._columns[ID]

    def column(self, key: str) -> Column:
        """Return the values of one field; all are empty where the rows do not have it."""
        return self._columns[self._keys.index(key)] if key in self._keys else ()

    def by_id(self) -> Iterator[tuple[int, dict[str, Any]]]:
        """Yield ``(id, values)`` of each row."""
        for row in zip(*self._columns, strict=True):
            yield row[ID], dict(zip(self._keys, row, strict=True))

    def digests(self) -> bytes:
        """Return the digests of the rows."""
        from custledger.stores.digests import digests  # it loads OpenSSL, of no use to reading

        return digests(self._keys, self._columns)

    def insert(self, connection: Connection) -> None:
        """Insert the rows."""
        names: list[str] = []
        columns: list[Column] = []
        for name, column in self._stored():
            names.append(name)
            columns.append(column)
        listed, marks = ", ".join(map(quoted, names)), ", ".join("?" * len(names))
        statement = f"INSERT INTO {self._table.name} ({listed}) VALUES ({marks})"
        connection.executemany(statement, zip(*columns, strict=True))

    def _stored(self) -> Iterator[tuple[str, Column]]:
        """Yield the columns that are not all empty, and the second columns of folded texts."""
        for key, column in zip(self._keys, self._columns, strict=True):
            if column[0] is None and column.count(None) == len(column):
                continue
            kind = self._table.schema.by_key[key].spec.kind
            if kind in LIST_KINDS:
                yield key, [None if value is None else to_json(value) for value in column]
                continue
            yield key, column
            if kind in FOLDED_KINDS and (second := second_column(column, kind)):
                yield key + FOLDED_SUFFIX, second

    def insert_tags(self, connection: Connection, actor: str) -> None:
        """Insert what the rows have of tags into their own tables."""
        at = self.column("updated_at")[0]
        for key, name in self._table.tags.items():
            given = ((number, tags) for number, tags in zip(self.ids, self.column(key), strict=False) if tags)
            rows = [(number, tag, fold(tag), PERSON, actor, at) for number, tags in given for tag in tags]
            if rows:
                connection.executemany(
                    f"INSERT INTO {name} (record, tag, folded, source, actor, at) VALUES (?, ?, ?, ?, ?, ?)", rows
                )

    def search_terms(self) -> Iterable[tuple[int, str]]:
        """Return ``(id, terms)`` of each row."""
        keys = {field.key for field in self._table.schema.searchable}
        searched = [column for key, column in zip(self._keys, self._columns, strict=True) if key in keys]
        texts = [_SEPARATOR.join(filter(None, row)) for row in zip(*searched, strict=True)]
        from custledger.search import terms_of_many  # 20 ms of patterns, of no use to reading

        return zip(self.ids, terms_of_many(texts), strict=True) if texts else ()


def second_column(column: Column, kind: Kind) -> list[str | None] | None:
    """Return the folded forms where they differ from the texts, or ``None`` where no one differs."""
    joined = _SEPARATOR.join(column if all(column) else ["" if value is None else value for value in column])
    folded = folder(kind)(joined)
    if folded == joined:
        return None
    texts = folded.split(_SEPARATOR)
    return [text if text != value and value is not None else None for text, value in zip(texts, column, strict=True)]
