"""``custledger field``: a ledger's own fields, and the choices of fields."""

from typing import Annotated, Any

import typer

from custledger.cli.application import group
from custledger.cli.invocation import Invocation
from custledger.cli.options import CsvFlag, JsonFlag, LabelEnOption, LabelZhOption, NlFlag, TsvFlag
from custledger.cli.output import Cell, Column, Form, form_of
from custledger.errors import UsageError
from custledger.schema import SEARCHED_KINDS, Field, Schema

FieldName = Annotated[str, typer.Argument(metavar="TYPE.FIELD", help="A field, such as customer.level.")]
TypeName = Annotated[str, typer.Argument(metavar="TYPE", help="A record type, such as customer.")]
Aliases = Annotated[
    list[str] | None, typer.Option("--alias", metavar="TEXT", help="Another name for it in files; may be repeated.")
]


def register(app: typer.Typer, run: Invocation) -> None:
    """Add the group ``field``."""
    fields = group("The ledger's own fields, and the choices of fields.")
    for add in (_add_add, _add_list, _add_edit, _add_choices):
        add(fields, run)
    app.add_typer(fields, name="field")


def _add_add(app: typer.Typer, run: Invocation) -> None:
    @app.command("add")
    def add(
        *,
        record_type: TypeName,
        label: Annotated[str, typer.Argument(metavar="LABEL", help="Its label, Chinese or English.")],
        kind: Annotated[
            str,
            typer.Option(
                "--kind",
                metavar="KIND",
                help="text, integer, number, money, date, time, yes_no, choice, choices, phone, email or reference.",
            ),
        ] = "text",
        label_en: LabelEnOption = "",
        label_zh: LabelZhOption = "",
        aliases: Aliases = None,
        choices: Annotated[
            list[str] | None, typer.Option("--choice", metavar="CODE:LABEL:COLOUR", help="A choice; may be repeated.")
        ] = None,
        target: Annotated[
            str | None, typer.Option("--target", metavar="TYPE", help="The type that a reference refers to.")
        ] = None,
        required: Annotated[bool, typer.Option("--required", help="Every new record needs one.")] = False,
        unique: Annotated[bool, typer.Option("--unique", help="No two records may have the same.")] = False,
        searchable: Annotated[bool, typer.Option("--searchable", help="Text search looks into it.")] = False,
        sensitive: Annotated[
            bool, typer.Option("--sensitive", help="Never searched, sorted or computed with.")
        ] = False,
        indexed: Annotated[bool, typer.Option("--indexed", help="People filter or sort by it often.")] = False,
        json: JsonFlag = False,
    ) -> None:
        """Add a field to a record type of this ledger, and print its key."""
        from custledger.services.fields import add_field

        field = add_field(
            run.session,
            record_type,
            label,
            kind=kind,
            label_en=label_en,
            label_zh=label_zh,
            aliases=aliases or (),
            choices=choices or (),
            target=target,
            required=required,
            unique=unique,
            searchable=searchable,
            sensitive=sensitive,
            indexed=indexed,
        )
        run.output.landed = f"The field {field.key} was added"
        _tell(run, record_type, field, json=json)
        if field.spec.kind in SEARCHED_KINDS and not (searchable or sensitive or json):
            unsearched = "{label} is not searched; custledger field edit {field} --searchable makes it so."
            name = f"{run.session.schema(record_type).name}.{field.key}"
            run.output.note(run.words(unsearched, label=field.label(run.words.language), field=name))


def _add_list(app: typer.Typer, run: Invocation) -> None:
    @app.command("list")
    def list_(
        *,
        record_type: Annotated[str, typer.Argument(metavar="[TYPE]", help="One record type; all by default.")] = "",
        custom: Annotated[bool, typer.Option("--custom", help="Only the ledger's own.")] = False,
        json: JsonFlag = False,
        nl: NlFlag = False,
        csv: CsvFlag = False,
        tsv: TsvFlag = False,
    ) -> None:
        """List fields with their labels, kinds and choices."""
        from custledger.services.fields import list_fields

        form = form_of(json=json, nl=nl, csv=csv, tsv=tsv)
        found = [
            (schema, field)
            for schema, field in list_fields(run.session, record_type or None)
            if field.spec.custom or not custom
        ]
        _emit(run, found, form)


def _add_edit(app: typer.Typer, run: Invocation) -> None:
    @app.command("edit")
    def edit(
        *,
        name: FieldName,
        label_en: Annotated[
            str | None, typer.Option("--label-en", metavar="TEXT", help="Its English label from now on.")
        ] = None,
        label_zh: Annotated[
            str | None, typer.Option("--label-zh", metavar="TEXT", help="Its Chinese label from now on.")
        ] = None,
        aliases: Aliases = None,
        required: Annotated[
            bool | None, typer.Option("--required/--not-required", help="Every new record needs one, or need not.")
        ] = None,
        searchable: Annotated[
            bool | None, typer.Option("--searchable/--not-searchable", help="Text search looks into it, or does not.")
        ] = None,
        help_en: Annotated[
            str | None, typer.Option("--help-en", metavar="TEXT", help="What it is for, in English.")
        ] = None,
        help_zh: Annotated[
            str | None, typer.Option("--help-zh", metavar="TEXT", help="What it is for, in Chinese.")
        ] = None,
        json: JsonFlag = False,
    ) -> None:
        """Change one of the ledger's own fields: its labels, and whether it is needed or searched; its key stays."""
        from custledger.services.fields import edit_field

        if required is searchable is None and not aliases and label_en is label_zh is help_en is help_zh is None:
            hint = "Give one of: --label-en, --label-zh, --alias, --required, --searchable, --help-en, --help-zh."
            raise UsageError("Nothing is said of what to change.", hint=hint)
        field = edit_field(
            run.session,
            name,
            label_en=label_en,
            label_zh=label_zh,
            aliases=aliases or None,
            required=required,
            searchable=searchable,
            help_en=help_en,
            help_zh=help_zh,
        )
        _tell(run, name.partition(".")[0], field, json=json)


def _add_choices(app: typer.Typer, run: Invocation) -> None:
    @app.command("choices")
    def choices(
        *,
        name: FieldName,
        listed: Annotated[
            list[str] | None, typer.Argument(metavar="[CODE:LABEL:COLOUR]...", help="All the choices, in order.")
        ] = None,
        force: Annotated[bool, typer.Option("--force", help="Drop choices that records still hold.")] = False,
        json: JsonFlag = False,
    ) -> None:
        """Show the choices of a field, or replace them; a bare code keeps its label and colour."""
        from custledger.services.fields import find_field, set_choices
        from custledger.spec_json import choice_to_json

        field = set_choices(run.session, name, listed, force=force) if listed else find_field(run.session, name)[1]
        if json:
            run.output.json([choice_to_json(choice) for choice in field.spec.choices])
            return
        columns = [Column(heading=run.words(key), key=key) for key in ("Code", "English", "中文", "Colour")]
        run.output.table(
            columns,
            [
                [Cell(choice.code, choice.color), Cell(choice.labels.en), Cell(choice.labels.zh), Cell(choice.color)]
                for choice in field.spec.choices
            ],
        )


def _tell(run: Invocation, record_type: str, field: Field, *, json: bool) -> None:
    """Print the key of a field, or all of it."""
    if json:
        run.output.json(_json(run.session.schema(record_type), field))
    else:
        run.output.say(field.key)


def _emit(run: Invocation, found: list[tuple[Schema, Field]], form: Form) -> None:
    columns = [
        Column(heading=run.words(key), key=key.lower())
        for key in ("Type", "Key", "Kind", "English", "中文", "Choices", "Searched")
    ]
    rows = (
        [
            schema.name,
            field.key,
            _kind(run, field) if form is Form.SHOWN else _kind_code(field),
            field.spec.labels.en,
            field.spec.labels.zh,
            ", ".join(choice.code for choice in field.spec.choices),
            run.words("yes") if field in schema.searchable else "",
        ]
        for schema, field in found
    )
    told = (_json(schema, field) for schema, field in found)
    run.output.no_room(run.output.listing(columns, form, objects=told, rows=rows))


def _kind(run: Invocation, field: Field) -> str:
    """Return what a field holds as people read it: in a Chinese run in Chinese."""
    if not run.words.chinese:
        return _kind_code(field)
    from custledger.chinese.terms import KINDS  # few runs list fields in Chinese

    target = run.session.schemas.get(field.spec.target or "")
    return KINDS[field.spec.kind.value] + (f"：{run.words.noun(target.info)}" if target else "")


def _kind_code(field: Field) -> str:
    target = f" to {field.spec.target}" if field.spec.target else ""
    return f"{field.spec.kind.value}{target}"


def _json(schema: Schema, field: Field) -> dict[str, Any]:
    from custledger.spec_json import spec_to_json

    return {"type": schema.name, "key": field.key, **spec_to_json(field.spec)}
