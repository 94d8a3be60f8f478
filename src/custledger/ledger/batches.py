"""Batches with the ledger's collections."""

from typing import Any, Generic, cast

from custledger.ledger.collections import RecordT, values_of
from custledger.ledger.plurals import type_of_plural
from custledger.records import Customer, FollowUp, Interaction
from custledger.services.batching import Batch
from custledger.services.naming import Reference


class BatchCollection(Generic[RecordT]):
    """The records of one type within a batch: what is written lands with the batch."""

    def __init__(self, batch: Batch, record_type: str) -> None:
        self._batch = batch
        self._record_type = record_type

    def add(self, record: RecordT | None = None, /, **values: Any) -> RecordT:
        """Add a record and return it, with the id it will have."""
        given = {**values_of(record), **values} if record is not None else values
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

    def __getattr__(self, name: str) -> BatchCollection[Any]:
        """Return the records of a type that a plugin brings, by its plural, as the ledger does."""
        record_type = type_of_plural(self, name)
        return BatchCollection(self, record_type)

    def records(self, record_type: str) -> BatchCollection[Any]:
        """Return the records of any type, by its name."""
        return BatchCollection(self, record_type)
