"""The records of one type: adding, finding, editing, removing and counting them."""

from collections.abc import Iterator, Sequence
from typing import Any, Generic, TypeVar, cast, overload

from custledger.changes import Receipt
from custledger.errors import InvalidValueError, NotFoundError
from custledger.ledger.part import Part
from custledger.records import FollowUp, Record
from custledger.schema import ID, Row, Schema
from custledger.services import editing, followups, naming
from custledger.services.editing import Many
from custledger.services.history import Event, history
from custledger.services.naming import Reference
from custledger.services.overview import Overview, overview
from custledger.services.selecting import Selection, memberships
from custledger.services.session import Session

RecordT = TypeVar("RecordT", bound=Record)


class Collection(Part, Generic[RecordT]):
    """The records of one type."""

    def __init__(self, session: Session, record_type: str) -> None:
        super().__init__(session)
        schema = session.schema(record_type)
        self.record_type, self._called = schema.name, schema.info.plural

    @property
    def schema(self) -> Schema:
        """The type's fields, custom ones included, as they are now."""
        self._session.refresh()
        return self._session.schema(self.record_type)

    def add(self, record: RecordT | None = None, /, *, reason: str = "", **values: Any) -> RecordT:
        """Add a record, given as an instance or by its fields, and return it as the ledger keeps it.

        Fields are named by key, label or alias; a reference is a record, an id, a code or a unique name. Raises
        ``InvalidValueError``, ``DuplicateError`` or ``NotFoundError``.
        """
        given = {**values_of(record), **values} if record is not None else values
        return self._record(*editing.add(self._session, self.record_type, given, reason=reason))

    def get(self, ref: Reference) -> RecordT:
        """Return the record that ``ref`` names: by id, code, unique name, or a unique ending of its id.

        Raises ``NotFoundError`` or ``AmbiguousError``.
        """
        return self._record(*naming.found(self._session, self.record_type, ref))

    def edit(self, ref: Reference, /, *, reason: str = "", **values: Any) -> RecordT:
        """Set fields of a record and return it as it now is; ``None`` empties a field.

        Given a record, what was read then is compared with what is there now: changes of other fields by somebody
        else stay, a change of the same field raises ``ConflictError``.
        """
        return self._record(*editing.edit(self._session, self.record_type, ref, values, reason=reason))

    def remove(self, ref: Reference, /, *, reason: str = "") -> Receipt:
        """Remove a record. Raises ``ReferencedError`` where others still refer to it."""
        return editing.remove(self._session, self.record_type, ref, reason=reason)

    def edit_where(self, where: str, /, *, dry_run: bool = False, reason: str = "", **values: Any) -> Many:
        """Set fields of every record that ``where`` selects, whole or not at all."""
        return editing.edit_where(self._session, self.record_type, where, values, dry_run=dry_run, reason=reason)

    def remove_where(self, where: str, /, *, dry_run: bool = False, reason: str = "") -> Many:
        """Remove every record that ``where`` selects, whole or not at all."""
        return editing.remove_where(self._session, self.record_type, where, dry_run=dry_run, reason=reason)

    def where(self, text: str) -> Selection[RecordT]:
        """Return the records for which an expression is true: ``where("city = 上海")``."""
        return self.all().where(text)

    def all(self) -> Selection[RecordT]:
        """Return every record, as a selection to filter, order and limit."""
        return Selection(self._session, self.record_type)

    def order(self, *keys: str) -> Selection[RecordT]:
        """Return every record, sorted."""
        return self.all().order(*keys)

    def limit(self, count: int) -> Selection[RecordT]:
        """Return at most ``count`` records, in the order of their ids."""
        return self.all().limit(count)

    @overload
    def count(self) -> int: ...

    @overload
    def count(self, by: str | Sequence[str]) -> dict[Any, int]: ...

    def count(self, by: str | Sequence[str] | None = None) -> int | dict[Any, int]:
        """Return how many records there are, or counts by a field: ``count(by="city")``."""
        return self.all().count() if by is None else self.all().count(by)

    def columns(self, *names: str) -> dict[str, list[Any]]:
        """Return columns of every record as lists: ``polars.DataFrame(ledger.customers.columns("name", "city"))``."""
        return self.all().columns(*names)

    def memberships(self, *conditions: str) -> list[set[int]]:
        """Return the ids of the records that each of several conditions chooses, from one snapshot.

        That is quicker than a selection for each: the records are read once for all of them. A segment is a condition
        by its name. Raises ``QueryError``.
        """
        return memberships(self._session, self.record_type, conditions)

    def history(self, ref: Reference) -> list[Event]:
        """Return what happened to a record, newest first. Times are in UTC, and what fields held are plain values.

        A record that was removed is named by its whole id.
        """
        return history(self._session, *naming.find_past(self._session, ref, self.record_type))

    def overview(self, ref: Reference) -> Overview:
        """Return a record with whatever refers to it."""
        return overview(self._session, self.record_type, ref)

    def __iter__(self) -> Iterator[RecordT]:
        """Yield every record, in the order of their ids."""
        return iter(self.all())

    def __len__(self) -> int:
        """Return how many records there are."""
        return self.count()

    def __contains__(self, ref: object) -> bool:
        """Whether ``ref``, a record, an id, a code or a name, names a record that is there."""
        try:
            self.get(cast("Reference", ref))
        except (NotFoundError, InvalidValueError):
            return False
        return True

    def _record(self, schema: Schema, row: Row) -> RecordT:
        return cast("RecordT", self._session.codec_of(schema).record(row))


class FollowUps(Collection[FollowUp]):
    """The follow-ups, which can fall due and be done."""

    def due(self, days: int = 0, *, owner: str | None = None) -> list[FollowUp]:
        """Return the open follow-ups that are overdue, due today, or due within ``days`` days; the oldest first."""
        rows = followups.due(self._session, days=days, owner=owner)
        schema = self._session.schema(self.record_type)
        return [self._record(schema, row) for row in rows]

    def done(self, ref: Reference, result: str = "", *, status: str = "done") -> FollowUp | None:
        """Finish a follow-up (``status`` done or skipped); return the next one where it repeats."""
        _, following = followups.done(self._session, ref, result=result, status=status)
        return None if following is None else self.get(following[ID])


def values_of(record: Record) -> dict[str, Any]:
    """Return the fields of an instance that are set, by key; a reference of 0 stands for none."""
    if not isinstance(record, Record):
        raise InvalidValueError(record, "is not a record", hint="Give the fields by name: add(name=…).")
    schema = Schema.of(type(record))
    given = {field.key: getattr(record, field.key) for field in schema.editable}
    unset = {field.key for field in schema.references if given.get(field.key) == 0}
    return {
        key: value
        for key, value in {**given, **record.extra}.items()
        if value is not None and value != frozenset() and key not in unset
    }
