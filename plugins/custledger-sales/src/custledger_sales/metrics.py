"""What is known of a customer from what they bought, and of a product from what was sold of it.

What was cancelled or refunded counts for nothing. Lines of one number are one order.
"""

from custledger.definitions import Example
from custledger.fields import Labels
from custledger.metrics import Metric

_BOUGHT = "status not in (cancelled, refunded)"
_TWO_ORDERS = {
    "transactions": [
        {"number": "A1", "amount": 300, "status": "paid", "at": "40 days ago"},
        {"number": "A1", "amount": 100, "status": "paid", "at": "40 days ago"},
        {"number": "A2", "amount": 50, "status": "unpaid", "at": "3 days ago"},
        {"number": "A3", "amount": 900, "status": "refunded", "at": "yesterday"},
    ]
}
"""Of a customer: an order of two lines that was paid, one that was not, and one that was taken back."""
_TWO_CURRENCIES = {
    "transactions": [{"amount": 300, "status": "paid"}, {"amount": 20, "amount_currency": "USD", "status": "paid"}]
}

_FOREIGN = {"transactions": [{"amount": 6000, "amount_currency": "JPY", "status": "paid"}]}

METRICS = (
    Metric(
        name="total_spent",
        labels=Labels("Total spent", "累计消费"),
        expression="sum(transactions.amount where status = paid)",
        summary=Labels("What was paid, in the ledger's currency", "已付款金额合计（台账币种）"),
        examples=(
            Example(_TWO_ORDERS, gives=400),
            Example({}, gives=0),
            Example(_TWO_CURRENCIES, gives=None),
            Example(_FOREIGN, gives=None),
        ),
    ),
    Metric(
        name="order_count",
        labels=Labels("Orders", "订单数"),
        expression=f"count(distinct transactions.number where {_BOUGHT})",
        summary=Labels("Different order numbers", "不同单号的数量"),
        examples=(Example(_TWO_ORDERS, gives=2), Example({}, gives=0)),
    ),
    Metric(
        name="first_order",
        labels=Labels("First order", "首次下单"),
        expression=f"min(transactions.at where {_BOUGHT})",
        summary=Labels("When something was first bought", "首次购买时间"),
        examples=(Example(_TWO_ORDERS, gives="40 days ago"), Example({}, gives=None)),
    ),
    Metric(
        name="last_order",
        labels=Labels("Last order", "最近下单"),
        expression=f"max(transactions.at where {_BOUGHT})",
        summary=Labels("When something was last bought", "最近一次购买时间"),
        examples=(Example(_TWO_ORDERS, gives="3 days ago"), Example({}, gives=None)),
    ),
    Metric(
        name="average_order",
        labels=Labels("Average order", "客单价"),
        expression="total_spent / count(distinct transactions.number where status = paid)",
        summary=Labels("What was paid for an order, on average", "平均每单已付款金额"),
        examples=(Example(_TWO_ORDERS, gives=400), Example({}, gives=None)),
    ),
    Metric(
        name="next_contract_end",
        labels=Labels("Next contract end", "最近合同到期日"),
        expression="min(contracts.expires_on where expires_on >= today and status not in (renewed, terminated))",
        summary=Labels("When a contract next expires", "最近一份合同的到期日期"),
        examples=(
            Example(
                {
                    "contracts": [
                        {"expires_on": "in 20 days", "status": "terminated"},
                        {"expires_on": "in 40 days"},
                        {"expires_on": "in 90 days"},
                    ]
                },
                gives="in 40 days",
            ),
            Example({"contracts": [{"expires_on": "5 days ago"}]}, gives=None),
        ),
    ),
    Metric(
        name="stock",
        subject="product",
        labels=Labels("Stock", "库存"),
        expression="opening_stock - sum(transactions.quantity where status = paid)",
        summary=Labels("Opening stock less what was sold and paid", "期初库存减去已售出并付款的数量"),
        examples=(
            Example({"opening_stock": 10, "transactions": [{"quantity": 3, "status": "paid"}]}, gives=7),
            Example({"transactions": [{"quantity": 3, "status": "paid"}]}, gives=None),
        ),
    ),
)
