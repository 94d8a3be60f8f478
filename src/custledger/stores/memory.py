"""The reference store: a ledger in memory, small and obviously right, and the measure of the other stores.

Its state is a value that never changes (``stores.state``). A write builds the state that follows (``stores.drafts``)
and puts it in the present one's place.

``memory:`` is a ledger of its own; ``memory:shop`` is one that every handle of that name in this process shares,
until the process ends.
"""

import threading
from collections.abc import Sequence
from uuid import UUID, uuid4

import attrs

from custledger.changes import Changeset, Receipt
from custledger.errors import NotAllowedError, NotFoundError, StoreError
from custledger.schema import Schema
from custledger.stores.contract import Capabilities, GenerationMovedError
from custledger.stores.drafts import Draft
from custledger.stores.reading import StateStore
from custledger.stores.state import State, described

_NAMED: dict[str, "MemoryLedger"] = {}
_NAMED_LOCK = threading.Lock()


@attrs.define
class MemoryLedger:
    """What all handles on one ledger in memory share: its identity, its present state and the lock of its writers."""

    name: str = ""
    identity: UUID = attrs.field(factory=uuid4)
    state: State = attrs.field(factory=State)
    lock: threading.Lock = attrs.field(factory=threading.Lock)


class MemoryStore(StateStore):
    """A handle on a ledger in memory."""

    capabilities = Capabilities(pushes_down=False, persistent=False, several_processes=False)

    def __init__(self, ledger: MemoryLedger | None = None, *, read_only: bool = False) -> None:
        self._ledger = ledger or MemoryLedger()
        self._closed = False
        self.read_only = read_only
        self.url = f"memory:{self._ledger.name}"

    @classmethod
    def open(cls, location: str = "", *, create: bool = True, read_only: bool = False) -> "MemoryStore":
        """Open the ledger called ``location``, or a private one where it is empty.

        Raises ``NotFoundError`` where there is none of that name and ``create`` is false.
        """
        if not location:
            return cls(read_only=read_only)
        with _NAMED_LOCK:
            if location not in _NAMED:
                if not create:
                    raise NotFoundError("ledger", f"memory:{location}")
                _NAMED[location] = MemoryLedger(location)
            return cls(_NAMED[location], read_only=read_only)

    @property
    def identity(self) -> UUID:
        """The ledger's own UUID, made with it."""
        return self._ledger.identity

    @property
    def _state(self) -> State:
        if self._closed:
            raise StoreError("The ledger is closed.", hint="Open it again.")
        return self._ledger.state

    def prepare(self, schemas: Sequence[Schema]) -> None:
        """Learn these schemas; a new field is empty in the rows that are there."""
        with self._ledger.lock:
            state = described(self._state, schemas)
            if not self.read_only:
                self._ledger.state = state
            elif state.generation != self._state.generation:
                raise self._forbidden()

    def apply(self, changeset: Changeset, *, generation: int) -> Receipt:
        """Land a changeset whole, log it, and return what landed; or raise, with nothing written."""
        if self.read_only:
            raise self._forbidden()
        with self._ledger.lock:
            if generation != self._state.generation:
                raise GenerationMovedError("The settings of the ledger changed meanwhile.")
            self._ledger.state, receipt = Draft(self._state, changeset).land()
            return receipt

    def close(self) -> None:
        """Let go of the ledger. A second call does nothing."""
        self._closed = True

    def _forbidden(self) -> NotAllowedError:
        return NotAllowedError(f"{self.url} is open for reading only.", hint="Open it without read_only to write.")
