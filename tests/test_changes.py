"""Changes: actions, iteration, digests, and the three-way merge."""

import hashlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custledger.changes import (
    DIGEST_BYTES,
    Action,
    Change,
    Changeset,
    Creates,
    Operation,
    by_key,
    digest,
    merge,
    merge_sets,
)
from custledger.codec import row_from
from custledger.errors import FieldConflict
from custledger.schema import Schema
from custledger.testing import CARD, Person
from custledger.testing.expressions import rows

PERSON = Schema.of(Person)
OPERATION = Operation(id=1, verb="test", actor="me", at="2026-01-01T00:00:00.000Z")
ROW = rows(PERSON, min_size=1, max_size=1).map(lambda drawn: drawn[0])
KEYS = ("name", "age", "notes", "grade")
VALUES = st.dictionaries(st.sampled_from(KEYS), st.none() | st.sampled_from(["a", "b", "c"]))
SETS = st.none() | st.sets(st.sampled_from("abcd"), min_size=1).map(lambda drawn: tuple(sorted(drawn)))


def update(before: dict[str, Any], after: dict[str, Any]) -> Change:
    return Change(type="person", id=1, before=before, after=after, revision=1)


@pytest.mark.parametrize(
    ("before", "after", "action"),
    [
        (None, {"name": "x"}, Action.CREATE),
        (None, {}, Action.CREATE),
        ({}, {}, Action.UPDATE),
        ({"name": "x"}, None, Action.REMOVE),
        ({}, None, Action.REMOVE),
    ],
)
def test_before_and_after_say_what_a_change_does(before: Any, after: Any, action: Action) -> None:
    assert Change(type="person", id=1, before=before, after=after).action is action


@given(ROW)
def test_a_digest_knows_nothing_of_order_and_of_empty_fields(row: tuple[Any, ...]) -> None:
    values = by_key(PERSON, row)
    full = dict(zip(PERSON.keys, row, strict=True))
    grown = PERSON.extended([CARD])
    assert digest(values) == digest(dict(reversed(values.items()))) == digest(full) == digest({**full, "x_card": None})
    assert digest(values) == digest(by_key(grown, row_from(grown, values)))
    assert len(digest(values)) == DIGEST_BYTES


@given(ROW)
def test_a_digest_leaves_out_what_every_write_changes(row: tuple[Any, ...]) -> None:
    values = by_key(PERSON, row)
    assert digest({**values, "revision": 99, "updated_at": "2027-01-01T00:00:00.000Z"}) == digest(values)
    assert digest({**values, "created_at": "2027-01-01T00:00:00.000Z"}) != digest(values)


@given(ROW, ROW)
def test_rows_that_differ_have_digests_that_differ(one: tuple[Any, ...], other: tuple[Any, ...]) -> None:
    kept = [
        {k: v for k, v in by_key(PERSON, row).items() if k not in {"revision", "updated_at"}} for row in (one, other)
    ]
    assert (digest(kept[0]) == digest(kept[1])) == (kept[0] == kept[1])


def test_a_digest_survives_a_log_kept_as_json() -> None:
    values = {"name": "王", "tags": ("a", "b"), "age": -5}
    assert digest(json.loads(json.dumps(values))) == digest(values)


def test_a_digest_is_the_documented_one() -> None:
    documented = hashlib.sha256('{"id":5,"name":"王","tags":["a","b"]}'.encode()).digest()[:16]
    assert digest({"name": "王", "tags": ("a", "b"), "id": 5, "age": None, "revision": 3}) == documented


def test_a_changeset_yields_every_change_and_can_be_read_again() -> None:
    schema = PERSON
    made = [row_from(schema, {"id": number, "name": f"No {number}", "revision": 1}) for number in (5, 6)]
    changeset = Changeset(
        operation=OPERATION, changes=[update({}, {"age": 1})], creates=[Creates.of_rows("person", schema.keys, made)]
    )
    for _ in range(2):
        first, second, third = changeset
        assert (first.id, first.action, first.after) == (5, Action.CREATE, {"id": 5, "name": "No 5", "revision": 1})
        assert (second.id, third.action) == (6, Action.UPDATE)
    assert changeset
    assert not Changeset(operation=OPERATION)


@given(base=VALUES, theirs=VALUES, mine=VALUES)
def test_a_merge_keeps_every_edit_or_names_the_conflict(
    base: dict[str, Any], theirs: dict[str, Any], mine: dict[str, Any]
) -> None:
    current = {**base, **theirs}
    merged, conflicts = merge(PERSON, update({key: base.get(key) for key in mine}, mine), current)
    in_conflict = {conflict.field for conflict in conflicts}
    assert set(merged) | in_conflict == set(mine)
    for key, wanted in mine.items():
        was, there = base.get(key), current.get(key)
        if key in in_conflict:
            assert len({was, wanted, there}) == 3
            assert FieldConflict(key, was, wanted, there) in conflicts
        else:
            assert merged[key] == (there if wanted == was else wanted)


@given(base=VALUES, mine=VALUES)
def test_a_merge_with_a_record_that_did_not_change_is_the_edit(base: dict[str, Any], mine: dict[str, Any]) -> None:
    merged, conflicts = merge(PERSON, update({key: base.get(key) for key in mine}, mine), base)
    assert (merged, conflicts) == (mine, ())


@given(base=VALUES, mine=VALUES, theirs=VALUES)
def test_two_edits_merge_to_the_same_whichever_comes_first(
    base: dict[str, Any], mine: dict[str, Any], theirs: dict[str, Any]
) -> None:
    def landed(first: dict[str, Any], second: dict[str, Any]) -> dict[str, Any] | None:
        merged, conflicts = merge(PERSON, update({key: base.get(key) for key in second}, second), {**base, **first})
        return None if conflicts else {**base, **first, **merged}

    assert landed(mine, theirs) == landed(theirs, mine)


@given(SETS, SETS, SETS)
def test_sets_merge_element_by_element(base: Any, mine: Any, theirs: Any) -> None:
    was, wanted, there = (set(one or ()) for one in (base, mine, theirs))
    merged = set(merge_sets(base, mine, theirs) or ())
    for element in "abcd":
        if (element in wanted) != (element in was):
            assert (element in merged) == (element in wanted)
        else:
            assert (element in merged) == (element in there)
    assert merge_sets(base, mine, theirs) == merge_sets(base, theirs, mine)


def test_tags_and_several_choices_never_conflict() -> None:
    change = update({"tags": ("a",), "hobbies": None}, {"tags": ("b",), "hobbies": ("go",)})
    merged, conflicts = merge(PERSON, change, {"tags": ("a", "c"), "hobbies": ("tea",)})
    assert (merged, conflicts) == ({"tags": ("b", "c"), "hobbies": ("go", "tea")}, ())
