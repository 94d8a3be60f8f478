"""The overview: a record with what refers to it, found through references alone."""

import random
from collections.abc import Iterator
from datetime import date

import pytest

from custledger.conventions import FixedClock
from custledger.errors import NotFoundError
from custledger.fields import Kind, field
from custledger.hookspecs import hookimpl
from custledger.plugins import Plugins
from custledger.records import Record, record_type
from custledger.services.editing import add
from custledger.services.fields import add_field
from custledger.services.opening import open_session
from custledger.services.overview import Overview, overview
from custledger.services.session import Session


@record_type("ticket", plural="tickets", prefix="W", en="Ticket", zh="工单", when="opened")
class Ticket(Record):
    """A stranger's record type, of which no code knows."""

    customer: int = field(Kind.REFERENCE, "Customer", "客户", target="customer", initial=0)
    helped_by: int | None = field(Kind.REFERENCE, "Helped by", "协助", target="customer")
    opened: date | None = field(Kind.DATE, "Opened", "建单日期")
    title: str | None = field(Kind.TEXT, "Title", "标题", title=True)


class Stranger:
    @hookimpl
    def custledger_record_types(self) -> list[type[Record]]:
        return [Ticket]


@pytest.fixture
def session() -> Iterator[Session]:
    opened = open_session(
        "memory:",
        plugins=Plugins.of(stranger=Stranger()),
        clock=FixedClock(1_795_348_800_000),
        source=random.Random(7),
        actor="tester",
        as_of=date(2026, 11, 22),
    )
    add(opened, "customer", {"name": "张伟", "code": "C1"})
    add(opened, "customer", {"name": "Mara", "code": "C2", "referred_by": "C1"})
    yield opened
    opened.close()


def groups(found: Overview) -> dict[tuple[str, str], tuple[int, int | None]]:
    return {(each.schema.name, each.field.key): (each.count, each.open) for each in found.related}


def test_a_customer_nobody_refers_to_stands_alone(session: Session) -> None:
    found = overview(session, "customer", "C2")
    assert found.schema.display(found.row) == "Mara C2"
    assert found.related == ()
    assert [(target.field.key, target.schema.display(target.row)) for target in found.targets] == [
        ("referred_by", "张伟 C1")
    ]


def test_everything_that_refers_to_a_customer_is_there_by_type_and_field(session: Session) -> None:
    add(session, "interaction", {"customer": "C1", "subject": "Hello"})
    add(session, "followup", {"customer": "C1", "due": "2026-11-23"})
    add(session, "ticket", {"customer": "C1", "title": "Broken"})
    add(session, "ticket", {"customer": "C2", "helped_by": "C1", "title": "Lost"})
    assert groups(overview(session, "customer", "张伟")) == {
        ("customer", "referred_by"): (1, None),
        ("interaction", "customer"): (1, None),
        ("followup", "customer"): (1, 1),
        ("ticket", "customer"): (1, None),
        ("ticket", "helped_by"): (1, None),
    }


def test_what_is_about_a_record_of_any_type_is_there(session: Session) -> None:
    ticket = add(session, "ticket", {"customer": "C1", "title": "Broken"}).row
    public = session.schema("ticket").public_id(ticket)
    add(session, "interaction", {"customer": "C1", "about": public, "subject": "Rang about it"})
    found = overview(session, "ticket", public)
    assert groups(found) == {("interaction", "about"): (1, None)}
    spoken = overview(session, "interaction", "Rang about it")
    assert [(target.field.key, target.schema.name) for target in spoken.targets] == [
        ("customer", "customer"),
        ("about", "ticket"),
    ]


def test_the_latest_come_first_and_only_a_few_while_all_are_counted(session: Session) -> None:
    for day in (3, 9, 1, 7, 5):
        add(session, "interaction", {"customer": "C1", "at": f"2026-11-{day:02d} 10:00", "subject": str(day)})
    related = overview(session, "customer", "C1", few=3).related[-1]
    place = related.schema.positions["subject"]
    assert [row[place] for row in related.rows] == ["9", "7", "5"]
    assert related.count == 5


def test_open_ones_come_first_by_their_day_and_then_the_latest(session: Session) -> None:
    for day, status in ((20, "open"), (2, "done"), (25, "open"), (8, "done"), (5, "skipped")):
        add(session, "followup", {"customer": "C1", "due": f"2026-11-{day:02d}", "status": status})
    related = overview(session, "customer", "C1", few=4).related[-1]
    place = related.schema.positions["due"]
    assert [row[place][-2:] for row in related.rows] == ["20", "25", "08", "05"]
    assert (related.count, related.open) == (5, 2)


def test_a_custom_reference_counts_as_well(session: Session) -> None:
    add_field(session, "customer", "Partner", kind="reference", target="customer", on_remove="empty")
    add(session, "customer", {"name": "Lena", "Partner": "C2"})
    assert groups(overview(session, "customer", "C2")) == {("customer", "x_partner"): (1, None)}


def test_a_record_that_is_not_there_is_not_found(session: Session) -> None:
    with pytest.raises(NotFoundError):
        overview(session, "customer", "nobody")
