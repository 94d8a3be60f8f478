"""Whether facts are what is computed anew, one record after the other, as a query without facts computes it."""

from collections.abc import Callable
from typing import Any

from custledger.expressions.numbers import plain_number
from custledger.expressions.tree import SCALES
from custledger.stores.contract import FactCheck
from custledger.stores.sql.database import Connection
from custledger.stores.sql.facts.computing import table_of
from custledger.stores.sql.facts.registry import Fact, Registry
from custledger.stores.sql.layout import RECORD, quoted

EXAMPLES = 20
"""How many records are named at most for which a fact differs."""


def check(connection: Connection, registry: Registry) -> list[FactCheck]:
    """Compare every fact with what is computed anew, in a transaction that sees one snapshot."""
    return [_check(connection, fact) for fact in registry.facts]


def _check(connection: Connection, fact: Fact) -> FactCheck:
    own, table = quoted(fact.subject.name), table_of(fact.subject)
    ((compared,),) = connection.execute(f"SELECT count(*) FROM {own}")
    # A record without a row of facts differs as well: it would be in no answer at all.
    both = (
        f'SELECT {own}."id" AS i, f.{RECORD} AS r, f.{fact.column} AS k, {fact.one.text} AS v '
        f'FROM {own} LEFT JOIN {table} AS f ON f.{RECORD} = {own}."id"'
    )
    plain = _plain(fact)
    differing = 0
    examples: list[tuple[int, Any, Any]] = []
    statement = f"SELECT i, k, v FROM ({both}) AS b WHERE r IS NULL OR k IS DISTINCT FROM v ORDER BY i"
    for number, kept, computed in connection.execute(statement, fact.one.parameters):
        differing += 1
        if len(examples) < EXAMPLES:
            examples.append((number, plain(kept), plain(computed)))
    ((left,),) = connection.execute(
        f'SELECT count(*) FROM {table} WHERE NOT EXISTS (SELECT 1 FROM {own} WHERE {own}."id" = {RECORD})'
    )
    return FactCheck(
        subject=fact.subject.name,
        name=fact.name,
        kind=fact.aggregate.kind,
        compared=compared,
        differing=differing + left,
        examples=tuple(examples),
    )


def _plain(fact: Fact) -> Callable[[Any], Any]:
    """Return what makes plain values of those of a fact: numbers may be in another unit."""
    kind, scale = fact.aggregate.kind, fact.aggregate.scale
    if kind not in SCALES or scale == SCALES[kind]:
        return lambda value: value
    convert = plain_number(scale, kind)
    return lambda value: None if value is None else convert(value)
