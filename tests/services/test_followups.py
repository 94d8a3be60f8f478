"""Follow-ups: what is due, and that finishing one makes the next in the same changeset."""

import random
import uuid
from collections.abc import Iterator
from datetime import date
from types import SimpleNamespace
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

import custledger
from custledger.changes import Change, Changeset
from custledger.conventions import FixedClock
from custledger.errors import AmbiguousError, ConflictError, DataError, InvalidValueError, RefusedError
from custledger.fields import Labels
from custledger.hookspecs import Reminder, hookimpl
from custledger.plugins import Plugins
from custledger.recurrence import planned
from custledger.services import followups
from custledger.services.editing import add, edit, edit_where
from custledger.services.fields import add_field
from custledger.services.naming import find
from custledger.services.opening import open_session
from custledger.services.session import Session
from custledger.services.undo import undo
from custledger.services.writing import write
from custledger.stores.contract import Query

TODAY = date(2026, 11, 22)
NOON = 1_795_348_800_000


def new_session(today: date = TODAY, url: str = "memory:", **plugins: Any) -> Session:
    return open_session(
        url, plugins=Plugins.of(**plugins), clock=FixedClock(NOON), source=random.Random(7), actor="tester", as_of=today
    )


@pytest.fixture
def session() -> Iterator[Session]:
    opened = new_session()
    add(opened, "customer", {"name": "张伟", "code": "C1"})
    yield opened
    opened.close()


def owed(session: Session, due: str, **values: Any) -> tuple[Any, ...]:
    return add(session, "followup", {"customer": "C1", "due": due, **values}).row


def shown(session: Session, row: tuple[Any, ...] | None) -> dict[str, Any]:
    assert row is not None
    return dict(zip(session.schema("followup").keys, row, strict=True))


def everything(session: Session) -> list[dict[str, Any]]:
    return [shown(session, row) for row in session.select("followup", Query(moment=session.moment))]


def test_due_shows_what_is_overdue_due_today_and_due_soon_the_oldest_first(session: Session) -> None:
    for day in ("2026-11-29", "2026-11-22", "2026-11-30", "2026-10-01"):
        owed(session, day, note=day)
    owed(session, "2026-11-01", note="done", status="done")
    assert [shown(session, row)["note"] for row in followups.due(session)] == ["2026-10-01", "2026-11-22"]
    assert [shown(session, row)["note"] for row in followups.due(session, days=7)] == [
        "2026-10-01",
        "2026-11-22",
        "2026-11-29",
    ]
    assert len(followups.due(session, days=10**9)) == 4


def test_due_can_be_one_persons(session: Session) -> None:
    owed(session, "2026-11-22", owner="Ines", note="hers")
    owed(session, "2026-11-22", owner="韩一诺")
    assert [shown(session, row)["note"] for row in followups.due(session, owner="ines")] == ["hers"]


def test_finishing_one_that_repeats_makes_the_next_in_the_same_changeset(session: Session) -> None:
    first = owed(session, "2026-01-31", every="month", note="call", owner="Ines", channel="phone", purpose="renewal")
    receipt, following = followups.done(session, first[0], "ordered again")
    assert len(receipt.applied) == 1
    assert (receipt.updated, receipt.created) == (1, 1)
    finished = shown(session, session.get("followup", [first[0]])[0])
    assert (finished["status"], finished["result"]) == ("done", "ordered again")
    assert finished["done_at"].startswith("2026-11-22T")
    carried = shown(session, following)
    assert carried["due"] == "2026-02-28"
    assert carried["anchor"] == "2026-01-31"
    assert {key: carried[key] for key in ("status", "note", "owner", "channel", "purpose", "every")} == {
        "status": "open",
        "note": "call",
        "owner": "Ines",
        "channel": "phone",
        "purpose": "renewal",
        "every": "month",
    }
    assert carried["done_at"] is carried["result"] is None


def test_every_is_kept_in_one_form_however_it_is_written_and_by_whom(session: Session) -> None:
    first = owed(session, "2026-01-31", every=" 每月 ")
    assert shown(session, first)["every"] == "month"
    edited = shown(session, edit(session, "followup", first[0], {"every": "Every 2 weeks"}).row)
    assert (edited["every"], edited["anchor"]) == ("2 weeks", "2026-01-31")
    due = edit(session, "followup", first[0], {"due": "2026-03-01", "anchor": "2026-03-01"}).row
    again = edit(session, "followup", due[0], {"every": "每2周"}).row
    assert (shown(session, again)["every"], shown(session, again)["anchor"]) == ("2 weeks", "2026-03-01")
    _, following = followups.done(session, first[0])
    assert shown(session, following)["every"] == "2 weeks"


def test_month_ends_are_kept_through_a_whole_series(session: Session) -> None:
    row: tuple[Any, ...] | None = owed(session, "2026-01-31", every="每月")
    days = []
    for _ in range(4):
        assert row is not None
        days.append(shown(session, row)["due"])
        _, row = followups.done(session, row[0])
    assert days == ["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30"]


def test_an_undo_takes_back_both_the_finishing_and_the_next(session: Session) -> None:
    first = owed(session, "2026-11-20", every="week")
    receipt, _ = followups.done(session, first[0])
    assert not undo(session, receipt.operation).standing
    left = everything(session)
    assert [(each["due"], each["status"], each["done_at"]) for each in left] == [("2026-11-20", "open", None)]


def test_a_plain_edit_finishes_it_just_as_well(session: Session) -> None:
    first = owed(session, "2026-11-20", every="week")
    edit(session, "followup", first[0], {"status": "done", "done_at": "2026-11-21 09:00"})
    assert sorted((each["due"], each["status"]) for each in everything(session)) == [
        ("2026-11-20", "done"),
        ("2026-11-27", "open"),
    ]
    finished = shown(session, session.get("followup", [first[0]])[0])
    assert finished["done_at"].startswith("2026-11-21T")


def test_an_edit_of_many_makes_the_next_of_each(session: Session) -> None:
    for note in ("a", "b"):
        owed(session, "2026-11-20", every="week", note=note)
    owed(session, "2026-11-20", note="once")
    edit_where(session, "followup", "status = open", {"status": "skipped"})
    assert sorted((each["note"], each["due"]) for each in everything(session) if each["status"] == "open") == [
        ("a", "2026-11-27"),
        ("b", "2026-11-27"),
    ]


def test_one_that_is_opened_and_finished_again_has_its_next_already(session: Session) -> None:
    first = owed(session, "2026-11-20", every="week")
    for status in ("done", "open", "done"):
        edit(session, "followup", first[0], {"status": status})
    assert len(everything(session)) == 2


def test_one_that_is_skipped_is_followed_by_the_next_as_well(session: Session) -> None:
    first = owed(session, "2026-11-20", every="week")
    _, following = followups.done(session, first[0], status="skipped")
    assert shown(session, following)["due"] == "2026-11-27"
    assert shown(session, session.get("followup", [first[0]])[0])["status"] == "skipped"


def test_two_people_who_finish_it_at_one_moment_do_not_make_two_next_ones() -> None:
    class Quicker:
        """Somebody else, who finishes the follow-up between this writer's reading and its writing."""

        other: Session | None = None

        @hookimpl
        def custledger_check(self, changes: Any, context: Any) -> None:
            if self.other is not None:
                other, self.other = self.other, None
                followups.done(other, changes[0].id, status="skipped")

    quicker = Quicker()
    url = f"memory:{uuid.uuid4().hex}"
    mine, theirs = new_session(url=url, quicker=quicker), new_session(url=url)
    add(mine, "customer", {"name": "A", "code": "C1"})
    first = owed(mine, "2026-11-20", every="week")
    quicker.other = theirs
    with pytest.raises(ConflictError):
        followups.done(mine, first[0], status="skipped")
    assert len(everything(mine)) == 2


@pytest.mark.parametrize(
    ("moved", "following"),
    [
        ("2026-03-03", "2026-03-31"),
        ("2026-02-20", "2026-03-31"),  # and not on 28 February once more
        ("2026-01-15", "2026-03-31"),
        ("2026-03-31", "2026-04-30"),
        ("2026-04-05", "2026-04-30"),  # and not on 31 March, before that day
    ],
)
def test_moving_one_day_does_not_move_the_series(session: Session, moved: str, following: str) -> None:
    _, second = followups.done(session, owed(session, "2026-01-31", every="month")[0])
    assert second is not None
    row = shown(session, edit(session, "followup", second[0], {"due": moved}).row)
    assert (row["due"], row["anchor"], row["planned"]) == (moved, "2026-01-31", "2026-02-28")
    _, third = followups.done(session, second[0])
    carried = shown(session, third)
    assert (carried["due"], carried["anchor"], carried["planned"]) == (following, "2026-01-31", None)


@pytest.mark.parametrize("moved", ["2026-01-25", "2026-02-10"])
def test_moving_the_first_day_before_anything_is_done_does_not_move_the_series_either(
    session: Session, moved: str
) -> None:
    first = owed(session, "2026-01-31", every="month")
    assert shown(session, edit(session, "followup", first[0], {"due": moved}).row)["anchor"] == "2026-01-31"
    assert shown(session, followups.done(session, first[0])[1])["due"] == "2026-02-28"


def test_a_day_moved_twice_and_back_is_the_planned_one_again(session: Session) -> None:
    first = owed(session, "2026-01-31", every="month")[0]
    for day in ("2026-02-03", "2026-02-05"):
        assert shown(session, edit(session, "followup", first, {"due": day}).row)["planned"] == "2026-01-31"
    assert shown(session, edit(session, "followup", first, {"due": "2026-01-31"}).row)["planned"] is None


def test_an_undo_of_a_move_takes_it_back_whole(session: Session) -> None:
    first = owed(session, "2026-01-31", every="month")
    edit(session, "followup", first[0], {"due": "2026-02-03"})
    moved = session.view.operations()[0]
    assert not undo(session, moved.id).standing
    row = shown(session, session.get("followup", [first[0]])[0])
    assert (row["due"], row["anchor"], row["planned"]) == ("2026-01-31", "2026-01-31", None)


@pytest.mark.parametrize(
    ("values", "anchor"),
    [({"every": "week"}, "2026-03-03"), ({"anchor": "2026-03-03"}, "2026-03-03"), ({"anchor": None}, "2026-03-03")],
)
def test_a_move_that_says_the_rhythm_or_the_anchor_too_moves_the_series(
    session: Session, values: dict[str, str], anchor: str
) -> None:
    first = owed(session, "2026-01-31", every="month")[0]
    edit(session, "followup", first, {"due": "2026-02-05"})
    row = shown(session, edit(session, "followup", first, {"due": "2026-03-03", **values}).row)
    assert (row["anchor"], row["planned"]) == (anchor, None)


def test_what_does_not_repeat_is_moved_without_a_plan(session: Session) -> None:
    first = owed(session, "2026-01-31")[0]
    row = shown(session, edit(session, "followup", first, {"due": "2026-02-05"}).row)
    assert (row["anchor"], row["planned"]) == (None, None)


def test_moving_many_days_moves_no_series(session: Session) -> None:
    for due in ("2026-01-31", "2026-01-30"):
        owed(session, due, every="month", note=due)
    edit_where(session, "followup", "status = open", {"due": "2026-02-02"})
    edit_where(session, "followup", "status = open", {"status": "done"})
    assert sorted(each["due"] for each in everything(session) if each["status"] == "open") == ["2026-02-28"] * 2


def test_a_follow_up_counts_from_the_day_that_one_says(session: Session) -> None:
    first = owed(session, "2026-02-28", every="month", anchor="2026-01-31")
    _, following = followups.done(session, first[0])
    assert (shown(session, following)["due"], shown(session, following)["anchor"]) == ("2026-03-31", "2026-01-31")
    both = edit(session, "followup", shown(session, following)["id"], {"due": "2026-04-15", "anchor": "2026-04-01"}).row
    assert shown(session, both)["anchor"] == "2026-04-01"
    emptied = edit(session, "followup", shown(session, following)["id"], {"anchor": None}).row
    assert shown(session, emptied)["anchor"] == "2026-04-15"


def test_a_new_rhythm_counts_from_the_due_day_and_none_needs_no_anchor(session: Session) -> None:
    first = owed(session, "2026-01-31")
    assert shown(session, first)["anchor"] is None
    assert shown(session, edit(session, "followup", first[0], {"every": "10 days"}).row)["anchor"] == "2026-01-31"
    assert shown(session, edit(session, "followup", first[0], {"every": None}).row)["anchor"] is None


def test_finishing_and_moving_in_one_edit_keeps_the_plan(session: Session) -> None:
    first = owed(session, "2026-01-31", every="month")
    edit(session, "followup", first[0], {"due": "2026-03-15", "status": "done"})
    assert sorted(each["due"] for each in everything(session)) == ["2026-03-15", "2026-03-31"]


def test_a_rule_with_a_count_ends(session: Session) -> None:
    first = owed(session, "2026-11-02", every="FREQ=WEEKLY;COUNT=2")
    _, second = followups.done(session, first[0])
    assert shown(session, second)["due"] == "2026-11-09"
    assert second is not None
    assert followups.done(session, second[0])[1] is None


def test_what_does_not_repeat_has_no_next(session: Session) -> None:
    assert followups.done(session, owed(session, "2026-11-20")[0])[1] is None


def test_a_finished_one_cannot_be_finished_again(session: Session) -> None:
    first = owed(session, "2026-11-20")
    followups.done(session, first[0])
    with pytest.raises(DataError, match="is done already"):
        followups.done(session, first[0])
    with pytest.raises(InvalidValueError, match="does not finish"):
        followups.done(session, first[0], status="open")


@pytest.mark.parametrize(
    "write_it",
    [
        lambda session: owed(session, "2026-11-20", every="fortnight"),
        lambda session: edit(session, "followup", owed(session, "2026-11-20")[0], {"every": "FREQ=HOURLY"}),
    ],
)
def test_an_every_that_is_not_understood_is_refused_when_it_is_set(session: Session, write_it: Any) -> None:
    with pytest.raises(InvalidValueError, match=r"^Every: ") as caught:
        write_it(session)
    assert "RRULE" in caught.value.hint
    assert all(each["every"] is None for each in everything(session))


def test_in_a_batch_every_misunderstood_one_is_named(session: Session) -> None:
    customer = next(iter(session.select("customer", Query(moment=session.moment))))[0]
    changes = [
        Change(
            type="followup",
            id=session.mint.one(),
            before=None,
            after={"customer": customer, "due": "2026-11-20", "every": every},
        )
        for every in ("week", "fortnight", "sometimes")
    ]
    with pytest.raises(RefusedError, match=r"Every: “fortnight”.*1 more"):
        write(session, Changeset(operation=session.operation("test"), changes=changes))
    assert everything(session) == []


def test_custom_fields_go_along_but_unique_ones(session: Session) -> None:
    add_field(session, "followup", "Room")
    add_field(session, "followup", "Ticket", unique=True)
    first = owed(session, "2026-11-20", every="week", x_room="7", x_ticket="T1")
    _, following = followups.done(session, first[0])
    assert shown(session, following)["x_room"] == "7"
    assert shown(session, following)["x_ticket"] is None


def test_the_agenda_merges_what_plugins_remind_of(session: Session) -> None:
    owed(session, "2026-11-22")
    assert len(followups.agenda(session).followups) == 1
    assert followups.agenda(session).reminders == ()


def test_reminders_come_out_of_the_ledger_by_day_and_a_plugin_that_fails_is_named() -> None:
    def reminder(day: int, owner: str = "") -> Reminder:
        return Reminder(on=date(2026, 11, day), text=Labels("Wash", "洗"), type="customer", id=1, owner=owner)

    def fall(context: Any) -> Any:
        raise ZeroDivisionError("oops")

    car = SimpleNamespace(custledger_reminders=hookimpl(lambda context: [reminder(25), reminder(23, "Ines")]))
    bad = SimpleNamespace(custledger_reminders=hookimpl(fall))
    with custledger.open("memory:", plugins=Plugins.of(car=car, bad=bad)) as ledger:
        assert ledger.reminders() == [reminder(23, "Ines"), reminder(25)]
        assert ledger.reminders(owner="ines") == [reminder(23, "Ines")]
        assert ledger.reminders(owner="nobody") == []
        (warning,) = ledger.take_warnings()
    assert "The plugin bad failed while answering custledger_reminders: ZeroDivisionError: oops" in warning.message


@given(
    anchor=st.dates(date(2000, 1, 1), date(2100, 1, 1)),
    every=st.sampled_from(["week", "month", "quarter", "year", "每10天", "FREQ=WEEKLY;BYDAY=FR"]),
    late=st.lists(st.integers(-9, 400), min_size=1, max_size=6),
)
def test_a_series_follows_its_plan_whenever_it_is_done(anchor: date, every: str, late: list[int]) -> None:
    session = new_session()
    add(session, "customer", {"name": "A", "code": "C1"})
    row: tuple[Any, ...] | None = owed(session, anchor.isoformat(), every=every)
    plan = planned(every, anchor)
    for days in late:
        assert row is not None
        assert shown(session, row)["due"] == next(plan).isoformat()
        _, row = followups.done(session, row[0], at=f"{TODAY} {days % 24:02d}:00")
    session.close()


def test_two_plans_of_one_customer_do_not_get_in_each_others_way(session: Session) -> None:
    first, second = (owed(session, "2026-11-20", every="week", note=note) for note in ("tea", "cups"))
    for row in (first, second):
        assert followups.done(session, row[0])[1] is not None
    assert attrs.astuple(followups.agenda(session, days=7))[0] == tuple(followups.due(session, 7))


def test_a_follow_up_named_by_its_note_is_the_open_one(session: Session) -> None:
    for note, every in (("Send samples", "week"), ("Call", None), ("Call", None)):
        owed(session, "2026-11-22", note=note, every=every)
    followups.done(session, "Send samples")
    _, following = followups.done(session, " send samples ")
    assert shown(session, following)["due"] == "2026-12-06"
    with pytest.raises(AmbiguousError, match="open follow-up") as caught:
        followups.done(session, "Call")
    followups.done(session, caught.value.matches[0])
    followups.done(session, "Call")
    with pytest.raises(AmbiguousError):
        followups.done(session, "Call")


def test_the_name_of_a_series_is_its_open_follow_up_whatever_is_done_with_it(session: Session) -> None:
    row: tuple[Any, ...] | None = owed(session, "2026-01-31", every="month", note="call")
    for _ in range(8):
        assert row is not None
        _, row = followups.done(session, "call")
    assert row is not None
    assert edit(session, "followup", "call", {"owner": "Ines"}).row[0] == row[0]
    assert find(session, "followup", "call") == row[0]
    owed(session, "2026-12-01", note="call")
    with pytest.raises(AmbiguousError, match="more than one open follow-up"):
        edit(session, "followup", "call", {"owner": "Ines"})
    edit_where(session, "followup", "note = call", {"status": "done", "every": None})
    with pytest.raises(AmbiguousError, match="more than one followup"):
        find(session, "followup", "call")
