"""The one language of filters, columns, sort keys and rules.

``understand`` parses and checks a text; ``evaluator`` defines what it means; ``custledger.expressions.sql`` says the
same in SQL and ``custledger.expressions.split`` shares the work between the two. What is not needed at start is
imported when it is first asked for.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from custledger.expressions.nodes import Expression, Moment

if TYPE_CHECKING:
    from custledger.expressions.build import both, equals, field_expression, is_in, negated
    from custledger.expressions.check import understand, understand_named, understand_order
    from custledger.expressions.evaluate import evaluator
    from custledger.expressions.order import after_filter, comparable, sort_key

__all__ = [
    "Expression",
    "Moment",
    "after_filter",
    "both",
    "comparable",
    "equals",
    "evaluator",
    "field_expression",
    "is_in",
    "negated",
    "sort_key",
    "understand",
    "understand_named",
    "understand_order",
]

_HOMES = {
    "both": "build",
    "equals": "build",
    "field_expression": "build",
    "is_in": "build",
    "negated": "build",
    "understand": "check",
    "understand_named": "check",
    "understand_order": "check",
    "evaluator": "evaluate",
    "after_filter": "order",
    "comparable": "order",
    "sort_key": "order",
}


def __getattr__(name: str) -> Any:
    """Import a public name from the module that holds it, when it is first asked for."""
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{home}"), name)
    globals()[name] = value
    return value
