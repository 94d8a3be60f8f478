"""What removals bring along, judged without any store."""

from collections.abc import Sequence
from typing import Any

import pytest

from custledger.changes import Action
from custledger.codec import row_from
from custledger.errors import NotFoundError, ReferencedError
from custledger.schema import Field, Row, Schema
from custledger.stores.integrity import brought_along, removal, targets
from custledger.testing import Person, Visit

PERSON, VISIT = Schema.of(Person), Schema.of(Visit)
SCHEMAS = {schema.name: schema for schema in (PERSON, VISIT)}


class Rows:
    """Rows that are looked up by scanning them, and how often that was asked."""

    def __init__(self, **tables: list[dict[str, Any]]) -> None:
        self.rows = {
            name: [row_from(SCHEMAS[name], {"revision": 1, **values}) for values in rows]
            for name, rows in tables.items()
        }
        self.asked = 0

    def referrers(self, schema: Schema, field: Field, wanted: Sequence[Any]) -> list[Row]:
        self.asked += 1
        place = schema.positions[field.key]
        return [row for row in self.rows.get(schema.name, []) if row[place] in wanted]


def brought(rows: Rows, *removed: tuple[str, int]) -> list[tuple[Action, str, int]]:
    return [(change.action, change.type, change.id) for change in brought_along(removed, SCHEMAS, rows.referrers)]


def test_nothing_brings_nothing_along() -> None:
    assert brought(Rows(person=[{"id": 1}])) == []
    assert brought(Rows(person=[{"id": 1}]), ("person", 2)) == []


def test_updates_come_first_and_removals_after_them() -> None:
    rows = Rows(person=[{"id": 2, "mentor": 1}], visit=[{"id": 3, "person": 1}])
    assert brought(rows, ("person", 1)) == [(Action.UPDATE, "person", 2), (Action.REMOVE, "visit", 3)]


def test_a_cascade_goes_on_from_what_it_removes() -> None:
    about = VISIT.public_id
    rows = Rows(
        visit=[
            {"id": 3, "person": 1},
            {"id": 4, "person": 9, "about": about(3)},
            {"id": 5, "person": 9, "about": about(4)},
        ]
    )
    assert brought(rows, ("person", 1)) == [(Action.UPDATE, "visit", 4), (Action.REMOVE, "visit", 3)]


def test_a_record_that_goes_is_not_emptied_first() -> None:
    rows = Rows(visit=[{"id": 3, "person": 1, "about": PERSON.public_id(1)}])
    assert brought(rows, ("person", 1)) == [(Action.REMOVE, "visit", 3)]


def test_one_update_empties_all_that_a_record_loses() -> None:
    rows = Rows(visit=[{"id": 4, "person": 9, "about": PERSON.public_id(1)}])
    (change,) = brought_along([("person", 1)], SCHEMAS, rows.referrers)
    assert (change.before, change.after, change.revision) == ({"about": "SP-0000000000001"}, {"about": None}, 1)


def test_every_type_that_restricts_is_counted() -> None:
    rows = Rows(visit=[{"id": 3, "person": 9, "guide": 1}, {"id": 4, "person": 9, "guide": 1}])
    with pytest.raises(ReferencedError) as caught:
        brought(rows, ("person", 1))
    assert (caught.value.target, caught.value.referrers) == (PERSON.public_id(1), {"visits": 2})
    with pytest.raises(ReferencedError, match="1 visit still refers to it"):
        brought(Rows(visit=[{"id": 3, "person": 9, "guide": 1}]), ("person", 1))


def test_many_removals_are_looked_up_together() -> None:
    rows = Rows(visit=[{"id": 100 + number, "person": number} for number in range(50)])
    assert len(brought(rows, *(("person", number) for number in range(50)))) == 50
    assert rows.asked <= 2 * sum(len(schema.references) for schema in SCHEMAS.values())


def test_a_removal_carries_the_whole_row() -> None:
    row = row_from(PERSON, {"id": 1, "name": "Ada", "revision": 4})
    change = removal(PERSON, row)
    assert (change.action, change.before, change.revision) == (
        Action.REMOVE,
        {"id": 1, "name": "Ada", "revision": 4},
        4,
    )


def test_references_are_named_with_what_they_refer_to() -> None:
    values = {"person": 1, "guide": None, "about": VISIT.public_id(7), "note": "x"}
    assert [(field.key, name, number) for field, name, number in targets(VISIT, values, SCHEMAS)] == [
        ("person", "person", 1),
        ("about", "visit", 7),
    ]


@pytest.mark.parametrize(
    "text", ["ZZ-0000000000001", "0000000000001", "SV-1", "sv-0000000000001", "SV-000000000000O", "SV-????", "hello"]
)
def test_a_public_id_has_one_spelling_and_a_known_type(text: str) -> None:
    with pytest.raises(NotFoundError):
        list(targets(VISIT, {"about": text}, SCHEMAS))
