"""The sales plugin: its types, what follows from a transaction's figures, its warnings, reminders and demo records."""

import json
import random
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from pathlib import Path
from typing import Any

import custledger_sales
import pytest
from custledger_sales.amend import times
from custledger_sales.check import FOREIGN, RETURNED, UNPRICED
from custledger_sales.records import RECORD_TYPES, Contract, Opportunity, Product, Transaction
from hypothesis import given
from hypothesis import strategies as st

import custledger
from custledger.changes import Change
from custledger.conventions import Conventions, FixedClock
from custledger.errors import DuplicateError, InvalidValueError, NotFoundError, ReferencedError, RefusedError
from custledger.fields import Kind
from custledger.plugins import Plugins
from custledger.records import COLORS, CORE_TYPES
from custledger.schema import Schema
from custledger.values import SCALE, parse_scaled

DATA = Path(__file__).parents[3] / "../shared/data"


@pytest.fixture
def ledger() -> Iterator[Any]:
    with custledger.open(
        "memory:",
        plugins=Plugins.of(sales=custledger_sales),
        clock=FixedClock(1_795_348_800_000),
        source=random.Random(7),
        actor="tester",
        as_of=date(2026, 11, 22),
    ) as opened:
        opened.customers.add(name="张伟", code="C1")
        opened.records("product").add(sku="MUG", name="Mug", price="3.335")
        yield opened


def sell(ledger: Any, **values: Any) -> Any:
    return ledger.records("transaction").add(customer="C1", **values)


@pytest.mark.parametrize("record", RECORD_TYPES)
def test_every_field_is_described_in_both_languages(record: type[Any]) -> None:
    schema = Schema.of(record)
    assert all(schema.info.labels.both())
    for field in schema.fields:
        assert len(field.spec.labels.both()) == 2, field.key
        for choice in field.spec.choices:
            assert len(choice.labels.both()) == 2
            assert choice.color in COLORS
    assert schema.info.when in schema.by_key
    assert set(schema.info.brief) <= set(schema.keys)


def test_names_and_prefixes_are_nobody_elses() -> None:
    infos = [Schema.of(record).info for record in (*CORE_TYPES, *RECORD_TYPES)]
    prefixes = [info.prefix for info in infos]
    assert len(set(prefixes)) == len(prefixes)
    assert "O" not in prefixes
    for record in RECORD_TYPES:
        schema = Schema.of(record)
        labels = [label.casefold() for field in schema.fields for label in set(field.spec.labels.both())]
        assert len(set(labels)) == len(labels)


@pytest.mark.parametrize(
    ("record", "headings"),
    [
        (
            Transaction,
            {
                "InvoiceNo": "number",
                "StockCode": "item",
                "Description": "description",
                "Quantity": "quantity",
                "InvoiceDate": "at",
                "UnitPrice": "unit_price",
                "CustomerID": "customer",
            },
        ),
        (
            Transaction,
            {
                "订单编号": "number",
                "客户姓名": "customer",
                "下单日期": "at",
                "产品": "product",
                "数量": "quantity",
                "单价": "unit_price",
                "金额": "amount",
                "付款方式": "payment_method",
                "订单状态": "status",
                "销售员": "owner",
                "币种": "amount_currency",
            },
        ),
        (
            Product,
            {
                "货号": "sku",
                "品名": "name",
                "品牌": "brand",
                "分类": "category",
                "售价": "price",
                "库存": "opening_stock",
                "安全库存": "reorder_at",
                "供应商": "supplier",
                "StockCode": "sku",
            },
        ),
        (
            Opportunity,
            {
                "Deal Name": "title",
                "Deal Stage": "stage",
                "Amount": "amount",
                "Deal owner": "owner",
                "Probability (%)": "probability",
                "Closing Date": "expected_close",
                "Reason For Loss": "lost_reason",
                "Account Name": "customer",
                "STAGENAME": "stage",
                "CLOSEDATE": "expected_close",
                "ACCOUNTID": "customer",
                "Currency": "amount_currency",
            },
        ),
        (
            Contract,
            {
                "合同编号": "number",
                "合同名称": "title",
                "客户名称": "customer",
                "开始时间": "starts_on",
                "结束时间": "expires_on",
                "合同金额": "amount",
                "审批状态": "status",
                "负责人名字": "owner",
                "备注": "notes",
            },
        ),
    ],
)
def test_headings_of_real_sheets_are_recognised(record: type[Any], headings: dict[str, str]) -> None:
    schema = Schema.of(record)
    assert {heading: schema.resolve(heading).key for heading in headings} == headings


def test_the_heading_of_the_real_contract_sheet_is_recognised_but_for_what_has_no_field() -> None:
    file = DATA / "headers/headers_zh.tsv"
    if not file.exists():
        pytest.skip("the shared data is not here")
    line = next(line for line in file.read_text(encoding="utf-8").splitlines() if line.startswith("contracts\t"))
    schema = Schema.of(Contract)
    found = {heading for heading in line.split("\t")[1].split(",") if heading.casefold() in schema.names}
    assert found >= {
        "合同编号",
        "合同名称",
        "客户编号",
        "客户名称",
        "负责人名字",
        "开始时间",
        "结束时间",
        "合同金额",
        "备注",
        "创建时间",
        "更新时间",
    }


def test_an_empty_amount_becomes_quantity_times_price(ledger: Any) -> None:
    assert sell(ledger, quantity="3", unit_price="2.55").amount == Decimal("7.65")
    assert sell(ledger, quantity="1.5", unit_price="3.3333").amount == Decimal(5)
    assert sell(ledger, quantity="2", unit_price="2", amount="3.5").amount == Decimal("3.5")
    assert sell(ledger, quantity="0", unit_price="2").amount == Decimal(0)
    assert sell(ledger, quantity="2").amount is None
    assert sell(ledger, amount="9.99").amount == Decimal("9.99")


@given(st.integers(-(10**13), 10**13), st.integers(-(10**9), 10**9))
def test_the_product_is_exact_and_rounded_half_to_even_only_where_it_is_not(quantity: int, price: int) -> None:
    with localcontext() as context:
        context.prec = 60
        exact = Decimal(quantity) * Decimal(price) / 10_000
        assert times(quantity, price) == int(exact.to_integral_value(ROUND_HALF_EVEN))


@pytest.mark.parametrize(
    ("quantity", "price", "amount"),
    [
        ("0.5", "0.0001", "0"),
        ("1.5", "0.0001", "0.0002"),
        ("2.5", "0.0001", "0.0002"),
        ("-0.5", "0.0001", "0"),
        ("-1.5", "0.0001", "-0.0002"),
    ],
)
def test_halves_go_to_the_even_neighbour(quantity: str, price: str, amount: str) -> None:
    assert times(parse_scaled(quantity), parse_scaled(price)) == parse_scaled(amount)


def test_an_amount_follows_an_edit_unless_somebody_decided_otherwise(ledger: Any) -> None:
    transactions = ledger.records("transaction")
    derived, decided = (
        sell(ledger, quantity="2", unit_price="5"),
        sell(ledger, quantity="2", unit_price="5", amount="9"),
    )
    assert transactions.edit(derived.ref, quantity="3").amount == Decimal(15)
    assert transactions.edit(decided.ref, quantity="3").amount == Decimal(9)
    assert transactions.edit(decided.ref, amount=None).amount == Decimal(15)
    assert transactions.edit(derived.ref, quantity="4", amount="1").amount == Decimal(1)
    assert transactions.edit(derived.ref, description="a cup").amount == Decimal(1)


def test_a_negative_line_of_a_c_number_is_a_cancellation(ledger: Any) -> None:
    assert sell(ledger, number="C536379", quantity="-1", unit_price="27.5").status == "cancelled"
    assert sell(ledger, number="536379", quantity="-1").status is None
    assert sell(ledger, number="C536379", quantity="1").status is None
    assert sell(ledger, number="C536379", quantity="-1", status="refunded").status == "refunded"


def test_a_ledger_without_that_choice_is_not_given_it(ledger: Any) -> None:
    ledger.fields.set_choices("transaction.status", ["paid", "open"])
    assert sell(ledger, number="C1", quantity="-1").status is None


def test_cancellations_and_returns_are_warned_about_in_the_same_words(ledger: Any) -> None:
    sell(ledger, quantity="-1", unit_price="2")
    sell(ledger, amount="-3")
    sell(ledger, amount="0", quantity="0")
    sell(ledger, amount="1")
    assert [problem.message for problem in ledger.session.take_warnings()] == [RETURNED, RETURNED]


def test_what_was_sold_for_nobody_knows_how_much_is_warned_about(ledger: Any) -> None:
    sell(ledger, quantity=3, unit_price="2")
    sell(ledger, quantity=3, amount="5")
    sell(ledger, number="7")
    assert ledger.session.take_warnings() == []
    sold = sell(ledger, quantity=3, product="MUG")
    (warned,) = ledger.session.take_warnings()
    assert warned.message == UNPRICED
    assert [one.id for one in ledger.transactions.where(warned.where)] == [sold.id]


def test_an_amount_in_another_currency_is_warned_about_and_empties_the_sums(ledger: Any) -> None:
    own = ledger.session.conventions.currency
    sell(ledger, amount="5", amount_currency=own, status="paid")
    assert ledger.session.take_warnings() == []
    sold = sell(ledger, amount="9", amount_currency="JPY", status="paid")
    (warned,) = ledger.session.take_warnings()
    assert warned.message == FOREIGN
    assert [one.id for one in ledger.records("transaction").where(warned.where)] == [sold.id]
    assert ledger.customers.columns("total_spent")["total_spent"][0] is None


def test_an_item_finds_its_product(ledger: Any) -> None:
    mug = ledger.records("product").get("MUG")
    assert sell(ledger, item="mug").product == mug.id
    assert sell(ledger, item="ＭＵＧ").product == mug.id
    assert sell(ledger, item="CUP").product is None
    assert sell(ledger, item="CUP").item == "CUP"
    assert sell(ledger, product="Mug").product == mug.id
    with pytest.raises(NotFoundError):
        sell(ledger, product="CUP")


def test_what_is_sold_agreed_or_hoped_for_keeps_its_customer_and_its_product(ledger: Any) -> None:
    ledger.customers.add(name="Mara", code="C2")
    sell(ledger, product="MUG")
    ledger.records("contract").add(customer="C2", title="Supply", number="HT1")
    for collection, ref in ((ledger.customers, "C1"), (ledger.customers, "C2"), (ledger.records("product"), "MUG")):
        with pytest.raises(ReferencedError):
            collection.remove(ref)


def test_codes_are_unique(ledger: Any) -> None:
    with pytest.raises(DuplicateError):
        ledger.records("product").add(sku="mug", name="Another")
    ledger.records("contract").add(customer="C1", title="Supply", number="HT1")
    with pytest.raises(DuplicateError):
        ledger.records("contract").add(customer="C1", title="Supply", number="HT1")


@pytest.mark.parametrize("written", ["50%", " 50 % ", "50％", "+50.0%", "50"])
def test_a_probability_may_have_its_percent_sign_wherever_it_is_written(ledger: Any, written: str) -> None:
    opportunities = ledger.records("opportunity")
    half = opportunities.add(customer="C1", title="T", probability=written)
    opportunities.edit(opportunities.add(customer="C1", title="U"), probability=written)
    assert half.probability == Decimal(50)
    assert opportunities.where(f'probability = "{written}" and probability >= 50% and probability < 50.5%').count() == 2


@pytest.mark.parametrize("written", ["50%%", "%", "half", "150%"])
def test_what_is_no_percentage_is_refused_as_it_was_written(ledger: Any, written: str) -> None:
    with pytest.raises((InvalidValueError, RefusedError), match=r"Probability: .*not a (number|percentage)"):
        ledger.records("opportunity").add(customer="C1", title="T", probability=written)


@pytest.mark.parametrize("field", ["quantity", "unit_price", "amount"])
def test_a_percent_sign_on_what_is_no_percentage_is_refused_with_a_hint(ledger: Any, field: str) -> None:
    with pytest.raises(InvalidValueError, match="“50%” is not a number") as told:
        sell(ledger, **{field: "50%"})
    assert "without the percent sign" in told.value.hint


@pytest.mark.parametrize(
    ("probability", "fits"), [("0", True), ("100", True), ("37.5", True), ("100.1", False), ("-1", False)]
)
def test_a_probability_is_a_percentage(ledger: Any, probability: str, fits: bool) -> None:
    if fits:
        assert ledger.records("opportunity").add(
            customer="C1", title="T", probability=probability
        ).probability == Decimal(probability)
    else:
        with pytest.raises(RefusedError, match="Probability"):
            ledger.records("opportunity").add(customer="C1", title="T", probability=probability)


def test_contracts_that_expire_or_expired_within_a_month_and_overdue_opportunities_are_reminded_of(ledger: Any) -> None:
    for number, expires, status in (
        ("1", "2026-11-22", "active"),
        ("2", "2026-12-22", None),
        ("3", "2026-12-23", "active"),
        ("4", "2026-11-21", "active"),
        ("5", "2026-12-01", "renewed"),
        ("6", "2026-11-21", "expired"),
        ("7", "2026-10-22", "active"),
    ):
        ledger.records("contract").add(
            customer="C1", title=f"合同{number}", number=number, expires_on=expires, status=status, owner="Ines"
        )
    for title, close, stage in (
        ("late", "2026-11-21", "proposal"),
        ("today", "2026-11-22", "proposal"),
        ("won", "2026-11-01", "won"),
        ("lost", "2026-11-01", "lost"),
        ("unknown", "2026-11-01", None),
    ):
        ledger.records("opportunity").add(customer="C1", title=title, expected_close=close, stage=stage)
    found = ledger.session.plugins.reminders(ledger.session)
    assert [(one.on.isoformat(), one.type, one.owner) for one in found] == [
        ("2026-11-01", "opportunity", ""),
        ("2026-11-21", "contract", "Ines"),
        ("2026-11-21", "opportunity", ""),
        ("2026-11-22", "contract", "Ines"),
        ("2026-12-22", "contract", "Ines"),
    ]
    assert found[1].text.en == "Contract 合同4 4 expired on 2026-11-21"
    assert found[3].text.zh == "合同 合同1 1 将于 2026-11-22 到期"
    assert "expires on 2026-11-22" in found[3].text.en


@pytest.mark.parametrize("day", [date.min, date.max])
def test_reminders_at_an_end_of_the_calendar_are_those_that_there_can_be(day: date) -> None:
    with custledger.open("memory:", as_of=day, plugins=Plugins.of(sales=custledger_sales)) as ledger:
        customer = ledger.customers.add(name="A")
        ledger.records("contract").add(customer=customer, title="C", expires_on=day)
        assert [one.on for one in ledger.session.plugins.reminders(ledger.session)] == [day]


def test_an_undo_takes_back_what_was_derived(ledger: Any) -> None:
    sold = sell(ledger, quantity="2", unit_price="5")
    ledger.records("transaction").edit(sold.ref, quantity="3")
    ledger.undo(ledger.operations(limit=1)[0].id)
    again = ledger.records("transaction").get(sold.ref)
    assert (again.quantity, again.amount) == (Decimal(2), Decimal(10))


def test_money_and_its_currency_stand_side_by_side() -> None:
    for record in RECORD_TYPES:
        schema = Schema.of(record)
        for field in schema.fields:
            if field.spec.currency_of:
                assert schema.by_key[field.spec.currency_of].spec.kind is Kind.MONEY
                assert field.key == f"{field.spec.currency_of}_currency"


def test_a_batch_asks_the_ledger_once_however_long_it_is() -> None:
    class Counting:
        today, conventions, asked = date(2026, 11, 22), Conventions(), 0

        def schema(self, name: str) -> Schema:
            return {"transaction": Schema.of(Transaction), "product": Schema.of(Product)}[name]

        def select(self, record_type: str, query: Any) -> list[tuple[Any, ...]]:
            self.asked += 1
            return [("S7", 77)]

    context = Counting()
    changes = [
        Change(
            type="transaction",
            id=number,
            before=None,
            after={"customer": 1, "item": f"S{number % 50}", "quantity": 20_000, "unit_price": 15_000},
        )
        for number in range(1, 5001)
    ]
    amended = custledger_sales.custledger_amend(changes, context)  # type: ignore[arg-type]
    assert context.asked == 1
    assert len(amended) == 5000
    assert {change.after["amount"] for change in amended if change.after} == {30_000}
    assert sum("product" in (change.after or {}) for change in amended) == 100


def test_the_demo_has_a_shop(ledger: Any) -> None:
    from custledger.services.demo import make_demo
    from custledger.services.opening import open_session

    sessions = [
        open_session(
            "memory:",
            plugins=Plugins.of(sales=custledger_sales),
            clock=FixedClock(1_795_348_800_000),
            source=random.Random(seed),
            actor="tester",
            as_of=date(2026, 11, 22),
        )
        for seed in (1, 2)
    ]
    first, again = map(make_demo, sessions)
    assert (
        first.counts
        == again.counts
        == {
            "customer": 60,
            "interaction": 150,
            "followup": 41,
            "product": 15,
            "transaction": 300,
            "opportunity": 12,
            "contract": 10,
        }
    )
    assert {one.type for one in first.agenda.reminders} == {"contract", "opportunity"}
    assert [one.text for one in first.agenda.reminders] == [one.text for one in again.agenda.reminders]
    bought = first.highlights[0]
    assert bought.title.zh == "最近成交"
    assert len(bought.rows) == 6
    amount = bought.schema.positions["amount"]
    assert all(row[amount] > 0 for row in bought.rows)
    assert [row[amount] for row in bought.rows] == [row[amount] for row in again.highlights[0].rows]


def test_the_plugin_is_found_by_its_entry_point_and_stays_light() -> None:
    program = """
import json, sys
from custledger.plugins import Plugins
plugins = Plugins.installed()
described = {each.name: each.hooks for each in plugins.described()}
light = [name for name in sys.modules if name.startswith("custledger_sales.")]
print(json.dumps({"hooks": described["sales"], "loaded": light, "types": [each.__name__ for each in plugins.record_types()]}))
"""
    told = json.loads(
        subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    )
    assert set(told["hooks"]) == {"amend", "check", "demo", "metrics", "record_types", "reminders"}
    assert told["loaded"] == []
    assert {"Product", "Transaction", "Opportunity", "Contract"} <= set(told["types"])


def test_an_unknown_name_of_the_module_is_an_attribute_error() -> None:
    assert custledger_sales.Contract is Contract
    with pytest.raises(AttributeError):
        custledger_sales.Invoice  # noqa: B018


def test_a_value_that_does_not_fit_is_refused_in_the_fields_own_name(ledger: Any) -> None:
    with pytest.raises(InvalidValueError, match="Quantity"):
        sell(ledger, quantity="many")


def test_a_product_that_no_store_can_hold_is_refused() -> None:
    with pytest.raises(InvalidValueError, match="too large"):
        times(922_337_203_685_477 * SCALE, 922_337_203_685_477 * SCALE)


@pytest.mark.parametrize("seed", [20_260_101, 1, 2])
def test_who_buys_in_the_demo_is_a_customer_and_many_buy_a_little(seed: int) -> None:
    from collections import Counter

    from custledger.services.demo import make_demo
    from custledger.services.opening import open_session
    from custledger.services.selecting import Selection

    session = open_session(
        "memory:",
        plugins=Plugins.of(sales=custledger_sales),
        clock=FixedClock(1_795_348_800_000),
        as_of=date(2026, 11, 22),
        defaults={"language": "en"},
    )
    demo = make_demo(session, seed=seed)
    rows = {name: [dict(zip(session.schema(name).keys, row, strict=True)) for row in Selection[Any](session, name).rows()]
            for name in ("customer", "transaction", "contract", "opportunity", "product")}  # fmt: skip
    customers = {one["id"]: one for one in rows["customer"]}
    first: dict[int, str] = {}
    for line in sorted(rows["transaction"], key=lambda line: line["at"]):
        first.setdefault(line["customer"], line["at"][:10])
        assert line["at"][:10] >= (customers[line["customer"]]["customer_since"] or "~")
    assert first.keys() == {one["id"] for one in rows["customer"] if one["customer_since"]}
    bought = Counter(line["customer"] for line in rows["transaction"])
    assert max(bought.values()) <= 45
    assert sum(count <= 8 for count in bought.values()) >= len(bought) / 2
    assert all(one["signed_on"] >= customers[one["customer"]]["customer_since"] for one in rows["contract"])
    assert all(one["stage"] == "lost" or customers[one["customer"]]["stage"] != "lead" for one in rows["opportunity"])
    shown = demo.highlights[0]
    place, status = shown.schema.positions["customer"], shown.schema.positions["status"]
    assert len({row[place] for row in shown.rows}) == len(shown.rows) == 6
    assert {row[status] for row in shown.rows} <= {"paid", "unpaid"}
    assert {one["category"] for one in rows["product"]} == {"Tea", "Teaware", "Gifts", "Stationery", "Other"}
