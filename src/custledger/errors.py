"""Every error custledger raises on purpose.

::

    CustledgerError
    ├── UsageError             the request makes no sense (exit 2)
    ├── DataError              bad data, or a named thing that is not there (exit 3)
    │   ├── InvalidValueError  a value does not fit its field
    │   ├── NotFoundError      nothing of that name
    │   ├── AmbiguousError     more than one thing of that name
    │   ├── DuplicateError     a unique value is taken
    │   ├── ReferencedError    other records still refer to what would be removed
    │   ├── RefusedError       a plugin's check vetoed the write
    │   ├── QueryError         an expression that cannot be understood, with its place in the text
    │   ├── FileFormatError    a file that cannot be read as what it claims to be
    │   └── ForeignStoreError  a store that is not a ledger, or is newer than this program
    ├── NotAllowedError        the actor, or the file's own rights, forbid it (exit 4)
    ├── ConflictError          the record changed since it was read (exit 5)
    ├── LockedError            another program holds the store (exit 5)
    ├── StoreError             the store failed: disk full, input/output error (exit 1)
    └── PluginError            a plugin raised (exit 1)

Each takes the values it is about and builds its own message: one line that says what happened and where.
``hint`` says what to do. ``code`` is the stable name that ``--json`` prints, with ``details`` where there are any.
"""

import errno
import os
import re
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, NamedTuple

_USER_INFO = re.compile(r"([A-Za-z][\w+.-]+:/{1,2}|//)(?:[^\s/?#@:]*:\S*|[^\s/?#]*)@")
"""What stands before the host of a URL. A password may hold a slash that should have been written otherwise, and a
path made of a URL has lost one of the two before it."""
_SECRET = re.compile(r"([?&](?:password|passwd|pwd|secret|token)=)[^\s&#]*", re.IGNORECASE)

_LONG_WORD = re.compile(r"(\S{200})\S+")

_UNSEEN = "\x1c\x1d\x1e\x1f"
"""Controls that Python takes for blanks."""

_NEEDED = re.compile(r"is not enough: (?P<owner>.+) needs (?P<what>one|a date|a time|a value)")
_PLURAL = re.compile(r"[^ius]s$")
_DATED = re.compile(r"\b(date|time)s?\b|day$", re.IGNORECASE)
"""Labels that no article fits, and those that say already that a date is meant."""


class CustledgerError(Exception):
    """The root of the tree; catches everything that a user of the ledger can cause."""

    code: ClassVar[str] = "failed"
    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, *, hint: str = "") -> None:
        message, hint = masked(escaped(message)), masked(escaped(hint))
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.details: Mapping[str, Any] = {}
        self.language = "en"
        """The language of the message and the hint: English, unless somebody put them into another."""


class UsageError(CustledgerError):
    """The request makes no sense as it was put."""

    code = "usage"
    exit_code = 2


class DataError(CustledgerError):
    """Bad data, or a named thing that is not there."""

    code = "bad_data"
    exit_code = 3


class InvalidValueError(DataError):
    """A value does not fit its field. ``why`` completes the sentence "it …".

    Nothing, ``None``, that "is not enough: a customer needs one" is told as "A customer needs a name"; with "a date" or
    "a time" in the place of "one" as "A follow-up needs a due date", and with "a value" as "… needs a value for Tags".
    """

    code = "invalid_value"

    def __init__(self, value: object, why: str, *, field: str = "", hint: str = "") -> None:
        needed = _NEEDED.fullmatch(why) if value is None and field else None
        place = f"{field}: " if field else ""
        told = _needs(needed["owner"], needed["what"], field) if needed else f"{place}{shorten(value)} {why}"
        super().__init__(told, hint=hint)
        self.value = value
        self.why = why
        self.field = field

    def in_field(self, field: str) -> "InvalidValueError":
        """Return the same error, naming the field the value was meant for."""
        return InvalidValueError(self.value, self.why, field=field, hint=self.hint)


class NotFoundError(DataError):
    """Nothing of that name. ``suggestions`` are the nearest names there are."""

    code = "not_found"

    def __init__(self, what: str, name: object, *, suggestions: Sequence[str] = (), hint: str = "") -> None:
        if suggestions and not hint:
            hint = "Did you mean " + " or ".join(suggestions) + "?"
        super().__init__(f"There is no {what} {shorten(name)}.", hint=hint)
        self.what = what
        self.name = name
        self.suggestions = tuple(suggestions)


class AmbiguousError(DataError):
    """More than one thing of that name. ``matches`` names them by their ids.

    Given by id, what tells each from the others is told with it: ``C-… (上海), C-… (北京)``.
    """

    code = "ambiguous"

    def __init__(self, what: str, name: object, matches: Mapping[str, str]) -> None:
        named = [f"{ref} ({told})" if told else ref for ref, told in matches.items()]
        self.listed = ", ".join(named[:5]) + (" …" if len(named) > 5 else "")
        super().__init__(f"{shorten(name)} could be more than one {what}: {self.listed}.", hint="Name it by its id.")
        self.matches = tuple(matches)


class DuplicateError(DataError):
    """A value that must be unique is taken by another record."""

    code = "duplicate"

    def __init__(self, type_name: str, field: str, value: object, holder: str = "") -> None:
        held = f" by {holder}" if holder else ""
        super().__init__(
            f"{type_name}: {field} {shorten(value)} is already taken{held}.",
            hint=f"Give another {field}, or edit the record that has it.",
        )
        self.type_name = type_name
        self.field = field
        self.value = value


class ReferencedError(DataError):
    """Other records still refer to what would be removed. ``referrers`` says how many of what they are called."""

    code = "referenced"

    def __init__(self, target: str, referrers: Mapping[str, int]) -> None:
        listed = ", ".join(f"{count} {name}" for name, count in referrers.items())
        verb = "refers" if sum(referrers.values()) == 1 else "refer"
        super().__init__(
            f"{target} cannot be removed: {listed} still {verb} to it.",
            hint="Remove those first, or let them refer to another record.",
        )
        self.target = target
        self.referrers = dict(referrers)


class RefusedError(DataError):
    """A plugin's check vetoed the write."""

    code = "refused"


class QueryError(DataError):
    """An expression that cannot be understood. ``position`` counts characters of ``text`` from 0."""

    code = "query"

    def __init__(self, why: str, text: str, position: int, *, hint: str = "") -> None:
        super().__init__(f"{why} (at character {position + 1} of: {_around(text, position)})", hint=hint)
        self.why = why
        self.text = text
        self.position = position


class FileFormatError(DataError):
    """A file that cannot be read as what it claims to be. ``row`` counts from 1, the heading included."""

    code = "file_format"

    def __init__(self, path: object, why: str, *, row: int | None = None, column: str = "", hint: str = "") -> None:
        place = f", row {row}" if row is not None else ""
        place += f", column {column}" if column else ""
        super().__init__(f"{path}{place}: {why}", hint=hint)
        self.path = str(path)
        self.row = row
        self.column = column


class ForeignStoreError(DataError):
    """A store that is not a ledger, or one that a newer custledger wrote."""

    code = "foreign_store"


class NotAllowedError(CustledgerError):
    """The actor, or the rights of the file, forbid it."""

    code = "not_allowed"
    exit_code = 4


class FieldConflict(NamedTuple):
    """One field that two people set differently, as plain values; those of a sensitive field are never printed."""

    field: str
    base: Any
    mine: Any
    theirs: Any
    sensitive: bool = False


class ConflictError(CustledgerError):
    """The record changed since it was read, in a field that this write changes too.

    ``fields`` holds one ``FieldConflict`` (field, base, mine, theirs) for each field in conflict; it is empty
    where the record as a whole is in conflict, for instance removed by somebody else.
    """

    code = "conflict"
    exit_code = 5

    def __init__(self, record: str, fields: Sequence[FieldConflict] = (), *, why: str = "") -> None:
        detail = "; ".join(
            f"{one.field} was set differently by somebody else"
            if one.sensitive
            else f"{one.field} was {shorten(one.base)}, you set {shorten(one.mine)}, "
            f"somebody else set {shorten(one.theirs)}"
            for one in fields
        )
        super().__init__(
            f"{record} changed since it was read: {detail or why}.", hint="Read it again and repeat the change."
        )
        self.record = record
        self.fields = tuple(fields)


class LockedError(CustledgerError):
    """Another program holds the store for longer than we waited."""

    code = "locked"
    exit_code = 5


class StoreError(CustledgerError):
    """The store failed below us: disk full, input/output error, damaged file."""

    code = "store"


class PluginError(CustledgerError):
    """A plugin raised. The ledger and its data are as they were."""

    code = "plugin"

    def __init__(self, plugin: str, doing: str, cause: BaseException) -> None:
        super().__init__(
            f"The plugin {plugin} failed while {doing}: {type(cause).__name__}: {cause}",
            hint=f"Set CUSTLEDGER_DISABLE_PLUGINS={plugin} to go on without it.",
        )
        self.plugin = plugin


def _needs(owner: str, what: str, field: str) -> str:
    """Return that a field must have a value, by its label: ``A customer needs a name``."""
    needs = f"{owner[:1].upper()}{owner[1:]} needs"
    if field.isascii() and (what == "a value" or _PLURAL.search(field)):
        return f"{needs} a value for {field}"
    label = field if field[1:2].isupper() else field[:1].lower() + field[1:]
    sort = what.removeprefix("a ")
    if field.isascii() and sort in {"date", "time"} and not _DATED.search(label):
        label = f"{label} {sort}"
    return f"{needs} {'an' if label[:1].lower() in {*'aeiou'} else 'a'} {label}"


def _around(text: str, position: int, reach: int = 60) -> str:
    """Return ``text`` on one line; of a long one, what lies around ``position``."""
    text = masked(text)  # first, since what is cut out of a URL may have lost what tells that it is one
    position = min(position, len(text))
    start, end = max(0, position - reach), position + reach
    return ("…" if start else "") + one_line(text[start:end]) + ("…" if end < len(text) else "")


def one_line(text: str) -> str:
    """Return ``text`` on one line, character for character: what is not printable becomes a space."""
    return text if text.isprintable() else "".join(c if c.isprintable() else " " for c in text)


def escaped(text: str) -> str:
    """Return ``text`` on one line: blanks of any sort become spaces, what else is unprintable is told by its code."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else " " if c.isspace() and c not in _UNSEEN else _escape(c) for c in text)


def _escape(character: str) -> str:
    return character.encode("unicode_escape").decode()


def masked(text: str) -> str:
    """Return ``text`` without the user names and passwords of the URLs in it: ``postgres://***@host/db``."""
    if ":/" not in text and "//" not in text:
        return text
    return _SECRET.sub(r"\1***", _USER_INFO.sub(r"\1***@", text))


def shorten(value: object, limit: int = 60) -> str:
    """Return ``value`` as it may stand in a one-line message: quoted, on one line, not longer than ``limit``."""
    if value is None:
        return "(empty)"
    text = masked(value if isinstance(value, str) else str(value))
    text = " ".join(text.split()) if text.strip() else text
    text = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
    return f"“{text if len(text) <= limit else text[: limit - 1] + '…'}”"


def without_long_words(text: str) -> str:
    """Return ``text`` with no more of any word than somebody needs to know it again."""
    return _LONG_WORD.sub(r"\1…", text)


def file_error(path: object, error: OSError, doing: str = "read") -> CustledgerError:
    """Return what to tell a user whose file could not be read or written; ``doing`` is the participle of that."""
    if isinstance(error, FileNotFoundError):
        near, place = _beside(str(path))
        return NotFoundError("file or folder", path, suggestions=near, hint="" if near else f"Looked in {place}.")
    if isinstance(error, IsADirectoryError | NotADirectoryError):
        return UsageError(f"{path} cannot be {doing}: it is no file.", hint="Name a file, not a folder.")
    if isinstance(error, PermissionError) or error.errno == errno.EROFS:
        return NotAllowedError(
            f"{path} may not be {doing}: {error.strerror}.", hint="Look at the rights of the file and of its folder."
        )
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return StoreError(
            f"{path} could not be {doing}: the disk is full.", hint="Make room on the disk, then try again."
        )
    return StoreError(f"{path} could not be {doing}: {error.strerror or error}.")


def _beside(path: str) -> tuple[list[str], str]:
    """Return the paths most like one that is not there, in the nearest folder that is, and that folder."""
    import difflib  # needed only where something was misspelt

    folder, name = os.path.split(path)
    while folder and not os.path.isdir(folder):  # noqa: PTH112 - a path may be any string
        folder, name = os.path.split(folder)
    try:
        near = difflib.get_close_matches(name, os.listdir(folder or "."), n=2, cutoff=0.6)  # noqa: PTH208 - as above
    except (OSError, ValueError):
        near = []
    return [os.path.join(folder, one) for one in near], os.path.abspath(folder)  # noqa: PTH118, PTH100 - as above
