"""Invented people and companies, composed of parts; whoever they resemble is not meant.

Numbers are of the shapes that are kept free for stories or are assigned to nobody, and e-mail addresses end in
``example.com``, which RFC 2606 reserves.
"""

import random
from collections.abc import Mapping
from typing import NamedTuple

_SURNAMES = "林陆沈苏顾江温叶宋程傅简"
_SURNAME_SOUNDS = ("lin", "lu", "shen", "su", "gu", "jiang", "wen", "ye", "song", "cheng", "fu", "jian")
_GIVEN = "清禾舟澄岚屿言朗棠柠川微远星"
_GIVEN_SOUNDS = ("qing", "he", "zhou", "cheng", "lan", "yu", "yan", "lang", "tang", "ning", "chuan", "wei", "yuan",
                 "xing")  # fmt: skip
SURNAMES = tuple(zip(_SURNAMES, _SURNAME_SOUNDS, strict=True))
GIVEN = tuple(zip(_GIVEN, _GIVEN_SOUNDS, strict=True))
CHINESE_STEMS = ("禾屿", "澄光", "岚石", "柚木", "砚川", "棠舟", "梧帆", "笙野", "青榆", "朗禾")
CHINESE_TRADES = (
    ("茶业", "餐饮"),
    ("文具", "零售"),
    ("家居", "家居"),
    ("食品", "食品"),
    ("酒店管理", "酒店"),
    ("设计", "设计"),
)
FIRST_STARTS = ("Ma", "Le", "No", "Ti", "Ka", "El", "Jo", "Re", "Sa", "Bri")
FIRST_ENDS = ("ra", "na", "lia", "vin", "dan", "ssa", "ren", "mi")
PLACE_STARTS = ("Bram", "Tol", "Fen", "Har", "Pel", "Quil", "Ros", "Thorn", "Wex", "Al")
PLACE_ENDS = ("combe", "mere", "stead", "wick", "worth", "by", "low", "thwaite")
ENGLISH_TRADES = (("Teas", "Food"), ("Paper", "Retail"), ("Interiors", "Furnishing"), ("Bakery", "Food"),
                  ("Hotels", "Hospitality"), ("Studio", "Design"))  # fmt: skip
CHINA = "中国"

OWNERS = {"zh": ("周宁", "韩一诺"), "en": ("Ines Varga", "Owen Lindqvist")}
"""Who works with the demo ledger, by the language in which they do."""


class Place(NamedTuple):
    """Where somebody is: its fields, how telephone numbers there begin, and what companies are called there.

    The numbers are of the ranges that are kept free for stories, and in China of one that is assigned to nobody. They
    end in so many more ``digits``.
    """

    fields: Mapping[str, str]
    numbers: tuple[str, ...]
    digits: int
    company_forms: tuple[str, ...] = ()


_CHINESE_MOBILES = ("138 0000 ", "139 0000 ", "186 0000 ")
_CHINESE_CITIES = (
    ("上海", "上海", "浦东新区"), ("北京", "北京", "朝阳区"), ("浙江", "杭州", "西湖区"), ("广东", "深圳", "南山区"),
    ("四川", "成都", "锦江区"), ("江苏", "苏州", "姑苏区"), ("福建", "厦门", "思明区"),
)  # fmt: skip
_ENGLISH_CITIES = (
    ("United Kingdom", "London", "+44 20 7946 0", 3, ("Ltd", "& Daughters")),
    ("United Kingdom", "Bristol", "+44 117 496 0", 3, ("Ltd", "& Daughters")),
    ("United Kingdom", "Leeds", "+44 113 496 0", 3, ("Ltd", "& Sons")),
    ("Ireland", "Dublin", "+353 20 912 ", 4, ("Ltd", "Teoranta")),
    ("Canada", "Toronto", "+1 416 555 01", 2, ("Inc.",)),
    ("United States", "Boston", "+1 617 555 01", 2, ("Inc.", "LLC")),
    ("Australia", "Hobart", "+61 3 7010 ", 4, ("Pty Ltd",)),
    ("Germany", "Hamburg", "+49 40 66969 ", 3, ("GmbH",)),
)
"""Countries and cities with the numbers that Ofcom, ComReg, the North American plan, the ACMA and the Bundesnetzagentur
keep free for stories."""


class Person(NamedTuple):
    """A name, and what stands before the ``@`` of an e-mail address."""

    name: str
    mailbox: str


def chinese_person(source: random.Random) -> Person:
    """Return a Chinese name of two or three characters."""
    surname, sound = source.choice(SURNAMES)
    given = source.sample(GIVEN, source.choice((1, 2, 2)))
    return Person(
        surname + "".join(character for character, _ in given), f"{''.join(each for _, each in given)}.{sound}"
    )


def english_person(source: random.Random) -> Person:
    """Return a first name and a family name."""
    first = source.choice(FIRST_STARTS) + source.choice(FIRST_ENDS)
    last = source.choice(PLACE_STARTS) + source.choice(PLACE_ENDS)
    return Person(f"{first} {last}", f"{first}.{last}".lower())


def chinese_place(source: random.Random) -> Place:
    """Return a city in China."""
    province, city, district = source.choice(_CHINESE_CITIES)
    return Place(
        {"country": CHINA, "province": province, "city": city, "district": district}, _CHINESE_MOBILES, digits=4
    )


def english_place(source: random.Random) -> Place:
    """Return a city in which people write in English to the shop."""
    country, city, number, digits, forms = source.choice(_ENGLISH_CITIES)
    return Place({"country": country, "city": city}, (number,), digits, forms)


def phone(source: random.Random, place: Place) -> str:
    """Return a telephone number that a place could have, and that nobody has."""
    return source.choice(place.numbers) + f"{source.randrange(10**place.digits):0{place.digits}d}"
