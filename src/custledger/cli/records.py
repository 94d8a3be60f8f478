"""The commands of a record type: add, list, show, edit, remove, count, history. Nothing here knows any one type.

Each function adds one command to a group, so that a run builds the one that was typed and no other.
"""

from collections.abc import Callable, Mapping
from typing import Annotated, Any

import typer

from custledger.cli.invocation import Invocation
from custledger.cli.options import (
    ColumnsOption,
    CsvFlag,
    DryRunFlag,
    JsonFlag,
    LimitOption,
    NlFlag,
    ReasonOption,
    RefArgument,
    SetOption,
    TsvFlag,
    WhereOption,
    YesFlag,
    given_where,
    merged,
    with_fields,
)
from custledger.cli.output import Column, Form, form_of
from custledger.errors import UsageError
from custledger.schema import Schema

SHOWN_AT_ONCE = 50
"""How many records a list on a terminal shows unless it is told otherwise; elsewhere it prints them all."""

OptionalRef = Annotated[str, typer.Argument(metavar="[REF]", help="The record; or name many with --where.")]


def add_verb(group: typer.Typer, schema: Schema, verb: str, run: Invocation) -> bool:
    """Add one command of a record type to its group; return whether there is one of that name."""
    make = VERBS.get(verb)
    if make is None:
        return False
    group.command(verb)(make(schema, run))
    return True


def _add(schema: Schema, run: Invocation) -> Callable[..., None]:
    def add(
        *,
        fields: Mapping[str, str], assigned: SetOption = None, reason: ReasonOption = "", json: JsonFlag = False
    ) -> None:
        """Add a record and print its id."""
        from custledger.cli.shown import Shower
        from custledger.services.editing import add

        known, row = add(run.session, schema.name, merged(run, schema, fields, assigned), reason=reason)
        run.output.landed = f"{known.public_id(row)} was added"
        if json:
            run.output.json(Shower(run.session, known).json(row))
        else:
            run.output.say(known.public_id(row))

    return with_fields(add, schema)


def _list(schema: Schema, run: Invocation) -> Callable[..., None]:
    def list_(
        *,
        where: WhereOption = None,
        columns: ColumnsOption = None,
        sort: Annotated[
            list[str] | None, typer.Option("--sort", metavar="FIELDS", help="-created_at,name: - is from the greatest.")
        ] = None,
        limit: LimitOption = None,
        everything: Annotated[bool, typer.Option("--all", help="Every record, on a terminal too.")] = False,
        json: JsonFlag = False, nl: NlFlag = False, csv: CsvFlag = False, tsv: TsvFlag = False,
    ) -> None:
        """List records."""
        from custledger.cli.shown import Shower, split_names, usual_fields
        from custledger.services.selecting import Selection

        form = form_of(json=json, nl=nl, csv=csv, tsv=tsv)
        limit = limit_of(run, form, limit, everything=everything)
        session = run.session
        selection: Selection[Any] = Selection(session, schema.name)
        selection = selection if where is None else selection.where(given_where(where))
        selection = selection.order(*split_names(sort or ()))
        chosen = selection if limit is None else selection.limit(limit)
        known, fields, rows = chosen.computed(split_names(columns or ()))
        usual = fields or usual_fields(known, form)
        left_out = Shower(session, known).emit(run.output, rows, usual, form, brief=not columns)
        if form is Form.SHOWN and run.output.on_terminal:
            _tell_the_rest(run, selection.count(), limit, left_out)

    return list_


def limit_of(run: Invocation, form: Form, limit: int | None, *, everything: bool) -> int | None:
    """Return how many records are listed: on a terminal not all, unless somebody asks for ``--all``."""
    if everything and limit is not None:
        raise UsageError("--all and --limit cannot both be given.", hint="Choose one.")
    if limit is None and not everything and form is Form.SHOWN and run.output.on_terminal:
        return SHOWN_AT_ONCE
    return limit


def _tell_the_rest(run: Invocation, count: int, limit: int | None, left_out: list[Column]) -> None:
    if limit is not None and count > limit:
        told = run.words("{limit} of {count} records; --all shows every one, --limit so many.", limit=limit, count=count)
    else:
        told = run.words("1 record") if count == 1 else run.words("{count} records", count=count)
    run.output.note(told)
    run.output.no_room(left_out, run.words("--columns chooses, --json shows everything."))


def _show(schema: Schema, run: Invocation) -> Callable[..., None]:
    def show(*, ref: RefArgument, json: JsonFlag = False) -> None:
        """Show a record, and what refers to it."""
        from custledger.cli.showing import show_json, show_text
        from custledger.services.overview import overview

        found = overview(run.session, schema.name, ref)
        (show_json if json else show_text)(run, found)

    return show


def _edit(schema: Schema, run: Invocation) -> Callable[..., None]:
    def edit(
        *,
        fields: Mapping[str, Any],
        ref: OptionalRef = "",
        assigned: SetOption = None,
        where: WhereOption = None,
        dry_run: DryRunFlag = False,
        revision: Annotated[int | None, typer.Option("--revision", metavar="N", help="The revision that you had read.")] = None,
        reason: ReasonOption = "",
        json: JsonFlag = False,
    ) -> None:
        """Set fields of a record, or with --where of many; an empty value empties a field."""
        from custledger.services import editing

        values = merged(run, schema, fields, assigned)
        if not values:
            raise UsageError("Nothing is said of what to change.", hint="Give --field value, or --set field=value.")
        _one_or_many(ref, where, revision)
        if where is not None or dry_run:
            from custledger.cli.many import tell

            if where is None:
                many = editing.rehearse_edit(run.session, schema.name, ref, values, revision=revision)
            else:
                many = editing.edit_where(run.session, schema.name, where, values, dry_run=dry_run, reason=reason)
            tell(run, schema, many, "edited", dry_run=dry_run, json=json)
            return
        known, row = editing.edit(run.session, schema.name, ref, values, revision=revision, reason=reason)
        run.output.landed = f"{known.public_id(row)} was edited"
        if json:
            from custledger.cli.shown import Shower

            run.output.json(Shower(run.session, known).json(row))
        else:
            run.output.say(known.public_id(row))

    return with_fields(edit, schema, adjusting=True)


def _remove(schema: Schema, run: Invocation) -> Callable[..., None]:
    def remove(
        *,
        ref: OptionalRef = "", where: WhereOption = None, dry_run: DryRunFlag = False, yes: YesFlag = False,
        reason: ReasonOption = "", json: JsonFlag = False,
    ) -> None:
        """Remove a record, or with --where many. Where others go too it asks first, or needs --yes."""
        from custledger.cli import many

        _one_or_many(ref, where)
        many.remove(run, schema, ref, where, dry_run=dry_run, yes=yes, reason=reason, json=json)

    return remove


def _count(schema: Schema, run: Invocation) -> Callable[..., None]:
    def count(
        *,
        where: WhereOption = None,
        by: Annotated[list[str] | None, typer.Option("--by", metavar="FIELDS", help="Count by these fields.")] = None,
        json: JsonFlag = False, nl: NlFlag = False, csv: CsvFlag = False, tsv: TsvFlag = False,
    ) -> None:
        """Count records."""
        from custledger.cli.counting import count_by
        from custledger.cli.shown import split_names
        from custledger.services.selecting import Selection

        form = form_of(json=json, nl=nl, csv=csv, tsv=tsv)
        selection: Selection[Any] = Selection(run.session, schema.name)
        selection = selection if where is None else selection.where(given_where(where))
        if by:
            count_by(run, run.session.schema(schema.name), selection, split_names(by), form)
        elif form in {Form.JSON, Form.LINES}:
            run.output.json({"count": selection.count()}, indent=None)
        else:
            run.output.say(str(selection.count()))

    return count


def _history(schema: Schema, run: Invocation) -> Callable[..., None]:
    def history(
        *,
        ref: RefArgument, json: JsonFlag = False, nl: NlFlag = False, csv: CsvFlag = False, tsv: TsvFlag = False
    ) -> None:
        """Show what happened to a record, newest first; a removed one is named by its whole id."""
        from custledger.cli.showing import print_history

        print_history(run, schema.name, ref, form_of(json=json, nl=nl, csv=csv, tsv=tsv))

    return history


VERBS: Mapping[str, Callable[[Schema, Invocation], Callable[..., None]]] = {
    "add": _add, "list": _list, "show": _show, "edit": _edit, "remove": _remove, "count": _count, "history": _history,
}
"""The commands that every record type has."""

READING: tuple[str, ...] = ("list", "show", "count", "history")
"""Those that write nothing, for the types whose plugin is not installed."""


def _one_or_many(ref: str, where: str | None, revision: int | None = None) -> None:
    if where is not None:
        given_where(where, 'Write it as in --where "city = 上海".')
    if bool(ref) == (where is not None):
        raise UsageError("Name one record, or give --where." if not ref else "A record and --where cannot both be given.",
                         hint="REF is an id, the end of one, a code or an exact name.")
    if where is not None and revision is not None:
        raise UsageError("--revision is of one record, and cannot be given with --where.", hint="Leave it out.")
