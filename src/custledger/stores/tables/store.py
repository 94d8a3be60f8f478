"""The store of the table family: a ledger in memory, in its journal, and in files that people edit by hand."""

import contextlib
import threading
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from uuid import UUID

import attrs

from custledger.changes import Changeset, Receipt
from custledger.conventions import Clock, SystemClock, utc_text
from custledger.errors import NotAllowedError, NotFoundError, StoreError, UsageError
from custledger.ids import IdMint
from custledger.schema import Schema
from custledger.stores.contract import BackupStore, Capabilities, GenerationMovedError, Verification
from custledger.stores.drafts import Draft
from custledger.stores.held import OUTSIDE, Held, TakenIn
from custledger.stores.reading import StateStore
from custledger.stores.state import State, described
from custledger.stores.tables.beside import Beside
from custledger.stores.tables.book import Book
from custledger.stores.tables.cells import conventions_of
from custledger.stores.tables.columns import name_of
from custledger.stores.tables.copying import copied
from custledger.stores.tables.kept import Kept
from custledger.stores.tables.landing import Landing, Step
from custledger.stores.tables.settling import Settling
from custledger.stores.tables.shelf import Shelf
from custledger.stores.tables.taking_in import TakingIn

EXPORT = "Export its records instead."


class TableStore(StateStore, BackupStore):
    """A handle on a ledger in files; ``is_made`` says that it was made for this handle.

    Whatever is asked of it first takes in what others wrote and what people changed in the files.
    """

    capabilities = Capabilities(pushes_down=False)
    copies_to_folder = True

    def __init__(
        self,
        book: Book,
        *,
        read_only: bool = False,
        is_made: bool = False,
        clock: Clock | None = None,
        mint: IdMint | None = None,
    ) -> None:
        self.url = book.url
        self.read_only = read_only
        self._book = book
        self._clock = clock or SystemClock()
        self._mint = mint or IdMint(self._clock.milliseconds)
        self._is_made = is_made
        self._is_closed = False
        self._is_met = False
        self._lock = threading.RLock()
        self._beside = Beside(book.side)
        self._shelf = Shelf(book)
        self._landing = Landing(self._beside, self._shelf, in_memory=read_only)
        self._taking_in = TakingIn(self._beside, self._shelf, self._landing, self._mint.one, self._now, self._today)

    @classmethod
    def open(cls, book: Book, *, create: bool = True, read_only: bool = False, **more: object) -> "TableStore":
        """Open the ledger of a book, or make one.

        Raises ``NotFoundError`` where there is none and ``create`` is false.
        """
        beside = Beside(book.side)
        is_made = not beside.is_there
        if is_made:
            if not create or read_only:
                hint = f"Looked in {book.folder}. Make one with “custledger init”."
                raise NotFoundError("ledger", book.url, hint=hint)
            beside.make()
        store = cls(book, read_only=read_only, is_made=is_made, **more)  # type: ignore[arg-type]
        _ = store._state
        return store

    @property
    def identity(self) -> UUID:
        """The ledger's own UUID, made with it."""
        _ = self._state
        return self._beside.kept.identity

    @property
    def _state(self) -> State:
        self._check_open()
        if not self._is_fresh():
            with self._lock:
                self._meet()
        return self._beside.kept.state

    def _is_fresh(self) -> bool:
        """Whether what this handle knows is what the journal and the files say, as far as a glance tells."""
        return self._is_met and self._beside.is_current and not self._taking_in.differing()

    def _meet(self) -> None:
        """Take in what others wrote, and what people changed.

        Whoever may write reads the journal only while nobody else writes: a record that is seen before it is on the
        disk may be taken back, and others written over it.
        """
        if self.read_only:
            self._beside.catch_up()
            self._taking_in.take_in(self._taking_in.differing())
            self._is_met = True
            return
        with self._beside.guard():
            self._meet_guarded()

    def _meet_guarded(self) -> None:
        self._beside.catch_up()
        self._landing.finish()
        self._taking_in.take_in(self._taking_in.differing())
        if not self._is_met:
            self._write_what_lags()
        self._is_met = True

    def _write_what_lags(self) -> None:
        """Bring sheets up to date that could not be written when they should have been."""
        kept = self._beside.kept
        if any(one.behind and not one.stopped for one in kept.agreed.values()):
            self._landing.land(Step(state=kept.state, urgent=False), self._today())

    @contextlib.contextmanager
    def _writing(self) -> Iterator[Kept]:
        """Hold the lock, and have taken in what is there."""
        self._check_open()
        if self.read_only:
            raise self._forbidden()
        with self._lock, self._beside.guard():
            self._meet_guarded()
            yield self._beside.kept

    def prepare(self, schemas: Sequence[Schema]) -> None:
        """Learn these schemas; a new field is empty in the rows that are there, and gets its column."""
        state = self._state
        if described(state, schemas).schemas == state.schemas:
            return
        if self.read_only:
            grown = described(state, schemas)
            if grown.generation != state.generation:
                raise self._forbidden()
            self._beside.assume(attrs.evolve(self._beside.kept, state=grown))
            return
        with self._writing() as kept:
            step = Step(state=described(kept.state, schemas), urgent=False)
            self._landing.land(step, self._today())
            self._taking_in.take_in(self._taking_in.with_new_fields())

    def apply(self, changeset: Changeset, *, generation: int) -> Receipt:
        """Land a changeset whole, log it, and show it in the files; or raise, with nothing written."""
        return self._apply(changeset, generation=generation, put_off=False)

    def _apply(self, changeset: Changeset, *, generation: int, put_off: bool) -> Receipt:
        with self._writing() as kept:
            if generation != kept.state.generation:
                raise GenerationMovedError("The settings of the ledger changed meanwhile.")
            draft = Draft(kept.state, changeset)
            state, receipt = draft.land()
            step = Step(
                state=state,
                touched=draft.touched,
                landed=(changeset.operation, draft.entries),
                urgent=changeset.operation.actor != OUTSIDE,  # what follows from a hand edit waits for an open file
                put_off=put_off,
            )
            if changeset.settles:
                settling = Settling(kept, self._shelf, changeset.settles)
                self._landing.land(settling.in_step(step), self._today())
                operation = changeset.operation
                self._taking_in.take_in(settling.again, trusted=settling.trusted, operation=operation)
            else:
                self._landing.land(step, self._today())
            return receipt

    def load(self, changesets: Iterable[Changeset], *, generation: int) -> Generator[Receipt, None, None]:
        """Land many changesets of one operation, each atomically; the files are written when all have landed."""
        try:
            for changeset in changesets:
                yield self._apply(changeset, generation=generation, put_off=True)
        finally:
            with self._writing():
                self._write_what_lags()

    def held(self) -> tuple[Held, ...]:
        """Return what is held of the files, by number."""
        _ = self._state
        held = (one for agreed in self._beside.kept.agreed.values() for one in agreed.held)
        return tuple(sorted(held, key=lambda one: one.number))

    def under(self, held: Held) -> list[str]:
        """Return the texts under the heading of a column that is held."""
        _ = self._state
        agreed = self._beside.kept.agreed[held.type]
        sheet = self._shelf.sheets(agreed.file).get(agreed.title)
        if sheet is None:
            return []
        name = name_of(held.heading)
        place = next((at for at, heading in enumerate(sheet.heading) if name_of(heading) == name), None)
        return [] if place is None else [row[place] for row in sheet.rows if place < len(row)]

    def taken_in(self) -> tuple[TakenIn, ...]:
        """Return what was taken in of files since this was last asked."""
        if not self._taking_in.found:
            return ()
        with self._lock:
            found, self._taking_in.found = self._taking_in.found, []
        return tuple(found)

    def proposed(self) -> Mapping[str, str]:
        """Return what the files say of a new ledger's language and currency."""
        return self._book.proposed()

    def backup(self, target: str) -> Verification:
        """Copy the files and what lies beside them to a new folder, and verify the copy before it counts."""
        book = self._book.elsewhere(Path(target).expanduser().absolute())
        if book is None:
            raise UsageError(f"A ledger kept at {self.url} cannot be backed up this way.", hint=EXPORT)
        self._check_open()
        with self._lock:
            if self.read_only:
                beside = Beside(self._book.side)  # without what this handle has taken in for itself
                beside.catch_up()
                return copied(beside.kept, self._book, book)
            with self._beside.guard():
                self._meet_guarded()
                return copied(self._beside.kept, self._book, book)

    def close(self) -> None:
        """Release everything. A second call does nothing."""
        self._is_closed = True

    def unmake(self) -> None:
        """Close, and take away what opening has made, where nothing was written yet."""
        self.close()
        if self._is_made and not self._beside.kept.state.history.changesets:
            self._beside.unmake()

    def _now(self) -> str:
        return utc_text(self._clock.milliseconds())

    def _today(self) -> date:
        return conventions_of(self._beside.kept.state).today(self._clock.milliseconds)

    def _check_open(self) -> None:
        if self._is_closed:
            raise StoreError("The ledger is closed.", hint="Open it again.")

    def _forbidden(self) -> NotAllowedError:
        return NotAllowedError(f"{self.url} is open for reading only.", hint="Open it without read_only to write.")
