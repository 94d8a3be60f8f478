"""Files that SQLite kept beside a database which was moved or removed without them.

In the log the latest changes may lie that anybody was told of. SQLite would delete it, or apply it to another database,
once there is one of the old name.
"""

from pathlib import Path

from custledger.errors import UsageError
from custledger_sqlite import layouts


def refuse_leftovers(path: Path) -> None:
    """Raise ``UsageError`` where a database is to be made at ``path``, and files of an earlier one are there."""
    left = [file.name for file in (Path(f"{path}{ending}") for ending in layouts.BESIDE) if file.exists()]
    if left and not path.exists():  # in this order: who makes the database at this moment makes it before those
        raise UsageError(
            f"{path} is not there, but files that belong to it are: {', '.join(left)}.",
            hint="The latest changes may be in them. Move them to where it is now, under its new name, before it is "
            "opened; or give another name.",
        )
