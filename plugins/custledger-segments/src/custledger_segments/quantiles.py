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

from bisect import bisect_left
from collections.abc import Sequence
from typing import Any


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
    if not values:
        return []
    limits = boundaries(values, groups)
    return [bisect_left(limits, value) + 1 for value in values]
