"""Selections: which records, in what order, how many; built step by step, read when iterated.

Writing while iterating is safe: a selection reads from a snapshot of the moment at which ``for``, or ``iter``, begins
with it.
"""

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Generic, NoReturn, Self, TypeVar, overload

import attrs

from custledger import values
from custledger.errors import InvalidValueError, NotFoundError, QueryError, UsageError
from custledger.expressions import Expression, Moment, both, equals, field_expression
from custledger.expressions.tree import NamedNode
from custledger.fields import Kind, Labels, Spec
from custledger.records import Record
from custledger.schema import ID, Field, Row, Schema
from custledger.services.naming import Reference, find
from custledger.services.session import Session
from custledger.stores.contract import Order, Query
from custledger.stores.grouping import tallied

RecordT = TypeVar("RecordT", bound=Record)


@attrs.frozen
class Selection(Generic[RecordT]):
    """Records of one type, filtered, ordered and limited. Each method returns a new selection.

    One is true (``if selection:``) where there is any record in it, which is looked up then; ``count()`` says how many
    there are, and ``len()`` is refused, since ``list(selection)`` would ask for it too, and so read twice. ``among``,
    where it is given, are the ids of the only records that can be in it: those that a Python rule chose, say. ``ranks``
    are what such a rule says of each of them, by the folded names under which it can be sorted by that, before anything
    else.
    """

    session: Session = attrs.field(repr=False)
    record_type: str
    wheres: tuple[str, ...] = ()
    orders: tuple[str, ...] = ()
    at_most: int | None = None
    beyond: Reference | None = None
    among: frozenset[int] | None = attrs.field(default=None, repr=False)
    ranks: Mapping[str, Mapping[int, Any]] = attrs.field(factory=dict, repr=False)

    def where(self, text: str) -> Self:
        """Keep only records for which the expression ``text`` is true; a second one must be true as well."""
        return attrs.evolve(self, wheres=(*self.wheres, text))

    def order(self, *keys: str) -> Self:
        """Sort by these fields or expressions; ``-`` in front sorts from the greatest. Empties come last."""
        return attrs.evolve(self, orders=keys)

    def limit(self, count: int) -> Self:
        """Keep at most ``count`` records. Raises ``InvalidValueError`` for a negative number."""
        return attrs.evolve(self, at_most=values.given_limit(count))

    def after(self, ref: Reference) -> Self:
        """Begin after the record ``ref`` in this selection's order: the next page."""
        return attrs.evolve(self, beyond=ref)

    def __iter__(self) -> Iterator[RecordT]:
        """Return an iterator of the records, as they are at this moment."""
        schema = self._schema()
        codec = self.session.codec_of(schema)
        return (codec.record(row) for row in self._select(schema, self._query(schema)))

    def __bool__(self) -> bool:
        """Whether there is any record in it; that is read, like everything, when it is asked."""
        return next(self.rows(), None) is not None

    def __len__(self) -> NoReturn:
        """Refuse, and say what counts: ``list`` asks for a length before it reads, and goes without one."""
        raise TypeError(
            "A selection has no len(), for which list() would read it twice: count() says how many there are."
        )

    def first(self) -> RecordT | None:
        """Return the first record, or ``None``."""
        return next(iter(self.limit(1)), None)

    def rows(self) -> Iterator[Row]:
        """Yield rows of plain values, in schema order; faster than records, and for types without a class too."""
        schema = self._schema()
        return self._select(schema, self._query(schema))

    def evaluated(self, expressions: Sequence[Expression]) -> Iterator[Row]:
        """Yield the plain values of checked expressions, a tuple for each record."""
        schema = self._schema()
        return self._select(schema, attrs.evolve(self._query(schema), columns=tuple(expressions)))

    def computed(self, names: Sequence[str]) -> tuple[Schema, list[Field], Iterator[Row]]:
        """Return the records with what is asked for beside their own fields.

        ``names`` are fields, or any expressions: ``days_since(created_at)``. Returns the schema with a field at its end
        for each expression that is no field of its own, the fields in the order asked for, and rows of that schema.
        Raises ``NotFoundError`` or ``QueryError`` for a name that is nothing's.
        """
        schema = self._schema()
        own = {name: field for name in names if (field := self._own_field(name, schema))}
        others = {name: self._understood(name, schema) for name in names if name not in own}
        made = {name: _computed_field(name, expression) for name, expression in others.items()}
        wide = schema.extended(made.values())
        query = self._query(schema)
        if others:
            columns = (*(field_expression(schema, key) for key in schema.keys), *others.values())
            query = attrs.evolve(query, columns=columns)
        return wide, [own.get(name) or made[name] for name in names], self._select(schema, query)

    def _own_field(self, name: str, schema: Schema) -> Field | None:
        """Return the field of its own that a name means, or ``None``."""
        folded = values.fold(name)
        if folded in schema.by_key or folded not in schema.names:
            return schema.by_key.get(folded)
        meaning = self.session.world.scope(schema).meaning(folded)
        return schema.by_key[schema.names[folded]] if getattr(meaning, "field", None) else None

    def _understood(self, name: str, schema: Schema) -> Expression:
        try:
            return self.session.understand(name, schema, want=None)
        except QueryError:
            if name.replace("_", "").isalnum():
                schema.resolve(name)  # which says of a word by itself that it is no field, without a place in it
            raise

    def columns(self, *names: str) -> dict[str, list[Any]]:
        """Return columns as lists of Python values, by the names asked for; without any, every field by its key.

        The values are those that records have, but that of tags or several choices is a sorted list, and an empty one
        where there is none: a column of lists is what a table has for them. Any other empty value is ``None``. One
        line makes a table of it: ``polars.DataFrame(selection.columns("name", "city"))``.
        """
        schema = self._schema()
        names = names or schema.keys
        expressions = [self.session.understand(name, schema, want=None) for name in names]
        rows = self._select(schema, attrs.evolve(self._query(schema), columns=tuple(expressions)))
        columns = list(zip(*rows, strict=True)) or [()] * len(names)
        return {
            name: _column(expression, column)
            for name, expression, column in zip(names, expressions, columns, strict=True)
        }

    @overload
    def count(self) -> int: ...

    @overload
    def count(self, by: str | Sequence[str]) -> dict[Any, int]: ...

    def count(self, by: str | Sequence[str] | None = None) -> int | dict[Any, int]:
        """Return how many records there are; with ``by``, a dictionary of counts, the greatest first.

        ``by`` is a field or an expression, or several: then the keys are tuples. Limits and order do not matter.
        """
        schema = self._schema()
        names = [by] if isinstance(by, str) else values.given_texts(() if by is None else by, "By")
        expressions = [self.session.understand(name, schema, want=None) for name in names]
        for key in sorted({key for expression in expressions for key in expression.keys}):
            if schema.by_key[key].spec.sensitive:
                raise InvalidValueError(key, "is sensitive, and is never counted by")
        counted = self._counted(schema, expressions)
        if by is None:
            return int(counted[0][0])
        convert = [_python(expression) for expression in expressions]
        keyed = {
            tuple(None if value is None else to(value) for to, value in zip(convert, key, strict=True)): number
            for *key, number in counted
        }
        return {key[0]: number for key, number in keyed.items()} if isinstance(by, str) else dict(keyed)

    def _counted(self, schema: Schema, by: Sequence[Expression]) -> Sequence[tuple[Any, ...]]:
        where, moment = self._where(schema), self.session.moment
        if self.among is None:
            return self.session.view.count(schema, where, by, moment)
        rows = self._select(schema, Query(moment=moment, where=where, columns=tuple(by)))
        return tallied(((row, 1) for row in rows), by) if by else [(sum(1 for _ in rows),)]

    def _select(self, schema: Schema, query: Query) -> Iterator[Row]:
        """Yield rows or columns; which of them are ``among`` some ids is looked at here, not in the store."""
        among = self.among
        if among is None:
            return self.session.view.select(schema, query)
        wide = attrs.evolve(query, limit=None)
        if query.columns is not None:
            wide = attrs.evolve(wide, columns=(*query.columns, field_expression(schema, schema.keys[ID])))
        place, end = (ID, None) if query.columns is None else (-1, -1)
        kept: Iterable[Row] = (row for row in self.session.view.select(schema, wide) if row[place] in among)
        for rank, descending in reversed(self._ranked()):
            kept = sorted(kept, key=lambda row: rank[row[place]], reverse=descending)
        told = (row[:end] for row in kept)
        return told if query.limit is None else itertools.islice(told, query.limit)

    def _ranked(self) -> list[tuple[Mapping[int, Any], bool]]:
        """Return the ranks that it is sorted by, each with whether that runs downwards."""
        told = (self._rank(key) for key in self.orders)
        return [rank for rank in itertools.takewhile(bool, told) if rank]

    def _rank(self, key: str) -> tuple[Mapping[int, Any], bool] | None:
        rank = self.ranks.get(values.fold(key.strip().removeprefix("-").strip())) if self.ranks else None
        return None if rank is None else (rank, key.strip().startswith("-"))

    def _schema(self) -> Schema:
        self.session.refresh()
        return self.session.schema(self.record_type)

    def _where(self, schema: Schema) -> Expression | None:
        return _condition(self.session, schema, self.wheres)

    def _query(self, schema: Schema) -> Query:
        order = tuple(
            Order(expression, descending)
            for expression, descending in self.session.understand_order(self.orders[len(self._ranked()) :], schema)
        )
        query = Query(moment=self.session.moment, where=self._where(schema), order=order, limit=self.at_most)
        return query if self.beyond is None else attrs.evolve(query, after=self._place(schema, order))

    def _place(self, schema: Schema, order: Sequence[Order]) -> tuple[Any, ...]:
        assert self.beyond is not None  # noqa: S101 - for the type checker: the caller asked
        if self._ranked():
            raise UsageError("What a scorer says has no next page.", hint="Take a limit, and all of it at once.")
        number = find(self.session, self.record_type, self.beyond)
        columns = tuple(one.expression for one in order)
        where = equals(schema, schema.keys[ID], number)
        query = Query(moment=self.session.moment, where=where, columns=columns)
        keys = next(self.session.view.select(schema, query), None)
        if keys is None:
            raise NotFoundError(schema.name, schema.public_id(number))
        return (*keys, number)


def memberships(session: Session, record_type: str, conditions: Sequence[str]) -> list[set[int]]:
    """Return the ids of the records that each of several conditions chooses, from one snapshot.

    A store that can do so reads the records once for all of them. Raises ``QueryError`` for a text that cannot be
    understood.
    """
    session.refresh()
    schema = session.schema(record_type)
    chosen = [_condition(session, schema, [text]) for text in conditions]
    return session.view.memberships(schema, [one for one in chosen if one is not None], session.moment)


def _condition(session: Session, schema: Schema, texts: Sequence[str]) -> Expression | None:
    """Return the condition that all texts hold, and that a record had happened by a day that was set by hand."""
    joined: Expression | None = happened_by(schema, session.moment)
    for text in texts:
        one = session.understand(text, schema)
        joined = one if joined is None else both(joined, one)
    return joined


def _column(expression: Expression, plain: Sequence[Any]) -> list[Any]:
    """Return the Python values of a column."""
    if expression.kind in {Kind.TAGS, Kind.CHOICES}:
        return [list(value or ()) for value in plain]
    convert = _python(expression)
    return [None if value is None else convert(value) for value in plain]


def _computed_field(name: str, expression: Expression) -> Field:
    """Return the field that a column of an expression is like, called as it is written."""
    text = " ".join(name.split())
    spec = expression.spec or Spec(kind=expression.kind, labels=Labels(text))
    labels = spec.labels if isinstance(expression.root, NamedNode) else Labels(text)
    if spec.kind is Kind.TEXT and spec.choices:
        spec = attrs.evolve(spec, kind=Kind.CHOICE)  # texts that are codes, as of a stored label
    return Field(text, attrs.evolve(spec, labels=labels, sensitive=False, code=False, title=False, system=False))


def happened_by(schema: Schema, moment: Moment) -> Expression | None:
    """Return the condition that a record had happened by the day that was set by hand, if one was."""
    if not moment.as_of:
        return None
    from custledger.expressions.settle import happened_by  # few ask for another day

    node = happened_by(schema, moment)
    text = f"[{schema.info.when}] <= {moment.today}"
    return None if node is None else Expression(text, Kind.YES_NO, node, frozenset({schema.info.when}))


def _python(expression: Expression) -> Any:
    """Return what turns the plain values of a column into Python values; several of a set are counted one by one."""
    spec = expression.spec
    if spec is None or spec.kind in {Kind.TAGS, Kind.CHOICES}:
        return lambda value: frozenset(value) if isinstance(value, tuple) else value
    return values.to_python(spec)
