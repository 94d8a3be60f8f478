"""The thresholds that a rule goes by: metrics that are one number for everybody, which a ledger may set."""

from collections.abc import Iterator

from custledger.expressions.tree import NamedNode, Node, Value
from custledger.fields import Labels, Spec
from custledger.schema import Schema
from custledger.segments import Segment
from custledger.services.judging import expressions_of
from custledger.services.refreshing.dependencies import children
from custledger.services.session import Session
from custledger.values import formatter


def thresholds_of(session: Session, segment: Segment) -> str:
    """Return the thresholds of a rule with their values, ``high_value_least = 5000; lost_days = 365``."""
    schema = session.schema(segment.subject)
    asked = expressions_of(session, segment)
    found = dict(sorted({name: value for one in asked for name, value in _constants(one.root, schema)}.items()))
    return "; ".join(f"{name} = {_shown(session, value)}" for name, value in found.items())


def _constants(node: Node, schema: Schema) -> Iterator[tuple[str, Value]]:
    match node:
        case NamedNode(_, key, Value() as value):
            yield key, value
        case _:
            for child, about in children(node, schema):
                yield from _constants(child, about)


def _shown(session: Session, value: Value) -> str:
    """Return a value as the ledger itself shows it, whatever the language of a run."""
    return formatter(Spec(kind=value.kind, labels=Labels("")), session.settings.conventions)(value.plain)
