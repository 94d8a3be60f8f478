"""A snapshot of all that is kept, so that opening a ledger need not follow its journal from the beginning.

It says up to where in the journal it is true, and is nothing but a shortcut: without it, and where it does not fit the
journal, the journal is followed from its first line.
"""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from custledger.atomic_file import create, removed_on_error, settle, settle_folder
from custledger.collector import calm_collector
from custledger.stores.history import History
from custledger.stores.tables.journal import Journal, decoded, encoded
from custledger.stores.tables.kept import Kept, Replay, begun, history_in, whole

HISTORY = "history"
"""The file beside the snapshot that has the history up to it, which most readers do not ask for."""
MOST = 1 << 20
"""How many bytes of the journal are followed at most, beside as many as the snapshot has, before there is another."""


def load(journal: Journal, path: Path) -> tuple[Kept, int, int]:
    """Return all that is kept, where in the journal the last whole record ends, and where the snapshot does.

    Raises ``ForeignStoreError`` and ``StoreError``.
    """
    with calm_collector():
        return _load(journal, path)


def _load(journal: Journal, path: Path) -> tuple[Kept, int, int]:
    found = _read(journal, path)
    if found is None:
        lines = journal.lines()
        first = next(lines)
        kept, end = begun(first.record, journal.path), first.end
        start, replay = 0, Replay(kept)
    else:
        kept, end = found
        start = end
        replay, lines = Replay(kept), journal.lines(end)
    for line in lines:
        replay.follow(line.record)
        end = line.end
    return replay.finished(), end, start


def _read(journal: Journal, path: Path) -> tuple[Kept, int] | None:
    """Return what the snapshot holds, and up to where in the journal it is true; ``None`` where it is of no use."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return None
    record = decoded(content)
    if record is None or record["end"] > journal.size() or journal.check_at(record["end"]) != record["check"]:
        return None
    first = next(journal.lines())
    kept = begun(first.record, journal.path)
    end = record["end"]

    def earlier() -> Any:
        return history_in(_histories(path, record["check"]) or _records(journal, first.end, end))

    replay = Replay(kept)
    replay.follow(record)
    history = History(logged=record["logged"], changesets=record["changesets"], earlier=earlier)
    return replay.finished(history), end


def _histories(path: Path, check: str) -> list[dict[str, Any]] | None:
    """Return what the records told of the history up to a snapshot, if that was kept beside it."""
    try:
        told = decoded(path.with_name(HISTORY).read_bytes())
    except FileNotFoundError:
        return None
    records: list[dict[str, Any]] | None = told["records"] if told and told["check"] == check else None
    return records


def _records(journal: Journal, start: int, end: int) -> Iterator[dict[str, Any]]:
    return (line.record for line in journal.lines(start, end))


def is_due(end: int, snapshot_end: int, path: Path) -> bool:
    """Whether so much was written since the snapshot that there should be another."""
    try:
        size = path.stat().st_size
    except FileNotFoundError:
        size = 0
    return end - snapshot_end > MOST + size


def save(kept: Kept, journal: Journal, end: int, path: Path) -> None:
    """Write the snapshot of what is kept where the journal has come to ``end``. Raises ``OSError``."""
    history = kept.state.history
    told = {"end": end, "check": journal.check_at(end), "logged": history.logged, "changesets": history.changesets}
    _put(path, {**whole(kept), **told})
    told_in = (line.record for line in journal.lines(0, end) if "operation" in line.record)
    records = [{"operation": one["operation"], "entries": one["entries"]} for one in told_in]
    _put(path.with_name(HISTORY), {"check": told["check"], "records": records})


def _put(path: Path, record: Mapping[str, Any]) -> None:
    """Write a record into a file of its own, whole or not at all."""
    temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    with removed_on_error(temporary):
        temporary.unlink(missing_ok=True)
        with create(temporary, 0o666) as stream:
            stream.write(encoded(record))
            settle(stream)
        temporary.replace(path)
    settle_folder(path.parent)
