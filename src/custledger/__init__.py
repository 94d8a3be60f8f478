"""custledger: a customer ledger that a business owns.

::

    import custledger

    with custledger.open("ledger.db") as ledger:
        ledger.customers.add(name="张伟", city="上海")
        for customer in ledger.customers.where("city = 上海").order("-created_at").limit(50):
            print(customer.name)
"""

from __future__ import annotations

TYPE_CHECKING = False
"""True to type checkers. What is imported here is imported before the program can mind an interrupt: nothing is."""

if TYPE_CHECKING:
    from typing import Any

    from custledger.errors import CustledgerError as CustledgerError
    from custledger.ledger import Ledger as Ledger
    from custledger.ledger import open_ledger as open  # noqa: A004 - custledger.open reads like the built-in
    from custledger.records import Customer as Customer
    from custledger.records import FollowUp as FollowUp
    from custledger.records import Interaction as Interaction
    from custledger.records import Record as Record

__version__ = "0.1.0"

_HOMES = {
    "CustledgerError": ("custledger.errors", "CustledgerError"),
    "Ledger": ("custledger.ledger", "Ledger"),
    "open": ("custledger.ledger", "open_ledger"),
    "Customer": ("custledger.records", "Customer"),
    "FollowUp": ("custledger.records", "FollowUp"),
    "Interaction": ("custledger.records", "Interaction"),
    "Record": ("custledger.records", "Record"),
}

__all__ = ["CustledgerError", "Customer", "FollowUp", "Interaction", "Ledger", "Record", "open"]


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used, so that ``import custledger`` costs next to nothing."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module  # needed only when a name is asked for

    module, attribute = _HOMES[name]
    value = globals()[name] = getattr(import_module(module), attribute)
    return value
