"""Expressions made without a text, by programs."""

from collections.abc import Iterable

from custledger.expressions import tree
from custledger.expressions.literals import written
from custledger.expressions.nodes import Expression
from custledger.expressions.types import SEVERAL_KINDS
from custledger.fields import Kind
from custledger.schema import Schema
from custledger.values import Plain


def field_expression(schema: Schema, key: str) -> Expression:
    """Return the expression that yields the field ``key``, for a column or a sort key. Raises ``KeyError``."""
    node = _node(schema, key)
    return Expression(f"[{key}]", node.kind, node, frozenset({key}), schema.by_key[key].spec)


def equals(schema: Schema, key: str, plain: Plain) -> Expression:
    """Return the condition that the field ``key`` has a plain value, or with ``None``, that it is empty.

    A field that holds several values must hold this one.
    """
    node = _node(schema, key)
    if plain is None:
        return _condition(f"[{key}] is empty", tree.Empty(node), key)
    text = f"[{key}] = {written(plain, node.kind)}"
    if node.kind in SEVERAL_KINDS:
        return _condition(text, tree.Has(node, (plain,)), key)
    return _condition(text, tree.Compare("=", node, tree.Value(plain, node.kind)), key)


def is_in(schema: Schema, key: str, plains: Iterable[Plain]) -> Expression:
    """Return the condition that the field ``key`` has one of these plain values, none of which is ``None``."""
    node = _node(schema, key)
    listed = tuple(plains)
    text = f"[{key}] in ({', '.join(written(plain, node.kind) for plain in listed)})"
    if not listed:
        return _condition(text, tree.Always(holds=False), key)
    if node.kind in SEVERAL_KINDS:
        return _condition(text, tree.Has(node, listed), key)
    return _condition(text, tree.OneOf(node, tuple(tree.Value(plain, node.kind) for plain in listed)), key)


def both(first: Expression, second: Expression) -> Expression:
    """Return the condition that both conditions hold."""
    root = tree.conjunction(first.root, second.root)
    return Expression(f"({first.text}) and ({second.text})", Kind.YES_NO, root, first.keys | second.keys)


def negated(condition: Expression) -> Expression:
    """Return the condition that another one does not hold."""
    root = tree.Not(condition.root)
    return Expression(f"not ({condition.text})", Kind.YES_NO, root, condition.keys)


def _node(schema: Schema, key: str) -> tree.FieldNode:
    return tree.FieldNode(key, schema.by_key[key].spec.kind)


def _condition(text: str, root: tree.Condition, key: str) -> Expression:
    return Expression(text, Kind.YES_NO, root, frozenset({key}))
