"""A store on a SQL database: what every backend of the family inherits."""

import itertools
from collections.abc import Collection, Generator, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext, suppress
from typing import TYPE_CHECKING, Any

import attrs

from custledger.changes import Changeset, LogEntry, Operation, Receipt
from custledger.errors import CustledgerError, LockedError, NotAllowedError, NotFoundError, StoreError
from custledger.expressions.nodes import Expression, Moment
from custledger.marks import in_order
from custledger.schema import Row, Schema
from custledger.stores.contract import (
    Capabilities,
    Document,
    FactCheck,
    GenerationMovedError,
    Hit,
    Metered,
    Query,
    Store,
)
from custledger.stores.sql import documents, loading, log, preparing
from custledger.stores.sql.borrowing import Reading
from custledger.stores.sql.catalogue import Catalogue
from custledger.stores.sql.database import Connection, Database, Dialect
from custledger.stores.sql.tables import Table

if TYPE_CHECKING:
    from uuid import UUID

    from custledger.expressions.kept import Kept
    from custledger.marks import TagMark
    from custledger.stores.sql.beside import Beside
    from custledger.stores.sql.facts.keeper import Keeper
    from custledger.stores.sql.writing import Landing


_HEAD = (
    "SELECT generation, facts_edition, facts_true_to, coalesce((SELECT max(number) FROM custledger_changesets), 0), "
    "coalesce((SELECT max(cursor) FROM custledger_log), 0), EXISTS (SELECT 1 FROM custledger_loading) "
    "FROM custledger_ledger"
)
"""What every write begins with.

The generation, the state of the facts, the last changeset, the last log entry, whether a bulk load goes on.
"""


class SqlStore(Store):
    """A handle on a ledger in a SQL database."""

    capabilities = Capabilities(pushes_down=True, keeps_facts=True)
    landing: "type[Landing] | None" = None
    """What lands a changeset, in the place of ``writing.Landing``."""

    def __init__(self, database: Database, dialect: Dialect, *, read_only: bool = False) -> None:
        self.url = database.url
        self.read_only = read_only
        self._database = database
        self._dialect = dialect
        self._keeper: Keeper | None = None
        self._tables: dict[int, Table] = {}
        self._look_ups: dict[int, str] = {}
        self._catalogue: Catalogue | None = None
        self._identity: UUID | None = None
        self._put_off: list[str] = []
        self._beside: Beside | None = None

    @property
    def identity(self) -> "UUID":
        """The ledger's own UUID, made with it."""
        if self._identity is None:
            with self._reading() as connection:
                ((text,),) = connection.execute("SELECT identity FROM custledger_ledger")
            from uuid import UUID  # few ask for it

            self._identity = UUID(text)
        return self._identity

    def _reading(self) -> Reading:
        return Reading(self._database)

    def _writing(self) -> AbstractContextManager[Connection]:
        if self.read_only:
            raise NotAllowedError(
                f"{self.url} is open for reading only.",
                hint="Make its file and its folder writable to change it, or open it without read_only.",
            )
        return self._database.writing()

    @property
    def _facts(self) -> "Keeper":
        if self._keeper is None:
            from custledger.stores.sql.facts.keeper import Handle, Keeper  # few commands need facts

            reading, writing, known = self._reading, self._writing, self._known
            handle = Handle(reading=reading, writing=writing, known=known, read_only=self.read_only)
            self._keeper = Keeper(self._dialect, handle)
        return self._keeper

    def _table(self, schema: Schema) -> Table:
        table = self._tables.get(id(schema))
        if table is None:
            # The table holds the schema, so that its identity is not given to another one meanwhile.
            table = self._tables[id(schema)] = Table(schema, self._dialect)
        return table

    def generation(self) -> int:
        """Return the present generation."""
        with self._reading() as connection:
            ((generation,),) = connection.execute("SELECT generation FROM custledger_ledger")
        return int(generation)

    def prepare(self, schemas: Sequence[Schema]) -> None:
        """Make or upgrade what these schemas need, and finish a bulk load that was interrupted.

        Where nothing can be written now, as on a full disk, that is left for later unless there is no place for a
        field: what was not finished is read without indexes.
        """
        with self._reading() as connection:
            self._catalogue = Catalogue.read(connection)
            left = [] if self.read_only else loading.abandoned(connection)
        alike = self._catalogue.adopt(schemas)
        if not alike and self.read_only:
            self._refuse_growth(schemas)
        elif left or (not alike and preparing.needs(self._catalogue, schemas)):
            try:
                self._prepare(schemas)
            except (LockedError, NotAllowedError, StoreError):
                self._catalogue = None  # what was written and taken back may be in it
                self._known().adopt(schemas)
                if preparing.growing(self._known(), schemas):
                    raise

    def _prepare(self, schemas: Sequence[Schema]) -> None:
        with self._writing() as connection:
            catalogue = Catalogue.read(connection)
            if preparing.make(connection, self._dialect, catalogue, preparing.needs(catalogue, schemas)):
                connection.execute("UPDATE custledger_ledger SET generation = generation + 1")
            catalogue = Catalogue.read(connection)
            left = loading.abandoned(connection)
            loading.finish(connection, self._dialect, [catalogue[name] for name in left])
            catalogue.adopt(schemas)
            self._catalogue = catalogue
            if left:
                self._facts.catch_up_in(connection)

    def _refuse_growth(self, schemas: Sequence[Schema]) -> None:
        for schema in preparing.growing(self._known(), schemas):
            raise NotAllowedError(
                f"{self.url} is open for reading only, and has no place for all {schema.info.plural} fields yet.",
                hint="Make its file and its folder writable, and open it once.",
            )

    def _known(self, connection: Connection | None = None, generation: int | None = None) -> Catalogue:
        """Return the schemas the store knows, read anew where they are of another generation."""
        stale = self._catalogue is None or (generation is not None and self._catalogue.generation != generation)
        if stale and connection is not None:
            self._catalogue = Catalogue.read(connection)
        elif stale:
            with self._reading() as reader:
                self._catalogue = Catalogue.read(reader)
        assert self._catalogue is not None  # noqa: S101 - it was just read
        return self._catalogue

    def schemas(self) -> tuple[Schema, ...]:
        """Return every schema the store has seen."""
        known = self._known(generation=self.generation())
        return tuple(attrs.evolve(schema, record=None) if schema.record else schema for schema in known.values())

    def get(self, schema: Schema, ids: Sequence[int]) -> list[Row | None]:
        """Return the rows of these ids, in the order asked; ``None`` where there is none."""
        table = self._table(schema)
        with self._reading() as connection:
            if len(ids) == 1:
                return [table.read(connection, ids[0])]
            return table.read_many(connection, ids)

    def marks(self, schema: Schema, ids: Sequence[int]) -> "list[tuple[TagMark, ...]]":
        """Return the marks of these records, in the order asked; none of one that is not there."""
        from custledger.stores.sql.tagging import marks_of  # getting records by id needs none of it

        with self._reading() as connection:
            found = marks_of(connection, self._table(schema), ids)
        return [in_order(found.get(number, ())) for number in ids]

    def marks_of_rules(self, schema: Schema, sources: Collection[str]) -> "Iterator[tuple[int, TagMark]]":
        """Yield ``(id, mark)`` of all that these rules say of records of a type, from one snapshot."""
        from custledger.stores.sql.tagging import marks_of_rules

        with self._reading() as connection:
            connection.execute("BEGIN")
            try:
                yield from marks_of_rules(connection, self._table(schema), sorted(sources))
            finally:
                connection.execute("ROLLBACK")

    def look_up(self, schema: Schema, number: int) -> tuple[int, Row | None]:
        """Return the generation and the row of one id, from one snapshot."""
        table = self._table(schema)
        statement = self._look_ups.get(id(schema))
        if statement is None:
            statement = self._look_ups[id(schema)] = (
                f'SELECT (SELECT generation FROM custledger_ledger), {table.columns} FROM {table.name} WHERE "id" = ?'
            )
        with self._reading() as connection:
            for generation, *read in list(connection.execute(statement, (number,))):
                return generation, table.row(tuple(read))
        return super().look_up(schema, number)

    def select(self, schema: Schema, query: Query) -> Iterator[Row]:
        """Return rows from the snapshot of this moment."""
        rows = self._snapshot(schema, query)
        # The first step opens the snapshot, so that it is of this moment, and not of when the first row is asked for.
        next(rows)
        return rows

    def _snapshot(self, schema: Schema, query: Query) -> Generator[Row, None, None]:
        """Open a snapshot, yield once, then yield the rows of a query; free what it holds when closed."""
        from custledger.stores.sql.reading import Plan  # getting records by id needs no expressions

        wants_facts = query.looks_at_others
        if wants_facts:
            self._facts.catch_up()
        connection = self._database.borrow()
        read, begun = None, False
        try:
            if wants_facts:
                connection.execute("BEGIN")
                begun = True
            kept = self._facts.readable(connection, schema, query.moment) if wants_facts else None
            plan = Plan(self._table(schema), query, self._table, kept)
            if not begun and (len(plan.statements) > 1 or not plan.is_whole):
                connection.execute("BEGIN")
                begun = True
            read = connection.execute(plan.statements[0].text, plan.statements[0].parameters)
            yield ()
            others = (connection.execute(each.text, each.parameters) for each in plan.statements[1:])
            yield from plan.rows(itertools.chain(read, itertools.chain.from_iterable(others)), connection)
        except self._database.faults as fault:
            raise self._database.explained(fault) from fault
        finally:
            if read is not None:
                read.close()
            if begun:
                connection.execute("ROLLBACK")
            self._database.give_back(connection)

    @contextmanager
    def _seen(self, schema: Schema, query: Query) -> "Iterator[tuple[Connection, Kept | None]]":
        """Give a connection that sees one snapshot, and the facts that a query can read in it."""
        wants_facts = query.looks_at_others
        if wants_facts:
            self._facts.catch_up()
        with self._reading() as connection:
            connection.execute("BEGIN")
            try:
                yield connection, self._facts.readable(connection, schema, query.moment) if wants_facts else None
            finally:
                connection.execute("ROLLBACK")

    def count(
        self, schema: Schema, where: Expression | None, by: Sequence[Expression], moment: Moment
    ) -> list[tuple[Any, ...]]:
        """Return ``[(value of each by …, count)]``; see the contract."""
        from custledger.stores.sql.reading import counted  # getting records by id needs no expressions

        query = Query(moment=moment, where=where, columns=tuple(by))
        with self._seen(schema, query) as (connection, kept):
            return counted(connection, schema, query, self._table, kept)

    def memberships(self, schema: Schema, conditions: Sequence[Expression], moment: Moment) -> list[set[int]]:
        """Return the ids of the records that each of several conditions chooses, in one reading of the records."""
        from custledger.stores.sql.memberships import memberships

        with self._seen(schema, Query(moment=moment, columns=tuple(conditions))) as (connection, kept):
            return memberships(connection, schema, conditions, moment, table_of=self._table, kept=kept)

    def keep(self, metrics: Sequence[Metered], moment: Moment, *, generation: int) -> None:
        """Keep what these metrics ask of related records computed from now on; see the contract."""
        self._facts.keep(metrics, moment, generation)

    def check_facts(self, *, repair: bool = False) -> list[FactCheck]:
        """Compute anew what is kept and compare; with ``repair``, put right what differs."""
        return self._facts.check(repair=repair)

    def search(self, text: str, schemas: Sequence[Schema], limit: int) -> list[Hit]:
        """Return the newest records in which every word of ``text`` occurs, type after type."""
        from custledger.stores.sql.searching import searched  # most commands search nothing

        with self._reading() as connection:
            connection.execute("BEGIN")
            try:
                unindexed = loading.marked(connection) | self._otherwise_indexed(schemas)
                return searched(connection, self._dialect.search, text, schemas, limit, unindexed=unindexed)
            finally:
                connection.execute("ROLLBACK")

    def _otherwise_indexed(self, schemas: Sequence[Schema]) -> frozenset[str]:
        """Return the types whose index is of other fields than are searched now, and could not be made anew."""
        known = self._known()
        pairs = ((known.get(schema.name), schema) for schema in schemas)
        return frozenset(schema.name for there, schema in pairs if there and _searched(there) != _searched(schema))

    def with_ending(self, schema: Schema, ending: int, modulus: int, limit: int) -> list[int]:
        """Return at most ``limit`` ids for which ``id % modulus == ending``."""
        with self._reading() as connection:
            return self._table(schema).with_ending(connection, ending, modulus, limit)

    def log(
        self,
        *,
        since: int = 0,
        record: tuple[str, int] | None = None,
        operation: int | None = None,
        newest_first: bool = False,
        limit: int | None = None,
    ) -> list[LogEntry]:
        """Return log entries with a cursor greater than ``since``; see the contract."""
        with self._reading() as connection:
            return log.entries(
                connection, since=since, record=record, operation=operation, newest_first=newest_first, limit=limit
            )

    def removals(self, schema: Schema, ids: Sequence[int]) -> dict[int, int]:
        """Return by which operations those of these records that are gone were removed."""
        with self._reading() as connection:
            return log.removals(connection, schema.name, self._table(schema).name, ids)

    def operations(self, *, ids: Sequence[int] = (), limit: int | None = None) -> list[Operation]:
        """Return operations, newest first; those of ``ids`` only, if any are named."""
        with self._reading() as connection:
            return log.operations(connection, ids, limit)

    def document(self, name: str) -> Document | None:
        """Return one settings document, or ``None``."""
        with self._reading() as connection:
            return documents.document(connection, name)

    def documents(self, prefix: str = "") -> list[Document]:
        """Return the settings documents whose names begin with ``prefix``, in the order of their names."""
        with self._reading() as connection:
            return documents.documents(connection, prefix)

    def apply(self, changeset: Changeset, *, generation: int) -> Receipt:
        """Land a changeset whole, log it, and return what landed; or raise, with nothing written."""
        from custledger.stores.sql.writing import Landing  # reading needs none of it

        with self._writing() as connection:
            landing, receipt = self._land(self.landing or Landing, connection, changeset, generation)
        self._tidy(landing.crowded)
        return receipt

    def _tidy(self, names: Collection[str]) -> None:
        """Bring the search indexes of these types up to date, in a transaction of its own so that nobody waits long."""
        if not names:
            return
        self._dialect.search.warm_up()
        # The records have landed, and are found without this; the next write will try again.
        with suppress(CustledgerError), self._writing() as connection:
            schemas = self._known(connection)
            for name in names:
                self._dialect.search.refresh(connection, schemas[name])

    def load(self, changesets: Iterable[Changeset], *, generation: int) -> Generator[Receipt, None, None]:
        """Land many changesets, each atomically; indexes are built at the end where that is faster."""
        from custledger.stores.sql.writing import Landing  # reading needs none of it

        kind = self.landing or Landing
        try:
            for place, changeset in enumerate(changesets):
                put_off: list[str] | None = [] if place == 0 else None
                with self._writing() as connection:
                    landing, receipt = self._land(kind, connection, changeset, generation, put_off)
                if put_off:
                    self._begin_beside(put_off, landing.number - 1)
                if self._beside is not None:
                    self._beside.landed(receipt.applied[0], landing.number)
                self._tidy(landing.crowded)
                yield receipt
        finally:
            self._finish_loads()

    def _land(
        self,
        kind: "type[Landing]",
        connection: Connection,
        changeset: Changeset,
        generation: int,
        put_off: list[str] | None = None,
    ) -> "tuple[Landing, Receipt]":
        ((present, edition, true_to, changesets, cursor, loads),) = connection.execute(_HEAD)
        if present != generation:
            raise GenerationMovedError("The settings of the ledger changed meanwhile.")
        from custledger.stores.sql.facts.registry import Head  # reading by id needs none of it
        from custledger.stores.sql.writing import Place

        schemas, head = self._known(connection, present), Head(edition, true_to, changesets)
        if put_off is not None:
            wanted = [schemas[creates.type] for creates in changeset.creates if creates.type in schemas]
            put_off += loading.begin(connection, self._dialect, changeset, wanted)
            self._facts.begin(connection, head, changeset)
        place = Place(
            connection=connection,
            schemas=schemas,
            table=self._known_table,
            index=self._dialect.search,
            faults=self._database.faults,
            unindexed=loading.marked(connection) if loads or put_off else frozenset(),
            last_changeset=changesets,
            last_cursor=cursor,
        )
        landing = kind(place, changeset)
        receipt = landing.land()
        self._facts.landed(connection, head, receipt.applied[0], landing.number)
        return landing, receipt

    def _known_table(self, name: str) -> Table:
        schema = self._known().get(name)
        if schema is None:
            raise NotFoundError("type of record", name)
        return self._table(schema)

    def _begin_beside(self, put_off: Collection[str], last: int) -> None:
        """Note what a load that begins has put off, and have its search indexes made beside it."""
        self._put_off += put_off
        if self._beside is None:
            from custledger.stores.sql.beside import Beside  # of use to bulk loads only

            schemas = self._known()
            self._beside = Beside(self._dialect.search, [schemas[name] for name in put_off], last)

    def _finish_loads(self) -> None:
        """Build what bulk loads put off, unless somebody else has done so meanwhile.

        The records have landed, and are found without it: where it cannot be written now, whoever opens the ledger
        later does so.
        """
        if self._put_off:
            with suppress(LockedError, StoreError):
                self._finish_indexes()
        if self._keeper is not None:
            self._keeper.finish()

    def _finish_indexes(self) -> None:
        beside, self._beside = self._beside, None
        with closing(beside) if beside else nullcontext(), self._writing() as connection:
            left = loading.marked(connection)
            schemas = Catalogue.read(connection)
            names = [name for name in self._put_off if name in left]
            loading.finish(connection, self._dialect, [schemas[name] for name in names], beside)
        self._put_off = []

    def close(self) -> None:
        """Release everything. A second call does nothing."""
        try:
            self._finish_loads()
        finally:
            self._database.close()


def _searched(schema: Schema) -> list[str]:
    return [field.key for field in schema.searchable]
