"""What is known of a customer from what they bought, and of a product from what was sold of it.

What was cancelled or refunded counts for nothing. Lines of one number are one order.
"""

from custledger.fields import Labels
from custledger.metrics import Metric

_BOUGHT = "status not in (cancelled, refunded)"

METRICS = (
    Metric(
        name="total_spent",
        labels=Labels("Total spent", "累计消费"),
        expression="sum(transactions.amount where status = paid)",
        summary=Labels("What was paid, in one currency", "已付款金额合计（同一币种）"),
    ),
    Metric(
        name="order_count",
        labels=Labels("Orders", "订单数"),
        expression=f"count(distinct transactions.number where {_BOUGHT})",
        summary=Labels("Different order numbers", "不同单号的数量"),
    ),
    Metric(
        name="first_order",
        labels=Labels("First order", "首次下单"),
        expression=f"min(transactions.at where {_BOUGHT})",
        summary=Labels("When something was first bought", "首次购买时间"),
    ),
    Metric(
        name="last_order",
        labels=Labels("Last order", "最近下单"),
        expression=f"max(transactions.at where {_BOUGHT})",
        summary=Labels("When something was last bought", "最近一次购买时间"),
    ),
    Metric(
        name="average_order",
        labels=Labels("Average order", "客单价"),
        expression="total_spent / count(distinct transactions.number where status = paid)",
        summary=Labels("What was paid for an order, on average", "平均每单已付款金额"),
    ),
    Metric(
        name="next_contract_end",
        labels=Labels("Next contract end", "最近合同到期日"),
        expression="min(contracts.expires_on where expires_on >= today and status not in (renewed, terminated))",
        summary=Labels("When a contract next expires", "最近一份合同的到期日期"),
    ),
    Metric(
        name="stock",
        subject="product",
        labels=Labels("Stock", "库存"),
        expression="opening_stock - sum(transactions.quantity where status = paid)",
        summary=Labels("Opening stock less what was sold and paid", "期初库存减去已售出并付款的数量"),
    ),
)
