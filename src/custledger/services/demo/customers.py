"""The demo ledger's customers, in Chinese and in English.

How far somebody has come says the rest: who only asked has bought nothing and is nobody's customer yet, and who went
away is somebody whom to win back.
"""

import random
from datetime import date, timedelta
from typing import Any

from custledger.services.demo import names

PEOPLE = 36
COMPANIES = 24

_STAGES = {
    "person": (("lead", "prospect", "customer", "after_sales"), (4, 4, 24, 3)),
    "company": (("lead", "prospect", "negotiation", "customer", "after_sales"), (2, 3, 4, 12, 3)),
}
"""How far people and companies have come, and how many of each there are to the others."""

BOUGHT = frozenset({"customer", "after_sales"})
"""The stages of those who have bought something."""

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
_TAGS = {"zh": ("老客户", "礼品", "会员日"), "en": ("newsletter", "gifts", "regular")}
_SINCE = (45, 900)
"""Between so many days ago people became customers."""
_LONG_AGO = 360
"""Who paused or went away has been a customer for so many days at least."""


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
        standing = _standing(source, values["kind"], language, today)
        made.append({"code": f"KH{index + 1:04d}", **_common(source, language), **standing, **values})
    return made


def _common(source: random.Random, language: str) -> dict[str, Any]:
    """Return what people and companies have alike."""
    values: dict[str, Any] = {
        "source": source.choice(_SOURCES[language]),
        "owner": source.choice(names.OWNERS[language]),
        "consent": "yes" if source.random() < 0.7 else "no",
    }
    if source.random() < 0.4:
        values["notes"] = source.choice(_NOTES[language])
    return values


def _standing(source: random.Random, kind: str, language: str, today: date) -> dict[str, Any]:
    """Return how far a customer has come, and what follows from that."""
    stages, weights = _STAGES[kind]
    stage = source.choices(stages, weights)[0]
    if stage not in BOUGHT:
        status = "active" if stage == "negotiation" else "new"
        return {"stage": stage, "status": status, "type": "potential", "level": "C" if stage == "lead" else "B"}
    status = "active" if stage == "after_sales" else source.choices(("active", "paused", "lost"), (7, 2, 1))[0]
    earliest = _SINCE[0] if status == "active" else _LONG_AGO
    values: dict[str, Any] = {
        "stage": stage,
        "status": status,
        "level": source.choices(("A", "B", "C"), (2, 4, 4))[0],
        "customer_since": today - timedelta(days=source.randrange(earliest, _SINCE[1])),
        "tags": source.sample(_TAGS[language], source.choice((0, 0, 1, 2))),
    }
    if kind == "company":
        values["type"] = "key" if values["level"] == "A" else "sme"
    if values["level"] == "A":
        values["tags"] = ["vip", *values["tags"]]
    return values


def _person(source: random.Random, language: str, today: date) -> dict[str, Any]:
    person = _name(source, language)
    place = names.chinese_place(source) if language == "zh" else names.english_place(source)
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
        **place.fields,
        **_contact(source, place, person.mailbox),
    }


def _company(source: random.Random, language: str, _today: date) -> dict[str, Any]:
    person = _name(source, language)
    place = names.chinese_place(source) if language == "zh" else names.english_place(source)
    if language == "zh":
        trade, industry = source.choice(names.CHINESE_TRADES)
        name = f"{place.fields['city']}{source.choice(names.CHINESE_STEMS)}{trade}有限公司"
        title = source.choice(("采购经理", "店长", "总经理"))
    else:
        trade, industry = source.choice(names.ENGLISH_TRADES)
        stem = source.choice(names.PLACE_STARTS) + source.choice(names.PLACE_ENDS)
        name = f"{stem} {trade} {source.choice(place.company_forms)}"
        title = source.choice(("Buyer", "Shop manager", "Owner"))
    return {
        "name": name,
        "kind": "company",
        "contact_name": person.name,
        "job_title": title,
        "industry": industry,
        "size": source.choice(("1-9", "10-49", "50-249")),
        **place.fields,
        **_contact(source, place, person.mailbox),
    }


def _name(source: random.Random, language: str) -> names.Person:
    return names.chinese_person(source) if language == "zh" else names.english_person(source)


def _contact(source: random.Random, place: names.Place, mailbox: str) -> dict[str, Any]:
    contact = {"phone": names.phone(source, place), "email": f"{mailbox}@example.com"}
    in_china = place.fields["country"] == names.CHINA
    return contact | ({"wechat": f"wx_{mailbox.replace('.', '_')}"} if in_china else {})
