"""Aggregates in SQL for many records at once: what a store computes facts with.

``one`` is the aggregate for the record that a row of the subject's table is, just as it is compiled into a query.
``Grouped`` computes it for every subject in one reading of the related records, under the alias ``r1``: each of them
gives a value where it counts and NULL where it does not, and what is made of the values ignores NULL.
"""

from custledger.expressions.columns import is_foreign
from custledger.expressions.conditions import Conditions
from custledger.expressions.dialects import Dialect
from custledger.expressions.fragments import Sql
from custledger.expressions.kept import Defined
from custledger.expressions.tree import Aggregate
from custledger.schema import Schema
from custledger.structs import Struct, frozen

RELATED = "r1"
"""The alias under which related records are read."""

_UNGROUPED = frozenset({"first", "last", "most_frequent"})


@frozen
class Grouped(Struct):
    """What a related record gives, whether that is in a foreign currency, and what is made of the columns of both."""

    value: Sql
    foreign: Sql | None
    made: str


@frozen
class FactSql(Struct):
    """An aggregate in SQL: for one subject, and if it can be had so, for all of them."""

    one: Sql
    grouped: Grouped | None


def compile_fact(fact: Defined, subject: Schema, dialect: Dialect, place: int) -> FactSql:
    """Return an aggregate about records of ``subject`` in SQL; ``place`` is in the names of its grouped columns."""
    compiler = Conditions(subject, dialect, currency=fact.currency)
    one = compiler.aggregate(fact.aggregate, compared=False)
    if fact.aggregate.function in _UNGROUPED:
        return FactSql(one, None)
    return FactSql(one, _grouped(fact.aggregate, compiler, place))


def _grouped(term: Aggregate, compiler: Conditions, place: int) -> Grouped:
    there = compiler.beyond(term.schema)
    value, made, foreign = Sql("1"), f"count(v{place})", None
    if term.of is not None:
        value = there.compared(term.of) if term.is_distinct else there.plain(term.of)
        made = there.made_of(term, term.of, f"v{place}", f"c{place}")
    elif term.function == "exists":
        made = f"CASE WHEN count(v{place}) > 0 THEN 1 ELSE 0 END"
    if term.where is not None:
        holds = there.condition(term.where, holds=True)
        value = Sql(f"CASE WHEN {holds.text} THEN {value.text} END", holds.parameters + value.parameters)
    if term.currency:
        mark, own = compiler.dialect.placeholder, compiler.dialect.quoted(term.currency)
        text = f"CASE WHEN {value.text} IS NOT NULL THEN {is_foreign(f'{RELATED}.{own}', mark)} END"
        foreign = Sql(text, (*value.parameters, compiler.currency))
    return Grouped(value, foreign, made)
