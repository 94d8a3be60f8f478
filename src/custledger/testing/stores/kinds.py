"""Cases: the values of every kind, their extremes among them, and how texts compare."""

from contextlib import ExitStack
from typing import Any

import pytest

from custledger.stores.contract import Query
from custledger.testing.clerk import Clerk
from custledger.testing.stores.base import StoreCases

LARGEST = 2**63 - 1

VALUES: tuple[tuple[str, Any], ...] = (
    ("name", "A"),
    ("name", "王小明"),
    ("name", "👩‍👩‍👧 𠮷野家 e\u0301"),
    ("name", "ＡＢＣ　１２３"),
    ("name", "Robert'); DROP TABLE person;--"),
    ("name", '"quoted" \\ back %s {0} $1 ?1 :x @y'),
    ("name", "  outer spaces  "),
    ("name", "\t\r\n"),
    ("name", "\u200b\u202e\ufeff"),
    ("name", "x" * 20_000),
    ("code", "110101199003070018"),
    ("code", "007"),
    ("code", "1e5"),
    ("code", "123456789012345678901234567890"),
    ("code", "=1+1"),
    ("code", "NULL"),
    ("age", 0),
    ("age", LARGEST),
    ("age", -LARGEST - 1),
    ("score", 1),
    ("score", -1),
    ("score", LARGEST),
    ("balance", 0),
    ("balance", -LARGEST - 1),
    ("balance", 2**53 + 1),
    ("born", "1900-02-28"),
    ("born", "2100-12-31"),
    ("born", "2000-02-29"),
    ("born", "0001-01-01"),
    ("seen", "1970-01-01T00:00:00.000Z"),
    ("seen", "9999-12-31T23:59:59.999Z"),
    ("seen", "0001-01-01T00:00:00.001Z"),
    ("active", 0),
    ("active", 1),
    ("grade", "gold"),
    ("grade", "lapsed"),
    ("hobbies", ("chess", "go", "tea")),
    ("phone", "+86 (0)138-0013·8000 转 12"),
    ("email", "o'neill+tag@例子.example"),
    ("secret", "open sesame"),
    ("tags", ("a;b", "c, d", "重点", "Ｖ", "👍")),
)

EQUALS = (
    ("name", "ＡＢＣ", "abc"),
    ("name", "Straße", "STRASSE"),
    ("name", "\u0130", "i\u0307"),
    ("name", "\u212a", "k"),
    ("name", "\u017f", "S"),
    ("name", "e\u0301", "\u00e9"),
    ("name", "１２３", "123"),
    ("email", "Ada@Example.org", "ada@example.ORG"),
    ("phone", "138-0013 8000", "13800138000"),
    ("phone", "１３８.0013.8000", "138 00138000"),
)


class KindCases(StoreCases):
    """What is written comes back exactly, in its own type, whatever it looks like."""

    @pytest.mark.parametrize(("key", "value"), VALUES, ids=lambda part: repr(part)[:40])
    def test_a_value_comes_back_exactly(self, clerk: Clerk, key: str, value: Any) -> None:
        """After a create, an update, an emptying, and in the log."""
        created = clerk.add("person", **{"name": "x", key: value})
        assert _exactly(clerk, created, key) == (type(value), value)
        updated = clerk.add("person", name="y")
        clerk.edit("person", updated, **{key: None if key == "code" else value})
        clerk.edit("person", created, **{key: None})
        assert key not in clerk.whole("person", created)
        clerk.edit("person", updated, **{key: value})
        assert _exactly(clerk, updated, key) == (type(value), value)
        before = clerk.store.log(record=("person", created))[-1].before
        assert before is not None
        assert (type(before[key]), before[key]) == (type(value), value)

    def test_every_value_comes_back_from_a_bulk_create_and_after_reopening(self, place: Any, clerk: Clerk) -> None:
        """The same values, through the other way in."""
        numbers = clerk.add_many("person", [{"name": "x", key: value} for key, value in VALUES])
        with ExitStack() as stack:
            clerk = self.reopened(place, clerk, stack)
            for number, (key, value) in zip(numbers, VALUES, strict=True):
                assert _exactly(clerk, number, key) == (type(value), value)

    def test_a_removed_record_is_whole_in_the_log(self, clerk: Clerk) -> None:
        """Everything that it held, exactly, with its revision and times."""
        filled = {key: value for key, value in VALUES if key != "code"}
        number = clerk.add("person", **filled)
        whole = clerk.whole("person", number)
        clerk.remove("person", number)
        assert clerk.store.log(record=("person", number))[-1].before == whole

    @pytest.mark.parametrize(("key", "stored", "asked"), EQUALS)
    def test_texts_compare_folded(self, clerk: Clerk, key: str, stored: str, asked: str) -> None:
        """Case and width do not matter, nor do a phone's spaces and dashes; both ways round."""
        number = clerk.add("person", **{"name": "x", key: stored})
        back = clerk.add("person", **{"name": "x", key: asked})
        for text in (stored, asked):
            assert clerk.ids("person", f'{key} = "{text}"') == [number, back]
            assert clerk.ids("person", f'{key} in ("{text}")') == [number, back]
            assert clerk.ids("person", f'{key} contains "{text}"') == [number, back]

    def test_tags_compare_folded(self, clerk: Clerk) -> None:
        """A tag is found however it is written, and kept as it was written."""
        number = clerk.add("person", name="x", tags=("ＶＩＰ",))
        assert clerk.ids("person", "tags = vip") == [number]
        assert clerk.whole("person", number)["tags"] == ("ＶＩＰ",)

    def test_a_column_yields_plain_values(self, clerk: Clerk) -> None:
        """Columns have the same types as whole rows."""
        filled = {key: value for key, value in VALUES if key != "name"}
        clerk.add("person", name="x", **filled)
        columns = tuple(clerk.expression("person", key, any_kind=True) for key in filled)
        query = Query(moment=clerk.moment, columns=columns)
        row = next(clerk.store.select(clerk.schemas["person"], query))
        assert dict(zip(filled, row, strict=True)) == filled


def _exactly(clerk: Clerk, number: int, key: str) -> tuple[type, Any]:
    value = clerk.whole("person", number)[key]
    return type(value), value
