"""Opening a ledger by its URL: ``sqlite:customers.db``, or a bare path whose ending a store recognises."""

import getpass
import os
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import attrs

from custledger.changes import Changeset, DocumentChange
from custledger.conventions import Clock, Conventions, SystemClock
from custledger.errors import ConflictError, CustledgerError, InvalidValueError, UsageError, shorten
from custledger.hookspecs import StoreType
from custledger.ids import IdMint
from custledger.plugins import Plugins, disabled_by
from custledger.schema import nearest
from custledger.services.naming import find
from custledger.services.session import Session
from custledger.services.writing import write
from custledger.settings import LEDGER, check_conventions, check_language, ledger_document
from custledger.values import given_path, given_text, plain_text

if TYPE_CHECKING:
    import random

DEFAULT_SUFFIX = ".db"

TOLD = ("name", "language", "currency", "zone")
"""What a new ledger can be told of itself."""


def open_session(
    url: str | os.PathLike[str],
    *,
    create: bool = True,
    read_only: bool = False,
    actor: str | None = None,
    plugins: Plugins | None = None,
    clock: Clock | None = None,
    source: "random.Random | None" = None,
    language: str | None = None,
    as_of: date | None = None,
    defaults: Mapping[str, Any] | None = None,
) -> Session:
    """Open the ledger at ``url`` and return a session on it.

    - ``create``: make a ledger where there is none; otherwise that is a ``NotFoundError``;
    - ``actor``: who is acting; the name of the computer's user where it is not given;
    - ``plugins``, ``clock`` and ``source`` (of randomness) are handed in so that a run can be repeated;
    - ``language`` and ``as_of`` override the ledger's language and the day that "today" means;
    - ``defaults``: what a *new* ledger is told of itself: ``name``, ``language``, ``currency``, ``zone``.

    Raises ``UsageError`` for a URL that no store understands, and for what is handed in and is no such thing, and
    ``InvalidValueError`` for what cannot be meant.
    """
    _check_handed_in(plugins, clock, source)
    _check_told(actor, language, as_of, defaults)
    found = plugins or Plugins.installed(disabled_by())
    _check_defaults(defaults or {})
    kind, location = resolve_url(found, given_path(url, "Ledger"))
    store = kind.open(location, create=create and not read_only, read_only=read_only)
    try:
        clock = clock or SystemClock()
        session = Session(
            store,
            found,
            actor=actor or default_actor(),
            clock=clock,
            mint=IdMint(clock.milliseconds, source),
            adjust=_adjustment(language, as_of),
            find=find,
        )
        if not store.read_only and store.document(LEDGER) is None:
            set_up(session, defaults or {})
    except CustledgerError:
        store.unmake()
        raise
    except BaseException:
        store.close()
        raise
    return session


def _check_handed_in(plugins: object, clock: object, source: object) -> None:
    """Raise ``UsageError`` for what cannot play the part that it is handed in for."""
    if plugins is not None and not isinstance(plugins, Plugins):
        raise UsageError(
            f"{shorten(plugins)} cannot be the plugins of a ledger.",
            hint="Give Plugins.of(name=module, …), or nothing for those that are installed.",
        )
    if clock is not None and not callable(getattr(clock, "milliseconds", None)):
        raise UsageError(f"{shorten(clock)} is no clock.", hint="A clock has a method milliseconds().")
    if source is not None and not callable(getattr(source, "getrandbits", None)):
        raise UsageError(f"{shorten(source)} is no source of randomness.", hint="Give a random.Random.")


def _check_told(actor: object, language: object, as_of: object, defaults: object) -> None:
    """Raise ``UsageError`` or ``InvalidValueError`` for what cannot be meant."""
    if actor is not None:
        plain_text(given_text(actor, "actor"))
    if language is not None:
        check_language(language)
    if as_of is not None and (not isinstance(as_of, date) or isinstance(as_of, datetime)):
        raise InvalidValueError(as_of, "is not a day", field="as_of", hint="Give a date, such as date(2026, 11, 22).")
    if defaults is None:
        return
    if not isinstance(defaults, Mapping):
        raise InvalidValueError(defaults, "does not say what a new ledger is told", field="defaults")
    unknown = [name for name in defaults if name not in TOLD]
    if unknown:
        raise UsageError(
            f"A new ledger is not told its {shorten(unknown[0])}.", hint=f"It can be told: {', '.join(TOLD)}."
        )


def _check_defaults(told: Mapping[str, Any]) -> None:
    """Raise ``InvalidValueError`` for what no ledger can be told of itself, before one is made.

    What was made and could not be told would be left behind, and stand in the way of the one that was meant.
    """
    given = {"language": told.get("language"), "currency": told.get("currency"), "zone_name": told.get("zone")}
    check_conventions(Conventions(**{name: value for name, value in given.items() if value}))


def resolve_url(plugins: Plugins, url: str) -> tuple[StoreType, str]:
    """Return the kind of store that ``url`` means, and what follows the colon. Raises ``UsageError``."""
    kinds = plugins.stores()
    scheme, colon, rest = url.partition(":")
    is_drive = len(scheme) == 1 and rest[:1] in {"\\", "/"}
    if colon and not is_drive:
        by_scheme = {one: kind for kind in kinds for one in kind.schemes}
        if scheme in by_scheme:
            return by_scheme[scheme], rest
        near = nearest(scheme, by_scheme)
        listed = ", ".join(f"{one}:" for one in sorted(by_scheme))
        hint = f"Did you mean {near[0]}:{rest}?" if near else f"There are: {listed}."
        raise UsageError(f"No store understands the URL {url}.", hint=hint)
    for kind in kinds:
        if any(url.lower().endswith(suffix) for suffix in kind.suffixes):
            return kind, url
    endings = sorted(suffix for kind in kinds for suffix in kind.suffixes)
    if not endings:
        raise UsageError(
            f"No store understands {url}: no storage plugin is installed.",
            hint="Install custledger-sqlite, or see custledger doctor.",
        )
    example = f"{kinds[-1].schemes[0]}:{url}"
    raise UsageError(
        f"It is not clear what kind of ledger {url or '(an empty name)'} is.",
        hint=f"Give it one of the endings {', '.join(endings)}, or a URL such as {example}.",
    )


def set_up(session: Session, told: Mapping[str, Any]) -> None:
    """Write a new ledger's own settings: its name, language, currency and time zone."""
    proposed = session.store.proposed()
    conventions = check_conventions(
        Conventions(
            language=told.get("language") or proposed.get("language") or "en",
            currency=told.get("currency") or proposed.get("currency") or "CNY",
            zone_name=told.get("zone") or local_zone(),
        )
    )
    name, value = ledger_document(conventions, plain_text(given_text(told.get("name") or "", "name")))
    change = DocumentChange(name=name, before=None, after=value)
    try:
        write(session, Changeset(operation=session.operation("init"), documents=[change]))
    except ConflictError:
        if session.store.document(LEDGER) is None:
            raise
        # Another process made the same ledger at the same moment, and what it said of it counts.
    session.refresh()


def default_actor() -> str:
    """Return the name of the computer's user, or ``unknown`` where it has none."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "unknown"


def local_zone() -> str:
    """Return the name of this computer's time zone, or ``UTC`` where it cannot be told."""
    named = os.environ.get("TZ", "").lstrip(":") or os.path.realpath("/etc/localtime").partition("zoneinfo/")[2]
    try:
        return check_conventions(Conventions(zone_name=named or "UTC")).zone_name
    except InvalidValueError:
        return "UTC"


def _adjustment(language: str | None, as_of: date | None) -> Callable[[Conventions], Conventions]:
    wishes: dict[str, Any] = {"language": language, "as_of": as_of}
    given = {name: value for name, value in wishes.items() if value is not None}
    return lambda conventions: attrs.evolve(conventions, **given)
