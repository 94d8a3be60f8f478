"""Looking whether this computer has what a ledger needs: for ``custledger doctor``."""

import shutil
import subprocess
from collections.abc import Callable, Iterator
from typing import Literal

from custledger.errors import CustledgerError, NotFoundError, masked
from custledger.hookspecs import StoreType
from custledger.plugins import Plugins
from custledger.services.opening import open_session
from custledger.services.session import Session
from custledger.stores.held import HeldKind
from custledger.structs import Struct, frozen

State = Literal["good", "note", "bad"]
SAFE_KEYRINGS = frozenset(
    {
        "keyring.backends.macOS",
        "keyring.backends.Windows",
        "keyring.backends.SecretService",
        "keyring.backends.libsecret",
        "keyring.backends.kwallet",
    }
)
"""The modules of the keyrings that keep a secret; others write plain text, or take a secret and return nothing."""
STOPPING = frozenset({HeldKind.APART, HeldKind.UNREADABLE})
"""What is held of a sheet that is neither read nor written until it is settled."""
FONT_SECONDS = 10
INSTALL_CSV = "Install custledger-csv: pip install custledger[standard]."


@frozen
class Finding(Struct):
    """One thing that was looked at. ``advice`` says what to do about it, and is empty where all is well."""

    what: str
    state: State
    found: str
    advice: str = ""


def examine(plugins: Plugins, url: str, language: str = "en") -> list[Finding]:
    """Return what was found of the stores, the file formats, the plugins, the ledger, the keyring and the fonts.

    ``language`` is that of what plugins say of themselves; all else is in English.
    """
    stores = _stores(plugins, language)
    return [*stores, _files(plugins), *_plugins(plugins), *_ledger(plugins, url), _keyring(), _fonts()]


def _stores(plugins: Plugins, language: str) -> list[Finding]:
    found = [_store(store, language) for store in plugins.stores()]
    if len(found) == 1:
        found.append(
            Finding(
                "store",
                "bad",
                "nothing keeps a ledger when the program ends",
                "Install custledger-sqlite: pip install custledger[standard].",
            )
        )
    return found


def _store(store: StoreType, language: str) -> Finding:
    what = f"store {store.name}"
    try:
        return Finding(what, "good", store.describe() if store.describe else store.summary.in_language(language))
    except CustledgerError as error:
        return Finding(what, "bad", error.message, error.hint)


def _files(plugins: Plugins) -> Finding:
    read, written = (
        ", ".join(dict.fromkeys(one.name for one in formats)) for formats in (plugins.readers(), plugins.writers())
    )
    if not read and not written:
        return Finding("files", "note", "none can be read or written", INSTALL_CSV)
    whole = bool(read and written)
    found = f"reads {read or 'nothing'}; writes {written or 'nothing'}"
    return Finding("files", "good" if whole else "note", found, "" if whole else INSTALL_CSV)


def _plugins(plugins: Plugins) -> list[Finding]:
    return [
        Finding(
            f"plugin {one.name}",
            "bad" if one.problems else "note" if one.disabled else "good",
            "; ".join(one.problems) or ("disabled" if one.disabled else f"{one.distribution} {one.version}".strip()),
            "Update or remove it." if one.problems else "",
        )
        for one in plugins.examined()
    ]


def _ledger(plugins: Plugins, url: str) -> list[Finding]:
    try:
        session = open_session(url, create=False, read_only=True, plugins=plugins)
    except NotFoundError as error:  # a computer without a ledger is no worse for that
        return [Finding("ledger", "note", error.message, error.hint)]
    except CustledgerError as error:
        return [Finding("ledger", "bad", error.message, error.hint)]
    with session.store:
        if session.settings.problems:
            return [Finding("ledger", "bad", "; ".join(session.settings.problems), "Set what it names again.")]
        count = sum(not schema.info.is_kept for schema in session.schemas.values())
        good = Finding("ledger", "good", f"{masked(session.store.url)}, {count} record types")
        return [good, *_held(session), *_definitions(session), *_segments(session)]


def _held(session: Session) -> Iterator[Finding]:
    """Yield what is held of files that people edit by hand, and the sheets that are neither read nor written now."""
    held = session.view.held()
    for one in held:
        if one.kind in STOPPING:
            yield Finding(f"sheet {one.sheet}", "bad", f"it is not read and not written: {one.why}", one.hint)
    if held:
        told = "1 thing is held" if len(held) == 1 else f"{len(held)} things are held"
        yield Finding("hand edits", "note", told, "custledger held list says what and why.")


def _definitions(session: Session) -> Iterator[Finding]:
    """Yield the ledger's own metrics, segments and tag rules that cannot be computed."""
    from custledger.services import defining, tagging

    listed = [(f"metric {one.definition.name}", one.plugin, one.problem) for one in defining.list_metrics(session)]
    listed += [(f"segment {one.definition.name}", one.plugin, one.problem) for one in defining.list_segments(session)]
    listed += [
        (f"rule that tags {one.definition.name}", one.plugin, one.problem) for one in tagging.list_rules(session)
    ]
    for what, plugin, problem in listed:
        if problem and not plugin:
            yield Finding(what, "bad", f"it cannot be computed: {problem}")


def _segments(session: Session) -> Iterator[Finding]:
    """Yield the segments whose rules are worded otherwise than when they were refreshed."""
    from custledger.services.refreshing.reworded import reworded  # most ledgers store no memberships

    try:
        for one in reworded(session):
            name, enter, leave = one.segment.name, len(one.entering), len(one.leaving)
            if one.problem:
                yield Finding(f"segment {name}", "bad", f"it cannot be computed: {one.problem}")
                continue
            found = f"its rule is another since it was refreshed: {enter} would enter, {leave} would leave"
            yield Finding(
                f"segment {name}", "note", found, f"custledger segment refresh {name} stores who is in it now."
            )
    except CustledgerError as error:
        yield Finding("segments", "note", error.message, error.hint)


def _keyring() -> Finding:
    return _guarded("keyring", _look_at_keyring)


def _look_at_keyring() -> Finding:
    import keyring  # costs more than a whole start
    from keyring.backends.chainer import ChainerBackend

    chosen = keyring.get_keyring()
    backends = list(chosen.backends) if isinstance(chosen, ChainerBackend) else [chosen]
    unsafe = [type(one).__module__ for one in backends if type(one).__module__ not in SAFE_KEYRINGS]
    if not backends or any("backends.fail" in module for module in unsafe):
        return Finding("keyring", "note", "this computer has none", "Secrets will need a key file or a passphrase.")
    if unsafe:
        return Finding("keyring", "bad", f"{unsafe[0]} does not keep a secret", "Remove it, or choose another keyring.")
    return Finding("keyring", "good", ", ".join(type(one).__module__ for one in backends))


def _fonts() -> Finding:
    return _guarded("fonts", _look_at_fonts)


def _look_at_fonts() -> Finding:
    program = shutil.which("fc-list")
    if program is None:
        return Finding("fonts", "note", "cannot tell: there is no fc-list")
    listed = subprocess.run(
        [program, ":lang=zh", "family"], capture_output=True, text=True, timeout=FONT_SECONDS, check=False
    )
    families = sorted({line.split(",")[0].strip() for line in listed.stdout.splitlines() if line.strip()})
    if not families:
        return Finding("fonts", "note", "none has Chinese characters", "Install one, such as fonts-noto-cjk.")
    return Finding("fonts", "good", f"{len(families)} with Chinese characters, such as {families[0]}")


def _guarded(what: str, look: Callable[[], Finding]) -> Finding:
    """Look, and say so where even looking fails: what is examined here is other people's software."""
    try:
        return look()
    except Exception as error:  # noqa: BLE001 - keyring backends and fontconfig raise what they like
        return Finding(what, "note", f"cannot tell: {type(error).__name__}: {error}")
