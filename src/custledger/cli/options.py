"""Options of the command line made from the fields of a record type.

typer reads a command's options from the signature of its function, so a function is given a signature that has one
option for each field. What people write is handed on as text: the field's own kind reads it.
"""

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any

import typer

from custledger.errors import UsageError
from custledger.fields import Kind
from custledger.schema import Field, Schema

RESERVED = frozenset(
    {"set", "where", "dry-run", "yes", "json", "reason", "help", "ledger", "as", "lang", "as-of", "revision"}
)
"""Option names with a meaning of their own; a field of that name is set with ``--set``."""
MARK = "field_"
_KINDS = {
    Kind.INTEGER: "INTEGER",
    Kind.NUMBER: "NUMBER",
    Kind.MONEY: "MONEY",
    Kind.DATE: "DATE",
    Kind.TIME: "TIME",
    Kind.YES_NO: "YES/NO",
    Kind.PHONE: "PHONE",
    Kind.EMAIL: "EMAIL",
    Kind.TAGS: "TAGS",
    Kind.REFERENCE: "REF",
}

JsonFlag = Annotated[bool, typer.Option("--json", help="Print JSON.")]
NlFlag = Annotated[bool, typer.Option("--nl", help="Print one JSON object a line.")]
CsvFlag = Annotated[bool, typer.Option("--csv", help="Print CSV.")]
TsvFlag = Annotated[bool, typer.Option("--tsv", help="Print tab-separated values.")]
SetOption = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="FIELD=VALUE", help="Set a field by name, label or alias; custom fields too."),
]
ReasonOption = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why, for the log.")]
WhereOption = Annotated[str, typer.Option("--where", metavar="EXPRESSION", help="Only records for which this is true.")]
DryRunFlag = Annotated[bool, typer.Option("--dry-run", help="Show what would be done, and do nothing.")]
YesFlag = Annotated[bool, typer.Option("--yes", help="Do not ask.")]
RefArgument = Annotated[
    str, typer.Argument(metavar="REF", help="An id, the end of one, a code, or an exact name that is unique.")
]


def check_delimiter(text: str | None) -> None:
    """Raise ``UsageError`` for an empty delimiter; whether another is one, the format says."""
    if text is not None and not text:
        raise UsageError("--delimiter is empty.", hint="Give one character, such as ; or tab.")


def option_name(field: Field) -> str:
    """Return a field's option without its dashes: ``contact-name``."""
    return field.key.replace("_", "-")


def with_fields(function: Callable[..., None], schema: Schema) -> Callable[..., None]:
    """Return ``function`` with an option for each field that people set.

    ``function`` must take ``fields``, a mapping of the values that were given, by field key, beside its own options.
    """
    own = [each for each in inspect.signature(function).parameters.values() if each.name != "fields"]
    added = [_parameter(field) for field in schema.editable if option_name(field) not in RESERVED]

    def command(**values: Any) -> None:
        given = {
            name.removeprefix(MARK): values.pop(name) for name in [name for name in values if name.startswith(MARK)]
        }
        function(**values, fields={key: value for key, value in given.items() if value is not None})

    command.__doc__ = function.__doc__
    command.__name__ = function.__name__
    parameters = [each.replace(kind=inspect.Parameter.KEYWORD_ONLY) for each in (*own, *added)]
    command.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    command.__annotations__ = {each.name: each.annotation for each in parameters}
    return command


def assignments(texts: Sequence[str] | None) -> dict[str, str]:
    """Return ``{name: value}`` of texts ``name=value``. Raises ``UsageError`` for one without ``=``, or given twice."""
    found: dict[str, str] = {}
    for text in texts or ():
        name, equals, value = text.replace("＝", "=", 1).partition("=") if "=" not in text else text.partition("=")
        if not equals or not name.strip():
            raise UsageError(f"--set {text} does not say which field is set to what.", hint="Write --set field=value.")
        if name.strip() in found:
            raise UsageError(f"--set gives {name.strip()} twice.", hint="Give each field once.")
        found[name.strip()] = value
    return found


def merged(fields: Mapping[str, str], texts: Sequence[str] | None) -> dict[str, str]:
    """Return what the options and ``--set`` give together. Raises ``UsageError`` where both set one field."""
    named = assignments(texts)
    twice = fields.keys() & named.keys()
    if twice:
        raise UsageError(f"{min(twice)} is given by its option and by --set.", hint="Give it once.")
    return {**fields, **named}


def _parameter(field: Field) -> inspect.Parameter:
    name = option_name(field)
    annotation = Annotated[
        str | None, typer.Option(f"--{name}", metavar=_KINDS.get(field.spec.kind, "TEXT"), help=_help(field))
    ]
    return inspect.Parameter(MARK + field.key, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=annotation)


def _help(field: Field) -> str:
    """Return a field's labels, its choices, and what its author wrote of it."""
    parts = [" ".join(dict.fromkeys(field.spec.labels.both()))]
    if field.spec.choices:
        parts.append(", ".join(choice.code for choice in field.spec.choices))
    if field.spec.help.en:
        parts.append(field.spec.help.en)
    return ": ".join(parts) + (" (needed)" if field.spec.required else "")
