"""The segments that are sentences; ``thresholds`` has the numbers in them, and a ledger may replace any of both."""

from custledger.fields import Labels
from custledger.segments import Segment

SEGMENTS = (
    Segment(
        name="high_value",
        labels=Labels("High value", "高价值"),
        expression="total_spent >= high_value_least",
        summary=Labels("Paid much in all", "累计付款多"),
        color="red",
    ),
    Segment(
        name="high_potential",
        labels=Labels("High potential", "高潜力"),
        expression="recent_orders > earlier_orders and total_spent < high_value_least",
        summary=Labels("Buys more often than before, and has paid little yet", "购买更频繁、累计金额还低"),
        color="orange",
    ),
    Segment(
        name="loyal",
        labels=Labels("Loyal", "忠诚"),
        expression=(
            "order_count >= loyal_orders_least and days_since(last_order) < loyal_days"
            " and praise_count >= loyal_praise_least"
        ),
        summary=Labels("Buys often, lately too, and has praised", "常购、近期仍购，且有表扬"),
        color="green",
    ),
    Segment(
        name="low_activity",
        labels=Labels("Low activity", "低活跃"),
        expression="days_since(last_order) > low_activity_days and days_since(last_order) <= lost_days",
        summary=Labels("Has bought, though nothing for some time", "曾购买，但已有一段时间未购"),
        color="yellow",
    ),
    Segment(
        name="new_buyers",
        labels=Labels("New buyers", "新购客户"),
        expression="days_since(first_order) < new_days",
        summary=Labels("Bought for the first time a short while ago", "不久前首次购买"),
        color="cyan",
    ),
    Segment(
        name="lost_buyers",
        labels=Labels("Lost", "流失"),
        expression="days_since(last_order) > lost_days",
        summary=Labels("Has bought, though nothing for long", "曾购买，但已很久未购"),
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
        expression="days_until(next_contract_end) <= contract_ending_days",
        summary=Labels("Has a contract that expires soon", "有合同即将到期"),
        color="purple",
    ),
)
