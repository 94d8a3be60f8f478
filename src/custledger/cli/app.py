"""What commands there are: of all of them only the one that was typed is built, and its module imported.

A word is a command of the core, else a record type (by name, plural or label), else a plugin's command. Without a
word, and for help, all of them are listed. Everything is added to one typer application, also by plugins.
"""

import errno
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from importlib import import_module
from typing import Annotated

import typer

from custledger.cli import records
from custledger.cli.application import PROGRAM, call, group, names_of
from custledger.cli.flags import CommandLine
from custledger.cli.invocation import Invocation
from custledger.errors import ConflictError, CustledgerError, UsageError, file_error, without_long_words
from custledger.schema import Schema, nearest
from custledger.values import fold

COMMANDS: Mapping[str, str] = {
    "init": "setting_up",
    "demo": "demo",
    "search": "search",
    "import": "importing",
    "export": "exporting",
    "field": "field",
    "metric": "metric",
    "segment": "segment",
    "check": "check",
    "tag": "tag",
    "held": "held",
    "ledger": "ledger",
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

UNPRINTED = frozenset({errno.ENOSPC, errno.EIO, errno.EFBIG, errno.EBADF, errno.EDQUOT})
"""What the system says where an output takes no more; a closed pipe is not among it, since that is no error."""

PRINTING = ("custledger.cli.", "typer.", "rich.")
"""The modules that print."""

ABOUT = "A customer ledger that a business owns."


def run(line: CommandLine, invocation: Invocation | None = None) -> int:
    """Run what was typed and return the exit code. Raises ``CustledgerError``."""
    invocation = invocation or Invocation(line)
    try:
        code = _run(line, invocation)
        invocation.output.stdout.flush()
    except BaseException as error:
        if isinstance(error, ConflictError) and error.fields:
            from custledger.cli.conflicts import show_conflict

            show_conflict(error, invocation.session)
        told = _told(error, invocation)
        _close_quietly(invocation, str(error))
        if told is error:
            raise
        raise told from error
    invocation.close()
    return code


def _told(error: BaseException, invocation: Invocation) -> BaseException:
    """Return what to tell of an error, in the language of the run, as far as that can be found out."""
    if isinstance(error, OSError) and _is_of_printing(error):
        error = invocation.output.unprinted(error)
    elif isinstance(error, OSError) and not isinstance(error, BrokenPipeError):
        error = file_error(error.filename or "The file", error, "used")
    with suppress(CustledgerError):  # settings or plugins that cannot be understood have their error in English
        if isinstance(error, CustledgerError | KeyboardInterrupt):
            invocation.find_language()  # it was perhaps not needed, or not to be had, until something went wrong
        if isinstance(error, CustledgerError):
            from custledger.cli.hints import put_into_own_terms  # needed only where something ended

            put_into_own_terms(error, invocation.plugins.schemas())
            return invocation.put(error)
        if isinstance(error, KeyboardInterrupt):
            from custledger.cli.hints import with_flags

            error.hint = invocation.told(with_flags(str(error)))  # type: ignore[attr-defined]
            error.said = invocation.told(with_flags(f"Interrupted. {error}".strip()))  # type: ignore[attr-defined]
    return error


def _is_of_printing(error: OSError) -> bool:
    """Whether it is the output that takes no more, and not some file: by where it was raised."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    raised_in = str(trace.tb_frame.f_globals.get("__name__", "")) if trace else ""
    return error.errno in UNPRINTED and raised_in.startswith(PRINTING)


def _run(line: CommandLine, invocation: Invocation) -> int:
    if line.problem is not None:
        raise line.problem
    words = line.rest
    word = words[0] if words else ""
    if not word or word.startswith("-"):
        with _blaming("A command that a plugin brings"):
            return call(everything(invocation, members=False), words, invocation)
    app = _root()
    if word in COMMANDS:
        _add_core(app, word, invocation)
        return call(app, words, invocation)
    schemas = invocation.plugins.schemas()
    schema = schemas.get(word) or _by_name(schemas, word)
    if schema is None:
        return _strange(words, invocation, schemas)
    if schema.info.is_kept:
        return _read_only(schema, words[1:], invocation)
    verb = words[1] if len(words) > 1 else ""
    app.add_typer(group_of(schema, verb, invocation), name=schema.name)
    return call(app, [schema.name, *words[1:]], invocation)


def everything(invocation: Invocation, *, members: bool = True) -> typer.Typer:
    """Return every command there is: the core's, those of the record types, and those of plugins.

    Without ``members`` the groups of the record types are empty, which is enough to list them.
    """
    app = group(ABOUT)
    app.callback()(_global_options)
    for schema in invocation.plugins.schemas().values():
        if schema.info.is_kept:
            continue
        one = group_of(schema, "", invocation) if members else group(_about(schema))
        app.add_typer(one, name=schema.name)
    for name in COMMANDS:
        _add_core(app, name, invocation)
    invocation.plugins.commands(app)
    return app


def group_of(schema: Schema, verb: str, invocation: Invocation) -> typer.Typer:
    """Return the group of a record type, with just the command ``verb`` where it is one that every type has."""
    app = group(_about(schema))
    if records.add_verb(app, schema, verb, invocation):
        return app
    for each in records.VERBS:
        records.add_verb(app, schema, each, invocation)
    if schema.name in EXTENSIONS:
        import_module(f"custledger.cli.commands.{EXTENSIONS[schema.name]}").extend(app, invocation)
    return app


def _root() -> typer.Typer:
    """Return the application without commands; only the help of ``everything`` shows the global options."""
    app = group(ABOUT)
    app.callback()(_nothing)
    return app


def _nothing() -> None:
    """Do nothing: with a callback, typer makes a group even of a single command."""


def _global_options(
    *,
    ledger: Annotated[str, typer.Option("--ledger", metavar="URL", help="The ledger: a path, or a URL.")] = "",
    actor: Annotated[str, typer.Option("--as", metavar="ACTOR", help="Who is acting, for the log.")] = "",
    lang: Annotated[str, typer.Option("--lang", metavar="en|zh", help="The language of headings and choices.")] = "",
    as_of: Annotated[str, typer.Option("--as-of", metavar="DATE", help="The day that counts as today.")] = "",
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    """Show the options of every command. ``cli.flags`` has read them, since they may follow a command too."""


def _about(schema: Schema) -> str:
    return f"{schema.info.labels.en} records ({schema.info.labels.zh})."


def _by_name(schemas: Mapping[str, Schema], word: str) -> Schema | None:
    """Return the schema whose plural or label ``word`` is."""
    wanted = fold(word)
    for schema in schemas.values():
        if wanted in {fold(name) for name in (*schema.info.labels.both(), schema.info.plural, schema.name)}:
            return schema
    return None


def _add_core(app: typer.Typer, name: str, invocation: Invocation) -> None:
    import_module(f"custledger.cli.commands.{COMMANDS[name]}").register(app, invocation)


def _strange(words: list[str], invocation: Invocation, schemas: Mapping[str, Schema]) -> int:
    """Run a plugin's command, or show records that the ledger has. Raises ``UsageError`` where it is neither."""
    app, word = _root(), words[0]
    invocation.plugins.commands(app)
    with _blaming(f"The command {word}, which a plugin brings,"):
        names = names_of(app)
        if word in names:
            return call(app, words, invocation)
    in_ledger = _stored(invocation)
    stored = in_ledger.get(word) or _by_name(in_ledger, word)
    if stored is not None:
        return _read_only(stored, words[1:], invocation)
    near = nearest(word, dict.fromkeys([*COMMANDS, *_written(schemas), *names, *_written(in_ledger)]))
    hint = f"Did you mean {' or '.join(near)}?" if near else f"{PROGRAM} --help lists the commands."
    raise UsageError(f"There is no command {without_long_words(word)}.", hint=hint)


def _written(schemas: Mapping[str, Schema]) -> list[str]:
    """Return the names of the types that people write."""
    return [name for name, schema in schemas.items() if not schema.info.is_kept]


def _stored(invocation: Invocation) -> Mapping[str, Schema]:
    """Return the record types of the ledger, if there is one; among them are those that no plugin here brings."""
    try:
        return invocation.session.schemas
    except CustledgerError:
        return {}


def _read_only(schema: Schema, words: list[str], invocation: Invocation) -> int:
    """Run a command of a type whose records are read, not written: its plugin is absent, or the ledger keeps it."""
    if words and words[0] in records.VERBS.keys() - records.READING:
        invocation.session.writable_schema(schema.name)
    app, reading = _root(), group(_about(schema))
    for verb in records.READING:
        records.add_verb(reading, schema, verb, invocation)
    app.add_typer(reading, name=schema.name)
    return call(app, [schema.name, *words], invocation)


@contextmanager
def _blaming(what: str) -> Iterator[None]:
    """Name what a plugin's command raises beside ``CustledgerError``, to be told in one line."""
    try:
        yield
    except (CustledgerError, BrokenPipeError):
        raise
    except Exception as error:
        if isinstance(error, OSError) and _is_of_printing(error):
            raise
        raise CustledgerError(
            f"{what} failed: {type(error).__name__}: {error}",
            hint=f"{PROGRAM} plugin list shows which plugin brings commands; tell its author.",
        ) from error


def _close_quietly(invocation: Invocation, told: str) -> None:
    """Close the ledger when something else has gone wrong already, and is what should be told."""
    try:
        invocation.close(told)
    except (CustledgerError, OSError) as error:
        with suppress(OSError):
            invocation.output.complain("warning", str(error))
