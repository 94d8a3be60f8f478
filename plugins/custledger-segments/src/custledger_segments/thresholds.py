"""The thresholds of the standard segments, each a metric that is the same for everybody, and the metrics they go by.

A ledger's own metric goes before one of its name, so ``custledger metric add high_value_least 20000`` sets a
threshold, and ``custledger metric remove high_value_least`` sets it back. What they begin with are rules of thumb for
goods that people buy a few times a year, and no published standard, except where a scorer's module names one: 90 days
without an order is a missed quarter, a year without one a season that went by.
"""

from custledger.definitions import Example
from custledger.fields import Labels
from custledger.metrics import Metric
from custledger_segments import bands, pareto, rfm, rhythm
from custledger_segments.buying import bought

_BOUGHT = "status not in (cancelled, refunded)"


def _constant(name: str, value: int, en: str, zh: str, subject: str = "customer") -> Metric:
    summary = Labels(
        f"A threshold; custledger metric add {name} sets another", f"阈值；用 custledger metric add {name} 改为别的值"
    )
    return Metric(
        name=name,
        expression=str(value),
        labels=Labels(en, zh),
        subject=subject,
        summary=summary,
        examples=(Example({}, gives=value),),
    )


THRESHOLDS = (
    _constant("high_value_least", 5000, "High value: least spent", "高价值最低累计消费"),
    _constant("rising_days", 90, "High potential: days compared", "高潜力比较天数", "transaction"),
    _constant("loyal_orders_least", 5, "Loyal: least orders", "忠诚最少订单数"),
    _constant("loyal_days", 180, "Loyal: days since the last order", "忠诚最近下单天数"),
    _constant("loyal_praise_least", 1, "Loyal: least praise", "忠诚最少表扬次数"),
    _constant("low_activity_days", 90, "Low activity: days without an order", "低活跃未购天数"),
    _constant("lost_days", 365, "Lost: days without an order", "流失未购天数"),
    _constant("new_days", 30, "New: days since the first order", "新购天数"),
    _constant("contract_ending_days", 30, "Contract ending: days before", "合同到期提前天数"),
    _constant("rfm_groups", rfm.FIFTHS, "RFM: number of groups", "RFM分组数"),
    _constant("abc_a_share", pareto.A_SHARE, "ABC: percent of revenue in A", "ABC：A类收入占比"),
    _constant("abc_b_share", pareto.B_SHARE, "ABC: percent of revenue in A and B", "ABC：A、B类收入占比"),
    _constant("churn_rising_ratio", rhythm.RISING_RATIO, "Churn: usual gaps until rising", "流失风险上升间隔倍数"),
    _constant("churn_high_ratio", rhythm.HIGH_RATIO, "Churn: usual gaps until high", "流失风险高间隔倍数"),
    _constant("churn_orders_least", rhythm.ORDERS_LEAST, "Churn: least days with an order", "流失风险最少下单天数"),
    *(
        _constant(f"age_from_{number}", age, f"Age band {number} begins at", f"年龄段{number}起点")
        for number, age in enumerate(bands.AGES, 1)
    ),
    *(
        _constant(f"size_from_{number}", size, f"Size band {number} begins at", f"规模段{number}起点")
        for number, size in enumerate(bands.SIZES, 1)
    ),
)

METRICS = (
    *THRESHOLDS,
    Metric(
        name="recent_orders",
        labels=Labels("Recent orders", "近期订单数"),
        expression=f"count(distinct transactions.number where days_since(at) < rising_days and {_BOUGHT})",
        summary=Labels("Orders of the days that high potential compares", "高潜力比较天数内的订单数"),
        examples=(Example(bought(179, 90, 89, 0), gives=2), Example({}, gives=0)),
    ),
    Metric(
        name="earlier_orders",
        labels=Labels("Earlier orders", "前期订单数"),
        expression=(
            "count(distinct transactions.number where days_since(at) >= rising_days"
            f" and days_since(at) < 2 * rising_days and {_BOUGHT})"
        ),
        summary=Labels("Orders of as many days before", "此前同样天数内的订单数"),
        examples=(Example(bought(180, 179, 90, 89, 0), gives=2), Example({}, gives=0)),
    ),
    Metric(
        name="praise_count",
        labels=Labels("Praise", "表扬次数"),
        expression="count(interactions where category = praise)",
        summary=Labels("How often the customer praised", "客户表扬的次数"),
        examples=(
            Example({"interactions": [{"category": "praise"}, {"category": "complaint"}]}, gives=1),
            Example({}, gives=0),
        ),
    ),
    Metric(
        name="order_days",
        labels=Labels("Days with an order", "下单天数"),
        expression=f"count(distinct date(transactions.at) where {_BOUGHT})",
        summary=Labels("On how many days something was bought", "有购买的天数"),
        examples=(Example(bought(70, 70, 10), gives=2), Example({}, gives=0)),
    ),
    Metric(
        name="purchase_gap",
        labels=Labels("Usual gap", "平均购买间隔"),
        expression="(days_since(first_order) - days_since(last_order)) / (order_days - 1)",
        summary=Labels("Days from one day with an order to the next, on average", "相邻两个下单日的平均天数"),
        examples=(
            Example(bought(70, 30, 10), gives=30),
            Example(bought(70, 70, 30, 10, 10), gives=30),
            Example(bought(10, 10), gives=None),
        ),
    ),
    Metric(
        name="silence_ratio",
        labels=Labels("Silence in usual gaps", "沉默倍数"),
        expression="days_since(last_order) / purchase_gap",
        summary=Labels("Days since the last order, in usual gaps", "距上次下单的天数除以平均购买间隔"),
        examples=(
            Example(bought(110, 60, 10), gives="0.2"),
            Example(bought(10), gives=None),
            Example(bought(10, 10), gives=None),
        ),
    ),
    Metric(
        name="rfm_recency",
        labels=Labels("RFM recency", "RFM最近购买天数"),
        expression="days_since(last_order)",
        summary=Labels("Days since the last order", "距最近一次下单的天数"),
        examples=(Example(bought(70, 10), gives=10), Example({}, gives=None)),
    ),
    Metric(
        name="rfm_frequency",
        labels=Labels("RFM frequency", "RFM购买次数"),
        expression="order_count",
        summary=Labels("Number of orders", "订单数"),
        examples=(Example(bought(70, 10), gives=2), Example({}, gives=0)),
    ),
    Metric(
        name="rfm_monetary",
        labels=Labels("RFM monetary value", "RFM消费金额"),
        expression="total_spent",
        summary=Labels("What was paid", "已付款金额"),
        examples=(Example(bought(70, 10, amount=40), gives=80), Example({}, gives=0)),
    ),
)
