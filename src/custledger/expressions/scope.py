"""What names mean in an expression about records of one type.

A name is a field of the record; a *step*, the field of a record that it refers to (``product.category``); a named
expression, such as a metric (``total_spent``); or a *relation*, the records of another type that refer to it
(``transactions``), whose fields stand in aggregates (``transactions.amount``).
"""

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import count
from typing import Any, TypeVar

from custledger.expressions.nodes import Named
from custledger.fields import Kind
from custledger.schema import Field, Schema
from custledger.structs import Struct, frozen
from custledger.values import fold


@frozen
class Own(Struct):
    """A field of the record itself."""

    field: Field


@frozen
class Step(Struct):
    """A field of the record that ``reference`` leads to."""

    reference: Field
    schema: Schema
    field: Field


@frozen
class Relation(Struct):
    """The records of ``schema`` whose field ``reference`` refers to the record. ``name`` is how people write it."""

    name: str
    schema: Schema
    reference: Field


@frozen
class Beyond(Struct):
    """What ``name``, folded, means among the records of a relation."""

    relation: Relation
    name: str


Meaning = Own | Step | Relation | Beyond | Named

MOST_REMEMBERED = 1_000
"""How many texts, and how many names, it is remembered of what they mean."""

_UnderstoodT = TypeVar("_UnderstoodT")

Find = Callable[[str, str], int]
"""Returns the id of the record of a type that a code, a name or an ending of an id names.

Raises ``NotFoundError`` or ``AmbiguousError``.
"""


class World:
    """The record types of a ledger, by name, and the named expressions about each.

    ``find`` looks up records that a text names; without it a reference is compared with whole ids only.
    """

    def __init__(
        self,
        schemas: Mapping[str, Schema],
        named: Mapping[str, Sequence[Named]] | None = None,
        find: Find | None = None,
    ) -> None:
        self.schemas = schemas
        self.named = named or {}
        self.find = find and self._looked_up
        self._find = find
        self._lookup, self._lookups = 0, count(1)
        self._scopes: dict[str, tuple[Schema, Scope]] = {}
        self._understood: dict[Hashable, Any] = {}

    def scope(self, schema: Schema) -> "Scope":
        """Return what names mean in an expression about records of ``schema``."""
        known, scope = self._scopes.get(schema.name, (None, None))
        if scope is None or known is not schema:
            scope = Scope(schema, self)
            self._scopes[schema.name] = schema, scope
        return scope

    def understood(self, text: Hashable, understand: Callable[[], _UnderstoodT]) -> _UnderstoodT:
        """Return what a text was understood as before, else what ``understand`` returns.

        ``text`` is all that it depends on beside this world. One in which a record is named is understood anew each
        time, since another record may have that name by then.
        """
        found: _UnderstoodT | None = self._understood.get(text)
        if found is None:
            before = self._lookup
            found = understand()
            if before == self._lookup:
                if len(self._understood) >= MOST_REMEMBERED:
                    self._understood.clear()
                self._understood[text] = found
        return found

    def _looked_up(self, name: str, text: str) -> int:
        """Look up a record, and note that this was done; no two looks have one number, whatever threads there are."""
        self._lookup = next(self._lookups)
        assert self._find is not None  # noqa: S101 - for the type checker: this is handed out only where it is there
        return self._find(name, text)


class Scope:
    """What names mean, folded, in an expression about records of ``schema``.

    ``remembered`` are the keys of what names meant when an expression was saved: they go before what a name means now,
    unless there is nothing of that key any more, or not in this ledger.
    """

    def __init__(self, schema: Schema, world: World, remembered: Mapping[str, str] | None = None) -> None:
        self.schema = schema
        self.world = world
        self.remembered = remembered or {}
        self._meanings: dict[str, Meaning | None] = {}

    @property
    def meant(self) -> Hashable:
        """What tells this scope from others of its world in which names may mean something else."""
        return self.world.scope(self.schema), frozenset(self.remembered.items())

    def remembering(self, names: Sequence[tuple[str, str]]) -> "Scope":
        """Return this scope with names that meant something when an expression was saved."""
        return Scope(self.schema, self.world, dict(names)) if names else self

    def beyond(self, schema: Schema) -> "Scope":
        """Return what names mean in a condition on the related records of ``schema``."""
        return Scope(schema, self.world, self.remembered) if self.remembered else self.world.scope(schema)

    def __contains__(self, folded: object) -> bool:
        """Return whether this is a name."""
        return isinstance(folded, str) and self.meaning(folded) is not None

    def holds(self, folded: str) -> bool:
        """Return whether a name may be true or false by itself: a yes or no, a segment, a metric."""
        meaning = self.meaning(folded)
        return isinstance(meaning, Named) or (isinstance(meaning, Own) and meaning.field.spec.kind is Kind.YES_NO)

    def meaning(self, folded: str) -> Meaning | None:
        """Return what a folded name means, or ``None``."""
        return self._meaning(fold(self.remembered.get(folded, ""))) or self._meaning(folded)

    def _meaning(self, folded: str) -> Meaning | None:
        if folded in self._meanings:
            return self._meanings[folded]
        if len(self._meanings) >= MOST_REMEMBERED:
            self._meanings.clear()
        found = self._meanings[folded] = self._found(folded)
        return found

    def _found(self, folded: str) -> Meaning | None:
        if field := self.field(folded):
            return Own(field)
        return self.named.get(folded) or self.relations.get(folded) or self._dotted(folded)

    def field(self, folded: str) -> Field | None:
        """Return the field that a folded name means: by its key, a label, or an alias that names no metric as well."""
        field = self.schema.by_key.get(self.schema.names.get(folded, ""))
        if field is None or folded not in self.named:
            return field
        return field if folded in {fold(name) for name in (field.key, *field.spec.labels.both())} else None

    def _dotted(self, folded: str) -> Meaning | None:
        for first, rest in _halves(folded):
            if relation := self.relations.get(first):
                beyond = self.world.scope(relation.schema)
                if rest in beyond:
                    return Beyond(relation, rest)
            reference, referred = self.field(first), self.referred(first)
            if reference is not None and referred is not None and (field := referred.field(rest)):
                return Step(reference, referred.schema, field)
        return None

    def referred(self, folded: str) -> "Scope | None":
        """Return what names mean in the record to which the reference of a folded name leads."""
        reference = self.field(folded)
        target = self.world.schemas.get(reference.spec.target or "") if reference else None
        return self.world.scope(target) if target else None

    @cached_property
    def named(self) -> Mapping[str, Named]:
        """The named expressions, by each of their names."""
        found: dict[str, Named] = {}
        for one in self.world.named.get(self.schema.name, ()):
            for name in one.called:
                found.setdefault(fold(name), one)
        return found

    @cached_property
    def relations(self) -> Mapping[str, Relation]:
        """The relations, by each of their names; of several references in one type, a required one goes first."""
        found: dict[str, Relation] = {}
        for schema in self.world.schemas.values():
            references = [field for field in schema.references if field.spec.target == self.schema.name]
            if references:
                reference = min(references, key=lambda field: not field.spec.required)
                for name in (schema.info.plural, schema.name, *schema.info.labels.both()):
                    found.setdefault(fold(name), Relation(schema.info.plural, schema, reference))
        return found

    def relation_of(self, folded: str) -> Relation | None:
        """Return the relation that a name is, or begins with."""
        meaning = self.meaning(folded)
        if isinstance(meaning, Relation | Beyond):
            return meaning if isinstance(meaning, Relation) else meaning.relation
        return next((self.relations[first] for first, _ in _halves(folded) if first in self.relations), None)

    def within(self, folded: str) -> "Scope | Nothing":
        """Return what names mean among the records of the relation that a name is, or begins with."""
        relation = self.relation_of(folded)
        return self.beyond(relation.schema) if relation else Nothing()

    def names(self, *, dotted: bool) -> Iterator[str]:
        """Yield every name of one part, or those of several by their keys, for suggestions."""
        if not dotted:
            yield from (*self.schema.names, *self.named, *self.relations)
            return
        for reference in self.schema.references:
            target = self.world.schemas.get(reference.spec.target or "")
            yield from (f"{reference.key}.{key}" for key in (target.keys if target else ()))
        for name, relation in self.relations.items():
            yield from (f"{name}.{key}" for key in relation.schema.keys)
        yield from (name for name in self.named if "." in name)


def canonical(scope: Scope, meaning: Meaning) -> str:
    """Return the name by keys of what a name means in a scope, which changes of labels do not change."""
    match meaning:
        case Own(field):
            return field.key
        case Step(reference, _, field):
            return f"{reference.key}.{field.key}"
        case Relation(name):
            return name
        case Beyond(relation, name):
            beyond = scope.beyond(relation.schema)
            inner = beyond.meaning(name)
            return f"{relation.name}.{canonical(beyond, inner) if inner is not None else name}"
        case Named(key=key):
            return key


class Nothing:
    """No names at all: those of a relation that there is not."""

    def __contains__(self, folded: object) -> bool:
        """Return whether this is a name, which it is not."""
        return False

    def holds(self, _folded: str) -> bool:
        """Return whether a name may be true or false by itself, which none is."""
        return False

    def within(self, _folded: str) -> "Nothing":
        """Return the names beyond a relation: none."""
        return self


def _halves(folded: str) -> Iterator[tuple[str, str]]:
    """Yield what stands before and behind each dot."""
    for place, character in enumerate(folded):
        if character == ".":
            yield folded[:place].strip(), folded[place + 1 :].strip()
