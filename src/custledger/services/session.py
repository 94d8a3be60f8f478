"""A session: one open store with the settings, plugins, clock and actor that every service works with.

It is also the ``Context`` that hooks are handed. Before each read and write it looks whether the store's generation
moved, and if so reads the settings again, so that a field added by another process is there at once.
"""

import copy
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

import attrs

from custledger import expressions
from custledger.changes import Operation
from custledger.codec import Codec
from custledger.conventions import Clock, Conventions, SystemClock, utc_text
from custledger.definitions import Definition
from custledger.errors import CustledgerError, NotAllowedError, NotFoundError, QueryError, StoreError
from custledger.expressions import Expression, Moment
from custledger.fields import Kind
from custledger.hookspecs import Problem
from custledger.ids import IdMint
from custledger.metrics import Metric
from custledger.plugins import Plugins, in_plugins_order
from custledger.schema import Row, Schema, nearest
from custledger.segments import Segment
from custledger.settings import Settings
from custledger.stores.contract import Metered, Query, Store
from custledger.stores.view import View
from custledger.taggers import Tagger
from custledger.values import fold, given_text, plain_text

MOST_WARNINGS = 1_000
"""How many warnings of writes that are over are kept for whoever asks: a program may run for months, and never ask."""

if TYPE_CHECKING:
    from custledger.expressions.nodes import Named
    from custledger.expressions.scope import World
    from custledger.stores.held import TakenIn


DefinitionT = TypeVar("DefinitionT", bound=Definition)


class Session:
    """One open store, and what services need beside it. See ``services.opening`` for how one is made.

    ``warnings`` are those of checks that nobody took yet; ``unwritten`` are the operations whose batch wrote nothing.
    ``taken_in`` are hand edits of which nobody was told yet; while it ``is_hearing``, plugins hear of such.
    """

    def __init__(
        self,
        store: Store,
        plugins: Plugins,
        *,
        actor: str,
        clock: Clock | None = None,
        mint: IdMint | None = None,
        adjust: Callable[[Conventions], Conventions] = lambda conventions: conventions,
        find: "Callable[[Session, str, str], int] | None" = None,
    ) -> None:
        self.store = store
        self.view = View(store, actor)
        self.plugins = plugins
        self.actor = actor
        self.clock = clock or SystemClock()
        self.mint = mint or IdMint(self.clock.milliseconds)
        self.warnings: list[Problem] = []
        self.unwritten: set[int] = set()
        self.taken_in: list[TakenIn] = []
        self._adjust = adjust
        self._find = find
        self._world: World | None = None
        self._lock = threading.RLock()
        self.is_hearing = False
        self._known_generation: int | None = None
        self._kept_generation: int | None = None
        self._stands_still = False
        self._codecs: dict[str, Codec] = {}
        self._base = self.plugins.schemas()
        self.schemas: Mapping[str, Schema] = {}
        self.refresh()

    @property
    def generation(self) -> int:
        """The generation of the settings this session knows."""
        return -1 if self._known_generation is None else self._known_generation

    @property
    def conventions(self) -> Conventions:
        """Language, currency and time zone, as the ledger's settings and the caller's wishes give them."""
        return self._conventions

    @property
    def today(self) -> date:
        """The ledger's day."""
        return self.conventions.today(self.clock.milliseconds)

    @property
    def now(self) -> str:
        """This moment as a plain time."""
        return utc_text(self.clock.milliseconds())

    @property
    def moment(self) -> Moment:
        """What "today" means to an expression."""
        conventions = self.conventions
        as_of = conventions.as_of is not None
        return Moment(self.today, conventions.zone, as_of=as_of, currency=conventions.currency)

    def refresh(self) -> int:
        """Read the settings again if the store's generation moved, and prepare the store for what they ask.

        What people edited by hand is heard of as well. Returns the generation of the settings that are known from then
        on, or an older one.
        """
        if self._stands_still:
            return self.generation
        if (generation := self.store.generation()) != self._known_generation:
            with self._lock:
                while (generation := self.store.generation()) != self._known_generation:
                    self._read_settings()
                    self._prepare()
                    self._known_generation = generation
        self.hear()
        return generation

    def hear(self) -> None:
        """Have plugins hear of hand edits that the store took in. Called after writes too, before which it looks."""
        if self.is_hearing or not (taken := self.store.taken_in()) or self.store.read_only:
            return
        from custledger.services.outside import hear  # which works with a session; few ledgers need it

        with self._lock:
            hear(self, taken)
        self.taken_in = [*self.taken_in, *taken][-MOST_WARNINGS:]

    def schema(self, name: str) -> Schema:
        """Return the schema of a record type by its name, plural or label. Raises ``NotFoundError``."""
        given_text(name, "Record type")
        found = self.schemas.get(name) or self._by_name.get(fold(name.strip()))
        if found is None:
            raise NotFoundError(
                "record type",
                name,
                suggestions=nearest(name, self._by_name),
                hint="" if nearest(name, self._by_name) else f"There are: {', '.join(self._written)}.",
            )
        return found

    @property
    def _written(self) -> list[str]:
        """The names of the record types that people write, and not the ledger itself."""
        return [name for name, schema in self.schemas.items() if not schema.info.is_kept]

    def writable_schema(self, name: str) -> Schema:
        """Return a schema that has a class, for records that people write.

        Raises ``NotFoundError`` for a type whose plugin is not installed, and ``NotAllowedError`` for one that the
        ledger keeps.
        """
        schema = self.schema(name)
        if schema.info.is_kept:
            raise NotAllowedError(
                f"The ledger itself keeps the {schema.info.plural}.", hint="They can be read, and not written."
            )
        if schema.record is None:
            raise NotFoundError(
                "installed plugin for the record type", schema.name, hint="Its records can be read, but not written."
            )
        return schema

    def codec(self, name: str) -> Codec:
        """Return the codec of a record type, for rows in the order of its present schema."""
        return self.codec_of(self.schema(name))

    def codec_of(self, schema: Schema) -> Codec:
        """Return the codec of just this schema: rows that were read with it keep to it, whatever was added since."""
        codec = self._codecs.get(schema.name)
        if codec is None or codec.schema is not schema:
            prefixes = {other.name: other.info.prefix for other in self.schemas.values()}
            codec = self._codecs[schema.name] = Codec(schema, self.conventions, prefixes)
        return codec

    def get(self, record_type: str, ids: Sequence[int]) -> list[Row | None]:
        """Return rows by id, in the order asked, as this actor may see them."""
        self.refresh()
        return self.view.get(self.schema(record_type), ids)

    def look_up(self, record_type: str, number: int) -> tuple[Schema, Row | None]:
        """Return a schema that is true to the store's generation, and the row of one id in its order.

        The generation comes with the row, where ``get`` asks for it first.
        """
        known = self._known_generation  # before the schema: one that another thread replaces meanwhile is read again
        schema = self.schemas.get(record_type)
        if schema is not None:
            generation, row = self.view.look_up(schema, number)
            if generation == known:
                return schema, row
        self.refresh()
        schema = self.schema(record_type)
        return schema, self.view.get(schema, [number])[0]

    def select(self, record_type: str, query: Query) -> Iterator[Row]:
        """Return rows, as this actor may see them."""
        self.refresh()
        return self.view.select(self.schema(record_type), query)

    def setting(self, name: str) -> Any:
        """Return a settings document's value, or ``None``."""
        document = self.view.document(name)
        return None if document is None else document.value

    def operation(
        self, verb: str, *, reason: str = "", undoes: int | None = None, about: Mapping[str, Any] | None = None
    ) -> Operation:
        """Return a new operation of this actor, now."""
        plain_text(self.actor), plain_text(given_text(reason, "Reason"))
        return Operation(
            id=self.mint.one(),
            verb=verb,
            actor=self.actor,
            at=self.now,
            reason=reason,
            undoes=undoes,
            about=dict(about or {}),
        )

    def seen_through(self, view: View) -> "Session":
        """Return a session on the same store that reads through another view."""
        other = copy.copy(self)
        other.view = view
        other.is_hearing = True  # what it reads is not what is there
        other._world = None  # noqa: SLF001 - it is a session, and finds records through its own view
        return other

    def with_these_settings(self) -> "Session":
        """Return a session that goes on knowing the settings as they are now, for looking at rules alone.

        It has nothing kept for what it understands, and warns of nothing.
        """
        other = copy.copy(self)
        other._stands_still = True  # noqa: SLF001 - it is a session
        return other

    def warn(self, problems: Iterable[Problem]) -> None:
        """Keep what a write was warned about for ``take_warnings``."""
        self.warnings.extend(problems)

    def forget_old_warnings(self) -> None:
        """Forget all but the latest ``MOST_WARNINGS``. Called between writes, so that those of one are together."""
        del self.warnings[:-MOST_WARNINGS]

    @property
    def world(self) -> "World":
        """What names mean in this ledger's expressions: its record types, and the records that texts name."""
        if self._world is None:
            named = [(plugin, metric.named()) for plugin, metric in self.metrics()]
            named += [(plugin, one) for plugin, segment in self.segments() for one in segment.all_named()]
            self._world = self.world_of(one for _, one in in_plugins_order(named))
        return self._world

    def world_of(self, named: "Iterable[Named]") -> "World":
        """Return what names mean if there were just these named expressions."""
        from custledger.expressions.scope import World  # most commands read no expression

        find = self._find
        by_subject: dict[str, list[Named]] = {}
        for one in named:
            by_subject.setdefault(one.subject, []).append(one)
        return World(self.schemas, by_subject, find and (lambda name, text: find(self, name, text)))

    def segments(self) -> list[tuple[str, Segment]]:
        """Return the segments there are, each with the plugin that brings it, or ``""`` for those of the settings."""
        return _with_own(self._plugins_segments, self.settings.segments)

    def taggers(self) -> list[tuple[str, Tagger]]:
        """Return the taggers there are, each with the plugin that brings it, or ``""`` for those of the settings."""
        return _with_own(self._plugins_taggers, self.settings.taggers)

    def metrics(self) -> list[tuple[str, Metric]]:
        """Return the metrics there are, each with the plugin that brings it, or ``""`` for those of the settings."""
        return _with_own(self._plugins_metrics, self.settings.metrics)

    @cached_property
    def _plugins_segments(self) -> list[tuple[str, Segment]]:
        return self.plugins.segments()

    @cached_property
    def _plugins_taggers(self) -> list[tuple[str, Tagger]]:
        return self.plugins.taggers()

    @cached_property
    def _plugins_metrics(self) -> list[tuple[str, Metric]]:
        return self.plugins.metrics()

    def understand_order(self, keys: Sequence[str], schema: Schema) -> tuple[tuple[Expression, bool], ...]:
        """Return sort keys, each with whether it runs downwards: ``-total_spent`` does."""
        order = expressions.understand_order(keys, schema, self.conventions, world=self.world)
        for key, _ in order:
            self._make_ready(key, schema)
        return order

    def understand_named(self, named: "Named", *, want: Kind | None = None) -> Expression:
        """Return what a named expression says, by the names it was saved with. Raises ``QueryError`` for a circle."""
        schema = self.schema(named.subject)
        return expressions.understand_named(named, schema, self.conventions, self.world, want=want)

    def understand(self, text: str, schema: Schema, *, want: Kind | None = Kind.YES_NO) -> Expression:
        """Return ``text`` as an expression about records of ``schema``, which may look at others of this ledger."""
        understood = expressions.understand(text, schema, self.conventions, want=want, world=self.world)
        self._make_ready(understood, schema)
        return understood

    def keep_facts(self) -> None:
        """Have the store keep what metrics ask of related records, unless that was done with these settings."""
        generation = self._known_generation
        if generation is None or generation == self._kept_generation or not self.store.capabilities.keeps_facts:
            return
        metrics = []
        for plugin, metric in self.metrics():
            with suppress(QueryError):  # listings of metrics say which cannot be computed, and why
                if metric.subject in self.schemas:
                    schema, expression = self.schemas[metric.subject], self.understand_named(metric.named())
                    metrics.append(Metered(name=metric.name, schema=schema, expression=expression, own=not plugin))
        self.store.keep(metrics, self.moment, generation=generation)
        self._kept_generation = generation

    def _make_ready(self, understood: Expression, schema: Schema) -> None:
        """Have facts kept before an expression looks at them, and warn where it looks at what no refresh stored.

        Whoever asks for nothing that is kept or stored need not wait for it.
        """
        if understood.looks_at_others and not self._stands_still:
            self.keep_facts()
            self.warn_where_unrefreshed(understood, schema)

    def warn_where_unrefreshed(self, understood: Expression, schema: Schema) -> None:
        """Warn of segments at whose stored members an expression looks, and of which there are none yet."""
        from custledger.services.refreshing import unrefreshed  # which works with a session

        unrefreshed.warn_where_unrefreshed(self, understood, schema)

    def take_warnings(self) -> list[Problem]:
        """Return what checks warned about since this was last asked, the oldest first, and forget it.

        Of more than ``MOST_WARNINGS`` that came with earlier writes, the latest are there.
        """
        taken, self.warnings = self.warnings, []
        return taken

    def close(self) -> None:
        """Release the store, once plugins have heard of what it took in."""
        with suppress(CustledgerError):
            self.hear()
        self.store.close()

    def _read_settings(self) -> None:
        self.settings = Settings.read(self.store.documents())
        self._conventions = self._adjust(self.settings.conventions)

    def _prepare(self) -> None:
        wanted = {name: self.settings.apply_to(schema) for name, schema in self._base.items()}
        is_whole = self._make_place(list(wanted.values()))
        seen = {schema.name: schema for schema in self.store.schemas()}
        if not is_whole:
            wanted = {name: _present(schema, seen[name]) for name, schema in wanted.items() if name in seen}
        absent = {name: self.settings.apply_to(schema) for name, schema in seen.items() if name not in wanted}
        self.schemas = wanted | absent
        self._codecs = {}
        self._world = None
        self._by_name = {
            fold(name): schema
            for schema in self.schemas.values()
            for name in (*schema.info.labels.both(), schema.info.plural, schema.name)
        }

    def _make_place(self, wanted: Sequence[Schema]) -> bool:
        """Have the store make place for these types, and return whether it has it.

        A ledger that is there already is opened all the same where the store cannot write, as on a full disk.
        """
        if self.store.read_only:
            return False
        try:
            self.store.prepare(wanted)
        except StoreError:
            if self._known_generation is not None or not self.store.schemas():
                raise
            return False
        return True


def _with_own(brought: Sequence[tuple[str, DefinitionT]], own: Sequence[DefinitionT]) -> list[tuple[str, DefinitionT]]:
    """Return what plugins bring and what the settings have, which goes before what has its name."""
    taken = {(one.subject, one.name) for one in own}
    kept = [(plugin, one) for plugin, one in brought if (one.subject, one.name) not in taken]
    return [*kept, *(("", one) for one in own)]


def _present(schema: Schema, seen: Schema) -> Schema:
    """Return the schema without the fields that a store which cannot be written has no place for yet."""
    return attrs.evolve(schema, fields=tuple(field for field in schema.fields if field.key in seen.by_key))
