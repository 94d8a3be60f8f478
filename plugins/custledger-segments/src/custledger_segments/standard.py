"""The segments, with thresholds that small shops begin with; a ledger's own replaces one of its name.

They are rules of thumb for goods that people buy a few times a year, and no published standard: 90 days without an
order is a missed quarter, a year without one a season that went by.
"""

from custledger.fields import Labels
from custledger.segments import Segment

_BOUGHT = "status not in (cancelled, refunded)"
_THIS_QUARTER = f"count(transactions where at > 90 days ago and {_BOUGHT})"
_QUARTER_BEFORE = f"count(transactions where at between 180 days ago and 90 days ago and {_BOUGHT})"
_OPEN_CONTRACT = "status not in (renewed, terminated)"

SEGMENTS = (
    Segment(
        name="high_value",
        labels=Labels("High value", "高价值"),
        expression="total_spent >= 5000",
        summary=Labels("Paid 5,000 or more in all", "累计付款 5000 及以上"),
        color="red",
    ),
    Segment(
        name="high_potential",
        labels=Labels("High potential", "高潜力"),
        expression=f"{_THIS_QUARTER} > {_QUARTER_BEFORE} and total_spent < 5000",
        summary=Labels(
            "Buys more often than in the quarter before, and has paid little yet", "购买更频繁、累计金额还低"
        ),
        color="orange",
    ),
    Segment(
        name="loyal",
        labels=Labels("Loyal", "忠诚"),
        expression="order_count >= 5 and last_order > 180 days ago and exists(interactions where category = praise)",
        summary=Labels("Buys often, lately too, and has praised", "常购、近期仍购，且有表扬"),
        color="green",
    ),
    Segment(
        name="low_activity",
        labels=Labels("Low activity", "低活跃"),
        expression="last_order < 90 days ago and last_order >= 365 days ago",
        summary=Labels("Has bought, though nothing for 90 days", "曾购买，但已 90 天未购"),
        color="yellow",
    ),
    Segment(
        name="new_buyers",
        labels=Labels("New buyers", "新购客户"),
        expression="first_order > 30 days ago",
        summary=Labels("Bought for the first time within 30 days", "30 天内首次购买"),
        color="cyan",
    ),
    Segment(
        name="lost_buyers",
        labels=Labels("Lost", "流失"),
        expression="last_order < 365 days ago",
        summary=Labels("Has bought, though nothing for a year", "曾购买，但已一年未购"),
        color="gray",
    ),
    Segment(
        name="birthday_month",
        labels=Labels("Birthday this month", "本月生日"),
        expression="month(birthday) = month(today)",
        summary=Labels("Has a birthday this month", "本月过生日"),
        color="pink",
    ),
    Segment(
        name="contract_ending",
        labels=Labels("Contract ending", "合同将到期"),
        expression=f"exists(contracts where expires_on between today and in 30 days and {_OPEN_CONTRACT})",
        summary=Labels("Has a contract that expires within 30 days", "有合同将在 30 天内到期"),
        color="purple",
    ),
)
