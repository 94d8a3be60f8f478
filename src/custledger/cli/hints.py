"""What to do about an error, in the program's own terms: the hints of the library fit whoever calls it."""

import re
from collections.abc import Collection

from custledger.cli.application import PROGRAM
from custledger.cli.options import RESERVED
from custledger.errors import CustledgerError, NotFoundError
from custledger.fields import KEY_PREFIX

_VALUE = re.compile(r"Give (?P<key>\w+) a value\.")
_MAP = re.compile(r'(?<!-)\bmap "')
_OPTION = re.compile(r"the option (\w+)")
_LOG = re.compile(r"the log of the operation has\b")
_FIELDS = re.compile(r'ledger\.fields\.list\("(\w+)"\) has')
_FORCE = re.compile(r"\bforce it\b")
_READ_ONLY = ", or open it without read_only"


def put_into_own_terms(error: CustledgerError, types: Collection[str]) -> None:
    """Say in an error's hint with which option or command it is done; ``types`` are the names of record types."""
    if isinstance(error, NotFoundError) and not error.hint:
        error.hint = _list_of(error.what, types)
    if found := _VALUE.fullmatch(error.hint):
        key = found["key"]
        error.hint = f"Give {key}=VALUE with --set."
        if not key.startswith(KEY_PREFIX) and f"--{_dashed(key)}" not in RESERVED:
            error.hint = f"Give --{_dashed(key)} VALUE, or {key}=VALUE with --set."
    error.hint = with_flags(error.hint)
    error.hint = _FIELDS.sub(rf"{PROGRAM} field list \1 shows", error.hint)
    error.hint = _LOG.sub(f"{PROGRAM} log OPERATION shows", error.hint)
    error.hint = error.hint.replace(_READ_ONLY, "")
    error.hint = _FORCE.sub("--force", _MAP.sub('--map "', error.hint))


def with_flags(hint: str) -> str:
    """Return a hint with ``--from-row`` in the place of ``the option from_row``."""
    return _OPTION.sub(lambda found: f"--{_dashed(found[1])}", hint)


def _dashed(name: str) -> str:
    return name.replace("_", "-")


def _list_of(what: str, types: Collection[str]) -> str:
    """Return which command lists things of a sort, if there is one."""
    if what == "operation":
        return f"{PROGRAM} log shows the operations."
    return f"{PROGRAM} {what} list shows what there is." if what in types else ""
