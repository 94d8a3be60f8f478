"""What the answer of an expression depends on: fields of records, and how these records lead to its subject."""

from collections.abc import Iterator, Sequence
from datetime import date

import attrs

from custledger.expressions import tree
from custledger.expressions.nodes import Expression, Moment
from custledger.expressions.settle import settle
from custledger.fields import Choice, Kind
from custledger.schema import Schema

MEMBERSHIP = "membership"
"""The type of records that say who was in a segment at a refresh."""
_SOME_DAY = date(2000, 1, 1)


@attrs.frozen
class Referrers:
    """A step from records to those of ``schema`` whose field ``reference`` refers to them."""

    schema: Schema = attrs.field(eq=False)
    reference: str


@attrs.frozen
class Referred:
    """A step from records of ``schema`` to those that their field ``reference`` refers to."""

    schema: Schema = attrs.field(eq=False)
    reference: str


Way = tuple[Referrers | Referred, ...]
"""How records lead to the subject that looks at them, step after step; no step for the subject itself."""


@attrs.frozen
class Dependency:
    """The field ``key`` of records of a type, and their way to the subject."""

    record_type: str
    key: str
    way: Way = ()


def dependencies_of(expression: Expression, schema: Schema) -> list[Dependency]:
    """Return what the answer of an expression about records of ``schema`` depends on, beside the day."""
    return list(dict.fromkeys(_walk(expression.root, schema, ())))


def meaning_of(asked: Sequence[Expression], schema: Schema, moment: Moment) -> str:
    """Return a digest of what a rule asks, whatever the day: its names, the choices' order, zone and currency.

    What was computed under another meaning has to be computed anew.
    """
    from hashlib import blake2b  # needed only where segments are refreshed

    some_day = Moment(_SOME_DAY, moment.zone, currency=moment.currency)
    told = [
        (
            one.root,
            settle(one.root, schema, some_day),
            [[each.code for each in some] for some in _choices(one.root, schema)],
        )
        for one in asked
    ]
    return blake2b(repr((told, str(moment.zone), moment.currency)).encode(), digest_size=12).hexdigest()


def stored_names(node: tree.Node, schema: Schema) -> Iterator[str]:
    """Yield the names of the segments whose stored memberships an expression looks at."""
    match node:
        case tree.Compare("=", tree.FieldNode("segment"), tree.Value(str(plain))) if schema.name == MEMBERSHIP:
            yield plain
        case tree.OneOf(tree.FieldNode("segment"), listed) if schema.name == MEMBERSHIP:
            yield from (str(one.plain) for one in listed if isinstance(one, tree.Value))
    for child, about in children(node, schema):
        yield from stored_names(child, about)


def children(node: tree.Node, schema: Schema) -> Iterator[tuple[tree.Node, Schema]]:
    """Yield what stands directly within a node, each with the schema of the records that it is about."""
    match node:
        case tree.And(parts) | tree.Or(parts):
            yield from ((part, schema) for part in parts)
        case tree.Not(part):
            yield part, schema
        case tree.Compare(left=left, right=right):
            yield left, schema
            if not isinstance(right, tree.Day):
                yield right, schema
        case tree.OneOf() | tree.Match() | tree.Has() | tree.Empty():
            yield node.left, schema
        case tree.Aggregate():
            yield from ((each, node.schema) for each in (node.of, node.where) if each is not None)
        case tree.DateFunction():
            yield node.argument, schema
        case tree.Operation(left=left, right=right):
            yield left, schema
            yield right, schema
        case tree.NamedNode(root=root):
            yield root, schema


def _walk(node: tree.Node, schema: Schema, way: Way) -> Iterator[Dependency]:
    match node:
        case tree.FieldNode(key):
            yield Dependency(schema.name, key, way)
        case tree.StepNode(reference, target, inner):
            yield Dependency(schema.name, reference, way)
            yield Dependency(target.name, inner.key, (Referrers(schema, reference), *way))
        case tree.Aggregate():
            way = (Referred(node.schema, node.reference), *way)
            looked_at = (node.reference, node.schema.info.when, *((node.currency,) if node.currency else ()))
            yield from (Dependency(node.schema.name, each, way) for each in looked_at)
    for child, about in children(node, schema):
        yield from _walk(child, about, way)


def _choices(node: tree.Node, schema: Schema) -> Iterator[tuple[Choice, ...]]:
    if isinstance(node, tree.Term) and node.kind is Kind.CHOICE:
        yield tree.choices_of(node, schema)
    for child, about in children(node, schema):
        yield from _choices(child, about)
