"""Invented people and companies, composed of parts; whoever they resemble is not meant.

Numbers are of the shapes that are kept free for stories or are assigned to nobody, and e-mail addresses end in
``example.com``, which RFC 2606 reserves.
"""

import random
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
CHINESE_CITIES = (
    ("上海", "上海", "浦东新区"), ("北京", "北京", "朝阳区"), ("浙江", "杭州", "西湖区"), ("广东", "深圳", "南山区"),
    ("四川", "成都", "锦江区"), ("江苏", "苏州", "姑苏区"), ("福建", "厦门", "思明区"),
)  # fmt: skip

FIRST_STARTS = ("Ma", "Le", "No", "Ti", "Ka", "El", "Jo", "Re", "Sa", "Bri")
FIRST_ENDS = ("ra", "na", "lia", "vin", "dan", "ssa", "ren", "mi")
PLACE_STARTS = ("Bram", "Tol", "Fen", "Har", "Pel", "Quil", "Ros", "Thorn", "Wex", "Al")
PLACE_ENDS = ("combe", "mere", "stead", "wick", "worth", "by", "low", "thwaite")
ENGLISH_TRADES = (("Teas", "Food"), ("Paper", "Retail"), ("Interiors", "Furnishing"), ("Bakery", "Food"),
                  ("Hotels", "Hospitality"), ("Studio", "Design"))  # fmt: skip
ENGLISH_FORMS = ("Ltd", "Inc.", "GmbH", "& Daughters")
ENGLISH_CITIES = (
    ("United Kingdom", "Bristol"), ("United Kingdom", "Leeds"), ("Ireland", "Cork"), ("Canada", "Toronto"),
    ("Australia", "Hobart"), ("Germany", "Bremen"),
)  # fmt: skip

OWNERS = ("周宁", "Ines Varga", "韩一诺")
"""Who works with the demo ledger."""


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


def chinese_phone(source: random.Random) -> str:
    """Return a mobile number whose middle is 0000, a range that is assigned to nobody."""
    return f"{source.choice(('138', '139', '186'))}0000{source.randrange(10_000):04d}"


def english_phone(source: random.Random) -> str:
    """Return a number of the range 555-0100 to 555-0199, which is kept for stories."""
    return f"+1 {source.choice((202, 303, 416, 617))} 555 01{source.randrange(100):02d}"
