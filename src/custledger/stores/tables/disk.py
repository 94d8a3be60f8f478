"""The files of a ledger on the disk: telling whether one was changed, and putting others in their places."""

import contextlib
import hashlib
import os
import secrets
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path

import attrs

from custledger.atomic_file import create, settle, settle_folder
from custledger.errors import CustledgerError, LockedError, NotAllowedError, file_error

FINE, COARSE = 50_000_000, 2_000_000_000
"""How many nanoseconds after its time a file may be changed once more without another time: file systems keep times
to a few milliseconds, or those of memory cards to two seconds."""
_PATIENCE = 30.0
"""How many seconds a writer waits for another."""
NEW = "new"
"""The folder beside the journal in which files wait for their places."""


@attrs.frozen
class Glance:
    """What can be seen of a file without reading it, and when that was looked at."""

    size: int
    changed: int
    place: int
    at: int

    @classmethod
    def of(cls, path: Path) -> "Glance | None":
        """Look at a file; ``None`` where there is none."""
        at = time.time_ns()
        try:
            found = path.stat()
        except OSError:
            return None
        return cls(found.st_size, found.st_mtime_ns, found.st_ino, at)

    def looks_like(self, other: "Glance") -> bool:
        """Whether two looks show the same."""
        return (self.size, self.changed, self.place) == (other.size, other.changed, other.place)

    def is_same(self, other: "Glance | None") -> bool:
        """Whether a later look at the same file shows that it was not changed since."""
        if other is None or not self.looks_like(other):
            return False
        # What was changed just before it was looked at may have been changed once more within the same moment.
        return self.at - self.changed > (FINE if self.changed % 1_000_000_000 else COARSE)


def sha256(content: bytes) -> str:
    """Return what tells for sure whether a file was changed."""
    return hashlib.sha256(content).hexdigest()


def read(path: Path) -> bytes | None:
    """Return what a file holds; ``None`` where there is none. Raises the ``CustledgerError`` that fits."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except PermissionError as error:
        if os.name == "nt":
            raise in_use(path) from error
        raise file_error(path, error) from error
    except OSError as error:
        raise file_error(path, error) from error


def in_use(path: Path, program: str = "another program") -> LockedError:
    """Return the error for a file that somebody has open."""
    return LockedError(f"{path} is open in {program}.", hint="Close it there, then try again. Nothing was changed.")


def put_ready(folder: Path, contents: Mapping[str, bytes]) -> dict[str, str]:
    """Write files into the folder where they wait, flushed to the disk; return their names there. Raises ``OSError``.

    Where one cannot be written, none of them stays.
    """
    waiting: dict[str, str] = {}
    place = folder / NEW
    if contents and not place.is_dir():
        place.mkdir(exist_ok=True)
        settle_folder(folder)
    try:
        for name, content in contents.items():
            waiting[name] = f"{secrets.token_hex(6)}-{name}"
            with create(place / waiting[name], 0o666) as stream:
                stream.write(content)
                settle(stream)
    except BaseException:
        take_away(folder, waiting)
        raise
    if contents:
        settle_folder(place)
    return waiting


def take_away(folder: Path, waiting: Mapping[str, str]) -> None:
    """Remove files that wait."""
    for name in waiting.values():
        with contextlib.suppress(OSError):
            (folder / NEW / name).unlink()


def sweep(folder: Path, kept: Collection[str]) -> None:
    """Remove what interrupted writes left among the files that wait; those that are named stay."""
    with contextlib.suppress(FileNotFoundError):
        left = [one for one in (folder / NEW).iterdir() if one.name not in kept]
        for one in left:
            with contextlib.suppress(OSError):
                one.unlink()


def put_in_place(folder: Path, target: Path, waiting: str) -> bool:
    """Give a file that waits its name; return whether there was one. Raises ``OSError``."""
    source = folder / NEW / waiting
    try:
        mode = target.stat().st_mode & 0o7777
    except OSError:
        mode = None
    try:
        if mode is not None:
            source.chmod(mode)
        source.replace(target)
    except FileNotFoundError:
        return False
    settle_folder(target.parent)
    return True


def guarded(path: Path) -> "Callable[[], contextlib.AbstractContextManager[None]]":
    """Return what opens the lock of a ledger's writers, which lies in a file that is never replaced."""
    from filelock import FileLock, Timeout  # needed only where something is written

    lock = FileLock(path, timeout=_PATIENCE, thread_local=False, poll_interval=0.005)

    @contextlib.contextmanager
    def held() -> Iterator[None]:
        try:
            lock.acquire()
        except Timeout as error:
            raise LockedError(
                f"{path.parent} is being written by another program.", hint="Wait until it is done, then try again."
            ) from error
        except PermissionError as error:
            raise NotAllowedError(
                f"{path} may not be written.", hint="Have its owner make the folder and what is in it writable."
            ) from error
        except OSError as error:
            raise file_error(path, error, "locked") from error
        try:
            yield
        finally:
            lock.release()

    return held


def failed(path: Path, error: OSError) -> CustledgerError:
    """Return the error of a write that came to nothing."""
    told = file_error(path, error, "written")
    told.hint = f"Nothing was changed. {told.hint}".rstrip()
    return told
