"""Transactions, products, opportunities and contracts for custledger.

The hooks are here; what they do is in ``records``, ``amend`` and ``reminders``, imported when they are asked for.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from custledger.changes import Change
from custledger.hookspecs import Context, Problem, Reminder, Sampler, hookimpl, wants
from custledger.metrics import Metric
from custledger.records import Record

if TYPE_CHECKING:
    from custledger_sales.records import Contract, Opportunity, Product, Transaction

__all__ = ["Contract", "Opportunity", "Product", "Transaction"]


@hookimpl
def custledger_record_types() -> Sequence[type[Record]]:
    """Return the four record types."""
    from custledger_sales.records import RECORD_TYPES

    return RECORD_TYPES


@hookimpl
def custledger_metrics() -> Sequence[Metric]:
    """Return what is known of customers from what they bought, and of products from what was sold."""
    from custledger_sales.metrics import METRICS

    return METRICS


@hookimpl
@wants("transaction")
def custledger_amend(changes: Sequence[Change], context: Context) -> Sequence[Change]:
    """Return amounts, cancellations and products that follow from what was given."""
    from custledger_sales.amend import amend_transactions

    return amend_transactions(changes, context)


@hookimpl
@wants("transaction", "opportunity", "contract")
def custledger_check(changes: Sequence[Change], context: Context) -> Sequence[Problem]:
    """Return warnings about returns, and refusals of what is no probability and of contracts that end too early."""
    from custledger_sales.check import check

    return check(changes, context)


@hookimpl
def custledger_reminders(context: Context) -> Sequence[Reminder]:
    """Return contracts that are about to expire and opportunities whose day has passed."""
    from custledger_sales.reminders import reminders

    return reminders(context)


@hookimpl
def custledger_demo(sampler: Sampler) -> None:
    """Add a shop's products and sales to a demo ledger."""
    from custledger_sales.demo import add_demo

    add_demo(sampler)


def __getattr__(name: str) -> Any:
    """Return a record class by its name, importing it only then."""
    if name in __all__:
        from custledger_sales import records

        return getattr(records, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
