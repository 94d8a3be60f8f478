"""A metric: a named expression about one subject, a customer or a record of another type.

``total_spent`` is ``sum(transactions.amount where status = paid)``. Where a metric can be computed, it is a name in
every other expression about its subject: a filter, a column, a sort key, another metric.
"""

from custledger.definitions import Definition
from custledger.structs import frozen


@frozen(kw_only=True)
class Metric(Definition):
    """A named expression that gives a value, or is true or false; see ``Definition`` for its parts."""
