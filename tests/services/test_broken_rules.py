"""Who changes or removes a rule that others go by is told of those that cannot be understood any more."""

from collections.abc import Iterator
from pathlib import Path

import pytest

import custledger
from custledger.ledger import Ledger
from custledger.services.defining import add_metric, remove_metric

WHY = "cannot be understood any more: There is no customer field “regular” (at character 1 of: regular"


@pytest.fixture
def ledger() -> Iterator[Ledger]:
    with custledger.open("memory:", defaults={"zone": "UTC"}) as ledger:
        ledger.segments.add("regular", "contact_count > 2")
        ledger.segments.add("local", "regular and city = 上海")
        ledger.tags.add_rule("keep", "regular")
        ledger.take_warnings()
        yield ledger


def warned(ledger: Ledger) -> list[str]:
    return [problem.message for problem in ledger.take_warnings()]


def test_a_segment_that_others_name_is_removed_with_a_warning(ledger: Ledger) -> None:
    ledger.segments.remove("regular")
    assert warned(ledger) == [f"local {WHY} and city = 上海)", f"keep {WHY})"]
    ledger.segments.remove("local")
    assert warned(ledger) == []


def test_a_metric_of_another_kind_breaks_what_computes_with_it(ledger: Ledger) -> None:
    add_metric(ledger.session, "worth", "contact_count * 2")
    ledger.segments.add("worthy", "worth + 1 > 3")
    assert warned(ledger) == []
    add_metric(ledger.session, "worth", "city")
    (told,) = warned(ledger)
    assert told.startswith("worthy cannot be understood any more: worth is a text, and + is for numbers only")
    remove_metric(ledger.session, "worth")
    assert warned(ledger) == []  # it could not be understood before either


def test_segments_that_a_folder_lacks_are_removed_with_a_warning(ledger: Ledger, tmp_path: Path) -> None:
    ledger.segments.add("alone", "level = A")
    ledger.segments.save(tmp_path, "alone")
    ledger.segments.load(tmp_path, remove=True)
    assert warned(ledger) == [f"keep {WHY})"]
