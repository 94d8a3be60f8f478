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


def reader_for(session: Session, path: str, name: str | None = None) -> Reader:
    """Return the reader for a path, or the one of that name. Raises ``NotFoundError``."""
    return _choose(session.plugins.readers(), path, name, "file format to read")


def writer_for(session: Session, path: str, name: str | None = None) -> Writer:
    """Return the writer for a path, or the one of that name. Raises ``NotFoundError``."""
    return _choose(session.plugins.writers(), path, name, "file format to write")


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
    for each in formats:
        if each.name == wanted or (not wanted and suffix in each.suffixes):
            return each
    there = ", ".join(dict.fromkeys(each.name for each in formats)) or "none; install custledger-csv"
    raise NotFoundError(what, wanted or suffix, hint=f"There are: {there}. Name one with the option format.")
