"""``frozen`` and ``Struct``: attrs classes of values that cost next to nothing at start until one of them is used.

attrs writes and compiles the methods of a class while its module is imported, a fifth of a millisecond a class. There
are dozens of classes in every start of the program, and most of them are of no use to the command that was typed. A
class that is made with ``@frozen`` and inherits ``Struct`` is an attrs class like any other, but has its methods from
attrs only when the first instance is made, or when its attributes are asked for. How its instances compare, hash and
show is written once, here, instead of once for each class.
"""

import inspect
import threading
from collections.abc import Callable
from operator import attrgetter
from types import CellType
from typing import TYPE_CHECKING, Any

import attrs

__all__ = ["Struct", "frozen"]

if TYPE_CHECKING:
    from attrs import frozen  # what type checkers know of attrs holds for these classes too
else:

    def frozen(cls: type | None = None, /, **options: Any) -> Any:
        """Make ``cls``, which inherits ``Struct``, an attrs class. It takes the options of ``attrs.frozen``."""
        return _put_off(cls, options) if cls is not None else lambda decorated: _put_off(decorated, options)


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

    def __setstate__(self, state: dict[str, Any]) -> None:
        # A process that unpickles an instance may not have made one, and have nothing of attrs in the class yet.
        for name, value in state.items():
            object.__setattr__(self, name, value)


_PUT_OFF: dict[type, tuple[type, dict[str, Any]]] = {}
"""The classes that attrs has not worked on, with what it is to work on, and its options."""
_MAKING = threading.RLock()
_GETTERS: dict[type, Callable[[Any], Any]] = {}
_FIELD = type(attrs.field())


class _Attributes:
    """The ``__attrs_attrs__`` of a class that attrs has not worked on: asking for them has it do so."""

    def __get__(self, instance: object, owner: type) -> Any:
        _make(owner)
        return getattr(owner, "__attrs_attrs__")  # noqa: B009 - type checkers know no such attribute


def _put_off(described: type[Any], options: dict[str, Any]) -> type[Any]:
    """Return the class that was described, on which attrs will work when it is first needed."""
    cls = _slotted(described) if options.get("slots", True) else described

    def make_first(self: Any, *values: Any, **named: Any) -> None:
        _make(cls)
        cls.__init__(self, *values, **named)

    _PUT_OFF[cls] = described, options
    cls.__attrs_attrs__ = _Attributes()
    cls.__init__ = make_first
    return cls


def _slotted(described: type[Any]) -> type[Any]:
    """Return a class like the one described, with slots in the place of what it says of its fields.

    A class cannot be given slots later, so attrs too makes another one. Methods that call ``super()`` remember the
    class they were written in, and are told of the new one.
    """
    body = dict(vars(described))
    annotated = [name for name, kind in inspect.get_annotations(described).items() if "ClassVar" not in str(kind)]
    slots = dict.fromkeys((*annotated, *(name for name, value in body.items() if isinstance(value, _FIELD))))
    if not any("__weakref__" in vars(base) for base in described.__mro__[1:]):
        slots["__weakref__"] = None
    own = {name: value for name, value in body.items() if name not in slots and name != "__dict__"}
    metaclass: Any = type(described)
    cls: type[Any] = metaclass(described.__name__, described.__bases__, {**own, "__slots__": tuple(slots)})
    for cell in filter(None, map(_class_cell, own.values())):
        cell.cell_contents = cls
    return cls


def _class_cell(member: Any) -> CellType | None:
    """Return where a method keeps the class that it was written in, if it needs to know."""
    function = getattr(member, "__func__", getattr(member, "fget", member))
    code = getattr(function, "__code__", None)
    if code is None or "__class__" not in code.co_freevars:
        return None
    cell: CellType = function.__closure__[code.co_freevars.index("__class__")]
    return cell


def _make(cls: type[Any]) -> None:
    """Have attrs work on ``cls`` and the classes that it inherits from, where it has not."""
    with _MAKING:
        for each in reversed(cls.__mro__):
            if each not in _PUT_OFF:
                continue
            described, options = _PUT_OFF.pop(each)
            made: Any = attrs.frozen(described, init=True, eq=False, repr=False, **options)
            if made is not each:
                # What attrs added to a class of its own serves this one, which has the same slots.
                added = vars(made).keys() - vars(described).keys() - {*made.__slots__, "__slots__"}
                for name in added:
                    setattr(each, name, vars(made)[name])


def _values(cls: type[Any]) -> Callable[[Any], Any]:
    """Return what gets the values by which instances of ``cls`` compare."""
    getter = _GETTERS.get(cls)
    if getter is None:
        names = [attribute.name for attribute in cls.__attrs_attrs__ if attribute.eq]
        getter = _GETTERS[cls] = attrgetter(*names) if names else lambda _: ()
    return getter
