"""Proves the rules of a plugin, as ``custledger plugin check`` does, and lends the ledgers on which that is done."""

from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import attrs

from custledger.definitions import Definition
from custledger.distributions import installed_plugins
from custledger.hookspecs import hookimpl
from custledger.ledger import Ledger
from custledger.metrics import Metric
from custledger.plugins import Plugins
from custledger.segments import Segment
from custledger.services import proving
from custledger.services.proving import Proven
from custledger.services.proving.samples import SampleLedgers, samples
from custledger.taggers import Tagger

PREFIX = "custledger_"
_HOOKS = {Metric: "custledger_metrics", Segment: "custledger_segments", Tagger: "custledger_taggers"}
"""By which hook a plugin brings a rule of each kind."""


def prove(plugin_or_rule: Any) -> Proven:
    """Prove every rule of a plugin, or one rule, and return what was proved.

    A plugin is the module with its hooks, or an object that has them; a rule is a ``Metric``, a ``Segment`` or a
    ``Tagger``. The plugins that are installed take part. Raises ``AssertionError`` that says of each rule what is not
    proved; see ``custledger.services.proving.Checked`` for what that means, and for a plugin that brings no rules.

    ::

        import custledger_tea
        from custledger.testing import prove

        def test_the_rules_are_proved():
            prove(custledger_tea)
    """
    only = plugin_or_rule if isinstance(plugin_or_rule, Definition) else None
    plugins, name = _with_rule(only) if only is not None else _with_plugin(plugin_or_rule)
    proven = proving.prove(plugins, name, only=only)
    if not proven.is_sound or not proven.proofs:
        raise AssertionError("\n".join(_unproved(proven)))
    return proven


@contextmanager
def sample_ledger(name: str, plugin: Any = None) -> Iterator[Ledger]:
    """Lend one of the ledgers on which rules are proved, in memory, with the installed plugins and perhaps one more.

    - ``everyday`` is the demo: customers in both languages, what was said to them, and what they bought;
    - ``awkward`` has records of every type with empties, full-width twins, several currencies, days to come, choices
      that are in no list any more, and customers to whom nothing belongs;
    - ``bare`` has customers with a name and nothing else; ``empty`` has none.

    Its day is 15 June 2026.
    """
    plugins = Plugins.installed() if plugin is None else _with_plugin(plugin)[0]
    wanted = {sample.name: sample for sample in samples(plugins)}
    with SampleLedgers(plugins) as ledgers:
        yield Ledger(ledgers.session(ledgers.of(wanted[name], "memory")))


def _with_plugin(plugin: Any) -> tuple[Plugins, str]:
    """Return the installed plugins with this one, and its name: that of its entry point, if it is installed."""
    module = getattr(plugin, "__name__", type(plugin).__name__)
    entries = installed_plugins()
    known = {entry.module: entry.name for entry in entries}
    name = known.get(module) or module.rpartition(".")[2].removeprefix(PREFIX)
    return Plugins(entries=entries, modules={name: plugin}), name


def _with_rule(rule: Definition) -> tuple[Plugins, str]:
    """Return the installed plugins and the name of the one that brings a rule, or one more that does."""
    installed = Plugins.installed()
    bringing = [
        plugin
        for plugin, one in (*installed.metrics(), *installed.segments(), *installed.taggers())
        if _unguarded(one) == _unguarded(rule)
    ]
    if bringing:
        return installed, bringing[0]
    hook = next(hook for kind, hook in _HOOKS.items() if isinstance(rule, kind))
    return _with_plugin(SimpleNamespace(__name__="the_rule", **{hook: hookimpl(_giving(rule), specname=hook)}))


def _unguarded(rule: Definition) -> Definition:
    """Return a rule without its function, which a plugin's has around it what names the plugin where it fails."""
    return attrs.evolve(rule, decide=None, score=None) if isinstance(rule, Segment) else rule


def _giving(rule: Definition) -> Any:
    return lambda: [rule]


def _unproved(proven: Proven) -> Iterator[str]:
    """Yield what is not proved, a line each."""
    if not proven.proofs and not proven.problems:
        yield f"The plugin {proven.plugin} brings no rules."
    yield from proven.problems
    for proof in proven.proofs:
        for failure in proof.failures:
            yield f"The {proof.kind} {proof.rule.name}: {failure}"
