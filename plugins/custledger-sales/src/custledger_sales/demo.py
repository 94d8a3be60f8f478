"""The demo ledger's shop: it sells tea, cups and paper, to people and to other shops."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from custledger.fields import Labels
from custledger.hookspecs import Sampler

LINES = 300
"""How many transactions there are."""

_PRODUCTS = (
    ("TEA-01", "云雾绿茶 100g", "茶叶", "68"),
    ("TEA-02", "白茶饼 350g", "茶叶", "268"),
    ("TEA-03", "Breakfast blend 250g", "茶叶", "45.5"),
    ("TEA-04", "Earl grey tin", "茶叶", "59"),
    ("TEA-05", "茉莉花茶 50g", "茶叶", "39.9"),
    ("CUP-01", "青瓷盖碗", "茶具", "128"),
    ("CUP-02", "Stoneware mug", "茶具", "49"),
    ("CUP-03", "玻璃公道杯", "茶具", "36.5"),
    ("CUP-04", "Travel tea set", "茶具", "299"),
    ("POT-01", "紫砂壶 200ml", "茶具", "680"),
    ("GFT-01", "Gift box, large", "礼盒", "398"),
    ("GFT-02", "节日礼盒", "礼盒", "258"),
    ("PAP-01", "Letter paper, 50 sheets", "文具", "25"),
    ("PAP-02", "宣纸信笺", "文具", "32"),
    ("BAG-01", "帆布袋", "周边", "29"),
)
_SUPPLIERS = ("山岚茶园", "Quilmere Pottery", "南塘纸坊")
_STAGES = ("contact", "needs", "proposal", "negotiation", "won", "lost")
_WISHES = {
    "zh": ("年度礼品采购", "门店茶叶供应", "员工福利采购"),
    "en": ("Christmas boxes", "Tea for two shops", "Welcome gifts"),
}
_AGREED = {"zh": ("年度供货合同", "代销合同"), "en": ("Supply agreement", "Consignment agreement")}
_OPPORTUNITY_DAYS = (-20, -6, 3, 10, 18, 25, 40, 60, 75, 90, 120, 150)
"""In how many days they are expected to close: two days have passed."""

_CONTRACT_DAYS = (-40, 4, 12, 27, 60, 120, 200, 260, 300, 340)
"""In how many days they expire: one has, three will within a month."""


def add_demo(sampler: Sampler) -> None:
    """Add products, what was sold of them, what may be sold, and what was agreed."""
    products = _add_products(sampler)
    lines = _add_transactions(sampler, products)
    latest = sorted(lines, key=lambda line: line[0], reverse=True)[:6]
    sampler.highlight(Labels("Who bought what lately", "最近成交"), "transaction", [number for _, number in latest])
    _add_opportunities(sampler)
    _add_contracts(sampler)


def _add_products(sampler: Sampler) -> list[tuple[int, str]]:
    """Return the ids and the prices."""
    source, made = sampler.source, []
    for sku, name, category, price in _PRODUCTS:
        number = sampler.add(
            "product", sku=sku, name=name, category=category, price=price, reorder_at=20,
            opening_stock=source.randrange(40, 400, 20), supplier=source.choice(_SUPPLIERS),
        )  # fmt: skip
        made.append((number, price))
    return made


def _add_transactions(sampler: Sampler, products: list[tuple[int, str]]) -> list[tuple[str, int]]:
    """Return the times and the ids. Some customers come often, most now and then, and a few never."""
    source = sampler.source
    regular = [source.paretovariate(1.2) if source.random() < 0.85 else 0.0 for _ in sampler.customers]
    regular[0] = regular[0] or 1.0
    made: list[tuple[str, int]] = []
    order = 0
    while len(made) < LINES:
        order += 1
        number, customer = source.choices(sampler.customers, regular)[0]
        day = sampler.today - timedelta(days=1 + int(540 * source.random() ** 1.5))
        at = f"{day} {source.randrange(9, 19):02d}:{source.randrange(60):02d}"
        shared = {
            "customer": number,
            "at": at,
            "number": f"XS{day:%y%m%d}-{order:03d}",
            "owner": customer["owner"],
            **_payment(sampler, _language(customer)),
        }
        for product, price in source.sample(products, min(source.choice((1, 1, 2, 3)), LINES - len(made))):
            quantity = source.choice((1, 1, 2, 3, 6, 12))
            line = sampler.add("transaction", product=product, quantity=quantity, unit_price=price, **shared)
            made.append((at, line))
    return made


def _payment(sampler: Sampler, language: str) -> dict[str, Any]:
    source = sampler.source
    ways = ("wechat", "alipay", "transfer", "cash") if language == "zh" else ("card", "transfer", "account")
    status = source.choices(("paid", "unpaid", "partial", "refunded", "cancelled"), (86, 6, 3, 3, 2))[0]
    return {"payment_method": source.choice(ways), "status": status}


def _add_opportunities(sampler: Sampler) -> None:
    source = sampler.source
    for days in _OPPORTUNITY_DAYS:
        number, customer = source.choice(sampler.customers)
        stage = source.choice(_STAGES[:4] if days < 20 else _STAGES)
        sampler.add(
            "opportunity", customer=number, title=source.choice(_WISHES[_language(customer)]), stage=stage,
            amount=source.randrange(2, 80) * 500, expected_close=sampler.today + timedelta(days=days),
            probability={"won": 100, "lost": 0}.get(stage, source.randrange(10, 95, 5)), owner=customer["owner"],
            lost_reason="预算不足" if stage == "lost" else None,
        )  # fmt: skip


def _add_contracts(sampler: Sampler) -> None:
    source = sampler.source
    companies = [each for each in sampler.customers if each[1].get("kind") == "company"] or list(sampler.customers)
    for index, days in enumerate(_CONTRACT_DAYS):
        number, customer = source.choice(companies)
        expires = sampler.today + timedelta(days=days)
        signed = expires - timedelta(days=365)
        sampler.add(
            "contract", customer=number, title=source.choice(_AGREED[_language(customer)]),
            number=f"HT{signed:%Y}-{index + 1:03d}", signed_on=signed, starts_on=signed + timedelta(days=1),
            expires_on=expires, amount=source.randrange(4, 120) * 1000, status="expired" if days < 0 else "active",
            owner=customer["owner"],
        )  # fmt: skip


def _language(customer: Mapping[str, Any]) -> str:
    """Return the language in which people talk to a customer."""
    return "zh" if customer.get("country") == "中国" else "en"
