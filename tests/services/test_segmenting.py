"""Segments: who is in one, why, who would enter and leave, and that the explanation agrees with the members."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import custledger
from custledger.errors import InvalidValueError, NotFoundError, QueryError
from custledger.ledger import Ledger
from custledger.services.defining import add_metric, add_segment, list_segments, remove_segment
from custledger.services.segmenting import Explained, difference, explain, find_segment, members, overlaps

CLAUSES = (
    "city = 上海", "level in (A, B)", "count(interactions where channel = phone) >= 2", "tag = vip", "age >= 30",
    "total_spent > 100", "city is empty", "referred_by.city = 杭州", "regular", "days_since(last_contact) > 10",
    "most_frequent(interactions.channel) = phone", "open_followups + contact_count > 2",
)  # fmt: skip


def shop(url: str | Path) -> Ledger:
    """Return a ledger with eight customers of all sorts."""
    ledger = custledger.open(url, defaults={"zone": "Asia/Shanghai"}, as_of=date(2026, 11, 22))
    first = None
    for number in range(8):
        customer = ledger.customers.add(
            name=f"客户{number}",
            code=f"K{number}",
            city=("上海", "杭州", None)[number % 3],
            level="ABC"[number % 3] if number % 2 else None,
            birthday=date(1980 + 3 * number, 3, 3) if number % 4 else None,
            tags={"vip"} if number in {1, 4} else (),
            referred_by=first,
        )
        first = first or customer
        for count in range(number % 4):
            channel = "phone" if count % 2 == 0 else "visit"
            ledger.interactions.add(customer=customer, channel=channel, at=f"2026-11-{10 + number:02d} 09:00")
        ledger.records("transaction").add(
            customer=customer, number=str(number), amount=60 * number, status="paid", at="2026-06-01"
        )
    add_metric(ledger.session, "regular", "contact_count >= 2 and total_spent > 60")
    return ledger


@pytest.fixture(params=["memory:", "ledger.db"])
def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ledger]:
    with shop(request.param if ":" in request.param else tmp_path / request.param) as opened:
        yield opened


def leaves(explained: Explained) -> list[Explained]:
    return [each for part in explained.parts for each in leaves(part)] if explained.parts else [explained]


def recomputed(explained: Explained) -> bool:
    """Return whether a clause holds, from whether its parts do."""
    parts = [recomputed(part) for part in explained.parts]
    match explained.word:
        case "and":
            return all(parts)
        case "or":
            return any(parts)
        case "not":
            return not parts[0]
    return parts[0] if parts else bool(explained.holds)


def test_an_explanation_names_each_clause_and_the_value_found(ledger: Ledger) -> None:
    text = "累计消费 >= 300 且 (等级 = A 或 标签 = vip) 且 非 regular"
    add_segment(ledger.session, "贵客", text, label_en="Treasured", color="red")
    told = explain(ledger.session, "TREASURED", "K7")
    segment, explained = told.segment, told.because
    assert (segment.name, explained.word, explained.holds) == ("贵客", "and", False)
    found = [(one.text, one.holds, one.value) for one in leaves(explained)]
    assert found == [
        ("累计消费 >= 300", True, 4_200_000),
        ("等级 = A", False, "B"),
        ("标签 = vip", False, None),
        ("contact_count >= 2", True, 3),
        ("total_spent > 60", True, 4_200_000),
    ]


def test_members_counts_differences_and_overlaps(ledger: Ledger) -> None:
    add_segment(ledger.session, "shanghai", "city = 上海")
    add_segment(ledger.session, "vips", "tag = vip")
    assert [one.code for one in members(ledger.session, "shanghai").order("code")] == ["K0", "K3", "K6"]
    assert ledger.customers.where("vips and not shanghai").count() == 2
    found = difference(ledger.session, "shanghai", "city = 上海 and code != K0 or code = K1")
    assert [found.schema.display(row) for row in found.entering] == ["客户1 K1"]
    assert [found.schema.display(row) for row in found.leaving] == ["客户0 K0"]
    counted = {
        tuple(one.name for one in together): count for together, count in overlaps(ledger.session, ["shanghai", "vips"])
    }
    assert counted == {("shanghai",): 3, ("vips",): 2, ("shanghai", "vips"): 0}


def test_a_segment_of_other_records_is_told_from_one_that_is_not_there(ledger: Ledger) -> None:
    add_segment(ledger.session, "prods", "name is not empty", subject="product", label_zh="产品们")
    for name in ("prods", "产品们"):
        with pytest.raises(InvalidValueError, match="is a segment of products, and not of customers") as told:
            find_segment(ledger.session, name, subject="customer")
        assert told.value.hint.startswith("Only segments of customers are stored; custledger segment members")
    assert members(ledger.session, "prods").count() == 0
    with pytest.raises(NotFoundError, match="There is no segment “prodz”"):
        ledger.segments.members("prodz", subject="customer")


def test_names_are_taken_once_and_conditions_only_are_segments(ledger: Ledger) -> None:
    session = ledger.session
    add_segment(session, "vips", "tag = vip")
    with pytest.raises(InvalidValueError):
        add_metric(session, "vips", "age")
    with pytest.raises(InvalidValueError, match="colour"):
        add_segment(session, "other", "tag = vip", color="mauve")
    with pytest.raises(QueryError):
        add_segment(session, "ages", "age")
    with pytest.raises(QueryError, match="defined by itself"):
        add_segment(session, "vips", "vips or tag = gold")
    remove_segment(session, "vips")
    with pytest.raises(NotFoundError):
        find_segment(session, "vips")
    assert [known for known in list_segments(session) if not known.plugin] == []


@settings(max_examples=25)
@given(
    st.recursive(
        st.sampled_from(CLAUSES),
        lambda inner: st.one_of(
            st.tuples(inner, st.sampled_from(["and", "or", "且", "或"]), inner).map(
                lambda drawn: f"({' '.join(drawn)})"
            ),
            inner.map(lambda text: f"not ({text})"),
        ),
        max_leaves=5,
    )
)
def test_explain_and_members_agree_for_every_customer(text: str) -> None:
    with shop("memory:") as ledger:
        add_segment(ledger.session, "s", text)
        inside = {customer.id for customer in members(ledger.session, "s")}
        for customer in ledger.customers:
            explained = explain(ledger.session, "s", customer).because
            assert explained.holds == recomputed(explained) == (customer.id in inside), text


@pytest.mark.parametrize("today", [date.max, date(9999, 12, 15), date(1, 1, 20), date.min])
@pytest.mark.parametrize("url", ["memory:", "ledger.db"])
def test_every_segment_answers_at_the_ends_of_the_calendar(today: date, url: str, tmp_path: Path) -> None:
    with custledger.open(url if ":" in url else tmp_path / url, defaults={"zone": "UTC"}, as_of=today) as ledger:
        customer = ledger.customers.add(name="N", birthday="0001-01-01")
        ledger.records("transaction").add(
            customer=customer, number="1", amount=60, status="paid", at="0001-01-01 09:00"
        )
        ledger.records("contract").add(customer=customer, title="T", expires_on="9999-12-31")
        about = [one.definition for one in list_segments(ledger.session) if one.definition.subject == "customer"]
        for segment in about:
            inside = customer.id in {one.id for one in members(ledger.session, segment.name)}
            assert explain(ledger.session, segment.name, customer.ref).because.holds is inside, segment.name
