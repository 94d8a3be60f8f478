"""Settled conditions in SQL: each as where it holds, or as where it does not, without a NOT around it."""

from custledger.expressions.columns import column, comparable_column, side_table
from custledger.expressions.dialects import Dialect
from custledger.expressions.evaluate import FOLDED_KINDS, places
from custledger.expressions.fragments import FALSE, TRUE, Sql, all_of, any_of
from custledger.expressions.tree import (
    Always,
    And,
    Compare,
    Condition,
    Empty,
    FieldNode,
    Has,
    Match,
    Not,
    OneOf,
    Operator,
    Or,
    Value,
)
from custledger.fields import Kind
from custledger.schema import CREATED_AT, ID, REVISION, UPDATED_AT, Schema
from custledger.values import SCALE, Plain, folder

_OPPOSITE: dict[Operator, str] = {"=": "<>", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}
_NEVER_EMPTY = (ID, CREATED_AT, UPDATED_AT, REVISION)
_LAST_CHARACTER = 0x10FFFF
_SURROGATES = range(0xD800, 0xE000)


class NotPushedError(Exception):
    """The database cannot compute this exactly. Never leaves ``custledger.expressions``."""


class Conditions:
    """Compiles the conditions about records of one schema for one database."""

    def __init__(self, schema: Schema, dialect: Dialect) -> None:
        self.schema = schema
        self.dialect = dialect
        self.never_empty = frozenset(schema.keys[at] for at in _NEVER_EMPTY)

    def condition(self, node: Condition, *, holds: bool) -> Sql:
        """Return SQL that is true where ``node`` is true, or with ``holds=False``, where it is false."""
        match node:
            case Not(part):
                return self.condition(part, holds=not holds)
            case And(parts) | Or(parts):
                compiled = [self.condition(part, holds=holds) for part in parts]
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

    def comparison(self, node: Compare | OneOf, *, holds: bool) -> Sql:
        """Return the condition that a field compares as the node says, or does not."""
        match node:
            case OneOf(left, values):
                return self.one_of(left, [value.plain for value in values if isinstance(value, Value)], holds=holds)
            case Compare(_, left, Value(plain)):
                return self.against_value(node.operator, left, plain, holds=holds)
            case Compare(_, _, FieldNode() as right):
                return self.against_field(node, right, holds=holds)
        raise NotPushedError(repr(node))

    def value(self, node: FieldNode) -> str:
        """Return what a field is compared by."""
        own = comparable_column(node.key, node.kind, self.dialect, self.schema.name)
        to_any = node.kind is Kind.REFERENCE and self.schema.by_key[node.key].spec.target is None
        return own + self.dialect.by_code_point if to_any else own

    def column(self, node: FieldNode) -> str:
        """Return the column of a field."""
        return column(node.key, self.dialect, self.schema.name)

    def sortable(self, node: FieldNode) -> Sql:
        """Return the form in which a field sorts: choices by their place, others as they are compared."""
        if node.kind is not Kind.CHOICE:
            return Sql(self.value(node))
        choices = self.schema.by_key[node.key].spec.choices
        place = places(choices)
        own = self.column(node)
        codes = tuple(dict.fromkeys(choice.code for choice in choices))
        cases = "".join(f" WHEN {own} = {self.dialect.placeholder} THEN {place(code)}" for code in codes)
        return Sql(f"CASE WHEN {own} IS NULL THEN NULL{cases} ELSE {len(choices)} END", codes)

    def or_empty(self, node: FieldNode, part: Sql) -> Sql:
        """Return the condition that a field is empty or that ``part`` holds."""
        if node.key in self.never_empty:
            return part
        return any_of([Sql(f"{self.column(node)} IS NULL"), part])

    def empty(self, node: FieldNode, *, holds: bool) -> Sql:
        """Return the condition that a field has no value, or has one."""
        return Sql(f"{self.column(node)} IS {'' if holds else 'NOT '}NULL")

    def has(self, node: Has, *, holds: bool) -> Sql:
        """Return the condition that one of several values is among the field's, or none is."""
        left, values = node.left, node.values
        negation = "" if holds else "NOT "
        marks = self.dialect.placeholders(len(values))
        if left.kind is Kind.TAGS:
            table = self.dialect.quoted(side_table(self.schema.name, left.key))
            own = column(self.schema.keys[ID], self.dialect, self.schema.name)
            found = f"t.record = {own} AND t.folded IN ({marks}) AND t.refused = 0"
            text = f"{negation}EXISTS (SELECT 1 FROM {table} AS t WHERE {found})"  # noqa: S608 - names are quoted, values bound
            return Sql(text, tuple(map(folder(Kind.TAGS), values)))
        if not self.dialect.any_choice:
            raise NotPushedError(self.dialect.name)
        return Sql(negation + self.dialect.any_choice.format(column=self.column(left), values=marks), values)

    def one_of(self, left: FieldNode, plain: list[Plain], *, holds: bool) -> Sql:
        """Return the condition that the field equals one of the values, or none."""
        bound = tuple(dict.fromkeys(self.bound(left, each) for each in plain))
        marks = self.dialect.placeholders(len(bound))
        if holds:
            return Sql(f"{self.value(left)} IN ({marks})", bound)
        return self.or_empty(left, Sql(f"{self.value(left)} NOT IN ({marks})", bound))

    def bound(self, node: FieldNode, plain: Plain) -> Plain:
        """Return a value as it is bound to be compared with a field."""
        return folder(node.kind)(plain) if node.kind in FOLDED_KINDS else plain

    def against_value(self, operator: Operator, left: FieldNode, plain: Plain, *, holds: bool) -> Sql:
        """Return the comparison of a field with a value, or its opposite."""
        bound = (self.bound(left, plain),)
        mark = self.dialect.placeholder
        if holds:
            return Sql(f"{self.value(left)} {operator} {mark}", bound)
        return self.or_empty(left, Sql(f"{self.value(left)} {_OPPOSITE[operator]} {mark}", bound))

    def against_field(self, node: Compare, right: FieldNode, *, holds: bool) -> Sql:
        """Return the comparison of two fields, or its opposite."""
        own, other, exactly = self.sides(node, right)
        operator = node.operator if holds else _OPPOSITE[node.operator]
        compared = Sql(f"{own.text} {operator} {other.text}", own.parameters + other.parameters)
        if holds:
            return all_of([compared, exactly]) if exactly else compared
        opposite = any_of([compared, Sql(f"NOT {exactly.text}")]) if exactly else compared
        return self.or_empty(node.left, self.or_empty(right, opposite))

    def sides(self, node: Compare, right: FieldNode) -> tuple[Sql, Sql, Sql | None]:
        """Return two fields in forms that the node's operator can compare, and what must hold beside it, if anything.

        Whole numbers are compared with a rounded number, since ten thousand times one of them may be too large.
        """
        left = node.left
        if left.kind is Kind.CHOICE and node.operator != "=":
            return self.sortable(left), self.sortable(right), None
        if left.kind is not Kind.INTEGER and right.kind is Kind.INTEGER:
            rounded, exactly = self.rounded(left, up=node.operator in {">", "<="})
            return rounded, Sql(self.value(right)), exactly if node.operator == "=" else None
        if left.kind is Kind.INTEGER and right.kind is not Kind.INTEGER:
            rounded, exactly = self.rounded(right, up=node.operator in {"<", ">="})
            return Sql(self.value(left)), rounded, exactly if node.operator == "=" else None
        return Sql(self.value(left)), Sql(self.value(right)), None

    def rounded(self, node: FieldNode, *, up: bool) -> tuple[Sql, Sql]:
        """Return a number rounded to a whole one, up or down, and the condition that it is whole already."""
        value = self.value(node)
        rest = self.dialect.remainder.format(value=value, divisor=SCALE)
        correction = f"+ CASE WHEN {rest} > 0" if up else f"- CASE WHEN {rest} < 0"
        return Sql(f"({value} / {SCALE} {correction} THEN 1 ELSE 0 END)"), Sql(f"({rest} = 0)")

    def match(self, node: Match, *, holds: bool) -> Sql:
        """Return the condition that a text contains, starts with or ends with another, or does not."""
        value, wanted = self.value(node.left), folder(node.left.kind)(node.text)
        if not wanted:
            return self.empty(node.left, holds=not holds)
        match node.place:
            case "contains":
                found = self.dialect.find.format(text=value, part=self.dialect.placeholder)
                positive, negative = Sql(f"{found} > 0", (wanted,)), Sql(f"{found} = 0", (wanted,))
            case "ends":
                ending = self.dialect.ending.format(text=value, length=len(wanted))
                positive = Sql(f"{ending} = {self.dialect.placeholder}", (wanted,))
                negative = Sql(f"{ending} <> {self.dialect.placeholder}", (wanted,))
            case "starts":
                positive, negative = self.beginning(value, wanted)
        return positive if holds else self.or_empty(node.left, negative)

    def beginning(self, value: str, wanted: str) -> tuple[Sql, Sql]:
        """Return that a text starts with another, as a range that an index can serve, and the opposite."""
        mark, following = self.dialect.placeholder, following_text(wanted)
        low, before = Sql(f"{value} >= {mark}", (wanted,)), Sql(f"{value} < {mark}", (wanted,))
        if following is None:
            return low, before
        high, beyond = Sql(f"{value} < {mark}", (following,)), Sql(f"{value} >= {mark}", (following,))
        return all_of([low, high]), any_of([before, beyond])


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
