"""Keeping a ledger whole while an operation is taken back: references lead somewhere, unique values stay unique."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar

from custledger import ids
from custledger.changes import Action, Change
from custledger.errors import shorten
from custledger.expressions import field_expression, is_in
from custledger.schema import Field, Schema
from custledger.services.session import Session
from custledger.stores.contract import Query
from custledger.values import folder

BATCH = 500
"""How many records are asked for at once."""
Key = tuple[str, int]
_ItemT = TypeVar("_ItemT")


def keep_whole(session: Session, changes: dict[Key, Change], drop: Callable[[Key, str], None]) -> None:
    """Leave out what would break a reference or take a unique value twice, until nothing more has to stay.

    ``drop`` takes one of the changes out, and is told why.
    """
    keeper = _Keeper(session, changes, drop)
    while keeper.drop_referred() | keeper.drop_dangling() | keeper.drop_taken():
        pass


def in_batches(items: Iterable[_ItemT]) -> Iterator[list[_ItemT]]:
    """Yield items so many at a time as are asked for at once."""
    left = iter(items)
    while some := list(islice(left, BATCH)):
        yield some


class _Keeper:
    def __init__(self, session: Session, changes: dict[Key, Change], drop: Callable[[Key, str], None]) -> None:
        self.session = session
        self.changes = changes
        self._drop_one = drop
        self._filled: dict[str, bool] = {}
        self._there: dict[Key, bool] = {}

    def drop_referred(self) -> bool:
        """Keep records that others, which stay, refer to."""
        dropped = False
        for record_type, numbers in self._removals().items():
            target = self.session.schemas[record_type]
            for schema in self.session.schemas.values():
                for field in schema.references:
                    if field.spec.target in {None, record_type} and self._is_filled(schema):
                        dropped |= self._drop_referred_by(schema, field, target, numbers)
        return dropped

    def _removals(self) -> dict[str, list[int]]:
        removals: dict[str, list[int]] = {}
        for (record_type, number), change in self.changes.items():
            if change.action is Action.REMOVE:
                removals.setdefault(record_type, []).append(number)
        return removals

    def _is_filled(self, schema: Schema) -> bool:
        """Whether there are records of a type at all: of many there are none, and nothing needs to be asked."""
        if schema.name not in self._filled:
            query = Query(moment=self.session.moment, columns=(field_expression(schema, "id"),), limit=1)
            self._filled[schema.name] = any(True for _ in self.session.view.select(schema, query))
        return self._filled[schema.name]

    def _drop_referred_by(self, schema: Schema, field: Field, target: Schema, numbers: Sequence[int]) -> bool:
        dropped = False
        for some in in_batches(numbers):
            named: dict[Any, int] = {target.public_id(one) if field.spec.target is None else one: one for one in some}
            for number, value in self._holding(schema, field, list(named)):
                change, key = self.changes.get((schema.name, number)), (target.name, named[value])
                goes = change is not None and (change.after is None or change.after.get(field.key, value) != value)
                if not goes and key in self.changes:
                    self._drop_one(key, f"{schema.public_id(number)} refers to it")
                    dropped = True
        return dropped

    def _holding(self, schema: Schema, field: Field, values: Sequence[Any]) -> Iterator[tuple[int, Any]]:
        """Yield the ids of records that have one of these values in a field, each with the value."""
        columns = field_expression(schema, "id"), field_expression(schema, field.key)
        where = is_in(schema, field.key, values)
        yield from self.session.view.select(schema, Query(moment=self.session.moment, where=where, columns=columns))

    def drop_dangling(self) -> bool:
        """Keep away values that refer to records which are not, and will not be, there."""
        wanted = {key: list(self._wanted(key, change)) for key, change in self.changes.items()}
        wanted = {key: found for key, found in wanted.items() if found}
        self._look_for(target for found in wanted.values() for _, target in found)
        dropped = False
        for key, found in wanted.items():
            gone = next((field for field, target in found if not self._will_exist(target)), None)
            if gone is not None:
                self._drop_one(key, f"what it refers to ({gone.key}) is gone")
                dropped = True
        return dropped

    def _wanted(self, key: Key, change: Change) -> Iterator[tuple[Field, Key]]:
        """Yield what a change lets a record refer to; of types that nobody knows any more nothing."""
        for field in self.session.schemas[key[0]].references if change.after else ():
            value = (change.after or {}).get(field.key)
            if value is None:
                continue
            if field.spec.target is not None:
                yield field, (field.spec.target, value)
                continue
            prefix, letters = ids.split_public(value)
            found = next((one for one in self.session.schemas.values() if one.info.prefix == prefix), None)
            if found is not None:
                yield field, (found.name, ids.decode(letters))

    def _look_for(self, targets: Iterable[Key]) -> None:
        """Find out which records are there of those of which that is not known, and that this undo does not write."""
        unknown: dict[str, dict[int, None]] = {}
        for target in targets:
            if target not in self._there and target not in self.changes:
                unknown.setdefault(target[0], {})[target[1]] = None
        for name, numbers in unknown.items():
            for some in in_batches(numbers):
                rows = self.session.view.get(self.session.schemas[name], some)
                self._there.update({(name, one): row is not None for one, row in zip(some, rows, strict=True)})

    def _will_exist(self, target: Key) -> bool:
        change = self.changes.get(target)
        if change is None and target not in self._there:
            self._look_for([target])
        return self._there[target] if change is None else change.action is not Action.REMOVE

    def drop_taken(self) -> bool:
        """Keep away unique values that another record has taken meanwhile."""
        taken: dict[Key, str] = {}
        for schema in self.session.schemas.values():
            for field in schema.unique:
                for key, why in self._taken(schema, field):
                    taken.setdefault(key, why)
        for key, why in taken.items():
            self._drop_one(key, why)
        return bool(taken)

    def _taken(self, schema: Schema, field: Field) -> Iterator[tuple[Key, str]]:
        """Yield which changes would bring back a value that is taken, and who has it."""
        comparable = folder(field.spec.kind)
        wanting = {
            comparable(value) if isinstance(value, str) else value: (key, value)
            for key, change in self.changes.items()
            if key[0] == schema.name and (value := (change.after or {}).get(field.key))
        }
        for some in in_batches(wanting.values()):
            for number, held in self._holding(schema, field, [value for _, value in some]):
                key, value = wanting[comparable(held) if isinstance(held, str) else held]
                if number != key[1] and self._keeps((schema.name, number), field):
                    shown = shorten(self.session.codec(schema.name).text(field, value))
                    what = field.label("en") if field.spec.sensitive else f"{field.label('en')} {shown}"
                    yield key, f"{schema.public_id(number)} has taken its {what}"

    def _keeps(self, holder: Key, field: Field) -> bool:
        """Whether another record still has its unique value after this undo."""
        change = self.changes.get(holder)
        return change is None or (change.after is not None and field.key not in change.after)
