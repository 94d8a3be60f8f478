"""Which facts the metrics of a ledger ask for."""

from collections.abc import Mapping, Sequence

import attrs

from custledger.expressions.kept import aggregates, can_be_kept, definition
from custledger.expressions.nodes import Moment
from custledger.expressions.settle import settle_term
from custledger.expressions.tree import Aggregate
from custledger.stores.contract import Metered
from custledger.stores.sql.layout import RECORD
from custledger.values import fold

MOST = 500
"""How many facts about one type are kept at most: databases limit how many columns a table has."""


@attrs.frozen
class Wanted:
    """A fact that a metric asks for. ``is_all`` says that it is the whole metric, ``own`` that settings bring that."""

    subject: str
    metric: str
    definition: str
    is_all: bool
    own: bool


def wanted(metrics: Sequence[Metered], moment: Moment) -> Mapping[tuple[str, str], Wanted]:
    """Return the facts that metrics ask for, by subject and definition, as they are on a day not set by hand."""
    moment = attrs.evolve(moment, as_of=False)
    found: dict[tuple[str, str], Wanted] = {}
    counts: dict[str, int] = {}
    for metric in metrics:
        for aggregate in filter(can_be_kept, aggregates(metric.expression.root)):
            settled = settle_term(aggregate, metric.schema, moment)
            assert isinstance(settled, Aggregate)  # noqa: S101 - for the type checker
            text, is_all = definition(settled, moment.currency), aggregate is metric.expression.root
            key = metric.schema.name, text
            known = found.get(key)
            if known is None and counts.setdefault(metric.schema.name, 0) < MOST:
                counts[metric.schema.name] += 1
                found[key] = Wanted(metric.schema.name, metric.name, text, is_all, metric.own)
            elif known is not None:
                first = known if known.is_all or not is_all else attrs.evolve(known, metric=metric.name, is_all=True)
                found[key] = attrs.evolve(first, own=known.own and metric.own)
    return found


def named(wish: Wanted, taken: set[str]) -> str:
    """Return a name for the column of a fact that no other has; databases do not tell capital letters from small."""
    number, name = 1, wish.metric
    if not wish.is_all:
        name = f"{wish.metric}_{number}"
    while fold(name) in taken | {fold(RECORD)}:
        number += 1
        name = f"{wish.metric}_{number}"
    return name
