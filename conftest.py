"""What every test of the repository shares: hypothesis profiles, documents' examples, unwritable places, small disks.

- ``CUSTLEDGER_EXAMPLES`` is how many random filters the stores are compared with (300, nightly 20,000); a property
  that does not set its own number gets a third as many examples.
- ``CUSTLEDGER_KILLS`` is how often the crash tests kill a writer; they read it themselves.
- With ``CI`` set, properties always try the same examples, so that a red run can be repeated.
"""

import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import hypothesis
import pytest
from console import InOrder, console_parser, file_parser, leave_folder, own_folder
from sybil import Sybil
from sybil.parsers.myst import PythonCodeBlockParser
from sybil.parsers.rest import DocTestParser

hypothesis.settings.register_profile(
    "custledger",
    deadline=None,  # two cores shared with other workers say nothing about one example's time
    derandomize="CI" in os.environ and "CUSTLEDGER_EXAMPLES" not in os.environ,
    max_examples=int(os.environ.get("CUSTLEDGER_EXAMPLES", "300")) // 3,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("custledger")

_documents = Sybil(
    parsers=[InOrder(PythonCodeBlockParser(), console_parser(), file_parser)],
    patterns=[
        "docs/*.md",
        "docs/guides/*.md",
        "docs/reference/fields.md",
        "README.md",
        "README.zh.md",
        "plugins/*/README.md",
    ],
    setup=own_folder,
    teardown=leave_folder,
)
_docstrings = Sybil(parsers=[InOrder(DocTestParser())], patterns=["src/**/*.py", "plugins/*/src/**/*.py"])
pytest_collect_file = (_documents + _docstrings).pytest()


@pytest.fixture
def read_only() -> Iterator[Callable[[Path], None]]:
    """A function that has nobody write a file, or a folder and what is in it, until the test ends; not even root."""
    with ExitStack() as afterwards:
        yield lambda path: _make_read_only(path, afterwards)


@pytest.fixture
def disk_of(tmp_path: Path) -> Iterator[Callable[[int], Path]]:
    """A function that returns the folder of a new disk of so many megabytes, which is there until the test ends."""
    with ExitStack() as afterwards:

        def made(megabytes: int) -> Path:
            folder = tmp_path / f"disk of {megabytes} MB"
            folder.mkdir()
            if not _runs("mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)):
                pytest.skip("no small disk can be mounted here")
            afterwards.callback(_runs, "umount", "--lazy", str(folder))
            return folder

        yield made


def _make_read_only(path: Path, afterwards: ExitStack) -> None:
    """Take the right to write away, or from root, who needs none, the file system's leave."""
    if getattr(os, "geteuid", lambda: 1)():
        for each in (path, *path.rglob("*")):
            mode = each.stat().st_mode
            afterwards.callback(each.chmod, mode)
            each.chmod(mode & ~0o222)
    elif _runs("mount", "--bind", str(path), str(path)):
        afterwards.callback(_runs, "umount", "--lazy", str(path))
        if not _runs("mount", "-o", "remount,ro,bind", str(path)):
            pytest.skip("a mount cannot be made read-only here")
    elif _runs("chattr", "-R", "+i", str(path)):
        afterwards.callback(_runs, "chattr", "-R", "-i", str(path))
    else:
        pytest.skip("root may write everything here: neither mount nor chattr is allowed")


def _runs(*command: str) -> bool:
    try:
        return subprocess.run(command, check=False, capture_output=True).returncode == 0
    except OSError:
        return False
