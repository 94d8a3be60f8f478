"""Which plugins are installed: an index of the entry points of the group ``custledger``.

``importlib.metadata`` parses the metadata of every distribution there is, which costs several times what Python takes
to start. Here only the ``entry_points.txt`` files are looked at, and what they say is kept in the user's cache folder,
by folder and the folder's time of change: installing or removing anything changes that. A cache that is missing,
damaged, out of date or not writable costs time, never correctness, so what goes wrong with it is passed over.
"""

import contextlib
import json
import os
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from custledger.folders import cache_folder

GROUP = "custledger"
CACHE_VERSION = 1
SETTLED_NANOSECONDS = 2_000_000_000
"""A folder that changed within this time may change again without its time moving: it is not cached yet."""

_Found = list[list[str]]


class EntryPoint(NamedTuple):
    """One entry point of a distribution: its name, the module it names, and the distribution's name and version."""

    name: str
    module: str
    distribution: str
    version: str


def installed_plugins(folders: Sequence[str] | None = None, cache: Path | None = None) -> list[EntryPoint]:
    """Return the entry points of the group ``custledger`` in ``folders`` (``sys.path``), by name.

    Of a distribution that is in two folders, the first counts, as for ``import``. ``cache`` is the file that the
    index is kept in.
    """
    path = cache or cache_file()
    known = _read_cache(path)
    seen: dict[str, list[EntryPoint]] = {}
    fresh: dict[str, Any] = {}
    for folder in folders if folders is not None else sys.path:
        for distribution, entries in _of_folder(folder or os.curdir, known, fresh):
            seen.setdefault(distribution, entries)
    if fresh:
        _write_cache(path, known | fresh)
    return sorted((entry for entries in seen.values() for entry in entries), key=lambda entry: entry.name)


def cache_file() -> Path:
    """Return the file that the index is kept in, one for each Python installation."""
    from zlib import crc32

    installation = f"{crc32(sys.prefix.encode()):08x}-{sys.version_info.major}.{sys.version_info.minor}"
    return Path(cache_folder()) / f"plugins-{installation}.json"


def _of_folder(folder: str, known: dict[str, Any], fresh: dict[str, Any]) -> Iterator[tuple[str, list[EntryPoint]]]:
    """Yield ``(distribution, its entry points)`` of one folder, from the cache where that is up to date."""
    try:
        changed = os.stat(folder).st_mtime_ns  # noqa: PTH116 - called for every folder of sys.path at each start
    except OSError:
        return
    path = os.path.abspath(folder)  # noqa: PTH100 - as above
    kept = known.get(path)
    if kept is not None and kept[0] == changed:
        found: _Found = kept[1]
    else:
        names = _distributions(path)
        found = [line for name in names for line in _entries(path, name)]
        if names and time.time_ns() - changed > SETTLED_NANOSECONDS:
            fresh[path] = [changed, found]
    by_distribution: dict[str, list[EntryPoint]] = {}
    for distribution, version, name, module in found:
        by_distribution.setdefault(distribution, []).append(EntryPoint(name, module, distribution, version))
    yield from by_distribution.items()


def _distributions(folder: str) -> list[str]:
    """Return the names of the metadata folders in a folder; none for what is not a folder, such as a zip file."""
    try:
        return [name for name in os.listdir(folder) if name.endswith((".dist-info", ".egg-info"))]  # noqa: PTH208
    except OSError:
        return []


def _entries(folder: str, metadata: str) -> _Found:
    """Return ``[distribution, version, entry name, module]`` for each entry point of our group."""
    try:
        text = Path(folder, metadata, "entry_points.txt").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return []
    name, _, version = metadata.rpartition(".")[0].partition("-")
    return [[name.replace("_", "-"), version.partition("-")[0], *entry] for entry in _in_group(text)]


def _in_group(text: str) -> Iterator[tuple[str, str]]:
    """Yield ``(name, module)`` of the entries of our group in the text of an ``entry_points.txt``."""
    inside = False
    for line in map(str.strip, text.splitlines()):
        if line.startswith("["):
            inside = line == f"[{GROUP}]"
        elif inside and "=" in line and not line.startswith(("#", ";")):
            name, _, module = line.partition("=")
            yield name.strip(), module.partition("[")[0].strip()


def _read_cache(path: Path) -> dict[str, Any]:
    """Return what the cache holds by folder, or nothing where it is missing or damaged."""
    try:
        kept = json.loads(path.read_bytes())
        if kept["version"] != CACHE_VERSION:
            return {}
        folders: dict[str, Any] = kept["folders"]
        return {folder: [int(changed), [_line(line) for line in lines]] for folder, (changed, lines) in folders.items()}
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return {}


def _line(line: Any) -> list[str]:
    distribution, version, name, module = line
    return [str(distribution), str(version), str(name), str(module)]


def _write_cache(path: Path, folders: dict[str, Any]) -> None:
    """Replace the cache in one step, so that another process reads the old one or the new one, never a half."""
    import tempfile  # needed only after something was installed

    there = {folder: kept for folder, kept in folders.items() if os.path.isdir(folder)}  # noqa: PTH112 - plain texts
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.stem)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as stream:
                json.dump({"version": CACHE_VERSION, "folders": there}, stream)
            Path(temporary).replace(path)
        except OSError:
            Path(temporary).unlink(missing_ok=True)
            raise
