"""What a transaction's own figures say: its amount, that it was cancelled, and which product its item is.

Batches of a bulk load go through here whole, so everything is done in one pass and at most two reads a batch.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from custledger.changes import Action, Change
from custledger.errors import InvalidValueError
from custledger.expressions import Moment, field_expression, is_in
from custledger.hookspecs import Context
from custledger.stores.contract import Query
from custledger.values import INTEGER_LIMIT, SCALE, fold, show_scaled

_FIGURES = ("quantity", "unit_price", "amount")


def times(quantity: int | None, unit_price: int | None) -> int | None:
    """Return the product of two ten-thousandths as ten-thousandths, or ``None`` where one of them is empty.

    It is exact wherever the result has four decimal places or fewer; else it is rounded half to even. Raises
    ``InvalidValueError`` for one that no store can hold.
    """
    if quantity is None or unit_price is None:
        return None
    whole, rest = divmod(quantity * unit_price, SCALE)
    twice = rest * 2
    product = whole + (twice > SCALE or (twice == SCALE and whole % 2 == 1))
    if not -INTEGER_LIMIT <= product < INTEGER_LIMIT:
        raise InvalidValueError(show_scaled(product), "is too large", field="Amount", hint="Check quantity and price.")
    return product


def amend_transactions(changes: Sequence[Change], context: Context) -> list[Change]:
    """Return what follows from the changed transactions, as changes to lay over them."""
    status = context.schema("transaction").by_key["status"].spec
    can_cancel = any(choice.code == "cancelled" for choice in status.choices)
    products = _products(changes, context)
    present = _present(changes, context)
    amended = []
    for change in changes:
        if change.after is None:
            continue
        derived: dict[str, Any] = {}
        figures = _figures(change, present.get(change.id, {}))
        if figures is not None:
            derived["amount"] = figures
        if can_cancel and change.before is None and _is_cancellation(change.after):
            derived["status"] = "cancelled"
        item = change.after.get("item")
        if products and item is not None and change.after.get("product") is None:
            product = products.get(fold(item))
            if product is not None:
                derived["product"] = product
        if derived:
            amended.append(_over(change, derived, present.get(change.id, {})))
    return amended


def _is_cancellation(after: Mapping[str, Any]) -> bool:
    """Tell whether a new line cancels another: UCI's online retail numbers those ``C536379``."""
    number = after.get("number")
    return (
        number is not None
        and after.get("status") is None
        and (after.get("quantity") or 0) < 0
        and number[:1] in {"C", "c"}
    )


def _figures(change: Change, present: Mapping[str, Any]) -> int | None:
    """Return the amount that follows from a change, or ``None`` where it is to stay as it is.

    A change of the quantity or the price carries an amount along that was their product before; an amount that was
    given differently is somebody's decision and stays.
    """
    after = change.after or {}
    if change.before is None:
        return times(after.get("quantity"), after.get("unit_price")) if after.get("amount") is None else None
    if not present or after.get("amount") is not None:
        return None
    derived = present.get("amount") in (None, times(present.get("quantity"), present.get("unit_price")))
    if not derived and "amount" not in after:
        return None
    quantity, unit_price, _ = (after.get(key, present.get(key)) for key in _FIGURES)
    return times(quantity, unit_price)


def _present(changes: Sequence[Change], context: Context) -> dict[int, dict[str, Any]]:
    """Return the present values of the records whose figures or item an update touches, by id."""
    touched = [
        change.id
        for change in changes
        if change.action is Action.UPDATE and any(key in (change.after or {}) for key in (*_FIGURES, "item"))
    ]
    if not touched:
        return {}
    keys = context.schema("transaction").keys
    rows = context.get("transaction", touched)
    return {row[0]: dict(zip(keys, row, strict=True)) for row in rows if row is not None}


def _products(changes: Sequence[Change], context: Context) -> dict[str, int]:
    """Return ``{folded code: id}`` of the products that the items of lines without a product name."""
    items = {
        change.after["item"]
        for change in changes
        if change.after is not None and change.after.get("item") is not None and change.after.get("product") is None
    }
    if not items:
        return {}
    schema = context.schema("product")
    query = Query(
        moment=Moment(context.today, context.conventions.zone),
        where=is_in(schema, "sku", sorted(items)),
        columns=(field_expression(schema, "sku"), field_expression(schema, "id")),
    )
    return {fold(sku): number for sku, number in context.select("product", query)}


def _over(change: Change, derived: dict[str, Any], present: Mapping[str, Any]) -> Change:
    before = None if change.before is None else {key: present.get(key) for key in derived}
    return Change(type=change.type, id=change.id, before=before, after=derived, revision=change.revision)
