"""What a world remembers of the texts that were understood in it, and what it finds out anew."""

import pytest

from custledger.conventions import Conventions
from custledger.errors import QueryError
from custledger.expressions import understand, understand_named
from custledger.expressions.nodes import Named
from custledger.expressions.scope import World
from custledger.fields import Kind, Labels
from custledger.testing.related import PERSON, VISIT

CONVENTIONS = Conventions()
SCHEMAS = {"person": PERSON, "visit": VISIT}


def named(key: str, text: str) -> Named:
    return Named(key=key, subject="person", text=text, labels=Labels(key))


def test_a_text_is_understood_once_in_a_world() -> None:
    world = World(SCHEMAS, {"person": [named("calls", "count(visits)")]})
    first = understand("calls > 2", PERSON, CONVENTIONS, world=world)
    assert understand("calls > 2", PERSON, CONVENTIONS, world=world) is first
    assert understand("calls > 2", PERSON, CONVENTIONS, world=World(SCHEMAS, world.named)) is not first
    assert understand("calls > 2", PERSON, Conventions(language="zh"), world=world) is not first
    with pytest.raises(QueryError, match="a number is wanted"):
        understand("calls > 2", PERSON, CONVENTIONS, want=Kind.NUMBER, world=world)


def test_a_record_that_a_text_names_is_looked_up_each_time_also_within_a_named_expression() -> None:
    found = iter(range(1, 9))
    own = Named(key="ours", subject="visit", text="person = Ada", labels=Labels("ours"))
    world = World(SCHEMAS, {"visit": [own]}, find=lambda _type, _text: next(found))
    for text in ("person = Ada", "ours"):
        one, other = (understand(text, VISIT, CONVENTIONS, world=world).root for _ in range(2))
        assert one != other
    assert understand_named(own, VISIT, CONVENTIONS, world) != understand_named(own, VISIT, CONVENTIONS, world)


@pytest.mark.parametrize("asked_first", ["one", "two", "three"])
def test_a_circle_is_told_whichever_of_its_expressions_is_asked_first(asked_first: str) -> None:
    texts = {"one": "two + 1", "two": "three + 1", "three": "one + 1", "sound": "count(visits)"}
    defined = {key: named(key, text) for key, text in texts.items()}
    world = World(SCHEMAS, {"person": list(defined.values())})
    understand_named(defined["sound"], PERSON, CONVENTIONS, world)
    for key in (asked_first, *defined):
        if key != "sound":
            with pytest.raises(QueryError, match=f"is defined by itself: {key} → .* → {key}"):
                understand_named(defined[key], PERSON, CONVENTIONS, world)


def test_a_circle_through_a_name_that_meant_something_else_where_it_was_understood_is_told() -> None:
    # ``top`` was saved when ``x`` meant ``middle``, which names ``top`` itself; by itself ``middle`` is sound.
    top = Named(key="top", subject="person", text="x + 1", labels=Labels("top"), names=(("x", "middle"),))
    middle = Named(key="middle", subject="person", text="top + 1", labels=Labels("middle"), names=(("x", "x"),))
    world = World(SCHEMAS, {"person": [top, middle, named("x", "count(visits)")]})
    for first, other in ((middle, top), (top, middle)):
        again = World(SCHEMAS, world.named)
        for one in (first, other):
            with pytest.raises(QueryError, match="is defined by itself"):
                understand_named(one, PERSON, CONVENTIONS, again)
