"""Rejected rows, kept in a file beside the input, ready to be corrected and imported again."""

import json
import os
import re
import secrets
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from custledger.atomic_file import PRIVATE, create, keep, removed_on_error, settle
from custledger.errors import PluginError, file_error
from custledger.files import Writer
from custledger.services import formats
from custledger.services.importing.chunk import Reject
from custledger.services.importing.mapping import REASON_HEADINGS, Plan
from custledger.services.importing.report import Example
from custledger.services.session import Session
from custledger.services.targets import check_room, check_target, may_write
from custledger.values import given_path

MOST_UNKEPT = 1_000
"""How many rejected rows are listed where they are kept in no file."""
_ALREADY = re.compile(r"\.rejected(-\d+)?$")


def rejects_path(path: str, suffix: str = ".csv") -> Path:
    """Return where the rejected rows of a file go: ``NAME.rejected.csv`` beside it.

    Those of the standard input go to the working folder, and those of a file of rejected rows to one of the same name.
    """
    source = Path("stdin") if path == "-" else Path(path)
    stem = _ALREADY.sub("", source.stem)
    return source.with_name(f"{stem}.rejected{suffix}")


class RejectsTarget(NamedTuple):
    """Where rejected rows go, and what writes them there."""

    path: Path
    writer: Writer


def rejects_target(
    session: Session, path: str, named: str | None = None, *, dry_run: bool = False
) -> RejectsTarget | None:
    """Return where the rejected rows of the file ``path`` go, sure that they can be written there.

    Where nobody ``named`` a file and the folder of the input may not be written, it is the working folder; and it is
    nowhere where no format is installed that could keep them. A ``dry_run`` writes none, so it needs no folder for
    them. Raises the ``CustledgerError`` that fits, such as ``UsageError`` for a ledger.
    """
    writer = formats.writer_for(session, given_path(named, "Rejects")) if named else formats.standard_writer(session)
    if writer is None:
        return None
    target = Path(named) if named else rejects_path(path)
    if dry_run:
        return RejectsTarget(target, writer)
    if not named and not may_write(target.parent):
        target = Path.cwd() / target.name  # in full, since nobody would look for it there
    check_target(session.plugins, target)
    check_room(target, hint="Say with the option rejects where rejected rows may go.")
    return RejectsTarget(target, writer)


class Rejects:
    """Collects rejected rows outside of memory until they are written; ``unkept`` has the first ones if they are not.

    The file has the columns of the input and, in front, one with the row's number and the reason, which a later import
    passes over. It is readable by its owner alone, whatever the input was: it holds other people's data.
    """

    def __init__(
        self, target: RejectsTarget | None, heading: Sequence[str], plan: Plan, language: str, say: Callable[[str], str]
    ) -> None:
        """``say`` puts a reason into the ``language``."""
        self._target = target
        self._heading = heading
        self._reasons = plan.reasons
        self._language = language
        self._say = say
        self._spool = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115 - closed by close()
        self._first: list[Example] = []
        self._has_failed = False

    @property
    def unkept(self) -> tuple[Example, ...]:
        """The first rejected rows, where there is no file for them or it could not be written."""
        return tuple(self._first) if self._target is None or self._has_failed else ()

    def add(self, rejects: Sequence[Reject]) -> None:
        """Add rejected rows."""
        room = MOST_UNKEPT - len(self._first)
        self._first += [Example(reject.number, "rejected", reject.reason) for reject in rejects[:room]]
        if self._target is None:
            return
        try:
            for reject in rejects:
                self._spool.write(json.dumps([reject.number, reject.reason, reject.cells]) + "\n")
        except OSError as error:
            self._has_failed = True
            raise file_error(tempfile.gettempdir(), error, "written") from error

    def write(self) -> str | None:
        """Write the rows, if there are any, and return where they are: at the target, or beside another file there."""
        if self._target is None or self._has_failed or not self._first:
            return None
        target, writer = self._target
        temporary = target.with_name(f".{target.name}.{secrets.token_hex(4)}.tmp")
        options: dict[str, Any] = {"excel_bom": True} if "excel_bom" in writer.options else {}
        heading = [REASON_HEADINGS[self._language == "zh"], *self._without_reasons(self._heading)]
        try:
            with removed_on_error(temporary):
                with create(temporary, PRIVATE) as stream:
                    writer.write(stream, heading, self._rows(), **options)
                    settle(stream)
                return str(keep(temporary, target))
        except PluginError as error:
            self._has_failed = True
            error.hint = f"The rejected rows could not be written to {target}. {error.hint}"
            raise
        except OSError as error:
            self._has_failed = True
            raise file_error(os.fspath(target), error, "written") from error

    def close(self) -> None:
        """Forget the rows."""
        with suppress(OSError):  # what a full disk did not take was told of when it was written
            self._spool.close()

    def _rows(self) -> Iterator[list[str]]:
        self._spool.seek(0)
        for line in self._spool:
            number, reason, cells = json.loads(line)
            why = self._say(reason)
            said = f"第 {number} 行：{why}" if self._language == "zh" else f"row {number}: {why}"
            yield [said, *self._without_reasons(cells)]

    def _without_reasons(self, cells: Sequence[str]) -> list[str]:
        return [cell for index, cell in enumerate(cells) if index not in self._reasons]
