"""Cases: text search, which finds what ``custledger.search`` says occurs."""

import pytest

from custledger.search import matches
from custledger.testing.clerk import Clerk, reversal
from custledger.testing.samples import CARD, sample_people
from custledger.testing.stores.base import StoreCases

RECORD = {
    "name": "欧阳静怡 Ångström",
    "code": "KH-2026-0042",
    "phone": "+86 138-0013 8000",
    "email": "zhang.wei@example.org",
    "notes": "喜欢绿茶，不吃辣。Prefers naïve cafés",
    "secret": "opensesame",
}

QUERIES = (
    ("欧阳", True),
    ("静怡", True),
    ("阳静怡", True),
    ("怡", True),
    ("绿茶", True),
    ("茶不", False),
    ("欧静", False),
    ("ångs", True),
    ("ÅNGSTRÖM", True),
    ("ngström", False),
    ("prefers", True),
    ("cafés", True),
    ("8000", True),
    ("13800138000", True),
    ("0013-8000", True),
    ("0138", True),
    ("8002", False),
    ("KH-2026-0042", True),
    ("绿茶 li 8000", False),
    ("0042", True),
    ("zhang", True),
    ("wei", True),
    ("example", True),
    ("绿茶 zhang 8000", True),
    ("opensesame", False),
    ("", False),
    ("！？ --", False),
    ("ＫＨ", True),
    ('"*:^ OR AND NOT', False),
)

QUERIES_OF_MANY = (
    "王",
    "小明",
    "欧阳静怡",
    "someone1",
    "138",
    "绿茶",
    "p03",
    "naïve",
    "b",
    "1",
    "e-mail",
    "周” 回访",
    "𠮷野",
)


class SearchCases(StoreCases):
    """Words by their beginnings, Chinese anywhere, numbers by any three digits or more."""

    @pytest.mark.parametrize(("text", "found"), QUERIES)
    @pytest.mark.parametrize("way", ["created", "updated", "loaded"])
    def test_search_finds_what_occurs(self, clerk: Clerk, text: str, *, found: bool, way: str) -> None:
        """However the record came to be as it is, and not its neighbours."""
        clerk.add("person", name="Somebody else", phone="110")
        if way == "loaded":
            number = clerk.add_many("person", [{"name": "x"}, RECORD])[1]
        else:
            number = clerk.add("person", **(RECORD if way == "created" else {"name": "x"}))
        if way == "updated":
            clerk.edit("person", number, **RECORD)
        assert clerk.found(text) == ([number] if found else [])

    def test_search_agrees_with_its_definition(self, clerk: Clerk) -> None:
        """For every word and fragment of a few dozen records."""
        people = list(sample_people(40, seed=3))
        numbers = clerk.add_many("person", people)
        keys = [field.key for field in clerk.schemas["person"].searchable]
        texts = {number: [person.get(key) for key in keys] for number, person in zip(numbers, people, strict=True)}
        for query in QUERIES_OF_MANY:
            expected = [number for number in reversed(numbers) if matches(query, texts[number])]
            assert clerk.found(query) == expected

    def test_an_update_takes_the_old_words_away(self, clerk: Clerk) -> None:
        """Only the present text is found."""
        ada = clerk.add("person", name="旧名字", notes="stays")
        clerk.edit("person", ada, name="新名字")
        assert (clerk.found("旧名"), clerk.found("新名"), clerk.found("stays")) == ([], [ada], [ada])
        clerk.edit("person", ada, notes=None)
        assert clerk.found("stays") == []

    def test_a_removed_record_is_not_found_until_it_is_back(self, clerk: Clerk) -> None:
        """Those that went along with it neither."""
        ada = clerk.add("person", name="张伟")
        visit = clerk.add("visit", person=ada, note="谈合同")
        receipt = clerk.remove("person", ada)
        assert (clerk.found("张伟"), clerk.found("合同")) == ([], [])
        clerk.apply(*reversal(receipt))
        assert (clerk.found("张伟"), clerk.found("合同")) == ([ada], [visit])

    def test_the_newest_come_first_type_after_type(self, clerk: Clerk) -> None:
        """In the order in which the types are named."""
        people = [clerk.add("person", name="绿茶") for _ in range(3)]
        visits = [clerk.add("visit", person=people[0], note="绿茶") for _ in range(2)]
        assert clerk.found("绿茶", "person", "visit") == people[::-1] + visits[::-1]
        assert clerk.found("绿茶", "visit", "person") == visits[::-1] + people[::-1]
        assert clerk.found("绿茶", "visit") == visits[::-1]

    def test_a_limit_keeps_the_newest(self, clerk: Clerk) -> None:
        """Of many that match."""
        numbers = clerk.add_many("person", [{"name": f"绿茶 {index}"} for index in range(50)])
        assert clerk.found("绿茶", "person", limit=5) == numbers[:-6:-1]

    def test_a_custom_field_is_searched(self, clerk: Clerk) -> None:
        """From the moment it holds something."""
        ada = clerk.add("person", name="Ada")
        clerk.learn([clerk.schemas["person"].extended([CARD])])
        clerk.edit("person", ada, x_card="金卡8899")
        assert (clerk.found("金卡"), clerk.found("8899")) == ([ada], [ada])
