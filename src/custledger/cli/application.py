"""The typer application of the program, and one way to run it: what typer raises becomes this project's errors.

The core's commands and those of plugins are added to the same application. Errors are printed by ``cli.main``, help is
plain text, and rich is not needed for either.
"""

from collections.abc import Sequence
from typing import Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

from custledger.errors import UsageError
from custledger.schema import nearest

PROGRAM = "custledger"
HELP = ("--help", "-h")
WIDTH = 110
SETTINGS = {"help_option_names": list(HELP), "max_content_width": WIDTH}
"""How typer reads and helps: the widest line of help, and both spellings of asking for it."""


class Group(TyperGroup):
    """Commands under one word. Without one it shows what there is; an unknown one is answered with the nearest."""

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write what commands there are, each with the whole first line of its help."""
        for command in self.commands.values():
            command.short_help = command.short_help or (command.help or "").partition("\n")[0]
        super().format_commands(ctx, formatter)

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the group's own options."""
        return super().parse_args(ctx, args or [HELP[0]])

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Return the command that ``args`` name. Raises ``UsageError``."""
        word = args[0]
        if word not in self.commands and not word.startswith("-"):
            near = nearest(word, self.commands)
            hint = f"Did you mean {' or '.join(near)}?" if near else f"{ctx.command_path} --help lists what there is."
            raise UsageError(f"{ctx.command_path} has no command {word}.", hint=hint)
        return super().resolve_command(ctx, args)


def group(about: str) -> typer.Typer:
    """Return an application without commands, to be added to another by ``add_typer``, or to be run."""
    return typer.Typer(
        cls=Group,
        help=about,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings=SETTINGS,
    )


def names_of(app: typer.Typer) -> list[str]:
    """Return the names of the commands and groups of an application."""
    return list(getattr(get_command(app), "commands", ()))


def call(app: typer.Typer, words: Sequence[str], run: Any) -> int:
    """Run the command that the words name and return its exit code. Commands find ``run`` as ``ctx.obj``.

    Raises ``UsageError`` for words that typer does not understand, ``KeyboardInterrupt`` where a question was not
    answered, and whatever the command raises.
    """
    command = get_command(app)
    try:
        with command.make_context(PROGRAM, list(words), obj=run) as context:
            code = command.invoke(context)
    except typer.Exit as done:
        return int(done.exit_code)
    except typer.Abort as error:
        raise KeyboardInterrupt from error
    except typer.TyperException as error:
        raise _told(error, words[0] if words else HELP[0]) from error
    return code if isinstance(code, int) else 0


def _told(error: typer.TyperException, word: str) -> UsageError:
    """Return what typer did not understand as this project's error, with the nearest option or the way to the help."""
    context = getattr(error, "ctx", None)
    path = context.command_path if context else f"{PROGRAM} {word}"
    hint = f"{path} {HELP[0]} shows how."
    if context is None or not hasattr(error, "possibilities"):
        return UsageError(" ".join(error.format_message().split()), hint=hint)
    option = str(getattr(error, "option_name", ""))
    near = nearest(option, [name for parameter in context.command.params for name in parameter.opts])
    return UsageError(f"{path} has no option {option}.", hint=f"Did you mean {' or '.join(near)}?" if near else hint)
