"""The row of an example that each sheet of a template has: invented, marked as such, and passed over by imports."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from custledger.conventions import Conventions
from custledger.fields import Kind, Labels
from custledger.schema import Field, Schema
from custledger.values import formatter
from custledger_excel import words
from custledger_excel.columns import Column
from custledger_excel.validation import labels_of

SHOWN: Mapping[tuple[str, str], Labels] = {
    ("customer", "code"): Labels("K001"),
    ("customer", "name"): Labels("Ann Example", "张示例"),
    ("customer", "phone"): Labels("+44 20 7946 0000", "138 0000 0000"),
    ("customer", "city"): Labels("London", "上海"),
    ("customer", "owner"): Labels("Lee", "小李"),
    ("customer", "notes"): Labels("Prefers to be called after lunch.", "喜欢下午接电话。"),
    ("customer", "tags"): words.TAGS_EXAMPLE,
    ("interaction", "subject"): Labels("Asked about prices", "询问价格"),
    ("interaction", "summary"): Labels(
        "Sent the price list; wants to think about it.", "已发报价单，客户说再考虑几天。"
    ),
    ("interaction", "owner"): Labels("Lee", "小李"),
    ("followup", "note"): Labels("Call again about the offer", "就报价再打一次电话"),
    ("followup", "owner"): Labels("Lee", "小李"),
    ("product", "sku"): Labels("A-100"),
    ("product", "name"): Labels("Yoga mat", "瑜伽垫"),
    ("product", "price"): Labels("99.00"),
    ("transaction", "number"): Labels("2026-0001"),
    ("transaction", "product"): Labels("A-100"),
    ("transaction", "quantity"): Labels("2"),
    ("transaction", "unit_price"): Labels("99.00"),
    ("transaction", "amount"): Labels("198.00"),
    ("opportunity", "title"): Labels("Equipment for the new studio", "新店设备采购"),
    ("opportunity", "amount"): Labels("20000.00"),
    ("opportunity", "probability"): Labels("50"),
    ("contract", "title"): Labels("Membership for one year", "一年期会员合同"),
    ("contract", "number"): Labels("HT-2026-001"),
    ("contract", "amount"): Labels("3600.00"),
}
"""What stands in the example of a record type, by the type and the field."""

AHEAD = 7
"""In so many days what is planned in an example is due."""


def example_row(schema: Schema, columns: Sequence[Column], conventions: Conventions, today: date) -> list[str]:
    """Return the texts of an example of a record type: of a type that nobody thought of, what its kinds say."""
    row = []
    for column in columns:
        field = column.field
        if field is None:
            row.append("")
        elif field.key == "id":
            row.append(words.EXAMPLE.in_language(conventions.language))
        else:
            row.append(_text(schema, field, conventions, today))
    return row


def _text(schema: Schema, field: Field, conventions: Conventions, today: date) -> str:
    shown = SHOWN.get((schema.name, field.key))
    if shown is not None:
        return shown.in_language(conventions.language)
    if field.key not in schema.info.brief and not field.spec.required:
        return ""
    if field.spec.kind is Kind.DATE:
        ahead = schema.info.is_planned and field.key == schema.info.when
        return (today + timedelta(days=AHEAD if ahead else 0)).isoformat()
    if field.spec.kind is Kind.TIME:
        return f"{today.isoformat()} 10:30"
    return _by_kind(field, conventions)


def _by_kind(field: Field, conventions: Conventions) -> str:
    """Return what a field of this kind may hold; ``""`` where that says nothing."""
    spec = field.spec
    if spec.kind is Kind.CHOICE and spec.choices:
        return _choice(field, conventions)
    if spec.kind in {Kind.CHOICES, Kind.YES_NO}:
        return "; ".join(labels_of(field, conventions)[: 1 if spec.kind is Kind.YES_NO else 2])
    known = SHOWN.get((spec.target or "", "name")) if spec.kind is Kind.REFERENCE else None
    if known is None and spec.title:
        known = words.EXAMPLE
    return known.in_language(conventions.language) if known else ""


def _choice(field: Field, conventions: Conventions) -> str:
    """Return the choice that a new record gets, or the first."""
    codes = [choice.code for choice in field.spec.choices]
    code = field.spec.default if field.spec.default in codes else codes[0]
    return formatter(field.spec, conventions)(code)
