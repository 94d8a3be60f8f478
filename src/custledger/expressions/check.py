"""Understands the text of an expression: finds what its names mean and checks that its types fit.

What has a value is understood in ``check_terms``, what is true or false here.
"""

from collections.abc import Iterator, Sequence

import attrs

from custledger.conventions import Conventions
from custledger.errors import AmbiguousError, InvalidValueError, NotFoundError, QueryError
from custledger.expressions import keywords, tree
from custledger.expressions.check_terms import TermChecker, Typed
from custledger.expressions.comparing import UNSORTED_KINDS
from custledger.expressions.instead import LONGEST_SHOWN, plain_number
from custledger.expressions.lexer import LONGEST_REMEMBERED
from custledger.expressions.literals import FREE_KINDS, cut_number, read_value
from custledger.expressions.nodes import Expression, Named
from custledger.expressions.parser import parse, parse_term
from custledger.expressions.scope import Own, World
from custledger.expressions.syntax import (
    Bare,
    Call,
    Clause,
    Comparison,
    Joined,
    Name,
    Negated,
    Number,
    Operation,
    Quoted,
    Right,
    Term,
    rest_of,
    start_of,
)
from custledger.expressions.types import (
    BARE_FIELD_KINDS,
    MATCH_KINDS,
    NUMBER_KINDS,
    ORDERED_KINDS,
    SEVERAL_KINDS,
    described,
    fit_together,
)
from custledger.expressions.unknown import mark_name, suggestion
from custledger.expressions.when import when
from custledger.fields import Kind
from custledger.schema import Field, Schema
from custledger.values import SCALE, fold, given_text

_DASHES = "-－"
_NOTHING = frozenset({"null", "空"})


def understand(
    text: str, schema: Schema, conventions: Conventions, *, want: Kind | None = Kind.YES_NO, world: World | None = None
) -> Expression:
    """Return ``text`` as an expression about one record of ``schema``.

    ``want`` is the kind it must yield; ``None`` takes any, as columns and sort keys do. ``world`` has the other record
    types, and the named expressions; without it only the record's own fields have names. Raises ``QueryError``, and
    nothing else, for a text that cannot be understood.

    >>> from custledger.records import Customer
    >>> understand("城市 = 上海 and level in (A, B)", Schema.of(Customer), Conventions()).keys == {"city", "level"}
    True
    """
    known = world or World({schema.name: schema})
    scope, given = known.scope(schema), given_text(text, "Expression")
    checker = Checker(given, scope, conventions)
    if len(given) > LONGEST_REMEMBERED:
        return checker.expression(want)
    return known.understood((given, scope, conventions, want), lambda: checker.expression(want))


def understand_named(
    named: Named, schema: Schema, conventions: Conventions, world: World, *, want: Kind | None = None
) -> Expression:
    """Return what a named expression says, about which it may not itself be asked. Raises ``QueryError``."""
    scope = world.scope(schema).remembering(named.names)
    return world.understood(
        (named.subject, named.key, named.text, scope.meant, conventions, want),
        lambda: Checker(named.text, scope, conventions, naming=(named,)).expression(want),
    )


def understand_order(
    keys: Sequence[str], schema: Schema, conventions: Conventions, *, world: World | None = None
) -> tuple[tuple[Expression, bool], ...]:
    """Return sort keys, each with whether it runs downwards: ``-created_at`` does.

    Raises ``QueryError`` for a key that cannot be understood, or by which nothing can be sorted.
    """
    return tuple(_sort_key(key, schema, conventions, world) for key in keys)


def _sort_key(text: str, schema: Schema, conventions: Conventions, world: World | None) -> tuple[Expression, bool]:
    bare = given_text(text, "Order").lstrip()
    descending = bare.startswith(tuple(_DASHES))
    start = len(text) - len(bare) + descending
    try:
        expression = understand(" " * start + text[start:], schema, conventions, want=None, world=world)
    except QueryError as error:
        raise QueryError(error.why, text, error.position, hint=error.hint) from None
    for key in sorted(expression.keys):
        field = schema.by_key[key]
        if field.spec.sensitive:
            raise QueryError(
                f"{field.label(conventions.language)} is sensitive, and nothing is sorted by it", text, start
            )
    if isinstance(expression.root, tree.FieldNode) and expression.kind in UNSORTED_KINDS:
        label = schema.by_key[expression.root.key].label(conventions.language)
        raise QueryError(f"{label} holds several values, and nothing can be sorted by it", text, start)
    if expression.kind in UNSORTED_KINDS:
        raise QueryError("This has several values, and nothing can be sorted by it", text, start)
    return attrs.evolve(expression, text=text[start:].strip()), descending


class Checker(TermChecker):
    """Understands one text. Its methods raise ``QueryError`` where that cannot be."""

    def expression(self, want: Kind | None) -> Expression:
        """Return the whole text, which must give values of the kind ``want``, or with ``None`` of any."""
        root = self.root(parse(self.text, self.scope), want)
        field = root.field if isinstance(root, Typed) else None
        kind = root.kind if isinstance(root, Typed) else Kind.YES_NO
        node = root.node if isinstance(root, Typed) else root
        if want is not None and kind is not want:
            raise self.error(f"This gives {described(kind)}, and {described(want)} is wanted", 0)
        names = {name: key for name, key in self.names.items() if key}
        return Expression(self.text, kind, node, frozenset(self.keys), field.spec if field else None, names)

    def root(self, clause: Clause, want: Kind | None) -> Typed | tree.Condition:
        """Return a value where one may be wanted, and a condition else."""
        if want is Kind.YES_NO or not isinstance(clause, Name | Number | Call | Operation):
            return self.condition(clause)
        if isinstance(clause, Name) and isinstance(meant := self.meaning(clause), Named):
            found = self.looked_into(meant, clause)
            return self.named_expression(meant, clause) if isinstance(found, Typed) else found
        return self.term(clause)

    def looked_into(self, meant: Named, name: Name) -> Typed | tree.Condition:
        """Return what the text of a named expression means."""
        if any((one.subject, one.key) == (meant.subject, meant.key) for one in self.naming):
            circle = " → ".join(one.key for one in (*self.naming, meant))
            raise self.error(f"{name.text} is defined by itself: {circle}", name.start)
        scope, is_related = self.scope.remembering(meant.names), self.relation is not None

        def understand() -> tuple[Typed | tree.Condition, frozenset[str], frozenset[tuple[str, str]]]:
            naming = (*self.naming, meant)
            inner = Checker(meant.text, scope, self.conventions, naming=naming, relation=self.relation)
            root = inner.root(parse(meant.text, scope), None)
            return root, frozenset(inner.keys), frozenset(inner.named_within)

        text = meant.subject, meant.key, meant.text, scope.meant, self.conventions, is_related
        try:
            found, keys, within = scope.world.understood(text, understand)
            if not within.isdisjoint((one.subject, one.key) for one in self.naming):
                found, keys, within = understand()  # which says what the circle is
        except QueryError as error:
            why = f"{name.text} cannot be computed: {error.why}"
            raise self.error(why, name.start, hint=f"It is defined as: {meant.text}") from None
        self.keys |= keys
        self.named_within |= {(meant.subject, meant.key), *within}
        return found

    def condition(self, clause: Clause) -> tree.Condition:
        """Return what a clause means."""
        match clause:
            case Name() | Number() | Call() | Operation():
                return self.alone(clause)
            case Negated(part):
                return tree.Not(self.condition(part))
            case Joined(word, parts):
                conditions = [self.part(parts, place) for place in range(len(parts))]
                return tree.conjunction(*conditions) if word == "and" else tree.Or(tuple(conditions))
            case Comparison(negated=negated):
                positive = self.comparison(clause)
                return tree.Not(positive) if negated else positive

    def part(self, parts: Sequence[Clause], place: int) -> tree.Condition:
        """Return what one of several joined clauses means; a mere value is told what it was probably meant as."""
        try:
            return self.condition(parts[place])
        except QueryError as error:
            before = _last(parts[place - 1]) if place else None
            values = list(self.values(parts[place:]))
            is_here = bool(values) and error.text == self.text and error.position == values[0].start
            if not is_here or not isinstance(before, Comparison) or before.word not in {"=", "contains"}:
                raise
            raise self.error(error.why, error.position, hint=self.values_hint(before, values)) from None

    def values(self, parts: Sequence[Clause]) -> Iterator[Name | Number]:
        """Yield what stands alone as a condition, up to the first part that begins with another, or with a name."""
        for first in map(_first, parts):
            is_name = isinstance(first, Name) and first.folded in self.scope
            if not isinstance(first, Name | Number) or is_name:
                return
            yield first

    def values_hint(self, before: Comparison, values: Sequence[Name | Number]) -> str:
        """Return how to compare with several values, where only the first of them stands behind an operator."""
        left, first = self.text[start_of(before.left) : before.start].rstrip(), before.right[0]
        shown = f'"{first.text}"' if isinstance(first, Quoted) else first.text
        listed = ", ".join([shown, *(one.text for one in values)])
        if len(listed) > LONGEST_SHOWN:
            listed = "…"
        hint = f"Write: {left} {'not in' if before.negated else 'in'} ({listed})"
        between = fold(self.text[first.start + len(first.text) : values[0].start].strip())
        is_free = isinstance(first, Bare) and self.term(before.left).kind in FREE_KINDS
        if not is_free or between not in keywords.AND:
            return hint
        return f'{hint}; or "{self.text[first.start : values[0].start]}{values[0].text}", if that is the text.'

    def alone(self, term: Term) -> tree.Condition:
        """Return the condition that something with a yes or no is by itself."""
        if isinstance(term, Name) and isinstance(meant := self.meaning(term), Named):
            found = self.looked_into(meant, term)
            if not isinstance(found, Typed):
                return found
        typed = self.term(term)
        if typed.kind is not Kind.YES_NO:
            text = self.name_of(term, typed)
            asked = "> 0" if tree.is_zero_of_nothing(typed.node) else "is not empty"
            hint = f"Compare it with something, for instance: {text} {asked}"
            raise self.error(f"“{text}” alone is not a condition", start_of(term), hint=hint)
        self.check_allowed("=", typed.field, start_of(term))
        return tree.Compare("=", typed.node, tree.Value(1, Kind.YES_NO))

    def name_of(self, term: Term, typed: Typed) -> str:
        """Return a term as people write it."""
        return term.text if isinstance(term, Name | Number) else typed.field.key

    def comparison(self, clause: Comparison) -> tree.Condition:
        """Return what a comparison means, without its negation."""
        try:
            return self.compared(clause)
        except QueryError as error:
            if not (hint := self.mark_hint(clause) or self.right_hint(clause, error)):
                raise
            raise self.error(error.why, error.position, hint=hint) from None

    def mark_hint(self, clause: Comparison) -> str:
        """Return how to ask what a scorer says of members, where its segment itself is compared; or nothing."""
        mark = mark_name(self.scope, clause.left.text) if isinstance(clause.left, Name) else ""
        if not mark:
            return ""
        asked = f"{mark} {rest_of(clause)}"
        try:
            type(self)(asked, self.scope, self.conventions).expression(Kind.YES_NO)
        except QueryError:
            return f"For instance: {mark} {self.mark_example(mark)}"
        return f"Write: {asked}"

    def mark_example(self, mark: str) -> str:
        """Return what a scorer's label or score may be compared with, and how."""
        choices = self.term(Name(mark, 0)).field.spec.choices
        if not choices:
            return "is not empty"
        return f"= {choices[0].code if mark.isascii() else choices[0].labels.in_language('zh')}"

    def right_hint(self, clause: Comparison, error: QueryError) -> str:
        """Return how to write a number or days on the right that are no value, but are such in people's words."""
        right = next((one for one in clause.right if isinstance(one, Bare) and one.start == error.position), None)
        if right is None or error.text != self.text:
            return ""
        kind = self.term(clause.left).kind
        if kind in {Kind.DATE, Kind.TIME} and not clause.negated:
            return when(self.text[start_of(clause.left) : clause.start].rstrip(), right.text, clause.word)
        return plain_number(right.text) if kind in NUMBER_KINDS else ""

    def compared(self, clause: Comparison) -> tree.Condition:
        """Return what a comparison means, or raise what is wrong with it in the first place."""
        typed = self.term(clause.left)
        field, left = typed.field, typed.node
        self.check_allowed(clause.word, field, clause.start)
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
            raise self.sensitive(field, start)
        if word in {"<", "<=", ">", ">=", "between"} and kind not in ORDERED_KINDS:
            raise self.error(
                f"{label} is {described(kind)}, and nothing is greater or smaller than it",
                start,
                hint="Compare it by =, != or in (…).",
            )
        several = word == "contains" and kind in SEVERAL_KINDS
        if word in {"contains", "starts", "ends"} and kind not in MATCH_KINDS and not several:
            raise self.error(
                f"{label} is {described(kind)}, and only in texts can something be looked for",
                start,
                hint="Compare it by =, != or in (…).",
            )

    def one_of(self, left: tree.Term, field: Field, clause: Comparison) -> tree.Condition:
        """Return the condition that a term equals something in a list."""
        if field.spec.kind in SEVERAL_KINDS:
            return tree.Has(left, tuple(self.literal(field, right).plain for right in clause.right))
        if field.spec.kind in NUMBER_KINDS and (apart := cut_number([right.text for right in clause.right])):
            why, hint = f"{' and '.join(apart)} are two numbers here", f"Write numbers without commas: {''.join(apart)}"
            raise self.error(why, clause.right[0].start, hint=hint)
        several = [self.compare("=", left, field, right) for right in clause.right]
        listed: list[tree.Literally] = []
        others: list[tree.Condition] = []
        for part in several:
            if isinstance(part, tree.Compare) and isinstance(part.right, tree.Literally) and has_own_scale(left):
                listed.append(part.right)
            elif not isinstance(part, tree.Always):
                others.append(part)
        parts: list[tree.Condition] = [*([tree.OneOf(left, tuple(listed))] if listed else []), *others]
        if not parts:
            return tree.Always(holds=False)
        return parts[0] if len(parts) == 1 else tree.Or(tuple(parts))

    def compare(self, word: tree.Operator, left: tree.Term, field: Field, right: Right) -> tree.Condition:
        """Return the comparison of a term with what stands on the right of an operator."""
        if _is_nothing(right) and field.spec.kind in FREE_KINDS:
            why = f"{self.label(field)}: “{right.text}” is no value"
            raise self.error(why, right.start, hint=self.empty_hint(field, right))
        other = self.operand(field, right)
        if isinstance(other, tree.Value) and field.spec.kind in SEVERAL_KINDS:
            return tree.Has(left, (other.plain,))
        if isinstance(other, tree.Value) and field.spec.kind is Kind.INTEGER and has_own_scale(left):
            return _whole(word, left, other.plain)
        return tree.Compare(word, left, other)

    def operand(self, field: Field, right: Right) -> tree.Operand:
        """Return what stands on the right of an operator."""
        found = self.right(field, right)
        return found.node if isinstance(found, Typed) else found

    def right(self, field: Field, right: Right) -> Typed | tree.Literally:
        """Return what stands on the right of an operator: a value, or a term with what is known of it."""
        if isinstance(right, Name):
            return self.other_side(field, right, right.start)
        may_be_term = isinstance(right, Bare) and field.spec.kind in BARE_FIELD_KINDS
        if isinstance(right, Bare) and "(" in right.text.replace("（", "(") and not may_be_term:
            raise self.error(
                "Brackets are out of place here",
                right.start,
                hint="Put quotation marks around a value that holds them.",
            )
        try:
            found = self.value(right.text, field)
        except InvalidValueError as error:
            if isinstance(right, Bare) and may_be_term and (right.has_signs or fold(right.text) in self.scope):
                term = parse_term(self.text, self.scope, right.start, right.end)
                return self.other_side(field, term, right.start)
            raise self.bad_value(field, right, error) from None
        self.values_read.append((right, field))
        return found

    def value(self, text: str, field: Field) -> tree.Literally:
        """Return a value of a field; a reference may be written as the code or the name of the record."""
        find, spec = self.scope.world.find, field.spec
        if spec.kind is not Kind.REFERENCE or spec.target is None or find is None:
            return read_value(text, field, self.conventions)
        try:
            return tree.Value(find(spec.target, text), spec.kind)
        except NotFoundError as error:
            hint = error.hint or "Write its code, its name or its id."
            raise InvalidValueError(text, f"names no {spec.target}", hint=hint) from None
        except AmbiguousError as error:
            hint = f"There are: {error.listed}."
            raise InvalidValueError(text, f"names more than one {spec.target}", hint=hint) from None

    def bad_value(self, field: Field, right: Bare | Quoted, error: InvalidValueError) -> QueryError:
        """Return the error for what is neither a value of the field nor the name of another."""
        label, hint = self.label(field), error.hint
        if _may_be_field(right, field) and not any(character.isdigit() for character in right.text):
            others = (name for name in self.scope.names(dotted="." in right.text) if self.fits(field, name))
            hint = suggestion(self.scope, right.text, others) or hint
        if _is_nothing(right):
            hint = self.empty_hint(field, right)
        return self.error(
            f"{label}: {error.message}", right.start, hint=hint or f"{label} is {described(field.spec.kind)}."
        )

    def fits(self, field: Field, name: str) -> bool:
        """Return whether a name means a field of the record that another one can be compared with."""
        meaning = self.scope.meaning(name)
        return isinstance(meaning, Own) and fit_together(field, meaning.field, self.schema.name)

    def empty_hint(self, field: Field, right: Right) -> str:
        """Return how to ask for what has no value, and for the word itself where the field could hold it."""
        hint = f"Write: {self.label(field)} is empty"
        return f'{hint}; or "{right.text}", if that is the text.' if field.spec.kind in FREE_KINDS else hint

    def literal(self, field: Field, right: Right) -> tree.Value:
        """Return a value where a field cannot stand."""
        if isinstance(right, Name):
            why = "Only a value can stand here, and not a field"
            raise self.error(why, right.start, hint="Put a text in quotation marks.")
        value = self.operand(field, right)
        assert isinstance(value, tree.Value)  # noqa: S101 - for the type checker: no text is a day counted from today
        return value

    def other_side(self, field: Field, term: Term, start: int) -> Typed:
        """Return a term on the right of an operator, which must fit the one on its left."""
        typed = self.term(term)
        other = typed.field
        for each in (field, other):
            if each.spec.sensitive:
                raise self.error(f"{self.label(each)} is sensitive, and can only be compared with a value", start)
        if not fit_together(field, other, self.schema.name):
            sides = " and ".join(f"{self.label(each)} ({described(each.spec.kind)})" for each in (field, other))
            raise self.error(f"{sides} cannot be compared", start, hint=_why_apart(field, other))
        return typed


def _first(clause: Clause) -> Clause:
    return _first(clause.parts[0]) if isinstance(clause, Joined) else clause


def _last(clause: Clause) -> Clause:
    return _last(clause.parts[-1]) if isinstance(clause, Joined) else clause


def _why_apart(field: Field, other: Field) -> str:
    """Return why two fields cannot be compared with each other."""
    if field.spec.kind is not other.spec.kind:
        return "Two fields of the same kind can be compared."
    return "Their choices differ." if field.spec.kind is Kind.CHOICE else "They lead to records of different types."


def has_own_scale(node: tree.Term) -> bool:
    """Whether values of a term are in the unit that fields of its kind have."""
    return node.kind not in NUMBER_KINDS or node.scale == tree.SCALES[node.kind]


def _is_nothing(right: Right) -> bool:
    """Whether this is what other languages call an absent value."""
    return isinstance(right, Bare) and fold(right.text) in _NOTHING


def _may_be_field(right: Right, field: Field) -> bool:
    return isinstance(right, Bare) and field.spec.kind in BARE_FIELD_KINDS


def _whole(word: tree.Operator, left: tree.Term, scaled: int) -> tree.Condition:
    """Return the comparison of a whole number with ten-thousandths, in whole numbers."""
    below, rest = divmod(scaled, SCALE)
    if rest and word == "=":
        return tree.Always(holds=False)
    if rest:
        word = "<=" if word in {"<", "<="} else ">="
    return tree.Compare(word, left, tree.Value(below + (rest > 0 and word == ">="), Kind.INTEGER))
