"""What SQLite's errors mean to whoever uses a ledger."""

from pathlib import Path

import apsw

from custledger.errors import CustledgerError, ForeignStoreError, LockedError, NotAllowedError, StoreError

_LEAST_ROOM = 1 << 15
"""How many bytes the shared index of the log takes, at least."""


def explained(fault: Exception, path: str) -> CustledgerError:
    """Return the error of custledger for a fault of SQLite, or of apsw itself, about the file ``path``."""
    for kind, explain in _MEANINGS.items():
        if isinstance(fault, kind):
            return explain(path, fault)
    return StoreError(
        f"{path}: SQLite failed: {_words(fault)}.",
        hint="Nothing was changed. If it happens again, please report it with this message.",
    )


def _full(path: str, _fault: Exception) -> CustledgerError:
    return StoreError(f"{path}: the disk is full.", hint="Nothing was changed. Make room on the disk, then try again.")


def _io(path: str, fault: Exception) -> CustledgerError:
    if _has_no_room(path):  # also reading needs some, for the index of the log; SQLite does not say that this was it
        return _full(path, fault)
    return StoreError(
        f"{path}: the disk could not be read or written ({_words(fault)}).",
        hint="Check the disk and its connection, then try again.",
    )


def _has_no_room(path: str) -> bool:
    """Whether the disk has less room than the smallest file that SQLite keeps beside a ledger."""
    import shutil  # only for the message

    try:
        return shutil.disk_usage(Path(path).absolute().parent).free < _LEAST_ROOM
    except OSError:
        return False


def _read_only(path: str, _fault: Exception) -> CustledgerError:
    return NotAllowedError(
        f"{path} may not be written.",
        hint="Set the rights of the file, of its folder and of the files beside it (-wal, -shm) so that you may.",
    )


def _locked(path: str, _fault: Exception) -> CustledgerError:
    return LockedError(f"{path} is being written by another program.", hint="Wait until it is done, then try again.")


def _damaged(path: str, fault: Exception) -> CustledgerError:
    return StoreError(
        f"{path} is damaged ({_words(fault)}).",
        hint="Restore the latest backup with “custledger restore”, and keep the damaged file.",
    )


def _foreign(path: str, _fault: Exception) -> CustledgerError:
    return ForeignStoreError(f"{path} is not a SQLite database.", hint="Give the path of a custledger file.")


def _cannot_open(path: str, _fault: Exception) -> CustledgerError:
    return NotAllowedError(
        f"{path} cannot be opened.", hint="Check that the folder is there, and that you may read and write in it."
    )


def _too_big(path: str, _fault: Exception) -> CustledgerError:
    return StoreError(f"{path}: a value is larger than SQLite can keep.", hint="Shorten it.")


def _words(fault: Exception) -> str:
    return str(fault).rstrip(".") or type(fault).__name__


_MEANINGS = {
    apsw.FullError: _full,
    apsw.IOError: _io,
    apsw.ReadOnlyError: _read_only,
    apsw.PermissionsError: _read_only,
    apsw.BusyError: _locked,
    apsw.LockedError: _locked,
    apsw.CorruptError: _damaged,
    apsw.NotADBError: _foreign,
    apsw.CantOpenError: _cannot_open,
    apsw.TooBigError: _too_big,
}
