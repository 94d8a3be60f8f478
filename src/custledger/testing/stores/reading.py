"""Cases: getting, selecting, ordering, paging, counting, and snapshots."""

import itertools
from collections.abc import Callable, Iterator

import pytest

from custledger.schema import Row
from custledger.stores.contract import Order, Query
from custledger.testing.clerk import Clerk
from custledger.testing.samples import sample_people
from custledger.testing.stores.base import StoreCases

ORDERS = {
    "nothing": (),
    "name": ("name",),
    "name, downwards": ("-name",),
    "grade and score": ("grade", "-score"),
    "time": ("-seen", "name"),
    "a field that is often empty": ("age",),
    "a field that is often empty, downwards": ("-balance", "-age"),
}

_UPWARDS: dict[str, list[object]] = {
    "age": [-1, 0, 20],
    "notes": ["a", "B", "ｃ"],
    "seen": ["1999-12-31T00:00:00.000Z", "2000-01-01T00:00:00.000Z", "2000-01-01T00:00:00.001Z"],
    "grade": ["gold", "silver", "bronze"],
}


class ReadingCases(StoreCases):
    """What comes out is what is there, in the order asked."""

    def test_a_new_ledger_is_empty(self, clerk: Clerk) -> None:
        """Nothing is there but the types that were prepared."""
        assert clerk.select("person") == []
        assert clerk.count("person") == [(0,)]
        assert clerk.store.log() == []
        assert clerk.store.operations() == []
        assert clerk.store.documents() == []

    def test_get_answers_in_the_order_asked(self, clerk: Clerk) -> None:
        """A repeated id is answered each time, an unknown one with ``None``."""
        ada, bo = clerk.add("person", name="Ada"), clerk.add("person", name="Bo")
        rows = clerk.store.get(clerk.schemas["person"], [bo, 1, ada, bo])
        assert [row and row[0] for row in rows] == [bo, None, ada, bo]

    def test_get_of_no_ids_is_no_rows(self, clerk: Clerk) -> None:
        """An empty question has an empty answer."""
        assert clerk.store.get(clerk.schemas["person"], []) == []

    def test_get_answers_for_many_ids(self, clerk: Clerk) -> None:
        """More ids than any store binds in one statement."""
        numbers = clerk.add_many("person", [{"name": f"No {index}"} for index in range(3000)])
        rows = clerk.store.get(clerk.schemas["person"], numbers[::-1])
        assert [row and row[0] for row in rows] == numbers[::-1]

    def test_get_knows_records_of_its_own_type_only(self, clerk: Clerk) -> None:
        """The id of a person is not the id of a visit."""
        ada = clerk.add("person", name="Ada")
        assert clerk.store.get(clerk.schemas["visit"], [ada]) == [None]

    def test_a_row_is_looked_up_with_the_generation(self, clerk: Clerk) -> None:
        """It is the row that ``get`` gives; an unknown id has a generation too."""
        ada = clerk.add("person", name="Ada", tags=("vip",))
        schema, store = clerk.schemas["person"], clerk.store
        assert store.look_up(schema, ada) == (store.generation(), store.get(schema, [ada])[0])
        assert store.look_up(schema, 1) == (store.generation(), None)

    def test_select_gives_whole_rows_by_id(self, clerk: Clerk) -> None:
        """Without an order, rows come by id."""
        added = [*clerk.add_many("person", list(sample_people(20))), clerk.add("person", name="Last")]
        rows = clerk.select("person")
        assert [row[0] for row in rows] == sorted(added)
        assert rows == clerk.store.get(clerk.schemas["person"], sorted(added))

    def test_select_finds_what_its_filter_says(self, clerk: Clerk) -> None:
        """Only the rows that the filter holds for."""
        ada = clerk.add("person", name="Ada", grade="gold")
        clerk.add("person", name="Bo", grade="silver")
        clerk.add("person", name="Cy")
        assert clerk.ids("person", "grade = gold") == [ada]
        assert len(clerk.ids("person", "grade != gold")) == 2

    def test_select_gives_just_the_columns_asked(self, clerk: Clerk) -> None:
        """Expressions, in their order, as often as they are named."""
        clerk.add("person", name="Ada", age=36, tags=("vip",))
        asked = ("age", "name", "tags", "age", "born")
        columns = tuple(clerk.expression("person", text, any_kind=True) for text in asked)
        assert clerk.select("person", columns=columns) == [(36, "Ada", ("vip",), 36, None)]

    @pytest.mark.parametrize("order", ["age", "-age", "notes", "-notes", "seen", "-seen", "grade", "-grade"])
    def test_empties_come_last_in_either_direction(self, clerk: Clerk, order: str) -> None:
        """Ascending or descending, what has no value is at the end."""
        key = order.lstrip("-")
        empty = clerk.add("person", name="x")
        numbers = [clerk.add("person", **{"name": "x", key: value}) for value in _UPWARDS[key]]
        expected = numbers[::-1] if order.startswith("-") else numbers
        assert clerk.ids("person", order=[order]) == [*expected, empty]

    @pytest.mark.parametrize("order", ["grade", "-grade"])
    def test_ties_are_broken_by_id_upwards(self, clerk: Clerk, order: str) -> None:
        """Whichever way the key goes, the ids of equals go up."""
        numbers = clerk.add_many("person", [{"name": "x", "grade": "gold"} for _ in range(5)])
        assert clerk.ids("person", order=[order]) == numbers

    def test_texts_are_ordered_without_regard_to_case_and_width(self, clerk: Clerk) -> None:
        """The folded forms decide."""
        names = ["b", "Ａ", "C", "ｂ", "a"]
        numbers = [clerk.add("person", name=name) for name in names]
        assert clerk.ids("person", order=["name"]) == [numbers[index] for index in (1, 4, 0, 3, 2)]

    def test_choices_are_ordered_as_they_are_listed(self, clerk: Clerk) -> None:
        """Gold before silver before bronze, and a code that is no longer listed after them."""
        codes = ["bronze", "lapsed", "gold", "silver"]
        numbers = dict(zip(codes, [clerk.add("person", name="x", grade=code) for code in codes], strict=True))
        listed = ("gold", "silver", "bronze", "lapsed")
        assert clerk.ids("person", order=["grade"]) == [numbers[code] for code in listed]

    @pytest.mark.parametrize("limit", [0, 1, 3, 100])
    def test_limit_is_at_most_so_many(self, clerk: Clerk, limit: int) -> None:
        """The first ones in the order asked, also where a filter is at work."""
        numbers = clerk.add_many("person", [{"name": f"{index}", "age": index} for index in range(6)])
        assert clerk.ids("person", limit=limit) == numbers[:limit]
        assert clerk.ids("person", "age > 1", order=["-age"], limit=limit) == numbers[:1:-1][:limit]

    @pytest.mark.parametrize("named", ORDERS)
    def test_pages_walk_through_everything_once(self, clerk: Clerk, named: str) -> None:
        """Keyset paging misses nothing and repeats nothing, over equal and empty keys too."""
        order = ORDERS[named]
        clerk.add_many("person", list(sample_people(40)))
        whole = clerk.ids("person", order=order)
        assert list(_by_pages(clerk, order, size=7)) == whole

    def test_pages_go_on_behind_a_record_that_was_removed(self, clerk: Clerk) -> None:
        """A page begins behind the last one's values, whether or not its last record is still there."""
        numbers = clerk.add_many("person", [{"name": f"{index}"} for index in range(4)])
        clerk.remove("person", numbers[1])
        assert clerk.ids("person", order=["name"], after=("1", numbers[1])) == numbers[2:]

    @pytest.mark.parametrize("by", ["the same handle", "another handle"])
    def test_a_select_reads_from_one_snapshot(self, clerk: Clerk, other: Clerk, by: str) -> None:
        """What is added, edited and removed while its rows are read does not show in it."""
        writer = clerk if by == "the same handle" else other
        numbers = clerk.add_many("person", [{"name": f"No {index}", "age": 1} for index in range(500)])
        expected = clerk.select("person")
        rows = clerk.store.select(clerk.schemas["person"], clerk.query("person"))
        seen = [next(rows)]
        writer.add("person", name="Late")
        writer.edit("person", numbers[-1], age=2)
        writer.remove("person", numbers[-2])
        seen += rows
        assert seen == expected
        assert len(clerk.select("person")) == 500

    def test_records_can_be_written_while_they_are_read(self, clerk: Clerk) -> None:
        """Editing every record that a select yields ends, and edits each once."""
        clerk.add_many("person", [{"name": "x", "age": index} for index in range(50)])
        schema = clerk.schemas["person"]
        for row in clerk.store.select(schema, clerk.query("person", "age >= 0", order=["-age"])):
            clerk.edit("person", row[0], age=row[schema.positions["age"]] + 100)
        assert sorted(row[schema.positions["age"]] for row in clerk.select("person")) == list(range(100, 150))

    def test_selects_that_are_closed_early_hold_nothing(self, clerk: Clerk) -> None:
        """Many that were begun and left do not stand in the way of writes or of new reads."""
        clerk.add_many("person", [{"name": f"No {index}"} for index in range(200)])
        for _ in range(40):
            rows = clerk.store.select(clerk.schemas["person"], clerk.query("person"))
            next(rows)
            close: Callable[[], None] = getattr(rows, "close", lambda: None)
            close()
        clerk.add("person", name="Late")
        assert clerk.count("person") == [(201,)]

    def test_selects_may_be_read_side_by_side(self, clerk: Clerk) -> None:
        """Two selects that are read in turn do not disturb each other."""
        clerk.add_many("person", [{"name": f"No {index}"} for index in range(100)])
        query, schema = clerk.query("person"), clerk.schemas["person"]
        pairs = zip(clerk.store.select(schema, query), clerk.store.select(schema, query), strict=True)
        assert sum(one == another for one, another in pairs) == 100

    def test_count_counts_what_its_filter_says(self, clerk: Clerk) -> None:
        """One number, in a row of its own."""
        clerk.add_many("person", [{"name": "x", "age": index} for index in range(5)])
        assert clerk.count("person", where="age >= 3") == [(2,)]
        assert clerk.count("person", where="age > 100") == [(0,)]

    def test_count_by_puts_the_greatest_first_and_empties_last(self, clerk: Clerk) -> None:
        """Equal counts are in the order of their values."""
        for grade in ("silver", "bronze", "silver", None, "gold"):
            clerk.add("person", name="x", grade=grade)
        assert clerk.count("person", "grade") == [("silver", 2), ("gold", 1), ("bronze", 1), (None, 1)]

    def test_count_by_numbers_orders_equal_counts_by_value(self, clerk: Clerk) -> None:
        """Numbers by size, not as texts."""
        clerk.add_many("person", [{"name": "x", "age": age} for age in (100, 20, 3)])
        assert clerk.count("person", "age") == [(3, 1), (20, 1), (100, 1)]

    def test_count_by_text_counts_equals_together(self, clerk: Clerk) -> None:
        """Under the one that sorts first."""
        for name in ("ada", "ＡＤＡ", "Ada", "Bo"):
            clerk.add("person", name=name)
        assert clerk.count("person", "name") == [("Ada", 3), ("Bo", 1)]

    @pytest.mark.parametrize("key", ["tags", "hobbies"])
    def test_count_by_several_values_counts_a_record_under_each(self, clerk: Clerk, key: str) -> None:
        """And under empty where it has none."""
        for value in (("chess", "tea"), ("tea",), None):
            clerk.add("person", name="x", **{key: value})
        assert clerk.count("person", key) == [("tea", 2), ("chess", 1), (None, 1)]

    def test_count_by_tags_counts_every_spelling_together_and_a_record_once(self, clerk: Clerk) -> None:
        """Under the one that sorts first; also a record that a store has with two spellings of one tag."""
        for tags in (("VIP",), ("a", "vip"), ("VIP", "vip")):
            clerk.add("person", name="x", tags=tags)
        assert clerk.count("person", "tags") == [("VIP", 3), ("a", 1)]

    def test_count_by_two_expressions(self, clerk: Clerk) -> None:
        """Every combination that occurs, empties counted among them."""
        for name, active in (("a", 1), ("a", 1), ("a", 0), ("b", None)):
            clerk.add("person", name=name, active=active)
        assert clerk.count("person", "name", "active") == [("a", 1, 2), ("a", 0, 1), ("b", None, 1)]

    def test_with_ending_finds_ids_by_their_last_letters(self, clerk: Clerk) -> None:
        """An ending of letters in base 32 is an id modulo a power of 32."""
        numbers = clerk.add_many("person", [{"name": "x"} for _ in range(100)])
        ending = numbers[10] % 32
        expected = [number for number in numbers if number % 32 == ending]
        schema = clerk.schemas["person"]
        assert sorted(clerk.store.with_ending(schema, ending, 32, 100)) == expected
        assert len(clerk.store.with_ending(schema, ending, 32, 2)) == 2
        assert clerk.store.with_ending(schema, numbers[10] % 32**12, 32**12, 5) == [numbers[10]]


def _by_pages(clerk: Clerk, order: tuple[str, ...], size: int) -> Iterator[int]:
    """Yield the ids of all people, page after page."""
    schema = clerk.schemas["person"]
    query = clerk.query("person", order=order, limit=size)
    for _ in itertools.count():
        rows = list(clerk.store.select(schema, query))
        yield from (row[0] for row in rows)
        if len(rows) < size:
            return
        query = _page_after(rows[-1], query, clerk)


def _page_after(last: Row, query: Query, clerk: Clerk) -> Query:
    positions = clerk.schemas["person"].positions
    keys: tuple[Order, ...] = query.order
    values = tuple(last[positions[key.expression.text]] for key in keys)
    return Query(moment=query.moment, order=keys, limit=query.limit, after=(*values, last[0]))
