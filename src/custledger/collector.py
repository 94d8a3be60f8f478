"""The garbage collector, where very many objects are made that are no garbage."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

CALM = 200_000
"""How many objects may be made between two searches for garbage, while chunks of thousands of rows come and go."""


@contextmanager
def calm_collector() -> Iterator[None]:
    """Let the garbage collector run seldom: rows are no garbage, and looking through them took a third of the time."""
    before = gc.get_threshold()
    gc.set_threshold(max(CALM, before[0]) if before[0] else 0, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
