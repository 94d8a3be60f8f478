"""Search without an index, for a first store and for small ones: whoever searches reads every record of the type."""

from collections.abc import Collection, Iterable, Sequence

from custledger.schema import Schema
from custledger.stores.sql.database import Connection
from custledger.stores.sql.layout import quoted


class NoIndex:
    """A ``SearchIndex`` that keeps nothing: every record is one of which it knows nothing true."""

    def create(self, connection: Connection, schema: Schema) -> None:
        """Make nothing."""

    def put(self, connection: Connection, name: str, rows: Iterable[tuple[int, str]]) -> None:
        """Keep nothing of new records."""

    def builder(self) -> "NoIndexBuilder":
        """Return what makes nothing while the records land."""
        return NoIndexBuilder()

    def touch(self, connection: Connection, name: str, numbers: Collection[int]) -> bool:  # noqa: ARG002 - as SearchIndex has it
        """Return that there is never anything to refresh."""
        return False

    def refresh(self, connection: Connection, schema: Schema) -> None:
        """Index nothing."""

    def warm_up(self) -> None:
        """Import nothing."""

    def stale(self, connection: Connection, name: str) -> Sequence[int]:
        """Return the ids of all records, the largest first."""
        return [number for (number,) in connection.execute(f'SELECT "id" FROM {quoted(name)} ORDER BY "id" DESC')]

    def rebuild(self, connection: Connection, schema: Schema) -> None:
        """Forget nothing, as nothing is known."""

    def find(self, connection: Connection, name: str, terms: Sequence[str]) -> Iterable[tuple[int]]:  # noqa: ARG002 - as above
        """Find nothing, so that every record is looked at."""
        return ()


class NoIndexBuilder:
    """An ``IndexBuilder`` that makes nothing."""

    def add(self, first: int, texts: Sequence[str]) -> None:
        """Take texts, and keep none."""

    def install(self, connection: Connection, name: str) -> bool:  # noqa: ARG002 - as IndexBuilder has it
        """Return that there is no index to install."""
        return False

    def close(self) -> None:
        """Let go of nothing."""
