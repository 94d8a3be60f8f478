"""The records beside those that an expression is about, for what the database leaves to the evaluator."""

from collections.abc import Callable, Sequence

from custledger.schema import Row, Schema
from custledger.stores.sql.database import Connection
from custledger.stores.sql.tables import Table

TableOf = Callable[[Schema], Table]


class ReadRelated:
    """What ``expressions.compute.Related`` asks for, read as far as it is asked for."""

    def __init__(self, connection: Connection, table_of: Callable[[Schema], Table]) -> None:
        self._connection = connection
        self._table_of = table_of
        self._referring: dict[tuple[str, str], dict[int, list[Row]]] = {}
        self._rows: dict[tuple[str, int], Row | None] = {}

    def referring(self, schema: Schema, reference: str, number: int) -> Sequence[Row]:
        """Return the rows of ``schema`` whose field ``reference`` holds ``number``; those of all are read at once."""
        found = self._referring.get((schema.name, reference))
        if found is None:
            found = self._referring[schema.name, reference] = {}
            table, at = self._table_of(schema), schema.positions[reference]
            read = self._connection.execute(f'SELECT {table.columns} FROM {table.name} ORDER BY "id"')
            for row in table.rows(iter(read)):
                found.setdefault(row[at], []).append(row)
        return found.get(number, ())

    def row(self, schema: Schema, number: int) -> Row | None:
        """Return the row of one id, or ``None``."""
        key = schema.name, number
        if key not in self._rows:
            self._rows[key] = self._table_of(schema).read(self._connection, number)
        return self._rows[key]
