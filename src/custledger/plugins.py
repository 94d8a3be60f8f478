"""Finding, loading and calling plugins.

A ledger owns one ``Plugins``; there is none at import time. Entry modules are imported when something is first asked
of them, and one that fails is named and left out: it never takes the ledger, its data or other plugins down. The
core's own record types and memory store are the plugin ``core`` (``custledger.builtin``), which is always there.
"""

import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, partial
from importlib import import_module
from typing import Any, NamedTuple, TypeVar

import pluggy

from custledger import builtin
from custledger.changes import OPERATION_PREFIX, Change, Changeset
from custledger.clashes import Called, Meanings, label_clashes
from custledger.definitions import Definition
from custledger.descriptors import (
    added_field_fault,
    answer_fault,
    definition_fault,
    format_fault,
    named,
    record_type_fault,
    reminder_fault,
    segment_fault,
    store_fault,
    tagger_fault,
)
from custledger.distributions import EntryPoint, installed_plugins
from custledger.errors import CustledgerError, PluginError
from custledger.files import Reader, Writer
from custledger.guarding import FAILURES, Failed, guarded_reader, guarded_segment, guarded_store, guarded_writer
from custledger.hookspecs import (
    PROJECT,
    WANTS_ATTRIBUTE,
    AddedField,
    Context,
    HookSpecs,
    Problem,
    Reminder,
    Sampler,
    StoreType,
)
from custledger.metrics import Metric
from custledger.records import Record
from custledger.schema import INFO_ATTRIBUTE, Field, Schema, TypeInfo
from custledger.segments import Mark, Segment
from custledger.taggers import Tagger
from custledger.values import fold

CORE = "core"
DISABLE_VARIABLE = "CUSTLEDGER_DISABLE_PLUGINS"
MOST_FAILURES = 200
"""How many failures are remembered: a program that has a ledger open for months must not collect them without end."""

_ItemT = TypeVar("_ItemT")
_DefinitionT = TypeVar("_DefinitionT", bound=Definition)
_AnswerT = TypeVar("_AnswerT", Change, Problem)
_Hook = tuple[str, Callable[..., Any], frozenset[str] | None]
"""A plugin, its hook as a function of keywords, and the record types that it wants; all, where that is ``None``."""


class PluginInfo(NamedTuple):
    """What is known of one plugin. ``problems`` says in sentences what failed, and is empty for a sound one."""

    name: str
    distribution: str = ""
    version: str = ""
    module: str = ""
    hooks: tuple[str, ...] = ()
    disabled: bool = False
    problems: tuple[str, ...] = ()


class Plugins:
    """The plugins of one ledger.

    Hooks are called one after another: the core's first, then by the names of the plugins, ``tryfirst`` and
    ``trylast`` respected. ``failures`` holds, in order, the ``PluginError`` s that were met, each once.

    What a plugin describes is looked at when it is asked for; a faulty descriptor is among the failures, and left out.
    The functions that descriptors carry raise ``CustledgerError``, whatever the plugin raises in them.
    """

    def __init__(
        self,
        entries: Iterable[EntryPoint] = (),
        modules: Mapping[str, Any] | None = None,
        disabled: Collection[str] = (),
    ) -> None:
        self.failures: list[PluginError] = []
        self._disabled = frozenset(disabled) - {CORE}
        self._entries = {entry.name: entry for entry in reversed(list(entries))}
        self._modules = dict(modules or {})
        self._manager: pluggy.PluginManager | None = None
        self._wanted: dict[str, bool] = {}

    @classmethod
    def installed(cls, disabled: Collection[str] = ()) -> "Plugins":
        """Return the installed plugins, without those in ``disabled``. None is imported yet."""
        return cls(entries=installed_plugins(), disabled=disabled)

    @classmethod
    def of(cls, **named_modules_or_objects: Any) -> "Plugins":
        """Return just these plugins beside the core; for tests and for programs that bring their own."""
        return cls(modules=named_modules_or_objects)

    def stores(self) -> list[StoreType]:
        """Return the kinds of store there are. Where two claim one scheme, the first has it."""
        taken: dict[str, str] = {}
        kept = []
        for plugin, store in self._sound("custledger_stores", StoreType, lambda _, one: store_fault(one)):
            if clash := [scheme for scheme in store.schemes if scheme in taken]:
                self._clash(plugin, f"bringing the store {store.name}", f"{clash[0]}: is {taken[clash[0]]}'s already")
                continue
            taken |= dict.fromkeys(store.schemes, plugin)
            kept.append(guarded_store(store, self._blaming(plugin)))
        return kept

    def record_types(self) -> list[type[Record]]:
        """Return the record classes there are, without those that are faulty.

        Left out is also a class whose name, plural or id prefix is taken, and one that refers to a type that is not
        there.
        """
        return list(self._brought())

    def fields(self) -> list[AddedField]:
        """Return the fields that plugins add to types of others; each key begins with the plugin's name and ``_``."""
        return [added for _, added in self._added(self._own_schemas())]

    def schemas(self) -> dict[str, Schema]:
        """Return the schemas of the record types by name, with the fields that plugins add to them."""
        schemas = self._own_schemas()
        for _, added in self._added(schemas):
            schemas[added.record_type] = schemas[added.record_type].extended([added.field()])
        return schemas

    def metrics(self) -> list[tuple[str, Metric]]:
        """Return the metrics there are, each with its plugin. Where two claim a name, the first has it."""
        return self._defined("custledger_metrics", Metric, definition_fault, {})

    def segments(self) -> list[tuple[str, Segment]]:
        """Return the segments there are, each with its plugin; none is called as a metric is."""
        taken = {(metric.subject, fold(metric.name)): plugin for plugin, metric in self.metrics()}
        found = self._defined("custledger_segments", Segment, segment_fault, taken)
        return [(plugin, guarded_segment(segment, self._blaming(plugin))) for plugin, segment in found]

    def taggers(self) -> list[tuple[str, Tagger]]:
        """Return the taggers there are, each with its plugin. Where two claim a name, the first has it."""
        return self._defined("custledger_taggers", Tagger, tagger_fault, {})

    def _defined(
        self,
        hook: str,
        kind: type[_DefinitionT],
        fault: Callable[[_DefinitionT], str],
        taken: dict[tuple[str, str], str],
    ) -> list[tuple[str, _DefinitionT]]:
        kept = []
        for plugin, one in self._sound(hook, kind, lambda _, found: fault(found)):
            claim = one.subject, fold(one.name)
            if claim in taken:
                self._clash(plugin, f"bringing {one.name}", f"that is {taken[claim]}'s already")
                continue
            # What the core brings is looked at by the tests, and not at every start.
            if plugin != CORE and (why := self._meanings.other(one, plugin)):
                self._clash(plugin, f"bringing {one.name}", why)
                continue
            taken[claim] = plugin
            kept.append((plugin, one))
        return kept

    @cached_property
    def _meanings(self) -> Meanings:
        bringers = {(name, field.key): plugin for plugin, name, field in self._fields()}
        return Meanings(self.schemas(), bringers)

    def readers(self) -> list[Reader]:
        """Return the file formats that can be read."""
        found = self._sound("custledger_readers", Reader, lambda _, one: format_fault(one))
        return [guarded_reader(reader, self._blaming(plugin)) for plugin, reader in found]

    def writers(self) -> list[Writer]:
        """Return the file formats that can be written."""
        found = self._sound("custledger_writers", Writer, lambda _, one: format_fault(one))
        return [guarded_writer(writer, self._blaming(plugin)) for plugin, writer in found]

    def amend(self, changes: Sequence[Change], context: Context) -> list[tuple[str, Change]]:
        """Return ``(plugin, change that it wants to add to these)`` in calling order; the caller folds them in.

        Raises what a plugin raises of ``CustledgerError``, with the plugin's name in its hint, and ``PluginError`` for
        anything else.
        """
        return list(self._ask_about("custledger_amend", Change, changes, context))

    def check(self, changes: Sequence[Change], context: Context) -> list[tuple[str, Problem]]:
        """Return ``(plugin, what it finds wrong with these changes)``. Raises as ``amend`` does."""
        return list(self._ask_about("custledger_check", Problem, changes, context))

    def changed(self, changeset: Changeset, context: Context) -> list[Problem]:
        """Tell plugins of a changeset that landed; return a warning for each that could not take it."""
        touched = {creates.type for creates in changeset.creates} | {change.type for change in changeset.changes}
        hooks = [found for found in self._hooks("custledger_changed") if found[2] is None or found[2] & touched]
        return self._tell(hooks, "being told of a change", changeset=changeset, context=context)

    def segment_changed(
        self, segment: Segment, entered: Mapping[int, Mark], left: Mapping[int, Mark], context: Context
    ) -> list[Problem]:
        """Tell plugins who entered a segment and who left; return a warning for each that could not take it."""
        told = {"segment": segment, "entered": entered, "left": left, "context": context}
        hooks = self._hooks("custledger_segment_changed")
        return self._tell(hooks, f"being told of a change of {segment.name}", **told)

    def _tell(self, hooks: Iterable[_Hook], doing: str, **told: Any) -> list[Problem]:
        """Call hooks that hear of what has landed; return a warning for each plugin that could not take it."""
        warnings = []
        for plugin, hook, _ in hooks:
            try:
                hook(**told)
            except FAILURES as error:
                failure = self.failed(plugin, doing, error)
                warnings.append(Problem(message=f"{failure.message} The change stands.", severity="warn"))
        return warnings

    def version(self, plugin: str) -> str:
        """Return the version of a plugin's distribution, or nothing where it has none."""
        entry = self._entries.get(plugin)
        return entry.version if entry else ""

    def reminders(self, context: Context) -> list[Reminder]:
        """Return the dated things that plugins want acted on, the earliest first; one that fails is left out."""

        def fault(_: str, reminder: Reminder) -> str:
            return reminder_fault(reminder, context.schema)

        found = [reminder for _, reminder in self._sound("custledger_reminders", Reminder, fault, context=context)]
        return sorted(found, key=lambda reminder: (reminder.on, reminder.type, reminder.id))

    def demo(self, sampler: Sampler) -> None:
        """Let plugins add invented records to a demo ledger. Raises ``PluginError`` for one that fails."""
        for plugin, hook, _ in self._hooks("custledger_demo"):
            try:
                hook(sampler=sampler)
            except CustledgerError as error:
                error.hint = f"{error.hint} {said_by(plugin, error.hint)}".strip()
                raise
            except FAILURES as error:
                raise self.failed(plugin, "answering custledger_demo", error) from error

    def commands(self, app: Any) -> None:
        """Let plugins add commands to the typer application; one that fails is left out."""
        for plugin, hook, _ in self._hooks("custledger_commands"):
            try:
                hook(app=app)
            except FAILURES as error:
                self.failed(plugin, "adding its commands", error)

    def wants_changes(self, record_type: str) -> bool:
        """Whether any plugin wants to amend or check changes of this type before they are written."""
        known = self._wanted.get(record_type)
        if known is None:
            known = self._wanted[record_type] = any(
                wanted is None or record_type in wanted
                for name in ("custledger_amend", "custledger_check")
                for _, _, wanted in self._hooks(name)
            )
        return known

    def described(self) -> list[PluginInfo]:
        """Return what is known of every plugin, the disabled ones included: the core, then by name."""
        manager = self._loaded()
        made = []
        for name in self._names():
            entry, plugin = self._entries.get(name), manager.get_plugin(name)
            callers = (manager.get_hookcallers(plugin) or ()) if plugin is not None else ()
            made.append(
                PluginInfo(
                    name=name,
                    distribution=entry.distribution if entry else PROJECT if name == CORE else "",
                    version=entry.version if entry else "",
                    module=entry.module if entry else getattr(plugin, "__name__", type(plugin).__name__),
                    hooks=tuple(sorted(caller.name.removeprefix(f"{PROJECT}_") for caller in callers)),
                    disabled=name in self._disabled,
                    problems=tuple(dict.fromkeys(error.message for error in self.failures if error.plugin == name)),
                )
            )
        return made

    def examined(self) -> list[PluginInfo]:
        """Return what ``described`` does, with all that is wrong with what the plugins bring: each is asked for it."""
        self.stores(), self.readers(), self.writers(), self.segments(), self.taggers()
        for one, why in label_clashes(self._called()):
            self._clash(one.plugin, f"bringing {one.what}", why)
        return self.described()

    @property
    def unknown(self) -> tuple[str, ...]:
        """The names of plugins that were to be disabled and are not there."""
        return tuple(sorted(self._disabled - set(self._names())))

    def _called(self) -> Iterator[Called]:
        """Yield all that expressions know by a label, in the order in which it goes before what comes later."""
        for plugin, name, field in self._fields():
            yield Called(plugin, f"the field {name}.{field.key}", name, field.key, field.spec.labels)
        for plugin, one in in_plugins_order([*self.metrics(), *self.segments()]):
            yield Called(plugin, one.name, one.subject, one.name, one.labels)

    def _fields(self) -> list[tuple[str, str, Field]]:
        """Return every field, with the plugin that brings it and the name of its record type."""
        brought = ((plugin, Schema.of(record)) for record, plugin in self._brought().items())
        own = [(plugin, schema.name, field) for plugin, schema in brought for field in schema.fields]
        return own + [(plugin, one.record_type, one.field()) for plugin, one in self._added(self._own_schemas())]

    def _names(self) -> list[str]:
        return [CORE, *sorted((self._entries.keys() | self._modules.keys()) - {CORE})]

    def _loaded(self) -> pluggy.PluginManager:
        """Return the manager, with every plugin that is not disabled imported and registered."""
        if self._manager is None:
            manager = pluggy.PluginManager(PROJECT)
            manager.add_hookspecs(HookSpecs)
            self._manager = manager
            for name in reversed(self._names()):  # pluggy calls the last one that was registered first
                if name not in self._disabled:
                    self._register(manager, name)
        return self._manager

    def _register(self, manager: pluggy.PluginManager, name: str) -> None:
        try:
            plugin = builtin if name == CORE else self._modules.get(name)
            if plugin is None:
                plugin = import_module(self._entries[name].module)
            manager.register(plugin, name)
        except FAILURES as error:
            self.failed(name, "being loaded", error)
            if manager.has_plugin(name):
                manager.unregister(name=name)
            return
        for caller in manager.get_hookcallers(plugin) or ():
            if not caller.has_spec():
                why = f"this custledger has no hook {caller.name}"
                self._clash(name, "being loaded", f"{why}; it is never called")

    def _hooks(self, name: str) -> Iterator[_Hook]:
        """Yield the hooks of a name in calling order."""
        caller: pluggy.HookCaller = getattr(self._loaded().hook, name)
        for each in reversed(caller.get_hookimpls()):
            if not (each.wrapper or each.hookwrapper):
                yield (
                    each.plugin_name,
                    _with_only(each.function, each.argnames),
                    getattr(each.function, WANTS_ATTRIBUTE, None),
                )

    def _sound(
        self, name: str, kind: type[_ItemT], fault: Callable[[str, _ItemT], str], **arguments: Any
    ) -> list[tuple[str, _ItemT]]:
        """Return ``(plugin, descriptor)`` of every plugin that answers, but for the descriptors that have a fault."""
        found: list[tuple[str, _ItemT]] = []
        for plugin, hook, _ in self._hooks(name):
            try:
                answer = list(hook(**arguments) or ())
            except FAILURES as error:
                self.failed(plugin, f"answering {name}", error)
                continue
            for item in answer:
                # What the core brings is looked at by the tests, and not at every start.
                if plugin != CORE and (why := _fault(kind, item, partial(fault, plugin))):
                    self._clash(plugin, f"answering {name}", f"{named(item)}: {why}")
                else:
                    found.append((plugin, item))
        return found

    def _brought(self) -> dict[type[Record], str]:
        """Return the record classes there are, each with the plugin that brings it."""
        taken: dict[str, str] = {f"prefix {OPERATION_PREFIX}": CORE}
        kept: dict[type[Record], str] = {}
        for plugin, record in self._sound("custledger_record_types", type, lambda _, one: record_type_fault(one)):
            info: TypeInfo = getattr(record, INFO_ATTRIBUTE)
            claims = dict.fromkeys((info.name, info.plural, f"prefix {info.prefix}"))
            if clash := [claim for claim in claims if claim in taken]:
                self._clash(plugin, f"bringing the type {info.name}", f"{clash[0]} is {taken[clash[0]]}'s already")
                continue
            taken |= dict.fromkeys(claims, plugin)
            kept[record] = plugin
        while lost := _without_target(kept):
            for record, target in lost.items():
                doing = f"bringing the type {Schema.of(record).name}"
                self._clash(kept.pop(record), doing, f"there is no record type {target}, to which it refers")
        return kept

    def _own_schemas(self) -> dict[str, Schema]:
        """Return the schemas of the record types by name, without what plugins add to those of others."""
        return {schema.name: schema for schema in map(Schema.of, self._brought())}

    def _added(self, schemas: Mapping[str, Schema]) -> list[tuple[str, AddedField]]:
        """Return ``(plugin, field that it adds)`` to the types of these schemas."""
        taken: set[tuple[str, str]] = set()

        def fault(plugin: str, added: AddedField) -> str:
            why = added_field_fault(plugin, added, schemas)
            if not why and (added.record_type, added.key) in taken:
                return "it is added twice"
            taken.add((added.record_type, added.key))
            return why

        return self._sound("custledger_fields", AddedField, fault)

    def _ask_about(
        self, name: str, kind: type[_AnswerT], changes: Sequence[Change], context: Context
    ) -> Iterator[tuple[str, _AnswerT]]:
        """Yield ``(plugin, answer)`` to the changes of the types that plugins want; a failure refuses the write."""
        for plugin, hook, wanted in self._hooks(name):
            batch = changes if wanted is None else [change for change in changes if change.type in wanted]
            if not batch:
                continue
            try:
                for answer in hook(changes=batch, context=context) or ():
                    if why := _fault(kind, answer, answer_fault):
                        raise ValueError(why)
                    yield plugin, answer
            except CustledgerError as error:
                error.hint = f"{error.hint} {said_by(plugin, error.hint)}".strip()
                raise
            except FAILURES as error:
                raise self.failed(plugin, f"answering {name}", error) from error

    def failed(self, plugin: str, doing: str, error: BaseException) -> PluginError:
        """Return the error that says what a plugin failed in, and remember it among the ``failures``."""
        failure = PluginError(plugin, doing, error)
        known = {one.message for one in self.failures}
        if failure.message not in known and len(known) < MOST_FAILURES:
            self.failures.append(failure)
        return failure

    def _blaming(self, plugin: str) -> Failed:
        return lambda doing, error: self.failed(plugin, doing, error)

    def _clash(self, plugin: str, doing: str, why: str) -> None:
        self.failed(plugin, doing, ValueError(why))


def disabled_by(environment: Mapping[str, str] | None = None) -> frozenset[str]:
    """Return the names in ``CUSTLEDGER_DISABLE_PLUGINS``, which are separated by commas."""
    text = (os.environ if environment is None else environment).get(DISABLE_VARIABLE, "")
    return frozenset(name.strip() for name in text.split(",") if name.strip())


def in_plugins_order(found: Iterable[tuple[str, _ItemT]]) -> list[tuple[str, _ItemT]]:
    """Return what plugins bring as one goes before the other where they have a label in common.

    What the ledger itself has comes first, then the core's, then that of others by their names.
    """
    return sorted(found, key=lambda pair: (pair[0] != "", pair[0] != CORE, pair[0]))


def said_by(plugin: str, hint: str = "") -> str:
    """Return the sentence that names the plugin of a veto, but for the core, or where the hint names it already."""
    said = f"The plugin {plugin} says so."
    return said if plugin != CORE and said not in hint else ""


def _without_target(records: Iterable[type[Record]]) -> dict[type[Record], str]:
    """Return the record classes that refer to types which are not among them, with one such type."""
    schemas = {record: Schema.of(record) for record in records}
    there = {None, *(schema.name for schema in schemas.values())}
    return {
        record: str(field.spec.target)
        for record, schema in schemas.items()
        for field in schema.references
        if field.spec.target not in there
    }


def _with_only(function: Callable[..., Any], names: Sequence[str]) -> Callable[..., Any]:
    """Return ``function`` taking every keyword of its hook, and passing on those that it asked for."""
    return lambda **arguments: function(**{name: arguments[name] for name in names})


def _fault(kind: type[_ItemT], item: Any, fault: Callable[[_ItemT], str]) -> str:
    """Return what is wrong with something that a plugin returned; nothing for what is sound."""
    if not isinstance(item, kind):
        return f"it returned {item!r:.80}, where a {kind.__name__} was expected"
    try:
        return fault(item)
    except FAILURES as error:  # what is so odd that looking at it fails
        return f"{type(error).__name__}: {error}"
