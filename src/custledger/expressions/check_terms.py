"""Finds what the terms of an expression mean, and which kinds of values they have."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Self

import attrs

from custledger.conventions import Conventions
from custledger.errors import InvalidValueError, QueryError, shorten
from custledger.expressions import tree
from custledger.expressions.dates import parse_day
from custledger.expressions.functions import AGGREGATES, DATE_FUNCTIONS, GIVING_DATES, Aggregating
from custledger.expressions.nodes import Named
from custledger.expressions.scope import Beyond, Meaning, Own, Relation, Scope, Step, canonical
from custledger.expressions.syntax import Call, Clause, Name, Number, Operation, Right, Term, names_in, start_of
from custledger.expressions.types import NUMBER_KINDS, SEVERAL_KINDS, described, of_another
from custledger.expressions.unknown import name_hint, own_hint
from custledger.fields import Kind, Labels, Spec
from custledger.schema import Field, nearest
from custledger.values import fold
from custledger.values.numbers import parse_scaled

_ORDERED_BY_VALUE = NUMBER_KINDS | {Kind.DATE, Kind.TIME}
_MOST_PLACES = 12
"""How many decimal places an exact product may have."""


@attrs.frozen
class Typed:
    """A term, with what is known of its values: ``field`` is the field that it is, or one that has such values."""

    node: tree.Term
    field: Field

    @property
    def kind(self) -> Kind:
        """The kind of the values."""
        return self.field.spec.kind


class TermChecker(ABC):
    """Understands the terms about records of one schema; ``naming`` are the named expressions being looked into.

    ``outer`` is where the names in the argument of an aggregate are found, each of which begins with ``relation``.
    """

    def __init__(
        self,
        text: str,
        scope: Scope,
        conventions: Conventions,
        *,
        naming: tuple[Named, ...] = (),
        relation: Relation | None = None,
        outer: Scope | None = None,
    ) -> None:
        self.text = text
        self.scope = scope
        self.schema = scope.schema
        self.conventions = conventions
        self.naming = naming
        self.relation = relation
        self.outer = outer
        self.keys: set[str] = set()
        self.names: dict[str, str] = {}
        self.seen: list[tuple[Name, Scope]] = []
        """The names that were looked at, each with where it was found."""
        self.values_read: list[tuple[Right, Field]] = []
        """The values that were read, each with the field that it is one of."""
        self.named_within: set[tuple[str, str]] = set()
        """The subjects and keys of the named expressions that were looked into, and of those within them."""

    @abstractmethod
    def condition(self, clause: Clause) -> tree.Condition:
        """Return what a clause means."""

    def within(self, relation: Relation, *, outer: Scope | None) -> Self:
        """Return what understands conditions on, or with ``outer``, terms of the records of a relation."""
        beyond = self.scope.beyond(relation.schema)
        inner = type(self)(self.text, beyond, self.conventions, naming=self.naming, relation=relation, outer=outer)
        inner.seen, inner.values_read, inner.named_within = self.seen, self.values_read, self.named_within
        return inner

    def error(self, why: str, start: int, *, hint: str = "") -> QueryError:
        """Return an error that points at a place in the text."""
        return QueryError(why, self.text, start, hint=hint)

    def label(self, field: Field) -> str:
        """Return what a field is called."""
        return field.label(self.conventions.language)

    def term(self, term: Term) -> Typed:
        """Return what a term means."""
        match term:
            case Name():
                return self.named(term)
            case Number():
                return self.number(term)
            case Operation():
                return self.operation(term)
            case Call(function) if function in AGGREGATES:
                return self.aggregate(term, AGGREGATES[function])
            case Call():
                return self.date_function(term)

    def meaning(self, name: Name) -> Meaning:
        """Return what a name means. Raises ``QueryError`` that offers the nearest one."""
        called = name.folded
        self.seen.append((name, self.outer or self.scope))
        found = (self.outer or self.scope).meaning(called)
        if found is None and called == "tag" and self.outer is None:
            tags = next((field for field in self.schema.fields if field.spec.kind is Kind.TAGS), None)
            found = Own(tags) if tags else None
        if found is not None:
            self.remember(called, canonical(self.outer or self.scope, found))
        if self.outer is None or self.relation is None:
            if found is None:
                what = f"{self.schema.name} field" if "." not in called else "field"
                raise self.error(f"There is no {what} {shorten(name.text)}", name.start, hint=self.name_hint(called))
            return found
        inner = self.scope.meaning(found.name) if isinstance(found, Beyond) else None
        if isinstance(found, Beyond) and found.relation.schema is self.schema and inner is not None:
            return inner
        if found is None and "." in called:
            why = f"There is no {self.schema.name} field {shorten(name.text)}"
            raise self.error(why, name.start, hint=self.name_hint(called.partition(".")[2]))
        hint = f"Write it as {self.called(self.relation)}.FIELD, or put it behind the bracket."
        raise self.error(f"{name.text} is not a field of the {self.relation.name}", name.start, hint=hint)

    def name_hint(self, called: str) -> str:
        """Return how a name might be meant that means nothing."""
        return name_hint(self.scope, called, is_related=self.relation is not None)

    def remember(self, called: str, key: str) -> None:
        """Note what a name means; nothing of one that means several things, of records of several types."""
        if self.names.setdefault(called, key) != key:
            self.names[called] = ""

    def resolve(self, name: Name) -> Field:
        """Return the field, of this record or of one that it refers to, that a name means."""
        return self.named(name).field

    def named(self, name: Name) -> Typed:
        """Return what a name means that has one value."""
        match self.meaning(name):
            case Own(field):
                self.keys.add(field.key)
                node = tree.FieldNode(field.key, field.spec.kind)
                return Typed(node, of_another(field, self.schema.name) if self.relation else field)
            case Step(reference, schema, field):
                self.keys.add(reference.key)
                if field.spec.sensitive:
                    raise self.error(
                        f"{self.label(field)} is sensitive, and cannot be read from another record", name.start
                    )
                node = tree.FieldNode(field.key, field.spec.kind)
                return Typed(tree.StepNode(reference.key, schema, node), of_another(field, schema.name))
            case Named() as meant:
                return self.named_expression(meant, name)
            case _:
                raise self.several(name)

    def several(self, name: Name) -> QueryError:
        """Return the error for a relation where one value is expected."""
        why = f"There are several {name.text}: put them into count, sum, max …"
        hint = "" if self.relation is not None else own_hint(self.scope, name.folded)
        return self.error(why, name.start, hint=hint or f"For instance: {self.example_of(name)}")

    def example_of(self, name: Name) -> str:
        """Return a condition on the records, or on a field of the records, that a name means."""
        meaning = self.scope.meaning(name.folded)
        beyond = self.scope.beyond(meaning.relation.schema) if isinstance(meaning, Beyond) else None
        inner = beyond.meaning(meaning.name) if beyond and isinstance(meaning, Beyond) else None
        if not isinstance(meaning, Beyond) or not isinstance(inner, Own):
            return f"max({name.text}) > 2" if "." in name.text else f"count({name.text}) > 2"
        if inner.field.spec.kind in _ORDERED_BY_VALUE:
            is_dated = inner.field.spec.kind in {Kind.DATE, Kind.TIME}
            return f"max({name.text}) > {'90 days ago' if is_dated else '2'}"
        return f"exists({self.called(meaning.relation)} where {meaning.name} is not empty)"

    def named_expression(self, meant: Named, name: Name) -> Typed:
        """Return the term that a named expression stands for. Raises ``QueryError`` where it is in a circle."""
        root = self.looked_into(meant, name)
        if not isinstance(root, Typed):
            hint = f"Write {name.text} by itself, or not {name.text}."
            raise self.error(f"{name.text} is true or false, and has no other value", name.start, hint=hint)
        spec = attrs.evolve(root.field.spec, labels=meant.labels)
        if meant.choices:
            spec = attrs.evolve(spec, choices=meant.choices)
        return Typed(tree.NamedNode(meant.subject, meant.key, root.node), Field(meant.key, spec))

    @abstractmethod
    def looked_into(self, meant: Named, name: Name) -> "Typed | tree.Condition":
        """Return what the text of a named expression means."""

    def number(self, number: Number) -> Typed:
        """Return a number that is written out, whole where it can be."""
        try:
            scaled = parse_scaled(number.text)
        except InvalidValueError as error:
            raise self.error(error.message, number.start) from None
        whole, rest = divmod(scaled, 10_000)
        node = tree.Value(scaled, Kind.NUMBER) if rest else tree.Value(whole, Kind.INTEGER)
        return self.made(node, node.kind, number.text)

    def made(self, node: tree.Term, kind: Kind, text: str, like: Field | None = None) -> Typed:
        """Return a term that is no field, with values of ``kind``, or such as the field ``like`` has."""
        choices, target = (like.spec.choices, like.spec.target) if like else ((), None)
        return Typed(node, Field(text, Spec(kind=kind, labels=Labels(text), choices=choices, target=target)))

    def operation(self, term: Operation) -> Typed:
        """Return what arithmetic gives."""
        left, right = self.operand_of(term, term.left), self.operand_of(term, term.right)
        one, other = left.node.scale, right.node.scale
        kinds = left.kind, right.kind
        kind = Kind.MONEY if Kind.MONEY in kinds else Kind.NUMBER if Kind.NUMBER in kinds else Kind.INTEGER
        scale: tree.Scale = None
        if term.sign == "/":
            kind = Kind.MONEY if left.kind is Kind.MONEY and right.kind is not Kind.MONEY else Kind.NUMBER
        elif one is not None and other is not None:
            scale = one + other if term.sign == "*" else max(one, other)
            if scale > _MOST_PLACES:
                raise self.error("Too many numbers with decimals are multiplied here", term.start)
        elif kind is Kind.INTEGER:
            kind = Kind.NUMBER
        node = tree.Operation(sign=term.sign, left=left.node, right=right.node, kind=kind, scale=scale)
        return self.made(node, kind, f"{left.field.key} {term.sign} {right.field.key}")

    def operand_of(self, operation: Operation, term: Term) -> Typed:
        """Return one side of arithmetic, which must be a number."""
        side = self.term(term)
        if side.kind not in NUMBER_KINDS:
            dated = side.kind in {Kind.DATE, Kind.TIME}
            hint = "days_since(…) gives the days from a date to today." if dated else ""
            why = f"{self.label(side.field)} is {described(side.kind)}, and {operation.sign} is for numbers only"
            raise self.error(why, start_of(term), hint=hint)
        self.not_sensitive(side, start_of(term))
        return side

    def not_sensitive(self, typed: Typed, start: int) -> None:
        """Refuse to compute with a sensitive field."""
        if typed.field.spec.sensitive:
            raise self.sensitive(typed.field, start)

    def sensitive(self, field: Field, start: int) -> QueryError:
        """Return the error for what may not be asked of a sensitive field."""
        why = f"{self.label(field)} is sensitive, and can only be compared by ="
        return self.error(why, start, hint="Write = or != and one value, or is empty.")

    def date_function(self, call: Call) -> Typed:
        """Return what is computed from a date."""
        function = DATE_FUNCTIONS[call.function]
        if call.where is not None:
            raise self.error(f"{call.function} has no {'where'}: it looks at one date", call.start)
        kind = Kind.DATE if function in GIVING_DATES else Kind.INTEGER
        if (day := self.day(call.argument)) is not None:
            return self.made(
                tree.DayFunction(function, day, kind), kind, " ".join(self.text[call.start : call.end].split())
            )
        argument = self.term(call.argument)
        if argument.kind not in {Kind.DATE, Kind.TIME}:
            why = f"{self.label(argument.field)} is {described(argument.kind)}, and {call.function} needs a date"
            raise self.error(why, start_of(call.argument), hint=f"For instance: {call.function}(created_at)")
        self.not_sensitive(argument, start_of(call.argument))
        node = tree.DateFunction(function=function, argument=argument.node, kind=kind)
        return self.made(node, kind, f"{call.function}({argument.field.key})")

    def day(self, term: Term) -> tree.Day | None:
        """Return the day counted from today that a term is, if it is no name: ``today``, ``30 days ago``."""
        if not isinstance(term, Name) or term.folded in self.scope:
            return None
        try:
            return parse_day(term.text)
        except ValueError as error:
            raise self.error(f"{shorten(term.text)} {error}", term.start) from None

    def aggregate(self, call: Call, function: Aggregating) -> Typed:
        """Return what is made of the related records."""
        if self.relation is not None:
            raise self.error(f"{call.function} cannot stand inside another count, sum, max …", call.start)
        relation = self.relation_of(call)
        looking, choosing = self.within(relation, outer=self.scope), self.within(relation, outer=None)
        of = looking.looked_at(call, relation)
        where = choosing.condition(call.where) if call.where is not None else None
        for name, key in (*looking.names.items(), *choosing.names.items(), (fold(relation.name), relation.name)):
            self.remember(name, key)
        self.check_aggregate(call, function, of, self.called(relation))
        kind, scale, like = _result(function, of)
        currencies = list(dict.fromkeys(_currencies(of.node, relation))) if of else []
        node = tree.Aggregate(
            function=function,
            schema=relation.schema,
            reference=relation.reference.key,
            of=of.node if of else None,
            is_distinct=call.is_distinct,
            where=where,
            currency=currencies[0] if currencies and function in {"sum", "avg", "min", "max"} else None,
            kind=kind,
            scale=scale,
        )
        return self.made(node, kind, " ".join(self.text[call.start : call.end].split()), like)

    def relation_of(self, call: Call) -> Relation:
        """Return the relation that the argument of an aggregate is about."""
        for name in names_in(call.argument):
            relation = self.scope.relation_of(name.folded)
            if relation is not None:
                self.seen.append((name, self.scope))
                return relation
        raise self.unrelated(call)

    def unrelated(self, call: Call) -> QueryError:
        """Return the error for an aggregate about records that do not refer to this one."""
        start = start_of(call.argument)
        written = next((name.text for name in names_in(call.argument)), self.text[start : call.end - 1])
        near = nearest(written.partition(".")[0], self.scope.relations)
        listed = ", ".join(dict.fromkeys(self.called(relation) for relation in self.scope.relations.values()))
        hint = f"Did you mean {' or '.join(near)}?" if near else f"There are: {listed}." if listed else ""
        return self.error(f"No records called {shorten(written)} belong to {self.schema.info.one}", start, hint=hint)

    def called(self, relation: Relation) -> str:
        """Return by what name a relation is offered: ``transactions``, and in Chinese by the label of its records."""
        language, labels = self.conventions.language, relation.schema.info.labels
        return labels.in_language(language) if language == "zh" else relation.name

    def looked_at(self, call: Call, relation: Relation) -> Typed | None:
        """Return the term that an aggregate looks at, or ``None`` where it is about the records themselves."""
        if isinstance(call.argument, Name) and self.outer is not None:
            meaning = self.outer.meaning(call.argument.folded)
            if isinstance(meaning, Relation) and meaning.schema is relation.schema:
                return None
        return self.term(call.argument)

    def check_aggregate(self, call: Call, function: Aggregating, of: Typed | None, relation: str) -> None:
        """Refuse what an aggregate cannot look at."""
        start = start_of(call.argument)
        if of is None:
            if function not in {"count", "exists"} or call.is_distinct:
                only = "distinct " if call.is_distinct else ""
                hint = f"Say of what: {call.function}({only}{relation}.FIELD)."
                raise self.error(f"{call.function} needs a field of the records", start, hint=hint)
            return
        if function == "exists":
            why, hint = (
                f"{call.function} looks at records, not at a field",
                f"Write: {call.function}({relation} where …)",
            )
            raise self.error(why, start, hint=hint)
        if call.is_distinct and function != "count":
            raise self.error("distinct goes with count only", start)
        self.not_sensitive(of, start)
        label = self.label(of.field)
        if of.kind in SEVERAL_KINDS:
            raise self.error(f"{label} holds several values, which {call.function} cannot take", start)
        wanted = NUMBER_KINDS if function in {"sum", "avg"} else _ORDERED_BY_VALUE
        if function in {"sum", "avg", "min", "max"} and of.kind not in wanted:
            raise self.error(f"{label} is {described(of.kind)}, and has no {call.function}", start)
        if function in {"sum", "avg"} and of.node.scale is None:
            why = f"What was divided cannot be put into {call.function}"
            raise self.error(why, start, hint="Divide the sums instead: sum(…) / sum(…).")


def _result(function: Aggregating, of: Typed | None) -> tuple[Kind, tree.Scale, Field | None]:
    """Return the kind and scale of what an aggregate gives, and the field whose values it has."""
    if of is None or function in {"count", "exists"}:
        return (Kind.YES_NO if function == "exists" else Kind.INTEGER), 0, None
    if function == "avg":
        return (Kind.MONEY if of.kind is Kind.MONEY else Kind.NUMBER), None, None
    return of.kind, of.node.scale, of.field


def _currencies(node: tree.Term, relation: Relation) -> Iterator[str]:
    """Yield the keys of the fields that say what the money in a term is in."""
    match node:
        case tree.FieldNode(key):
            if field := relation.schema.currencies.get(key):
                yield field.key
        case tree.Operation(left=left, right=right):
            yield from _currencies(left, relation)
            yield from _currencies(right, relation)
