"""The program's settings as far as they can be read: for the commands that are asked what is wrong with them."""

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from custledger.config import SETTINGS, Config, user_config_file
from custledger.errors import CustledgerError

NOWHERE = Path(os.devnull)
"""A folder, and a file, in which no setting can be."""


def understood(flags: Mapping[str, str]) -> dict[str, str]:
    """Return the flags without those whose value cannot be understood."""
    kept = {}
    for setting in SETTINGS:
        with suppress(CustledgerError):
            if setting.name in flags:
                setting.read(flags[setting.name])
                kept[setting.name] = flags[setting.name]
    return kept


def settings_as_far_as_possible(flags: Mapping[str, Any]) -> tuple[Config, list[CustledgerError]]:
    """Return the settings without the variables and files that cannot be understood, and what is wrong with those."""
    environ: dict[str, str] = {}
    places: dict[str, Path] = {"cwd": NOWHERE, "user_file": NOWHERE / "none"}
    problems = []
    for setting in SETTINGS:
        if given := os.environ.get(setting.variable):
            try:
                Config.load({}, {setting.variable: given}, **places)
                environ[setting.variable] = given
            except CustledgerError as error:
                problems.append(error)
    for name, path in (("cwd", Path()), ("user_file", user_config_file())):
        try:
            Config.load({}, {}, **{**places, name: path})
            places[name] = path
        except CustledgerError as error:
            problems.append(error)
    return Config.load(flags, environ, **places), problems
