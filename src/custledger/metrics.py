"""A metric: a named expression about one subject, a customer or a record of another type.

``total_spent`` is ``sum(transactions.amount where status = paid)``. Where a metric can be computed, it is a name in
every other expression about its subject: a filter, a column, a sort key, another metric.
"""

from collections.abc import Mapping
from types import MappingProxyType

from custledger.expressions.scope import Named
from custledger.fields import Labels
from custledger.structs import Struct, frozen

_NO_NAMES: Mapping[str, str] = MappingProxyType({})


@frozen(kw_only=True)
class Metric(Struct):
    """A named expression, as a plugin or a ledger's settings bring it.

    - ``name``: its key, in expressions and for programs;
    - ``expression``: its text, about one record of the type ``subject``;
    - ``labels``: what people call it, in expressions too;
    - ``summary``: what it says, and where its definition comes from;
    - ``names``: what the names in the text meant when it was saved, so that it outlives changes of labels.
    """

    name: str
    expression: str
    labels: Labels
    subject: str = "customer"
    summary: Labels = Labels("")
    names: Mapping[str, str] = _NO_NAMES

    def named(self) -> Named:
        """Return it as expressions know it."""
        return Named(
            key=self.name,
            subject=self.subject,
            text=self.expression,
            labels=self.labels,
            names=tuple(self.names.items()),
        )
