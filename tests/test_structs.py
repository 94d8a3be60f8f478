"""Frozen Structs behave as attrs' own classes do, and attrs works on them only when they are used."""

import copy
import pickle
import subprocess
import sys
import threading
import weakref
from typing import Any, ClassVar

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from custledger.fields import Labels
from custledger.structs import Struct, frozen


@frozen
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
    @frozen
    class Other(Struct):
        a: int

    @frozen
    class Empty(Struct):
        pass

    assert Ours(1) != Other(1)
    assert Empty() == Empty()
    assert Ours(1) != 1


def put_off() -> type[Any]:
    """Return a class that attrs has not worked on."""

    @frozen(kw_only=True)
    class Late(Struct):
        limit: ClassVar[int] = 5
        a: int
        b: list[int] = attrs.field(factory=list)

        def shown(self) -> str:
            return super().__repr__()

        @property
        def owner(self) -> type:
            return __class__  # type: ignore[name-defined,no-any-return]

        @classmethod
        def of(cls, a: int) -> "Late":
            return super().__new__(cls) if a < 0 else cls(a=a)

    return Late


def test_attrs_works_on_a_class_only_when_it_is_needed() -> None:
    late = put_off()
    assert "__match_args__" not in vars(late)
    late(a=1)
    assert "__match_args__" in vars(late)


def test_asking_for_the_attributes_is_such_a_need() -> None:
    assert [attribute.name for attribute in attrs.fields(put_off())] == ["a", "b"]
    assert attrs.has(put_off())


def test_the_class_that_was_made_first_is_the_one_that_is_used_later() -> None:
    late = put_off()
    one = late.of(1)
    assert type(one) is late
    assert one.owner is late
    assert one.shown() == repr(one)
    assert late.limit == 5


def test_instances_have_slots_and_are_never_changed() -> None:
    one: Any = put_off()(a=1)
    assert not hasattr(one, "__dict__")
    assert weakref.ref(one)() == one
    for name in ("a", "b", "limit"):
        with pytest.raises(attrs.exceptions.FrozenInstanceError):
            setattr(one, name, 2)
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        del one.a


def test_what_is_missing_or_unknown_is_told_as_attrs_tells_it() -> None:
    late = put_off()
    for values in ({}, {"a": 1, "z": 2}):
        with pytest.raises(TypeError, match=r"'a'|'z'"):
            late(**values)


def test_a_class_may_inherit_from_one_that_is_not_made() -> None:
    late = put_off()

    @frozen(kw_only=True)
    class Later(late):  # type: ignore[misc,valid-type]
        c: int = 3

    class Plain(Later):
        def shown(self) -> str:
            return f"plain {super().shown()}"

    plain: Any = Plain
    one = plain(a=1)
    assert (one.a, one.b, one.c) == (1, [], 3)
    assert one.shown() == f"plain {one!r}"
    assert [attribute.name for attribute in attrs.fields(Plain)] == ["a", "b", "c"]


def test_a_copy_and_a_changed_copy_are_of_the_class() -> None:
    one = Ours(1, "x")
    assert copy.copy(one) == copy.deepcopy(one) == one
    assert attrs.evolve(one, b="y") == Ours(1, "y")


def test_a_process_that_made_no_instance_can_unpickle_one() -> None:
    show = "import pickle, sys; print(pickle.load(sys.stdin.buffer))"
    done = subprocess.run(
        [sys.executable, "-c", show], input=pickle.dumps(Labels("Name", "名称")), capture_output=True, check=True
    )
    assert done.stdout.decode().strip() == repr(Labels("Name", "名称"))


def test_threads_that_need_a_class_at_once_get_the_same_one() -> None:
    for _ in range(20):
        late = put_off()
        made: list[Any] = []
        begin = threading.Barrier(4)

        def make(late: type[Any] = late, made: list[Any] = made, begin: threading.Barrier = begin) -> None:
            begin.wait()
            made.append(late(a=1))

        threads = [threading.Thread(target=make) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert [(type(one), one.a, one.b) for one in made] == [(late, 1, [])] * 4
