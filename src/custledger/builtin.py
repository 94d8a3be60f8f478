"""What the core itself brings, through the same hooks as anybody's plugin.

Its record types, the memory store, and the rules of follow-ups that repeat.
"""

from collections.abc import Sequence

from custledger.changes import Change
from custledger.definitions import Example
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
        Metric(
            name="last_contact",
            labels=Labels("Last contact", "最近联系"),
            expression="max(interactions.at)",
            summary=Labels("When they were last in touch", "最近一次往来的时间"),
            examples=(
                Example({"interactions": [{"at": "90 days ago"}, {"at": "2 days ago"}]}, gives="2 days ago"),
                Example({}, gives=None),
            ),
        ),
        Metric(
            name="contact_count",
            labels=Labels("Contacts", "联系次数"),
            expression="count(interactions)",
            summary=Labels("How often they were in touch", "往来的次数"),
            examples=(Example({"interactions": [{}, {}]}, gives=2), Example({}, gives=0)),
        ),
        Metric(
            name="open_followups",
            labels=Labels("Open follow-ups", "待办跟进"),
            expression="count(followups where status = open)",
            summary=Labels("How many follow-ups are open", "未完成的跟进的数量"),
            examples=(Example({"followups": [{}, {"status": "done"}]}, gives=1),),
        ),
        Metric(
            name="next_followup",
            labels=Labels("Next follow-up", "下次跟进"),
            expression="min(followups.due where status = open)",
            summary=Labels("When the first open follow-up is due", "最早的未完成跟进的到期日"),
            examples=(Example({"followups": [{"due": "in 9 days"}, {"due": "in 2 days"}]}, gives="in 2 days"),),
        ),
        Metric(
            name="age",
            labels=Labels("Age", "年龄"),
            expression="age(birthday)",
            summary=Labels("Whole years since the birthday", "从生日算起的周岁"),
            examples=(
                Example({"birthday": "2000-02-29"}, gives=25, on="2026-02-28"),
                Example({"birthday": "2000-02-29"}, gives=26, on="2026-03-01"),
            ),
        ),
    )


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
    from custledger.repeating import amend_followups  # only a write of follow-ups needs it

    return amend_followups(changes, context)


@hookimpl
@wants("followup")
def custledger_check(changes: Sequence[Change], context: Context) -> Sequence[Problem]:
    """Refuse a repetition that cannot be understood."""
    from custledger.repeating import check_followups  # only a write of follow-ups needs it

    return check_followups(changes, context)


def _open_memory(location: str, *, create: bool = True, read_only: bool = False) -> Store:
    from custledger.stores.memory import MemoryStore  # most ledgers never open one

    return MemoryStore.open(location, create=create, read_only=read_only)
