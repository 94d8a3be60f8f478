"""``Struct``: comparing and showing attrs instances without code generated for each class.

attrs writes and compiles ``__eq__``, ``__hash__`` and ``__repr__`` for every class, which is half of what a class costs
at import; there are dozens of them in every start of the program. A class that is made with
``@attrs.frozen(eq=False, repr=False)`` and inherits ``Struct`` behaves the same and costs half.
"""

from collections.abc import Callable
from operator import attrgetter
from typing import Any


class Struct:
    """Instances of one class are equal if their attributes are; they hash and show accordingly."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        if other.__class__ is not self.__class__:
            return NotImplemented
        values = _values(self.__class__)
        return bool(values(self) == values(other))

    def __hash__(self) -> int:
        return hash((self.__class__, _values(self.__class__)(self)))

    def __repr__(self) -> str:
        attributes = getattr(self.__class__, "__attrs_attrs__", ())
        shown = ", ".join(f"{one.name}={getattr(self, one.name)!r}" for one in attributes if one.repr)
        return f"{self.__class__.__qualname__}({shown})"


_GETTERS: dict[type, Callable[[Any], Any]] = {}


def _values(cls: type[Any]) -> Callable[[Any], Any]:
    """Return what gets the values by which instances of ``cls`` compare."""
    getter = _GETTERS.get(cls)
    if getter is None:
        names = [attribute.name for attribute in cls.__attrs_attrs__ if attribute.eq]
        getter = _GETTERS[cls] = attrgetter(*names) if names else lambda _: ()
    return getter
