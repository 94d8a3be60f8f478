"""What a scorer says of the members: labels of its own making, how many have each, and who has one."""

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import pytest

import custledger
from custledger.descriptors import segment_fault
from custledger.errors import NotFoundError, PluginError
from custledger.fields import Labels, choices
from custledger.hookspecs import hookimpl
from custledger.ledger import Ledger
from custledger.plugins import Plugins
from custledger.segments import Segment
from custledger.services.segmenting import explain, find_segment, label_counts, members, members_of

LABELS = Labels("Cities", "城市群")


def cities(columns: Mapping[str, list[Any]]) -> list[str | None]:
    return columns["city"]


def segment(score: Any = cities, **other: Any) -> Segment:
    given: dict[str, Any] = {"name": "cities", "labels": LABELS, "needs": {"city": "city"}, "own_labels": True, **other}
    return Segment(score=score, **given)


def ledger(*segments: Segment) -> Ledger:
    odd = SimpleNamespace(custledger_segments=hookimpl(lambda: list(segments)))
    opened = custledger.open("memory:", plugins=Plugins.of(odd=odd))
    for number, city in enumerate(("Lyon", "上海", None, "上海")):
        opened.customers.add(name=f"客户{number}", code=f"K{number}", city=city or "")
    return opened


def test_a_scorer_may_make_its_own_labels_which_are_counted_and_asked_for_whatever_their_case() -> None:
    with ledger(segment()) as opened:
        session = opened.session
        assert label_counts(members_of(session, find_segment(session, "cities"))) == {"上海": 2, "Lyon": 1}
        assert [one.code for one in members(session, "城市群", label="LYON")] == ["K0"]
        assert explain(session, "cities", "K1").mark == "上海"
        with pytest.raises(NotFoundError, match="Lyo"):
            members(session, "cities", label="Lyo")


def test_choices_are_counted_in_their_order_also_those_that_nobody_has() -> None:
    tiers = segment(
        lambda columns: ["low" if city else None for city in columns["city"]],
        own_labels=False, choices=choices("top|Top|头部|red", "low|Low|尾部|gray"),
    )  # fmt: skip
    with ledger(
        tiers, segment(lambda columns: [1] * len(columns["city"]), name="ones", labels=Labels("Ones"), own_labels=False)
    ) as opened:
        session = opened.session
        assert list(label_counts(members_of(session, find_segment(session, "cities"))).items()) == [
            ("top", 0),
            ("low", 3),
        ]
        assert label_counts(members_of(session, find_segment(session, "ones"))) == {}


def test_a_label_that_is_no_text_names_the_plugin() -> None:
    with (
        ledger(segment(lambda columns: [7] * len(columns["city"]))) as opened,
        pytest.raises(PluginError, match="not a text"),
    ):
        members(opened.session, "cities")


def test_only_a_scorer_without_choices_has_labels_of_its_own() -> None:
    assert segment_fault(segment()) == ""
    for odd in (segment(choices=choices("top|Top|头部|red")), segment(score=None, decide=lambda city: True)):
        assert "labels of its own" in segment_fault(odd)
