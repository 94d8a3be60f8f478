"""What the program is told before it opens a ledger: which one, as whom, in which language.

A value comes from the first of these that has it: the command line, the environment (``CUSTLEDGER_*``),
``custledger.toml`` in the current folder, the user's own file, the default. Each value keeps where it came from, for
``config show --origin``. What belongs to one ledger and travels with it is in ``custledger.settings`` instead.
"""

import os
import re
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from custledger.errors import FileFormatError, InvalidValueError, NotAllowedError, NotFoundError
from custledger.folders import config_folder
from custledger.schema import nearest

PROJECT_FILE = "custledger.toml"
DEFAULT_LEDGER = "ledger.db"
_HAS_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")


class Setting(NamedTuple):
    """One setting of the program: its name in files, its flag, its meaning, and how its text is read."""

    name: str
    flag: str
    meaning: str
    read: Callable[[Any], Any]

    @property
    def variable(self) -> str:
        """The environment variable that sets it."""
        return f"CUSTLEDGER_{self.name.upper()}"


class Value(NamedTuple):
    """A setting's value and where it came from, in words."""

    value: Any
    origin: str


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise InvalidValueError(value, "is not text")
    return value.strip()


def _language(value: Any) -> str:
    if value not in {"en", "zh"}:
        raise InvalidValueError(value, "is not a language of custledger", hint="There are: en, zh.")
    return str(value)


def _day(value: Any) -> date:
    if isinstance(value, date):
        return date(value.year, value.month, value.day)
    try:
        return date.fromisoformat(_text(value))
    except ValueError as error:
        raise InvalidValueError(value, "is not a date", hint="Write dates as 2026-11-22.") from error


def _names(value: Any) -> tuple[str, ...]:
    listed = value if isinstance(value, list) else _text(value).split(",")
    return tuple(name for name in (_text(item) for item in listed) if name)


SETTINGS: tuple[Setting, ...] = (
    Setting("ledger", "--ledger", "the ledger's URL or path", _text),
    Setting("actor", "--as", "who is acting, as the log names them; empty is the computer's user", _text),
    Setting(
        "language", "--lang", "the language of headings and choices, en or zh; empty is the ledger's own", _language
    ),
    Setting("as_of", "--as-of", "the day that counts as today; empty is the clock's", _day),
    Setting("disable_plugins", "", "the plugins to go without, separated by commas", _names),
)
_BY_NAME = {setting.name: setting for setting in SETTINGS}


class Config:
    """The program's settings, each with its origin: ``values`` by name."""

    def __init__(self, values: Mapping[str, Value]) -> None:
        self.values = values

    @classmethod
    def load(
        cls,
        flags: Mapping[str, Any] | None = None,
        environ: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        user_file: Path | None = None,
    ) -> "Config":
        """Return the settings as ``flags``, the environment, the files and the defaults give them.

        ``flags`` are by the names of the settings; ``None`` is a flag that was not given. Raises
        ``FileFormatError`` for a file that is not TOML, ``NotFoundError`` for a setting that does not exist,
        ``InvalidValueError`` for a value that does not fit.
        """
        environment = os.environ if environ is None else environ
        sources: list[tuple[Mapping[str, Any], Callable[[Setting], str]]] = [
            (flags or {}, lambda setting: f"flag {setting.flag}"),
            ({s.name: environment.get(s.variable) or None for s in SETTINGS}, lambda s: f"environment {s.variable}"),
        ]
        for path in ((cwd or Path()) / PROJECT_FILE, user_file or user_config_file()):
            sources += [(_read_file(path), _says(path))]
        sources += [({"ledger": DEFAULT_LEDGER}, lambda _: "default")]
        return cls({setting.name: _first(setting, sources) for setting in SETTINGS})

    def __getitem__(self, name: str) -> Any:
        """Return the value of a setting."""
        return self.values[name].value

    @property
    def ledger(self) -> str:
        """The ledger's URL or path."""
        return str(self["ledger"])

    @property
    def actor(self) -> str | None:
        """Who is acting, or ``None`` for the computer's user."""
        return self["actor"] or None


def user_config_file() -> Path:
    """Return the path of the user's own file."""
    return Path(config_folder()) / "config.toml"


def write_project_file(folder: Path, ledger: str) -> Path | None:
    """Write ``custledger.toml`` so that commands run in ``folder`` find ``ledger``.

    Returns its path, or ``None`` where the file was there already: what somebody wrote in it is left as it is.
    """
    path = folder / PROJECT_FILE
    import tomli_w  # needed once in the life of a ledger

    try:
        with path.open("xb") as stream:
            tomli_w.dump({"ledger": ledger}, stream)
    except FileExistsError:
        return None
    except OSError as error:
        raise NotAllowedError(
            f"{path} cannot be written: {error.strerror}.",
            hint="Name the ledger with --ledger or CUSTLEDGER_LEDGER instead.",
        ) from error
    return path


def _first(setting: Setting, sources: list[tuple[Mapping[str, Any], Callable[[Setting], str]]]) -> Value:
    for values, origin in sources:
        given = values.get(setting.name)
        if given is not None:
            try:
                return Value(setting.read(given), origin(setting))
            except InvalidValueError as error:
                raise error.in_field(f"{setting.name} ({origin(setting)})") from None
    return Value((), "default") if setting.read is _names else Value(None, "default")


def _says(path: Path) -> Callable[[Setting], str]:
    return lambda _: str(path)


def _read_file(path: Path) -> dict[str, Any]:
    """Return what a file says, or nothing where there is none."""
    try:
        data = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as error:
        raise NotAllowedError(
            f"{path} cannot be read: {error.strerror}.", hint="Set its rights, or remove it."
        ) from error
    import tomllib  # needed only where there is a file

    try:
        values = tomllib.loads(data.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise FileFormatError(path, f"is not TOML: {error}", hint='A line reads like: ledger = "ledger.db"') from error
    for name in values:
        if name not in _BY_NAME:
            known = ", ".join(_BY_NAME)
            near = nearest(name, _BY_NAME)
            raise NotFoundError(
                f"setting for {path} called", name, suggestions=near, hint="" if near else f"There are: {known}."
            )
    if isinstance(values.get("ledger"), str):
        values["ledger"] = _anchored(values["ledger"], path.parent)
    return values


def _anchored(ledger: str, folder: Path) -> str:
    """Return a ledger's URL; a bare path in a file is meant from the folder that the file is in."""
    if not ledger or _HAS_SCHEME.match(ledger) or folder == Path():
        return ledger
    return str(folder / Path(ledger).expanduser())
