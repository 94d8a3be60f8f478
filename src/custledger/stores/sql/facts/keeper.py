"""What one handle does about facts: which it knows of, what can be read of them, when they are brought up to date."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, suppress

import attrs

from custledger.changes import Changeset
from custledger.errors import CustledgerError
from custledger.expressions.kept import Kept
from custledger.expressions.nodes import Moment
from custledger.schema import Schema
from custledger.stores.contract import FactCheck, Metered
from custledger.stores.sql import loading
from custledger.stores.sql.database import Connection, Dialect
from custledger.stores.sql.facts.registry import Head, Registry

Schemas = Mapping[str, Schema]


@attrs.frozen(kw_only=True)
class Handle:
    """What facts need of the store whose they are: connections, and the schemas that it knows."""

    reading: Callable[[], AbstractContextManager[Connection]]
    writing: Callable[[], AbstractContextManager[Connection]]
    known: Callable[[Connection], Schemas]
    read_only: bool


class Keeper:
    """The facts of one handle. ``puts_off`` is set while it loads in bulk, and leaves them behind until the end."""

    def __init__(self, dialect: Dialect, handle: Handle) -> None:
        self._dialect = dialect
        self._handle = handle
        self._known: tuple[Schemas, Registry] | None = None
        self.puts_off = False

    def _registry(self, connection: Connection, edition: int) -> Registry:
        """Return which facts there are in an edition, in a transaction that sees it."""
        schemas = self._handle.known(connection)
        if self._known is None or self._known[0] is not schemas or self._known[1].edition != edition:
            registry = Registry.read(connection, edition, schemas, self._dialect.expressions)
            self._known = schemas, registry
        return self._known[1]

    def readable(self, connection: Connection, schema: Schema, moment: Moment) -> Kept | None:
        """Return the facts that a query in this snapshot can read: none where they are behind."""
        head = Head.read(connection)
        if not head.edition or head.is_behind:
            return None
        return self._registry(connection, head.edition).kept(schema, moment.currency)

    def begin(self, connection: Connection, head: Head, changeset: Changeset) -> None:
        """Put facts off that a load which begins with this changeset would compute again and again."""
        if head.edition and any(len(creates) >= loading.MANY for creates in changeset.creates):
            registry = self._registry(connection, head.edition)
            types = registry.related | registry.by_subject.keys()
            self.puts_off = any(creates.type in types for creates in changeset.creates)

    def landed(self, connection: Connection, head: Head, changeset: Changeset, number: int) -> None:
        """Bring facts up to date with a changeset that has landed, in its transaction; ``head`` was read before it."""
        if head.edition and not head.is_behind and not self.puts_off:
            from custledger.stores.sql.facts import upkeep  # of use only where facts are kept

            upkeep.after(connection, self._dialect, self._registry(connection, head.edition), changeset, number)

    def finish(self) -> None:
        """Compute what a load put off."""
        if self.puts_off:
            self.puts_off = False
            self.catch_up()

    def catch_up(self) -> None:
        """Bring facts that are behind up to date, if that can be done now; else they are not read.

        While a bulk load goes on they are left to it.
        """
        if self._handle.read_only or self.puts_off:
            return
        with self._handle.reading() as connection:
            wanted = Head.read(connection).is_behind and not loading.marked(connection)
        if wanted:
            with suppress(CustledgerError), self._handle.writing() as connection:
                self.catch_up_in(connection)

    def catch_up_in(self, connection: Connection) -> None:
        """Bring facts that are behind up to date, in a write transaction."""
        head = Head.read(connection)
        if head.is_behind:
            from custledger.stores.sql.facts import upkeep

            upkeep.catch_up(connection, self._dialect, self._registry(connection, head.edition))

    def keep(self, metrics: Sequence[Metered], moment: Moment, generation: int) -> None:
        """Keep what these metrics ask from now on; see the contract of a store."""
        from custledger.stores.sql.facts import upkeep
        from custledger.stores.sql.facts.wanting import wanted

        if self._handle.read_only or self.puts_off:
            return
        wishes = wanted(metrics, moment)

        def lacking(connection: Connection) -> Registry | None:
            ((present,),) = connection.execute("SELECT generation FROM custledger_ledger")
            registry = self._registry(connection, Head.read(connection).edition)
            is_time = present == generation and not registry.unknown and not loading.marked(connection)
            return registry if is_time and upkeep.lacks(registry, wishes) else None

        with self._handle.reading() as connection:
            if lacking(connection) is None:
                return
        with suppress(CustledgerError), self._handle.writing() as connection:
            if (registry := lacking(connection)) is not None:
                upkeep.keep(connection, self._dialect, registry, self._handle.known(connection), wishes)

    def check(self, *, repair: bool) -> list[FactCheck]:
        """Compute anew what is kept and compare; see the contract of a store."""
        from custledger.stores.sql.facts import checking, upkeep

        self.catch_up()
        with self._handle.writing() if repair else self._handle.reading() as connection:
            if not repair:
                connection.execute("BEGIN")
            try:
                head = Head.read(connection)
                registry = self._registry(connection, head.edition)
                # What is behind is read by nobody, and so tells nothing wrong.
                found = [] if head.is_behind else checking.check(connection, registry)
                if repair and any(one.differing for one in found):
                    for facts in registry.by_subject.values():
                        upkeep.refill(connection, facts)
                return found
            finally:
                if not repair:
                    connection.execute("ROLLBACK")
