"""Options of the command line made from the fields of a record type.

typer reads a command's options from the signature of its function, so a function is given a signature that has one
option for each field. What people write is handed on as text: the field's own kind reads it.
"""

import inspect
import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from custledger.errors import UsageError
from custledger.fields import Kind
from custledger.schema import Field, Schema
from custledger.values import Adjustment, fold

if TYPE_CHECKING:
    from custledger.cli.invocation import Invocation

RESERVED = frozenset(
    {"set", "where", "dry-run", "yes", "json", "reason", "help", "ledger", "as", "lang", "as-of", "revision"}
)
"""Option names with a meaning of their own; a field of that name is set with ``--set``."""
MARK, ADD, REMOVE = "field_", "add_", "remove_"
"""How the parameters begin that set a field, add to its tags, and take out of them."""
SEVERAL = frozenset({Kind.TAGS, Kind.CHOICES})
"""What fields hold that hold several values: their options may be given more than once."""
SEPARATOR = "; "
"""What stands between the values of such a field in a text."""
_EQUALS = re.compile("[=＝]")
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
CsvFlag = Annotated[bool, typer.Option("--csv", help="Print CSV that a spreadsheet opens safely, as export does.")]
TsvFlag = Annotated[bool, typer.Option("--tsv", help="Print tab-separated values, exactly as they are.")]
SetOption = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="FIELD=VALUE", help="Set a field by name, label or alias; custom fields too."),
]
SubjectOption = Annotated[str, typer.Option("--subject", metavar="TYPE", help="The records that it is about.")]
TypeOption = Annotated[str, typer.Option("--type", metavar="TYPE", help="The records whose tags they are.")]
LabelEnOption = Annotated[str, typer.Option("--label-en", metavar="TEXT", help="Its English label.")]
LabelZhOption = Annotated[str, typer.Option("--label-zh", metavar="TEXT", help="Its Chinese label.")]
ColumnsOption = Annotated[list[str] | None, typer.Option("--columns", metavar="FIELDS", help="name,city,…")]
LimitOption = Annotated[int | None, typer.Option("--limit", metavar="N", min=0, help="At most so many.")]
ReasonOption = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why, for the log.")]
WhereOption = Annotated[
    str | None, typer.Option("--where", metavar="EXPRESSION", help="Only records for which this is true.")
]
DryRunFlag = Annotated[bool, typer.Option("--dry-run", help="Show what would be done, and do nothing.")]
YesFlag = Annotated[bool, typer.Option("--yes", help="Do not ask.")]
RefArgument = Annotated[
    str, typer.Argument(metavar="REF", help="An id, the end of one, a code, or an exact name that is unique.")
]


def check_delimiter(text: str | None) -> None:
    """Raise ``UsageError`` for an empty delimiter; whether another is one, the format says."""
    if text is not None and not text:
        raise UsageError("--delimiter is empty.", hint="Give one character, such as ; or tab.")


def given_where(text: str, hint: str = "Leave it out for every record.") -> str:
    """Return the expression that ``--where`` gives. Raises ``UsageError`` for an empty one."""
    if not text.strip():
        raise UsageError("--where is empty.", hint=hint)
    return text


def option_name(field: Field) -> str:
    """Return a field's option without its dashes: ``contact-name``."""
    return field.key.replace("_", "-")


def without_option(schema: Schema) -> list[Field]:
    """Return the fields of a type that have no option of their own, since it means something else in each command."""
    return [field for field in schema.editable if option_name(field) in RESERVED]


def _said_of(fields: Sequence[Field]) -> str:
    """Return what help says of fields without an option."""
    named = ", ".join(f"{field.key}=VALUE" for field in fields)
    return f"Set with --set alone: {named}." if fields else ""


def with_fields(function: Callable[..., None], schema: Schema, *, adjusting: bool = False) -> Callable[..., None]:
    """Return ``function`` with an option for each field that people set.

    ``function`` must take ``fields``, a mapping of the values that were given, by field key, beside its own options.
    With ``adjusting`` each field of tags has two more, which add one and take one out, and give an ``Adjustment``.
    """
    own = [each for each in inspect.signature(function).parameters.values() if each.name != "fields"]
    fields = [field for field in schema.editable if option_name(field) not in RESERVED]
    sets = [field for field in fields if adjusting and field.spec.kind is Kind.TAGS]
    added = [_parameter(field, replaces=field in sets) for field in fields]
    added += [_adjusting(field, way) for field in sets for way in (ADD, REMOVE)]

    def command(**values: Any) -> None:
        marked = {name: values.pop(name) for name in [name for name in values if name.startswith((MARK, ADD, REMOVE))]}
        given = {name.removeprefix(MARK): value for name, value in marked.items() if name.startswith(MARK)}
        plain = {key: _whole(value) for key, value in given.items() if value is not None}
        function(**values, fields=_adjusted(plain, marked, sets))

    command.__doc__ = "\n\n".join(filter(None, (function.__doc__, _said_of(without_option(schema)))))
    command.__name__ = function.__name__
    parameters = [each.replace(kind=inspect.Parameter.KEYWORD_ONLY) for each in (*own, *added)]
    command.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    command.__annotations__ = {each.name: each.annotation for each in parameters}
    return command


def assignments(texts: Sequence[str] | None) -> list[tuple[str, str]]:
    """Return ``(name, value)`` of each text ``name=value``. Raises ``UsageError`` for one without ``=``."""
    found = []
    for text in texts or ():
        name, *value = _EQUALS.split(text, maxsplit=1)
        if not value or not name.strip():
            raise UsageError(f"--set {text} does not say which field is set to what.", hint="Write --set field=value.")
        found.append((name.strip(), value[0]))
    return found


def merged(run: "Invocation", schema: Schema, fields: Mapping[str, Any], texts: Sequence[str] | None) -> dict[str, Any]:
    """Return what the options and ``--set`` give together.

    What is given of a field that holds several values is taken together. Raises ``UsageError`` where one that holds a
    single value is given twice.
    """
    given, named = dict(fields), assignments(texts)
    known = run.session.schema(schema.name) if named else schema
    for called, value in named:
        field = known.by_key.get(known.names.get(fold(called), ""))
        several = field is not None and field.spec.kind in SEVERAL
        name = field.key if field is not None and several else called
        if name not in given:
            given[name] = value
        elif several and isinstance(given[name], str):
            given[name] = SEPARATOR.join((given[name], value))
        elif name in fields:
            raise UsageError(f"{name} is given by its option and by --set.", hint="Give it once.")
        else:
            raise UsageError(f"--set gives {name} twice.", hint="Give each field once.")
    return given


def _whole(given: str | list[str]) -> str:
    """Return what an option gives as one text, also where it was given several times."""
    return given if isinstance(given, str) else SEPARATOR.join(given)


def _adjusted(plain: Mapping[str, Any], marked: Mapping[str, Any], sets: Sequence[Field]) -> dict[str, Any]:
    """Return the values of the fields with the adjustments of ``sets``. Raises ``UsageError`` where both are given."""
    fields = dict(plain)
    for field in sets:
        added, gone = marked[ADD + field.key] or (), marked[REMOVE + field.key] or ()
        if not added and not gone:
            continue
        if field.key in fields:
            raise UsageError(
                f"--{option_name(field)} replaces what is there, and cannot be given with --add-{_singular(field)}.",
                hint="Choose one.",
            )
        fields[field.key] = Adjustment(add=tuple(added), remove=tuple(gone))
    return fields


def _singular(field: Field) -> str:
    return option_name(field).removesuffix("s")


def _adjusting(field: Field, way: str) -> inspect.Parameter:
    """Return the option that adds a tag to a field, or takes one out."""
    does = ("Add this tag, and keep the others" if way == ADD else "Take this tag out") + "; may be repeated."
    option = typer.Option(f"--{way.rstrip('_')}-{_singular(field)}", metavar="TAG", help=does)
    annotation = Annotated[list[str] | None, option]
    return inspect.Parameter(way + field.key, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=annotation)


def _parameter(field: Field, *, replaces: bool = False) -> inspect.Parameter:
    name = option_name(field)
    several = field.spec.kind in SEVERAL
    about = _help(field) + ("; may be repeated" if several else "")
    about += " (all of them: replaces those that are there)" if replaces else ""
    option = typer.Option(f"--{name}", metavar=_KINDS.get(field.spec.kind, "TEXT"), help=about)
    annotation: Any = Annotated[list[str] | None, option] if several else Annotated[str | None, option]
    return inspect.Parameter(MARK + field.key, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=annotation)


def _help(field: Field) -> str:
    """Return a field's labels, its choices, and what its author wrote of it."""
    parts = [" ".join(dict.fromkeys(field.spec.labels.both()))]
    if field.spec.choices:
        parts.append(", ".join(choice.code for choice in field.spec.choices))
    if field.spec.help.en:
        parts.append(field.spec.help.en)
    return ": ".join(parts) + (" (needed)" if field.spec.required else "")
