"""The digests of many rows at once are those of each."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from custledger.changes import digest
from custledger.stores.digests import digests

KEYS = ("id", "created_at", "updated_at", "revision", "name", "notes", "age", "tags", "x_会员卡号")
_TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=8) | st.sampled_from(
    ['"', "\\", '","', "{", "\x1f", "\x7f", "张伟", "\u2028", "😀", '":"', "a\nb"]
)
_VALUE = st.none() | _TEXT | st.integers(-(1 << 63), (1 << 63) - 1) | st.lists(_TEXT, min_size=1, max_size=3).map(tuple)


@st.composite
def _rows(draw: st.DrawFn) -> list[tuple[Any, ...]]:
    kinds = [draw(st.sampled_from((_TEXT, st.none() | _TEXT, st.none(), st.integers(), _VALUE))) for _ in KEYS]
    return draw(st.lists(st.tuples(*kinds), min_size=1, max_size=5))


@given(_rows())
def test_digests_of_columns_are_the_digests_of_the_rows(rows: list[tuple[Any, ...]]) -> None:
    together = digests(KEYS, list(zip(*rows, strict=True)))
    assert together == b"".join(digest(dict(zip(KEYS, row, strict=True))) for row in rows)
