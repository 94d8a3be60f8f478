"""The ledger: the facade over all of it.

::

    import custledger

    with custledger.open("ledger.db") as ledger:
        customer = ledger.customers.add(name="张伟", city="上海")
        ledger.interactions.add(customer=customer, channel="phone", summary="询价")

Threads may share a ledger: reads run side by side, each from its own snapshot, and writes queue behind each other. A
batch belongs to the thread that opened it. Several processes may have one ledger open, where its store allows it.
"""

from custledger.ledger.batches import BatchCollection, BatchFollowUps, LedgerBatch
from custledger.ledger.collections import Collection, FollowUps
from custledger.ledger.custom_fields import Fields
from custledger.ledger.facade import Ledger, open_ledger
from custledger.ledger.held import HeldThings
from custledger.ledger.tags import Tags

__all__ = [
    "BatchCollection",
    "BatchFollowUps",
    "Collection",
    "Fields",
    "FollowUps",
    "HeldThings",
    "Ledger",
    "LedgerBatch",
    "Tags",
    "open_ledger",
]
