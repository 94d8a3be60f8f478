"""Which aggregates a store may keep computed beside the records, and by what it knows one again.

An aggregate can be kept that depends on nothing but the records that refer to the subject: not on today, and not on
other records beyond those. Its *definition* is a text that says all that its value depends on, zone, currency and
choices included; two settled aggregates with one definition have one value.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import attrs

from custledger.expressions import tree
from custledger.expressions.functions import AGGREGATES, DATE_FUNCTIONS
from custledger.fields import Choice, Kind, Labels
from custledger.schema import Schema
from custledger.structs import Struct, frozen

_NODES: Mapping[str, type[Struct]] = {
    node.__name__: node
    for node in (
        tree.FieldNode,
        tree.Value,
        tree.DateFunction,
        tree.Operation,
        tree.Compare,
        tree.OneOf,
        tree.Match,
        tree.Has,
        tree.Empty,
        tree.Always,
        tree.And,
        tree.Or,
        tree.Not,
    )
}
"""What may stand inside an aggregate that is kept."""

_WORDS: Mapping[str, frozenset[str]] = {
    "operator": frozenset({"=", "<", "<=", ">", ">="}),
    "sign": frozenset({"+", "-", "*", "/"}),
    "place": frozenset({"contains", "starts", "ends"}),
    "function": frozenset(AGGREGATES.values()) | frozenset(DATE_FUNCTIONS.values()),
}
"""What these attributes of nodes may say, which becomes SQL as it stands."""

_MOST_PLACES = 24
_OF_TODAY = frozenset({"days_since", "days_until", "age", "next_anniversary"})
_OF_ONE_RECORD = frozenset({"first", "last", "most_frequent"})
_SINGLE_KINDS = frozenset({Kind.INTEGER, Kind.NUMBER, Kind.MONEY, Kind.DATE, Kind.TIME, Kind.YES_NO, Kind.CHOICE})
"""The kinds of values that one column holds together with what they are compared by."""
_SOME_DAY = "2000-01-01"
"""What stands for today in functions of dates that do not depend on it."""


class Kept:
    """The columns in which a store keeps facts about records of one type, by definition.

    ``used`` is set once an expression was compiled to look at one.
    """

    def __init__(self, table: str, columns: Mapping[str, str], currency: str) -> None:
        self.table = table
        self.used = False
        self._columns = columns
        self._currency = currency

    def column(self, aggregate: tree.Aggregate) -> str | None:
        """Return the column that holds a settled aggregate, or ``None``."""
        if not self._columns or _other_than_kept(aggregate):
            return None
        found = self._columns.get(definition(aggregate, self._currency))
        self.used = self.used or found is not None
        return found


def aggregates(root: Any) -> Iterator[tree.Aggregate]:
    """Yield the aggregates in a tree."""
    if isinstance(root, tree.Aggregate):
        yield root
    else:
        for part in _parts(root):
            yield from aggregates(part)


def can_be_kept(aggregate: tree.Aggregate) -> bool:
    """Whether an aggregate, not yet settled, may be kept."""
    inside = list(_within(aggregate))
    today = any(isinstance(node, tree.Day | tree.DayFunction) for node in inside)
    today = today or any(isinstance(node, tree.DateFunction) and node.function in _OF_TODAY for node in inside)
    single = aggregate.function not in _OF_ONE_RECORD or aggregate.kind in _SINGLE_KINDS
    by_key = aggregate.schema.by_key
    return (
        not today
        and single
        and not _other_than_kept(aggregate)
        and not any(by_key[key].spec.sensitive for key in looked_at(aggregate))
    )


def _other_than_kept(aggregate: tree.Aggregate) -> bool:
    """Whether there is something within that no kept aggregate has: other records, or tags, which lie elsewhere."""
    return any(
        isinstance(node, tree.StepNode) or (isinstance(node, tree.FieldNode) and node.kind is Kind.TAGS)
        for node in _within(aggregate)
    )


def looked_at(aggregate: tree.Aggregate) -> frozenset[str]:
    """Return the keys of the fields of the related records that the value depends on, the reference included."""
    found = {node.key for node in _within(aggregate) if isinstance(node, tree.FieldNode)} | {aggregate.reference}
    if aggregate.currency:
        found.add(aggregate.currency)
    if aggregate.function in {"first", "last"}:
        found.add(aggregate.schema.info.when)
    return frozenset(found)


def definition(aggregate: tree.Aggregate, currency: str) -> str:
    """Return the definition of a settled aggregate, where money without a currency is in ``currency``."""
    by_place = _goes_by_place(aggregate)
    choices = {
        node.key: [choice.code for choice in aggregate.schema.by_key[node.key].spec.choices]
        for node in _within(aggregate)
        if by_place and isinstance(node, tree.FieldNode) and node.kind is Kind.CHOICE
    }
    whole = {
        "about": aggregate.schema.name,
        "made": _encoded(aggregate),
        "choices": choices,
        # Not "currency": under that key stood definitions of sums that left out foreign money, where these are empty.
        "all_in": currency if aggregate.currency else "",
    }
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def _goes_by_place(aggregate: tree.Aggregate) -> bool:
    """Whether it matters which choice comes before which: where two compare, or the first of several is taken."""
    compared = (node for node in _within(aggregate) if isinstance(node, tree.Compare) and node.operator != "=")
    taken = aggregate.function == "most_frequent" and aggregate.kind is Kind.CHOICE
    return taken or any(node.left.kind is Kind.CHOICE for node in compared)


@frozen
class Defined(Struct):
    """What a definition says."""

    aggregate: tree.Aggregate
    currency: str


def defined(text: str, schemas: Mapping[str, Schema]) -> Defined:
    """Return what a definition says. Raises ``ValueError`` for one that this program cannot understand."""
    try:
        whole = json.loads(text)
        schema = schemas[whole["about"]]
        listed = {key: tuple(Choice(code, Labels(code)) for code in codes) for key, codes in whole["choices"].items()}
        made = _checked({name: _decoded(value) for name, value in whole["made"].items()})
        aggregate = tree.Aggregate(schema=schema.with_choices(listed), **made)
        missing = looked_at(aggregate) - schema.by_key.keys()
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise ValueError(f"This definition cannot be understood: {error}") from error
    if missing:
        raise ValueError(f"This definition looks at fields that are not there: {', '.join(sorted(missing))}")
    return Defined(aggregate, whole["all_in"])


def _attributes(node: type[Any]) -> tuple["attrs.Attribute[Any]", ...]:
    return tuple(attrs.fields(node))


def _encoded(aggregate: tree.Aggregate) -> dict[str, Any]:
    names = [attribute.name for attribute in _attributes(tree.Aggregate)]
    return {name: _written(getattr(aggregate, name)) for name in names if name != "schema"}


def _written(value: Any) -> Any:
    """Return a part of a tree as JSON: a node as a list that begins with its class, several as one of lists."""
    if isinstance(value, tree.NamedNode):
        return _written(value.root)
    if isinstance(value, Kind):
        return ["Kind", value.value]
    if isinstance(value, tree.DateFunction):
        value = attrs.evolve(value, today=_SOME_DAY if value.function not in _OF_TODAY else value.today)
    if isinstance(value, Struct):
        attributes = _attributes(type(value))
        return [type(value).__name__, *(_written(getattr(value, attribute.name)) for attribute in attributes)]
    if isinstance(value, tuple):
        return ["", *map(_written, value)]
    return value


def _decoded(value: Any) -> Any:
    if not isinstance(value, list):
        return value
    name, *parts = value
    if not name:
        return tuple(map(_decoded, parts))
    if name == "Kind":
        return Kind(parts[0])
    node = _NODES[name]
    names = [attribute.name for attribute in _attributes(node)]
    return node(**_checked(dict(zip(names, map(_decoded, parts), strict=True))))


def _checked(values: dict[str, Any]) -> dict[str, Any]:
    """Return the attributes of a node. Raises ``ValueError`` for what none can be: a ledger may come from anywhere."""
    for name, value in values.items():
        is_word = name not in _WORDS or value in _WORDS[name]
        is_scale = name != "scale" or value is None or (type(value) is int and 0 <= value <= _MOST_PLACES)
        is_day = name != "today" or value == _SOME_DAY
        if not (is_word and is_scale and is_day):
            raise ValueError(f"This definition cannot be understood: {name} is {value}")
    return values


def _within(aggregate: tree.Aggregate) -> Iterator[Struct]:
    """Yield the nodes inside an aggregate."""
    for part in _parts(aggregate):
        yield from _all(part)


def _all(node: Struct) -> Iterator[Struct]:
    yield node
    for part in _parts(node):
        yield from _all(part)


def _parts(node: Any) -> Iterator[Struct]:
    """Yield the nodes directly within a node."""
    for attribute in _attributes(type(node)):
        value = getattr(node, attribute.name)
        for one in value if isinstance(value, tuple) else (value,):
            if isinstance(one, Struct) and not isinstance(one, Schema):
                yield one
