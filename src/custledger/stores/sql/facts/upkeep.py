"""Keeping facts true: within each write, after a bulk load, when others wrote without them, when metrics change."""

from collections.abc import Mapping, Sequence

import attrs

from custledger.changes import Changeset
from custledger.expressions.kept import defined
from custledger.schema import Schema
from custledger.stores.sql.database import Connection, Dialect
from custledger.stores.sql.facts import computing
from custledger.stores.sql.facts.computing import table_of
from custledger.stores.sql.facts.registry import Fact, Head, Registry, facts_table
from custledger.stores.sql.facts.touching import Touched, bring_up
from custledger.stores.sql.facts.wanting import Wanted, named
from custledger.stores.sql.layout import RECORD, quoted
from custledger.values import fold

MANY = 0.2
"""What share of a type's records may have been touched for their facts to be computed one by one, and not all anew."""

Wishes = Mapping[tuple[str, str], Wanted]


def after(connection: Connection, dialect: Dialect, registry: Registry, changeset: Changeset, number: int) -> None:
    """Bring facts that were true of the changeset before up to date with the one that has landed as ``number``."""
    if not registry.unknown:
        bring_up(connection, dialect, registry, Touched.by(changeset))
        _true_to(connection, number)


def catch_up(connection: Connection, dialect: Dialect, registry: Registry) -> None:
    """Bring facts that are behind up to date, from what the log says of the writes since; in a write transaction."""
    head = Head.read(connection)
    if not head.is_behind or registry.unknown:
        return
    anew = _touched_many(connection, head.true_to, registry)
    for subject in anew:
        refill(connection, registry.by_subject[subject])
    others = attrs.evolve(registry, facts=tuple(one for one in registry.facts if one.subject.name not in anew))
    if others.facts:
        names = sorted(others.related | others.by_subject.keys())
        bring_up(connection, dialect, others, Touched.since(connection, head.true_to, names))
    _true_to(connection, head.last)


def _touched_many(connection: Connection, changeset: int, registry: Registry) -> set[str]:
    """Return the subjects of which so many may have been touched that all facts about them are computed anew."""
    counted = connection.execute(
        "SELECT type, sum(count) FROM custledger_log WHERE changeset > ? GROUP BY type", (changeset,)
    )
    touched, found = dict(list(counted)), set()
    for name, facts in registry.by_subject.items():
        types = {name, *(fact.aggregate.schema.name for fact in facts)}
        ((count,),) = connection.execute(f"SELECT count(*) FROM {quoted(name)}")
        if sum(touched.get(one, 0) for one in types) > MANY * count:
            found.add(name)
    return found


def refill(connection: Connection, facts: Sequence[Fact]) -> None:
    """Compute all facts about one type anew."""
    connection.execute(f"DELETE FROM {table_of(facts[0].subject)}")
    computing.add_all(connection, facts[0].subject)
    computing.compute_all(connection, facts)


def lacks(registry: Registry, wishes: Wishes) -> bool:
    """Whether there are wishes that are not kept, or facts that nobody wishes for any more."""
    kept = {(fact.subject.name, fact.definition) for fact in registry.facts}
    return not wishes.keys() <= kept or bool(_unwanted(registry, wishes))


def _unwanted(registry: Registry, wishes: Wishes) -> list[Fact]:
    """Return the facts of metrics that have another definition by now, or that the settings had and have no more.

    Those of metrics that are not known here stay: the plugin that brings them may be installed elsewhere.
    """
    metrics = {(wish.subject, wish.metric) for wish in wishes.values()}
    return [
        fact
        for fact in registry.facts
        if (fact.subject.name, fact.definition) not in wishes
        and (fact.own or (fact.subject.name, fact.metric) in metrics)
    ]


def keep(
    connection: Connection, dialect: Dialect, registry: Registry, schemas: Mapping[str, Schema], wishes: Wishes
) -> None:
    """Keep what is wished for from now on, and no more what is not, in a write transaction."""
    catch_up(connection, dialect, registry)
    unwanted = _unwanted(registry, wishes)
    left = [fact for fact in registry.facts if fact not in unwanted]
    _drop(connection, unwanted, left)
    kept = {(fact.subject.name, fact.definition) for fact in left}
    fresh = [wish for key, wish in wishes.items() if key not in kept]
    place = max((fact.place for fact in registry.facts), default=0)
    for subject in dict.fromkeys(wish.subject for wish in fresh):
        present = [fact for fact in left if fact.subject.name == subject]
        taken = {fold(fact.name) for fact in present}
        made = []
        for wish in fresh:
            if wish.subject == subject:
                place += 1
                made.append(_fact(wish, named(wish, taken), place, schemas, dialect))
                taken.add(fold(made[-1].name))
        _make(connection, dialect, made, is_new=not present)
    connection.execute("UPDATE custledger_ledger SET facts_edition = facts_edition + 1")
    _true_to(connection, Head.read(connection).last)


def _fact(wish: Wanted, name: str, place: int, schemas: Mapping[str, Schema], dialect: Dialect) -> Fact:
    return Fact(
        subject=schemas[wish.subject],
        name=name,
        metric=wish.metric,
        own=wish.own,
        definition=wish.definition,
        place=place,
        meant=defined(wish.definition, schemas),
        dialect=dialect.expressions,
    )


def _drop(connection: Connection, unwanted: Sequence[Fact], left: Sequence[Fact]) -> None:
    """Take away the columns of facts that are not kept any more, and a table with none left."""
    emptied = {fact.subject.name for fact in unwanted} - {fact.subject.name for fact in left}
    for fact in unwanted:
        row = fact.subject.name, fact.name
        connection.execute("DELETE FROM custledger_facts WHERE subject = ? AND name = ?", row)
        if fact.subject.name not in emptied:
            connection.execute(f"ALTER TABLE {table_of(fact.subject)} DROP COLUMN {fact.column}")
    for name in sorted(emptied):
        connection.execute(f"DROP TABLE {quoted(facts_table(name))}")


def _make(connection: Connection, dialect: Dialect, facts: Sequence[Fact], *, is_new: bool) -> None:
    """Make the columns of new facts about one type, and fill them."""
    schema = facts[0].subject
    table = table_of(schema)
    if is_new:
        connection.execute(f"CREATE TABLE {table} ({RECORD} {dialect.integer} PRIMARY KEY){dialect.table_options}")
    for fact in facts:
        connection.execute(f"ALTER TABLE {table} ADD COLUMN {fact.definition_of_column(dialect)}")
        connection.execute(
            "INSERT INTO custledger_facts (subject, name, metric, own, place, definition) VALUES (?, ?, ?, ?, ?, ?)",
            (schema.name, fact.name, fact.metric, int(fact.own), fact.place, fact.definition),
        )
    if is_new:
        computing.add_all(connection, schema)
    computing.compute_all(connection, facts)


def _true_to(connection: Connection, number: int) -> None:
    connection.execute("UPDATE custledger_ledger SET facts_true_to = ?", (number,))
