"""Which facts a ledger keeps, and up to where they are true."""

from collections.abc import Mapping, Sequence
from functools import cached_property

import attrs

from custledger.expressions.columns import side_table
from custledger.expressions.conditions import NotPushedError
from custledger.expressions.dialects import Dialect as ExpressionDialect
from custledger.expressions.fragments import Sql
from custledger.expressions.kept import Defined, Kept, defined, looked_at
from custledger.expressions.sql_facts import FactSql, compile_fact
from custledger.expressions.tree import Aggregate
from custledger.fields import Kind
from custledger.schema import REVISION, UPDATED_AT, Schema
from custledger.stores.sql.database import Connection, Dialect
from custledger.stores.sql.layout import quoted

_NUMBER_KINDS = frozenset({Kind.INTEGER, Kind.NUMBER, Kind.MONEY})
_TEXT_KINDS = frozenset({Kind.DATE, Kind.TIME, Kind.CHOICE})


@attrs.frozen
class Head:
    """The state of a ledger's facts: ``edition`` grows with each change of what is kept, and is 0 where nothing is.

    They are true of the changeset ``true_to``; ``last`` is the last there is.
    """

    edition: int
    true_to: int
    last: int

    @classmethod
    def read(cls, connection: Connection) -> "Head":
        """Read it, as it is in the snapshot or the transaction of this moment."""
        statement = (
            "SELECT facts_edition, facts_true_to, coalesce((SELECT max(number) FROM custledger_changesets), 0) "
            "FROM custledger_ledger"
        )
        ((edition, true_to, last),) = connection.execute(statement)
        return cls(edition, true_to, last)

    @property
    def is_behind(self) -> bool:
        """Whether something landed since without the facts."""
        return self.edition > 0 and self.true_to != self.last


@attrs.frozen(slots=False, eq=False)
class Fact:
    """One column of a table of facts, and the metric that first asked for it, which is the settings' ``own`` or not.

    ``place`` tells the facts about one type apart within a statement.
    """

    subject: Schema
    name: str
    metric: str
    own: bool
    definition: str
    place: int
    meant: Defined
    dialect: ExpressionDialect

    @property
    def aggregate(self) -> Aggregate:
        """What is kept, settled."""
        return self.meant.aggregate

    @property
    def column(self) -> str:
        """The column, in quotation marks."""
        return quoted(self.name)

    @cached_property
    def sql(self) -> FactSql:
        """How it is computed."""
        return compile_fact(self.meant, self.subject, self.dialect, self.place)

    @property
    def one(self) -> Sql:
        """What computes it for the record in a row of the subject's table."""
        return self.sql.one

    @cached_property
    def keys(self) -> frozenset[str]:
        """The fields of a related record with which it changes."""
        return looked_at(self.aggregate)

    @cached_property
    def moves_always(self) -> bool:
        """Whether it changes with every edit of a related record, since it looks at the time of that."""
        keys = self.aggregate.schema.keys
        return not self.keys.isdisjoint({keys[UPDATED_AT], keys[REVISION]})

    def definition_of_column(self, dialect: Dialect) -> str:
        """Return how the column is defined: of nothing, the one who counts says 0, and others have no value."""
        if self.aggregate.kind in _TEXT_KINDS:
            kind = dialect.text
        else:
            is_double = self.aggregate.kind in _NUMBER_KINDS and self.aggregate.scale is None
            kind = dialect.double if is_double else dialect.integer
        nothing = " DEFAULT 0" if self.aggregate.function in {"count", "sum", "exists"} else ""
        return f"{self.column} {kind}{nothing}"


@attrs.frozen(slots=False)
class Registry:
    """All facts of one edition. ``unknown`` says that this program cannot understand some, and so not keep any."""

    edition: int
    facts: tuple[Fact, ...] = ()
    unknown: bool = False

    @classmethod
    def read(
        cls, connection: Connection, edition: int, schemas: Mapping[str, Schema], dialect: ExpressionDialect
    ) -> "Registry":
        """Read it, as it is in the snapshot or the transaction of this moment."""
        if not edition:
            return cls(0)
        rows = connection.execute(
            "SELECT subject, name, metric, own, definition, place FROM custledger_facts ORDER BY subject, place"
        )
        facts, unknown = [], False
        for subject, name, metric, own, definition, place in list(rows):
            try:
                meant = defined(definition, schemas)
                fact = Fact(schemas[subject], name, metric, bool(own), definition, place, meant, dialect)
                fact.sql.one  # noqa: B018 - what cannot be put into SQL must not come out while somebody writes
            except (KeyError, ValueError, TypeError, AttributeError, NotPushedError):
                unknown = True
            else:
                facts.append(fact)
        return cls(edition, tuple(facts), unknown)

    @cached_property
    def by_subject(self) -> Mapping[str, Sequence[Fact]]:
        """The facts about each type."""
        found: dict[str, list[Fact]] = {}
        for fact in self.facts:
            found.setdefault(fact.subject.name, []).append(fact)
        return found

    @cached_property
    def columns(self) -> Mapping[str, Mapping[str, str]]:
        """The columns by definition, for each type."""
        return {name: {one.definition: one.name for one in facts} for name, facts in self.by_subject.items()}

    @cached_property
    def related(self) -> frozenset[str]:
        """The types that facts look at."""
        return frozenset(fact.aggregate.schema.name for fact in self.facts)

    def kept(self, schema: Schema, currency: str) -> Kept:
        """Return what a query about records of a type can read."""
        return Kept(facts_table(schema.name), self.columns.get(schema.name, {}), currency)


def facts_table(name: str) -> str:
    """Return the name of the table of facts about a type, without quotation marks."""
    return side_table(name, "facts")
