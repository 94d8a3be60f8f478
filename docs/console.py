r"""Runs the ``console`` blocks of the documents: each ``$ command`` in the document's own folder, output compared.

A block reads as a terminal does: a line that begins with ``$ `` is a command (one that ends with ``\`` goes on), the
lines up to the next one are what it prints, on stdout and stderr together. ``…`` stands for anything within a line, and
a line that is only ``…`` for any number of lines. A last line ``[exit 3]`` gives the exit code of a command that fails.

Commands run on a terminal of their own, so that they print what a reader would see: tables, and not tabs.
"""

import contextlib
import difflib
import fcntl
import os
import pty
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import termios
from pathlib import Path
from typing import Any

from sybil import Example
from sybil.parsers.myst import CodeBlockParser

SHELL = shutil.which("bash") or "sh"
LINES, COLUMNS = 40, 100
TIMEOUT = 120
ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07]*\x07|[@-Z\\-_])")


def console_parser() -> CodeBlockParser:
    """Return Sybil's parser for ``console`` blocks."""
    return CodeBlockParser(language="console", evaluator=run_block)


def own_folder(namespace: dict[str, Any]) -> None:
    """Give a document an empty folder of its own, in which its examples run."""
    folder = Path(tempfile.mkdtemp(prefix="custledger-docs-"))
    namespace["_document"] = (folder, Path.cwd())
    os.chdir(folder)


def leave_folder(namespace: dict[str, Any]) -> None:
    """Go back to where the tests run, and remove the document's folder."""
    folder, before = namespace.pop("_document")
    os.chdir(before)
    shutil.rmtree(folder, ignore_errors=True)


def run_block(example: Example) -> str | None:
    """Run the commands of one block and return how their output differs from what is written, or None."""
    for command, expected in commands(str(example.parsed)):
        printed = run(command)
        if not matches(expected, printed):
            shown = "\n".join(difflib.ndiff(expected.splitlines(), printed.splitlines()))
            return f"$ {command}\nprinted something else than the document says:\n{shown}"
    return None


def commands(block: str) -> list[tuple[str, str]]:
    """Return ``(command, expected output)`` pairs of a block."""
    found: list[tuple[str, list[str]]] = []
    lines = iter(block.splitlines())
    for line in lines:
        if line.startswith("$ "):
            command = line.removeprefix("$ ")
            while command.endswith("\\"):
                command = command[:-1] + next(lines).strip()
            found.append((command, []))
        elif found:
            found[-1][1].append(line)
    return [(command, "\n".join(output).strip("\n")) for command, output in found]


def run(command: str) -> str:
    """Run a command as a reader would, and return what it printed, and its exit code where that is not 0."""
    terminal, end = pty.openpty()
    fcntl.ioctl(end, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
    with subprocess.Popen(
        [SHELL, "-c", command], stdin=subprocess.DEVNULL, stdout=end, stderr=end, env=environment(Path.cwd())
    ) as process:
        os.close(end)
        printed = read_all(terminal)
        code = process.wait(timeout=TIMEOUT)
    return f"{printed}\n[exit {code}]".strip("\n") if code else printed


def read_all(terminal: int) -> str:
    """Return the text that is printed on a terminal until its other end closes, without colours and the like."""
    printed = bytearray()
    with contextlib.suppress(OSError), open(terminal, "rb", buffering=0) as stream:
        while piece := stream.read(65536):
            printed += piece
    lines = ESCAPES.sub("", printed.decode("utf-8")).replace("\r\n", "\n").split("\n")
    return "\n".join(line.rpartition("\r")[2].rstrip() for line in lines).strip("\n")


def environment(folder: Path) -> dict[str, str]:
    """Return an environment in which this Python's programs come first and no settings of the user count."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("CUSTLEDGER_", "COV_"))}
    programs = os.pathsep.join((str(Path(sys.executable).parent), kept.get("PATH", "")))
    home = str(folder / ".home")
    ours = {
        "HOME": home,
        "XDG_CONFIG_HOME": home,
        "NO_COLOR": "1",
        "COLUMNS": str(COLUMNS),
        "TERM": "xterm",
        "TZ": "Asia/Shanghai",
        "LOGNAME": "you",
    }
    return kept | ours | {"PATH": programs}


def matches(expected: str, printed: str) -> bool:
    r"""Return whether ``printed`` is what the document says, ``…`` standing for anything.

    >>> matches("added C-…", "added C-01J9ZK4QW7RXM"), matches("a\n…\nz", "a\nb\nc\nz"), matches("a", "ab")
    (True, True, False)
    """
    pattern = ""
    for line in expected.splitlines():
        if line.strip() == "…":
            pattern += r"(?:[^\n]*\n)*"
        else:
            words = re.split(r"(\s+|…)", line.rstrip())
            pattern += "".join("[^\n]*" if w == "…" else r"[ \t]+" if w.isspace() else re.escape(w) for w in words if w)
            pattern += r"[ \t]*\n"
    return re.fullmatch(pattern, printed + "\n" if printed else "") is not None
