"""Purchases for the examples of the rules."""

from collections.abc import Mapping
from typing import Any


def bought(*days_ago: int, amount: int = 100, **more: Any) -> Mapping[str, Any]:
    """Return a customer with an order of ``amount`` on each of these days, paid, and what else is given of him.

    >>> bought(3)
    {'transactions': [{'number': '1', 'at': '3 days ago', 'amount': 100, 'status': 'paid'}]}
    """
    orders = [
        {"number": str(number), "at": f"{days} days ago", "amount": amount, "status": "paid"}
        for number, days in enumerate(days_ago, 1)
    ]
    return {"transactions": orders, **more}
