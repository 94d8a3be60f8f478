"""The records beside those that an expression is about, in one state that never changes."""

from collections.abc import Iterator, Sequence

from custledger.schema import Row, Schema
from custledger.stores.state import State


class StateRelated:
    """What ``expressions.compute.Related`` asks for, found in one state, which never changes."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._referring: dict[tuple[str, str], dict[int, list[Row]]] = {}

    def all(self, schema: Schema) -> Iterator[Row]:
        """Yield the rows of a type, by id."""
        return self._state.rows(schema.name).all(schema)

    def referring(self, schema: Schema, reference: str, number: int) -> Sequence[Row]:
        """Return the rows of ``schema`` whose field ``reference`` holds ``number``."""
        found = self._referring.get((schema.name, reference))
        if found is None:
            found = self._referring[schema.name, reference] = {}
            at = schema.positions[reference]
            for row in self.all(schema):
                found.setdefault(row[at], []).append(row)
        return found.get(number, ())

    def row(self, schema: Schema, number: int) -> Row | None:
        """Return the row of one id, or ``None``."""
        return self._state.rows(schema.name).row(schema, number)
