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
from custledger.services.speaking import chinese


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
    ("text", "said"),
    [
        ("name = ", "s.toml: this is not TOML: "),
        ("", "s.toml: there is no segment in this file"),
        ("segment = []", "s.toml: there is no segment in this file"),
        ('name = "a"', "s.toml: expression must be a text, and not empty"),
        ('name = "a"\nexpression = 3', "s.toml: expression must be a text, and not empty"),
        ('name = "a"\nwhen = "x"\nexpression = "age > 3"', "s.toml: when says nothing of a segment"),
        ('name = "a"\nnames = "x"\nexpression = "age > 3"', "s.toml: names must be a table of texts"),
        ('name = "a"\nexpression = "age > 3"\n[names]\nx = 3', "s.toml: names must be a table of texts"),
        ('segment = ["a"]', "s.toml: [[segment]] says nothing of a segment"),
        (
            'name = "a"\nexpression = "ages > 3"',
            "s.toml: The rule of a cannot be understood: There is no customer field",
        ),
        ('name = "a"\nexpression = "a and age > 3"', "a is defined by itself"),
        ('name = "a"\nsubject = "custmer"\nexpression = "age > 3"', "s.toml: There is no record type “custmer”"),
        ('name = "city"\nexpression = "age > 3"', "s.toml: Name: “city” means something already"),
        ('name = "today"\nexpression = "age > 3"', "s.toml: Name: “today” is a day in every rule"),
        ('name = "a.b"\nexpression = "age > 3"', "s.toml: Name: “a.b” cannot name"),
        ('name = "a"\ncolor = "mauve"\nexpression = "age > 3"', "s.toml: Colour: “mauve” is not a colour"),
        ('[[segment]]\nname = "a"\nexpression = "age > 3"\n' * 2, "s.toml: segment a: a is there twice"),
        ('[[segment]]\nname = "A"\nexpression = ""', "s.toml: segment A: expression must be a text, and not empty"),
        ('[[segment]]\nexpression = "age > 3"', "s.toml: segment 2: name must be a text, and not empty"),
        ('[[segment]]\nname = "A"\nexpression = "ages"', "s.toml: segment A: The rule of A cannot be understood"),
        (
            '[[segment]]\nname="a"\nexpression="age>3"\n[[segment]]\nname="A"\nexpression="age>3"',
            "s.toml: segment A: Name: “A” means something already",
        ),
    ],
)
def test_a_file_that_makes_no_sense_is_refused_whole(ledger: Ledger, text: str, said: str, tmp_path: Path) -> None:
    target = tmp_path / "s.toml"
    target.write_text('[[segment]]\nname = "fine"\nexpression = "age > 5"\n' * text.startswith("[[") + text, "utf-8")
    before = told(ledger)
    with pytest.raises(FileFormatError) as raised:
        ledger.segments.load(target)
    assert said in raised.value.message
    assert told(ledger) == before


def test_all_that_is_wrong_with_a_folder_is_told_at_once(ledger: Ledger, tmp_path: Path) -> None:
    texts = {
        "a": 'name = "a"\nexpression = "ages > 3"',
        "b": 'name = "b"\nexpression = 3',
        "c": 'name = "c"\nexpression = "b and d and 贵客"',
        "d": "name =",
        "e": '[[segment]]\nname = "e"\nexpression = "age > 3"\n[[segment]]\nname = "f"\nexpression = "g"',
        "h": 'name = "e"\nexpression = "age > 3"',
    }
    for name, text in texts.items():
        (tmp_path / f"{name}.toml").write_text(text, "utf-8")
    with pytest.raises(FileFormatError) as raised:
        ledger.segments.load(tmp_path)
    assert raised.value.path == str(tmp_path)
    assert [Path(one["path"]).name for one in raised.value.details["faults"]] == [
        "a.toml", "b.toml", "d.toml", "e.toml", "h.toml",
    ]  # fmt: skip
    for said in (
        "a.toml: The rule of a",
        "b.toml: expression must",
        "d.toml: this",
        "e.toml: segment f: ",
        "e is in e.toml",
    ):
        assert said in raised.value.message
    in_chinese = chinese(ledger.session.plugins, ledger.session.schemas)(raised.value.message)
    assert in_chinese.count("；") == 4
    assert in_chinese.endswith(
        "；e.toml：分群 f：f 的规则无法理解：没有客户字段“g”（第 1 个字符处：g）；h.toml：e 在 e.toml 里也有"
    )


def test_a_file_keeps_what_names_meant_that_nothing_is_called_by_any_more(ledger: Ledger, tmp_path: Path) -> None:
    field = ledger.fields.add("customer", "会员卡")
    ledger.customers.add(name="N9", code="K9", 会员卡="7")
    ledger.segments.add("cc", "会员卡 is not empty and exists(interactions where channel = phone) = no")
    ledger.segments.add("dd", "会员卡 is not empty")
    for name in ("before.toml", "plain.toml"):
        ledger.segments.save(tmp_path / name, "dd")
    assert "names" not in (tmp_path / "before.toml").read_text("utf-8")
    ledger.fields.edit(f"customer.{field.key}", label_zh="卡号")
    ledger.segments.save(tmp_path / "both.toml", "cc", "dd")
    text = (tmp_path / "both.toml").read_text("utf-8")
    assert text.count('[segment.names]\n"会员卡" = "x_会员卡"\n') == 2
    (tmp_path / "folder").mkdir()
    ledger.segments.save(tmp_path / "folder", "dd")
    alone = (tmp_path / "folder" / "dd.toml").read_text("utf-8")
    assert alone == 'name = "dd"\nexpression = "会员卡 is not empty"\n\n[names]\n"会员卡" = "x_会员卡"\n'
    for name in ("before.toml", "both.toml", "folder"):
        assert {one.what for one in ledger.segments.load(tmp_path / name)} == {"same"}
    for one in ("cc", "dd"):
        ledger.segments.remove(one)
    with pytest.raises(FileFormatError, match="no customer field"):
        ledger.segments.load(tmp_path / "before.toml")
    ledger.segments.load(tmp_path / "both.toml")
    assert [one.code for one in ledger.segments.members("dd")] == ["K9"]


@pytest.mark.parametrize("name", ["high_value", "rfm"])
def test_what_comes_in_the_place_of_a_plugins_has_its_labels_and_colour(
    ledger: Ledger, tmp_path: Path, name: str
) -> None:
    (brought,) = [one for _, one in ledger.session.segments() if one.name == name]
    ledger.records("transaction").add(customer="K1", number="1", amount=9000, status="paid")
    target = tmp_path / "s.toml"
    target.write_text(f'name = "{name}"\nexpression = "level = A"\n', "utf-8")
    (change,) = ledger.segments.load(target, dry_run=True)
    assert (change.what, change.entering, change.leaving) == ("added", 2, 1)
    ledger.segments.load(target)
    (own,) = [one for one in ledger.session.settings.segments if one.name == name]
    assert (own.labels, own.color) == (brought.labels, brought.color)
    assert [one.code for one in ledger.segments.members(brought.labels.zh)] == ["K0", "K2"]
    assert [one.what for one in ledger.segments.load(target)] == ["same"]
    target.write_text(f'name = "{name}"\nexpression = "level = A"\nlabel_zh = "贵"\ncolor = "blue"\n', "utf-8")
    (change,) = ledger.segments.load(target)
    assert (change.segment.labels.both(), change.segment.color) == ((brought.labels.en, "贵"), "blue")


def test_what_is_no_text_or_no_folder_of_segments_is_refused(ledger: Ledger, tmp_path: Path) -> None:
    with pytest.raises(FileFormatError, match="there is no file of a segment in this folder"):
        ledger.segments.load(tmp_path)
    with pytest.raises(CustledgerError):
        ledger.segments.load(tmp_path / "nothing.toml")
    (tmp_path / "odd.toml").write_bytes("name = '城'".encode("gb18030"))
    with pytest.raises(FileFormatError, match="this is not text in UTF-8"):
        ledger.segments.load(tmp_path / "odd.toml")
    with pytest.raises(UsageError, match="holds settings of custledger"):
        ledger.segments.save(tmp_path / "custledger.toml")
