"""The ledger itself, and how one is opened."""

import os
import random
from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType, TracebackType
from typing import Any, BinaryIO, Self

from custledger.conventions import Clock
from custledger.errors import masked
from custledger.fields import Language
from custledger.hookspecs import Problem, Reminder
from custledger.ledger.batches import LedgerBatch
from custledger.ledger.collections import Collection, FollowUps
from custledger.ledger.custom_fields import Fields
from custledger.ledger.held import HeldThings
from custledger.ledger.metrics import Metrics
from custledger.ledger.plurals import plurals, type_of_plural
from custledger.ledger.segments import Segments
from custledger.ledger.tags import Tags
from custledger.plugins import Plugins
from custledger.records import Customer, Interaction, Record
from custledger.services import backing_up, followups, naming, searching
from custledger.services.exporting import ExportReport, Headings, export
from custledger.services.history import PastChange, PastOperation, past
from custledger.services.importing import ImportReport, import_file
from custledger.services.importing.run import Progress
from custledger.services.opening import open_session
from custledger.services.session import Session
from custledger.services.undo import Undone, undo
from custledger.stores.contract import Verification
from custledger.values import given_limit, given_path


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

    def __getattr__(self, name: str) -> Collection[Any]:
        """Return the records of a type that a plugin brings, by its plural: ``ledger.transactions``.

        It is ``ledger.records("transaction")``. Raises ``AttributeError`` for what is no plural of a type.
        """
        record_type = type_of_plural(self, name)  # first, since without a session that is what fails, and says how
        return Collection(self.session, record_type)

    def __dir__(self) -> list[str]:
        """Return what there is, the plurals of the record types included."""
        return sorted({*super().__dir__(), *plurals(self.session)})

    @property
    def fields(self) -> Fields:
        """The ledger's own fields and choices."""
        return Fields(self.session)

    @property
    def tags(self) -> Tags:
        """The tags of customers and of other records, by hand and by rules."""
        return Tags(self.session)

    @property
    def metrics(self) -> Metrics:
        """The metrics: named expressions that plugins bring and this ledger has."""
        return Metrics(self.session)

    @property
    def segments(self) -> Segments:
        """The segments: who is in them and why, since when, and who would be with another rule."""
        return Segments(self.session)

    @property
    def held(self) -> HeldThings:
        """What people wrote into the ledger's files by hand, and the ledger does not believe until it is told to."""
        return HeldThings(self.session)

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
        """Return the log's entries, newest first: of one record, or of the whole ledger. Their times are in UTC.

        A record that was removed is named by its whole id. Raises ``NotFoundError`` or ``AmbiguousError``.
        """
        self.session.refresh()
        record = None if ref is None else naming.find_past(self.session, ref)
        entries = self.session.view.log(record=record, newest_first=True, limit=_bounded(limit))
        return [past(PastChange, entry) for entry in entries]

    def operations(self, *, limit: int | None = None) -> list[PastOperation]:
        """Return what people did, newest first. Their times are in UTC."""
        self.session.refresh()
        return [past(PastOperation, operation) for operation in self.session.view.operations(limit=_bounded(limit))]

    def operation(self, *, reason: str = "") -> LedgerBatch:
        """Return a batch: what is written within its ``with`` block lands as one operation, whole or not at all."""
        return LedgerBatch(self.session, reason=reason)

    def reminders(self, *, owner: str | None = None) -> list[Reminder]:
        """Return the dated things that plugins want acted on, the earliest first: a contract that expires, say.

        With ``owner``, only that person's. A plugin decides itself how long before its day something is worth a
        reminder. One that fails is left out, and named in the warnings.
        """
        return followups.reminders(self.session, owner)

    def take_warnings(self) -> list[Problem]:
        """Return what plugins warned about since this was last asked, the oldest first, and forget it.

        They warn of writes that they let pass, and here stands as well which plugin failed when it was told of a
        write. Who never asks loses nothing but the warnings: the latest thousand are kept.
        """
        return self.session.take_warnings()

    def undo(
        self, operation: int | str, *, dry_run: bool = False, reason: str = "", progress: Progress | None = None
    ) -> Undone:
        """Take an operation back, as far as no later edit stands in the way; with ``dry_run`` only say what that is.

        ``progress`` is told which share is done, 0 to 1. A large import is taken back in chunks, and others write in
        between; what ends that leaves whole chunks, and the next undo of the operation takes back the rest.
        """
        return undo(self.session, operation, dry_run=dry_run, reason=reason, progress=progress)

    def import_file(
        self,
        path: str | os.PathLike[str],
        record_type: str,
        *,
        maps: Mapping[str, str] | Sequence[str] = (),
        fixed: Mapping[str, str] = MappingProxyType({}),
        key: str | None = None,
        create: Sequence[str] = (),
        erase: bool = False,
        from_row: int = 0,
        dry_run: bool = False,
        format: str | None = None,  # noqa: A002 - the word that --format has
        options: Mapping[str, Any] | None = None,
        rejects: str | os.PathLike[str] | None = None,
        reason: str = "",
        progress: Progress | None = None,
    ) -> ImportReport:
        """Import the table in ``path`` (``-`` is the standard input) as records of a type, and report what was done.

        - ``maps`` says which heading goes into which field, as ``{heading: field}`` or texts ``heading=field``, where
          the headings do not say it themselves; an empty field leaves a column out.
        - ``fixed`` are values, as a cell would have them, of fields that no column goes into, for every row:
          ``{"status": "paid"}``.
        - Every row is a new record, unless ``key`` names the field by which rows find the record that they change. A
          file with the ids of this ledger's records (an export) is imported by ``id`` without being told. In a row
          that changes a record an empty cell leaves the field as it is, or empties it with ``erase``. Where a column
          has the revision beside the id, a row is merged with what was changed since, and rejected where it stands
          against that.
        - ``create`` names the record types of which missing ones that references name are made: ``["customer"]``.
        - ``from_row`` is the number of the first row that is read, where an import stopped before it; the heading is
          row 1.
        - ``dry_run`` writes nothing, neither to the ledger nor beside the file.
        - ``format`` names the reader, which else the ending of the file decides; ``options`` are the reader's own,
          such as ``{"encoding": "gb18030"}``.
        - ``rejects`` is where rows that cannot be imported go, instead of ``NAME.rejected.csv`` beside the file.
        - ``progress`` is told the share of the file that is done, 0 to 1, after each chunk.

        What lands is one operation, in chunks that land whole. Raises ``ImportInterrupted`` on Ctrl-C, with the report
        of what is in, ``NotFoundError`` for a name that is nothing's, ``FileFormatError`` for a file that makes no
        sense. An error that comes after something landed says in its hint how to go on and how to take that back, and
        has ``operation``, ``last_row`` and ``rejects`` in its ``details``.
        """
        return import_file(
            self.session,
            given_path(path),
            record_type,
            maps=maps,
            fixed=fixed,
            key=key,
            create=create,
            erase=erase,
            from_row=from_row,
            dry_run=dry_run,
            format=format,
            options=options,
            rejects=None if rejects is None else given_path(rejects, "Rejects"),
            reason=reason,
            progress=progress,
        )

    def export(
        self,
        record_type: str,
        target: str | os.PathLike[str] | BinaryIO,
        *,
        where: str | None = None,
        columns: Sequence[str] = (),
        order: Sequence[str] = (),
        limit: int | None = None,
        language: Language | None = None,
        headings: Headings = "labels",
        format: str | None = None,  # noqa: A002 - the word that --format has
        options: Mapping[str, Any] | None = None,
    ) -> ExportReport:
        """Write records of a type to a file, which appears whole or not at all, or to a binary stream.

        - ``where``, ``order`` and ``limit`` choose the records; ``columns`` the fields, by key, label or alias: every
          field, the id included, where none is named.
        - ``language``, ``"en"`` or ``"zh"`` (the ledger's by default), is that of the headings, choices and yes/no;
          ``headings="keys"`` writes the keys instead.
        - ``format`` names the writer, which else the ending of the file decides; ``options`` are the writer's own,
          such as ``{"excel_bom": True}``.

        An import of the file gives the same values back, in a ledger of another zone or currency as well. Raises
        ``NotFoundError`` for a name that is nothing's, ``QueryError``, ``InvalidValueError``, ``UsageError`` (also for
        a target that is a ledger or holds settings), and for files what fits.
        """
        return export(
            self.session,
            record_type,
            given_path(target) if isinstance(target, str | os.PathLike) else target,
            where=where,
            columns=columns,
            order=order,
            limit=limit,
            language=language,
            headings=headings,
            format=format,
            options=options,
        )

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
    language: Language | None = None,
    as_of: date | None = None,
    defaults: Mapping[str, str] | None = None,
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
    return None if limit is None else given_limit(limit)
