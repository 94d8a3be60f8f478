"""What was said to the demo ledger's customers, and what is owed to them next."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from custledger.hookspecs import Sampler
from custledger.services.demo.customers import BOUGHT
from custledger.services.demo.names import CHINA

INTERACTIONS = 150

_ASKED = {
    "zh": (
        ("inquiry", "in", "询问价格", "想了解批量采购的折扣。", "neutral"),
        ("inquiry", "in", "询问到货时间", "希望月底之前能到货。", "neutral"),
        ("other", "out", "寄送样品", "已寄出三款样品，等待试用反馈。", "neutral"),
        ("other", "out", "介绍新品", "发了新品目录，表示感兴趣。", "positive"),
    ),
    "en": (
        ("inquiry", "in", "Asked for prices", "Wants to know the discount for fifty or more.", "neutral"),
        ("inquiry", "in", "Asked about delivery", "Needs it before the end of the month.", "neutral"),
        ("other", "out", "Sent samples", "Three samples sent, waiting to hear.", "neutral"),
        ("other", "out", "Showed the new blends", "Sent the catalogue; sounded interested.", "positive"),
    ),
}
"""What anybody may say, by language: category, direction, subject, summary, sentiment."""

_OF_CUSTOMERS = {
    "zh": (
        ("complaint", "in", "包装破损", "外箱有挤压，已补发一件。", "negative"),
        ("praise", "in", "反馈很好", "说这批茶比上一批更香。", "positive"),
        ("suggestion", "in", "建议小包装", "希望有适合送礼的小包装。", "positive"),
    ),
    "en": (
        ("complaint", "in", "Cup arrived broken", "One cup was broken; a new one is on its way.", "negative"),
        ("praise", "in", "Very happy", "Says the new blend is the best so far.", "positive"),
        ("suggestion", "in", "Smaller boxes", "Would buy more if there were a gift box.", "positive"),
    ),
}
"""What only those say who have bought something."""

_OWED = {
    "callback": {"zh": "回访使用情况", "en": "Ask how it is going"},
    "renewal": {"zh": "沟通续约", "en": "Talk about renewing"},
    "win_back": {"zh": "了解停购原因", "en": "Find out why they stopped"},
    "birthday": {"zh": "生日祝福", "en": "Birthday wishes"},
    "other": {"zh": "送新品目录", "en": "Send the new catalogue"},
}
_RESULTS = {"zh": "已联系，一切正常。", "en": "Reached; all is well."}
_CHANNELS = ("phone", "email", "meeting", "visit", "chat")

_DUE = (-12, -5, -1, 0, 0, 0, 1, 2, 3, 5, 6, 9, 14, 20, 30)
"""In how many days the single follow-ups are due: some are overdue, three are for today."""

_SERIES = (("week", 0), ("month", -1), ("quarter", 4), ("year", 6), ("10 days", 2), ("month", None))
"""How often the repeating ones come, and in how many days next; ``None`` is the last day of the month."""

_FINISHED = 20
"""How many were done in the past."""
_KNOWN = 60
"""For so many days at most those have been known who have bought nothing yet."""
_QUIET = 150
"""Nobody has heard for so many days of those who went away."""


def add_interactions(sampler: Sampler) -> None:
    """Add what was said since people are known, more of it lately."""
    source = sampler.source
    for _ in range(INTERACTIONS):
        number, customer = source.choice(sampler.customers)
        language = _language(customer)
        bought = customer["stage"] in BOUGHT
        said = (*_ASKED[language], *(_OF_CUSTOMERS[language] if bought else ()))
        category, direction, subject, summary, sentiment = source.choice(said)
        day = _day(sampler, customer)
        at = f"{day} {source.randrange(9, 18):02d}:{source.randrange(0, 60, 5):02d}"
        sampler.add(
            "interaction", customer=number, at=at, channel=source.choice(_CHANNELS), direction=direction,
            category=category, subject=subject, summary=summary, sentiment=sentiment, owner=customer["owner"],
        )  # fmt: skip


def add_followups(sampler: Sampler) -> None:
    """Add what is overdue, due today and due soon, what repeats, and what was done."""
    source, today = sampler.source, sampler.today
    chosen = source.sample(sampler.customers, len(_DUE) + len(_SERIES))
    chosen.sort(key=lambda one: one[1]["stage"] in BOUGHT)  # who has bought is kept in touch with again and again
    for days, (number, customer) in zip(_DUE, chosen, strict=False):
        _add(sampler, number, customer, due=today + timedelta(days=days))
    month_end = (today.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    for (every, days_to), (number, customer) in zip(_SERIES, chosen[len(_DUE) :], strict=True):
        due = month_end if days_to is None else today + timedelta(days=days_to)
        _add(sampler, number, customer, every=every, due=due, purpose="callback")
    for _ in range(_FINISHED):
        number, customer = source.choice(sampler.customers)
        due = _day(sampler, customer)
        _add(
            sampler,
            number,
            customer,
            due=due,
            status="done",
            done_at=f"{due} 16:30",
            result=_RESULTS[_language(customer)],
        )


def _add(sampler: Sampler, number: int, customer: Mapping[str, Any], **values: Any) -> None:
    purpose = values.pop("purpose", None) or _purpose(sampler, customer)
    sampler.add(
        "followup", customer=number, purpose=purpose, note=_OWED[purpose][_language(customer)],
        channel=sampler.source.choice(_CHANNELS), owner=customer["owner"], **values,
    )  # fmt: skip


def _purpose(sampler: Sampler, customer: Mapping[str, Any]) -> str:
    """Return what there is to do about a customer: somebody who left is to be won back, a company may renew."""
    if customer["status"] in {"paused", "lost"}:
        return "win_back"
    if customer["stage"] not in BOUGHT:
        return sampler.source.choice(("callback", "other"))
    third = "renewal" if customer["kind"] == "company" else "birthday"
    return sampler.source.choices(("callback", "other", third), (4, 2, 1))[0]


def _day(sampler: Sampler, customer: Mapping[str, Any]) -> date:
    """Return a day in the time since a customer is known, rather a late one; who left has not been heard of lately."""
    since = customer.get("customer_since")
    first = date.fromisoformat(since) if since else sampler.today - timedelta(days=_KNOWN)
    last = sampler.today - timedelta(days=_QUIET if customer["status"] in {"paused", "lost"} else 1)
    days = (last - first).days
    return last - timedelta(days=int(days * sampler.source.random() ** 2))


def _language(customer: Mapping[str, Any]) -> str:
    """Return the language in which people talk to a customer."""
    return "zh" if customer.get("country") == CHINA else "en"
