"""What is wrong, or worth a word, about what is written of sales."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from custledger.changes import Action, Change
from custledger.hookspecs import Context, Problem
from custledger.values import SCALE, show_scaled

RETURNED = "This is a cancellation or a return: its quantity or its amount is negative."
"""The warning about one; the same words for each, so that they can be counted together."""
RETURNS = "quantity < 0 or amount < 0"
"""Which transactions are such."""
FOREIGN = "This amount is not in the ledger's currency: sums of this customer's purchases are empty for it."
"""The warning about one in another currency; there is no table of exchange rates yet."""
UNPRICED = "This has a quantity and neither a price nor an amount: it counts as nothing."
"""The warning about one of which nobody said what it cost: what the product costs today it need not have cost then."""
UNPRICED_ONES = "quantity is not empty and amount is empty"
_TERM = ("starts_on", "expires_on")


def check(changes: Sequence[Change], context: Context) -> list[Problem]:
    """Return what is wrong with changes of transactions, opportunities and contracts."""
    written = [change for change in changes if change.after is not None]
    contracts = [change for change in written if change.type == "contract"]
    problems = list(_ended_before(contracts, context)) if contracts else []
    for change in written:
        problems += _CHECKS[change.type](change, change.after or {}) if change.type in _CHECKS else ()
        if change.type == "transaction":
            problems += _unpriced(change, change.after or {})
            problems += _foreign(change, change.after or {}, context.conventions.currency)
    return problems


def _returned(change: Change, after: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield a warning for a cancellation or a return."""
    if (after.get("quantity") or 0) < 0 or (after.get("amount") or 0) < 0:
        about: dict[str, Any] = {"type": change.type, "id": change.id, "field": "quantity"}
        yield Problem(message=RETURNED, severity="warn", where=RETURNS, **about)


def _unpriced(change: Change, after: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield a warning for what was sold for nobody knows how much."""
    if change.before is None and after.get("quantity") is not None and after.get("amount") is None:
        about: dict[str, Any] = {"type": change.type, "id": change.id, "field": "amount"}
        yield Problem(message=UNPRICED, severity="warn", where=UNPRICED_ONES, **about)


def _foreign(change: Change, after: Mapping[str, Any], own: str) -> Iterator[Problem]:
    """Yield a warning for an amount in another currency than the ledger's."""
    if after.get("amount_currency") not in {None, own}:
        where = f"amount_currency is not empty and amount_currency != {own}"
        about: dict[str, Any] = {"type": change.type, "id": change.id, "field": "amount_currency"}
        yield Problem(message=FOREIGN, severity="warn", where=where, **about)


def _improbable(change: Change, after: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield a refusal of a probability beyond 0 to 100."""
    probability = after.get("probability")
    if probability is not None and not 0 <= probability <= 100 * SCALE:
        message = f"Probability: {show_scaled(probability)} is not a percentage from 0 to 100."
        yield Problem(message=message, type=change.type, id=change.id, field="probability")


def _ended_before(contracts: Sequence[Change], context: Context) -> Iterator[Problem]:
    """Yield a refusal of each contract that would end before it starts, of those whose term is written."""
    touched = [change for change in contracts if any(key in (change.after or {}) for key in _TERM)]
    edited = [change.id for change in touched if change.action is Action.UPDATE]
    keys = context.schema("contract").keys
    rows = context.get("contract", edited) if edited else []
    present = {row[0]: dict(zip(keys, row, strict=True)) for row in rows if row is not None}
    for change in touched:
        starts, expires = (({**present.get(change.id, {}), **(change.after or {})}).get(key) for key in _TERM)
        if starts is not None and expires is not None and expires < starts:
            message = f"A contract that starts on {starts} cannot expire on {expires}."
            yield Problem(message=message, type=change.type, id=change.id, field="expires_on")


_CHECKS = {"transaction": _returned, "opportunity": _improbable}
