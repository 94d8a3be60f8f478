"""Backups: a copy that counts only once it has been opened and compared, and bringing one back."""

import os
from pathlib import Path

from custledger.errors import NotFoundError, UsageError
from custledger.hookspecs import StoreType
from custledger.plugins import Plugins, disabled_by
from custledger.services.opening import open_session, resolve_url
from custledger.services.session import Session
from custledger.services.targets import check_name, check_target
from custledger.stores.contract import BackupStore, Verification
from custledger.values import given_path


def backup(session: Session, target: str | os.PathLike[str]) -> Verification:
    """Copy the ledger to a new file or folder while it stays in use; the copy is verified before it gets its name.

    Raises ``UsageError`` where the store cannot do that or the file is there already, ``StoreError`` where the copy
    is not true.
    """
    path = given_path(target)
    if isinstance(session.store, BackupStore) and session.store.copies_to_folder:
        path = _folder_named(session, path)
    check_name(path)
    if Path(path).exists():
        raise UsageError(f"{path} is there already.", hint="Give the backup a name of its own.")
    check_target(session.plugins, path)
    if not isinstance(session.store, BackupStore):
        raise UsageError(
            f"A ledger kept at {session.store.url} cannot be backed up this way.", hint="Export its records instead."
        )
    return session.store.backup(path)


def restore(source: str | os.PathLike[str], url: str, *, plugins: Plugins | None = None) -> Verification:
    """Make the ledger at ``url``, which must not be there yet, from a backup, and verify it.

    An existing ledger is never overwritten: move it away first. Raises ``UsageError`` where there is one,
    ``NotFoundError`` or ``ForeignStoreError`` where the backup is none.
    """
    found = plugins or Plugins.installed(disabled_by())
    path = given_path(source)
    kind, location = resolve_url(found, url)
    if Path(path).is_dir():
        path = f"{kind.schemes[0]}:{path}"
    if not Path(path).is_file() and not _is_url(found, path):
        raise NotFoundError("backup file", path, hint="Name a file that a backup has made.")
    if Path(location).exists():
        files = _files_of(kind, Path(location))
        whole = f" with what belongs to it, all of {', '.join(files)}" if len(files) > 1 else ""
        raise UsageError(
            f"There is a ledger at {location} already.",
            hint=f"Move it away first{whole}, or restore elsewhere: give --ledger NEW.",
        )
    session = open_session(path, create=False, read_only=True, plugins=found)
    try:
        return backup(session, location)
    finally:
        session.close()


def _folder_named(session: Session, path: str) -> str:
    """Return the folder that is named, be it with a line behind it or as the URL of a ledger."""
    scheme = session.store.url.partition(":")[0]
    bare = path.removeprefix(f"{scheme}:").rstrip(os.sep + (os.altsep or ""))
    return bare or path


def _files_of(kind: StoreType, path: Path) -> list[str]:
    """Return the names of a ledger's file and of those that are kept beside it, where the store knows them."""
    there = path.parent.iterdir() if kind.has else ()
    beside = (each for each in there if each.name.startswith(path.name) and each != path)
    return [path.name, *sorted(each.name for each in beside if kind.has and kind.has(os.path.realpath(each)))]


def _is_url(plugins: Plugins, source: str) -> bool:
    """Whether ``source`` is a URL of something that is there, such as ``sqlite:kept.db``."""
    scheme, colon, rest = source.partition(":")
    return bool(colon) and any(scheme in store.schemes for store in plugins.stores()) and Path(rest).exists()
