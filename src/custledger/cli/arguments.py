"""Commands whose options are read from the signatures of their functions.

typer does the same with more comfort, and takes as long to import as everything that showing one record needs. The core's
options are plain: a flag and a value, or a flag alone, never abbreviated, in any order; ``--`` ends them. Plugins add
their commands to a typer application (``cli.strangers``), which is imported when one of them is meant.

A parameter is annotated ``Annotated[type, Option("--name", …)]`` or ``Annotated[type, Argument(…)]``; the type is
``str``, ``int``, ``bool``, ``Path`` or ``list[str]``, or one of them or ``None``.
"""

import inspect
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import UnionType
from typing import Any, NamedTuple, get_args, get_origin

from custledger.errors import UsageError
from custledger.schema import nearest

WIDTH = 110
HELP = ("--help", "-h")
Function = Callable[..., int | None]


class Option(NamedTuple):
    """An option: its flag, what its value is called, what it means, and the least number it takes."""

    flag: str
    metavar: str = ""
    help: str = ""
    min: int | None = None


class Argument(NamedTuple):
    """An argument that stands by itself."""

    metavar: str = ""
    help: str = ""


class Slot:
    """One parameter of a command's function, and how it is written on the command line."""

    def __init__(self, parameter: inspect.Parameter) -> None:
        kind, self.told = get_args(parameter.annotation)
        self.name = parameter.name
        self.kind, self.is_list = _plain(kind)
        self.required = parameter.default is inspect.Parameter.empty
        self.default = None if self.required else parameter.default

    @property
    def flag(self) -> str:
        """The flag of an option; empty for an argument."""
        return self.told.flag if isinstance(self.told, Option) else ""

    @property
    def shown(self) -> str:
        """How it is written: ``--limit N``, ``--json``, ``FILE``."""
        usual = {int: "N", Path: "FILE", bool: ""}.get(self.kind, "TEXT" if self.flag else self.name.strip("_").upper())
        return f"{self.flag} {self.told.metavar or usual}".strip()

    def read(self, text: str) -> Any:
        """Return the value that ``text`` stands for. Raises ``UsageError``."""
        if self.kind is not int:
            return self.kind(text)
        try:
            number = int(text)
        except ValueError as error:
            raise UsageError(f"{self.shown}: {text} is not a whole number.", hint="Write digits only.") from error
        least = self.told.min
        if least is not None and number < least:
            raise UsageError(f"{self.shown}: {text} is less than {least}.", hint=f"Give {least} or more.")
        return number


class Command:
    """One command: a name, a function, and the options that its signature tells."""

    def __init__(self, name: str, function: Function) -> None:
        self.name = name
        self.function = function
        self.help = inspect.cleandoc(function.__doc__ or "")

    @property
    def slots(self) -> list[Slot]:
        """The parameters of the function."""
        return [Slot(parameter) for parameter in inspect.signature(self.function).parameters.values()]

    def run(self, words: Sequence[str], path: str) -> int:
        """Read the options, call the function and return its exit code. Raises ``UsageError``."""
        before = words[: words.index("--")] if "--" in words else words
        if any(word in HELP for word in before):
            sys.stdout.write(self.usage(path))
            return 0
        try:
            given = self.read(words)
        except UsageError as error:
            error.hint = error.hint or f"{path} --help shows how."
            raise
        return self.function(**given) or 0

    def read(self, words: Sequence[str]) -> dict[str, Any]:
        """Return the values of the function's parameters. Raises ``UsageError``."""
        slots = self.slots
        flags = {slot.flag: slot for slot in slots if slot.flag}
        given: dict[str, Any] = {}
        bare: list[str] = []
        remaining = iter(words)
        for word in remaining:
            if word == "--":
                bare += remaining
            elif word.startswith("-") and word != "-":
                _take(word, remaining, flags, given)
            else:
                bare.append(word)
        _fill([slot for slot in slots if not slot.flag], bare, given)
        for slot in slots:
            if slot.required and slot.name not in given:
                raise UsageError(f"{slot.shown} is missing.")
            given.setdefault(slot.name, slot.default)
        return given

    def usage(self, path: str) -> str:
        """Return the help of the command."""
        import textwrap  # noqa: PLC0415 - needed only here

        slots = self.slots
        arguments = "".join(f" {slot.shown}" for slot in slots if not slot.flag)
        needed = "".join(f" {slot.shown}" for slot in slots if slot.flag and slot.required)
        lines = [f"usage: {path}{arguments}{needed} [options]", "", *textwrap.wrap(self.help, WIDTH), "", "options:"]
        rows = [(slot.shown, slot.told.help) for slot in slots] + [(", ".join(HELP), "show this message")]
        widest = max(len(shown) for shown, _ in rows)
        for shown, told in rows:
            first, *more = textwrap.wrap(told, WIDTH - widest - 4) or [""]
            lines.append(f"  {shown:{widest}}  {first}".rstrip())
            lines += [f"  {'':{widest}}  {line}" for line in more]
        return "\n".join([*lines, ""])


class Group:
    """Commands under one word. The root is a group as well."""

    def __init__(self, name: str, help_text: str = "") -> None:
        self.name = name
        self.help = help_text
        self.options: Sequence[tuple[str, str]] = ()
        self.members: dict[str, Command | Group] = {}

    def command(self, name: str) -> Callable[[Function], Function]:
        """Return a decorator that makes a command of a function."""

        def decorate(function: Function) -> Function:
            self.members[name] = Command(name, function)
            return function

        return decorate

    def add(self, group: "Group") -> None:
        """Add a group of commands."""
        self.members[group.name] = group

    def run(self, words: Sequence[str], path: str) -> int:
        """Run the command that the words name, or show what there is. Raises ``UsageError``."""
        if not words or words[0] in HELP:
            sys.stdout.write(self.listing(path))
            return 0
        word, *rest = words
        member = self.members.get(word)
        if member is None:
            near = nearest(word, self.members)
            what = "option" if word.startswith("-") else "command"
            raise UsageError(
                f"{path} has no {what} {word}.",
                hint=f"Did you mean {' or '.join(near)}?" if near else f"{path} --help lists what there is.",
            )
        return member.run(rest, f"{path} {word}")

    def listing(self, path: str) -> str:
        """Return the help of the group."""
        lines = [f"usage: {path} COMMAND …", "", self.help, "", "commands:"]
        widest = max(map(len, [*self.members, *(name for name, _ in self.options)]), default=0)
        lines += [f"  {name:{widest}}  {_first_line(member.help)}" for name, member in self.members.items()]
        if self.options:
            lines += ["", "options, before or after a command:"]
            lines += [f"  {name:{widest}}  {text}" for name, text in self.options]
        return "\n".join([*lines, ""])


def _first_line(text: str) -> str:
    return text.partition("\n")[0]


def _take(word: str, remaining: Iterator[str], flags: dict[str, Slot], given: dict[str, Any]) -> None:
    """Take one option, and its value where it has one. Raises ``UsageError``."""
    flag, equals, value = word.partition("=")
    slot = flags.get(flag)
    if slot is None:
        near = nearest(flag, flags)
        raise UsageError(f"There is no option {flag}.", hint=f"Did you mean {' or '.join(near)}?" if near else "")
    if slot.kind is bool:
        if equals:
            raise UsageError(f"The option {flag} takes no value.")
        given[slot.name] = True
        return
    text = value if equals else next(remaining, None)
    if text is None:
        raise UsageError(f"The option {slot.shown} needs a value.")
    if slot.is_list:
        given.setdefault(slot.name, []).append(slot.read(text))
    else:
        given[slot.name] = slot.read(text)


def _fill(slots: Sequence[Slot], bare: list[str], given: dict[str, Any]) -> None:
    """Give the words that stand by themselves to the arguments, in order. Raises ``UsageError`` for one too many."""
    for slot in slots:
        taken = bare[:] if slot.is_list else bare[:1]
        del bare[: len(taken)]
        if taken:
            read = [slot.read(word) for word in taken]
            given[slot.name] = read if slot.is_list else read[0]
    if bare:
        raise UsageError(f"{bare[0]} is one word too many.")


def _plain(kind: Any) -> tuple[Any, bool]:
    """Return the type without ``None`` and ``list``, and whether it was a list."""
    if isinstance(kind, UnionType):
        kind = next(each for each in get_args(kind) if each is not type(None))
    return (get_args(kind)[0], True) if get_origin(kind) is list else (kind, False)
