"""Connections to read with."""

from types import TracebackType

from custledger.stores.sql.database import Connection, Database


class Reading:
    """A connection to read with, for the length of a ``with`` block, whose faults are explained.

    A class, since ``contextlib`` costs a single read as much as finding its row.
    """

    __slots__ = ("_connection", "_database")

    def __init__(self, database: Database) -> None:
        self._database = database

    def __enter__(self) -> Connection:
        self._connection = self._database.borrow()
        return self._connection

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._database.give_back(self._connection)
        if isinstance(error, self._database.faults):
            raise self._database.explained(error) from error
