"""The application: of all commands there are, only the one that was typed is built.

A word is a command of the core, else a record type (by name, plural or label), else a plugin's command. Without a
word, and for help, all of them are built.
"""

from collections.abc import Mapping
from importlib import import_module
from typing import Annotated, Any

import typer

from custledger.cli.flags import CommandLine
from custledger.cli.groups import new_app, new_group
from custledger.cli.invocation import Invocation
from custledger.errors import CustledgerError, UsageError
from custledger.schema import Schema, nearest
from custledger.values import fold

PROGRAM = "custledger"

COMMANDS: Mapping[str, str] = {
    "init": "setting_up",
    "demo": "demo",
    "search": "search",
    "import": "importing",
    "export": "exporting",
    "field": "field",
    "log": "log",
    "undo": "undo",
    "backup": "backing_up",
    "restore": "backing_up",
    "plugin": "plugin",
    "config": "config",
    "doctor": "doctor",
}
"""The core's commands that are not made from a record type, and the module of ``cli.commands`` that has each."""

EXTENSIONS: Mapping[str, str] = {"followup": "followup"}
"""Commands that the core adds to the group of a record type, by the type's name."""


def run(line: CommandLine, invocation: Invocation | None = None) -> int:
    """Run what was typed and return the exit code. Raises ``CustledgerError``."""
    invocation = invocation or Invocation(line)
    try:
        arguments = _with_help(line)
        root = build(line, invocation)
        code = _invoke(root, arguments, invocation)
    except BaseException:
        _close_quietly(invocation)
        raise
    invocation.close()
    return code


def build(line: CommandLine, invocation: Invocation) -> typer.Typer:
    """Return the application with what ``line`` asks for, or with everything there is."""
    root = new_app()
    root.callback(invoke_without_command=True)(_root)
    word = line.words[0] if line.words else ""
    if word:
        line.rest[line.rest.index(word)] = _add_word(root, word, line.words[1:], invocation)
    else:
        for name in ("init", "demo"):
            _add_core(root, name, invocation)
        for schema in invocation.plugins.schemas().values():
            _add_type(root, schema, "", invocation)
        for name in COMMANDS:
            if name not in {"init", "demo", "restore"}:
                _add_core(root, name, invocation)
        invocation.plugins.commands(root)
    return root


def _add_word(root: typer.Typer, word: str, following: list[str], invocation: Invocation) -> str:
    """Add what ``word`` names, and return its proper name. Raises ``UsageError``."""
    if word in COMMANDS:
        _add_core(root, word, invocation)
        return word
    schemas = invocation.plugins.schemas()
    names = {
        fold(name): schema
        for schema in schemas.values()
        for name in (*schema.info.labels.both(), schema.info.plural, schema.name)
    }
    schema = schemas.get(word) or names.get(fold(word))
    if schema is not None:
        _add_type(root, schema, following[0] if following else "", invocation)
        return schema.name
    before = _names(root)
    invocation.plugins.commands(root)
    added = _names(root) - before
    if word not in added:
        every = [*COMMANDS, *schemas, *added]
        near = nearest(word, every)
        raise UsageError(
            f"There is no command {word}.",
            hint=f"Did you mean {' or '.join(near)}?" if near else f"{PROGRAM} --help lists the commands.",
        )
    return word


def _add_core(root: typer.Typer, name: str, invocation: Invocation) -> None:
    import_module(f"custledger.cli.commands.{COMMANDS[name]}").register(root, invocation)


def _add_type(root: typer.Typer, schema: Schema, verb: str, invocation: Invocation) -> None:
    """Add the group of a record type, with one of its commands, or with all where ``verb`` names none."""
    from custledger.cli import records  # noqa: PLC0415 - many commands have nothing to do with a type

    group = new_group(f"{schema.info.labels.en} records ({schema.info.labels.zh}).")
    extension = EXTENSIONS.get(schema.name)
    if not records.add_verb(group, schema, verb, invocation):
        if extension is not None:
            import_module(f"custledger.cli.commands.{extension}").extend(group, invocation)
        if not verb or verb not in _names(group):
            if verb:
                _refuse_verb(schema, verb, _names(group))
            for each in records.VERBS:
                records.add_verb(group, schema, each, invocation)
    root.add_typer(group, name=schema.name)


def _refuse_verb(schema: Schema, verb: str, more: set[str]) -> None:
    from custledger.cli import records  # noqa: PLC0415 - as above

    near = nearest(verb, [*records.VERBS, *more])
    listed = ", ".join([*records.VERBS, *sorted(more)])
    raise UsageError(
        f"{PROGRAM} {schema.name} has no command {verb}.",
        hint=f"Did you mean {' or '.join(near)}?" if near else f"There are: {listed}.",
    )


def _names(app: typer.Typer) -> set[str]:
    commands = {
        each.name or getattr(each.callback, "__name__", "").replace("_", "-") for each in app.registered_commands
    }
    return commands | {each.name for each in app.registered_groups if each.name}


def _with_help(line: CommandLine) -> list[str]:
    """Ask for help where a command, or nothing, was typed that cannot stand alone."""
    if not line.rest:
        line.rest.append("--help")
    return line.rest


def _invoke(root: typer.Typer, arguments: list[str], invocation: Invocation) -> int:
    """Parse and run. What typer says of a wrong command line becomes a ``UsageError``."""
    command: Any = typer.main.get_command(root)
    usage_error: Any = typer.BadParameter.__mro__[2]  # ClickException, wherever this typer keeps it
    try:
        with command.make_context(PROGRAM, list(arguments), obj=invocation) as context:
            command.invoke(context)
    except typer.Exit as done:
        return int(done.exit_code)
    except typer.Abort as error:
        raise KeyboardInterrupt from error
    except usage_error as error:
        raise _readable(error) from error
    return 0


def _readable(error: Any) -> CustledgerError:
    """Return a wrong command line as our own error, on one line, with where to read more."""
    context = getattr(error, "ctx", None)
    path = context.command_path if context is not None else PROGRAM
    message = " ".join(error.format_message().split())
    return UsageError(message if message.endswith((".", "?")) else f"{message}.", hint=f"{path} --help shows how.")


def _close_quietly(invocation: Invocation) -> None:
    """Close the ledger when something else has gone wrong already, and is what should be told."""
    try:
        invocation.close()
    except (CustledgerError, OSError) as error:
        invocation.output.note(f"warning: {error}")


def _root(
    context: typer.Context,
    *,
    _ledger: Annotated[str, typer.Option("--ledger", metavar="URL", help="The ledger: a path, or a URL.")] = "",
    _actor: Annotated[str, typer.Option("--as", metavar="ACTOR", help="Who is acting, for the log.")] = "",
    _language: Annotated[str, typer.Option("--lang", metavar="en|zh", help="Language of headings and choices.")] = "",
    _as_of: Annotated[str, typer.Option("--as-of", metavar="DATE", help="The day that counts as today.")] = "",
    _version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    """A customer ledger that a business owns. These options may stand before or after a command."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())
