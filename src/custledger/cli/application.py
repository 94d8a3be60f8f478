"""The typer application of the program, and one way to run it: what typer raises becomes this project's errors.

The core's commands and those of plugins are added to the same application. Errors are printed by ``cli.main``, help is
plain text, and rich is not needed for either.
"""

import re
from collections.abc import Sequence
from typing import Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

from custledger.cli.invocation import Invocation
from custledger.errors import UsageError, without_long_words
from custledger.schema import nearest

PROGRAM = "custledger"
HELP = ("--help", "-h")
WIDTH = 110
SET = "--set"
CUSTOM = ("x-", "x_")
"""How the keys of custom fields begin."""
_RANGE = re.compile(r"is not a valid int(?:eger)?(?: range)?")
_BELOW = re.compile(r"is not in the range x>=(\d+)\.")
LIKE = 0.75
"""How like an option must be to what was typed, of 1, to be what was probably meant."""
SETTINGS = {"help_option_names": list(HELP), "max_content_width": WIDTH}
"""How typer reads and helps: the widest line of help, and both spellings of asking for it."""


_Context: Any = TyperGroup.context_class


class Context(_Context):  # type: ignore[misc]
    """How one command is run, and in which language its help is shown."""

    def make_formatter(self) -> Any:
        """Return what writes the help: that of this run's language, which is found out only for this."""
        run = self.find_root().obj
        if not isinstance(run, Invocation):
            return super().make_formatter()
        run.find_language()
        if not run.words.chinese:
            return super().make_formatter()
        from custledger.cli.chinese_help import formatter  # only help in Chinese needs it

        return formatter(self, run)


class Group(TyperGroup):
    """Commands under one word. Without one it shows what there is; an unknown one is answered with the nearest."""

    context_class = Context

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
            raise UsageError(f"{ctx.command_path} has no command {without_long_words(word)}.", hint=hint)
        name, command, rest = super().resolve_command(ctx, args)
        if command is not None:
            command.context_class = Context
        _refuse_twice(ctx, name, command, rest)
        return name, command, rest


def _refuse_twice(ctx: Any, name: Any, command: Any, words: list[str]) -> None:
    """Raise ``UsageError`` for an option with one value that is given twice, of which typer would take the last."""
    dashed = [word.partition("=")[0] for word in words if word.startswith("-")]
    if isinstance(command, TyperGroup) or len(set(dashed)) == len(dashed):
        return
    with command.context_class(command, info_name=name, parent=ctx) as own:
        try:
            given = command.make_parser(own).parse_args(list(words))[2]
        except typer.TyperException:
            return  # it is told when the command is run
    single = [each for each in given if each.param_type_name == "option" and not (each.multiple or each.is_flag)]
    for option in single:
        if single.count(option) > 1:
            raise UsageError(f"{own.command_path} {option.opts[0]} is given twice.", hint="Give it once.")


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
        raise _told(error, _path(command, words)) from error
    return code if isinstance(code, int) else 0


def _path(command: Any, words: Sequence[str]) -> str:
    """Return the program, the groups and the command that the words begin with."""
    path = [PROGRAM]
    for word in words:
        command = getattr(command, "commands", {}).get(word)
        if command is None:
            break
        path.append(word)
    return " ".join(path)


def _told(error: typer.TyperException, path: str) -> UsageError:
    """Return what typer did not understand as this project's error, with the nearest option or the way to the help.

    ``path`` is the command, which the error does not always know.
    """
    context = getattr(error, "ctx", None)
    path = context.command_path if context else path
    hint = f"{path} {HELP[0]} shows how."
    if context is None or not hasattr(error, "possibilities"):
        return UsageError(without_long_words(_sentence(" ".join(error.format_message().split()))), hint=hint)
    option = str(getattr(error, "option_name", ""))
    options = [name for parameter in context.command.params for name in parameter.opts]
    hint = _of_field(context, option) or _hint(option, options) or hint
    return UsageError(f"{path} has no option {without_long_words(option)}.", hint=hint)


def _of_field(context: Any, option: str) -> str:
    """Return how a field is set whose option would be ``option``, if the command's records have one."""
    from custledger.cli.options import without_option  # needed only where an option is not there

    run, group = context.find_root().obj, context.parent
    schema = run.plugins.schemas().get(group.info_name) if isinstance(run, Invocation) and group else None
    keys = {field.key for field in without_option(schema)} if schema else set()
    key = option.lstrip("-").replace("-", "_")
    return f'The field {key} is set with {SET} "{key}=VALUE".' if key in keys else ""


def _sentence(told: str) -> str:
    """Return what typer says of a value, without the names of its own types."""
    return _BELOW.sub(r"is less than \1.", _RANGE.sub("is not a whole number", told))


def _hint(option: str, options: Sequence[str]) -> str:
    """Return what was probably meant by an option that there is not; empty where that cannot be said."""
    import difflib  # needed only where something was misspelt

    bare = option.lstrip("-")
    if SET in options and bare.startswith(CUSTOM):
        return f'Custom fields are set with {SET} "{bare.replace("-", "_")}=VALUE".'
    by_name = {name.lstrip("-"): name for name in options}
    near = [by_name[name] for name in difflib.get_close_matches(bare, by_name, n=2, cutoff=LIKE)]
    if near:
        return f"Did you mean {' or '.join(near)}?"
    return f"Custom fields are set with {SET} FIELD=VALUE." if SET in options else ""
