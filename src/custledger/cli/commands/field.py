"""``custledger field``: a ledger's own fields, and the choices of fields."""

from typing import Annotated, Any

from custledger.cli.arguments import Argument, Group, Option
from custledger.cli.invocation import Invocation
from custledger.cli.options import CsvFlag, JsonFlag, NlFlag, TsvFlag
from custledger.cli.output import Cell, Column, Form, form_of
from custledger.schema import Field, Schema

FieldName = Annotated[str, Argument(metavar="TYPE.FIELD", help="A field, such as customer.level.")]
TypeName = Annotated[str, Argument(metavar="TYPE", help="A record type, such as customer.")]
Aliases = Annotated[list[str] | None, Option("--alias", help="Another name for it in files; may be repeated.")]


def register(app: Group, run: Invocation) -> None:
    """Add the group ``field``."""
    group = Group("field", "The ledger's own fields, and the choices of fields.")
    for add in (_add_add, _add_list, _add_rename, _add_choices):
        add(group, run)
    app.add(group)


def _add_add(group: Group, run: Invocation) -> None:
    @group.command("add")
    def add(
        *,
        record_type: TypeName,
        label: Annotated[str, Argument(help="Its label, Chinese or English.")],
        kind: Annotated[
            str,
            Option(
                "--kind",
                help="text, integer, number, money, date, time, yes_no, choice, choices, phone, email or reference.",
            ),
        ] = "text",
        label_en: Annotated[str, Option("--label-en", help="Its English label.")] = "",
        label_zh: Annotated[str, Option("--label-zh", help="Its Chinese label.")] = "",
        aliases: Aliases = None,
        choices: Annotated[
            list[str] | None, Option("--choice", metavar="CODE:LABEL:COLOUR", help="A choice; may be repeated.")
        ] = None,
        target: Annotated[str | None, Option("--target", help="The type that a reference refers to.")] = None,
        required: Annotated[bool, Option("--required", help="Every new record needs one.")] = False,
        unique: Annotated[bool, Option("--unique", help="No two records may have the same.")] = False,
        searchable: Annotated[bool, Option("--searchable", help="Text search looks into it.")] = False,
        sensitive: Annotated[bool, Option("--sensitive", help="Never searched, sorted or computed with.")] = False,
        indexed: Annotated[bool, Option("--indexed", help="People filter or sort by it often.")] = False,
    ) -> None:
        """Add a field to a record type of this ledger, and print its key."""
        from custledger.services.fields import add_field  # noqa: PLC0415 - needed only when it runs

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
        run.output.say(field.key)


def _add_list(group: Group, run: Invocation) -> None:
    @group.command("list")
    def list_(
        *,
        record_type: Annotated[str, Argument(metavar="[TYPE]", help="One record type; all by default.")] = "",
        custom: Annotated[bool, Option("--custom", help="Only the ledger's own.")] = False,
        json: JsonFlag = False,
        nl: NlFlag = False,
        csv: CsvFlag = False,
        tsv: TsvFlag = False,
    ) -> None:
        """List fields with their labels, kinds and choices."""
        from custledger.services.fields import list_fields  # noqa: PLC0415 - needed only when it runs

        form = form_of(json=json, nl=nl, csv=csv, tsv=tsv)
        found = [
            (schema, field)
            for schema, field in list_fields(run.session, record_type or None)
            if field.spec.custom or not custom
        ]
        _emit(run, found, form)


def _add_rename(group: Group, run: Invocation) -> None:
    @group.command("rename")
    def rename(
        *,
        name: FieldName,
        label_en: Annotated[str | None, Option("--label-en", help="Its English label from now on.")] = None,
        label_zh: Annotated[str | None, Option("--label-zh", help="Its Chinese label from now on.")] = None,
        aliases: Aliases = None,
    ) -> None:
        """Change the labels or aliases of one of the ledger's own fields; its key stays."""
        from custledger.services.fields import rename_field  # noqa: PLC0415 - needed only when it runs

        field = rename_field(run.session, name, label_en=label_en, label_zh=label_zh, aliases=aliases or None)
        run.output.say(field.key)


def _add_choices(group: Group, run: Invocation) -> None:
    @group.command("choices")
    def choices(
        *,
        name: FieldName,
        listed: Annotated[
            list[str] | None, Argument(metavar="[CODE:LABEL:COLOUR]...", help="All the choices, in order.")
        ] = None,
        force: Annotated[bool, Option("--force", help="Drop choices that records still hold.")] = False,
        json: JsonFlag = False,
    ) -> None:
        """Show the choices of a field, or replace them; a bare code keeps its label and colour."""
        from custledger.services.fields import find_field, set_choices  # noqa: PLC0415 - needed only when it runs
        from custledger.spec_json import choice_to_json  # noqa: PLC0415 - as above

        field = set_choices(run.session, name, listed, force=force) if listed else find_field(run.session, name)[1]
        if json:
            run.output.json([choice_to_json(choice) for choice in field.spec.choices])
            return
        columns = [Column(heading=key, key=key) for key in ("Code", "English", "中文", "Colour")]
        run.output.table(
            columns,
            [
                [Cell(choice.code, choice.color), Cell(choice.labels.en), Cell(choice.labels.zh), Cell(choice.color)]
                for choice in field.spec.choices
            ],
        )


def _emit(run: Invocation, found: list[tuple[Schema, Field]], form: Form) -> None:
    if form in {Form.JSON, Form.LINES}:
        run.output.objects((_json(schema, field) for schema, field in found), form)
        return
    columns = [Column(heading=key, key=key.lower()) for key in ("Type", "Key", "Kind", "English", "中文", "Choices")]
    rows = [
        [
            schema.name,
            field.key,
            _kind(field),
            field.spec.labels.en,
            field.spec.labels.zh,
            ", ".join(choice.code for choice in field.spec.choices),
        ]
        for schema, field in found
    ]
    if form is Form.SHOWN:
        run.output.table(columns, [[Cell(text) for text in row] for row in rows])
    else:
        run.output.values(columns, rows, form)


def _kind(field: Field) -> str:
    target = f" to {field.spec.target}" if field.spec.target else ""
    return f"{field.spec.kind.value}{target}"


def _json(schema: Schema, field: Field) -> dict[str, Any]:
    from custledger.spec_json import spec_to_json  # noqa: PLC0415 - needed only here

    return {"type": schema.name, "key": field.key, **spec_to_json(field.spec)}
