"""Numbers of the language: exact whole numbers of a unit, or doubles, and how they are compared and computed with.

A number of the scale 4 counts ten-thousandths. Sums, differences and products are exact, and empty where they need
more than 64 bits; divisions and averages are one division of doubles, whose scale is ``None``. SQL does the same.
"""

import operator
from collections.abc import Callable
from typing import Any

from custledger.expressions.functions import Sign
from custledger.expressions.tree import SCALES, Scale
from custledger.fields import Kind

LARGEST = (1 << 63) - 1
SMALLEST = -LARGEST - 1
Number = int | float | None
_EXACTLY: dict[Sign, Callable[[Any, Any], Any]] = {"+": operator.add, "-": operator.sub, "*": operator.mul}


def held(number: int) -> int | None:
    """Return a whole number that 64 bits hold, or ``None``."""
    return number if SMALLEST <= number <= LARGEST else None


def doubled(number: float, scale: Scale) -> float:
    """Return a number as a double."""
    if scale is None:
        return float(number)
    return float(number) / float(10**scale) if scale else float(number)


def calculator(sign: Sign, left: Scale, right: Scale, scale: Scale) -> Callable[[Any, Any], Number]:
    """Return what computes a number of ``scale`` from two, of the scales ``left`` and ``right``, neither empty."""
    if sign == "/":
        return lambda one, other: _divided(doubled(one, left), doubled(other, right))
    compute = _EXACTLY[sign]
    if scale is None or left is None or right is None:
        return lambda one, other: _number(compute(doubled(one, left), doubled(other, right)))
    if sign == "*":
        return lambda one, other: held(one * other)
    own, others = 10 ** (scale - left), 10 ** (scale - right)

    def add(one: int, other: int) -> Number:
        first, second = held(one * own), held(other * others)
        return None if first is None or second is None else held(compute(first, second))

    return add


def _divided(one: float, other: float) -> float | None:
    return _number(one / other) if other else None


def _number(number: float) -> float | None:
    """Return a double that is a number."""
    return None if number != number else number  # noqa: PLR0124 - what is no number differs from itself


def comparer(compare: Callable[[Any, Any], bool], left: Scale, right: Scale) -> Callable[[Any, Any], bool]:
    """Return ``compare`` for numbers of two scales."""
    if left is None or right is None:
        return lambda one, other: compare(doubled(one, left), doubled(other, right))
    own, others = 10 ** max(0, right - left), 10 ** max(0, left - right)
    return lambda one, other: compare(one * own, other * others)


def plain_number(scale: Scale, kind: Kind) -> Callable[[Any], int | None]:
    """Return what makes a plain value of ``kind`` of a number that is not empty, rounded half away from zero."""
    wanted = SCALES[kind]
    if scale is None:
        return lambda number: _rounded(number * float(10**wanted))
    if scale <= wanted:
        return lambda number: held(number * 10 ** (wanted - scale))
    divisor = 10 ** (scale - wanted)
    return lambda number: (abs(number) + divisor // 2) // divisor * (1 if number >= 0 else -1)


def _rounded(number: float) -> int | None:
    shifted = number + (0.5 if number >= 0 else -0.5)
    # The bounds are doubles: the largest whole number that 64 bits hold is none.
    return int(shifted) if -float(1 << 63) <= shifted < float(1 << 63) else None
