"""Where an output must not go: onto a ledger, the files beside it, or the settings of the program."""

import os
from pathlib import Path

from custledger.config import PROJECT_FILE, user_config_file
from custledger.errors import NotAllowedError, NotFoundError, UsageError
from custledger.plugins import Plugins


def check_target(plugins: Plugins, target: str | os.PathLike[str]) -> None:
    """Raise ``UsageError`` where an output would go onto a ledger, a file beside one, or a settings file.

    Links are followed, since what they lead to is what would be written.
    """
    path = Path(os.path.realpath(target))
    if path.name == PROJECT_FILE or path == Path(os.path.realpath(user_config_file())):
        raise UsageError(f"{target} holds settings of custledger.", hint="Give the output a name of its own.")
    if any(kind.has and kind.has(str(path)) for kind in plugins.stores()):
        raise UsageError(
            f"{target} is a ledger, or belongs to one, and is not overwritten.",
            hint="Give the output a name of its own.",
        )


def check_name(target: str) -> None:
    """Raise ``UsageError`` where what is named as an output is no file: a folder, or ``-``, the standard output."""
    if target == "-":
        raise UsageError(
            "A file is needed, and - is the standard output.", hint="Name a file; one that is called - is ./- here."
        )
    if target.endswith(tuple(filter(None, (os.sep, os.altsep)))):
        raise UsageError(f"{target} names a folder.", hint="Name the file in it.")


def check_room(target: Path, hint: str) -> None:
    """Raise the ``CustledgerError`` that fits where no file can be made in the folder of ``target``."""
    folder = Path(os.path.realpath(target)).parent
    if not folder.is_dir():
        raise NotFoundError("folder", target.parent, hint=hint)
    if target.is_dir():
        raise UsageError(f"{target} is a folder.", hint=hint)
    if not may_write(folder):
        raise NotAllowedError(f"The folder {target.parent} may not be written.", hint=hint)


def may_write(folder: Path) -> bool:
    """Whether this process may make files in a folder."""
    return os.access(folder, os.W_OK | os.X_OK)
