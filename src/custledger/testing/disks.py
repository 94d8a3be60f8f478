"""A disk under a ledger in files, each of whose steps can be counted, failed, cut off or recorded.

A step is a write, a flush, a renaming, a removal, or whatever else changes what a disk holds. ``Steps`` counts them
and lets something happen at one of them; ``Recording`` remembers them, and says what a disk may hold where the power
failed.
"""

import contextlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Self

import attrs
import pytest

from custledger.stores.tables import disk, settling, snapshot

MODULES = (disk, settling, snapshot)
"""The modules that make files by ``create``."""

KINDS = ("write", "fsync", "ftruncate", "replace", "unlink", "mkdir")

Before = Callable[[str, str], None]
"""What is told each step before it is done: its name, and the path that it is about."""
After = Callable[..., None]
"""What is told each step when it is done: the same, and what it was done with."""


class Stream:
    """A new file whose writes are steps, two for each, so that one may end half way."""

    def __init__(self, path: Path, mode: int) -> None:
        self._handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, mode)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._handle)

    def write(self, data: bytes) -> int:
        """Write all of it."""
        left = memoryview(data)
        while left:
            left = left[os.write(self._handle, left[: max(1, len(left) // 2 + 1)]) :]
        return len(data)

    def flush(self) -> None:
        """There is nothing to flush."""

    def fileno(self) -> int:
        """Return the handle."""
        return self._handle


class _Watched:
    """The functions of ``os`` by which files under a folder are changed, which tell of what they do."""

    def __init__(self, folder: Path, before: Before, after: After, *, short: bool) -> None:
        self._folder = str(folder)
        self._before = before
        self._after = after
        self._short = short
        self._open = os.open
        self._real: dict[str, Callable[..., Any]] = {name: getattr(os, name) for name in KINDS}
        self._paths: dict[int, str] = {}

    def _within(self, path: Any) -> str:
        text = os.fspath(path)
        return text if isinstance(text, str) and text.startswith(self._folder) and not text.endswith("lock") else ""

    def open(self, path: Any, flags: int, *more: Any, **others: Any) -> int:
        """Open a file; making one is a step."""
        told = self._within(path)
        is_new = told and flags & os.O_CREAT and not Path(path).exists()
        if is_new:
            self._before("create", told)
        handle = self._open(path, flags, *more, **others)
        self._paths[handle] = told
        if is_new:
            self._after("create", told)
        return handle

    def write(self, handle: int, data: Any) -> int:
        """Write into a file, where writes are short only half."""
        path = self._paths.get(handle, "")
        if not path:
            return int(self._real["write"](handle, data))
        self._before("write", path)
        at = os.lseek(handle, 0, os.SEEK_CUR)
        done = int(self._real["write"](handle, data[: len(data) // 2 + 1] if self._short else data))
        self._after("write", path, at, bytes(data[:done]))
        return done

    def telling(self, kind: str) -> Callable[..., Any]:
        """Return the function that does any other step."""

        def do(target: Any, *more: Any, **others: Any) -> Any:
            path = self._paths.get(target, "") if isinstance(target, int) else self._within(target)
            if path:
                self._before(kind, path)
            result = self._real[kind](target, *more, **others)
            if path:
                self._after(kind, path, *more)
            return result

        return do


@contextlib.contextmanager
def under(folder: Path, before: Before, after: After = lambda *_: None, *, short: bool = False) -> Iterator[None]:
    """Have ``before`` and ``after`` told each step on files under a folder; ``short`` has writes do half."""
    watched = _Watched(folder, before, after, short=short)
    with pytest.MonkeyPatch.context() as patch:
        for kind in KINDS:
            patch.setattr(os, kind, watched.write if kind == "write" else watched.telling(kind))
        patch.setattr(os, "open", watched.open)
        for module in MODULES:
            patch.setattr(module, "create", Stream)
        yield


class Steps:
    """Counts steps on files under a folder, and does ``act`` at the one numbered ``at``, or from it on."""

    def __init__(self, at: int, act: Callable[[], None], *, onwards: bool = False) -> None:
        self.at = at
        self.act = act
        self.onwards = onwards
        self.count = 0
        self.names: list[str] = []

    def __call__(self, name: str, path: str) -> None:
        """Count a step."""
        number, self.count = self.count, self.count + 1
        self.names.append(f"{name} {Path(path).name}")
        if number == self.at or (self.onwards and number > self.at):
            self.act()


@attrs.define
class _File:
    """What a file holds on the disk for sure, and what it holds as long as the power is on."""

    sure: bytes = b""
    now: bytes = b""


@attrs.define
class _Disk:
    """Files by number, and which name is which file, for sure and now."""

    files: dict[int, _File] = attrs.field(factory=dict)
    sure: dict[str, int] = attrs.field(factory=dict)
    now: dict[str, int] = attrs.field(factory=dict)


CUTS = ("nothing", "names", "data", "all", "half", "zeros")
"""What of the steps that nobody waited for got to the disk: none, only names, only data, all; half of what was added to
a file; or zeros in its place."""


class Recording:
    """Records the steps under a folder, to say what a disk holds after any number of them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._begun = {str(one.relative_to(folder)): one.read_bytes() for one in folder.rglob("*") if one.is_file()}
        self.steps: list[tuple[Any, ...]] = []

    def recorded(self) -> contextlib.AbstractContextManager[None]:
        """Record what happens inside."""
        return under(self.folder, lambda *_: None, self._note)

    def _note(self, kind: str, path: str, *more: Any) -> None:
        relative = str(Path(path).relative_to(self.folder))
        if kind == "replace":
            more = (str(Path(more[0]).relative_to(self.folder)),)
        self.steps.append((kind, relative, *more))

    def forget(self, is_forgotten: Callable[[str], bool]) -> None:
        """Leave out the flushes of certain files and folders, as a bad build does."""
        self.steps = [step for step in self.steps if step[0] != "fsync" or not is_forgotten(step[1])]

    def left(self, count: int, cut: str) -> dict[str, bytes]:
        """Return what the disk holds, by names of files, where the power failed after so many steps."""
        held = self._after(count)
        names = held.now if cut in {"names", "all", "half", "zeros"} else held.sure
        return {name: _content(held.files[number], cut) for name, number in names.items()}

    def _after(self, count: int) -> _Disk:
        held = _Disk()
        for number, (name, content) in enumerate(self._begun.items()):
            held.files[number] = _File(content, content)
            held.sure[name] = held.now[name] = number
        for step in self.steps[:count]:
            _do(held, *step)
        return held


def _content(file: _File, cut: str) -> bytes:
    if cut in {"data", "all"}:
        return file.now
    more = len(file.now) - len(file.sure)
    if cut in {"half", "zeros"} and more > 0 and file.now.startswith(file.sure):
        return file.now[: len(file.sure) + more // 2] + bytes(more - more // 2 if cut == "zeros" else 0)
    return file.sure


def _do(held: _Disk, kind: str, name: str, *more: Any) -> None:
    """Do one step to what a disk holds."""
    match kind:
        case "create":
            number = max(held.files, default=-1) + 1
            held.files[number] = _File()
            held.now[name] = number
        case "write":
            at, data = more
            file = held.files[held.now[name]]
            file.now = file.now[:at] + data + file.now[at + len(data) :]
        case "ftruncate":
            file = held.files[held.now[name]]
            file.now = file.now[: more[0]]
        case "fsync" if name in held.now:
            file = held.files[held.now[name]]
            file.sure = file.now
        case "fsync":
            _flush_names(held, "" if name == "." else f"{name}/")
        case "replace":
            held.now[more[0]] = held.now.pop(name)
        case "unlink":
            del held.now[name]


def _flush_names(held: _Disk, within: str) -> None:
    """Let the names in a folder be what they are now."""
    for one in {*held.sure, *held.now}:
        if one.startswith(within) and "/" not in one[len(within) :]:
            if one in held.now:
                held.sure[one] = held.now[one]
            else:
                del held.sure[one]
