"""A progress bar on standard error, on a terminal only."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

from custledger.cli.output import Output
from custledger.cli.text import cut

BESIDE = 40
"""How many cells the bar, the share and the time need beside the title."""
NARROW = 12
SOON = 5.0
"""How many seconds may pass without a bar where work is mostly done at once."""


@contextmanager
def progress(output: Output, title: str, *, after: float = 0.0) -> Iterator[Callable[[float], None] | None]:
    """Yield a function that is told how much is done, 0 to 1; ``None`` where nobody would see it.

    The bar appears once more than ``after`` seconds have passed.
    """
    if output.as_json or not output.stderr.isatty():
        yield None
        return
    begun = time.monotonic()
    with ExitStack() as stack:
        update: Callable[[float], None] | None = None if after else stack.enter_context(_bar(output, title))

        def tell(fraction: float) -> None:
            nonlocal update
            if update is None and time.monotonic() - begun >= after:
                update = stack.enter_context(_bar(output, title))
            if update is not None:
                update(fraction)

        yield tell


@contextmanager
def _bar(output: Output, title: str) -> Iterator[Callable[[float], None]]:
    from rich.console import Console  # imported only where there is a terminal
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    parts = (TextColumn("{task.description}"), BarColumn(bar_width=None), TaskProgressColumn(), TimeRemainingColumn())
    console = Console(file=output.stderr)
    with Progress(*parts, console=console, transient=True, expand=True) as bar:
        task = bar.add_task(cut(title, max(NARROW, console.width - BESIDE)), total=1.0)
        yield lambda fraction: bar.update(task, completed=fraction)
