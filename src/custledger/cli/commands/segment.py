"""``custledger segment``: named sets of customers, who is in them and why."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from custledger.cli.application import group
from custledger.cli.commands.segment_files import add_export, add_load, add_save
from custledger.cli.commands.segment_refresh import add_history, add_refresh, shown_time, tell_reworded
from custledger.cli.explaining import print_explanation
from custledger.cli.invocation import Invocation
from custledger.cli.marks import mark_cell
from custledger.cli.options import (
    ColumnsOption,
    CsvFlag,
    JsonFlag,
    LabelEnOption,
    LabelZhOption,
    LimitOption,
    NlFlag,
    SubjectOption,
    TsvFlag,
)
from custledger.cli.output import Cell, Column, Form, form_of
from custledger.cli.records import limit_of
from custledger.cli.shown import Shower, split_names, usual_fields
from custledger.errors import CustledgerError
from custledger.segments import STORED_SUBJECT, Segment
from custledger.services import defining, segmenting
from custledger.services.marking import computed_members

if TYPE_CHECKING:
    from custledger.services.refreshing.stored import StoredRule

Name = Annotated[str, typer.Argument(metavar="NAME", help="A segment, by its name or label.")]
Whose = Annotated[str, typer.Option("--subject", metavar="TYPE", help="Whose segment, where several have the name.")]
When = Annotated[str, typer.Argument(metavar="EXPRESSION", help="What is true of the members.")]


def register(app: typer.Typer, run: Invocation) -> None:
    """Add the group ``segment``."""
    segments = group("Named sets of customers: who is in them, and why.")
    for add in (_add_add, _add_list, _add_show, _add_members, _add_explain, _add_diff, _add_overlap, _add_remove):
        add(segments, run)
    for more in (add_refresh, add_history, add_export, add_save, add_load):
        more(segments, run)
    app.add_typer(segments, name="segment")


def _add_add(app: typer.Typer, run: Invocation) -> None:
    @app.command("add")
    def add(
        *,
        name: Annotated[str, typer.Argument(metavar="NAME", help="What it is called, in expressions too.")],
        expression: When,
        subject: SubjectOption = "customer",
        label_en: LabelEnOption = "",
        label_zh: LabelZhOption = "",
        color: Annotated[str, typer.Option("--color", metavar="COLOUR", help="red, orange, yellow, green …")] = "",
    ) -> None:
        """Add a segment to this ledger, or give one of this ledger another expression."""
        labels = {"label_en": label_en, "label_zh": label_zh}
        made = defining.add_segment(run.session, name, expression, subject=subject, color=color, **labels)
        run.output.say(made.name)


def _add_list(app: typer.Typer, run: Invocation) -> None:
    @app.command("list")
    def list_(
        *,
        subject: Annotated[str, typer.Argument(metavar="[TYPE]", help="Whose; all by default.")] = "",
        json: JsonFlag = False,
        nl: NlFlag = False,
        csv: CsvFlag = False,
        tsv: TsvFlag = False,
    ) -> None:
        """List segments with how many are in each; of a Python rule that was refreshed, how many were then."""
        from custledger.services.refreshing.reworded import reworded
        from custledger.services.refreshing.stored import stored_rules

        form = form_of(json=json, nl=nl, csv=csv, tsv=tsv)
        known = defining.list_segments(run.session, subject or None)
        stored = stored_rules(run.session)
        lines = [_Line(run, one, stored.get(one.definition.name, [])) for one in known]
        columns = [
            Column(run.words("Name"), "name", kept=True),
            Column(run.words("About"), "subject"),
            Column(run.words("Label"), "label"),
            Column(run.words("Count"), "count", numeric=True, kept=True),
            Column(run.words("Expression"), "expression", wrapped=True),
            Column(run.words("Refreshed"), "refreshed"),
            Column(run.words("Plugin"), "plugin"),
            Column(run.words("Problem"), "problem"),
        ]
        always = {"name", "label", "count", "expression"}
        shown = [
            place
            for place, column in enumerate(columns)
            if form is not Form.SHOWN or column.key in always or any(line.told(place) for line in lines)
        ]
        lacking = run.output.listing(
            [columns[place] for place in shown],
            form,
            objects=(line.json() for line in lines),
            rows=(line.texts for line in lines),
            cells=([Cell(line.told(at), line.segment.color if at == 0 else "") for at in shown] for line in lines),
        )
        run.output.no_room(lacking)
        if form is Form.SHOWN and stored:
            tell_reworded(run, reworded(run.session))


class _Line:
    """What is listed of a segment."""

    def __init__(self, run: Invocation, known: defining.Known[Segment], rules: "Sequence[StoredRule]") -> None:
        self.segment = segment = known.definition
        self.rule = rules[-1] if rules and segment.subject == STORED_SUBJECT else None
        self.count, problem = _count(run, known, rules if self.rule else ())
        said = segment.expression or segment.summary.in_language(run.schema_language) or segment.wording
        at = self.rule.refreshed_at if self.rule else None
        self.texts = [
            segment.name, segment.subject, segment.labels.in_language(run.schema_language),
            "" if self.count is None else str(self.count), said, at or "", known.plugin, run.told(problem),
        ]  # fmt: skip
        self.shown_at = shown_time(run, at)

    def told(self, place: int) -> str:
        """Return a cell for people, who read the ledger's time, and know that segments are about customers."""
        text = self.texts[place]
        if place == 1 and text == STORED_SUBJECT:
            return ""
        return self.shown_at if place == 5 else text

    def json(self) -> dict[str, Any]:
        """Return it as a JSON object."""
        return _as_json(self.segment, self.count, self.rule, plugin=self.texts[6], problem=self.texts[7])


def _count(run: Invocation, known: defining.Known[Segment], rules: "Sequence[StoredRule]") -> tuple[int | None, str]:
    """Return how many are in a segment, or why that is not known."""
    from custledger.services.refreshing.stored import stored_count

    if known.problem:
        return None, known.problem
    if known.definition.rule != "expression" and rules and not run.session.moment.as_of:
        return stored_count(run.session, rules), ""
    try:
        return segmenting.members_of(run.session, known.definition).selection.count(), ""
    except CustledgerError as error:
        return None, error.message


def _as_json(
    segment: Segment, count: int | None, rule: "StoredRule | None", *, plugin: str = "", problem: str = ""
) -> dict[str, Any]:
    return {
        "name": segment.name,
        "subject": segment.subject,
        "en": segment.labels.en,
        "zh": segment.labels.zh or None,
        "color": segment.color or None,
        "count": count,
        "rule": segment.rule,
        "expression": segment.expression or None,
        "needs": dict(segment.needs) or None,
        "plugin": plugin or None,
        "problem": problem or None,
        "refreshed_at": rule.refreshed_at if rule else None,
        "was": rule.wording if rule and rule.wording != segment.wording else None,
    }


def _add_show(app: typer.Typer, run: Invocation) -> None:
    @app.command("show")
    def show(*, name: Name, subject: Whose = "", json: JsonFlag = False) -> None:
        """Show what a segment says, and how many are in it."""
        from custledger.services.refreshing.stored import stored_rules

        segment = segmenting.find_segment(run.session, name, subject=subject or None)
        inside = segmenting.members_of(run.session, segment)
        count, labels = inside.selection.count(), segmenting.label_counts(inside)
        about = segment.subject, segment.name
        plugin = next(plugin for plugin, one in run.session.segments() if (one.subject, one.name) == about)
        rules = stored_rules(run.session).get(segment.name, []) if segment.subject == STORED_SUBJECT else []
        latest = rules[-1] if rules else None
        if json:
            told = _as_json(segment, count, latest, plugin=plugin)
            run.output.json({**told, "labels": labels} if segment.has_labels else told)
            return
        summary = segment.summary.in_language(run.schema_language)
        lines = [segment.wording, summary] if segment.expression or not summary else [summary, _goes_by(run, segment)]
        run.output.say(f"{segment.labels.in_language(run.schema_language)}: {lines[0]}")
        if lines[1]:
            run.output.say(lines[1])
        run.output.say(_counted(run, count))
        if latest and latest.refreshed_at:
            at = shown_time(run, latest.refreshed_at)
            run.output.say(run.words("Refreshed {at} ({rule})", at=at, rule=latest.name))
        if labels:
            cells = [
                [mark_cell(segment, label, run.schema_language), Cell(str(number))] for label, number in labels.items()
            ]
            columns = [Column(run.words("Label"), "label"), Column(run.words("Count"), "count", numeric=True)]
            run.output.table(columns, cells)


def _goes_by(run: Invocation, segment: Segment) -> str:
    return run.words("It goes by: {needs}", needs=run.words("; ").join(segment.needs.values()))


def _add_members(app: typer.Typer, run: Invocation) -> None:
    @app.command("members")
    def members(
        *,
        name: Name,
        subject: Whose = "",
        label: Annotated[str, typer.Option("--label", metavar="LABEL", help="Only those with a scorer's label.")] = "",
        columns: ColumnsOption = None,
        sort: Annotated[list[str] | None, typer.Option("--sort", metavar="FIELDS", help="-total_spent,name")] = None,
        limit: LimitOption = None,
        everything: Annotated[bool, typer.Option("--all", help="Every member, on a terminal too.")] = False,
        json: JsonFlag = False,
        nl: NlFlag = False,
        csv: CsvFlag = False,
        tsv: TsvFlag = False,
    ) -> None:
        """List who is in a segment."""
        form = form_of(json=json, nl=nl, csv=csv, tsv=tsv)
        limit = limit_of(run, form, limit, everything=everything)
        segment = segmenting.find_segment(run.session, name, subject=subject or None)
        inside = segmenting.members_of(run.session, segment, label=label or None)
        selection = inside.selection.order(*split_names(sort or ()))
        chosen = selection if limit is None else selection.limit(limit)
        known, fields, rows, mark = computed_members(inside, chosen, split_names(columns or ()))
        told = [*(fields or usual_fields(run.session.schema(segment.subject), form)), *([mark] if mark else ())]
        Shower(run.session, known).emit(run.output, rows, told, form)
        if form is Form.SHOWN and run.output.on_terminal:
            count = selection.count()
            run.output.note(_counted(run, count) if limit is None or count <= limit else _partly(run, limit, count))


def _partly(run: Invocation, limit: int, count: int) -> str:
    return run.words("{limit} of {count} members; --all shows every one, --limit so many.", limit=limit, count=count)


def _counted(run: Invocation, count: int) -> str:
    return run.words("1 member") if count == 1 else run.words("{count} members", count=count)


def _add_explain(app: typer.Typer, run: Invocation) -> None:
    @app.command("explain")
    def explain(
        *,
        name: Name,
        ref: Annotated[str, typer.Argument(metavar="CUSTOMER", help="An id, a code or a name.")],
        subject: Whose = "",
        json: JsonFlag = False,
    ) -> None:
        """Say why somebody is in a segment or is not: each clause, and the value found."""
        print_explanation(run, segmenting.explain(run.session, name, ref, subject=subject or None), json=json)


def _add_diff(app: typer.Typer, run: Invocation) -> None:
    @app.command("diff")
    def diff(
        *,
        name: Name,
        when: Annotated[str, typer.Option("--when", metavar="EXPRESSION", help="The other wording.")],
        subject: Whose = "",
        json: JsonFlag = False,
    ) -> None:
        """Show who would enter and who would leave a segment with another wording; nothing is changed."""
        found = segmenting.difference(run.session, name, when, subject=subject or None)
        shower = Shower(run.session, found.schema)
        if json:
            sides = {"entering": found.entering, "leaving": found.leaving}
            run.output.json({side: [shower.json(row) for row in rows] for side, rows in sides.items()})
            return
        for sign, rows in (("+", found.entering), ("-", found.leaving)):
            for row in rows:
                run.output.say(f"{sign} {found.schema.display(row)}")
        enter, leave = len(found.entering), len(found.leaving)
        run.output.note(run.words("{enter} would enter, {leave} would leave.", enter=enter, leave=leave))


def _add_overlap(app: typer.Typer, run: Invocation) -> None:
    @app.command("overlap")
    def overlap(
        *,
        names: Annotated[list[str], typer.Argument(metavar="NAME …", help="Two segments or more.")],
        subject: Whose = "",
        json: JsonFlag = False,
        nl: NlFlag = False,
        csv: CsvFlag = False,
        tsv: TsvFlag = False,
    ) -> None:
        """Count who is in each of several segments, in each two of them, and in all."""
        form = form_of(json=json, nl=nl, csv=csv, tsv=tsv)
        counted = segmenting.overlaps(run.session, names, subject=subject or None)
        columns = [Column(run.words("Segments"), "segments"), Column(run.words("Count"), "count", numeric=True)]
        named = [([segment.name for segment in together], count) for together, count in counted]
        lacking = run.output.listing(
            columns,
            form,
            objects=({"segments": names, "count": count} for names, count in named),
            rows=([" + ".join(names), str(count)] for names, count in named),
        )
        run.output.no_room(lacking)


def _add_remove(app: typer.Typer, run: Invocation) -> None:
    @app.command("remove")
    def remove(*, name: Name, subject: SubjectOption = "customer") -> None:
        """Remove a segment of this ledger; nobody in it is touched."""
        removed = defining.remove_segment(run.session, name, subject=subject)
        run.output.note(run.words("The segment {name} was removed.", name=removed.name))
