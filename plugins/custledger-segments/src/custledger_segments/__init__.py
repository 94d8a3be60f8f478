"""The standard segments for custledger: sentences, and scorers over all customers such as RFM.

The hooks are here; what they return is in modules of their own, imported when it is asked for.
"""

from collections.abc import Sequence
from typing import Any

from custledger.hookspecs import hookimpl
from custledger.metrics import Metric
from custledger.segments import Segment


@hookimpl
def custledger_metrics() -> Sequence[Metric]:
    """Return the thresholds, which a ledger may set otherwise, and what the segments go by."""
    from custledger_segments.thresholds import METRICS

    return METRICS


@hookimpl
def custledger_segments() -> Sequence[Segment]:
    """Return the standard segments."""
    from custledger_segments import scorers, standard

    return (*standard.SEGMENTS, *scorers.SEGMENTS)


@hookimpl
def custledger_commands(app: Any) -> None:
    """Add the command ``cohorts``."""
    from custledger_segments.commands import add_commands

    add_commands(app)
