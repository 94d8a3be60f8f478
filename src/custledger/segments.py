"""A segment: a named set of customers, or of records of another type, that an expression chooses.

Its name is a condition in every other expression about its subject: ``高价值 and city = 上海``.
"""

from custledger.definitions import Definition
from custledger.structs import frozen


@frozen(kw_only=True)
class Segment(Definition):
    """A named condition that is true of the members; see ``Definition`` for its other parts.

    ``color`` is one of ``custledger.records.COLORS``, or empty.
    """

    color: str = ""
