"""The contract of a store.

Terms, before the methods:

- A **row** is a tuple of plain values (``custledger.values``) in the order of the schema that the caller hands in.
- A **handle** is one open store object. Several handles, in one process or many, may be open on one ledger. A handle
  may be used from several threads; writes queue behind each other.
- A **snapshot** is the state of the store at one moment. A ``select`` reads from one, however long the caller takes
  and whatever is written meanwhile, by this handle too.
- The **generation** is a number that grows whenever settings or schemas change, and never otherwise. ``apply`` is
  told the generation its caller knows, and raises ``GenerationMovedError``, with nothing written, if it has moved;
  the caller reads the settings again, calls ``prepare`` and tries again.
- A **mark** is what one source, a person or a rule, says of one tag of a record (``custledger.marks``). The tags in a
  row are what its marks come to; whoever writes tags writes marks.
- What is **held** was found in a file that people edit by hand, and is not believed until somebody says so.
- A **document** is one item of the settings, a JSON value with a name and a revision.
- The **log** holds an entry for each change that ever landed, in order; cursors are opaque and grow.

Two families implement it: the SQL family (``stores.sql``) and the table family. A backend plugin supplies only what
is its own. ``custledger.testing`` has the suite that proves any store.
"""

import abc
from collections.abc import Collection, Generator, Iterable, Iterator, Mapping, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from custledger.changes import Action, Changeset, LogEntry, Receipt
from custledger.errors import StoreError
from custledger.expressions import Expression, Moment, field_expression
from custledger.fields import Kind
from custledger.marks import TagMark
from custledger.schema import ID, Row, Schema
from custledger.structs import Struct, frozen

if TYPE_CHECKING:
    from uuid import UUID

    from custledger.stores.held import Held, TakenIn


class GenerationMovedError(StoreError):
    """Settings or schemas changed since the caller read them. Never reaches a user: the services try again."""

    code = "generation"


@frozen
class Order(Struct):
    """One sort key. Empty values come last in either direction; ties are broken by id, ascending."""

    expression: Expression
    descending: bool = False


@frozen(kw_only=True)
class Query(Struct):
    """What a ``select`` asks for.

    - ``where``: a yes/no expression, or ``None`` for every record;
    - ``columns``: expressions, or ``None`` for whole rows in schema order;
    - ``order``: sort keys; with none, rows come by id;
    - ``limit``: at most so many rows;
    - ``after``: keyset paging: the values of the sort keys, then the id, of the last row of the page before;
    - ``moment``: what "today" and "now" mean.
    """

    moment: Moment
    where: Expression | None = None
    columns: tuple[Expression, ...] | None = None
    order: tuple[Order, ...] = ()
    limit: int | None = None
    after: tuple[Any, ...] | None = None

    @property
    def looks_at_others(self) -> bool:
        """Whether an aggregate is in it, which looks at related records."""
        whole = (self.where, *(self.columns or ()), *(order.expression for order in self.order))
        return any(one.looks_at_others for one in whole if one is not None)


@frozen
class Document(Struct):
    """One item of the settings. ``revision`` grows with each write of it, and goes on after a removal."""

    name: str
    value: Any
    revision: int


@frozen
class Hit(Struct):
    """One record that text search found."""

    type: str
    id: int


@frozen(kw_only=True)
class Capabilities(Struct):
    """What a store computes itself, and whether it can be shared.

    ``pushes_down``: filters run in the store, and agree exactly with the evaluator. ``persistent``: what was
    written is there when the ledger is opened again. ``several_processes``: other processes may have it open.
    ``keeps_facts``: what metrics ask of related records is kept computed.
    """

    pushes_down: bool = False
    keeps_facts: bool = False
    persistent: bool = True
    several_processes: bool = True


@frozen(kw_only=True)
class Metered(Struct):
    """A metric as a store is told of it: what it says of records of ``schema``, and whether the settings bring it."""

    name: str
    schema: Schema
    expression: Expression
    own: bool = False


@frozen(kw_only=True)
class FactCheck(Struct):
    """What checking one fact found: how many records were compared, how many differ, and some that do.

    Each of ``examples`` is ``(id, what is kept, what was computed)``, both as plain values of ``kind``.
    """

    subject: str
    name: str
    kind: Kind
    compared: int
    differing: int = 0
    examples: tuple[tuple[int, Any, Any], ...] = ()


class Store(abc.ABC):
    """One open ledger's rows, log and settings. See the module's docstring for the terms."""

    capabilities: Capabilities = Capabilities()
    url: str
    read_only: bool = False

    @property
    @abc.abstractmethod
    def identity(self) -> "UUID":
        """The ledger's own UUID, made with it."""

    @abc.abstractmethod
    def generation(self) -> int:
        """Return the present generation; cheap enough to ask before every read and write."""

    @abc.abstractmethod
    def prepare(self, schemas: Sequence[Schema]) -> None:
        """Make or upgrade what these schemas need: tables, columns, indexes. Never drops anything.

        It does nothing where all is there already, and raises ``NotAllowedError`` where something is missing in a
        read-only store. A schema that grew moves the generation. What reading can do without may be left for later
        where it cannot be written now, as on a full disk.
        """

    @abc.abstractmethod
    def schemas(self) -> tuple[Schema, ...]:
        """Return every schema the store has seen, so that a type whose plugin is absent can still be read.

        Their ``record`` is ``None``; the caller prefers the schemas of installed classes.
        """

    @abc.abstractmethod
    def get(self, schema: Schema, ids: Sequence[int]) -> list[Row | None]:
        """Return the rows of these ids, in the order asked; ``None`` where there is none."""

    @abc.abstractmethod
    def marks(self, schema: Schema, ids: Sequence[int]) -> list[tuple[TagMark, ...]]:
        """Return the marks of these records, in the order asked; none of one that is not there.

        Those of one record come by field, then by tag, a person's before a rule's, and by the names of rules.
        """

    @abc.abstractmethod
    def marks_of_rules(self, schema: Schema, sources: Collection[str]) -> Iterator[tuple[int, TagMark]]:
        """Yield ``(id, mark)`` of all that these rules say of records of a type, from one snapshot."""

    def look_up(self, schema: Schema, number: int) -> tuple[int, Row | None]:
        """Return the generation, and the row of one id as it is then or later; ``None`` where there is none.

        It is what comes before most edits; a store may find the two at once.
        """
        return self.generation(), self.get(schema, [number])[0]

    @abc.abstractmethod
    def select(self, schema: Schema, query: Query) -> Iterator[Row]:
        """Yield rows from one snapshot. Closing the iterator early frees what it holds."""

    @abc.abstractmethod
    def count(
        self, schema: Schema, where: Expression | None, by: Sequence[Expression], moment: Moment
    ) -> list[tuple[Any, ...]]:
        """Return ``[(value of each by …, count)]``, the greatest count first, then by value, empties last.

        Texts that compare equal count together, under the one that sorts first. Without ``by`` the answer is one
        row, ``[(count,)]``. By tags or several choices a record counts once under each of them.
        """

    def memberships(self, schema: Schema, conditions: Sequence[Expression], moment: Moment) -> list[set[int]]:
        """Return the ids of the records that each of several conditions chooses, all from one snapshot.

        This way of it reads each condition by itself, which is right where nobody writes meanwhile; a store that is
        shared answers from one snapshot.
        """
        own = (field_expression(schema, schema.keys[ID]),)
        queries = [Query(moment=moment, where=condition, columns=own) for condition in conditions]
        return [{number for (number,) in self.select(schema, query)} for query in queries]

    def keep(self, metrics: Sequence[Metered], moment: Moment, *, generation: int) -> None:  # noqa: B027 - it need not
        """Keep what these metrics ask of related records computed from now on, so that it need not be computed anew.

        A store need not keep anything; what a query answers is the same. Where it does, it keeps no more what metrics
        of these names asked before, and goes on keeping what metrics ask that are not known here. Nothing is done where
        the generation has moved, in a read-only store, and where it cannot be done now.
        """

    def check_facts(self, *, repair: bool = False) -> list[FactCheck]:  # noqa: ARG002 - there is nothing to repair
        """Compute anew what is kept and compare; with ``repair``, put right what differs. Without facts, no answer.

        ``differing`` is what was found, also where it was repaired.
        """
        return []

    @abc.abstractmethod
    def search(self, text: str, schemas: Sequence[Schema], limit: int) -> list[Hit]:
        """Return the newest records (largest ids first), type after type, in which every word of ``text`` occurs.

        At most ``limit`` of them in all.

        ``custledger.search`` defines what occurs means.
        """

    @abc.abstractmethod
    def with_ending(self, schema: Schema, ending: int, modulus: int, limit: int) -> list[int]:
        """Return at most ``limit`` ids for which ``id % modulus == ending``: those with a given last letters."""

    @abc.abstractmethod
    def log(
        self,
        *,
        since: int = 0,
        record: tuple[str, int] | None = None,
        operation: int | None = None,
        newest_first: bool = False,
        limit: int | None = None,
    ) -> list[LogEntry]:
        """Return log entries with a cursor greater than ``since``; of one record, or of one operation, if named.

        A run of creates is one entry, found for every record in it.
        """

    def removals(self, schema: Schema, ids: Sequence[int]) -> dict[int, int]:
        """Return, of those of these ids whose record is gone, the id of the operation that removed it.

        This way of it asks the log about each; a store may find them at once.
        """
        newest = {number: self.log(record=(schema.name, number), newest_first=True, limit=1) for number in ids}
        return {number: one.operation for number, log in newest.items() for one in log if one.action is Action.REMOVE}

    @abc.abstractmethod
    def operations(self, *, ids: Sequence[int] = (), limit: int | None = None) -> list[Any]:
        """Return ``Operation`` objects, newest first; those of ``ids`` only, if any are named."""

    @abc.abstractmethod
    def apply(self, changeset: Changeset, *, generation: int) -> Receipt:
        """Land a changeset whole, log it, and return what landed; or raise, with nothing written.

        Inside one write transaction the store: compares the generation; finds what removals bring along
        (``on_remove``) and adds it as changes of the same changeset; compares revisions, merging updates of
        different fields (``custledger.changes.merge``); checks unique values and references; gives new revisions and
        times (a new record's times are the operation's, its revision 1; an update's time is the operation's and its
        revision one more); keeps the search terms; writes the log.

        References, unique values and what restricts a removal are judged when all changes were made, so that their
        order does not matter; a removal that brings a restricting record along is not held by it. A removal is
        never merged: if the record was edited since it was read, it is a conflict.

        Raises ``ConflictError`` (also without fields, for a record that was removed since it was read),
        ``DuplicateError`` (an id that is taken, too), ``ReferencedError``, ``NotFoundError`` (a record that never
        was, a reference to one that is not there, an unknown type or field), ``LockedError``, ``NotAllowedError``
        (read-only), ``GenerationMovedError``, ``StoreError`` (disk full and the like).
        """

    def load(self, changesets: Iterable[Changeset], *, generation: int) -> Generator[Receipt, None, None]:
        """Land many changesets of one operation, each atomically, and yield their receipts.

        A store may put off its indexes until the end, which is also when the generator is closed early. What landed
        before an error stays.
        """
        for changeset in changesets:
            yield self.apply(changeset, generation=generation)

    @abc.abstractmethod
    def document(self, name: str) -> Document | None:
        """Return one settings document, or ``None``."""

    @abc.abstractmethod
    def documents(self, prefix: str = "") -> list[Document]:
        """Return the settings documents whose names begin with ``prefix``, in the order of their names.

        They are written as ``DocumentChange`` s of a changeset: like everything, logged, and part of an operation.
        A ``DocumentChange`` whose ``revision`` is not the document's present one raises ``ConflictError``.
        """

    def held(self) -> "tuple[Held, ...]":
        """Return what was found in files that people edit by hand and is not believed, by number; see ``stores.held``.

        A changeset that ``settles`` some of it says what becomes of it. A store without such files holds nothing.
        """
        return ()

    def under(self, held: "Held") -> list[str]:  # noqa: ARG002 - there is no such column
        """Return the texts under the heading of a column that is held, in the order of the rows."""
        return []

    def taken_in(self) -> "tuple[TakenIn, ...]":
        """Return what was taken in of files that people edit by hand since this was last asked, and forget it.

        A store lands hand edits by itself, whenever it finds them, as changesets of the actor ``stores.held.OUTSIDE``,
        one operation for each file. Plugins have not seen them: a session asks here, and has them amend what landed (as
        further changesets of the same operation), check it, and be told of it. Each handle tells of what it took in
        itself, and tells it once. One that only reads has landed nothing for good, so that nothing need come of it.
        """
        return ()

    def proposed(self) -> Mapping[str, str]:
        """Return what is found of a new ledger's ``language`` and ``currency``, as in a template that was filled in."""
        return {}

    @abc.abstractmethod
    def close(self) -> None:
        """Release everything. A second call does nothing."""

    def unmake(self) -> None:
        """Close, and take away what opening it has made, where nothing was written yet and nobody else has it open.

        Called where a new ledger could not be told what it is, so that nothing of it stands in the way of the next
        attempt. A store that leaves nothing behind only closes.
        """
        self.close()

    def __enter__(self) -> Self:
        """Return the store."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the store."""
        self.close()


@frozen
class Verification(Struct):
    """What checking a backup found: rows compared by type, and the problems, none of them for a good one."""

    rows: dict[str, int]
    problems: tuple[str, ...] = ()


class BackupStore(Store):
    """A store that can copy itself while it is in use; ``copies_to_folder`` says that the copy is a folder."""

    copies_to_folder: bool = False

    @abc.abstractmethod
    def backup(self, target: str) -> Verification:
        """Copy the ledger to the file or folder ``target`` while it stays in use, and verify it before it counts.

        The copy is written beside the target, opened, checked and compared row by row, flushed to disk, and only
        then renamed. Raises ``StoreError`` with what was found if it is not a true copy.
        """
