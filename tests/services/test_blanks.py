"""Blanks around a text are kept, told of, and do not hide whose name it is."""

import pytest

import custledger
from custledger.errors import AmbiguousError, NotFoundError
from custledger.services.blanks import SIDES, shown


@pytest.fixture(params=["memory:", "ledger.db"])
def ledger(request, tmp_path):
    place = request.param if request.param == "memory:" else str(tmp_path / request.param)
    with custledger.open(place, language="en") as opened:
        yield opened


@pytest.mark.parametrize("blanks", [(" ", ""), ("", "  "), ("\u3000", "\u3000\u3000"), ("\t", "\n"), ("", "\xa0")])
def test_a_name_is_found_whatever_blanks_are_around_it(ledger, blanks):
    made = ledger.customers.add(name="Ann Lee".join(blanks))
    assert made.name == "Ann Lee".join(blanks)
    for name in ("Ann Lee", "ann lee", " Ann Lee", "Ann Lee\u3000"):
        assert ledger.customers.get(name) == made
    assert ledger.customers.edit("Ann Lee", city="Lyon").city == "Lyon"
    assert ledger.interactions.add(customer="Ann Lee").customer == made.id
    with pytest.raises(NotFoundError):
        ledger.customers.get("Ann")


def test_an_exact_name_comes_before_one_with_blanks(ledger):
    padded, exact = ledger.customers.add(name="Ann "), ledger.customers.add(name="Ann")
    assert [ledger.customers.get(name) for name in ("Ann", " Ann", "Ann ")] == [exact, exact, padded]


def test_names_that_only_their_blanks_tell_apart_are_ambiguous(ledger):
    made = [ledger.customers.add(name=name) for name in ("Ann ", " Ann")]
    with pytest.raises(AmbiguousError) as caught:
        ledger.customers.get("Ann")
    assert all(one.ref in caught.value.message for one in made)
    assert ledger.customers.get(" Ann") == made[1]


def test_a_value_with_blanks_around_it_is_warned_of_once_and_can_be_seen(ledger):
    made = ledger.customers.add(name="Ann ", code=" K1 ", city="\u3000上海", notes="a b")
    told = ledger.take_warnings()
    assert [(one.id, one.field, one.message.partition(" begins")[0]) for one in told] == [
        (made.id, "name", "Name: “Ann ”"),
        (made.id, "city", "City: “\u3000上海”"),
    ]
    assert ledger.customers.where(told[1].where).first() == made
    ledger.customers.edit(made, city="北京", notes="x\n")
    assert [one.message[:15] for one in ledger.take_warnings()] == ["Notes: “x␊” beg"]


def test_a_sensitive_value_is_not_shown_for_its_blanks(ledger):
    ledger.customers.add(name="A", id_number="11010519491231002X ")
    (told,) = ledger.take_warnings()
    assert (told.message.partition(" begins")[0], told.where) == ("ID number: “…”", "")


def test_a_long_value_shows_the_blanks_at_both_of_its_ends():
    assert shown(f"\t{'x' * 90}      ") == f"“␉{'x' * 59}…    ”"
    assert "" in SIDES
