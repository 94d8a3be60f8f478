"""Refreshing segments: who is in each is stored, with who entered and left, when and by which wording.

An expression is computed again only for records whose answer may have changed since it was last refreshed: those that
the log says were touched, themselves or through records that the expression looks at (``touched``), and those for
which a day has passed that it counts from (``passing``). Both find candidates that may be too many, never too few; a
pass over all gives the same answer.
"""

from custledger.services.refreshing.refresh import Refreshed, Refreshing, refresh

__all__ = ["Refreshed", "Refreshing", "refresh"]
