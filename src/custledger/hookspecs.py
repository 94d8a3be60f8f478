"""What a plugin can be asked.

One pluggy project, ``custledger``; one entry-point group of the same name. Hooks that describe something return typed
descriptors; hooks that are handed something are handed a ``Context`` with it, in batches, and declare the record types
they want with ``@wants``. Signatures only ever grow, and ``API_VERSION`` with them.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeVar

import pluggy

from custledger.changes import Change, Changeset
from custledger.conventions import Conventions
from custledger.expressions import Expression, Moment
from custledger.fields import Kind, Labels, Spec
from custledger.files import Reader, Writer
from custledger.metrics import Metric
from custledger.records import Record
from custledger.schema import Field, Row, Schema
from custledger.segments import Mark, Segment
from custledger.stores.contract import Query, Store
from custledger.structs import Struct, frozen
from custledger.taggers import Tagger

if TYPE_CHECKING:
    import random

PROJECT = "custledger"
API_VERSION = 1

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)

HookT = TypeVar("HookT", bound=Callable[..., Any])
WANTS_ATTRIBUTE = "custledger_wants"


def wants(*record_types: str) -> Callable[[HookT], HookT]:
    """Return a decorator that declares which record types a hook wants to be handed; without it, all of them.

    It goes under ``@hookimpl``.
    """

    def decorate(function: HookT) -> HookT:
        setattr(function, WANTS_ATTRIBUTE, frozenset(record_types))
        return function

    return decorate


class Context(Protocol):
    """What a hook may use of the ledger that calls it: its view, its settings, its clock and its actor."""

    @property
    def actor(self) -> str:
        """Who is acting."""

    @property
    def conventions(self) -> Conventions:
        """Language, currency and time zone."""

    @property
    def today(self) -> date:
        """The ledger's day."""

    @property
    def now(self) -> str:
        """This moment as a plain time, ``2026-11-22T02:10:21.000Z``."""

    def schema(self, record_type: str) -> Schema:
        """Return the schema of a record type, custom fields included."""

    def understand(self, text: str, schema: Schema, *, want: Kind | None = Kind.YES_NO) -> Expression:
        """Return a text as an expression about records of ``schema``, which may look at others and name metrics."""

    @property
    def moment(self) -> Moment:
        """What "today" means to an expression."""

    def get(self, record_type: str, ids: Sequence[int]) -> list[Row | None]:
        """Return rows by id, in the order asked, as this actor may see them."""

    def select(self, record_type: str, query: Query) -> Iterator[Row]:
        """Return rows, as this actor may see them."""

    def setting(self, name: str) -> Any:
        """Return a settings document's value, or ``None``."""


@frozen(kw_only=True)
class StoreType(Struct):
    """A kind of store that a plugin brings.

    - ``schemes``: the words before the colon in ``sqlite:ledger.db``;
    - ``suffixes``: the endings by which a bare path is recognised (``.db``);
    - ``open``: called with ``(location, create=…, read_only=…)``, where ``location`` is what follows the colon;
      returns a ``Store``. It raises ``NotFoundError`` where there is none and ``create`` is false;
    - ``describe``: returns in a few words the library it stands on and its version, for ``doctor``;
    - ``has``: returns whether the file at a path is such a ledger, or one that is kept beside it, so that no output
      goes there; the path has its links followed. It does not open the ledger.
    """

    name: str
    summary: Labels
    schemes: tuple[str, ...]
    suffixes: tuple[str, ...] = ()
    open: Callable[..., Store]
    describe: Callable[[], str] | None = None
    has: Callable[[str], bool] | None = None


@frozen(kw_only=True)
class AddedField(Struct):
    """A field that a plugin adds to a type it does not own.

    - ``record_type``: the type's name;
    - ``key``: the field's key, which begins with the plugin's name and ``_``;
    - ``spec``: what the field is.
    """

    record_type: str
    key: str
    spec: Spec

    def field(self) -> Field:
        """Return it as a field of a schema."""
        return Field(self.key, self.spec)


@frozen(kw_only=True)
class Problem(Struct):
    """What a check found.

    - ``message``: a sentence that says what is wrong and where, for whoever wrote it;
    - ``severity``: ``refuse`` stops the write, ``warn`` is shown and counted, and had by ``ledger.take_warnings()``;
    - ``type``, ``id`` and ``field``: the record that it is about and the key of its field, where there is one. A row of
      a file whose record they name is set aside, and the others land;
    - ``where``: an expression that finds the records of the type that are so, where there is one. Who imported many is
      told of it.
    """

    message: str
    severity: Literal["refuse", "warn"] = "refuse"
    type: str = ""
    id: int = 0
    field: str = ""
    where: str = ""


@frozen(kw_only=True)
class Reminder(Struct):
    """A dated thing that someone should act on.

    - ``on``: the day;
    - ``text``: what it is, in both languages;
    - ``type`` and ``id``: the record that it is about;
    - ``owner``: whose it is, empty where it is everybody's.
    """

    on: date
    text: Labels
    type: str
    id: int
    owner: str = ""


class Sampler(Protocol):
    """Collects the invented records of a demo ledger, and repeats itself exactly for one seed and one day."""

    @property
    def source(self) -> "random.Random":
        """Where everything random comes from."""

    @property
    def today(self) -> date:
        """The ledger's day, around which things happen."""

    @property
    def language(self) -> str:
        """The ledger's language, ``en`` or ``zh``, for what is neither a customer's nor said to one."""

    @property
    def owners(self) -> Sequence[str]:
        """The people who work with the ledger."""

    @property
    def customers(self) -> Sequence[tuple[int, Mapping[str, Any]]]:
        """The customers that were added: their ids, and their plain values by key."""

    def add(self, record_type: str, **values: Any) -> int:
        """Add a record and return the id it will have.

        Values are given by key, as people write them; references are ids. What is not given gets its default.
        """

    def highlight(self, title: Labels, record_type: str, ids: Sequence[int]) -> None:
        """Ask for these records to be shown, under ``title``, when the demo ledger stands."""


class HookSpecs:
    """Every hook of the project ``custledger``."""

    @hookspec
    def custledger_stores(self) -> Sequence[StoreType]:  # type: ignore[empty-body]
        """Return the kinds of store this plugin brings. Called when a URL is opened, and by ``doctor``.

        ::

            from custledger.fields import Labels
            from custledger.hookspecs import StoreType, hookimpl
            from custledger.stores.memory import MemoryStore

            @hookimpl
            def custledger_stores():
                def open_store(location, *, create, read_only):
                    return MemoryStore()

                summary = Labels("Kept nowhere", "不保存")
                return [StoreType(name="scratch", summary=summary, schemes=("scratch",), open=open_store)]
        """

    @hookspec
    def custledger_record_types(self) -> Sequence[type[Record]]:  # type: ignore[empty-body]
        """Return the record classes this plugin brings. Called once, when a ledger is opened.

        ::

            from custledger.fields import Kind, field
            from custledger.hookspecs import hookimpl
            from custledger.records import Record, record_type

            @record_type("visit", plural="visits", prefix="V", en="Visit", zh="拜访")
            class Visit(Record):
                # a visit to a customer

                customer: int = field(Kind.REFERENCE, "Customer", "客户", target="customer", required=True, initial=0)
                place: str | None = field(Kind.TEXT, "Place", "地点", searchable=True)

            @hookimpl
            def custledger_record_types():
                return [Visit]
        """

    @hookspec
    def custledger_fields(self) -> Sequence[AddedField]:  # type: ignore[empty-body]
        """Return the fields this plugin adds to types of others. Called once, when a ledger is opened.

        ::

            from custledger.fields import Kind, Labels, Spec
            from custledger.hookspecs import AddedField, hookimpl

            @hookimpl
            def custledger_fields():
                spec = Spec(kind=Kind.YES_NO, labels=Labels("Gets the newsletter", "订阅简讯"))
                return [AddedField(record_type="customer", key="news_wanted", spec=spec)]
        """

    @hookspec
    def custledger_metrics(self) -> Sequence[Metric]:  # type: ignore[empty-body]
        """Return named expressions about customers, or about records of another type. Called when a ledger is opened.

        ::

            from custledger.fields import Labels
            from custledger.hookspecs import hookimpl
            from custledger.metrics import Metric

            @hookimpl
            def custledger_metrics():
                text = "count(interactions where channel = visit)"
                return [Metric(name="visits_made", expression=text, labels=Labels("Visits made", "拜访次数"))]
        """

    @hookspec
    def custledger_segments(self) -> Sequence[Segment]:  # type: ignore[empty-body]
        """Return named sets of customers, or of records of another type. Called when a ledger is opened.

        ::

            from custledger.fields import Labels
            from custledger.hookspecs import hookimpl
            from custledger.segments import Mark, Segment

            @hookimpl
            def custledger_segments():
                text = "level = A and days_since(last_contact) > 90"
                return [Segment(name="neglected", expression=text, labels=Labels("Neglected", "久未联系"), color="red")]
        """

    @hookspec
    def custledger_taggers(self) -> Sequence[Tagger]:  # type: ignore[empty-body]
        """Return rules that put tags on customers, or on records of another type. Called when they are first asked for.

        Like metrics and segments, ``custledger plugin check`` proves them.

        ::

            from custledger.fields import Labels
            from custledger.hookspecs import hookimpl
            from custledger.taggers import Tagger

            @hookimpl
            def custledger_taggers():
                text = "last_contact < 180 days ago"
                return [Tagger(name="sleeping", expression=text, labels=Labels("Sleeping", "沉睡"))]
        """

    @hookspec
    def custledger_readers(self) -> Sequence[Reader]:  # type: ignore[empty-body]
        """Return the file formats this plugin can read. Called when a file is imported.

        ::

            import contextlib
            import json

            from custledger.fields import Labels
            from custledger.files import Reader
            from custledger.hookspecs import hookimpl

            class Lines:
                # a file of one JSON object a line, as a table
                description, progress = "JSON, one object a line", 1.0

                def __init__(self, path):
                    with open(path, encoding="utf-8") as stream:
                        self._objects = [json.loads(line) for line in stream]
                    self.heading = list(self._objects[0]) if self._objects else []

                def rows(self):
                    for number, each in enumerate(self._objects, 2):
                        yield number, [str(each.get(name, "")) for name in self.heading]

            @hookimpl
            def custledger_readers():
                def open_lines(path):
                    return contextlib.nullcontext(Lines(path))

                return [Reader(name="jsonl", summary=Labels("JSON lines"), suffixes=(".jsonl",), open=open_lines)]
        """

    @hookspec
    def custledger_writers(self) -> Sequence[Writer]:  # type: ignore[empty-body]
        r"""Return the file formats this plugin can write. Called when something is exported.

        ::

            import json

            from custledger.fields import Labels
            from custledger.files import Writer
            from custledger.hookspecs import hookimpl

            @hookimpl
            def custledger_writers():
                def write(stream, heading, rows):
                    for row in rows:
                        text = json.dumps(dict(zip(heading, row, strict=True)), ensure_ascii=False)
                        stream.write(text.encode() + b"\n")

                return [Writer(name="jsonl", summary=Labels("JSON lines"), suffixes=(".jsonl",), write=write)]
        """

    @hookspec
    def custledger_amend(self, changes: Sequence[Change], context: Context) -> Sequence[Change]:  # type: ignore[empty-body]
        """Return changes to add to the changeset that is about to be written.

        Called before every write (undo excepted) with the changes of the types that the hook ``@wants``, a batch at
        a time. A returned change of a record that is in the batch is folded into it: its ``after`` is laid over.
        A returned change that creates a record leaves its id 0; the ledger mints one, and fills in no defaults.

        What people edited by hand in the files of a ledger is handed over when it has landed, with a context that reads
        single records as they were before; what is returned lands as a part of the same operation.

        Values are plain, as those of the changes that are handed over, or in their Python form (a ``date``, a
        ``Decimal``, a ``bool``); an ``int`` of an amount or a number is in ten-thousandths, a reference is an id. What
        does not fit its field, leaves a required one empty, or sets one that the ledger sets itself is the plugin's
        fault: the write is refused, and the error names the plugin and the field.

        ::

            from custledger.changes import Action, Change
            from custledger.hookspecs import hookimpl, wants

            @hookimpl
            @wants("customer")
            def custledger_amend(changes):
                added = [change for change in changes if change.action is Action.CREATE]
                told = {"country": "中国"}
                lacking = [change.id for change in added if "country" not in change.after]
                return [Change(type="customer", id=number, before=None, after=told) for number in lacking]
        """

    @hookspec
    def custledger_check(self, changes: Sequence[Change], context: Context) -> Sequence[Problem]:  # type: ignore[empty-body]
        """Return what is wrong with the changes that are about to be written; amendments are among them.

        A check that raises refuses the write. A ``CustledgerError`` reaches the user as it is, with the plugin named in
        its hint, as does a ``Problem`` that refuses; anything else is the plugin's fault, and the error says how to
        disable it. What people edited by hand in the files of a ledger has happened: whatever a check says of it is a
        warning.

        ::

            from custledger.hookspecs import Problem, hookimpl, wants

            @hookimpl
            @wants("customer")
            def custledger_check(changes):
                for change in changes:
                    name = (change.after or {}).get("name")
                    if name is not None and len(name) < 2:
                        why = f"{name} is a short name."
                        yield Problem(message=why, severity="warn", type="customer", id=change.id, field="name")
        """

    @hookspec
    def custledger_changed(self, changeset: Changeset, context: Context) -> None:
        """Be told of a changeset after it has landed. What is raised here is reported; the write stands.

        ::

            import logging

            from custledger.hookspecs import hookimpl, wants

            @hookimpl
            @wants("customer")
            def custledger_changed(changeset, context):
                logging.info("%s by %s: %d changes", changeset.operation.verb, context.actor, len(changeset.changes))
        """

    @hookspec
    def custledger_segment_changed(
        self, segment: Segment, entered: Mapping[int, Mark], left: Mapping[int, Mark], context: Context
    ) -> None:
        """Be told who entered a segment and who left it, after a refresh has stored it. What is raised is reported.

        ``entered`` and ``left`` are the ids of customers, in batches, each with the label or the number that a scorer
        gives, or ``None``. Somebody who moved from one label to another is in both. A customer who was removed from the
        ledger has not left, and an undo of a refresh tells nobody.

        ::

            import logging

            from custledger.hookspecs import hookimpl

            @hookimpl
            def custledger_segment_changed(segment, entered, context):
                if segment.name == "neglected":
                    for row in context.get("customer", list(entered)):
                        logging.info("%s should be called", context.schema("customer").display(row))
        """

    @hookspec
    def custledger_reminders(self, context: Context) -> Sequence[Reminder]:  # type: ignore[empty-body]
        """Return dated things that someone should act on. Called by ``followup due`` and ``ledger.reminders()``.

        ::

            from custledger.fields import Labels
            from custledger.hookspecs import Reminder, hookimpl
            from custledger.stores.contract import Query

            @hookimpl
            def custledger_reminders(context):
                schema = context.schema("customer")
                where = context.understand("next_anniversary(birthday) = today", schema)
                for row in context.select("customer", Query(moment=context.moment, where=where)):
                    name = schema.display(row)
                    text = Labels(f"It is the birthday of {name}", f"{name} 今天生日")
                    yield Reminder(on=context.today, text=text, type="customer", id=row[0])
        """

    @hookspec
    def custledger_demo(self, sampler: Sampler) -> None:
        """Add invented records of this plugin's types to a demo ledger. Called by ``custledger demo``.

        ::

            from custledger.fields import Labels
            from custledger.hookspecs import hookimpl

            @hookimpl
            def custledger_demo(sampler):
                customer, _ = sampler.source.choice(sampler.customers)
                called = sampler.add("interaction", customer=customer, channel="phone", summary="Asked how it goes")
                sampler.highlight(Labels("Calls", "电话"), "interaction", [called])
        """

    @hookspec
    def custledger_commands(self, app: Any) -> None:
        """Add commands to the typer application. Called when a command is not one of the core's, and for help.

        A command finds its run as ``ctx.obj``: the ``Context`` in ``context``; ``output`` with ``say`` and ``note``;
        ``listing``, which prints columns and rows as the core's commands do; ``schemas`` and ``conventions``, those of
        the ledger that is meant, or of a new one where there is none; and ``creating(path)``, which yields the stream
        of a file that is not there yet.

        ::

            import typer

            from custledger.fields import Labels
            from custledger.hookspecs import hookimpl

            @hookimpl
            def custledger_commands(app):
                @app.command("hello")
                def hello(ctx: typer.Context, json: bool = False):
                    # greets whoever is acting
                    ctx.obj.output.note(f"Hello, {ctx.obj.context.actor}!")
                    columns = {"today": Labels("Today", "今天")}
                    ctx.obj.listing(columns, [[ctx.obj.context.today.isoformat()]], json=json)
        """
