"""The segments that are sentences; ``thresholds`` has the numbers in them, and a ledger may replace any of both.

- **High value**: paid ``high_value_least`` or more in all. The monetary value of RFM by itself, with a limit in money
  in the place of a fifth.
- **High potential**: ordered more often in the last ``rising_days`` days than in as many before them, in which there
  was an order as well, and is not of high value yet. A rule of thumb of our own.
- **Loyal**: ordered at least ``loyal_orders_least`` times, the last time fewer than ``loyal_days`` days ago, and
  praised at least ``loyal_praise_least`` times. That loyalty is repeated buying together with a favourable attitude,
  and neither of them alone, is the framework of Alan S. Dick and Kunal Basu ("Customer Loyalty: Toward an Integrated
  Conceptual Framework", Journal of the Academy of Marketing Science 22(2), 1994); praise that was noted stands for
  the attitude.
- **Low activity** and **lost**: bought once, and nothing for more than ``low_activity_days``, and for more than
  ``lost_days`` days. Where nobody cancels anything, somebody is lost when a silence says so; ``rhythm`` measures it
  by each customer's own gaps.
- **New buyers**: bought for the first time fewer than ``new_days`` days ago.
- **Birthday this month** and **contract ending**: what the calendar says, the latter ``contract_ending_days`` days
  ahead.
"""

from custledger.definitions import Example
from custledger.fields import Labels
from custledger.segments import Segment
from custledger_segments.buying import bought

SEGMENTS = (
    Segment(
        name="high_value",
        labels=Labels("High value", "高价值"),
        expression="total_spent >= high_value_least",
        summary=Labels("Paid much in all", "累计付款多"),
        color="red",
        examples=(
            Example(bought(400, 2, amount=2500), gives=True),
            Example(bought(2, amount=4999), gives=False),
            Example({}, gives=False),
        ),
    ),
    Segment(
        name="high_potential",
        labels=Labels("High potential", "高潜力"),
        expression="recent_orders > earlier_orders and earlier_orders > 0 and total_spent < high_value_least",
        summary=Labels("Buys more often than before, and has paid little yet", "购买更频繁、累计金额还低"),
        color="orange",
        examples=(
            Example(bought(100, 40, 9), gives=True),
            Example(bought(100, 9), gives=False),
            Example(bought(40, 9), gives=False),
            Example(bought(100, 40, 9, amount=2000), gives=False),
            Example({}, gives=False),
        ),
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
        examples=(
            Example(bought(300, 200, 100, 50, 9, interactions=[{"category": "praise"}]), gives=True),
            Example(bought(300, 200, 100, 50, 9), gives=False),
            Example(bought(300, 100, 50, 9, interactions=[{"category": "praise"}]), gives=False),
            Example(bought(900, 800, 700, 600, 180, interactions=[{"category": "praise"}]), gives=False),
        ),
    ),
    Segment(
        name="low_activity",
        labels=Labels("Low activity", "低活跃"),
        expression="days_since(last_order) > low_activity_days and days_since(last_order) <= lost_days",
        summary=Labels("Has bought, though nothing for some time", "曾购买，但已有一段时间未购"),
        color="yellow",
        examples=(
            Example(bought(500, 91), gives=True),
            Example(bought(365), gives=True),
            Example(bought(90), gives=False),
            Example(bought(366), gives=False),
            Example({}, gives=False),
        ),
    ),
    Segment(
        name="new_buyers",
        labels=Labels("New buyers", "新购客户"),
        expression="days_since(first_order) < new_days",
        summary=Labels("Bought for the first time a short while ago", "不久前首次购买"),
        color="cyan",
        examples=(Example(bought(29, 1), gives=True), Example(bought(30), gives=False), Example({}, gives=False)),
    ),
    Segment(
        name="lost_buyers",
        labels=Labels("Lost", "流失"),
        expression="days_since(last_order) > lost_days",
        summary=Labels("Has bought, though nothing for long", "曾购买，但已很久未购"),
        color="gray",
        examples=(
            Example(bought(900, 366), gives=True),
            Example(bought(900, 365), gives=False),
            Example({}, gives=False),
        ),
    ),
    Segment(
        name="birthday_month",
        labels=Labels("Birthday this month", "本月生日"),
        expression="month(birthday) = month(today)",
        summary=Labels("Has a birthday this month", "本月过生日"),
        color="pink",
        examples=(
            Example({"birthday": "1987-02-28"}, gives=True, on="2028-02-29"),
            Example({"birthday": "1988-02-29"}, gives=True, on="2027-02-01"),
            Example({"birthday": "1988-03-01"}, gives=False, on="2027-02-01"),
            Example({}, gives=False),
        ),
    ),
    Segment(
        name="contract_ending",
        labels=Labels("Contract ending", "合同将到期"),
        expression="days_until(next_contract_end) <= contract_ending_days",
        summary=Labels("Has a contract that expires soon", "有合同即将到期"),
        color="purple",
        examples=(
            Example({"contracts": [{"expires_on": "in 30 days"}, {"expires_on": "in 400 days"}]}, gives=True),
            Example({"contracts": [{"expires_on": "in 31 days"}]}, gives=False),
            Example({"contracts": [{"expires_on": "in 9 days", "status": "renewed"}]}, gives=False),
            Example({"contracts": [{"expires_on": "yesterday"}]}, gives=False),
        ),
    ),
)
