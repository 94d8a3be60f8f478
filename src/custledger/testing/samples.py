"""Sample record types, schemas and records, small, bilingual and invented, for tests of stores and plugins."""

import random
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from custledger.fields import Kind, Labels, Spec, choices, field
from custledger.records import Record, record_type
from custledger.schema import Field, Schema


@record_type("person", plural="people", prefix="SP", en="Person", zh="人", brief=("code", "name", "grade"))
class Person(Record):
    """A field of every kind, a unique one, a sensitive one, and a reference that empties."""

    name: str = field(Kind.TEXT, "Name", "姓名", required=True, searchable=True, indexed=True, title=True, initial="")
    code: str | None = field(Kind.TEXT, "Code", "编号", unique=True, searchable=True, code=True)
    age: int | None = field(Kind.INTEGER, "Age", "年龄", aliases=("岁数",))
    score: Decimal | None = field(Kind.NUMBER, "Score", "评分")
    balance: Decimal | None = field(Kind.MONEY, "Balance", "余额", indexed=True)
    balance_currency: str | None = field(Kind.TEXT, "Balance currency", "余额币种", currency_of="balance")
    born: date | None = field(Kind.DATE, "Born", "出生日期")
    seen: datetime | None = field(Kind.TIME, "Seen", "见面时间", indexed=True)
    active: bool | None = field(Kind.YES_NO, "Active", "活跃")
    grade: str | None = field(
        Kind.CHOICE,
        "Grade",
        "等级",
        indexed=True,
        choices=choices("gold|Gold|金牌|yellow", "silver|Silver|银牌|gray", "bronze|Bronze|铜牌|orange"),
    )
    hobbies: frozenset[str] = field(
        Kind.CHOICES,
        "Hobbies",
        "爱好",
        initial=frozenset,
        choices=choices("chess|Chess|象棋", "tea|Tea|茶", "go|Go|围棋"),
    )
    phone: str | None = field(Kind.PHONE, "Phone", "电话", searchable=True, indexed=True)
    email: str | None = field(Kind.EMAIL, "E-mail", "邮箱", searchable=True)
    secret: str | None = field(Kind.TEXT, "Secret", "密语", sensitive=True, searchable=True)
    notes: str | None = field(Kind.TEXT, "Notes", "备注", searchable=True)
    tags: frozenset[str] = field(Kind.TAGS, "Tags", "标签", initial=frozenset)
    mentor: int | None = field(Kind.REFERENCE, "Mentor", "导师", target="person", on_remove="empty")


@record_type("visit", plural="visits", prefix="SV", en="Visit", zh="拜访", when="at", brief=("at", "person", "note"))
class Visit(Record):
    """References that cascade, restrict and empty, to a type and to anything."""

    person: int = field(
        Kind.REFERENCE, "Person", "被访人", target="person", required=True, on_remove="cascade", initial=0
    )
    guide: int | None = field(Kind.REFERENCE, "Guide", "陪同", target="person", on_remove="restrict")
    about: str | None = field(Kind.REFERENCE, "About", "关于", on_remove="empty")
    at: datetime | None = field(Kind.TIME, "At", "时间", indexed=True, default="now")
    note: str | None = field(Kind.TEXT, "Note", "内容", searchable=True, title=True)


@record_type("badge", plural="badges", prefix="SB", en="Badge", zh="徽章")
class Badge(Record):
    """A third type, which plays the part of a plugin's: present for one handle and unknown to another."""

    number: str | None = field(Kind.TEXT, "Number", "编号", unique=True, code=True)
    holder: int | None = field(Kind.REFERENCE, "Holder", "持有人", target="person", on_remove="cascade")


CARD = Field("x_card", Spec(kind=Kind.TEXT, labels=Labels("Card", "会员卡号"), searchable=True, custom=True))
"""A custom field, for growing the schema of ``Person``."""


def sample_schemas() -> tuple[Schema, Schema]:
    """Return the schemas of ``Person`` and ``Visit``."""
    return Schema.of(Person), Schema.of(Visit)


def without_class(schema: Schema) -> Schema:
    """Return the schema as a store gives it back for a type whose plugin is not installed."""
    return Schema(schema.info, schema.fields)


_SURNAMES = ("王", "李", "欧阳", "Baker", "Ångström", "O'Neill", "田中", "Núñez")
_GIVEN = ("伟", "小明", "静怡", "Ada", "Björn", "Zoë", "さくら", "Lin")
_WORDS = ("喜欢 绿茶", "prefers e-mail", "老客户介绍", "called twice", "=1+1", "“下周” 回访", "naïve café", "𠮷野家")
_TAGS = ("vip", "老客户", "新客户", "newsletter", "Öko")


def sample_people(count: int, seed: int = 7) -> Iterator[dict[str, Any]]:
    """Yield the plain values, by key, of ``count`` invented people; the same for the same seed.

    Every code is unique, and about a third of the other values is empty.
    """
    source = random.Random(seed)
    for index in range(count):
        values = {
            "name": source.choice(_SURNAMES) + source.choice(_GIVEN),
            "code": f"P{seed:02d}-{index:05d}",
            "age": source.randrange(18, 90),
            "score": source.randrange(-50_000, 1_000_000),
            "balance": source.randrange(0, 10**9),
            "born": f"{source.randrange(1930, 2010)}-{source.randrange(1, 13):02d}-{source.randrange(1, 29):02d}",
            "seen": f"2026-{source.randrange(1, 12):02d}-{source.randrange(1, 29):02d}T08:30:00.000Z",
            "active": source.randrange(2),
            "grade": source.choice(("gold", "silver", "bronze")),
            "hobbies": tuple(sorted(source.sample(("chess", "go", "tea"), source.randrange(1, 3)))),
            "phone": f"138{source.randrange(10**8):08d}",
            "email": f"someone{index}@example.org",
            "notes": source.choice(_WORDS),
            "tags": tuple(sorted(source.sample(_TAGS, source.randrange(1, 4)))),
        }
        always = {"name", "code"}
        yield {key: value for key, value in values.items() if key in always or source.random() > 1 / 3}
