"""What plugins may do to a write, and what they may not."""

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import pytest

import custledger
from custledger.changes import Change, Changeset, Creates
from custledger.codec import row_from
from custledger.conventions import FixedClock
from custledger.errors import PluginError, RefusedError
from custledger.hookspecs import Problem, hookimpl, wants
from custledger.ledger import Ledger
from custledger.plugins import Plugins
from custledger.services.session import MOST_WARNINGS
from custledger.services.writing import load, write


def opened(**plugins: Any) -> Ledger:
    modules = {name: SimpleNamespace(**{hook.__name__: hook for hook in hooks}) for name, hooks in plugins.items()}
    return custledger.open("memory:", plugins=Plugins.of(**modules), clock=FixedClock(1_700_000_000_000))


@hookimpl
@wants("customer")
def custledger_amend(changes: Sequence[Change], context: Any) -> list[Change]:
    """Give every customer without an owner one, and greet each new one."""
    extra = []
    for change in changes:
        if change.before is None and "owner" not in (change.after or {}):
            extra.append(Change(type="customer", id=change.id, before=None, after={"owner": context.actor}))
            greeting = {"customer": change.id, "due": context.today.isoformat(), "status": "open"}
            extra.append(Change(type="followup", id=0, before=None, after=greeting))
    return extra


def test_an_amendment_is_folded_into_the_change_and_new_records_get_ids() -> None:
    with opened(greeter=[custledger_amend]) as ledger:
        added = ledger.customers.add(name="A")
        assert added.owner == ledger.session.actor
        assert added.revision == 1
        followup = next(iter(ledger.followups))
        assert followup.customer == added.id
        ledger.undo(ledger.operations(limit=1)[0].id)
        assert ledger.customers.count() == ledger.followups.count() == 0


def test_amendments_reach_the_rows_of_a_bulk_load() -> None:
    with opened(greeter=[custledger_amend]) as ledger:
        session = ledger.session
        schema = session.schema("customer")
        first = session.mint.run(3)
        at = session.now
        rows = [
            row_from(
                schema, {"id": first + place, "created_at": at, "updated_at": at, "revision": 1, "name": f"n{place}"}
            )
            for place in range(3)
        ]
        creates = Creates.of_rows("customer", schema.keys, rows)
        chunk = Changeset(operation=session.operation("import"), creates=[creates], place="3")
        assert sum(receipt.created for receipt in load(session, [chunk])) == 6
        assert ledger.customers.count(by="owner") == {session.actor: 3}


@hookimpl
def custledger_check(changes: Sequence[Change]) -> list[Problem]:
    """Refuse anybody called X, and warn of anybody called W."""
    names = [(change.after or {}).get("name") for change in changes]
    refused = [Problem(message="nobody may be called X")] if "X" in names else []
    return refused + ([Problem(message="W is unusual", severity="warn")] if "W" in names else [])


def test_a_check_refuses_or_warns() -> None:
    with opened(strict=[custledger_check]) as ledger:
        with pytest.raises(RefusedError, match="nobody may be called X") as refused:
            ledger.customers.add(name="X")
        assert refused.value.hint == "The plugin strict says so."
        assert ledger.customers.count() == 0
        ledger.customers.add(name="W")
        assert [problem.message for problem in ledger.take_warnings()] == ["W is unusual"]
        assert ledger.take_warnings() == []


def test_a_program_that_never_asks_for_warnings_does_not_collect_them_without_end() -> None:
    with opened(strict=[custledger_check]) as ledger:
        for _ in range(MOST_WARNINGS + 5):
            ledger.customers.add(name="W")
        assert MOST_WARNINGS <= len(ledger.take_warnings()) <= MOST_WARNINGS + 1
        assert ledger.take_warnings() == []


def test_all_warnings_of_one_write_are_there() -> None:
    @hookimpl
    def custledger_check(changes: Sequence[Change]) -> list[Problem]:
        return [Problem(message="so many", severity="warn") for _ in changes]

    with opened(strict=[custledger_check]) as ledger:
        with ledger.operation() as batch:
            for number in range(MOST_WARNINGS + 5):
                batch.customers.add(name=str(number))
        assert len(ledger.take_warnings()) == MOST_WARNINGS + 5


def test_a_severity_that_does_not_exist_refuses_the_write_as_a_crash_does() -> None:
    @hookimpl
    def custledger_check(changes: Sequence[Change]) -> list[Problem]:
        return [Problem(message="No!", severity="refused")]  # type: ignore[arg-type]

    with opened(misspelt=[custledger_check]) as ledger:
        with pytest.raises(PluginError, match="The plugin misspelt failed while answering custledger_check"):
            ledger.customers.add(name="A")
        assert ledger.customers.count() == 0


def test_a_check_that_crashes_refuses_the_write_and_says_how_to_go_on() -> None:
    @hookimpl
    def custledger_check(changes: Sequence[Change]) -> list[Problem]:
        raise ZeroDivisionError("oops")

    with opened(broken=[custledger_check]) as ledger:
        with pytest.raises(PluginError, match="broken") as raised:
            ledger.customers.add(name="A")
        assert "CUSTLEDGER_DISABLE_PLUGINS=broken" in raised.value.hint
        assert ledger.customers.count() == 0


def test_a_listener_that_crashes_is_reported_and_the_write_stands() -> None:
    @hookimpl
    def custledger_changed(changeset: Changeset) -> None:
        raise ZeroDivisionError("oops")

    with opened(nosy=[custledger_changed]) as ledger:
        ledger.customers.add(name="A")
        assert ledger.customers.count() == 1
        assert "nosy" in ledger.session.take_warnings()[-1].message


def test_a_write_follows_settings_that_another_session_changed() -> None:
    with custledger.open("memory:shared-settings") as one, custledger.open("memory:shared-settings") as other:
        added = one.customers.add(name="A")
        other.fields.add("customer", "会员卡号", kind="text", label_en="Card number")
        one.customers.edit(added.id, **{"Card number": "0001"})
        assert other.customers.get(added.id).extra == {"x_card_number": "0001"}


def test_a_session_that_lags_behind_reads_the_settings_again_and_writes() -> None:
    with custledger.open("memory:lagging") as one, custledger.open("memory:lagging") as other:
        addition = Change(type="customer", id=one.session.mint.one(), before=None, after={"name": "A"})
        other.fields.add("customer", "会员卡号", kind="text")
        changeset = Changeset(operation=one.session.operation("add"), changes=[addition])
        assert write(one.session, changeset).created == 1
