"""Whether a file is a ledger, told from its first bytes."""

from pathlib import Path

from custledger_sqlite.layouts import APPLICATION_ID, BESIDE

_MAGIC = b"SQLite format 3\0"
_PLACE = slice(68, 72)
"""Where SQLite keeps the application id."""


def belongs_to_ledger(path: str) -> bool:
    """Return whether the file at ``path`` is a ledger, or is or would be one that SQLite keeps beside a ledger."""
    beside = next((path.removesuffix(ending) for ending in BESIDE if path.endswith(ending)), path)
    return _is_ledger(Path(path)) or _is_ledger(Path(beside))


def _is_ledger(path: Path) -> bool:
    if not path.is_file():
        return False
    try:
        with path.open("rb") as stream:
            start = stream.read(_PLACE.stop)
    except OSError:  # what may not be read is not taken for a ledger; whoever writes there will hear of it
        return False
    return start.startswith(_MAGIC) and start[_PLACE] == APPLICATION_ID.to_bytes(4, "big")
