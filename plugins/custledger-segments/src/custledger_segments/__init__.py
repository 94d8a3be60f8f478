"""The standard segments for custledger: each a sentence, which a ledger may replace by its own."""

from collections.abc import Sequence

from custledger.hookspecs import hookimpl
from custledger.segments import Segment


@hookimpl
def custledger_segments() -> Sequence[Segment]:
    """Return the standard segments."""
    from custledger_segments.standard import SEGMENTS  # noqa: PLC0415 - the entry module stays light

    return SEGMENTS
