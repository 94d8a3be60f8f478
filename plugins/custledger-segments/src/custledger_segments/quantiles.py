"""Groups of equal size, such as quintiles: which part of a population a value is in.

The boundaries between ``groups`` groups are values of the sorted population: that at the place ``(n - 1) * k //
groups`` for k = 1 … groups - 1, counted from 0. A value is in group 1 plus the number of boundaries that are smaller
than it. So

- equal values are always in one group, the lowest that any of them would be in by its place. Where half of all
  customers ordered once, all of those are in group 1, and groups 2 and 3 are empty;
- where all values differ, group sizes differ by one at most;
- it does not matter in which order the values come, or in which unit they are.

The boundaries are the quantiles of Hyndman and Fan's definition 7 ("Sample quantiles in statistical packages", The
American Statistician 50(4), 1996), the usual one of R and pandas, taken down to the nearest value: which moves no
value into another group. So the groups are those of ``pandas.qcut`` wherever that gives any; it refuses boundaries
that are equal.
"""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import accumulate, repeat
from typing import Any, TypeVar

MarkT = TypeVar("MarkT")

LOOKED_AT = 1_000
"""Of how many values it is looked at whether most are repeated, and are then counted instead of sorted."""


def boundaries(values: Sequence[Any], groups: int) -> list[Any]:
    """Return the ``groups - 1`` boundaries, in ascending order, of one value or more that can be sorted."""
    ordered = sorted(values)
    last = len(ordered) - 1
    return [ordered[last * number // groups] for number in range(1, groups)]


def grouped(values: Sequence[Any], groups: int) -> list[int]:
    """Return the group, from 1 to ``groups``, that each value is in: the least are in 1.

    >>> grouped([30, 10, 20, 50, 40], 5)
    [3, 1, 2, 5, 4]
    >>> grouped([1, 1, 1, 2, 9], 5)
    [1, 1, 1, 4, 5]
    """
    return marked(values, range(1, groups + 1))


def marked(values: Sequence[Any], marks: Sequence[MarkT]) -> list[MarkT]:
    """Return the mark of each value, of which there is one for each group, those of the least values first.

    The values can be sorted and hashed.
    """
    if not values:
        return []
    called = tuple(marks)  # of which one is had faster than of a range
    looked_at = values[:LOOKED_AT]
    if len(set(looked_at)) * 2 > len(looked_at):
        limits = boundaries(values, len(called))
        return list(map(called.__getitem__, map(bisect_left, repeat(limits), values)))
    counted = Counter(values)
    limits = _boundaries_of_counted(counted, len(called))
    table = {value: called[bisect_left(limits, value)] for value in counted}
    return list(map(table.__getitem__, values))


def _boundaries_of_counted(counted: Mapping[Any, int], groups: int) -> list[Any]:
    """Return the boundaries of values that are given with how often each of them is there."""
    ordered = sorted(counted)
    up_to = list(accumulate(map(counted.__getitem__, ordered)))
    last = up_to[-1] - 1
    return [ordered[bisect_right(up_to, last * number // groups)] for number in range(1, groups)]
