"""The ledger: the facade over all of it.

::

    import custledger

    with custledger.open("ledger.db") as ledger:
        customer = ledger.customers.add(name="张伟", city="上海")
        ledger.interactions.add(customer=customer, channel="phone", summary="询价")

Threads may share a ledger: reads run side by side, each from its own snapshot, and writes queue behind each other. A
batch belongs to the thread that opened it. Several processes may have one ledger open, where its store allows it.
"""

import os
import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from types import TracebackType
from typing import Any, Generic, Self, TypeVar, cast, overload

from custledger import ids
from custledger.changes import Receipt
from custledger.conventions import Clock
from custledger.errors import InvalidValueError, NotFoundError, masked
from custledger.plugins import Plugins
from custledger.records import Customer, FollowUp, Interaction, Record
from custledger.schema import ID, Row, Schema
from custledger.services import backing_up, editing, followups, naming, searching
from custledger.services import fields as field_service
from custledger.services.batching import Batch
from custledger.services.editing import Many
from custledger.services.exporting import export
from custledger.services.history import Event, PastChange, PastOperation, history, past
from custledger.services.importing import ImportReport, import_file
from custledger.services.naming import Reference
from custledger.services.opening import open_session
from custledger.services.overview import Overview, overview
from custledger.services.selecting import Selection
from custledger.services.session import Session
from custledger.services.undo import Undone, undo
from custledger.stores.contract import Verification
from custledger.values import given_count, given_path

RecordT = TypeVar("RecordT", bound=Record)


class Collection(Generic[RecordT]):
    """The records of one type."""

    def __init__(self, session: Session, record_type: str) -> None:
        self._session = session
        self.record_type = session.schema(record_type).name

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
        given = {**_values_of(record), **values} if record is not None else values
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

    def history(self, ref: Reference) -> list[Event]:
        """Return what happened to a record, newest first. Times are in UTC, and what fields held are plain values."""
        return history(self._session, self.record_type, naming.find(self._session, self.record_type, ref))

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

    def __repr__(self) -> str:
        """Say which records these are, and where."""
        return f"<{self.schema.info.plural} of {masked(self._session.store.url)}>"

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


class BatchCollection(Generic[RecordT]):
    """The records of one type within a batch: what is written lands with the batch."""

    def __init__(self, batch: Batch, record_type: str) -> None:
        self._batch = batch
        self._record_type = record_type

    def add(self, record: RecordT | None = None, /, **values: Any) -> RecordT:
        """Add a record and return it, with the id it will have."""
        given = {**_values_of(record), **values} if record is not None else values
        return cast("RecordT", self._batch.add(self._record_type, given))

    def get(self, ref: Reference) -> RecordT:
        """Return the record that ``ref`` names, as it will be when the batch has landed.

        Raises ``NotFoundError`` or ``AmbiguousError``.
        """
        return cast("RecordT", self._batch.get(self._record_type, ref))

    def edit(self, ref: Reference, /, **values: Any) -> None:
        """Set fields of a record. Given a record, what was read then is compared when the batch lands."""
        self._batch.edit(self._record_type, ref, values)

    def remove(self, ref: Reference, /) -> None:
        """Remove a record."""
        self._batch.remove(self._record_type, ref)


class BatchFollowUps(BatchCollection[FollowUp]):
    """The follow-ups within a batch, which can be done."""

    def done(self, ref: Reference, result: str = "", *, status: str = "done") -> None:
        """Finish a follow-up (``status`` done or skipped); where it repeats, the next one is made with the batch."""
        self._batch.done(ref, result, status=status)


class LedgerBatch(Batch):
    """A batch with the ledger's collections: ``with ledger.operation(reason="…") as batch: batch.customers.add(…)``."""

    @property
    def customers(self) -> BatchCollection[Customer]:
        """The customers."""
        return BatchCollection(self, "customer")

    @property
    def interactions(self) -> BatchCollection[Interaction]:
        """The interactions."""
        return BatchCollection(self, "interaction")

    @property
    def followups(self) -> BatchFollowUps:
        """The follow-ups."""
        return BatchFollowUps(self, "followup")

    def records(self, record_type: str) -> BatchCollection[Any]:
        """Return the records of any type, by its name."""
        return BatchCollection(self, record_type)


class Fields:
    """The ledger's own fields and choices."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, record_type: str, label: str, **about: Any) -> Any:
        """Add a custom field; see ``custledger.services.fields.add_field``."""
        return field_service.add_field(self._session, record_type, label, **about)

    def list(self, record_type: str | None = None) -> Any:
        """Return the fields of one type, or of all; see ``custledger.services.fields.list_fields``."""
        return field_service.list_fields(self._session, record_type)

    def set_choices(self, field: str, choices: Sequence[str], **about: Any) -> Any:
        """Replace the choices of a field: ``set_choices("customer.level", ["A:重点客户:red", "B", "C"])``."""
        return field_service.set_choices(self._session, field, choices, **about)


class Ledger:
    """One customer ledger, open. Made by ``custledger.open``; closed by ``close`` or at the end of a ``with`` block."""

    def __init__(self, session: Session) -> None:
        self.session = session

    @property
    def customers(self) -> Collection[Customer]:
        """The customers."""
        return Collection(self.session, "customer")

    @property
    def interactions(self) -> Collection[Interaction]:
        """What was said to customers, and by them."""
        return Collection(self.session, "interaction")

    @property
    def followups(self) -> FollowUps:
        """What is owed to customers next."""
        return FollowUps(self.session, "followup")

    @property
    def fields(self) -> Fields:
        """The ledger's own fields and choices."""
        return Fields(self.session)

    @property
    def record_types(self) -> tuple[str, ...]:
        """The names of every record type there is, those of absent plugins included."""
        self.session.refresh()
        return tuple(self.session.schemas)

    def records(self, record_type: str) -> Collection[Any]:
        """Return the records of any type, by its name, plural or label. Raises ``NotFoundError``.

        Those of a type whose plugin is absent are ``BareRecord``: they can be read, and not written.
        """
        self.session.refresh()
        return Collection(self.session, record_type)

    def search(self, text: str, *, record_types: Sequence[str] = (), limit: int = 20) -> list[Record]:
        """Return records in which every word of ``text`` occurs, the newest first within each type.

        Those whose plugin is absent are among them, as ``BareRecord``.
        """
        found = searching.search(self.session, text, record_types=record_types, limit=limit)
        return [self.session.codec_of(schema).record(row) for schema, row in found]

    def log(self, ref: str | Record | None = None, *, limit: int | None = None) -> list[PastChange]:
        """Return the log's entries, newest first: of one record, or of the whole ledger. Their times are in UTC."""
        self.session.refresh()
        record = None if ref is None else naming.find_any(self.session, ref)
        entries = self.session.view.log(record=record, newest_first=True, limit=_bounded(limit))
        return [past(PastChange, entry) for entry in entries]

    def operations(self, *, limit: int | None = None) -> list[PastOperation]:
        """Return what people did, newest first. Their times are in UTC."""
        self.session.refresh()
        return [past(PastOperation, operation) for operation in self.session.view.operations(limit=_bounded(limit))]

    def operation(self, *, reason: str = "") -> LedgerBatch:
        """Return a batch: what is written within its ``with`` block lands as one operation, whole or not at all."""
        return LedgerBatch(self.session, reason=reason)

    def undo(self, operation: int | str, *, reason: str = "") -> Undone:
        """Take an operation back, as far as no later edit stands in the way."""
        return undo(self.session, operation, reason=reason)

    def import_file(self, path: str | os.PathLike[str], record_type: str, **options: Any) -> ImportReport:
        """Import a file of records; see ``custledger.services.importing.import_file``."""
        return import_file(self.session, given_path(path), record_type, **options)

    def export(self, record_type: str, target: Any, **options: Any) -> Any:
        """Export records to a file; see ``custledger.services.exporting.export``."""
        to = given_path(target) if isinstance(target, str | os.PathLike) else target
        return export(self.session, record_type, to, **options)

    def backup(self, target: str | os.PathLike[str]) -> Verification:
        """Copy the ledger to a new file while it stays in use, verified before it counts."""
        return backing_up.backup(self.session, given_path(target))

    def close(self) -> None:
        """Release the store."""
        self.session.close()

    def __repr__(self) -> str:
        """Say which ledger this is, and who acts in it."""
        return f"<ledger {masked(self.session.store.url)} as {self.session.actor}>"

    def __enter__(self) -> Self:
        """Return the ledger."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the ledger."""
        self.close()


def open_ledger(
    url: str | os.PathLike[str],
    *,
    create: bool = True,
    read_only: bool = False,
    actor: str | None = None,
    plugins: Plugins | None = None,
    clock: Clock | None = None,
    source: random.Random | None = None,
    language: str | None = None,
    as_of: date | None = None,
    defaults: Mapping[str, Any] | None = None,
) -> Ledger:
    """Open the ledger at ``url`` (``"ledger.db"``, ``"sqlite:ledger.db"``, ``"memory:"``), and make it if need be.

    - ``create=False`` refuses to make one; ``read_only=True`` refuses to write, and implies it;
    - ``actor`` is who is acting; the name of the computer's user where it is not given;
    - ``language`` and ``as_of`` override the ledger's language and the day that "today" means;
    - ``defaults`` tell a *new* ledger its ``name``, ``language``, ``currency`` and ``zone``;
    - ``plugins``, ``clock`` and ``source`` (of randomness) can be handed in, so that a run can be repeated.

    Raises ``UsageError`` for a URL that no store understands, ``NotFoundError`` where there is no ledger,
    ``ForeignStoreError`` for a file that is none.
    """
    session = open_session(
        url,
        create=create,
        read_only=read_only,
        actor=actor,
        plugins=plugins,
        clock=clock,
        source=source,
        language=language,
        as_of=as_of,
        defaults=defaults,
    )
    return Ledger(session)


def _bounded(limit: int | None) -> int | None:
    """Return a limit that every store can take: more records than that there are never."""
    return None if limit is None else min(given_count(limit, "Limit"), ids.LARGEST)


def _values_of(record: Record) -> dict[str, Any]:
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
