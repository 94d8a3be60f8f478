"""The layout of the file, its number, and how a file of an older layout is brought to the present one.

``application_id`` says that a SQLite file is a ledger, ``user_version`` is the number of its layout. Every step from
one layout to the next runs in the one transaction of the upgrade, so that a file is either as it was or as it shall be.
"""

from collections.abc import Callable, Mapping

import apsw

from custledger.errors import ForeignStoreError, StoreError
from custledger.stores.sql.layout import facts_columns, facts_registry, lay_out
from custledger_sqlite.dialect import DIALECT

APPLICATION_ID = 0x4354_4C47
"""What marks a SQLite file as a ledger: “CTLG”."""

BESIDE = ("-wal", "-shm", "-journal")
"""The endings of the files that SQLite keeps beside a database."""

LAYOUT = 2
"""The layout this program writes."""

Step = Callable[[apsw.Connection], None]


def _add_facts(connection: apsw.Connection) -> None:
    """Make room for facts; none is kept at first."""
    for column in facts_columns(DIALECT):
        connection.execute(f"ALTER TABLE custledger_ledger ADD COLUMN {column}")
    connection.execute(facts_registry(DIALECT))


STEPS: Mapping[int, Step] = {2: _add_facts}
"""By the number of the layout that it makes: the step from the one before. Layout 1 is the first there ever was."""


def make(connection: apsw.Connection) -> None:
    """Lay out a new ledger in an empty file; the caller holds a write transaction."""
    lay_out(connection, DIALECT)
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {LAYOUT}")


def check(connection: apsw.Connection, path: str, layout: int = LAYOUT) -> bool:
    """Return whether the file is a ledger whose layout is older than ``layout``.

    Raises ``ForeignStoreError`` for what is no ledger, or one of a newer layout.
    """
    if number(connection, "application_id") != APPLICATION_ID:
        raise ForeignStoreError(
            f"{path} is a SQLite database, but not a ledger.",
            hint="Give the path of a ledger, or a path where there is no file yet.",
        )
    found = number(connection, "user_version")
    if found > layout:
        raise ForeignStoreError(
            f"{path} was written by a newer custledger (layout {found}, this one knows {layout}).",
            hint="Upgrade: pip install --upgrade custledger custledger-sqlite",
        )
    return found < layout


def upgrade(connection: apsw.Connection, path: str, steps: Mapping[int, Step] = STEPS, layout: int = LAYOUT) -> None:
    """Bring the file to ``layout`` in one transaction.

    Raises ``StoreError``, with the file as it was, if a step fails.
    """
    connection.execute("BEGIN IMMEDIATE")
    try:
        # Another program may have upgraded it while this one waited for the lock.
        for step in range(number(connection, "user_version") + 1, layout + 1):
            steps[step](connection)
            connection.execute(f"PRAGMA user_version = {step}")
        connection.execute("COMMIT")
    except BaseException as error:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        if isinstance(error, apsw.Error):
            raise StoreError(
                f"{path} could not be brought to layout {layout}: {error}. It is as it was.",
                hint="Go on with the custledger that wrote it, and please report this.",
            ) from error
        raise


def number(connection: apsw.Connection, pragma: str) -> int:
    """Return the value of a pragma that is a number."""
    ((value,),) = connection.execute(f"PRAGMA {pragma}")
    return int(value)
