"""What was said to the demo ledger's customers, and what is owed to them next."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from custledger.hookspecs import Sampler

INTERACTIONS = 150

_SAID = {
    "zh": (
        ("inquiry", "询问价格", "想了解批量采购的折扣。", "neutral"),
        ("inquiry", "询问到货时间", "希望月底之前能到货。", "neutral"),
        ("complaint", "包装破损", "外箱有挤压，已补发一件。", "negative"),
        ("praise", "反馈很好", "说这批茶比上一批更香。", "positive"),
        ("suggestion", "建议小包装", "希望有适合送礼的小包装。", "positive"),
        ("other", "寄送样品", "已寄出三款样品，等待试用反馈。", "neutral"),
    ),
    "en": (
        ("inquiry", "Asked for prices", "Wants to know the discount for fifty or more.", "neutral"),
        ("inquiry", "Asked about delivery", "Needs it before the end of the month.", "neutral"),
        ("complaint", "Cup arrived broken", "One cup was broken; a new one is on its way.", "negative"),
        ("praise", "Very happy", "Says the new blend is the best so far.", "positive"),
        ("suggestion", "Smaller boxes", "Would buy more if there were a gift box.", "positive"),
        ("other", "Sent samples", "Three samples sent, waiting to hear.", "neutral"),
    ),
}
_OWED = {
    "callback": {"zh": "回访使用情况", "en": "Ask how it is going"},
    "renewal": {"zh": "沟通续约", "en": "Talk about renewing"},
    "win_back": {"zh": "了解停购原因", "en": "Find out why they left"},
    "birthday": {"zh": "生日祝福", "en": "Birthday wishes"},
    "other": {"zh": "送新品目录", "en": "Send the new catalogue"},
}
_RESULTS = {"zh": "已联系，一切正常。", "en": "Reached; all is well."}
_CHANNELS = ("phone", "email", "meeting", "visit", "chat")

_DUE = (-12, -5, -1, 0, 0, 0, 1, 2, 3, 5, 6, 9, 14, 20, 30)
"""In how many days the single follow-ups are due: some are overdue, three are for today."""

_SERIES = (("week", 0), ("month", -1), ("quarter", 4), ("year", 6), ("每10天", 2), ("FREQ=MONTHLY;BYMONTHDAY=-1", None))
"""How often the repeating ones come, and in how many days next; ``None`` is the last day of the month."""

_FINISHED = 20
"""How many were done in the past."""


def add_interactions(sampler: Sampler) -> None:
    """Add what was said in the last year, more of it lately."""
    source = sampler.source
    for _ in range(INTERACTIONS):
        number, customer = source.choice(sampler.customers)
        category, subject, summary, sentiment = source.choice(_SAID[_language(customer)])
        day = sampler.today - timedelta(days=1 + int(365 * source.random() ** 2))
        at = f"{day} {source.randrange(9, 18):02d}:{source.randrange(0, 60, 5):02d}"
        sampler.add(
            "interaction", customer=number, at=at, channel=source.choice(_CHANNELS),
            direction=source.choice(("in", "out")), category=category, subject=subject, summary=summary,
            sentiment=sentiment, owner=customer["owner"],
        )  # fmt: skip


def add_followups(sampler: Sampler) -> None:
    """Add what is overdue, due today and due soon, what repeats, and what was done."""
    source, today = sampler.source, sampler.today
    chosen = source.sample(sampler.customers, len(_DUE) + len(_SERIES))
    for days, (number, customer) in zip(_DUE, chosen, strict=False):
        _add(sampler, number, customer, due=today + timedelta(days=days))
    month_end = (today.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    for (every, days_to), (number, customer) in zip(_SERIES, chosen[len(_DUE) :], strict=True):
        due = month_end if days_to is None else today + timedelta(days=days_to)
        _add(sampler, number, customer, every=every, due=due)
    for _ in range(_FINISHED):
        number, customer = source.choice(sampler.customers)
        due = today - timedelta(days=source.randrange(3, 200))
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
    purpose = sampler.source.choices(tuple(_OWED), (5, 2, 1, 1, 2))[0]
    sampler.add(
        "followup", customer=number, purpose=purpose, note=_OWED[purpose][_language(customer)],
        channel=sampler.source.choice(_CHANNELS), owner=customer["owner"], **values,
    )  # fmt: skip


def _language(customer: Mapping[str, Any]) -> str:
    """Return the language in which people talk to a customer."""
    return "zh" if customer.get("country") == "中国" else "en"
