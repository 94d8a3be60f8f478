"""``custledger tag``: tags by hand and by rules, who said what, and how tags are shown."""

from typing import Annotated, Any

import typer

from custledger.cli.application import group
from custledger.cli.invocation import Invocation
from custledger.cli.many import tell
from custledger.cli.options import (
    CsvFlag,
    DryRunFlag,
    JsonFlag,
    NlFlag,
    ReasonOption,
    TsvFlag,
    TypeOption,
    WhereOption,
    given_where,
)
from custledger.cli.output import Cell, Column, Form, form_of
from custledger.cli.refreshing import LEFT_OUT, print_refreshed
from custledger.errors import UsageError
from custledger.services import tagging, tags
from custledger.services.tags import Listed, Said, Way

Named = Annotated[
    list[str], typer.Argument(metavar="CUSTOMER… TAG", help="Who, by id, code or name, and last the tag.")
]
TagName = Annotated[str, typer.Argument(metavar="TAG", help="A tag, or the group of tags.")]
ColorOption = Annotated[str | None, typer.Option("--color", metavar="COLOUR", help="red, orange, yellow, green …")]
GroupOption = Annotated[str | None, typer.Option("--group", metavar="TEXT", help="The group that it belongs to.")]
RuleName = Annotated[str, typer.Argument(metavar="NAME", help="What the rule is called.")]
_STATES = {
    (False, True): "put on by hand",
    (False, False): "taken off by hand",
    (True, True): "put on by a rule",
    (True, False): "a rule would put it on",
}
"""What was said of a tag, by whether a rule said it, and whether it is on."""


def register(app: typer.Typer, run: Invocation) -> None:
    """Add the group ``tag``."""
    commands = group("Tags: by hand and by rules, who put them on and when, and how they are shown.")
    _add_by_hand(commands, run, "add", "Put a tag on customers, or with --where on many; rules never take it off.")
    _add_by_hand(commands, run, "remove", "Take a tag off customers; rules never put it on again.")
    _add_by_hand(commands, run, "release", "Leave a tag of customers to the rules again.")
    for add in (_add_list, _add_edit, _add_refresh):
        add(commands, run)
    rules = group("Rules that put tags on, and take off what they put on.")
    for add in (_add_rule_add, _add_rule_list, _add_rule_remove):
        add(rules, run)
    commands.add_typer(rules, name="rule")
    app.add_typer(commands, name="tag")


def _add_by_hand(app: typer.Typer, run: Invocation, way: Way, about: str) -> None:
    def by_hand(
        *,
        named: Named,
        record_type: TypeOption = "customer",
        where: WhereOption = None,
        dry_run: DryRunFlag = False,
        reason: ReasonOption = "",
        json: JsonFlag = False,
    ) -> None:
        *refs, tag = named
        if where is not None:
            given_where(where, 'Write it as in --where "city = 上海".')
        elif not refs:
            raise UsageError(f"Only {tag} is given.", hint="Name who it is about, and then the tag; or give --where.")
        if refs and where is not None:
            raise UsageError("A record and --where cannot both be given.", hint="Choose one.")
        many = tags.tag_by_hand(
            run.session, way, tag, record_type=record_type, refs=refs, where=where, dry_run=dry_run, reason=reason
        )
        tell(run, run.session.schema(record_type), many, "edited", dry_run=dry_run, json=json)

    by_hand.__doc__ = about
    app.command(way)(by_hand)


def _add_list(app: typer.Typer, run: Invocation) -> None:
    @app.command("list")
    def list_(
        *,
        of: Annotated[
            str, typer.Option("--of", metavar="CUSTOMER", help="Who said what of the tags of this one, and when.")
        ] = "",
        record_type: TypeOption = "customer",
        json: JsonFlag = False,
        nl: NlFlag = False,
        csv: CsvFlag = False,
        tsv: TsvFlag = False,
    ) -> None:
        """List the tags that there are, with how many have each; or with --of who put each on, and when."""
        form = form_of(json=json, nl=nl, csv=csv, tsv=tsv)
        if of:
            _print_said(run, tags.said_of(run.session, of, record_type=record_type)[2], form)
        else:
            _print_tags(run, tags.list_tags(run.session, record_type), form)


def _print_tags(run: Invocation, listed: list[Listed], form: Form) -> None:
    def texts(one: Listed) -> list[str]:
        return [one.tag, str(one.count), one.group, one.color, ", ".join(one.rules)]

    headings = ("Tag", "Count", "Group", "Colour", "Rules")
    columns = [
        Column(run.words(heading), key, numeric=heading == "Count", kept=heading == "Tag")
        for heading, key in zip(headings, ("tag", "count", "group", "color", "rules"), strict=True)
    ]
    shown = [place for place in range(len(columns)) if place < 2 or any(texts(one)[place] for one in listed)]
    told = shown if form is Form.SHOWN else list(range(len(columns)))
    run.output.listing(
        [columns[place] for place in told],
        form,
        objects=(
            {
                "tag": one.tag,
                "count": one.count,
                "group": one.group or None,
                "color": one.color or None,
                "rules": list(one.rules),
            }
            for one in listed
        ),
        rows=map(texts, listed),
        cells=([Cell(texts(one)[place], one.color if place == 0 else "") for place in told] for one in listed),
    )


def _print_said(run: Invocation, said: list[Said], form: Form) -> None:
    from custledger.cli.events import SECONDS

    schema = next(iter(run.session.schemas.values()))
    codec, at = run.session.codec(schema.name), schema.by_key["created_at"]

    def texts(one: Said) -> list[str]:
        when = codec.text(at, codec.parse(at.key, one.at))[:SECONDS]
        state = _STATES[bool(one.rule), one.in_effect]
        return [one.tag, run.words(state), one.rule, one.actor, when]

    headings = ("Tag", "State", "Rule", "Actor", "At")
    columns = [
        Column(run.words(heading), heading.lower(), kept=heading in {"Tag", "State"}, whole=heading == "At")
        for heading in headings
    ]
    run.output.listing(
        columns, form, objects=({**_said_json(one), "at": codec.parse(at.key, one.at)} for one in said),
        rows=map(texts, said),
    )  # fmt: skip


def _said_json(one: Said) -> dict[str, Any]:
    return {
        "tag": one.tag,
        "in_effect": one.in_effect,
        "source": "rule" if one.rule else "person",
        "rule": one.rule or None,
        "refused": one.refused,
        "actor": one.actor,
    }


def _add_edit(app: typer.Typer, run: Invocation) -> None:
    @app.command("edit")
    def edit(
        *, tag: TagName, color: ColorOption = None, in_group: GroupOption = None, record_type: TypeOption = "customer"
    ) -> None:
        """Say in which colour and in which group a tag is shown; an empty value takes that back."""
        if color is None and in_group is None:
            raise UsageError("Nothing is said of how the tag is shown.", hint="Give --color or --group.")
        style = tags.edit_tag(run.session, tag, record_type=record_type, color=color, group=in_group)
        run.output.say(style.tag)


def _add_refresh(app: typer.Typer, run: Invocation) -> None:
    @app.command("refresh")
    def refresh(
        *,
        names: Annotated[list[str] | None, typer.Argument(metavar="[NAME]...", help="Rules; all by default.")] = None,
        record_type: Annotated[str, typer.Option("--type", metavar="TYPE", help="Only rules for these records.")] = "",
        dry_run: DryRunFlag = False,
        reason: ReasonOption = "",
        json: JsonFlag = False,
    ) -> int:
        """Run the rules: put on what they find, take off what no longer holds; exit code 3 where an own one fails."""
        refreshed = tagging.refresh_tags(
            run.session, names or (), record_type=record_type or None, dry_run=dry_run, reason=reason
        )
        print_refreshed(run, refreshed, dry_run=dry_run, json=json)
        return 0 if refreshed.is_whole else LEFT_OUT


def _add_rule_add(app: typer.Typer, run: Invocation) -> None:
    @app.command("add")
    def add(
        *,
        name: RuleName,
        rule: Annotated[
            str, typer.Argument(metavar="RULE", help="Whom it tags; or a tag with values in it: prefers:{…}")
        ],
        tag: Annotated[str, typer.Option("--tag", metavar="TAG", help="The tag; else it is the rule's name.")] = "",
        record_type: TypeOption = "customer",
    ) -> None:
        """Add a rule that tags to this ledger, or give one of this ledger another expression; refresh runs it."""
        tagging.add_rule(run.session, name, rule, tag=tag, record_type=record_type)
        run.output.say(name)


def _add_rule_list(app: typer.Typer, run: Invocation) -> None:
    @app.command("list")
    def list_(
        *,
        record_type: Annotated[str, typer.Argument(metavar="[TYPE]", help="Whose; all by default.")] = "",
        json: JsonFlag = False,
        nl: NlFlag = False,
        csv: CsvFlag = False,
        tsv: TsvFlag = False,
    ) -> None:
        """List the rules that tag, and why one cannot be run."""
        form = form_of(json=json, nl=nl, csv=csv, tsv=tsv)
        language = run.session.settings.conventions.language
        rows = [
            [
                known.definition.subject,
                known.definition.name,
                known.definition.text(language),
                known.definition.expression,
                known.plugin,
                run.told(known.problem),
            ]
            for known in tagging.list_rules(run.session, record_type or None)
        ]
        keys = ("subject", "name", "tag", "expression", "plugin", "problem")
        headings = ("About", "Name", "Tag", "Expression", "Plugin", "Problem")
        columns = [
            Column(run.words(heading), key, wrapped=key in {"tag", "expression"})
            for heading, key in zip(headings, keys, strict=True)
        ]
        everything = list(range(len(keys)))
        told = [place for place in everything if place < 4 or any(row[place] for row in rows)]
        shown = told if form is Form.SHOWN else everything
        run.output.listing(
            [columns[place] for place in shown],
            form,
            objects=({key: value or None for key, value in zip(keys, row, strict=True)} for row in rows),
            rows=([row[place] for place in shown] for row in rows),
        )


def _add_rule_remove(app: typer.Typer, run: Invocation) -> None:
    @app.command("remove")
    def remove(
        *,
        name: RuleName,
        record_type: TypeOption = "customer",
        keep: Annotated[bool, typer.Option("--keep", help="Leave the tags where it put them.")] = False,
    ) -> None:
        """Remove a rule of this ledger, and take off the tags that it put on; what was set by hand stays."""
        _, count = tagging.remove_rule(run.session, name, record_type=record_type, keep=keep)
        what = run.words.counted(run.session.schema(record_type).info, count)
        told = "The tag rule {name} was removed; {what} lost a tag." if count else "The tag rule {name} was removed."
        run.output.note(run.words(told, name=name, what=what))
