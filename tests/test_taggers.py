"""What a tagger must be, how its tag is taken apart, and how the settings keep one."""

from typing import Any

import attrs
import pytest

from custledger.descriptors import tagger_fault
from custledger.errors import InvalidValueError
from custledger.fields import Labels
from custledger.marks import PERSON, MarkChange, TagMark, decisions, in_effect, settled
from custledger.settings import Settings, definition_document, tag_document
from custledger.stores.contract import Document
from custledger.taggers import Tagger, TagStyle
from custledger.templates import Template, group_in, has_expressions


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"name": ""}, "its name is"),
        ({"name": 5}, "its name is"),
        ({"name": PERSON}, "is reserved"),
        ({"expression": 5}, "its expression is"),
        ({"subject": ""}, "its subject is"),
        ({"labels": "Sleeping"}, "its labels must be Labels"),
        ({"labels": Labels("")}, "it has no label"),
        ({"tag": "Sleeping"}, "its tag must be Labels"),
        ({"tag": Labels("{")}, "without its other half"),
        ({"expression": ""}, "it has no expression, and none in its tag"),
        ({"expression": "", "tag": Labels("{city}", "城市")}, "it has no expression, and none in its tag"),
    ],
)
def test_what_is_wrong_with_a_tagger_is_told(changed: dict[str, Any], said: str) -> None:
    good = Tagger(name="sleeping", expression="last_contact is empty", labels=Labels("Sleeping", "沉睡"))
    assert tagger_fault(good) == ""
    assert said in tagger_fault(attrs.evolve(good, **changed))


def test_a_tagger_needs_no_expression_where_its_tag_has_one() -> None:
    assert tagger_fault(Tagger(name="city", labels=Labels("City"), tag=Labels("c:{city}", "城市:{city}"))) == ""


def test_a_tag_is_that_of_the_ledgers_language_or_the_label() -> None:
    tagger = Tagger(name="sleeping", expression="x", labels=Labels("Sleeping", "沉睡"))
    assert (tagger.text("en"), tagger.text("zh")) == ("Sleeping", "沉睡")
    other = attrs.evolve(tagger, tag=Labels("Asleep"))
    assert (other.text("en"), other.text("zh")) == ("Asleep", "Asleep")


def test_a_tag_with_expressions_is_taken_apart_and_filled_in() -> None:
    template = Template.of("a ｛ city ｝ b {level}!")
    assert template == Template(("a ", " b ", "!"), ("city", "level"))
    assert template.filled(["Oslo; Bergen,\n Moss", "A"]) == "a Oslo Bergen Moss b A!"
    assert (template.could_be("a x b y!"), template.could_be("a x")) == (True, False)
    assert (has_expressions("a｛b｝"), has_expressions("city = Oslo")) == (True, False)
    for text in ("{", "}", "a{b", "a}b{", "{a{b}"):
        with pytest.raises(InvalidValueError):
            Template.of(text)


def test_a_group_is_what_stands_before_the_colon() -> None:
    assert [group_in(tag) for tag in ("偏好:茶", " 偏好 ： 茶", "茶", ":茶", "偏好:", "a:b:c")] == [
        "偏好", "偏好", "", "", "", "a",
    ]  # fmt: skip


def test_settings_keep_taggers_and_the_styles_of_tags() -> None:
    tagger = Tagger(name="偏好", labels=Labels("偏好"), tag=Labels("偏好:{city}"), names={"city": "city"})
    style = TagStyle(tag="a/b", color="red", group="g")
    written = [definition_document(tagger), tag_document("customer", style)]
    read = Settings.read([Document(name, value, 1) for name, value in written])
    assert (read.taggers, read.tags, read.problems) == ((tagger,), {"customer": {"a/b": style}}, ())
    bad = Settings.read([Document("tag/customer/x", {"color": "plaid"}, 1), Document("tagger/customer/y", {}, 1)])
    assert (bad.taggers, bad.tags, len(bad.problems)) == ((), {}, 2)


def test_decisions_are_about_what_changed_between_reading_and_writing() -> None:
    made = decisions("tags", ("a", "b", "C"), ("b", "c", "d"), ("a", "C", "D"), actor="ann", at="now")
    assert {(mark.tag, mark.refused) for mark in made} == {("a", True), ("c", False), ("D", False)}


def test_marks_come_to_the_tags_in_effect() -> None:
    marks = (
        TagMark("tags", "a", "rule"),
        TagMark("tags", "b", "rule"),
        TagMark("tags", "B", PERSON),
        TagMark("tags", "c", "rule"),
        TagMark("tags", "Ｃ", PERSON, refused=True),
        TagMark("labels", "z", PERSON),
    )
    assert (in_effect(marks, "tags"), in_effect(marks, "labels"), in_effect((), "tags")) == (("B", "a"), ("z",), None)


def test_a_mark_that_says_so_already_stays_as_it_is() -> None:
    old = TagMark("tags", "a", PERSON, actor="ann", at="then")
    new = attrs.evolve(old, actor="bob", at="now")
    assert settled([old], {new.key: new}) == ((old,), ())
    refused = attrs.evolve(new, refused=True)
    assert settled([old], {new.key: refused}) == ((refused,), (MarkChange(old, refused),))
    assert settled([old], {new.key: None}) == ((), (MarkChange(old, None),))
    assert settled([], {new.key: None}) == ((), ())
