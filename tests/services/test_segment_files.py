"""Segments as text files come back as they were, and say before they are read what that changes."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import custledger
from custledger.errors import CustledgerError, FileFormatError, InvalidValueError, QueryError, UsageError
from custledger.ledger import Ledger
from custledger.records import COLORS
from custledger.services.segment_files import as_told


@pytest.fixture
def ledger() -> Iterator[Ledger]:
    with custledger.open("memory:", defaults={"zone": "UTC"}) as ledger:
        for number in range(4):
            ledger.customers.add(name=f"N{number}", code=f"K{number}", level="AB"[number % 2], city="上海")
        ledger.segments.add("贵客", "level = A", label_en="Treasured", color="red")
        ledger.segments.add("local", "贵客 and city = 上海")
        ledger.segments.add("big", "amount > 500", subject="transaction")
        yield ledger


def told(ledger: Ledger) -> list[dict[str, str]]:
    ledger.session.refresh()
    return [as_told(one) for one in ledger.session.settings.segments]


@pytest.mark.parametrize("place", ["segments.toml", "folder"])
def test_what_is_saved_is_loaded_into_another_ledger_as_it_was(ledger: Ledger, place: str, tmp_path: Path) -> None:
    target = tmp_path / place
    if place == "folder":
        target.mkdir()
    assert len(ledger.segments.save(target)) == 3
    if place == "folder":
        names = sorted(one.name for one in target.iterdir())
        assert names == ["local.toml", "transaction big.toml", "贵客.toml"]
        text = (target / "贵客.toml").read_text("utf-8")
        assert text == 'name = "贵客"\nexpression = "level = A"\nlabel_en = "Treasured"\ncolor = "red"\n'
    with custledger.open("memory:") as other:
        assert {one.what for one in other.segments.load(target, dry_run=True)} == {"added"}
        assert told(other) == []
        assert {one.what for one in other.segments.load(target)} == {"added"}
        assert told(other) == told(ledger)
        assert {one.what for one in other.segments.load(target)} == {"same"}
        assert [one.verb for one in other.operations()].count("segment load") == 1
        other.undo(other.operations()[0].id)
        assert told(other) == []


@settings(max_examples=30)
@given(
    st.dictionaries(
        st.text(
            st.characters(codec="utf-8", exclude_categories=["C", "Z"], exclude_characters="=[]()/.,"),
            min_size=1,
            max_size=12,
        ).map(lambda text: f"s{text}"),
        st.tuples(
            st.sampled_from(["level = A", 'city = "\\"', 'name = """"', "tag = “a b”\n and age > 3"]),
            st.sampled_from(["", *COLORS]),
        ),
        min_size=1,
        max_size=3,
    )
)
def test_any_name_and_expression_comes_back(
    tmp_path_factory: pytest.TempPathFactory, given: dict[str, tuple[str, str]]
) -> None:
    folder = tmp_path_factory.mktemp("segments")
    with custledger.open("memory:") as one, custledger.open("memory:") as other:
        for name, (expression, color) in given.items():
            try:
                one.segments.add(name, expression, color=color)
            except (InvalidValueError, QueryError):
                continue  # two of them may fold to one name
        for target in (folder, folder.with_suffix(".toml")):
            if not one.segments.save(target):
                continue
            other.segments.load(target)
            assert told(other) == told(one)
            assert {change.what for change in one.segments.load(target)} == {"same"}


def test_a_rehearsal_says_what_would_change_and_who_would_enter_and_leave(ledger: Ledger, tmp_path: Path) -> None:
    target = tmp_path / "s.toml"
    ledger.segments.save(target, "贵客", "local")
    text = target.read_text("utf-8").replace("level = A", "level = B or code = K0").replace('color = "red"\n', "")
    target.write_text(text + '\n[[segment]]\nname = "new"\nexpression = "贵客"\n', encoding="utf-8")
    changes = {one.segment.name: one for one in ledger.segments.load(target, remove=True, dry_run=True)}
    assert {name: one.what for name, one in changes.items()} == {
        "贵客": "changed", "local": "same", "new": "added", "big": "removed",
    }  # fmt: skip
    assert (changes["贵客"].entering, changes["贵客"].leaving) == (2, 1)
    assert len(told(ledger)) == 3
    ledger.segments.load(target, remove=True)
    assert [one["name"] for one in told(ledger)] == ["local", "new", "贵客"]
    assert [one.code for one in ledger.segments.members("new")] == ["K0", "K1", "K3"]


def test_a_plugins_segment_is_saved_by_its_name_and_becomes_the_ledgers_own(ledger: Ledger, tmp_path: Path) -> None:
    target = tmp_path / "s.toml"
    (saved,) = ledger.segments.save(target, "high value")
    (change,) = ledger.segments.load(target)
    assert change.what == "added"
    assert change.segment.expression == saved.expression
    assert "high_value" in {one["name"] for one in told(ledger)}


@pytest.mark.parametrize(
    ("text", "error", "said"),
    [
        ("name = ", FileFormatError, "this is not TOML"),
        ('name = "a"', FileFormatError, "expression must be a text, and not empty"),
        ('name = "a"\nexpression = 3', FileFormatError, "expression must be a text"),
        ('name = "a"\nwhen = "x"\nexpression = "age > 3"', FileFormatError, "when says nothing of a segment"),
        ('segment = ["a"]', FileFormatError, "says nothing of a segment"),
        ('name = "a"\nexpression = "ages > 3"', QueryError, "The rule of a cannot be understood"),
        ('name = "a"\nexpression = "a and age > 3"', QueryError, "defined by itself"),
        ('name = "city"\nexpression = "age > 3"', InvalidValueError, "means something already"),
        ('name = "a.b"\nexpression = "age > 3"', InvalidValueError, "cannot name"),
        ('name = "a"\ncolor = "mauve"\nexpression = "age > 3"', InvalidValueError, "is not a colour"),
        ('[[segment]]\nname = "a"\nexpression = "age > 3"\n' * 2, InvalidValueError, "is there twice"),
        (
            '[[segment]]\nname="a"\nexpression="age>3"\n[[segment]]\nname="A"\nexpression="age>3"',
            InvalidValueError,
            "already",
        ),
    ],
)
def test_a_file_that_makes_no_sense_is_refused_whole(
    ledger: Ledger, text: str, error: type[CustledgerError], said: str, tmp_path: Path
) -> None:
    target = tmp_path / "s.toml"
    target.write_text('[[segment]]\nname = "fine"\nexpression = "age > 5"\n' * text.startswith("[[") + text, "utf-8")
    before = told(ledger)
    with pytest.raises(error, match=said):
        ledger.segments.load(target)
    assert told(ledger) == before


def test_what_is_no_text_or_no_folder_of_segments_is_refused(ledger: Ledger, tmp_path: Path) -> None:
    with pytest.raises(FileFormatError, match="there is no file of a segment in this folder"):
        ledger.segments.load(tmp_path)
    with pytest.raises(CustledgerError):
        ledger.segments.load(tmp_path / "nothing.toml")
    with pytest.raises(UsageError, match="holds settings of custledger"):
        ledger.segments.save(tmp_path / "custledger.toml")
