"""Reads what text files say of segments, and tells all that is wrong with them at once; see ``segment_files``."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import attrs

from custledger.errors import CustledgerError, FileFormatError, file_error
from custledger.fields import Labels
from custledger.segments import STORED_SUBJECT, Segment
from custledger.services.defining import check_color
from custledger.values import fold

ENDING = ".toml"
KEYS = ("name", "subject", "expression", "label_en", "label_zh", "color", "names")
"""What a file can say of a segment."""
HINT = f"A segment has: {', '.join(KEYS)}."


@attrs.frozen(kw_only=True)
class Written:
    """A segment as a file has it, and where: ``place`` is empty where the file has only the one."""

    path: Path
    place: str
    segment: Segment


@attrs.frozen(kw_only=True)
class Fault:
    """What is wrong in a file, in the segment at ``place`` if it has several."""

    path: Path
    place: str
    why: str
    hint: str

    @property
    def text(self) -> str:
        """What is wrong, and in which segment."""
        return f"{self.place}: {self.why}" if self.place else self.why


class Faults:
    """All that is wrong with the files at ``root``; ``named`` are the segments that could not be read, by name."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.found: list[Fault] = []
        self.named: list[str] = []

    @contextmanager
    def noted(self, path: Path, place: str = "", name: object = None) -> Iterator[None]:
        """Note what is raised in the block, which is about a file, or a segment in it, and go on."""
        try:
            yield
        except CustledgerError as error:
            why = error.message.removeprefix(f"{path}: ")
            self.found.append(Fault(path=path, place=place, why=why, hint=error.hint))
            if isinstance(name, str):
                self.named.append(name)

    def raise_any(self) -> None:
        """Raise ``FileFormatError`` that tells all of them, if there are any."""
        if not self.found:
            return
        path = self.found[0].path if len({one.path for one in self.found}) == 1 else self.root
        found = sorted(self.found, key=lambda one: one.path)
        told = [one.text if one.path == path else f"{one.path.name}: {one.text}" for one in found]
        hints = {one.hint for one in found}
        error = FileFormatError(path, "; ".join(told), hint=hints.pop() if len(hints) == 1 else "")
        error.details = {"faults": [{"path": str(one.path), "message": one.text, "hint": one.hint} for one in found]}
        raise error


def read_segments(root: Path, faults: Faults) -> list[Written]:
    """Return the segments of a file, or of the files of a folder; what is wrong with others is noted.

    Raises ``FileFormatError`` for a folder without such files, and what fits a file that may not be read.
    """
    if not root.is_dir():
        return _of_file(root, faults)
    files = sorted(root.glob(f"*{ENDING}"))
    if not files:
        why = "there is no file of a segment in this folder"
        raise FileFormatError(root, why, hint="custledger segment save writes them there.")
    return [one for file in files for one in _of_file(file, faults)]


def _of_file(path: Path, faults: Faults) -> list[Written]:
    tables: list[Any] = []
    try:
        content = path.read_bytes()
    except OSError as error:
        raise file_error(path, error) from error
    with faults.noted(path, name=unquote(path.stem)):
        tables = _tables(path, content)
    found = []
    for number, told in enumerate(tables, start=1):
        name = told.get("name") if isinstance(told, dict) else None
        called = name if isinstance(name, str) and name.strip() else number
        place = f"segment {called}" if len(tables) > 1 else ""
        with faults.noted(path, place, name):
            found.append(Written(path=path, place=place, segment=_segment(path, told)))
    return found


def _tables(path: Path, content: bytes) -> list[Any]:
    import tomllib  # writing segments needs none of it

    try:
        value = tomllib.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise FileFormatError(path, "this is not text in UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise FileFormatError(path, f"this is not TOML: {error}") from error
    several = value.get("segment")
    is_list = isinstance(several, list) and len(value) == 1
    if not value or (is_list and not several):
        raise FileFormatError(path, "there is no segment in this file", hint=HINT)
    return several if isinstance(several, list) and is_list else [value]


def _segment(path: Path, told: Any) -> Segment:
    """Return the segment of a table, with the labels that it gives. Raises ``FileFormatError``."""
    unknown = [key for key in told if key not in KEYS] if isinstance(told, dict) else ["[[segment]]"]
    if unknown:
        raise FileFormatError(path, f"{unknown[0]} says nothing of a segment", hint=HINT)
    odd = next((key for key, value in told.items() if key != "names" and not isinstance(value, str)), None)
    lacking = next((key for key in ("name", "expression") if not str(told.get(key, "")).strip()), None)
    if odd or lacking:
        raise FileFormatError(path, f"{odd or lacking} must be a text, and not empty", hint=HINT)
    check_color(told.get("color", ""))
    return Segment(
        name=told["name"],
        subject=told.get("subject") or STORED_SUBJECT,
        expression=told["expression"].strip(),
        labels=Labels(told.get("label_en", ""), told.get("label_zh", "")),
        color=told.get("color", ""),
        names=_table(path, told, "names"),
    )


def _table(path: Path, told: Mapping[str, Any], key: str) -> Mapping[str, str]:
    """Return a table of texts by folded names. Raises ``FileFormatError``."""
    table = told.get(key, {})
    if not isinstance(table, dict) or not all(isinstance(value, str) for value in table.values()):
        raise FileFormatError(path, f"{key} must be a table of texts", hint=HINT)
    return {fold(name): value for name, value in table.items()}
