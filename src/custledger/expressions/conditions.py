"""Settled conditions in SQL: each as where it holds, or as where it does not, without a NOT around it.

What has a value is compiled in ``sql_terms``.
"""

from custledger.expressions.columns import side_table
from custledger.expressions.fragments import FALSE, TRUE, Sql, all_of, any_of
from custledger.expressions.sql_terms import Terms
from custledger.expressions.tree import (
    SCALES,
    Aggregate,
    Always,
    And,
    Compare,
    Condition,
    DateFunction,
    Day,
    Empty,
    FieldNode,
    Has,
    Match,
    NamedNode,
    Not,
    OneOf,
    Operation,
    Operator,
    Or,
    Term,
    Value,
)
from custledger.expressions.types import FOLDED_KINDS
from custledger.fields import Kind
from custledger.values import Plain, folder

_OPPOSITE: dict[Operator, str] = {"=": "<>", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}
_LAST_CHARACTER = 0x10FFFF
_SURROGATES = range(0xD800, 0xE000)


class NotPushedError(Exception):
    """The database cannot compute this exactly. Never leaves ``custledger.expressions``."""


class Conditions(Terms):
    """Compiles the conditions about records of one schema for one database."""

    def condition(self, node: Condition, *, holds: bool) -> Sql:
        """Return SQL that is true where ``node`` is true, or with ``holds=False``, where it is false."""
        match node:
            case Not(part):
                return self.condition(part, holds=not holds)
            case And(parts) | Or(parts):
                # Databases look at conditions as they are written, and no further than they must.
                compiled = [self.condition(part, holds=holds) for part in sorted(parts, key=self.effort)]
                return all_of(compiled) if isinstance(node, And) is holds else any_of(compiled)
            case Always(truth):
                return TRUE if truth is holds else FALSE
            case Empty(left):
                return self.empty(left, holds=holds)
            case Has():
                return self.has(node, holds=holds)
            case Match():
                return self.match(node, holds=holds)
            case _:
                return self.comparison(node, holds=holds)

    def effort(self, node: Condition) -> int:
        """Return how much it takes to look at a condition: a fact, what is computed, other rows."""
        match node:
            case Not(part):
                return self.effort(part)
            case And(parts) | Or(parts):
                return max(map(self.effort, parts), default=0)
            case Always():
                return 0
            case Has() | Match():
                return max(1, self.effort_of(node.left))
            case Compare(_, left, right) if not isinstance(right, Day):
                return max(self.effort_of(left), self.effort_of(right))
            case _:
                return self.effort_of(node.left)

    def effort_of(self, term: Term) -> int:
        """Return how much it takes to have a term."""
        match term:
            case FieldNode() | Value():
                return 0
            case NamedNode(_, _, root):
                return self.effort_of(root)
            case Operation(left=left, right=right):
                return max(1, self.effort_of(left), self.effort_of(right))
            case DateFunction(argument=argument):
                return max(1, self.effort_of(argument))
            case Aggregate():
                return 2 if self.fact(term) is None else 0
            case _:
                return 2

    def comparison(self, node: Compare | OneOf, *, holds: bool) -> Sql:
        """Return the condition that a term compares as the node says, or does not."""
        match node:
            case OneOf(left, values):
                return self.one_of(left, [value.plain for value in values if isinstance(value, Value)], holds=holds)
            case Compare("=", Aggregate(function="exists") as left, Value(plain)):
                return self.exists(left, holds=holds is bool(plain))
            case Compare(_, left, right) if not isinstance(right, Day):
                if left.kind in SCALES and left.scale != right.scale:
                    return self.numbers(node, right, holds=holds)
                if isinstance(right, Value):
                    return self.against_value(node.operator, left, right.plain, holds=holds)
                return self.against_term(node, right, holds=holds)
        raise NotPushedError(repr(node))

    def exists(self, node: Aggregate, *, holds: bool) -> Sql:
        """Return the condition that there is a related record, or none."""
        if (fact := self.fact(node)) is not None:
            return Sql(f"{fact.text} = {int(holds)}")
        found = self.aggregate(node, compared=False)
        inside = found.text.removeprefix("CASE WHEN ").removesuffix(" THEN 1 ELSE 0 END")
        return Sql(inside if holds else f"NOT {inside}", found.parameters)

    def numbers(self, node: Compare, right: Term, *, holds: bool) -> Sql:
        """Return the comparison of two numbers in one unit, or as doubles, or its opposite."""
        scales = node.left.scale, right.scale
        scale = None if None in scales else max(one for one in scales if one is not None)
        own, other = self.number(node.left, scale), self.number(right, scale)
        operator = node.operator if holds else _OPPOSITE[node.operator]
        compared = Sql(f"{own.text} {operator} {other.text}", own.parameters + other.parameters)
        return compared if holds else self.or_empty(node.left, self.or_empty(right, compared))

    def or_empty(self, term: Term, part: Sql) -> Sql:
        """Return the condition that a term is empty or that ``part`` holds."""
        return any_of([self.empty(term, holds=True), part]) if self.can_be_empty(term) else part

    def empty(self, term: Term, *, holds: bool) -> Sql:
        """Return the condition that a term has no value, or has one."""
        value = self.plain(term)
        return Sql(f"{value.text} IS {'' if holds else 'NOT '}NULL", value.parameters)

    def has(self, node: Has, *, holds: bool) -> Sql:
        """Return the condition that one of several values is among the field's, or none is."""
        left, values = node.left, node.values
        if not isinstance(left, FieldNode):
            raise NotPushedError(repr(node))
        negation = "" if holds else "NOT "
        marks = self.dialect.placeholders(len(values))
        if left.kind is Kind.TAGS:
            table = self.dialect.quoted(side_table(self.schema.name, left.key))
            found = f"t.folded IN ({marks}) AND t.refused = 0"
            # Of one record its tags are looked up; where all are looked at, it is quicker to know who has the tags.
            text = (
                f"{self.own_id} {negation}IN (SELECT t.record FROM {table} AS t WHERE {found})"  # noqa: S608 - as below
                if self.every
                else f"{negation}EXISTS (SELECT 1 FROM {table} AS t WHERE t.record = {self.own_id} AND {found})"  # noqa: S608 - names are quoted, values bound
            )
            return Sql(text, tuple(map(folder(Kind.TAGS), values)))
        if not self.dialect.any_choice:
            raise NotPushedError(self.dialect.name)
        return Sql(negation + self.dialect.any_choice.format(column=self.plain(left).text, values=marks), values)

    def one_of(self, left: Term, plain: list[Plain], *, holds: bool) -> Sql:
        """Return the condition that a term equals one of the values, or none."""
        bound = tuple(dict.fromkeys(self.bound(left, each) for each in plain))
        marks = self.dialect.placeholders(len(bound))
        value = self.compared(left)
        listed = Sql(f"{value.text} {'' if holds else 'NOT '}IN ({marks})", value.parameters + bound)
        return listed if holds else self.or_empty(left, listed)

    def bound(self, node: Term, plain: Plain) -> Plain:
        """Return a value as it is bound to be compared with a field."""
        return folder(node.kind)(plain) if node.kind in FOLDED_KINDS else plain

    def against_value(self, operator: Operator, left: Term, plain: Plain, *, holds: bool) -> Sql:
        """Return the comparison of a term with a value, or its opposite."""
        value = self.compared(left)
        bound = (*value.parameters, self.bound(left, plain))
        compared = Sql(f"{value.text} {operator if holds else _OPPOSITE[operator]} {self.dialect.placeholder}", bound)
        return compared if holds else self.or_empty(left, compared)

    def against_term(self, node: Compare, right: Term, *, holds: bool) -> Sql:
        """Return the comparison of two terms, or its opposite."""
        by_place = node.left.kind is Kind.CHOICE and node.operator != "="
        own, other = map(self.sortable if by_place else self.compared, (node.left, right))
        operator = node.operator if holds else _OPPOSITE[node.operator]
        compared = Sql(f"{own.text} {operator} {other.text}", own.parameters + other.parameters)
        return compared if holds else self.or_empty(node.left, self.or_empty(right, compared))

    def match(self, node: Match, *, holds: bool) -> Sql:
        """Return the condition that a text contains, starts with or ends with another, or does not."""
        value, wanted = self.compared(node.left), folder(node.left.kind)(node.text)
        if not wanted:
            return self.empty(node.left, holds=not holds)
        found, bound = value.text, (*value.parameters, wanted)
        match node.place:
            case "contains":
                place = self.dialect.find.format(text=found, part=self.dialect.placeholder)
                matched = Sql(f"{place} {'>' if holds else '='} 0", bound)
            case "ends":
                ending = self.dialect.ending.format(text=found, length=len(wanted))
                matched = Sql(f"{ending} {'=' if holds else '<>'} {self.dialect.placeholder}", bound)
            case "starts":
                matched = self.beginning(value, wanted, holds=holds)
        return matched if holds else self.or_empty(node.left, matched)

    def beginning(self, value: Sql, wanted: str, *, holds: bool) -> Sql:
        """Return that a text starts with another, as a range that an index can serve, or the opposite."""
        mark, following = self.dialect.placeholder, following_text(wanted)
        first = Sql(f"{value.text} {'>=' if holds else '<'} {mark}", (*value.parameters, wanted))
        if following is None:
            return first
        second = Sql(f"{value.text} {'<' if holds else '>='} {mark}", (*value.parameters, following))
        return all_of([first, second]) if holds else any_of([first, second])


def following_text(text: str) -> str | None:
    """Return the first text, by code points, after all those that start with ``text``, or None if there is none.

    >>> following_text("shop")
    'shoq'
    """
    kept = text.rstrip(chr(_LAST_CHARACTER))
    if not kept:
        return None
    point = ord(kept[-1]) + 1
    return kept[:-1] + chr(_SURROGATES.stop if point in _SURROGATES else point)
