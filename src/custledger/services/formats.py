"""Choosing the file format for a path: by its ending, or by the name that the caller gives."""

from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import Any, TypeVar

from custledger.errors import InvalidValueError, NotFoundError, UsageError
from custledger.files import Reader, Writer
from custledger.services.session import Session

FormatT = TypeVar("FormatT", Reader, Writer)
STANDARD = "csv"
"""The format of what has no ending, such as the standard input."""
INSTALL = "Install custledger-csv, or see custledger doctor."


def reader_for(session: Session, path: str, name: str | None = None) -> Reader:
    """Return the reader for a path, or the one of that name. Raises ``NotFoundError``."""
    return _choose(session.plugins.readers(), path, name, "file format to read")


def writer_for(session: Session, path: str, name: str | None = None) -> Writer:
    """Return the writer for a path, or the one of that name. Raises ``NotFoundError``."""
    return _choose(session.plugins.writers(), path, name, "file format to write")


def standard_writer(session: Session) -> Writer | None:
    """Return the writer of the format of what nobody named, such as rejected rows; ``None`` where it is not there."""
    return _found(session.plugins.writers(), "", STANDARD)


def checked_options(chosen: Reader | Writer, options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options that are given. Raises ``UsageError`` for one that the format does not take."""
    if not isinstance(options, Mapping):
        raise InvalidValueError(options, "does not say what the options are", field="Options")
    given = {name: value for name, value in options.items() if value is not None and value is not False}
    for name in given:
        if name not in chosen.options:
            shown = ", ".join(f"the option {option}" for option in chosen.options) or "none"
            raise UsageError(f"The format {chosen.name} takes no option {name}.", hint=f"It takes: {shown}.")
    return given


def _choose(formats: Sequence[FormatT], path: str, name: str | None, what: str) -> FormatT:
    suffix = PurePath(path).suffix.lower()
    wanted = name or (STANDARD if not suffix else "")
    found = _found(formats, suffix, wanted)
    if found is not None:
        return found
    there = ", ".join(dict.fromkeys(each.name for each in formats))
    hint = f"There are: {there}. Name one with the option format." if there else INSTALL
    raise NotFoundError(what, wanted or suffix, hint=hint)


def _found(formats: Sequence[FormatT], suffix: str, name: str) -> FormatT | None:
    """Return the format of a name, or without one that of a suffix."""
    for each in formats:
        if each.name == name or (not name and suffix in each.suffixes):
            return each
    return None
