"""An expression clause by clause, each as a condition of its own: what an explanation is made of."""

from typing import Literal

import attrs

from custledger.conventions import Conventions
from custledger.expressions import tree
from custledger.expressions.check import Checker
from custledger.expressions.check_terms import Typed
from custledger.expressions.in_chinese import in_chinese
from custledger.expressions.kept import aggregates
from custledger.expressions.nodes import Expression, Named
from custledger.expressions.parser import parse_with_spans
from custledger.expressions.scope import Scope, World
from custledger.expressions.syntax import Clause, Comparison, Joined, Name, Negated, Right, Term
from custledger.fields import Kind
from custledger.schema import Schema
from custledger.structs import Struct, frozen


@frozen
class Other(Struct):
    """What a clause compares with that is no plain value; ``shown`` as a single clause is."""

    expression: Expression
    shown: str


@frozen(kw_only=True)
class Outline(Struct):
    """A clause of an expression, or clauses that ``word`` joins or negates.

    ``text`` is how it is written; ``shown``, of a single clause, has labels for its names in a Chinese run.
    ``condition`` says when it holds; ``value``, of a single clause, is what is compared there, and ``against`` what it
    is compared with, where that is no plain value but has one: another field, or a threshold that has a name. A clause
    that names a condition, such as a metric that is one, has what that says as its one part. With ``asks_existence`` a
    clause asks only whether there are such records: ``exists(…)``. ``foreign`` says of a value that is made of money
    whether some of that is in another currency than the ledger's, for which it is empty.
    """

    word: Literal["", "and", "or", "not"]
    text: str
    shown: str = ""
    condition: Expression
    value: Expression | None = None
    against: tuple[Other, ...] = ()
    asks_existence: bool = False
    foreign: Expression | None = None
    parts: tuple["Outline", ...] = ()


def outline(named: Named, schema: Schema, conventions: Conventions, world: World) -> Outline:
    """Return the clauses of a condition. Raises ``QueryError`` where it cannot be understood."""
    return _Outliner(named, world.scope(schema).remembering(named.names), conventions).whole()


def shown_term(text: str, schema: Schema, conventions: Conventions, world: World) -> str:
    """Return an expression that was understood as it is shown in the language of the run."""
    checker = Checker(text, world.scope(schema), conventions)
    checker.expression(None)
    return _shown(checker, 0, len(text))


def _shown(checker: Checker, begin: int, end: int) -> str:
    """Return a part of a text that was looked at as it is shown in the language of the run."""
    if checker.conventions.language != "zh":
        return checker.text[begin:end]
    return in_chinese(checker, begin, end)


class _Outliner:
    def __init__(self, named: Named, scope: Scope, conventions: Conventions) -> None:
        self.checker = Checker(named.text, scope, conventions, naming=(named,))
        self.scope = scope
        self.conventions = conventions
        self.clause, self.span = parse_with_spans(named.text, scope)

    def whole(self) -> Outline:
        return self.of(self.clause)

    def of(self, clause: Clause) -> Outline:
        """Return the outline of a clause, with its parts."""
        condition = self.checker.condition(clause)
        match clause:
            case Joined(word, parts):
                outlined = tuple(map(self.of, parts))
                text = f" {word} ".join(f"({part.text})" if part.word == "or" else part.text for part in outlined)
                return Outline(word=word, text=text, condition=self.expression(text, condition), parts=outlined)
            case Negated(part):
                inside = self.of(part)
                text = f"not {inside.text}" if inside.word in {"", "not"} else f"not ({inside.text})"
                return Outline(word="not", text=text, condition=self.expression(text, condition), parts=(inside,))
            case _:
                return self.single(clause, condition)

    def single(self, clause: Comparison | Term, condition: tree.Condition) -> Outline:
        """Return the outline of a single clause."""
        begin, end = self.span(clause)
        text = self.checker.text[begin:end]
        term = clause.left if isinstance(clause, Comparison) else clause
        meant = self.checker.meaning(term) if isinstance(term, Name) else None
        shown = self.shown(begin, end)
        if isinstance(meant, Named) and meant.is_stored and not isinstance(clause, Comparison):
            return Outline(word="", text=text, shown=shown, condition=self.expression(text, condition))
        if isinstance(meant, Named) and not isinstance(clause, Comparison):
            found = self.checker.looked_into(meant, clause if isinstance(clause, Name) else Name(text, 0))
            if not isinstance(found, Typed):
                part = _Outliner(meant, self.scope.remembering(meant.names), self.conventions).whole()
                whole = self.expression(text, condition)
                return Outline(word="", text=text, shown=shown, condition=whole, parts=(part,))
        typed = self.checker.term(term)
        spec = None if typed.field.spec.sensitive else typed.field.spec
        value = Expression(text, typed.kind, typed.node, frozenset(), spec) if spec else None
        rights = clause.right if isinstance(clause, Comparison) else ()
        against = [other for right in rights if (other := self.against(typed, right)) is not None]
        return Outline(
            word="",
            text=text,
            shown=shown,
            condition=self.expression(text, condition),
            value=value,
            against=tuple(against),
            asks_existence=tree.asks_existence(typed.node),
            foreign=self.foreign(typed.node),
        )

    def shown(self, begin: int, end: int) -> str:
        """Return a part of the text as it is shown in the language of the run."""
        return _shown(self.checker, begin, end)

    def foreign(self, term: tree.Term) -> Expression | None:
        """Return whether any of the money that a term is made of is in another currency; ``None`` without money."""
        conditions = [
            _is_there(_exists_foreign(one, one.currency, self.conventions.currency))
            for one in aggregates(term)
            if one.currency is not None
        ]
        return self.expression("", tree.Or(tuple(conditions))) if conditions else None

    def against(self, left: Typed, right: Right) -> Other | None:
        """Return what a term is compared with, where that has a value to be found."""
        found = self.checker.right(left.field, right)
        if not isinstance(found, Typed):
            return None
        other = Expression(right.text.strip(), found.kind, found.node, frozenset(), found.field.spec)
        return Other(other, self.shown(right.start, right.start + len(right.text)))

    def expression(self, text: str, condition: tree.Condition) -> Expression:
        return Expression(text, Kind.YES_NO, condition, frozenset(self.checker.keys))


def _exists_foreign(aggregate: tree.Aggregate, currency: str, own: str) -> tree.Aggregate:
    """Return the existence of records with money in another currency among those that an aggregate is made of."""
    said = tree.FieldNode(currency, Kind.TEXT)
    foreign = tree.Not(tree.Or((tree.Empty(said), tree.Compare("=", said, tree.Value(own, Kind.TEXT)))))
    where = foreign if aggregate.where is None else tree.conjunction(aggregate.where, foreign)
    return attrs.evolve(
        aggregate, function="exists", of=None, is_distinct=False, where=where, currency=None, kind=Kind.YES_NO, scale=0
    )


def _is_there(exists: tree.Aggregate) -> tree.Condition:
    return tree.Compare("=", exists, tree.Value(1, Kind.YES_NO))
