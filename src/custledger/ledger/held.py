"""What is held of files that people edit by hand."""

import builtins
from collections.abc import Sequence
from typing import Any

from custledger.fields import Kind
from custledger.ledger.part import Part
from custledger.services import held as held_service
from custledger.services.held import Settled
from custledger.stores.held import Held, HeldKind, TakenIn


class HeldThings(Part):
    """What people wrote into the files of a ledger by hand, and the ledger does not believe until it is told to.

    A ledger that is kept in no such files holds nothing. Whatever settles it is an operation, which can be undone.
    """

    _called = "held things"

    def list(self, record_type: str | None = None, *, why: HeldKind | str | None = None) -> builtins.list[Held]:
        """Return what is held, by number: all, or that of a record type, or that which is held for one reason.

        Raises ``NotFoundError`` for an unknown type, and ``InvalidValueError`` for an unknown reason.
        """
        return held_service.list_held(self._session, record_type, why)

    def accept(
        self,
        *numbers: int,
        record_type: str | None = None,
        why: HeldKind | str | None = None,
        every: bool = False,
        value: Any = None,
        kind: Kind | str | None = None,
        dry_run: bool = False,
        reason: str = "",
    ) -> Settled:
        """Have the ledger say what the file says, of the things with these numbers.

        - A cell becomes the value of its field: what stands in it, or ``value`` where that does not fit;
        - a record whose row is gone is removed, and one whose row came back is brought back;
        - a row with the id of another, or with one that is none, becomes a new record;
        - a column becomes a custom field, of the ``kind`` that fits what is in it or is given, and its values are read;
        - a sheet whose ids and data seem to have come apart is read as it is.

        Without numbers it is all of a ``record_type`` or of one reason, or with ``every`` all there is; what cannot be
        accepted as it stands is in ``left`` then. With ``dry_run`` nothing is written. Raises ``NotFoundError`` for a
        number of nothing, ``UsageError`` and ``DataError`` for what cannot be accepted so, and whatever an edit raises.
        """
        return held_service.accept(
            self._session,
            numbers,
            record_type=record_type,
            why=why,
            every=every,
            value=value,
            kind=kind,
            dry_run=dry_run,
            reason=reason,
        )

    def restore(
        self,
        *numbers: int,
        record_type: str | None = None,
        why: HeldKind | str | None = None,
        every: bool = False,
        dry_run: bool = False,
        reason: str = "",
    ) -> Settled:
        """Have the file show again what the ledger says, of the things with these numbers; see ``accept``.

        What people had written is kept in the operation's ``about``. A column stays in the file, and is not asked about
        again; a row that is no record's is taken out. Raises ``NotFoundError`` and ``UsageError``.
        """
        return held_service.restore(
            self._session, numbers, record_type=record_type, why=why, every=every, dry_run=dry_run, reason=reason
        )

    def taken_in(self) -> Sequence[TakenIn]:
        """Return what was taken in of the files since this was last asked, and forget it.

        The latest thousand are kept for whoever asks.
        """
        self._session.refresh()
        taken, self._session.taken_in = self._session.taken_in, []
        return taken
