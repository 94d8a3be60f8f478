"""Struct compares, hashes and shows as attrs itself would."""

import attrs
from hypothesis import given
from hypothesis import strategies as st

from custledger.structs import Struct


@attrs.frozen(eq=False, repr=False)
class Ours(Struct):
    a: int
    b: str = ""
    c: object = attrs.field(default=None, eq=False, repr=False)


@attrs.frozen
class Theirs:
    a: int
    b: str = ""
    c: object = attrs.field(default=None, eq=False, repr=False)


values = st.tuples(st.integers(0, 1), st.sampled_from("xy"), st.integers(0, 1))


@given(values, values)
def test_it_behaves_as_attrs_does(first: tuple[int, str, int], second: tuple[int, str, int]) -> None:
    assert (Ours(*first) == Ours(*second)) == (Theirs(*first) == Theirs(*second))
    assert (hash(Ours(*first)) == hash(Ours(*second))) == (Theirs(*first) == Theirs(*second))
    assert repr(Ours(*first)) == repr(Theirs(*first)).replace("Theirs", "Ours")


def test_instances_of_different_classes_differ() -> None:
    @attrs.frozen(eq=False, repr=False)
    class Other(Struct):
        a: int

    @attrs.frozen(eq=False, repr=False)
    class Empty(Struct):
        pass

    assert Ours(1) != Other(1)
    assert Empty() == Empty()
    assert Ours(1) != 1
