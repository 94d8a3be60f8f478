"""What the core itself brings, through the same hooks as anybody's plugin.

Its record types, the memory store, and the rules of follow-ups that repeat.
"""

from collections.abc import Sequence

from custledger.changes import Change
from custledger.fields import Labels
from custledger.hookspecs import Context, Problem, StoreType, hookimpl, wants
from custledger.records import CORE_TYPES, Record
from custledger.stores.contract import Store


@hookimpl
def custledger_record_types() -> Sequence[type[Record]]:
    """Return ``Customer``, ``Interaction`` and ``FollowUp``."""
    return CORE_TYPES


@hookimpl
def custledger_stores() -> Sequence[StoreType]:
    """Return the memory store, ``memory:``, which is gone when the program ends."""
    return (
        StoreType(
            name="memory",
            summary=Labels("Memory, gone when the program ends", "内存（程序结束即消失）"),
            schemes=("memory",),
            open=_open_memory,
        ),
    )


@hookimpl
@wants("followup")
def custledger_amend(changes: Sequence[Change], context: Context) -> Sequence[Change]:
    """Return the anchors of series, the times of being done, and the follow-ups that come next."""
    from custledger.repeating import amend_followups  # noqa: PLC0415 - only a write of follow-ups needs it

    return amend_followups(changes, context)


@hookimpl
@wants("followup")
def custledger_check(changes: Sequence[Change], context: Context) -> Sequence[Problem]:
    """Refuse a repetition that cannot be understood."""
    from custledger.repeating import check_followups  # noqa: PLC0415 - only a write of follow-ups needs it

    return check_followups(changes, context)


def _open_memory(location: str, *, create: bool = True, read_only: bool = False) -> Store:
    from custledger.stores.memory import MemoryStore  # noqa: PLC0415 - most ledgers never open one

    return MemoryStore.open(location, create=create, read_only=read_only)
