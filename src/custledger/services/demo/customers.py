"""The demo ledger's customers, in Chinese and in English."""

import random
from datetime import date, timedelta
from typing import Any

from custledger.services.demo import names

PEOPLE = 36
COMPANIES = 24

_SOURCES = {"zh": ("线上注册", "转介绍", "展会", "广告"), "en": ("Website", "Referral", "Trade fair", "Advertising")}
_NOTES = {
    "zh": ("喜欢先看样品。", "发票需注明税号。", "周五下午不方便接电话。", "曾推荐过两位朋友。"),
    "en": (
        "Likes to see samples first.",
        "Prefers e-mail to calls.",
        "Asks for delivery before ten.",
        "Orders for two shops.",
    ),
}
_INTERESTS = {"zh": ("品茶", "摄影", "烘焙"), "en": ("tea", "photography", "baking")}
_TAGS = ("vip", "newsletter", "wholesale", "老客户", "礼品")


def invent(source: random.Random, today: date) -> list[dict[str, Any]]:
    """Return the values of every customer, by field key; codes and names are each there once."""
    taken: set[str] = set()
    made = []
    for index in range(PEOPLE + COMPANIES):
        language = "zh" if source.random() < 0.6 else "en"
        invent_one = _person if index < PEOPLE else _company
        values = invent_one(source, language, today)
        while values["name"] in taken:
            values = invent_one(source, language, today)
        taken.add(values["name"])
        made.append({"code": f"KH{index + 1:04d}", **_common(source, language, today), **values})
    return made


def _common(source: random.Random, language: str, today: date) -> dict[str, Any]:
    """Return what people and companies have alike."""
    since = today - timedelta(days=source.randrange(5, 900))
    values = {
        "type": source.choices(("key", "sme", "potential"), (1, 4, 2))[0],
        "status": source.choices(("new", "active", "paused", "lost"), (2, 6, 1, 1))[0],
        "stage": source.choices(("lead", "prospect", "negotiation", "customer", "after_sales"), (2, 2, 1, 6, 1))[0],
        "level": source.choices(("A", "B", "C"), (1, 3, 4))[0],
        "source": source.choice(_SOURCES[language]),
        "owner": source.choice(names.OWNERS),
        "customer_since": since,
        "consent": "yes" if source.random() < 0.7 else "no",
        "tags": source.sample(_TAGS, source.choice((0, 0, 1, 2))),
        **_place(source, language),
    }
    if source.random() < 0.4:
        values["notes"] = source.choice(_NOTES[language])
    return values


def _place(source: random.Random, language: str) -> dict[str, Any]:
    if language == "zh":
        province, city, district = source.choice(names.CHINESE_CITIES)
        return {"country": "中国", "province": province, "city": city, "district": district}
    country, city = source.choice(names.ENGLISH_CITIES)
    return {"country": country, "city": city}


def _person(source: random.Random, language: str, today: date) -> dict[str, Any]:
    person = _name(source, language)
    born = date(source.randrange(1962, 2003), source.randrange(1, 13), source.randrange(1, 29))
    if source.random() < 0.1:
        soon = today + timedelta(days=source.randrange(8))
        born = date(born.year, soon.month, min(soon.day, 28))
    return {
        "name": person.name,
        "kind": "person",
        "gender": source.choice(("female", "male")),
        "birthday": born,
        "interests": source.choice(_INTERESTS[language]),
        "preferred_channel": source.choice(("wechat", "phone") if language == "zh" else ("email", "phone")),
        **_contact(source, language, person.mailbox),
    }


def _company(source: random.Random, language: str, _today: date) -> dict[str, Any]:
    person = _name(source, language)
    place = _place(source, language)
    if language == "zh":
        trade, industry = source.choice(names.CHINESE_TRADES)
        name = f"{place['city']}{source.choice(names.CHINESE_STEMS)}{trade}有限公司"
        title = source.choice(("采购经理", "店长", "总经理"))
    else:
        trade, industry = source.choice(names.ENGLISH_TRADES)
        stem = source.choice(names.PLACE_STARTS) + source.choice(names.PLACE_ENDS)
        name, title = (
            f"{stem} {trade} {source.choice(names.ENGLISH_FORMS)}",
            source.choice(("Buyer", "Shop manager", "Owner")),
        )
    return {
        "name": name,
        "kind": "company",
        "contact_name": person.name,
        "job_title": title,
        "industry": industry,
        "size": source.choice(("1-9", "10-49", "50-249")),
        **place,
        **_contact(source, language, person.mailbox),
    }


def _name(source: random.Random, language: str) -> names.Person:
    return names.chinese_person(source) if language == "zh" else names.english_person(source)


def _contact(source: random.Random, language: str, mailbox: str) -> dict[str, Any]:
    phone = names.chinese_phone(source) if language == "zh" else names.english_phone(source)
    contact = {"phone": phone, "email": f"{mailbox}@example.com"}
    return contact | ({"wechat": f"wx_{mailbox.replace('.', '_')}"} if language == "zh" else {})
