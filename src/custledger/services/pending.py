"""What a batch is going to write, and the ledger as it will be then."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from custledger.changes import Action, Change
from custledger.codec import row_from
from custledger.expressions import Moment
from custledger.schema import CREATED_AT, ID, UPDATED_AT, Row, Schema
from custledger.stores.view import View
from custledger.structs import frozen
from custledger.values import Plain, fold


class Pending:
    """The changes of a batch that has not landed, one a record, and what the records will be called.

    ``at`` is the plain time of the batch, which the records that it adds will have.
    """

    def __init__(self, at: str) -> None:
        self.at = at
        self._changes: dict[tuple[str, int], Change] = {}
        self._called: dict[tuple[str, str, str], set[int]] = defaultdict(set)

    def __len__(self) -> int:
        """Return how many records there are changes of."""
        return len(self._changes)

    def __iter__(self) -> Iterator[Change]:
        """Yield the changes of this moment, in the order in which they began."""
        return iter(list(self._changes.values()))

    def get(self, record_type: str, number: int) -> Change | None:
        """Return the change of a record, if there is one."""
        return self._changes.get((record_type, number))

    def put(self, schema: Schema, change: Change) -> None:
        """Keep a change in the place of the one that there was of its record."""
        self._call(schema, change.id, set.discard)
        self._changes[schema.name, change.id] = change
        self._call(schema, change.id, set.add)

    def drop(self, schema: Schema, number: int) -> None:
        """Forget the change of a record."""
        self._call(schema, number, set.discard)
        self._changes.pop((schema.name, number), None)

    def called(self, schema: Schema, key: str, text: str) -> set[int]:
        """Return the ids of the records whose field these changes set to what compares equal to ``text``."""
        return self._called.get((schema.name, key, fold(text)), set())

    def leaves(self, schema: Schema, number: int, key: str) -> bool:
        """Whether a record will be there, with the value that its field has in the ledger."""
        change = self.get(schema.name, number)
        return change is None or (change.after is not None and key not in change.after)

    def made(self, schema: Schema) -> Iterator[int]:
        """Yield the ids of the records of a type that will be added."""
        return (change.id for change in self if change.type == schema.name and change.action is Action.CREATE)

    def laid_over(self, schema: Schema, number: int, row: Row | None) -> Row | None:
        """Return the row that a record will have, from the one that it has or had."""
        change = self.get(schema.name, number)
        if change is None or change.after is None:
            return row if change is None else None
        if change.action is Action.CREATE:
            values = list(row_from(schema, change.after))
            values[ID], values[CREATED_AT], values[UPDATED_AT] = number, self.at, self.at
            return tuple(values)
        return row and tuple({**dict(zip(schema.keys, row, strict=True)), **change.after}.values())

    def _call(self, schema: Schema, number: int, tell: Any) -> None:
        after = (change.after if (change := self.get(schema.name, number)) else None) or {}
        for field in (schema.code_field, schema.title_field):
            value = after.get(field.key) if field else None
            if field and isinstance(value, str):
                tell(self._called[schema.name, field.key, fold(value)], number)


@frozen
class PendingView(View):
    """A ledger as a batch will leave it, for whoever names a record or reads one; selections do not show it yet."""

    pending: Pending

    def get(self, schema: Schema, ids: Sequence[int]) -> list[Row | None]:
        """Return the rows of these ids, in the order asked; ``None`` where there will be none."""
        rows = super().get(schema, ids)
        return [self.pending.laid_over(schema, number, row) for number, row in zip(ids, rows, strict=True)]

    def look_up(self, schema: Schema, number: int) -> tuple[int, Row | None]:
        """Return the generation and the row of one id."""
        generation, row = super().look_up(schema, number)
        return generation, self.pending.laid_over(schema, number, row)

    def holders(self, schema: Schema, key: str, plain: Plain, moment: Moment, limit: int | None = None) -> list[int]:
        """Return the ids of the records that will have this value."""
        most = None if limit is None else limit + len(self.pending)
        found = super().holders(schema, key, plain, moment, most)
        kept = {number for number in found if self.pending.leaves(schema, number, key)}
        return sorted(kept | self.pending.called(schema, key, plain))[:limit]

    def with_ending(self, schema: Schema, ending: int, modulus: int, limit: int) -> list[int]:
        """Return ids with the given last letters."""
        found = super().with_ending(schema, ending, modulus, limit + len(self.pending))
        kept = {number for number in found if self.pending.leaves(schema, number, "id")}
        return sorted(kept | {number for number in self.pending.made(schema) if number % modulus == ending})[:limit]
