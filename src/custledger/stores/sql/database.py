"""What a backend supplies to the SQL family: connections, transactions, and the words of its dialect."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

from custledger.errors import CustledgerError
from custledger.expressions.sql import Dialect as ExpressionDialect
from custledger.schema import Schema
from custledger.structs import Struct, frozen


class Cursor(Protocol):
    """The rows of one statement, as tuples."""

    def __iter__(self) -> Iterator[Any]:
        """Return an iterator of the rows that are left."""

    def close(self) -> None:
        """Let go of the statement, and of its snapshot."""


class Connection(Protocol):
    """One connection. Parameters are written ``?``."""

    def execute(self, statement: str, parameters: Sequence[Any] = ...) -> Cursor:
        """Run one statement and return its rows."""

    def executemany(self, statement: str, parameters: Iterable[Sequence[Any]]) -> Cursor:
        """Run one statement for each of many parameters."""


class Database(Protocol):
    """One open database."""

    url: str
    faults: type[Exception]
    """What the driver raises."""

    def borrow(self) -> Connection:
        """Return a connection to read with that nobody else uses. Each statement reads one snapshot."""

    def give_back(self, connection: Connection) -> None:
        """Take a borrowed connection back."""

    def writing(self) -> AbstractContextManager[Connection]:
        """Open the one write transaction: it commits where the block ends, and rolls back where it raises.

        Writers queue. Faults of the driver are raised as ``explained`` says.
        """

    def explained(self, fault: Exception) -> CustledgerError:
        """Return the error of custledger that a fault of the driver means."""

    def close(self) -> None:
        """Close every connection. A second call does nothing."""


class IndexBuilder(Protocol):
    """Makes the search index of one type beside a bulk load, of nothing but what it is given."""

    def add(self, first: int, texts: Sequence[str]) -> None:
        r"""Take the texts of records whose ids follow each other from ``first``; ``"\0"`` stands between texts."""

    def install(self, connection: Connection, name: str) -> bool:
        """Make the index of the type ``name`` anew from what was added; return whether that could be."""

    def close(self) -> None:
        """Let go of what was made. A second call does nothing."""


class SearchIndex(Protocol):
    """Where the search terms of the records of one type are kept."""

    def create(self, connection: Connection, schema: Schema) -> None:
        """Make the index, if it is not there."""

    def put(self, connection: Connection, name: str, rows: Iterable[tuple[int, str]]) -> None:
        """Add the terms of many new records: ``(id, terms)``."""

    def builder(self) -> IndexBuilder:
        """Return what makes an index while the records land."""

    def touch(self, connection: Connection, name: str, numbers: Collection[int]) -> bool:
        """Note that records were written or removed, so that what the index says of them is stale.

        Return whether so many are that it is time for ``refresh``.
        """

    def refresh(self, connection: Connection, schema: Schema) -> None:
        """Index what is stale."""

    def warm_up(self) -> None:
        """Import what ``refresh`` will need, before others have to wait for it."""

    def stale(self, connection: Connection, name: str) -> Sequence[int]:
        """Return the ids of the records of which the index knows nothing true, the largest first."""

    def rebuild(self, connection: Connection, schema: Schema) -> None:
        """Forget everything and read every record of the type anew."""

    def find(self, connection: Connection, name: str, terms: Sequence[str]) -> Iterable[tuple[int]]:
        """Yield ``(id,)`` of the records that have every term, the largest first; ``*`` ends a beginning."""


@frozen(kw_only=True)
class Dialect(Struct):
    """The words in which databases differ.

    - ``expressions``: the dialect that filters are compiled to;
    - ``integer``, ``double``, ``text``, ``blob``: column types for 64-bit integers, doubles, text and bytes;
    - ``table_options``: what follows the closing parenthesis of ``CREATE TABLE``;
    - ``deferred``: makes a foreign key be checked when the transaction ends;
    - ``each_integer``: a query of the members, as ``value``, of a JSON array of integers bound as one parameter.
    """

    expressions: ExpressionDialect
    integer: str
    double: str
    text: str
    blob: str
    table_options: str
    deferred: str
    each_integer: str
    search: SearchIndex
