"""Writing files so that nobody ever finds half of one: a temporary file beside it, flushed to disk, then renamed."""

import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from custledger.errors import NotFoundError, StoreError, file_error

PRIVATE = 0o600
_PUBLIC = 0o666
_TRIES = 1000


@contextmanager
def atomic_write(path: str | os.PathLike[str]) -> Iterator[BinaryIO]:
    """Yield a binary stream whose content becomes the file ``path`` when the block ends without an error.

    A file that is there keeps its rights, and a link its place; what is not a plain file (a pipe, a device) is
    written to directly. Raises the ``CustledgerError`` that fits what the operating system said.
    """
    target = Path(os.path.realpath(path))
    try:
        there = target.stat() if target.exists() else None
        if there is not None and not stat.S_ISREG(there.st_mode):
            with target.open("wb") as stream:
                yield stream
            return
        temporary = target.with_name(f".{target.name}.{secrets.token_hex(4)}.tmp")
        with removed_on_error(temporary):
            with create(temporary, _PUBLIC) as stream:
                if there is not None:
                    temporary.chmod(stat.S_IMODE(there.st_mode))
                yield stream
                settle(stream)
            temporary.replace(target)
        settle_folder(target.parent)
    except BrokenPipeError:
        raise
    except OSError as error:
        if isinstance(error, FileNotFoundError) and not target.parent.is_dir():
            made = f"Make it, then write {target.name} into it."
            raise NotFoundError("folder", Path(path).parent, hint=made) from error
        raise file_error(path, error, "written") from error


def keep(temporary: Path, wanted: Path) -> Path:
    """Give a finished file its name, or that name with a number where another file has it; return where it is.

    A file of that name with the same content is as good: then the temporary one goes.
    """
    for number in range(1, _TRIES):
        target = wanted if number == 1 else wanted.with_name(f"{wanted.stem}-{number}{wanted.suffix}")
        if target.exists() and same_content(temporary, target):
            temporary.unlink()
            return target
        if not target.exists() and _renamed(temporary, target):
            settle_folder(target.parent)
            return target
    raise StoreError(
        f"There are a thousand files named like {wanted} already.", hint="Remove those you no longer need."
    )


def create(path: Path, mode: int) -> BinaryIO:
    """Return a new file open for writing; its rights are ``mode`` less the umask. Raises ``FileExistsError``."""
    return os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_BINARY", 0), mode), "wb")


def settle(stream: BinaryIO) -> None:
    """Flush a stream to the disk itself."""
    stream.flush()
    os.fsync(stream.fileno())


def settle_folder(folder: Path) -> None:
    """Flush the names in a folder to the disk, where the system can do that."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def removed_on_error(path: Path) -> Iterator[None]:
    """Remove the file ``path`` if the block raises."""
    try:
        yield
    except BaseException:
        with suppress(OSError):
            path.unlink()
        raise


def same_content(one: Path, other: Path) -> bool:
    """Whether two files hold the same bytes."""
    if not other.is_file() or one.stat().st_size != other.stat().st_size:
        return False
    with one.open("rb") as left, other.open("rb") as right:
        while block := left.read(1 << 16):
            if block != right.read(1 << 16):
                return False
    return True


def _renamed(temporary: Path, target: Path) -> bool:
    """Rename without ever replacing a file; return whether the name was free."""
    try:
        os.link(temporary, target)
    except FileExistsError:
        return False
    except OSError:  # a file system without hard links: a race with another program is the lesser evil
        temporary.rename(target)
        return True
    temporary.unlink()
    return True
