"""The application: of all commands there are, only the one that was typed is built.

A word is a command of the core, else a record type (by name, plural or label), else a plugin's command. Without a
word, and for help, all of them are listed.
"""

from collections.abc import Mapping
from importlib import import_module

from custledger.cli import records
from custledger.cli.arguments import Group
from custledger.cli.flags import CommandLine
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

OPTIONS = (
    ("--ledger URL", "the ledger: a path, or a URL such as sqlite:ledger.db"),
    ("--as ACTOR", "who is acting, for the log"),
    ("--lang en|zh", "the language of headings and choices"),
    ("--as-of DATE", "the day that counts as today"),
    ("--version", "print the version"),
)
ABOUT = "A customer ledger that a business owns."


def run(line: CommandLine, invocation: Invocation | None = None) -> int:
    """Run what was typed and return the exit code. Raises ``CustledgerError``."""
    invocation = invocation or Invocation(line)
    try:
        code = _run(line, invocation)
    except BaseException:
        _close_quietly(invocation)
        raise
    invocation.close()
    return code


def _run(line: CommandLine, invocation: Invocation) -> int:
    words = list(line.rest)
    word = words[0] if words and not words[0].startswith("-") else ""
    if not word:
        return everything(invocation).run(words, PROGRAM)
    root = Group(PROGRAM)
    if word in COMMANDS:
        _add_core(root, word, invocation)
        return root.run(words, PROGRAM)
    schemas = invocation.plugins.schemas()
    schema = schemas.get(word) or _by_name(schemas, word)
    if schema is None:
        return _strange(word, words, invocation, schemas)
    verb = words[1] if len(words) > 1 else ""
    root.add(group_of(schema, verb, invocation))
    return root.run([schema.name, *words[1:]], PROGRAM)


def everything(invocation: Invocation) -> Group:
    """Return every command there is: the core's, those of the record types, and those of plugins."""
    root = Group(PROGRAM, ABOUT)
    root.options = OPTIONS
    for schema in invocation.plugins.schemas().values():
        root.add(group_of(schema, "", invocation))
    for name in COMMANDS:
        _add_core(root, name, invocation)
    if any("commands" in one.hooks for one in invocation.plugins.described()):
        from custledger.cli.strangers import Strangers  # noqa: PLC0415 - typer is imported only for plugins' commands

        for name, about in Strangers(invocation).names().items():
            root.add(Group(name, about))
    return root


def group_of(schema: Schema, verb: str, invocation: Invocation) -> Group:
    """Return the group of a record type, with just the command ``verb`` where it is one that every type has."""
    group = Group(schema.name, f"{schema.info.labels.en} records ({schema.info.labels.zh}).")
    if records.add_verb(group, schema, verb, invocation):
        return group
    for each in records.VERBS:
        records.add_verb(group, schema, each, invocation)
    if schema.name in EXTENSIONS:
        import_module(f"custledger.cli.commands.{EXTENSIONS[schema.name]}").extend(group, invocation)
    return group


def _by_name(schemas: Mapping[str, Schema], word: str) -> Schema | None:
    """Return the schema whose plural or label ``word`` is."""
    wanted = fold(word)
    for schema in schemas.values():
        if wanted in {fold(name) for name in (*schema.info.labels.both(), schema.info.plural, schema.name)}:
            return schema
    return None


def _add_core(root: Group, name: str, invocation: Invocation) -> None:
    import_module(f"custledger.cli.commands.{COMMANDS[name]}").register(root, invocation)


def _strange(word: str, words: list[str], invocation: Invocation, schemas: Mapping[str, Schema]) -> int:
    """Run a plugin's command. Raises ``UsageError`` where no plugin has it."""
    names: list[str] = []
    if any("commands" in one.hooks for one in invocation.plugins.described()):
        from custledger.cli.strangers import Strangers  # noqa: PLC0415 - as above

        strangers = Strangers(invocation)
        names = list(strangers.names())
        if word in names:
            return strangers.invoke(words, PROGRAM)
    near = nearest(word, [*COMMANDS, *schemas, *names])
    hint = f"Did you mean {' or '.join(near)}?" if near else f"{PROGRAM} --help lists the commands."
    raise UsageError(f"There is no command {word}.", hint=hint)


def _close_quietly(invocation: Invocation) -> None:
    """Close the ledger when something else has gone wrong already, and is what should be told."""
    try:
        invocation.close()
    except (CustledgerError, OSError) as error:
        invocation.output.note(f"warning: {error}")
