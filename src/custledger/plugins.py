"""Finding, loading and calling plugins.

A ledger owns one ``Plugins``; there is none at import time. Entry modules are imported when something is first asked
of them, and one that fails is named and left out: it never takes the ledger, its data or other plugins down. The
core's own record types and memory store are the plugin ``core`` (``custledger.builtin``), which is always there.
"""

import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from importlib import import_module
from typing import Any, NamedTuple, TypeVar

import attrs
import pluggy

from custledger import builtin
from custledger.changes import OPERATION_PREFIX, Change, Changeset
from custledger.distributions import EntryPoint, installed_plugins
from custledger.errors import CustledgerError, PluginError
from custledger.files import Reader, Writer
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
from custledger.records import Record
from custledger.schema import INFO_ATTRIBUTE, Schema, TypeInfo
from custledger.values import fold

CORE = "core"
DISABLE_VARIABLE = "CUSTLEDGER_DISABLE_PLUGINS"
_FAILURES = (Exception, SystemExit)
"""What a plugin may raise and be outlived: a plugin that calls ``sys.exit`` must not end the program."""

_ItemT = TypeVar("_ItemT")


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
    ``trylast`` respected. ``failures`` holds, in order, every ``PluginError`` that was outlived.
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
        for plugin, store in self._described("custledger_stores", StoreType):
            if clash := [scheme for scheme in store.schemes if scheme in taken]:
                self._clash(plugin, f"bringing the store {store.name}", f"{clash[0]}: is {taken[clash[0]]}'s already")
                continue
            taken |= dict.fromkeys(store.schemes, plugin)
            kept.append(store)
        return kept

    def record_types(self) -> list[type[Record]]:
        """Return the record classes there are. A class whose name, plural or id prefix is taken is left out."""
        taken: dict[str, str] = {f"prefix {OPERATION_PREFIX}": CORE}
        kept = []
        for plugin, record in self._described("custledger_record_types", type):
            info: TypeInfo | None = getattr(record, INFO_ATTRIBUTE, None)
            if info is None:
                self._clash(plugin, "bringing its record types", f"{record.__name__} is not made with record_type")
                continue
            claims = dict.fromkeys((info.name, info.plural, f"prefix {info.prefix}"))
            if clash := [claim for claim in claims if claim in taken]:
                self._clash(plugin, f"bringing the type {info.name}", f"{clash[0]} is {taken[clash[0]]}'s already")
                continue
            taken |= dict.fromkeys(claims, plugin)
            kept.append(record)
        return kept

    def fields(self) -> list[AddedField]:
        """Return the fields that plugins add to types of others; each key begins with the plugin's name and ``_``."""
        kept = []
        for plugin, added in self._described("custledger_fields", AddedField):
            if added.key.startswith(f"{plugin}_"):
                kept.append(added)
            else:
                self._clash(plugin, f"adding the field {added.key}", f"its key must begin with {plugin}_")
        return kept

    def schemas(self) -> dict[str, Schema]:
        """Return the schemas of the record types by name, with the fields that plugins add to them."""
        schemas = {schema.name: schema for schema in map(Schema.of, self.record_types())}
        for added in self.fields():
            if added.record_type in schemas:
                schemas[added.record_type] = schemas[added.record_type].extended([added.field()])
        return schemas

    def readers(self) -> list[Reader]:
        """Return the file formats that can be read."""
        return [reader for _, reader in self._described("custledger_readers", Reader)]

    def writers(self) -> list[Writer]:
        """Return the file formats that can be written."""
        return [writer for _, writer in self._described("custledger_writers", Writer)]

    def amend(self, changes: Sequence[Change], context: Context) -> list[Change]:
        """Return the changes that plugins want to add to these; the caller folds them in and mints ids.

        What several plugins say of one record is laid one over the other, in calling order. Raises what a plugin
        raises of ``CustledgerError``, with the plugin's name in its hint, and ``PluginError`` for anything else.
        """
        created: list[Change] = []
        laid: dict[tuple[str, int], Change] = {}
        for change in self._ask_about("custledger_amend", Change, changes, context):
            key = (change.type, change.id)
            if not change.id:
                created.append(change)
            else:
                laid[key] = _laid_over(laid[key], change) if key in laid else change
        return [*laid.values(), *created]

    def check(self, changes: Sequence[Change], context: Context) -> list[Problem]:
        """Return what plugins find wrong with these changes. Raises as ``amend`` does."""
        return list(self._ask_about("custledger_check", Problem, changes, context))

    def changed(self, changeset: Changeset, context: Context) -> list[Problem]:
        """Tell plugins of a changeset that landed; return a warning for each that could not take it."""
        touched = {creates.type for creates in changeset.creates} | {change.type for change in changeset.changes}
        warnings = []
        for plugin, hook, wanted in self._hooks("custledger_changed"):
            if wanted is None or wanted & touched:
                try:
                    hook(changeset=changeset, context=context)
                except _FAILURES as error:
                    failure = self._failed(plugin, "being told of a change", error)
                    warnings.append(Problem(message=f"{failure.message} The change stands.", severity="warn"))
        return warnings

    def reminders(self, context: Context) -> list[Reminder]:
        """Return the dated things that plugins want acted on, the earliest first; one that fails is left out."""
        found = [reminder for _, reminder in self._described("custledger_reminders", Reminder, context=context)]
        return sorted(found, key=lambda reminder: (reminder.on, reminder.type, reminder.id))

    def demo(self, sampler: Sampler) -> None:
        """Let plugins add invented records to a demo ledger. Raises ``PluginError`` for one that fails."""
        for plugin, hook, _ in self._hooks("custledger_demo"):
            try:
                hook(sampler=sampler)
            except CustledgerError as error:
                _name(plugin, error)
                raise
            except _FAILURES as error:
                raise self._failed(plugin, "answering custledger_demo", error) from error

    def commands(self, app: Any) -> None:
        """Let plugins add commands to the typer application; one that fails is left out."""
        for plugin, hook, _ in self._hooks("custledger_commands"):
            try:
                hook(app=app)
            except _FAILURES as error:
                self._failed(plugin, "adding its commands", error)

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
        self.stores(), self.readers(), self.writers()
        self._examine_fields()
        return self.described()

    @property
    def unknown(self) -> tuple[str, ...]:
        """The names of plugins that were to be disabled and are not there."""
        return tuple(sorted(self._disabled - set(self._names())))

    def _examine_fields(self) -> None:
        """Report references to types that nobody brings, and fields that have the label of another one."""
        schemas = self.schemas()
        brought = [
            (plugin, schema, field)
            for plugin, record in self._described("custledger_record_types", type)
            for schema in schemas.values()
            if schema.record is record
            for field in Schema.of(record).fields
        ]
        for plugin, added in self._described("custledger_fields", AddedField):
            if added.record_type in schemas:
                brought.append((plugin, schemas[added.record_type], added.field()))
            else:
                self._clash(plugin, f"adding the field {added.key}", f"there is no record type {added.record_type}")
        taken: dict[tuple[str, str], str] = {}
        for plugin, schema, field in brought:
            doing, target = f"bringing the field {schema.name}.{field.key}", field.spec.target
            if target is not None and target not in schemas:
                self._clash(plugin, doing, f"there is no record type {target}, to which it refers")
            for label in field.spec.labels.both():
                other = taken.setdefault((schema.name, fold(label)), field.key)
                if other != field.key:
                    self._clash(plugin, doing, f"{other} has the label {label} already")

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
        except _FAILURES as error:
            self._failed(name, "being loaded", error)
            if manager.has_plugin(name):
                manager.unregister(name=name)
            return
        for caller in manager.get_hookcallers(plugin) or ():
            if not caller.has_spec():
                why = f"this custledger has no hook {caller.name}"
                self._clash(name, "being loaded", f"{why}; it is never called")

    def _hooks(self, name: str) -> Iterator[tuple[str, Callable[..., Any], frozenset[str] | None]]:
        """Yield ``(plugin, the hook as a function of keywords, the record types it wants)`` in calling order."""
        caller: pluggy.HookCaller = getattr(self._loaded().hook, name)
        for each in reversed(caller.get_hookimpls()):
            if not (each.wrapper or each.hookwrapper):
                yield (
                    each.plugin_name,
                    _with_only(each.function, each.argnames),
                    getattr(each.function, WANTS_ATTRIBUTE, None),
                )

    def _described(self, name: str, kind: type[_ItemT], **arguments: Any) -> list[tuple[str, _ItemT]]:
        """Return ``(plugin, descriptor)`` of every plugin; one that raises or returns something else is left out."""
        found: list[tuple[str, _ItemT]] = []
        for plugin, hook, _ in self._hooks(name):
            try:
                found += [(plugin, item) for item in _all_of(kind, hook(**arguments))]
            except _FAILURES as error:
                self._failed(plugin, f"answering {name}", error)
        return found

    def _ask_about(
        self, name: str, kind: type[_ItemT], changes: Sequence[Change], context: Context
    ) -> Iterator[_ItemT]:
        """Yield what plugins say about the changes of the types they want; a failure refuses the write."""
        for plugin, hook, wanted in self._hooks(name):
            batch = changes if wanted is None else [change for change in changes if change.type in wanted]
            if not batch:
                continue
            try:
                found = _all_of(kind, hook(changes=batch, context=context))
            except CustledgerError as error:
                _name(plugin, error)
                raise
            except _FAILURES as error:
                raise self._failed(plugin, f"answering {name}", error) from error
            yield from found

    def _failed(self, plugin: str, doing: str, error: BaseException) -> PluginError:
        failure = PluginError(plugin, doing, error)
        if failure.message not in {known.message for known in self.failures}:
            self.failures.append(failure)
        return failure

    def _clash(self, plugin: str, doing: str, why: str) -> None:
        self._failed(plugin, doing, ValueError(why))


def disabled_by(environment: Mapping[str, str] | None = None) -> frozenset[str]:
    """Return the names in ``CUSTLEDGER_DISABLE_PLUGINS``, which are separated by commas."""
    text = (os.environ if environment is None else environment).get(DISABLE_VARIABLE, "")
    return frozenset(name.strip() for name in text.split(",") if name.strip())


def _name(plugin: str, error: CustledgerError) -> None:
    """Say in the hint of an error which plugin raised it on purpose; what the core says needs no name."""
    said = f"The plugin {plugin} says so."
    if plugin != CORE and said not in error.hint:
        error.hint = f"{error.hint} {said}".strip()


def _laid_over(first: Change, second: Change) -> Change:
    """Return what two plugins together say of one record: where both set a field, the second one has it."""
    if first.after is None or second.after is None:
        return second
    before = {**(second.before or {}), **(first.before or {})}
    return attrs.evolve(second, before=before, after={**first.after, **second.after})


def _with_only(function: Callable[..., Any], names: Sequence[str]) -> Callable[..., Any]:
    """Return ``function`` taking every keyword of its hook, and passing on those that it asked for."""
    return lambda **arguments: function(**{name: arguments[name] for name in names})


def _all_of(kind: type[_ItemT], answer: Iterable[Any] | None) -> list[_ItemT]:
    """Return a hook's answer as a list. Raises ``TypeError`` where something in it is of another kind."""
    items = list(answer or ())
    for item in items:
        if not isinstance(item, kind):
            raise TypeError(f"it returned {item!r:.80}, where a {kind.__name__} was expected")
    return items
