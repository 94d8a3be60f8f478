"""Writes the generated parts of docs/reference from the code itself; cog puts them into the pages.

``nox -s references`` writes them anew, ``nox -s docs`` and ``tests/house/test_documents.py`` fail where they are out of
date. They tell of the core and of the plugins of this repository, whatever else is installed.
"""

import functools
import inspect
import re
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import attrs
from typer.main import get_command

from custledger import errors, fields, files, hookspecs
from custledger.cli.app import everything
from custledger.cli.flags import CommandLine
from custledger.cli.invocation import Invocation
from custledger.cli.options import MARK
from custledger.config import SETTINGS
from custledger.distributions import installed_plugins
from custledger.plugins import Plugins
from custledger.records import Record
from custledger.schema import Field, Schema

ROOT = Path(__file__).parents[1]
CORE_MODULE = "custledger"
EXAMPLE = "\n::\n"
"""What an example in a docstring stands under."""
ROLES = {
    "required": "required",
    "unique": "unique",
    "code": "names the record",
    "title": "its title",
    "searchable": "searched",
    "indexed": "indexed",
    "sensitive": "sensitive",
    "system": "set by the ledger",
}


@attrs.frozen
class Option:
    """An option or an argument of a command, as people write it. ``of_field`` says that a field of the type made it."""

    names: str
    help: str
    of_field: bool


@attrs.frozen
class Command:
    """A command: the words after ``custledger`` that name it, what it does, and what it takes."""

    path: str
    help: str
    options: tuple[Option, ...]


def record_types() -> str:
    """Return a section for every record type of the core and of the plugins in this repository."""
    return "\n\n".join(_type_section(record) for record in own_plugins().record_types())


def own_plugins() -> Plugins:
    """Return the plugins of this repository, without others that are installed beside them."""
    own = {path.name for path in ROOT.glob("plugins/*/src/*")}
    return Plugins(entry for entry in installed_plugins() if entry.module.partition(".")[0] in own)


def kinds() -> str:
    """Return the list of what a field can hold."""
    return ", ".join(f"`{kind.value}`" for kind in fields.Kind)


def hooks() -> str:
    """Return a section for every hook: its signature and what its docstring says."""
    return "\n\n".join(_hook_section(name, function) for name, function in hook_functions())


def hook_functions() -> list[tuple[str, Any]]:
    """Return ``(name, function)`` of every hook, in the order in which they are written."""
    found = inspect.getmembers(hookspecs.HookSpecs, inspect.isfunction)
    hooks = [(name, function) for name, function in found if name.startswith("custledger_")]
    return sorted(hooks, key=lambda pair: inspect.getsourcelines(pair[1])[1])


def descriptors() -> str:
    """Return a section for every class that a hook returns or is handed."""
    described = (
        hookspecs.StoreType,
        hookspecs.AddedField,
        files.Reader,
        files.Writer,
        files.Table,
        hookspecs.Problem,
        hookspecs.Reminder,
        hookspecs.Context,
        hookspecs.Sampler,
    )
    return "\n\n".join(f"### `{one.__name__}`\n\n{_text(one)}{_members(one)}" for one in described)


def _members(described: Any) -> str:
    """Return a table of the attributes and methods of a protocol; nothing for a class that describes its own."""
    if not getattr(described, "_is_protocol", False):
        return ""
    found = [(name, member) for name, member in vars(described).items() if not name.startswith("_")]
    rows = [
        (f"`{name}`", _text(member.fget))
        if isinstance(member, property)
        else (f"`{name}({', '.join(list(inspect.signature(member).parameters)[1:])})`", " ".join(_text(member).split()))
        for name, member in found
        if isinstance(member, property) or inspect.isfunction(member)
    ]
    return "\n\n" + table(("member", "meaning"), rows)


def error_tree() -> str:
    """Return a table of every error: its code, its exit code, and what it means."""
    rows = (
        (f"`{error.code}`", f"`{error.__name__}`", str(error.exit_code), _first_line(error)) for error in all_errors()
    )
    return table(("code", "class", "exit code", "meaning"), rows)


def all_errors() -> list[type[errors.CustledgerError]]:
    """Return every error class of ``custledger.errors``, in the order in which they are written."""
    found = vars(errors).values()
    return [error for error in found if isinstance(error, type) and issubclass(error, errors.CustledgerError)]


def table(heading: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table."""
    lines = [heading, ["---"] * len(heading), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def _type_section(record: type[Record]) -> str:
    schema = Schema.of(record)
    info = schema.info
    package = record.__module__.partition(".")[0].replace("_", "-")
    brought = "" if package == CORE_MODULE else f" Brought by the plugin `{package}`."
    rows = [_field_row(field) for field in schema.fields]
    return "\n\n".join(
        (
            f"## {info.name}: {info.labels.en}, {info.labels.zh}",
            f"{_first_line(record)}{brought} Ids begin with `{info.prefix}-`; `{info.when}` says when it happened.",
            table(("key", "English", "中文", "kind", "remarks", "also recognised as"), rows),
        )
    )


def _field_row(field: Field) -> tuple[str, ...]:
    spec = field.spec
    kind = spec.kind.value
    if spec.kind is fields.Kind.REFERENCE:
        kind += f" to {spec.target}" if spec.target else " to any record"
    return (f"`{field.key}`", spec.labels.en, spec.labels.zh, kind, "; ".join(_remarks(spec)), ", ".join(spec.aliases))


def _remarks(spec: fields.Spec) -> Iterator[str]:
    if spec.help.en:
        yield spec.help.en
    yield from (text for attribute, text in ROLES.items() if getattr(spec, attribute))
    if spec.choices:
        yield "choices: " + ", ".join(_choice(choice) for choice in spec.choices)
    if spec.default is not None:
        yield f"`{spec.default}` where not given"
    if spec.currency_of:
        yield f"the currency of `{spec.currency_of}`"
    if spec.kind is fields.Kind.REFERENCE and not spec.system:
        yield {
            "restrict": "keeps what it refers to from being removed",
            "cascade": "removed with what it refers to",
            "empty": "emptied when what it refers to is removed",
        }[spec.on_remove]


def _choice(choice: fields.Choice) -> str:
    label = "" if choice.labels.zh in {"", choice.code} else f" {choice.labels.zh}"
    return f"`{choice.code}`{label}"


def _hook_section(name: str, function: Any) -> str:
    signature = inspect.signature(function)
    given = [parameter for parameter in signature.parameters if parameter != "self"]
    returned = "" if signature.return_annotation is None else f" → `{_annotation(signature.return_annotation)}`"
    return f"### `{name}({', '.join(given)})`{returned}\n\n{_text(function)}"


def _annotation(annotation: Any) -> str:
    shown = inspect.formatannotation(annotation)
    for module in (
        "collections.abc.",
        "custledger.hookspecs.",
        "custledger.records.",
        "custledger.files.",
        "custledger.changes.",
    ):
        shown = shown.replace(module, "")
    return shown


def _text(documented: Any) -> str:
    """Return a docstring as Markdown; an example in it, set in under ``::``, as a block that the tests run."""
    text = (inspect.getdoc(documented) or "").partition(EXAMPLE)[0].replace("``", "`").rstrip()
    code = example_of(documented)
    return f"{text}\n\n```python\n{code}\n```" if code else text


def example_of(documented: Any) -> str:
    """Return the code of the example in a docstring, which is set in under ``::``; nothing where there is none.

    Blank lines are doubled where a module has two, which would look lost in a docstring.
    """
    code = textwrap.dedent((inspect.getdoc(documented) or "").partition(EXAMPLE)[2]).strip()
    return re.sub(r"\n\n(?=@|class |def )", "\n\n\n", code)


def _first_line(documented: Any) -> str:
    return _text(documented).partition("\n")[0]


def settings() -> str:
    """Return a table of the program's settings."""
    rows = (
        (f"`{one.name}`", f"`{one.flag}`" if one.flag else "", f"`{one.variable}`", one.meaning) for one in SETTINGS
    )
    return table(("in a file", "flag", "environment", "meaning"), rows)


def all_settings() -> list[str]:
    """Return every name by which a setting of the program can be given."""
    return [name for one in SETTINGS for name in (one.name, one.flag, one.variable) if name]


def commands() -> str:
    """Return a section for every command that is not made from a record type."""
    types = set(own_plugins().schemas())
    own = [command for command in all_commands() if command.path.split()[0] not in types or _is_extension(command)]
    return "\n\n".join(_command_section(f"`custledger {command.path}`", command) for command in own)


def type_commands() -> str:
    """Return a section for every verb of a record type, with the commands that it makes."""
    types = [schema.name for schema in own_plugins().schemas().values() if not schema.info.is_kept]
    known = {command.path: command for command in all_commands()}
    verbs = [path.split()[1] for path, command in known.items() if path.startswith("customer ")]
    sections = []
    for verb in verbs:
        section = _command_section(f"`custledger TYPE {verb}`", known[f"customer {verb}"])
        paths = ", ".join(f"`custledger {name} {verb}`" for name in types)
        sections.append(f"{section}\n\n{paths}")
    return "\n\n".join(sections)


@functools.cache
def all_commands() -> tuple[Command, ...]:
    """Return every command there is, in the order of the help."""
    invocation = Invocation(CommandLine(flags={}, rest=[]))
    invocation.plugins = own_plugins()
    return tuple(_walk(get_command(everything(invocation)), ()))


def _walk(command: Any, path: tuple[str, ...]) -> Iterator[Command]:
    """Yield the commands of what typer made of the application: of a group those that it holds, else itself."""
    if hasattr(command, "commands"):
        for name, each in command.commands.items():
            yield from _walk(each, (*path, name))
        return
    context = command.make_context(path[-1], [], resilient_parsing=True)
    options = tuple(_option(parameter, context) for parameter in command.params)
    yield Command(" ".join(path), " ".join(command.help.split()), options)


def _option(parameter: Any, context: Any) -> Option:
    """Return an option as the help of its command shows it, without the remark that it is needed."""
    names, told = parameter.get_help_record(context)
    return Option(names, " ".join(told.removesuffix("[required]").split()), parameter.name.startswith(MARK))


def _is_extension(command: Command) -> bool:
    """Whether a command of a record type's group is one that other types do not have."""
    record_type, *verb = command.path.split()
    return (
        bool(verb)
        and record_type != "customer"
        and not any(other.path == f"customer {verb[0]}" for other in all_commands())
    )


def _command_section(title: str, command: Command) -> str:
    rows = [(f"`{option.names}`", option.help) for option in command.options if not option.of_field]
    if any(option.of_field for option in command.options):
        rows.append(("`--FIELD VALUE`", "An option for every field: its key, with dashes."))
    return f"### {title}\n\n{command.help}" + (f"\n\n{table(('option', 'meaning'), rows)}" if rows else "")
