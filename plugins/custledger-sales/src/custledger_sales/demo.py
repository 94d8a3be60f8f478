"""The demo ledger's shop: it sells tea, cups and paper, to people and to other shops.

Who has become a customer bought something on that day, and has bought since; a few do so often, most now and then. Who
has not, may yet: there are opportunities.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from itertools import accumulate
from typing import Any, NamedTuple

from custledger.fields import Labels
from custledger.hookspecs import Sampler

LINES = 300
"""How many transactions there are."""
SHOWN = 6
"""How many of those who bought lately are shown."""

_PRODUCTS = (
    ("TEA-01", "云雾绿茶 100g", "tea", "68"),
    ("TEA-02", "白茶饼 350g", "tea", "268"),
    ("TEA-03", "Breakfast blend 250g", "tea", "45.5"),
    ("TEA-04", "Earl grey tin", "tea", "59"),
    ("TEA-05", "茉莉花茶 50g", "tea", "39.9"),
    ("CUP-01", "青瓷盖碗", "cups", "128"),
    ("CUP-02", "Stoneware mug", "cups", "49"),
    ("CUP-03", "玻璃公道杯", "cups", "36.5"),
    ("CUP-04", "Travel tea set", "cups", "299"),
    ("POT-01", "紫砂壶 200ml", "cups", "680"),
    ("GFT-01", "Gift box, large", "gifts", "398"),
    ("GFT-02", "节日礼盒", "gifts", "258"),
    ("PAP-01", "Letter paper, 50 sheets", "paper", "25"),
    ("PAP-02", "宣纸信笺", "paper", "32"),
    ("BAG-01", "帆布袋", "other", "29"),
)
_CATEGORIES = {
    "tea": Labels("Tea", "茶叶"),
    "cups": Labels("Teaware", "茶具"),
    "gifts": Labels("Gifts", "礼盒"),
    "paper": Labels("Stationery", "文具"),
    "other": Labels("Other", "周边"),
}
_SUPPLIERS = ("山岚茶园", "Quilmere Pottery", "南塘纸坊")
_WISHES = {
    "zh": ("年度礼品采购", "门店茶叶供应", "员工福利采购"),
    "en": ("Christmas boxes", "Tea for two shops", "Welcome gifts"),
}
_LOST = {"zh": "预算不足", "en": "Too dear"}
_AGREED = {"zh": ("年度供货合同", "代销合同"), "en": ("Supply agreement", "Consignment agreement")}

_EXPECTED = (-20, -6, 3, 10, 18, 25, 40, 60, 90)
"""In how many days the open opportunities are expected to close: two days have passed."""
_CLOSED = (("won", -35), ("won", -12), ("lost", -50))
"""Those that are closed, and in how many days that was expected."""
_CHANCES = {"contact": (10, 30), "needs": (20, 50), "proposal": (40, 70), "negotiation": (60, 90)}
"""Between which percentages the chances are, by the stage of an open opportunity."""

_EXPIRES = (-40, 4, 12, 27, 60, 120, 200, 260, 300, 340)
"""In how many days contracts expire: one has, three will within a month."""
_RUNS = 365
_QUIET = 150
"""Who paused or went away has bought nothing for so many days."""
_RECENT = 45
"""What was bought within so many days may still be unpaid."""

_BOUGHT = frozenset({"customer", "after_sales"})
"""The stages of customers who have bought something."""
_CHINA = "中国"

Customer = tuple[int, Mapping[str, Any]]
"""The id of a customer, and its plain values."""


class Order(NamedTuple):
    """What somebody bought at once, and one line of it."""

    at: str
    customer: int
    status: str
    line: int


def add_demo(sampler: Sampler) -> None:
    """Add products, what was sold of them, what may be sold, and what was agreed."""
    products = _add_products(sampler)
    _highlight_latest(sampler, _add_transactions(sampler, products))
    _add_opportunities(sampler)
    _add_contracts(sampler)


def _highlight_latest(sampler: Sampler, orders: Sequence[Order]) -> None:
    """Have shown what was bought lately, one line of each of those who bought."""
    latest: dict[int, int] = {}
    for order in sorted(orders, key=lambda order: order.at, reverse=True):
        if order.status in {"paid", "unpaid"}:
            latest.setdefault(order.customer, order.line)
    sampler.highlight(Labels("Who bought what lately", "最近成交"), "transaction", list(latest.values())[:SHOWN])


def _add_products(sampler: Sampler) -> list[tuple[int, str]]:
    """Return the ids and the prices."""
    source, made = sampler.source, []
    for sku, name, category, price in _PRODUCTS:
        number = sampler.add(
            "product", sku=sku, name=name, category=_CATEGORIES[category].in_language(sampler.language), price=price,
            reorder_at=40, opening_stock=source.randrange(300, 900, 20), supplier=source.choice(_SUPPLIERS),
        )  # fmt: skip
        made.append((number, price))
    return made


def _add_transactions(sampler: Sampler, products: Sequence[tuple[int, str]]) -> list[Order]:
    """Return the orders."""
    source = sampler.source
    customers = [each for each in sampler.customers if each[1]["stage"] in _BOUGHT]
    source.shuffle(customers)
    customers.sort(key=lambda each: each[1].get("type") != "key")
    often = list(accumulate((rank + 3) ** -0.7 for rank in range(len(customers))))
    coming = [(customer, _first(customer)) for customer in customers]
    made: list[Order] = []
    lines = 0
    while customers and lines < LINES:
        customer, day = coming.pop() if coming else _again(sampler, source.choices(customers, cum_weights=often)[0])
        wanted = min(source.choice((1, 1, 2, 3)), LINES - lines)
        made.append(_add_order(sampler, customer, day, len(made) + 1, source.sample(products, wanted)))
        lines += wanted
    return made


def _first(customer: Customer) -> date:
    """Return the day on which somebody became a customer, by buying something."""
    return date.fromisoformat(customer[1]["customer_since"])


def _again(sampler: Sampler, customer: Customer) -> tuple[Customer, date]:
    """Return a customer with a day on which it bought again, rather a late one."""
    gone = customer[1]["status"] in {"paused", "lost"}
    last = sampler.today - timedelta(days=_QUIET if gone else 1)
    days = (last - _first(customer)).days
    return customer, last - timedelta(days=int(days * sampler.source.random() ** 1.5))


def _add_order(
    sampler: Sampler, customer: Customer, day: date, order: int, products: Sequence[tuple[int, str]]
) -> Order:
    source, (number, values) = sampler.source, customer
    at = f"{day} {source.randrange(9, 19):02d}:{source.randrange(60):02d}"
    status = _status(sampler, day)
    shared = {
        "customer": number,
        "at": at,
        "number": f"XS{day:%y%m%d}-{order:03d}",
        "owner": values["owner"],
        "status": status,
        "payment_method": source.choice(_ways(values)),
    }
    line = 0
    for product, price in products:
        quantity = source.choice((2, 3, 6, 12, 24) if values["kind"] == "company" else (1, 1, 1, 2, 3))
        line = sampler.add("transaction", product=product, quantity=quantity, unit_price=price, **shared)
    return Order(at, number, status, line)


def _status(sampler: Sampler, day: date) -> str:
    lately = (sampler.today - day).days <= _RECENT
    chances = (
        {"paid": 80, "unpaid": 12, "partial": 4, "cancelled": 4}
        if lately
        else {"paid": 95, "refunded": 3, "cancelled": 2}
    )
    return sampler.source.choices(list(chances), list(chances.values()))[0]


def _ways(customer: Mapping[str, Any]) -> Sequence[str]:
    if customer["kind"] == "company":
        return ("transfer", "account")
    return ("wechat", "alipay", "cash") if _language(customer) == "zh" else ("card", "transfer")


def _add_opportunities(sampler: Sampler) -> None:
    """Add what those may buy who have not bought yet, or are companies that do; and what came of some of it."""
    source = sampler.source
    hopeful = [each for each in sampler.customers if each[1]["stage"] in {"prospect", "negotiation"}]
    buying = [each for each in sampler.customers if each[1]["stage"] in _BOUGHT and each[1]["kind"] == "company"]
    for days in _EXPECTED:
        customer = source.choice(hopeful if hopeful and source.random() < 0.6 else buying or list(sampler.customers))
        late = customer[1]["stage"] == "negotiation"
        stage = source.choice(("proposal", "negotiation") if late else ("contact", "needs", "proposal"))
        _add_opportunity(sampler, customer, days, stage=stage, probability=source.randrange(*_CHANCES[stage], 5))
    for stage, days in _CLOSED:
        customer = source.choice((buying if stage == "won" else hopeful) or list(sampler.customers))
        lost = _LOST[_language(customer[1])] if stage == "lost" else None
        _add_opportunity(
            sampler, customer, days, stage=stage, probability=100 if stage == "won" else 0, lost_reason=lost
        )


def _add_opportunity(sampler: Sampler, customer: Customer, days: int, **values: Any) -> None:
    number, of_customer = customer
    sampler.add(
        "opportunity", customer=number, title=sampler.source.choice(_WISHES[_language(of_customer)]),
        amount=sampler.source.randrange(4, 60) * 500, expected_close=sampler.today + timedelta(days=days),
        owner=of_customer["owner"], **values,
    )  # fmt: skip


def _add_contracts(sampler: Sampler) -> None:
    """Add contracts with companies that were customers when they signed."""
    source = sampler.source
    companies = [each for each in sampler.customers if each[1]["kind"] == "company" and each[1]["stage"] in _BOUGHT]
    for index, days in enumerate(_EXPIRES):
        expires = sampler.today + timedelta(days=days)
        there = [each for each in companies if _first(each) <= expires - timedelta(days=_RUNS)] or companies
        number, customer = source.choice(there or list(sampler.customers))
        since = customer.get("customer_since") or sampler.today.isoformat()
        signed = max(expires - timedelta(days=_RUNS), min(date.fromisoformat(since), sampler.today))
        sampler.add(
            "contract", customer=number, title=source.choice(_AGREED[_language(customer)]),
            number=f"HT{signed:%Y}-{index + 1:03d}", signed_on=signed, starts_on=signed + timedelta(days=1),
            expires_on=expires, amount=source.randrange(4, 120) * 1000, status="expired" if days < 0 else "active",
            owner=customer["owner"],
        )  # fmt: skip


def _language(customer: Mapping[str, Any]) -> str:
    """Return the language in which people talk to a customer."""
    return "zh" if customer.get("country") == _CHINA else "en"
