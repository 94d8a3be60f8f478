"""The sample ledgers on which rules are proved: what is in each, and how it comes into a store."""

import random
from collections.abc import Callable, Mapping
from datetime import date
from tempfile import TemporaryDirectory
from typing import Any, Literal, Self

import attrs

from custledger import ids
from custledger.changes import Change, Changeset, by_key
from custledger.conventions import Conventions, FixedClock, utc_text
from custledger.ids import IdMint
from custledger.plugins import Plugins
from custledger.schema import Schema
from custledger.services.demo import make_demo
from custledger.services.naming import find
from custledger.services.opening import set_up
from custledger.services.proving.awkward import awkward
from custledger.services.proving.days import CONVENTIONS, TODAY, afternoon
from custledger.services.session import Session
from custledger.stores.contract import Query, Store
from custledger.stores.memory import MemoryStore

ACTOR = "custledger"
SQLITE = "sqlite"

Engine = Literal["memory", "sqlite"]
"""What computes the rules: the evaluator, over a ledger in memory, or SQLite."""

_APART = 7 * 3_600_000
"""How many milliseconds lie between the additions of two records of the awkward ledger."""


@attrs.frozen(kw_only=True, eq=False)
class Sample:
    """A sample ledger: its additions, in an order in which they can be written; those of a tuple at one time."""

    name: str
    additions: tuple[tuple[Change, ...], ...] = ()


def samples(plugins: Plugins) -> tuple[Sample, ...]:
    """Return the sample ledgers, with records of every type that the plugins bring.

    Raises ``CustledgerError`` where a plugin lets nobody write the records of the demo.
    """
    odd = tuple(awkward(plugins.schemas()))
    customers = [change for change in odd if change.type == "customer"]
    alone = tuple(
        attrs.evolve(change, after={"name": change.after["name"]}) for change in customers if change.after is not None
    )
    return (
        Sample(name="everyday", additions=(_everyday(plugins),)),
        Sample(name="awkward", additions=tuple((change,) for change in odd)),
        Sample(name="bare", additions=(alone,)),
        Sample(name="empty"),
    )


def _everyday(plugins: Plugins) -> tuple[Change, ...]:
    """Return the additions of a demo ledger as it stands when plugins have had their say."""
    session = SampleLedgers(plugins).session(MemoryStore())
    make_demo(session)
    added = []
    for schema in session.schemas.values():
        system = {field.key for field in schema.fields if field.spec.system}
        for row in session.view.select(schema, Query(moment=session.moment)):
            after = {key: value for key, value in by_key(schema, row).items() if key not in system}
            added.append(Change(type=schema.name, id=row[0], before=None, after=after))
    return tuple(added)


def in_another_order(sample: Sample, schemas: Mapping[str, Schema], subject: str) -> tuple[Sample, Mapping[int, int]]:
    """Return a sample whose records of one type come in another order, and the former id by each new one.

    Records come by id: those of the type have each other's, and what refers to them goes along.
    """
    former = sorted(change.id for changes in sample.additions for change in changes if change.type == subject)
    shuffled = former.copy()
    random.Random(f"order {subject}").shuffle(shuffled)  # noqa: S311 - for an order, not for secrets
    new = dict(zip(former, shuffled, strict=True))
    additions = tuple(
        tuple(_renumbered(change, schemas, subject, new) for change in changes) for changes in sample.additions
    )
    return attrs.evolve(sample, additions=additions), dict(zip(shuffled, former, strict=True))


def _renumbered(change: Change, schemas: Mapping[str, Schema], subject: str, new: Mapping[int, int]) -> Change:
    prefix = schemas[subject].info.prefix
    after = dict(change.after or {})
    for field in schemas[change.type].references:
        value = after.get(field.key)
        if value is None:
            continue
        if field.spec.target == subject:
            after[field.key] = new[value]
        elif field.spec.target is None and value.startswith(f"{prefix}-"):
            after[field.key] = ids.public(prefix, new[ids.decode(value.partition("-")[2])])
    return attrs.evolve(change, id=new[change.id] if change.type == subject else change.id, after=after)


def _adjusting(**wanted: Any) -> Callable[[Conventions], Conventions]:
    """Return what puts wanted values in the place of a ledger's own."""
    given = {name: value for name, value in wanted.items() if value}
    return lambda conventions: attrs.evolve(conventions, **given) if given else conventions


class SampleLedgers:
    """Makes and keeps the stores that sample ledgers lie in. It is closed at the end of a ``with`` block.

    ``language`` is that of who is told what is not proved.
    """

    def __init__(self, plugins: Plugins, *, language: str = "en") -> None:
        self.plugins = plugins
        self.language = language
        self._folder: TemporaryDirectory[str] | None = None
        self._opened: list[Store] = []
        self._kept: dict[Any, Store] = {}
        self._asked: dict[tuple[Store, date | None], Session] = {}
        by_scheme = {scheme: kind for kind in plugins.stores() for scheme in kind.schemes}
        self._sqlite = by_scheme.get(SQLITE)

    @property
    def engines(self) -> tuple[Engine, ...]:
        """What can compute the rules here."""
        return ("memory", "sqlite") if self._sqlite else ("memory",)

    def of(self, sample: Sample, engine: Engine, key: str = "") -> Store:
        """Return the store that a sample lies in; ``key`` tells samples of one name apart."""
        place = sample.name, key, engine
        if place not in self._kept:
            store = self.new(engine)
            self._fill(store, sample)
            self._kept[place] = store
        return self._kept[place]

    def new(self, engine: Engine) -> Store:
        """Return an empty store."""
        if engine == "memory" or self._sqlite is None:
            return MemoryStore()
        self._folder = self._folder or TemporaryDirectory(prefix="custledger-samples-", ignore_cleanup_errors=True)
        path = f"{self._folder.name}/{len(self._opened)}.db"
        store: Store = self._sqlite.open(path, create=True, read_only=False)
        self._opened.append(store)
        return store

    def asking(self, store: Store, day: date | None) -> Session:
        """Return a session on a store, for questions alone: it has understood what was asked of it before."""
        if (store, day) not in self._asked:
            self._asked[store, day] = self.session(store, day)
        return self._asked[store, day]

    def session(self, store: Store, day: date | None = None, *, today: date = TODAY, language: str = "") -> Session:
        """Return a new session on a store: on ``today`` by the clock, and with ``day`` as of that day.

        Its ledger is Chinese. With a ``language`` errors call fields by their labels in that.
        """
        adjust = _adjusting(as_of=day, language=language)
        clock = FixedClock(afternoon(TODAY))
        session = Session(
            store,
            self.plugins,
            actor=ACTOR,
            clock=FixedClock(afternoon(today)),
            mint=IdMint(clock.milliseconds, random.Random(len(self._opened))),  # noqa: S311 - invented records
            adjust=adjust,
            find=find,
        )
        if not store.documents():
            set_up(session, CONVENTIONS)
        return session

    def _fill(self, store: Store, sample: Sample) -> None:
        """Write the additions as they stand: what a ledger holds may be older than the plugins' checks."""
        session = self.session(store)
        last = len(sample.additions) - 1
        for place, changes in enumerate(sample.additions):
            at = utc_text(afternoon(TODAY) - (last - place) * _APART)
            operation = attrs.evolve(session.operation("add"), at=at)
            store.apply(Changeset(operation=operation, changes=changes), generation=session.generation)

    def close(self) -> None:
        """Close the stores and remove their files."""
        for store in self._opened:
            store.close()
        if self._folder is not None:
            self._folder.cleanup()

    def __enter__(self) -> Self:
        """Return the ledgers."""
        return self

    def __exit__(self, *_error: object) -> None:
        """Close them."""
        self.close()
