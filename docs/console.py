r"""Runs the ``console`` blocks of the documents: each ``$ command`` in the document's own folder, output compared.

A block reads as a terminal does: a line that begins with ``$ `` is a command (one that ends with ``\`` goes on), the
lines up to the next one are what it prints, on stdout and stderr together. ``…`` stands for anything within a line, and
a line that is only ``…`` for any number of lines. An id stands for whatever id was printed there, and from then on, in
commands too, always for that one; a moment stands for any moment, and a rule for one of any length. A last line
``[exit 3]`` gives the exit code of a command that fails.

A block of ``py`` or ``toml`` behind a line that ends with the name of a file and a colon is that file: it is written
into the document's folder. Where that has an environment of its own, ``.venv``, its programs come first.

Commands run on a terminal of their own, so that they print what a reader would see: tables, and not tabs.
"""

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
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO, Any

from beside import with_programs
from sybil import Document, Example, Region
from sybil.parsers.myst import CodeBlockParser
from sybil.typing import Parser

ID = re.compile(r"\b[A-Z]-[0-9A-HJKMNP-TV-Z]{13}\b")
TIME = re.compile(r"\b\d{4}-\d\d-\d\d \d\d:\d\d(?::\d\d)?\b")
RULE = re.compile("[─━]+")
PARTS = re.compile(rf"({ID.pattern}|{TIME.pattern}|{RULE.pattern}|…|\s+)")
SHELL = shutil.which("bash") or "sh"
FILE = re.compile(r"`(?P<name>[\w./-]+)`:\n\n```(?:py|toml)\n(?P<text>.*?\n)```$", re.DOTALL | re.MULTILINE)
LINES, COLUMNS = 40, 110
TIMEOUT = 120
END = b"\x00\x03\x00"
"""What closes a command's output: bytes that no command prints."""
ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07]*\x07|[@-Z\\-_])")


class InOrder:
    """A parser that makes one example of all that other parsers find in a document.

    The examples of a document build on each other. As one they stay together, whichever process runs them.
    """

    def __init__(self, *parsers: Parser) -> None:
        self._parsers = parsers

    def __call__(self, document: Document) -> Iterator[Region]:
        """Yield one region, the whole document, where there is any example in it."""
        parts = Document(document.text, document.path)
        for parser in self._parsers:
            for region in parser(document):
                parts.add(region)

        def run_all(whole: Example) -> None:
            parts.namespace = whole.namespace
            for part in parts.examples():
                part.evaluate()

        if parts.regions:
            yield Region(0, document.end, evaluator=run_all)


def console_parser() -> CodeBlockParser:
    """Return Sybil's parser for ``console`` blocks."""
    return CodeBlockParser(language="console", evaluator=run_block)


def file_parser(document: Document) -> Iterator[Region]:
    """Yield the files of a document: blocks that are to be written, and what writes them."""
    for found in FILE.finditer(document.text):
        yield Region(*found.span("text"), parsed=(found["name"], found["text"]), evaluator=_write_file)


def _write_file(example: Example) -> None:
    name, text = example.parsed
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def own_folder(namespace: dict[str, Any]) -> None:
    """Give a document an empty folder of its own, in which its examples run, and from which they import."""
    folder = Path(tempfile.mkdtemp(prefix="custledger-docs-"))
    namespace["_document"] = (folder, Path.cwd())
    os.chdir(folder)
    sys.path.insert(0, str(folder))


def leave_folder(namespace: dict[str, Any]) -> None:
    """Go back to where the tests run, and remove the document's folder."""
    folder, before = namespace.pop("_document")
    os.chdir(before)
    sys.path.remove(str(folder))
    for name, module in list(sys.modules.items()):
        if str(getattr(module, "__file__", None) or "").startswith(str(folder)):
            del sys.modules[name]
    shutil.rmtree(folder, ignore_errors=True)


def run_block(example: Example) -> str | None:
    """Run the commands of one block and return how their output differs from what is written, or None."""
    known: dict[str, str] = example.namespace.setdefault("_ids", {})
    for written, expected in commands(str(example.parsed)):
        command = "".join(known.get(part, part) for part in PARTS.split(written))
        printed = run(command)
        found = matching(expected, printed, known)
        if found is None:
            shown = "\n".join(difflib.ndiff(expected.splitlines(), printed.splitlines()))
            return f"$ {command}\nprinted something else than the document says:\n{shown}"
        known |= found
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
    with (
        os.fdopen(terminal, "rb", buffering=0) as shown,
        os.fdopen(end, "wb", buffering=0) as typed,
        ThreadPoolExecutor(max_workers=1) as aside,
    ):
        printed = aside.submit(_read_all, shown)
        try:
            code = subprocess.run(
                [SHELL, "-c", command],
                stdin=subprocess.DEVNULL,
                stdout=typed,
                stderr=typed,
                env=environment(Path.cwd()),
                timeout=TIMEOUT,
                check=False,
            ).returncode
        finally:
            # A terminal whose last writer is gone may drop what was not read yet, so its end is ours to write.
            typed.write(END)
        text = printed.result()
    return f"{text}\n[exit {code}]".strip("\n") if code else text


def _read_all(shown: IO[bytes]) -> str:
    """Return the text that is printed on a terminal until ``END``, without colours and the like."""
    printed = bytearray()
    while not printed.endswith(END):
        printed += shown.read(65536)
    lines = re.split(r"\r*\n", ESCAPES.sub("", printed.removesuffix(END).decode("utf-8")))
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
    made = kept | ours | {"PATH": programs}
    own = folder / ".venv" / "bin"
    return with_programs(made, own) if own.is_dir() else made


def matching(expected: str, printed: str, known: Mapping[str, str]) -> dict[str, str] | None:
    r"""Return which id of the document stands for which id that was printed, or None where the output is another.

    ``known`` are the ids met before: one that is met again must stand for the same.

    >>> matching("added C-01J9ZK4QW7RXM", "added C-01K0000000000", {})
    {'C-01J9ZK4QW7RXM': 'C-01K0000000000'}
    >>> matching("a\n…\nz", "a\nb\nc\nz", {}), matching("a", "ab", {})
    ({}, None)
    """
    written: list[str] = []
    pattern = "".join(_line_pattern(line, known, written) for line in expected.splitlines())
    found = re.fullmatch(pattern, printed + "\n" if printed else "")
    return None if found is None else dict(zip(written, found.groups(), strict=True))


def _line_pattern(line: str, known: Mapping[str, str], written: list[str]) -> str:
    """Return the pattern of one line that is written; new ids in it are added to ``written``."""
    if line.strip() == "…":
        return r"(?:[^\n]*\n)*"
    pattern = ""
    for part in PARTS.split(line.rstrip()):
        if part == "…":
            pattern += r"[^\n]*"
        elif part.isspace():
            pattern += r"[ \t]+"
        elif TIME.fullmatch(part):
            pattern += TIME.pattern
        elif RULE.fullmatch(part):
            pattern += RULE.pattern
        elif ID.fullmatch(part) and part not in known and part not in written:
            written.append(part)
            pattern += rf"({part[0]}-[0-9A-Z]{{13}})"
        elif part in written:
            pattern += rf"(?:\{written.index(part) + 1})"
        else:
            pattern += re.escape(known.get(part, part))
    return pattern + r"[ \t]*\n"
