"""Bands and groups by what customers are: their age, the size of their company, their city, their industry.

**Age**: bands that begin with 18, 25, 35, 45, 55 and 65 years, as surveys in many countries have them.

**Size**: what is written in the field ``size``, a number of employees or a range such as ``51-200``. The bands begin
with 10, 50 and 250 employees: micro, small, medium-sized and large enterprises by the European Commission's
Recommendation 2003/361/EC. For China's (统计上大中小微型企业划分办法 2017, industry) set them to 20, 300 and 1000.

A band is called by its limits, ``25-34`` or ``65+``, so its name is right whatever the limits are set to.
"""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from custledger.values import fold
from custledger_segments.columns import setting

AGES = (18, 25, 35, 45, 55, 65)
SIZES = (10, 50, 250)
_NUMBER = re.compile(r"(\d[\d,]*)\s*([万千]?)")
_UNITS = {"万": 10_000, "千": 1_000, "": 1}
_UNDER = re.compile(r"^(?:<|under\b|fewer than|less than|少于|小于|不足|不到)|(?:以下|以内)$")


def by_age(columns: Mapping[str, Sequence[Any]]) -> list[str | None]:
    """Return the band of each customer's ``age``; the settings ``from_1`` … ``from_6`` are where bands begin."""
    return banded(columns["age"], _limits(columns, AGES), least=0)


def by_size(columns: Mapping[str, Sequence[Any]]) -> list[str | None]:
    """Return the band of each customer's ``size``, a text; ``from_1`` … ``from_3`` are where bands begin.

    Of a range the first number counts; ``<50`` and ``50人以下`` are less than their number. A text without a number is
    in no band.
    """
    return banded([employees(text) for text in columns["size"]], _limits(columns, SIZES), least=1)


def by_text(columns: Mapping[str, Sequence[Any]]) -> list[str | None]:
    """Return each customer's ``text``, in the spelling that is commonest of those that compare equal."""
    texts = columns["text"]
    spelt: dict[str, str] = {}
    for text, _ in sorted(Counter(text for text in texts if text is not None).items(), key=_commonest):
        spelt.setdefault(fold(text), text)
    return [None if text is None else spelt[fold(text)] for text in texts]


def banded(values: Sequence[int | None], limits: Sequence[int], *, least: int) -> list[str | None]:
    """Return the bands of whole numbers; each begins with one of the ascending ``limits``, the first with ``least``.

    >>> banded([17, 18, 90, None], [18, 65], least=0)
    ['0-17', '18-64', '65+', None]
    """
    starts = [least, *(limit for limit in limits if limit > least)]
    called = [f"{start}-{after - 1}" for start, after in pairwise(starts)] + [f"{starts[-1]}+"]
    return [None if value is None or value < least else called[bisect_right(starts, value) - 1] for value in values]


def employees(text: str | None) -> int | None:
    """Return the number of employees that a text says at least, or ``None``.

    >>> [employees(text) for text in ("51-200人", "1,000+", "少于50人", "2万", "many")]
    [51, 1000, 49, 20000, None]
    """
    found = _NUMBER.search(text or "")
    if found is None:
        return None
    number = int(found[1].replace(",", "")) * _UNITS[found[2]]
    return max(1, number - 1) if _UNDER.search((text or "").strip().casefold()) else number


def _limits(columns: Mapping[str, Sequence[Any]], usual: Sequence[int]) -> list[int]:
    """Return where bands begin, ascending; one that is set to where another begins is no band of its own."""
    return sorted({int(setting(columns, f"from_{number}", limit)) for number, limit in enumerate(usual, 1)})


def _commonest(counted: tuple[str, int]) -> tuple[int, str]:
    text, count = counted
    return -count, text
