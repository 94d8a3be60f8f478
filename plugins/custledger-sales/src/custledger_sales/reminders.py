"""What a seller should act on: contracts that are about to expire, and opportunities whose day has passed."""

from collections.abc import Iterator
from datetime import date, timedelta

from custledger.expressions import Expression, field_expression
from custledger.fields import Labels
from custledger.hookspecs import Context, Reminder
from custledger.schema import ID, Row
from custledger.stores.contract import Query
from custledger.values import show_scaled, to_python

NOTICE_DAYS = 30
"""How many days before a contract expires people hear of it, and how many days after, while it is not closed."""

_CLOSED_STAGES = frozenset({"won", "lost"})
_CLOSED_STATUSES = frozenset({"renewed", "expired", "terminated"})


def reminders(context: Context) -> list[Reminder]:
    """Return a reminder for each contract that expires soon, opportunity that is overdue and product that runs out."""
    return [*_expiring_contracts(context), *_overdue_opportunities(context), *_short_products(context)]


def _short_products(context: Context) -> Iterator[Reminder]:
    schema = context.schema("product")
    where = context.understand("stock <= [reorder_at]", schema)
    stock = context.understand("stock", schema, want=None)
    columns = (*(field_expression(schema, key) for key in schema.keys), stock)
    for *row, left in context.select("product", Query(moment=context.moment, where=where, columns=columns)):
        name, number = schema.display(tuple(row)), show_scaled(left)
        text = Labels(f"{number} left of {name}: time to reorder", f"{name} 仅剩 {number}，该补货了")
        yield Reminder(on=context.today, text=text, type="product", id=row[ID])


def _expiring_contracts(context: Context) -> Iterator[Reminder]:
    schema = context.schema("contract")
    first, last = _days_from(context.today, -NOTICE_DAYS), _days_from(context.today, NOTICE_DAYS)
    where = context.understand(f"expires_on between {first} and {last}", schema)
    for row in _rows(context, "contract", where):
        values = dict(zip(schema.keys, row, strict=True))
        if values["status"] not in _CLOSED_STATUSES:
            day = to_python(schema.by_key["expires_on"].spec)(values["expires_on"])
            name = schema.display(row)
            expires, chinese = ("expired", "已于") if day < context.today else ("expires", "将于")
            text = Labels(f"Contract {name} {expires} on {day}", f"合同 {name} {chinese} {day} 到期")
            yield Reminder(on=day, text=text, type="contract", id=values["id"], owner=values["owner"] or "")


def _overdue_opportunities(context: Context) -> Iterator[Reminder]:
    schema = context.schema("opportunity")
    where = context.understand(f"expected_close < {context.today}", schema)
    for row in _rows(context, "opportunity", where):
        values = dict(zip(schema.keys, row, strict=True))
        if values["stage"] not in _CLOSED_STAGES:
            day = to_python(schema.by_key["expected_close"].spec)(values["expected_close"])
            name = schema.display(row)
            text = Labels(f"Opportunity {name} was to close on {day}", f"商机 {name} 预计 {day} 成交，仍未关闭")
            yield Reminder(on=day, text=text, type="opportunity", id=values["id"], owner=values["owner"] or "")


def _days_from(day: date, days: int) -> date:
    """Return the day so many days later, or the calendar's first or last where there is none."""
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return date.max if days > 0 else date.min


def _rows(context: Context, record_type: str, where: Expression) -> Iterator[Row]:
    yield from context.select(record_type, Query(moment=context.moment, where=where))
