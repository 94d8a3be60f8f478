"""What the core itself brings, through the same hooks as anybody's plugin.

Its record types, the memory store, and the rules of follow-ups that repeat.
"""

from collections.abc import Sequence

from custledger.changes import Change
from custledger.fields import Labels
from custledger.hookspecs import Context, Problem, StoreType, hookimpl, wants
from custledger.metrics import Metric
from custledger.records import CORE_TYPES, Record
from custledger.stores.contract import Store


@hookimpl
def custledger_record_types() -> Sequence[type[Record]]:
    """Return ``Customer``, ``Interaction``, ``FollowUp``, and what the ledger keeps of segments."""
    return CORE_TYPES


@hookimpl
def custledger_metrics() -> Sequence[Metric]:
    """Return what is known of a customer from what was said, and is owed, to them."""
    return (
        _metric("last_contact", "Last contact", "最近联系", "max(interactions.at)"),
        _metric("contact_count", "Contacts", "联系次数", "count(interactions)"),
        _metric("open_followups", "Open follow-ups", "待办跟进", "count(followups where status = open)"),
        _metric("next_followup", "Next follow-up", "下次跟进", "min(followups.due where status = open)"),
        _metric("age", "Age", "年龄", "age(birthday)"),
    )


def _metric(name: str, en: str, zh: str, expression: str) -> Metric:
    return Metric(name=name, labels=Labels(en, zh), expression=expression)


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
