"""Modules that libraries import and most commands never use: they are loaded when something in them is asked for.

typer can start other programs, ``linecache`` reads source, ``shutil`` unpacks archives and ``urllib`` knows addresses.
What they import for that takes half as long as Python's own start, and showing a record needs none of it.
``importlib.util.LazyLoader`` would be the tool, but up to Python 3.12 a mere ``import`` makes it load the module.
"""

import sys
import threading
from collections.abc import Iterable
from importlib.util import find_spec, module_from_spec
from types import ModuleType
from typing import Any

SELDOM_USED = ("bz2", "ipaddress", "lzma", "subprocess", "tokenize")
"""Modules of the standard library that others import as a whole, and use in functions only."""

_LOADERS: dict[str, Any] = {}
"""What loads the modules that nothing was asked of: their ``importlib.abc.Loader``, itself slow to import."""
_LOADING = threading.RLock()


class Deferred(ModuleType):
    """A module that is loaded when something that is not in it yet is asked for."""

    def __getattr__(self, name: str) -> Any:
        with _LOADING:
            loader = _LOADERS.pop(self.__name__, None)
            if loader is not None:
                loader.exec_module(self)
                self.__class__ = ModuleType  # type: ignore[assignment] # it is like any other from now on
        return ModuleType.__getattribute__(self, name)


def defer(names: Iterable[str] = SELDOM_USED) -> None:
    """Have modules loaded at their first use instead of their first import; those that are loaded stay as they are."""
    for name in names:
        spec = None if name in sys.modules else find_spec(name)
        if spec is not None and spec.loader is not None:
            module = sys.modules[name] = module_from_spec(spec)
            module.__class__ = Deferred
            _LOADERS[name] = spec.loader
