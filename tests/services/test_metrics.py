"""Metrics: named expressions that plugins bring and settings hold, as names in every other expression."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

import custledger
from custledger.errors import InvalidValueError, NotFoundError, QueryError
from custledger.fields import Labels
from custledger.ledger import Ledger
from custledger.services.defining import add_metric, add_segment, list_metrics, list_segments, remove_metric
from custledger.services.segmenting import explain
from custledger.services.tagging import add_rule, tags_by


@pytest.fixture(params=["memory:", "ledger.db"])
def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ledger]:
    url = request.param if ":" in request.param else tmp_path / request.param
    with custledger.open(url, defaults={"zone": "Asia/Shanghai"}, as_of=date(2026, 11, 22)) as opened:
        yield opened


def bought(ledger: Ledger, customer: object, number: str, amount: str, at: str, **more: str) -> None:
    values = {"status": "paid", **more}
    ledger.records("transaction").add(customer=customer, number=number, amount=amount, at=at, **values)


def test_the_metrics_of_sales_say_what_a_customer_bought(ledger: Ledger) -> None:
    ann = ledger.customers.add(name="Ann", birthday="1990-11-23")
    ledger.customers.add(name="Bob")
    bought(ledger, ann, "1", "100", "2026-01-02")
    bought(ledger, ann, "1", "20.50", "2026-01-02")
    bought(ledger, ann, "2", "79.50", "2026-03-04 23:30")
    bought(ledger, ann, "3", "1000", "2026-05-06", status="cancelled")
    names = ("name", "total_spent", "订单数", "days_since(last_order)", "average_order", "age")
    columns = ledger.customers.order("name").columns(*names)
    assert [[str(value) for value in column] for column in columns.values()] == [
        ["Ann", "Bob"], ["200.0000", "0.0000"], ["2", "0"], ["263", "None"], ["100.0000", "None"], ["35", "None"],
    ]  # fmt: skip
    assert [one.name for one in ledger.customers.where("累计消费 >= 200 且 订单数 = 2")] == ["Ann"]
    assert [one.name for one in ledger.customers.order("-total_spent")] == ["Ann", "Bob"]


def test_amounts_in_several_currencies_have_no_sum(ledger: Ledger) -> None:
    ann = ledger.customers.add(name="Ann")
    bought(ledger, ann, "1", "100", "2026-01-02")
    bought(ledger, ann, "2", "100", "2026-01-02", amount_currency="CNY")
    assert ledger.customers.count("total_spent") == {200: 1}
    bought(ledger, ann, "3", "100", "2026-01-02", amount_currency="EUR")
    assert ledger.customers.count("total_spent") == {None: 1}


def test_what_happens_after_the_day_that_was_set_counts_for_nothing_but_plans_do(ledger: Ledger) -> None:
    ann = ledger.customers.add(name="Ann")
    bought(ledger, ann, "1", "100", "2026-11-22 23:59")
    bought(ledger, ann, "2", "100", "2026-11-23 00:00")
    ledger.followups.add(customer=ann, due="2027-01-01")
    columns = ledger.customers.columns("order_count", "next_followup")
    assert columns == {"order_count": [1], "next_followup": [date(2027, 1, 1)]}
    assert ledger.records("transaction").count() == 1
    assert ledger.followups.count() == 1


def test_a_product_that_runs_out_is_among_the_reminders(ledger: Ledger) -> None:
    tea = ledger.records("product").add(sku="T", name="Tea", opening_stock="10", reorder_at="4")
    ann = ledger.customers.add(name="Ann")
    bought(ledger, ann, "1", "1", "2026-01-02", product=tea, quantity="5.5")
    assert ledger.records("product").columns("stock")["stock"] == [pytest.approx(4.5)]
    session = ledger.session
    assert session.plugins.reminders(session) == []
    bought(ledger, ann, "2", "1", "2026-01-02", product=tea, quantity="0.5")
    assert [one.text.zh for one in session.plugins.reminders(session)] == ["Tea T 仅剩 4，该补货了"]


def test_a_metric_of_the_settings_is_a_name_for_every_handle_and_can_be_undone(tmp_path: Path) -> None:
    with custledger.open(tmp_path / "l.db") as one, custledger.open(tmp_path / "l.db") as other:
        one.customers.add(name="Ann")
        add_metric(one.session, "calls", "count(interactions where channel = phone)", label_zh="电话数")
        add_metric(one.session, "quiet", "calls = 0 and contact_count = 0")
        assert other.customers.where("quiet").first() is not None
        assert other.customers.count("电话数") == {0: 1}
        remove_metric(one.session, "quiet")
        with pytest.raises(QueryError, match="quiet"):
            other.customers.where("quiet").first()
        one.undo(one.operations(limit=1)[0].id)
        assert other.customers.where("quiet").first() is not None


def test_names_that_are_taken_and_circles_are_refused_and_nothing_is_written(ledger: Ledger) -> None:
    session = ledger.session
    add_metric(session, "twice", "order_count * 2")
    before = len(ledger.operations())
    for name in ("城市", "twice ", "transactions", "a.b", "last order", ""):
        with pytest.raises(InvalidValueError):
            add_metric(session, name, "age")
    for text in ("twice + 1", "nothing", "count(customers where twice > 1)", "sum(transactions)"):
        with pytest.raises(QueryError):
            add_metric(session, "twice", text)
    with pytest.raises(NotFoundError, match="total_spent"):
        remove_metric(session, "total_spent")
    assert len(ledger.operations()) == before
    add_metric(session, "twice", "order_count + order_count")
    assert [known.problem for known in list_metrics(session)] == [""] * len(list_metrics(session))


def test_a_ledgers_own_metric_goes_before_one_that_a_plugin_brings(ledger: Ledger) -> None:
    ann = ledger.customers.add(name="Ann")
    bought(ledger, ann, "1", "100", "2026-01-02", status="unpaid")
    assert ledger.customers.count("total_spent") == {0: 1}
    add_metric(ledger.session, "total_spent", "sum(transactions.amount)")
    assert ledger.customers.count("total_spent") == {100: 1}
    remove_metric(ledger.session, "total_spent")
    assert ledger.customers.count("累计消费") == {0: 1}


def test_what_replaces_another_keeps_its_labels_where_none_are_given(ledger: Ledger) -> None:
    session = ledger.session
    made = add_metric(session, "total_spent", "sum(transactions.amount)")
    assert made.labels == Labels("Total spent", "累计消费")
    assert add_metric(session, "total_spent", "1", label_zh="消费").labels == Labels("Total spent", "消费")
    assert add_metric(session, "total_spent", "2", label_en="Spent").labels == Labels("Spent", "消费")
    add_segment(session, "friends", "tag = vip", label_zh="朋友", color="red")
    again = add_segment(session, "friends", "level = A")
    assert (again.labels, again.color) == (Labels("friends", "朋友"), "red")
    assert add_segment(session, "friends", "level = A", color="blue").color == "blue"


def test_a_metric_keeps_its_meaning_when_a_label_changes(ledger: Ledger) -> None:
    ledger.fields.add("customer", "会员积分", kind="integer")
    ledger.customers.add(name="Ann", 会员积分=3)
    add_metric(ledger.session, "两倍", "会员积分 * 2")
    from custledger.services.fields import edit_field

    edit_field(ledger.session, "customer.会员积分", label_zh="积分")
    assert ledger.customers.count("两倍") == {6: 1}


def test_a_metric_without_its_plugin_is_listed_as_one_that_cannot_be_computed(tmp_path: Path) -> None:
    with custledger.open(tmp_path / "l.db") as ledger:
        add_metric(ledger.session, "spent", "sum(transactions.amount)")
    import custledger_sqlite

    from custledger.plugins import Plugins

    with custledger.open(tmp_path / "l.db", plugins=Plugins.of(sqlite=custledger_sqlite)) as ledger:
        assert ledger.customers.count() == 0
        problems = {known.definition.name: known.problem for known in list_metrics(ledger.session)}
        assert problems["last_contact"] == ""
        assert "spent" in problems


def test_metrics_are_listed_added_and_removed_through_the_ledger(ledger: Ledger) -> None:
    ledger.customers.add(name="Ann")
    assert ledger.metrics.add("twice", "contact_count * 2", label_zh="两倍").labels.zh == "两倍"
    assert ledger.customers.columns("两倍") == {"两倍": [0]}
    known = {one.definition.name: one.plugin for one in ledger.metrics.list("customer")}
    assert (known["twice"], known["age"]) == ("", "core")
    assert ledger.metrics.remove("twice").name == "twice"
    with pytest.raises(NotFoundError):
        ledger.metrics.remove("twice")


def test_what_is_sensitive_stays_so_under_another_name(ledger: Ledger) -> None:
    ann = ledger.customers.add(name="Ann", id_number="11010519491231002X")
    add_metric(ledger.session, "card", "id_number")
    add_metric(ledger.session, "card_again", "card")
    add_metric(ledger.session, "has_card", "card_again is not empty")
    for name in ("card", "card_again", "has_card"):
        with pytest.raises(QueryError, match="ID number is sensitive, and nothing is sorted by it"):
            list(ledger.customers.order(f"-{name}"))
        with pytest.raises(InvalidValueError, match="is sensitive, and is never counted by"):
            ledger.customers.count(name)
        with pytest.raises(QueryError, match="What is sensitive cannot be in a tag"):
            add_rule(ledger.session, "t", f"t:{{{name}}}")
    for text in ("{} > 5", "{} contains 1", "{} in (1, 2)", "name = [{}]", "max(customers.{}) = 1", "{} + 1 = 2"):
        for name in ("card", "card_again"):
            with pytest.raises(QueryError):
                ledger.customers.where(text.format(name)).count()
    assert ledger.customers.where("card_again = 11010519491231002x").count() == 1
    add_segment(ledger.session, "carded", "card_again = 1")
    assert explain(ledger.session, "carded", ann).because.value is None


@pytest.mark.parametrize(
    "name",
    [
        "today", "今天", "本月初", "3 days ago", "in 7 days", "999999 days ago", "not", "非", "and", "且", "in", "是", "5",
        "tag", "level in", "level is", "level is empty", "等级 是 A", "not consent", "consent and level", "level - 1",
    ],
)  # fmt: skip
def test_no_name_changes_what_rules_mean(ledger: Ledger, name: str) -> None:
    for add in (add_metric, add_segment):
        with pytest.raises(InvalidValueError):
            add(ledger.session, name, "level = A")
        with pytest.raises(InvalidValueError):
            add(ledger.session, "mine", "level = A", label_en=name)
    with pytest.raises(InvalidValueError):
        ledger.fields.add("customer", name)
    assert [one.problem for one in list_segments(ledger.session) if one.problem] == []


@pytest.mark.parametrize(
    "name", ["count", "sum", "不 错", "not quite", "City in France", "big and small", "A - B", "月末"]
)
def test_other_names_may_hold_words_of_the_language(ledger: Ledger, name: str) -> None:
    ledger.customers.add(name="Ann", birthday="1990-11-23", level="A")
    add_metric(ledger.session, name, "revision")
    assert ledger.customers.where(f"{name} = 1").count() == 1
    assert ledger.customers.where("count(interactions) = 0 and birthday_month and not level = B").count() == 1


def test_no_field_is_called_as_a_metric_a_segment_or_related_records_are(ledger: Ledger) -> None:
    add_metric(ledger.session, "card", "revision", label_zh="卡片")
    add_segment(ledger.session, "friends", "level = A")
    ledger.fields.add("customer", "Badge")
    for name in ("Card", "卡片", "friends", "total spent", "累计消费", "Transactions", "referred_by.city"):
        with pytest.raises(InvalidValueError, match="means something already"):
            ledger.fields.add("customer", name)
        with pytest.raises(InvalidValueError, match="means something already"):
            ledger.fields.add("customer", "Another", aliases=[name])
        with pytest.raises(InvalidValueError, match="means something already"):
            ledger.fields.edit("customer.x_badge", label_en=name)
    assert ledger.fields.edit("customer.x_badge", label_zh="徽章").spec.labels == Labels("Badge", "徽章")


@pytest.mark.parametrize(
    ("name", "fitting", "unfitting"),
    [
        ("rfm_groups", ("4", "order_count / 2", "total_spent"), ("city", "consent", "birthday", "level = A", "tags")),
        ("total_spent", ("7", "order_count"), ("city", "last_order", "exists(transactions)")),
        ("last_order", ("created_at", "birthday"), ("total_spent", "city", "days_since(birthday)")),
    ],
)
def test_what_replaces_a_plugins_metric_can_stand_in_its_place(
    ledger: Ledger, name: str, fitting: tuple[str, ...], unfitting: tuple[str, ...]
) -> None:
    for _ in range(2):  # the ledger's own metric does not loosen what the plugin's asks for
        for text in unfitting:
            with pytest.raises(InvalidValueError, match="and what it replaces gives") as raised:
                add_metric(ledger.session, name, text)
            assert f"defines {name} as: " in raised.value.hint
        for text in fitting:
            assert add_metric(ledger.session, name, text).expression == text


def test_a_label_does_as_the_name_of_a_metric_that_is_replaced_or_set_back(ledger: Ledger) -> None:
    session = ledger.session
    made = add_metric(session, "累计消费", "sum(transactions.amount where status = paid)")
    assert (made.name, made.labels) == ("total_spent", Labels("Total spent", "累计消费"))
    with pytest.raises(NotFoundError, match="There is no metric in the settings “高价值最低累计消费”") as told:
        remove_metric(session, "高价值最低累计消费")
    assert told.value.hint == "The plugin segments brings it."
    assert add_metric(session, "高价值最低累计消费", "20000").name == "high_value_least"
    assert remove_metric(session, "高价值最低累计消费").expression == "20000"
    assert remove_metric(session, "Total spent").name == "total_spent"
    add_segment(session, "friends", "tag = vip", label_zh="朋友")
    assert add_segment(session, "朋友", "level = A").name == "friends"
    assert [one.definition.name for one in list_segments(session) if not one.plugin] == ["friends"]


def test_a_metric_goes_before_an_alias_one_step_away_too_where_it_cannot_be_read(ledger: Ledger) -> None:
    for text in ("product.stock < 300", "product.库存 < 300"):
        with pytest.raises(QueryError, match="There is no field") as told:
            ledger.transactions.where(text).count()
        assert told.value.hint.endswith(
            "is computed for each product, and only fields can be read from another record."
        )
    assert ledger.transactions.where("product.opening_stock < 300").count() == 0


def test_a_rule_goes_on_meaning_the_field_that_it_was_saved_with_when_another_takes_the_label(ledger: Ledger) -> None:
    session = ledger.session
    first = ledger.fields.add("customer", "会员卡号", label_en="Card")
    ann = ledger.customers.add(name="Ann", Card="1")
    add_segment(session, "holders", "Card = 1 and count(interactions where [Owner] = Card) = 0")
    add_rule(session, "holds", "Card = 1")
    ledger.fields.edit("customer.Card", label_en="Old", label_zh="旧")
    assert ledger.fields.add("customer", "会员卡号", label_en="Card").key != first.key
    assert [one.id for one in ledger.customers.where("holders")] == [ann.id]
    (held,) = [one.definition for one in list_segments(session) if one.definition.name == "holders"]
    assert held.names["card"] == first.key
    assert tags_by(session, session.settings.taggers[0]) == {ann.id: "holds"}
    assert ledger.customers.where("Card = 1").count() == 0


def test_a_metric_of_another_type_is_found_by_its_name_unless_it_is_said_whose_is_meant(ledger: Ledger) -> None:
    assert ledger.metrics.add("rising_days", "30").subject == "transaction"
    assert ledger.metrics.add("高潜力比较天数", "40").subject == "transaction"
    assert ledger.metrics.remove("rising_days").expression == "40"
    assert ledger.metrics.add("rising_days", "30", subject="customer").subject == "customer"
    assert ledger.metrics.add("mine", "1").subject == "customer"
