"""Where programs keep what belongs to a user: the folders of ``platformdirs``, found without importing it on Linux.

platformdirs takes as long to import as Python to start, for what on Linux is a variable or a folder below the home
folder. That the two agree is tested; everywhere else platformdirs is asked.
"""

import os
import sys

NAME = "custledger"


def config_folder() -> str:
    """Return the folder of the user's settings of this program."""
    return _linux("XDG_CONFIG_HOME", ".config") or _told("user_config_dir")


def cache_folder() -> str:
    """Return the folder for what this program can make again."""
    return _linux("XDG_CACHE_HOME", ".cache") or _told("user_cache_dir")


def _linux(variable: str, usual: str) -> str:
    """Return the folder where it is plain what it is, or nothing."""
    if sys.platform != "linux" or "ANDROID_DATA" in os.environ:
        return ""
    told, home = os.environ.get(variable, ""), os.environ.get("HOME", "")
    if told.startswith("/") and told == told.strip():
        return f"{told}/{NAME}"
    return f"{home}/{usual}/{NAME}" if home.startswith("/") and not told else ""


def _told(folder: str) -> str:
    """Return what platformdirs says."""
    import platformdirs

    return str(getattr(platformdirs, folder)(NAME, appauthor=False))
