"""Understands the text of an expression: finds what its names mean and checks that its types fit."""

from collections.abc import Sequence

from custledger.conventions import Conventions
from custledger.errors import InvalidValueError, QueryError, shorten
from custledger.expressions import tree
from custledger.expressions.keywords import GLUED
from custledger.expressions.literals import FREE_KINDS, read_value
from custledger.expressions.nodes import Expression
from custledger.expressions.order import UNSORTED_KINDS
from custledger.expressions.parser import parse
from custledger.expressions.syntax import Bare, Clause, Comparison, Joined, Name, Negated, Quoted, Right
from custledger.expressions.types import (
    BARE_FIELD_KINDS,
    MATCH_KINDS,
    ORDERED_KINDS,
    SEVERAL_KINDS,
    described,
    fit_together,
)
from custledger.fields import Kind
from custledger.schema import Field, Schema, nearest
from custledger.values import SCALE, fold, given_text

_DASHES = "-－"
_NOTHING = frozenset({"null", "空"})


def understand(text: str, schema: Schema, conventions: Conventions, *, want: Kind | None = Kind.YES_NO) -> Expression:
    """Return ``text`` as an expression about one record of ``schema``.

    ``want`` is the kind it must yield; ``None`` takes any, as columns and sort keys do. Raises ``QueryError``, and
    nothing else, for a text that cannot be understood.

    >>> from custledger.records import Customer
    >>> understand("城市 = 上海 and level in (A, B)", Schema.of(Customer), Conventions()).keys == {"city", "level"}
    True
    """
    return _Checker(given_text(text, "Expression"), schema, conventions).expression(want)


def understand_order(
    keys: Sequence[str], schema: Schema, conventions: Conventions
) -> tuple[tuple[Expression, bool], ...]:
    """Return sort keys, each with whether it runs downwards: ``-created_at`` does.

    Raises ``QueryError`` for a key that cannot be understood, or by which nothing can be sorted.
    """
    return tuple(_sort_key(key, schema, conventions) for key in keys)


def _sort_key(text: str, schema: Schema, conventions: Conventions) -> tuple[Expression, bool]:
    bare = given_text(text, "Order").lstrip()
    descending = bare.startswith(tuple(_DASHES))
    start = len(text) - len(bare) + descending
    try:
        expression = understand(" " * start + text[start:], schema, conventions, want=None)
    except QueryError as error:
        raise QueryError(error.why, text, error.position, hint=error.hint) from None
    if isinstance(expression.root, tree.FieldNode):
        field = schema.by_key[expression.root.key]
        label = field.label(conventions.language)
        if field.spec.sensitive:
            raise QueryError(f"{label} is sensitive, and is never sorted by", text, start)
        if field.spec.kind in UNSORTED_KINDS:
            raise QueryError(f"{label} holds several values, and cannot be sorted by", text, start)
    return Expression(text[start:].strip(), expression.kind, expression.root, expression.keys), descending


class _Checker:
    def __init__(self, text: str, schema: Schema, conventions: Conventions) -> None:
        self.text = text
        self.schema = schema
        self.conventions = conventions
        self.keys: set[str] = set()

    def expression(self, want: Kind | None) -> Expression:
        clause = parse(self.text, self.schema.names)
        root: tree.Node
        if isinstance(clause, Name) and want is not Kind.YES_NO:
            root, kind = self.field_node(clause), self.resolve(clause).spec.kind
        else:
            root, kind = self.condition(clause), Kind.YES_NO
        if want is not None and kind is not want:
            raise self.error(f"This gives {described(kind)}, and {described(want)} is wanted", 0)
        return Expression(self.text, kind, root, frozenset(self.keys))

    def error(self, why: str, start: int, *, hint: str = "") -> QueryError:
        return QueryError(why, self.text, start, hint=hint)

    def label(self, field: Field) -> str:
        return field.label(self.conventions.language)

    def resolve(self, name: Name) -> Field:
        """Return the field that a name means. Its singular will do for the tags."""
        called = fold(" ".join(name.text.split()))
        key = self.schema.names.get(called)
        if key is None and called == "tag":
            key = next((field.key for field in self.schema.fields if field.spec.kind is Kind.TAGS), None)
        if key is None:
            why = f"There is no {self.schema.name} field {shorten(name.text)}"
            raise self.error(why, name.start, hint=self.name_hint(called))
        self.keys.add(key)
        return self.schema.by_key[key]

    def name_hint(self, called: str) -> str:
        for operator in GLUED:
            head = called.partition(operator)[0]
            if head != called and head in self.schema.names:
                return f"Put spaces around {operator}."
        return self.suggestion(called) or (
            "Put a value in quotation marks, or a field that has an unusual name in square brackets: [phone]."
        )

    def suggestion(self, called: str, *, to_compare_with: Field | None = None) -> str:
        """Return the question which field was meant, or nothing; each field is named once."""
        names = {
            name: key
            for name, key in self.schema.names.items()
            if to_compare_with is None or fit_together(to_compare_with, self.schema.by_key[key], self.schema.name)
        }
        near = {names[name]: name for name in reversed(nearest(called, names))}
        return "Did you mean " + " or ".join(reversed(near.values())) + "?" if near else ""

    def field_node(self, name: Name) -> tree.FieldNode:
        field = self.resolve(name)
        return tree.FieldNode(field.key, field.spec.kind)

    def condition(self, clause: Clause) -> tree.Condition:
        match clause:
            case Name():
                return self.alone(clause)
            case Negated(part):
                return tree.Not(self.condition(part))
            case Joined("and", parts):
                return tree.conjunction(*(self.condition(part) for part in parts))
            case Joined(_, parts):
                return tree.Or(tuple(self.condition(part) for part in parts))
            case Comparison(negated=negated):
                positive = self.comparison(clause)
                return tree.Not(positive) if negated else positive

    def alone(self, name: Name) -> tree.Condition:
        """Return the condition that a yes/no field is by itself."""
        node = self.field_node(name)
        if node.kind is not Kind.YES_NO:
            raise self.error(
                f"“{name.text}” alone is not a condition",
                name.start,
                hint=f"Compare it with something, for instance: {name.text} is not empty",
            )
        self.check_allowed("=", self.resolve(name), name.start)
        return tree.Compare("=", node, tree.Value(1, Kind.YES_NO))

    def comparison(self, clause: Comparison) -> tree.Condition:
        field = self.resolve(clause.left)
        self.check_allowed(clause.word, field, clause.start)
        left = tree.FieldNode(field.key, field.spec.kind)
        match clause.word:
            case "empty":
                return tree.Empty(left)
            case "in":
                return self.one_of(left, field, clause)
            case "between":
                low, high = clause.right
                return tree.conjunction(self.compare(">=", left, field, low), self.compare("<=", left, field, high))
            case "contains" | "starts" | "ends":
                value = self.literal(field, clause.right[0])
                if field.spec.kind in SEVERAL_KINDS:
                    return tree.Has(left, (value.plain,))
                return tree.Match(clause.word, left, value.plain)
            case "=" | "<" | "<=" | ">" | ">=":
                return self.compare(clause.word, left, field, clause.right[0])

    def check_allowed(self, word: str, field: Field, start: int) -> None:
        """Refuse what cannot be asked of a field."""
        kind, label = field.spec.kind, self.label(field)
        if field.spec.sensitive and word not in {"=", "empty"}:
            why = f"{label} is sensitive, and can only be compared by ="
            raise self.error(why, start, hint="Write = or != and one value, or is empty.")
        if word in {"<", "<=", ">", ">=", "between"} and kind not in ORDERED_KINDS:
            raise self.error(
                f"{label} is {described(kind)}, and has no greater and smaller",
                start,
                hint="It can be compared by = and by != or looked up in a list.",
            )
        several = word == "contains" and kind in SEVERAL_KINDS
        if word in {"contains", "starts", "ends"} and kind not in MATCH_KINDS and not several:
            raise self.error(
                f"{label} is {described(kind)}, and only texts can be looked into",
                start,
                hint="Compare it by = or by in (…).",
            )

    def one_of(self, left: tree.FieldNode, field: Field, clause: Comparison) -> tree.Condition:
        if field.spec.kind in SEVERAL_KINDS:
            return tree.Has(left, tuple(self.literal(field, right).plain for right in clause.right))
        several = [self.compare("=", left, field, right) for right in clause.right]
        listed: list[tree.Literally] = []
        others: list[tree.Condition] = []
        for part in several:
            if isinstance(part, tree.Compare) and not isinstance(part.right, tree.FieldNode):
                listed.append(part.right)
            elif not isinstance(part, tree.Always):
                others.append(part)
        parts: list[tree.Condition] = [*([tree.OneOf(left, tuple(listed))] if listed else []), *others]
        if not parts:
            return tree.Always(holds=False)
        return parts[0] if len(parts) == 1 else tree.Or(tuple(parts))

    def compare(self, word: tree.Operator, left: tree.FieldNode, field: Field, right: Right) -> tree.Condition:
        if _is_nothing(right) and field.spec.kind in FREE_KINDS:
            why = f"{self.label(field)}: “{right.text}” is no value"
            raise self.error(why, right.start, hint=self.empty_hint(field, right))
        other = self.operand(field, right)
        if isinstance(other, tree.Value) and field.spec.kind in SEVERAL_KINDS:
            return tree.Has(left, (other.plain,))
        if isinstance(other, tree.Value) and field.spec.kind is Kind.INTEGER:
            return _whole(word, left, other.plain)
        return tree.Compare(word, left, other)

    def operand(self, field: Field, right: Right) -> tree.Operand:
        if isinstance(right, Name):
            return self.other_field(field, right)
        try:
            return read_value(right.text, field, self.conventions)
        except InvalidValueError as error:
            if _may_be_field(right, field) and fold(right.text) in self.schema.names:
                return self.other_field(field, Name(right.text, right.start))
            raise self.bad_value(field, right, error) from None

    def bad_value(self, field: Field, right: Bare | Quoted, error: InvalidValueError) -> QueryError:
        """Return the error for what is neither a value of the field nor the name of another."""
        label, hint = self.label(field), error.hint
        if _may_be_field(right, field) and not any(character.isdigit() for character in right.text):
            hint = self.suggestion(right.text, to_compare_with=field) or hint
        if _is_nothing(right):
            hint = self.empty_hint(field, right)
        return self.error(
            f"{label}: {error.message}", right.start, hint=hint or f"{label} is {described(field.spec.kind)}."
        )

    def empty_hint(self, field: Field, right: Right) -> str:
        """Return how to ask for what has no value, and for the word itself where the field could hold it."""
        hint = f"Write: {self.label(field)} is empty"
        return f'{hint}; or "{right.text}", if that is the text.' if field.spec.kind in FREE_KINDS else hint

    def literal(self, field: Field, right: Right) -> tree.Value:
        """Return a value where a field cannot stand."""
        if isinstance(right, Name):
            why = "A value is expected here, not a field"
            raise self.error(why, right.start, hint="Put a text in quotation marks.")
        value = self.operand(field, right)
        if not isinstance(value, tree.Value):
            raise self.error("A value is expected here", right.start)
        return value

    def other_field(self, field: Field, name: Name) -> tree.FieldNode:
        other = self.resolve(name)
        for each in (field, other):
            if each.spec.sensitive:
                raise self.error(f"{self.label(each)} is sensitive, and can only be compared with a value", name.start)
        if not fit_together(field, other, self.schema.name):
            sides = " and ".join(f"{self.label(each)} ({described(each.spec.kind)})" for each in (field, other))
            raise self.error(f"{sides} cannot be compared", name.start, hint="Two fields of the same kind can be.")
        return tree.FieldNode(other.key, other.spec.kind)


def _is_nothing(right: Right) -> bool:
    """Whether this is what other languages call an absent value."""
    return isinstance(right, Bare) and fold(right.text) in _NOTHING


def _may_be_field(right: Right, field: Field) -> bool:
    return isinstance(right, Bare) and field.spec.kind in BARE_FIELD_KINDS


def _whole(word: tree.Operator, left: tree.FieldNode, scaled: int) -> tree.Condition:
    """Return the comparison of a whole number with ten-thousandths, in whole numbers."""
    below, rest = divmod(scaled, SCALE)
    if rest and word == "=":
        return tree.Always(holds=False)
    if rest:
        word = "<=" if word in {"<", "<="} else ">="
    return tree.Compare(word, left, tree.Value(below + (rest > 0 and word == ">="), Kind.INTEGER))
