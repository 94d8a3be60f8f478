"""A small Python environment for what installs a plugin: the documents that do, and the test of the template.

What this Python can import is there too, so nothing is fetched; what is installed there is there alone, and goes with
its folder.
"""

import importlib.util
import os
import sys
import sysconfig
import venv
from collections.abc import Mapping
from pathlib import Path

BUILDERS = ("hatchling", "editables")
"""What builds a package that is edited in place. Where one is not installed, pip has to fetch them for each build."""

_PROGRAM = """#!{python}
import sys
{body}
"""
_CUSTLEDGER = """from custledger.__main__ import main
sys.exit(main())"""
_PIP = """from pip._internal.cli.main import main
offline = {offline!r} if sys.argv[1:2] == ["install"] else []
sys.exit(main([*sys.argv[1:2], *offline, *sys.argv[2:]]))"""


def make_environment(folder: Path) -> Path:
    """Make an environment in ``folder`` and return the folder of its programs: ``python3``, ``pip``, ``custledger``."""
    venv.create(folder, symlinks=os.name != "nt", with_pip=importlib.util.find_spec("pip") is None)
    paths = sysconfig.get_paths("venv", vars={"base": str(folder), "platbase": str(folder)})
    programs, packages = Path(paths["scripts"]), Path(paths["purelib"])
    inherited = [str(Path(each).resolve()) for each in sys.path if each and Path(each).is_dir()]
    (packages / "beside.pth").write_text("\n".join(inherited) + "\n", encoding="utf-8")
    can_build = all(importlib.util.find_spec(builder) for builder in BUILDERS)
    offline = ["--no-build-isolation", "--no-index"] if can_build else []
    for name, body in (("custledger", _CUSTLEDGER), ("pip", _PIP.format(offline=offline))):
        program = programs / name
        program.write_text(_PROGRAM.format(python=programs / "python3", body=body), encoding="utf-8")
        program.chmod(0o755)
    return programs


def with_programs(environ: Mapping[str, str], programs: Path) -> dict[str, str]:
    """Return an environment in which the programs of a folder come first, and pip says nothing of itself."""
    path = os.pathsep.join((str(programs), environ.get("PATH", "")))
    return {**environ, "PATH": path, "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_ROOT_USER_ACTION": "ignore"}
