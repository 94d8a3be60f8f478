"""The library's sentences in the language of a ledger."""

from collections.abc import Callable, Mapping
from importlib import import_module

from custledger.chinese import Chinese, Sentences
from custledger.plugins import Plugins
from custledger.schema import Schema
from custledger.services.session import Session


def speaker(session: Session) -> Callable[[str], str]:
    """Return what puts a sentence of the library into the language of the ledger."""
    if session.conventions.language != "zh":
        return str
    return chinese(session.plugins, session.schemas)


def chinese(plugins: Plugins, schemas: Mapping[str, Schema]) -> Chinese:
    """Return what puts sentences into Chinese: those of the core, and those that plugins brought."""
    return Chinese(schemas, [_brought(one.module) for one in plugins.described() if not one.disabled])


def _brought(module: str) -> Sentences:
    """Return the sentences in the module ``chinese`` of a plugin; nothing where there is none that can be read."""
    try:
        return [(str(english), str(told)) for english, told in import_module(f"{module}.chinese").SENTENCES]
    except Exception:  # noqa: BLE001 - what cannot be said in Chinese is said in English, whatever the reason
        return ()
